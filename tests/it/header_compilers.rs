//! vanta.h in every C and C++ standard, with other compilers, widths and architectures.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::c_abi::{prototypes, read};
use crate::header::{declares, items};
use crate::languages::{BUILT, succeed};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The additional warnings of GCC: all about declarations.
const GCC: [&str; 9] = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wconversion",
    "-Wshadow",
    "-Wundef",
    "-Wc++-compat",
];
const GXX: [&str; 5] =
    ["-Wall", "-Wextra", "-Wpedantic", "-Wzero-as-null-pointer-constant", "-Wold-style-cast"];

/// All warnings of Clang, without an exception.
const CLANG: [&str; 1] = ["-Weverything"];

fn file(name: &str, text: &str) -> PathBuf {
    let path = BUILT.folder.join(name);
    std::fs::write(&path, text).expect("the test's folder can be written");
    path
}

#[track_caller]
fn compiles(compiler: &str, options: &[&str], path: &PathBuf) {
    let mut command = Command::new(compiler);
    command.args(["-Werror", "-fsyntax-only", "-I", "include"]).args(options).arg(path);
    succeed(command.current_dir(ROOT));
}

const C: [&str; 5] = ["c89", "c99", "c11", "c17", "c2x"];
const CPP: [&str; 6] = ["c++98", "c++11", "c++14", "c++17", "c++20", "c++2b"];

/// Compiles a file that includes the header twice, by all standards of a language.
fn is_clean(compiler: &str, language: &str, standards: &[&str], warnings: &[&str]) {
    let name = format!("twice-{compiler}.c");
    let twice = file(&name, "#include <vanta.h>\n#include <vanta.h>\nint main(void);\n");
    for standard in standards {
        let standard = format!("-std={standard}");
        let options = [&["-x", language, &standard], warnings].concat();
        compiles(compiler, &options, &twice);
    }
}

#[test]
fn header_compiles_without_warnings_in_every_c_and_cpp_standard() {
    needs!("gcc", "g++");
    is_clean("gcc", "c", &C, &GCC);
    is_clean("g++", "c++", &CPP, &GXX);
}

#[test]
fn header_compiles_without_warnings_with_clang() {
    needs!("clang");
    is_clean("clang", "c", &C, &CLANG);
    is_clean("clang++", "c++", &CPP, &CLANG);
}

#[test]
fn header_is_self_contained_in_any_include_order() {
    needs!("gcc", "g++");
    let pollution = "#define small char\n#define interface struct\n#define unix 1\n\
                     #define linux 1\n#define min(a, b) ((a) < (b) ? (a) : (b))\n\
                     #define ERROR 0\n#define OK 1\n#define near\n#define far\n";
    let others =
        "#include <math.h>\n#include <pthread.h>\n#include <signal.h>\n#include <unistd.h>\n";
    let alone = "#include <vanta.h>\n";
    for (name, text) in [
        ("alone.c", alone.to_owned()),
        ("first.c", format!("{alone}{others}")),
        ("last.c", format!("{others}{alone}")),
        ("polluted.c", format!("{pollution}{others}{alone}")),
    ] {
        let path = file(name, &text);
        compiles("gcc", &["-std=gnu99", "-Wall", "-Wextra"], &path);
        compiles("g++", &["-x", "c++", "-Wall", "-Wextra"], &path);
    }
}

#[test]
fn struct_layout_is_the_same_for_32_and_64_bits() {
    needs!("gcc");
    let layout = PathBuf::from("tests/c/layout.c");
    // Without a C library: the compiler's headers are enough.
    for width in ["-m64", "-m32", "-mx32"] {
        compiles("gcc", &["-std=c99", "-ffreestanding", "-Wall", "-Wextra", width], &layout);
    }
}

#[test]
fn struct_layout_is_the_same_on_other_architectures() {
    needs!("clang");
    let layout = PathBuf::from("tests/c/layout.c");
    for target in ["aarch64-linux-gnu", "armv7-linux-gnueabihf", "s390x-linux-gnu"] {
        let target = format!("--target={target}");
        compiles("clang", &["-std=c99", "-ffreestanding", "-Wall", &target], &layout);
    }
}

