"""The library's own status codes: `code` of an error."""

from enum import IntEnum


class Status(IntEnum):
    """What a call came to. `Status.TLS` is VANTA_ERR_TLS of vanta.h; numbers never change."""

    # -- generated from include/vanta.h --
    # Done, and sure of it.
    OK = 0
    # A kind's name, a resource id or another argument is malformed.
    INVALID_ARGUMENT = -1
    # A pointer that must not be NULL is. Only from C.
    NULL_POINTER = -2
    # The buffer is too small; the size that is needed was told. Only from C.
    BUFFER_TOO_SMALL = -3
    # A string is not valid UTF-8. Only from C.
    INVALID_UTF8 = -4
    # A callback of the program's called the library, which waits for it.
    REENTRANT = -5
    # The payload is not what a push takes: broken JSON, a byte order mark, a wrong shape.
    INVALID_PAYLOAD = -10
    # The set of records is empty: pushing it would delete everything of the kind.
    EMPTY_PAYLOAD = -11
    # A record's uniqueId is missing, blank or not a string.
    INVALID_UNIQUE_ID = -12
    # Two records share a uniqueId.
    DUPLICATE_UNIQUE_ID = -13
    # The request body is larger than Vanta takes (10,485,760 bytes).
    PAYLOAD_TOO_LARGE = -14
    # Records break the schema of their kind, or a rule that was made an error: `violations` has
    # every fault.
    INVALID_RECORDS = -15
    # The push would remove more of what is live than it may: see vanta_options_expect_removals().
    TOO_MANY_REMOVALS = -16
    # A setting is malformed, or two settings contradict each other.
    INVALID_CONFIG = -20
    # No client id or no client secret was given.
    MISSING_CREDENTIALS = -21
    # The origin is not https (or plain http to loopback, when that was switched on).
    INSECURE_ORIGIN = -22
    # A file named in the configuration, or what records are read from, cannot be read.
    UNREADABLE_FILE = -23
    # The token store must not be used as it is: see the message for what to fix.
    UNUSABLE_STORE = -24
    # A file named in the configuration cannot be written.
    UNWRITABLE_FILE = -25
    # The client secret callback returned an error; no token was requested.
    SECRET_UNAVAILABLE = -26
    # The host name could not be resolved.
    RESOLVE = -40
    # No connection could be made.
    CONNECT = -41
    # A proxy refused a tunnel, asks for credentials, or is no HTTP proxy: Vanta was not reached.
    PROXY_REFUSED = -42
    # The TLS handshake failed: see the message for the certificate's fault.
    TLS = -43
    # The connection broke before the request was sent whole: it had no effect.
    SEND = -44
    # The connection broke while the answer was awaited or read.
    RECEIVE = -45
    # The deadline passed; nothing was changed at Vanta by this call.
    DEADLINE_EXCEEDED = -46
    # The caller cancelled; nothing was changed at Vanta by this call.
    CANCELLED = -47
    # The server answered with a redirect. They are never followed: credentials stay here.
    REDIRECT_REFUSED = -48
    # The answer is larger than the cap for it.
    RESPONSE_TOO_LARGE = -49
    # The request left, and no clear yes or no came back: it may or may not have taken effect.
    OUTCOME_UNKNOWN = -50
    # The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
    # responded, or the response is empty. It says nothing about token, scope and records.
    GATEWAY_RESPONSE = -52
    # Client id and secret are not accepted (invalid_client).
    INVALID_CLIENT = -60
    # A scope is not allowed for this application (invalid_scope).
    INVALID_SCOPE = -61
    # The token request is malformed in the server's eyes (invalid_request).
    INVALID_TOKEN_REQUEST = -62
    # The grant is not accepted (invalid_grant).
    INVALID_GRANT = -63
    # The application may not use client credentials (unauthorized_client).
    UNAUTHORIZED_CLIENT = -64
    # The server does not know client credentials (unsupported_grant_type).
    UNSUPPORTED_GRANT_TYPE = -65
    # Another OAuth error: vanta_error_oauth_error() has its code.
    OTHER_TOKEN_REFUSAL = -66
    # Too many token requests: Vanta allows 5 a minute for each application.
    TOKEN_RATE_LIMITED = -67
    # The token endpoint has trouble of its own (408 or 5xx).
    TOKEN_UNAVAILABLE = -68
    # The token request was sent, and no usable response came; the token before may be revoked.
    TOKEN_RESPONSE_LOST = -69
    # The token endpoint's answer is not what it should be.
    INVALID_TOKEN_RESPONSE = -70
    # The token is of a type other than Bearer.
    UNSUPPORTED_TOKEN_TYPE = -71
    # A token was refused, and so was the next one (401 twice; once where there is no next one).
    UNAUTHORIZED = -72
    # The token does not allow this call (403).
    FORBIDDEN = -73
    # A new token is needed, and this client must not ask for one.
    TOKEN_REQUEST_NOT_ALLOWED = -74
    # The jobs of this application have made as many token requests as a minute allows.
    TOKEN_BUDGET_EXHAUSTED = -75
    # The token store cannot be reached or fails, and the policy is to do nothing without it.
    STORE_UNAVAILABLE = -76
    # Another process held the token store's lock for as long as the call could wait.
    STORE_LOCKED = -77
    # Another program requests tokens for this application, which revokes ours.
    CONTENTION = -78
    # Vanta refused the records: `violations` says which.
    RECORDS_REJECTED = -80
    # The kind or the resource id is not declared in the console, or the path is wrong (404).
    NOT_FOUND = -81
    # The server finds the body too large (413).
    SERVER_TOO_LARGE = -82
    # Too many requests: Vanta allows 20 a minute for each application.
    RATE_LIMITED = -83
    # The server has trouble of its own (408 or 5xx).
    UNAVAILABLE = -84
    # The server answered with a status that has no meaning here.
    UNEXPECTED_STATUS = -85
    # The list that came back is not what a list should be.
    INVALID_RESPONSE = -86
    # What is live is not what was pushed, or cannot be compared with it: `violations` says where.
    NOT_VERIFIED = -87
    # A defect of this library.
    INTERNAL = -100
    # The machine refused a thread, a socket or memory.
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
