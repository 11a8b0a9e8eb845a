//! The program `vanta` as a person has it: run in a process of its own, against the simulator.
//!
//! On Windows the modules are left out that use a shell or the signals of Unix.

// First, for its macro.
#[macro_use]
#[allow(dead_code)]
#[path = "../../../../tests/it/tools.rs"]
mod tools;

mod arguments;
mod csv;
mod csv_text;
mod deletion_guard;
mod dependencies;
mod doctor;
mod drift;
mod formats;
mod generated;
mod leavers;
mod list_and_upload;
mod option_names;
#[path = "../../../../tests/it/permissions.rs"]
mod permissions;
mod push;
mod rig;
mod schema;
#[cfg(unix)]
mod scripts;
mod secrets;
#[cfg(unix)]
mod signals;
mod token;
