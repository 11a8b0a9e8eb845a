//! NULL for each pointer of each function of the header, in calls that the test generates.

use crate::c_abi::{Prototype, prototypes, read};
use crate::languages::{BUILT, alone, succeed};

/// Pointers that may be NULL. The handle of a function may not.
pub(crate) fn may_be_null(function: &str, parameter: &str) -> bool {
    let optional = ["options", "error", "receipt", "warnings", "needed", "user_data", "key"];
    let of_upload = ["effective_at_date", "description"];
    match (function, parameter) {
        ("vanta_options_set_baseline", "receipt") => false,
        ("vanta_options_set_progress", "callback") => true,
        ("vanta_upload", name) if of_upload.contains(&name) => true,
        _ => optional.contains(&parameter) && !function.starts_with(&format!("vanta_{parameter}_")),
    }
}

/// Returns a valid argument for a parameter, in C.
pub fn good(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("size_t", "number") => "0".into(),
        ("vanta_read_callback", _) => "reader".into(),
        ("vanta_progress_callback", _) => "NULL".into(),
        ("vanta_event_callback", _) => "on_event".into(),
        ("vanta_destroy_callback", _) => "NULL".into(),
        ("vanta_secret_callback", _) => "read_secret".into(),
        (_, "callback") => "row".into(),
        ("char *", _) => "buffer".into(),
        ("size_t", "size") => "sizeof buffer".into(),
        ("size_t *", _) => "&needed".into(),
        // A builder keeps its first error, so each check has a builder of its own.
        ("vanta_body_builder *", _) => "begun()".into(),
        ("const char *", "kind") => "\"user_account\"".into(),
        ("const char *", _) => "\"x\"".into(),
        ("void *", _) => "buffer".into(),
        (kind, _) if kind.ends_with("**") => format!("&out_{}", kind.trim_end_matches(" **")),
        (kind, _) if kind.ends_with('*') => {
            kind.trim_start_matches("const ").trim_end_matches(" *").to_owned()
        }
        _ => "1".into(),
    }
}

/// Returns the C expression that holds when a function treats NULL as documented.
fn met(prototype: &Prototype, call: &str) -> Option<String> {
    Some(match prototype.result.as_str() {
        "vanta_status" => format!("{call} == VANTA_ERR_NULL_POINTER"),
        "const char *" => format!("({call}, 1)"),
        "const vanta_error *" | "const vanta_violations *" => format!("{call} == NULL"),
        "int64_t" => format!("{call} == -1"),
        "void" => format!("({call}, 1)"),
        _ => format!("{call} == 0"),
    })
}

#[test]
fn null_for_each_pointer_of_each_function_returns_the_documented_status() {
    needs!("gcc");
    let mut checks = String::new();
    let mut count = 0;
    for prototype in prototypes(&read("include/vanta.h")) {
        for (at, (kind, name)) in prototype.parameters.iter().enumerate() {
            let pointer = kind.ends_with('*') || name == "callback";
            if !pointer || may_be_null(&prototype.name, name) {
                continue;
            }
            let arguments = prototype.parameters.iter().enumerate();
            let arguments: Vec<String> = arguments
                .map(|(i, (kind, name))| if i == at { "NULL".into() } else { good(kind, name) })
                .collect();
            let call = format!("{}({})", prototype.name, arguments.join(", "));
            let met = met(&prototype, &call).expect("every result has its check");
            checks.push_str(&format!("    check({met}, \"{} {name}\");\n", prototype.name));
            count += 1;
        }
    }
    assert!(count > 60, "{count} checks");
    hold("nulls", &checks, count);
}

/// Builds a program with these lines in it, and checks that all conditions hold.
#[track_caller]
pub fn hold(name: &str, checks: &str, count: usize) {
    let source = read("tests/c/null_pointers.c").replace("/* CHECKS */\n", checks);
    let path = BUILT.folder.join(format!("{name}.c"));
    std::fs::write(&path, source).expect("the test's folder can be written");
    let program = BUILT.compile("gcc", "-std=c99", &path.display().to_string());
    let output = succeed(&mut alone(&program));
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{count} checks\n"));
}
