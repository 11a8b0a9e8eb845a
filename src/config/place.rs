//! Where tokens are kept, and what to do when that place cannot be reached.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Config, Values, invalid};
use crate::error::Result;
use crate::net::Trust;
use crate::secret::Secret;
use crate::store::{Custom, SharedStore, Trouble};

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

type Place = Option<Arc<dyn SharedStore>>;

/// The store that code or environment name; `None` is memory.
pub(super) fn find(config: &Config, values: &Values, trust: &Trust) -> Result<(Place, StoreAway)> {
    let away = match values.token_store_away.as_deref() {
        None | Some("refuse") => StoreAway::Refuse,
        Some("alone") => StoreAway::Alone,
        Some(other) => {
            return Err(invalid(format!("token store away {other:?}: say refuse or alone")));
        }
    };
    let store: Place = match (&config.store, values.token_store.as_ref().map(Secret::expose)) {
        (Some(store), _) => Some(Arc::new(Custom(Arc::clone(store)))),
        (None, Some(text)) => parse(text, values, trust)?,
        (None, None) => None,
    };
    if let Some(store) = &store {
        match store.check() {
            // Whether it can be reached is asked when it is needed.
            Err(error) if error.trouble == Trouble::Unusable => {
                return Err(error.into_error(&store.name()));
            }
            _ => {}
        }
    }
    Ok((store, config.store_away.unwrap_or(away)))
}

/// The path, where the store is a file.
pub(super) fn file_path(text: &str) -> Option<&Path> {
    let path = Path::new(text.strip_prefix("file:").unwrap_or(text));
    Some(path).filter(|path| path.is_absolute() && !text.contains("://"))
}

fn parse(text: &str, values: &Values, trust: &Trust) -> Result<Place> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    match (scheme, file_path(text)) {
        _ if text == "memory" => Ok(None),
        (Some("redis" | "rediss" | "redis+unix" | "unix"), _) => redis(text, values, trust),
        (None, Some(path)) => file(path.to_owned(), values).map(Some),
        _ => {
            // Not shown: what looks like no store may be a URL with a password.
            let rule = "write memory, the absolute path of a file, or a URL redis:// or rediss://";
            Err(invalid(format!("the token store is malformed; {rule}")))
        }
    }
}

#[cfg(unix)]
fn file(path: PathBuf, values: &Values) -> Result<Arc<dyn SharedStore>> {
    use crate::store::{FileStore, group_id};
    let group = values.token_store_group.as_deref().map(|name| {
        group_id(name).ok_or_else(|| invalid(format!("there is no group {name:?} here")))
    });
    Ok(Arc::new(FileStore::new(path, group.transpose()?)))
}

#[cfg(not(unix))]
fn file(_: PathBuf, _: &Values) -> Result<Arc<dyn SharedStore>> {
    Err(invalid("a file as the token store needs a Unix"))
}

#[cfg(feature = "redis")]
fn redis(url: &str, values: &Values, trust: &Trust) -> Result<Place> {
    use crate::store::{ReadPassword, RedisStore};
    let file = values.token_store_password_file.clone();
    let read = file.map(|file| Box::new(move || super::read_secret(&file)) as ReadPassword);
    // Whether it can be read is told now; it is read again for each connection.
    read.as_ref().map(|read| read()).transpose()?;
    let store = RedisStore::new(url, read, trust.clone());
    let store = store.map_err(|error: crate::store::StoreError| error.into_error("redis"))?;
    Ok(Some(Arc::new(store)))
}

#[cfg(not(feature = "redis"))]
fn redis(_: &str, _: &Values, _: &Trust) -> Result<Place> {
    Err(invalid("this build has no Redis: build with the feature redis"))
}
