//! Aligned milestones as rows, with what differs in each, and where the two part.

use super::align::Pair;
use super::difference::Differences;
use super::gather::{self, milestones};
use super::milestone::{Milestone, Moment, PARTS, Phase, Said};
use super::parting::{Way, meet};
use super::{Difference, Field, Side, Value, explain, message, packet};
use crate::flow::TraceSegment;
use crate::timeline::{Note, Step};
use crate::vocab::Direction;
use crate::vocab::iana::HandshakeType;

/// Nanoseconds and times over from which a delay counts as another delay.
const SLOW_NANOS: i64 = 100_000_000;
const SLOW_TIMES: i64 = 4;
/// Nanoseconds by which two delays must differ to be shown at all.
const SHOWN_NANOS: i64 = 5_000_000;
/// Shortest SYN RTT in nanoseconds that says how far the server is; a shorter one was measured next to it.
const FAR_NANOS: i64 = 1_000_000;
/// From this weight on, what one of two messages of a kind says is where the flows part.
const DECIDES: u8 = 85;
/// From this weight on, a step that the other flow lacks is worth a row of its own: retransmissions, tickets, late ends and
/// acknowledgments come and go.
const WORTH_A_ROW: u8 = 30;

/// Two aligned steps, or one that the other flow lacks.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The baseline's step.
    pub baseline: Option<Step>,
    /// The subject's step.
    pub subject: Option<Step>,
    /// What differs between the two.
    pub differences: Vec<Difference>,
}

impl Row {
    /// Whether the two do the same, apart from what is expected to differ.
    pub fn is_equal(&self) -> bool {
        self.baseline.is_some() && self.subject.is_some() && self.differences.iter().all(|d| d.expected)
    }
}

/// A row with the milestones it came from.
pub(super) struct AlignedRow<'a> {
    pub row: Row,
    pub baseline: Option<Milestone<'a>>,
    pub subject: Option<Milestone<'a>>,
}

impl AlignedRow<'_> {
    /// Whether both do the same thing, whatever its contents.
    pub fn is_matched(&self) -> bool {
        self.baseline.as_ref().zip(self.subject.as_ref()).is_some_and(|(b, s)| b.matches(s))
    }

    /// Whether the two differ here in what tells much.
    fn parts(&self) -> bool {
        self.row.differences.iter().any(|difference| !difference.expected && difference.weight >= PARTS)
    }

    /// Whether both do the same thing, and its contents are why one of the two ended. What a SYN, its answer or a ClientHello
    /// offers is not: what was made of it comes later.
    fn is_explained(&self) -> bool {
        let is_offer = self.subject.as_ref().is_some_and(|one| {
            matches!(one.moment, Moment::Syn | Moment::SynAck)
                || one.step.what.message() == Some(HandshakeType::CLIENT_HELLO)
        });
        self.is_matched() && !is_offer && self.row.differences.iter().any(|one| !one.expected && one.weight >= DECIDES)
    }
}

/// All rows, and where the flows part.
pub(super) struct Aligned<'a> {
    pub rows: Vec<AlignedRow<'a>>,
    pub first_divergence: Option<usize>,
    /// The row behind which all follows from how one of the two ended.
    pub ended: Option<usize>,
}

