//! When the capture watched: its files one by one, and the spans without any packet behind which flows go on with bytes
//! that nobody recorded.
//!
//! Only the span that was seen last is a candidate, and it is kept if flows show it: an idle network looks the same.

use crate::capture::missing_before;
use crate::diagnose::{Break, BreakReason};
use crate::flow::Events;
use crate::vocab::Time;

/// Seconds without any packet from which on the capture may have paused.
const PAUSE: f64 = 1.0;
/// Times the mean distance of packets so far that a pause is longer than.
const LONGER: f64 = 20.0;
/// Flows that must show a pause; between two files one is enough.
const FLOWS: u32 = 2;

/// What the pass notes of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    files: Vec<Part>,
    holes: Vec<Hole>,
    packets: u64,
}

/// When a file's packets were captured.
#[derive(Clone, Copy, Debug)]
struct Part {
    number: usize,
    span: Option<(Time, Time)>,
}

/// A span without any packet, and the flows that were known before it and speak behind it.
#[derive(Clone, Copy, Debug)]
struct Hole {
    from: Time,
    to: Time,
    /// Whether another file begins behind it.
    is_between_files: bool,
    /// Flows that go on where they were.
    whole: u32,
    /// Flows of which bytes are missing.
    broken: u32,
}

impl Hole {
    fn is_shown(&self) -> bool {
        self.broken >= if self.is_between_files { 1 } else { FLOWS } && self.broken >= self.whole
    }
}

impl Watch {
    /// Begins another file.
    pub fn begin_file(&mut self, number: usize) {
        self.files.push(Part { number, span: None });
    }

    /// Takes note of a packet, whatever it is.
    pub fn packet(&mut self, time: Time) {
        let Some(file) = self.files.last() else { return };
        let first = file.span.is_none();
        let before = file.span.or_else(|| self.files.iter().rev().find_map(|file| file.span)).map(|(_, last)| last);
        if let Some(from) = before
            && time.since(from) >= PAUSE
        {
            self.hole(from, time, first);
        }
        self.packets += 1;
        if let Some(file) = self.files.last_mut() {
            let (start, last) = file.span.unwrap_or((time, time));
            file.span = Some((start, last.max(time)));
        }
    }

    fn hole(&mut self, from: Time, to: Time, is_between_files: bool) {
        let began = self.files.iter().find_map(|file| file.span).map_or(from, |(start, _)| start);
        let usual = from.since(began) / self.packets as f64;
        if to.since(from) < usual * LONGER {
            return;
        }
        if self.holes.last().is_some_and(|last| !last.is_shown()) {
            self.holes.pop();
        }
        self.holes.push(Hole { from, to, is_between_files, whole: 0, broken: 0 });
    }

    /// Takes note of a segment of a flow whose last packet before it was captured `before`: the first one behind a hole
    /// shows it or does not.
    pub fn segment(&mut self, before: Time, events: Events, time: Time) {
        let Some(hole) = self.holes.last_mut() else { return };
        if before > hole.from || time < hole.to || events.any(Events::NOT_PART) {
            return;
        }
        let is_broken = events.any(Events::LOST_SEGMENT | Events::ACK_UNSEEN | Events::ACKED_HOLE);
        *if is_broken { &mut hole.broken } else { &mut hole.whole } += 1;
    }

