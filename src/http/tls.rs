//! What a failure of TLS means, in words, and what it says about a request.

use std::io;

use rustls::AlertDescription as Alert;

/// The fatal alert that the peer sent, where that is the failure.
pub(super) fn alert(error: &io::Error) -> Option<Alert> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}

/// Whether the alert ends a handshake (RFC 8446 section 6.2). In TLS 1.3 a client has finished
/// before the server has, and learns of such an alert only when it waits for the response: the
/// server has not processed the request then.
pub(super) fn ends_handshake(alert: Alert) -> bool {
    is_about_client_certificate(alert)
        || matches!(
            alert,
            Alert::HandshakeFailure
                | Alert::IllegalParameter
                | Alert::DecryptError
                | Alert::ProtocolVersion
                | Alert::InsufficientSecurity
                | Alert::MissingExtension
                | Alert::UnsupportedExtension
                | Alert::UnrecognisedName
                | Alert::UnknownPSKIdentity
                | Alert::NoApplicationProtocol
        )
}

/// We send no certificate, so these are about its absence.
fn is_about_client_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::NoCertificate
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

/// The failure, and what is usually the cause.
pub(super) fn explain(error: &io::Error) -> String {
    let words = error.to_string();
    let hint = if alert(error).is_some_and(is_about_client_certificate) {
        "; the server asks for a client certificate, and this library has none: name an origin, or \
         a gateway, that does not ask for one"
    } else if words.contains("UnknownIssuer") {
        "; where a private CA or an inspecting proxy is in use, name its PEM file as the CA file"
    } else if words.contains("expired") || words.contains("not valid yet") {
        "; check the clock of this machine too"
    } else {
        ""
    };
    format!("{words}{hint}")
}
