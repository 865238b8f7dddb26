//! What ended or spoiled a flow, and whether that was an answer, the end of a wait, or no more than a reply.

use super::case::{Case, SILENCE};
use super::stage::Stage;
use crate::timeline::Step;
use crate::vocab::iana::{AlertDescription, AlertLevel};
use crate::vocab::{Direction, PacketNumber, Time};

/// Seconds after which a server's close no longer answers the client's Finished.
const IDLE: f64 = 1.0;
/// Seconds of silence after which the capture is taken to have paused, or to be several in one: nobody waits so long.
const PAUSE: f64 = 3_600.0;
/// Seconds after which a server that closes is taken to have waited rather than refused.
const SERVER_WAIT: f64 = 5.0;
/// Seconds a client must have waited for its leaving to count as giving up on an answer.
const CLIENT_WAIT: f64 = 1.0;

/// What ended or spoiled a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndingKind {
    /// RST.
    Reset,
    /// FIN.
    Close,
    /// An alert in clear or decrypted.
    Alert(AlertLevel, AlertDescription),
    /// A record that must be an alert, unread.
    EncryptedAlert,
    /// Bytes that are not TLS.
    Foreign,
    /// A record that does not verify with its keys.
    BadTag,
}

/// The first thing that ended or spoiled a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ending {
    /// What it was.
    pub kind: EndingKind,
    /// Whose address it bears.
    pub from: Direction,
    /// The packet.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// Index of its step in the timeline.
    pub step: usize,
}

impl<'a> Case<'a> {
    /// Whether what should have ended the flow did not.
    pub(super) fn is_survived(&self, at: usize, kind: EndingKind) -> bool {
        let step = &self.timeline.steps[at];
        match kind {
            EndingKind::Foreign => self.is_skipped(at),
            EndingKind::Reset => {
                let reset = self.trace.by_packet(step.packet);
                reset.is_some_and(|reset| self.outlives(reset) || self.is_ignored(reset))
            }
            _ => false,
        }
    }

    /// Whether the client goes on with its request as if the foreign bytes were not there: then they never reached it,
    /// or are padding that something on the way took for payload.
    fn is_skipped(&self, at: usize) -> bool {
        let steps = &self.timeline.steps;
        steps[at].from == Direction::ToClient
            && self.stage >= Stage::ClientFinished
            && steps[at..].iter().any(|step| {
                step.from == Direction::ToServer && step.what.is_protected() && !self.lengths.is_alert(step.bytes)
            })
    }

