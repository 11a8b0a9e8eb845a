//! The names of settings and functions in messages, as C has them.
//!
//! The library writes a name as Rust has it, such as
//! `PushOptions::allow_any_removals()`. C++ and Python make their own names of those of C.

/// Every name that a message has: in Rust, and in C.
const NAMES: [(&str, &str); 15] = [
    ("BodyBuilder::begin()", "vanta_body_builder_begin()"),
    ("BodyBuilder::end()", "vanta_body_builder_end()"),
    ("PushOptions::allow_any_removals()", "vanta_options_allow_any_removals()"),
    ("PushOptions::allow_empty()", "vanta_options_allow_empty()"),
    ("PushOptions::baseline()", "vanta_options_set_baseline()"),
    ("PushOptions::expect_removals(", "vanta_options_expect_removals("),
    ("PushOptions::only_if_changed()", "vanta_options_set_only_if_changed()"),
    ("Config::allow_plain_http_to_loopback()", "vanta_config_set_allow_plain_http_to_loopback()"),
    ("Config::client_id()", "vanta_config_set_client_id()"),
    ("Config::client_secret()", "vanta_config_set_client_secret()"),
    ("Config::client_secret_callback()", "vanta_config_set_client_secret_callback()"),
    ("Config::client_secret_file()", "vanta_config_set_client_secret_file()"),
    ("Config::proxy_credentials()", "vanta_config_set_proxy_credentials()"),
    ("Config::proxy_credentials_file()", "vanta_config_set_proxy_credentials_file()"),
    ("Config::from_env()", "vanta_config_use_environment()"),
];

/// A message with the names of C.
pub(super) fn in_c(message: &str) -> String {
    if !message.contains("::") {
        return message.to_owned();
    }
    let rename = |text: String, (rust, c): &(&str, &str)| text.replace(rust, c);
    NAMES.iter().fold(message.to_owned(), rename)
}
