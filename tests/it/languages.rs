//! The same job from C, C++ and Python: one table of vectors, equal answers in every language.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use vanta::{Body, Client, Config, Error, Kind};

use crate::canary;
use crate::desk::{Desk, Place, RESOURCE, TempFile, fixture_path};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with the C library as an installation has it, its programs beside it.
pub static BUILT: LazyLock<Built> = LazyLock::new(Built::new);

pub struct Built {
    pub folder: PathBuf,
}

#[track_caller]
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (&output.stdout, &output.stderr);
    let text = [String::from_utf8_lossy(out), String::from_utf8_lossy(err)].join("\n");
    canary::hear(&text);
    assert!(output.status.success(), "{command:?}:\n{text}");
    output
}

impl Built {
    fn new() -> Built {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages");
        succeed(
            Command::new(env!("CARGO"))
                .args(["build", "--offline", "-p", "libvanta-c", "--features", "redis"])
                .arg("--target-dir")
                .arg(target)
                .current_dir(ROOT),
        );
        std::fs::create_dir_all(&folder).expect("the test's folder can be written");
        for name in ["libvanta.so", "libvanta.so.0"] {
            let library = target.join("debug/libvanta.so");
            std::fs::copy(library, folder.join(name)).expect("cargo built it");
        }
        Built { folder }
    }

    /// Compiles a program against the header and the library.
    pub fn compile(&self, compiler: &str, standard: &str, source: &str) -> PathBuf {
        let program = self.folder.join(source.replace(['/', '.'], "-"));
        succeed(
            Command::new(compiler)
                .args([standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-pthread"])
                .args(["-I", "include", "-I", "bindings/cpp", source, "-o"])
                .arg(&program)
                .arg("-L")
                .arg(&self.folder)
                .args(["-lvanta", "-Wl,-rpath"])
                .arg(&self.folder)
                .current_dir(ROOT),
        );
        program
    }

    /// A Python that finds the package and the library.
    pub fn python(&self, script: &str) -> Vec<OsString> {
        ["python3", "-X", "dev", "-W", "error", script].map(OsString::from).to_vec()
    }
}

/// The command, in an environment that points it at the desk.
pub fn command(desk: &Desk, secret: &TempFile, words: &[OsString]) -> Command {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .current_dir(ROOT)
        .env_remove("VANTA_CLIENT_SECRET")
        .env("VANTA_ORIGIN", desk.sim.origin())
        .env("VANTA_CLIENT_ID", desk.sim.client_id())
        .env("VANTA_CLIENT_SECRET_FILE", secret.path())
        .env("VANTA_CA_FILE", desk.ca.path())
        .env("VANTA_REQUEST_BUDGET", desk.request_budget().to_string())
        .env("PYTHONPATH", "bindings/python")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LIBVANTA_LIBRARY", BUILT.folder.join("libvanta.so.0"));
    command
}

pub fn secret_file(desk: &Desk) -> TempFile {
    TempFile::new("secret", desk.sim.client_secret().as_bytes())
}

/// Scripts what the vector's server answers.
fn script(desk: &Desk, vector: &Value) {
    for answer in vector["answers"].as_array().into_iter().flatten() {
        let place = match answer["place"].as_str() {
            Some("token") => Place::Token,
            Some("put") => Place::Put,
            _ => Place::Get,
        };
        let headers = answer["headers"].as_object().into_iter().flatten();
        let headers: Vec<(&str, &str)> =
            headers.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let status = u16::try_from(answer["status"].as_u64().expect("a status")).expect("small");
        desk.reply_with(place, status, &headers, answer["body"].as_str().expect("a body"));
    }
}

/// Verb, kind, and payload or resource id.
fn arguments(vector: &Value) -> [String; 3] {
    let text = |key: &str| vector[key].as_str().map(str::to_owned);
    let verb = text("verb").expect("a verb");
    let what = match verb.as_str() {
        "push" => fixture_path(&text("payload").expect("a payload")).display().to_string(),
        _ => text("resource_id").unwrap_or_else(|| RESOURCE.to_owned()),
    };
    [verb, text("kind").unwrap_or_else(|| "user_account".to_owned()), what]
}

fn rust_probe(desk: &Desk, secret: &TempFile, [verb, kind, what]: &[String; 3]) -> String {
    let config = Config::new()
        .origin(desk.sim.origin())
        .client_id(desk.sim.client_id())
        .client_secret_file(secret.path())
        .ca_file(desk.ca.path());
    let run = || -> Result<String, Error> {
        let client = Client::new(config)?.with_deadline(Duration::from_secs(10));
        let kind: Kind = kind.parse()?;
        if verb == "push" {
            let receipt = client.push(&kind, &Body::from_file(what)?)?;
            let (records, attempts) = (receipt.records, receipt.attempts);
            return Ok(format!("status 0\nrecords {records}\nattempts {attempts}\n"));
        }
        let listing = client.list(&kind, what)?;
        let (rows, live) = (listing.rows().len(), listing.live().count());
        Ok(format!("status 0\nrows {rows}\nlive {live}\n"))
    };
    run().unwrap_or_else(|error| told(&error))
}

fn told(error: &Error) -> String {
    let wait = error.retry_after().map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(-1));
    let mut text = format!(
        "status {}\nhttp {}\nattempts {}\nretryable {}\nretry_after_ms {wait}\noauth_error {}\n\
         excerpt {}\n",
        error.code(),
        error.status().unwrap_or(0),
        error.attempts(),
        i32::from(error.is_retryable()),
        error.oauth_error().unwrap_or("-"),
        error.excerpt().unwrap_or("-"),
    );
    for fault in error.faults() {
        let index = fault.index.map_or(-1, |index| i64::try_from(index).unwrap_or(-1));
        let id = fault.unique_id.as_deref().unwrap_or("-");
        text.push_str(&format!("fault {index}|{id}|{}|{}\n", fault.pointer, fault.message));
    }
    let cause = error.cause().map_or(0, Error::code);
    text + &format!("cause {cause}\nmessage {error}\n")
}

/// Request ids differ from run to run; all else must not.
fn without_request_ids(text: &str) -> String {
    let mut parts = text.split("request id ");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '-'));
    }
    plain
}

