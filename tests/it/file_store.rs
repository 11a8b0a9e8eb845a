//! The token store in a file: private, complete at every moment, and refused where it is not safe.
//!
//! A client that is dropped forgets its token. The next client of the process starts as in a new
//! process, with the content of the file.

use std::fs;
use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use vanta::{Cancel, Client, Config, ErrorKind, Event, Kind, Source};

use crate::harness::{Fault, Place, RESOURCE, Rig, TempFolder, assert_kind};
use crate::jobs::{Jobs, start, text, until};
use crate::languages::{BUILT, succeed};
use crate::permissions::set_mode;

/// Makes a rig, and a folder for a store.
struct StoreFile {
    rig: Rig,
    folder: TempFolder,
    events: Arc<Mutex<Vec<String>>>,
}

impl StoreFile {
    fn new() -> StoreFile {
        let (rig, folder) = (Rig::unlimited(), TempFolder::new());
        StoreFile { rig, folder, events: Arc::default() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    fn sibling(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("token{ending}"))
    }

    fn config(&self) -> Config {
        let events = Arc::clone(&self.events);
        let recorder =
            move |event: &Event| events.lock().expect("no panic").push(event.to_string());
        self.rig.config().token_store(self.file().display().to_string()).on_event(recorder)
    }

    fn client(&self) -> Client {
        Client::new(self.config()).expect("the store is safe")
    }

    fn refused(&self) -> String {
        assert_kind(Client::new(self.config()), ErrorKind::UnusableStore).to_string()
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).expect("it is there")).expect("JSON")
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut record = self.record();
        change(&mut record);
        fs::write(self.file(), record.to_string()).expect("ours");
    }

    fn requests(&self) -> u64 {
        self.rig.sim.counters().token_requests
    }

    fn has_event(&self, words: &str) -> bool {
        self.events.lock().expect("no panic").iter().any(|event| event.contains(words))
    }
}

#[test]
fn a_new_process_takes_the_token_from_the_file() {
    let setup = StoreFile::new();
    let token = setup.client().token().expect("a token");
    let client = setup.client();
    assert_eq!(client.token().expect("adopted").secret(), token.secret());
    let snapshot = client.snapshot();
    assert_eq!(
        (snapshot.source, snapshot.from_store, snapshot.token_requests),
        (Source::Store, 1, 1)
    );
    assert_eq!(setup.requests(), 1);
    assert!(setup.has_event("taken from the store"));
}

#[cfg(unix)]
#[test]
fn store_file_that_others_can_read_or_replace_is_refused_with_a_remedy() {
    let setup = StoreFile::new();
    setup.client().token().expect("a token");
    set_mode(&setup.file(), 0o644);
    assert!(setup.refused().contains("mode 0644, so others may use it; chmod 600 it"));
    set_mode(&setup.file(), 0o600);
    set_mode(&setup.sibling(".lock"), 0o666);
    assert!(setup.refused().contains("token.lock has mode 0666"));
    set_mode(&setup.sibling(".lock"), 0o600);
    for mode in [0o777, 0o1777, 0o770] {
        set_mode(setup.folder.path(), mode);
        assert!(setup.refused().contains("may put files there; set VANTA_TOKEN_STORE to "));
    }
    set_mode(setup.folder.path(), 0o700);
    fs::hard_link(setup.file(), setup.sibling(".other")).expect("ours");
    assert!(setup.refused().contains("a hard link"));
    fs::remove_file(setup.sibling(".other")).expect("ours");
    fs::rename(setup.file(), setup.sibling(".real")).expect("ours");
    symlink(setup.sibling(".real"), setup.file()).expect("ours");
    assert!(setup.refused().contains("is a symbolic link"));
    fs::remove_file(setup.file()).expect("ours");
    fs::create_dir(setup.file()).expect("ours");
    assert!(setup.refused().contains("is not a regular file"));
    assert_eq!(setup.requests(), 1, "nothing was requested meanwhile");
}

