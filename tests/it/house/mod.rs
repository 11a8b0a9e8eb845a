//! Rules of the code: dependencies of modules, restricted names, sizes, versions. Each rule has a
//! test with code that breaks it.

mod import_cycles;
mod scripts;
mod sizes;

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The layers from bottom to top. A layer uses only the layers listed before it.
const LAYERS: [&str; 25] = [
    "sys",
    "hex",
    "sync",
    "simulation",
    "secret",
    "clock",
    "queue",
    "fork",
    "background",
    "rule",
    "error",
    "event",
    "json",
    "retry",
    "schema",
    "resource",
    "net",
    "store",
    "config",
    "http",
    "body",
    "receipt",
    "token",
    "client",
    "ffi",
];

/// Names that only these layers, or this file, may use.
const RESTRICTED_NAMES: [(&str, &[&str]); 26] = [
    ("libc", &["sys"]),
    ("windows_sys", &["sys"]),
    ("std::os", &["sys"]),
    ("target_os", &["sys"]),
    ("target_vendor", &["sys"]),
    ("target_family", &["sys"]),
    ("ureq", &["http"]),
    ("ureq::unversioned", &["http/unversioned.rs"]),
    ("unversioned::resolver", &["http/unversioned.rs"]),
    ("unversioned::transport", &["http/unversioned.rs"]),
    ("redis::", &["store"]),
    ("SystemTime::now", &["sys"]),
    ("Instant::now", &["sys"]),
    ("thread::sleep", &["clock"]),
    ("unsafe {", &["sys", "secret", "ffi", "clock", "fork", "token"]),
    ("thread::Builder", &[]),
    ("thread::spawn", &[]),
    ("unsafe fn", &["sys", "ffi"]),
    ("File::", &["sys", "body"]),
    ("fs::", &["sys", "clock", "config", "body", "store", "receipt"]),
    (".expose(", &["secret", "store", "config", "http", "token", "client", "ffi"]),
    ("env::var", &["config"]),
    ("println!", &[]),
    (".unwrap()", &[]),
    ("todo!", &[]),
    ("dbg!", &[]),
];

struct Source {
    name: String,
    layer: String,
    text: String,
}

fn files(dir: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("the folder exists") {
        let path = entry.expect("the folder can be read").path();
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.contains(&ending) {
            found.push(path);
        }
    }
    found
}

fn sources() -> Vec<Source> {
    let src = Path::new(ROOT).join("src");
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&src).expect("below src").display().to_string();
        let layer = name.split(['/', '.']).next().unwrap_or_default().to_owned();
        Source { name, layer, text: fs::read_to_string(&path).expect("sources are text") }
    };
    files(&src, &["rs"]).into_iter().map(read).collect()
}

/// Returns the code of a file, without its comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer)
}

