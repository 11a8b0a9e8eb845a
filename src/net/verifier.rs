//! Verifies the certificate of a server, and explains why one is refused.

use std::error;
use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{AlertDescription, CertificateError, DigitallySignedStruct, Error, OtherError};
use rustls::{RootCertStore, SignatureScheme};

use super::certificate_error::{Refused, explain_handshake};

/// The functions of rustls decide. This one adds the words, and decides nothing.
///
/// The verifier of rustls calls the same functions, and can read revocation lists besides: 20 kB of
/// the C library, for lists that no setting names.
#[derive(Debug)]
pub(super) struct Verifier {
    roots: Arc<RootCertStore>,
    sources: String,
    algorithms: WebPkiSupportedAlgorithms,
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
        provider: &CryptoProvider,
    ) -> Option<Verifier> {
        let algorithms = provider.signature_verification_algorithms;
        (!roots.is_empty()).then_some(Verifier { roots, sources, algorithms })
    }

    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let (roots, algorithms) = (&self.roots, self.algorithms.all);
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            roots,
            intermediates,
            now,
            algorithms,
        )?;
        verify_server_name(&certificate, server)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.verify(end_entity, intermediates, server, now);
        verified.map(|()| ServerCertVerified::assertion()).map_err(|error| {
            let refused = Refused {
                end_entity,
                intermediates,
                server,
                roots: &self.roots.roots,
                sources: &self.sources,
                verified: self.algorithms.all,
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
        let verified = verify_tls12_signature(message, certificate, signed, &self.algorithms);
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
        let verified = verify_tls13_signature(message, certificate, signed, &self.algorithms);
        verified.map_err(|error| {
            let words = explain_handshake(certificate, &error);
            explained(error, words)
        })
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
