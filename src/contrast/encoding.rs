//! The facts of the units, one flow at a time, so that others may use the index in between; then the answers.

use hashbrown::HashMap;

use super::bits::Bits;
use super::column::{Column, Encoder};
use super::factor::Factor;
use super::found::{ALPHA, Contrast, Counts, Group, MIN_FAILED, MIN_OK, Progress};
use super::groups::{About, groups};
use super::lines::{Answer, answer};
use super::table::{Sides, Table};
use super::units::{Failure, Survey, Units};
use super::{burst, nothing, twins};
use crate::facts::{FlowFacts, Tier};
use crate::vocab::iana::HandshakeType;
use crate::vocab::{Cause, FlowNumber, PacketNumber};

/// The shares of an error that are left for the rules and for the scan over time.
const FOR_RULES: f64 = 0.75;
const FOR_TIME: f64 = 0.1;

/// A flow whose facts are wanted: what spoiled it, and why.
#[derive(Clone, Copy)]
struct Wanted {
    flow: FlowNumber,
    abnormal: Option<(PacketNumber, Cause)>,
}

/// The facts of the units as far as they are taken.
pub(crate) struct Encoding {
    units: Units,
    /// Units in the order of time, then the pairs.
    wanted: Vec<Wanted>,
    done: usize,
    unit_count: usize,
    encoders: Vec<Encoder>,
    factors: Vec<Factor>,
    pairs: Vec<Encoder>,
    /// The units that are good.
    good: Vec<usize>,
}

impl Encoding {
    /// The units of some flows, whose facts are to be taken.
    pub fn of(survey: Survey) -> Self {
        let units = survey.finish();
        let failing = units.failures.iter().map(|failure| {
            let abnormal = failure.abnormal.map(|packet| (packet, failure.cause));
            (failure.start, Wanted { flow: failure.flow, abnormal }, false)
        });
        let good = units.good.iter().map(|(start, flow, _)| (*start, Wanted { flow: *flow, abnormal: None }, true));
        // Without a failure there is no question.
        let mut all: Vec<_> = if units.failures.is_empty() { Vec::new() } else { failing.chain(good).collect() };
        all.sort_by_key(|(start, wanted, _)| (*start, wanted.flow));
        let good = all.iter().enumerate().filter(|(_, unit)| unit.2).map(|(at, _)| at).collect();
        let unit_count = all.len();
        let pairs = units.failures.iter().filter_map(|failure| {
            let ok = units.rescued.get(&failure.attempt)?;
            Some([failure.flow, *ok].map(|flow| Wanted { flow, abnormal: None }))
        });
        let wanted = all.into_iter().map(|(_, wanted, _)| wanted).chain(pairs.flatten()).collect();
        let factors = Factor::all();
        let encoders = || factors.iter().map(|factor| Encoder::new(*factor)).collect();
        let (encoders, pairs) = (encoders(), encoders());
        Self { encoders, pairs, factors, wanted, done: 0, unit_count, units, good }
    }

    /// Whether all facts are there.
    pub fn is_done(&self) -> bool {
        self.done >= self.wanted.len()
    }

    /// The flow whose facts are wanted next; none where all are there.
    pub fn next(&self) -> Option<FlowNumber> {
        self.wanted.get(self.done).map(|wanted| wanted.flow)
    }

    /// Takes the facts of that flow.
    pub fn add(&mut self, facts: Option<&FlowFacts<'_>>) {
        let wanted = self.wanted[self.done];
        let is_late = facts.is_some_and(|facts| is_hello_late(facts, wanted.abnormal));
        let encoders = if self.done < self.unit_count { &mut self.encoders } else { &mut self.pairs };
        for (encoder, factor) in encoders.iter_mut().zip(&self.factors) {
            if is_late && factor.field().tier == Tier::Hello {
                encoder.add_late();
            } else {
                encoder.add(facts.and_then(|facts| factor.value(facts)).as_ref());
            }
        }
        self.done += 1;
    }

    /// The failing flows and their places.
    fn failing_places(&self) -> impl Iterator<Item = (FlowNumber, usize)> {
        let mut good = self.good.iter().peekable();
        let places = self.wanted[..self.unit_count].iter().enumerate();
        places.filter(move |(at, _)| good.next_if(|good| *good == at).is_none()).map(|(at, wanted)| (wanted.flow, at))
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress { done: self.done, of: self.wanted.len() }
    }

