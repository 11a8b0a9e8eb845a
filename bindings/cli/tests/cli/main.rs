//! The program `vanta` as a person has it: run in a process of its own, against the simulator.

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
mod push;
mod rig;
mod schema;
mod scripts;
mod secrets;
mod signals;
mod token;