#[test]
fn c_and_cpp_objects_link_together() {
    needs!("gcc", "g++", "nm");
    let header = read("include/vanta.h");
    let names: BTreeSet<String> = prototypes(&header).into_iter().map(|p| p.name).collect();
    let uses = |table: &str, of: &str| {
        let first =
            format!("#include <vanta.h>\ntypedef void (*any)(void);\n{of}any {table}[] = {{\n");
        let each = names.iter().map(|name| format!("    (any){name},\n"));
        format!("{first}{}}};\n", each.collect::<String>())
    };
    let c = file("one.c", &(uses("in_c", "") + "int main(void) { return in_c[0] == 0; }\n"));
    let cpp = file("two.cpp", &uses("in_cpp", "extern any in_cpp[];\n"));
    let (one, two) = (BUILT.folder.join("one.o"), BUILT.folder.join("two.o"));
    for (compiler, standard, source, object) in
        [("gcc", "-std=c99", &c, &one), ("g++", "-std=c++17", &cpp, &two)]
    {
        let mut command = Command::new(compiler);
        command.args([standard, "-Wall", "-Werror", "-I", "include", "-c"]).arg(source);
        succeed(command.arg("-o").arg(object).current_dir(ROOT));
    }
    let nm = succeed(Command::new("nm").args(["-u", "--format=just-symbols"]).arg(&two));
    let wanted = String::from_utf8_lossy(&nm.stdout);
    let wanted: BTreeSet<String> = wanted.lines().map(str::to_owned).collect();
    assert_eq!(wanted, names, "C++ needs the names of C");
    let program = BUILT.folder.join("one-and-two");
    let mut link = Command::new("g++");
    link.arg(&one).arg(&two).arg("-L").arg(&BUILT.folder).args(["-lvanta", "-Wl,-rpath"]);
    succeed(link.arg(&BUILT.folder).arg("-o").arg(&program));
    succeed(&mut Command::new(&program));
}

/// Returns the macros that includes define.
pub(crate) fn macros(compiler: &str, standard: &str, text: &str) -> BTreeSet<String> {
    let path = file(&format!("macros-{compiler}.c"), text);
    let mut command = Command::new(compiler);
    command.args([standard, "-dM", "-E", "-I", "include", "-I", "bindings/cpp"]).arg(path);
    let output = succeed(command.current_dir(ROOT));
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = lines.lines().filter_map(|line| line.strip_prefix("#define "));
    names.filter_map(|rest| rest.split([' ', '(']).next()).map(str::to_owned).collect()
}

#[test]
fn every_name_in_the_header_has_the_prefix() {
    needs!("gcc");
    let ours = macros("gcc", "-std=c99", "#include <vanta.h>\n");
    let theirs = macros("gcc", "-std=c99", "#include <stddef.h>\n#include <stdint.h>\n");
    let left: Vec<&String> = ours.difference(&theirs).collect();
    assert!(left.len() > 120, "{left:?}");
    assert!(left.contains(&&"VANTA_H".to_owned()), "{left:?}");
    let foreign = left.iter().filter(|name| !name.starts_with("VANTA_"));
    assert_eq!(foreign.collect::<Vec<_>>(), Vec::<&&String>::new());
    let items = items(&read("include/vanta.h"));
    for item in items.iter().filter(|item| !item.code.starts_with('#')) {
        let name = declares(item.code.trim_end());
        assert!(name.starts_with("vanta_"), "{name:?} in {item:?}");
        let tag = item.code.strip_prefix("typedef struct ");
        let tag = tag.and_then(|rest| rest.split_whitespace().next());
        assert!(tag.is_none_or(|tag| tag == "{" || tag == name), "{item:?}");
    }
}

/// Returns the code of an item without the comments of members.
fn bare(code: &str) -> String {
    let mut bare = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare + rest
}

/// Returns the types that a declaration uses: words that are neither names of the library nor of
/// parameters.
fn foreign_types(code: &str) -> BTreeSet<String> {
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
    let types = words.filter(|word| {
        let known = ["long", "short", "int", "unsigned", "signed", "float", "double", "bool"];
        let more = ["_Bool", "wchar_t", "char", "enum", "union", "...", "va_list", "void"];
        word.ends_with("_t") || known.contains(word) || more.contains(word)
    });
    types.map(str::to_owned).collect()
}

