//! Situations whose messages name settings, which each language names in its own way.

use std::time::Duration;

use vanta::Config;

use crate::cross_language::PROBES;
use crate::harness::{Place, Rig, TempFolder, account, accounts, without_deletion_guard};
use crate::languages::{command, secret_file, succeed};
use crate::proxy::{Proxy, Responses};
use crate::vector_runner::probe;

use super::{KIND, LANGUAGES, RESOURCE, section, with_placeholders};

/// One call in all languages.
pub struct InAll {
    heading: &'static str,
    /// The configuration in Rust.
    config: fn(&Rig) -> Config,
    /// The environment in the other languages; an empty value removes the variable.
    environment: &'static [(&'static str, &'static str)],
    prepare: fn(&Rig, &TempFolder),
    /// The arguments of the probes. `{folder}` is a folder of the situation.
    arguments: &'static [&'static str],
}

const WANTS_CREDENTIALS: Responses =
    &["HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"; 4];

const CALL: InAll = InAll {
    heading: "",
    config: Rig::config,
    environment: &[],
    prepare: |rig, folder| {
        rig.client()
            .push_with(&KIND, &accounts(&["a", "b", "c"]), &without_deletion_guard())
            .expect("pushed");
        folder.write("one.json", body(&["a"]).as_bytes());
        folder.write("none.json", body(&[]).as_bytes());
    },
    arguments: &["push", "user_account", "{folder}/one.json"],
};

fn body(ids: &[&str]) -> String {
    let records: Vec<_> = ids.iter().map(|id| account(id)).collect();
    serde_json::json!({"resourceId": RESOURCE, "resources": records}).to_string()
}

pub const SITUATIONS: &[InAll] = &[
    InAll {
        heading: "No client id is configured",
        config: |rig| Config::new().origin(rig.sim.origin()),
        environment: &[("VANTA_CLIENT_ID", "")],
        ..CALL
    },
    InAll {
        heading: "No client secret is configured",
        config: |rig| Config::new().origin(rig.sim.origin()).client_id(rig.sim.client_id()),
        environment: &[("VANTA_CLIENT_SECRET_FILE", "")],
        ..CALL
    },
    InAll {
        heading: "The origin is plain http",
        config: |rig| rig.config().origin("http://api.vanta.com"),
        environment: &[("VANTA_ORIGIN", "http://api.vanta.com")],
        ..CALL
    },
    InAll {
        heading: "The URL of the proxy has a password",
        config: |rig| rig.config().proxy("http://jobs:hunter2@proxy.example:3128"),
        environment: &[("VANTA_PROXY", "http://jobs:hunter2@proxy.example:3128")],
        ..CALL
    },
    InAll {
        heading: "The proxy wants credentials, and none are configured",
        config: |rig| rig.config().proxy(Proxy::start(WANTS_CREDENTIALS).url()),
        environment: &[("VANTA_PROXY", "{proxy}")],
        ..CALL
    },
    InAll {
        heading: "A push of no records",
        arguments: &["push", "user_account", "{folder}/none.json"],
        ..CALL
    },
    InAll { heading: "A push that deletes more than is expected", ..CALL },
    InAll {
        heading: "A push that deletes more than was allowed",
        arguments: &["push", "user_account", "{folder}/one.json", "expect_removals=1"],
        ..CALL
    },
    InAll {
        heading: "A push that deletes more records than an error lists",
        prepare: |rig, folder| {
            let ids: Vec<String> = (0..1200).map(|id| format!("u{id:04}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            rig.client()
                .push_with(&KIND, &accounts(&ids), &without_deletion_guard())
                .expect("pushed");
            folder.write("one.json", body(&ids[..12]).as_bytes());
        },
        ..CALL
    },
    InAll {
        heading: "A push with the deletion guard, and a token that may not read",
        config: |rig| rig.config().scope("connectors.self:write-resource"),
        environment: &[("VANTA_SCOPE", "connectors.self:write-resource")],
        ..CALL
    },
    InAll {
        heading: "The list before a push is forbidden",
        prepare: |rig, folder| {
            (CALL.prepare)(rig, folder);
            let body = r#"{"error":"insufficient scope"}"#;
            (0..2).for_each(|_| rig.reply(Place::Get, 403, body));
        },
        ..CALL
    },
    InAll {
        heading: "The list is forbidden before a push that is sent only if something changed",
        prepare: |rig, folder| {
            (CALL.prepare)(rig, folder);
            // Within a minute of another push of the process it would be sent.
            rig.advance(Duration::from_secs(60));
            let body = r#"{"error":"insufficient scope"}"#;
            (0..2).for_each(|_| rig.reply(Place::Get, 403, body));
        },
        arguments: &["push", "user_account", "{folder}/one.json", "only_if_changed"],
        ..CALL
    },
];

/// Returns the message in a probe's output.
fn message(lines: &str) -> String {
    let line = lines.lines().find_map(|line| line.strip_prefix("message "));
    line.unwrap_or_else(|| panic!("no message in\n{lines}")).to_owned()
}

/// Returns the message of one language, with a rig of its own.
fn message_of(situation: &InAll, language: Option<usize>) -> String {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    (situation.prepare)(&rig, &folder);
    let path = folder.path().display().to_string();
    let arguments: Vec<String> =
        situation.arguments.iter().map(|word| word.replace("{folder}", &path)).collect();
    let lines = match language {
        None => probe((situation.config)(&rig), &arguments),
        Some(at) => {
            let (secret, proxy) = (secret_file(&rig), Proxy::start(WANTS_CREDENTIALS));
            let mut command = command(&rig, &secret, &PROBES[at]);
            for (name, value) in situation.environment {
                match *value {
                    "" => command.env_remove(name),
                    value => command.env(name, value.replace("{proxy}", &proxy.url())),
                };
            }
            let output = succeed(command.args(&arguments));
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    };
    with_placeholders(&message(&lines), &rig)
}

pub fn in_all(situation: &InAll) -> String {
    let rust = message_of(situation, None);
    let others =
        LANGUAGES.iter().enumerate().map(|(at, name)| (*name, message_of(situation, Some(at))));
    let others: Vec<_> = others.filter(|(_, message)| *message != rust).collect();
    section(situation.heading, &rust, &others)
}
