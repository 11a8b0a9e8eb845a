"""The records of the known kinds as dataclasses, for Body.from_records.

    account = UserAccount(display_name="Rana Okafor", unique_id="7", ...)
    body = Body.from_records(resource_id, [account])
    client.push(UserAccount.KIND, body)

Fields are in snake_case and are written in camelCase. An optional field that is None is left out. No
other field has a default: a forgotten False would be a claim. Times are datetimes with an offset, or
texts in RFC 3339. Enums may be given as plain strings too. A type checker sees no texts and no ranges:
validate() does. A type of your own, such as a custom resource with its properties as fields, may be a
Record as well.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Mapping, Optional, Sequence, Union

from ._json import CamelCase
from .kind import Kind
from .words import _Word

Time = Union[str, datetime]


class Record(CamelCase):
    """A base of dataclasses that are records of one kind."""

    KIND: ClassVar[str]


# -- generated from src/resource/records --


class Browser(_Word):
    """A browser."""

    # Chrome, and every other browser made from Chromium that has no name here.
    CHROME = "CHROME"
    # Firefox.
    FIREFOX = "FIREFOX"
    # Opera.
    OPERA = "OPERA"
    # Safari.
    SAFARI = "SAFARI"
    # Edge.
    EDGE = "EDGE"


@dataclass
class BrowserExtension(CamelCase):
    """An extension of a browser.

    extension_id
        The id by which the browser's store knows it.
    name
        Its name.
    browser
        The browser that has it. Leave the extension out where that is none of these.
    """

    extension_id: str
    name: str
    browser: Browser


@dataclass
class ScreenlockPolicy(CamelCase):
    """A rule that says when a screen must lock.

    requires_password
        Whether unlocking takes a password.
    screen_sleep_timeout_ms
        How long nobody does anything until the screen sleeps, in milliseconds.
    """

    requires_password: bool
    screen_sleep_timeout_ms: int


@dataclass
class ScreenlockSettings(CamelCase):
    """When a screen locks, as it is set.

    requires_password
        Whether unlocking takes a password.
    screen_sleep_timeout_ms
        How long nobody does anything until the screen sleeps, in milliseconds.
    """

    requires_password: bool
    screen_sleep_timeout_ms: int


@dataclass
class DeviceUser(CamelCase):
    """A person who uses a computer.

    username
        The name of the account on the computer.
    screenlock_policies
        When the screen must lock, by policy; may be empty where it is hard to find out.
    screenlock_settings
        When the screen does lock, as it is set.
    last_login_timestamp
        When the person last signed in (RFC 3339).
    """

    username: str
    screenlock_policies: Sequence[ScreenlockPolicy]
    screenlock_settings: ScreenlockSettings
    last_login_timestamp: Optional[Time] = None


@dataclass
class PasswordPolicy(CamelCase):
    """What the passwords on a computer must be like.

    minimum_length_requirement
        How many characters they have at least.
    """

    minimum_length_requirement: int


@dataclass
class KeyValue(CamelCase):
    """A parameter of a query, or a header.

    key
        Its name.
    value
        Its value.
    """

    key: str
    value: str


@dataclass
class EndpointOccurrence(CamelCase):
    """A request that showed a vulnerability. Take secrets out of it before you send it.

    description
        What happened, in words.
    from_url
        The URL from which the request was made.
    query_params
        The parameters of its query.
    headers
        Its headers.
    body
        Its body, with the secrets taken out.
    """

    description: str
    from_url: Optional[str] = None
    query_params: Optional[Sequence[KeyValue]] = None
    headers: Optional[Sequence[KeyValue]] = None
    body: Optional[str] = None


@dataclass
class ApiEndpointVulnerability(Record):
    """A vulnerability in an endpoint of an API.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the vulnerability from all others, for good: an id of the source, never the number of
        a row. Pushing it again changes the same vulnerability.
    external_url
        The https URL where the source shows the vulnerability.
    occurrences
        The requests that showed it.
    severity
        How bad it is, from 0 to 10. Vanta rounds it to one decimal.
    vulnerable_component_unique_id
        The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
        first.
    description
        What the vulnerability is, in words.
    remediation_instructions
        What to do about it, in words.
    url
        The URL that has the vulnerability.
    http_method
        The HTTP method, such as `GET`.
    cve_id
        The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cvss3_vector
        The CVSS 3 vector, as text.
    cvss3_score
        The CVSS 3 score, from 0 to 10.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.API_ENDPOINT_VULNERABILITY

    display_name: str
    unique_id: str
    external_url: str
    occurrences: Sequence[EndpointOccurrence]
    severity: float
    vulnerable_component_unique_id: str
    description: str
    remediation_instructions: str
    url: str
    http_method: str
    cve_id: Optional[str] = None
    cvss3_vector: Optional[str] = None
    cvss3_score: Optional[float] = None
    custom_properties: Optional[Mapping[str, Any]] = None


