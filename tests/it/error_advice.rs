//! The advice of an error solves the problem, and names settings as the caller's language does.

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use vanta::{Client, Config, Error, ErrorKind, Kind, PushOptions};
use vanta_simulator::Gateway;

use crate::harness::{Place, Rig, TempFile, accounts, assert_kind};
use crate::languages::{BUILT, command, secret_file, succeed};

const KIND: Kind = Kind::USER_ACCOUNT;

/// The settings that messages name: in Rust, in C, in C++, and in Python.
const NAMES: [[&str; 4]; 11] = [
    [
        "PushOptions::allow_any_removals()",
        "vanta_options_allow_any_removals()",
        "vanta::options::allow_any_removals()",
        "allow_any_removals=True",
    ],
    [
        "PushOptions::allow_empty()",
        "vanta_options_allow_empty()",
        "vanta::options::allow_empty()",
        "allow_empty=True",
    ],
    [
        "PushOptions::baseline()",
        "vanta_options_set_baseline()",
        "vanta::options::baseline()",
        "baseline",
    ],
    [
        "PushOptions::expect_removals(1188)",
        "vanta_options_expect_removals(1188)",
        "vanta::options::expect_removals(1188)",
        "expect_removals=1188",
    ],
    [
        "Config::allow_plain_http_to_loopback()",
        "vanta_config_set_allow_plain_http_to_loopback()",
        "vanta::config::allow_plain_http_to_loopback()",
        "allow_plain_http_to_loopback=True",
    ],
    [
        "Config::client_id()",
        "vanta_config_set_client_id()",
        "vanta::config::client_id()",
        "client_id",
    ],
    [
        "Config::client_secret()",
        "vanta_config_set_client_secret()",
        "vanta::config::client_secret()",
        "client_secret",
    ],
    [
        "Config::client_secret_file()",
        "vanta_config_set_client_secret_file()",
        "vanta::config::client_secret_file()",
        "client_secret_file",
    ],
    [
        "Config::proxy_credentials_file()",
        "vanta_config_set_proxy_credentials_file()",
        "vanta::config::proxy_credentials_file()",
        "proxy_credentials_file",
    ],
    [
        "Config::proxy_credentials()",
        "vanta_config_set_proxy_credentials()",
        "vanta::config::proxy_credentials()",
        "proxy_credentials",
    ],
    [
        "Config::from_env()",
        "vanta_config_use_environment()",
        "vanta::config::from_env()",
        "environment=True",
    ],
];

/// Converts a message of Rust to the names of another language.
pub fn in_language(message: &str, language: &str) -> String {
    let at = ["Rust", "C", "C++", "Python"].iter().position(|name| *name == language);
    let at = at.expect("one of the four");
    let rename = |text: String, names: &[&str; 4]| {
        let number =
            text.split_once("::expect_removals(").and_then(|(_, rest)| rest.split_once(')'));
        let number = number.map_or("1188", |(number, _)| number).to_owned();
        let own = |at: usize| names[at].replace("1188", &number);
        text.replace(&own(0), &own(at))
    };
    NAMES.iter().fold(message.to_owned(), rename)
}

/// Returns the text of a language's public files.
fn sources(files: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files.iter().map(|file| fs::read_to_string(root.join(file)).expect("text")).collect()
}

#[test]
fn name_of_a_setting_in_a_message_exists_in_its_language() {
    let files: [&[&str]; 4] = [
        &["src/client/options.rs", "src/config/table.rs"],
        &["include/vanta.h"],
        &["bindings/cpp/vanta_options.hpp", "bindings/cpp/vanta_config.hpp"],
        &["bindings/python/libvanta/options.py", "bindings/python/libvanta/config.py"],
    ];
    for (language, files) in files.iter().enumerate() {
        let text = sources(files);
        for name in NAMES.map(|names| names[language]) {
            let own = name.rsplit("::").next().expect("text").split(['(', '=']).next();
            let own = own.expect("text");
            let declared = if language == 3 { format!("    {own}: ") } else { format!("{own}(") };
            assert!(text.contains(&declared), "{name} is not in {files:?}");
        }
    }
}

/// Returns the string literals in Rust code, without those in lines of comments.
fn string_literals(code: &str) -> Vec<String> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n").replace("'\"'", "").replace("\\\"", "");
    code.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the settings that a text names in the form of Rust, such as `Config::client_id`.
