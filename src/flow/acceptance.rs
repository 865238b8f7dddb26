//! Whether the end that a segment is addressed to can use it, and why not: the one place that says so.
//!
//! What TCP drops is no answer, and a reset that its receiver drops ends nothing (RFC 9293 §3.10.7, RFC 5961 §3). What
//! the receiver knew is taken from the segments captured before; where they do not tell, the segment counts as usable.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::AddAssign;

use serde::Serialize;

use super::events::Events;
use super::sequence::after;
use super::trace::{Trace, TraceSegment};
use crate::net::Checksum;
use crate::vocab::{Direction, PacketNumber, PerDirection};

/// Why the receiver of a segment cannot use it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unusable {
    /// The checksum is wrong, where the sender's other segments have right ones.
    Damaged,
    /// It answers a SYN and acknowledges something else: the distance from the number that it should acknowledge (RFC
    /// 9293 §3.10.7.3).
    WrongAcknowledgment {
        /// Acknowledged number less the expected one.
        off: i32,
    },
    /// A RST without ACK answers a SYN (RFC 9293 §3.10.7.3).
    ResetWithoutAck,
    /// Neither SYN nor RST answers a SYN.
    NoSyn,
    /// A RST whose sequence number lies outside the receiver's window: the distance from what it expects next (RFC 9293
    /// §3.10.7.4).
    OutOfWindow {
        /// Sequence number less the one expected; negative for what was received before.
        off: i32,
    },
    /// It belongs to an earlier connection between the same ports.
    EarlierConnection,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Damaged => f.write_str("its checksum is wrong"),
            Unusable::WrongAcknowledgment { off: -1 } => {
                f.write_str("it acknowledges the SYN's number (ISN), not ISN + 1")
            }
            Unusable::WrongAcknowledgment { off } => {
                write!(f, "it does not acknowledge this SYN: its number is off by {off}")
            }
            Unusable::ResetWithoutAck => f.write_str("a RST without ACK does not answer a SYN"),
            Unusable::NoSyn => f.write_str("it has no SYN: an ACK of something else"),
            Unusable::OutOfWindow { off } => write!(f, "its sequence number is outside the window, off by {off}"),
            Unusable::EarlierConnection => f.write_str("it belongs to an earlier connection between the same ports"),
        }
    }
}

/// How many segments their receivers cannot use, by reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct UnusableCounts {
    /// A wrong checksum among right ones.
    pub damaged: u64,
    /// An answer to a SYN that acknowledges something else.
    pub wrong_acknowledgment: u64,
    /// A RST without ACK in answer to a SYN.
    pub reset_without_ack: u64,
    /// Neither SYN nor RST in answer to a SYN.
    pub no_syn: u64,
    /// A RST outside the receiver's window.
    pub out_of_window: u64,
    /// What belongs to an earlier connection.
    pub earlier_connection: u64,
}

impl UnusableCounts {
    /// Counts what [`unusable`] found of one flow.
    pub fn of(found: &[(PacketNumber, Unusable)]) -> Self {
        let mut counts = Self::default();
        for (_, why) in found {
            *match why {
                Unusable::Damaged => &mut counts.damaged,
                Unusable::WrongAcknowledgment { .. } => &mut counts.wrong_acknowledgment,
                Unusable::ResetWithoutAck => &mut counts.reset_without_ack,
                Unusable::NoSyn => &mut counts.no_syn,
                Unusable::OutOfWindow { .. } => &mut counts.out_of_window,
                Unusable::EarlierConnection => &mut counts.earlier_connection,
            } += 1;
        }
        counts
    }

