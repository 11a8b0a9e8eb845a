//! A simulated Vanta, a home of its own, and the program that is pointed at both.

use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use serde_json::{Value, json};
use vanta::{Clock, TestClock};
use vanta_simulator::{Settings, Simulator};

use crate::permissions::set_mode;
use crate::tools;

pub const RESOURCE: &str = "66f0c0ffee0000000000a001";

/// What a run of a program came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    #[track_caller]
    pub fn has_error(self, parts: &[&str]) -> Ran {
        for part in parts {
            assert!(self.err.contains(part), "no {part:?} in: {}", self.err);
        }
        self
    }
}

pub struct Rig {
    pub sim: Simulator,
    folder: PathBuf,
    /// All that was written, but for tokens that were asked for.
    written: RefCell<String>,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::with(|_| ())
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Rig {
        let folder = new_folder();
        let mut settings = Settings { resource_limit_per_minute: None, ..Settings::default() };
        change(&mut settings);
        let sim = Simulator::start_with(settings);
        let rig = Rig { sim, folder, written: RefCell::default() };
        rig.write("ca.pem", rig.sim.ca_pem());
        rig.write("secret", format!("{}\n", rig.sim.client_secret()));
        rig
    }

    /// With one clock for the simulator and all processes: a wait moves it, and takes no time.
    pub fn on_one_clock() -> Rig {
        let rig = Rig::new();
        let clock = TestClock::shared(&rig.write("clock", "")).expect("the file can be mapped");
        rig.sim.follow_clock(move || (clock.monotonic(), clock.wall()));
        rig
    }

    /// A file in the folder that commands run in.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, bytes).expect("the test's folder can be written");
        set_mode(&path, 0o600);
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("it was written")
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// A command in an environment that has nothing but what points it at the simulator.
    pub fn command(&self, program: &str) -> Command {
        tools::assert_declared_if_known(program.as_ref());
        let own = Path::new(env!("CARGO_BIN_EXE_vanta")).parent().expect("it is in a folder");
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = [self.folder.clone(), own.to_owned()].into_iter();
        let path = env::join_paths(folders.chain(env::split_paths(&path))).expect("no separator");
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.folder)
            .env("LOCALAPPDATA", &self.folder)
            .env("VANTA_ORIGIN", self.sim.origin())
            .env("VANTA_CLIENT_ID", self.sim.client_id())
            .env("VANTA_CLIENT_SECRET_FILE", self.folder.join("secret"))
            .env("VANTA_CA_FILE", self.folder.join("ca.pem"))
            .env("VANTA_REQUESTS_PER_MINUTE", "0")
            .current_dir(&self.folder);
        let clock = self.folder.join("clock");
        if clock.exists() {
            command.env("VANTA_TEST_CLOCK", clock);
        }
        // Without it, no program of Windows has sockets.
        if let Some(system) = env::var_os("SystemRoot") {
            command.env("SystemRoot", system);
        }
        command
    }

    pub fn vanta(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_vanta"));
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.finish(self.vanta(arguments), b"")
    }

    /// Runs `vanta` with this on its standard input.
    pub fn pipe(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        self.finish(self.vanta(arguments), input.as_ref())
    }

    /// Runs a command, and notes what it writes.
    pub fn finish(&self, command: Command, input: &[u8]) -> Ran {
        let ran = self.finish_with_token(command, input);
        self.written.borrow_mut().push_str(&format!("{}{}", ran.out, ran.err));
        ran
    }

    /// Runs a command whose standard output may be a token.
    pub fn finish_with_token(&self, mut command: Command, input: &[u8]) -> Ran {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program is there");
        let mut pipe = child.stdin.take().expect("piped");
        let input = input.to_owned();
        // A program that does not read its input closes it.
        let writer = thread::spawn(move || drop(pipe.write_all(&input)));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("it does not panic");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.written.borrow_mut().push_str(&text(&output.stderr));
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

impl Drop for Rig {
    /// Nothing that was written has a secret in it.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        if thread::panicking() {
            return;
        }
        let written = self.written.borrow();
        assert!(!written.contains(&self.sim.client_secret()), "the client secret was written");
        let token = self.sim.live_token();
        assert!(!token.is_some_and(|token| written.contains(&token)), "a token was written");
    }
}

/// A folder that is new. One that an earlier process of this number left has a clock in it: Windows
/// deletes no file that is mapped.
fn new_folder() -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // With a drive, where there are drives.
    let all = std::path::absolute(env!("CARGO_TARGET_TMPDIR")).expect("there is a current folder");
    loop {
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let folder = all.join(format!("vanta-cli-{}-{number}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(error) if cfg!(windows) && error.kind() == ErrorKind::AlreadyExists => (),
            created => {
                created.expect("the test's folder is new");
                set_mode(&folder, 0o700);
                return folder;
            }
        }
    }
}

pub fn account(id: &str) -> Value {
    json!({
        "uniqueId": id, "displayName": id, "externalUrl": format!("https://x.example.com/{id}"),
        "fullName": id, "accountName": id, "email": format!("{id}@example.com"),
        "permissionLevel": "BASE", "createdTimestamp": "2026-01-01T00:00:00Z",
        "status": "ACTIVE", "mfaEnabled": true, "mfaMethods": ["OTP"], "authMethod": "PASSWORD",
    })
}

pub fn request(ids: &[&str]) -> String {
    let records: Vec<Value> = ids.iter().map(|id| account(id)).collect();
    json!({"resourceId": RESOURCE, "resources": records}).to_string()
}

/// The header row of accounts, and one row for each id.
pub fn sheet(ids: &[&str]) -> String {
    let row = |id: &&str| {
        format!(
            "{id},{id},https://x.example.com/{id},{id},{id},{id}@example.com,BASE,\
             2026-01-01T00:00:00Z,ACTIVE,true,OTP;SMS,SSO\n"
        )
    };
    HEADER.to_owned() + "\n" + &ids.iter().map(row).collect::<String>()
}

pub const HEADER: &str = "uniqueId,displayName,externalUrl,fullName,accountName,email,\
                          permissionLevel,createdTimestamp,status,mfaEnabled,mfaMethods,authMethod";
