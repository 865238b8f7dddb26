//! Before and after: are there fewer failures of a cause, and within what they had in common before?

use std::collections::BTreeSet;

use super::condition::{Condition, all_hold};
use super::found::Contrast;
use super::groups::{About, Group, groups};
use super::units::{Survey, Units};
use crate::facts::{FlowFacts, by_name};
use crate::index::Index;
use crate::stats::{Estimate, Rate, Split, difference, fisher};
use crate::vocab::{FlowNumber, Time};

/// The probability from which on down a difference is shown.
const SHOWN: f64 = 0.05;
/// Further good attempts beyond which it is not said how many it would take.
const MAX_NEEDED: usize = 1_000_000;
/// Facts by which two captures are told to be alike or not.
const LIKENESS: [&str; 3] = ["client.ip", "tls.sni", "tls.ja4"];

/// Some flows of a capture.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The capture.
    pub index: &'a Index,
    /// Which of its flows.
    pub wanted: &'a dyn Fn(&FlowFacts<'_>) -> bool,
}

/// Attempts that failed, of all that failed or were good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Failures {
    /// The failing ones.
    pub failed: usize,
    /// All.
    pub of: usize,
}

impl Failures {
    /// How often they failed.
    pub fn rate(self) -> Option<Rate> {
        Rate::of(self.failed, self.of)
    }
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Row {
    /// What failed.
    pub about: About,
    /// Within what it is compared: what the failing had in common before; all attempts without.
    pub conditions: Vec<Condition>,
    /// How often it failed before.
    pub before: Failures,
    /// How often afterwards.
    pub after: Failures,
}

impl Row {
    /// By how much the rate rose.
    pub fn difference(&self) -> Option<Estimate> {
        difference((self.before.failed, self.before.of), (self.after.failed, self.after.of))
    }

    /// The probability that chance deals the failures at least so unevenly, this way.
    pub fn p(&self) -> f64 {
        self.p_after(0)
    }

    /// The same with so many more good attempts afterwards.
    fn p_after(&self, more: usize) -> f64 {
        let Self { before, after, .. } = self;
        let share = |part: &Failures| part.failed as f64 / part.of.max(1) as f64;
        let (many, more_many) = if share(before) >= share(after) { (before, 0) } else { (after, more) };
        fisher(&Split {
            failed: many.failed,
            failed_of: before.failed + after.failed,
            ok: many.of - many.failed + more_many,
            ok_of: before.of + after.of + more - before.failed - after.failed,
        })
    }

    /// Whether the difference is shown.
    pub fn is_shown(&self) -> bool {
        self.p() <= SHOWN
    }

    /// Further good attempts that would show that it is less often now, if none fails; none where it is shown, is not less,
    /// or would take too many.
    pub fn needed(&self) -> Option<usize> {
        let is_less = self.difference().is_some_and(|difference| difference.value < 0.0);
        let shows = |more: &usize| self.p_after(*more) <= SHOWN;
        if self.is_shown() || !is_less || !shows(&MAX_NEEDED) {
            return None;
        }
        let (mut low, mut high) = (0, MAX_NEEDED);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if shows(&middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}

/// What one side is.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// All its attempts.
    pub attempts: Failures,
    /// When its first flow began and its last one.
    pub span: Option<(Time, Time)>,
}

/// How many values of a fact each side has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Likeness {
    /// The fact.
    pub field: &'static str,
    /// Values before alone.
    pub before: usize,
    /// Values afterwards alone.
    pub after: usize,
    /// Values on both sides.
    pub both: usize,
}

/// Two captures, or two spans of one, compared.
#[derive(Clone, Debug)]
pub struct Trend {
    /// What was before.
    pub before: Whole,
    /// What came after.
    pub after: Whole,
    /// The causes, and what their failures had in common before.
    pub rows: Vec<Row>,
    /// How alike the two are.
    pub likeness: Vec<Likeness>,
}

impl Trend {
    /// Compares what was before with what came after.
    pub fn of(before: Part<'_>, after: Part<'_>) -> Self {
        let units = [before, after].map(units);
        let asked = units.each_ref().map(groups);
        let mut abouts: Vec<&About> = Vec::new();
        for group in asked.iter().flatten() {
            if !abouts.contains(&&group.about) {
                abouts.push(&group.about);
            }
        }
        let whole = |at: usize, about: &About| {
            let failed = of_group(&asked[at], about).map_or(0, |group| group.failing.len());
            Failures { failed, of: failed + units[at].good.len() }
        };
        let mut rows: Vec<Row> = Vec::new();
        for about in abouts {
            let (before, after) = (whole(0, about), whole(1, about));
            rows.push(Row { about: about.clone(), conditions: Vec::new(), before, after });
        }
        for group in Contrast::of(before.index, before.wanted).groups {
            for line in group.lines {
                let own = Failures { failed: line.split.failed, of: line.split.with() };
                let after = within(after.index, &units[1], of_group(&asked[1], &group.about), &line.conditions);
                rows.push(Row { about: group.about.clone(), conditions: line.conditions, before: own, after });
            }
        }
        let [before_whole, after_whole] = [(before, &units[0], &asked[0]), (after, &units[1], &asked[1])]
            .map(|(part, units, asked)| whole_of(part, units, asked));
        let likeness = LIKENESS.iter().filter_map(|field| likeness(field, before, after)).collect();
        Self { before: before_whole, after: after_whole, rows, likeness }
    }
}

fn units(part: Part<'_>) -> Units {
    let mut survey = Survey::default();
    for facts in part.index.iter().filter(|facts| (part.wanted)(facts)) {
        survey.add(&facts, part.index.finding(facts.flow));
    }
    survey.finish()
}

fn of_group<'g, 'u>(groups: &'g [Group<'u>], about: &About) -> Option<&'g Group<'u>> {
    groups.iter().find(|group| group.about == *about)
}

