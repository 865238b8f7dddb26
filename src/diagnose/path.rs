//! Who really sent a packet: the end whose address it bears, or something on the way.
//!
//! A score of signs, each shown with its reason; no single one is proof. The weights follow measurements of resets from
//! Linux ends and from nftables, and EFF's and Weaver's work on injected packets (NDSS 2009).

use super::case::Case;
use super::others::{another_machine, same_delay};
use super::signs::{Clue, Sign, Whose};
use crate::flow::{Events, TraceSegment};
use crate::net::hops;
use crate::vocab::{Confidence, Direction, EndedBy};

/// Above this score a packet is attributed to a device on the way.
const FOREIGN: i32 = 4;
/// Above this score that is certain.
const SURE: i32 = 7;
/// Below this score it is the end's own.
const OWN: i32 = 2;
/// From this score downwards that is certain: its timestamp goes on with the end's clock, or TTL and identification agree.
const PROVEN: i32 = -3;

/// Share of the round trip below which an answer is too early; the rest is left to what makes round trips differ.
pub(super) const LATEST: f64 = 0.85;

/// Round trips after which an answer is no longer taken to come at once.
const LATE: f64 = 1.5;

/// Round trips to a server that must be known before an early answer outweighs every other sign.
const SURE_TRIPS: u32 = 3;

/// Whose packet it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Sender {
    /// The end, a middlebox, or unknown.
    pub by: EndedBy,
    /// How sure that is.
    pub confidence: Confidence,
    /// The signs, the strongest first.
    pub signs: Vec<Sign>,
    /// Estimated hops between the capture and the sender; none where its TTL is the end's own, which is copied if the
    /// sender is another.
    pub hops: Option<u8>,
}

impl Sender {
    /// The signs as one sentence.
    pub fn reasons(&self) -> String {
        let reasons: Vec<_> = self.signs.iter().map(|sign| sign.clue.to_string()).collect();
        reasons.join("; ")
    }
}

/// Judges the sender of `suspect`.
pub fn sender(case: &Case<'_>, suspect: &TraceSegment) -> Sender {
    let direction = suspect.direction;
    let mut signs = another_machine(case, suspect);
    if signs.iter().map(|sign| sign.weight).sum::<i32>() >= FOREIGN {
        // It answered from the SYN on: that its packets are alike speaks for nobody.
        let hops = Some(hops(suspect.ip.ttl));
        return Sender { by: EndedBy::Middlebox, confidence: Confidence::Likely, signs, hops };
    }
    let before = || case.trace.sent(direction).filter(|s| s.packet < suspect.packet && !s.flags.rst());
    let own: Vec<_> = before().filter(|s| !s.events.any(Events::NOT_PART)).collect();
    let is_seen_ttl = is_captured_at_several_places(case, direction) && before().any(|s| s.ip.ttl == suspect.ip.ttl);
    ttl(case, suspect, &own, is_seen_ttl, &mut signs);
    let mut timed = Vec::new();
    timing(case, suspect, &mut timed);
    let is_timed = timed.iter().any(|sign| matches!(sign.clue, Clue::Early { .. } | Clue::SameDelay { .. }));
    let stateless = !is_timed && is_stateless(suspect, &own);
    if !stateless {
        timestamps(case, suspect, &own, &mut signs);
    }
    life_after(case, suspect, is_seen_ttl, &mut signs);
    signs.extend(timed);
    sequence(case, suspect, &own, &mut signs);
    if !stateless {
        identification(suspect, &own, &mut signs);
    }
    hardware(suspect, &own, &mut signs);
    signs.sort_by_key(|sign| -sign.weight.abs());
    let score: i32 = signs.iter().map(|sign| sign.weight).sum();
    let end = match direction {
        Direction::ToServer => EndedBy::Client,
        Direction::ToClient => EndedBy::Server,
    };
    let (by, confidence) = if score >= SURE {
        (EndedBy::Middlebox, Confidence::Certain)
    } else if score >= FOREIGN {
        (EndedBy::Middlebox, Confidence::Likely)
    } else if score < OWN {
        (end, if score <= PROVEN { Confidence::Certain } else { Confidence::Likely })
    } else {
        (EndedBy::Unknown, Confidence::Possible)
    };
    let is_copied = by == EndedBy::Middlebox && own.iter().any(|s| s.ip.ttl == suspect.ip.ttl);
    Sender { by, confidence, signs, hops: (!is_copied).then(|| hops(suspect.ip.ttl)) }
}