#[test]
fn only_fixed_size_types_and_pointers_cross_the_abi() {
    let header = read("include/vanta.h");
    let items = items(&header);
    let declarations = items.iter().filter(|item| !item.code.starts_with('#'));
    let used: BTreeSet<String> =
        declarations.flat_map(|item| foreign_types(&bare(&item.code))).collect();
    let allowed = "char double int32_t int64_t ptrdiff_t size_t uint32_t uint64_t void";
    assert_eq!(used, allowed.split(' ').map(str::to_owned).collect());
    let structs: BTreeSet<&str> = items
        .iter()
        .filter(|item| item.code.starts_with("typedef struct"))
        .map(|item| declares(item.code.trim_end()))
        .collect();
    assert!(structs.contains("vanta_store") && structs.contains("vanta_client"), "{structs:?}");
    for prototype in prototypes(&header) {
        for (kind, name) in prototype.parameters.iter() {
            assert!(!structs.contains(kind.as_str()), "{} takes {name} by value", prototype.name);
        }
        assert!(!structs.contains(prototype.result.as_str()), "{}", prototype.name);
    }
    let bits = bare(&items.iter().map(|item| item.code.as_str()).collect::<String>());
    assert!(!bits.contains(':'), "a bit-field");
    let wrong = foreign_types("long vanta_x(unsigned a, enum vanta_e e, ...);");
    assert_eq!(wrong.into_iter().collect::<Vec<_>>(), ["...", "enum", "long", "unsigned"]);
}

/// Returns the pointers through which a function may write, except its handle and its outputs.
const WRITABLE: [(&str, &str); 15] = [
    ("vanta_body_from_ndjson_reader", "void *user_data"),
    ("vanta_body_from_reader", "void *user_data"),
    ("vanta_config_on_event", "void *user_data"),
    ("vanta_config_set_client_secret_callback", "void *user_data"),
    ("vanta_config_set_custom_token_store", "void *user_data"),
    ("vanta_listing_each", "void *user_data"),
    ("vanta_listing_json", "char *buffer"),
    ("vanta_listing_json", "size_t *needed"),
    ("vanta_listing_row", "size_t *size"),
    ("vanta_options_set_progress", "void *user_data"),
    ("vanta_token", "char *buffer"),
    ("vanta_token", "size_t *needed"),
    ("vanta_token_valid_for", "char *buffer"),
    ("vanta_token_valid_for", "size_t *needed"),
    ("vanta_wipe", "void *memory"),
];

#[test]
fn pointers_are_const_but_for_those_that_are_listed() {
    let mut found = Vec::new();
    for prototype in prototypes(&read("include/vanta.h")) {
        for (kind, name) in &prototype.parameters {
            let is_input = kind.ends_with('*') && !kind.ends_with("**");
            if !is_input || kind.starts_with("const ") {
                continue;
            }
            let handle = kind.trim_end_matches(" *");
            let own = prototype.name.starts_with(&format!("{handle}_"));
            let changes = ["vanta_config", "vanta_options", "vanta_body_builder"].contains(&handle);
            if !own || !(changes || prototype.name == format!("{handle}_free")) {
                found.push((prototype.name.clone(), format!("{kind}{name}")));
            }
        }
    }
    found.sort();
    let found: Vec<_> = found.iter().map(|(f, p)| (f.as_str(), p.as_str())).collect();
    assert_eq!(found, WRITABLE);
}

/// Returns whether a word begins as an absolute path does, or names a folder of tools.
fn names_a_path(line: &str) -> bool {
    let mut words = line.split(|c: char| c.is_whitespace() || "\"'(,:=".contains(c));
    let is_path = |word: &str| {
        word.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    line.contains(".cargo") || words.any(is_path)
}

#[test]
fn the_header_is_plain_text() {
    let header = read("include/vanta.h");
    assert!(header.starts_with("/* SPDX-License-Identifier: MIT OR Apache-2.0\n"));
    assert!(header.ends_with("*/\n") && header.is_ascii());
    for (number, line) in (1..).zip(header.lines()) {
        assert!(line.len() <= 100 && line.trim_end() == line, "{number}: {line}");
        assert!(!line.contains(['\t', '\r']), "{number}: {line}");
        assert!(!names_a_path(line), "{number}: {line}");
    }
    assert!(names_a_path(" * (/srv/x)") && names_a_path("file:/x") && !names_a_path("/* a/b */"));
}