class BackgroundCheckStatus(_Word):
    """How far a background check is."""

    # It is not complete.
    INCOMPLETE = "INCOMPLETE"
    # It is being made.
    IN_PROGRESS = "IN_PROGRESS"
    # It is complete.
    COMPLETE = "COMPLETE"


@dataclass
class BackgroundCheck(Record):
    """A background check of a person.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the check from all others, for good: an id of the source, never the number of a row.
        Pushing it again changes the same check.
    external_url
        The https URL where the source shows the check.
    full_name
        The whole name of the person.
    email
        Joins the check to a user in Vanta.
    status
        How far the check is.
    completion_date
        When it was completed, if it is: a moment (RFC 3339), not only a date.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.BACKGROUND_CHECK

    display_name: str
    unique_id: str
    external_url: str
    full_name: str
    email: str
    status: BackgroundCheckStatus
    completion_date: Optional[Time] = None
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class CustomResource(Record):
    """Anything else. What matters of it are its custom properties. Vanta draws no evidence from it
    until a Custom Test looks at it; where another kind fits, that one is the better choice.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the thing from all others, for good: an id of the source, never the number of a row.
        Pushing it again changes the same thing.
    external_url
        The https URL where the source shows the thing.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.CUSTOM_RESOURCE

    display_name: str
    unique_id: str
    external_url: str
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class MacosApplication(CamelCase):
    """An application that is installed.

    name
        Its name.
    bundle_id
        Its bundle identifier, such as `com.apple.Terminal`.
    last_opened_timestamp
        When it was last opened (RFC 3339).
    """

    name: str
    bundle_id: str
    last_opened_timestamp: Optional[Time] = None


@dataclass
class MacosDrive(CamelCase):
    """A drive.

    name
        The name of the drive.
    encrypted
        Whether what is on it is encrypted.
    filevault_enabled
        Whether FileVault is on for it.
    is_boot_volume
        Whether the system starts from it. Lets Vanta pass over USB drives and the like.
    """

    name: str
    encrypted: bool
    filevault_enabled: bool
    is_boot_volume: Optional[bool] = None


