//! Tells crates that compile C against the functions of this one where `vanta.h` is: Cargo hands
//! their build scripts the folder as `DEP_VANTA_INCLUDE`. Prepares the pages of `docs` for rustdoc.

use std::path::Path;
use std::{env, fs};

/// The pages that are modules of the documentation.
const PAGES: [&str; 9] = [
    "containers",
    "from-curl",
    "getting-started",
    "network",
    "pushing",
    "rotating-a-secret",
    "several-jobs",
    "threads-forks-signals",
    "token-store",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| env::var(name).expect("cargo sets it for build scripts");
    let (root, out) = (variable("CARGO_MANIFEST_DIR"), variable("OUT_DIR"));
    println!("cargo::metadata=include={root}/include");
    for page in PAGES {
        let source = Path::new(&root).join("docs").join(page).with_extension("md");
        println!("cargo::rerun-if-changed={}", source.display());
        let text = fs::read_to_string(source).expect("the page is a part of the package");
        let target = Path::new(&out).join(page).with_extension("md");
        fs::write(target, linked(&text)).expect("cargo made the folder");
    }
}

/// The page with the links that rustdoc can follow: to modules, in the place of files.
fn linked(page: &str) -> String {
    let (mut text, mut rest) = (String::new(), page);
    while let Some((before, after)) = rest.split_once("](") {
        let Some((target, after)) = after.split_once(')') else { break };
        let start = before.rfind('[').unwrap_or(0);
        let (before, name) = before.split_at(start);
        text.push_str(before.strip_suffix('!').unwrap_or(before));
        text.push_str(&link(name.trim_start_matches('['), target));
        rest = after;
    }
    text + rest
}

/// A file that is no module is named: its link would lead nowhere.
fn link(name: &str, target: &str) -> String {
    let (file, anchor) = target.split_at(target.find('#').unwrap_or(target.len()));
    // Links within the page, those to the web, and functions without a name in code of C++.
    if file.contains("://") || !file.contains('.') {
        return format!("[{name}]({target})");
    }
    match file.strip_suffix(".md").filter(|page| PAGES.contains(page)) {
        Some(page) => format!("[{name}](crate::{}{anchor})", page.replace('-', "_")),
        None => match file.strip_prefix("../") {
            Some(file) => format!("{name} (`{file}` of the repository)"),
            None => format!("{name} (`docs/{file}` of the repository)"),
        },
    }
}
