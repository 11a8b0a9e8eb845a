//! vanta.hpp in every C++ standard, with exceptions and without.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::c_abi::read;
use crate::harness::Rig;
use crate::header_compilers::macros;
use crate::languages::{BUILT, command, secret_file, succeed, valgrind};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The warnings of GCC. Clang has all warnings on, except those that no header can avoid.
const GCC: [&str; 7] = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wold-style-cast",
    "-Wconversion",
    "-Woverloaded-virtual",
];
const CLANG: [&str; 5] = [
    "-Weverything",
    "-Wno-c++98-compat",
    "-Wno-c++98-compat-pedantic",
    "-Wno-padded",
    "-Wno-weak-vtables",
];
const WITHOUT: [&str; 2] = ["-fno-exceptions", "-fno-rtti"];

/// Compiles the header alone, by all standards, with exceptions and without.
fn is_clean(compiler: &str, warnings: &[&str]) {
    let alone = BUILT.folder.join(format!("alone-{compiler}.cpp"));
    std::fs::write(&alone, "#include <vanta.hpp>\nint main() {}\n").expect("written");
    for standard in ["-std=c++17", "-std=c++20", "-std=c++2b"] {
        for mode in [&[][..], &WITHOUT] {
            let mut command = Command::new(compiler);
            command.args([standard, "-Werror", "-fsyntax-only"]).args(warnings).args(mode);
            command.args(["-I", "include", "-I", "bindings/cpp"]).arg(&alone);
            succeed(command.current_dir(ROOT));
        }
    }
}

#[test]
fn the_header_of_cpp_is_clean_in_every_standard_with_exceptions_and_without() {
    needs!("g++");
    is_clean("g++", &GCC);
}

#[test]
fn the_header_of_cpp_is_clean_in_every_standard_of_clang() {
    needs!("clang");
    is_clean("clang++", &CLANG);
}

/// Compiles one of the two files of the program.
fn object(compiler: &str, source: &str, options: &[&str], name: &str) -> PathBuf {
    let path = BUILT.folder.join(format!("{name}.o"));
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-c", source]).args(options);
    command.args(["-I", "include", "-I", "bindings/cpp", "-o"]).arg(&path);
    succeed(command.current_dir(ROOT));
    path
}

/// Compiles the program, its files by two standards.
fn styles(compiler: &str, standards: [&str; 2], mode: &[&str]) -> PathBuf {
    let name = format!("error_style-{compiler}{}{}", standards[0], mode.len());
    let sources = ["error_style", "second_unit"];
    let objects = sources.iter().zip(standards).map(|(source, standard)| {
        let options = [&[standard], mode].concat();
        let path = format!("tests/cpp/{source}.cpp");
        object(compiler, &path, &options, &format!("{name}-{source}"))
    });
    let program = BUILT.folder.join(&name);
    let mut link = Command::new(compiler);
    link.args(objects).arg("-L").arg(&BUILT.folder).args(["-lvanta", "-Wl,-rpath"]);
    succeed(link.arg(&BUILT.folder).arg("-o").arg(&program));
    program
}

#[test]
fn errors_are_equal_with_and_without_exceptions_in_two_cpp_standards() {
    needs!("g++", "clang", "valgrind");
    let programs = [
        styles("g++", ["-std=c++17", "-std=c++2b"], &[]),
        styles("g++", ["-std=c++20", "-std=c++17"], &WITHOUT),
        styles("clang++", ["-std=c++2b", "-std=c++17"], &WITHOUT),
    ];
    let watched = valgrind(programs[0].clone());
    let programs = programs.into_iter().map(|program| vec![program.into_os_string()]);
    for words in programs.chain([watched]) {
        let rig = Rig::new();
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "passed\n");
        assert_eq!(rig.sim.counters().puts, 2, "what was wrong sent nothing");
        assert_eq!(rig.sim.counters().token_requests, 1);
    }
}

/// Returns the lines of a comment that are indented by five columns.
fn example(header: &str) -> String {
    let lines = header.lines().filter_map(|line| line.strip_prefix("//     "));
    lines.map(|line| format!("    {line}\n")).collect()
}

#[test]
fn the_examples_in_the_comments_compile() {
    needs!("g++");
    let mut source = String::from("#include <cstdio>\n#include <vanta.hpp>\n");
    for name in ["vanta", "vanta_body_builder"] {
        let example = example(&read(&format!("bindings/cpp/{name}.hpp")));
        assert!(example.lines().count() > 4, "{example}");
        source.push_str(&format!("static void {name}_example() {{\n{example}}}\n"));
    }
    source.push_str("int main() {\n    vanta_example();\n    vanta_body_builder_example();\n}\n");
    let path = BUILT.folder.join("examples.cpp");
    std::fs::write(&path, source).expect("the test's folder can be written");
    BUILT.compile("g++", "-std=c++17", &path.display().to_string());
}

#[test]
fn cpp_header_defines_no_macro() {
    needs!("g++");
    let (mut includes, mut files) = (BTreeSet::new(), 0);
    for entry in std::fs::read_dir(Path::new(ROOT).join("bindings/cpp")).expect("it is there") {
        let text = std::fs::read_to_string(entry.expect("read").path()).expect("headers are text");
        let lines = text.lines().filter(|line| line.starts_with("#include <"));
        includes.extend(lines.map(str::to_owned));
        files += 1;
    }
    assert!(includes.len() > 10, "{includes:?}");
    let theirs: String = includes.into_iter().map(|line| line + "\n").collect();
    let theirs = macros("g++", "-std=c++17", &format!("#include <vanta.h>\n{theirs}"));
    let left = macros("g++", "-std=c++17", "#include <vanta.hpp>\n");
    let left: Vec<_> = left.difference(&theirs).map(String::as_str).collect();
    assert!(left.len() == files && left.contains(&"VANTA_HPP"), "only the guards: {left:?}");
    assert!(left.iter().all(|name| name.starts_with("VANTA_") && name.ends_with("HPP")));
    assert!(read("bindings/cpp/vanta.hpp").starts_with("// SPDX-License-Identifier"));
}

#[test]
fn a_standard_before_cpp_17_is_an_error_that_names_it() {
    needs!("g++");
    let alone = BUILT.folder.join("older.cpp");
    std::fs::write(&alone, "#include <vanta.hpp>\nint main() {}\n").expect("written");
    let mut command = Command::new("g++");
    command.args(["-std=c++14", "-fsyntax-only", "-I", "include", "-I", "bindings/cpp"]);
    let output = command.arg(&alone).current_dir(ROOT).output().expect("g++ runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("needs C++17 or later"), "{stderr}");
}
