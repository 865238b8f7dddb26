//! `flows`: one row a flow.

use crate::cli::args::{Everywhere, FlowsArgs};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::{captures, output};
use crate::export;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &FlowsArgs) -> Result<Outcome, Failure> {
    captures::captures_only(&args.captures)?;
    let filter = captures::filter(everywhere)?;
    let session = captures::load(everywhere, &args.captures)?;
    let index = session.index();
    output::write(|out| {
        export::flows::write(out, args.format.into(), output::paint(everywhere), &index, |facts| filter.matches(facts))
    })?;
    Ok(Outcome::Done)
}
