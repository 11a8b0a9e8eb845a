//! The names of settings and functions in messages, as C has them.
//!
//! The library writes a name as Rust has it, such as
//! `PushOptions::allow_any_removals()`. C++ and Python make their own names of those of C.

/// Where names begin or are of their own in C; what follows stays as it is. Few rows: each text is
/// a relocation.
const NAMES: [(&str, &str); 6] = [
    ("PushOptions::baseline(", "vanta_options_set_baseline("),
    ("PushOptions::only_if_changed(", "vanta_options_set_only_if_changed("),
    ("Config::from_env(", "vanta_config_use_environment("),
    ("BodyBuilder::", "vanta_body_builder_"),
    ("PushOptions::", "vanta_options_"),
    ("Config::", "vanta_config_set_"),
];

/// A message with the names of C.
#[inline(never)]
pub(super) fn in_c(message: &str) -> String {
    if !message.contains("::") {
        return message.to_owned();
    }
    let rename = |text: String, (rust, c): &(&str, &str)| text.replace(rust, c);
    NAMES.iter().fold(message.to_owned(), rename)
}
