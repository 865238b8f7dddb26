//! What differs in the packets that carry two milestones, and in the packets of each direction as a whole: TCP's
//! options, TTL, IP ID, DSCP, hardware addresses, VLAN.

use super::difference::Differences;
use super::milestone::{Milestone, Moment};
use super::{Difference, Field, IpIds, OfSender, Side, Value};
use crate::flow::{Events, TraceSegment};
use crate::timeline::usual_ttl;
use crate::vocab::Direction;

/// Least difference between two TTLs that tells of another way or another sender: several equal ways differ by one.
const TTL_SPREAD: u8 = 2;

/// What a SYN or SYN-ACK says.
pub(super) fn opening(b: &TraceSegment, s: &TraceSegment, differences: &mut Differences) {
    let (left, right) = (&b.options, &s.options);
    differences.tell(Field::Options, kinds(b), kinds(s), 45);
    differences.tell(Field::Mss, left.mss, right.mss, 40);
    differences.tell(Field::WindowScale, left.window_scale, right.window_scale, 25);
    differences.tell(Field::SackPermitted, left.sack_permitted, right.sack_permitted, 30);
    differences.tell(Field::FastOpen, left.fast_open, right.fast_open, 25);
    differences.tell(Field::Flags, b.flags, s.flags, 30);
    // Nobody can send anything to an end that has no room.
    differences.tell(Field::Window, b.window, s.window, if s.window == 0 { 100 } else { 15 });
    differences.noise(Field::SequenceNumber, b.seq, s.seq);
    if let (Some((left, _)), Some((right, _))) = (left.timestamps, right.timestamps) {
        differences.noise(Field::Timestamp, left, right);
    }
}

fn kinds(segment: &TraceSegment) -> Value {
    Value::OptionKinds(segment.option_kinds.clone())
}

/// What makes a subject's packet look as if somebody else than its sender had sent it.
pub(super) fn out_of_line(
    baseline: &Side<'_>,
    subject: &Side<'_>,
    milestone: &Milestone<'_>,
    differences: &mut Differences,
) {
    let step = milestone.step;
    let Some(segment) = subject.trace.by_packet(step.packet) else { return };
    let from = step.from;
    if let Some(usual) = usual_ttl(subject.trace, from)
        && usual.abs_diff(segment.ip.ttl) >= TTL_SPREAD
    {
        let odd = Value::OddTtl { own: segment.ip.ttl, usual, from };
        // A late reset by a gateway that forgot the flow has another TTL too, and explains nothing.
        differences.add(
            Field::Ttl,
            usual_ttl(baseline.trace, from).into(),
            odd,
            if milestone.parts() { 100 } else { 30 },
        );
    }
    let negotiated = Direction::BOTH.iter().all(|way| {
        subject.trace.first(|s| s.direction == *way && s.flags.syn() && s.options.timestamps.is_some()).is_some()
    });
    // A bare reset to an unknown connection carries none either, so that for a reset it tells less.
    // After the end anybody's kernel may answer with a bare reset.
    if negotiated && segment.options.timestamps.is_none() && !segment.flags.syn() && milestone.parts() {
        let weight = if matches!(milestone.moment, Moment::Reset) { 45 } else { 60 };
        differences.add(Field::Timestamps, Value::Timestamps(true), Value::Timestamps(false), weight);
    }
}

/// What differs between the packets of each direction as a whole, with that direction.
pub(super) fn directions(baseline: &Side<'_>, subject: &Side<'_>) -> Vec<(Direction, Vec<Difference>)> {
    let same_server = baseline.trace.row.server.ip == subject.trace.row.server.ip;
    Direction::BOTH.map(|way| (way, direction(baseline, subject, way, same_server))).into()
}