/// Two flows aligned.
pub(super) fn aligned<'a>(baseline: &Side<'a>, subject: &Side<'a>) -> Aligned<'a> {
    let (mut b, mut s) = (milestones(baseline), milestones(subject));
    gather::even_out(&mut b, &mut s);
    let complete = |side: &Side<'_>| side.tls.is_complete();
    for milestones in [&mut b, &mut s] {
        if baseline.tls.version.zip(subject.tls.version).is_some_and(|(b, s)| b != s) {
            gather::pass_over_versions(milestones);
        }
        if subject.cause.is_none() && complete(baseline) && complete(subject) {
            gather::pass_over_use(milestones);
        }
    }
    let met =
        meet(Way { milestones: &b, complete: complete(baseline) }, Way { milestones: &s, complete: complete(subject) });
    let pairs = met.pairs.iter();
    let mut rows: Vec<AlignedRow<'a>> = pairs.map(|pair| row(baseline, subject, &b, &s, *pair)).collect();
    for (direction, differences) in packet::directions(baseline, subject) {
        let sent = |row: &AlignedRow<'_>| row.subject.as_ref().is_some_and(|one| one.step.from == direction);
        let first = rows.iter().position(|row| row.is_matched() && sent(row)).or_else(|| rows.iter().position(sent));
        if let Some(first) = first {
            rows[first].row.differences.extend(differences);
        }
    }
    for (row, apart) in rows.iter_mut().zip(&met.apart) {
        let is_rest = row.subject.as_ref().is_some_and(|one| one.moment == Moment::Unfinished);
        if is_rest && !apart {
            // What cuts a message off stands opposite.
            row.row.differences.iter_mut().for_each(|difference| difference.expected = true);
        }
        explain::weigh(subject.cause, &mut row.row.differences);
        let packet = |milestone: &Option<Milestone<'_>>| milestone.as_ref().map(|one| one.step.packet);
        let packets = (packet(&row.baseline), packet(&row.subject));
        row.row.differences.iter_mut().for_each(|difference| difference.packets = packets);
    }
    let first_divergence = first_divergence(&rows, &met.apart, subject.cause.is_some());
    let ended = met.ended.filter(|_| first_divergence.is_some());
    if let Some(ended) = ended {
        let behind = rows.iter_mut().skip(ended + 1).flat_map(|row| &mut row.row.differences);
        behind.for_each(|difference| difference.expected = true);
    }
    Aligned { rows, first_divergence, ended }
}

