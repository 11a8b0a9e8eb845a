//! The functions of C as Python's ctypes needs them, from the header.

use super::assert_generated;
use crate::border::prototypes;
use crate::header::fresh;

/// Callbacks that Python gives, and what its file calls their types.
const CALLBACKS: [(&str, &str); 5] = [
    ("vanta_destroy_callback", "_DESTROY"),
    ("vanta_event_callback", "_EVENT"),
    ("vanta_progress_callback", "_PROGRESS"),
    ("vanta_read_callback", "_READ"),
    ("vanta_secret_callback", "_CLIENT_SECRET"),
];

/// The name of a C type in ctypes. A callback that Python never gives is any pointer.
fn in_ctypes(kind: &str) -> String {
    let callback = CALLBACKS.iter().find(|(name, _)| *name == kind);
    match kind {
        "void" => "None".to_owned(),
        "const char *" | "char *" => "c_char_p".to_owned(),
        "size_t *" => "_SIZE".to_owned(),
        "const vanta_store *" => "POINTER(_Store)".to_owned(),
        _ if callback.is_some() => callback.map_or("", |(_, own)| own).to_owned(),
        _ if kind.ends_with("**") => "_OUT".to_owned(),
        _ if kind.ends_with('*') || kind.ends_with("_callback") => "c_void_p".to_owned(),
        "double" => "c_double".to_owned(),
        "size_t" => "c_size_t".to_owned(),
        _ if kind.ends_with("_t") => format!("c_{}", kind.trim_end_matches("_t")),
        // A status, a rule and the like.
        _ => "c_int32".to_owned(),
    }
}

#[test]
fn prototypes_in_python_are_those_of_the_header() {
    let mut functions = prototypes(&fresh());
    functions.sort_by(|one, other| one.name.cmp(&other.name));
    let mut lines = String::new();
    for function in functions {
        let types = function.parameters.iter().map(|(kind, _)| in_ctypes(kind));
        let types = types.collect::<Vec<_>>().join(", ");
        let (name, result) = (&function.name, in_ctypes(&function.result));
        let line = format!("    \"{name}\": ({result}, [{types}]),\n");
        lines += &match line.len() {
            ..=111 => line,
            _ => format!("    \"{name}\": (\n        {result},\n        [{types}],\n    ),\n"),
        };
    }
    assert_generated("bindings/python/libvanta/_native.py", "include/vanta.h", &lines);
    assert_eq!(in_ctypes("vanta_error **"), "_OUT");
    assert_eq!(
        (in_ctypes("uint64_t"), in_ctypes("size_t")),
        ("c_uint64".into(), "c_size_t".into())
    );
}
