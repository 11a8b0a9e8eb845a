//! Jobs of one application: real processes, written in four languages, each with a store to share.

use std::ffi::OsString;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Desk, TempFile, fixture_path};
use crate::languages::{BUILT, build, command, secret_file, succeed};
use crate::secret_leaks;
use crate::shared_fixtures::Shared;
use crate::tools;

/// The example program in C, C++, Python and Rust: it pushes, and reads back.
static PROGRAMS: Shared<[Vec<OsString>; 4]> = Shared::new(|| {
    let c = BUILT.compile("gcc", "-std=c99", "examples/push.c");
    let cpp = BUILT.compile("g++", "-std=c++17", "examples/push.cpp");
    let rust = RUST_PUSH.clone();
    [vec![c.into()], vec![cpp.into()], BUILT.python("examples/push.py"), vec![rust]]
});

/// The one in Rust, which needs no other program.
pub static RUST_PUSH: Shared<OsString> = Shared::new(|| build().join("push").into());

/// One application's jobs.
pub struct Jobs<'a> {
    desk: &'a Desk,
    secret: TempFile,
    store: String,
}

impl Jobs<'_> {
    pub fn new(desk: &Desk, store: impl Into<String>) -> Jobs<'_> {
        Jobs { secret: secret_file(desk), store: store.into(), desk }
    }

    /// Any program as a job: configured from the environment.
    pub fn run(&self, words: &[OsString]) -> Command {
        let mut command = command(self.desk, &self.secret, words);
        command.env("VANTA_TOKEN_STORE", &self.store);
        if let Some(clock) = &self.desk.clock_file {
            command.env("VANTA_TEST_CLOCK", clock.path());
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Job `number`: the languages take turns.
    pub fn push(&self, number: usize) -> Command {
        ["gcc", "g++", "python3"].iter().for_each(|program| tools::assert_declared(program));
        let mut command = self.run(&PROGRAMS[number % PROGRAMS.len()]);
        command.arg("user_account").arg(fixture_path("01_user_account_3.json"));
        command
    }
}

/// A job that was started; it is killed with the test.
pub struct Running(Option<Child>);

pub fn start(mut command: Command) -> Running {
    Running(Some(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))))
}

impl Running {
    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("it was not waited for yet")
    }

    pub fn signal(&mut self, name: &str) {
        let id = self.child().id().to_string();
        kill(name, &id);
    }

    /// Waits for its end, and takes down all that it said.
    pub fn end(mut self) -> Output {
        let child = self.0.take().expect("it was not waited for yet");
        let output = child.wait_with_output().expect("it can be waited for");
        secret_leaks::record_output(&text(&output));
        output
    }
}

/// Sends a signal, with the shell's own command: `kill` as a program is not on every machine.
pub fn kill(signal: &str, id: &str) {
    succeed(Command::new("sh").args(["-c", &format!("kill -{signal} {id}")]));
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    [String::from_utf8_lossy(out), String::from_utf8_lossy(err)].join("\n")
}

/// Starts all of them, and demands of each that its push arrived.
pub fn all_succeed(commands: impl IntoIterator<Item = Command>) {
    let running: Vec<Running> = commands.into_iter().map(start).collect();
    for job in running {
        let output = job.end();
        let told = text(&output);
        assert!(output.status.success() && told.contains("3 records live"), "{told}");
    }
}

/// Looks again and again until something is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::yield_now();
    }
}