@dataclass
class MacosUserComputer(Record):
    """A computer that runs macOS, and what is known of its security.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the computer from all others, for good: an id of the source, never the number of a
        row. Pushing it again changes the same computer.
    external_url
        The https URL where the source shows the computer.
    collected_timestamp
        When the data was gathered on the computer (RFC 3339); the latest moment where it took
        several.
    os_name
        The operating system, in any words.
    os_version
        Its version, in any words.
    hardware_uuid
        The UUID of the hardware.
    serial_number
        The serial number of the hardware.
    applications
        All applications that are installed.
    browser_extensions
        The extensions of browsers. Vanta looks for password managers that it knows among them.
    drives
        The drives. Vanta checks that they are encrypted.
    users
        The people who use the computer. Where they cannot be told from the accounts of the system,
        send none.
    system_screenlock_policies
        When the screen locks, for all users; may be empty.
    is_managed
        Whether a device management (MDM) holds the computer.
    auto_updates_enabled
        Whether updates install themselves.
    owner
        The email of the person who has the computer, where it is known. Vanta does not check it.
    password_policy
        What passwords must be like. `None` where nothing is asked of them.
    last_enrolled_timestamp
        When the computer was last enrolled in its management (RFC 3339).
    is_x_protect_enabled
        Whether XProtect, Apple's guard against malware, is on.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.MACOS_USER_COMPUTER

    display_name: str
    unique_id: str
    external_url: str
    collected_timestamp: Time
    os_name: str
    os_version: str
    hardware_uuid: str
    serial_number: str
    applications: Sequence[MacosApplication]
    browser_extensions: Sequence[BrowserExtension]
    drives: Sequence[MacosDrive]
    users: Sequence[DeviceUser]
    system_screenlock_policies: Sequence[ScreenlockPolicy]
    is_managed: bool
    auto_updates_enabled: bool
    owner: Optional[str] = None
    password_policy: Optional[PasswordPolicy] = None
    last_enrolled_timestamp: Optional[Time] = None
    is_x_protect_enabled: Optional[bool] = None
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class PackageVulnerability(Record):
    """A vulnerability in a package that a component has.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the vulnerability from all others, for good: an id of the source, never the number of
        a row. Pushing it again changes the same vulnerability.
    external_url
        The https URL where the source shows the vulnerability.
    package_name
        The package that has the vulnerability.
    package_version
        The version of it that the component has.
    severity
        How bad it is, from 0 to 10. Vanta rounds it to one decimal.
    vulnerable_component_unique_id
        The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
        first.
    description
        What the vulnerability is, in words.
    is_resolvable
        Whether it can be fixed.
    remediation_instructions
        What to do about it, in words.
    is_reachable
        Whether the code has a way to the vulnerability, where that was looked into.
    cve_id
        The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cvss3_vector
        The CVSS 3 vector, as text.
    cvss3_score
        The CVSS 3 score, from 0 to 10.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.PACKAGE_VULNERABILITY

    display_name: str
    unique_id: str
    external_url: str
    package_name: str
    package_version: str
    severity: float
    vulnerable_component_unique_id: str
    description: str
    is_resolvable: bool
    remediation_instructions: str
    is_reachable: Optional[bool] = None
    cve_id: Optional[str] = None
    cvss3_vector: Optional[str] = None
    cvss3_score: Optional[float] = None
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class Secret(Record):
    """A secret that a vault holds: its name and who has it, never its value. This is a record for
    Vanta; what hides your client secret is `vanta::Secret`.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the secret from all others, for good: an id of the source, never the number of a row.
        Pushing it again changes the same secret.
    external_url
        The https URL where the source shows the secret.
    name
        The name of the secret.
    description
        What it is for, in words.
    created_timestamp
        When it was made (RFC 3339).
    creator
        Who made it.
    owner
        Who is responsible for it now. Vanta tests that each secret has a valid owner.
    updated_timestamp
        When it was last changed (RFC 3339).
    last_accessed_timestamp
        When somebody last read it (RFC 3339).
    expires_timestamp
        When it ends (RFC 3339), if it does.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.SECRET

    display_name: str
    unique_id: str
    external_url: str
    name: str
    description: str
    created_timestamp: Time
    creator: str
    owner: str
    updated_timestamp: Optional[Time] = None
    last_accessed_timestamp: Optional[Time] = None
    expires_timestamp: Optional[Time] = None
    custom_properties: Optional[Mapping[str, Any]] = None


class TaskState(_Word):
    """How far a task is: the nearest of these."""

    # Nobody has begun.
    OPEN = "OPEN"
    # Somebody works on it.
    IN_PROGRESS = "IN_PROGRESS"
    # It is over.
    CLOSED = "CLOSED"


class TaskPriority(_Word):
    """How urgent a task is. Vanta ties each to a time within which the task is to be done."""

    # The most urgent.
    P0 = "P0"
    # The second.
    P1 = "P1"
    # The third.
    P2 = "P2"
    # The fourth.
    P3 = "P3"
    # The least urgent.
    P4 = "P4"


@dataclass
class SecurityTask(Record):
    """A task, as the team's tracker has it.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the task from all others, for good: an id of the source, never the number of a row.
        Pushing it again changes the same task.
    external_url
        The https URL where the source shows the task.
    task_id
        The id by which people know the task in the source; Vanta shows it.
    task_title
        The title.
    created_timestamp
        When the task was made (RFC 3339).
    task_state
        How far it is.
    priority
        How urgent it is. Vanta measures the time it takes by this.
    assignees
        The emails of those who are to do it; they need not be users in Vanta.
    creator
        Who made it.
    labels
        Its labels.
    closed_timestamp
        When the task was closed (RFC 3339): for a closed task always, for any other never.
    updated_timestamp
        When it was last changed (RFC 3339).
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.SECURITY_TASK

    display_name: str
    unique_id: str
    external_url: str
    task_id: str
    task_title: str
    created_timestamp: Time
    task_state: TaskState
    priority: TaskPriority
    assignees: Sequence[str]
    creator: str
    labels: Sequence[str]
    closed_timestamp: Optional[Time] = None
    updated_timestamp: Optional[Time] = None
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class CodeOccurrence(CamelCase):
    """A place in code.

    path
        The path of the file.
    begin_line
        The line where it begins.
    end_line
        The line where it ends.
    begin_column
        The column where it begins.
    end_column
        The column where it ends.
    """

    path: str
    begin_line: int
    end_line: int
    begin_column: int
    end_column: int


