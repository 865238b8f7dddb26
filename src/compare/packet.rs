//! What differs in the packets that carry two milestones, and in the packets of each direction as a whole: TCP's
//! options, TTL, IP ID, DSCP, hardware addresses, VLAN.

use super::difference::Differences;
use super::milestone::{Milestone, Moment};
use super::{Difference, Side};
use crate::flow::{Events, TraceSegment};
use crate::net::options::kind_name;
use crate::timeline::usual_ttl;
use crate::vocab::Direction;
use crate::vocab::text::hex;

/// Least difference between two TTLs that tells of another way or another sender: several equal ways differ by one.
const TTL_SPREAD: u8 = 2;

/// What a SYN or SYN-ACK says.
pub(super) fn opening(b: &TraceSegment, s: &TraceSegment, differences: &mut Differences) {
    let (left, right) = (&b.options, &s.options);
    differences.tell("tcp.options", &kinds(b), &kinds(s), 45);
    differences.tell_option("tcp.mss", left.mss.as_ref(), right.mss.as_ref(), 40);
    differences.tell_option("tcp.window_scale", left.window_scale.as_ref(), right.window_scale.as_ref(), 25);
    differences.tell("tcp.sack_permitted", &yes(left.sack_permitted), &yes(right.sack_permitted), 30);
    differences.tell("tcp.fast_open", &yes(left.fast_open), &yes(right.fast_open), 25);
    differences.tell("tcp.flags", &b.flags.to_string(), &s.flags.to_string(), 30);
    differences.tell("tcp.window", &b.window, &s.window, 15);
    differences.noise("tcp.sequence_number", &b.seq, &s.seq);
    if let (Some((left, _)), Some((right, _))) = (left.timestamps, right.timestamps) {
        differences.noise("tcp.timestamp", &left, &right);
    }
}

/// The kinds of the options in order, padding left out.
fn kinds(segment: &TraceSegment) -> String {
    let names = segment.option_kinds.iter().map(|kind| match kind_name(*kind) {
        Some(name) => name.to_owned(),
        None => format!("kind {kind}"),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
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
        let baseline = usual_ttl(baseline.trace, from).map_or_else(String::new, |ttl| ttl.to_string());
        let text = format!("{} (this {} otherwise: {usual})", segment.ip.ttl, from.sender());
        // A late reset by a gateway that forgot the flow has another TTL too, and explains nothing.
        differences.add("ip.ttl", baseline, text, if milestone.parts() { 85 } else { 30 });
    }
    let negotiated = Direction::BOTH.iter().all(|way| {
        subject.trace.first(|s| s.direction == *way && s.flags.syn() && s.options.timestamps.is_some()).is_some()
    });
    // A bare reset to an unknown connection carries none either, so that for a reset it tells less.
    // After the end anybody's kernel may answer with a bare reset.
    if negotiated && segment.options.timestamps.is_none() && !segment.flags.syn() && milestone.parts() {
        let weight = if matches!(milestone.moment, Moment::Reset) { 45 } else { 60 };
        differences.add("tcp.timestamps", "present".into(), "absent though negotiated".into(), weight);
    }
}

/// What differs between the packets of each direction as a whole, with that direction.
pub(super) fn directions(baseline: &Side<'_>, subject: &Side<'_>) -> Vec<(Direction, Vec<Difference>)> {
    let same_server = baseline.trace.row.server.ip == subject.trace.row.server.ip;
    Direction::BOTH.map(|way| (way, direction(baseline, subject, way, same_server))).into()
}

fn direction(baseline: &Side<'_>, subject: &Side<'_>, way: Direction, same_server: bool) -> Vec<Difference> {
    let mut differences = Differences::default();
    let who = way.sender();
    let packets = |side: &Side<'_>| side.trace.sent(way).filter(|s| !s.events.any(Events::NOT_PART)).count();
    if packets(baseline) == 0 || packets(subject) == 0 {
        return Vec::new();
    }
    if let (Some(left), Some(right)) = (usual_ttl(baseline.trace, way), usual_ttl(subject.trace, way)) {
        let weight = match left.abs_diff(right) {
            0..TTL_SPREAD => 10,
            _ if same_server => 40,
            _ => 20,
        };
        differences.tell(&format!("{who}.ttl"), &left, &right, weight);
    }
    if let (Some(left), Some(right)) = (ids(baseline, way), ids(subject, way)) {
        differences.tell(&format!("{who}.ip_id"), &left, &right, 15);
    }
    let dscp = |side: &Side<'_>| usual(side, way, |segment| segment.ip.traffic_class >> 2);
    differences.tell_option(&format!("{who}.dscp"), dscp(baseline).as_ref(), dscp(subject).as_ref(), 25);
    let fragment = |side: &Side<'_>| usual(side, way, |segment| yes(segment.ip.dont_fragment));
    differences.tell_option(
        &format!("{who}.dont_fragment"),
        fragment(baseline).as_ref(),
        fragment(subject).as_ref(),
        25,
    );
    let mac = |side: &Side<'_>| usual(side, way, |segment| segment.link.macs.map(|(source, _)| source)).flatten();
    let (left, right) = (mac(baseline).map(hardware), mac(subject).map(hardware));
    differences.tell_option(&format!("{who}.mac"), left.as_ref(), right.as_ref(), 20);
    let vlan = |side: &Side<'_>| usual(side, way, |segment| segment.link.vlan).flatten();
    differences.tell_option("vlan", vlan(baseline).as_ref(), vlan(subject).as_ref(), 30);
    differences.0
}

fn hardware(mac: [u8; 6]) -> String {
    hex(&mac).as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(":")
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
fn ids(side: &Side<'_>, way: Direction) -> Option<&'static str> {
    let ids: Vec<u16> = side
        .trace
        .sent(way)
        .filter(|segment| !segment.events.any(Events::NOT_PART) && !segment.flags.syn() && !segment.flags.rst())
        .filter_map(|segment| segment.ip.id)
        .collect();
    Some(match ids.as_slice() {
        [] | [_] => return None,
        ids if ids.iter().all(|id| *id == 0) => "always 0",
        ids if ids.windows(2).all(|pair| (1..=64).contains(&pair[1].wrapping_sub(pair[0]))) => "counts up",
        ids if ids.windows(2).all(|pair| pair[0] == pair[1]) => "constant",
        _ => "irregular",
    })
}
