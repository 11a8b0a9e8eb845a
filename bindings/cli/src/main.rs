//! `vanta`, the command-line program of libvanta.

mod args;
mod commands;
mod config;
mod csv;
mod failure;
mod help;
mod input;
mod names;
mod output;
mod problem;
mod records_args;
mod secret_command;
mod signals;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Arguments, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return show(&error),
    };
    let output = Output::new(&arguments.display);
    match run(&arguments.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code().into()
        }
    }
}

/// Shows help, or what is wrong with the arguments.
fn show(error: &clap::Error) -> ExitCode {
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // A write to the terminal that fails cannot be reported.
    let _ = error.print();
    match is_help {
        true => ExitCode::SUCCESS,
        false => Failure::usage("").exit_code().into(),
    }
}

fn run(command: &Command, output: &Output) -> failure::Result<()> {
    match command {
        Command::Token(options) => commands::token::run(options, output),
        Command::Validate(options) => commands::validate::run(options, output),
        Command::Plan(options) => commands::push::plan(options, output),
        Command::Push(options) => commands::push::push(options, output),
        Command::Verify(options) => commands::push::verify(options, output),
        Command::List(options) => commands::list::run(options, output),
        Command::Upload(options) => commands::upload::run(options, output),
        Command::Status(options) => commands::status::run(options, output),
        Command::Kinds => commands::kinds::run(output),
        Command::Schema(options) => commands::schema::run(options, output),
        Command::Doctor(options) => commands::doctor::run(options, output),
        Command::Completions { shell } => commands::generate::completions(*shell, output),
        Command::Man => commands::generate::man(output),
    }
}
