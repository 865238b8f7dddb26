//! `handshake`: the timeline of one flow.

use crate::cli::args::{Everywhere, HandshakeArgs};
use crate::cli::captures::{self, Target};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output;
use crate::engine::FlowRef;
use crate::export;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &HandshakeArgs) -> Result<Outcome, Failure> {
    let target = Target::parse(&args.target)?;
    let session = captures::load(everywhere, &target.captures)?;
    let view = captures::view(&session, &target.captures, FlowRef::main(target.flow))?;
    let decode = |step| session.detail(&view, step).ok();
    let fields = export::handshake::Fields { decode: &decode, places: args.places };
    output::write(|out| export::handshake::write(out, args.format.into(), output::paint(everywhere), &view, fields))?;
    Ok(Outcome::Done)
}