@dataclass
class StaticAnalysisVulnerability(Record):
    """A vulnerability that static analysis found in code.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the vulnerability from all others, for good: an id of the source, never the number of
        a row. Pushing it again changes the same vulnerability.
    external_url
        The https URL where the source shows the vulnerability.
    occurrences
        Where in the code it is.
    severity
        How bad it is, a whole number from 0 to 10, unlike that of other vulnerabilities.
    confidence
        How sure the analysis is, a whole number from 0 to 10.
    is_resolvable
        Whether it can be fixed.
    vulnerable_component_unique_id
        The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
        first.
    description
        What the vulnerability is, in words.
    remediation_instructions
        What to do about it, in words.
    cve_id
        The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cvss3_vector
        The CVSS 3 vector, as text.
    cvss3_score
        The CVSS 3 score, from 0 to 10.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.STATIC_ANALYSIS_VULNERABILITY

    display_name: str
    unique_id: str
    external_url: str
    occurrences: Sequence[CodeOccurrence]
    severity: int
    confidence: int
    is_resolvable: bool
    vulnerable_component_unique_id: str
    description: str
    remediation_instructions: str
    cve_id: Optional[str] = None
    cvss3_vector: Optional[str] = None
    cvss3_score: Optional[float] = None
    custom_properties: Optional[Mapping[str, Any]] = None


class PermissionLevel(_Word):
    """What an account may do: the nearest of these."""

    # An administrator.
    ADMIN = "ADMIN"
    # Somebody who changes things.
    EDITOR = "EDITOR"
    # Anybody else.
    BASE = "BASE"


class AccountStatus(_Word):
    """Whether an account can be used."""

    # It can.
    ACTIVE = "ACTIVE"
    # It no longer can. Better sent so than left out.
    DEACTIVATED = "DEACTIVATED"


class MfaMethod(_Word):
    """A second factor."""

    # The source has none; what fits accounts of programs.
    UNSUPPORTED = "UNSUPPORTED"
    # The source has some, but they are off.
    DISABLED = "DISABLED"
    # A text message.
    SMS = "SMS"
    # An email.
    EMAIL = "EMAIL"
    # A one-time password.
    OTP = "OTP"
    # A device that one plugs in or holds.
    HARDWARE_TOKEN = "HARDWARE_TOKEN"
    # A question on a telephone.
    PUSH_PROMPT = "PUSH_PROMPT"


class AuthMethod(_Word):
    """How one signs in."""

    # Single sign-on.
    SSO = "SSO"
    # A password.
    PASSWORD = "PASSWORD"
    # A token or a key; what fits accounts of programs.
    TOKEN = "TOKEN"
    # A finger, a face.
    BIOMETRIC = "BIOMETRIC"


@dataclass
class UserAccount(Record):
    """An account, of a person or of a program. Vanta finds its own user by the email, and shows
    the account in access reviews. An account that is left out of a push shows as deactivated from
    then on; one that is sent with that status keeps its details.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the account from all others, for good: an id of the source, never the number of a
        row. Pushing it again changes the same account.
    external_url
        The https URL where the source shows the account.
    full_name
        The full name of the person who has the account.
    account_name
        The name of the account itself; what tells the accounts of machines apart.
    email
        Joins the account to a user in Vanta.
    permission_level
        What the account may do. Vanta shows it in access reviews.
    created_timestamp
        When the account was made (RFC 3339).
    status
        Whether the account can be used.
    mfa_enabled
        Whether signing in takes a second factor. Vanta does not look at it under single sign-on.
    mfa_methods
        The second factors that are set up; may be empty. Vanta does not look at them under single
        sign-on.
    auth_method
        How the person who has the account signs in.
    role_description
        The role in the words of the source.
    updated_timestamp
        When the account was last changed (RFC 3339).
    deactivated_timestamp
        When the account was deactivated (RFC 3339), if it was.
    last_login_timestamp
        When somebody last signed in with it (RFC 3339).
    last_password_reset_timestamp
        When the password was last reset (RFC 3339). Vanta keeps it for later use.
    group_ids
        Ids of the groups that the account is in. Vanta keeps them and does not yet join them to
        groups.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.USER_ACCOUNT

    display_name: str
    unique_id: str
    external_url: str
    full_name: str
    account_name: str
    email: str
    permission_level: PermissionLevel
    created_timestamp: Time
    status: AccountStatus
    mfa_enabled: bool
    mfa_methods: Sequence[MfaMethod]
    auth_method: AuthMethod
    role_description: Optional[str] = None
    updated_timestamp: Optional[Time] = None
    deactivated_timestamp: Optional[Time] = None
    last_login_timestamp: Optional[Time] = None
    last_password_reset_timestamp: Optional[Time] = None
    group_ids: Optional[Sequence[str]] = None
    custom_properties: Optional[Mapping[str, Any]] = None


