//! Health checks: a balancer or a monitor that connects at regular intervals, and leaves as soon as it sees an answer.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::used::{Used, is_left_by_client};
use crate::facts::FlowFacts;
use crate::flow::FlowRow;
use crate::index::{Explained, Hello, Signs};
use crate::net::Endpoint;
use crate::proto::TlsFacts;
use crate::vocab::{Cause, EndedBy, Outcome};

/// Checks that make a series.
pub(super) const FEWEST: usize = 5;
/// Seconds between checks at least: browsers open connections in quicker bursts.
const SHORTEST: f64 = 0.5;
/// Seconds that a check takes at most: who waits for an answer that does not come is no check.
const LONGEST: f64 = 2.0;
/// Share by which intervals differ from their median at most.
const JITTER: f64 = 0.1;

/// What the checks of a series have in common: where they go and how far they come.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    server: Endpoint,
    hello: Hello,
    /// Bytes that the client sends.
    said: u64,
    /// TLS records that the server answers.
    answered: u32,
    ja4: Option<Box<str>>,
}

/// The series of checks among a client's flows, which are in the order of time.
pub(super) fn checks(client: IpAddr, flows: &[FlowFacts<'_>], used: &Used) -> Vec<Explained> {
    let mut randoms: HashMap<(Endpoint, u64), usize> = HashMap::new();
    for facts in flows {
        if let Some(random) = facts.tls.and_then(|tls| tls.client_random) {
            *randoms.entry((facts.row.server, random)).or_default() += 1;
        }
    }
    let is_repeated = |facts: &FlowFacts<'_>| {
        let random = facts.tls.and_then(|tls| tls.client_random);
        random.and_then(|random| randoms.get(&(facts.row.server, random))).is_some_and(|times| *times >= FEWEST)
    };
    let mut kinds: BTreeMap<Kind, Vec<&FlowFacts<'_>>> = BTreeMap::new();
    for facts in flows.iter().filter(|facts| facts.row.handshake_seen()) {
        let hello = match facts.row.sides.to_server.bytes {
            0 => Hello::None,
            _ if is_repeated(facts) => Hello::Repeated,
            _ => Hello::Fresh,
        };
        if can_be_check(facts, hello, used) {
            let kind = Kind {
                server: facts.row.server,
                hello,
                said: facts.row.sides.to_server.bytes,
                answered: facts.tls.map_or(0, |tls| tls.records.to_client),
                ja4: facts.tls.and_then(|tls| tls.ja4.as_deref()).map(Box::from),
            };
            kinds.entry(kind).or_default().push(facts);
        }
    }
    kinds.into_iter().filter_map(|(kind, flows)| series(client, &kind, &flows)).collect()
}

/// Whether a flow was over at once and its client wanted no more of it.
fn can_be_check(facts: &FlowFacts<'_>, hello: Hello, used: &Used) -> bool {
    let row = facts.row;
    let is_short = row.end.since(row.start) <= LONGEST;
    is_short
        && match (hello, facts.tls) {
            // What the server answers to a hello that no client sends twice is no failure, whatever it is.
            (Hello::Repeated, _) => true,
            (Hello::None, _) => {
                is_left_by_client(row) && row.sides.to_client.bytes == 0 && row.outcome != Some(Outcome::Incomplete)
            }
            (Hello::Fresh, Some(tls)) => is_left_by_client(row) && wants_no_more(row, tls, used),
            (Hello::Fresh, None) => false,
        }
}

/// Whether a client that sent a ClientHello left by itself and complains of nothing. What accuses somebody is a check only
/// where the server is known to serve, and what a program did that uses the server is none.
fn wants_no_more(row: &FlowRow, tls: &TlsFacts, used: &Used) -> bool {
    let left = tls.progress.client_hello && row.ended_by == Some(EndedBy::Client);
    let accuses = row.cause != Some(Cause::ClientGaveUp);
    let complains = row.cause.is_some_and(Cause::is_clients_refusal) || !tls.alerts.is_empty();
    let by_user = |ja4: &str| used.by_software.contains(&(row.client.ip, row.server, ja4.into()));
    left && !complains && !tls.ja4.as_deref().is_some_and(by_user) && (!accuses || used.servers.contains(&row.server))
}

/// Those of the flows that stand at a regular interval from one of the others, where these are a series.
fn series(client: IpAddr, kind: &Kind, flows: &[&FlowFacts<'_>]) -> Option<Explained> {
    let intervals: Vec<f64> = flows.windows(2).map(|pair| pair[1].row.start.since(pair[0].row.start)).collect();
    let mut sorted = intervals.clone();
    sorted.sort_by(f64::total_cmp);
    let every = *sorted.get(sorted.len() / 2).filter(|median| **median >= SHORTEST)?;
    let is_regular = |interval: &f64| (interval - every).abs() <= every * JITTER;
    let regular = intervals.iter().filter(|interval| is_regular(interval)).count();
    if regular < FEWEST - 1 || regular * 5 < intervals.len() * 4 {
        return None;
    }
    let beside = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| intervals.get(before));
        before.into_iter().chain(intervals.get(at)).any(is_regular)
    };
    let flows: Vec<_> = flows.iter().enumerate().filter(|(at, _)| beside(*at)).map(|(_, facts)| facts.flow).collect();
    let signs = Signs::HealthCheck { client, server: kind.server, times: flows.len(), every, hello: kind.hello };
    Some(Explained { signs, flows })
}

#[cfg(test)]
mod tests {
    use super::super::explained;
    use crate::index::testing::Flow;
    use crate::index::{Index, Signs};
    use crate::vocab::{Cause, Outcome};

    /// How many of flows that begin at these times, in milliseconds, are health checks.
    fn check(flow: Flow, starts: &[i64], expected: usize) {
        let flows: Vec<_> = starts.iter().map(|start| Flow { start: *start, end: start + 10, ..flow }).collect();
        let explained = explained(&Index::of(&flows));
        let is_check = |signs: &Signs| matches!(signs, Signs::HealthCheck { .. });
        assert!(explained.iter().all(|group| is_check(&group.signs)), "{explained:?}");
        assert_eq!(explained.iter().map(|group| group.flows.len()).sum::<usize>(), expected, "{starts:?}");
    }

    const CONNECT: Flow = Flow { name: "", outcome: Some(Outcome::Unused), ..Flow::DEFAULT };

    #[test]
    fn a_check_comes_at_regular_intervals() {
        check(CONNECT, &[0, 1000, 2000, 3050, 4000], 5);
        check(CONNECT, &[0, 1000, 2000, 3000], 0);
        check(CONNECT, &[0, 1000, 2500, 3000, 5000, 5600], 0);
        check(CONNECT, &[0, 100, 200, 300, 400, 500], 0);
        // One that does not fit is none of the series.
        check(CONNECT, &[0, 1000, 2000, 3000, 4000, 5000, 15_000], 6);
    }

    #[test]
    fn who_waits_or_is_refused_is_no_check() {
        let starts: Vec<i64> = (0..8).map(|at| at * 5000).collect();
        check(CONNECT, &starts, 8);
        let late: Vec<_> = starts.iter().map(|start| Flow { start: *start, end: start + 2100, ..CONNECT }).collect();
        assert_eq!(explained(&Index::of(&late)), []);
        let refused = Flow { cause: Some(Cause::ConnectionRefused), is_silent: true, ..CONNECT };
        check(Flow { outcome: Some(Outcome::Failed), ..refused }, &starts, 0);
    }
}