fn direction(baseline: &Side<'_>, subject: &Side<'_>, way: Direction, same_server: bool) -> Vec<Difference> {
    let mut differences = Differences::default();
    let packets = |side: &Side<'_>| side.trace.sent(way).filter(|s| !s.events.any(Events::NOT_PART)).count();
    if packets(baseline) == 0 || packets(subject) == 0 {
        return Vec::new();
    }
    if let (Some(left), Some(right)) = (usual_ttl(baseline.trace, way), usual_ttl(subject.trace, way)) {
        let field = Field::Sent(way, OfSender::Ttl);
        match left.abs_diff(right) {
            0..TTL_SPREAD => differences.noise(field, left, right),
            _ => differences.tell(field, left, right, if same_server { 40 } else { 20 }),
        }
    }
    if let (Some(left), Some(right)) = (ids(baseline, way), ids(subject, way)) {
        // Stacks choose by connection, and a few packets hardly show how.
        differences.noise(Field::Sent(way, OfSender::IpId), left, right);
    }
    let dscp = |side: &Side<'_>| usual(side, way, |segment| segment.ip.traffic_class >> 2);
    differences.tell(Field::Sent(way, OfSender::Dscp), dscp(baseline), dscp(subject), 25);
    let fragment = |side: &Side<'_>| usual(side, way, |segment| segment.ip.dont_fragment);
    differences.tell(Field::Sent(way, OfSender::DontFragment), fragment(baseline), fragment(subject), 25);
    let mac = |side: &Side<'_>| usual(side, way, |segment| segment.link.macs.map(|(source, _)| source)).flatten();
    let field = Field::Sent(way, OfSender::Mac);
    if baseline.trace.row.client.ip == subject.trace.row.client.ip {
        differences.tell(field, mac(baseline), mac(subject), 20);
    } else {
        // Another client has another address, and may have another next hop.
        differences.noise(field, mac(baseline), mac(subject));
    }
    let vlan = |side: &Side<'_>| usual(side, way, |segment| segment.link.vlan).flatten();
    differences.tell(Field::Vlan, vlan(baseline), vlan(subject), 30);
    differences.0
}

/// The most frequent value of a direction's packets; the first seen among equals.
fn usual<T: PartialEq>(side: &Side<'_>, way: Direction, of: impl Fn(&TraceSegment) -> T) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in side.trace.sent(way).map(of) {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}

/// How the IP IDs of a direction go on; none where there are too few to tell.
fn ids(side: &Side<'_>, way: Direction) -> Option<IpIds> {
    let ids: Vec<u16> = side
        .trace
        .sent(way)
        .filter(|segment| !segment.events.any(Events::NOT_PART) && !segment.flags.syn() && !segment.flags.rst())
        .filter_map(|segment| segment.ip.id)
        .collect();
    Some(match ids.as_slice() {
        [] | [_] => return None,
        ids if ids.iter().all(|id| *id == 0) => IpIds::Zero,
        ids if ids.windows(2).all(|pair| (1..=64).contains(&pair[1].wrapping_sub(pair[0]))) => IpIds::CountUp,
        ids if ids.windows(2).all(|pair| pair[0] == pair[1]) => IpIds::Constant,
        _ => IpIds::Irregular,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Comparison, Sentence, Then};
    use crate::timeline::samples::Sample;

    fn compare(baseline: &str, subject: &str) -> Comparison {
        Comparison::new((&Sample::of(baseline)).into(), (&Sample::of(subject)).into())
    }

    /// What the row where the two part says of the subject's packet, besides what it is.
    fn check(baseline: &str, subject: &str, expected: &[(Field, Value)]) {
        let comparison = compare(baseline, subject);
        let row = &comparison.rows[comparison.first_divergence.expect("they part")];
        let others = row.differences.iter().filter(|one| one.field != Field::Step && !one.expected);
        let found: Vec<_> = others.map(|one| (one.field, one.subject.clone())).collect();
        assert_eq!(found, expected, "{subject}");
    }

    const GOOD: &str = "> hello\n< server";

    #[test]
    fn a_packet_of_another_sender_is_told_by_its_ttl() {
        let odd = |own| (Field::Ttl, Value::OddTtl { own, usual: 55, from: Direction::ToClient });
        check(GOOD, "> hello\n< RST ttl=63", &[odd(63)]);
        check(GOOD, "> hello\n< RST ttl=128", &[odd(128)]);
        // Ways of one length differ by one.
        check(GOOD, "> hello\n< RST ttl=54", &[]);
        // What is odd in the same way in the good flow explains nothing.
        check("> hello\n< server ttl=63", "> hello\n< RST ttl=63", &[]);
    }

    #[test]
    fn an_answer_that_comes_too_soon_is_no_answer() {
        let soon = (Field::FasterThanTheWay, Value::Duration(1_000_000));
        check("> hello\n< wait=20 server", "> hello\n< wait=1 RST", &[soon]);
        check("> hello\n< wait=1 server", "> hello\n< wait=1 RST", &[]);
    }

    #[test]
    fn the_sentence_knows_a_stranger() {
        let comparison = compare(GOOD, "> hello\n< RST ttl=63");
        let Sentence::Parting(parting) = comparison.sentence else { panic!("they part") };
        let Then::Ways { subject: Some(act), .. } = parting.then else { panic!("different ways") };
        assert_eq!(act.stranger.map(|stranger| (stranger.ttl, stranger.usual)), Some((63, 55)));
    }
}
