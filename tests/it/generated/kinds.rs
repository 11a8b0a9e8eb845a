//! The constants of kinds in C++ and Python, generated from those of `Kind`. `header.rs` writes
//! those of C.

use super::assert_generated;
use crate::header::kind_constants;

const SOURCE: &str = "src/resource/kind.rs";

#[test]
fn constants_of_kinds_in_cpp_and_python_are_those_of_rust() {
    let (mut cpp, mut python) = (String::new(), String::new());
    for kind in kind_constants() {
        let (name, value) = (kind.name.to_lowercase(), format!("VANTA_KIND_{}", kind.name));
        let line = format!("inline constexpr const char *{name} = {value};\n");
        cpp += &match line.len() {
            ..=101 => line,
            _ => line.replace("= ", "=\n    "),
        };
        python += &format!("    {} = \"{}\"\n", kind.name, kind.path);
    }
    assert_generated("bindings/cpp/vanta_kind.hpp", SOURCE, &cpp);
    assert_generated("bindings/python/libvanta/kind.py", SOURCE, &python);
}