fn wrong_dependencies(source: &Source) -> Vec<String> {
    let Some(own) = rank(&source.layer) else { return Vec::new() };
    let mut wrong = Vec::new();
    for (number, line) in code(&source.text) {
        for used in line.split("crate::").skip(1) {
            let layer = used.split(|c: char| !c.is_alphanumeric() && c != '_').next();
            let allowed = match rank(layer.unwrap_or_default()) {
                Some(rank) => rank < own || layer == Some(&source.layer),
                None => source.layer == "ffi",
            };
            if !allowed {
                wrong.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    wrong
}

/// Returns whether a line contains the word, but not as the end of a longer name.
fn mentions(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !word.starts_with(is_name) || !line[..at].ends_with(is_name))
}

fn restricted_names_elsewhere(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in code(&source.text) {
        for (word, layers) in RESTRICTED_NAMES {
            let allowed =
                layers.contains(&source.layer.as_str()) || layers.contains(&&*source.name);
            if mentions(line, word) && !allowed {
                wrong.push(format!("{}:{number}: {word} does not belong here", source.name));
            }
        }
    }
    wrong
}

/// Returns the attributes that ask for a kind of system, but those of `sys`.
fn system_conditions_elsewhere(source: &Source) -> Vec<String> {
    let asks = |line: &str| {
        let of_system = |word: &str| mentions(line, word) && !line.contains(&format!("{word}_"));
        line.contains("cfg") && (of_system("unix") || of_system("windows"))
    };
    let wrong = code(&source.text).filter(|(_, line)| source.layer != "sys" && asks(line));
    wrong.map(|(number, line)| format!("{}:{number}: {}", source.name, line.trim())).collect()
}

/// Returns the functions of a file: their first lines and their numbers of lines.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let heads = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "unsafe fn ", "const fn "];
    let heads = heads.into_iter().chain(["pub extern \"C\" fn ", "pub const fn "]);
    let is_head = |line: &str| heads.clone().any(|head| line.starts_with(head));
    let (mut found, mut start) = (Vec::new(), None);
    for (i, line) in text.lines().enumerate() {
        let words = line.trim_start();
        if is_head(words) {
            start = Some((i, line.len() - words.len()));
        }
        let Some((from, depth)) = start else { continue };
        let is_end = *line == *(" ".repeat(depth) + "}") || (i == from && line.ends_with('}'));
        if is_end {
            found.push((from + 1, i - from + 1));
        }
        if is_end || (words.ends_with(';') && line.len() - words.len() == depth) {
            start = None;
        }
    }
    found
}

fn wrong_sizes(name: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut wrong = Vec::new();
    if lines.len() > 400 {
        wrong.push(format!("{name}: {} lines", lines.len()));
    }
    for (i, line) in lines.iter().enumerate() {
        if line.chars().count() > 100 && !line.contains("https://") {
            wrong.push(format!("{name}:{}: longer than 100 columns", i + 1));
        }
    }
    for (start, length) in functions(text).into_iter().filter(|(_, length)| *length > 60) {
        wrong.push(format!("{name}:{start}: a function of {length} lines"));
    }
    wrong
}

/// Returns the uses of a module that break the order, and so may close an import cycle.
fn wrong_dependency_count(sources: &[Source]) -> usize {
    sources.iter().map(|source| wrong_dependencies(source).len()).sum()
}

fn undocumented(name: &str, text: &str) -> Option<String> {
    let opens = text.starts_with("//!") || text.starts_with("#![doc");
    (!opens).then(|| format!("{name}: does not begin with documentation"))
}

#[track_caller]
fn assert_none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn layers_use_only_lower_layers() {
    assert_none(sources().iter().flat_map(wrong_dependencies).collect());
}

#[test]
fn restricted_names_stay_in_their_layers() {
    assert_none(sources().iter().flat_map(restricted_names_elsewhere).collect());
}

#[test]
fn only_sys_depends_on_the_system() {
    assert_none(sources().iter().flat_map(system_conditions_elsewhere).collect());
}

#[test]
fn files_and_functions_stay_small_and_have_documentation() {
    let mut wrong = Vec::new();
    for dir in ["src", "tests", "examples", "bindings"] {
        for path in files(&Path::new(ROOT).join(dir), &["rs"]) {
            let text = fs::read_to_string(&path).expect("sources are text");
            let name = path.display().to_string();
            wrong.extend(wrong_sizes(&name, &text));
            wrong.extend(undocumented(&name, &text));
        }
    }
    assert_none(wrong);
}

#[test]
fn one_python_file_knows_ctypes() {
    let package = Path::new(ROOT).join("bindings/python/libvanta");
    let knows = |path: &PathBuf| fs::read_to_string(path).expect("text").contains("ctypes");
    let knowing: Vec<PathBuf> = files(&package, &["py"]).into_iter().filter(knows).collect();
    assert_eq!(knowing, [package.join("_native.py")]);
}

/// Returns the exported C functions whose bodies do not catch panics.
fn without_deletion_guard(text: &str) -> Vec<String> {
    let bodies = text.split("pub extern \"C\" fn ").skip(1);
    let guards =
        ["guard", "get(", "release(", "change(", "token_out(", "text_of(", "= kind(status)"];
    let bare = bodies.filter_map(|rest| {
        let (name, rest) = rest.split_once('(')?;
        let body = rest.split("\n}").next()?;
        // Functions that cannot panic. A signal handler may call vanta_cancel_set, which may do
        // nothing else.
        let plain = [
            "vanta_version",
            "vanta_abi_version",
            "vanta_wipe",
            "vanta_cancel_set",
            "vanta_cancel_is_set",
        ];
        let guarded = plain.contains(&name) || guards.iter().any(|guard| body.contains(guard));
        (!guarded).then(|| name.to_owned())
    });
    bare.collect()
}

#[test]
fn every_ffi_function_catches_panics() {
    let border = sources().into_iter().filter(|source| source.layer == "ffi");
    assert_none(border.flat_map(|source| without_deletion_guard(&source.text)).collect());
    // The functions above would match one of these.
    let client = sources().into_iter().find(|source| source.name == "ffi/token.rs");
    let client = client.expect("is there").text;
    let token_out =
        client.split("\nfn token_out(").nth(1).and_then(|rest| rest.split("\n}").next());
    assert!(token_out.is_some_and(|body| body.contains("guard_here(error, ")), "token_out is bare");
    let bare = "pub extern \"C\" fn vanta_bare(x: i32) -> i32 {\n    x\n}\n";
    assert_eq!(without_deletion_guard(bare), ["vanta_bare"]);
}

#[test]
fn every_module_has_a_layer() {
    for source in sources() {
        let known = source.layer == "lib" || rank(&source.layer).is_some();
        assert!(known, "{} has no layer in LAYERS", source.name);
    }
}

#[test]
fn each_rule_detects_a_violation() {
    let sample = |layer: &str, text: &str| Source {
        name: format!("{layer}.rs"),
        layer: layer.to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(wrong_dependencies(&sample("clock", "use crate::error::Error;")).len(), 1);
    assert_eq!(wrong_dependencies(&sample("client", "use crate::error::Error;")).len(), 0);
    assert_eq!(wrong_dependencies(&sample("client", "use crate::Error;")).len(), 1);
    assert_eq!(restricted_names_elsewhere(&sample("client", "use ureq::Agent;")).len(), 1);
    assert_eq!(
        restricted_names_elsewhere(&sample("client", "// ureq is named in a comment")).len(),
        0
    );
    assert_eq!(
        restricted_names_elsewhere(&sample("http", "use ureq::{unversioned::transport::Buffers};"))
            .len(),
        1
    );
    assert_eq!(restricted_names_elsewhere(&sample("token", "let x = y.unwrap();")).len(), 1);
    assert_eq!(restricted_names_elsewhere(&sample("token", "let x = Instant::now();")).len(), 1);
    assert_eq!(
        restricted_names_elsewhere(&sample("token", "let x = ClockInstant::now(clock);")).len(),
        0
    );
    assert_eq!(restricted_names_elsewhere(&sample("net", "use std::os::fd::AsFd;")).len(), 1);
    assert_eq!(restricted_names_elsewhere(&sample("net", "libc::close(1)")).len(), 1);
    assert_eq!(restricted_names_elsewhere(&sample("sys", "use std::os::fd::AsFd;")).len(), 0);
    for condition in ["#[cfg(unix)]", "#[cfg(not(windows))]", "cfg!(any(test, unix))"] {
        assert_eq!(system_conditions_elsewhere(&sample("net", condition)).len(), 1);
        assert_eq!(system_conditions_elsewhere(&sample("sys", condition)).len(), 0);
    }
    let redis = "#[cfg(feature = \"redis\")] fn unix_address()";
    assert_eq!(system_conditions_elsewhere(&sample("net", redis)).len(), 0);
    assert_eq!(wrong_dependencies(&sample("sys", "use crate::hex;")).len(), 1);
    let long = format!("fn long() {{\n{}}}\n", "    ();\n".repeat(60));
    assert_eq!(wrong_sizes("long", &long).len(), 1);
    assert_eq!(wrong_sizes("wide", &"x".repeat(101)).len(), 1);
    assert!(undocumented("bare", "use std::fs;").is_some());
}

#[test]
fn the_readme_shows_the_examples_as_they_are() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).expect("is there");
    for name in ["push.rs", "push.c", "push.cpp", "push.py"] {
        let example = fs::read_to_string(Path::new(ROOT).join("examples").join(name));
        let example = example.expect("is there");
        let (from, to) = (format!("<!-- {name} -->"), "<!-- end -->");
        let shown = readme.split(&from).nth(1).and_then(|rest| rest.split(to).next());
        let shown = shown.unwrap_or_else(|| panic!("README.md does not show {name}"));
        let lines: Vec<&str> = shown.lines().filter(|line| !line.trim().is_empty()).collect();
        let code = lines.iter().filter(|line| !line.starts_with("```"));
        for line in code {
            assert!(example.lines().any(|l| l == *line), "{name} has no line {line:?}");
        }
        assert!(lines.len() > 8, "README.md shows next to nothing of {name}");
    }
}

