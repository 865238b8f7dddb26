//! Without a command: the terminal UI.

use crate::cli::args::{ColorWhen, Everywhere};
use crate::cli::captures;
use crate::cli::failure::{Failure, Outcome};
use crate::engine::Session;
use crate::tui;

pub(in crate::cli) fn run(everywhere: &Everywhere, captures: &[String]) -> Result<Outcome, Failure> {
    if captures.is_empty() {
        return Err(Failure::usage("name a capture to open: shakedown CAPTURE"));
    }
    captures::captures_only(captures)?;
    if everywhere.filter.is_some() {
        return Err(Failure::usage(
            "--filter: the terminal UI takes none yet; / there shows the flows whose row contains a text",
        ));
    }
    let color = match everywhere.color {
        ColorWhen::Auto => tui::ColorChoice::Auto,
        ColorWhen::Always => tui::ColorChoice::Always,
        ColorWhen::Never => tui::ColorChoice::Never,
    };
    let session = Session::open(&captures::options(everywhere, captures))?;
    tui::run(session, tui::Options { utc: everywhere.utc, color })?;
    Ok(Outcome::Done)
}
