//! The prototypes of the C functions for Python's ctypes, generated from the header.

use super::assert_generated;
use crate::c_abi::prototypes;
use crate::header::fresh;

/// Callbacks that Python passes, and the names of their types in Python.
const CALLBACKS: [(&str, &str); 5] = [
    ("vanta_destroy_callback", "destroy"),
    ("vanta_event_callback", "event"),
    ("vanta_progress_callback", "progress"),
    ("vanta_read_callback", "read"),
    ("vanta_secret_callback", "secret"),
];

/// Returns the name of a C type in Python. A callback that Python never passes is any pointer.
fn in_python(kind: &str) -> &str {
    let callback = CALLBACKS.iter().find(|(name, _)| *name == kind);
    match kind {
        "void" | "double" => kind,
        "const char *" | "char *" => "text",
        "size_t *" => "out_size",
        "const vanta_store *" => "store",
        _ if callback.is_some() => callback.map_or("", |(_, own)| own),
        _ if kind.ends_with("**") => "out_pointer",
        _ if kind.ends_with('*') || kind.ends_with("_callback") => "pointer",
        // A status, a rule and similar types have no such suffix.
        _ => kind.strip_suffix("_t").unwrap_or("int32"),
    }
}

#[test]
fn prototypes_in_python_are_those_of_the_header() {
    let mut functions = prototypes(&fresh());
    functions.sort_by(|one, other| one.name.cmp(&other.name));
    let mut lines = String::new();
    for function in functions {
        let parameters = function.parameters.iter().map(|(kind, _)| in_python(kind));
        // A text with a length parameter has no NUL at its end.
        let is_sized = function.parameters.last().is_some_and(|(kind, _)| kind == "size_t *");
        let result = in_python(&function.result);
        let result = if is_sized && result == "text" { "pointer" } else { result };
        let types: Vec<&str> = std::iter::once(result).chain(parameters).collect();
        lines += &format!("    \"{}\": \"{}\",\n", function.name, types.join(" "));
    }
    assert_generated("bindings/python/libvanta/_prototypes.py", "include/vanta.h", &lines);
    assert_eq!(in_python("vanta_error **"), "out_pointer");
    assert_eq!((in_python("uint64_t"), in_python("size_t")), ("uint64", "size"));
}
