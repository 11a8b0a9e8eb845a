//! Verifies the certificate of a server, and explains why one is refused.

use std::error;
use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, DigitallySignedStruct, Error, OtherError};
use rustls::{RootCertStore, SignatureScheme};

use super::certificate_error::{Refused, explain_handshake};

/// The verifier of rustls decides. This one adds the words, and decides nothing.
#[derive(Debug)]
pub(super) struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    roots: Arc<RootCertStore>,
    sources: String,
    provider: Arc<CryptoProvider>,
}

/// An error of the verifier with its explanation.
#[derive(Debug)]
struct Explained(String);

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Explained {}

/// The error in words, which are those of the explanation where a certificate was refused.
pub(crate) fn tls_words(error: &Error) -> String {
    let explained = match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            inner.downcast_ref::<Explained>()
        }
        _ => None,
    };
    match (explained, error) {
        (Some(explained), _) => explained.0.clone(),
        (None, Error::AlertReceived(AlertDescription::ProtocolVersion)) => {
            "the server accepts neither TLS 1.2 nor TLS 1.3 (alert ProtocolVersion)".to_owned()
        }
        (None, Error::AlertReceived(alert)) => format!("the server sent the alert {alert:?}"),
        (None, Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) => {
            "the server does not speak TLS on this port; correct the port".to_owned()
        }
        (None, error) => error.to_string(),
    }
}

fn explained(error: Error, words: Option<String>) -> Error {
    match words {
        Some(words) => CertificateError::Other(OtherError(Arc::new(Explained(words)))).into(),
        None => error,
    }
}

impl Verifier {
    /// `None` where there are no roots. `sources` says where they come from.
    pub(super) fn new(
        roots: Arc<RootCertStore>,
        sources: String,
        provider: Arc<CryptoProvider>,
    ) -> Option<Verifier> {
        let own = (Arc::clone(&roots), Arc::clone(&provider));
        let inner = WebPkiServerVerifier::builder_with_provider(own.0, own.1).build().ok()?;
        Some(Verifier { inner, roots, sources, provider })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(end_entity, intermediates, server, ocsp, now);
        verified.map_err(|error| {
            let refused = Refused {
                end_entity,
                intermediates,
                server,
                roots: &self.roots.roots,
                sources: &self.sources,
                verified: self.provider.signature_verification_algorithms.all,
            };
            let words = refused.explain(&error);
            explained(error, words)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self.inner.verify_tls12_signature(message, certificate, signed);
        verified.map_err(|error| {
            let words = explain_handshake(certificate, &error);
            explained(error, words)
        })
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self.inner.verify_tls13_signature(message, certificate, signed);
        verified.map_err(|error| {
            let words = explain_handshake(certificate, &error);
            explained(error, words)
        })
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
