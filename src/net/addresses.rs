//! The addresses of hosts: in which order to try them, and which of them worked last.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::resolve::resolve;
use crate::clock::Deadline;
use crate::error::Result;

type Key = (String, u16);

/// Remembers, for each host and port, what the resolver returned and which address worked last.
#[derive(Debug)]
pub(crate) struct AddressCache {
    /// For how long a result of the resolver is used.
    lifetime: Duration,
    hosts: Mutex<HashMap<Key, Host>>,
}

#[derive(Debug)]
struct Host {
    /// In the order in which to try them.
    addresses: Vec<SocketAddr>,
    until: Duration,
    worked: Option<SocketAddr>,
}

impl AddressCache {
    pub(crate) fn new(lifetime: Duration) -> AddressCache {
        AddressCache { lifetime, hosts: Mutex::default() }
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<Key, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The addresses of a host, in the order in which to try them; at least one.
    pub(crate) fn look_up(
        &self,
        host: &str,
        port: u16,
        deadline: &Deadline,
    ) -> Result<Vec<SocketAddr>> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let (key, now) = ((host.to_owned(), port), deadline.now());
        if let Some(known) = self.hosts().get(&key).filter(|known| now < known.until) {
            return Ok(known.addresses.clone());
        }
        // Without the lock: it may take long.
        let resolved = resolve(host, port, deadline)?;
        let mut hosts = self.hosts();
        let worked = hosts.get(&key).and_then(|known| known.worked);
        let worked = worked.filter(|address| resolved.contains(address));
        let addresses = order(&resolved, worked);
        let until = now.saturating_add(self.lifetime);
        hosts.insert(key, Host { addresses: addresses.clone(), until, worked });
        Ok(addresses)
    }

    /// The next connection to the host begins with this address.
    pub(crate) fn connected(&self, host: &str, port: u16, address: SocketAddr) {
        let mut hosts = self.hosts();
        let Some(known) = hosts.get_mut(&(host.to_owned(), port)) else { return };
        if known.worked != Some(address) && known.addresses.contains(&address) {
            known.addresses = order(&known.addresses, Some(address));
            known.worked = Some(address);
        }
    }

    /// No connection came of the host's addresses: they are forgotten, and the resolver is asked
    /// again.
    pub(crate) fn failed(&self, host: &str, port: u16) {
        self.hosts().remove(&(host.to_owned(), port));
    }
}

/// The address that worked last, then the others in the order of the resolver (RFC 6724), address
/// families in turn (RFC 8305 section 4).
fn order(resolved: &[SocketAddr], worked: Option<SocketAddr>) -> Vec<SocketAddr> {
    let Some(first) = worked.or(resolved.first().copied()) else { return Vec::new() };
    let rest = resolved.iter().copied().filter(|address| *address != first);
    let (mut same, mut other): (Vec<_>, Vec<_>) =
        rest.partition(|address| address.is_ipv4() == first.is_ipv4());
    // The last one first, so that the next one can be popped.
    same.reverse();
    other.reverse();
    let mut ordered = vec![first];
    while !(same.is_empty() && other.is_empty()) {
        ordered.extend(other.pop());
        ordered.extend(same.pop());
    }
    ordered
}
