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
    """An extension of a browser."""

    # The id by which the browser's store knows it.
    extension_id: str
    # Its name.
    name: str
    # The browser that has it. Leave the extension out where that is none of these.
    browser: Browser


@dataclass
class ScreenlockPolicy(CamelCase):
    """A rule that says when a screen must lock."""

    # Whether unlocking takes a password.
    requires_password: bool
    # How long nobody does anything until the screen sleeps, in milliseconds.
    screen_sleep_timeout_ms: int


@dataclass
class ScreenlockSettings(CamelCase):
    """When a screen locks, as it is set."""

    # Whether unlocking takes a password.
    requires_password: bool
    # How long nobody does anything until the screen sleeps, in milliseconds.
    screen_sleep_timeout_ms: int


@dataclass
class DeviceUser(CamelCase):
    """A person who uses a computer."""

    # The name of the account on the computer.
    username: str
    # When the screen must lock, by policy; may be empty where it is hard to find out.
    screenlock_policies: Sequence[ScreenlockPolicy]
    # When the screen does lock, as it is set.
    screenlock_settings: ScreenlockSettings
    # When the person last signed in (RFC 3339).
    last_login_timestamp: Optional[Time] = None


@dataclass
class PasswordPolicy(CamelCase):
    """What the passwords on a computer must be like."""

    # How many characters they have at least.
    minimum_length_requirement: int


@dataclass
class KeyValue(CamelCase):
    """A parameter of a query, or a header."""

    # Its name.
    key: str
    # Its value.
    value: str


@dataclass
class EndpointOccurrence(CamelCase):
    """A request that showed a vulnerability. Take secrets out of it before you send it."""

    # What happened, in words.
    description: str
    # The URL from which the request was made.
    from_url: Optional[str] = None
    # The parameters of its query.
    query_params: Optional[Sequence[KeyValue]] = None
    # Its headers.
    headers: Optional[Sequence[KeyValue]] = None
    # Its body, with the secrets taken out.
    body: Optional[str] = None


@dataclass
class ApiEndpointVulnerability(Record):
    """A vulnerability in an endpoint of an API."""

    KIND = Kind.API_ENDPOINT_VULNERABILITY

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the vulnerability from all others, for good: an id of the source, never the number of a
    # row. Pushing it again changes the same vulnerability.
    unique_id: str
    # The https URL where the source shows the vulnerability.
    external_url: str
    # The requests that showed it.
    occurrences: Sequence[EndpointOccurrence]
    # How bad it is, from 0 to 10. Vanta rounds it to one decimal.
    severity: float
    # The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
    # first.
    vulnerable_component_unique_id: str
    # What the vulnerability is, in words.
    description: str
    # What to do about it, in words.
    remediation_instructions: str
    # The URL that has the vulnerability.
    url: str
    # The HTTP method, such as `GET`.
    http_method: str
    # The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cve_id: Optional[str] = None
    # The CVSS 3 vector, as text.
    cvss3_vector: Optional[str] = None
    # The CVSS 3 score, from 0 to 10.
    cvss3_score: Optional[float] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
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
    """A background check of a person."""

    KIND = Kind.BACKGROUND_CHECK

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the check from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same check.
    unique_id: str
    # The https URL where the source shows the check.
    external_url: str
    # The whole name of the person.
    full_name: str
    # Joins the check to a user in Vanta.
    email: str
    # How far the check is.
    status: BackgroundCheckStatus
    # When it was completed, if it is: a moment (RFC 3339), not only a date.
    completion_date: Optional[Time] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class CustomResource(Record):
    """Anything else. What matters of it are its custom properties. Vanta draws no evidence from it
    until a Custom Test looks at it; where another kind fits, that one is the better choice.
    """

    KIND = Kind.CUSTOM_RESOURCE

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the thing from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same thing.
    unique_id: str
    # The https URL where the source shows the thing.
    external_url: str
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class MacosApplication(CamelCase):
    """An application that is installed."""

    # Its name.
    name: str
    # Its bundle identifier, such as `com.apple.Terminal`.
    bundle_id: str
    # When it was last opened (RFC 3339).
    last_opened_timestamp: Optional[Time] = None


