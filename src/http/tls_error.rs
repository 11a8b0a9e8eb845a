//! What a failure of TLS means, in words, and what it says about a request.

use std::io;

use rustls::AlertDescription as Alert;

use crate::net::tls_words;

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

/// The failure in words, and what to do. That of a certificate is explained where it is verified.
pub(super) fn explain(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let words = inner.map_or_else(|| error.to_string(), tls_words);
    let hint = match alert(error) {
        Some(alert) if is_about_client_certificate(alert) => {
            "; the server requires a client certificate, which this library cannot send; use an \
             origin, or a gateway, that does not ask for one"
        }
        Some(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            "; the server has no algorithms in common with this library, so its ciphers may be \
             old, or its certificate may have a key that is not verified here, such as one on the \
             curve P-521; docs/network.md lists what is"
        }
        _ => "",
    };
    format!("{words}{hint}")
}
