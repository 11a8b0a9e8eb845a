//! Where a Redis is, as its URL says.

use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::store::StoreError;
use crate::sys::socket::HAS_UNIX_SOCKETS;

const PORT: u16 = 6379;

/// Where a Redis listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Host { name: String, port: u16, tls: bool },
    Unix(PathBuf),
}

/// What a URL says. It holds no password.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) place: Place,
    pub(super) database: u32,
    pub(super) user: Option<String>,
}

impl Address {
    /// `redis://user@host:port/database`, `rediss://…`, `redis+unix:///path?db=1&user=name`. No
    /// error shows the URL: somebody may have put a password into it all the same.
    pub(super) fn parse(url: &str) -> Result<Address, StoreError> {
        let malformed = || StoreError::unusable("the Redis URL is malformed");
        let (scheme, rest) = url.split_once("://").ok_or_else(malformed)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let unix = matches!(scheme, "redis+unix" | "unix");
        if unix && !HAS_UNIX_SOCKETS {
            let why = "Redis is not reached by Unix sockets on this system; use redis://127.0.0.1 \
                       or rediss://";
            return Err(StoreError::unusable(why));
        }
        let mut address = match unix {
            true => Address::unix(rest).ok_or_else(malformed)?,
            false => Address::host(rest, scheme == "rediss")?,
        };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "pass" | "password" => return Err(with_password()),
                "db" if unix => address.database = value.parse().map_err(|_| wrong_database())?,
                "user" if unix => address.user = Some(decoded(value).ok_or_else(malformed)?),
                // Only RESP2 is spoken.
                "protocol" => {}
                _ => return Err(malformed()),
            }
        }
        address.check()?;
        Ok(address)
    }

    fn unix(path: &str) -> Option<Address> {
        let path = PathBuf::from(decoded(path)?);
        let place = Place::Unix(path).filter_absolute()?;
        Some(Address { place, database: 0, user: None })
    }

    fn host(rest: &str, tls: bool) -> Result<Address, StoreError> {
        let malformed = || StoreError::unusable("the Redis URL is malformed");
        let (rest, user) = match rest.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(with_password()),
            Some((user, rest)) => (rest, Some(decoded(user).ok_or_else(malformed)?)),
            None => (rest, None),
        };
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let database = match database.trim_end_matches('/') {
            "" => 0,
            number => number.parse().map_err(|_| wrong_database())?,
        };
        let (name, port) = host_and_port(authority).ok_or_else(malformed)?;
        let place = Place::Host { name, port, tls };
        Ok(Address { place, database, user: user.filter(|user| !user.is_empty()) })
    }

    /// A token that crosses a network in plain text is everybody's.
    fn check(&self) -> Result<(), StoreError> {
        let Place::Host { name, tls: false, .. } = &self.place else { return Ok(()) };
        if name == "localhost" || name.parse().is_ok_and(is_loopback) {
            return Ok(());
        }
        Err(StoreError::unusable(format!(
            "redis://{name} would show the token to the network: use rediss://, a Unix socket \
             (redis+unix://) or a loopback address"
        )))
    }

    /// The address without credentials, for messages.
    pub(super) fn shown(&self) -> String {
        let database = self.database;
        match &self.place {
            Place::Host { name, port, .. } if name.contains(':') => {
                format!("redis [{name}]:{port}/{database}")
            }
            Place::Host { name, port, .. } => format!("redis {name}:{port}/{database}"),
            Place::Unix(path) => format!("redis {}/{database}", path.display()),
        }
    }
}

impl Place {
    fn filter_absolute(self) -> Option<Place> {
        let absolute = matches!(&self, Place::Unix(path) if path.is_absolute());
        absolute.then_some(self)
    }
}

pub(super) fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn with_password() -> StoreError {
    StoreError::unusable("the Redis URL holds a password; set token_store_password_file instead")
}

fn wrong_database() -> StoreError {
    StoreError::unusable("the database in the Redis URL is not a number")
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(authority: &str) -> Option<(String, u16)> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']')?;
            name.parse::<std::net::Ipv6Addr>().ok()?;
            (name, if port.is_empty() { "" } else { port.strip_prefix(':')? })
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let port = if port.is_empty() { PORT } else { port.parse().ok()? };
    (!name.is_empty() && name.chars().all(plain)).then(|| (name.to_ascii_lowercase(), port))
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}
