//! Aligned milestones as rows, with what differs in each; where the two part; all differences ranked.

use std::cmp::Reverse;

use super::align::{Pair, align};
use super::difference::Differences;
use super::milestone::{Milestone, Moment, PARTS, Said, client_hello, hello_end, is_sealed_alert, milestones};
use super::{Difference, Field, OfSender, Side, Value, message, packet};
use crate::timeline::{Step, What};
use crate::vocab::Direction;
use crate::vocab::iana::HandshakeType;

/// Nanoseconds and times over from which a delay counts as another delay.
const SLOW_NANOS: i64 = 100_000_000;
const SLOW_TIMES: i64 = 4;
/// Nanoseconds by which two delays must differ to be shown at all.
const SHOWN_NANOS: i64 = 5_000_000;
/// Shortest SYN RTT in nanoseconds that says how far the server is; a shorter one was measured next to it.
const FAR_NANOS: i64 = 1_000_000;
/// By how much a symptom after the divergence tells less than a candidate cause before it.
const SYMPTOM: u8 = 3;

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

    /// Whether the two go different ways here.
    fn parts(&self) -> bool {
        self.row.differences.iter().any(|difference| !difference.expected && difference.weight >= PARTS)
    }
}

/// All rows, and where the flows part.
pub(super) struct Aligned<'a> {
    pub rows: Vec<AlignedRow<'a>>,
    pub first_divergence: Option<usize>,
}

/// Two flows aligned.
pub(super) fn aligned<'a>(baseline: &Side<'a>, subject: &Side<'a>) -> Aligned<'a> {
    let (b, s) = (milestones(baseline), milestones(subject));
    let mut pairs = align(&b, &s);
    // Once the two went different ways, telling steps of both no longer stand for one moment.
    let parted = pairs.iter().position(|pair| is_parted(pair, &b, &s));
    if let Some(parted) = parted {
        pairs = pairs[..=parted].iter().copied().chain(apart(&pairs[parted + 1..], &b, &s)).collect();
    }
    let mut rows: Vec<AlignedRow<'a>> = pairs.into_iter().map(|pair| row(baseline, subject, &b, &s, pair)).collect();
    for (direction, differences) in packet::directions(baseline, subject) {
        let first = rows.iter_mut().find(|row| {
            row.is_matched() && row.subject.as_ref().is_some_and(|milestone| milestone.step.from == direction)
        });
        if let Some(first) = first {
            first.row.differences.extend(differences);
        }
    }
    let first_divergence = rows.iter().position(AlignedRow::parts).map(|first| {
        if rows[first].subject.is_some() {
            return first;
        }
        // Where the subject lacks an answer, its retransmissions before are where that begins to show.
        let alone =
            rows[..first].iter().rev().take_while(|row| row.baseline.is_none() || row.subject.is_none()).count();
        let is_copy =
            |row: &AlignedRow<'_>| row.subject.as_ref().is_some_and(|milestone| milestone.moment == Moment::Copy);
        (first - alone..first).find(|at| is_copy(&rows[*at])).unwrap_or(first)
    });
    Aligned { rows, first_divergence }
}

fn is_parted(pair: &Pair, b: &[Milestone<'_>], s: &[Milestone<'_>]) -> bool {
    match *pair {
        (Some(left), Some(right)) => !b[left].matches(&s[right]),
        (Some(left), None) => b[left].parts(),
        (None, Some(right)) => s[right].parts(),
        (None, None) => false,
    }
}

fn apart(pairs: &[Pair], b: &[Milestone<'_>], s: &[Milestone<'_>]) -> Vec<Pair> {
    pairs
        .iter()
        .flat_map(|pair| match *pair {
            (Some(left), Some(right)) if !b[left].matches(&s[right]) => {
                [Some((Some(left), None)), Some((None, Some(right)))]
            }
            pair => [Some(pair), None],
        })
        .flatten()
        .collect()
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
            message::steps((baseline, left.step), (subject, right.step), &mut differences);
            timing(delays, &mut differences);
        }
        (left, right) => {
            let weight = left.iter().chain(right).map(|milestone| milestone.weight).max().unwrap_or(0);
            differences.add(Field::Step, step(left.as_ref()), step(right.as_ref()), weight);
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
    let row = Row {
        baseline: left.as_ref().map(|milestone| milestone.step.clone()),
        subject: right.as_ref().map(|milestone| milestone.step.clone()),
        differences: differences.0,
    };
    AlignedRow { row, baseline: left, subject: right }
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

/// An answer that comes before the server can have got the question was not sent by it, or is no answer: the way
/// there and back, and how soon it came, in nanoseconds.
fn too_fast(side: &Side<'_>, milestones: &[Milestone<'_>], at: Option<usize>) -> Option<(i64, i64)> {
    let at = at?;
    let (question, answer) = (milestones.get(at.checked_sub(1)?)?, &milestones[at]);
    let way = side.trace.row.syn_rtt().map(|rtt| rtt.as_nanos() as i64).filter(|nanos| *nanos >= FAR_NANOS)?;
    let soon = answer.step.time.nanos_since(question.step.time);
    let answers = question.step.from == Direction::ToServer && answer.step.from == Direction::ToClient;
    let tells = answers && answer.parts() && answer.moment != Moment::SynAck;
    (tells && soon * 2 < way).then_some((way, soon))
}

