//! The values of code and of the environment together.

use super::problem::invalid;
use super::table::Values;
use crate::error::Result;

impl Values {
    /// These values, and those of `other` where these say nothing.
    pub(super) fn over(self, mut other: Values) -> Result<Values> {
        other.check_one_secret()?;
        if self.secrets() > 0 {
            (other.client_secret, other.client_secret_file) = (None, None);
        }
        if self.proxy_credentials.is_some() {
            other.proxy_credentials_file = None;
        }
        Ok(self.or(other))
    }

    /// How many sources of the client secret are named.
    fn secrets(&self) -> usize {
        let Values { client_secret, client_secret_file, client_secret_callback, .. } = self;
        let (value, file) = (client_secret.is_some(), client_secret_file.is_some());
        [value, file, client_secret_callback.is_some()].iter().filter(|is_set| **is_set).count()
    }

    /// Two sources of one secret: nobody can tell which of them is stale.
    pub(super) fn check_one_secret(&self) -> Result<()> {
        if self.secrets() < 2 {
            return Ok(());
        }
        let ways = "client_secret, client_secret_file and client_secret_callback";
        Err(invalid(format!("the client secret is set in two ways; keep only one of {ways}")))
    }
}
