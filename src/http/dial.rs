//! Opens connections: each address in turn, then TLS, all inside the call's deadline.

use std::fmt;
use std::io::ErrorKind as Io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::call;
use super::line::Line;
use super::seam::{ConnectionDetails, Connector};
use super::tunnel;
use super::wire::Wire;
use crate::config::Proxy;
use crate::error::{ErrorKind, Step, kind_of};
use crate::net::{self, Trust};

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
        Dialer { tls: Arc::new(trust.client_config()), proxy }
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
        match net::connect(&(*address).into(), &deadline.at_most(share)) {
            Ok(socket) => return Ok(socket.into()),
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