fn named_settings(text: &str) -> Vec<String> {
    let named = ["Config::", "PushOptions::", "Client::", "Upload::"].iter().flat_map(|owner| {
        text.match_indices(owner).filter_map(move |(at, _)| {
            let name: String = text[at + owner.len()..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_')
                .collect();
            let is_call = text[at + owner.len() + name.len()..].starts_with('(');
            (is_call && !name.is_empty()).then(|| format!("{owner}{name}"))
        })
    });
    named.collect()
}

#[test]
fn every_setting_that_a_message_names_is_in_the_table_of_each_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("text");
    let (table, header) = (read("src/ffi/names.rs"), read("include/vanta.h"));
    let rows = table.split_once("= [").and_then(|(_, rows)| rows.split_once("];"));
    let rows = string_literals(rows.expect("a table").0);
    let in_c = |name: &str| {
        let rename = |text: String, row: &[String]| text.replace(&row[0], &row[1]);
        rows.chunks(2).fold(format!("{name}("), rename)
    };
    let mut folders = vec![root.join("src")];
    let (mut found, mut wrong) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = fs::read_to_string(&path).unwrap_or_default();
            for name in string_literals(&code).iter().flat_map(|text| named_settings(text)) {
                found += 1;
                if !header.contains(&format!(" {}", in_c(&name))) {
                    wrong.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(found >= 12, "only {found} names were found");
    assert!(wrong.is_empty(), "src/ffi/names.rs has no name of C: {wrong:#?}");
    assert_eq!(in_c("Config::from_env"), "vanta_config_use_environment(");
    assert_eq!(named_settings("set Config::x_y() or Config::z"), ["Config::x_y"]);
}

/// Returns the error of a push with the deletion guard on.
fn pushed(config: Config) -> Error {
    let client = Client::new(config.deadline(std::time::Duration::from_secs(5))).expect("right");
    client.push(&KIND, &accounts(&["a"])).expect_err("this must fail")
}

fn behind(gateway: Gateway) -> Error {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.gateway = gateway);
    pushed(rig.config())
}

#[test]
fn advice_to_turn_the_deletion_guard_off_is_given_only_for_lack_of_scope() {
    let rig = Rig::unlimited();
    let (id, secret) = (rig.sim.client_id(), rig.sim.client_secret());
    let untrusted = Config::new().origin(rig.sim.origin()).client_id(id).client_secret(secret);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let closed = listener.local_addr().expect("bound");
    drop(listener);
    let reply = |status, body| {
        rig.reply(Place::Get, status, body);
        pushed(rig.config())
    };
    let cases = [
        ("a wrong secret", pushed(rig.config().client_secret("vcs_wrong")), "Developer Console"),
        ("an unknown CA", pushed(untrusted), "into the CA file"),
        ("a refused connection", pushed(rig.config().origin(format!("https://{closed}"))), ""),
        ("a proxy that is gone", pushed(rig.config().proxy(format!("http://{closed}"))), ""),
        ("404", reply(404, r#"{"error":"Resource not found"}"#), "declare the resource"),
        ("503", behind(Gateway::Page(503)), "a gateway"),
        ("a firewall", behind(Gateway::Page(403)), "have its rules let this request pass"),
        ("a captive portal", behind(Gateway::Portal), "sign in to it"),
        ("half a list", reply(200, r#"{"resources":[],"hasMore":true}"#), "more rows"),
        ("407", reply(407, "who are you"), "requires credentials"),
    ];
    for (situation, error, cure) in cases {
        let message = error.to_string();
        assert!(message.contains(cure), "{situation}: {message}");
        assert!(
            !message.contains("guard") && !message.contains("removals"),
            "{situation}: {message}"
        );
    }
    let rig = Rig::unlimited();
    let config = rig.config().scope("connectors.self:write-resource");
    let error = pushed(config);
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let message = error.to_string();
    let advice = "switch the deletion guard off (PushOptions::allow_any_removals())";
    assert!(message.contains(advice), "{message}");
    let client = Client::new(rig.config().scope("connectors.self:write-resource")).expect("right");
    let options = PushOptions::new().allow_any_removals(true);
    client.push_with(&KIND, &accounts(&["a"]), &options).expect("the advice cures");
}

#[test]
fn advice_for_an_empty_push_works() {
    let rig = Rig::unlimited();
    let none = accounts(&[]);
    let error = assert_kind(rig.client().push(&KIND, &none), ErrorKind::EmptyPayload);
    assert!(error.to_string().contains("PushOptions::allow_empty()"), "{error}");
    let options = PushOptions::new().allow_empty(true);
    rig.client().push_with(&KIND, &none, &options).expect("the advice cures");
}

#[test]
fn missing_credentials_name_the_settings_of_each_language() {
    needs!("python3");
    let error = Client::new(Config::new()).expect_err("nothing is set");
    let message = error.to_string();
    assert!(message.contains("set Config::client_id(), or VANTA_CLIENT_ID and"), "{message}");
    let rig = Rig::new();
    let lines = [
        "import libvanta",
        "for how in ({}, {'client_id': 'vci_x'}, {'origin': 'http://localhost'}):",
        "    try:",
        "        libvanta.Client(libvanta.Config(**how))",
        "    except libvanta.VantaError as error:",
        "        print(error)",
    ];
    let script = TempFile::new("py", lines.join("\n").as_bytes());
    let words: Vec<OsString> = BUILT.python(script.path().to_str().expect("text"));
    let output = succeed(&mut command(&rig, &secret_file(&rig), &words));
    let message = String::from_utf8(output.stdout).expect("text");
    for words in [
        "set client_id, or VANTA_CLIENT_ID and environment=True",
        "set client_secret_file, client_secret or client_secret_callback, or",
        "with allow_plain_http_to_loopback=True",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
}