#[cfg(unix)]
#[test]
fn store_file_or_folder_of_another_owner_is_refused() {
    let setup = StoreFile::new();
    setup.client().token().expect("a token");
    if chown(setup.file(), Some(12345), None).is_err() {
        eprintln!("NOT RUN: only root can give a file away");
        return;
    }
    assert!(setup.refused().contains("belongs to user 12345, and this process runs as user 0"));
    chown(setup.file(), Some(0), None).expect("root may");
    chown(setup.folder.path(), Some(12345), None).expect("root may");
    assert!(setup.refused().contains("belongs to user 12345, and this process runs as user 0"));
    chown(setup.folder.path(), Some(0), None).expect("root may");
}

#[cfg(unix)]
#[test]
fn store_file_that_becomes_unsafe_is_an_error() {
    let setup = StoreFile::new();
    let alone = setup.config().on_store_unavailable(vanta::OnStoreUnavailable::Proceed);
    let client = Client::new(alone).expect("safe now");
    client.token().expect("a token");
    set_mode(&setup.file(), 0o604);
    setup.rig.advance(Duration::from_secs(3600));
    assert_kind(client.token(), ErrorKind::UnusableStore);
    assert_eq!(setup.requests(), 1);
}

#[cfg(unix)]
fn is_root() -> bool {
    // SAFETY: the function only returns a number.
    unsafe { libc::geteuid() == 0 }
}

#[cfg(unix)]
#[test]
fn a_group_may_share_the_file_when_it_is_named() {
    let setup = StoreFile::new();
    let group = fs::metadata(setup.folder.path()).expect("ours").gid();
    set_mode(setup.folder.path(), 0o770);
    let config = || setup.config().token_store_group(group.to_string());
    Client::new(config()).expect("shared").token().expect("a token");
    for path in [setup.file(), setup.sibling(".lock")] {
        assert_eq!(fs::metadata(&path).expect("ours").mode() & 0o777, 0o660, "{path:?}");
    }
    Client::new(config()).expect("shared").token().expect("adopted");
    assert_eq!(setup.requests(), 1);
    let another = setup.config().token_store_group((group + 1).to_string());
    let error = assert_kind(Client::new(another), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("its group may put files there"), "{error}");
    set_mode(setup.folder.path(), 0o700);
    let another = setup.config().token_store_group((group + 1).to_string());
    let error = assert_kind(Client::new(another), ErrorKind::UnusableStore);
    // Root may change the group of a file to any group.
    let words = if is_root() { "is not of group" } else { "this process is not in group" };
    assert!(error.to_string().contains(words), "{error}");
    let nobody = setup.config().token_store_group("no such group");
    assert_kind(Client::new(nobody), ErrorKind::InvalidConfig);
}

#[cfg(unix)]
#[test]
fn the_files_are_private_whatever_the_umask_is() {
    needs!("gcc", "g++", "python3");
    let setup = StoreFile::new();
    let jobs = Jobs::new(&setup.rig, setup.file().display().to_string());
    let words = ["sh", "-c", "umask 000; exec \"$@\"", "sh"].map(Into::into);
    let mut command = jobs.run(&words);
    let job = jobs.push(0);
    command.arg(job.get_program()).args(job.get_args());
    let output = start(command).end();
    assert!(output.status.success(), "{}", text(&output));
    for path in [setup.file(), setup.sibling(".lock")] {
        assert_eq!(fs::metadata(&path).expect("ours").mode() & 0o777, 0o600, "{path:?}");
    }
}

#[test]
fn two_applications_cannot_share_one_file() {
    let (setup, other) = (StoreFile::new(), Rig::new());
    setup.client().token().expect("a token");
    let config = other.config().token_store(setup.file().display().to_string());
    let error = assert_kind(Client::new(config).expect("safe").token(), ErrorKind::UnusableStore);
    assert!(error.to_string().contains("give each application its own"), "{error}");
}

