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

use clap::Parser;

use args::{Cli, Command};
use failure::{Failure, Outcome};

/// Runs the program on the process's arguments and gives its exit status.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::CheckFailed) => ExitCode::from(3),
        Err(failure) => failure.report(),
    }
}

fn run(cli: Cli) -> Result<Outcome, Failure> {
    let everywhere = cli.everywhere;
    let Some(command) = cli.command else {
        return commands::browse::run(&everywhere, &cli.captures);
    };
    if everywhere.follow {
        return Err(Failure::usage("--follow is for the terminal UI: shakedown --follow CAPTURE"));
    }
    if let Some(why) = unfiltered(&command).filter(|_| everywhere.filter.is_some()) {
        return Err(Failure::usage(format!("--filter chooses among flows, and {why}")));
    }
    match command {
        Command::Flows(args) => commands::flows::run(&everywhere, &args),
        Command::Handshake(args) => commands::handshake::run(&everywhere, &args),
        Command::Packets(args) => commands::packets::run(&everywhere, &args),
        Command::Follow(args) => commands::follow::run(&everywhere, &args),
        Command::Diagnose(args) => commands::diagnose::run(&everywhere, &args),
        Command::Compare(args) => commands::compare::run(&everywhere, &args),
        Command::Trend(args) => commands::trend::run(&everywhere, &args),
        Command::Explain(args) => commands::explain::run(&everywhere, &args),
        Command::Why(args) => commands::why::run(&everywhere, &args),
        Command::Completions(args) => commands::documents::completions(&args),
        Command::Man => commands::documents::man(),
    }
}

/// Why a filter has nothing to choose from in a command; none where it has.
fn unfiltered(command: &Command) -> Option<&'static str> {
    let has_flow = |target: &[String]| target.last().is_some_and(|last| captures::is_flow(last));
    match command {
        Command::Packets(args) if !has_flow(&args.target) => None,
        Command::Handshake(_) | Command::Packets(_) | Command::Follow(_) | Command::Compare(_) => {
            Some("this command takes the flow whose number is given")
        }
        // A number is a part of the error.
        Command::Why(args) if args.captures.iter().all(|argument| captures::is_flow(argument)) => {
            Some("no capture is given")
        }
        Command::Explain(_) | Command::Completions(_) | Command::Man => Some("this command reads no capture"),
        Command::Flows(_) | Command::Diagnose(_) | Command::Trend(_) | Command::Why(_) => None,
    }
}
