//! Programs in C, C++ and Python: built, installed, with threads, interrupted, and under valgrind.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::harness::{Place, Rig, TempFile, TempFolder, fixture_path};
use crate::jobs::RUST_PUSH;
use crate::load_tolerance::until_in_time;
use crate::secret_leaks;
use crate::shared_fixtures::Shared;
use crate::tools;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with the installed C library and the test programs.
pub static BUILT: Shared<Built> = Shared::new(Built::new);

pub struct Built {
    pub folder: PathBuf,
    /// The library that Python loads.
    python_library: PathBuf,
    made: Mutex<BTreeSet<PathBuf>>,
}

#[track_caller]
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => panic!("{:?} is not installed", command.get_program()),
        _ => panic!("{command:?}: {error}"),
    });
    let (out, err) = (&output.stdout, &output.stderr);
    let text = [String::from_utf8_lossy(out), String::from_utf8_lossy(err)].join("\n");
    secret_leaks::record_output(&text);
    assert!(output.status.success(), "{command:?}:\n{text}");
    output
}

/// Builds the C library and the example in Rust, with the same features so that all of Rust is
/// compiled once. Returns the folder with both.
pub fn build() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline", "-p", "libvanta-c", "-p", "push"]);
    cargo.args(["--features", "redis,test-util", "--target-dir"]);
    succeed(cargo.arg(target).current_dir(ROOT));
    target.join("debug")
}

impl Built {
    fn new() -> Built {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages");
        std::fs::create_dir_all(&folder).expect("the test's folder can be written");
        let ordinary = build().join("libvanta.so");
        let python_library = folder.join("libvanta.so.0");
        // `.ci/sanitize-rust` names a library that only programs with its runtime can load. python3
        // has no such runtime, so it loads the ordinary library.
        let named = std::env::var_os("VANTA_TEST_LIBRARY").map(PathBuf::from);
        let python_library = if named.is_some() { ordinary.clone() } else { python_library };
        let library = named.unwrap_or(ordinary);
        for name in ["libvanta.so", "libvanta.so.0"] {
            // Programs of another run may have the old file loaded, so it is not overwritten.
            let new = folder.join(format!("{name}.{}", std::process::id()));
            std::fs::copy(&library, &new).expect("cargo built it");
            std::fs::rename(new, folder.join(name)).expect("in one folder");
        }
        Built { folder, python_library, made: Mutex::default() }
    }

    /// Compiles a program against the header and the library.
    #[track_caller]
    pub fn compile(&self, compiler: &str, standard: &str, source: &str) -> PathBuf {
        tools::assert_declared(compiler);
        let program = self.folder.join(source.replace(['/', '.'], "-"));
        // Two tests may need it at the same time: the first one compiles it.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.contains(&program) {
            return program;
        }
        succeed(
            Command::new(compiler)
                .args([standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-pthread"])
                .args(words_of("VANTA_TEST_CFLAGS"))
                .args(["-I", "include", "-I", "bindings/cpp", source, "-o"])
                .arg(&program)
                .arg("-L")
                .arg(&self.folder)
                .args(["-lvanta", "-Wl,-rpath"])
                .arg(&self.folder)
                .current_dir(ROOT),
        );
        made.insert(program.clone());
        program
    }

    /// Returns the command of a Python that finds the package and the library.
    #[track_caller]
    pub fn python(&self, script: &str) -> Vec<OsString> {
        tools::assert_declared("python3");
        ["python3", "-X", "dev", "-W", "error", script].map(OsString::from).to_vec()
    }
}

/// Returns the words of a variable. `.ci/sanitize` compiles and runs the same tests in other ways.
fn words_of(name: &str) -> Vec<OsString> {
    let words = std::env::var(name).unwrap_or_default();
    words.split_whitespace().map(OsString::from).collect()
}

/// Returns the command of a compiled program, under the tool that a variable names.
pub fn alone(program: &Path) -> Command {
    let mut words = words_of("VANTA_TEST_UNDER").into_iter().chain([program.into()]);
    let mut command = Command::new(words.next().expect("at least the program"));
    command.args(words);
    command
}

/// Returns a command with the environment that configures it for the rig.
pub fn command(rig: &Rig, secret: &TempFile, words: &[OsString]) -> Command {
    let program = Path::new(&words[0]);
    tools::assert_declared_if_known(&words[0]);
    // The test program contains the library itself, so none has to be built for it.
    let own = std::env::current_exe().is_ok_and(|own| own == program);
    let compiled = !own && program.starts_with(&BUILT.folder);
    let mut command = if compiled { alone(program) } else { Command::new(program) };
    command
        .args(&words[1..])
        .current_dir(ROOT)
        .env_remove("VANTA_CLIENT_SECRET")
        .env("VANTA_ORIGIN", rig.sim.origin())
        .env("VANTA_CLIENT_ID", rig.sim.client_id())
        .env("VANTA_CLIENT_SECRET_FILE", secret.path())
        .env("VANTA_CA_FILE", rig.ca.path())
        .env("VANTA_REQUESTS_PER_MINUTE", rig.requests_per_minute().to_string())
        .env("PYTHONPATH", "bindings/python")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if !own {
        command.env("LIBVANTA_LIBRARY", &BUILT.python_library);
    }
    command
}

/// Returns the command of the program under valgrind, which ends it with 9 on an error; without
/// valgrind where it was compiled with a sanitizer.
#[track_caller]
pub fn valgrind(program: PathBuf) -> Vec<OsString> {
    tools::assert_declared("valgrind");
    if !words_of("VANTA_TEST_CFLAGS").is_empty() {
        return vec![program.into_os_string()];
    }
    let words = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9"];
    let leaks = ["--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"];
    let known = ["--suppressions=tests/c/valgrind.supp"];
    let words = words.iter().chain(&leaks).chain(&known).map(OsString::from);
    words.chain([program.into_os_string()]).collect()
}

pub fn secret_file(rig: &Rig) -> TempFile {
    TempFile::new("secret", rig.sim.client_secret().as_bytes())
}

#[test]
fn eight_threads_of_c_and_of_python_make_one_token_request() {
    needs!("gcc", "python3");
    let c = vec![BUILT.compile("gcc", "-std=gnu99", "tests/c/threads.c").into_os_string()];
    for words in [c, BUILT.python("tests/python/threads.py")] {
        let rig = Rig::with(|settings| settings.token_delay = Duration::from_millis(400));
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "8 equal tokens\n", "{words:?}");
        assert_eq!(rig.sim.counters().token_requests, 1, "{words:?}");
    }
}

