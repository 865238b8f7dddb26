//! Conditions with the same members are one: what a capture cannot tell apart is said once.

use super::candidates::Candidate;
use crate::stats::Split;

/// The share of their members that two conditions have in common from which on they are one (Jaccard).
const SAME: f64 = 0.98;

/// A condition, and others that mean the same units.
#[derive(Clone)]
pub struct Merged {
    /// The one that gives the name.
    pub named: Candidate,
    /// The others, at most one a field.
    pub others: Vec<Candidate>,
}

impl Merged {
    /// Merges conditions; those with the least probability come first.
    pub fn of(mut candidates: Vec<Candidate>) -> Vec<Self> {
        candidates.sort_by(|one, other| one.p.total_cmp(&other.p));
        let mut groups: Vec<Vec<Candidate>> = Vec::new();
        for candidate in candidates {
            match groups.iter_mut().find(|group| are_same(&group[0], &candidate)) {
                Some(group) => group.push(candidate),
                None => groups.push(vec![candidate]),
            }
        }
        let mut merged: Vec<_> = groups.into_iter().filter_map(Self::name).collect();
        merged.sort_by(|one, other| one.named.p.total_cmp(&other.named.p));
        merged
    }

    /// The first of some conditions by what their fields are names the others.
    fn name(mut group: Vec<Candidate>) -> Option<Self> {
        // Stable: of one field the one with the least probability stays first.
        group.sort_by_key(|candidate| (candidate.condition.factor.rank(), candidate.column));
        group.dedup_by_key(|candidate| candidate.column);
        let mut group = group.into_iter();
        Some(Self { named: group.next()?, others: group.collect() })
    }
}

fn are_same(one: &Candidate, other: &Candidate) -> bool {
    let with = |split: &Split| split.with() as f64;
    let (least, most) = (with(&one.split).min(with(&other.split)), with(&one.split).max(with(&other.split)));
    if least < SAME * most {
        return false;
    }
    let shared = one.members.shared(&other.members) as f64;
    shared >= SAME * (least + most - shared)
}
