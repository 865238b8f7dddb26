//! Without a command: the terminal UI.

use crate::cli::args::Everywhere;
use crate::cli::captures;
use crate::cli::failure::{Failure, Outcome};

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
    open(everywhere, captures)
}

#[cfg(feature = "ui")]
fn open(everywhere: &Everywhere, captures: &[String]) -> Result<Outcome, Failure> {
    use crate::cli::args::ColorWhen;
    use crate::engine::Session;
    use crate::tui;

    let color = match everywhere.color {
        ColorWhen::Auto => tui::ColorChoice::Auto,
        ColorWhen::Always => tui::ColorChoice::Always,
        ColorWhen::Never => tui::ColorChoice::Never,
    };
    let session = Session::open(&captures::options(everywhere, captures))?;
    tui::run(session, tui::Options { utc: everywhere.utc, color })?;
    Ok(Outcome::Done)
}

#[cfg(not(feature = "ui"))]
fn open(_: &Everywhere, _: &[String]) -> Result<Outcome, Failure> {
    Err(Failure::could_not(
        "this program was built without its terminal UI (the feature ui); shakedown --help lists what it can do",
    ))
}
