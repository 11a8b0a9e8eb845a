//! The file of the client secret is read once for each token request, and not otherwise.

#![cfg(target_os = "linux")]

use std::ffi::CString;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use vanta::{Client, Config, ErrorKind};

use crate::harness::{Place, Rig, TempFile, TempFolder, assert_kind};

/// Counts how often a file is opened.
struct Opens(File);

impl Opens {
    fn of(path: &Path) -> Opens {
        let path = CString::new(path.as_os_str().as_bytes()).expect("no zero byte");
        // SAFETY: it takes no pointer, and the descriptor that it returns has no other owner.
        let file = unsafe {
            let descriptor = libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC);
            assert!(descriptor >= 0, "inotify cannot be used");
            File::from_raw_fd(descriptor)
        };
        // SAFETY: the path ends with a zero byte.
        let watch =
            unsafe { libc::inotify_add_watch(file.as_raw_fd(), path.as_ptr(), libc::IN_OPEN) };
        assert!(watch >= 0, "the file cannot be watched");
        Opens(file)
    }

    /// Returns the count since the last call. An event of a watched file has no name.
    fn count(&mut self) -> usize {
        let mut events = [0; 4096];
        let read = self.0.read(&mut events).unwrap_or(0);
        read / size_of::<libc::inotify_event>()
    }
}

fn config(rig: &Rig, secret: &TempFile) -> Config {
    Config::new()
        .origin(rig.sim.origin())
        .client_id(rig.sim.client_id())
        .client_secret_file(secret.path())
        .ca_file(rig.ca.path())
        .clock(rig.clock.clone())
}

#[test]
fn each_token_request_reads_the_file_once() {
    let rig = Rig::new();
    let secret = TempFile::new("secret", rig.sim.client_secret().as_bytes());
    let client = Client::new(config(&rig, &secret)).expect("right");
    let mut opens = Opens::of(secret.path());
    client.token().expect("a token");
    assert_eq!(opens.count(), 1);
    client.token().expect("the cached token");
    assert_eq!(opens.count(), 0);
    rig.advance(Duration::from_secs(4000));
    client.token().expect("another token");
    assert_eq!((opens.count(), rig.sim.counters().token_requests), (1, 2));
}

#[test]
fn a_token_request_that_fails_reads_the_file_once() {
    let rig = Rig::new();
    let secret = TempFile::new("secret", b"vcs_wrong");
    let client = Client::new(config(&rig, &secret)).expect("well formed");
    let mut opens = Opens::of(secret.path());
    assert_kind(client.token(), ErrorKind::InvalidClient);
    assert_eq!((opens.count(), rig.sim.counters().token_requests), (1, 1));
}

#[test]
fn a_token_request_that_is_repeated_reads_the_file_once() {
    let rig = Rig::new();
    let secret = TempFile::new("secret", rig.sim.client_secret().as_bytes());
    let client = Client::new(config(&rig, &secret)).expect("right");
    let mut opens = Opens::of(secret.path());
    rig.reply(Place::Token, 503, "");
    client.token().expect("a token, at the second try");
    assert_eq!(opens.count(), 1);
}

#[test]
fn a_token_from_the_store_needs_no_secret() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let store = folder.path().join("token").display().to_string();
    // With its last client, the process forgets the token.
    let other = Client::new(rig.config().token_store(store.clone())).expect("right");
    other.token().expect("a token");
    drop(other);
    let secret = TempFile::new("secret", rig.sim.client_secret().as_bytes());
    let client = Client::new(config(&rig, &secret).token_store(store)).expect("right");
    let mut opens = Opens::of(secret.path());
    client.token().expect("a token");
    assert_eq!((opens.count(), rig.sim.counters().token_requests), (0, 1));
}
