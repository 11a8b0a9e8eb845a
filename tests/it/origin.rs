//! An origin is compared in its normal form, and may have the path prefix of an API gateway.

use std::fs;

use serde_json::{Value, json};
use vanta::{Client, Config, ErrorKind, Kind, PushOptions, Receipt, Upload};

use crate::harness::{
    RESOURCE, Rig, TempFile, TempFolder, accounts, assert_kind, without_deletion_guard,
};
use crate::proxy::Proxy;

const KIND: Kind = Kind::USER_ACCOUNT;

fn complete() -> Config {
    Config::new().client_id("vci_a").client_secret("vcs_b")
}

/// Returns the origin with host and scheme in capitals, a trailing dot, a leading zero and a slash.
fn respelled(origin: &str) -> String {
    let (scheme, rest) = origin.split_once("://").expect("a scheme");
    let (host, port) = rest.split_once(':').expect("a port");
    // An IP address has no trailing dot.
    let dot = if host == "localhost" { "." } else { "" };
    format!(" {}://{}{dot}:0{port}/ ", scheme.to_uppercase(), host.to_uppercase())
}

/// Makes a client that takes its token from a store whose record has the origin `stored`.
fn reads_record_of(stored: &str, configured: &str) -> bool {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let path = folder.path().join("token");
    let config = || rig.config().token_store(path.display().to_string());
    let token = Client::new(config()).expect("right").token().expect("a token");
    let text = fs::read(&path).expect("it is there");
    let mut record: Value = serde_json::from_slice(&text).expect("JSON");
    record["origin"] = json!(stored);
    fs::write(&path, record.to_string()).expect("ours");
    let reader = Client::new(
        config().origin(configured).allow_plain_http_to_loopback(true).token_from_store_only(true),
    )
    .expect("right");
    let found = reader.token();
    found.is_ok_and(|found| found.secret() == token.secret())
}

