//! Where two flows part: what ends a handshake stands beside what the other flow does at that place.
//!
//! Start at [`meet`]. What follows the end of a handshake has no like in a flow that goes on, so it is not aligned. In
//! each run of milestones without their like the first telling ones of both stand opposite: the same moment, done
//! differently. Where one end only waits for what the other flow gets, nothing stands opposite.

use super::align::{Pair, align};
use super::milestone::{Milestone, Moment, Phase, TELLS};
use crate::vocab::Direction;
use crate::vocab::iana::HandshakeType;

/// Nanoseconds, and times over, by which an end waited longer than the other flow had to: then silence came first.
const WAITED_NANOS: i64 = 100_000_000;
const WAITED_TIMES: i64 = 4;

/// One flow's milestones.
#[derive(Clone, Copy)]
pub(super) struct Way<'m, 'a> {
    pub milestones: &'m [Milestone<'a>],
    /// Whether the handshake was completed, whatever came before.
    pub complete: bool,
}

impl Way<'_, '_> {
    /// The milestone that ends the flow before it is done.
    fn end(&self) -> Option<usize> {
        // What both ends outlived ended nothing.
        let outlived = |milestone: &Milestone<'_>| self.complete && milestone.phase == Phase::Handshake;
        self.milestones.iter().position(|milestone| milestone.ends && !outlived(milestone))
    }
}

/// Two flows' milestones side by side, and in which rows they go different ways.
pub(super) struct Met {
    pub pairs: Vec<Pair>,
    /// Whether the two go different ways, a row each.
    pub apart: Vec<bool>,
    /// The row behind which everything follows from how one of the two ended.
    pub ended: Option<usize>,
}

/// Aligns two flows, each up to its end.
pub(super) fn meet(baseline: Way<'_, '_>, subject: Way<'_, '_>) -> Met {
    let (b, s) = (baseline.milestones, subject.milestones);
    let (b_to, s_to) = match (baseline.end(), subject.end()) {
        (None, None) => (b.len(), s.len()),
        (None, Some(end)) => (b.len(), end),
        (Some(end), None) => (end, s.len()),
        (Some(b_end), Some(s_end)) if b[b_end].matches(&s[s_end]) => (b.len(), s.len()),
        (Some(b_end), Some(s_end)) => (b_end + 1, s_end + 1),
    };
    let mut aligned = align(&b[..b_to], &s[..s_to]);
    aligned.extend((b_to..b.len()).map(|at| (Some(at), None)));
    aligned.extend((s_to..s.len()).map(|at| (None, Some(at))));
    let mut met = Met { pairs: Vec::with_capacity(aligned.len()), apart: Vec::new(), ended: None };
    let mut rest = &aligned[..];
    while !rest.is_empty() {
        let (run, behind) = rest.split_at(rest.iter().position(|pair| is_strong(pair, b)).unwrap_or(rest.len()));
        let alone = |pair: &&Pair| !is_together(pair) && tells(pair, b, s);
        // What tells little ties nothing together behind a telling step that only one of the two has.
        let (before, from) = run.split_at(run.iter().position(|pair| alone(&pair)).unwrap_or(run.len()));
        let kept = before.len() - before.iter().rev().take_while(|pair| !is_together(pair)).count();
        before[..kept].iter().for_each(|pair| met.push(*pair, false));
        let run = [&before[kept..], from].concat();
        let of = |of: fn(&Pair) -> Option<usize>| run.iter().filter_map(of).collect();
        let last = met.pairs.last().copied();
        Run { baseline: of(|p| p.0), subject: of(|p| p.1), b, s, last, is_last: behind.is_empty() }.lay(&mut met);
        if let Some((together, behind)) = behind.split_first() {
            met.push(*together, false);
            rest = behind;
        } else {
            break;
        }
    }
    met
}

fn is_together(pair: &Pair) -> bool {
    matches!(pair, (Some(_), Some(_)))
}

/// Whether two milestones that tell something stand beside each other.
fn is_strong(pair: &Pair, b: &[Milestone<'_>]) -> bool {
    matches!(*pair, (Some(at), Some(_)) if b[at].weight >= TELLS)
}

fn tells(pair: &Pair, b: &[Milestone<'_>], s: &[Milestone<'_>]) -> bool {
    pair.0.is_some_and(|at| b[at].weight >= TELLS) || pair.1.is_some_and(|at| s[at].weight >= TELLS)
}

impl Met {
    fn push(&mut self, pair: Pair, apart: bool) {
        self.pairs.push(pair);
        self.apart.push(apart);
    }
}

/// Milestones of both flows without their like, between two that have it.
struct Run<'m, 'a> {
    baseline: Vec<usize>,
    subject: Vec<usize>,
    b: &'m [Milestone<'a>],
    s: &'m [Milestone<'a>],
    /// The last milestones with their like.
    last: Option<Pair>,
    /// Whether nothing with its like comes behind it.
    is_last: bool,
}

