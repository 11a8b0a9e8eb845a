//! The host that connections are made to, and its addresses.
//!
//! ureq asks for addresses before each request, even for a connection that it has.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;

use super::call;
use super::seam::{self, NextTimeout, ResolvedSocketAddrs};
use crate::config::Proxy;
use crate::net::AddressCache;

/// Long enough to serve a batch, short enough to follow a change of address.
const LIFETIME: Duration = Duration::from_secs(60);

/// As many as ureq's list has room for.
const MOST_ADDRESSES: usize = 16;

/// The proxy, or where there is none the origin.
#[derive(Debug)]
pub(super) struct Hosts {
    proxy: Option<(String, u16)>,
    cache: AddressCache,
}

impl Hosts {
    pub(super) fn new(proxy: Option<&Proxy>) -> Arc<Hosts> {
        let proxy = proxy.map(|proxy| (without_brackets(&proxy.host).to_owned(), proxy.port));
        Arc::new(Hosts { proxy, cache: AddressCache::new(LIFETIME) })
    }

    /// Host and port to connect to for a request to `uri`.
    pub(super) fn host<'a>(&'a self, uri: &'a Uri) -> (&'a str, u16) {
        let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        match &self.proxy {
            Some((host, port)) => (host, *port),
            None => (
                without_brackets(uri.host().unwrap_or_default()),
                uri.port_u16().unwrap_or(default),
            ),
        }
    }

    /// Notes to which address of the host the connection was made; `None` if to none.
    pub(super) fn note(&self, uri: &Uri, connected: Option<SocketAddr>) {
        let (host, port) = self.host(uri);
        match connected {
            Some(address) => self.cache.connected(host, port, address),
            None => self.cache.failed(host, port),
        }
    }
}

pub(super) fn without_brackets(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}

#[derive(Debug)]
pub(super) struct Resolver(pub(super) Arc<Hosts>);

impl seam::Resolver for Resolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let (host, port) = self.0.host(uri);
        let addresses = self.0.cache.look_up(host, port, &call::deadline()?).map_err(call::fail)?;
        let mut resolved = self.empty();
        addresses.into_iter().take(MOST_ADDRESSES).for_each(|address| resolved.push(address));
        Ok(resolved)
    }
}
