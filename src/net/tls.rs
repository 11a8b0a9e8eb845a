//! Which certificates are trusted, and the TLS that follows from it.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

use super::suites::SUITES;
use super::verifier::Verifier;

/// The certificate authorities that a configuration names, while it is read.
#[derive(Debug)]
pub(crate) struct Authorities {
    roots: RootCertStore,
    sources: Vec<String>,
}

impl Authorities {
    pub(crate) fn new() -> Authorities {
        Authorities { roots: RootCertStore::empty(), sources: Vec::new() }
    }

    /// Mozilla's.
    pub(crate) fn add_bundled(&mut self) {
        self.roots.roots.extend_from_slice(webpki_roots::TLS_SERVER_ROOTS);
        self.add_source("the bundled roots".to_owned());
    }

    /// Adds the certificate that this is in DER. Returns whether it is one.
    pub(crate) fn add(&mut self, certificate: Vec<u8>) -> bool {
        self.roots.add(CertificateDer::from(certificate)).is_ok()
    }

    /// Says where authorities come from, for the error about an unknown issuer.
    pub(crate) fn add_source(&mut self, source: String) {
        self.sources.push(source);
    }

    /// `None` where there are none.
    pub(crate) fn into_trust(self) -> Option<Trust> {
        let (roots, sources) = (Arc::new(self.roots), self.sources.join(" and "));
        // Never the process's default provider: a host program may have chosen another.
        let provider = CryptoProvider {
            cipher_suites: SUITES.to_vec(),
            key_provider: &NoKeys,
            ..ring::default_provider()
        };
        #[cfg(feature = "all-ecdsa")]
        let provider = super::ecdsa::with_all(provider);
        let provider = Arc::new(provider);
        let verifier = Verifier::new(roots, sources, &provider)?;
        Some(Trust { verifier: Arc::new(verifier), provider })
    }
}

/// The certificate authorities that are trusted.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    verifier: Arc<Verifier>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    pub(crate) fn client_config(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            // The verifier of rustls decides; ours adds words to its errors.
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&self.verifier) as _)
            .with_no_client_auth()
    }
}

/// We have no certificate of our own: the code that signs with one is left out of the libraries.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("a client has no key".to_owned()))
    }
}