@dataclass
class MacosDrive(CamelCase):
    """A drive."""

    # The name of the drive.
    name: str
    # Whether what is on it is encrypted.
    encrypted: bool
    # Whether FileVault is on for it.
    filevault_enabled: bool
    # Whether the system starts from it. Lets Vanta pass over USB drives and the like.
    is_boot_volume: Optional[bool] = None


@dataclass
class MacosUserComputer(Record):
    """A computer that runs macOS, and what is known of its security."""

    KIND = Kind.MACOS_USER_COMPUTER

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the computer from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same computer.
    unique_id: str
    # The https URL where the source shows the computer.
    external_url: str
    # When the data was gathered on the computer (RFC 3339); the latest moment where it took
    # several.
    collected_timestamp: Time
    # The operating system, in any words.
    os_name: str
    # Its version, in any words.
    os_version: str
    # The UUID of the hardware.
    hardware_uuid: str
    # The serial number of the hardware.
    serial_number: str
    # All applications that are installed.
    applications: Sequence[MacosApplication]
    # The extensions of browsers. Vanta looks for password managers that it knows among them.
    browser_extensions: Sequence[BrowserExtension]
    # The drives. Vanta checks that they are encrypted.
    drives: Sequence[MacosDrive]
    # The people who use the computer. Where they cannot be told from the accounts of the system,
    # send none.
    users: Sequence[DeviceUser]
    # When the screen locks, for all users; may be empty.
    system_screenlock_policies: Sequence[ScreenlockPolicy]
    # Whether a device management (MDM) holds the computer.
    is_managed: bool
    # Whether updates install themselves.
    auto_updates_enabled: bool
    # The email of the person who has the computer, where it is known. Vanta does not check it.
    owner: Optional[str] = None
    # What passwords must be like. `None` where nothing is asked of them.
    password_policy: Optional[PasswordPolicy] = None
    # When the computer was last enrolled in its management (RFC 3339).
    last_enrolled_timestamp: Optional[Time] = None
    # Whether XProtect, Apple's guard against malware, is on.
    is_x_protect_enabled: Optional[bool] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class PackageVulnerability(Record):
    """A vulnerability in a package that a component has."""

    KIND = Kind.PACKAGE_VULNERABILITY

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the vulnerability from all others, for good: an id of the source, never the number of a
    # row. Pushing it again changes the same vulnerability.
    unique_id: str
    # The https URL where the source shows the vulnerability.
    external_url: str
    # The package that has the vulnerability.
    package_name: str
    # The version of it that the component has.
    package_version: str
    # How bad it is, from 0 to 10. Vanta rounds it to one decimal.
    severity: float
    # The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
    # first.
    vulnerable_component_unique_id: str
    # What the vulnerability is, in words.
    description: str
    # Whether it can be fixed.
    is_resolvable: bool
    # What to do about it, in words.
    remediation_instructions: str
    # Whether the code has a way to the vulnerability, where that was looked into.
    is_reachable: Optional[bool] = None
    # The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cve_id: Optional[str] = None
    # The CVSS 3 vector, as text.
    cvss3_vector: Optional[str] = None
    # The CVSS 3 score, from 0 to 10.
    cvss3_score: Optional[float] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class Secret(Record):
    """A secret that a vault holds: its name and who has it, never its value. This is a record for
    Vanta; what hides your client secret is `vanta::Secret`.
    """

    KIND = Kind.SECRET

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the secret from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same secret.
    unique_id: str
    # The https URL where the source shows the secret.
    external_url: str
    # The name of the secret.
    name: str
    # What it is for, in words.
    description: str
    # When it was made (RFC 3339).
    created_timestamp: Time
    # Who made it.
    creator: str
    # Who is responsible for it now. Vanta tests that each secret has a valid owner.
    owner: str
    # When it was last changed (RFC 3339).
    updated_timestamp: Optional[Time] = None
    # When somebody last read it (RFC 3339).
    last_accessed_timestamp: Optional[Time] = None
    # When it ends (RFC 3339), if it does.
    expires_timestamp: Optional[Time] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
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
    """A task, as the team's tracker has it."""

    KIND = Kind.SECURITY_TASK

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the task from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same task.
    unique_id: str
    # The https URL where the source shows the task.
    external_url: str
    # The id by which people know the task in the source; Vanta shows it.
    task_id: str
    # The title.
    task_title: str
    # When the task was made (RFC 3339).
    created_timestamp: Time
    # How far it is.
    task_state: TaskState
    # How urgent it is. Vanta measures the time it takes by this.
    priority: TaskPriority
    # The emails of those who are to do it; they need not be users in Vanta.
    assignees: Sequence[str]
    # Who made it.
    creator: str
    # Its labels.
    labels: Sequence[str]
    # When the task was closed (RFC 3339): for a closed task always, for any other never.
    closed_timestamp: Optional[Time] = None
    # When it was last changed (RFC 3339).
    updated_timestamp: Optional[Time] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class CodeOccurrence(CamelCase):
    """A place in code."""

    # The path of the file.
    path: str
    # The line where it begins.
    begin_line: int
    # The line where it ends.
    end_line: int
    # The column where it begins.
    begin_column: int
    # The column where it ends.
    end_column: int


