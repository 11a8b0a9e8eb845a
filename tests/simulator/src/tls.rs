//! A certificate authority for one run, and a server certificate that it signs.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Makes the acceptor, and the authority's certificate in PEM.
pub(crate) fn temporary_authority() -> (TlsAcceptor, String) {
    make().expect("certificates of fixed names are valid")
}

fn make() -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.distinguished_name.push(DnType::CommonName, "A Vanta in a box");
    let authority_key = KeyPair::generate()?;
    let pem = authority.self_signed(&authority_key)?.pem();
    // Its lines end as those of the system do.
    let pem = pem.replace("\r\n", "\n");
    let issuer = Issuer::new(authority, authority_key);
    // The last one is for tests of names with underscores, which are reached through a proxy.
    let names = ["localhost", "127.0.0.1", "::1", "vanta_simulator.test"].map(str::to_owned);
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), pem))
}
