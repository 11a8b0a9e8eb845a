//! Opens connections: to the host or its proxy, then through the proxy, then TLS, all inside the
//! call's deadline.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use ureq::http::Uri;

use super::context::RequestContext;
use super::stream::HttpStream;
use super::tunnel;
use crate::clock::WaitError;
use crate::config::Proxy;
use crate::error::{Error, ErrorKind, Result, Stage};
use crate::net::{self, AddressCache, ConnectError, Trust};
use crate::retry;

/// For how long the addresses of a host are used: long enough to serve a batch, short enough to
/// follow a change of address.
const LIFETIME: Duration = Duration::from_secs(60);

/// More addresses of a host are not tried: what each of them failed with is in one error line.
const MOST_ADDRESSES: usize = 16;

/// Opens connections to one origin.
pub(super) struct Dialer {
    origin: Uri,
    proxy: Option<Proxy>,
    user_agent: String,
    tls: Arc<ClientConfig>,
    addresses: AddressCache,
}

impl Dialer {
    pub(super) fn new(
        origin: Uri,
        proxy: Option<Proxy>,
        user_agent: String,
        trust: &Trust,
    ) -> Dialer {
        let (tls, addresses) = (Arc::new(trust.client_config()), AddressCache::new(LIFETIME));
        Dialer { origin, proxy, user_agent, tls, addresses }
    }

    fn needs_tls(&self) -> bool {
        self.origin.scheme_str() != Some("http")
    }

    /// The host of the origin; an IPv6 address stands in brackets.
    fn host(&self) -> &str {
        self.origin.host().unwrap_or_default()
    }

    fn port(&self) -> u16 {
        self.origin.port_u16().unwrap_or(if self.needs_tls() { 443 } else { 80 })
    }

    /// Host and port to connect to: those of the proxy, or where there is none of the origin.
    fn peer(&self) -> (&str, u16) {
        match &self.proxy {
            Some(proxy) => (without_brackets(&proxy.host), proxy.port),
            None => (without_brackets(self.host()), self.port()),
        }
    }

    pub(super) fn open(&self, context: &RequestContext) -> Result<HttpStream> {
        let (host, port) = self.peer();
        let mut addresses = self.addresses.look_up(host, port, context.deadline()?)?;
        addresses.truncate(MOST_ADDRESSES);
        let opened = self.open_to(&addresses, context);
        match &opened {
            Ok((_, address)) => self.addresses.connected(host, port, *address),
            Err(_) => self.addresses.failed(host, port),
        }
        opened.map(|(stream, _)| stream)
    }

    fn open_to(
        &self,
        addresses: &[SocketAddr],
        context: &RequestContext,
    ) -> Result<(HttpStream, SocketAddr)> {
        context.set_step(Stage::Connect);
        let addresses = match self.needs_tls() {
            true => addresses,
            false => &self.loopback(addresses)?,
        };
        let connected = net::connect(addresses, context.deadline()?);
        let (stream, address) = connected.map_err(|error| self.unreachable(&error))?;
        let mut stream = HttpStream::new(stream);
        if let Some(proxy) = &self.proxy {
            let target = format!("{}:{}", self.host(), self.port());
            tunnel::open(&mut stream, context, proxy, &self.user_agent, &target)?;
        }
        if self.needs_tls() {
            stream.secure(context, &self.tls, without_brackets(self.host()))?;
        }
        Ok((stream, address))
    }

    /// The loopback addresses among those of the peer. Plain http is sent to no other address,
    /// whatever the name `localhost` resolves to.
    fn loopback(&self, addresses: &[SocketAddr]) -> Result<Vec<SocketAddr>> {
        let is_loopback = |address: &&SocketAddr| address.ip().to_canonical().is_loopback();
        let found: Vec<SocketAddr> = addresses.iter().filter(is_loopback).copied().collect();
        match addresses.first().filter(|_| found.is_empty()) {
            None => Ok(found),
            Some(address) => {
                let (host, ip) = (self.peer().0, address.ip());
                let words =
                    format!("{host} is {ip}, and plain http is sent to loopback addresses only");
                Err(Error::new(ErrorKind::InsecureOrigin, words).at(Stage::Connect))
            }
        }
    }

    fn unreachable(&self, error: &ConnectError) -> Error {
        let (host, port) = self.peer();
        let role = if self.proxy.is_some() { "the proxy " } else { "" };
        let shown = match host.parse() {
            Ok(ip) => SocketAddr::new(ip, port).to_string(),
            Err(_) => host.to_owned(),
        };
        let words = format!("cannot connect to {role}{shown} ({})", error.reasons(host));
        let failure = Error::new(error.kind(), words).at(Stage::Connect);
        match error.wait_error() {
            None => failure,
            Some(reason @ WaitError::Cancelled) => retry::wait_error(reason, Stage::Connect),
            Some(reason @ WaitError::Expired) => {
                retry::wait_error(reason, Stage::Connect).with_source(failure)
            }
        }
    }
}

fn without_brackets(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}
