//! `no_proxy`: each entry means the same as in curl, or is an error that names it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::languages::BUILT;
use crate::proxy::Proxy;

use Way::{Direct, Proxied, Refused};

/// How a host is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Direct,
    Proxied,
    /// The client is not made: an error names the entry.
    Refused(&'static str),
}

/// A domain for which no resolver is used: a label of a name has at most 63 bytes.
const DOMAIN: &str = "d-234567890123456789012345678901234567890123456789012345678901234.example";

/// Host and port, the value of `no_proxy`, the route of the library, and that of curl 7.88. `D` is
/// DOMAIN.
type Row = (&'static str, &'static str, Way, Way);

const ROWS: &[Row] = &[
    // Names.
    ("D:443", "D", Direct, Direct),
    ("www.D:443", "D", Direct, Direct),
    ("a.www.D:443", "D", Direct, Direct),
    ("notD:443", "D", Proxied, Proxied),
    ("D:443", "www.D", Proxied, Proxied),
    ("D:443", "d-2", Proxied, Proxied),
    ("www.D:443", "WWW.D", Direct, Direct),
    ("localhost:1", "localhost", Direct, Direct),
    ("localhost:1", "other", Proxied, Proxied),
    ("a_b.D:443", "a_b.D", Direct, Direct),
    // A dot before or behind.
    ("www.D:443", ".D", Direct, Direct),
    ("D:443", ".D", Direct, Direct),
    ("notD:443", ".D", Proxied, Proxied),
    ("D:443", "D.", Direct, Direct),
    ("www.D.:443", ".D.", Direct, Direct),
    ("www.D.:443", "D", Direct, Direct),
    // Curl has no wildcard but the single one.
    ("www.D:443", "*.D", Direct, Proxied),
    ("D:443", "*.D", Direct, Proxied),
    ("notD:443", "*.D", Proxied, Proxied),
    ("D:443", "*", Direct, Direct),
    ("127.0.0.1:1", "*", Direct, Direct),
    ("D:443", "x.example,*", Direct, Proxied),
    ("D:443", "*D", Refused("*d-2345"), Proxied),
    ("10.1.2.3:443", "10.*", Refused("\"10.*\""), Proxied),
    ("D:443", "www.*.example", Refused("\"www.*.example\""), Proxied),
    // Lists.
    ("D:443", "x.example,D", Direct, Direct),
    ("D:443", "x.example, D", Direct, Direct),
    ("D:443", "x.example D", Direct, Direct),
    ("D:443", "x.example\tD", Direct, Direct),
    ("D:443", ",, x.example ,D,", Direct, Direct),
    ("D:443", "x.example;D", Direct, Proxied),
    ("D:443", "x.example\nD", Direct, Proxied),
    ("D:443", "x.example,\r\nD\r\n", Direct, Proxied),
    ("D:443", "x.example, y.example", Proxied, Proxied),
    ("D:443", "", Proxied, Proxied),
    ("D:443", " ,", Proxied, Proxied),
    // Ports; curl has none.
    ("D:443", "D:443", Direct, Proxied),
    ("D:8443", "D:443", Proxied, Proxied),
    ("127.0.0.1:1", "127.0.0.1:1", Direct, Proxied),
    ("127.0.0.1:2", "127.0.0.1:1", Proxied, Proxied),
    ("[::1]:1", "[::1]:1", Direct, Proxied),
    ("D:443", "x.example:", Refused("\"x.example:\""), Proxied),
    ("D:443", "x.example:https", Refused("x.example:https"), Proxied),
    ("D:443", "x.example:0", Refused("x.example:0"), Proxied),
    // Addresses.
    ("127.0.0.1:1", "127.0.0.1", Direct, Direct),
    ("127.0.0.1:1", "27.0.0.1", Proxied, Proxied),
    ("127.0.0.1:1", "localhost", Proxied, Proxied),
    ("127.0.0.1:1", "D,127.0.0.2", Proxied, Proxied),
    ("127.0.0.1:1", "127.0.1", Refused("127.0.1"), Proxied),
    ("127.0.0.1:1", ".0.1", Refused(".0.1"), Proxied),
    ("127.0.0.1:1", ".127.0.0.1", Refused(".127.0.0.1"), Proxied),
    ("127.0.0.1:1", "127", Refused("\"127\""), Proxied),
    ("[::1]:1", "::1", Direct, Direct),
    ("[::1]:1", "0:0::0:1", Direct, Proxied),
    ("[::1]:1", "::2", Proxied, Proxied),
    ("[::1]:1", "[::1]", Direct, Proxied),
    ("[::1]:1", "127.0.0.1", Proxied, Proxied),
    // Blocks of addresses.
    ("127.0.0.1:1", "127.0.0.0/8", Direct, Direct),
    ("127.0.0.1:1", "127.9.9.9/8", Direct, Direct),
    ("127.0.0.1:1", "127.0.0.0/31", Direct, Direct),
    ("127.0.0.1:1", "127.0.0.2/31", Proxied, Proxied),
    ("127.0.0.1:1", "127.0.0.1/32", Direct, Direct),
    ("127.0.0.1:1", "10.0.0.0/8", Proxied, Proxied),
    ("127.0.0.1:1", "::/0", Proxied, Proxied),
    // Curl reads a length of zero as that of all bits.
    ("127.0.0.1:1", "0.0.0.0/0", Direct, Proxied),
    ("127.0.0.1:1", "127.0.0.0/33", Refused("127.0.0.0/33"), Proxied),
    ("127.0.0.1:1", "127.0/16", Refused("127.0/16"), Proxied),
    ("127.0.0.1:1", "127.0.0.0/", Refused("127.0.0.0/"), Proxied),
    ("127.0.0.1:1", "127.0.0.0/x", Refused("127.0.0.0/x"), Proxied),
    ("127.0.0.1:1", "127.0.0.0/255.0.0.0", Refused("127.0.0.0/255.0.0.0"), Proxied),
    // Curl 7.88 compares IPv6 addresses as text, although its documentation says that it supports
    // blocks.
    ("[::1]:1", "::/64", Direct, Proxied),
    ("[::1]:1", "fd00::/8", Proxied, Proxied),
    ("[::1]:1", "::1/128", Direct, Proxied),
    ("[::1]:1", "::/129", Refused("::/129"), Proxied),
    ("[::1]:1", "[::]/64", Direct, Proxied),
    ("D:443", "10.0.0.0/8", Proxied, Proxied),
    // Entries that name no host.
    ("D:443", "https://D", Refused("https://"), Proxied),
    ("D:443", "x.example/path", Refused("x.example/path"), Proxied),
    ("D:443", "<local>", Refused("<local>"), Proxied),
    ("D:443", "büro.example", Refused("büro.example"), Proxied),
    ("D:443", "..", Refused("\"..\""), Proxied),
    ("D:443", "D,a..b", Refused("a..b"), Direct),
    ("D:443", "localhost, 10.*", Refused("10.*"), Proxied),
];

