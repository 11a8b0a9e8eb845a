//! Configuration: code overrides the environment, and every wrong setting is reported.

use std::process::Command;
use std::time::Duration;

use vanta::{Client, Config, ErrorKind, Kind};

use crate::harness::{RESOURCE, Rig, TempFile, TempFolder, assert_kind};
use crate::secret_leaks;

fn complete() -> Config {
    Config::new().client_id("vci_a").client_secret("vcs_b")
}

#[test]
fn missing_setting_error_names_the_setting_and_how_to_set_it() {
    let error = assert_kind(Client::new(Config::new()), ErrorKind::MissingCredentials);
    assert!(error.to_string().contains("VANTA_CLIENT_ID"), "{error}");
    let config = Config::new().client_id("vci_a");
    let error = assert_kind(Client::new(config), ErrorKind::MissingCredentials);
    assert!(error.to_string().contains("VANTA_CLIENT_SECRET_FILE"), "{error}");
}

#[test]
fn unsafe_origins_are_refused() {
    for good in [
        Config::COMMERCIAL,
        Config::GOVERNMENT,
        "https://api.vanta.com/",
        "HTTPS://proxy.example.com:8443",
        "https://[::1]:443",
    ] {
        Client::new(complete().origin(good)).unwrap_or_else(|e| panic!("{good}: {e}"));
    }
    for (bad, kind) in [
        ("http://api.vanta.com", ErrorKind::InsecureOrigin),
        ("http://127.0.0.1:80", ErrorKind::InsecureOrigin),
        ("api.vanta.com", ErrorKind::InvalidConfig),
        ("ftp://api.vanta.com", ErrorKind::InvalidConfig),
        ("https://", ErrorKind::InvalidConfig),
        ("https://a b", ErrorKind::InvalidConfig),
        ("https://api.vanta.com:99999", ErrorKind::InvalidConfig),
        ("https://user:hunter2@api.vanta.com", ErrorKind::InvalidConfig),
        ("https://api.vanta.com\r\nx", ErrorKind::InvalidConfig),
    ] {
        let error = assert_kind(Client::new(complete().origin(bad)), kind);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let loopback = complete().allow_plain_http_to_loopback(true);
    Client::new(loopback.clone().origin("http://[::1]:8080")).expect("loopback");
    assert_kind(
        Client::new(loopback.origin("http://127.0.0.1.example.com")),
        ErrorKind::InsecureOrigin,
    );
}

#[test]
fn malformed_values_are_refused_and_a_secret_is_not_shown() {
    for config in [
        complete().client_secret("vcs_hunter2\r\nX: y"),
        complete().client_secret("vcs_hunter2 "),
        complete().client_id("vcs_hunter2"),
        complete().client_id("vci a"),
        complete().scope(""),
        complete().scope("a\"b"),
        complete().token_store("postgres://localhost"),
        complete().token_store("tokens.json"),
        complete().token_requests_per_minute(0),
        complete().token_requests_per_minute(6),
        complete().static_token("vcs_hunter2\n"),
        complete().user_agent("me\r\nX: y"),
        complete().client_secret_file("/nowhere"),
    ] {
        let error = assert_kind(Client::new(config), ErrorKind::InvalidConfig);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert_kind(Client::new(complete().client_secret("")), ErrorKind::MissingCredentials);
    assert_kind(Client::new(complete().ca_file("/nowhere")), ErrorKind::UnreadableFile);
    let file = TempFile::new("pem", b"not a certificate");
    assert_kind(Client::new(complete().ca_file(file.path())), ErrorKind::InvalidConfig);
    let empty = TempFile::new("secret", b"\r\n");
    let config = Config::new().client_id("vci_a").client_secret_file(empty.path());
    assert_kind(Client::new(config), ErrorKind::MissingCredentials);
}

#[test]
fn a_deadline_that_allows_no_token_request_is_refused() {
    let short = Duration::from_millis(2999);
    let error = assert_kind(Client::new(complete().deadline(short)), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("deadline below 3 s"), "{error}");
    let enough = Duration::from_secs(3);
    Client::new(complete().deadline(enough)).expect("there is time for a token request");
    Client::new(complete().deadline(short).token_from_store_only(true))
        .expect("tokens come from the store");
    Client::new(complete().deadline(short).static_token("vat_x")).expect("the token is given");
    let rig = Rig::new();
    let client = rig.client();
    client.token().expect("a token");
    let short = Duration::from_millis(1999);
    client.with_deadline(short).list(&Kind::USER_ACCOUNT, RESOURCE).expect("with a cached token");
}

/// Sets a setting that is a text.
type Set = fn(Config, String) -> Config;

#[test]
fn setting_text_over_its_size_limit_is_refused_and_not_shown() {
    let texts: [(&str, usize, Set); 6] = [
        ("client id", 255, |config, text| config.client_id(text)),
        ("client secret", 16 << 10, |config, text| config.client_secret(text)),
        ("static token", 16 << 10, |config, text| config.static_token(text)),
        ("scope", 4096, |config, text| config.scope(text)),
        ("user_agent", 255, |config, text| config.user_agent(text)),
        ("origin", 512, |config, text| config.origin(format!("https://x/{}", &text[10..]))),
    ];
    for (name, most, set) in texts {
        Client::new(set(complete(), "x".repeat(most))).unwrap_or_else(|e| panic!("{name}: {e}"));
        for size in [most + 1, 4 << 20] {
            let longer = set(complete(), "x".repeat(size));
            let error = assert_kind(Client::new(longer), ErrorKind::InvalidConfig);
            let shown = error.to_string();
            assert!(shown.contains(&format!("{name} has {size} bytes")), "{shown}");
            assert!(shown.len() < 200, "{shown}");
        }
    }
    let wrong = complete().scope("é".repeat(2000));
    let error = assert_kind(Client::new(wrong), ErrorKind::InvalidConfig);
    assert!(error.to_string().len() < 400, "{error}");
}

#[test]
fn debug_text_shows_no_secret() {
    let shown = format!("{:?}", complete());
    assert!(shown.contains("vci_a") && !shown.contains("vcs_b"), "{shown}");
    let shown = format!("{:?}", Client::new(complete()).expect("complete"));
    assert!(!shown.contains("vcs_b"), "{shown}");
}

#[test]
fn malformed_arguments_are_refused_before_anything_is_sent() {
    let rig = Rig::new();
    for kind in ["", "user account", "user/account", "../oauth", "1st", "usér", "a?b", "a%2fb"] {
        assert_kind(kind.parse::<Kind>(), ErrorKind::InvalidArgument);
    }
    assert_kind("x".repeat(101).parse::<Kind>(), ErrorKind::InvalidArgument);
    for id in ["", "a b", "a&b=c", "a/b", "a\r\nb", &"x".repeat(101)] {
        let listed = rig.client().list(&Kind::USER_ACCOUNT, id);
        assert_kind(listed, ErrorKind::InvalidArgument);
    }
    assert_eq!(rig.sim.counters().connections, 0);
}

/// Runs the test below in a process whose environment has only these variables.
fn child(variables: &[(&str, &str)]) -> String {
    let own = std::env::current_exe().expect("the test binary");
    let output = Command::new(own)
        .args(["--exact", "config::child_process_of_these_tests", "--ignored", "--nocapture"])
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("it runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    secret_leaks::record_output(&stdout);
    stdout
}

#[test]
#[ignore = "a child of the tests below, which give it an environment"]
fn child_process_of_these_tests() {
    let config = match std::env::var("TEST_CODE_ID") {
        Ok(id) => Config::from_env().client_id(id),
        Err(_) => Config::from_env(),
    };
    let listed = Client::new(config).and_then(|c| c.list(&Kind::USER_ACCOUNT, RESOURCE));
    println!("OUTCOME {:?}", listed.map(|listing| listing.rows().len()));
}

#[test]
fn environment_is_used_only_on_request_and_code_overrides_it() {
    let rig = Rig::new();
    let secret = TempFile::new("secret", format!("{}\n", rig.sim.client_secret()).as_bytes());
    let path = |file: &TempFile| file.path().display().to_string();
    let (origin, id) = (rig.sim.origin(), rig.sim.client_id());
    let (secret_path, ca_path) = (path(&secret), path(&rig.ca));
    let mut variables = vec![
        ("VANTA_ORIGIN", origin.as_str()),
        ("VANTA_CLIENT_ID", id.as_str()),
        ("VANTA_CLIENT_SECRET_FILE", secret_path.as_str()),
        ("VANTA_CLIENT_SECRET", ""),
        ("VANTA_CA_FILE", ca_path.as_str()),
        ("VANTA_SCOPE", "connectors.self:read-resource"),
        ("VANTA_TOKEN_STORE", "memory"),
        // Nothing listens there: the proxy variables of the environment are ignored.
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ];
    let outcome = child(&variables);
    assert!(outcome.contains("OUTCOME Ok(0)"), "{outcome}");
    let request = rig.sim.last_token_request().expect("one was made");
    let body = String::from_utf8_lossy(&request.body).into_owned();
    assert!(body.contains(r#""scope":"connectors.self:read-resource""#), "{body}");

    variables.push(("TEST_CODE_ID", "vci_from_code"));
    let outcome = child(&variables);
    assert!(outcome.contains("InvalidClient"), "{outcome}");
    let request = rig.sim.last_token_request().expect("another was made");
    assert!(String::from_utf8_lossy(&request.body).contains("vci_from_code"));
}

#[test]
fn a_secret_as_value_and_as_file_is_an_error() {
    let both = [
        ("VANTA_CLIENT_ID", "vci_a"),
        ("VANTA_CLIENT_SECRET", "vcs_b"),
        ("VANTA_CLIENT_SECRET_FILE", "/run/secrets/vanta"),
    ];
    let outcome = child(&both);
    assert!(outcome.contains("InvalidConfig") && outcome.contains("keep only one"), "{outcome}");
    let config = complete().client_secret_file("/run/secrets/vanta");
    assert_kind(Client::new(config), ErrorKind::InvalidConfig);
    let outcome = child(&[("VANTA_TOKEN_STORE", "file:/tmp/x"), both[0], both[1]]);
    assert!(outcome.contains("UnusableStore") && outcome.contains("mode 1777"), "{outcome}");
}

#[test]
fn secret_path_that_is_a_fifo_is_refused_without_blocking() {
    let folder = TempFolder::new();
    let pipe = folder.path().join("secret");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it is part of coreutils").success());
    let config = Config::new().client_id("vci_a").client_secret_file(&pipe);
    let error = assert_kind(Client::new(config), ErrorKind::UnreadableFile);
    assert!(error.to_string().contains("not a regular file"), "{error}");
}
