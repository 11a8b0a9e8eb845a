"""The kinds of resources."""

from .words import _Word


class Kind(_Word):
    """The kinds of Vanta's published specification, for functions that take a kind. Another
    well-formed name is taken too; with `exact:` before it also one that resembles a known kind."""

    # -- generated from src/resource/kind.rs --
    API_ENDPOINT_VULNERABILITY = "api_endpoint_vulnerability_connectors"
    BACKGROUND_CHECK = "background_check_connector"
    CUSTOM_RESOURCE = "custom_resource"
    MACOS_USER_COMPUTER = "macos_user_computer"
    PACKAGE_VULNERABILITY = "package_vulnerability_connectors"
    SECRET = "secret"
    SECURITY_TASK = "security_task"
    STATIC_ANALYSIS_VULNERABILITY = "static_analysis_code_vulnerability_connectors"
    USER_ACCOUNT = "user_account"
    USER_SECURITY_TRAINING_STATUS = "user_security_training_status"
    VULNERABLE_COMPONENT = "vulnerable_component"
    WINDOWS_USER_COMPUTER = "windows_user_computer"
    # -- end of what is generated --
