//! Recognises a known kind in another spelling: without its schema no record would be validated,
//! and the push would end in a 404.

use super::kind::{CONSTANTS, Kind};

/// Other names of kinds, in small letters and without separators.
const OTHER_NAMES: [(&str, &[Kind]); 14] = [
    ("user", &[Kind::USER_ACCOUNT]),
    ("account", &[Kind::USER_ACCOUNT]),
    ("mac", &[Kind::MACOS_USER_COMPUTER]),
    ("maccomputer", &[Kind::MACOS_USER_COMPUTER]),
    ("macoscomputer", &[Kind::MACOS_USER_COMPUTER]),
    ("windowscomputer", &[Kind::WINDOWS_USER_COMPUTER]),
    ("computer", COMPUTERS),
    ("usercomputer", COMPUTERS),
    ("component", &[Kind::VULNERABLE_COMPONENT]),
    ("vulnerability", VULNERABILITIES),
    ("codevulnerability", &[Kind::STATIC_ANALYSIS_VULNERABILITY]),
    ("apivulnerability", &[Kind::API_ENDPOINT_VULNERABILITY]),
    ("securitytraining", &[Kind::USER_SECURITY_TRAINING_STATUS]),
    ("trainingstatus", &[Kind::USER_SECURITY_TRAINING_STATUS]),
];

const COMPUTERS: &[Kind] = &[Kind::MACOS_USER_COMPUTER, Kind::WINDOWS_USER_COMPUTER];

const VULNERABILITIES: &[Kind] = &[
    Kind::API_ENDPOINT_VULNERABILITY,
    Kind::PACKAGE_VULNERABILITY,
    Kind::STATIC_ANALYSIS_VULNERABILITY,
];

/// Longer names are compared with no kind.
const LONGEST: usize = 60;

/// From this length on, two letters may differ; in a shorter name, one.
const LONG: usize = 9;

/// The kinds that another spelling may mean. Empty for the exact name of a kind, and for a name
/// that resembles none.
pub(super) fn meant(name: &str) -> Vec<&'static str> {
    if name.len() > LONGEST || Kind::ALL.iter().any(|kind| kind.as_str() == name) {
        return Vec::new();
    }
    let folded = folded(name);
    let others = OTHER_NAMES.iter().find(|(other, _)| folded == self::folded(other));
    match others {
        Some((_, kinds)) => kinds.iter().map(path).collect(),
        None => closest(&folded).into_iter().collect(),
    }
}

fn path(kind: &'static Kind) -> &'static str {
    kind.as_str()
}

/// Small letters and digits alone, without the plural and the ending that some kinds have.
fn folded(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = kept.map(|c| c.to_ascii_lowercase()).collect();
    let name = name.trim_end_matches('s');
    let name = name.strip_suffix("connector").unwrap_or(name).trim_end_matches('s');
    match name.strip_suffix("ie") {
        Some(stem) => format!("{stem}y"),
        None => name.to_owned(),
    }
}

/// The kind whose path or constant has the fewest letters that differ, if they are few.
fn closest(folded: &str) -> Option<&'static str> {
    // A number is no misspelling: it may be the version of a new kind.
    let most = match folded.len() {
        _ if folded.contains(|c: char| c.is_ascii_digit()) => 0,
        ..LONG => 1,
        _ => 2,
    };
    let distances = Kind::ALL.iter().zip(CONSTANTS).map(|(kind, constant)| {
        let of = |name: &str| distance(folded, &self::folded(name));
        (of(kind.as_str()).min(of(constant)), kind.as_str())
    });
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, path)| path)
}

/// How many letters must be inserted, deleted or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