    /// The ending's step.
    pub fn ending_step(&self) -> Option<&'a Step> {
        self.at(self.ending.map(|ending| ending.step))
    }

    /// Whether the ending came from this end and is of this kind.
    pub fn ended_with(&self, from: Direction, kind: EndingKind) -> bool {
        self.ending.is_some_and(|ending| ending.from == from && ending.kind == kind)
    }

    /// The alert that ended the flow, if one did, and who sent it.
    pub fn ending_alert(&self) -> Option<(Direction, AlertLevel, AlertDescription)> {
        match self.ending? {
            Ending { kind: EndingKind::Alert(level, description), from, .. } => Some((from, level, description)),
            _ => None,
        }
    }

    /// The packet that closes the flow, whoever sent it.
    pub fn closing_packet(&self) -> Option<PacketNumber> {
        self.ending.map(|ending| ending.packet)
    }

    /// Seconds from the last thing that advanced the flow to its ending, or to the capture's end.
    pub fn waited(&self, since: Time) -> f64 {
        self.ending.map_or(self.capture_end(), |ending| ending.time).since(since)
    }

    /// Whether the flow ended, or was left, after a wait that names silence as the reason.
    pub fn ended_in_silence(&self, since: Time) -> bool {
        if !self.is_watched(since, self.ending.map_or(self.trace.row.end, |ending| ending.time)) {
            return false;
        }
        let waited = self.waited(since);
        match self.ending {
            None => (SILENCE..PAUSE).contains(&waited) && self.is_captured_to_the_end(),
            // A refusal is no giving up, however long it took.
            Some(Ending { kind: EndingKind::Alert(_, description), from: Direction::ToServer, .. })
                if description.is_about_certificate() =>
            {
                false
            }
            Some(Ending { kind: EndingKind::Reset | EndingKind::Close | EndingKind::Alert(..), from, .. }) => {
                match from {
                    Direction::ToServer => waited >= CLIENT_WAIT,
                    Direction::ToClient => waited >= SERVER_WAIT,
                }
            }
            Some(_) => false,
        }
    }

    /// Whether the server answered the client's early data and closed its direction before the client's Finished came,
    /// which then came all the same (RFC 8446 §2.3: a server may answer 0-RTT data at once).
    pub(super) fn is_answered_early(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else {
            return false;
        };
        let closes = matches!(ending.kind, EndingKind::Close | EndingKind::EncryptedAlert);
        let steps = &self.timeline.steps;
        let record = |step: &&Step| step.from == Direction::ToServer && step.what.is_protected();
        let early = self.seen.server_hello.is_some_and(|hello| steps[..hello].iter().any(|step| record(&step)));
        let finished = |step: &Step| step.bytes >= self.lengths.finished() && step.packet > ending.packet;
        closes
            && self.is_tls13()
            && self.tls.resumed == Some(true)
            && early
            && steps.iter().filter(record).any(finished)
    }

    /// Whether the server closed a TLS 1.3 connection so long after the client's Finished that this is no answer to it:
    /// a spare connection that nobody used, where the server sent no ticket that would show that it had finished too.
    pub fn is_idle_close(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else { return false };
        let told = match ending.kind {
            EndingKind::Alert(_, description) => description.is_close(),
            kind => matches!(kind, EndingKind::Close | EndingKind::Reset | EndingKind::EncryptedAlert),
        };
        let finished =
            self.at(self.seen.client_finished).filter(|_| self.is_tls13() && self.stage == Stage::ClientFinished);
        let rtt = self.trace.row.syn_rtt().map_or(0.0, |rtt| rtt.as_secs_f64());
        told && finished.is_some_and(|step| ending.time.since(step.time) > IDLE + 3.0 * rtt)
    }

    /// Whether the client closed a TLS 1.3 connection first, by a record behind its Finished that must be an alert:
    /// what the server says then replies to that.
    pub fn is_reply_to_close(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else { return false };
        let Some(finished) = self.seen.client_finished.filter(|_| self.is_tls13()) else { return false };
        let reply = match ending.kind {
            EndingKind::Alert(_, description) => description.is_close(),
            kind => matches!(kind, EndingKind::Close | EndingKind::Reset | EndingKind::EncryptedAlert),
        };
        reply
            && self.stage == Stage::ClientFinished
            && self.timeline.steps.iter().skip(finished + 1).any(|step| {
                step.from == Direction::ToServer
                    && step.what.is_protected()
                    && self.lengths.is_alert(step.bytes)
                    // What the reply acknowledges came first, however the two were captured.
                    && (step.packet < ending.packet || self.had_seen(ending.packet, step))
            })
    }

    /// Whether the server's last word says nothing of the client's Finished.
    pub fn is_no_answer(&self) -> bool {
        self.is_idle_close() || self.is_reply_to_close()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::super::silence::last_progress;

    /// Whether a flow of which nothing is captured for so many seconds behind `lines` ended in silence.
    fn check(lines: &str, wait: f64, expected: bool) {
        let said = told(lines, wait, |case| case.ended_in_silence(last_progress(case)));
        assert_eq!(said, expected, "after {wait} s of\n{lines}");
    }

    #[test]
    fn how_long_is_waited_depends_on_who_waits() {
        let acknowledged = "> hello\n< wait=0";
        check(acknowledged, 9.9, false);
        check(acknowledged, 10.0, true);
        // Nobody waits for an hour: the capture paused.
        check(acknowledged, 3599.0, true);
        check(acknowledged, 3600.0, false);
        // Who had no acknowledgment would have sent it again: the capture lacks that.
        check("> hello", 20.0, false);
        check("> hello\n> wait=300 again", 20.0, true);
        check("> hello\n> wait=999 FIN", 0.0, false);
        check("> hello\n> wait=1000 FIN", 0.0, true);
        check("> hello\n> wait=1000 RST", 0.0, true);
        check("> hello\n< wait=4999 FIN", 0.0, false);
        check("> hello\n< wait=5000 FIN", 0.0, true);
        // Bytes that are not TLS are no end of a wait; nor is a refusal, however long it took.
        check("> hello\n< wait=6000 http", 0.0, false);
        check("> hello\n< server\n> wait=2000 alert:2:80", 0.0, true);
        check("> hello\n< server\n> wait=2000 alert:2:42", 0.0, false);
    }

    /// Whether the server's end, behind the client's Finished, is that of an idle connection, and whether it replies to
    /// the client's farewell.
    fn check_last_word(lines: &str, expected: [bool; 2]) {
        let said = told(&format!("> hello\n< server 23/900\n{lines}"), 0.0, |case| {
            [case.is_idle_close(), case.is_reply_to_close()]
        });
        assert_eq!(said, expected, "{lines}");
    }

    #[test]
    fn a_last_word_that_answers_nothing_is_told() {
        // A second, and three round trips of 20 ms.
        check_last_word("> 23/53\n< wait=1060 FIN", [false, false]);
        check_last_word("> 23/53\n< wait=1061 FIN", [true, false]);
        check_last_word("> 23/53\n< wait=1061 RST", [true, false]);
        check_last_word("> wait=2000\n< FIN", [false, false]);
        check_last_word("> 23/53\n> 23/19\n< FIN", [false, true]);
        check_last_word("> 23/53\n> 23/20\n< FIN", [false, false]);
        check_last_word("> 23/53\n> 23/19\n> FIN", [false, false]);
    }
}
