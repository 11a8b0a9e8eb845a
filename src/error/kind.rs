//! The table of everything that can go wrong: a number for C, what to do about it, plain words.
//!
//! Numbers are part of the ABI: written out, grouped, never reused. Gaps are for later, but
//! for -51, which stood for a push that a newer one had replaced.

/// What the caller should do about an error. One of these fits every error.
///
/// [`exit_code`](Action::exit_code) is the exit code of a job that failed with such an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// The call itself is wrong: correct the program.
    FixCall,
    /// The records are wrong: correct the data. Nothing was changed at Vanta.
    FixRecords,
    /// The configuration is wrong: correct it before the next run.
    FixConfig,
    /// Vanta does not accept the credentials or the scope: correct them in the console.
    FixCredentials,
    /// Run the same again later; nothing was changed by this attempt.
    RetryLater,
    /// It may or may not have taken effect: verify, or run the same push again. An upload adds a
    /// version each time: look at the document first.
    VerifyOrRepeat,
    /// Nothing: the caller ended the call itself.
    Stop,
    /// An error that no caller can fix: report it, with the request id if there is one.
    Report,
}

impl Action {
    /// Returns the exit code of a job for this action: those of `sysexits.h` where one fits.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Action::FixCall => 64,
            Action::FixRecords => 65,
            Action::Report => 70,
            Action::RetryLater => 75,
            Action::VerifyOrRepeat => 76,
            Action::FixCredentials => 77,
            Action::FixConfig => 78,
            Action::Stop => 130,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $number:literal, $action:ident, $words:literal;)+) => {
        /// What went wrong. The number is the status that the C ABI returns.
        ///
        /// | block | what it holds |
        /// |---|---|
        /// | −1 … −19 | the call and its records |
        /// | −20 … −39 | configuration |
        /// | −40 … −59 | network |
        /// | −60 … −79 | token and access |
        /// | −80 … −99 | the response of the resource endpoint |
        /// | −100 … | this library and its surroundings |
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorKind {
            $($(#[$doc])+ $name = $number,)+
        }

        impl ErrorKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name),+];

            /// Returns the number of the kind, as the C ABI has it. Success is 0.
            #[must_use]
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// Returns what the caller should do.
            #[must_use]
            pub const fn action(self) -> Action {
                match self { $(ErrorKind::$name => Action::$action,)+ }
            }

            /// Returns the kind in plain words.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(ErrorKind::$name => $words,)+ }
            }

            /// Returns the name of the kind, as it is spelled here.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => stringify!($name),)+ }
            }
        }
    };
}