#[test]
fn a_reader_never_sees_half_a_record() {
    let setup = StoreFile::new();
    let (client, done) = (setup.client(), AtomicBool::new(false));
    client.token().expect("a token");
    let reads = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::SeqCst) {
                assert_eq!(setup.record()["format"], 1);
                reads += 1;
            }
            reads
        });
        for _ in 0..200 {
            setup.rig.advance(Duration::from_secs(3600));
            client.token().expect("a new one");
        }
        done.store(true, Ordering::SeqCst);
        reader.join().expect("every read was whole")
    });
    assert!(reads > 200, "{reads} reads");
    assert!(!setup.sibling(".new").exists(), "no draft is left behind");
}

#[test]
fn token_that_cannot_be_saved_is_used_and_reported() {
    let setup = StoreFile::new();
    let client = setup.client();
    setup.rig.script(Place::Token, Fault::Delay(Duration::from_millis(300)));
    let asking = client.clone();
    let asking = thread::spawn(move || asking.token());
    until("the request is on its way", || setup.requests() == 1);
    // From now on no record can be written, and a retry does not help.
    fs::create_dir(setup.sibling(".new")).expect("ours");
    asking.join().expect("no panic").expect("the token is used all the same");
    assert!(setup.has_event("other jobs do not see this token"), "{:?}", setup.events);
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("from memory");
    assert_eq!(setup.requests(), 1);
    setup.rig.advance(Duration::from_secs(3600));
    assert_kind(client.token(), ErrorKind::UnusableStore);
    assert_eq!(setup.requests(), 1, "what cannot be written down is not begun");
}

#[test]
fn a_file_system_without_locks_is_an_error_and_never_unlocked() {
    needs!("gcc", "g++", "python3");
    let setup = StoreFile::new();
    let preload = BUILT.folder.join("flock_fails.so");
    let mut compile = Command::new("gcc");
    compile.args(["-shared", "-fPIC", "tests/c/flock_fails.c", "-o"]).arg(&preload);
    succeed(compile.current_dir(env!("CARGO_MANIFEST_DIR")));
    let jobs = Jobs::new(&setup.rig, setup.file().display().to_string());
    let mut job = jobs.push(0);
    // By its name, because a space in a path would end the entry.
    job.env("LD_PRELOAD", "flock_fails.so").env("LD_LIBRARY_PATH", &BUILT.folder);
    job.env("VANTA_ON_STORE_UNAVAILABLE", "proceed");
    let output = start(job).end();
    assert_eq!(output.status.code(), Some(78), "{}", text(&output));
    assert!(text(&output).contains("without locks"), "{}", text(&output));
    assert_eq!(setup.requests(), 0);
}

#[test]
fn time_since_boot_decides_on_one_machine_and_the_wall_clock_between_two() {
    let setup = StoreFile::new();
    setup.client().token().expect("a token");
    // The clock of the host that wrote the record was ten minutes ahead.
    setup.rig.clock.step_wall_ms(-600_000);
    setup.client().token().expect("adopted");
    let elsewhere = setup.config().clock(setup.rig.clock.on_machine("another"));
    let client = Client::new(elsewhere).expect("safe");
    client.token().expect("adopted");
    assert!(client.snapshot().seconds_left <= 3599, "no clock prolongs a life");
    assert_eq!(setup.requests(), 1);
    drop(client);
    setup.rig.advance(Duration::from_secs(3590));
    setup.client().token().expect("a new one");
    assert_eq!(setup.requests(), 2, "by the wall clock alone it would be valid");
}

#[test]
fn wall_clock_step_does_not_replace_the_token() {
    let setup = StoreFile::new();
    let client = setup.client();
    client.token().expect("a token");
    setup.rig.clock.step_wall_ms(7_200_000);
    client.token().expect("the same one");
    let snapshot = client.snapshot();
    assert_eq!((snapshot.source, snapshot.from_store), (Source::Requested, 0), "{snapshot}");
    assert!(!setup.has_event("taken from the store"));
}

