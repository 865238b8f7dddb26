//! Flows that are one try of one client: a browser's silent retry, a second address tried in parallel, connections that it
//! opened side by side and dropped when one of them came through.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::index::Index;
use crate::net::Endpoint;
use crate::vocab::{Cause, FlowNumber, Outcome, Time};

/// Nanoseconds from a failed flow's end within which the next flow of the same client to the same name is its retry;
/// Chrome's comes after 0.1 to 35 ms.
const RETRY: i64 = 150 * 1_000_000;
/// Nanoseconds from a flow's beginning within which a second one races it while the first has no SYN-ACK yet: Chrome
/// opens a backup connection after 250 to 300 ms.
const RACE: i64 = 350 * 1_000_000;

/// Nanoseconds between the beginnings of connections that a client opens side by side.
const BESIDE: i64 = 2 * Time::SECOND;

/// Whom a client tries to reach.
#[derive(PartialEq, Eq, Hash)]
enum Target<'a> {
    Name(&'a [u8]),
    End(Endpoint),
}

/// The attempt of every flow, by flow number; attempts are numbered from 0 in the order of their first flows.
pub(crate) fn attempts(index: &Index) -> Vec<u32> {
    // The latest flow of each client and target: its attempt, when it began, when it ended, whether a retry may follow.
    struct Latest {
        attempt: u32,
        start: Time,
        end: Time,
        retried: bool,
        ja4: Option<Arc<str>>,
        came_up: bool,
        dropped: bool,
    }
    let numbers = || (0..index.len() as u32).map(FlowNumber);
    let start = |flow: &FlowNumber| index.row(*flow).map(|row| row.start);
    // Most captures are in the order of time, and to see that is quicker than to sort.
    let sorted = if numbers().is_sorted_by_key(|flow| start(&flow)) {
        None
    } else {
        let mut order: Vec<FlowNumber> = numbers().collect();
        order.sort_by_key(start);
        Some(order)
    };
    let mut latest: HashMap<(IpAddr, Target<'_>), Latest, foldhash::fast::RandomState> = HashMap::default();
    let mut attempts = vec![0; index.len()];
    let mut next = 0;
    for place in 0..index.len() {
        let flow = sorted.as_ref().map_or(FlowNumber(place as u32), |sorted| sorted[place]);
        let Some(facts) = index.facts(flow) else { continue };
        let row = facts.row;
        let name = facts.tls.and_then(|tls| tls.server_name.as_deref());
        let target = name.map_or(Target::End(row.server), Target::Name);
        let key = (row.client.ip, target);
        let ja4 = facts.tls.and_then(|tls| tls.ja4.clone());
        let dropped = row.cause == Some(Cause::ClientGaveUp);
        let previous = latest.get(&key);
        let same = previous.is_some_and(|previous| {
            let after_end = row.start.nanos_since(previous.end);
            let after_start = row.start.nanos_since(previous.start);
            let near = previous.retried && (-RETRY..=RETRY).contains(&after_end)
                || !previous.came_up && (0..=RACE).contains(&after_start)
                || (previous.dropped || dropped) && after_end < 0 && (0..=BESIDE).contains(&after_start);
            near && same_software(previous.ja4.as_deref(), ja4.as_deref())
        });
        let attempt = match previous {
            Some(previous) if same => previous.attempt,
            _ => {
                next += 1;
                next - 1
            }
        };
        attempts[flow.index()] = attempt;
        // Clients do not try again after their own refusal of what they got.
        let refused = row.cause.is_some_and(Cause::is_clients_refusal);
        let retried = row.outcome == Some(Outcome::Failed) && !refused;
        let came_up = row.syn_rtt().is_some();
        latest.insert(key, Latest { attempt, start: row.start, end: row.end, retried, ja4, came_up, dropped });
    }
    attempts
}

/// Whether two flows' `ClientHello`s can be of one program; a flow without one speaks against nothing.
fn same_software(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::testing::Flow;

    fn check(flows: &[Flow], expected: &[u32]) {
        assert_eq!(attempts(&Index::of(flows)), expected);
    }

    fn failed() -> Flow {
        Flow { outcome: Some(Outcome::Failed), cause: Some(Cause::ResetAfterClientHello), ..Flow::default() }
    }

    #[test]
    fn a_retry_follows_a_failure_at_once() {
        let retry = |start| Flow { start, end: start + 10, ..Flow::default() };
        check(&[failed(), retry(12)], &[0, 0]);
        check(&[failed(), retry(160)], &[0, 0]);
        check(&[failed(), retry(161)], &[0, 1]);
        check(&[Flow::default(), retry(12)], &[0, 1]);
        check(&[failed(), Flow { server: 8, ..retry(12) }], &[0, 0]);
        check(&[failed(), Flow { name: "b.example.test", ..retry(12) }], &[0, 1]);
        check(&[failed(), Flow { client: 2, ..retry(12) }], &[0, 1]);
        check(&[failed(), Flow { outcome: failed().outcome, ..retry(12) }, retry(40)], &[0, 0, 0]);
    }

    #[test]
    fn a_client_without_a_hello_tries_an_address_and_port() {
        let bare = Flow { name: "", ..failed() };
        check(&[bare, Flow { start: 20, end: 30, ..bare }], &[0, 0]);
        check(&[bare, Flow { start: 20, end: 30, server: 8, ..bare }], &[0, 1]);
    }

    #[test]
    fn a_second_connection_races_one_that_is_not_up() {
        let silent = Flow { is_silent: true, end: 3000, outcome: None, ..Flow::default() };
        let second = |start| Flow { start, end: start + 10, ..Flow::default() };
        check(&[silent, second(300)], &[0, 0]);
        check(&[silent, second(351)], &[0, 1]);
        check(&[Flow { is_silent: false, ..silent }, second(300)], &[0, 1]);
    }

    #[test]
    fn connections_side_by_side_are_one_attempt_where_the_client_dropped_one() {
        let dropped =
            Flow { end: 3000, outcome: Some(Outcome::Failed), cause: Some(Cause::ClientGaveUp), ..Flow::default() };
        let second = |start| Flow { start, end: start + 10, ..Flow::default() };
        check(&[dropped, second(2000)], &[0, 0]);
        check(&[dropped, second(2001)], &[0, 1]);
        check(&[Flow { end: 1000, ..dropped }, second(2000)], &[0, 1]);
        check(&[Flow { end: 3000, ..Flow::default() }, Flow { start: 5, end: 9, ..dropped }], &[0, 0]);
    }

    #[test]
    fn attempts_are_in_the_order_of_time_whatever_the_flows_numbers() {
        let retry = Flow { start: 12, end: 20, ..Flow::default() };
        check(&[retry, failed()], &[0, 0]);
        check(&[Flow { start: 500, end: 600, ..Flow::default() }, failed(), retry], &[1, 0, 0]);
        check(&[], &[]);
    }
}
