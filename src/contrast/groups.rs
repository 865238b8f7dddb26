//! Which failures are asked about together: those of one cause, and those that one sender ended in several ways.

use std::collections::{BTreeMap, BTreeSet};

use super::units::{Failing, Sign, Units, failing};
use crate::vocab::{Cause, EndedBy};

/// What some failing units have in common already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// The cause.
    Cause(Cause),
    /// Who ended them, and the TTL of what ended them: a filter speaks in several ways.
    Ending {
        /// Who.
        ended_by: EndedBy,
        /// The TTL.
        ttl: u8,
        /// In which ways.
        causes: Vec<Cause>,
    },
}

/// Failing units that are asked about together.
pub(super) struct Group<'u> {
    pub about: About,
    pub failing: Vec<Failing<'u>>,
}

/// The groups of a capture: the causes in the order of their gravity, then the endings.
pub(super) fn groups(units: &Units) -> Vec<Group<'_>> {
    let mut causes: Vec<Cause> = units.failures.iter().map(|failure| failure.cause).collect();
    causes.sort_by_key(|cause| (cause.gravity(), *cause));
    causes.dedup();
    let mut endings: BTreeMap<Sign, BTreeSet<Cause>> = BTreeMap::new();
    let forged = units.failures.iter().filter_map(|failure| Some((failure.sign?, failure.cause)));
    for (sign, cause) in forged.filter(|((by, _), _)| *by == EndedBy::Middlebox) {
        endings.entry(sign).or_default().insert(cause);
    }
    let of_cause = causes.into_iter().map(|cause| Group {
        about: About::Cause(cause),
        failing: failing(units.failures.iter().filter(|failure| failure.cause == cause)),
    });
    let several = endings.into_iter().filter(|(_, causes)| causes.len() > 1);
    let of_ending = several.map(|(sign, causes)| Group {
        about: About::Ending { ended_by: sign.0, ttl: sign.1, causes: causes.into_iter().collect() },
        failing: failing(units.failures.iter().filter(|failure| failure.sign == Some(sign))),
    });
    of_cause.chain(of_ending).collect()
}
