//! Sockets, poll and TLS: all input and output of `http` and of the Redis store.
//!
//! | file | what it does |
//! |---|---|
//! | `resolve` | looks a name up on a background thread |
//! | `addresses` | orders the addresses of a host, and remembers which of them worked |
//! | `race` | connects to the first of them that responds |
//! | `poll`, `socket` | wait for a socket, read and write without blocking |
//! | `stream` | a connection, with TLS or without |
//! | `tls_stream` | the only file that drives a TLS connection |
//! | `record_buffer` | what it received, as records |
//! | `suites` | the ciphers, which leave what they decrypt in that buffer |
//! | `tls` | which certificates are trusted |
//! | `verifier` | verifies a server's certificate, and explains why one is refused |
//! | `certificate_error` | says why; `certificate`, `algorithms` and `der` read the chain for it |
//! | `ecdsa` | verifies the signatures of the feature `all-ecdsa` |
//!
//! No function here blocks for longer than the time it is given. A caller asks its deadline for
//! that time ([`Deadline::poll_interval`](crate::clock::Deadline::poll_interval)) before each wait,
//! so a deadline and a cancel end every wait within 100 ms, whatever the peer does. What must be
//! done next, and whether there is time for it, is decided by the caller alone: `http` and the
//! store have different deadlines and different errors.

mod addresses;
mod algorithms;
mod certificate;
mod certificate_error;
mod der;
#[cfg(feature = "all-ecdsa")]
mod ecdsa;
mod poll;
mod race;
mod record_buffer;
mod resolve;
mod socket;
mod stream;
mod suites;
mod tls;
mod tls_stream;
mod verifier;

pub(crate) use addresses::AddressCache;
#[cfg(feature = "redis")]
pub(crate) use race::connect_unix;
pub(crate) use race::{ConnectError, connect};
pub(crate) use stream::{Stream, is_wait};
pub(crate) use tls::{Authorities, Trust};
pub(crate) use verifier::tls_words;
