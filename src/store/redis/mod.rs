//! Redis as the store of several hosts: a lock that ends by itself, and records that only its
//! holder can write.
//!
//! The lock is a key with an owner and an end. A record carries the number of the lock under which
//! it was written (a fencing token), and a script compares owner and number before it writes: a
//! holder that slept past the end of its lock changes nothing.

mod address;
mod connection;
mod dial;
mod limit;
mod reply;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{LockedRecord, SharedStore, StoreError, Trouble};
use crate::clock::{Deadline, WaitError};
use crate::error::Result;
use crate::net::Trust;
use address::Address;
use connection::Connection;
use dial::Dialer;
pub(crate) use dial::ReadPassword;
use limit::{GRACE, Limit, OUTCOME_GRACE};
use reply::{Reply, meaning};

/// How long a lock lasts whose grant was not confirmed. A Redis that was paused may grant it when
/// the call has long given up.
const UNCONFIRMED: Duration = Duration::from_secs(4);

/// How long a lock lasts that was found without an end: somebody else's script made it.
const ENDLESS: Duration = Duration::from_secs(60);

/// A record that nobody has touched for two days is of no use to anybody.
const KEPT: Duration = Duration::from_secs(2 * 86_400);

const CANCELLED: Trouble = Trouble::WaitEnded(WaitError::Cancelled);

/// KEYS: lock, counter, record. ARGV: owner, milliseconds, milliseconds for a lock without an end.
/// Gives the lock's number, 0 for none. It may be repeated: the owner keeps the lock.
const LOCK: &str = "
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
end
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

/// Reads the password; it may have changed since the last connection.
pub(crate) struct RedisStore {
    dialer: Arc<Dialer>,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisStore({})", self.dialer.shown())
    }
}

impl RedisStore {
    /// Takes a URL without a password. Nothing is connected yet.
    pub(crate) fn new(
        url: &str,
        password: Option<ReadPassword>,
        trust: Trust,
    ) -> Result<RedisStore, StoreError> {
        let address = Address::parse(url)?;
        Ok(RedisStore { dialer: Arc::new(Dialer::new(address, password, trust)) })
    }

    /// Runs `work` on a connection: one that was used a moment ago, or else a new one. What fails
    /// on the former is repeated on the latter: the server may have closed it, a firewall may have
    /// dropped it, or another server may have taken its place. The other idle ones are closed then.
    fn on_connection<T>(
        &self,
        deadline: &Deadline,
        mut work: impl FnMut(&mut Connection, &Limit) -> Result<T, StoreError>,
    ) -> Result<(Connection, T), StoreError> {
        if let Some(mut idle) = self.dialer.idle(deadline.moment()) {
            match work(&mut idle, &Limit::of_idle(deadline)?) {
                Ok(done) => return Ok((idle, done)),
                Err(error) if error.trouble == CANCELLED => return Err(error),
                Err(_) => self.dialer.close_idle(),
            }
        }
        let mut connection = self.dialer.connect(&Limit::new(deadline)?)?;
        let done = work(&mut connection, &Limit::new(deadline)?)?;
        Ok((connection, done))
    }
}

impl SharedStore for RedisStore {
    fn name(&self) -> String {
        self.dialer.shown().to_owned()
    }

    fn read(
        &self,
        key: &str,
        deadline: &Deadline,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let keys = keys(key);
        let (connection, found) =
            self.on_connection(deadline, |connection, limit| load(connection, &keys, limit))?;
        self.dialer.put_back(connection, deadline.moment());
        Ok(found)
    }

    fn try_lock(
        &self,
        key: &str,
        hold: Duration,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn LockedRecord>>, StoreError> {
        let (keys, mut earlier) = (keys(key), None::<String>);
        let (connection, (owner, number)) = self.on_connection(deadline, |connection, limit| {
            // It may have been granted, or may be later: then this one must not be given back by
            // the command that follows it.
            if let Some(earlier) = &earlier {
                script(connection, UNLOCK, &keys, earlier, &[], limit)?;
            }
            let owner = owner();
            earlier = Some(owner.clone());
            let number = ask_for_lock(connection, &keys, &owner, limit, deadline)?;
            Ok((owner, number))
        })?;
        if number == 0 {
            self.dialer.put_back(connection, deadline.moment());
            return Ok(None);
        }
        let mut locked = LockedKey {
            dialer: Arc::clone(&self.dialer),
            connection: Some(connection),
            keys,
            owner,
            number,
            deadline: deadline.clone(),
            saved: false,
            reconnected: false,
        };
        let limit = Limit::new(&locked.deadline)?;
        let prolonged = locked.script(PROLONG, &[milliseconds(hold).as_bytes()], &limit)?;
        Ok((prolonged == 1).then(|| Box::new(locked) as Box<dyn LockedRecord>))
    }
}

/// The three keys of a record. What is in braces gives them one slot of a cluster.
type Keys = [String; 3];

fn keys(key: &str) -> Keys {
    ["lock", "counter", "record"].map(|what| format!("{{vanta {key}}} {what}"))
}

/// Gives the number of the lock; 0 where another has it.
fn ask_for_lock(
    connection: &mut Connection,
    keys: &Keys,
    owner: &str,
    limit: &Limit,
    deadline: &Deadline,
) -> Result<i64, StoreError> {
    let (unconfirmed, endless) = (milliseconds(UNCONFIRMED), milliseconds(ENDLESS));
    let arguments = [unconfirmed.as_bytes(), endless.as_bytes()];
    let asked = script(connection, LOCK, keys, owner, &arguments, limit);
    if asked.is_err() && !connection.is_in_step() {
        // It may be granted later: the command to give it back comes right behind.
        let unlock = evaluation(UNLOCK, keys, owner, &[]);
        let _ = connection.send(&unlock, &Limit::with_grace(deadline, GRACE));
    }
    asked
}

fn evaluation<'a>(
    text: &'a str,
    keys: &'a Keys,
    owner: &'a str,
    more: &[&'a [u8]],
) -> Vec<&'a [u8]> {
    let mut arguments = vec![&b"EVAL"[..], text.as_bytes(), b"3"];
    arguments.extend(keys.iter().map(String::as_bytes));
    arguments.push(owner.as_bytes());
    arguments.extend(more);
    arguments
}

