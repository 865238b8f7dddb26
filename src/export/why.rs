//! From a client's error to the patterns that can and cannot produce it, as text.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::cells::numbers;
use super::paint::Paint;
use crate::diagnose::{self, Why};
use crate::facts::FlowFacts;
use crate::present::causes;
use crate::present::role::Role;
use crate::vocab::text;
use crate::vocab::text::counted;

/// Flow numbers listed below a cause.
const MAX_LISTED: usize = 20;

/// Writes what `error` can mean; of `flows`, where there are any, those that match.
pub fn write<'a>(
    out: &mut impl Write,
    paint: Paint,
    error: &str,
    why: &Why,
    flows: Option<impl Iterator<Item = FlowFacts<'a>>>,
) -> io::Result<()> {
    writeln!(out, "{}", paint.role(Role::Heading, text::visible(error)))?;
    if why.is_guess {
        writeln!(out, "  Nobody is known to say this. A guess, by the words it shares with these:")?;
    }
    let texts: BTreeSet<_> = why.matches.iter().map(|found| (found.client, found.version, &found.error)).collect();
    for (client, version, error) in texts {
        let of = if version.is_empty() { String::new() } else { format!(" ({version})") };
        writeln!(out, "  {client}{of}: {error}")?;
    }
    let known = flows.is_some();
    let mut found = causes::flows(flows.into_iter().flatten());
    let by_cause: Vec<_> = why.can.iter().map(|cause| (*cause, found.remove(cause).unwrap_or_default())).collect();
    writeln!(out, "\n{}", paint.role(Role::Heading, if why.is_guess { "May be" } else { "Can be" }))?;
    for (cause, found) in &by_cause {
        writeln!(
            out,
            "  {:32}{}",
            paint.role(Role::Failed, format_args!("{:32}", cause.name())),
            diagnose::summary(*cause)
        )?;
        if !found.is_empty() {
            let list = numbers(found, MAX_LISTED);
            writeln!(out, "  {:32}here: {}, number {list}", "", counted(found.len(), "flow"))?;
        }
    }
    if known && by_cause.iter().all(|(_, found)| found.is_empty()) {
        writeln!(out, "  No flow here failed in one of these ways.")?;
    }
    if why.cannot.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.role(Role::Heading, "Cannot be"))?;
    writeln!(out, "  {}", why.cannot.iter().map(|cause| cause.name()).collect::<Vec<_>>().join(", "))
}