#[test]
fn a_token_of_the_old_secret_is_used_while_it_works() {
    let setup = StoreFile::new();
    let old = setup.rig.sim.client_secret();
    let stale = || Client::new(setup.config().client_secret(old.as_str())).expect("safe");
    stale().token().expect("a token");
    setup.rig.sim.set_client_secret("vcs_rotated");
    setup.rig.advance(Duration::from_secs(3600));
    assert_kind(stale().token(), ErrorKind::InvalidClient);
    assert!(assert_kind(stale().token(), ErrorKind::InvalidClient).is_remembered());
    assert_eq!(setup.requests(), 2, "another process remembers the refusal too");
    let client = Client::new(setup.config().client_secret("vcs_rotated")).expect("safe");
    client.token().expect("the refusal was of another secret");
    setup.rig.sim.set_client_secret("vcs_again");
    let client = Client::new(setup.config().client_secret("vcs_again")).expect("safe");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("the token of the old secret works");
    setup.rig.advance(Duration::from_secs(10));
    setup.rig.sim.revoke_token();
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("a token of the new secret");
    assert_eq!(setup.requests(), 4);
}

#[test]
fn token_request_rate_limit_is_shared_by_all_jobs() {
    let setup = StoreFile::new();
    for _ in 0..4 {
        setup.client().token().expect("a token");
        setup.edit(|record| record["token"] = Value::Null);
    }
    let client = setup.client();
    let short_deadline = client.with_deadline(Duration::from_secs(10));
    let error = assert_kind(short_deadline.token(), ErrorKind::TokenRateLimitReached);
    let wait = error.retry_after().expect("it says when").as_secs();
    assert!((52..=62).contains(&wait), "{wait}");
    assert_eq!(client.snapshot().requests_left, 0);
    let long_deadline = client.with_deadline(Duration::from_secs(90));
    long_deadline.token().expect("it waited for the minute to end");
    assert_eq!(setup.requests(), 5);
}

#[test]
fn deleted_store_file_is_created_again() {
    let setup = StoreFile::new();
    let client = setup.client();
    client.token().expect("a token");
    fs::remove_file(setup.file()).expect("ours");
    fs::remove_file(setup.sibling(".lock")).expect("ours");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("from memory");
    setup.rig.advance(Duration::from_secs(3600));
    assert_eq!(client.token().expect("a new one").generation(), 2, "numbers never run back");
    assert!(setup.file().exists() && setup.sibling(".lock").exists());
}

#[test]
fn deleted_lock_file_blocks_no_process() {
    needs!("flock");
    let setup = StoreFile::new();
    let (lock, client) = (setup.sibling(".lock"), setup.client());
    client.token().expect("a token");
    setup.rig.advance(Duration::from_secs(3600));
    let mut flock = Command::new("flock");
    flock
        .arg("-F")
        .arg(&lock)
        .args(["sh", "-c", "echo locked; exec sleep 60"])
        .stdout(Stdio::piped());
    let mut holder = flock.spawn().expect("flock is part of util-linux");
    let mut stdout = BufReader::new(holder.stdout.take().expect("piped")).lines();
    assert_eq!(stdout.next().and_then(Result::ok).as_deref(), Some("locked"));
    let short_deadline = client.with_deadline(Duration::from_secs(3));
    assert_kind(short_deadline.token(), ErrorKind::StoreLocked);
    fs::remove_file(&lock).expect("ours");
    client.token().expect("a new lock file was made, and locked");
    assert_eq!(setup.requests(), 2);
    holder.kill().and_then(|()| holder.wait()).expect("it can be ended");
}

#[test]
fn holder_of_a_deleted_lock_file_does_not_replace_the_record_of_the_next_holder() {
    let setup = StoreFile::new();
    let (client, cancel) = (setup.client(), Cancel::new());
    setup.rig.script(Place::Token, Fault::HoldResponse);
    let error = thread::scope(|scope| {
        let call = scope.spawn(|| client.with_cancel(&cancel).token());
        until("a token was requested", || setup.requests() == 1);
        fs::remove_file(setup.sibling(".lock")).expect("ours");
        // The next holder of the lock writes.
        setup.edit(|record| record["generation"] = 7.into());
        cancel.cancel();
        call.join().expect("no panic").expect_err("it was cancelled")
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(setup.record()["generation"], 7);
    assert!(setup.has_event("the lock file was deleted"));
    assert_eq!(client.token().expect("under the new lock").generation(), 8);
}
