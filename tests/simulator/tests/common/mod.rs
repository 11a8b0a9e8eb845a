//! A client of a few lines, independent of the library and of any HTTP crate.
#![allow(dead_code)]

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use vanta_simulator::{Settings, Simulator};

pub const RESOURCE: &str = "66f0c0ffee0000000000a001";
pub const BOTH: &str = "connectors.self:write-resource connectors.self:read-resource";

pub trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Response {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().expect("a refusal in words").to_owned()
    }
}

/// Starts with plain HTTP and no limits, and with the settings that `change` sets.
pub fn plain(change: impl FnOnce(&mut Settings)) -> Simulator {
    let mut settings = Settings { tls: false, ..Settings::default() };
    (settings.token_limit_per_minute, settings.resource_limit_per_minute) = (None, None);
    change(&mut settings);
    Simulator::start_with(settings)
}

pub fn connect(sim: &Simulator) -> TcpStream {
    let tcp = TcpStream::connect(sim.address()).expect("it listens");
    tcp.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    tcp
}

/// Opens a connection that trusts only the simulator's authority.
pub fn connect_tls(sim: &Simulator, name: &'static str) -> impl Stream {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sim.ca_pem().as_bytes()).expect("PEM")).expect("a CA");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name).expect("a name");
    let tls = ClientConnection::new(Arc::new(config), name).expect("a client");
    StreamOwned::new(tls, connect(sim))
}

pub fn send(
    stream: &mut impl Stream,
    method: &str,
    target: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}

pub fn receive(stream: &mut impl Stream) -> io::Result<Response> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.and_then(|n| n.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body)?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
    Ok(Response { status, head, body })
}

/// Makes one request on a connection of its own.
pub fn request(
    sim: &Simulator,
    method: &str,
    target: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<Response> {
    let mut tcp = connect(sim);
    // A refusal may come before the body was read.
    let _ = send(&mut tcp, method, target, headers, body);
    receive(&mut tcp)
}

pub fn credentials(sim: &Simulator, scope: &str) -> Value {
    json!({ "client_id": sim.client_id(), "client_secret": sim.client_secret(),
            "scope": scope, "grant_type": "client_credentials" })
}

pub fn request_token(sim: &Simulator, body: &Value) -> io::Result<Response> {
    let json = "content-type: application/json\r\n";
    request(sim, "POST", "/oauth/token", json, body.to_string().as_bytes())
}

pub fn token(sim: &Simulator) -> String {
    let response = request_token(sim, &credentials(sim, BOTH)).expect("a response");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["access_token"].as_str().expect("a token").to_owned()
}

pub fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

/// Pushes with the live token, or a new one.
pub fn put_bytes(sim: &Simulator, kind: &str, body: &[u8]) -> io::Result<Response> {
    let token = sim.live_token().unwrap_or_else(|| token(sim));
    request(sim, "PUT", &format!("/v1/resources/{kind}"), &bearer(&token), body)
}

pub fn put(sim: &Simulator, kind: &str, records: &Value) -> Response {
    let body = json!({ "resourceId": RESOURCE, "resources": records }).to_string();
    put_bytes(sim, kind, body.as_bytes()).expect("a response")
}

pub fn get(sim: &Simulator, kind: &str) -> io::Result<Response> {
    let token = sim.live_token().unwrap_or_else(|| token(sim));
    request(
        sim,
        "GET",
        &format!("/v1/resources/{kind}?resourceId={RESOURCE}"),
        &bearer(&token),
        b"",
    )
}

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Returns a record of the fixture of a kind.
pub fn record(kind: &str) -> Value {
    let body: Value =
        serde_json::from_slice(&fixture(&format!("wire/put-{kind}.request.json"))).expect("JSON");
    body["resources"][0].clone()
}

pub fn background_check(id: &str) -> Value {
    let mut record = record("background_check_connector");
    record["uniqueId"] = json!(id);
    record
}
