//! After the pass: every flow gets its outcome; those that did not simply succeed are read again and judged in full.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::shared::Shared;
use super::traces;
use crate::cohort;
use crate::diagnose::{self, Case, Context, GoodChain, GoodChains, Verdict};
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, Trace};
use crate::index::Index;
use crate::proto::TlsFacts;
use crate::proto::dialogue::Event;
use crate::proto::tls::certificate::CertificateStore;
use crate::timeline::{self, Streams, Timeline};
use crate::vocab::iana::HandshakeType;
use crate::vocab::{Direction, FlowNumber};

/// Flows without any answer that get a finding of their own; the others of a flood get its cause alone.
const MAX_UNANSWERED: usize = 10_000;
/// Flows that get their outcome at a time: the index is not closed to readers for longer than that takes.
const SETTLED_AT_ONCE: usize = 16_384;
/// Flows read again at a time: their packets' places are looked up together.
const BATCH: usize = 2048;

/// Judges every flow at the end of the captures, also those that were judged before: only now are all others known.
pub(super) fn judge_all(shared: &Shared) {
    shared.status.lock().judged.clear();
    judge_flows(shared, false);
    group(shared);
}

/// Judges the flows that are over, or silent, while the captures still grow; what comes later is judged again.
pub(super) fn judge_so_far(shared: &Shared) {
    judge_flows(shared, true);
    group(shared);
}

/// Groups the flows into attempts, and finds out which only look like failures and which are one connection seen twice.
fn group(shared: &Shared) {
    let (attempts, explained) = {
        let index = shared.index.read();
        (cohort::attempts(&index), cohort::explained(&index))
    };
    {
        let mut index = shared.index.write();
        index.set_attempts(attempts);
        index.set_explained(explained);
    }
    // Both sides of a connection have to come out alike, and what is explained is known only now.
    let copies = cohort::copies(&shared.index.read());
    shared.index.write().set_copies(copies);
}

/// Reads again the flows that were read before the secrets for them came, so that the index says what a view shows.
fn reopen(shared: &Shared, only_closed: bool) {
    let revision = shared.secrets.revision();
    if revision == 0 {
        return;
    }
    for batch in late(shared, revision, only_closed).chunks(BATCH) {
        for (flow, trace) in traces::of_many(shared, batch) {
            if shared.is_cancelled() {
                return;
            }
            let (_, facts) = timeline::read(&trace, &shared.secrets, &mut |_: &Event<'_>| {});
            shared.index.write().set_tls(flow, facts);
        }
    }
}

/// The flows with a record that was passed over though secrets for them are known now, and those read again before
/// that have more packets since.
fn late(shared: &Shared, revision: u64, only_closed: bool) -> Vec<FlowNumber> {
    let index = shared.index.read();
    let mut status = shared.status.lock();
    let keyed = shared.secrets.known();
    let late = |facts: &FlowFacts<'_>| {
        let Some(tls) = facts.tls.filter(|_| !only_closed || facts.row.is_closed()) else { return false };
        let openable = tls.progress.sealed && tls.client_random.is_some_and(|random| keyed.contains(&random));
        let last = facts.row.last_packet;
        let late = match status.reopened.get(&facts.flow) {
            Some((before, packet)) => *packet != last || openable && *before != revision,
            None => openable,
        };
        if late {
            status.reopened.insert(facts.flow, (revision, last));
            // What was judged without them is judged again.
            status.judged.remove(&facts.flow);
        }
        late
    };
    index.iter().filter(late).map(|facts| facts.flow).collect()
}

fn judge_flows(shared: &Shared, grows: bool) {
    reopen(shared, grows);
    let mut context = cohort::context(&shared.index.read());
    context.trust = Arc::clone(&shared.trust);
    let suspects = settle(shared, &context, grows);
    let suspects = unjudged(shared, suspects);
    {
        let index = shared.index.read();
        context.spares = cohort::spares(&index, &suspects).into_keys().collect();
        context.elsewhere = cohort::elsewhere(&index, &suspects);
        context.passing = cohort::passing(&index, &suspects);
        context.leaves = cohort::leaves(&index, &suspects);
    }
    context.good_chains = good_chains(shared, &suspects, &context.certificates);
    for batch in suspects.chunks(BATCH) {
        if shared.is_cancelled() {
            return;
        }
        let verdicts = judge(shared, batch, &context);
        let mut index = shared.index.write();
        let (said, put_off): (Vec<_>, Vec<_>) =
            verdicts.into_iter().partition(|(flow, verdict)| !grows || is_final(&index, *flow, verdict));
        for (flow, verdict) in said {
            index.judge(flow, verdict);
        }
        index.change();
        // These are judged again though they may get no packet more.
        let mut status = shared.status.lock();
        for (flow, _) in put_off {
            status.judged.remove(&flow);
        }
    }
}

