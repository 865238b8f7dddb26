//! The command line: arguments, subcommands, exit codes. Every answer the terminal UI gives can be had here.
//!
//! Start at [`main`]. One file a command in `commands`; what they share is how captures are named and loaded
//! (`captures`), where output goes (`output`), and what a failure is (`failure`). Only this room names clap.

mod args;
mod captures;
mod commands;
mod failure;
mod output;
mod progress;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use failure::{Failure, Outcome};

/// Runs the program on the process's arguments and gives its exit status.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::FlowsFailed) => ExitCode::from(3),
        Err(failure) => failure.report(),
    }
}

/// The program's arguments, for whoever writes documents of them.
pub fn command() -> clap::Command {
    Cli::command()
}

fn run(cli: Cli) -> Result<Outcome, Failure> {
    let everywhere = cli.everywhere;
    let Some(command) = cli.command else {
        return commands::browse::run(&everywhere, &cli.captures);
    };
    if everywhere.follow {
        return Err(Failure::usage("--follow is for the terminal UI: shakedown --follow CAPTURE"));
    }
    match command {
        Command::Flows(args) => commands::flows::run(&everywhere, &args),
        Command::Handshake(args) => commands::handshake::run(&everywhere, &args),
        Command::Packets(args) => commands::packets::run(&everywhere, &args),
        Command::Follow(args) => commands::follow::run(&everywhere, &args),
        Command::Diagnose(args) => commands::diagnose::run(&everywhere, &args),
        Command::Compare(args) => commands::compare::run(&everywhere, &args),
        Command::Explain(args) => commands::explain::run(&everywhere, &args),
        Command::Why(args) => commands::why::run(&everywhere, &args),
        Command::Completions(args) => commands::documents::completions(&args),
        Command::Man => commands::documents::man(),
    }
}