/// Whether the copies of one packet were captured with other TTLs.
fn is_captured_at_several_places(case: &Case<'_>, direction: Direction) -> bool {
    /// Packets among which a copy is looked for.
    const LOOKED_AT: usize = 16;
    let first: Vec<_> = case.trace.sent(direction).take(LOOKED_AT).collect();
    let same = |a: &TraceSegment, b: &TraceSegment| {
        (a.seq, a.ack, a.payload_len, a.flags) == (b.seq, b.ack, b.payload_len, b.flags) && a.ip.ttl != b.ip.ttl
    };
    first.iter().enumerate().any(|(at, a)| first[at + 1..].iter().any(|b| same(a, b)))
}

fn ttl(case: &Case<'_>, suspect: &TraceSegment, own: &[&TraceSegment], is_seen: bool, signs: &mut Vec<Sign>) {
    if is_seen {
        return signs.push(Sign::new(Clue::SameTtl(suspect.ip.ttl, Whose::Senders), -1));
    }
    let mut ttls: Vec<_> = own.iter().map(|s| s.ip.ttl).collect();
    ttls.sort_unstable();
    let (usual, whose) = match ttls.get(ttls.len() / 2) {
        Some(median) => (*median, Whose::Senders),
        None if suspect.direction == Direction::ToClient => match case.context.usual_ttl(case.trace.row.server.ip) {
            Some(usual) => (usual, Whose::Servers),
            None => return,
        },
        None => return,
    };
    let distance = usual.abs_diff(suspect.ip.ttl);
    let other = |all| Clue::OtherTtl { ttl: suspect.ip.ttl, usual, whose, all };
    let shown = own.iter().find(|s| s.ip.ttl == usual).map(|s| s.packet);
    match distance {
        0 if suspect.direction == Direction::ToClient && case.context.is_ttl_rewritten => {}
        0 => signs.push(Sign::new(Clue::SameTtl(usual, whose), -1)),
        1 if own.len() >= 2 && own.iter().all(|s| s.ip.ttl == usual) => {
            signs.push(Sign::new(other(true), 1).shown_by(shown));
        }
        1 => {}
        2 | 3 => signs.push(Sign::new(other(false), 3).shown_by(shown)),
        _ => signs.push(Sign::new(other(false), 4).shown_by(shown)),
    }
}

fn timestamps(case: &Case<'_>, suspect: &TraceSegment, own: &[&TraceSegment], signs: &mut Vec<Sign>) {
    use crate::flow::SideFlags;
    let negotiated = Direction::BOTH.iter().all(|way| case.trace.row.sides[*way].flags.has(SideFlags::TIMESTAMPS));
    if !negotiated {
        return;
    }
    let first_word = own.iter().all(|s| !s.flags.fin());
    match suspect.options.timestamps {
        // An end in mid-connection resets with an ACK and its timestamp (RFC 7323 §3.2); a bare RST is for segments of
        // connections that its sender does not know.
        None if suspect.flags.rst() && !suspect.flags.ack() && first_word => {
            signs.push(Sign::new(Clue::BareReset, if own.len() >= 2 { 3 } else { 2 }));
        }
        // A RST with an ACK comes from an end that knows the connection.
        None if suspect.flags.rst() && first_word => signs.push(Sign::new(Clue::ResetWithoutTimestamps, 3)),
        None if suspect.flags.rst() => signs.push(Sign::new(Clue::LateResetWithoutTimestamps, 1)),
        None => signs.push(Sign::new(Clue::WithoutTimestamps, 3)),
        Some((value, _)) => {
            let Some(last) = own.iter().rev().find_map(|s| s.options.timestamps.map(|(v, _)| (v, s.time, s.packet)))
            else {
                return;
            };
            let advanced = value.wrapping_sub(last.0) as i32;
            let millis = suspect.time.since(last.1) * 1000.0;
            // Clocks tick every 1 to 10 ms on the stacks in use, and the earlier packet may have been held up on its way.
            let held_up = case.trace.row.syn_rtt().map_or(0.0, |rtt| rtt.as_secs_f64() * 1e3);
            if advanced >= 0 && f64::from(advanced) <= millis * 1.5 + 20.0 + held_up {
                signs.push(Sign::new(Clue::ClockGoesOn, -3));
            } else {
                signs.push(Sign::new(Clue::ClockIsOff(advanced), 3).shown_by(Some(last.2)));
            }
        }
    }
}

