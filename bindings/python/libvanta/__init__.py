"""An embeddable client for Vanta's private-integration API: token, plan, push, verify, list.

    with Client(Config(environment=True)) as client:
        accounts = Body.from_file("accounts.json")
        print(client.push(Kind.USER_ACCOUNT, accounts))
        print(client.verify(Kind.USER_ACCOUNT, accounts))

In order of use; help(libvanta.Config) and the like say more:

    Config            settings, from arguments or (environment=True) from the environment
    Client            a client of one application, for any number of threads; its methods:
        .plan()       what a push would change; look at its `refusal`
        .push()       replaces the records of a resource
        .verify()     reads the records back
        .list()       the rows that Vanta holds
        .upload()     a file for a document
        .token()      the access token, for a request of your own
        .snapshot()   the state of the token, for operators
    Body              records: from_records, from_file, from_ndjson, ...
    records           a dataclass for each kind, for Body.from_records
    Kind              the names of the kinds
    validate()        validates records without a client
    PushOptions       validation, and what a push may delete
    Deadline, Cancel  one deadline for several calls; ends calls from another thread
    ChangePlan, Receipt, Listing, Snapshot    results
    VantaError        any failure: str() is a line for a log, exit_code what a job exits with.
                      Below it a class for each action, such as RetryLater and RecordsError, and
                      below those a class for each situation, such as RateLimited
    Status            the numbers of errors: error.code
    TokenStore        what a token store of your own must have

Calls block, and let other Python threads run meanwhile; a client may be used by any of them.
"""

from typing import List

from . import records
from ._json import CamelCase
from .body import Body
from .client import Client, library_version, validate
from .config import Config, TokenStore
from .errors import (
    CallError,
    Cancelled,
    ConfigError,
    Contention,
    CredentialsError,
    DeadlineExceeded,
    DuplicateUniqueId,
    EmptyPayload,
    Forbidden,
    GatewayResponse,
    InvalidClient,
    InvalidPayload,
    InvalidRecords,
    InvalidScope,
    MissingCredentials,
    NetworkError,
    NotFound,
    NotVerified,
    OutcomeUnknown,
    PayloadTooLarge,
    ProxyRefused,
    RateLimited,
    RecordsError,
    RecordsRejected,
    Reentrant,
    ReportError,
    RetryLater,
    SecretUnavailable,
    ServiceUnavailable,
    StoreLocked,
    StoreUnavailable,
    TlsError,
    TokenRequestNotAllowed,
    TokenResponseLost,
    TooManyRemovals,
    Unauthorized,
    UnencodableType,
    UnencodableValue,
    UnusableStore,
    VantaError,
    Violation,
)
from .kind import Kind
from .options import Cancel, Deadline, PushOptions
from .listing import Listing, Rows
from .results import ChangePlan, NotComparable, Receipt
from .snapshot import Snapshot
from .status import Status
from .words import (
    Event,
    Level,
    OnStoreUnavailable,
    ReceiptKind,
    RequestReason,
    Roots,
    Rule,
    Stage,
    TokenSource,
)

__version__ = "0.1.0"

__all__ = [
    "Body",
    "CallError",
    "CamelCase",
    "Cancel",
    "Cancelled",
    "ChangePlan",
    "Client",
    "Config",
    "ConfigError",
    "Contention",
    "CredentialsError",
    "Deadline",
    "DeadlineExceeded",
    "DuplicateUniqueId",
    "EmptyPayload",
    "Event",
    "Forbidden",
    "GatewayResponse",
    "InvalidClient",
    "InvalidPayload",
    "InvalidRecords",
    "InvalidScope",
    "Kind",
    "Level",
    "Listing",
    "MissingCredentials",
    "NetworkError",
    "NotComparable",
    "NotFound",
    "NotVerified",
    "OnStoreUnavailable",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "ProxyRefused",
    "PushOptions",
    "RateLimited",
    "Receipt",
    "ReceiptKind",
    "RecordsError",
    "RecordsRejected",
    "Reentrant",
    "ReportError",
    "RequestReason",
    "RetryLater",
    "Roots",
    "Rows",
    "Rule",
    "SecretUnavailable",
    "ServiceUnavailable",
    "Snapshot",
    "Stage",
    "Status",
    "StoreLocked",
    "StoreUnavailable",
    "TlsError",
    "TokenRequestNotAllowed",
    "TokenResponseLost",
    "TokenSource",
    "TokenStore",
    "TooManyRemovals",
    "Unauthorized",
    "UnencodableType",
    "UnencodableValue",
    "UnusableStore",
    "VantaError",
    "Violation",
    "__version__",
    "library_version",
    "validate",
    "records",
]


def __dir__() -> List[str]:
    """Lists the public names only."""
    return __all__
