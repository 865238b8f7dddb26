//! Conditions that together say what the failing have in common.

use super::bits::Bits;
use super::candidates::Candidate;
use super::merge::Merged;
use super::table::Sides;
use crate::stats::{Split, fisher};

/// Values from which a rule may grow: the strongest.
const SEEDS: usize = 8;
/// Conditions of a rule.
const MAX_CONDITIONS: usize = 3;
/// Share of its failing units that a rule keeps when a condition is added.
const KEPT: f64 = 0.8;
/// The share of an error that is left for what is added.
pub(super) const FOR_GROWING: f64 = 0.2;

/// Some conditions that hold together, by their places among the merged ones.
#[derive(Clone)]
pub struct Rule {
    /// The conditions.
    pub parts: Vec<usize>,
    /// The units for which all hold.
    pub members: Bits,
    /// How they divide.
    pub split: Split,
    /// Fisher's probability.
    pub p: f64,
}

impl Rule {
    /// The rule of one condition.
    pub fn alone(place: usize, condition: &Candidate) -> Self {
        let Candidate { members, split, p, .. } = condition.clone();
        Self { parts: vec![place], members, split, p }
    }

    fn new(sides: &Sides<'_>, merged: &[Merged], parts: Vec<usize>) -> Self {
        let members = common(sides, merged, &parts);
        let split = sides.split(&members);
        Self { parts, members, split, p: fisher(&split) }
    }

    /// The best rule that begins with one of the first `significant` conditions; `level` is the probability below which a
    /// further condition is no accident.
    pub fn best(sides: &Sides<'_>, merged: &[Merged], significant: &[usize], level: f64) -> Option<Self> {
        let seeds = significant.iter().take(SEEDS);
        let rules = seeds.map(|seed| Self::grown(sides, merged, *seed, level));
        rules.min_by(|one, other| one.p.total_cmp(&other.p).then(one.parts.len().cmp(&other.parts.len())))
    }

    fn grown(sides: &Sides<'_>, merged: &[Merged], seed: usize, level: f64) -> Self {
        let mut rule = Self::new(sides, merged, vec![seed]);
        while rule.parts.len() < MAX_CONDITIONS {
            let Some(next) = rule.next(sides, merged, level) else { break };
            rule = Self::new(sides, merged, [rule.parts, vec![next]].concat());
        }
        rule.without_needless(sides, merged, level)
    }

    /// The condition that separates best within what the rule covers.
    fn next(&self, sides: &Sides<'_>, merged: &[Merged], level: f64) -> Option<usize> {
        let others = merged.iter().enumerate().filter(|(at, _)| !self.parts.contains(at));
        let within = others.filter_map(|(at, other)| {
            let split = sides.split_within(&other.named.members, &self.members);
            let keeps = split.failed as f64 >= KEPT * split.failed_of as f64;
            keeps.then(|| (fisher(&split), at))
        });
        let (p, at) = within.min_by(|one, other| one.0.total_cmp(&other.0))?;
        (p <= level).then_some(at)
    }

    /// The rule without the conditions that the others make needless.
    fn without_needless(mut self, sides: &Sides<'_>, merged: &[Merged], level: f64) -> Self {
        let mut at = 0;
        while self.parts.len() > 1 && at < self.parts.len() {
            let mut rest = self.parts.clone();
            let part = rest.remove(at);
            let covered = common(sides, merged, &rest);
            if fisher(&sides.split_within(&merged[part].named.members, &covered)) > level {
                self = Self::new(sides, merged, rest);
                at = 0;
            } else {
                at += 1;
            }
        }
        self
    }

    /// Whether the rule leaves nothing for a condition to explain: neither among the units that it covers nor among the
    /// others does it separate.
    pub fn explains(&self, sides: &Sides<'_>, members: &Bits, level: f64) -> bool {
        self.left(sides, members) > level
    }

    /// The least probability that a condition still comes to among the units that the rule covers, and among the others.
    pub fn left(&self, sides: &Sides<'_>, members: &Bits) -> f64 {
        let outside = sides.all.without(&self.members);
        let [inside, outside] = [&self.members, &outside].map(|within| fisher(&sides.split_within(members, within)));
        inside.min(outside)
    }
}

/// The units that have all of some conditions.
fn common(sides: &Sides<'_>, merged: &[Merged], parts: &[usize]) -> Bits {
    let mut members = parts.iter().map(|part| &merged[*part].named.members);
    let first = members.next().cloned().unwrap_or_else(|| sides.all.clone());
    members.fold(first, |common, members| common.and(members))
}
