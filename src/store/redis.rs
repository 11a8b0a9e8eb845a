//! Redis as the store of several hosts: a lock that ends by itself, and records that only its
//! holder can write.
//!
//! The lock is a key with an owner and an end. A record carries the number of the lock under which
//! it was written (a fencing token), and a script compares owner and number before it writes: a
//! holder who slept past the end of its lock changes nothing.
//!
//! The crate's calls block, the lookup of a name without any bound. So the lock is asked for on a
//! thread of its own, and whoever wants it looks again and again whether it has come.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, FromRedisValue, IntoConnectionInfo, TlsCertificates,
};
use zeroize::Zeroizing;

use super::{LockedRecord, SharedStore, StoreError};
use crate::clock::Deadline;
use crate::fork::PerProcess;
use crate::helper;
use crate::secret::Secret;

/// How long one answer of Redis is waited for. A store that is slower is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long one look at the answer takes at the most.
const GLANCE: Duration = Duration::from_millis(50);

/// How long a lock lasts of which we have not heard that it is ours. A Redis that was asleep may
/// grant it when we have long given up.
const UNHEARD: Duration = Duration::from_secs(4);

/// A record that nobody has touched for two days is of no use to anybody.
const KEPT_MS: u64 = 2 * 86_400_000;

/// KEYS: lock, counter, record. ARGV: owner, milliseconds. Gives the lock's number, 0 for none.
const LOCK: &str = "
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
local seen = tonumber(redis.call('HGET', KEYS[3], 'lock') or '0')
local number = redis.call('INCR', KEYS[2])
if number <= seen then number = seen + 1; redis.call('SET', KEYS[2], number) end
return number";

/// KEYS: lock, counter, record. ARGV: owner, number, record, milliseconds. 1 when it was written.
const SAVE: &str = "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', KEYS[3], 'lock') or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[3], 'lock', ARGV[2], 'record', ARGV[3])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1";

/// KEYS: lock. ARGV: owner, milliseconds. 1 when it was prolonged.
const PROLONG: &str = "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])";

/// KEYS: lock. ARGV: owner.
const UNLOCK: &str = "
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

pub(crate) struct RedisStore {
    client: Client,
    /// Address and database, without credentials.
    place: String,
    /// Where the lock comes that was asked for.
    asked: PerProcess<Mutex<Option<Receiver<Asked>>>>,
}

type Asked = Result<Option<LockedKey>, StoreError>;

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisStore({})", self.place)
    }
}

impl RedisStore {
    /// Takes a URL without a password. Nothing is connected yet.
    pub(crate) fn new(
        url: &str,
        password: Option<&Secret>,
        ca_pem: Option<&[u8]>,
    ) -> Result<RedisStore, StoreError> {
        // The URL is not shown: somebody may have put a password into it all the same.
        let malformed = |_| StoreError::unusable("the Redis URL is malformed");
        let mut info = url.into_connection_info().map_err(malformed)?;
        let mut settings = info.redis_settings().clone();
        if settings.password().is_some() {
            return Err(StoreError::unusable(
                "the Redis URL holds a password: name a file that holds it instead",
            ));
        }
        let place = format!("redis {}/{}", info.addr(), settings.db());
        check_address(&info)?;
        if let Some(password) = password {
            settings = settings.set_password(password.expose());
        }
        info = info.set_redis_settings(settings.set_skip_set_lib_name());
        let client = open(info, ca_pem).map_err(|error| StoreError::unusable(error.to_string()))?;
        Ok(RedisStore { client, place, asked: PerProcess::new() })
    }

    /// Asks for the lock, on a thread that ends with the answer.
    fn ask(&self, key: &str) -> Result<Receiver<Asked>, StoreError> {
        let (client, key) = (self.client.clone(), key.to_owned());
        let (send, receive) = mpsc::sync_channel(1);
        // Where nobody listens any more, the lock goes with what is sent.
        let job = move || drop(send.send(lock(&client, &key)));
        helper::start("redis", job).map_err(|error| StoreError::away(error.to_string()))?;
        Ok(receive)
    }

