//! Invalid arguments of C functions: each returns a status, none crashes.

use std::process::Command;

use crate::c_abi::{Prototype, prototypes, read};
use crate::languages::{BUILT, alone, succeed, valgrind};
use crate::null_pointers::{good, hold};

/// Returns a call of a function with valid arguments, except those that are given.
fn call(prototype: &Prototype, others: &[(usize, &str)]) -> String {
    let argument = |(i, (kind, name)): (usize, &(String, String))| {
        let other = others.iter().find(|(at, _)| *at == i);
        other.map_or_else(|| good(kind, name), |(_, text)| (*text).to_owned())
    };
    let arguments: Vec<String> = prototype.parameters.iter().enumerate().map(argument).collect();
    format!("{}({})", prototype.name, arguments.join(", "))
}

/// Returns the condition that must hold after a call with this pointer and this length.
fn bound(prototype: &Prototype, at: usize, pointer: &str, size: &str) -> String {
    let call = call(prototype, &[(at, pointer), (at + 1, size)]);
    let reads = prototype.parameters[at].0 == "const char *";
    let bare = prototype.name == "vanta_wipe" || prototype.name == "vanta_listing_json";
    match (pointer, size) {
        _ if bare => format!("({call}, 1)"),
        ("NULL", "8") => format!("{call} == VANTA_ERR_NULL_POINTER"),
        (_, "0") => format!("{call} != VANTA_ERR_NULL_POINTER"),
        _ if reads => format!("{call} == VANTA_ERR_INVALID_ARGUMENT"),
        // No more is written than the length of the text.
        _ => format!("({call}, 1)"),
    }
}

/// Returns the index of a pointer to bytes, before that of their length.
fn bytes_at(prototype: &Prototype) -> Option<usize> {
    let is_pair = |pair: &[(String, String)]| pair[0].0.ends_with('*') && pair[1].0 == "size_t";
    prototype.parameters.windows(2).position(is_pair).filter(|at| {
        // An index and a limit are not lengths.
        prototype.parameters[at + 1].1 == "size"
    })
}

#[test]
fn each_pointer_and_size_returns_its_documented_status() {
    needs!("gcc");
    let (mut checks, mut count) = (String::new(), 0);
    let cases = [
        ("NULL", "0"),
        ("NULL", "8"),
        ("buffer", "0"),
        ("buffer", "SIZE_MAX"),
        ("buffer", "(size_t)PTRDIFF_MAX + 1"),
    ];
    for prototype in prototypes(&read("include/vanta.h")) {
        let Some(at) = bytes_at(&prototype) else { continue };
        for (pointer, size) in cases {
            let met = bound(&prototype, at, pointer, size);
            let call_text = format!("{}({pointer}, {size})", prototype.name);
            checks.push_str(&format!("    check({met}, \"{call_text}\");\n"));
            count += 1;
        }
    }
    assert!(count > 60, "{count} checks");
    hold("sizes", &checks, count);
}

/// Texts, each with the condition that must hold after a call with it.
fn texts(function: &str, name: &str) -> [(&'static str, &'static str); 5] {
    // Settings are validated together, when the client is made.
    let at_once = !function.starts_with("vanta_options_") || name == "kind";
    let id = at_once && ["kind", "resource_id", "document_id"].contains(&name);
    let refused = if id { "== VANTA_ERR_INVALID_ARGUMENT" } else { "<= VANTA_OK" };
    [
        ("\"x\\xff\"", "== VANTA_ERR_INVALID_UTF8"),
        ("\"x\\r\\ny: z\"", refused),
        ("\"\"", refused),
        ("\"\\xf0\\x9f\\x94\\x91\"", "<= VANTA_OK"),
        ("large()", "<= VANTA_OK"),
    ]
}

#[test]
fn each_string_argument_accepts_any_bytes_without_crash() {
    needs!("gcc");
    let (mut checks, mut count) = (String::new(), 0);
    for prototype in prototypes(&read("include/vanta.h")) {
        for (at, (kind, name)) in prototype.parameters.iter().enumerate() {
            let sized = prototype.parameters.get(at + 1).is_some_and(|(_, name)| name == "size");
            if kind != "const char *" || sized {
                continue;
            }
            for (text, holds) in texts(&prototype.name, name) {
                let call = call(&prototype, &[(at, text)]);
                let quoted = text.replace(['"', '\\'], "");
                let line =
                    format!("    check({call} {holds}, \"{} {name} {quoted}\");\n", prototype.name);
                checks.push_str(&line);
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count} checks");
    hold("texts", &checks, count);
}

#[test]
fn numbers_structs_and_strings_outside_the_documentation_are_refused() {
    needs!("gcc");
    let program = BUILT.compile("gcc", "-std=c99", "tests/c/invalid_arguments.c");
    let output = succeed(&mut alone(&program));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "passed\n");
}

/// Runs a program that misuses a handle. Returns its exit code, and the output of the tool.
fn misused(mut command: Command, how: &str) -> (Option<i32>, String) {
    let output = command.arg(how).output().expect("it starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn leak_and_use_after_free_are_found_by_valgrind_and_sanitizers() {
    needs!("gcc", "valgrind");
    let source = "tests/c/misuse.c";
    let program = BUILT.compile("gcc", "-std=c99", source);
    let watched = BUILT.folder.join("misuse-asan");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-g", "-fsanitize=address", "-I", "include", source, "-o"]);
    gcc.arg(&watched).arg("-L").arg(&BUILT.folder).args(["-lvanta", "-Wl,-rpath"]);
    succeed(gcc.arg(&BUILT.folder).current_dir(env!("CARGO_MANIFEST_DIR")));
    for (how, in_valgrind, in_asan) in [
        ("nothing", "", ""),
        ("leak", "definitely lost", "LeakSanitizer"),
        // Freed memory is wiped, so the tool may report a double free or a null pointer.
        ("twice", "Invalid", "AddressSanitizer"),
        // Reads inside the library are not instrumented.
        ("after", "Invalid read", ""),
    ] {
        let mut words = valgrind(program.clone()).into_iter();
        let mut tool = Command::new(words.next().expect("valgrind"));
        tool.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
        let (code, output) = misused(tool, how);
        assert_eq!(code == Some(0), in_valgrind.is_empty(), "{how}: {output}");
        assert!(output.contains(in_valgrind), "{how}: {output}");
        let (code, output) = misused(Command::new(&watched), how);
        assert_eq!(code == Some(0), in_asan.is_empty(), "{how}: {output}");
        // std of Rust 1.85 finds the null first, and aborts.
        let by_std = how == "twice" && output.contains("non-unwinding panic");
        assert!(output.contains(in_asan) || by_std, "{how}: {output}");
    }
}