#[test]
fn the_python_package_does_nothing_when_it_is_imported() {
    needs!("python3");
    let mut command = Command::new("python3");
    command.args(["-c", "import libvanta; print(libvanta.Config(client_id='vci_x'))"]);
    command.current_dir(ROOT).env("PYTHONPATH", "bindings/python");
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("LIBVANTA_LIBRARY", "/nowhere");
    succeed(&mut command);
}

#[test]
fn a_signal_handler_of_c_cancels_a_call() {
    needs!("gcc");
    let words = vec![BUILT.compile("gcc", "-std=c99", "tests/c/cancel.c").into_os_string()];
    let output = until_in_time("cancelled after at most 1.3 s\n", || {
        let rig = Rig::new();
        rig.script(Place::Get, crate::harness::Fault::Hang);
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert!(output.iter().all(|line| line.starts_with("cancelled after")), "{output:?}");
}

#[test]
fn valgrind_finds_nothing_in_a_push_with_the_installed_suppressions() {
    needs!("gcc", "valgrind");
    let folder = TempFolder::new();
    let text = crate::docs::program("docs/getting-started.md", "first.c");
    folder.write("first.c", text.as_bytes());
    let program = folder.path().join("first.c").display().to_string();
    let program = BUILT.compile("gcc", "-std=c99", &program).into_os_string();
    let words = [
        "valgrind",
        "--leak-check=full",
        "--num-callers=60",
        "--suppressions=bindings/c/valgrind.supp",
        "--error-exitcode=9",
    ];
    let words: Vec<OsString> = words.map(OsString::from).into_iter().chain([program]).collect();
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let output = succeed(&mut command(&rig, &secret, &words));
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
    assert_eq!(rig.sim.counters().puts, 1);
}

#[test]
fn output_parameters_are_always_set_and_valgrind_finds_nothing() {
    needs!("gcc", "valgrind");
    let outputs = BUILT.compile("gcc", "-std=c99", "tests/c/output_parameters.c");
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/probe.c");
    let words = valgrind(program);
    for payload in ["11_custom_resource_220.json", "negative/missing_external_url.json"] {
        let rig = Rig::new();
        let payload = fixture_path(payload);
        let secret = secret_file(&rig);
        let mut command = command(&rig, &secret, &words);
        let output = succeed(
            command.args(["push", "custom_resource"]).args([payload, "deadline_ms=60000".into()]),
        );
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(stdout.contains("records 220") || stdout.contains("status -15"), "{stdout}");
    }
    let words = valgrind(outputs);
    let rig = Rig::new();
    let secret = secret_file(&rig);
    let output = succeed(&mut command(&rig, &secret, &words));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, "passed\n");
}

#[test]
fn the_example_is_the_same_program_in_every_language() {
    needs!("gcc", "g++", "python3");
    let c = vec![BUILT.compile("gcc", "-std=c99", "examples/push.c").into_os_string()];
    let cpp = vec![BUILT.compile("g++", "-std=c++17", "examples/push.cpp").into_os_string()];
    let rust = vec![RUST_PUSH.clone()];
    for words in [rust, c, cpp, BUILT.python("examples/push.py")] {
        let run = |payload: &str, change: fn(&Rig)| {
            let rig = Rig::new();
            let secret = secret_file(&rig);
            change(&rig);
            let mut command = command(&rig, &secret, &words);
            let payload = fixture_path(payload);
            let output = command.arg("user_account").arg(payload).output().expect("it runs");
            let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
            secret_leaks::record_output(&stdout);
            secret_leaks::record_output(&String::from_utf8_lossy(&output.stderr));
            (output.status.code(), stdout)
        };
        let (code, stdout) = run("01_user_account_3.json", |_| ());
        assert_eq!(code, Some(0), "{words:?}");
        assert!(stdout.contains("3 records in") && stdout.contains("3 records live"), "{stdout}");
        assert_eq!(run("negative/empty_resources.json", |_| ()).0, Some(65), "{words:?}");
        let wrong = |rig: &Rig| rig.sim.set_client_secret("vcs_another");
        assert_eq!(run("01_user_account_3.json", wrong).0, Some(77), "{words:?}");
        let unknown = |rig: &Rig| rig.reply(Place::Put, 200, "{}");
        assert_eq!(run("01_user_account_3.json", unknown).0, Some(76), "{words:?}");
    }
}