fn named(text: &str) -> String {
    text.replace('D', DOMAIN)
}

#[test]
fn an_entry_of_no_proxy_means_what_it_means_to_curl_or_is_an_error_that_names_it() {
    needs!("python3");
    let proxy = Proxy::start(&["HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"; 200]);
    let words = BUILT.python("tests/python/no_proxy.py");
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["HTTPS_PROXY", "all_proxy", "ALL_PROXY", "NO_PROXY", "VANTA_ORIGIN"] {
        command.env_remove(name);
    }
    command.env("PYTHONPATH", "bindings/python").env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("LIBVANTA_LIBRARY", BUILT.folder.join("libvanta.so.0"));
    command.env("TEST_PROXY", proxy.url()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python3 is there");
    let mut rows = String::new();
    for (host, list, _, _) in ROWS {
        let list = serde_json::to_string(&named(list)).expect("text");
        writeln!(rows, "https://{}\t{list}", named(host)).expect("room");
    }
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(rows.as_bytes()).expect("python3 reads it");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), ROWS.len(), "{stdout}");
    for ((host, list, way, _), line) in ROWS.iter().zip(lines) {
        let is_so = match way {
            Direct => line == "exempt",
            Proxied => line == "proxied",
            Refused(entry) => line.contains("no_proxy has the entry") && line.contains(entry),
        };
        assert!(is_so, "{host} under {list:?} is not {way:?}: {line}");
    }
}

/// Checks the last column, and so which rows of the table differ from curl.
#[test]
fn curl_agrees_with_the_table_about_no_proxy() {
    needs!("curl");
    let version = Command::new("curl").arg("--version").output().expect("curl runs").stdout;
    // Other versions may differ in rows in which the library differs from this one, and curl 8
    // splits a list at commas alone.
    let is_known = version.starts_with(b"curl 7.88.");
    let has_commas = |list: &str| list.split(',').all(|one| one.split_whitespace().count() < 2);
    let proxy = Proxy::start(&["HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"; 200]);
    let closed = TcpListener::bind("127.0.0.1:0").expect("loopback").local_addr().expect("bound");
    let mut wrong = Vec::new();
    let is_same = |row: &&Row| row.2 == row.3 && has_commas(row.1);
    for (host, list, ours, curls) in ROWS.iter().filter(|row| is_known || is_same(row)) {
        let mut curl = Command::new("curl");
        curl.args(["--disable", "--silent", "--noproxy", &named(list), "--proxy", &proxy.url()]);
        curl.args(["--connect-to", &format!("::{closed}"), &format!("https://{}/", named(host))]);
        // 7 is a refused connection, 56 a proxy that refuses.
        let expected = if *curls == Direct { 7 } else { 56 };
        let code = curl.output().expect("curl runs").status.code();
        if code != Some(expected) {
            wrong.push(format!("{host} under {list:?}, {ours:?} and {curls:?}: {code:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