class Framework(_Word):
    """A framework that asks for security training."""

    # SOC 2.
    SOC2 = "SOC2"
    # ISO 27001.
    ISO27001 = "ISO27001"
    # HIPAA.
    HIPAA = "HIPAA"
    # PCI DSS.
    PCI = "PCI"
    # GDPR.
    GDPR = "GDPR"
    # CCPA.
    CCPA = "CCPA"


class TrainingStatus(_Word):
    """Whether a training is completed."""

    # Not yet.
    INCOMPLETE = "INCOMPLETE"
    # It is.
    COMPLETE = "COMPLETE"


@dataclass
class UserSecurityTrainingStatus(Record):
    """One person in one course.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the status from all others, for good: an id of the source, never the number of a row.
        Pushing it again changes the same status.
    external_url
        The https URL where the source shows the status.
    training_id
        The id of the course, the same for all who take it.
    training_name
        The name of the course.
    frameworks_fulfilled
        The frameworks whose demand for training the course meets.
    trainee_full_name
        The whole name of the person.
    trainee_account_name
        The name of the person's account, for those who have no more than that.
    trainee_email
        The email of the person.
    status
        Whether the person has completed the course.
    training_created_timestamp
        When the course was made (RFC 3339).
    training_due_timestamp
        By when the person is to complete it (RFC 3339). Vanta tests that it was in time.
    training_completed_timestamp
        When the person completed it (RFC 3339). `None` until then.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.USER_SECURITY_TRAINING_STATUS

    display_name: str
    unique_id: str
    external_url: str
    training_id: str
    training_name: str
    frameworks_fulfilled: Sequence[Framework]
    trainee_full_name: str
    trainee_account_name: str
    trainee_email: str
    status: TrainingStatus
    training_created_timestamp: Time
    training_due_timestamp: Time
    training_completed_timestamp: Optional[Time] = None
    custom_properties: Optional[Mapping[str, Any]] = None


class TargetType(_Word):
    """What sort of thing a component is."""

    # A host.
    HOST = "HOST"
    # A server.
    SERVER = "SERVER"
    # A container that runs.
    CONTAINER = "CONTAINER"
    # A repository of container images.
    CONTAINER_REPOSITORY = "CONTAINER_REPOSITORY"
    # An image in such a repository.
    CONTAINER_REPOSITORY_IMAGE = "CONTAINER_REPOSITORY_IMAGE"
    # A repository of code.
    CODE_REPOSITORY = "CODE_REPOSITORY"
    # A function that runs without a server of its own.
    SERVERLESS_FUNCTION = "SERVERLESS_FUNCTION"
    # A file that lists dependencies.
    MANIFEST_FILE = "MANIFEST_FILE"
    # A computer that somebody works at.
    WORKSTATION = "WORKSTATION"
    # Something else. It joined the others in 2026.
    OTHER = "OTHER"


@dataclass
class VulnerableComponent(Record):
    """A host, an image, a repository or another thing that vulnerabilities are found in. Push the
    components before the vulnerabilities that name them.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the component from all others, for good: an id of the source, never the number of a
        row. Pushing it again changes the same component. Vulnerabilities name it.
    external_url
        The https URL where the source shows the component.
    collected_timestamp
        When the data was gathered on the component (RFC 3339); the latest moment where it took
        several.
    name
        The name of the component.
    description
        What the component is, in words.
    target_type
        What sort of thing it is.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.VULNERABLE_COMPONENT

    display_name: str
    unique_id: str
    external_url: str
    collected_timestamp: Time
    name: str
    description: str
    target_type: TargetType
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class WindowsProgram(CamelCase):
    """A program that is installed.

    name
        Its name.
    last_opened_timestamp
        When it was last opened (RFC 3339).
    """

    name: str
    last_opened_timestamp: Optional[Time] = None


