//! Settings from environment variables. A variable that is set to nothing counts as not set.

use std::env::{self, VarError};
use std::path::PathBuf;

use super::problem::invalid;
use crate::error::{Result, shorten};
use crate::secret::Secret;

/// The variable's value.
pub(super) fn variable(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(invalid(format!("{name} is not valid UTF-8"))),
    }
}

/// What can be taken from a variable.
pub(super) trait FromVariable: Sized {
    fn from_variable(name: &'static str) -> Result<Option<Self>>;
}

impl FromVariable for String {
    fn from_variable(name: &'static str) -> Result<Option<String>> {
        variable(name)
    }
}

impl FromVariable for Secret {
    fn from_variable(name: &'static str) -> Result<Option<Secret>> {
        Ok(variable(name)?.map(Secret::new))
    }
}

impl FromVariable for PathBuf {
    fn from_variable(name: &'static str) -> Result<Option<PathBuf>> {
        Ok(variable(name)?.map(PathBuf::from))
    }
}

/// A value that a text may stand for.
pub(super) trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self>;
}

impl FromText for u32 {
    fn from_text(text: &str) -> Result<u32> {
        text.trim()
            .parse()
            .map_err(|_| invalid(format!("{:?} is not a whole number", shorten(text))))
    }
}

/// A value from code, or the text of a variable. The text is parsed when the value is needed, so
/// that a malformed variable does not matter where code sets another value.
#[derive(Clone, Debug)]
pub(super) enum Given<T> {
    Value(T),
    Text(String),
}

impl<T: FromText + Copy> Given<T> {
    pub(super) fn get(&self) -> Result<T> {
        match self {
            Given::Value(value) => Ok(*value),
            Given::Text(text) => T::from_text(text),
        }
    }
}

impl<T> FromVariable for Given<T> {
    fn from_variable(name: &'static str) -> Result<Option<Given<T>>> {
        Ok(variable(name)?.map(Given::Text))
    }
}