#[test]
fn every_vector_comes_out_the_same_in_all_four_languages() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/vectors.json"));
    let vectors: Vec<Value> = serde_json::from_str(&text.expect("is there")).expect("JSON");
    assert!(vectors.len() >= 30);
    let c = vec![BUILT.compile("gcc", "-std=c99", "tests/c/probe.c").into_os_string()];
    let cpp = vec![BUILT.compile("g++", "-std=c++17", "tests/cpp/probe.cpp").into_os_string()];
    let python = BUILT.python("tests/python/probe.py");
    for vector in &vectors {
        let name = vector["name"].as_str().expect("a name");
        let desk = Desk::new();
        let secret = secret_file(&desk);
        let arguments = arguments(vector);
        let fresh = || {
            let other = Desk::new();
            script(&other, vector);
            let secret = secret_file(&other);
            (other, secret)
        };
        script(&desk, vector);
        let expected = without_request_ids(&rust_probe(&desk, &secret, &arguments));
        for line in vector["expect"].as_array().expect("lines") {
            let line = line.as_str().expect("text");
            assert!(expected.lines().any(|l| l == line), "{name}: no {line:?} in\n{expected}");
        }
        for words in vector["words"].as_array().into_iter().flatten() {
            assert!(expected.contains(words.as_str().expect("text")), "{name}:\n{expected}");
        }
        for words in [&c, &cpp, &python] {
            let (desk, secret) = fresh();
            let output = succeed(command(&desk, &secret, words).args(&arguments));
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(without_request_ids(&told), expected, "{name}: {words:?}");
        }
    }
}

#[test]
fn eight_threads_of_c_and_of_python_make_one_token_request() {
    let c = vec![BUILT.compile("gcc", "-std=gnu99", "tests/c/threads.c").into_os_string()];
    for words in [c, BUILT.python("tests/python/threads.py")] {
        let desk = Desk::with(|settings| settings.token_delay = Duration::from_millis(400));
        let secret = secret_file(&desk);
        let output = succeed(&mut command(&desk, &secret, &words));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "8 equal tokens\n", "{words:?}");
        assert_eq!(desk.sim.books().token_requests, 1, "{words:?}");
    }
}