@dataclass
class WindowsDrive(CamelCase):
    """A drive.

    name
        The name of the drive.
    encrypted
        Whether what is on it is encrypted.
    is_boot_volume
        Whether the system starts from it. Lets Vanta pass over USB drives and the like.
    """

    name: str
    encrypted: bool
    is_boot_volume: Optional[bool] = None


class WindowsSecurityCategory(_Word):
    """What a security product is."""

    # A firewall.
    FIREWALL = "FIREWALL"
    # Against viruses.
    ANTIVIRUS = "ANTIVIRUS"
    # Against spyware.
    ANTISPYWARE = "ANTISPYWARE"


class WindowsSecurityState(_Word):
    """Whether a security product runs."""

    # It does.
    ON = "ON"
    # It does not.
    OFF = "OFF"
    # The Security Center does not know.
    UNKNOWN = "UNKNOWN"


@dataclass
class WindowsSecurityProduct(CamelCase):
    """A product that the Windows Security Center watches.

    name
        Its name.
    category
        What it guards against.
    state
        Whether it runs.
    state_timestamp
        When the state was found out (RFC 3339).
    signatures_up_to_date
        Whether it knows the latest threats.
    """

    name: str
    category: WindowsSecurityCategory
    state: WindowsSecurityState
    state_timestamp: Time
    signatures_up_to_date: bool