@dataclass
class StaticAnalysisVulnerability(Record):
    """A vulnerability that static analysis found in code."""

    KIND = Kind.STATIC_ANALYSIS_VULNERABILITY

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the vulnerability from all others, for good: an id of the source, never the number of a
    # row. Pushing it again changes the same vulnerability.
    unique_id: str
    # The https URL where the source shows the vulnerability.
    external_url: str
    # Where in the code it is.
    occurrences: Sequence[CodeOccurrence]
    # How bad it is, a whole number from 0 to 10, unlike that of other vulnerabilities.
    severity: int
    # How sure the analysis is, a whole number from 0 to 10.
    confidence: int
    # Whether it can be fixed.
    is_resolvable: bool
    # The `unique_id` of the `VulnerableComponent` that has the vulnerability; push the component
    # first.
    vulnerable_component_unique_id: str
    # What the vulnerability is, in words.
    description: str
    # What to do about it, in words.
    remediation_instructions: str
    # The CVE number, such as `CVE-2024-3094`, where the vulnerability has one.
    cve_id: Optional[str] = None
    # The CVSS 3 vector, as text.
    cvss3_vector: Optional[str] = None
    # The CVSS 3 score, from 0 to 10.
    cvss3_score: Optional[float] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
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
    """

    KIND = Kind.USER_ACCOUNT

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the account from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same account.
    unique_id: str
    # The https URL where the source shows the account.
    external_url: str
    # The full name of the person who has the account.
    full_name: str
    # The name of the account itself; what tells the accounts of machines apart.
    account_name: str
    # Joins the account to a user in Vanta.
    email: str
    # What the account may do. Vanta shows it in access reviews.
    permission_level: PermissionLevel
    # When the account was made (RFC 3339).
    created_timestamp: Time
    # Whether the account can be used.
    status: AccountStatus
    # Whether signing in takes a second factor. Vanta does not look at it under single sign-on.
    mfa_enabled: bool
    # The second factors that are set up; may be empty. Vanta does not look at them under single
    # sign-on.
    mfa_methods: Sequence[MfaMethod]
    # How the person who has the account signs in.
    auth_method: AuthMethod
    # The role in the words of the source.
    role_description: Optional[str] = None
    # When the account was last changed (RFC 3339).
    updated_timestamp: Optional[Time] = None
    # When the account was deactivated (RFC 3339), if it was.
    deactivated_timestamp: Optional[Time] = None
    # When somebody last signed in with it (RFC 3339).
    last_login_timestamp: Optional[Time] = None
    # When the password was last reset (RFC 3339). Vanta keeps it for later use.
    last_password_reset_timestamp: Optional[Time] = None
    # Ids of the groups that the account is in. Vanta keeps them and does not yet join them to
    # groups.
    group_ids: Optional[Sequence[str]] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
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
    """One person in one course."""

    KIND = Kind.USER_SECURITY_TRAINING_STATUS

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the status from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same status.
    unique_id: str
    # The https URL where the source shows the status.
    external_url: str
    # The id of the course, the same for all who take it.
    training_id: str
    # The name of the course.
    training_name: str
    # The frameworks whose demand for training the course meets.
    frameworks_fulfilled: Sequence[Framework]
    # The whole name of the person.
    trainee_full_name: str
    # The name of the person's account, for those who have no more than that.
    trainee_account_name: str
    # The email of the person.
    trainee_email: str
    # Whether the person has completed the course.
    status: TrainingStatus
    # When the course was made (RFC 3339).
    training_created_timestamp: Time
    # By when the person is to complete it (RFC 3339). Vanta tests that it was in time.
    training_due_timestamp: Time
    # When the person completed it (RFC 3339). `None` until then.
    training_completed_timestamp: Optional[Time] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
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
    """

    KIND = Kind.VULNERABLE_COMPONENT

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the component from all others, for good: an id of the source, never the number of a
    # row. Pushing it again changes the same component. Vulnerabilities name it.
    unique_id: str
    # The https URL where the source shows the component.
    external_url: str
    # When the data was gathered on the component (RFC 3339); the latest moment where it took
    # several.
    collected_timestamp: Time
    # The name of the component.
    name: str
    # What the component is, in words.
    description: str
    # What sort of thing it is.
    target_type: TargetType
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


