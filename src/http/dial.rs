//! Opens connections: each address in turn, then TLS, all inside the call's deadline.

use std::fmt;
use std::io::ErrorKind as Io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use socket2::{Domain, Protocol, Socket, Type};

use super::call;
use super::line::Line;
use super::seam::{ConnectionDetails, Connector};
use super::tunnel;
use super::wire::Wire;
use crate::config::{Proxy, Trusted};
use crate::error::{Error, ErrorKind, Result, Step, kind_of};

/// How long a read, a write or a connect waits before it looks at the deadline and the cancel.
const SLICE: Duration = Duration::from_millis(100);

/// Whom we trust to be Vanta.
pub(super) struct Trust {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    pub(super) fn new(trusted: &Trusted) -> Result<Trust> {
        let bundled = if trusted.bundled { webpki_roots::TLS_SERVER_ROOTS } else { &[] };
        let mut roots = RootCertStore { roots: bundled.to_vec() };
        if let Some(pem) = &trusted.system {
            let readable = CertificateDer::pem_slice_iter(pem).flatten();
            roots.add_parsable_certificates(readable);
        }
        if let Some(pem) = &trusted.own {
            add_roots(&mut roots, pem)?;
        }
        // Never the process's default provider: a host program may have chosen another.
        let provider = CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() };
        Ok(Trust { roots: Arc::new(roots), provider: Arc::new(provider) })
    }
}

/// We have no certificate of our own: the code that signs with one is left out of the libraries.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("a client has no key".to_owned()))
    }
}

pub(super) struct Dialer {
    tls: Arc<ClientConfig>,
    proxy: Option<Proxy>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialer")
    }
}

impl Dialer {
    pub(super) fn new(trust: &Trust, proxy: Option<Proxy>) -> Dialer {
        let config = ClientConfig::builder_with_provider(Arc::clone(&trust.provider))
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_root_certificates(Arc::clone(&trust.roots))
            .with_no_client_auth();
        Dialer { tls: Arc::new(config), proxy }
    }

    /// The loopback addresses among those of the peer. Plain http is sent to no other address,
    /// whatever the name `localhost` resolves to.
    fn loopback(&self, details: &ConnectionDetails<'_>) -> Result<Vec<SocketAddr>, ureq::Error> {
        let is_loopback = |address: &&SocketAddr| address.ip().to_canonical().is_loopback();
        let found: Vec<SocketAddr> = details.addrs.iter().filter(is_loopback).copied().collect();
        match details.addrs.first().filter(|_| found.is_empty()) {
            None => Ok(found),
            Some(address) => {
                let origin = details.uri.host().unwrap_or_default();
                let host = self.proxy.as_ref().map_or(origin, |proxy| proxy.host.as_str());
                let ip = address.ip();
                let words =
                    format!("{host} is {ip}: plain http is sent to loopback addresses only");
                Err(call::fail_with(ErrorKind::InsecureOrigin, Step::Connect, words))
            }
        }
    }

    fn secure(&self, line: &mut Line, host: &str) -> Result<(), ureq::Error> {
        call::step(Step::Tls);
        let failed = |words: String| call::fail_with(ErrorKind::Tls, Step::Tls, words);
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| failed(format!("{host} is not a name that a certificate can have")))?;
        let tls = ClientConnection::new(Arc::clone(&self.tls), name)
            .map_err(|error| failed(error.to_string()))?;
        line.secure(tls)
    }
}

fn add_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<()> {
    let wrong = |why: String| Error::new(ErrorKind::InvalidConfig, format!("the CA file {why}"));
    let mut found = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| wrong(format!("is malformed: {error}")))?;
        roots.add(certificate).map_err(|e| wrong(format!("holds a bad certificate: {e}")))?;
        found += 1;
    }
    match found {
        0 => Err(wrong("holds no PEM certificate".to_owned())),
        _ => Ok(()),
    }
}

impl Connector<()> for Dialer {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Wire>, ureq::Error> {
        call::dialled();
        call::step(Step::Connect);
        let addresses = match details.needs_tls() {
            true => details.addrs.to_vec(),
            false => self.loopback(details)?,
        };
        let mut line = Line::new(reach(&addresses)?);
        if let Some(proxy) = &self.proxy {
            tunnel::open(&mut line, proxy, details.uri)?;
        }
        if details.needs_tls() {
            self.secure(&mut line, details.uri.host().unwrap_or_default())?;
        }
        Ok(Some(Wire::new(line)))
    }
}

/// Tries the addresses in turn; all but the last may use half of the time that is left.
fn reach(addresses: &[SocketAddr]) -> Result<TcpStream, ureq::Error> {
    let failed = |kind, words: String| call::fail_with(kind, Step::Connect, words);
    let mut last = failed_nowhere();
    for (i, address) in addresses.iter().enumerate() {
        let deadline = call::deadline()?;
        let left = deadline.left().unwrap_or_default();
        let share = if i + 1 < addresses.len() { left / 2 } else { left };
        match open(*address, deadline.now() + share) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = (*address, error),
        }
        call::deadline()?;
    }
    let (address, error) = last;
    Err(failed(kind_of(&error, ErrorKind::Connect), format!("{address}: {error}")))
}

fn failed_nowhere() -> (SocketAddr, std::io::Error) {
    (SocketAddr::from(([0, 0, 0, 0], 0)), Io::AddrNotAvailable.into())
}

/// Connects, looking at the deadline and the cancel every slice.
///
/// On Linux `connect` on a socket that is connecting already goes on waiting, for as long as the
/// send timeout says: so the timeout makes slices of one connect.
fn open(address: SocketAddr, until: Duration) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_write_timeout(Some(SLICE))?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.set_tcp_nodelay(true)?;
    loop {
        match socket.connect(&address.into()) {
            Ok(()) => return Ok(socket.into()),
            Err(error) if error.raw_os_error() == Some(libc::EISCONN) => return Ok(socket.into()),
            Err(error) if !goes_on(&error) => return Err(error),
            Err(_) => {}
        }
        match call::deadline() {
            Ok(deadline) if deadline.now() < until => {}
            _ => return Err(Io::TimedOut.into()),
        }
    }
}

fn goes_on(error: &std::io::Error) -> bool {
    let code = error.raw_os_error();
    matches!(code, Some(libc::EINPROGRESS | libc::EALREADY | libc::EINTR | libc::EAGAIN))
}
