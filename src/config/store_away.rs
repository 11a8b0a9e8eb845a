//! What to do when the token store cannot be reached.

use super::environment::FromText;
use super::problem::invalid;
use crate::error::Result;

/// What to do when the token store cannot be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreAway {
    /// Ask for no token: the call fails with
    /// [`ErrorKind::StoreUnavailable`](crate::ErrorKind::StoreUnavailable). A token in memory goes
    /// on being used.
    #[default]
    Refuse,
    /// Go on as if this process were alone, and tell of it
    /// ([`Event::StoreTrouble`](crate::Event::StoreTrouble)): a token that is asked for kills the
    /// one that other jobs use.
    Alone,
}

impl FromText for StoreAway {
    fn from_text(text: &str) -> Result<StoreAway> {
        match text {
            "refuse" => Ok(StoreAway::Refuse),
            "alone" => Ok(StoreAway::Alone),
            other => Err(invalid(format!("token store away {other:?}: say refuse or alone"))),
        }
    }
}
