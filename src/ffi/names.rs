//! The names of settings in messages, as C has them.
//!
//! The library writes the name of a setting as Rust has it, such as
//! `PushOptions::allow_any_removals()`. C++ and Python make their own names of those of C.

/// Names of Rust, or their beginnings, and what C has in their place. The first that fits counts.
const NAMES: [(&str, &str); 5] = [
    ("PushOptions::baseline()", "vanta_call_set_baseline()"),
    ("PushOptions::", "vanta_call_"),
    ("Config::from_env()", "vanta_config_use_environment()"),
    // A switch.
    ("Config::allow_plain_http_to_loopback()", "vanta_config_allow_plain_http_to_loopback()"),
    ("Config::", "vanta_config_set_"),
];

/// A message with the names of C.
pub(super) fn in_c(message: &str) -> String {
    let rename = |text: String, (rust, c): &(&str, &str)| text.replace(rust, c);
    NAMES.iter().fold(message.to_owned(), rename)
}
