//! A simulated Vanta on loopback. It does what the real service does, as far as public sources
//! describe it.
//!
//! One live token per application, 5 token and 20 resource requests a minute, strict schemas that
//! report one violation at a time, full-state replace with soft delete, TLS with a temporary
//! authority. Behaviour that no public source settles is in [`Settings`]; scripted errors are
//! [`Fault`]s; a [`Gateway`] may respond in the place of the service.
//!
//! ```
//! let simulator = vanta_simulator::Simulator::start();
//! assert!(simulator.origin().starts_with("https://"));
//! assert_eq!(simulator.counters().token_requests, 0);
//! ```

mod clock;

mod dates;

mod settings;

mod gzip;

mod gateway;

mod schemas;

mod faults;

mod reply;

mod rows;

mod state;

mod api;

mod multipart;

mod uploads;

mod service;

mod server;

mod tls;

mod simulator;

pub use faults::{Fault, Place};
pub use gateway::Gateway;
pub use schemas::kinds;
pub use settings::{Ambiguity, Duplicates, PutResponse, ReplaceScope, RetryAfter, Settings};
pub use simulator::Simulator;
pub use state::{AppliedPush, Counters, RecordedRequest};
pub use uploads::Upload;

/// The largest request body: <https://github.com/fleetdm/fleet/issues/39380>.
pub const BODY_LIMIT: usize = 10_485_760;
