//! Jobs in containers: a user without a name, a read-only root, volumes with the modes that
//! Kubernetes gives them, and no more files than the program needs.
//!
//! `tests/container` makes the namespaces. It needs root; the tests are skipped for other users.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::harness::{RESOURCE, Rig, TempFolder, fixture_path};
use crate::jobs::{RUST_PUSH, text};
use crate::languages::BUILT;
use crate::secret_leaks;
use crate::tools;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The group of the volumes, which Kubernetes calls fsGroup.
const GROUP: u32 = 7000;

/// Returns whether the tests may make namespaces. If not, the current test is skipped.
pub fn are_allowed() -> bool {
    let made = Command::new("tests/container").args(["--", "/bin/true"]).current_dir(ROOT).output();
    let allowed = made.is_ok_and(|output| output.status.success());
    if !allowed {
        tools::skip_without_root();
    }
    allowed
}

/// A container that pushes three accounts to the simulator.
pub struct Container {
    folder: TempFolder,
    options: Vec<String>,
    variables: Vec<(String, String)>,
    program: OsString,
    pub arguments: Vec<String>,
    /// The cgroup of the container.
    pub group: Option<PathBuf>,
}

impl Container {
    pub fn new(rig: &Rig) -> Container {
        let folder = TempFolder::new();
        let write = |name: &str, bytes: &[u8]| {
            folder.write(name, bytes);
            set_mode(&folder.path().join(name), 0o444);
        };
        write("secret", rig.sim.client_secret().as_bytes());
        write("ca.pem", rig.sim.ca_pem().as_bytes());
        // Every engine makes this file; without it, `localhost` has no address.
        write("hosts", b"127.0.0.1 localhost\n");
        let accounts = fs::read(fixture_path("01_user_account_3.json")).expect("it is there");
        write("accounts.json", &accounts);
        let origin = rig.sim.origin();
        let client_id = rig.sim.client_id();
        let container = Container {
            folder,
            options: vec![],
            variables: vec![],
            program: "/app/push".into(),
            arguments: ["user_account", "/app/accounts.json"].map(str::to_owned).to_vec(),
            group: None,
        };
        container
            .set("VANTA_ORIGIN", &origin)
            .set("VANTA_CLIENT_ID", &client_id)
            .set("VANTA_CLIENT_SECRET_FILE", "/app/secret")
            .set("VANTA_CA_FILE", "/app/ca.pem")
            .set("VANTA_REQUESTS_PER_MINUTE", &rig.requests_per_minute().to_string())
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn option(mut self, words: &[&str]) -> Self {
        self.options.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    pub fn mount(self, source: &Path, path: &str) -> Self {
        self.option(&["--mount", &format!("{}:{path}", source.display())])
    }

    pub fn read_only(self, source: &Path, path: &str) -> Self {
        self.option(&["--read-only", &format!("{}:{path}", source.display())])
    }

    pub fn run(&self) -> Output {
        let own = |name: &str, path: &str| {
            format!("{}:{path}{name}", self.folder.path().join(name).display())
        };
        let enter = "[ -z \"$0\" ] || echo $$ > \"$0/cgroup.procs\"; exec tests/container \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", enter]).arg(self.group.as_deref().unwrap_or(Path::new("")));
        command.current_dir(ROOT).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        for name in ["secret", "ca.pem", "accounts.json"] {
            command.arg("--read-only").arg(own(name, "/app/"));
        }
        command.arg("--read-only").arg(own("hosts", "/etc/"));
        let mut program = RUST_PUSH.clone();
        program.push(":/app/push");
        command.arg("--read-only").arg(program).args(&self.options).arg("--").arg(&self.program);
        command.args(&self.arguments).envs(self.variables.iter().cloned());
        let output = command.output().expect("bash is there");
        secret_leaks::record_output(&text(&output));
        output
    }

    #[track_caller]
    pub fn succeeds(&self) {
        let output = self.run();
        let printed = text(&output);
        assert!(output.status.success() && printed.contains("3 records live"), "{printed}");
    }

    /// Returns the output of the job, and checks its exit code.
    #[track_caller]
    fn end(&self, code: i32) -> String {
        let output = self.run();
        let printed = text(&output);
        assert_eq!(output.status.code(), Some(code), "{printed}");
        printed
    }

    #[track_caller]
    pub fn ends_with(&self, code: i32, words: &[&str]) {
        let printed = self.end(code);
        for word in words {
            assert!(printed.contains(word), "no {word:?} in {printed}");
        }
    }
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("ours");
}

/// Creates a folder with the owner and mode of a volume.
pub fn volume(folder: &TempFolder, name: &str, owner: u32, group: u32, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir(&path).expect("ours");
    chown(&path, Some(owner), Some(group)).expect("root may");
    set_mode(&path, mode);
    path
}

