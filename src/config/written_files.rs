//! A file that the library writes is named by one setting alone: a mistake in a path must not cost
//! a secret or an audit file.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::ca_files::CaFiles;
use super::problem::invalid;
use super::table::Values;
use crate::error::Result;
use crate::store::FileStore;
use crate::sys::file::Identity;

/// A setting, and a file that it names.
type Named = (&'static str, PathBuf);

/// Fails where `store`, the path of the token store, or the audit file is named by another setting.
/// Files that are only read may be shared.
pub(super) fn check(values: &Values, store: Option<&Path>) -> Result<()> {
    let audit: Vec<Named> = named("audit_file", values.audit_file.as_deref()).collect();
    let store: Vec<Named> = store.map(written_by_store).unwrap_or_default();
    let read: Vec<Named> = named("client_secret_file", values.client_secret_file.as_deref())
        .chain(named("ca_file", values.ca_file.as_ref().and_then(CaFiles::file)))
        .chain(named("proxy_credentials_file", values.proxy_credentials_file.as_deref()))
        .chain(named("token_store_password_file", values.token_store_password_file.as_deref()))
        .collect();
    let with_audit = read.iter().chain(&audit);
    let pairs = store.iter().flat_map(|one| with_audit.clone().map(move |other| (one, other)));
    let audit_pairs = audit.iter().flat_map(|one| read.iter().map(move |other| (one, other)));
    for ((writes, path), (other, named)) in pairs.chain(audit_pairs) {
        if is_same(path, named) {
            let place = named.display();
            let why = format!("the library writes that file, so give {writes} one of its own");
            return Err(invalid(format!("{writes} and {other} are one file, {place}; {why}")));
        }
    }
    Ok(())
}

fn named(setting: &'static str, path: Option<&Path>) -> impl Iterator<Item = Named> {
    path.map(|path| (setting, path.to_owned())).into_iter()
}

fn written_by_store(path: &Path) -> Vec<Named> {
    let [record, lock, new] = FileStore::new(path.to_owned(), None).files();
    let (lock_file, new_file) =
        ("the lock file of token_store", "the temporary file of token_store");
    vec![("token_store", record), (lock_file, lock), (new_file, new)]
}

/// By what they are where both exist, else by path.
fn is_same(one: &Path, other: &Path) -> bool {
    match (Identity::of_target(one), Identity::of_target(other)) {
        (Some(one), Some(other)) => one == other,
        _ => normal(one) == normal(other),
    }
}

/// The path without links in its folder, as far as the folder exists.
fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.parent().and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, absolute.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => without_dots(&absolute),
    }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}
