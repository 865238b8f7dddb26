//! `packets`: one row a packet of one flow or of all.

use crate::cli::args::{Everywhere, PacketsArgs};
use crate::cli::captures::{self, Target};
use crate::cli::failure::{Failure, Outcome, complain};
use crate::cli::output;
use crate::engine::Error;
use crate::export::packets::Writer;
use crate::vocab::text::counted;
use crate::vocab::{FlowNumber, FlowRef};

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &PacketsArgs) -> Result<Outcome, Failure> {
    let paint = output::paint(everywhere);
    let (mut left_out, mut unreadable) = (0, 0);
    if args.target.last().is_some_and(|last| captures::is_flow(last)) {
        let target = Target::parse(&args.target)?;
        let session = captures::load(everywhere, &target.captures)?;
        let view = captures::view(&session, &target.captures, FlowRef::main(target.flow))?;
        output::write(|out| {
            let mut writer = Writer::new(out, args.format.into(), paint);
            writer.flow(target.flow, &view.trace)?;
            writer.finish().map(|packets| left_out = packets)
        })?;
    } else {
        captures::captures_only(&args.target)?;
        let filter = captures::filter(everywhere)?;
        let session = captures::load(everywhere, &args.target)?;
        let flows: Vec<FlowNumber> =
            session.index().iter().filter(|facts| filter.matches(facts)).map(|facts| facts.flow).collect();
        output::write(|out| {
            let mut writer = Writer::new(out, args.format.into(), paint);
            unreadable = session.traces(&flows, &mut |flow, trace| Ok(writer.flow(flow, trace)?))?;
            left_out = writer.finish()?;
            Ok::<_, Error>(())
        })?;
    }
    if unreadable > 0 {
        let (flows, are) = (counted(unreadable, "flow"), if unreadable == 1 { "is" } else { "are" });
        complain(&format!("{}: {flows} {are} left out: cannot be read any more", args.target.join(" ")));
    }
    if left_out > 0 {
        complain(&format!("{}: {left_out} packets of flows that are too large are left out", args.target.join(" ")));
    }
    Ok(Outcome::Done)
}
