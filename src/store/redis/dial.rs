//! Opens connections to a Redis, and keeps those that are idle for a moment.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use socket2::{SockAddr, Socket};

use super::ReadPassword;
use super::address::{Address, Place, is_loopback};
use super::connection::Connection;
use super::limit::Limit;
use super::reply::{Reply, meaning};
use crate::clock::{Clock, Deadline, SystemClock};
use crate::error::ErrorKind;
use crate::fork::PerProcess;
use crate::net::{self, Trust};
use crate::store::{StoreError, failed};

/// How many connections are kept, and for how long.
const MOST_IDLE: usize = 8;
const LONGEST_IDLE: Duration = Duration::from_secs(5);

pub(super) struct Dialer {
    address: Address,
    shown: String,
    password: Option<ReadPassword>,
    /// `None` where there is no TLS.
    trust: Option<Trust>,
    /// A child of a fork has connections of its own.
    own: PerProcess<Own>,
}

struct Own {
    tls: Option<Arc<ClientConfig>>,
    /// With the moment of the last use. Never held while anything waits.
    idle: Mutex<Vec<(Connection, Duration)>>,
}

impl Dialer {
    pub(super) fn new(address: Address, password: Option<ReadPassword>, trust: Trust) -> Dialer {
        let tls = matches!(address.place, Place::Host { tls: true, .. });
        let (shown, trust) = (address.shown(), Some(trust).filter(|_| tls));
        Dialer { address, shown, password, trust, own: PerProcess::new() }
    }

    /// Address and database, without credentials.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    fn own(&self) -> &Own {
        self.own.get(|| {
            let tls = self.trust.as_ref().map(|trust| Arc::new(trust.client_config()));
            Own { tls, idle: Mutex::default() }
        })
    }

    /// A connection that was used a moment ago.
    pub(super) fn idle(&self) -> Option<Connection> {
        let mut idle = self.own().idle.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemClock.steady();
        idle.retain(|(_, since)| now.saturating_sub(*since) < LONGEST_IDLE);
        let found = std::iter::from_fn(|| idle.pop()).find(|(connection, _)| connection.is_idle());
        found.map(|(connection, _)| connection)
    }

    pub(super) fn put_back(&self, connection: Connection) {
        let mut idle = self.own().idle.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_in_step() && idle.len() < MOST_IDLE {
            idle.push((connection, SystemClock.steady()));
        }
    }

    pub(super) fn connect(&self, deadline: &Deadline) -> Result<Connection, StoreError> {
        let limit = Limit::new(deadline)?;
        let mut connection = match &self.address.place {
            Place::Host { name, port, .. } => self.host(name, *port, &limit)?,
            Place::Unix(path) => Connection::new(unix(path, &limit)?),
        };
        self.log_in(&mut connection, &limit)?;
        self.select(&mut connection, &limit)?;
        Ok(connection)
    }

    fn host(&self, name: &str, port: u16, limit: &Limit) -> Result<Connection, StoreError> {
        let mut addresses = resolve(name, port, limit)?;
        if self.trust.is_none() {
            // The name may say localhost and lead elsewhere.
            let elsewhere = addresses.iter().find(|address| !is_loopback(address.ip())).copied();
            addresses.retain(|address| is_loopback(address.ip()));
            if let (Some(elsewhere), true) = (elsewhere, addresses.is_empty()) {
                return Err(StoreError::unusable(format!(
                    "{name} resolves to {}, which is no loopback address, and redis:// would show \
                     the token to the network: use rediss://",
                    elsewhere.ip()
                )));
            }
        }
        let mut connection = Connection::new(reach(name, &addresses, limit)?);
        if let Some(config) = &self.own().tls {
            let server = ServerName::try_from(name.to_owned()).map_err(|_| {
                StoreError::unusable(format!("{name} is no name that a certificate can have"))
            })?;
            let tls = ClientConnection::new(Arc::clone(config), server)
                .map_err(|error| StoreError::unusable(error.to_string()))?;
            connection.secure(tls, limit)?;
        }
        Ok(connection)
    }

    /// The password is read again for each connection: it may have been changed.
    fn log_in(&self, connection: &mut Connection, limit: &Limit) -> Result<(), StoreError> {
        let Some(read) = &self.password else { return Ok(()) };
        let password = read().map_err(|error| match error.kind() {
            ErrorKind::OutOfResources => StoreError::away(error.to_string()),
            _ => StoreError::unusable(error.to_string()),
        })?;
        let user = self.address.user.as_deref().map(str::as_bytes);
        let arguments = [Some(&b"AUTH"[..]), user, Some(password.expose().as_bytes())];
        let arguments: Vec<&[u8]> = arguments.into_iter().flatten().collect();
        match connection.command(&arguments, limit)? {
            Reply::Error(error) => Err(meaning(&password.hide_in(&error))),
            _ => Ok(()),
        }
    }

    fn select(&self, connection: &mut Connection, limit: &Limit) -> Result<(), StoreError> {
        let database = self.address.database;
        if database == 0 {
            return Ok(());
        }
        match connection.command(&[b"SELECT", database.to_string().as_bytes()], limit)? {
            Reply::Error(error) => Err(meaning(&error)),
            _ => Ok(()),
        }
    }
}

fn resolve(name: &str, port: u16, limit: &Limit) -> Result<Vec<SocketAddr>, StoreError> {
    if let Ok(ip) = name.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    net::resolve(name, port, limit.deadline()).map_err(|error| match limit.check() {
        Err(lapsed) => lapsed,
        Ok(()) => StoreError::away(error.to_string()),
    })
}

/// Tries the addresses in turn; all but the last may use half of the time that is left.
fn reach(name: &str, addresses: &[SocketAddr], limit: &Limit) -> Result<Socket, StoreError> {
    let mut last = StoreError::away(format!("{name} has no address"));
    for (i, address) in addresses.iter().enumerate() {
        let left = limit.deadline().left().unwrap_or_default();
        let share = if i + 1 < addresses.len() { left / 2 } else { left };
        match net::connect(&(*address).into(), &limit.deadline().at_most(share)) {
            Ok(socket) => return Ok(socket),
            // The name of the store has the address already, where it is one.
            Err(error) if name.parse::<IpAddr>().is_ok() => {
                last = StoreError::away(error.to_string());
            }
            Err(error) => last = StoreError::away(format!("{address}: {error}")),
        }
        limit.check()?;
    }
    Err(last)
}

fn unix(path: &Path, limit: &Limit) -> Result<Socket, StoreError> {
    let address = SockAddr::unix(path).map_err(|error| StoreError::unusable(error.to_string()))?;
    net::connect(&address, limit.deadline()).map_err(|error| match limit.check() {
        Err(lapsed) => lapsed,
        Ok(()) => failed(path, &error),
    })
}
