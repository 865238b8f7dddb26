//! `follow`: the stream of one flow.

use anyhow::Context as _;

use crate::cli::args::{Everywhere, FollowArgs, FormArg};
use crate::cli::captures::{self, Target};
use crate::cli::failure::{Failure, Outcome, complain};
use crate::cli::output;
use crate::export;
use crate::vocab::FlowRef;
use crate::vocab::text::counted;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &FollowArgs) -> Result<Outcome, Failure> {
    if args.decrypted {
        return Err(Failure::usage(
            "--decrypted: what keys open cannot be written yet; without it the stream is written as it was captured",
        ));
    }
    let target = Target::parse(&args.target)?;
    let session = captures::load(everywhere, &target.captures)?;
    let flow = FlowRef::main(target.flow);
    let map = session.follow(flow).with_context(|| target.captures.join(" "))?;
    let row = session.index().facts(flow.flow).map(|facts| facts.row.clone());
    let row = row.ok_or_else(|| Failure::could_not(format!("{}: no flow {}", target.captures.join(" "), flow.flow)))?;
    let where_ = format!("{}: flow {}", target.captures.join(" "), target.flow);
    if args.form == FormArg::Records && !map.has_records {
        return Err(Failure::could_not(format!("{where_}: no TLS records; follow it as text or hex")));
    }
    let mut gaps = export::follow::Gaps::default();
    output::write(|out| {
        let paint = output::paint(everywhere);
        export::follow::write(out, args.form.into(), paint, (&map, &row), args.direction.only())
            .map(|left_out| gaps = left_out)
    })?;
    if let Some(sentence) = gaps.sentence() {
        complain(&format!("{where_}: {sentence}"));
    }
    let extent = map.extent();
    if extent.conflicts > 0 {
        let (stretches, were) =
            (counted(extent.conflicts as usize, "stretch"), if extent.conflicts == 1 { "was" } else { "were" });
        complain(&format!(
            "{where_}: {stretches} {were} captured again with other bytes; the first copy is the one written"
        ));
    }
    Ok(Outcome::Done)
}