/// Whether a RST is such as a kernel sends that has lost its state of the connection: bare, with the TTL of the end, and
/// without a number of its own in the IP header.
fn is_stateless(suspect: &TraceSegment, own: &[&TraceSegment]) -> bool {
    let bare = suspect.flags.rst() && !suspect.flags.ack() && suspect.ip.id == Some(0);
    bare && !own.is_empty() && own.iter().all(|s| s.ip.ttl == suspect.ip.ttl)
}

/// The pretended sender goes on as if it had not sent the packet.
fn life_after(case: &Case<'_>, suspect: &TraceSegment, is_seen_ttl: bool, signs: &mut Vec<Sign>) {
    // An end has sent all it had when it resets or closes: what it sends behind that place it cannot have closed.
    let over = suspect.flags.rst() || suspect.flags.fin();
    // Without an ACK a RST says only that its sender does not know the connection.
    let weight = if suspect.flags.ack() { 10 } else { 4 };
    let end = suspect.seq.wrapping_add(suspect.payload_len + u32::from(suspect.flags.fin()));
    let behind = case.trace.sent(suspect.direction).find(|s| {
        let is_new = s.payload_len > 0 && !s.flags.rst() && !s.events.any(Events::NOT_NEW);
        s.packet > suspect.packet
            && is_new
            && !crate::flow::after(suspect.seq, s.seq)
            && !crate::flow::after(end, s.seq.wrapping_add(s.payload_len))
    });
    if let Some(behind) = behind.filter(|_| over) {
        return signs.push(Sign::new(Clue::DataBehind, weight).shown_by(Some(behind.packet)));
    }
    let later = case.trace.sent(suspect.direction).find(|s| {
        s.packet > suspect.packet
            && !s.flags.rst()
            && !s.events.any(Events::NOT_PART)
            && s.ip.ttl.abs_diff(suspect.ip.ttl) >= 2
            && !is_seen_ttl
            && (s.payload_len > 0 || s.flags.ack())
    });
    let spoils = suspect.flags.rst() || suspect.flags.fin() || suspect.payload_len > 0;
    if let Some(later) = later.filter(|_| spoils) {
        signs.push(Sign::new(Clue::GoesOn(later.ip.ttl), 4).shown_by(Some(later.packet)));
    }
}

/// An answer that comes sooner than any round trip to that end.
fn timing(case: &Case<'_>, suspect: &TraceSegment, signs: &mut Vec<Sign>) {
    let row = &case.trace.row;
    let Some(own) = row.syn_rtt() else { return };
    // One SYN-ACK can be late; the shortest of several round trips to that server tells how soon it can answer.
    let trips = case.context.connected.get(&(row.client.ip, row.server)).copied().unwrap_or_default();
    let rtt = if trips.count > 0 { own.min(trips.shortest) } else { own }.as_secs_f64();
    if suspect.direction != Direction::ToClient || rtt < 0.002 {
        return;
    }
    let news = |s: &&TraceSegment| !s.events.any(Events::ANY_RETRANSMISSION);
    let trigger = case.data(Direction::ToServer).take_while(|s| s.packet < suspect.packet).filter(news).last();
    let Some(trigger) = trigger else { return };
    let took = suspect.time.since(trigger.time);
    if let Some(clue) = same_delay(case, suspect) {
        return signs.push(Sign::new(clue, 3));
    }
    let end = trigger.seq.wrapping_add(trigger.payload_len);
    let answers = suspect.flags.ack() && !crate::flow::after(end, suspect.ack);
    if took >= rtt * LATEST {
        // A RST without ACK takes its number from what it answers.
        let bare = suspect.flags.rst() && !suspect.flags.ack() && suspect.seq == trigger.ack;
        if (answers || bare) && took < rtt * LATE {
            signs.push(Sign::new(Clue::InTime, -1));
        }
        return;
    }
    // A RST without ACK answers a segment that acknowledges something (RFC 9293 §3.10.7.1); the first of those is the
    // end of TCP's handshake. One that acknowledges the trigger has seen it. Any other could have been under way before
    // the trigger was sent, unless all had been quiet for long.
    let first_ack = case.trace.sent(Direction::ToServer).find(|s| s.flags.ack() && !s.flags.syn());
    let bare = suspect.flags.rst() && !suspect.flags.ack();
    let impossible = bare && first_ack.is_some_and(|s| suspect.time.since(s.time) < rtt * LATEST);
    let quiet = case
        .trace
        .segments
        .iter()
        .rfind(|s| s.packet < trigger.packet)
        .is_some_and(|before| trigger.time.since(before.time) > 2.0 * rtt);
    // What acknowledges the trigger so soon was not sent by who needs longer to hear of it, every time.
    let weight = match took / rtt {
        ..0.25 if answers && trips.count >= SURE_TRIPS => 6,
        ..0.5 if answers || impossible || quiet => 4,
        ..0.5 => 2,
        _ if impossible => 3,
        _ if answers || quiet => 2,
        _ => return,
    };
    let clue = Clue::Early { took, round_trip: rtt };
    signs.push(Sign::new(clue, weight).shown_by(Some(trigger.packet)));
}

