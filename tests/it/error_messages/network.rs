//! Connections that cannot be made, proxies and certificates.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, date_time_ymd};
use vanta::{Cancel, Config, Error};
use vanta_simulator::Gateway;

use crate::certificates::{certified_with, token_of};
use crate::harness::{Fault, Place, RESOURCE, Rig, TempFolder, accounts, without_deletion_guard};
use crate::proxy::{Proxy, Responses};

use super::{KIND, Situation, failure, list, token};

/// Returns the error of a token request through a proxy with this response.
fn through(rig: &Rig, responses: Responses) -> Error {
    token(rig.config().proxy(Proxy::start(responses).url()))
}

fn with_credentials(rig: &Rig, folder: &TempFolder, responses: Responses) -> Error {
    folder.write("proxy", b"jobs:hunter2");
    let config = rig.config().proxy(Proxy::start(responses).url());
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

fn behind(rig: &Rig, gateway: Gateway) {
    rig.sim.change(|settings| settings.gateway = gateway);
}

pub const SITUATIONS: &[Situation] = &[
    ("The host name does not exist", |rig, _| {
        token(rig.config().origin("https://no-such-host.invalid"))
    }),
    ("The connection is refused", |rig, _| {
        token(rig.config().origin(format!("https://{}", closed())))
    }),
    ("The server speaks plain HTTP where TLS is expected", |rig, _| {
        let response = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        token(rig.config().origin(plain(response)))
    }),
    ("The server closes the connection before TLS", |rig, _| {
        token(rig.config().origin(plain(b"")))
    }),
    ("The server knows only old TLS", |rig, _| {
        rig.script(Place::Connect, Fault::Raw(vec![0x15, 3, 2, 0, 2, 2, 70]));
        token(rig.config())
    }),
    ("The authority of the server is not known", |rig, _| {
        let config = Config::new().origin(rig.sim.origin()).clock(rig.clock.clone());
        token(config.client_id("vci_example").client_secret("vcs_example"))
    }),
    ("The certificate is of another authority than the CA file has", |rig, _| {
        token(rig.config().ca_file(Rig::new().ca.path()))
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
    ("The proxy does not listen", |rig, _| {
        token(rig.config().proxy(format!("http://{}", closed())))
    }),
    ("The proxy does not accept the credentials", |rig, folder| {
        let refusal = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
        with_credentials(rig, folder, Box::leak(Box::new([refusal; 4])))
    }),
    ("The proxy offers only Negotiate", |rig, _| {
        through(rig, &["HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n\r\n"; 4])
    }),
    ("The proxy does not allow the host", |rig, _| {
        through(rig, &["HTTP/1.1 403 Forbidden\r\n\r\n<html><title>Blocked</title></html>"; 4])
    }),
    ("The proxy cannot reach Vanta", |rig, _| {
        through(rig, &["HTTP/1.1 502 Bad Gateway\r\n\r\n"; 4])
    }),
    ("The proxy closes the connection", |rig, _| through(rig, &[""; 4])),
    ("The proxy is no HTTP proxy", |rig, _| through(rig, &["SSH-2.0-OpenSSH\r\n\r\n"; 4])),
    ("The connection closes before the response to a list", |rig, _| {
        (0..4).for_each(|_| rig.script(Place::Get, Fault::Drop));
        list(rig.config())
    }),
    ("The connection is reset while a push is sent", |rig, _| {
        (0..9).for_each(|_| rig.script(Place::Put, Fault::CutBody(10)));
        let mut record = crate::harness::account("a");
        record["roleDescription"] = "x".repeat(8 << 20).into();
        let body = vanta::Body::from_records(RESOURCE, &[record]).expect("below the limit");
        failure(rig.client().push_with(&KIND, &body, &without_deletion_guard()))
    }),
    ("The deadline passes while the list is awaited", |rig, _| {
        let client = rig.client();
        client.token().expect("a token");
        rig.script(Place::Get, Fault::Hang);
        failure(client.with_deadline(Duration::from_millis(50)).list(&KIND, RESOURCE))
    }),
    ("The call is cancelled", |rig, _| {
        let cancel = Cancel::new();
        cancel.cancel();
        failure(rig.client().with_cancel(&cancel).list(&KIND, RESOURCE))
    }),
    ("The list is redirected", |rig, _| {
        let to = [("location", "https://login.example/sso")];
        rig.reply_with(Place::Get, 302, &to, "");
        list(rig.config())
    }),
    ("The response is too large", |rig, _| {
        rig.client()
            .push_with(&KIND, &accounts(&["a"]), &without_deletion_guard())
            .expect("pushed");
        list(rig.config().list_cap(100))
    }),
    ("A gateway compresses the list", |rig, _| {
        rig.client().token().expect("a token");
        behind(rig, Gateway::Gzip);
        rig.sim.change(|settings| settings.gateway_at = Place::Get);
        list(rig.config())
    }),
    ("A gateway folds a header field", |rig, _| {
        rig.sim.change(|settings| settings.gateway_at = Place::Get);
        behind(rig, Gateway::FoldedHead);
        list(rig.config())
    }),
    ("A gateway's header field is too long", |rig, _| {
        rig.sim.change(|settings| settings.gateway_at = Place::Get);
        behind(rig, Gateway::LongHead(200_000));
        list(rig.config())
    }),
];
