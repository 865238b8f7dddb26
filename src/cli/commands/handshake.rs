//! `handshake`: the timeline of one flow.

use crate::cli::args::{Everywhere, HandshakeArgs, TimelineFormat};
use crate::cli::captures::{self, Target};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output;
use crate::engine::FlowView;
use crate::export::{self, Format};
use crate::vocab::FlowRef;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &HandshakeArgs) -> Result<Outcome, Failure> {
    let target = Target::parse(&args.target)?;
    let session = captures::load(everywhere, &target.captures)?;
    let view = captures::view(&session, &target.captures, FlowRef::main(target.flow))?;
    let decode = |step| session.detail(&view, step).ok();
    let fields = export::handshake::Fields { decode: &decode, places: args.places };
    let format = match args.format {
        TimelineFormat::Text => Format::Text,
        TimelineFormat::Json => Format::Json,
        TimelineFormat::Pem => return pem(&target, &view),
    };
    output::write(|out| export::handshake::write(out, format, output::paint(everywhere), &view, fields))?;
    Ok(Outcome::Done)
}

fn pem(target: &Target, view: &FlowView) -> Result<Outcome, Failure> {
    if view.timeline.chains().is_empty() {
        let where_ = format!("{}: flow {}", target.captures.join(" "), target.flow);
        return Err(Failure::could_not(format!(
            "{where_}: no certificate in clear; from TLS 1.3 on the client's --keylog opens them"
        )));
    }
    output::write(|out| export::pem::write(out, view).map(drop))?;
    Ok(Outcome::Done)
}