/// How often units fail for which conditions hold.
fn within(index: &Index, units: &Units, group: Option<&Group<'_>>, conditions: &[Condition]) -> Failures {
    let holds = |flow: FlowNumber| index.facts(flow).is_some_and(|facts| all_hold(conditions, &facts));
    let failing = group.map_or(&[][..], |group| &group.failing);
    let failed = failing.iter().filter(|unit| holds(unit.first.flow)).count();
    Failures { failed, of: failed + units.good.iter().filter(|(_, flow, _)| holds(*flow)).count() }
}

fn whole_of(part: Part<'_>, units: &Units, groups: &[Group<'_>]) -> Whole {
    let of_causes = groups.iter().filter(|group| matches!(group.about, About::Cause(_)));
    let failed = of_causes.map(|group| group.failing.len()).sum();
    let starts = || part.index.iter().filter(|facts| (part.wanted)(facts)).map(|facts| facts.row.start);
    Whole { attempts: Failures { failed, of: failed + units.good.len() }, span: starts().min().zip(starts().max()) }
}

fn likeness(field: &'static str, before: Part<'_>, after: Part<'_>) -> Option<Likeness> {
    let row = by_name(field)?;
    let values = |part: Part<'_>| -> BTreeSet<String> {
        let flows = part.index.iter().filter(|facts| (part.wanted)(facts));
        flows.filter_map(|facts| Some(format!("{:?}", (row.get)(&facts)?))).collect()
    };
    let (before, after) = (values(before), values(after));
    let both = before.intersection(&after).count();
    Some(Likeness { field, before: before.len() - both, after: after.len() - both, both })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Cause;

    fn row(before: (usize, usize), after: (usize, usize)) -> Row {
        let failures = |(failed, of): (usize, usize)| Failures { failed, of };
        let about = About::Cause(Cause::ResetAfterClientHello);
        Row { about, conditions: Vec::new(), before: failures(before), after: failures(after) }
    }

    /// `scipy.stats.fisher_exact([[0, 11], [323, 1293]], alternative="less")` of `SciPy` 1.17.
    #[test]
    fn too_few_good_attempts_show_nothing_yet() {
        let row = row((11, 1304), (0, 323));
        assert!((row.p() - 0.086_923_306).abs() < 1e-8, "{}", row.p());
        assert!(!row.is_shown());
        assert_eq!(row.needed(), Some(84));
    }

    #[test]
    fn what_is_shown_needs_no_more() {
        // Within the members of a rule far fewer do.
        let shown = row((11, 644), (0, 400));
        assert!(shown.is_shown() && shown.needed().is_none(), "{}", shown.p());
        // More failures than before are no fewer, however many good ones follow.
        assert_eq!(row((1, 1000), (2, 1000)).needed(), None);
    }
}
