//! What is said of one question: conditions that the failing have in common, the strongest first.

use super::bits::Bits;
use super::candidates::{Candidate, Candidates};
use super::condition::Condition;
use super::exceptions::{self, Exceptions};
use super::merge::Merged;
use super::rule::{FOR_GROWING, Rule};
use super::table::Sides;
use crate::stats::{Estimate, Rate, Split, benjamini_hochberg, fisher, holm, mantel_haenszel, odds_ratio};
use crate::vocab::FlowNumber;

/// The probability within the server names that a claim has to stay below.
const WITHIN_NAMES: f64 = 0.05;
/// The false discovery rate up to which a condition is worth a look.
const WORTH: f64 = 0.1;
/// The probability from which on a condition that is worth a look leaves nothing for another to explain.
const LEFT: f64 = 0.05;
/// Conditions that are worth a look which are said.
const MAX_LOOKS: usize = 5;

/// How sure a line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    /// It holds, however many conditions were tried.
    Strong,
    /// It may be chance.
    Look,
}

impl Claim {
    /// Its name in output.
    pub fn name(self) -> &'static str {
        match self {
            Claim::Strong => "strong",
            Claim::Look => "look",
        }
    }
}

/// Conditions that hold together for failing units, and for few of the good.
#[derive(Clone, Debug)]
pub struct Line {
    /// How sure it is.
    pub claim: Claim,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// How they divide the failing and the good.
    pub split: Split,
    /// Fisher's probability.
    pub p: f64,
    /// The same within the server names; none where they do not tell or the line names one.
    pub stratified_p: Option<f64>,
    /// The false discovery rate; none of several conditions together.
    pub q: Option<f64>,
    /// Conditions that mean the same units.
    pub same_as: Vec<Vec<Condition>>,
    /// The failing units for which it holds, by their flows.
    pub failed: Vec<FlowNumber>,
    /// The good ones.
    pub ok: Vec<FlowNumber>,
    /// The good ones and what sets them apart, where they are few.
    pub exceptions: Exceptions,
}

impl Line {
    /// How often the units fail for which it holds.
    pub fn rate(&self) -> Option<Rate> {
        Rate::of(self.split.failed, self.split.with())
    }

    /// How often the others do.
    pub fn elsewhere(&self) -> Option<Rate> {
        let Split { failed, failed_of, .. } = self.split;
        Rate::of(failed_of - failed, self.split.total() - self.split.with())
    }

    /// By how much the odds of failing differ.
    pub fn odds_ratio(&self) -> Estimate {
        odds_ratio(&self.split)
    }
}

/// What was tried, and what came of it.
pub struct Answer {
    /// What may be said.
    pub lines: Vec<Line>,
    /// Among how many tests the error was divided.
    pub tests: usize,
}

/// Answers a question, where an error of `alpha` is allowed in all.
pub fn answer(sides: &Sides<'_>, alpha: f64) -> Answer {
    let Candidates { list, tests, conditions } = Candidates::of(sides, alpha);
    let merged = Merged::of(list);
    let ps: Vec<f64> = merged.iter().map(|merged| merged.named.p).collect();
    let adjusted = holm(&ps, tests);
    let rates = benjamini_hochberg(&ps, conditions);
    let level = alpha / tests as f64;
    let may_claim = |at: &usize| {
        let named = &merged[*at].named;
        named.may_be_claimed && adjusted[*at] <= alpha && holds_within_names(sides, named)
    };
    let significant: Vec<usize> = (0..merged.len()).filter(may_claim).collect();
    let growing = alpha * FOR_GROWING / merged.len().max(1) as f64;
    let rules = claimed(sides, &merged, &significant, growing, level);
    let looks = looks(sides, &merged, &rules, conditions);
    let line = |claim, rule: &Rule, q: Option<f64>| line(sides, &merged, claim, rule, q);
    let single = |rule: &Rule| Some(rates[rule.parts[0]]).filter(|_| rule.parts.len() == 1);
    let strong = rules.iter().map(|rule| line(Claim::Strong, rule, single(rule)));
    let looks = looks.iter().map(|(rule, q)| line(Claim::Look, rule, Some(*q)));
    Answer { lines: strong.chain(looks).collect(), tests }
}

/// The best rule, and each condition that it does not explain.
fn claimed(sides: &Sides<'_>, merged: &[Merged], significant: &[usize], growing: f64, level: f64) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Rule::best(sides, merged, significant, growing).into_iter().collect();
    for at in significant {
        let members = &merged[*at].named.members;
        if !rules.iter().any(|rule| rule.parts == [*at] || rule.explains(sides, members, level)) {
            rules.push(Rule::alone(*at, &merged[*at].named));
        }
    }
    rules
}

/// What may be more than chance of what the rules do not explain, with its false discovery rate.
fn looks(sides: &Sides<'_>, merged: &[Merged], rules: &[Rule], conditions: usize) -> Vec<(Rule, f64)> {
    // What is left is the less probable of two.
    let left = |members: &Bits| rules.iter().map(|rule| 2.0 * rule.left(sides, members)).fold(0.0, f64::max);
    let ps: Vec<f64> = merged.iter().map(|merged| left(&merged.named.members).max(merged.named.p).min(1.0)).collect();
    let rates = benjamini_hochberg(&ps, conditions);
    let mut looks: Vec<(Rule, f64)> = Vec::new();
    for (at, (merged, q)) in merged.iter().zip(rates).enumerate().filter(|(_, (_, q))| *q <= WORTH) {
        let named = &merged.named;
        if looks.len() < MAX_LOOKS && !looks.iter().any(|(look, _)| look.explains(sides, &named.members, LEFT)) {
            looks.push((Rule::alone(at, named), q));
        }
    }
    looks
}

/// Whether a condition separates within the server names too; where it names a server, or the names do not tell, nothing
/// speaks against it.
fn holds_within_names(sides: &Sides<'_>, named: &Candidate) -> bool {
    within_names(sides, std::iter::once(&named.condition), &named.members).is_none_or(|p| p < WITHIN_NAMES)
}

fn within_names<'c>(
    sides: &Sides<'_>,
    mut conditions: impl Iterator<Item = &'c Condition>,
    members: &Bits,
) -> Option<f64> {
    if conditions.any(|condition| condition.factor.is_name()) {
        return None;
    }
    mantel_haenszel(sides.strata(members).into_iter())
}

fn line(sides: &Sides<'_>, merged: &[Merged], claim: Claim, rule: &Rule, q: Option<f64>) -> Line {
    let conditions: Vec<Condition> = rule.parts.iter().map(|part| merged[*part].named.condition.clone()).collect();
    // Each other name of a condition is another name of the whole.
    let others = rule.parts.iter().enumerate().flat_map(|(place, part)| {
        let conditions = &conditions;
        merged[*part].others.iter().map(move |other| {
            let mut renamed = conditions.clone();
            renamed[place] = other.condition.clone();
            renamed
        })
    });
    let flows = |units: &Bits| units.iter().map(|unit| sides.table.flows[unit]).collect();
    let ok = rule.members.and(&sides.table.good);
    Line {
        claim,
        same_as: others.collect(),
        split: rule.split,
        p: fisher(&rule.split),
        stratified_p: within_names(sides, conditions.iter(), &rule.members),
        q,
        failed: flows(&rule.members.and(&sides.failed)),
        exceptions: exceptions::of(sides, &rule.members, &ok),
        ok: flows(&ok),
        conditions,
    }
}
