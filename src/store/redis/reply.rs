//! What a Redis replies, and what its errors mean.

use zeroize::Zeroizing;

use crate::error::sanitize;
use crate::store::StoreError;

/// Longer errors are cut.
const MOST_SHOWN: usize = 200;

/// A reply of RESP2; no command of ours has another.
pub(super) enum Reply {
    Status,
    Number(i64),
    Text(Zeroizing<Vec<u8>>),
    Nothing,
    Error(String),
}

/// Errors that no retry cures, and what to do about them.
const PERMANENT: [(&str, &str); 17] = [
    ("READONLY", "it is a read-only replica; name the primary"),
    ("WRONGTYPE", "the key holds something other than a token record; use another database"),
    ("MOVED", MANY_NODES),
    ("ASK", MANY_NODES),
    ("CROSSSLOT", MANY_NODES),
    ("NOAUTH", "it requires a password; set token_store_password_file"),
    ("WRONGPASS", "the user or the password is wrong"),
    ("NOPERM", NOT_ALLOWED),
    // Inside a script; which words, the version of the server decides.
    ("can't run this command", NOT_ALLOWED),
    ("can't access at least one of the keys", NOT_ALLOWED),
    ("ACL failure in script", NOT_ALLOWED),
    ("DENIED", "see its setting protected-mode"),
    ("invalid password", "the password is wrong"),
    ("AUTH", "check the password in token_store_password_file"),
    ("DB index", "the database does not exist"),
    ("SELECT is not allowed", "a cluster has database 0 alone"),
    ("unknown command", "is it a Sentinel? Name the Redis that holds the data"),
];

const NOT_ALLOWED: &str =
    "the user may not do that; see the commands and keys that the page several-jobs lists";

const MANY_NODES: &str =
    "another node of the cluster holds the record, and clusters of several nodes are not supported";

/// What an error means; `error` begins with its code. The code of an error inside a script may
/// stand further back.
pub(super) fn meaning(error: &str) -> StoreError {
    // What follows may be an argument, and so a password.
    let shown = error.split(", with args").next().unwrap_or_default();
    let shown = sanitize(&shown.chars().take(MOST_SHOWN).collect::<String>());
    let code = error.split_whitespace().next().unwrap_or_default();
    let words = |known: &str| error.split([' ', ':', '-']).any(|word| word == known);
    let is = |known: &str| match known.contains(' ') {
        true => error.to_ascii_lowercase().contains(&known.to_ascii_lowercase()),
        false => code == known || (code == "ERR" && words(known)),
    };
    match PERMANENT.iter().find(|(known, _)| is(known)) {
        Some((_, advice)) => StoreError::unusable(format!("{advice}; it responded \"{shown}\"")),
        None => StoreError::unavailable(shown),
    }
}
