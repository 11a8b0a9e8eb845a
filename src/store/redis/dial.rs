//! Opens connections to a Redis, and keeps those that are idle for a moment.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use socket2::SockAddr;

use super::address::{Address, Place, is_loopback};
use super::connection::Connection;
use super::limit::Limit;
use super::reply::{Reply, meaning};
use crate::clock::ClockInstant;
use crate::error::ErrorKind;
use crate::fork::PerProcess;
use crate::net::{self, AddressCache, Stream, Trust};
use crate::secret::Secret;
use crate::store::{StoreError, Trouble, failed};

/// How many connections are kept, and for how long.
const MOST_IDLE: usize = 8;
const LONGEST_IDLE: Duration = Duration::from_secs(5);

/// The name is looked up for each connection: after a failover it leads to another server, while
/// the one before may still take connections.
const LOOKUP_LIFETIME: Duration = Duration::ZERO;

pub(crate) type ReadPassword = Box<dyn Fn() -> crate::error::Result<Secret> + Send + Sync>;

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
    addresses: AddressCache,
    /// With the moment until which each is kept, on both clocks: a machine that was paused must not
    /// use a connection of before. Never held while anything waits.
    idle: Mutex<Vec<(Connection, ClockInstant)>>,
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
            Own { tls, addresses: AddressCache::new(LOOKUP_LIFETIME), idle: Mutex::default() }
        })
    }

    fn pool(&self) -> MutexGuard<'_, Vec<(Connection, ClockInstant)>> {
        self.own().idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that was used a moment ago.
    pub(super) fn idle(&self, now: ClockInstant) -> Option<Connection> {
        let mut idle = self.pool();
        idle.retain(|(_, until)| until.left(now).is_some());
        let mut newest_first = std::iter::from_fn(|| idle.pop()).map(|(connection, _)| connection);
        newest_first.find_map(|mut connection| connection.is_idle().then_some(connection))
    }

    /// Keeps a connection for the next command.
    pub(super) fn put_back(&self, connection: Connection, now: ClockInstant) {
        let mut idle = self.pool();
        if connection.is_in_step() && idle.len() < MOST_IDLE {
            idle.push((connection, now.plus(LONGEST_IDLE)));
        }
    }

    /// Closes the idle connections: where one has failed, the others will too.
    pub(super) fn close_idle(&self) {
        self.pool().clear();
    }

    pub(super) fn connect(&self, limit: &Limit) -> Result<Connection, StoreError> {
        let mut connection = match &self.address.place {
            Place::Host { name, port, .. } => self.host(name, *port, limit)?,
            Place::Unix(path) => Connection::new(unix(path, limit)?),
        };
        self.log_in(&mut connection, limit)?;
        self.select(&mut connection, limit)?;
        Ok(connection)
    }

    fn host(&self, name: &str, port: u16, limit: &Limit) -> Result<Connection, StoreError> {
        let mut addresses = self.look_up(name, port, limit)?;
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
        let connected = self.open(name, &addresses, limit);
        let own = self.own();
        match &connected {
            Ok((_, address)) => own.addresses.connected(name, port, *address),
            Err(_) => own.addresses.failed(name, port),
        }
        connected.map(|(connection, _)| connection)
    }

    fn look_up(&self, name: &str, port: u16, limit: &Limit) -> Result<Vec<SocketAddr>, StoreError> {
        let found = self.own().addresses.look_up(name, port, limit.deadline());
        found.map_err(|error| match limit.check() {
            Err(lapsed) => lapsed,
            Ok(()) => StoreError::unavailable(error.to_string()),
        })
    }

    fn open(
        &self,
        name: &str,
        addresses: &[SocketAddr],
        limit: &Limit,
    ) -> Result<(Connection, SocketAddr), StoreError> {
        let connected = net::connect(addresses, limit.deadline());
        let (stream, address) = connected.map_err(|error| {
            let lapsed = |error: &StoreError| matches!(error.trouble, Trouble::WaitEnded(_));
            let unreachable = || format!("cannot connect, {}", error.reasons(name));
            let ended = limit.check().err().filter(lapsed);
            ended.unwrap_or_else(|| StoreError::unavailable(unreachable()))
        })?;
        let mut connection = Connection::new(stream);
        if let Some(config) = &self.own().tls {
            connection.secure(config, name, limit)?;
        }
        Ok((connection, address))
    }

    /// The password is read again for each connection: it may have been changed.
    fn log_in(&self, connection: &mut Connection, limit: &Limit) -> Result<(), StoreError> {
        let Some(read) = &self.password else { return Ok(()) };
        let password = read().map_err(|error| match error.kind() {
            ErrorKind::OutOfResources => StoreError::unavailable(error.to_string()),
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

fn unix(path: &Path, limit: &Limit) -> Result<Stream, StoreError> {
    let address = SockAddr::unix(path).map_err(|error| StoreError::unusable(error.to_string()))?;
    net::connect_unix(&address, limit.deadline()).map_err(|error| match limit.check() {
        Err(lapsed) => lapsed,
        Ok(()) => failed(path, &error),
    })
}
