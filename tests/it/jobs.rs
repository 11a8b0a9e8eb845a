//! Jobs of one application: real processes in four languages that share a store.

use std::ffi::OsString;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Rig, TempFile, fixture_path};
use crate::languages::{BUILT, build, command, secret_file, succeed};
use crate::secret_leaks;
use crate::shared_fixtures::Shared;
use crate::tools;

/// The example program in C, C++, Python and Rust: it pushes, and lists.
static PROGRAMS: Shared<[Vec<OsString>; 4]> = Shared::new(|| {
    let c = BUILT.compile("gcc", "-std=c99", "examples/push.c");
    let cpp = BUILT.compile("g++", "-std=c++17", "examples/push.cpp");
    let rust = RUST_PUSH.clone();
    [vec![c.into()], vec![cpp.into()], BUILT.python("examples/push.py"), vec![rust]]
});

/// The one in Rust, which needs no other program.
pub static RUST_PUSH: Shared<OsString> = Shared::new(|| build().join("push").into());

/// The jobs of one application.
pub struct Jobs<'a> {
    rig: &'a Rig,
    secret: TempFile,
    store: String,
}

impl Jobs<'_> {
    pub fn new(rig: &Rig, store: impl Into<String>) -> Jobs<'_> {
        Jobs { secret: secret_file(rig), store: store.into(), rig }
    }

    /// Makes a job of any program, which is configured from the environment.
    pub fn run(&self, words: &[OsString]) -> Command {
        let mut command = command(self.rig, &self.secret, words);
        command.env("VANTA_TOKEN_STORE", &self.store);
        if let Some(clock) = &self.rig.clock_file {
            command.env("VANTA_TEST_CLOCK", clock.path());
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Makes job `number` in one of the languages in turn.
    pub fn push(&self, number: usize) -> Command {
        ["gcc", "g++", "python3"].iter().for_each(|program| tools::assert_declared(program));
        let mut command = self.run(&PROGRAMS[number % PROGRAMS.len()]);
        command.arg("user_account").arg(fixture_path("01_user_account_3.json"));
        command
    }
}

/// A running job, which ends with the test.
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

    /// Waits for its end, and records its output for the check for secrets.
    pub fn end(mut self) -> Output {
        let child = self.0.take().expect("it was not waited for yet");
        let output = child.wait_with_output().expect("it can be waited for");
        secret_leaks::record_output(&text(&output));
        output
    }
}

/// Sends a signal by the shell's `kill`, because not every machine has it as a program.
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

/// Starts all jobs, and checks that each push succeeded.
pub fn all_succeed(commands: impl IntoIterator<Item = Command>) {
    let running: Vec<Running> = commands.into_iter().map(start).collect();
    for job in running {
        let output = job.end();
        let printed = text(&output);
        assert!(output.status.success() && printed.contains("3 records live"), "{printed}");
    }
}

/// Polls until a condition holds.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::yield_now();
    }
}
