//! A proxy's responses to a request for a tunnel: the error names the proxy, quotes its words, and
//! says what to do.

use std::ffi::OsString;
use std::io::Write;
use std::net::TcpListener;
use std::thread;

use vanta::{Action, Client, Config, Error, ErrorKind, Kind, Stage};

use crate::harness::{RESOURCE, Rig, TempFile, assert_kind};
use crate::languages::{BUILT, command, secret_file, succeed};
use crate::proxy::{Proxy, Responses};

const CREDENTIALS: &str = "jobs:swordfish";

/// Returns the error of a token request through a proxy with this response.
fn error_of(response: &str, change: impl Fn(Config) -> Config) -> Error {
    let rig = Rig::new();
    let responses = vec![&*Box::leak(response.to_owned().into_boxed_str()); 8];
    let responses: Responses = Box::leak(responses.into_boxed_slice());
    let proxy = Proxy::start(responses);
    let client = Client::new(change(rig.config().proxy(proxy.url()))).expect("right");
    let error = client.token().expect_err("there is no tunnel");
    crate::secret_leaks::record_output(&format!("{error}\n{error:?}\n"));
    let message = error.to_string();
    assert_eq!(error.stage(), Stage::Proxy, "{message}");
    assert!(message.contains(&format!("the proxy {}", proxy.url().trim_start_matches("http://"))));
    assert_eq!(rig.sim.counters().token_requests, 0, "Vanta was not reached");
    assert!(
        !message.contains("swordfish") && !format!("{error:?}").contains("swordfish"),
        "{message}"
    );
    error
}

#[track_caller]
fn assert_says(error: &Error, kind: ErrorKind, words: &[&str]) {
    let message = error.to_string();
    assert_eq!(error.kind(), kind, "{message}");
    for words in words {
        assert!(message.contains(words), "no {words:?} in: {message}");
    }
    assert!(!message.contains('<'), "no markup: {message}");
}

#[test]
fn connect_carries_the_user_agent() {
    let (rig, proxy) = (Rig::new(), Proxy::start(&[]));
    let config = rig.config().proxy(proxy.url()).user_agent("nightly/1.2");
    Client::new(config).expect("right").token().expect("a token");
    let version = env!("CARGO_PKG_VERSION");
    let field = format!("\r\nUser-Agent: libvanta/{version} nightly/1.2\r\n");
    assert!(proxy.requests()[0].contains(&field), "{:?}", proxy.requests());
}

#[test]
fn html_of_a_proxy_is_quoted_and_its_server_field_named() {
    let page = "<html><head><style>p{}</style><title>Blocked</title></head><body>Category storage.\
                Rule 4711. it@example.com</body></html>";
    let head = "HTTP/1.1 403 Forbidden\r\nServer: fw/9\r\nVia: 1.1 edge\r\nProxy-Agent: gate";
    let words = [
        "proxy-agent \"gate\", server \"fw/9\", via \"1.1 edge\"",
        "does not allow a tunnel to localhost:",
        "it responded \"Forbidden, Blocked Category storage.Rule 4711. it@example.com\"",
        "ask its administrator to allow this host and port",
        "(HTTP 403)",
    ];
    let plain = format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let chunked = format!(
        "{head}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n{:x};x=y\r\n{}\r\n0\r\n\r\n",
        40,
        &page[..40],
        page.len() - 40,
        &page[40..],
    );
    let until_the_end = format!("{head}\r\n\r\n{page}");
    for response in [plain, chunked, until_the_end] {
        assert_says(&error_of(&response, |config| config), ErrorKind::ProxyRefused, &words);
    }
}

#[test]
fn proxy_text_is_bounded_and_has_no_terminal_control_characters() {
    let page =
        format!("HTTP/1.1 403 \x1b[31mNo\u{202e}\r\nServer: a\x07b\r\n\r\n{}", "x ".repeat(9999));
    let message = error_of(&page, |config| config).to_string();
    assert!(!message.chars().any(|c| c.is_control() || c == '\u{202e}'), "{message:?}");
    assert!(message.len() < 900 && message.contains("x x x"), "{message}");
    let packed = "HTTP/1.1 403 No\r\nContent-Encoding: gzip\r\n\r\n\x1f\u{8b}\x08zipped";
    let message = error_of(packed, |config| config).to_string();
    assert!(message.contains("it responded \"No\"") && !message.contains("zipped"), "{message}");
}

