//! `diagnose`: every failed flow with its finding, grouped by cause.

use crate::cli::args::{DiagnoseArgs, Everywhere};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::{captures, output};
use crate::export::diagnosis::Diagnosis;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &DiagnoseArgs) -> Result<Outcome, Failure> {
    captures::captures_only(&args.captures)?;
    let filter = captures::filter(everywhere)?;
    let session = captures::load(everywhere, &args.captures)?;
    let index = session.index();
    let troubles = session.progress().troubles;
    let diagnosis = Diagnosis::new(&index, &troubles, |facts| filter.matches(facts));
    let flows = diagnosis.flows();
    let diagnosis = diagnosis.with_baselines(session.baselines(&flows));
    output::write(|out| diagnosis.write(out, args.format.into(), output::paint(everywhere)))?;
    Ok(if args.check && !diagnosis.passes() { Outcome::CheckFailed } else { Outcome::Done })
}
