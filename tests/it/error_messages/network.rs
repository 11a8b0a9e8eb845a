//! Connections that cannot be made, proxies and certificates.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, date_time_ymd};
use vanta::{Cancel, Config, Error};
use vanta_simulator::Gateway;

use crate::certificates::{certified_with, token_of};
use crate::harness::{Desk, Fault, Place, RESOURCE, TempFolder, accounts, without_deletion_guard};
use crate::proxy::{Proxy, Responses};

use super::{KIND, Situation, failure, list, token};

/// Returns the error of a token request through a proxy with this response.
fn through(desk: &Desk, responses: Responses) -> Error {
    token(desk.config().proxy(Proxy::start(responses).url()))
}

fn with_credentials(desk: &Desk, folder: &TempFolder, responses: Responses) -> Error {
    folder.write("proxy", b"jobs:hunter2");
    let config = desk.config().proxy(Proxy::start(responses).url());
    token(config.proxy_credentials_file(folder.path().join("proxy")))
}

/// Returns an address at which nothing listens.
fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("loopback")
}

/// Returns the error of a server with a certificate for `name`.
fn certificate(name: &str, change: fn(&mut CertificateParams)) -> Error {
    failure(token_of(certified_with(name, change)))
}

/// Starts a server that sends these bytes to each connection.
fn plain(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Unread data would turn the close into a reset.
            let _ = stream.and_then(|mut stream| {
                let _hello = stream.read(&mut [0; 16 << 10])?;
                stream.write_all(bytes)?;
                stream.shutdown(Shutdown::Write)?;
                io::copy(&mut stream, &mut io::sink())
            });
        }
    });
    format!("https://{address}")
}

fn behind(desk: &Desk, gateway: Gateway) {
    desk.sim.change(|settings| settings.gateway = gateway);
}

pub const SITUATIONS: &[Situation] = &[
    ("The host name does not exist", |desk, _| {
        token(desk.config().origin("https://no-such-host.invalid"))
    }),
    ("The connection is refused", |desk, _| {
        token(desk.config().origin(format!("https://{}", closed())))
    }),
    ("The server speaks plain HTTP where TLS is expected", |desk, _| {
        let response = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        token(desk.config().origin(plain(response)))
    }),
    ("The server closes the connection before TLS", |desk, _| {
        token(desk.config().origin(plain(b"")))
    }),
    ("The server knows only old TLS", |desk, _| {
        desk.script(Place::Connect, Fault::Raw(vec![0x15, 3, 2, 0, 2, 2, 70]));
        token(desk.config())
    }),
    ("The authority of the server is not known", |desk, _| {
        let config = Config::new().origin(desk.sim.origin()).clock(desk.clock.clone());
        token(config.client_id("vci_example").client_secret("vcs_example"))
    }),
    ("The certificate is of another authority than the CA file has", |desk, _| {
        token(desk.config().ca_file(Desk::new().ca.path()))
    }),
    ("The certificate of the server is expired", |_, _| {
        certificate("127.0.0.1", |server| {
            server.not_before = date_time_ymd(2001, 1, 1);
            server.not_after = date_time_ymd(2002, 1, 1);
        })
    }),
    ("The certificate of the server is not valid yet", |_, _| {
        certificate("127.0.0.1", |server| {
            server.not_before = date_time_ymd(2089, 1, 1);
            server.not_after = date_time_ymd(2090, 1, 1);
        })
    }),
    ("The certificate is of another host", |_, _| certificate("other.example", |_| ())),
    ("The certificate has no name", |_, _| {
        certificate("127.0.0.1", |server| server.subject_alt_names.clear())
    }),
    ("The certificate is for clients", |_, _| {
        certificate("127.0.0.1", |server| {
            server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    }),
    ("The server wants a client certificate", |_, _| crate::client_certificates::refused()),
    ("The proxy does not listen", |desk, _| {
        token(desk.config().proxy(format!("http://{}", closed())))
    }),
    ("The proxy does not accept the credentials", |desk, folder| {
        let refusal = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
        with_credentials(desk, folder, Box::leak(Box::new([refusal; 4])))
    }),
    ("The proxy offers only Negotiate", |desk, _| {
        through(desk, &["HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n\r\n"; 4])
    }),
    ("The proxy does not allow the host", |desk, _| {
        through(desk, &["HTTP/1.1 403 Forbidden\r\n\r\n<html><title>Blocked</title></html>"; 4])
    }),
    ("The proxy cannot reach Vanta", |desk, _| {
        through(desk, &["HTTP/1.1 502 Bad Gateway\r\n\r\n"; 4])
    }),
    ("The proxy closes the connection", |desk, _| through(desk, &[""; 4])),
    ("The proxy is no HTTP proxy", |desk, _| through(desk, &["SSH-2.0-OpenSSH\r\n\r\n"; 4])),
    ("The connection closes before the response to a list", |desk, _| {
        (0..4).for_each(|_| desk.script(Place::Get, Fault::Drop));
        list(desk.config())
    }),
    ("The connection is reset while a push is sent", |desk, _| {
        (0..9).for_each(|_| desk.script(Place::Put, Fault::CutBody(10)));
        let mut record = crate::harness::account("a");
        record["roleDescription"] = "x".repeat(8 << 20).into();
        let body = vanta::Body::from_records(RESOURCE, &[record]).expect("below the limit");
        failure(desk.client().push_with(&KIND, &body, &without_deletion_guard()))
    }),
    ("The deadline passes while the list is awaited", |desk, _| {
        let client = desk.client();
        client.token().expect("a token");
        desk.script(Place::Get, Fault::Hang);
        failure(client.with_deadline(Duration::from_millis(50)).list(&KIND, RESOURCE))
    }),
    ("The call is cancelled", |desk, _| {
        let cancel = Cancel::new();
        cancel.cancel();
        failure(desk.client().with_cancel(&cancel).list(&KIND, RESOURCE))
    }),
    ("The list is redirected", |desk, _| {
        let to = [("location", "https://login.example/sso")];
        desk.reply_with(Place::Get, 302, &to, "");
        list(desk.config())
    }),
    ("The response is too large", |desk, _| {
        desk.client()
            .push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
            .expect("pushed");
        list(desk.config().list_cap(100))
    }),
    ("A gateway compresses the list", |desk, _| {
        desk.client().token().expect("a token");
        behind(desk, Gateway::Gzip);
        desk.sim.change(|settings| settings.gateway_at = Place::Get);
        list(desk.config())
    }),
    ("A gateway folds a header field", |desk, _| {
        desk.sim.change(|settings| settings.gateway_at = Place::Get);
        behind(desk, Gateway::FoldedHead);
        list(desk.config())
    }),
    ("A gateway's header field is too long", |desk, _| {
        desk.sim.change(|settings| settings.gateway_at = Place::Get);
        behind(desk, Gateway::LongHead(200_000));
        list(desk.config())
    }),
];
