//! The messages of errors from real situations, in a file that can be read as prose.
//!
//! `tests/error_messages.txt` has a heading for each situation and the message below it. Where the
//! message differs in C, C++ or Python, it follows.

mod in_c;
mod languages;
mod network;
mod pushes;
mod records;
mod setup;
mod stores;
mod tokens;

use std::fs;
use std::panic;
use std::path::Path;

use vanta::{Client, Config, Error, Kind};

use crate::error_advice::in_language;
use crate::harness::{RESOURCE, Rig, TempFolder};

const GOLDEN: &str = "tests/error_messages.txt";
/// Replaces the message where a situation does not lead to the expected error.
const PANIC: &str = "(the situation panicked)";
const KIND: Kind = Kind::USER_ACCOUNT;
const LANGUAGES: [&str; 3] = ["C", "C++", "Python"];

/// A heading, and the function that returns the error.
type Situation = (&'static str, fn(&Rig, &TempFolder) -> Error);

fn failure<T>(result: Result<T, Error>) -> Error {
    result.map(drop).expect_err("this must fail")
}

/// Returns the error of a client that cannot be made, or of its token request.
fn token(config: Config) -> Error {
    failure(Client::new(config).and_then(|client| client.token()))
}

fn list(config: Config) -> Error {
    failure(Client::new(config).and_then(|client| client.list(&KIND, RESOURCE)))
}

/// Replaces the characters after `head` that belong to the variable part.
fn mask(text: &str, head: &str, variable: fn(char) -> bool, name: &str) -> String {
    let mut parts = text.split(head);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        let rest = part.trim_start_matches(variable);
        let name = if rest.len() == part.len() { "" } else { name };
        format!("{done}{head}{name}{rest}")
    })
}

/// Replaces what differs from run to run by names.
fn with_placeholders(message: &str, rig: &Rig) -> String {
    let digit = |c: char| c.is_ascii_digit();
    let folder = format!("{}/vanta-", env!("CARGO_TARGET_TMPDIR"));
    let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
    let text = mask(message, &folder, |c| c.is_ascii_digit() || c == '-', "{path}");
    let text =
        text.replace(&folder, "").replace(&root, "").replace(&rig.sim.client_id(), "{client id}");
    let text = ["127.0.0.1:", "localhost:", "redis-server:"]
        .iter()
        .fold(text, |text, head| mask(&text, head, digit, "{port}"));
    // The length of a certificate differs.
    let text = mask(&text, "cannot be used; line ", digit, "{line}");
    let text = mask(&text, "VANTA_TOKEN_STORE_GROUP to ", digit, "{group}");
    let text = mask(&text, "request id ", |c| c.is_ascii_hexdigit() || c == '-', "{id}");
    mask(&text, "this machine says ", |c| !matches!(c, ';' | ')' | '('), "{date}")
}

fn section(heading: &str, message: &str, others: &[(&str, String)]) -> String {
    let lines: String = others.iter().map(|(name, text)| format!("{name}: {text}\n")).collect();
    format!("# {heading}\n{message}\n{lines}\n")
}

/// A situation in Rust, whose message is the same in all languages.
fn in_rust((heading, act): &Situation) -> String {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let error = panic::catch_unwind(panic::AssertUnwindSafe(|| act(&rig, &folder)));
    let Ok(error) = error else { return section(heading, PANIC, &[]) };
    let message = with_placeholders(&error.to_string(), &rig);
    for language in LANGUAGES {
        let own = in_language(&message, language);
        assert_eq!(own, message, "{heading}: belongs to the situations of all languages");
    }
    section(heading, &message, &[])
}

/// Returns the sections that differ.
fn differences(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split("\n\n").collect(), new.split("\n\n").collect());
    let gone = old.iter().filter(|section| !new.contains(section));
    let come = new.iter().filter(|section| !old.contains(section));
    let gone = gone.map(|section| format!("- {section}\n"));
    gone.chain(come.map(|section| format!("+ {section}\n"))).collect()
}

#[test]
fn messages_of_real_situations_are_those_of_the_reviewed_list() {
    needs!("gcc", "g++", "python3", "redis-server", "redis-cli");
    let groups: [&[Situation]; 6] = [
        setup::SITUATIONS,
        stores::SITUATIONS,
        network::SITUATIONS,
        tokens::SITUATIONS,
        records::SITUATIONS,
        pushes::SITUATIONS,
    ];
    let rust = groups.into_iter().flatten().map(in_rust);
    let rust_and_c = rust.chain([in_c::sections()]);
    let all = rust_and_c.chain(languages::SITUATIONS.iter().map(languages::in_all));
    let new: String = all.collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    assert!(!new.contains(PANIC), "{}", differences("", &new));
    if std::env::var_os("VANTA_BLESS").is_some() {
        fs::write(&path, &new).expect("the file can be written");
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    let differences = differences(&old, &new);
    assert!(
        old == new,
        "review, then run VANTA_BLESS=1 cargo test --test it error_messages\n{differences}"
    );
}

#[test]
fn reviewed_list_has_eighty_messages_and_no_retired_words() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN));
    let text = text.expect("it is there");
    assert!(text.matches("# ").count() >= 80, "{}", text.matches("# ").count());
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let line = LANGUAGES
            .iter()
            .fold(line, |line, name| line.strip_prefix(&format!("{name}: ")).unwrap_or(line));
        // A colon in the words of a server or a file is not counted.
        let unquoted: String = line.split('"').step_by(2).collect();
        let colons = unquoted.matches(": ").count();
        if colons > 2 {
            wrong.push(format!("{colons} colons: {line}"));
        }
        let words: Vec<&str> =
            unquoted.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        for retired in
            ["answer", "answers", "answered", "mint", "minted", "turn", "turns", "nobody"]
        {
            if words.contains(&retired) {
                wrong.push(format!("{retired}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
