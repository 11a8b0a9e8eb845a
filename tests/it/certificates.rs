//! A server whose certificate is not trusted receives neither a request nor a secret.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use vanta::{Client, Config, Error, ErrorKind, Roots, Stage};

use crate::harness::{Fault, Place, Rig, TempFile, TempFolder, assert_kind};
use crate::jobs::{Jobs, start, text};

/// Makes a server certificate that is valid in these years. Returns its authority in PEM too.
fn certified(name: &str, from: i32, until: i32) -> (ServerConfig, String) {
    certified_with(name, |server| {
        server.not_before = date_time_ymd(from, 1, 1);
        server.not_after = date_time_ymd(until, 1, 1);
    })
}

/// Makes a server certificate with parameters that `change` sets. Returns its authority in PEM too.
pub fn certified_with(
    name: &str,
    change: impl FnOnce(&mut CertificateParams),
) -> (ServerConfig, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().expect("a key");
    let pem = authority.self_signed(&authority_key).expect("it signs itself").pem();
    let issuer = Issuer::new(authority, authority_key);
    let mut server = CertificateParams::new([name.to_owned()]).expect("a name");
    change(&mut server);
    let key = KeyPair::generate().expect("a key");
    let certificate = server.signed_by(&key, &issuer).expect("signed");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key in DER");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("the key is the certificate's");
    (config, pem)
}

/// Accepts one handshake, and returns what it received of a request.
fn serve(listener: &TcpListener, config: ServerConfig) -> io::Result<usize> {
    let (mut tcp, _) = listener.accept()?;
    let mut tls = ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
    let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
    let received = stream.read(&mut [0; 4096])?;
    let response = r#"{"access_token":"vat_proven_0123456789"}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", response.len());
    stream.write_all((head + response).as_bytes())?;
    Ok(received)
}

/// Requests a token from a server with this certificate. Returns the result, and what the server
/// received.
fn request_token(name: &str, from: i32, until: i32) -> (Result<(), Error>, io::Result<usize>) {
    ask_server(certified(name, from, until))
}

/// Requests a token from a server with this certificate, with a client that trusts the authority.
fn ask_server((config, pem): (ServerConfig, String)) -> (Result<(), Error>, io::Result<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    let ca = TempFile::new("pem", pem.as_bytes());
    let server = thread::spawn(move || serve(&listener, config));
    let config = Config::new().origin(format!("https://127.0.0.1:{port}")).ca_file(ca.path());
    let config = config.client_id("vci_x").client_secret("vcs_certificates_0123456789");
    let token = Client::new(config).expect("right").token().map(drop);
    (token, server.join().expect("no panic"))
}

/// Returns the error of a client for a server with this certificate.
pub fn token_of(certified: (ServerConfig, String)) -> Result<(), Error> {
    ask_server(certified).0
}

#[track_caller]
fn assert_refused(outcome: (Result<(), Error>, io::Result<usize>), words: &str) {
    let error = assert_kind(outcome.0, ErrorKind::Tls);
    assert_eq!((error.stage(), error.attempts()), (Stage::Tls, 1));
    assert!(error.to_string().contains(words), "{error}");
    outcome.1.expect_err("no request was received");
}

#[test]
fn a_certificate_is_good_for_its_name_and_its_time() {
    let (token, received) = request_token("127.0.0.1", 2020, 2090);
    token.expect("a private authority is trusted for what it says");
    assert!(received.expect("a request") > 100);
    assert_refused(request_token("127.0.0.1", 2001, 2002), "expired on");
    assert_refused(request_token("127.0.0.1", 2089, 2090), "not valid yet");
    assert_refused(request_token("api.vanta.com", 2020, 2090), "not valid for the name");
}

