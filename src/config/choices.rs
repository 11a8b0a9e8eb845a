//! Where a setting is one of a few choices or a text: each choice by name, for Rust.

use std::fmt;
use std::path::PathBuf;

use crate::secret::Secret;

/// Where the access token is stored; see [`Config::token_store`](crate::Config::token_store). A
/// text, as the other languages and the environment have it, is one too.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStoreLocation {
    /// The memory of this process: it shares the token with no other.
    Memory,
    /// A file that the jobs of one host share, by its absolute path.
    File(PathBuf),
    /// A Redis that several hosts share, by its URL `rediss://…` (feature `redis`).
    Redis(String),
    /// The text of one of these.
    Text(String),
}

/// The proxy on the way to Vanta; see [`Config::proxy`](crate::Config::proxy). A text, as the
/// other languages and the environment have it, is one too.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyChoice {
    /// No proxy: a direct connection.
    None,
    /// The one that `https_proxy` and `no_proxy` name.
    Environment,
    /// This one, by its URL `http://host:port`.
    Url(String),
}

impl TokenStoreLocation {
    /// The text of the setting; empty, which is refused later, for a path that no text can hold.
    pub(super) fn into_secret(self) -> Secret {
        match self {
            TokenStoreLocation::Memory => Secret::new("memory"),
            TokenStoreLocation::File(path) => Secret::new(path.to_str().unwrap_or_default()),
            TokenStoreLocation::Redis(text) | TokenStoreLocation::Text(text) => Secret::new(text),
        }
    }
}

impl ProxyChoice {
    pub(super) fn into_secret(self) -> Secret {
        match self {
            ProxyChoice::None => Secret::new("none"),
            ProxyChoice::Environment => Secret::new("environment"),
            ProxyChoice::Url(url) => Secret::new(url),
        }
    }
}

impl<T: Into<String>> From<T> for TokenStoreLocation {
    fn from(text: T) -> TokenStoreLocation {
        TokenStoreLocation::Text(text.into())
    }
}

impl<T: Into<String>> From<T> for ProxyChoice {
    fn from(text: T) -> ProxyChoice {
        ProxyChoice::Url(text.into())
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for TokenStoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenStoreLocation::Memory => f.write_str("Memory"),
            TokenStoreLocation::File(path) => write!(f, "File({path:?})"),
            TokenStoreLocation::Redis(_) => f.write_str("Redis(***)"),
            TokenStoreLocation::Text(_) => f.write_str("Text(***)"),
        }
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProxyChoice::None => "None",
            ProxyChoice::Environment => "Environment",
            ProxyChoice::Url(_) => "Url(***)",
        })
    }
}
