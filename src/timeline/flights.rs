//! Steps in groups: TCP's opening, flights, TCP's close; and how long each flight was waited for.
//!
//! A flight is what an end sends before the other one speaks (RFC 8446 §2). How much of a wait is the network's and how
//! much the sender's is an estimate: the network's part is the shortest round trip to that end that the capture shows,
//! seen from where it was taken.

use std::ops::Range;

use super::{Step, Timeline, What};
use crate::flow::{Events, Trace, measure};
use crate::vocab::{Direction, PerDirection, Time};

/// What a group of steps is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlightKind {
    /// SYN, SYN ACK, ACK.
    Opening,
    /// Bytes of one end.
    Data,
    /// FIN or RST without bytes, and what acknowledges them.
    Closing,
}

impl FlightKind {
    /// The kind's name in output.
    pub fn name(self) -> &'static str {
        match self {
            FlightKind::Opening => "opening",
            FlightKind::Data => "data",
            FlightKind::Closing => "closing",
        }
    }
}

/// How long the other end waited for a flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Nanoseconds from the last bytes of the flight before to the first of this one.
    pub whole: i64,
    /// Nanoseconds of it that the network took: an estimate; `None` where no round trip to the sender was seen.
    pub network: Option<i64>,
}

impl Wait {
    /// Nanoseconds that the sender took to think: what the network did not take.
    pub fn think(self) -> Option<i64> {
        self.network.map(|network| self.whole - network)
    }
}

/// Steps that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// What it is.
    pub kind: FlightKind,
    /// Who sends; of the close, who begins it.
    pub from: Direction,
    /// Its steps.
    pub steps: Range<usize>,
    /// Segments that carry bytes.
    pub segments: usize,
    /// Payload in bytes, retransmissions left out.
    pub bytes: u64,
    /// How long it was waited for; `None` where nothing of the other end came before.
    pub wait: Option<Wait>,
}

/// Groups the steps of a timeline. Every step is in one group.
pub fn flights(trace: &Trace, timeline: &Timeline) -> Vec<Flight> {
    let mut flights: Vec<Flight> = Vec::new();
    for (at, step) in timeline.steps.iter().enumerate() {
        let begins = match (begins(step), flights.last()) {
            (None, None) => Some((FlightKind::Data, step.from)),
            (None, Some(_)) => None,
            // Each end closes its own direction.
            (Some((FlightKind::Closing, _)), Some(last)) if last.kind == FlightKind::Closing => None,
            (Some((FlightKind::Opening, _)), Some(last)) if last.kind == FlightKind::Opening => None,
            (Some((kind, from)), Some(last)) => ((kind, from) != (last.kind, last.from)).then_some((kind, from)),
            (begins, None) => begins,
        };
        if let Some((kind, from)) = begins {
            flights.push(Flight { kind, from, steps: at..at, segments: 0, bytes: 0, wait: None });
        }
        let Some(flight) = flights.last_mut() else { continue };
        flight.steps.end = at + 1;
        if carries(step) && !step.events.any(Events::ANY_RETRANSMISSION) {
            flight.segments += 1;
            flight.bytes += step.bytes;
        }
    }
    let round_trips = round_trips(trace);
    let mut said: PerDirection<Option<Time>> = PerDirection::default();
    for flight in flights.iter_mut().filter(|flight| flight.kind == FlightKind::Data) {
        let carriers =
            || timeline.steps[flight.steps.clone()].iter().filter(|step| step.from == flight.from && carries(step));
        let (first, last) = (carriers().next().map(|step| step.time), carriers().next_back().map(|step| step.time));
        flight.wait = said[flight.from.reversed()].zip(first).map(|(before, first)| {
            let whole = first.nanos_since(before);
            Wait { whole, network: round_trips[flight.from].map(|network| network.min(whole)) }
        });
        said[flight.from] = last.or(said[flight.from]);
        // An answer is to what came just before; what both send at once answers nothing.
        said[flight.from.reversed()] = None;
    }
    flights
}

/// What group a step begins or goes on with; none where it goes with whatever is there.
fn begins(step: &Step) -> Option<(FlightKind, Direction)> {
    match step.what {
        What::Segment(flags) if flags.syn() => Some((FlightKind::Opening, step.from)),
        What::Segment(_) if step.events.any(Events::NOT_NEW) => None,
        What::Segment(_) if step.bytes > 0 && !step.events.any(Events::KEEP_ALIVE) => {
            Some((FlightKind::Data, step.from))
        }
        What::Segment(flags) if flags.fin() || flags.rst() => Some((FlightKind::Closing, step.from)),
        What::Gap(_) => Some((FlightKind::Data, step.from)),
        // What is read in a segment belongs with it; what only acknowledges, to what is there.
        _ => None,
    }
}

fn carries(step: &Step) -> bool {
    step.what.is_segment() && step.bytes > 0
}

/// The shortest round trip from where the capture was taken to each end, in nanoseconds. An acknowledgment that carries
/// bytes may have waited for them, so those count only where there is no other.
fn round_trips(trace: &Trace) -> PerDirection<Option<i64>> {
    let measured = measure(trace);
    let mut shortest: PerDirection<[Option<i64>; 2]> = PerDirection::default();
    for (segment, measured) in trace.segments.iter().zip(&measured) {
        let Some(rtt) = measured.rtt.filter(|rtt| *rtt >= 0) else { continue };
        let slot = &mut shortest[segment.direction][usize::from(segment.payload_len > 0)];
        *slot = Some(slot.map_or(rtt, |known| known.min(rtt)));
    }
    let mut best = PerDirection::default();
    for direction in Direction::BOTH {
        let [bare, carrying] = shortest[direction];
        best[direction] = bare.or(carrying);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::samples::Sample;

    const MILLISECOND: i64 = 1_000_000;

    /// The flights behind TCP's opening: kind, sender, segments with bytes; milliseconds waited in all, and for the
    /// sender.
    fn check(lines: &str, expected: &[&str]) {
        let sample = Sample::of(lines);
        let flights = flights(&sample.trace, &sample.timeline);
        let found = flights[1..].iter().map(|flight| {
            let wait = flight.wait.map_or_else(String::new, |wait| {
                let think = wait.think().map_or(-1, |think| think / MILLISECOND);
                format!(" after {} {think}", wait.whole / MILLISECOND)
            });
            format!("{} {} {}{wait}", flight.kind.name(), flight.from.sender(), flight.segments)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{lines}");
    }

    #[test]
    fn a_wait_divides_into_the_way_and_the_sender() {
        // Each way takes 10 ms in the lines of these tests.
        check(
            "> hello\n< wait=40 server 23/900\n> wait=10 20/1 23/53",
            &["data client 1", "data server 1 after 40 30", "data client 1 after 10 0"],
        );
        check("> hello\n> 23/100", &["data client 2"]);
        check("> hello\n<\n< wait=40 server", &["data client 1", "data server 1 after 50 40"]);
        check("> hello\n> again\n< server", &["data client 1", "data server 1 after 10 0"]);
        check("> hello\n> FIN\n< FIN", &["data client 1", "closing client 0"]);
    }
}