class WindowsSecurityHealth(_Word):
    """How a part of the system does."""

    # Well.
    GOOD = "GOOD"
    # Badly.
    POOR = "POOR"
    # Its warnings are put off.
    SNOOZED = "SNOOZED"
    # Nobody watches it.
    NOT_MONITORED = "NOT_MONITORED"
    # It could not be found out.
    ERROR = "ERROR"


@dataclass
class WindowsSecurityCenter(CamelCase):
    """The health of the parts that the Windows Security Center watches.

    firewall
        The firewall.
    autoupdate
        Automatic updates.
    antivirus
        The guard against viruses.
    internet_setting
        The settings for the internet.
    user_account_control
        User Account Control, which asks before a program gets more rights.
    windows_security_center_service
        The Security Center itself.
    """

    firewall: WindowsSecurityHealth
    autoupdate: WindowsSecurityHealth
    antivirus: WindowsSecurityHealth
    internet_setting: WindowsSecurityHealth
    user_account_control: WindowsSecurityHealth
    windows_security_center_service: WindowsSecurityHealth


@dataclass
class WindowsUserComputer(Record):
    """A computer that runs Windows, and what is known of its security.

    display_name
        The name that Vanta's inventory shows, as it stands here.
    unique_id
        Tells the computer from all others, for good: an id of the source, never the number of a
        row. Pushing it again changes the same computer.
    external_url
        The https URL where the source shows the computer.
    collected_timestamp
        When the data was gathered on the computer (RFC 3339); the latest moment where it took
        several.
    os_name
        The operating system, in any words.
    os_version
        Its version, in any words.
    hardware_uuid
        The UUID of the hardware.
    serial_number
        The serial number of the hardware.
    programs
        All programs that are installed.
    browser_extensions
        The extensions of browsers. Vanta looks for password managers that it knows among them.
    drives
        The drives. Vanta checks that they are encrypted.
    users
        The people who use the computer. Where they cannot be told from the accounts of the system,
        send none.
    system_screenlock_policies
        When the screen locks, for all users; may be empty.
    is_managed
        Whether a device management (MDM) holds the computer.
    auto_updates_enabled
        Whether updates install themselves.
    owner
        The email of the person who has the computer, where it is known. Vanta does not check it.
    password_policy
        What passwords must be like. `None` where nothing is asked of them.
    last_enrolled_timestamp
        When the computer was last enrolled in its management (RFC 3339).
    windows_security_products
        The products that the Windows Security Center watches.
    windows_security_center
        What the Windows Security Center says of the computer.
    custom_properties
        What the Developer Console declares beside these. Only when you declared some, and then
        each of them: an empty object is refused where none are declared.
    """

    KIND = Kind.WINDOWS_USER_COMPUTER

    display_name: str
    unique_id: str
    external_url: str
    collected_timestamp: Time
    os_name: str
    os_version: str
    hardware_uuid: str
    serial_number: str
    programs: Sequence[WindowsProgram]
    browser_extensions: Sequence[BrowserExtension]
    drives: Sequence[WindowsDrive]
    users: Sequence[DeviceUser]
    system_screenlock_policies: Sequence[ScreenlockPolicy]
    is_managed: bool
    auto_updates_enabled: bool
    owner: Optional[str] = None
    password_policy: Optional[PasswordPolicy] = None
    last_enrolled_timestamp: Optional[Time] = None
    windows_security_products: Optional[Sequence[WindowsSecurityProduct]] = None
    windows_security_center: Optional[WindowsSecurityCenter] = None
    custom_properties: Optional[Mapping[str, Any]] = None


# -- end of what is generated --