/// The ServerHello of TLS 1.1.
fn hello_of_tls_1_1() -> Vec<u8> {
    let head = [0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    let (random, no_session, cipher) = ([7; 32], [0], [0xc0, 0x13, 0]);
    [&head[..], &random, &no_session, &cipher].concat()
}

#[test]
fn a_server_that_speaks_only_old_tls_is_refused() {
    let alert = vec![0x15, 3, 2, 0, 2, 2, 70];
    for (bytes, words) in [(hello_of_tls_1_1(), "Tls12"), (alert, "ProtocolVersion")] {
        let rig = Rig::new();
        rig.script(Place::Connect, Fault::Raw(bytes));
        let error = assert_kind(rig.client().token(), ErrorKind::Tls);
        assert_eq!(error.stage(), Stage::Tls);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(rig.sim.counters().token_requests, 0);
    }
}

/// Forwards the bytes of one connection to `target` and back.
fn forward(listener: &TcpListener, target: SocketAddr) -> io::Result<()> {
    let (mut near, _) = listener.accept()?;
    let mut far = TcpStream::connect(target)?;
    let (mut near_back, mut far_back) = (near.try_clone()?, far.try_clone()?);
    let back = thread::spawn(move || io::copy(&mut far_back, &mut near_back));
    let there = io::copy(&mut near, &mut far);
    far.shutdown(std::net::Shutdown::Write)?;
    back.join().expect("no panic").and(there).map(drop)
}

#[test]
fn man_in_the_middle_that_forwards_bytes_is_refused() {
    let rig = Rig::new();
    let listener = TcpListener::bind("127.0.0.2:0").expect("all of 127 is loopback");
    let address = listener.local_addr().expect("bound");
    let target = rig.sim.address();
    let carrier = thread::spawn(move || forward(&listener, target));
    let config = rig.config().origin(format!("https://{address}"));
    let error = assert_kind(Client::new(config).expect("right").token(), ErrorKind::Tls);
    assert!(error.to_string().contains("not valid for the name"), "{error}");
    let _ = carrier.join().expect("no panic");
    assert_eq!(rig.sim.counters().token_requests, 0);
}

#[test]
fn expired_certificate_error_advises_to_check_the_clock() {
    for (from, until) in [(2001, 2002), (2089, 2090)] {
        assert_refused(request_token("127.0.0.1", from, until), "the clock of this machine says");
    }
}

#[test]
fn the_authorities_of_a_folder_are_taken_together() {
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    put("a.pem", &certified("x.example.com", 2020, 2090).1).expect("ours");
    put("README", "words, and no certificate").expect("ours");
    std::fs::create_dir(folder.path().join("folder")).expect("ours");
    let config = || rig.config().ca_file(folder.path());
    assert_kind(Client::new(config()).expect("right").token(), ErrorKind::Tls);
    put("b.pem", rig.sim.ca_pem()).expect("ours");
    Client::new(config()).expect("right").token().expect("both are trusted");
    let empty = TempFolder::new();
    let error =
        assert_kind(Client::new(rig.config().ca_file(empty.path())), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("no PEM certificate"), "{error}");
}

#[test]
fn the_roots_are_the_bundled_ones_the_systems_or_none_but_the_files() {
    let rig = Rig::new();
    for roots in [Roots::Bundled, Roots::None] {
        let client = Client::new(rig.config().roots(roots)).expect("right");
        client.token().unwrap_or_else(|error| panic!("{roots:?}: {error}"));
    }
    let bare = || Config::new().client_id("vci_x").client_secret("vcs_certificates_0123456789");
    let error = assert_kind(Client::new(bare().roots(Roots::None)), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("set ca_file"), "{error}");
}

/// Returns the output of a job whose environment names these roots.
fn job(set: &[(&str, &str)]) -> String {
    let rig = Rig::new();
    let jobs = Jobs::new(&rig, "memory");
    let mut job = jobs.push(3);
    job.env_remove("VANTA_CA_FILE").env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    let ca = rig.ca.path().display().to_string();
    job.envs(set.iter().map(|(name, value)| (*name, value.replace("CA", &ca))));
    let output = start(job).end();
    format!("{:?} {}", output.status.code(), text(&output))
}

#[test]
fn the_environment_names_roots_and_ca_file_and_is_corrected_where_it_is_wrong() {
    needs!("gcc", "g++", "python3");
    assert!(job(&[("SSL_CERT_FILE", "CA")]).contains("3 records live"));
    assert!(job(&[("SSL_CERT_FILE", "CA"), ("VANTA_ROOTS", "none")]).contains("3 records live"));
    let ours_first = job(&[("SSL_CERT_FILE", "CA"), ("VANTA_CA_FILE", "/nowhere")]);
    assert!(ours_first.contains("Some(78)") && ours_first.contains("/nowhere"), "{ours_first}");
    let wrong = job(&[("VANTA_ROOTS", "mine")]);
    assert!(wrong.contains("Some(78)") && wrong.contains("bundled, system or none"), "{wrong}");
    let untrusted = job(&[("VANTA_ROOTS", "bundled")]);
    assert!(untrusted.contains("unknown issuer"), "{untrusted}");
}
