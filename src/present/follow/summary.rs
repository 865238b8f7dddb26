//! What stands above the streams, or in their place.

use super::form::As;
use super::lines::way;
use crate::engine::follow::{Extent, Syntax};
use crate::present::role::{Line, Role};
use crate::present::values;
use crate::vocab::Direction;
use crate::vocab::text::visible;

/// What to say where there is nothing to show, of one direction or of both.
pub fn nothing(shown_as: As, only: Option<Direction>) -> String {
    match only {
        None if shown_as == As::Records => "no TLS record was captured; x shows the bytes".to_owned(),
        None => "no payload was captured".to_owned(),
        Some(only) => format!("no payload of the {} was captured; d shows other directions", only.sender()),
    }
}

/// What a search has found: its pattern and how that is written, the number of the match under the cursor, how many
/// there are so far, and whether that is all.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    /// The pattern as it was written.
    pub pattern: &'a str,
    /// How it is read.
    pub syntax: Syntax,
    /// The number of the match under the cursor, from 1.
    pub current: Option<u64>,
    /// How many matches were found.
    pub count: u64,
    /// How far the search is, in per cent; all was searched without.
    pub searched: Option<u64>,
}

/// The line above the streams: how they are shown, how much there is, what a search found.
pub fn summary(extent: &Extent, shown_as: As, only: Option<Direction>, tally: Option<&Tally<'_>>) -> Line {
    let mut line = Line::of(Role::Strong, format!(" {}", shown_as.name()));
    for direction in Direction::BOTH {
        let (role, sign) = way(direction);
        let hidden = only.is_some_and(|only| only != direction);
        let all = values::bytes(extent.bytes[direction]);
        line.push(if hidden { Role::Dim } else { role }, format!("   {sign} {} {all}", direction.sender()));
        if extent.missing[direction] > 0 {
            line.push(Role::Gap, format!(" ({} missing)", values::bytes(extent.missing[direction])));
        }
        if hidden {
            line.push(Role::Dim, " (hidden)");
        }
    }
    if !extent.is_complete {
        let share = extent.all().min(extent.expected) * 100 / extent.expected.max(1);
        line.push(Role::Dim, format!("   reading: {share} %"));
    }
    if extent.repeats > 0 {
        line.push(Role::Event, format!("   {} sent again (R)", values::count(extent.repeats)));
    }
    if extent.conflicts > 0 {
        line.push(Role::Warning, format!(", {} with other bytes (!)", values::count(extent.conflicts)));
    }
    if extent.left_out > 0 {
        line.push(Role::Warning, format!(", {} not compared", values::count(extent.left_out)));
    }
    if let Some(tally) = tally {
        let at = tally.current.map_or(String::new(), |at| format!("{at} of "));
        let kind = if tally.syntax == Syntax::Text { String::new() } else { format!("{} ", tally.syntax.name()) };
        let more = tally.searched.map_or(String::new(), |share| format!(" so far, {share} % searched"));
        let pattern = visible(tally.pattern);
        line.push(Role::Notice, format!("   {kind}/{pattern}: {at}{} matches{more}", tally.count));
    }
    line
}