/// Changes the files of a volume as the kubelet does with fsGroup at each mount.
fn give_to_group(path: &Path) {
    let found = fs::symlink_metadata(path).expect("ours");
    chown(path, None, Some(GROUP)).expect("root may");
    let added = if found.is_dir() { 0o2770 } else { 0o660 };
    set_mode(path, found.permissions().mode() & 0o7777 | added);
    if found.is_dir() {
        let entries = fs::read_dir(path).expect("ours").map(|entry| entry.expect("ours").path());
        entries.for_each(|path| give_to_group(&path));
    }
}

/// Returns the value that an error recommends for a variable.
fn advised<'a>(message: &'a str, variable: &str) -> &'a str {
    let rest = message.split_once(&format!("set {variable} to ")).map(|(_, rest)| rest);
    let rest = rest.unwrap_or_else(|| panic!("no {variable} in {message}"));
    rest.split_whitespace().next().expect("a value")
}

#[test]
fn a_job_needs_no_root_home_tmp_proc_dev_name_nor_init_process() {
    needs!("unshare", "gcc", "g++", "python3");
    if !are_allowed() {
        return;
    }
    let rig = Rig::unlimited();
    // The root has programs, libraries, /etc/hosts and mounts. It has no other file of /etc, and no
    // /home, /tmp, /proc and /dev.
    let of_rust = Container::new(&rig);
    of_rust.succeeds();
    let mut of_c = Container::new(&rig)
        .read_only(&BUILT.compile("gcc", "-std=c99", "examples/push.c"), "/app/push-c")
        .read_only(&BUILT.folder.join("libvanta.so.0"), "/app/lib/libvanta.so.0")
        .set("LD_LIBRARY_PATH", "/app/lib");
    of_c.program = "/app/push-c".into();
    of_c.succeeds();
    // The timestamps of the store have no boot id.
    let folder = TempFolder::new();
    let data = volume(&folder, "data", 65532, 65532, 0o700);
    let stored = Container::new(&rig).mount(&data, "/data").set("VANTA_TOKEN_STORE", "/data/token");
    let before = rig.sim.counters().token_requests;
    stored.succeeds();
    stored.succeeds();
    assert_eq!(rig.sim.counters().token_requests, before + 1);
    let record = fs::read_to_string(data.join("token")).expect("it was stored");
    assert!(record.contains("\"boot_id\":\"\""), "{record}");
}

#[test]
fn the_error_for_a_volume_with_fs_group_names_settings_that_work() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    for variable in ["VANTA_TOKEN_STORE", "VANTA_TOKEN_STORE_GROUP"] {
        let data = volume(&folder, variable, 0, GROUP, 0o2775);
        let job = || Container::new(&rig).option(&["--groups", "7000"]).mount(&data, "/data");
        let first = job().set("VANTA_TOKEN_STORE", "/data/token");
        let printed = first.end(78);
        assert!(
            printed.contains("/data has mode 2775, so its group may put files there"),
            "{printed}"
        );
        let before = rig.sim.counters().token_requests;
        let second = first.set(variable, advised(&printed, variable));
        second.succeeds();
        second.succeeds();
        assert_eq!(rig.sim.counters().token_requests, before + 1, "{variable}");
        // With fsGroupChangePolicy: Always, the next job finds other modes.
        give_to_group(&data);
        if variable == "VANTA_TOKEN_STORE_GROUP" {
            second.succeeds();
            continue;
        }
        let printed = second.end(78);
        let group = advised(&printed, "VANTA_TOKEN_STORE_GROUP");
        let (printed, third) = (printed.clone(), second.set("VANTA_TOKEN_STORE_GROUP", group));
        assert!(printed.contains("in Kubernetes"), "{printed}");
        third.succeeds();
    }
}

#[test]
fn the_error_for_a_world_writable_volume_names_a_path_that_works() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    for (name, group, mode) in [("empty", 0, 0o777), ("fs-group", GROUP, 0o2777)] {
        let data = volume(&folder, name, 0, group, mode);
        let job = || Container::new(&rig).option(&["--groups", "7000"]).mount(&data, "/data");
        for shared in [false, true] {
            let place = format!("/data/{shared}-token");
            let mut first = job().set("VANTA_TOKEN_STORE", &place);
            if shared {
                first = first.set("VANTA_TOKEN_STORE_GROUP", "7000");
            }
            let printed = first.end(78);
            assert!(printed.contains("so others may put files there"), "{printed}");
            let second = first.set("VANTA_TOKEN_STORE", advised(&printed, "VANTA_TOKEN_STORE"));
            second.succeeds();
            second.succeeds();
            fs::remove_dir_all(data.join("vanta")).expect("ours");
        }
    }
}

