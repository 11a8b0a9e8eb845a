//! Where tokens are kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::problem::invalid;
use super::table::Values;
use crate::error::Result;
use crate::net::Trust;
use crate::store::{Custom, FileStore, SharedStore, Trouble};
use crate::sys;

/// The store that code or environment name; `None` is memory.
pub(super) fn find(values: &Values, trust: &Trust) -> Result<Option<Arc<dyn SharedStore>>> {
    let store = match (&values.custom_token_store, &values.token_store) {
        (Some(store), _) => Some(Arc::new(Custom(Arc::clone(store))) as Arc<dyn SharedStore>),
        (None, Some(text)) => parse(text.expose(), values, trust)?,
        (None, None) => None,
    };
    match store.as_ref().map_or(Ok(()), |store| store.check()) {
        // Whether it can be reached is asked when it is needed.
        Err(error) if error.trouble == Trouble::Unusable => {
            Err(error.into_error(&store.map_or_else(String::new, |store| store.name())))
        }
        _ => Ok(store),
    }
}

/// The path, where the store is a file.
pub(super) fn file_path(text: &str) -> Option<&Path> {
    let path = Path::new(text.strip_prefix("file:").unwrap_or(text));
    Some(path).filter(|path| path.is_absolute() && !text.contains("://"))
}

fn parse(text: &str, values: &Values, trust: &Trust) -> Result<Option<Arc<dyn SharedStore>>> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    match (scheme, file_path(text)) {
        _ if text == "memory" => Ok(None),
        (Some("redis" | "rediss" | "redis+unix" | "unix"), _) => redis(text, values, trust),
        (None, Some(path)) => file(path.to_owned(), values).map(Some),
        _ => {
            // Not shown: what looks like no store may be a URL with a password.
            let rule = "set memory, the absolute path of a file, or a URL that begins with \
                        redis:// or rediss://";
            Err(invalid(format!("token_store is malformed; {rule}")))
        }
    }
}

fn file(path: PathBuf, values: &Values) -> Result<Arc<dyn SharedStore>> {
    let group = match &values.token_store_group {
        Some(name) => Some(sys::user::group(name).map_err(invalid)?),
        None => None,
    };
    Ok(Arc::new(FileStore::new(path, group)))
}

#[cfg(feature = "redis")]
fn redis(url: &str, values: &Values, trust: &Trust) -> Result<Option<Arc<dyn SharedStore>>> {
    use crate::store::{ReadPassword, RedisStore};
    let file = values.token_store_password_file.clone();
    let read = file.map(|file| Box::new(move || super::read::read_secret(&file)) as ReadPassword);
    // Whether it can be read is told now; it is read again for each connection.
    read.as_ref().map(|read| read()).transpose()?;
    let store = RedisStore::new(url, read, trust.clone());
    let store = store.map_err(|error: crate::store::StoreError| error.into_error("redis"))?;
    Ok(Some(Arc::new(store)))
}

#[cfg(not(feature = "redis"))]
fn redis(_: &str, _: &Values, _: &Trust) -> Result<Option<Arc<dyn SharedStore>>> {
    Err(invalid("this build does not support Redis; build it with the feature redis"))
}