    /// The counts with what is said of each.
    pub fn named(self) -> [(u64, &'static str); 6] {
        [
            (self.damaged, "with a wrong checksum"),
            (self.wrong_acknowledgment, "with the wrong ACK of a SYN"),
            (self.reset_without_ack, "a RST without ACK in answer to a SYN"),
            (self.no_syn, "without SYN in answer to a SYN"),
            (self.out_of_window, "a RST outside the window"),
            (self.earlier_connection, "of an earlier connection"),
        ]
    }

    /// How many there are.
    pub fn total(self) -> u64 {
        self.named().iter().map(|(count, _)| count).sum()
    }
}

impl AddAssign for UnusableCounts {
    fn add_assign(&mut self, more: Self) {
        self.damaged += more.damaged;
        self.wrong_acknowledgment += more.wrong_acknowledgment;
        self.reset_without_ack += more.reset_without_ack;
        self.no_syn += more.no_syn;
        self.out_of_window += more.out_of_window;
        self.earlier_connection += more.earlier_connection;
    }
}

/// What is known of one end as a receiver.
#[derive(Clone, Copy, Default)]
struct Receiver {
    /// The next byte it expects, as it last said.
    expects: Option<u32>,
    /// The right edge of the widest window that it offered, where its scale is known.
    edge: Option<u32>,
    /// The end of what was captured on its way to it.
    reached: Option<u32>,
}

/// The segments of a flow that their receivers cannot use, in capture order.
///
/// One pass over the trace. A segment captured twice is told of once.
pub fn unusable(trace: &Trace) -> Vec<(PacketNumber, Unusable)> {
    let damaged = tells_damage(trace);
    let mut receivers = PerDirection::<Receiver>::default();
    let mut opening = Opening { taken: OnceCell::new(), acceptable: Vec::new(), is_over: false };
    let mut found = Vec::new();
    for segment in &trace.segments {
        if segment.events.has(Events::DUPLICATE) {
            continue;
        }
        let why = if segment.events.has(Events::STRAY) {
            Some(Unusable::EarlierConnection)
        } else if damaged[segment.direction] && segment.checksum == Checksum::Wrong {
            Some(Unusable::Damaged)
        } else {
            opening.refuses(trace, segment).or_else(|| receivers[segment.direction].refuses(segment))
        };
        if let Some(why) = why {
            found.push((segment.packet, why));
        } else {
            opening.learn(segment);
            learn(trace, segment, &mut receivers);
        }
    }
    found
}

/// Whether a wrong checksum tells damage in a direction: others are right, and far more of them. A host that captures
/// what it sends leaves all of them unfinished.
fn tells_damage(trace: &Trace) -> PerDirection<bool> {
    let tells = |way: Direction| {
        let count = |wanted: Checksum| trace.sent(way).filter(|s| s.checksum == wanted).count();
        count(Checksum::NotFilledIn) == 0 && count(Checksum::Right) >= 2 * count(Checksum::Wrong).max(1)
    };
    PerDirection { to_server: tells(Direction::ToServer), to_client: tells(Direction::ToClient) }
}

/// TCP's handshake from the client's side: its SYNs, and whether one was answered.
struct Opening {
    /// By sequence number the last segment with which the client goes on, neither SYN nor RST; made where it is asked for.
    taken: OnceCell<HashMap<u32, PacketNumber>>,
    /// Numbers that an answer may acknowledge: the one after each SYN, and after the data that the SYN carried.
    acceptable: Vec<(u32, u32)>,
    is_over: bool,
}

impl Opening {
    fn learn(&mut self, segment: &TraceSegment) {
        match segment.direction {
            Direction::ToServer if segment.flags.syn() && !segment.flags.ack() => {
                let first = segment.seq.wrapping_add(1);
                let numbers = (first, first.wrapping_add(segment.payload_len));
                if self.acceptable.last() != Some(&numbers) {
                    self.acceptable.push(numbers);
                }
            }
            // The client's first segment that is neither SYN nor RST shows that it took an answer.
            Direction::ToServer => self.is_over |= !segment.flags.rst(),
            Direction::ToClient => self.is_over |= segment.flags.syn(),
        }
    }