fn sequence(case: &Case<'_>, suspect: &TraceSegment, own: &[&TraceSegment], signs: &mut Vec<Sign>) {
    if !suspect.flags.rst() || own.is_empty() {
        return;
    }
    let expected = own
        .iter()
        .map(|s| s.seq.wrapping_add(s.payload_len + u32::from(s.flags.syn()) + u32::from(s.flags.fin())))
        .reduce(|a, b| if crate::flow::after(b, a) { b } else { a })
        .map(|end| end.wrapping_add(u32::from(case.has_closed_unseen(suspect.direction))));
    let gap = case.tls.progress.gap;
    // A RST for a segment of a connection that its sender no longer knows takes its number from what that segment
    // acknowledges (RFC 9293 §3.10.7.1).
    let acks = |seq: u32| case.trace.sent(suspect.direction.reversed()).any(|s| s.flags.ack() && s.ack == seq);
    if let Some(expected) = expected
        && expected != suspect.seq
        && !gap
        && (crate::flow::after(suspect.seq, expected) || !acks(suspect.seq))
    {
        let off = suspect.seq.wrapping_sub(expected) as i32;
        signs.push(Sign::new(Clue::SequenceIsOff(off), if off > 0 { 2 } else { 1 }));
    }
    let acked = own.iter().filter(|s| s.flags.ack()).map(|s| s.ack);
    let acked = acked.reduce(|a, b| if crate::flow::after(b, a) { b } else { a });
    if suspect.flags.ack() && acked.is_some_and(|acked| crate::flow::after(acked, suspect.ack)) {
        signs.push(Sign::new(Clue::AcknowledgesLess, 3));
    }
    let stepped = case
        .trace
        .sent(suspect.direction)
        .filter(|s| {
            let soon = s.packet > suspect.packet && s.time.since(suspect.time) < 0.01;
            s.flags.rst() && soon && s.seq != suspect.seq && !acks(s.seq)
        })
        .count();
    if stepped >= 2 {
        signs.push(Sign::new(Clue::Stepped, 3));
    }
}

/// The IP identification against the sender's counter.
fn identification(suspect: &TraceSegment, own: &[&TraceSegment], signs: &mut Vec<Sign>) {
    let Some(id) = suspect.ip.id else { return };
    let ids: Vec<_> = own.iter().filter(|s| !s.flags.syn()).filter_map(|s| s.ip.id).filter(|id| *id != 0).collect();
    let counts = ids.len() >= 3 && ids.windows(2).all(|pair| (1..=64).contains(&pair[1].wrapping_sub(pair[0])));
    if let Some(last) = ids.last().filter(|_| counts) {
        if (1..=256).contains(&id.wrapping_sub(*last)) {
            signs.push(Sign::new(Clue::CounterGoesOn, -2));
        } else {
            signs.push(Sign::new(Clue::CounterIsOff { id, before: *last }, 1));
        }
    }
}

