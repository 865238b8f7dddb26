//! Without a command: the terminal UI.

use crate::cli::args::Everywhere;
use crate::cli::captures;
use crate::cli::failure::{Failure, Outcome};

pub(in crate::cli) fn run(_everywhere: &Everywhere, captures: &[String]) -> Result<Outcome, Failure> {
    if captures.is_empty() {
        return Err(Failure::usage("name a capture to open: shakedown CAPTURE"));
    }
    captures::captures_only(captures)?;
    Err(Failure::could_not("the terminal UI is not built in yet; shakedown flows CAPTURE lists the flows"))
}
