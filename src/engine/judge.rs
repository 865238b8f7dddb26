//! After the pass: every flow gets its outcome; those that did not simply succeed are read again and judged in full.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::session::Shared;
use super::view;
use crate::cohort;
use crate::diagnose::{self, Case, Context, Finding, GoodChain, GoodChains, Twin, Verdict};
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, Issues, SideFlags, Trace};
use crate::index::Index;
use crate::proto::TlsFacts;
use crate::proto::dialogue::Event;
use crate::proto::tls::SeenAlert;
use crate::proto::tls::certificate::CertificateStore;
use crate::timeline::{self, StepKind, Timeline, is_midstream};
use crate::vocab::iana::HandshakeType;
use crate::vocab::{Cause, Direction, FlowNumber, Outcome, Time};

/// Flows without any answer that get a finding of their own; the others of a flood get its cause alone.
const MAX_UNANSWERED: usize = 10_000;
/// Flows that get their outcome at a time: the index is not closed to readers for longer than that takes.
const SETTLED_AT_ONCE: usize = 16_384;
/// Flows read again at a time: their packets' places are looked up together.
const BATCH: usize = 2048;

/// Judges every flow at the end of the captures.
pub(super) fn judge_all(shared: &Shared) {
    judge_flows(shared, false);
    group(shared);
}

/// Judges the flows that are over while the captures still grow; what comes later is judged again.
pub(super) fn judge_closed(shared: &Shared) {
    judge_flows(shared, true);
    group(shared);
}

/// Groups the flows into attempts.
fn group(shared: &Shared) {
    let attempts = cohort::group(&shared.index.read());
    let mut index = shared.index.write();
    index.attempts = attempts;
    index.generation += 1;
}