fn script(
    connection: &mut Connection,
    text: &str,
    keys: &Keys,
    owner: &str,
    more: &[&[u8]],
    limit: &Limit,
) -> Result<i64, StoreError> {
    match connection.command(&evaluation(text, keys, owner, more), limit)? {
        Reply::Number(number) => Ok(number),
        Reply::Error(error) => Err(meaning(&error)),
        _ => Err(StoreError::unusable("a script returned no number; is this a Redis server?")),
    }
}

fn load(
    connection: &mut Connection,
    keys: &Keys,
    limit: &Limit,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    match connection.command(&[b"HGET", keys[2].as_bytes(), b"record"], limit)? {
        Reply::Text(record) => Ok(Some(record)),
        Reply::Error(error) => Err(meaning(&error)),
        _ => Ok(None),
    }
}

fn milliseconds(time: Duration) -> String {
    time.as_millis().max(1).to_string()
}

/// Tells this holder from all others.
fn owner() -> String {
    let random = |salt: u32| RandomState::new().hash_one((std::process::id(), salt));
    format!("{:016x}{:016x}", random(0), random(1))
}

fn usable(connection: &mut Option<Connection>) -> Result<&mut Connection, StoreError> {
    let usable = connection.as_mut().filter(|connection| connection.is_in_step());
    usable.ok_or_else(|| StoreError::unavailable("the connection broke"))
}

/// Gives the lock back when it is dropped, if it still is ours.
struct LockedKey {
    dialer: Arc<Dialer>,
    /// `None` once it was given back.
    connection: Option<Connection>,
    keys: Keys,
    owner: String,
    number: i64,
    /// That of the call: every command under the lock ends with it.
    deadline: Deadline,
    /// A record was saved: one that is saved later is the outcome of what the first announced.
    saved: bool,
    /// The connection is the second one, or a second one could not be made.
    reconnected: bool,
}

impl LockedKey {
    fn script(&mut self, text: &str, more: &[&[u8]], limit: &Limit) -> Result<i64, StoreError> {
        let connection = usable(&mut self.connection)?;
        script(connection, text, &self.keys, &self.owner, more, limit)
    }

    fn has_timed_out(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::has_timed_out)
    }

    /// Runs a script that may be executed twice. A token request takes long enough for the
    /// connection to break meanwhile: then it is repeated on a new one, once for each lock. With
    /// `silence` also where no reply came.
    fn script_or_repeat(
        &mut self,
        text: &str,
        more: &[&[u8]],
        grace: Duration,
        silence: bool,
    ) -> Result<i64, StoreError> {
        let first = if silence { grace / 2 } else { grace };
        let outcome = self.script(text, more, &Limit::with_grace(&self.deadline, first));
        let Err(error) = &outcome else { return outcome };
        let broken = usable(&mut self.connection).is_err() && error.trouble != Trouble::Unusable;
        let repeat = broken && (silence || !self.has_timed_out());
        if self.reconnected || !repeat || error.trouble == CANCELLED {
            return outcome;
        }
        self.reconnected = true;
        self.dialer.close_idle();
        let limit = Limit::with_grace(&self.deadline, grace);
        self.connection = Some(self.dialer.connect(&limit)?);
        self.script(text, more, &limit)
    }
}

impl LockedRecord for LockedKey {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        load(usable(&mut self.connection)?, &self.keys, &Limit::new(&self.deadline)?)
    }

    fn save(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let (number, kept) = (self.number.to_string(), milliseconds(KEPT));
        let more = [number.as_bytes(), record, kept.as_bytes()];
        let is_outcome = std::mem::replace(&mut self.saved, true);
        let grace = if is_outcome { OUTCOME_GRACE } else { GRACE };
        if self.script_or_repeat(SAVE, &more, grace, is_outcome)? == 1 {
            return Ok(());
        }
        Err(StoreError::lost("the lock had ended before the record was written".to_owned()))
    }
}

/// Where the lock cannot be given back, it ends by itself.
impl Drop for LockedKey {
    fn drop(&mut self) {
        let given_back =
            !self.has_timed_out() && self.script_or_repeat(UNLOCK, &[], GRACE, false).is_ok();
        let Some(mut connection) = self.connection.take() else { return };
        if given_back {
            self.dialer.put_back(connection, self.deadline.moment());
        } else if connection.has_timed_out() {
            // The reply would come behind one that did not come.
            let unlock = evaluation(UNLOCK, &self.keys, &self.owner, &[]);
            let _ = connection.send(&unlock, &Limit::with_grace(&self.deadline, GRACE));
        }
    }
}
