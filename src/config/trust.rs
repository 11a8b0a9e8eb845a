//! Whom we trust to be Vanta: the bundled public roots, the system's, or those in a file alone.

use std::path::{Path, PathBuf};

use super::{Values, invalid, read_file, unreadable};
use crate::error::{Error, ErrorKind, Result};
use crate::net::Trust;

/// Where systems keep their bundle: Debian, Red Hat, SUSE, and Alpine with the BSDs and macOS.
const SYSTEM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Which certificate authorities are trusted, besides those of
/// [`Config::ca_file`](crate::Config::ca_file).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Mozilla's public roots, as they were when the library was built.
    #[default]
    Bundled,
    /// Those of the system's bundle.
    System,
    /// None: the CA file's are the only ones.
    None,
}

/// What [`Roots`] and the CA file say, as PEM.
#[derive(Debug)]
pub(crate) struct Trusted {
    /// Mozilla's.
    pub(crate) bundled: bool,
    /// The system's. It may hold certificates that we cannot read: no fault of the user's.
    pub(crate) system: Option<Vec<u8>>,
    /// The CA file's.
    pub(crate) own: Option<Vec<u8>>,
}

impl Trusted {
    /// The authorities, parsed.
    pub(crate) fn trust(&self) -> Result<Trust> {
        Trust::new(self.bundled, self.system.as_deref(), self.own.as_deref())
    }

    pub(super) fn find(values: &Values, code: Option<Roots>) -> Result<Trusted> {
        let roots = match (code, values.roots.as_deref()) {
            (Some(roots), _) => roots,
            (None, None | Some("bundled")) => Roots::Bundled,
            (None, Some("system")) => Roots::System,
            (None, Some("none")) => Roots::None,
            (None, Some(other)) => {
                return Err(invalid(format!("roots {other:?}: say bundled, system or none")));
            }
        };
        let own = values.ca_file.as_deref().map(read_own).transpose()?;
        if roots == Roots::None && own.is_none() {
            let how = "name a CA file, or trust the bundled or the system's roots";
            return Err(invalid(format!("no certificate authority is trusted: {how}")));
        }
        let system = (roots == Roots::System).then(read_system).transpose()?;
        Ok(Trusted { bundled: roots == Roots::Bundled, system, own })
    }
}

/// A file, or all the files of a folder one after the other.
fn read_own(path: &Path) -> Result<Vec<u8>> {
    if !path.is_dir() {
        return read_file(path);
    }
    let listed = std::fs::read_dir(path).and_then(|entries| {
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        paths.collect::<std::io::Result<Vec<PathBuf>>>()
    });
    let mut paths = listed.map_err(|error| unreadable(path, error))?;
    paths.retain(|path| path.is_file());
    let mut all = Vec::new();
    for path in paths {
        all.extend(read_file(&path)?);
        all.push(b'\n');
    }
    Ok(all)
}

fn read_system() -> Result<Vec<u8>> {
    let found = SYSTEM.iter().map(Path::new).find(|path| path.exists());
    let missing = || {
        let words = format!("this system has no bundle of roots: none of {}", SYSTEM.join(", "));
        Error::new(ErrorKind::UnreadableFile, words)
    };
    read_file(found.ok_or_else(missing)?)
}
