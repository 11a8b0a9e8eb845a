//! Remembers the addresses of names for a while: the HTTP crate asks for them before each request,
//! even for a connection that it has.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;

use super::call;
use super::seam::{self, NextTimeout, ResolvedSocketAddrs};
use crate::config::Proxy;
use crate::net;

/// Long enough to serve a batch, short enough to follow a change of address.
const REMEMBERED: Duration = Duration::from_secs(60);

/// As many as the HTTP crate's list has room for.
const MOST_ADDRESSES: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Resolver {
    /// Who is looked up instead of the origin.
    proxy: Option<(String, u16)>,
    known: Mutex<HashMap<(String, u16), Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    addresses: Vec<SocketAddr>,
    until: Duration,
}

impl seam::Resolver for Resolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let origin = (host, uri.port_u16().unwrap_or(default));
        let proxy = self.proxy.as_ref().map(|(host, port)| (host.as_str(), *port));
        let (host, port) = proxy.unwrap_or(origin);
        let addresses = self.look_up(host, port)?;
        let mut resolved = self.empty();
        addresses.into_iter().take(MOST_ADDRESSES).for_each(|address| resolved.push(address));
        Ok(resolved)
    }
}

impl Resolver {
    pub(super) fn new(proxy: Option<&Proxy>) -> Resolver {
        let at = |proxy: &Proxy| (proxy.host.trim_matches(['[', ']']).to_owned(), proxy.port);
        Resolver { proxy: proxy.map(at), known: Mutex::default() }
    }

    fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ureq::Error> {
        let deadline = call::deadline()?;
        if let Ok(ip) = host.parse() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let key = (host.to_owned(), port);
        let now = deadline.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(&key).filter(|entry| now < entry.until) {
            return Ok(entry.addresses.clone());
        }
        drop(known);
        let addresses = net::resolve(host, port, &deadline).map_err(call::fail)?;
        known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Known { addresses: addresses.clone(), until: now + REMEMBERED };
        known.insert(key, entry);
        Ok(addresses)
    }
}
