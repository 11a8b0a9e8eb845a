//! No file of a module uses, directly or indirectly, a file that uses it.
//!
//! A path is followed through modules and re-exports to the file that declares the item. A use of
//! an item that another file re-exports is a use of the file that declares it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, assert_none, code, sources};

/// A file, as a module of the crate.
#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    /// The names that its `use` lines bind, with their paths.
    names: BTreeMap<String, Path>,
    /// The modules that a `use` line imports with `*`.
    globs: Vec<Path>,
    /// The items that it declares.
    items: BTreeSet<String>,
    /// The paths in its code.
    paths: Vec<Path>,
}

type Path = Vec<String>;
type Modules = BTreeMap<Path, Module>;

fn segments(path: &str) -> Path {
    path.split("::").map(|segment| segment.trim().to_owned()).collect()
}

/// Converts `net/poll.rs` and `net/mod.rs` to paths of modules; `lib.rs` is the root.
fn module_path(name: &str) -> Path {
    let stem = name.trim_end_matches(".rs").trim_end_matches("/mod");
    let parts = stem.split('/').filter(|part| *part != "lib");
    parts.map(str::to_owned).collect()
}

/// Returns the code without comments, strings and tests.
fn bare(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut bare = String::new();
    for (_, line) in code(text) {
        let line = line.split(" // ").next().unwrap_or_default().replace("(in crate::", "(");
        // Every second part is in quotes.
        let parts = line.split('"').enumerate().filter(|(at, _)| at % 2 == 0);
        parts.for_each(|(_, part)| bare.push_str(part));
        bare.push('\n');
    }
    bare
}

/// Returns the paths of a `use` tree, with the names that they bind.
fn leaves(tree: &str, head: &[String], found: &mut Vec<(Path, String)>) {
    let tree = tree.trim();
    let Some((before, group)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut whole = head.to_vec();
        whole.extend(segments(path));
        if whole.last().is_some_and(|last| last == "self") {
            whole.pop();
        }
        let name = if name.is_empty() { whole.last().cloned() } else { Some(name.to_owned()) };
        found.push((whole, name.unwrap_or_default()));
        return;
    };
    let mut inner = head.to_vec();
    inner.extend(segments(before.trim_end().trim_end_matches("::")));
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves(&group[start..at], &inner, found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !group[start..].trim().is_empty() {
        leaves(&group[start..], &inner, found);
    }
}

/// Returns the imports of the `use` line at the end of a statement.
fn use_tree(statement: &str) -> Option<String> {
    let lines: Vec<&str> = statement.lines().map(str::trim_start).collect();
    let tree = |line: &str| {
        let (visibility, tree) = line.split_once("use ")?;
        let is_use =
            visibility.is_empty() || visibility.starts_with("pub") && !visibility.contains("::");
        is_use.then(|| tree.to_owned())
    };
    let (at, first) = lines.iter().enumerate().find_map(|(at, line)| Some((at, tree(line)?)))?;
    Some(first + &lines[at + 1..].concat())
}

/// Returns the paths in a text. The beginning of a group belongs to its `use` line.
fn mentioned(text: &str) -> impl Iterator<Item = Path> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = text.split(move |c: char| !is_part(c));
    words.filter(|word| word.contains("::") && !word.ends_with("::")).map(segments)
}

fn declared(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let kinds = ["fn", "struct", "enum", "trait", "type", "const", "static", "macro_rules"];
    let at = words.iter().position(|word| kinds.contains(word))?;
    words[at + 1..].iter().find(|word| !word.is_empty()).map(|word| (*word).to_owned())
}

impl Module {
    fn read(source: &Source) -> Module {
        let mut module = Module { file: source.name.clone(), ..Module::default() };
        let text = bare(&source.text);
        for tree in text.split(';').filter_map(use_tree) {
            let mut found = Vec::new();
            leaves(&tree, &[], &mut found);
            for (path, name) in found {
                match name.as_str() {
                    "*" => module.globs.push(path[..path.len() - 1].to_vec()),
                    _ => drop(module.names.insert(name, path.clone())),
                }
                module.paths.push(path);
            }
        }
        module.paths.extend(mentioned(&text));
        module.items =
            text.lines().filter(|line| !line.starts_with(' ')).filter_map(declared).collect();
        module
    }
}

fn modules(sources: &[Source]) -> Modules {
    let mut modules: Modules =
        sources.iter().map(|source| (module_path(&source.name), Module::read(source))).collect();
    let paths: Vec<Path> = modules.keys().cloned().collect();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        let (name, parent) = path.split_last().expect("not empty");
        if let Some(parent) = modules.get_mut(parent) {
            parent.children.insert(name.clone());
        }
    }
    modules
}

