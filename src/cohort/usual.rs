//! How usual the values of a flow are among the good flows of its kind.

use std::collections::HashMap;

use crate::compare::{Asked, Candidate, Counted, Nearness, Usual};
use crate::facts::{FlowFacts, Value};
use crate::index::Index;

/// Good flows that are looked at for values that no other has.
const MAX_SINGULAR: u32 = 20_000;

/// Counts, for each value asked about, how many good flows of the subject's kind have it: those that go to the same place.
pub fn usual(indexes: &[&Index], subject: &FlowFacts<'_>, asked: &[Asked<'_>]) -> Vec<Counted> {
    let own = Candidate::new(subject);
    let is_alike = |facts: &FlowFacts<'_>| {
        let is_itself = facts.flow == subject.flow && std::ptr::eq(facts.row, subject.row);
        !is_itself && Candidate::is_good(facts) && Nearness::is_same_place(&own, &Candidate::new(facts))
    };
    let alike = || indexes.iter().flat_map(|index| index.iter()).filter(|facts| is_alike(facts));
    let mut counted: Vec<Counted> = asked
        .iter()
        .map(|asked| Counted { field: asked.field, usual: Usual { have: 0, of: 0 }, singular: 0 })
        .collect();
    for facts in alike() {
        for (asked, counted) in asked.iter().zip(&mut counted) {
            let Some(value) = (asked.fact.get)(&facts) else { continue };
            counted.usual.of += 1;
            counted.usual.have += u32::from(value == asked.value);
        }
    }
    for (asked, counted) in asked.iter().zip(&mut counted).filter(|(_, counted)| counted.usual.have == 0) {
        counted.singular = singular(alike().filter_map(|facts| (asked.fact.get)(&facts)));
    }
    counted
}

/// How many values come once.
fn singular<'a>(values: impl Iterator<Item = Value<'a>>) -> u32 {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for value in values.take(MAX_SINGULAR as usize) {
        *counts.entry(format!("{value:?}")).or_default() += 1;
    }
    counts.values().filter(|count| **count == 1).count() as u32
}
