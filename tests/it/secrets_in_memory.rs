//! The copies of secrets in the memory of a process: those that it needs, and no more; none after
//! everything is freed.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::process::Command;

use vanta::{Client, Config, Kind};
use zeroize::Zeroizing;

use crate::harness::{Place, RESOURCE, Rig, TempFile, TempFolder, accounts};
use crate::languages::{BUILT, command, secret_file};
use crate::process_memory::{PausedProcess, Wanted, forms};
use crate::proxy::Proxy;
use crate::redis::Server;
use crate::tls_records::{Front, Manner, suites};

/// Its encodings in JSON, in URLs and in base64 differ in each piece.
const SECRET: &str = concat!(
    r#"vcs_0"7a/e\5"c+2\9%d"4f/1\8"b&6\3?a"0=d\7"#,
    r#""e:5\c/2"9+d\4%f"b1\c/7"d2\e+5"f3\a%8"#,
);
const PASSWORD: &str = "sword%fish:1d\\0f/7e+2a?9c&4b=6e\"8c,3f;5a 0b";
const CREDENTIALS: &str = "jobs:s/w\"o+r:d\\f%i&s?h=0\"1/2\\3+4:5\"6";

/// A rig, and the files for a program that uses all secrets.
struct Setup {
    rig: Rig,
    files: [TempFile; 2],
    proxy: Proxy,
    folder: TempFolder,
}

impl Setup {
    fn new(tls: bool) -> Setup {
        let rig = Rig::with(|settings| settings.tls = tls);
        rig.sim.set_client_secret(SECRET);
        let credentials = TempFile::new("proxy", CREDENTIALS.as_bytes());
        let files = [secret_file(&rig), credentials];
        Setup { rig, files, proxy: Proxy::start(&[]), folder: TempFolder::new() }
    }

    fn command(&self, words: &[OsString]) -> Command {
        let mut command = command(&self.rig, &self.files[0], words);
        command.env("VANTA_PROXY", self.proxy.url());
        command.env("VANTA_PROXY_CREDENTIALS_FILE", self.files[1].path());
        command.env("SECRET", self.files[0].path());
        // So short that the last block that is hashed begins with the end of the secret.
        command.env("VANTA_SCOPE", "connectors.self:read-resource");
        // Without this, the loader saves registers on the stack, with the rest of a copy in them.
        command.env("LD_BIND_NOW", "1");
        command
    }

    fn with_store(&self, words: &[OsString]) -> Command {
        let mut command = self.command(words);
        command.env("VANTA_TOKEN_STORE", self.folder.path().join("token"));
        command
    }

    fn wanted(&self) -> Vec<Wanted> {
        let token = self.rig.sim.live_token().expect("it was requested");
        [
            forms("secret", "coded secret", SECRET),
            forms("proxy", "coded proxy", CREDENTIALS),
            forms("token", "coded token", &token),
        ]
        .concat()
    }

    /// Returns what is found after the token request, after a list, and after everything was freed.
    fn found(&self, what: &str, command: &mut Command) -> [String; 3] {
        self.found_with(what, command, &[])
    }

    fn found_with(&self, what: &str, command: &mut Command, more: &[Wanted]) -> [String; 3] {
        let mut program = PausedProcess::start(command);
        let mut wanted = Vec::new();
        let found = ["token", "list", "freed"].map(|place| {
            program.until(place);
            if wanted.is_empty() {
                wanted = [&self.wanted(), more].concat();
            }
            let found = program.search(&wanted);
            program.send("");
            found
        });
        let [_, used, freed] = &found;
        println!("memory, {what}: in use: {used}; when all is freed: {freed}");
        found
    }
}

/// Returns a line as `search` does.
fn line(secrets: usize, proxies: usize, tokens: usize) -> String {
    format!(
        "secret {secrets}, coded secret 0, proxy {proxies}, coded proxy 0, token {tokens}, \
         coded token 0, in dumps 0"
    )
}

fn what(language: &str, secrets: usize, tls: bool) -> String {
    let source = if secrets == 0 { "from a file" } else { "by code" };
    format!("{language}, the secret {source}, {} TLS", if tls { "with" } else { "without" })
}

fn c(word: &OsString) -> [OsString; 2] {
    [BUILT.compile("gcc", "-std=gnu99", "tests/c/secrets_in_memory.c").into(), word.clone()]
}

#[test]
fn a_c_program_has_a_secret_once_in_memory_and_none_when_all_is_freed() {
    needs!("gcc");
    let file = OsString::from("file");
    for tls in [true, false] {
        let setup = Setup::new(tls);
        let code = setup.files[0].path().into();
        for (word, secrets) in [(&file, 0), (&code, 1)] {
            let what = what("C", secrets, tls);
            let found = setup.found(&what, &mut setup.command(&c(word)));
            let held = line(secrets, 1, 1);
            assert_eq!(found, [held.clone(), held, line(0, 0, 0)], "{what}");
        }
    }
}

/// Returns the command of a child of this program, which lacks the allocator of the C libraries.
fn rust() -> Vec<OsString> {
    let own = std::env::current_exe().expect("this program").into_os_string();
    let words =
        ["--exact", "secrets_in_memory::child_process_of_these_tests", "--ignored", "--nocapture"];
    [own].into_iter().chain(words.map(OsString::from)).collect()
}

fn stop_after(place: &str) {
    println!("\n{place}");
    std::io::stdout().flush().expect("the test reads");
    std::io::stdin().read_line(&mut String::new()).expect("the test writes");
}

