//! Reads the name of a kind.

use std::str::FromStr;

use super::kind::{Kind, LONGEST_NAME};
use super::spelling;
use crate::error::{Error, ErrorKind, Result};

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Kind> {
        let (name, is_exact) = match name.strip_prefix("exact:") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let kind = Kind::exact(name);
        let meant = if is_exact { Vec::new() } else { spelling::meant(name) };
        match kind {
            Some(kind) if meant.is_empty() => Ok(kind),
            kind => Err(wrong_name(name, &meant, kind.is_some())),
        }
    }
}

fn wrong_name(name: &str, meant: &[&str], well_formed: bool) -> Error {
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    let rule = match meant {
        [] => "write letters, digits and underscores, such as user_account".to_owned(),
        // The name is no longer than is shown.
        _ if well_formed => {
            format!("did you mean {}? If not, write exact:{name}", meant.join(" or "))
        }
        _ => format!("did you mean {}?", meant.join(" or ")),
    };
    Error::new(ErrorKind::InvalidArgument, format!("kind {shown:?} is not known; {rule}"))
}
