//! The enumerations of C++, generated from the constants of vanta.h.

use super::assert_generated;
use crate::header::fresh;

/// The prefix of the constants, the enumeration, and the type of its numbers.
const ENUMS: [(&str, &str, &str); 12] = [
    ("VANTA_ERR_", "code", "vanta_status"),
    ("VANTA_ACTION_", "action", "vanta_action"),
    ("VANTA_STAGE_", "stage", "vanta_stage"),
    ("VANTA_RULE_", "rule", "vanta_rule"),
    ("VANTA_LEVEL_", "level", "vanta_level"),
    ("VANTA_RECEIPT_", "receipt_kind", "std::int32_t"),
    ("VANTA_ON_STORE_UNAVAILABLE_", "on_store_unavailable", "std::int32_t"),
    ("VANTA_ROOTS_", "roots", "std::int32_t"),
    ("VANTA_SOURCE_", "token_source", "std::int32_t"),
    ("VANTA_REASON_", "renewal_reason", "std::int32_t"),
    ("VANTA_SNAPSHOT_", "snapshot_field", "vanta_snapshot_field"),
    ("VANTA_EVENT_", "event", "vanta_event"),
];

/// Returns the names of constants without their prefix, in the order of the header.
fn names<'a>(header: &'a str, prefix: &str) -> Vec<&'a str> {
    let defines = header.lines().filter_map(|line| line.strip_prefix("#define "));
    let names = defines.filter_map(|define| define.split(' ').next());
    names.filter_map(|name| name.strip_prefix(prefix)).collect()
}

/// Returns the name of an enumerator. A keyword of C++ gets an underscore.
fn enumerator(name: &str) -> String {
    let name = name.to_lowercase();
    if name == "static" { "static_".to_owned() } else { name }
}

/// Returns the function of C++ that returns the names. Those of status codes come from the library.
fn name_function(names: &[&str], name: &str) -> String {
    let words: String =
        names.iter().map(|name| format!("        \"{}\",\n", name.to_lowercase())).collect();
    format!(
        "inline std::string_view name({name} value) noexcept {{\n    constexpr \
         std::array<std::string_view, {}> names{{{{\n{words}    }}}};\n    return \
         detail::name_of(names, value);\n}}\n",
        names.len()
    )
}

fn enumeration(header: &str, (prefix, name, number): (&str, &str, &str)) -> String {
    let names = names(header, prefix);
    let is_code = name == "code";
    let first = if is_code { "    ok = VANTA_OK,\n" } else { "" };
    let rest = names.iter().map(|n| format!("    {} = {prefix}{n},\n", enumerator(n)));
    let values: String = rest.collect();
    let function = if is_code { String::new() } else { name_function(&names, name) };
    format!("enum class {name} : {number} {{\n{first}{values}}};\n{function}\n")
}

#[test]
fn enumerations_of_cpp_are_the_constants_of_the_header() {
    let header = fresh();
    let written: String = ENUMS.into_iter().map(|each| enumeration(&header, each)).collect();
    assert_generated(
        "bindings/cpp/vanta_enum.hpp",
        "include/vanta.h",
        &(written.trim_end().to_owned() + "\n"),
    );
    let header = "#define VANTA_RULE_A 0\n#define VANTA_RULE_B_C 1\n#define VANTA_X 0\n";
    assert_eq!(names(header, "VANTA_RULE_"), ["A", "B_C"]);
}
