//! `follow`: the stream of one flow.

use crate::cli::args::{Everywhere, FollowArgs};
use crate::cli::captures::{self, Target};
use crate::cli::failure::{Failure, Outcome, complain};
use crate::cli::output;
use crate::engine::FlowRef;
use crate::export;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &FollowArgs) -> Result<Outcome, Failure> {
    let target = Target::parse(&args.target)?;
    let session = captures::load(everywhere, &target.captures)?;
    let view = captures::view(&session, &target.captures, FlowRef::main(target.flow))?;
    let where_ = format!("{}: flow {}", target.captures.join(" "), target.flow);
    if args.decrypted {
        return Err(Failure::could_not(format!("{where_}: no keys open its records; give the client's --keylog")));
    }
    let mut gaps = export::follow::Gaps::default();
    output::write(|out| {
        gaps = export::follow::write(out, args.form.into(), output::paint(everywhere), &view, args.direction.only())?;
        Ok(())
    })?;
    if let Some(sentence) = gaps.sentence() {
        complain(&format!("{where_}: {sentence}"));
    }
    if view.trace.capped > 0 {
        return Err(Failure::could_not(format!(
            "{where_}: too large to follow whole; the last {} segments are left out",
            view.trace.capped
        )));
    }
    Ok(Outcome::Done)
}
