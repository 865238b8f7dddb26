//! `explain`: what a cause means.

use crate::cli::args::{Everywhere, ExplainArgs};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output;
use crate::export;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &ExplainArgs) -> Result<Outcome, Failure> {
    let paint = output::paint(everywhere);
    output::write(|out| match args.cause {
        Some(cause) => export::explain::one(out, paint, cause),
        None => export::explain::all(out, paint),
    })?;
    Ok(Outcome::Done)
}
