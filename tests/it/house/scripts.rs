//! `.ci/README.md` lists the scripts of `.ci`, and nothing refers to a script that does not exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{ROOT, assert_none, files};

/// Returns the names in the first column of the tables.
fn listed(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name.to_owned()).collect()
}

/// Returns what follows each `.ci/` in a text, up to a character that is not part of a name.
fn referenced(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let rests = text.split(".ci/").skip(1);
    let names = rests.map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or_default());
    names.map(|name| name.trim_end_matches('.').to_owned()).filter(|n| !n.is_empty()).collect()
}

/// Returns the texts that may name a script. A file without an extension is a script itself.
fn texts() -> Vec<PathBuf> {
    let folders = [".ci", "benches", "bindings", "docs", "examples", "src", "tests"];
    let endings = ["", "md", "py", "rs", "sh", "toml"];
    let inside = folders.iter().flat_map(|folder| files(&Path::new(ROOT).join(folder), &endings));
    let beside = fs::read_dir(ROOT).expect("is there").map(|entry| entry.expect("is read").path());
    inside.chain(beside.filter(|path| path.extension().is_some_and(|e| e == "md"))).collect()
}

#[test]
fn the_readme_of_ci_lists_every_script() {
    let folder = Path::new(ROOT).join(".ci");
    let page = fs::read_to_string(folder.join("README.md")).expect("is there");
    let files = fs::read_dir(&folder).expect("is there").map(|entry| {
        let name = entry.expect("can be read").file_name();
        name.into_string().expect("names are UTF-8")
    });
    let scripts: BTreeSet<String> = files.filter(|name| name != "README.md").collect();
    assert_eq!(listed(&page), scripts);
}

/// Returns the quoted texts of a list that begins with `name`, up to `end`.
fn quoted<'a>(text: &'a str, name: &str, end: &str) -> Vec<&'a str> {
    let list = text.split(name).nth(1).and_then(|rest| rest.split(end).next());
    list.expect("the list is there").split('"').skip(1).step_by(2).collect()
}

/// cargo reads the manifest of each member, so a wheel cannot be built from an sdist without one.
#[test]
fn the_sdist_has_every_member_of_the_workspace() {
    let read = |path: &str| fs::read_to_string(Path::new(ROOT).join(path)).expect("is there");
    let (manifest, setup) = (read("Cargo.toml"), read("bindings/python/setup.py"));
    let sources = quoted(&setup, "\nSOURCES = (", "\n)\n");
    let has = |member: &&str| sources.iter().any(|source| Path::new(member).starts_with(source));
    let members = quoted(&manifest, "\nmembers = [", "]");
    assert!(members.len() > 6, "{members:?}");
    let missing: Vec<_> = members.iter().filter(|one| **one != "." && !has(one)).collect();
    assert!(missing.is_empty(), "{missing:?} is not among SOURCES in bindings/python/setup.py");
}

#[test]
fn every_reference_to_a_script_names_a_file() {
    let mut wrong = Vec::new();
    for path in texts().iter().filter(|path| !path.ends_with(file!())) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let missing = |script: &String| !Path::new(ROOT).join(".ci").join(script).exists();
        let missing = referenced(&text).into_iter().filter(missing);
        wrong.extend(missing.map(|script| format!("{}: no .ci/{script}", path.display())));
    }
    assert_none(wrong);
    assert!(referenced("run `.ci/no-such`, or .ci/run.").iter().eq(["no-such", "run"]));
}
