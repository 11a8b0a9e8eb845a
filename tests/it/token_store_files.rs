//! Files and folders of the token store that are not as the library made them.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use vanta::{Client, ErrorKind};

use crate::harness::assert_kind;
use crate::jobs::{Jobs, start, text};
use crate::languages::{BUILT, succeed};
use crate::permissions::set_mode;
use crate::token_store_content::Setup;

#[test]
fn a_temporary_file_that_is_not_a_record_is_refused_and_kept() {
    let setup = Setup::new();
    for content in ["my new token, by hand\n", "{\"format\":2,\"origin\":\"https://x\"}"] {
        let path = setup.write("token.new", content.as_bytes());
        let error = assert_kind(setup.client().token(), ErrorKind::UnusableStore).to_string();
        assert!(error.contains("token.new holds something that is not"), "{error}");
        assert_eq!(fs::read(&path).expect("it is there"), content.as_bytes());
    }
    fs::remove_file(setup.path("token.new")).expect("ours");
    symlink(setup.write("other", b"mine"), setup.path("token.new")).expect("ours");
    let error = assert_kind(setup.client().token(), ErrorKind::UnusableStore).to_string();
    assert!(error.contains("token.new is a symbolic link"), "{error}");
    assert_eq!(setup.requests(), 0);
    fs::remove_file(setup.path("token.new")).expect("ours");
    // A lock file that a process left behind when it ended.
    for content in ["", "{\"format\":1,\"origin\":\"http"] {
        setup.write("token.new", content.as_bytes());
        setup.client().token().expect("a token");
        assert!(!setup.path("token.new").exists());
        fs::remove_file(setup.path("token")).expect("ours");
    }
}

#[test]
fn a_file_that_cannot_be_replaced_is_a_configuration_error() {
    needs!("gcc", "g++", "python3");
    let setup = Setup::new();
    let preload = BUILT.folder.join("rename_fails.so");
    let mut compile = Command::new("gcc");
    compile.args(["-shared", "-fPIC", "tests/c/rename_fails.c", "-o"]).arg(&preload);
    succeed(compile.current_dir(env!("CARGO_MANIFEST_DIR")));
    for (errno, words) in [("16", "mount its folder"), ("21", "name a file")] {
        let jobs = Jobs::new(&setup.rig, setup.path("token").display().to_string());
        let mut job = jobs.push(0);
        // By its name, because a space in a path would end the entry.
        job.env("LD_PRELOAD", "rename_fails.so").env("LD_LIBRARY_PATH", &BUILT.folder);
        job.env("TEST_ERRNO", errno);
        let output = start(job).end();
        assert_eq!(output.status.code(), Some(78), "{}", text(&output));
        assert!(text(&output).contains(words), "{}", text(&output));
    }
    assert_eq!(setup.requests(), 0);
}

#[test]
fn the_error_for_a_folder_that_others_may_write_names_one_that_works() {
    let setup = Setup::new();
    for mode in [0o777, 0o1777, 0o2775, 0o2777] {
        let folder = setup.path(&format!("{mode:o}"));
        fs::create_dir(&folder).expect("ours");
        set_mode(&folder, mode);
        let at = |path: PathBuf| setup.rig.config().token_store(path.display().to_string());
        let refused = Client::new(at(folder.join("token")));
        let error = assert_kind(refused, ErrorKind::UnusableStore).to_string();
        let below = folder.join("vanta/token");
        assert!(error.contains(&below.display().to_string()), "{error}");
        Client::new(at(below)).expect("safe").token().expect("a token");
        let made = fs::metadata(folder.join("vanta")).expect("is there").mode() & 0o7777;
        assert_eq!(made, 0o700);
    }
}

#[test]
fn a_file_that_its_owner_may_execute_is_private_and_one_that_its_group_may_execute_is_not() {
    let setup = Setup::new();
    setup.client().token().expect("a token");
    let path = setup.path("token");
    set_mode(&path, 0o700);
    setup.client().token().expect("the same");
    assert_eq!(setup.requests(), 1);
    set_mode(&path, 0o710);
    let config = setup.rig.config().token_store(path.display().to_string());
    let error = assert_kind(Client::new(config), ErrorKind::UnusableStore).to_string();
    assert!(error.contains("mode 0710, so others may use it"), "{error}");
}