/// Another hardware address or DSCP than the direction's other packets.
fn hardware(suspect: &TraceSegment, own: &[&TraceSegment], signs: &mut Vec<Sign>) {
    let macs: Vec<_> = own.iter().filter_map(|s| s.link.macs.map(|(source, _)| source)).collect();
    if let (Some(first), Some((mac, _))) = (macs.first(), suspect.link.macs)
        && macs.iter().all(|known| known == first)
        && mac != *first
    {
        signs.push(Sign::new(Clue::OtherHardware, 2));
    }
    if !own.is_empty() && own.iter().all(|s| s.ip.traffic_class >> 2 != suspect.ip.traffic_class >> 2) {
        signs.push(Sign::new(Clue::OtherDscp, 1));
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Role;
    use super::super::samples::told;
    use super::*;

    const SAME_TTL: &str = "-1 TTL 55 as the sender's other packets";
    const IN_TIME: &str = "-1 it comes a round trip after what it answers, as the end's would";

    /// The signs of the first RST or FIN of a flow that opens and goes on with `lines`.
    fn check(lines: &str, by: EndedBy, expected: &[&str]) {
        told(lines, 0.0, |case| {
            let suspect = case.trace.first(|s| s.flags.rst() || s.flags.fin()).expect("an end");
            let sender = sender(case, suspect);
            let signs: Vec<String> =
                sender.signs.iter().map(|sign| format!("{:+} {}", sign.weight, sign.clue)).collect();
            assert_eq!((sender.by, signs), (by, expected.iter().map(ToString::to_string).collect()), "{lines}");
        });
    }

    #[test]
    fn an_end_has_its_ttl_and_answers_after_a_round_trip() {
        check("> hello\n< wait=20\n< wait=1 RST", EndedBy::Server, &[SAME_TTL, IN_TIME]);
    }

    #[test]
    fn a_device_on_the_way_is_nearer_and_the_server_goes_on() {
        check(
            "> wait=1 hello\n< wait=2 RST bare ttl=63",
            EndedBy::Middlebox,
            &[
                "+4 TTL 63 where the sender's other packets have 55",
                "+4 it comes 2.0 ms after what it answers; the round trip takes 20.0 ms",
            ],
        );
        check(
            "> hello\n< wait=20 RST\n< wait=5 server",
            EndedBy::Middlebox,
            &["+10 the sender goes on with data behind it, as if it had not sent this", SAME_TTL, IN_TIME],
        );
    }

    #[test]
    fn one_hop_is_a_sign_where_all_others_agree() {
        check(
            "> hello\n< wait=20\n< wait=1 RST ttl=56",
            EndedBy::Server,
            &["+1 TTL 56 where all of the sender's other packets have 55", IN_TIME],
        );
    }

    #[test]
    fn a_sender_that_goes_on_did_not_reset() {
        check(
            "> hello\n< wait=20 RST ttl=63\n< wait=5",
            EndedBy::Middlebox,
            &[
                "+4 TTL 63 where the sender's other packets have 55",
                "+4 the sender goes on with TTL 55 as if it had not sent this",
                IN_TIME,
            ],
        );
    }

    #[test]
    fn a_guess_at_the_next_sequence_number_is_off() {
        check(
            "> hello\n< wait=20\n< wait=1 skip=100 RST",
            EndedBy::Server,
            &["+2 its sequence number is off by 100", SAME_TTL, IN_TIME],
        );
        check(
            "> hello\n< wait=20 RST\n< wait=1 skip=1000 RST\n< wait=1 skip=1000 RST",
            EndedBy::Server,
            &["+3 several resets with stepped sequence numbers", SAME_TTL, IN_TIME],
        );
    }

    #[test]
    fn a_counter_and_a_class_tell_senders_apart() {
        let counted = "> hello\n< wait=20 id=7\n< wait=1 id=8\n< wait=1 id=9\n< wait=1 RST";
        check(
            &format!("{counted} id=10"),
            EndedBy::Server,
            &["-2 its IP identification continues the sender's counter", SAME_TTL, IN_TIME],
        );
        check(
            &format!("{counted} id=5000"),
            EndedBy::Server,
            &[SAME_TTL, IN_TIME, "+1 IP identification 5000 is off the sender's counter (9 before)"],
        );
        check(
            "> hello\n< wait=20\n< wait=1 RST dscp=46",
            EndedBy::Server,
            &[SAME_TTL, IN_TIME, "+1 another DSCP than the sender's other packets"],
        );
    }

    #[test]
    fn the_packet_that_shows_a_sign_is_described_as_it_is() {
        told("> wait=1 hello\n< wait=2 RST bare ttl=63", 0.0, |case| {
            let suspect = case.trace.first(|s| s.flags.rst()).expect("the RST");
            let shown: Vec<_> = sender(case, suspect).signs.iter().filter_map(Sign::evidence).collect();
            let notes: Vec<_> = shown.iter().map(|one| (one.packet.0, one.role, one.note.as_str())).collect();
            let early = "what is answered, 2.0 ms before; the round trip takes 20.0 ms";
            let expected =
                [(2, Role::Contrast, "TTL 55, as the sender's other packets have"), (4, Role::Supporting, early)];
            assert_eq!(notes, expected);
        });
    }
}