/// All differences: those of the rows and of the flows as a whole, the most telling first.
pub(super) fn rank(baseline: &Side<'_>, subject: &Side<'_>, aligned: &Aligned<'_>) -> Vec<Difference> {
    let mut all: Vec<Difference> = whole(baseline, subject);
    for (at, row) in aligned.rows.iter().enumerate() {
        let later = aligned.first_divergence.is_some_and(|first| at > first);
        for difference in &row.row.differences {
            // That a flow which went another way lacks the rest is no news.
            if later && difference.field == Field::Step && difference.subject == Value::Absent {
                continue;
            }
            let weight = if later { difference.weight / SYMPTOM } else { difference.weight };
            all.push(Difference { weight, ..difference.clone() });
        }
    }
    all.sort_by_key(|difference| (difference.expected, Reverse(difference.weight)));
    all
}

/// What differs between the flows as a whole.
fn whole(baseline: &Side<'_>, subject: &Side<'_>) -> Vec<Difference> {
    let mut differences = Differences::default();
    let (b, s) = (&baseline.trace.row, &subject.trace.row);
    differences.tell(Field::ServerIp, b.server.ip, s.server.ip, 30);
    differences.tell(Field::ServerPort, b.server.port, s.server.port, 35);
    differences.tell(Field::ClientIp, b.client.ip, s.client.ip, 15);
    differences.noise(Field::ClientPort, b.client.port, s.client.port);
    if let (Some(left), Some(right)) = (is_hello_acknowledged(baseline), is_hello_acknowledged(subject)) {
        differences.tell(Field::ClientHelloAcknowledged, left, right, 60);
    }
    for way in Direction::BOTH {
        let (left, right) = (b.sides[way].retransmissions, s.sides[way].retransmissions);
        differences.tell(Field::Sent(way, OfSender::Retransmissions), left, right, 25);
    }
    if let (Some(left), Some(right)) = (baseline.tls.resumed, subject.tls.resumed) {
        differences.tell(Field::Resumed, left, right, 40);
    }
    if let (Some(left), Some(right)) = (server_flight(baseline), server_flight(subject)) {
        differences.tell(Field::ServerFlight, left, right, 15);
    }
    differences.tell(Field::Close, close(baseline), close(subject), 15);
    differences.tell(Field::IcmpErrors, b.icmp_errors, s.icmp_errors, 40);
    differences.0
}

/// Whether the server acknowledged the whole ClientHello; none without one.
fn is_hello_acknowledged(side: &Side<'_>) -> Option<bool> {
    let end = hello_end(side)?;
    let packet = client_hello(side)?.packet;
    let mut later = side.trace.sent(Direction::ToClient).filter(|segment| segment.packet > packet);
    Some(
        later.any(|segment| {
            segment.flags.ack() && !segment.flags.rst() && segment.ack.wrapping_sub(end).cast_signed() >= 0
        }),
    )
}

/// Lengths of the encrypted records of the server's flight; none where there are none.
fn server_flight(side: &Side<'_>) -> Option<Value> {
    let records = side.timeline.steps.iter().filter(|step| {
        let said = Said::of(&step.what).filter(|_| !is_sealed_alert(&step.what));
        step.from == Direction::ToClient
            && matches!(step.what, What::Sealed { .. })
            && said.is_some_and(|said| said != Said::One(HandshakeType::NEW_SESSION_TICKET))
    });
    let lengths: Vec<Value> = records.map(|step| step.bytes.into()).collect();
    (!lengths.is_empty()).then_some(Value::List(lengths))
}

/// Who ended the connection, and how.
fn close(side: &Side<'_>) -> Value {
    let end = side.trace.first(|segment| segment.flags.fin() || segment.flags.rst());
    Value::Close(end.map(|segment| (segment.direction, segment.flags.rst())))
}
