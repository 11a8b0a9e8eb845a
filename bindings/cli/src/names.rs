//! The names of settings in messages, as options of this program. The library writes them as Rust
//! has them.

/// Every name that a message has: in Rust, and here.
const NAMES: [(&str, &str); 18] = [
    ("PushOptions::allow_any_removals()", "--allow-any-removals"),
    ("PushOptions::allow_empty()", "--allow-empty"),
    ("PushOptions::baseline()", "--baseline"),
    ("PushOptions::only_if_changed()", "--if-changed"),
    ("Config::client_id(), or VANTA_CLIENT_ID", "VANTA_CLIENT_ID or --client-id"),
    (
        "Config::client_secret_file(), Config::client_secret() or \
         Config::client_secret_callback(), or VANTA_CLIENT_SECRET_FILE or VANTA_CLIENT_SECRET",
        "VANTA_CLIENT_SECRET_FILE or --client-secret-file, or --client-secret-command",
    ),
    ("Config::proxy_credentials_file()", "VANTA_PROXY_CREDENTIALS_FILE"),
    ("Config::proxy_credentials()", "VANTA_PROXY_CREDENTIALS_FILE"),
    (
        "client_secret, client_secret_file and client_secret_callback",
        "VANTA_CLIENT_SECRET, \
      VANTA_CLIENT_SECRET_FILE or --client-secret-file, and --client-secret-command",
    ),
    ("its callback failed with", "its command failed with"),
    ("from its callback", "from its command"),
    ("that ca_file names", "that VANTA_CA_FILE or --ca-file names"),
    (
        "client_secret_file or VANTA_CLIENT_SECRET_FILE names",
        "VANTA_CLIENT_SECRET_FILE or --client-secret-file names",
    ),
    ("audit_file or VANTA_AUDIT_FILE", "VANTA_AUDIT_FILE or --audit-file"),
    ("correct ca_file", "correct VANTA_CA_FILE or --ca-file"),
    ("(ca_file)", "(--ca-file)"),
    (" and Config::from_env()", ""),
    ("Config::allow_plain_http_to_loopback()", "a program of your own"),
];

/// A message with the names of options.
pub fn of_options(message: &str) -> String {
    let rename = |text: String, (rust, option): &(&str, &str)| text.replace(rust, option);
    let text = NAMES.iter().fold(message.to_owned(), rename);
    removals(&text)
}

/// `PushOptions::expect_removals(40)` is an option with a number.
fn removals(text: &str) -> String {
    let Some((before, after)) = text.split_once("PushOptions::expect_removals(") else {
        return text.to_owned();
    };
    let (number, rest) = after.split_once(')').unwrap_or((after, ""));
    format!("{before}--expect-removals {number}{}", removals(rest))
}
