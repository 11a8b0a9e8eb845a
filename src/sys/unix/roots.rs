//! The certificate authorities that the system trusts.

use std::path::Path;

/// Where systems keep their bundle: Debian, Red Hat, SUSE, Alpine with the BSDs and macOS, and the
/// package `ca_root_nss` of FreeBSD.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The place where they are.
pub(crate) struct Source(&'static str);

/// `None` where this system has none.
pub(crate) fn find() -> Option<Source> {
    BUNDLES.into_iter().find(|path| Path::new(path).exists()).map(Source)
}

/// Says that there is no source.
pub(crate) fn missing() -> String {
    format!("this system has no bundle of roots: none of {}", BUNDLES.join(", "))
}

impl Source {
    /// Returns the authorities as PEM. `read` reads a file.
    pub(crate) fn pem<E>(&self, read: fn(&Path) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        read(Path::new(self.0))
    }

    /// Returns what the source is called in messages.
    pub(crate) fn name(&self) -> &'static str {
        self.0
    }
}
