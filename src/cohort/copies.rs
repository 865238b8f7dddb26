//! One connection that the capture has twice: on both sides of an address translation or of a balancer.
//!
//! What both sides share is its mark: the ClientHello's random (RFC 8446 §4.1.2), or, where one side lacks a hello, both
//! initial sequence numbers, which a translation of addresses keeps. Start at [`copies`].

use std::collections::HashMap;

use crate::facts::FlowFacts;
use crate::flow::FlowRow;
use crate::index::Index;
use crate::vocab::{FlowNumber, Time};

/// Nanoseconds between the SYNs on both sides of a device; one that accepts first connects to the server later.
const TRANSLATED: i64 = Time::SECOND;

/// What the two sides of one connection have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Mark {
    /// The end of the ClientHello's random.
    Random(u64),
    /// The initial sequence numbers of client and server.
    Isns(u32, u32),
}

/// A flow's marks.
pub(super) fn marks(facts: &FlowFacts<'_>) -> impl Iterator<Item = Mark> + use<> {
    random(facts)
        .map(Mark::Random)
        .into_iter()
        .chain(isns(facts.row).map(|(client, server)| Mark::Isns(client, server)))
}

fn random(facts: &FlowFacts<'_>) -> Option<u64> {
    facts.tls?.client_random
}

/// Both ends' initial sequence numbers; none where a SYN was not captured, or where they are those of a made-up packet,
/// which begin at the same small numbers in every flow.
fn isns(row: &FlowRow) -> Option<(u32, u32)> {
    let (client, server) = (row.sides.to_server.base_seq, row.sides.to_client.base_seq);
    let is_drawn = |isn: u32| isn > u32::from(u16::MAX);
    (row.handshake_seen() && client != server && is_drawn(client) && is_drawn(server)).then_some((client, server))
}

/// Whether two flows with a mark in common are one connection: at the same time between other addresses, with no other
/// answer to the hello.
///
/// A client that sends one hello again and again, as scanners do, takes another port each time: its own flows are none.
pub(super) fn is_same(a: &FlowFacts<'_>, b: &FlowFacts<'_>) -> bool {
    let (own, other) = (a.row, b.row);
    let translated = other.client.ip != own.client.ip || other.client == own.client && other.server != own.server;
    let answer = |facts: &FlowFacts<'_>| facts.tls.and_then(|tls| tls.ja3s.clone());
    let alike = answer(a).zip(answer(b)).is_none_or(|(own, theirs)| own == theirs);
    let hello = random(a).zip(random(b)).is_none_or(|(own, theirs)| own == theirs);
    translated && alike && hello && own.start.nanos_since(other.start).abs() <= TRANSLATED
}

/// Whether the addresses bear out that two flows are one connection: several scanners send one hello too.
fn is_borne_out(first: &FlowRow, second: &FlowRow) -> bool {
    let overlap = second.start <= first.end;
    let kept = first.server == second.server || first.client == second.client;
    let isn = first.sides.to_server.base_seq == second.sides.to_server.base_seq;
    overlap && (kept || isn || first.server.ip == second.client.ip)
}

/// The flows that are another side of a connection that began earlier in the capture and came out alike, in the order of
/// their numbers. Where the two sides came out differently, each says something of its own.
pub(crate) fn copies(index: &Index) -> Vec<FlowNumber> {
    let mut marked: HashMap<Mark, Vec<FlowNumber>> = HashMap::new();
    for facts in index.iter() {
        marks(&facts).for_each(|mark| marked.entry(mark).or_default().push(facts.flow));
    }
    let mut copies = Vec::new();
    for flows in marked.into_values().filter(|flows| flows.len() > 1) {
        let mut same: Vec<_> = flows.into_iter().filter_map(|flow| index.facts(flow)).collect();
        same.sort_by_key(|facts| (facts.row.start, facts.flow));
        let mut firsts: Vec<FlowFacts<'_>> = Vec::new();
        for facts in same {
            let is_copy = |first: &FlowFacts<'_>| {
                let alike = first.row.outcome == facts.row.outcome && first.row.failed() == facts.row.failed();
                alike && is_same(first, &facts) && is_borne_out(first.row, facts.row)
            };
            if firsts.iter().rev().take(MAX_SIDES).any(is_copy) {
                copies.push(facts.flow);
            } else {
                firsts.push(facts);
            }
        }
    }
    copies.sort_unstable();
    copies.dedup();
    copies
}

