//! The simulator as a program: its output, its options, and how it ends.

mod common;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use common::{BOTH, RESOURCE, Response, bearer, receive, send};

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

    /// The response to a request, if there is one. It speaks plain HTTP.
    fn response(&self, method: &str, target: &str, headers: &str, body: &str) -> Option<Response> {
        let origin = self.value("VANTA_ORIGIN").expect("printed");
        let address = origin.strip_prefix("http://").expect("plain HTTP");
        let mut tcp = TcpStream::connect(address).expect("it listens");
        // A connection that is reset may end before all was sent.
        let _ = send(&mut tcp, method, target, headers, body.as_bytes());
        receive(&mut tcp).ok()
    }

    fn token(&self) -> String {
        let secret = std::fs::read_to_string(self.folder().join("client-secret")).expect("text");
        let body = json!({
            "client_id": self.value("VANTA_CLIENT_ID"), "client_secret": secret,
            "scope": BOTH, "grant_type": "client_credentials",
        });
        let json = "content-type: application/json\r\n";
        let response = self.response("POST", "/oauth/token", json, &body.to_string());
        let response = response.expect("a response").json();
        response["access_token"].as_str().expect("a token").to_owned()
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

#[test]
fn faults_of_the_command_line_are_played_in_order_at_their_places() {
    let faults = ["get=status:503", "token=page:403", "get=drop", "put=lose-response"];
    let mut options = vec!["--http", "--no-limits"];
    options.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
    let program = Program::start(&options);
    let list = format!("/v1/resources/user_account?resourceId={RESOURCE}");
    let get =
        |headers: &str| program.response("GET", &list, headers, "").map(|response| response.status);
    assert_eq!(get(""), Some(503));
    let page = program.response("POST", "/oauth/token", "", "{}").expect("a response");
    assert_eq!((page.status, page.text().starts_with("<html>")), (403, true));
    assert_eq!(get(""), None);
    let bearer = bearer(&program.token());
    let body = json!({ "resourceId": RESOURCE, "resources": [common::background_check("a")] });
    let target = "/v1/resources/background_check_connector";
    assert!(program.response("PUT", target, &bearer, &body.to_string()).is_none(), "it is lost");
    let list = format!("{target}?resourceId={RESOURCE}");
    let listed = program.response("GET", &list, &bearer, "").expect("a response").json();
    assert_eq!(listed["resources"][0]["uniqueId"], "a", "it took effect");
}

#[test]
fn a_resource_that_is_not_named_is_not_found() {
    let other = "66f0c0ffee0000000000a0ff";
    let named = format!("user_account={RESOURCE}");
    let program = Program::start(&["--http", "--no-limits", "--resource", &named]);
    let bearer = bearer(&program.token());
    let status = |kind: &str, id: &str| {
        let target = format!("/v1/resources/{kind}?resourceId={id}");
        program.response("GET", &target, &bearer, "").map(|response| response.status)
    };
    assert_eq!(status("user_account", RESOURCE), Some(200));
    assert_eq!(status("user_account", other), Some(404));
    assert_eq!(status("windows_user_computer", RESOURCE), Some(404));
}

#[test]
fn a_wrong_option_is_named_with_what_is_possible() {
    for (option, value, words) in [
        ("--fault", "put", "write PLACE=FAULT"),
        ("--fault", "push=drop", "connect, token, put, get, upload, any"),
        ("--fault", "put=drop:3", "status:CODE, page:CODE, drop"),
        ("--fault", "put=status:99", "status:CODE, page:CODE, drop"),
        ("--resource", "66f0c0ffee0000000000a001", "write KIND=ID"),
        ("--resource", "useraccount=a", "user_account"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vanta-simulator"));
        let output = command.args([option, value]).output().expect("it starts");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && stderr.contains(words), "{value}: {stderr}");
    }
}