#[test]
fn clients_of_one_origin_in_two_spellings_share_a_token() {
    let rig = Rig::new();
    let first = rig.client();
    let second = Client::new(rig.config().origin(respelled(&rig.sim.origin()))).expect("right");
    let token = first.token().expect("a token");
    assert_eq!(second.token().expect("the same").secret(), token.secret());
    let receipt = second.push(&KIND, &accounts(&["a"])).expect("pushed");
    assert_eq!(receipt.origin, Some(rig.sim.origin()));
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn a_record_with_another_spelling_of_the_origin_is_read() {
    for (stored, configured) in [
        ("https://GW.example.com:443", "https://gw.example.com"),
        ("https://gw.example.com", "https://gw.EXAMPLE.com.:0443/"),
        ("https://gw.example.com.:08443", "https://gw.example.com:8443"),
        ("https://[0:0::1]:443", "https://[::1]"),
        ("https://gw.example.com/vanta", "https://gw.example.com/vanta//"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ] {
        assert!(reads_record_of(stored, configured), "{stored} as {configured}");
    }
    for (stored, configured) in [
        ("https://gw.example.com/Vanta", "https://gw.example.com/vanta"),
        ("https://gw.example.com/vanta", "https://gw.example.com"),
        ("https://gw.example.com:80", "https://gw.example.com"),
        ("https://user@gw.example.com", "https://gw.example.com"),
        ("no origin", "https://gw.example.com"),
    ] {
        assert!(!reads_record_of(stored, configured), "{stored} is not {configured}");
    }
}

#[test]
fn a_record_keeps_the_spelling_of_its_origin_for_older_versions() {
    let rig = Rig::new();
    let folder = TempFolder::new();
    let path = folder.path().join("token");
    let client = || Client::new(rig.config().token_store(path.display().to_string()));
    let read =
        || -> Value { serde_json::from_slice(&fs::read(&path).expect("there")).expect("JSON") };
    client().expect("right").token().expect("a token");
    let mut record = read();
    let old = rig.sim.origin().to_uppercase().replace("HTTPS", "https");
    record["origin"] = json!(old);
    fs::write(&path, record.to_string()).expect("ours");
    client().expect("right").push(&KIND, &accounts(&["a"])).expect("pushed");
    assert_eq!(read()["origin"], json!(old));
    assert!(!read()["resource_requests"].as_array().expect("a list").is_empty(), "it was written");
    // In a torn record, the origin is compared in the same way.
    fs::write(&path, format!("{{\"format\":1,\"origin\":\"{old}\",\"cli")).expect("ours");
    client().expect("right").token().expect("a torn record of its own is replaced");
}

#[test]
fn a_baseline_with_another_spelling_of_the_origin_is_accepted() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let pushed = client.push(&KIND, &accounts(&["a", "b"])).expect("pushed");
    let mut line: Value = serde_json::from_str(&pushed.to_json()).expect("JSON");
    line["origin"] = json!(respelled(&rig.sim.origin()).trim());
    let receipt = Receipt::from_json(&line.to_string()).expect("a receipt");
    let options = PushOptions::new().baseline(&receipt);
    client.push_with(&KIND, &accounts(&["a", "b"]), &options).expect("its own baseline");
    let audit = TempFile::new("audit", format!("{line}\n").as_bytes());
    let options = PushOptions::new().baseline_from_audit(audit.path(), &KIND, RESOURCE);
    let options = options.expect("a push of this application");
    client.push_with(&KIND, &accounts(&["a", "b"]), &options).expect("its own audit file");
}

#[test]
fn every_request_goes_below_the_path_prefix_of_a_gateway() {
    let rig = Rig::with(|settings| settings.path_prefix = "/api/Vanta-1".to_owned());
    let origin = rig.sim.origin();
    assert!(origin.ends_with("/api/Vanta-1"), "{origin}");
    let client = Client::new(rig.config().origin(format!("{origin}/"))).expect("right");
    let receipt = client.push(&KIND, &accounts(&["a"])).expect("pushed");
    assert_eq!(receipt.origin.as_deref(), Some(origin.as_str()));
    client.verify(&KIND, &accounts(&["a"])).expect("verified");
    client.list(&KIND, RESOURCE).expect("listed");
    let report = TempFile::new("pdf", b"%PDF");
    client.upload(&Upload::new("access-requests", report.path())).expect("uploaded");
    let targets: Vec<String> = rig.sim.requests().into_iter().map(|one| one.target).collect();
    let below = |target: &String| target.starts_with("/api/Vanta-1/");
    assert!(targets.iter().all(below), "{targets:?}");
    assert!(targets.contains(&"/api/Vanta-1/oauth/token".to_owned()), "{targets:?}");
    assert_eq!(targets.len(), 6, "{targets:?}");
}

#[test]
fn the_path_prefix_is_part_of_what_an_application_is() {
    let rig = Rig::with(|settings| settings.path_prefix = "/one".to_owned());
    let client = rig.client();
    let token = client.token().expect("a token");
    let root = rig.sim.origin().trim_end_matches("/one").to_owned();
    for other in [root.clone(), format!("{root}/ONE"), format!("{root}/one/two")] {
        let client = Client::new(rig.config().origin(&other)).expect("right");
        assert!(client.token().is_err(), "{other} has no token of {}", rig.sim.origin());
    }
    assert_eq!(client.token().expect("cached").secret(), token.secret());
    assert!(!reads_record_of("https://gw.example.com/one", "https://gw.example.com/two"));
    let audit = client.push(&KIND, &accounts(&["a"])).expect("pushed").to_json();
    let elsewhere = Receipt::from_json(&audit.replace("/one\"", "/two\"")).expect("a receipt");
    let options = PushOptions::new().baseline(&elsewhere);
    let pushed = client.push_with(&KIND, &accounts(&["a"]), &options);
    assert_kind(pushed, ErrorKind::InvalidArgument);
}

#[test]
fn a_host_with_an_underscore_is_reached() {
    let rig = Rig::new();
    let proxy = Proxy::to(Some(rig.sim.address()), &[]);
    let port = rig.sim.address().port();
    let origin = format!("https://vanta_simulator.test:{port}");
    let config = rig.config().origin(&origin).proxy(proxy.url());
    let client = Client::new(config).expect("an underscore is allowed");
    let receipt =
        client.push_with(&KIND, &accounts(&["a"]), &without_deletion_guard()).expect("pushed");
    assert_eq!(receipt.origin, Some(origin));
    let asked = format!("CONNECT vanta_simulator.test:{port} HTTP/1.1\r\n");
    assert!(proxy.requests()[0].starts_with(&asked), "{:?}", proxy.requests());
}

#[test]
fn invalid_part_of_an_origin_is_named_and_not_quoted() {
    for (origin, words) in [
        ("https://user:hunter2@gw.example.com", "user name or password"),
        ("https://user:hunter2@gw.example.com/vanta", "user name or password"),
        ("https://gw.example.com/hunter2@vanta", "user name or password"),
        ("https://gw.example.com/vanta?key=hunter2", "a query or a fragment"),
        ("https://gw.example.com/#hunter2", "a query or a fragment"),
        ("https://gw.example.com?hunter2", "a query or a fragment"),
        ("https://gw.example.com/a//hunter2", "path prefix is malformed"),
        ("https://gw.example.com/../hunter2", "path prefix is malformed"),
        ("https://gw.example.com/./hunter2", "path prefix is malformed"),
        ("https://gw.example.com/hunter2%2f", "path prefix is malformed"),
        ("https://gw.example.com/hunter2 x", "path prefix is malformed"),
        ("https://gw.example.com/hunter2\\x", "path prefix is malformed"),
        ("https://gw.example.com/hunter2\r\nx", "path prefix is malformed"),
        ("https://gw.example.com/v1/resources/hunter2", "the part before it"),
        ("https://gw.example.com/hunter2/oauth/token", "the part before it"),
        ("https://api.vanta.com/v1", "give https://api.vanta.com"),
        ("https://API.vanta-gov.com./oauth/token", "give https://api.vanta-gov.com"),
        ("https://api.EU.vanta.com.", "all regions use https://api.vanta.com"),
        ("https://127.0.0.01", "four decimal numbers"),
        ("https://010.0.0.1", "four decimal numbers"),
        ("https://127.1", "four decimal numbers"),
        ("https://0x7f.0x1", "four decimal numbers"),
        ("https://2130706433", "four decimal numbers"),
        ("https://gw..example.com", "host is malformed"),
        ("https://.", "host is malformed"),
        ("https://[127.0.0.1]", "host or port is malformed"),
        ("https://gw.example.com:+443", "host or port is malformed"),
        ("https://gw.example.com:0", "host or port is malformed"),
        ("https://gw.example.com:", "host or port is malformed"),
        ("https:///vanta", "host or port is malformed"),
    ] {
        let made = Client::new(complete().origin(origin));
        let error = assert_kind(made, ErrorKind::InvalidConfig).to_string();
        assert!(error.contains(words), "{origin}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let long = format!("https://{}.example.com", "x".repeat(250));
    let error = assert_kind(Client::new(complete().origin(long)), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("host is malformed"), "{error}");
}
