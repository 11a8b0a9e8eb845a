//! The C ABI: header, exports and Python name the same functions and numbers; panics are caught.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use vanta::{Action, ErrorKind};

use crate::harness::Rig;
use crate::languages::{BUILT, command, secret_file, succeed};

pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).expect("the file is there")
}

/// A prototype in the header.
#[derive(Debug)]
pub(crate) struct Prototype {
    pub result: String,
    pub name: String,
    /// The type and name of each parameter.
    pub parameters: Vec<(String, String)>,
}

/// Splits `const char *name` into type and name.
fn declared(text: &str) -> (String, String) {
    let at = text.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    (text[..at].trim().to_owned(), text[at..].to_owned())
}

pub(crate) fn prototypes(header: &str) -> Vec<Prototype> {
    let mut code = String::new();
    let mut comment = false;
    for line in header.lines() {
        comment |= line.trim_start().starts_with("/*");
        if !comment && !line.starts_with('#') && !line.starts_with("typedef") {
            code.push_str(line.trim());
            code.push(' ');
        }
        comment &= !line.contains("*/");
    }
    let functions = code.split(';').filter_map(|statement| {
        let (head, rest) = statement.split_once('(')?;
        let (result, name) = declared(head.trim());
        let list = rest.trim_end().trim_end_matches(')');
        let parameters = list.split(',').map(str::trim).filter(|p| *p != "void");
        name.starts_with("vanta_").then(|| Prototype {
            result: result.rsplit('{').next().unwrap_or_default().trim().to_owned(),
            name,
            parameters: parameters.map(declared).collect(),
        })
    });
    functions.collect()
}

fn header_functions() -> BTreeSet<String> {
    prototypes(&read("include/vanta.h")).into_iter().map(|p| p.name).collect()
}

#[test]
fn header_exports_and_python_name_the_same_functions() {
    needs!("nm");
    let header = header_functions();
    assert!(header.len() > 50, "{header:?}");
    let library = BUILT.folder.join("libvanta.so");
    let nm = succeed(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let exported: BTreeSet<String> = String::from_utf8_lossy(&nm.stdout)
        .lines()
        .filter_map(|line| line.split(' ').nth(2).map(str::to_owned))
        .collect();
    assert_eq!(exported, header, "what the library exports is what the header declares");
    let python: BTreeSet<String> = read("bindings/python/libvanta/_prototypes.py")
        .lines()
        .filter_map(|line| line.strip_prefix("    \"")?.split_once("\": "))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(python, header, "every function has its argtypes in Python");
}

pub(crate) fn constants(header: &str, prefix: &str) -> Vec<(String, i32)> {
    let defines = header.lines().filter_map(|line| line.strip_prefix("#define "));
    let pairs = defines.filter_map(|line| line.split_once(' '));
    pairs
        .filter(|(name, _)| name.starts_with(prefix))
        .filter_map(|(name, value)| {
            Some((name.to_owned(), value.trim_matches(['(', ')']).parse().ok()?))
        })
        .collect()
}

/// Converts `InvalidUtf8` to `INVALID_UTF8`.
pub(crate) fn upper(name: &str) -> String {
    let mut upper = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            upper.push('_');
        }
        upper.push(c.to_ascii_uppercase());
    }
    upper
}

#[test]
fn status_numbers_are_the_same_in_rust_and_in_the_header() {
    let header = read("include/vanta.h");
    let negative = |(_, value): &(String, i32)| *value < 0;
    let declared: Vec<_> = constants(&header, "VANTA_").into_iter().filter(negative).collect();
    let kinds = ErrorKind::ALL.iter();
    let known: Vec<_> =
        kinds.map(|kind| (format!("VANTA_ERR_{}", upper(kind.name())), kind.code())).collect();
    assert_eq!(declared, known);
}

#[test]
fn actions_are_the_same_in_rust_c_and_python() {
    let header = read("include/vanta.h");
    let declared = constants(&header, "VANTA_ACTION_");
    let names = [
        ("NONE", None),
        ("FIX_CALL", Some((Action::FixCall, "CallError"))),
        ("FIX_RECORDS", Some((Action::FixRecords, "RecordsError"))),
        ("FIX_CONFIG", Some((Action::FixConfig, "ConfigError"))),
        ("FIX_CREDENTIALS", Some((Action::FixCredentials, "CredentialsError"))),
        ("RETRY_LATER", Some((Action::RetryLater, "RetryLater"))),
        ("VERIFY_OR_REPEAT", Some((Action::VerifyOrRepeat, "OutcomeUnknown"))),
        ("STOP", Some((Action::Stop, "Cancelled"))),
        ("REPORT", Some((Action::Report, "ReportError"))),
    ];
    let python = read("bindings/python/libvanta/errors.py");
    for (number, (name, known)) in (0..).zip(names) {
        assert!(declared.contains(&(format!("VANTA_ACTION_{name}"), number)), "{name}");
        if let Some((_, class)) = known {
            assert!(python.contains(&format!("    {number}: {class},")), "{class}");
        }
    }
    assert_eq!(declared.len(), names.len());
}

#[test]
fn the_numbers_of_snapshots_are_the_same_in_c_and_python() {
    let (header, python) = (read("include/vanta.h"), read("bindings/python/libvanta/snapshot.py"));
    for (name, number) in constants(&header, "VANTA_SNAPSHOT_") {
        let field = name.trim_start_matches("VANTA_SNAPSHOT_").to_lowercase();
        assert!(python.contains(&format!("    \"{field}\": {number},")), "{field}");
    }
}

#[test]
fn parsers_of_prototypes_and_constants_can_fail() {
    let drifted = "#define VANTA_A (-1)\nvanta_status vanta_x(const char *a,\n  void **b);\n";
    assert_eq!(constants(drifted, "VANTA_"), [("VANTA_A".to_owned(), -1)]);
    let found = &prototypes(drifted)[0];
    assert_eq!((found.result.as_str(), found.name.as_str()), ("vanta_status", "vanta_x"));
    assert_eq!(found.parameters[1], ("void **".to_owned(), "b".to_owned()));
}

#[test]
fn a_panic_is_caught_at_the_c_abi_and_poisons_only_its_client() {
    needs!("gcc");
    let rig = Rig::on_one_clock(|settings| settings.resource_limit_per_minute = None);
    let clock = rig.clock_file.as_ref().expect("a shared clock").path().to_owned();
    let secret = secret_file(&rig);
    let words = vec![BUILT.compile("gcc", "-std=gnu99", "tests/c/panics.c").into_os_string()];
    let output = succeed(command(&rig, &secret, &words).env("VANTA_TEST_CLOCK", clock));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no panic leaves the library\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