#[test]
fn the_python_package_does_nothing_when_it_is_imported() {
    let mut command = Command::new("python3");
    command.args(["-c", "import libvanta; print(libvanta.Config(client_id='vci_x'))"]);
    command.current_dir(ROOT).env("PYTHONPATH", "bindings/python");
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("LIBVANTA_LIBRARY", "/nowhere");
    succeed(&mut command);
}

#[test]
fn a_signal_handler_of_c_cancels_a_call() {
    let words = vec![BUILT.compile("gcc", "-std=c99", "tests/c/cancel.c").into_os_string()];
    let tries: Vec<String> = (0..3)
        .map(|_| {
            let desk = Desk::new();
            desk.script(Place::Get, crate::desk::Fault::Hang);
            let secret = secret_file(&desk);
            let output = succeed(&mut command(&desk, &secret, &words));
            String::from_utf8_lossy(&output.stdout).into_owned()
        })
        .collect();
    // A machine under load may be late once, not always.
    assert!(tries.iter().all(|told| told.starts_with("cancelled after")), "{tries:?}");
    assert!(tries.iter().any(|told| told == "cancelled after at most 1.3 s\n"), "{tries:?}");
}

#[test]
fn outputs_are_always_written_and_valgrind_finds_nothing() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        panic!(
            "valgrind is not installed: .ci/run installs it, and so does apt-get install valgrind"
        );
    }
    let outputs = BUILT.compile("gcc", "-std=c99", "tests/c/outputs.c").into_os_string();
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/probe.c").into_os_string();
    let mut words: Vec<OsString> = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9"]
        .into_iter()
        .chain(["--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"])
        .chain(["--suppressions=tests/c/valgrind.supp"])
        .map(OsString::from)
        .chain([program])
        .collect();
    for payload in ["11_custom_resource_220.json", "negative/missing_external_url.json"] {
        let desk = Desk::new();
        let payload = fixture_path(payload);
        let secret = secret_file(&desk);
        let mut command = command(&desk, &secret, &words);
        let output = succeed(command.args(["push", "custom_resource"]).arg(payload));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("records 220") || told.contains("status -15"), "{told}");
    }
    words.pop();
    words.push(outputs);
    let desk = Desk::new();
    let secret = secret_file(&desk);
    let output = succeed(&mut command(&desk, &secret, &words));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(told, "all outputs are as they should be\n");
}

#[test]
fn the_example_is_the_same_program_in_every_language() {
    let c = vec![BUILT.compile("gcc", "-std=c99", "examples/push.c").into_os_string()];
    let cpp = vec![BUILT.compile("g++", "-std=c++17", "examples/push.cpp").into_os_string()];
    let rust = ["run", "-q", "--offline", "--example", "push", "--"];
    let rust: Vec<OsString> =
        std::iter::once(env!("CARGO")).chain(rust).map(OsString::from).collect();
    for words in [rust, c, cpp, BUILT.python("examples/push.py")] {
        let run = |payload: &str, change: fn(&Desk)| {
            let desk = Desk::new();
            let secret = secret_file(&desk);
            change(&desk);
            let mut command = command(&desk, &secret, &words);
            let payload = fixture_path(payload);
            let output = command.arg("user_account").arg(payload).output().expect("it runs");
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            canary::hear(&told);
            canary::hear(&String::from_utf8_lossy(&output.stderr));
            (output.status.code(), told)
        };
        let (code, told) = run("01_user_account_3.json", |_| ());
        assert_eq!(code, Some(0), "{words:?}");
        assert!(told.contains("3 records in") && told.contains("3 records live"), "{told}");
        assert_eq!(run("negative/empty_resources.json", |_| ()).0, Some(65), "{words:?}");
        let wrong = |desk: &Desk| desk.sim.set_client_secret("vcs_another");
        assert_eq!(run("01_user_account_3.json", wrong).0, Some(77), "{words:?}");
        let unclear = |desk: &Desk| desk.reply(Place::Put, 200, "{}");
        assert_eq!(run("01_user_account_3.json", unclear).0, Some(76), "{words:?}");
    }
}
