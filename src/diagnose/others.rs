//! What other flows tell of who sent a packet: another machine than the good flows' server, something that treats all
//! servers alike.

use std::collections::HashSet;
use std::time::Duration;

use super::case::Case;
use super::context::ResetAnswer;
use super::path::LATEST;
use super::signs::{Clue, Sign};
use crate::flow::TraceSegment;
use crate::vocab::Direction;

/// What tells that the whole flow was answered by another machine than the good flows to this server.
pub(super) fn another_machine(case: &Case<'_>, suspect: &TraceSegment) -> Vec<Sign> {
    /// Difference of TTLs from which on two machines of one server's place do not explain it.
    const APART: u8 = 5;
    /// The shortest round trip that can be told from none.
    const FAR: Duration = Duration::from_millis(2);
    let row = &case.trace.row;
    let known = case.context.known_servers.get(&row.server);
    let (Some(known), Some(syn_ack)) = (known.filter(|_| suspect.direction == Direction::ToClient), case.syn_ack)
    else {
        return Vec::new();
    };
    let mut signs = Vec::new();
    let ttl = syn_ack.ip.ttl;
    if let Some(usual) = known.ttl.filter(|usual| usual.abs_diff(ttl) >= 2) {
        let weight = if usual.abs_diff(ttl) >= APART { 4 } else { 2 };
        signs.push(Sign::new(Clue::OtherSynAck { ttl, usual }, weight).shown_by(Some(syn_ack.packet)));
    }
    if let Some(took) = row.syn_rtt().filter(|took| known.round_trip >= FAR && *took * 2 < known.round_trip) {
        let (took, round_trip) = (took.as_secs_f64() * 1e3, known.round_trip.as_secs_f64() * 1e3);
        signs.push(Sign::new(Clue::SoonerSynAck { took, round_trip }, 3).shown_by(Some(syn_ack.packet)));
    }
    signs
}

/// Whether something resets this client's connections a fixed time after the ClientHello, whoever is addressed: the RSTs
/// of other servers come as late, and one of those servers cannot have answered so soon.
pub(super) fn same_delay(case: &Case<'_>, suspect: &TraceSegment) -> Option<Clue> {
    /// By how much the delays of one device differ.
    const SPREAD: f64 = 1.6;
    let row = &case.trace.row;
    if !suspect.flags.rst() || case.tls.records.to_client > 0 {
        return None;
    }
    let took = suspect.time.since(case.tls.began?);
    let alike = |other: &&ResetAnswer| {
        other.server != row.server.ip && other.took < took * SPREAD && took < other.took * SPREAD
    };
    let others: Vec<_> = case.context.resets.get(&row.client.ip)?.iter().filter(alike).collect();
    let servers = others.iter().map(|other| other.server).collect::<HashSet<_>>().len();
    let early = others.iter().filter(|other| other.took < other.round_trip * LATEST);
    let furthest = early.map(|other| other.round_trip).reduce(f64::max)?;
    let (first, last) = others.iter().fold((took, took), |(a, b), other| (a.min(other.took), b.max(other.took)));
    (servers >= 2).then_some(Clue::SameDelay { servers, took: (first, last), round_trip: furthest })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::IpAddr;

    use super::super::context::{Context, KnownServer};
    use super::super::path::sender;
    use super::super::samples::told_beside;
    use super::*;
    use crate::net::Endpoint;
    use crate::vocab::EndedBy;

    /// The signs of the first RST or data of the server in a flow that opens and goes on with `lines`, beside others.
    fn check_beside(context: Context, lines: &str, by: EndedBy, expected: &[&str]) {
        told_beside(context, lines, 0.0, |case| {
            let suspect =
                case.trace.first(|s| s.direction == Direction::ToClient && !s.flags.syn()).expect("an answer");
            let sender = sender(case, suspect);
            let signs: Vec<String> =
                sender.signs.iter().map(|sign| format!("{:+} {}", sign.weight, sign.clue)).collect();
            assert_eq!((sender.by, signs), (by, expected.iter().map(ToString::to_string).collect()), "{lines}");
        });
    }

    #[test]
    fn a_syn_ack_unlike_those_of_good_flows_is_another_machine() {
        let server = Endpoint { ip: IpAddr::from([10, 0, 0, 2]), port: 443 };
        let check = |ttl, millis, by, expected: &[&str]| {
            let known = KnownServer { ttl, round_trip: Duration::from_millis(millis) };
            let context = Context { known_servers: HashMap::from([(server, known)]), ..Context::default() };
            check_beside(context, "> hello\n< wait=20 http", by, expected);
        };
        let own = [
            "-1 TTL 55 as the sender's other packets",
            "-1 it comes a round trip after what it answers, as the end's would",
        ];
        let far = "+4 the SYN-ACK has TTL 55 where those of the good flows to this server have 49";
        let near = "+2 the SYN-ACK has TTL 55 where those of the good flows to this server have 53";
        let soon = "+3 the SYN-ACK came after 20.0 ms, those of the good flows to this server after 50.0 ms at least";
        check(Some(49), 10, EndedBy::Middlebox, &[far]);
        check(Some(53), 50, EndedBy::Middlebox, &[near, soon]);
        check(Some(53), 10, EndedBy::Server, &[near, own[0], own[1]]);
        check(Some(55), 10, EndedBy::Server, &own);
        // The good flows themselves differ.
        check(None, 10, EndedBy::Server, &own);
    }

    #[test]
    fn resets_after_a_fixed_time_are_no_servers() {
        let reset = |last: u8, took: f64, round_trip: f64| {
            let server = IpAddr::from([10, 0, 1, last]);
            ResetAnswer { server, took, round_trip }
        };
        let lines = "> hello\n< wait=22 RST";
        let client = IpAddr::from([10, 0, 0, 1]);
        let check = |others: Vec<_>, is_rewritten, by, expected: &[&str]| {
            let resets = HashMap::from([(client, others)]);
            let context = Context { resets, is_ttl_rewritten: is_rewritten, ..Context::default() };
            check_beside(context, lines, by, expected);
        };
        let same_ttl = "-1 TTL 55 as the sender's other packets";
        let in_time = "-1 it comes a round trip after what it answers, as the end's would";
        let same_delay = "+3 RSTs of 2 other servers come as long after the ClientHello, 20.0 ms to 22.0 ms, also where the \
                          round trip takes 40.0 ms";
        check(vec![reset(3, 0.021, 0.040), reset(4, 0.020, 0.018)], false, EndedBy::Unknown, &[same_delay, same_ttl]);
        check(vec![reset(3, 0.021, 0.040), reset(4, 0.020, 0.018)], true, EndedBy::Unknown, &[same_delay]);
        // Each of the servers can have answered so soon; one server alone is further away; another delay.
        check(vec![reset(3, 0.021, 0.021), reset(4, 0.020, 0.018)], false, EndedBy::Server, &[same_ttl, in_time]);
        check(vec![reset(3, 0.021, 0.040), reset(3, 0.020, 0.040)], false, EndedBy::Server, &[same_ttl, in_time]);
        check(vec![reset(3, 0.090, 0.200), reset(4, 0.120, 0.200)], false, EndedBy::Server, &[same_ttl, in_time]);
    }
}
