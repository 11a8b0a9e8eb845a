"""The library's own status codes: `code` of an error."""

from enum import IntEnum


class Status(IntEnum):
    """What a call came to. `Status.TLS` is VANTA_ERR_TLS of vanta.h; numbers never change."""

    # -- generated from include/vanta.h --
    # Done, and sure of it.
    OK = 0
    # A kind's name, a resource id or another argument is malformed.
    INVALID_ARGUMENT = -1
    # A pointer that must not be NULL is NULL.
    NULL_POINTER = -2
    # The buffer is too small. The function sets the size that is needed.
    BUFFER_TOO_SMALL = -3
    # A string is not valid UTF-8.
    INVALID_UTF8 = -4
    # A callback called the library in a way that would have to wait for the callback's own call.
    REENTRANT = -5
    # The payload is not a request body: malformed JSON, a byte order mark, or the wrong members.
    INVALID_PAYLOAD = -10
    # The body has no records. Pushing it would delete every record of the resource.
    EMPTY_PAYLOAD = -11
    # A record's uniqueId is missing, blank or not a string.
    INVALID_UNIQUE_ID = -12
    # Two records have the same uniqueId.
    DUPLICATE_UNIQUE_ID = -13
    # The request body is larger than the service allows (10,485,760 bytes).
    PAYLOAD_TOO_LARGE = -14
    # Records violate the schema of their kind, or a rule whose level is VANTA_LEVEL_ERROR.
    # `violations` lists every violation.
    INVALID_RECORDS = -15
    # The deletion guard rejected the push: it would delete more live records than allowed. See
    # vanta_options_expect_removals().
    TOO_MANY_REMOVALS = -16
    # A setting is malformed, or two settings contradict each other.
    INVALID_CONFIG = -20
    # The client id or the client secret is missing.
    MISSING_CREDENTIALS = -21
    # The origin is not https, and vanta_config_set_allow_plain_http_to_loopback() does not allow
    # it.
    INSECURE_ORIGIN = -22
    # A file of the configuration, or of records, cannot be read.
    UNREADABLE_FILE = -23
    # The token store cannot be used as it is. The message says what to correct.
    UNUSABLE_STORE = -24
    # A file of the configuration cannot be written.
    UNWRITABLE_FILE = -25
    # The client secret callback failed. No token was requested.
    SECRET_UNAVAILABLE = -26
    # The host name could not be resolved.
    RESOLVE = -40
    # No connection could be opened.
    CONNECT = -41
    # The proxy refused the tunnel, requires credentials, or is not an HTTP proxy. Vanta was not
    # reached.
    PROXY_REFUSED = -42
    # The TLS handshake failed. The message says what is wrong with the certificate.
    TLS = -43
    # The connection failed before the request was sent completely. The request had no effect.
    SEND = -44
    # The connection failed before the response was read completely.
    RECEIVE = -45
    # The deadline passed (timeout). The call changed nothing at Vanta.
    DEADLINE_EXCEEDED = -46
    # The caller cancelled the call. The call changed nothing at Vanta.
    CANCELLED = -47
    # The response is a redirect. The library never follows one, so that credentials are not sent
    # to another host.
    REDIRECT_REFUSED = -48
    # The response is larger than its limit, such as vanta_config_set_list_cap().
    RESPONSE_TOO_LARGE = -49
    # The request was sent, and no clear response came. It may or may not have taken effect.
    OUTCOME_UNKNOWN = -50
    # The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
    # responded, or the response is empty. It says nothing about token, scope and records.
    GATEWAY_RESPONSE = -52
    # The server does not accept client id and secret (invalid_client).
    INVALID_CLIENT = -60
    # The application may not have a requested scope (invalid_scope).
    INVALID_SCOPE = -61
    # The server finds the token request malformed (invalid_request).
    INVALID_TOKEN_REQUEST = -62
    # The server does not accept the grant (invalid_grant).
    INVALID_GRANT = -63
    # The application may not use the client credentials grant (unauthorized_client).
    UNAUTHORIZED_CLIENT = -64
    # The server does not support the client credentials grant (unsupported_grant_type).
    UNSUPPORTED_GRANT_TYPE = -65
    # The server responded with another OAuth error; vanta_error_oauth_error() returns its code.
    OTHER_TOKEN_REFUSAL = -66
    # The server rejected the token request by its rate limit: 5 a minute for each application
    # (429).
    TOKEN_RATE_LIMITED = -67
    # The token endpoint failed or timed out (408 or 5xx).
    TOKEN_UNAVAILABLE = -68
    # The token request was sent, and no usable response came. The previous token may be revoked.
    TOKEN_RESPONSE_LOST = -69
    # The token response is malformed.
    INVALID_TOKEN_RESPONSE = -70
    # The access token has a type other than Bearer.
    UNSUPPORTED_TOKEN_TYPE = -71
    # The server rejected the access token and its replacement (401 twice), or a token that has no
    # replacement (401 once).
    UNAUTHORIZED = -72
    # The access token does not allow this request (403).
    FORBIDDEN = -73
    # A new access token is needed, and this client may not request one.
    TOKEN_REQUEST_NOT_ALLOWED = -74
    # The jobs of this application have used up their own limit of token requests a minute. See
    # vanta_config_set_token_requests_per_minute().
    TOKEN_RATE_LIMIT_REACHED = -75
    # The token store cannot be reached or failed. See vanta_config_set_on_store_unavailable().
    STORE_UNAVAILABLE = -76
    # Another process held the lock of the token store until the deadline.
    STORE_LOCKED = -77
    # Another program requests access tokens for this application, which revokes the library's.
    CONTENTION = -78
    # Vanta rejected the records. `violations` lists those that the response names.
    RECORDS_REJECTED = -80
    # The kind or the resource id is not declared in the console, or the origin's path is wrong
    # (404).
    NOT_FOUND = -81
    # The server finds the request body too large (413).
    SERVER_TOO_LARGE = -82
    # The server rejected the request by its rate limit: 20 a minute for each application (429).
    RATE_LIMITED = -83
    # The server failed or timed out (408 or 5xx).
    UNAVAILABLE = -84
    # The response has an HTTP status without a meaning here.
    UNEXPECTED_STATUS = -85
    # The response to a list request is malformed or incomplete.
    INVALID_RESPONSE = -86
    # The live records differ from the body, or cannot be compared with it. `violations` lists the
    # differences.
    NOT_VERIFIED = -87
    # The library has a defect.
    INTERNAL = -100
    # The machine has no thread, socket or memory left.
    OUT_OF_RESOURCES = -101
    # -- end of what is generated --

    @classmethod
    def _missing_(cls, value: object) -> "Status":
        """A status that a newer library has."""
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a status")
        made = int.__new__(cls, value)
        made._name_, made._value_ = f"UNKNOWN_{abs(value)}", value
        return made
