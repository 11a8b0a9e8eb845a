//! The programs that tests run, from the table `tests/tools`. A test without one of its programs is
//! skipped in one line, or fails where `VANTA_TESTS_MUST_RUN` is 1, as in `tests/run`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

const TABLE: &str = include_str!("../tools");

/// Returns from a test, which is skipped, unless all of these programs are installed.
macro_rules! needs {
    ($($program:literal),+) => {
        if !$crate::tools::are_there(&[$($program),+]) {
            return;
        }
    };
}

/// Returns the cells of a program's line.
fn row(program: &str) -> Vec<&'static str> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    rows.find(|row| row[0] == program).unwrap_or_else(|| panic!("tests/tools has no {program}"))
}

/// Returns whether a program is installed and works. Each is tried once.
fn works(program: &'static str) -> bool {
    static TRIED: Mutex<BTreeMap<&str, bool>> = Mutex::new(BTreeMap::new());
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    *tried.entry(program).or_insert_with(|| {
        let mut check = Command::new("sh");
        check.args(["-c", row(program)[1]]).stdin(Stdio::null());
        let status = check.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    })
}

thread_local! {
    /// The programs that the test on this thread has declared.
    static DECLARED: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// Fails a test that uses a program without `needs!`, because it would fail where the program is
/// missing.
#[track_caller]
pub fn assert_declared(program: &str) {
    let is_test = thread::current().name().is_some_and(|name| name.contains("::"));
    let declared = DECLARED.with_borrow(|declared| declared.contains(program));
    assert!(!is_test || declared, "this test lacks its first line: needs!({program:?});");
}

/// Does the same for the first word of a command, which may be any program.
#[track_caller]
pub fn assert_declared_if_known(word: &OsStr) {
    let known = |line: &&str| line.split('|').next().is_some_and(|name| name.trim() == word);
    if let Some(line) = TABLE.lines().find(known) {
        assert_declared(line.split('|').next().unwrap_or_default().trim());
    }
}

pub fn are_there(programs: &[&'static str]) -> bool {
    DECLARED.with_borrow_mut(|declared| declared.extend(programs));
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !works(program)).collect();
    if !missing.is_empty() {
        skip(&format!("needs {}", missing.join(", ")));
    }
    missing.is_empty()
}

/// Prints a line about the current test that the test harness does not capture.
fn tell(what: &str, reason: &str) {
    let thread = thread::current();
    let line = format!("{what}: {}: {reason}\n", thread.name().unwrap_or("a test"));
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Reports that a part of the current test is not allowed here, which is not a failure.
pub fn skip_part(reason: &str) {
    tell("skipped in part", reason);
}

/// Reports that the current test is skipped. The caller returns from it.
fn skip(reason: &str) {
    tell("skipped", reason);
    let must_run = std::env::var("VANTA_TESTS_MUST_RUN").is_ok_and(|value| value == "1");
    assert!(!must_run, "{reason}: tests/run installs what tests need, or says how");
    count_skipped();
}

/// Reports that the current test is skipped because this user may not make namespaces. No program
/// is missing, so this is never a failure.
pub fn skip_without_root() {
    tell("skipped without root", "needs the right to make namespaces");
    count_skipped();
}

fn count_skipped() {
    if SKIPPED.fetch_add(1, Ordering::Relaxed) == 0 {
        // SAFETY: the function is always valid, and needs nothing that is destroyed by then.
        unsafe { libc::atexit(total) };
    }
}

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// Prints the last line of the program.
extern "C" fn total() {
    let count = SKIPPED.load(Ordering::Relaxed);
    let line = format!("{count} tests were SKIPPED, and count as passed above: see tests/run\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

#[test]
fn the_table_of_tools_has_six_cells_in_each_line() {
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        assert_eq!(line.split('|').filter(|cell| !cell.trim().is_empty()).count(), 6, "{line}");
    }
    assert_eq!(row("flock")[2], "util-linux");
}

#[test]
fn test_without_its_needs_line_fails() {
    let panic = std::panic::catch_unwind(|| assert_declared("gcc"));
    assert!(panic.is_err());
}