    /// What has come of it so far; asks when nobody has.
    fn answer(&self, key: &str) -> Asked {
        let asked = self.asked.get(Mutex::default);
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let receive = match asked.take() {
            Some(receive) => receive,
            None => self.ask(key)?,
        };
        match receive.recv_timeout(GLANCE) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => {
                Err(StoreError::away("it ended without an answer"))
            }
            Err(RecvTimeoutError::Timeout) => {
                *asked = Some(receive);
                Ok(None)
            }
        }
    }
}

fn lock(client: &Client, key: &str) -> Asked {
    let connect = || {
        let connection = client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    };
    let connection = connect().map_err(trouble)?;
    let name = |what: &str| format!("{{vanta {key}}} {what}");
    let keys = ["lock", "counter", "record"].map(name);
    let mut locked = LockedKey { connection, keys, owner: owner(), number: 0 };
    locked.number = locked.script(LOCK, &[milliseconds(UNHEARD).as_bytes()])?;
    Ok((locked.number > 0).then_some(locked))
}

/// A password that is missing or wrong does not pass; other trouble may.
fn trouble(error: redis::RedisError) -> StoreError {
    match error.code() {
        Some("NOAUTH" | "WRONGPASS" | "NOPERM") => StoreError::unusable(error.to_string()),
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => {
            StoreError::unusable(error.to_string())
        }
        _ => StoreError::away(error.to_string()),
    }
}

fn open(info: ConnectionInfo, ca_pem: Option<&[u8]>) -> redis::RedisResult<Client> {
    let tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
    match ca_pem.filter(|_| tls) {
        Some(pem) => {
            let root_cert = Some(pem.to_vec());
            Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert })
        }
        None => Client::open(info),
    }
}

/// A token that crosses a network in plain text is everybody's.
fn check_address(info: &ConnectionInfo) -> Result<(), StoreError> {
    let ConnectionAddr::Tcp(host, _) = info.addr() else { return Ok(()) };
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    if host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback()) {
        return Ok(());
    }
    Err(StoreError::unusable(format!(
        "redis://{host} would show the token to the network: use rediss://, a Unix socket \
         (redis+unix://) or a loopback address"
    )))
}

impl SharedStore for RedisStore {
    fn name(&self) -> String {
        self.place.clone()
    }

    fn read(&self, _: &str, _: &Deadline) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Err(StoreError::unsupported())
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
        _: &Deadline,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        let Some(mut locked) = self.answer(key)? else { return Ok(None) };
        let prolonged: u64 = locked.script(PROLONG, &[milliseconds(hold).as_bytes()])?;
        Ok((prolonged == 1).then(|| Box::new(locked) as Box<dyn LockedRecord>))
    }
}

fn milliseconds(time: Duration) -> String {
    time.as_millis().max(1).to_string()
}

/// Tells this holder from all others.
fn owner() -> String {
    let dice = |salt: u32| RandomState::new().hash_one((std::process::id(), salt));
    format!("{:016x}{:016x}", dice(0), dice(1))
}

/// Gives the lock back when it is dropped, if it still is ours.
struct LockedKey {
    connection: redis::Connection,
    keys: [String; 3],
    owner: String,
    number: u64,
}

impl LockedKey {
    fn script<T: FromRedisValue>(&mut self, text: &str, more: &[&[u8]]) -> Result<T, StoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(text).arg(3).arg(&self.keys).arg(&self.owner).arg(more);
        self.query(&command)
    }

    fn query<T: FromRedisValue>(&mut self, command: &redis::Cmd) -> Result<T, StoreError> {
        command.query(&mut self.connection).map_err(trouble)
    }
}

impl LockedRecord for LockedKey {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let mut command = redis::cmd("HGET");
        command.arg(&self.keys[2]).arg("record");
        let found: Option<Vec<u8>> = self.query(&command)?;
        Ok(found.map(Zeroizing::new))
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let (number, kept) = (self.number.to_string(), KEPT_MS.to_string());
        let saved: u64 = self.script(SAVE, &[number.as_bytes(), record, kept.as_bytes()])?;
        if saved == 1 {
            return Ok(());
        }
        Err(StoreError::lost("the lock had ended before the record was written".to_owned()))
    }
}

impl Drop for LockedKey {
    fn drop(&mut self) {
        if self.number > 0 {
            // Where it cannot be given back, it ends by itself.
            let _ = self.script::<u64>(UNLOCK, &[]);
        }
    }
}