/// Connections with one mark, as scanners make them, of which a flow is compared with the last ones only.
const MAX_SIDES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::rates::Rates;
    use crate::index::testing::Flow;
    use crate::vocab::{Cause, Outcome};

    const INSIDE: Flow = Flow {
        port: 50_000,
        start: 1_000,
        end: 1_100,
        outcome: Some(Outcome::Failed),
        cause: Some(Cause::ResetAfterClientHello),
        random: Some(7),
        ..Flow::DEFAULT
    };

    #[test]
    fn the_other_side_of_a_translation_is_a_copy() {
        let is_copy = |other: Flow, expected: bool| {
            let found = copies(&Index::of(&[INSIDE, other]));
            assert_eq!(found == [FlowNumber(1)], expected, "{found:?}");
        };
        let outside = Flow { client: 2, port: 1_024, start: 1_001, ..INSIDE };
        is_copy(outside, true);
        is_copy(Flow { client: 1, port: 50_000, server: 8, ..outside }, true);
        // A balancer connects from the address that the client connected to.
        is_copy(Flow { client: 9, server: 8, ..outside }, true);
        // Another hello, another time, another outcome, another port of one client, another pair of machines.
        is_copy(Flow { random: Some(8), ..outside }, false);
        is_copy(Flow { start: 2_001, end: 2_100, ..outside }, false);
        is_copy(Flow { outcome: Some(Outcome::Ok), cause: None, ..outside }, false);
        is_copy(Flow { client: 1, ..outside }, false);
        is_copy(Flow { server: 8, ..outside }, false);
        // The first was over before the second began.
        is_copy(Flow { start: 1_101, end: 1_200, ..outside }, false);
    }

    #[test]
    fn drawn_sequence_numbers_of_both_ends_are_a_mark() {
        let index = Index::of(&[INSIDE]);
        let (_, row) = index.rows().next().expect("one flow");
        let of = |client: u32, server: u32| {
            let mut row = row.clone();
            (row.sides.to_server.base_seq, row.sides.to_client.base_seq) = (client, server);
            isns(&row)
        };
        assert_eq!(of(3_000_000_000, 70_000), Some((3_000_000_000, 70_000)));
        assert_eq!(of(1_000, 70_000), None);
        assert_eq!(of(70_000, 0), None);
        assert_eq!(of(70_000, 70_000), None);
        let index = Index::of(&[Flow { is_silent: true, ..INSIDE }]);
        let (_, row) = index.rows().next().expect("one flow");
        assert_eq!(isns(row), None);
    }

    #[test]
    fn rates_count_a_connection_once_and_failed_flows_all() {
        let mut index = Index::of(&[INSIDE, Flow { client: 2, port: 1_024, start: 1_001, ..INSIDE }]);
        let found = copies(&index);
        index.set_copies(found);
        let rates = Rates::of(index.iter());
        assert_eq!((rates.flows.failed, rates.tls.failed, rates.copies), (2, 2, 1));
        let by_time: usize = rates.time.buckets().map(|(_, of)| of.all.failed).sum();
        assert_eq!(by_time, 1);
        let by_cohort = |of: &crate::cohort::rates::Cohorts| of.rows.iter().map(|(_, of)| of.all.failed).sum::<usize>();
        assert!(rates.cohorts.iter().all(|of| by_cohort(of) == 1));
        // What is found anew replaces what was known.
        index.set_copies(Vec::new());
        assert_eq!(Rates::of(index.iter()).copies, 0);
    }
}