    /// Why a client whose SYN is not answered yet cannot use this as the answer.
    fn refuses(&self, trace: &Trace, segment: &TraceSegment) -> Option<Unusable> {
        if self.is_over || self.acceptable.is_empty() || segment.direction == Direction::ToServer {
            return None;
        }
        let flags = segment.flags;
        if !flags.ack() {
            return match (flags.rst(), flags.syn()) {
                (true, _) => Some(Unusable::ResetWithoutAck),
                // A SYN alone opens the connection from both sides.
                (false, true) => None,
                (false, false) => Some(Unusable::NoSyn),
            };
        }
        let fits = |(first, last): &(u32, u32)| !after(*first, segment.ack) && !after(segment.ack, *last);
        if self.acceptable.iter().any(fits) {
            return (!flags.syn() && !flags.rst()).then_some(Unusable::NoSyn);
        }
        // A client that goes on with this very number took it: its SYN was changed on the way to the capture.
        let goes_on = |s: &&TraceSegment| s.flags.ack() && !s.flags.rst() && !s.flags.syn();
        let places = || trace.sent(Direction::ToServer).filter(goes_on).map(|s| (s.seq, s.packet)).collect();
        let taken = self.taken.get_or_init(places).get(&segment.ack).is_some_and(|last| *last > segment.packet);
        let (expected, _) = self.acceptable.last()?;
        (!taken).then(|| Unusable::WrongAcknowledgment { off: segment.ack.wrapping_sub(*expected) as i32 })
    }
}

impl Receiver {
    /// Why this end cannot use a reset; what other segments carry outside the window changes nothing.
    fn refuses(&self, segment: &TraceSegment) -> Option<Unusable> {
        let expects = self.expects.filter(|_| segment.flags.rst())?;
        let off = segment.seq.wrapping_sub(expects) as i32;
        if after(expects, segment.seq) {
            return Some(Unusable::OutOfWindow { off });
        }
        // What is on its way moves the window on.
        let edge = self.edge?;
        let moved = self.reached.filter(|reached| after(*reached, expects)).map_or(0, |end| end.wrapping_sub(expects));
        let beyond = after(segment.seq, edge.wrapping_add(moved));
        beyond.then_some(Unusable::OutOfWindow { off })
    }
}

/// Takes note of what a usable segment tells of its sender as a receiver, and of what is on its way to the other end.
fn learn(trace: &Trace, segment: &TraceSegment, receivers: &mut PerDirection<Receiver>) {
    let end = segment.seq.wrapping_add(segment.sequence_length());
    let other = &mut receivers[segment.direction];
    if !segment.flags.rst() && other.reached.is_none_or(|reached| after(end, reached)) {
        other.reached = Some(end);
    }
    if !segment.flags.ack() || segment.flags.rst() {
        return;
    }
    let own = &mut receivers[segment.direction.reversed()];
    if own.expects.is_none_or(|expects| !after(expects, segment.ack)) {
        own.expects = Some(segment.ack);
    }
    if let Some(window) = window(trace, segment) {
        let edge = segment.ack.wrapping_add(window);
        if own.edge.is_none_or(|known| after(edge, known)) {
            own.edge = Some(edge);
        }
    }
}

/// The window that a segment offers in bytes; `None` where its scale is not known (RFC 7323 §2.2).
fn window(trace: &Trace, segment: &TraceSegment) -> Option<u32> {
    if segment.flags.syn() {
        return Some(u32::from(segment.window));
    }
    Some(u32::from(segment.window) << trace.row.window_shift(segment.direction)?)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::flow::FlowRow;
    use crate::net::{Endpoint, IpFacts, Segment, TcpFlags};
    use crate::vocab::Time;

    fn end(last: u8) -> Endpoint {
        Endpoint { ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)), port: 1000 + u16::from(last) }
    }

    /// Segments one a line, 10 ms apart, as `> 100+20 A1 S W500`: who sends, sequence number and bytes, then flags; what
    /// keeps the receiver from using each stands behind the bar.
    fn check(lines: &str) {
        let mut trace = Trace::new(&FlowRow::new(end(1), end(2), PacketNumber(1), Time(0)));
        let mut expected = Vec::new();
        for (at, line) in lines.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
            let (given, why) = line.split_once('|').unwrap_or((line, ""));
            let mut words = given.split_whitespace();
            let (src, dst) = if words.next() == Some(">") { (end(1), end(2)) } else { (end(2), end(1)) };
            let number = |digits: &str| digits.parse::<u32>().expect("a number");
            let (seq, len) = words.next().and_then(|word| word.split_once('+')).expect("seq+len");
            let mut segment = Segment {
                seq: number(seq),
                payload_len: number(len),
                ip: IpFacts { id: Some(at as u16 + 1), ..IpFacts::default() },
                ..Segment::bare(src, dst)
            };
            for word in words {
                match word.split_at(1) {
                    ("A", ack) => (segment.ack, segment.flags.0) = (number(ack), segment.flags.0 | TcpFlags::ACK),
                    ("S", _) => segment.flags.0 |= TcpFlags::SYN,
                    ("F", _) => segment.flags.0 |= TcpFlags::FIN,
                    ("R", _) => segment.flags.0 |= TcpFlags::RST,
                    ("W", window) => segment.window = number(window) as u16,
                    other => panic!("{other:?}"),
                }
            }
            let packet = PacketNumber(at as u32 + 1);
            trace.segment(&segment, packet, Time(at as i64 * 10_000_000));
            if !why.trim().is_empty() {
                expected.push((packet, why.trim().to_owned()));
            }
        }
        let found = unusable(&trace).into_iter().map(|(packet, why)| (packet, format!("{why:?}")));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{lines}");
    }

    #[test]
    fn an_answer_to_a_syn_acknowledges_it() {
        check("> 100+0 S\n < 500+0 S A101\n > 101+0 A501");
        check("> 100+0 S\n < 0+0 R A101");
        // A SYN may carry data, of which the answer takes all or none (RFC 7413 §4.1.3).
        check("> 100+50 S\n < 500+0 S A151\n > 151+0 A501");
        check("> 100+50 S\n < 500+0 S A101\n > 101+50 A501");
        check("> 100+0 S\n < 0+0 R A100 | WrongAcknowledgment { off: -1 }\n > 100+0 S");
        check("> 100+0 S\n < 500+0 S A90 | WrongAcknowledgment { off: -11 }\n > 90+0 R\n > 100+0 S\n < 700+0 S A101");
        check("> 100+0 S\n < 500+0 R | ResetWithoutAck\n > 100+0 S");
        check("> 100+0 S\n < 500+0 A101 | NoSyn\n > 100+0 S");
        // Either SYN may be the one that is answered.
        check("> 100+0 S\n > 300+0 S\n < 500+0 S A101\n > 101+0 A501");
    }

    #[test]
    fn an_answer_that_the_client_goes_on_with_was_taken() {
        // A box changed the SYN's number behind the capture.
        check("> 100+0 S\n < 500+0 S A8101\n > 8101+0 A501");
        // Both ends open (RFC 9293 §3.5, figure 7).
        check("> 100+0 S\n < 500+0 S\n > 100+0 S A501\n < 500+0 S A101");
    }

    #[test]
    fn a_reset_must_lie_in_the_window() {
        let opened = "> 100+0 S\n < 500+0 S A101\n > 101+0 A501\n > 101+100 A501\n < 501+200 A201\n > 201+0 A701\n";
        for (line, why) in [
            ("< 701+0 R", ""),
            ("< 701+0 R A201", ""),
            ("< 1701+0 R", ""),
            ("< 501+0 R", "OutOfWindow { off: -200 }"),
            ("< 5000+0 R", "OutOfWindow { off: 4299 }"),
            ("> 201+0 R", ""),
            ("> 150+0 R A701", "OutOfWindow { off: -51 }"),
        ] {
            check(&format!("{opened}{line} | {why}"));
        }
    }

    #[test]
    fn what_was_not_seen_refuses_nothing() {
        check("< 500+0 R");
        check("> 101+100 A501\n < 900+0 R");
        check("< 500+0 S A101\n < 0+0 R");
    }
}