#[test]
fn versions_agree() {
    let changelog = fs::read_to_string(Path::new(ROOT).join("CHANGELOG.md")).expect("is there");
    let mut headings = changelog.lines().filter_map(|line| line.strip_prefix("## ["));
    assert_eq!(headings.next(), Some("Unreleased]"), "the first heading of CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    // Before the first release there is only this version.
    if let Some(newest) = headings.next() {
        assert!(newest.starts_with(&format!("{version}] - ")), "CHANGELOG.md has {newest}");
    }
    for (file, line) in [
        ("bindings/python/pyproject.toml", format!("version = \"{version}\"")),
        ("bindings/python/libvanta/__init__.py", format!("__version__ = \"{version}\"")),
    ] {
        let text = fs::read_to_string(Path::new(ROOT).join(file)).expect("is there");
        assert!(text.lines().any(|l| l == line), "{file} has no line {line}");
    }
}

#[test]
fn no_dependency_needs_a_newer_rust_than_msrv() {
    let text = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform"])
        .arg("x86_64-unknown-linux-gnu")
        .current_dir(ROOT)
        .output()
        .expect("cargo runs")
        .stdout;
    let metadata: serde_json::Value = serde_json::from_slice(&text).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    assert!(packages.len() > 30, "only {} packages were looked at", packages.len());
    let newer = packages.iter().filter_map(|package| {
        let version = package["rust_version"].as_str()?;
        let minor: u32 = version.split('.').nth(1)?.parse().ok()?;
        (minor > 85).then(|| format!("{} needs Rust {version}", package["name"]))
    });
    assert_none(newer.collect());
}