impl Run<'_, '_> {
    /// Its rows: what tells little, the two that stand opposite, what comes behind them.
    fn lay(&self, met: &mut Met) {
        let other = self.other();
        let parts = other.is_some() || self.baseline.iter().any(|at| self.b[*at].parts());
        let good = self.good(other).or_else(|| self.goes_on(other)).filter(|_| parts);
        match (good, other) {
            (Some(good), Some(other)) => match self.relation(good, other) {
                Relation::Opposite => self.opposite(Some(good), Some(other), other, met),
                Relation::Silence => self.opposite(Some(good), None, self.before_silence(other), met),
                Relation::Extra => self.extra(other, met),
            },
            (Some(good), None) => self.opposite(Some(good), None, self.before_silence(self.subject.len()), met),
            (None, Some(other)) => self.opposite(None, Some(other), other, met),
            (None, None) => {
                alone(&self.subject, false, met);
                alone(&self.baseline, true, met);
            }
        }
    }

    /// What the baseline does instead. A client's alert is its answer to a server that came as far as that: what the client
    /// of the baseline answers stands opposite.
    fn good(&self, other: Option<usize>) -> Option<usize> {
        let tells = |at: &usize| self.b[*at].weight >= TELLS;
        let first = self.baseline.iter().position(tells)?;
        let alert = other.map(|at| &self.s[self.subject[at]]).filter(|one| one.moment == Moment::Alert);
        let from = alert.map(|alert| alert.step.from).filter(|from| *from == Direction::ToServer);
        let is_asked = self.last.is_some_and(|(b, _)| b.is_some_and(|b| self.b[b].step.from == Direction::ToClient));
        let own = |at: &usize| tells(at) && from == Some(self.b[*at].step.from);
        self.baseline.iter().position(own).filter(|_| is_asked).or(Some(first))
    }

    /// The subject's first milestone that tells much. What cuts a message off says more than the rest of it.
    fn other(&self) -> Option<usize> {
        let first = self.subject.iter().position(|at| self.s[*at].parts())?;
        let cut = Some(&self.s[self.subject[first]]).filter(|one| one.moment == Moment::Unfinished);
        let ends = |at: &usize| cut.is_some_and(|cut| self.s[*at].ends && self.s[*at].step.from == cut.step.from);
        self.subject[first..].iter().position(ends).map_or(Some(first), |behind| Some(first + behind))
    }

    /// One row of the two, or of one that has nothing opposite, with `before` of the subject's before it.
    fn opposite(&self, good: Option<usize>, stands: Option<usize>, before: usize, met: &mut Met) {
        alone(&self.subject[..before], false, met);
        alone(&self.baseline[..good.unwrap_or(0)], true, met);
        met.push((good.map(|at| self.baseline[at]), stands.map(|at| self.subject[at])), true);
        let ends = self.subject.iter().any(|at| self.s[*at].ends) || self.baseline.iter().any(|at| self.b[*at].ends);
        if ends || self.is_last {
            met.ended.get_or_insert(met.pairs.len() - 1);
        }
        alone(&self.subject[before + usize::from(stands.is_some())..], false, met);
        alone(&self.baseline[good.map_or(0, |at| at + 1)..], true, met);
    }

    /// A row of the subject's alone; the rest of the run behind it.
    fn extra(&self, other: usize, met: &mut Met) {
        alone(&self.subject[..other], false, met);
        met.push((None, Some(self.subject[other])), true);
        Run { baseline: self.baseline.clone(), subject: self.subject[other + 1..].to_vec(), ..*self }.lay(met);
    }

    /// How many of the subject's milestones before `end` come before silence: messages are no answer to it,
    /// retransmissions are.
    fn before_silence(&self, end: usize) -> usize {
        self.subject[..end].iter().rposition(|at| self.s[*at].is_message()).map_or(0, |at| at + 1)
    }

    /// What the baseline goes on with, where the subject ends and nothing that tells much comes.
    fn goes_on(&self, other: Option<usize>) -> Option<usize> {
        other.filter(|at| self.s[self.subject[*at]].ends)?;
        self.baseline.iter().position(|at| !matches!(self.b[*at].moment, Moment::Copy | Moment::Ack | Moment::HelloAck))
    }

    /// How two telling milestones relate. What an end does that waited longer than it has to in the other flow does not
    /// stand for what did not come: that is silence.
    fn relation(&self, good: usize, other: usize) -> Relation {
        let (good, other) = (&self.b[self.baseline[good]], &self.s[self.subject[other]]);
        // A server that closes before it was asked anything waits for nobody.
        let unasked = good.step.what.message() == Some(HandshakeType::CLIENT_HELLO) && other.ends;
        if good.step.from == other.step.from || other.moment == Moment::Icmp || unasked {
            return Relation::Opposite;
        }
        let (b, s) = match self.last {
            _ if !other.ends => return Relation::Extra,
            Some((Some(b), Some(s))) => (&self.b[b], &self.s[s]),
            _ => return Relation::Opposite,
        };
        let usual = good.step.time.nanos_since(b.step.time).max(0);
        let waited = other.step.time.nanos_since(s.step.time);
        let long = waited - usual >= WAITED_NANOS && waited >= usual.saturating_mul(WAITED_TIMES);
        if long { Relation::Silence } else { Relation::Opposite }
    }
}

/// How a telling milestone of the subject relates to that of the baseline.
enum Relation {
    /// It is the same moment, done differently.
    Opposite,
    /// The baseline's did not come, and much later this one.
    Silence,
    /// It comes besides.
    Extra,
}

/// Rows of one flow alone.
fn alone(of: &[usize], baseline: bool, met: &mut Met) {
    for at in of {
        met.push(if baseline { (Some(*at), None) } else { (None, Some(*at)) }, false);
    }
}
