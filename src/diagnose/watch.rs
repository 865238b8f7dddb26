//! Whether the capture was really watching: what nobody recorded is no silence.
//!
//! Who judges by something that did not come asks here, by [`Case::capture_end`] for what follows a flow's last packet and
//! by [`Case::is_watched`] for what lies before it.

use super::breaks::Break;
use super::case::Case;
use super::context::Context;
use crate::flow::{Events, TraceSegment};
use crate::vocab::{Direction, Time};

/// Seconds after a flow's last packet within which its answer may still come: as long as systems wait for one by default.
const WAIT: f64 = 130.0;

impl Context {
    /// Until when the capture watched from `since` on without a break.
    pub fn watched_until(&self, since: Time) -> Time {
        self.break_after(since).map_or(self.capture_end, |at| at.from.max(since))
    }

    /// The first span behind `since` in which the capture did not watch.
    fn break_after(&self, since: Time) -> Option<Break> {
        self.breaks.iter().copied().filter(|at| at.to > since).min_by_key(|at| at.from)
    }
}

impl Case<'_> {
    /// Until when the capture watched for more of the flow: to its own end, or to where it broke off.
    pub fn capture_end(&self) -> Time {
        self.context.watched_until(self.trace.row.end).max(self.trace.row.end)
    }

    /// Whether what was not captured of the flow between these moments did not happen.
    pub fn is_watched(&self, since: Time, until: Time) -> bool {
        self.unseen(since, until).is_none()
    }

    /// A span between these moments in which the capture did not watch and something of the flow may have passed.
    pub fn unseen(&self, since: Time, until: Time) -> Option<Break> {
        let between = |at: &&Break| at.from >= since && at.to <= until;
        self.context.breaks.iter().filter(between).find(|at| !self.is_bridged(at)).copied()
    }

    /// The span in which the capture did not watch that ends the silence in which the flow is left, or hides what ended
    /// it.
    pub fn break_in(&self, since: Time) -> Option<Break> {
        if let Some(ending) = self.ending {
            return self.unseen(since, ending.time);
        }
        let end = self.trace.row.end;
        let follows = |at: &Break| at.from.since(end) < WAIT;
        self.unseen(since, end).or_else(|| self.context.break_after(end).filter(follows))
    }

    /// Whether a later segment shows that neither end sent anything new meanwhile: its sender goes on where it was, and
    /// has received no more than before.
    fn is_bridged(&self, at: &Break) -> bool {
        let base = |way: Direction| self.trace.row.sides[way].base_seq;
        let place = |seq: u32, way: Direction| seq.wrapping_sub(base(way)) as i32;
        let part = || self.trace.segments.iter().filter(|s| !s.events.any(Events::NOT_PART));
        let end = |s: &TraceSegment| {
            let length = s.payload_len + u32::from(s.flags.syn()) + u32::from(s.flags.fin());
            place(s.seq.wrapping_add(length), s.direction)
        };
        let before =
            |way: Direction| part().filter(|s| s.direction == way && s.time <= at.from).map(end).max().unwrap_or(0);
        let goes_on = |s: &&TraceSegment| {
            let from = s.direction;
            let received = s.flags.ack() && place(s.ack, from.reversed()) <= before(from.reversed());
            // A SYN acknowledges nothing; a server's bare RST shows that the server had said nothing.
            let says_nothing = !s.flags.ack() && (s.flags.syn() || from == Direction::ToClient);
            place(s.seq, from) <= before(from) && (received || says_nothing)
        };
        part().filter(|s| s.time >= at.to).any(|s| goes_on(&s))
    }
}

#[cfg(test)]
mod tests {
    use super::super::breaks::BreakReason;
    use super::super::samples::told_beside;
    use super::super::verdict::judge;
    use super::*;

    /// What is said of a flow beside a break between two seconds of the capture, which goes on for `wait` seconds.
    fn check(lines: &str, [from, to]: [i64; 2], wait: f64, expected: &str) {
        let moment = |seconds: i64| Time(seconds * Time::SECOND);
        let one = Break { from: moment(from), to: moment(to), why: BreakReason::FilesMissing(1) };
        let context = Context { breaks: vec![one], ..Context::default() };
        let verdict = told_beside(context, lines, wait, judge);
        let finding = verdict.finding.as_ref();
        let said = finding.map(|one| format!(": {}, {}", one.cause, one.confidence)).unwrap_or_default();
        let told = finding.is_some_and(|one| one.detail.contains("did not watch for"));
        let noted = verdict.notes.iter().any(|note| note.text.contains("did not watch for"));
        let said = format!("{}{said}{}", verdict.outcome, if told || noted { ", told" } else { "" });
        assert_eq!(said, expected, "a break from {from} s to {to} s in\n{lines}");
    }

    #[test]
    fn what_nobody_recorded_is_no_silence() {
        let asked = "> hello\n<";
        // Before the flow and long after it; from one second on; from twelve.
        check(asked, [-9, -1], 40.0, "failed: client-hello-unanswered, certain");
        check(asked, [1, 30], 60.0, "incomplete, told");
        check(asked, [12, 30], 60.0, "failed: client-hello-unanswered, likely, told");
        check(asked, [200, 230], 260.0, "failed: client-hello-unanswered, certain");
        // The client leaves behind it: what it has received by then tells.
        check("> hello\n<\n> wait=30000 FIN", [1, 29], 1.0, "failed: client-hello-unanswered, certain");
        check("> hello\n<\n< lost 22/100\n> wait=30000 FIN", [1, 29], 1.0, "incomplete, told");
        check("> hello\n<\n> wait=30000 bare RST", [1, 29], 1.0, "incomplete, told");
        check("> hello\n<\n< wait=30000 bare RST", [1, 29], 1.0, "failed: client-hello-unanswered, certain");
        // What was seen stays.
        check("> hello\n< alert:2:40", [1, 29], 60.0, "failed: no-common-cipher, likely");
    }
}
