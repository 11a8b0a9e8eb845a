//! Runs the library in a simulated world: many hosts, clocks and failures, from one seed.
//!
//! docs/simulation.md says what is simulated, which invariants are checked, and how to run it.

mod arguments;
mod callbacks;
mod check;
mod event;
mod faults;
mod host;
mod http;
mod jobs;
mod many;
mod network;
mod plan;
mod report;
mod rng;
mod run;
mod scheduler;
mod service;
mod store;
mod time;
mod world;

use std::process::ExitCode;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Arguments::parse(&arguments) {
        Err(words) => {
            eprintln!("{words}\n\n{}", arguments::HELP);
            ExitCode::from(2)
        }
        Ok(arguments) => match arguments.command {
            Command::One => run::one(&arguments),
            Command::Many => many::run(&arguments),
            Command::Twice => many::twice(&arguments),
            Command::Minimise => many::minimise(&arguments),
        },
    }
}
