//! The commands, one file for each group.

pub mod doctor;
pub mod drift;
pub mod example;
pub mod generate;
pub mod kinds;
pub mod list;
pub mod push;
pub mod schema;
pub mod shape;
pub mod status;
pub mod token;
pub mod upload;
pub mod validate;
pub mod way;