kinds! {
    /// A kind's name, a resource id or another argument is malformed.
    InvalidArgument = -1, FixCall, "an argument is invalid";
    /// A pointer that must not be NULL is. Only from C.
    NullPointer = -2, FixCall, "a pointer is NULL";
    /// The buffer is too small; the size that is needed was told. Only from C.
    BufferTooSmall = -3, FixCall, "the buffer is too small";
    /// A string is not valid UTF-8. Only from C.
    InvalidUtf8 = -4, FixCall, "a string is not valid UTF-8";
    /// A callback of the program's called the library, which waits for it.
    Reentrant = -5, FixCall, "a callback called the library";
    /// The payload is not what a push takes: broken JSON, a byte order mark, a wrong shape.
    InvalidPayload = -10, FixRecords, "the payload is malformed";
    /// The set of records is empty: pushing it would delete everything of the kind.
    EmptyPayload = -11, FixRecords, "the set of records is empty";
    /// A record's `uniqueId` is missing, blank or not a string.
    InvalidUniqueId = -12, FixRecords, "a record has no usable uniqueId";
    /// Two records share a `uniqueId`.
    DuplicateUniqueId = -13, FixRecords, "two records share a uniqueId";
    /// The request body is larger than Vanta takes (10,485,760 bytes).
    PayloadTooLarge = -14, FixRecords, "the request body is too large";
    /// Records break the schema of their kind, or a rule that was made an error:
    /// [`Error::violations`](crate::Error::violations) has every violation.
    InvalidRecords = -15, FixRecords, "records violate their schema";
    /// The push would delete more live records than it may; see
    /// [`PushOptions::expect_removals`](crate::PushOptions::expect_removals).
    TooManyRemovals = -16, FixRecords, "the push would delete too many records";
    /// A setting is malformed, or two settings contradict each other.
    InvalidConfig = -20, FixConfig, "the configuration is wrong";
    /// No client id or no client secret was given.
    MissingCredentials = -21, FixConfig, "credentials are missing";
    /// The origin is not https (or plain http to loopback, when that was switched on).
    InsecureOrigin = -22, FixConfig, "the origin is not secure";
    /// A file named in the configuration, or what records are read from, cannot be read.
    UnreadableFile = -23, FixConfig, "a file cannot be read";
    /// The token store must not be used as it is: see the message for what to fix.
    UnusableStore = -24, FixConfig, "the token store cannot be used";
    /// A file named in the configuration cannot be written.
    UnwritableFile = -25, FixConfig, "a file cannot be written";
    /// The client secret callback returned an error; no token was requested.
    SecretUnavailable = -26, RetryLater, "the client secret is not available";
    /// The host name could not be resolved.
    Resolve = -40, RetryLater, "the host name could not be resolved";
    /// No connection could be made.
    Connect = -41, RetryLater, "no connection could be made";
    /// A proxy refused a tunnel, asks for credentials, or is no HTTP proxy: Vanta was not reached.
    ProxyRefused = -42, FixConfig, "a proxy did not forward the request";
    /// The TLS handshake failed: see the message for what is wrong with the certificate.
    Tls = -43, FixConfig, "the TLS handshake failed";
    /// The connection broke before the request was sent whole: it had no effect.
    Send = -44, RetryLater, "the request could not be sent";
    /// The connection broke during the wait for the response, or while it was read.
    Receive = -45, RetryLater, "the response did not arrive";
    /// The deadline passed; nothing was changed at Vanta by this call.
    DeadlineExceeded = -46, RetryLater, "the deadline passed";
    /// The caller cancelled; nothing was changed at Vanta by this call.
    Cancelled = -47, Stop, "the call was cancelled";
    /// The response is a redirect. They are never followed: credentials stay here.
    RedirectRefused = -48, FixConfig, "a redirect is not followed";
    /// The response is larger than the cap for it.
    ResponseTooLarge = -49, Report, "the response is too large";
    /// The request was sent, and no response settles the outcome: it may or may not have taken
    /// effect.
    OutcomeUnknown = -50, VerifyOrRepeat, "the outcome is unknown";
    /// The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
    /// responded, or the response is empty. It says nothing about token, scope and records.
    GatewayResponse = -52, FixConfig, "the response is not recognisably Vanta's";
    /// Client id and secret are not accepted (`invalid_client`).
    InvalidClient = -60, FixCredentials, "the client id or secret is not accepted";
    /// A scope is not allowed for this application (`invalid_scope`).
    InvalidScope = -61, FixCredentials, "a scope is not allowed";
    /// The token request is malformed in the server's eyes (`invalid_request`).
    InvalidTokenRequest = -62, Report, "the token request was rejected as malformed";
    /// The grant is not accepted (`invalid_grant`).
    InvalidGrant = -63, FixCredentials, "the grant is not accepted";
    /// The application may not use client credentials (`unauthorized_client`).
    UnauthorizedClient = -64, FixCredentials, "the application may not use this grant";
    /// The server does not know client credentials (`unsupported_grant_type`).
    UnsupportedGrantType = -65, FixConfig, "the server does not support this grant type";
    /// Another OAuth error: [`Error::oauth_error`](crate::Error::oauth_error) has its code.
    OtherTokenRefusal = -66, Report, "the token request was rejected";
    /// Too many token requests: Vanta allows 5 a minute for each application.
    TokenRateLimited = -67, RetryLater, "too many token requests";
    /// The token endpoint has trouble of its own (408 or 5xx).
    TokenUnavailable = -68, RetryLater, "the token endpoint is unavailable";
    /// The token request was sent, and no usable response came; the token before may be revoked.
    TokenResponseLost = -69, RetryLater, "the response to the token request was lost";
    /// The response of the token endpoint is not a valid token response.
    InvalidTokenResponse = -70, Report, "the token response is not usable";
    /// The token is of a type other than Bearer.
    UnsupportedTokenType = -71, Report, "the token is not a Bearer token";
    /// A token was rejected, and so was a new one (401 twice; once where there is no new one).
    Unauthorized = -72, FixCredentials, "the token was rejected";
    /// The token does not allow this call (403).
    Forbidden = -73, FixCredentials, "access is denied";
    /// A new token is needed, and this client must not make a token request.
    TokenRequestNotAllowed = -74, RetryLater, "a token request is needed, and is not allowed";
    /// The jobs of this application have made as many token requests as a minute allows.
    TokenRateLimitReached = -75, RetryLater, "the rate limit for token requests is reached";
    /// The token store cannot be reached or fails, and the policy is to do nothing without it.
    StoreUnavailable = -76, RetryLater, "the token store is not available";
    /// Another process held the token store's lock for as long as the call could wait.
    StoreLocked = -77, RetryLater, "the token store stayed locked";
    /// Another program requests tokens for this application, which revokes ours.
    Contention = -78, FixConfig, "another program requests tokens for this application";
    /// Vanta refused the records: [`Error::violations`](crate::Error::violations) says which.
    RecordsRejected = -80, FixRecords, "the records were rejected";
    /// The kind or the resource id is not declared in the console, or the path is wrong (404).
    NotFound = -81, FixConfig, "the resource was not found";
    /// The server finds the body too large (413).
    ServerTooLarge = -82, FixRecords, "the request body is too large for the server";
    /// Too many requests: Vanta allows 20 a minute for each application.
    RateLimited = -83, RetryLater, "too many requests";
    /// The server has trouble of its own (408 or 5xx).
    Unavailable = -84, RetryLater, "the server is unavailable";
    /// The response has a status that has no meaning here.
    UnexpectedStatus = -85, Report, "the server responded with an unexpected status";
    /// The list that came back is not what a list should be.
    InvalidResponse = -86, Report, "the response is not usable";
    /// The remote state is not what was pushed, or cannot be compared with it:
    /// [`Error::violations`](crate::Error::violations) says where.
    NotVerified = -87, VerifyOrRepeat, "the remote state does not confirm the push";
    /// A defect of this library.
    Internal = -100, Report, "an internal error";
    /// The machine refused a thread, a socket or memory.
    OutOfResources = -101, RetryLater, "the machine is out of resources";
}