/// The first row in which the two go different ways, or in which what one says explains how it ended. Where there is none,
/// the first whose contents differ in what tells much; of a flow that failed all the same, the first thing that it lacks.
fn first_divergence(rows: &[AlignedRow<'_>], apart: &[bool], failed: bool) -> Option<usize> {
    let decides = |(row, apart): (&AlignedRow<'_>, &bool)| *apart || row.is_explained();
    let lacks = |row: &AlignedRow<'_>| row.subject.is_none();
    let first = rows.iter().zip(apart).position(decides).or_else(|| rows.iter().position(AlignedRow::parts));
    first.or_else(|| rows.iter().position(lacks).filter(|_| failed))
}

fn delay(milestones: &[Milestone<'_>], at: Option<usize>) -> Option<i64> {
    let at = at?;
    let previous = milestones.get(at.checked_sub(1)?)?;
    Some(milestones[at].step.time.nanos_since(previous.step.time))
}

fn row<'a>(
    baseline: &Side<'a>,
    subject: &Side<'a>,
    b: &[Milestone<'a>],
    s: &[Milestone<'a>],
    places: Pair,
) -> AlignedRow<'a> {
    let (left, right) = places;
    let mut differences = Differences::default();
    let delays = (delay(b, left), delay(s, right));
    let (left, right) = (left.map(|left| b[left].clone()), right.map(|right| s[right].clone()));
    let step = |milestone: Option<&Milestone<'_>>| Value::from(milestone.map(|m| m.step.what.clone()));
    match (&left, &right) {
        (Some(left), Some(right)) if left.matches(right) => {
            let segments = (baseline.trace.by_packet(left.step.packet), subject.trace.by_packet(right.step.packet));
            if let (Moment::Syn | Moment::SynAck, (Some(left), Some(right))) = (&left.moment, segments) {
                packet::opening(left, right, &mut differences);
            }
            message::steps((baseline, left), (subject, right), &mut differences);
            // Good flows wait for each other as it happens.
            if subject.cause.is_some() && left.phase == Phase::Handshake && right.phase == Phase::Handshake {
                timing(delays, &mut differences);
            }
        }
        (left, right) => {
            let weight = left.iter().chain(right).map(|milestone| milestone.weight).max().unwrap_or(0);
            let expected =
                weight < WORTH_A_ROW || lacks_by_resumption(baseline, subject, left.as_ref().or(right.as_ref()));
            differences.push(Field::Step, step(left.as_ref()), step(right.as_ref()), weight, expected);
        }
    }
    if let Some(right) = &right {
        let mut odd = Differences::default();
        packet::out_of_line(baseline, subject, right, &mut odd);
        if let Some(left) = &left {
            // What is odd in the same way in a good flow explains nothing.
            let mut usual = Differences::default();
            packet::out_of_line(subject, baseline, left, &mut usual);
            odd.0.retain(|difference| usual.0.iter().all(|known| known.field != difference.field));
        }
        differences.0.append(&mut odd.0);
    }
    if let (Some((way, soon)), None) = (too_fast(subject, s, places.1), too_fast(baseline, b, places.0)) {
        differences.add(Field::FasterThanTheWay, Value::AtLeast(way), Value::Duration(soon), 70);
    }
    let row =
        Row { baseline: left.as_ref().map(shown), subject: right.as_ref().map(shown), differences: differences.0 };
    AlignedRow { row, baseline: left, subject: right }
}

/// A milestone's step as a row shows it: the flag of a packet that closes the connection too has no row of its own.
fn shown(milestone: &Milestone<'_>) -> Step {
    let mut step = milestone.step.clone();
    let (fin, reset) = (step.flags.fin(), step.flags.rst());
    if (fin || reset) && milestone.ends && !step.what.is_segment() {
        step.notes.push(Note::Closes(reset));
    }
    step
}

fn timing((baseline, subject): (Option<i64>, Option<i64>), differences: &mut Differences) {
    let (Some(baseline), Some(subject)) = (baseline, subject) else { return };
    let apart = (baseline - subject).abs();
    if apart < SHOWN_NANOS {
        return;
    }
    let (less, more) = (baseline.min(subject).max(0), baseline.max(subject));
    let another = apart >= SLOW_NANOS && more >= less.saturating_mul(SLOW_TIMES);
    let weight = if another { 25 } else { 0 };
    let (baseline, subject) = (Value::Duration(baseline), Value::Duration(subject));
    differences.push(Field::SincePrevious, baseline, subject, weight, !another);
}

/// An answer that comes before the server can have got the question was not sent by it: the way there and back, and how
/// soon it came, in nanoseconds. What does not acknowledge the question may be no answer to it.
fn too_fast(side: &Side<'_>, milestones: &[Milestone<'_>], at: Option<usize>) -> Option<(i64, i64)> {
    let answer = milestones.get(at?).filter(|answer| answer.step.from == Direction::ToClient)?;
    if !answer.parts() || matches!(answer.moment, Moment::SynAck | Moment::Icmp) {
        return None;
    }
    let packet = side.trace.by_packet(answer.step.packet)?;
    let soon = answered_after(side, packet)?;
    // A SYN may wait for an address or a busy server: the shortest way is the one that any answer took.
    let syn = side.trace.row.syn_rtt().map(|rtt| rtt.as_nanos() as i64)?;
    let others =
        side.trace.sent(Direction::ToClient).filter(|other| other.packet < packet.packet && !other.flags.syn());
    let way = others.filter_map(|other| answered_after(side, other)).chain([syn]).min()?;
    (way >= FAR_NANOS && soon * 2 < way).then_some((way, soon))
}

/// Nanoseconds from the client's last data that a packet of the server acknowledges to that packet; of data sent twice from
/// its first copy.
fn answered_after(side: &Side<'_>, packet: &TraceSegment) -> Option<i64> {
    let covers = |segment: &&TraceSegment| {
        segment.packet < packet.packet
            && segment.payload_len > 0
            && packet.ack.wrapping_sub(segment.seq.wrapping_add(segment.payload_len)).cast_signed() >= 0
    };
    let last = side.trace.sent(Direction::ToServer).rfind(covers).filter(|_| packet.flags.ack())?;
    let first = side.trace.sent(Direction::ToServer).find(|one| one.seq == last.seq && one.payload_len > 0)?;
    Some(packet.time.nanos_since(first.time))
}

/// Whether a message of certificates is missing because one of the two resumes a session.
fn lacks_by_resumption(baseline: &Side<'_>, subject: &Side<'_>, one: Option<&Milestone<'_>>) -> bool {
    use HandshakeType as H;
    let resumed = |side: &Side<'_>| side.tls.resumed == Some(true);
    resumed(baseline) != resumed(subject)
        && one.is_some_and(|one| {
            matches!(
                one.moment,
                Moment::Message(Said::One(
                    H::CERTIFICATE
                        | H::CERTIFICATE_VERIFY
                        | H::CERTIFICATE_REQUEST
                        | H::CERTIFICATE_STATUS
                        | H::COMPRESSED_CERTIFICATE
                        | H::SERVER_KEY_EXCHANGE
                        | H::CLIENT_KEY_EXCHANGE
                        | H::SERVER_HELLO_DONE
                ))
            )
        })
}
