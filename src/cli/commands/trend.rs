//! `trend`: how often attempts fail before and after.

use crate::cli::args::{Everywhere, TrendArgs};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::{captures, output};
use crate::contrast::trend::{Part, Trend};
use crate::export;
use crate::facts::FlowFacts;
use crate::filter::Filter;

pub(in crate::cli) fn run(everywhere: &Everywhere, args: &TrendArgs) -> Result<Outcome, Failure> {
    captures::captures_only(&args.captures)?;
    captures::captures_only(&args.after)?;
    let filter = captures::filter(everywhere)?;
    let later = match &args.at {
        Some(time) => Some(
            Filter::parse(&format!("start >= \"{time}\""))
                .map_err(|_| Failure::usage(format!("--at {time}: give a moment, such as 2026-11-24T08:08")))?,
        ),
        None if args.after.is_empty() => {
            return Err(Failure::usage(
                "give the captures that came after (--after), or the moment that parts one (--at)",
            ));
        }
        None => None,
    };
    let before = captures::load(everywhere, &args.captures)?;
    let after = if args.after.is_empty() { None } else { Some(captures::load(everywhere, &args.after)?) };
    let (before, after) = (before.index(), after.as_ref().map(|after| after.index()));
    let is_later = |facts: &FlowFacts<'_>| later.as_ref().is_some_and(|later| later.matches(facts));
    let earlier = |facts: &FlowFacts<'_>| filter.matches(facts) && !is_later(facts);
    let afterwards = |facts: &FlowFacts<'_>| filter.matches(facts) && (later.is_none() || is_later(facts));
    let part = Part { index: &before, wanted: &earlier };
    let trend = Trend::of(part, Part { index: after.as_deref().unwrap_or(&before), wanted: &afterwards });
    output::write(|out| export::trend::write(out, args.format.into(), output::paint(everywhere), &trend))?;
    Ok(Outcome::Done)
}