/// Reads again the flows that were read before the secrets for them came, so that the index says what a view shows.
fn reopen(shared: &Shared, only_closed: bool) {
    let revision = shared.secrets.revision();
    if revision == 0 {
        return;
    }
    for batch in late(shared, revision, only_closed).chunks(BATCH) {
        for (flow, trace) in traces(shared, batch) {
            if shared.is_cancelled() {
                return;
            }
            let (_, facts) = timeline::read(&trace, &shared.secrets, &mut |_: &Event<'_>| {});
            let mut index = shared.index.write();
            if let Some(slot) = index.flows.get(flow).map(|row| row.tls as usize)
                && let Some(known) = index.tls.get_mut(slot)
            {
                *known = facts;
            }
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

fn judge_flows(shared: &Shared, only_closed: bool) {
    reopen(shared, only_closed);
    let (context, suspects) = {
        let context = context(&shared.index.read());
        let suspects = settle(shared, &context, only_closed);
        (context, suspects)
    };
    let suspects = unjudged(shared, suspects);
    let trust = Arc::clone(&shared.trust);
    let twins = twins(&shared.index.read(), &suspects);
    let good_chains = good_chains(shared, &suspects, &context.certificates);
    let context = Context { good_chains, twins, trust, ..context };
    for batch in suspects.chunks(BATCH) {
        if shared.is_cancelled() {
            return;
        }
        let verdicts = judge(shared, batch, &context);
        let mut index = shared.index.write();
        for (flow, verdict) in verdicts {
            record(&mut index, flow, verdict);
        }
        index.generation += 1;
    }
}

/// Leaves out the flows that were judged before and have no packet since.
fn unjudged(shared: &Shared, mut suspects: Vec<FlowNumber>) -> Vec<FlowNumber> {
    let index = shared.index.read();
    let mut status = shared.status.lock();
    suspects.retain(|flow| {
        let Some(last) = index.flows.get(*flow).map(|row| row.last_packet) else { return false };
        status.judged.insert(*flow, last) != Some(last)
    });
    suspects
}

/// What the flows tell about each other.
fn context(index: &Index) -> Context {
    let mut context = Context { missing_share: index.tally.missing_share(), ..Context::default() };
    let mut tls_servers = HashSet::new();
    let mut ttls: HashMap<_, HashMap<u8, u32>> = HashMap::new();
    let (mut clients_go_on, mut servers_speak) = (false, false);
    for (_, row) in index.flows.iter() {
        clients_go_on |= row.sides.to_server.flags.has(SideFlags::ACKED);
        servers_speak |= row.sides.to_client.packets > 0;
        context.capture_end = context.capture_end.max(row.end);
        let tls = index.tls.get(row.tls as usize);
        let refuses =
            |alert: &SeenAlert| alert.from == Direction::ToServer && diagnose::is_about_certificate(alert.description);
        if tls.is_some_and(|tls| tls.alerts.iter().any(refuses)) {
            context.refused_servers.insert(row.server);
        }
        // What speaks TLS behind a preamble only (STARTTLS, CONNECT) expects text at first.
        let at_once = |tls: &TlsFacts| tls.start.to_server == 0;
        if tls.is_some_and(|tls| at_once(tls) && (tls.is_complete() || tls.progress.server_hello)) {
            tls_servers.insert(row.server);
        }
        // A server is known by the TTL of its SYN-ACKs: few devices on the way forge those.
        if row.sides.to_client.flags.has(SideFlags::SYN_ACK) {
            let trips = context.connected.entry((row.client.ip, row.server)).or_default();
            if let Some(nanos) = row.syn_rtt() {
                trips.add(nanos);
            }
            *ttls.entry(row.server.ip).or_default().entry(row.sides.to_client.ttl).or_default() += 1;
        }
    }
    context.lacks_servers = clients_go_on && !servers_speak;
    context.tls_servers = tls_servers;
    context.server_ttls = ttls;
    context
}

/// Gives an outcome to every flow that the index alone decides; returns the others.
fn settle(shared: &Shared, context: &Context, only_closed: bool) -> Vec<FlowNumber> {
    let mut suspects = Vec::new();
    let mut unanswered = 0;
    let flows = shared.index.read().len();
    for first in (0..flows).step_by(SETTLED_AT_ONCE) {
        let mut index = shared.index.write();
        let range = first..flows.min(first + SETTLED_AT_ONCE);
        settle_range(&mut index, range, context, only_closed, (&mut suspects, &mut unanswered));
        index.generation += 1;
    }
    suspects
}

fn settle_range(
    index: &mut Index,
    range: Range<usize>,
    context: &Context,
    only_closed: bool,
    (suspects, unanswered): (&mut Vec<FlowNumber>, &mut usize),
) {
    for flow in range.map(|number| FlowNumber(number as u32)) {
        if let Some(row) = index.flows.get_mut(flow) {
            note_what_lacks(row);
        }
        let outcome = index.facts(flow).and_then(|facts| diagnose::quick(&facts, context));
        match (outcome, index.flows.get_mut(flow)) {
            (Some(outcome), Some(_)) => {
                index.judged(flow, outcome);
            }
            (None, Some(row)) if only_closed && !row.is_closed() => {}
            (None, Some(row)) if diagnose::is_unanswered(row) => {
                *unanswered += 1;
                if *unanswered <= MAX_UNANSWERED {
                    suspects.push(flow);
                    continue;
                }
                let (outcome, why) = diagnose::unanswered(row, context);
                if let Some(row) = index.judged(flow, outcome) {
                    (row.cause, row.ended_by) = why.unzip();
                }
            }
            _ => suspects.push(flow),
        }
    }
}

/// Marks a flow of which the beginning or a direction was not captured (so far: the other may come yet).
fn note_what_lacks(row: &mut FlowRow) {
    row.issues.clear(Issues::MIDSTREAM | Issues::NO_ANSWER);
    let packets = |way: &Direction| row.sides[*way].packets;
    if is_midstream(row) {
        row.issues.set(Issues::MIDSTREAM);
    }
    if Direction::BOTH.iter().any(|way| packets(way) == 0) && Direction::BOTH.iter().any(|way| packets(way) > 0) {
        row.issues.set(Issues::NO_ANSWER);
    }
}

/// Reads a batch of flows again and judges each.
fn judge(shared: &Shared, batch: &[FlowNumber], context: &Context) -> Vec<(FlowNumber, Verdict)> {
    traces(shared, batch)
        .into_iter()
        .map(|(flow, trace)| {
            let (timeline, streams, tls) = Timeline::build(&trace, &shared.secrets);
            let case = Case::new(flow, &trace, &timeline, &streams, &tls, context);
            (flow, diagnose::judge(&case))
        })
        .collect()
}

/// The traces of `flows`, which are sorted; a flow whose packets can no longer be read is left out.
pub(super) fn traces(shared: &Shared, flows: &[FlowNumber]) -> Vec<(FlowNumber, Trace)> {
    let (rows, places) = {
        let index = shared.index.read();
        let rows: Vec<_> = flows.iter().filter_map(|flow| Some((*flow, index.flows.get(*flow)?.clone()))).collect();
        // Those of a large flow are not looked up together.
        let small: Vec<_> = rows.iter().filter(|(_, row)| !view::is_large(row)).map(|(flow, _)| *flow).collect();
        let places: HashMap<_, _> = small.iter().copied().zip(index.places_of_many(&small)).collect();
        (rows, places)
    };
    let files = shared.files.read().clone();
    rows.into_iter()
        .filter_map(|(flow, row)| {
            let trace = match places.get(&flow) {
                Some(places) => view::trace(&files, &row, places),
                None => view::large_trace(shared, flow, &row),
            };
            Some((flow, trace.ok()?))
        })
        .collect()
}

fn record(index: &mut Index, flow: FlowNumber, verdict: Verdict) {
    let Some(row) = index.judged(flow, verdict.outcome) else { return };
    if let Some(finding) = verdict.finding {
        let Finding { cause, ended_by, .. } = finding;
        row.cause = Some(cause);
        if cause == Cause::PlaintextAnswer {
            row.issues.set(Issues::PLAINTEXT_ANSWER);
        }
        row.ended_by = Some(ended_by);
        index.findings.insert(flow, finding);
    } else {
        (row.cause, row.ended_by) = (None, None);
        index.findings.remove(&flow);
    }
}

/// The good flows that are like a suspect of which the client left before the handshake was complete.
fn twins(index: &Index, suspects: &[FlowNumber]) -> HashMap<Twin, Vec<(Time, Time)>> {
    let twin = |facts: &FlowFacts<'_>| facts.tls.and_then(|tls| Twin::of(facts.row, tls));
    let left = |facts: &FlowFacts<'_>| {
        let by_client =
            facts.row.closed_by == Some(Direction::ToServer) || facts.row.reset_by == Some(Direction::ToServer);
        by_client && facts.tls.is_some_and(|tls| !tls.is_complete())
    };
    let suspects = || suspects.iter().filter_map(|flow| index.facts(*flow)).filter(left);
    let ends = |facts: &FlowFacts<'_>| (facts.row.client.ip, facts.row.server);
    let wanted: HashSet<_> = suspects().map(|facts| ends(&facts)).collect();
    let mut twins: HashMap<Twin, Vec<(Time, Time)>> =
        suspects().filter_map(|facts| Some((twin(&facts)?, Vec::new()))).collect();
    if twins.is_empty() {
        return twins;
    }
    let good = |facts: &FlowFacts<'_>| facts.row.outcome == Some(Outcome::Ok) && wanted.contains(&ends(facts));
    for facts in index.iter().filter(good) {
        if let Some(times) = twin(&facts).and_then(|twin| twins.get_mut(&twin)) {
            times.push((facts.row.start, facts.row.end));
        }
    }
    twins
}

/// For every server name among the suspects that some flow completed with certificates in clear: that chain.
fn good_chains(shared: &Shared, suspects: &[FlowNumber], store: &CertificateStore) -> GoodChains<GoodChain> {
    let chosen = good_flows(&shared.index.read(), suspects);
    let mut flows: Vec<_> = chosen.names.values().chain(chosen.servers.values()).flatten().copied().collect();
    flows.sort_unstable();
    flows.dedup();
    let mut chains = HashMap::new();
    for (flow, trace) in traces(shared, &flows) {
        let (timeline, _, tls) = Timeline::build(&trace, &shared.secrets);
        let step = timeline.steps.iter().find(|step| {
            step.kind == StepKind::Message
                && step.from == Direction::ToClient
                && step.id.is_some_and(|id| is_certificate(HandshakeType(id)))
        });
        let Some(step) = step else { continue };
        let certificates = diagnose::certificates(step, tls.version, store);
        chains.insert(flow, GoodChain { flow, packet: step.packet, certificates });
    }
    let chain = |flow: Option<FlowNumber>| chains.get(&flow?).cloned();
    GoodChains {
        names: chosen.names.into_iter().filter_map(|(name, flow)| Some((name, chain(flow)?))).collect(),
        servers: chosen.servers.into_iter().filter_map(|(server, flow)| Some((server, chain(flow)?))).collect(),
    }
}

fn is_certificate(kind: HandshakeType) -> bool {
    matches!(kind, HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE)
}

/// For each name, or server, of the suspects the first good flow that showed a chain.
fn good_flows(index: &Index, suspects: &[FlowNumber]) -> GoodChains<Option<FlowNumber>> {
    let mut wanted = GoodChains::default();
    for facts in suspects.iter().filter_map(|flow| index.facts(*flow)) {
        match facts.tls.map(|tls| &tls.server_name) {
            Some(Some(name)) => _ = wanted.names.insert(name.clone(), None),
            Some(None) => _ = wanted.servers.insert(facts.row.server, None),
            None => {}
        }
    }
    if wanted.names.is_empty() && wanted.servers.is_empty() {
        return wanted;
    }
    for facts in index.iter().filter(|facts| facts.row.outcome != Some(Outcome::Failed)) {
        let Some(tls) = facts.tls.filter(|tls| tls.is_complete() && tls.certificates > 0) else { continue };
        // A server may speak first; that the client used the connection shows that it took the chain. One that closes
        // it unused may have checked the chain late.
        if !(tls.progress.application_data.to_client && tls.progress.application_data.to_server) {
            continue;
        }
        let named = tls.server_name.as_ref().and_then(|name| wanted.names.get_mut(name));
        for slot in [named, wanted.servers.get_mut(&facts.row.server)].into_iter().flatten() {
            slot.get_or_insert(facts.flow);
        }
    }
    wanted
}
