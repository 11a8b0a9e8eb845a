//! What to do when the token store cannot be reached.

use super::environment::FromText;
use super::problem::invalid;
use crate::error::Result;

/// What to do when the token store cannot be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnStoreUnavailable {
    /// Make no token request: the call fails with
    /// [`ErrorKind::StoreUnavailable`](crate::ErrorKind::StoreUnavailable). A cached token is used
    /// further.
    #[default]
    Fail,
    /// Go on as if this process were alone, and report it
    /// ([`Event::StoreFailed`](crate::Event::StoreFailed)): a token request revokes the token that
    /// other jobs use.
    Proceed,
}

impl FromText for OnStoreUnavailable {
    fn from_text(text: &str) -> Result<OnStoreUnavailable> {
        match text {
            "fail" => Ok(OnStoreUnavailable::Fail),
            "proceed" => Ok(OnStoreUnavailable::Proceed),
            other => {
                Err(invalid(format!("on_store_unavailable is {other:?}; use fail or proceed")))
            }
        }
    }
}