#[test]
#[ignore = "a child of the tests here, which search its memory"]
fn child_process_of_these_tests() {
    let mut config = Config::from_env().allow_plain_http_to_loopback(true);
    if std::env::var_os("BY_CODE").is_some() {
        let path = std::env::var("SECRET").expect("the parent gives it");
        let secret = Zeroizing::new(fs::read_to_string(path).expect("readable"));
        config = config.client_secret(secret.as_str());
    }
    let client = Client::new(config).expect("configured");
    client.token().expect("a token");
    stop_after("token");
    if std::env::var_os("PUSH").is_some() {
        client.push(&Kind::USER_ACCOUNT, &accounts(&["a"])).expect("pushed");
    } else {
        client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("listed");
    }
    stop_after("list");
    drop(client);
    stop_after("freed");
}

#[test]
fn a_rust_program_has_a_secret_once_in_memory_and_none_in_its_own_buffers() {
    for tls in [true, false] {
        for secrets in [0, 1] {
            let setup = Setup::new(tls);
            let mut command = setup.command(&rust());
            if secrets == 1 {
                command.env("BY_CODE", "1");
            }
            let what = what("Rust", secrets, tls);
            let found = setup.found(&what, &mut command);
            let held = line(secrets, 1, 1);
            assert_eq!(found, [held.clone(), held, line(0, 0, 0)], "{what}");
            assert_eq!(setup.rig.sim.counters().connections, 1, "the list was read over the same");
        }
    }
}

#[test]
fn no_cipher_suite_leaves_a_token_in_memory_that_the_tls_crate_has_freed() {
    for suite in suites() {
        // In segments so small that a record is decrypted after many reads.
        for segment in [usize::MAX, 50] {
            let setup = Setup::new(false);
            let front = Front::start(&setup.rig, suite, Manner::in_segments_of(segment));
            let mut command = setup.command(&rust());
            command.env("VANTA_ORIGIN", format!("https://{}", front.address));
            command.env("VANTA_CA_FILE", front.authority.path());
            let what = format!("Rust, {suite:?}, segments of up to {segment}");
            let found = setup.found(&what, &mut command);
            assert_eq!(found, [line(0, 1, 1), line(0, 1, 1), line(0, 0, 0)], "{what}");
        }
    }
}

/// A push needs another scope than the other programs here have.
#[test]
fn the_connection_that_a_token_request_and_a_push_share_holds_no_secret() {
    needs!("gcc");
    for tls in [true, false] {
        for language in ["C", "Rust"] {
            let setup = Setup::new(tls);
            let mut command = match language {
                "C" => setup.command(&[&c(&"file".into())[..], &["push".into()]].concat()),
                _ => setup.command(&rust()),
            };
            command.env("PUSH", "1").env_remove("VANTA_SCOPE");
            let what = format!("{language}, a push, {} TLS", if tls { "with" } else { "without" });
            let found = setup.found(&what, &mut command);
            assert_eq!(found, [line(0, 1, 1), line(0, 1, 1), line(0, 0, 0)], "{what}");
            let counters = setup.rig.sim.counters();
            assert_eq!((counters.puts, counters.connections), (1, 1), "{what}");
        }
    }
}

#[test]
fn store_content_and_echoed_secrets_are_wiped() {
    needs!("gcc");
    let echo = serde_json::json!({ "error": "temporarily_unavailable", "message": SECRET });
    for (language, words) in [("C", c(&"file".into()).to_vec()), ("Rust", rust())] {
        let setup = Setup::new(true);
        setup.rig.reply(Place::Token, 503, &echo.to_string());
        // The first requests the token, the second takes it from the store.
        for asked in [2, 2] {
            let what = format!("{language}, with a store and an echo");
            let found = setup.found(&what, &mut setup.with_store(&words));
            assert_eq!(setup.rig.sim.counters().token_requests, asked, "one met an echo");
            assert_eq!(found, [line(0, 1, 1), line(0, 1, 1), line(0, 0, 0)], "{what}");
        }
    }
}

#[test]
fn no_idle_connection_of_redis_holds_the_password_or_another_copy_of_the_token() {
    needs!("gcc", "redis-server", "localhost");
    let file = TempFile::new("password", PASSWORD.as_bytes());
    let password = forms("password", "coded password", PASSWORD);
    for tls in [true, false] {
        let (setup, words) = (Setup::new(true), ["--requirepass", PASSWORD]);
        let (server, url, ca);
        if tls {
            server = Server::over_tls(&words);
            (url, ca) =
                (format!("rediss://localhost:{}", server.port), server.trusted_with(&setup.rig));
        } else {
            server = Server::start_with(|_, port| {
                let port = ["--port".to_owned(), port.to_string()];
                port.into_iter().chain(words.map(str::to_owned)).collect()
            });
            (url, ca) = (server.url(), TempFile::new("pem", setup.rig.sim.ca_pem().as_bytes()));
        }
        // The first run saves the token in Redis, the second takes it from there.
        for which in ["saved", "read"] {
            let mut command = setup.command(&c(&"file".into()));
            command.env("VANTA_TOKEN_STORE", &url).env("VANTA_CA_FILE", ca.path());
            command.env("VANTA_TOKEN_STORE_PASSWORD_FILE", file.path());
            let what =
                format!("C, the token {which}, Redis {} TLS", if tls { "with" } else { "without" });
            let found = setup.found_with(&what, &mut command, &password);
            let none = "password 0, coded password 0, in dumps 0";
            let held = |tokens| line(0, tokens, tokens).replace("in dumps 0", none);
            assert_eq!(found, [held(1), held(1), held(0)], "{what}");
        }
        assert_eq!(setup.rig.sim.counters().token_requests, 1);
    }
}
