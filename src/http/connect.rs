//! Opens connections: to the host or its proxy, then through the proxy, then TLS, all inside the
//! call's deadline.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;

use super::call;
use super::resolve::{Hosts, without_brackets};
use super::seam::{ConnectionDetails, Connector};
use super::stream::HttpStream;
use super::tunnel;
use super::wire::Wire;
use crate::clock::WaitError;
use crate::config::Proxy;
use crate::error::{Error, ErrorKind, Step};
use crate::net::{self, ConnectError, Trust};
use crate::retry;

pub(super) struct HttpConnector {
    tls: Arc<ClientConfig>,
    proxy: Option<Proxy>,
    user_agent: String,
    hosts: Arc<Hosts>,
}

impl fmt::Debug for HttpConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpConnector")
    }
}

impl HttpConnector {
    pub(super) fn new(
        trust: &Trust,
        proxy: Option<Proxy>,
        user_agent: &str,
        hosts: Arc<Hosts>,
    ) -> HttpConnector {
        let user_agent = user_agent.to_owned();
        HttpConnector { tls: Arc::new(trust.client_config()), proxy, user_agent, hosts }
    }

    fn open(
        &self,
        details: &ConnectionDetails<'_>,
    ) -> Result<(HttpStream, SocketAddr), ureq::Error> {
        call::step(Step::Connect);
        let addresses = match details.needs_tls() {
            true => details.addrs.to_vec(),
            false => self.loopback(details)?,
        };
        let connected = net::connect(&addresses, &call::deadline()?);
        let (stream, address) = connected.map_err(|error| self.unreachable(details, &error))?;
        let mut stream = HttpStream::new(stream);
        if let Some(proxy) = &self.proxy {
            tunnel::open(&mut stream, proxy, &self.user_agent, details.uri)?;
        }
        if details.needs_tls() {
            stream.secure(&self.tls, without_brackets(details.uri.host().unwrap_or_default()))?;
        }
        Ok((stream, address))
    }

    /// The loopback addresses among those of the peer. Plain http is sent to no other address,
    /// whatever the name `localhost` resolves to.
    fn loopback(&self, details: &ConnectionDetails<'_>) -> Result<Vec<SocketAddr>, ureq::Error> {
        let is_loopback = |address: &&SocketAddr| address.ip().to_canonical().is_loopback();
        let found: Vec<SocketAddr> = details.addrs.iter().filter(is_loopback).copied().collect();
        match details.addrs.first().filter(|_| found.is_empty()) {
            None => Ok(found),
            Some(address) => {
                let (host, _) = self.hosts.host(details.uri);
                let ip = address.ip();
                let words =
                    format!("{host} is {ip}: plain http is sent to loopback addresses only");
                Err(call::fail_with(ErrorKind::InsecureOrigin, Step::Connect, words))
            }
        }
    }

    fn unreachable(&self, details: &ConnectionDetails<'_>, error: &ConnectError) -> ureq::Error {
        let (host, port) = self.hosts.host(details.uri);
        let role = if self.proxy.is_some() { "the proxy " } else { "" };
        let shown = match host.parse() {
            Ok(ip) => SocketAddr::new(ip, port).to_string(),
            Err(_) => host.to_owned(),
        };
        let words = format!("cannot connect to {role}{shown} ({})", error.reasons(host));
        let failure = Error::new(error.kind(), words).at(Step::Connect);
        call::fail(match error.wait_error() {
            None => failure,
            Some(reason @ WaitError::Cancelled) => retry::wait_error(reason, Step::Connect),
            Some(reason @ WaitError::Expired) => {
                retry::wait_error(reason, Step::Connect).with_source(failure)
            }
        })
    }
}

impl Connector<()> for HttpConnector {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Wire>, ureq::Error> {
        call::dialled();
        let opened = self.open(details);
        self.hosts.note(details.uri, opened.as_ref().ok().map(|(_, address)| *address));
        opened.map(|(stream, _)| Some(Wire::new(stream)))
    }
}
