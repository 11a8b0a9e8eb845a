//! Which certificate authorities are trusted: the bundled ones, the system's, or those of a file.

use super::ca_files::{CaFiles, add_readable};
use super::environment::FromText;
use super::problem::invalid;
use super::read::read_file;
use crate::error::{Error, ErrorKind, Result, many};
use crate::net::{Authorities, Trust};
use crate::sys;

/// Which certificate authorities are trusted, besides those of
/// [`Config::ca_file`](crate::Config::ca_file).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roots {
    /// Mozilla's public roots, as they were when the library was built.
    #[default]
    Bundled,
    /// Those of the system's bundle.
    System,
    /// None: the CA file's are the only ones.
    None,
}

impl FromText for Roots {
    fn from_text(text: &str) -> Result<Roots> {
        match text {
            "bundled" => Ok(Roots::Bundled),
            "system" => Ok(Roots::System),
            "none" => Ok(Roots::None),
            other => Err(invalid(format!("roots is {other:?}; use bundled, system or none"))),
        }
    }
}

/// The authorities of the roots and of the CA files.
pub(super) fn trust(roots: Roots, files: Option<&CaFiles>) -> Result<Trust> {
    let mut authorities = Authorities::new();
    match roots {
        Roots::Bundled => authorities.add_bundled(),
        Roots::System => add_system(&mut authorities)?,
        Roots::None => {}
    }
    if let Some(files) = files {
        files.load(&mut authorities)?;
    }
    authorities.into_trust().ok_or_else(|| {
        let how = "set ca_file, or set roots to bundled or system";
        invalid(format!("no certificate authority is trusted; {how}"))
    })
}

/// The system's bundle may hold certificates that we cannot read: no fault of the user's.
fn add_system(authorities: &mut Authorities) -> Result<()> {
    let source = sys::roots::find()
        .ok_or_else(|| Error::new(ErrorKind::UnreadableFile, sys::roots::missing()))?;
    let count = add_readable(&source.pem(read_file)?, authorities);
    let certificates = many(count, "certificate");
    authorities.add_source(format!("the system's {certificates} of {}", source.name()));
    Ok(())
}