#[test]
fn a_407_without_basic_names_the_schemes_and_a_way_out_that_works() {
    let file = TempFile::new("proxy", CREDENTIALS.as_bytes());
    let with_file = |config: Config| config.proxy_credentials_file(file.path());
    for (fields, offered) in [
        ("Proxy-Authenticate: Negotiate", "offers only Negotiate for"),
        (
            "Proxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate",
            "only NTLM and Negotiate for",
        ),
        (
            "Proxy-Authenticate: Negotiate, NTLM TlRMTVNTUAAC=, negotiate",
            "only Negotiate and NTLM for",
        ),
        ("Proxy-Authenticate: NTLM realm=\"a, Basic b\", x = \"Basic\"", "offers only NTLM for"),
    ] {
        let response = format!("HTTP/1.1 407 Who\r\n{fields}\r\nContent-Length: 0\r\n\r\n");
        let words = [offered, "only Basic is supported", "have it offer Basic", "cntlm or px"];
        for error in [error_of(&response, |config| config), error_of(&response, with_file)] {
            assert_says(&error, ErrorKind::ProxyRefused, &words);
            assert!(!error.to_string().contains("proxy_credentials"), "no cure: {error}");
        }
    }
    let digest = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"x\", qop=\"auth\"\r\n\r\n";
    let error = error_of(digest, |config| config);
    assert_says(&error, ErrorKind::ProxyRefused, &["offers only Digest for"]);
    assert!(!error.to_string().contains("cntlm"), "it adds no Digest: {error}");
}

#[test]
fn a_407_with_basic_names_the_settings_or_where_the_credentials_are_from() {
    let file = TempFile::new("proxy", CREDENTIALS.as_bytes());
    let settings = "Config::proxy_credentials_file(), Config::proxy_credentials() or \
                    VANTA_PROXY_CREDENTIALS_FILE";
    for fields in [
        "Proxy-Authenticate: Basic realm=\"x\"",
        "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: basic realm=\"Negotiate, x\"",
        "Proxy-Authenticate: NTLM, Basic realm=x",
        "X: none is named",
    ] {
        let echo = "jobs:swordfish swordfish am9iczpzd29yZGZpc2g=";
        for status in ["407 Who", "401 Unauthorized"] {
            let response = format!("HTTP/1.1 {status}\r\n{fields}\r\n\r\n{echo}");
            let without = error_of(&response.replace(echo, ""), |config| config);
            let words = ["requires a user name and password", settings];
            assert_says(&without, ErrorKind::ProxyRefused, &words);
            let path = file.path().display().to_string();
            let error = error_of(&response, |config| config.proxy_credentials_file(file.path()));
            let words = ["does not accept the credentials from", &path, "correct the user name"];
            assert_says(&error, ErrorKind::ProxyRefused, &words);
            let error = error_of(&response, |config| config.proxy_credentials(CREDENTIALS));
            let words =
                ["does not accept the credentials from Config::proxy_credentials() (HTTP 4"];
            assert_says(&error, ErrorKind::ProxyRefused, &words);
            assert_eq!(error.action(), Action::FixConfig, "{error}");
        }
    }
}

#[test]
fn each_status_has_its_cause_and_its_remedy() {
    let refused = ErrorKind::ProxyRefused;
    let cases: [(&str, ErrorKind, &[&str]); 14] = [
        ("400 Bad", refused, &["does not understand", "check that the proxy's host and port"]),
        ("404 Not Found", refused, &["does not allow a tunnel", "ask its administrator to allow"]),
        (
            "405 No\r\nAllow: GET",
            refused,
            &["does not support tunnels (CONNECT)", "of an HTTP proxy"],
        ),
        ("501 Eh", refused, &["does not support tunnels (CONNECT)", "of an HTTP proxy"]),
        (
            "302 Go\r\nLocation: http://portal/x",
            refused,
            &["redirects to \"http://portal/x\"", "sign in"],
        ),
        ("403 ", refused, &["does not allow a tunnel", "(HTTP 403)"]),
        ("403", refused, &["does not allow a tunnel", "(HTTP 403)"]),
        ("408 Slow", ErrorKind::Connect, &["does not open a tunnel", "try again later"]),
        ("429 Many", ErrorKind::Connect, &["does not open a tunnel", "try again later"]),
        ("500 Oh", ErrorKind::Connect, &["could not reach localhost:", "can reach localhost"]),
        ("502 Oh", ErrorKind::Connect, &["could not reach localhost:", "it responded \"Oh\""]),
        ("503 Away", ErrorKind::Connect, &["could not reach localhost:", "(HTTP 503)"]),
        ("504 Late", ErrorKind::Connect, &["could not reach localhost:", "(HTTP 504)"]),
        ("2000 Odd", refused, &["malformed"]),
    ];
    for (head, kind, words) in cases {
        assert_says(&error_of(&format!("HTTP/1.1 {head}\r\n\r\n"), |config| config), kind, words);
    }
    // Old proxies end their lines in this way.
    let error = error_of("HTTP/1.0 403 No\n\nGo away", |config| config);
    assert_says(&error, refused, &["it responded \"No, Go away\"", "(HTTP 403)"]);
}

