//! Which certificates are trusted, and the TLS that follows from it.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, ErrorKind, Result};

/// The certificate authorities that are trusted.
pub(crate) struct Trust {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// The bundled authorities, those of the system's PEM, and those of the user's PEM.
    pub(crate) fn new(bundled: bool, system: Option<&[u8]>, own: Option<&[u8]>) -> Result<Trust> {
        let bundled = if bundled { webpki_roots::TLS_SERVER_ROOTS } else { &[] };
        let mut roots = RootCertStore { roots: bundled.to_vec() };
        if let Some(pem) = system {
            let readable = CertificateDer::pem_slice_iter(pem).flatten();
            roots.add_parsable_certificates(readable);
        }
        if let Some(pem) = own {
            add_roots(&mut roots, pem)?;
        }
        // Never the process's default provider: a host program may have chosen another.
        let provider = CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() };
        #[cfg(feature = "all-ecdsa")]
        let provider = super::ecdsa::with_all(provider);
        Ok(Trust { roots: Arc::new(roots), provider: Arc::new(provider) })
    }

    pub(crate) fn client_config(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_root_certificates(Arc::clone(&self.roots))
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

fn add_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<()> {
    let wrong = |why: String| Error::new(ErrorKind::InvalidConfig, format!("the CA file {why}"));
    let mut found = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| wrong(format!("is malformed: {error}")))?;
        roots.add(certificate).map_err(|e| wrong(format!("holds a bad certificate: {e}")))?;
        found += 1;
    }
    match found {
        0 => Err(wrong("holds no PEM certificate".to_owned())),
        _ => Ok(()),
    }
}