/// Whether a verdict holds while the captures grow: no rule waits for more, and the flow is over or failed already.
fn is_final(index: &Index, flow: FlowNumber, verdict: &Verdict) -> bool {
    let is_over = index.row(flow).is_some_and(FlowRow::is_closed);
    !verdict.is_pending && (is_over || verdict.finding.is_some())
}

/// Leaves out the flows that were judged before and have no packet since.
fn unjudged(shared: &Shared, mut suspects: Vec<FlowNumber>) -> Vec<FlowNumber> {
    let index = shared.index.read();
    let mut status = shared.status.lock();
    suspects.retain(|flow| {
        let Some(last) = index.row(*flow).map(|row| row.last_packet) else { return false };
        status.judged.insert(*flow, last) != Some(last)
    });
    suspects
}

/// Gives an outcome to every flow that the index alone decides; returns the others.
fn settle(shared: &Shared, context: &Context, grows: bool) -> Vec<FlowNumber> {
    let mut suspects = Vec::new();
    let mut unanswered = 0;
    let flows = shared.index.read().len();
    for first in (0..flows).step_by(SETTLED_AT_ONCE) {
        let mut index = shared.index.write();
        let range = first..flows.min(first + SETTLED_AT_ONCE);
        settle_range(&mut index, range, context, grows, (&mut suspects, &mut unanswered));
        index.change();
    }
    suspects
}

fn settle_range(
    index: &mut Index,
    range: Range<usize>,
    context: &Context,
    grows: bool,
    (suspects, unanswered): (&mut Vec<FlowNumber>, &mut usize),
) {
    for flow in range.map(|number| FlowNumber(number as u32)) {
        index.note_what_lacks(flow);
        let outcome = index.facts(flow).and_then(|facts| diagnose::quick(&facts, context));
        let Some(row) = index.row(flow) else { continue };
        match outcome {
            Some(outcome) => index.settle(flow, outcome),
            None if grows && !row.is_closed() && !diagnose::is_silent(row, context) => {}
            None if diagnose::is_unanswered(row) && *unanswered >= MAX_UNANSWERED => {
                let (outcome, why) = diagnose::unanswered(row, context);
                index.settle_without_finding(flow, outcome, why);
            }
            None => {
                *unanswered += usize::from(diagnose::is_unanswered(row));
                suspects.push(flow);
            }
        }
    }
}

/// Reads a batch of flows again and judges each.
fn judge(shared: &Shared, batch: &[FlowNumber], context: &Context) -> Vec<(FlowNumber, Verdict)> {
    traces::of_many(shared, batch)
        .into_iter()
        .map(|(flow, trace)| {
            let (trace, timeline, streams, tls) = as_tls_sees_it(shared, trace);
            let case = Case::new(flow, &trace, &timeline, &streams, &tls, context);
            (flow, diagnose::judge(&case))
        })
        .collect()
}

/// A flow laid out with its ends named by their part in TLS: as rules ask for it.
fn as_tls_sees_it(shared: &Shared, trace: Trace) -> (Trace, Timeline, Streams, TlsFacts) {
    let (timeline, streams, tls) = Timeline::build(&trace, &shared.secrets);
    if !tls.turned {
        return (trace, timeline, streams, tls);
    }
    let trace = trace.turned();
    let (timeline, streams, tls) = Timeline::build(&trace, &shared.secrets);
    (trace, timeline, streams, tls)
}

/// For every server name among the suspects that some flow completed with certificates in clear: that chain.
fn good_chains(shared: &Shared, suspects: &[FlowNumber], store: &CertificateStore) -> GoodChains<GoodChain> {
    let chosen = cohort::chain_flows(&shared.index.read(), suspects);
    let mut flows: Vec<_> = chosen.values().copied().collect();
    flows.sort_unstable();
    flows.dedup();
    let mut chains = HashMap::new();
    for (flow, trace) in traces::of_many(shared, &flows) {
        let (_, timeline, _, tls) = as_tls_sees_it(shared, trace);
        let step = timeline
            .steps
            .iter()
            .find(|step| step.from == Direction::ToClient && step.what.message().is_some_and(is_certificate));
        let Some(step) = step else { continue };
        let certificates = diagnose::certificates(step, tls.version, store);
        chains.insert(flow, GoodChain { flow, packet: step.packet, certificates });
    }
    chosen.filter_map(|flow| chains.get(&flow).cloned())
}

fn is_certificate(kind: HandshakeType) -> bool {
    matches!(kind, HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE)
}
