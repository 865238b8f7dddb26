//! `why`: from a client's error to the patterns that can produce it, and the flows that match.

use crate::cli::args::{Everywhere, WhyArgs};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::{captures, output};
use crate::{diagnose, export};

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &WhyArgs) -> Result<Outcome, Failure> {
    // `why curl 35 capture.pcapng` means the error `curl 35`: a number is no capture.
    let numbers = args.captures.iter().take_while(|argument| captures::is_flow(argument)).count();
    let (more, captures) = args.captures.split_at(numbers);
    let error = std::iter::once(&args.error).chain(more).map(String::as_str).collect::<Vec<_>>().join(" ");
    captures::captures_only(captures)?;
    let filter = captures::filter(everywhere)?;
    let why = diagnose::why(&error);
    if why.matches.is_empty() {
        return Err(Failure::could_not(format!(
            "{error}: no client, server or proxy in the tables says this; give the error's name or the words of its text, in quotes"
        )));
    }
    let session = if captures.is_empty() { None } else { Some(captures::load(everywhere, captures)?) };
    let index = session.as_ref().map(|session| session.index());
    output::write(|out| {
        let flows = index.as_ref().map(|index| index.iter().filter(|facts| filter.matches(facts)));
        export::why::write(out, output::paint(everywhere), &error, &why, flows)
    })?;
    Ok(Outcome::Done)
}
