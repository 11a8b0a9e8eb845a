//! Receipts: proof of what Vanta accepted, as a line for people and as a line of JSON in an audit
//! file.

mod application;
mod audit;
mod history;
mod line;
mod not_comparable;

pub(crate) use application::Application;
pub(crate) use audit::Audit;
pub(crate) use history::{History, UNNAMED};
pub use line::{Receipt, ReceiptKind};
pub use not_comparable::NotComparable;
pub(crate) use not_comparable::listed;