@dataclass
class WindowsProgram(CamelCase):
    """A program that is installed."""

    # Its name.
    name: str
    # When it was last opened (RFC 3339).
    last_opened_timestamp: Optional[Time] = None


@dataclass
class WindowsDrive(CamelCase):
    """A drive."""

    # The name of the drive.
    name: str
    # Whether what is on it is encrypted.
    encrypted: bool
    # Whether the system starts from it. Lets Vanta pass over USB drives and the like.
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
    """A product that the Windows Security Center watches."""

    # Its name.
    name: str
    # What it guards against.
    category: WindowsSecurityCategory
    # Whether it runs.
    state: WindowsSecurityState
    # When the state was found out (RFC 3339).
    state_timestamp: Time
    # Whether it knows the latest threats.
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
    """The health of the parts that the Windows Security Center watches."""

    # The firewall.
    firewall: WindowsSecurityHealth
    # Automatic updates.
    autoupdate: WindowsSecurityHealth
    # The guard against viruses.
    antivirus: WindowsSecurityHealth
    # The settings for the internet.
    internet_setting: WindowsSecurityHealth
    # User Account Control, which asks before a program gets more rights.
    user_account_control: WindowsSecurityHealth
    # The Security Center itself.
    windows_security_center_service: WindowsSecurityHealth


@dataclass
class WindowsUserComputer(Record):
    """A computer that runs Windows, and what is known of its security."""

    KIND = Kind.WINDOWS_USER_COMPUTER

    # The name that Vanta's inventory shows, as it stands here.
    display_name: str
    # Tells the computer from all others, for good: an id of the source, never the number of a row.
    # Pushing it again changes the same computer.
    unique_id: str
    # The https URL where the source shows the computer.
    external_url: str
    # When the data was gathered on the computer (RFC 3339); the latest moment where it took
    # several.
    collected_timestamp: Time
    # The operating system, in any words.
    os_name: str
    # Its version, in any words.
    os_version: str
    # The UUID of the hardware.
    hardware_uuid: str
    # The serial number of the hardware.
    serial_number: str
    # All programs that are installed.
    programs: Sequence[WindowsProgram]
    # The extensions of browsers. Vanta looks for password managers that it knows among them.
    browser_extensions: Sequence[BrowserExtension]
    # The drives. Vanta checks that they are encrypted.
    drives: Sequence[WindowsDrive]
    # The people who use the computer. Where they cannot be told from the accounts of the system,
    # send none.
    users: Sequence[DeviceUser]
    # When the screen locks, for all users; may be empty.
    system_screenlock_policies: Sequence[ScreenlockPolicy]
    # Whether a device management (MDM) holds the computer.
    is_managed: bool
    # Whether updates install themselves.
    auto_updates_enabled: bool
    # The email of the person who has the computer, where it is known. Vanta does not check it.
    owner: Optional[str] = None
    # What passwords must be like. `None` where nothing is asked of them.
    password_policy: Optional[PasswordPolicy] = None
    # When the computer was last enrolled in its management (RFC 3339).
    last_enrolled_timestamp: Optional[Time] = None
    # The products that the Windows Security Center watches.
    windows_security_products: Optional[Sequence[WindowsSecurityProduct]] = None
    # What the Windows Security Center says of the computer.
    windows_security_center: Optional[WindowsSecurityCenter] = None
    # What the Developer Console declares beside these. Only when you declared some, and then each
    # of them: an empty object is refused where none are declared.
    custom_properties: Optional[Mapping[str, Any]] = None


# -- end of what is generated --
