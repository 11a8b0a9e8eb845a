//! The simulator as a program: its output, and how it ends.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    lines: Vec<String>,
}

impl Program {
    /// Starts it, and reads all of its lines.
    fn start(options: &[&str]) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vanta-simulator"));
        command.args(options).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut program = Program { child, output, lines: Vec::new() };
        while !program.lines.iter().any(|line| line.starts_with("Ctrl-C")) {
            let mut line = String::new();
            assert!(program.output.read_line(&mut line).expect("text") > 0, "it prints more");
            program.lines.push(line.trim_end().to_owned());
        }
        program
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.strip_prefix(&format!("export {name}=")))
    }

    fn folder(&self) -> PathBuf {
        let secret = Path::new(self.value("VANTA_CLIENT_SECRET_FILE").expect("printed"));
        assert!(secret.is_file());
        secret.parent().expect("a folder").to_owned()
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            match self.child.try_wait().expect("a child of ours") {
                Some(status) => return status,
                None => assert!(began.elapsed() < Duration::from_secs(120), "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_signal_ends_it_and_leaves_no_file() {
    for name in ["TERM", "INT"] {
        let mut program = Program::start(&[]);
        let folder = program.folder();
        program.signal(name);
        assert_eq!((program.ended().code(), folder.exists()), (Some(0), false), "{name}");
        let mut more = String::new();
        program.output.read_to_string(&mut more).expect("text");
        assert_eq!(more, "");
    }
}

#[test]
fn an_open_connection_does_not_keep_the_simulator_running() {
    let mut program = Program::start(&["--http"]);
    let origin = program.value("VANTA_ORIGIN").expect("printed").to_owned();
    let port: u16 = origin.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let _open = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let folder = program.folder();
    program.signal("TERM");
    assert_eq!((program.ended().code(), folder.exists()), (Some(0), false));
}

#[test]
fn a_program_that_ends_by_sigkill_has_no_time_to_clean_up() {
    let mut program = Program::start(&[]);
    let folder = program.folder();
    program.child.kill().expect("ours");
    assert_eq!((program.ended().signal(), folder.exists()), (Some(9), true));
    std::fs::remove_dir_all(folder).expect("ours");
}

#[test]
fn without_limits_the_printed_configuration_has_no_rate_limit() {
    let budget = |options: &[&str]| {
        Program::start(options).value("VANTA_REQUESTS_PER_MINUTE").map(str::to_owned)
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulator-without-limits");
    let named = folder.to_str().expect("text");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(budget(&["--no-limits", "--folder", named]).as_deref(), Some("0"));
    std::fs::remove_dir_all(&folder).expect("after SIGKILL its folder is left");
    assert_eq!(budget(&["--folder", named]), None);
    std::fs::remove_dir_all(&folder).expect("after SIGKILL its folder is left");
}

#[test]
fn the_printed_origin_has_the_path_prefix() {
    let program = Program::start(&["--http", "--path-prefix", "/vanta/"]);
    let origin = program.value("VANTA_ORIGIN").expect("printed").to_owned();
    assert!(origin.ends_with("/vanta"), "{origin}");
    let folder = program.folder();
    drop(program);
    std::fs::remove_dir_all(folder).expect("after SIGKILL its folder is left");
}

#[test]
fn a_failed_start_leaves_no_folder() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulator-that-fails");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanta-simulator"));
    command.arg("--folder").arg(&folder).arg("--secret-file").arg("/no/such/folder/secret");
    let output = command.output().expect("it starts");
    assert!(!output.status.success() && !folder.exists());
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("/no/such/folder/secret"), "{words}");
    let full = File::options().write(true).open("/dev/full").expect("Linux");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanta-simulator"));
    let status = command.arg("--folder").arg(&folder).stdout(full).stderr(Stdio::null()).status();
    assert!(!status.expect("it starts").success() && !folder.exists(), "there is no output");
}
