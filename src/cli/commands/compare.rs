//! `compare`: a failing flow beside a baseline flow.

use crate::cli::args::{CompareArgs, Everywhere};
use crate::cli::captures::{self, Pair};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output;
use crate::engine::Session;
use crate::export::candidates::Candidates;
use crate::export::comparison::Compared;
use crate::vocab::{FlowNumber, FlowRef, Source};

/// Good flows that are listed.
const LISTED: usize = 20;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &CompareArgs) -> Result<Outcome, Failure> {
    let Pair { subject: target, captures: others, flow } = Pair::parse(&args.target)?;
    let mut everywhere = everywhere.clone();
    if !others.is_empty() {
        everywhere.baseline.clone_from(&others);
    }
    let session = captures::load(&everywhere, &target.captures)?;
    let subject = captures::view(&session, &target.captures, FlowRef::main(target.flow))?;
    if args.candidates {
        if flow.is_some() {
            return Err(Failure::usage("--candidates lists the flows to choose from: leave out the second flow"));
        }
        let found = session.candidates(target.flow, LISTED);
        if found.is_empty() {
            return Err(nothing(&target.captures, target.flow));
        }
        output::write(|out| Candidates(&found).write(out, args.format.into(), output::paint(&everywhere)))?;
        return Ok(Outcome::Done);
    }
    let (baseline, near) = match flow {
        Some(flow) if others.is_empty() => (FlowRef::main(flow), None),
        Some(flow) => (FlowRef { source: Source::Baseline, flow }, None),
        None => session
            .nearest(target.flow)
            .map(|nearest| (nearest.flow, Some(nearest.near)))
            .ok_or_else(|| nothing(&target.captures, target.flow))?,
    };
    let baseline = captures::view(&session, names(&session, &target.captures, &others, baseline), baseline)?;
    let comparison = session.compare(&baseline, &subject);
    let (finding, links) = (subject.finding.as_ref(), &*subject.links);
    let (index, good) = (session.index(), session.baseline().map(Session::index));
    let of = |flow: FlowRef| match flow.source {
        Source::Main => index.facts(flow.flow),
        Source::Baseline => good.as_ref().and_then(|good| good.facts(flow.flow)),
    };
    if let (Some(baseline), Some(subject)) = (of(baseline.flow), of(subject.flow)) {
        let compared = Compared { baseline, near, subject, comparison: &comparison, finding, links };
        output::write(|out| compared.write(out, args.format.into(), output::paint(&everywhere)))?;
    }
    Ok(Outcome::Done)
}

fn nothing(captures: &[String], flow: FlowNumber) -> Failure {
    let captures = captures.join(" ");
    Failure::could_not(format!(
        "{captures}: no good flow to compare flow {flow} with; name one after it, or give --baseline"
    ))
}

/// The captures that a flow is of, for an error that names them.
fn names<'n>(session: &Session, main: &'n [String], others: &'n [String], flow: FlowRef) -> &'n [String] {
    match flow.source {
        Source::Baseline if session.baseline().is_some() && !others.is_empty() => others,
        _ => main,
    }
}
