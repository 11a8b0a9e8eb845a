//! Token stores that cannot be used.

use std::fs::{self, OpenOptions, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use vanta::{Client, Config, Error, ErrorKind, LockedRecord, StoreError, TokenStore};

use crate::harness::{Rig, TempFolder};
use crate::redis::Server;

use super::{Situation, token};

fn at(rig: &Rig, folder: &TempFolder, name: &str) -> Config {
    rig.config().token_store(folder.path().join(name).display().to_string())
}

/// Returns the error of a store file with this content.
fn with_content(rig: &Rig, folder: &TempFolder, content: &str) -> Error {
    folder.write("token", content.as_bytes());
    token(at(rig, folder, "token"))
}

fn with_mode(rig: &Rig, folder: &TempFolder, name: &str, mode: u32) -> Error {
    let path = folder.path().join(name);
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("ours");
    token(at(rig, folder, "below/token"))
}

/// A custom store that returns an error.
#[derive(Debug)]
struct Custom(StoreError);

impl TokenStore for Custom {
    fn name(&self) -> String {
        "the vault".to_owned()
    }

    fn try_lock(&self, _: &str, _: Duration) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        Err(self.0.clone())
    }
}

/// Starts a Redis, runs commands in it, and returns the error of a client that uses `url`.
fn redis(rig: &Rig, commands: &[&[&str]], url: fn(&Server) -> String) -> Error {
    let server = Server::start();
    let key = format!("{{vanta {} {}}} record", rig.sim.origin(), rig.sim.client_id());
    for command in commands {
        let words: Vec<&str> =
            command.iter().map(|word| if *word == "KEY" { key.as_str() } else { word }).collect();
        server.cli(&words);
    }
    token(rig.config().token_store(url(&server)))
}

pub const SITUATIONS: &[Situation] = &[
    ("The token store is a relative path", |rig, _| token(rig.config().token_store("token.json"))),
    ("The token store has a scheme that is not known", |rig, _| {
        token(rig.config().token_store("postgres://localhost/tokens"))
    }),
    ("The token store is a file of somebody else", |rig, folder| {
        with_content(rig, folder, "Dear diary,\n")
    }),
    ("The token store is of a newer version of the library", |rig, folder| {
        with_content(
            rig,
            folder,
            r#"{"format":99,"origin":"https://api.vanta.com","client_id":"vci_x"}"#,
        )
    }),
    ("The token store is a symbolic link", |rig, folder| {
        folder.write("target", b"");
        symlink(folder.path().join("target"), folder.path().join("token")).expect("ours");
        token(at(rig, folder, "token"))
    }),
    ("The token store is a folder", |rig, folder| {
        fs::create_dir(folder.path().join("token")).expect("ours");
        token(at(rig, folder, "token"))
    }),
    ("The folder of the token store and the one above do not exist", |rig, _| {
        token(rig.config().token_store("/nowhere/else/token"))
    }),
    ("The token store can be read by everybody", |rig, folder| {
        folder.write("token", b"");
        let path = folder.path().join("token");
        fs::set_permissions(path, Permissions::from_mode(0o644)).expect("ours");
        token(at(rig, folder, "token"))
    }),
    ("The folder of the token store can be written by everybody", |rig, folder| {
        fs::create_dir(folder.path().join("below")).expect("ours");
        with_mode(rig, folder, "below", 0o777)
    }),
    ("Another process holds the lock of the token store", |rig, folder| {
        let client = Client::new(at(rig, folder, "token")).expect("right");
        let lock = folder.path().join("token.lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(lock);
        let lock = lock.expect("ours");
        lock.set_permissions(Permissions::from_mode(0o600)).expect("ours");
        // SAFETY: the descriptor is open.
        assert_eq!(unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) }, 0);
        let error = super::failure(client.token());
        assert_eq!(error.kind(), ErrorKind::StoreLocked);
        error
    }),
    ("The token store has a record that was changed by hand", |rig, folder| {
        let client = Client::new(at(rig, folder, "token")).expect("right");
        client.token().expect("a token");
        let path = folder.path().join("token");
        let record = fs::read_to_string(&path).expect("ours");
        fs::write(&path, record.replace("\"access_token\":\"", "\"access_token\":")).expect("ours");
        token(at(rig, folder, "token"))
    }),
    ("The token store has the token of another application", |rig, folder| {
        Client::new(at(rig, folder, "token")).and_then(|it| it.token()).expect("a token");
        token(at(rig, folder, "token").client_id("vci_other"))
    }),
    ("The folder of the token store belongs to a group", |rig, folder| {
        fs::create_dir(folder.path().join("below")).expect("ours");
        with_mode(rig, folder, "below", 0o770)
    }),
    ("A store of the program's own cannot be reached", |rig, _| {
        token(rig.config().custom_token_store(Custom(StoreError::unavailable("it is sealed"))))
    }),
    ("A store of the program's own cannot be used", |rig, _| {
        token(rig.config().custom_token_store(Custom(StoreError::unusable("its path is wrong"))))
    }),
    ("The Redis of the token store does not listen", |rig, _| {
        let port = crate::redis::free_port();
        token(rig.config().token_store(format!("redis://127.0.0.1:{port}")))
    }),
    ("The Redis of the token store wants a password", |rig, _| {
        redis(rig, &[&["config", "set", "requirepass", "hunter2"]], Server::url)
    }),
    ("The database does not exist in the Redis", |rig, _| {
        redis(rig, &[], |server| format!("{}/99", server.url()))
    }),
    ("The key of the record holds something else in the Redis", |rig, _| {
        redis(rig, &[&["rpush", "KEY", "x"]], Server::url)
    }),
    ("The address of the Redis has a database that is not a number", |rig, _| {
        token(rig.config().token_store("redis://127.0.0.1:6379/x"))
    }),
];