#[test]
fn a_file_that_is_open_to_the_group_names_the_group_to_set() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let data = volume(&folder, "data", 65532, GROUP, 0o755);
    let job = Container::new(&rig)
        .option(&["--groups", "7000"])
        .mount(&data, "/data")
        .set("VANTA_TOKEN_STORE", "/data/token")
        .set("VANTA_AUDIT_FILE", "/data/audit");
    job.succeeds();
    for name in ["token", "token.lock"] {
        give_to_group(&data.join(name));
    }
    let printed = job.end(78);
    assert_eq!(advised(&printed, "VANTA_TOKEN_STORE_GROUP"), "7000", "{printed}");
    let job = job.set("VANTA_TOKEN_STORE_GROUP", "7000");
    job.succeeds();
    give_to_group(&data.join("audit"));
    job.ends_with(78, &["/data/audit has mode 0660", "fsGroupChangePolicy is OnRootMismatch"]);
    set_mode(&data.join("audit"), 0o600);
    job.succeeds();
}

#[test]
fn a_group_that_the_process_is_not_in_is_named() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let data = volume(&folder, "data", 65532, 65532, 0o700);
    let job = Container::new(&rig)
        .mount(&data, "/data")
        .set("VANTA_TOKEN_STORE", "/data/token")
        .set("VANTA_TOKEN_STORE_GROUP", "7000");
    job.ends_with(78, &["not in group 7000", "fsGroup or supplementalGroups"]);
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn a_path_that_cannot_be_written_is_a_configuration_error_with_a_remedy() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let of_root = volume(&folder, "of-root", 0, 0, 0o755);
    let of_other = volume(&folder, "of-other", 1000, 1000, 0o755);
    let hidden = volume(&folder, "hidden", 1000, 1000, 0o700);
    let own = volume(&folder, "own", 65532, 65532, 0o700);
    folder.write("own/file", b"not a folder");
    let job = || {
        Container::new(&rig)
            .mount(&of_root, "/of-root")
            .mount(&of_other, "/of-other")
            .mount(&hidden, "/hidden")
            .mount(&own, "/own")
            .read_only(&own, "/read-only")
            .option(&["--folder", "/rootfs"])
    };
    let volume_wanted = "to a file on a writable volume";
    let cases: [(&str, [&str; 3]); 10] = [
        ("/rootfs/token", ["Read-only file system", "VANTA_TOKEN_STORE", volume_wanted]),
        ("/rootfs/vanta/token", ["Read-only file system", "VANTA_TOKEN_STORE", volume_wanted]),
        ("/read-only/token", ["Read-only file system", "VANTA_TOKEN_STORE", volume_wanted]),
        ("/token", ["Read-only file system", "VANTA_TOKEN_STORE", volume_wanted]),
        ("/of-root/token", ["Permission denied", "/of-root belongs to user 0", "fsGroup"]),
        ("/of-root/vanta/token", ["Permission denied", "runs as user 65532", "fsGroup"]),
        ("/of-other/token", ["belongs to user 1000", "runs as user 65532", "runAsUser"]),
        ("/hidden/vanta/token", ["Permission denied", "/hidden belongs to user 1000", "fsGroup"]),
        ("/own/file/token", ["Not a directory", "a folder of this path is a file", "another path"]),
        ("/own/a/b/token", ["/own/a/b does not exist", "the folder above it", "create them"]),
    ];
    for (store, words) in cases {
        job().set("VANTA_TOKEN_STORE", store).ends_with(78, &words);
    }
    for (audit, words) in [
        ("/rootfs/audit", ["Read-only file system", "set VANTA_AUDIT_FILE", volume_wanted]),
        ("/of-root/audit", ["Permission denied", "/of-root belongs to user 0", "fsGroup"]),
    ] {
        job().set("VANTA_AUDIT_FILE", audit).ends_with(78, &words);
    }
    assert_eq!(rig.sim.counters().token_requests, 0);
    job().set("VANTA_TOKEN_STORE", "/own/vanta/token").succeeds();
}

#[test]
fn a_job_that_only_reads_the_store_needs_no_permission_to_write_it() {
    needs!("unshare", "gcc");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let data = volume(&folder, "data", 65532, 65532, 0o700);
    let stored = |job: Container| job.set("VANTA_TOKEN_STORE", "/data/token");
    stored(Container::new(&rig).mount(&data, "/data")).succeeds();
    let mut reader = stored(Container::new(&rig).read_only(&data, "/data"))
        .read_only(&BUILT.compile("gcc", "-std=c99", "tests/c/stored_token.c"), "/app/reader")
        .read_only(&BUILT.folder.join("libvanta.so.0"), "/app/lib/libvanta.so.0")
        .set("LD_LIBRARY_PATH", "/app/lib");
    reader.program = "/app/reader".into();
    reader.arguments = ["user_account", RESOURCE].map(str::to_owned).to_vec();
    reader.ends_with(0, &["listed"]);
    assert_eq!(rig.sim.counters().token_requests, 1);
}