#[test]
fn proxy_that_is_not_http_is_recognised_by_its_first_bytes() {
    let refused = ErrorKind::ProxyRefused;
    let tls = ["speaks TLS on port", "name the port on which it speaks plain HTTP"];
    let http_on_tls = "HTTP/1.1 400 Bad Request\r\n\r\n\
                       <title>400 The plain HTTP request was sent to HTTPS port</title>";
    let cases: [(&str, ErrorKind, &[&str]); 8] = [
        ("\x15\x03\x01\0\x02\x02\x46", refused, &tls),
        (http_on_tls, refused, &tls),
        ("\x05\x7f", refused, &["speaks SOCKS", "name an HTTP proxy"]),
        ("\0\x5b\0\0\0\0\0\0", refused, &["speaks SOCKS", "name an HTTP proxy"]),
        ("SSH-2.0-Open", refused, &["(\"SSH-2.0-Open\")", "not HTTP/1", "host and port are those"]),
        ("HTTP/1.1 200 OK\r\n\r\nhello", refused, &["before the tunnel is used", "host and port"]),
        ("", ErrorKind::Connect, &["closed the connection without a response", "TLS or SOCKS"]),
        (
            "HTTP/1.1 200 OK\r\n",
            ErrorKind::Connect,
            &["closed the connection before its response was complete"],
        ),
    ];
    for (bytes, kind, words) in cases {
        assert_says(&error_of(bytes, |config| config), kind, words);
    }
}

/// Starts a proxy that keeps the connection open after a page without a length, or never sends the
/// end of it.
#[test]
fn endless_proxy_response_delays_the_error_only_briefly() {
    let rig = Rig::new();
    for content in ["<p>Not you".to_owned(), "Not you. ".repeat(1 << 16)] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let _ = write!(stream, "HTTP/1.1 403 Denied\r\n\r\n{content}");
            // The connection stays open until the test ends.
            thread::park();
            drop(stream);
        });
        let client = Client::new(rig.config().proxy(url).clock(vanta::SystemClock));
        let error = assert_kind(client.expect("right").token(), ErrorKind::ProxyRefused);
        assert!(error.to_string().contains("it responded \"Denied, Not you"), "{error}");
    }
}

#[test]
fn credentials_from_memory_reach_the_proxy_and_no_text() {
    let rig = Rig::new();
    let field = "\r\nProxy-Authorization: Basic am9iczpzd29yZGZpc2g=\r\n";
    let proxy = Proxy::start(&[]);
    let config = rig.config().proxy(proxy.url()).proxy_credentials(CREDENTIALS);
    let client = Client::new(config.clone()).expect("right");
    client.list(&Kind::USER_ACCOUNT, RESOURCE).expect("a list");
    assert!(proxy.requests()[0].contains(field), "{:?}", proxy.requests());
    let shown = format!("{config:?} {client:?}");
    assert!(!shown.contains("swordfish") && !shown.contains("am9iczp"), "{shown}");
    let file = TempFile::new("proxy", b"jobs:other");
    let both = config.clone().proxy_credentials_file(file.path());
    let error = assert_kind(Client::new(both), ErrorKind::InvalidConfig);
    let words = "the proxy's credentials are set as a value and as a file; keep one";
    assert!(error.to_string().contains(words), "{error}");
    for wrong in ["swordfish", "jobs:sword\nfish", ""] {
        let error = Client::new(config.clone().proxy_credentials(wrong));
        let error = assert_kind(error, ErrorKind::InvalidConfig);
        assert!(
            error.to_string().contains("Config::proxy_credentials() is malformed; write"),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("fish"), "{error}");
    }
    let url = proxy.url().replace("//", "//jobs:swordfish@");
    let error = assert_kind(Client::new(rig.config().proxy(url)), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("proxy_credentials_file"), "{error}");
    assert!(!format!("{error:?}").contains("swordfish"), "{error}");
}

#[test]
fn c_cpp_and_python_give_a_proxys_credentials_from_memory() {
    needs!("gcc", "g++", "python3");
    let c = BUILT.compile("gcc", "-std=c99", "tests/c/proxy_credentials.c");
    let cpp = BUILT.compile("g++", "-std=c++17", "tests/cpp/proxy_credentials.cpp");
    let python = BUILT.python("tests/python/proxy_credentials.py");
    let words: [(Vec<OsString>, &str); 3] = [
        (vec![c.into()], "vanta_config_set_proxy_credentials() ("),
        (vec![cpp.into()], "vanta::config::proxy_credentials() ("),
        (python, "proxy_credentials ("),
    ];
    for (words, name) in words {
        let rig = Rig::new();
        let proxy = Proxy::start(&["HTTP/1.1 407 Who\r\nContent-Length: 9\r\n\r\nswordfish"; 2]);
        let secret = secret_file(&rig);
        let mut job = command(&rig, &secret, &words);
        job.env("TEST_PROXY", proxy.url()).env("TEST_PROXY_CREDENTIALS", CREDENTIALS);
        let stdout = String::from_utf8(succeed(&mut job).stdout).expect("text");
        assert!(stdout.contains(&format!("not accept the credentials from {name}")), "{stdout}");
        assert!(!stdout.contains("swordfish"), "{stdout}");
        let field = "\r\nProxy-Authorization: Basic am9iczpzd29yZGZpc2g=\r\n";
        assert!(proxy.requests()[0].contains(field), "{words:?}: {:?}", proxy.requests());
    }
}