    /// The last part; none where `is_over` ends it. `tell` gets how many groups are done.
    pub fn answer(self, is_over: &dyn Fn() -> bool, tell: &mut dyn FnMut(Progress)) -> Option<Contrast> {
        let units = &self.units;
        let failed: HashMap<FlowNumber, usize> = self.failing_places().collect();
        let flows: Vec<FlowNumber> = self.wanted[..self.unit_count].iter().map(|wanted| wanted.flow).collect();
        let columns = self.encoders.into_iter().map(Encoder::finish).collect();
        let good = Bits::these(flows.len(), &self.good);
        let table = Table::new(flows, good, columns);
        let pairs: Vec<_> = self.pairs.into_iter().map(Encoder::finish).collect();
        let groups = groups(units);
        let of = groups.len();
        let asked = groups.iter().filter(|group| group.failing.len() >= MIN_FAILED).count();
        let alpha = ALPHA / asked.max(1) as f64;
        let ok_flows = units.good.iter().map(|(_, _, flows)| *flows as usize).sum();
        let mut answers = Vec::new();
        for (done, group) in groups.into_iter().enumerate() {
            if is_over() {
                return None;
            }
            tell(Progress { done, of });
            let places = group.failing.iter().filter_map(|unit| failed.get(&unit.first.flow).copied()).collect();
            let twins = pairs_of(units, &group.about, &pairs);
            let mut answer = judged(&Sides::new(&table, places), group.about, alpha, is_over);
            answer.flows = Counts { failed: group.failing.iter().map(|unit| unit.flows).sum(), ok: ok_flows };
            answer.twins = twins;
            answers.push(answer);
        }
        answers.sort_by(|one, other| {
            let ((claim, p), (other_claim, other_p)) = (one.weight(), other.weight());
            claim.cmp(&other_claim).then(p.total_cmp(&other_p))
        });
        Some(Contrast { groups: answers })
    }
}

/// What is said of one group, where an error of `alpha` is allowed.
pub(super) fn judged(sides: &Sides<'_>, about: About, alpha: f64, is_over: &dyn Fn() -> bool) -> Group {
    let units = Counts { failed: sides.failing.len(), ok: sides.table.ok_of() };
    let is_enough = units.failed >= MIN_FAILED && units.ok >= MIN_OK;
    let Answer { lines, tests } = if is_enough {
        answer(sides, alpha * FOR_RULES)
    } else {
        Answer { lines: Vec::new(), tests: sides.table.columns.len() }
    };
    let burst = is_enough.then(|| burst::of(sides, alpha * FOR_TIME, is_over)).flatten();
    let nothing = lines.is_empty().then(|| nothing::of(sides, alpha * FOR_RULES, tests.max(1)));
    Group { about, units, flows: Counts::default(), lines, nothing, burst, twins: None }
}

/// What the pairs of a group show.
fn pairs_of(units: &Units, about: &About, columns: &[Column]) -> Option<twins::Twins> {
    let paired = units.failures.iter().filter(|failure| units.rescued.contains_key(&failure.attempt));
    let own: Vec<bool> = paired.map(|failure| is_about(failure, about)).collect();
    let pairs = own.iter().filter(|own| **own).count();
    let of_group = |column: &Column| Column {
        codes: column
            .codes
            .chunks_exact(2)
            .zip(&own)
            .filter(|(_, own)| **own)
            .flat_map(|(pair, _)| pair)
            .copied()
            .collect(),
        ..column.clone()
    };
    twins::of(&columns.iter().map(of_group).collect::<Vec<_>>(), pairs)
}

fn is_about(failure: &Failure, about: &About) -> bool {
    match about {
        About::Cause(cause) => failure.cause == *cause,
        About::Ending { ended_by, ttl, .. } => failure.sign == Some((*ended_by, *ttl)),
    }
}

/// Whether a `ClientHello` was whole only after what spoiled the handshake. Where nothing was heard from the other end,
/// there was nothing that it could be late for.
fn is_hello_late(facts: &FlowFacts<'_>, abnormal: Option<(PacketNumber, Cause)>) -> bool {
    use Cause::{ClientHelloLost, ClientHelloSegmentLost, ClientHelloUnanswered, MtuBlackHole, SynUnanswered};
    let Some((abnormal, cause)) = abnormal else { return false };
    let is_silence = matches!(
        cause,
        ClientHelloLost | ClientHelloSegmentLost | ClientHelloUnanswered | MtuBlackHole | SynUnanswered
    );
    let hello = facts.tls.and_then(|tls| tls.messages.iter().find(|seen| seen.kind == HandshakeType::CLIENT_HELLO));
    !is_silence && hello.is_some_and(|hello| hello.packet > abnormal)
}