/// Returns the path of the module that declares the item of `path`, which is written in `from`.
fn resolve(modules: &Modules, from: &[String], path: &[String], depth: usize) -> Option<Path> {
    let (first, rest) = path.split_first()?;
    if depth > 8 {
        return None;
    }
    match first.as_str() {
        "crate" => descend(modules, Vec::new(), rest, depth),
        "self" => descend(modules, from.to_vec(), rest, depth),
        "super" => {
            let parent = from[..from.len().checked_sub(1)?].to_vec();
            match rest.first().map(String::as_str) {
                Some("super") => resolve(modules, &parent, rest, depth + 1),
                _ => descend(modules, parent, rest, depth),
            }
        }
        _ if modules[from].children.contains(first) => descend(modules, from.to_vec(), path, depth),
        _ => None,
    }
}

/// Follows `path` from a module through its children and its re-exports.
fn descend(modules: &Modules, at: Path, path: &[String], depth: usize) -> Option<Path> {
    let module = modules.get(&at)?;
    let Some((first, rest)) = path.split_first() else { return Some(at) };
    if module.children.contains(first) {
        let child = [at, vec![first.clone()]].concat();
        return descend(modules, child, rest, depth);
    }
    if module.items.contains(first) {
        return Some(at);
    }
    let named = module.names.get(first).and_then(|path| resolve(modules, &at, path, depth + 1));
    let through_glob = || {
        let globs = module.globs.iter().filter_map(|glob| resolve(modules, &at, glob, depth + 1));
        let mut ends = globs.filter_map(|glob| descend(modules, glob, &path[..1], depth + 1));
        ends.find(|end| modules[end].items.contains(first))
    };
    named.or_else(through_glob).or(Some(at))
}

/// Returns the files that each file uses in the same top module.
fn uses(modules: &Modules) -> BTreeMap<&str, BTreeSet<&str>> {
    let of_module = |(from, module): (&Path, &'_ Module)| -> BTreeSet<String> {
        let ends = module.paths.iter().filter_map(|path| resolve(modules, from, path, 0));
        let ends = ends.filter(|end| !end.is_empty() && end != from && end.first() == from.first());
        ends.map(|end| modules[&end].file.clone()).collect()
    };
    let mut uses = BTreeMap::new();
    for entry in modules {
        let used = of_module(entry);
        let files = modules.values().map(|module| module.file.as_str());
        let used = files.filter(|file| used.contains(*file)).collect();
        uses.insert(entry.1.file.as_str(), used);
    }
    uses
}

/// Returns the files that use each other, each cycle once.
pub(super) fn cycles(sources: &[Source]) -> Vec<String> {
    let modules = modules(sources);
    let uses = uses(&modules);
    let reached = |start: &str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start.to_owned()]);
        while let Some(file) = next.pop() {
            for used in &uses[file.as_str()] {
                if seen.insert((*used).to_owned()) {
                    next.push((*used).to_owned());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<String>> =
        uses.keys().map(|file| (*file, reached(file))).collect();
    let cycle = |file: &str| -> Option<String> {
        let members = reach[file].iter().filter(|other| reach[other.as_str()].contains(file));
        let members: Vec<&str> = members.map(String::as_str).collect();
        (members.len() > 1).then(|| members.join(" "))
    };
    let found: BTreeSet<String> = uses.keys().filter_map(|file| cycle(file)).collect();
    found.into_iter().collect()
}

#[test]
fn files_of_a_module_have_no_import_cycle() {
    assert_none(cycles(&sources()));
}

#[test]
fn an_import_cycle_is_found_through_parents_groups_and_re_exports() {
    let file = |name: &str, text: &str| Source {
        name: name.to_owned(),
        layer: "a".to_owned(),
        text: text.to_owned(),
    };
    let found = |texts: [&str; 4]| {
        let names = ["a/mod.rs", "a/b.rs", "a/c.rs", "a/d/mod.rs"];
        let files: Vec<Source> = names.iter().zip(texts).map(|(n, t)| file(n, t)).collect();
        cycles(&files)
    };
    let acyclic =
        ["mod b;\npub use b::B;\n", "use super::c::C;\npub struct B;\n", "pub struct C;\n", ""];
    assert_eq!(found(acyclic), [""; 0]);
    let with_parent =
        ["mod b;\nuse b::B;\npub struct A;\n", "use super::{A, c};\npub struct B;\n", "", ""];
    assert_eq!(found(with_parent), ["a/b.rs a/mod.rs"]);
    let by_re_export = [
        "mod b;\npub use b::B;\n",
        "use super::{\n    c::C,\n};\npub struct B;\n",
        "fn f() { super::B; }\npub struct C;\n",
        "",
    ];
    assert_eq!(found(by_re_export), ["a/b.rs a/c.rs"]);
    let by_glob = [
        "pub use d::*;\n",
        "use super::{D as E};\npub fn b() {}\n",
        "",
        "use super::b::b;\npub struct D;\n",
    ];
    assert_eq!(found(by_glob), ["a/b.rs a/d/mod.rs"]);
    let in_words = [
        "pub use b::B;\n",
        "// super::c::C\npub struct B; // super::c::C\n",
        "use super::B;\nconst X: &str = \"super::c\";\npub struct C;\n",
        "",
    ];
    assert_eq!(found(in_words), [""; 0]);
}