    /// The spans in which the capture did not watch, by time; `names` are those of all files.
    pub fn breaks(&self, names: &[String]) -> Vec<Break> {
        let read: Vec<_> = self.files.iter().filter(|file| file.number < names.len()).collect();
        let known: Vec<String> = read.iter().map(|file| names[file.number].clone()).collect();
        let missing = missing_before(&known).into_iter().enumerate().filter(|(_, files)| *files > 0);
        let mut breaks: Vec<Break> = missing
            .filter_map(|(at, files)| {
                let from = read[..at].iter().filter_map(|file| file.span).map(|(_, last)| last).max()?;
                let to = read[at].span?.0;
                (to > from).then_some(Break { from, to, why: BreakReason::FilesMissing(files) })
            })
            .collect();
        for hole in self.holes.iter().filter(|hole| hole.is_shown()) {
            let why = if hole.is_between_files { BreakReason::BetweenFiles } else { BreakReason::Pause };
            if !breaks.iter().any(|known| known.from < hole.to && hole.from < known.to) {
                breaks.push(Break { from: hole.from, to: hole.to, why });
            }
        }
        breaks.sort_by_key(|span| span.from);
        breaks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::FlowRow;
    use crate::net::{Endpoint, Segment, TcpFlags};
    use crate::vocab::PacketNumber;

    /// Packets as words, one file a line: `a1.5` is a byte of flow a at that second, `a1.5+` one behind bytes that nobody
    /// recorded. The spans in which the capture did not watch, in seconds.
    fn check(names: &str, files: &str, expected: &[(f64, f64, &str)]) {
        let mut watch = Watch::default();
        let mut flows: Vec<(char, FlowRow, u32)> = Vec::new();
        for (number, file) in files.lines().enumerate() {
            watch.begin_file(number);
            for word in file.split_whitespace() {
                let name = word.chars().next().unwrap_or_default();
                let seconds: f64 = word[1..].trim_end_matches('+').parse().expect("a number");
                let time = Time((seconds * Time::SECOND as f64) as i64);
                watch.packet(time);
                let end = |last| Endpoint { ip: [10, 0, 0, last].into(), port: 443 };
                let (src, dst) = (end(name as u8), end(1));
                let at = flows.iter().position(|(known, ..)| *known == name).unwrap_or_else(|| {
                    flows.push((name, FlowRow::new(src, dst, PacketNumber(1), time), 1));
                    flows.len() - 1
                });
                let (_, row, seq) = &mut flows[at];
                *seq += if word.ends_with('+') { 500 } else { 0 };
                let flags = TcpFlags(TcpFlags::ACK);
                let segment = Segment { seq: *seq, payload_len: 1, flags, window: 100, ..Segment::bare(src, dst) };
                *seq += 1;
                let before = row.end;
                let (_, events) = row.segment(&segment, PacketNumber(1), time);
                watch.segment(before, events, time);
            }
        }
        let names: Vec<_> = names.split(' ').map(str::to_owned).collect();
        let seconds = |time: Time| time.0 as f64 / Time::SECOND as f64;
        let said = watch.breaks(&names).into_iter();
        let said: Vec<_> = said.map(|at| (seconds(at.from), seconds(at.to), at.why.name())).collect();
        assert_eq!(said, expected, "{files}");
    }

    #[test]
    fn a_pause_is_shown_by_several_flows_that_go_on_behind_it() {
        let busy = "a0 b0.1 c0.2 a0.3 b0.4 c0.5";
        check("a", &format!("{busy} a9 b9.1 c9.2"), &[]);
        check("a", &format!("{busy} a9+ b9.1+ c9.2"), &[(0.5, 9.0, "pause")]);
        check("a", &format!("{busy} a9+ b9.1 c9.2"), &[]);
        // Most flows go on where they were: what two lack was lost otherwise.
        check("a", &format!("{busy} d0.6 e0.7 a9+ b9.1+ c9.2 d9.3 e9.4"), &[]);
        // A later packet of the same flow shows nothing; nor does a flow that begins behind it.
        check("a", &format!("{busy} a9+ a9.1+ d9.2 d9.3+"), &[]);
        // Not much longer than between other packets.
        check("a", "a0 b1 c2 a3 b4 c5 a9+ b9.1+", &[]);
        // All night.
        check("a", &format!("{busy} a9000+ b9000.1+"), &[(0.5, 9000.0, "pause")]);
    }

    #[test]
    fn between_files_one_flow_shows_what_is_missing() {
        check("a b", "a0 b0.1 a0.2\na9+ b9.1", &[(0.2, 9.0, "between-files")]);
        check("a b", "a0 b0.1 a0.2\na9 b9.1", &[]);
        // Numbers tell it without a flow, and without a pause.
        check("a.pcap1 a.pcap3", "a0 b0.1 a0.2\na0.4 b0.5", &[(0.2, 0.4, "files-missing")]);
        check("a.pcap1 a.pcap3", "a0 b0.1 a0.2\na9+ b9.1+", &[(0.2, 9.0, "files-missing")]);
        check("a.pcap1 a.pcap2", "a0 b0.1 a0.2\na0.4 b0.5", &[]);
    }
}
