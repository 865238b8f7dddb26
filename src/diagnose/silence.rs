//! Loss and silence: what was never acknowledged, what was sent again and again, who stopped waiting.

use std::fmt;

use super::case::{Case, RETRANSMISSIONS};
use super::exchange::carries_news;
use super::rule::Answer;
use crate::flow::{Events, TraceSegment};
use crate::vocab::text::{counted, duration};
use crate::vocab::{Direction, EndedBy, PacketNumber, Time};

/// Payload from which a segment counts as large: below it fits every path (IPv6's minimum MTU less headers).
const LARGE: u32 = 1_200;

/// When the last new byte of either end was seen before the ending.
pub(super) fn last_progress(case: &Case<'_>) -> Time {
    let before = case.ending.map_or(PacketNumber(u32::MAX), |ending| ending.packet);
    let news = |s: &&TraceSegment| s.packet < before && carries_news(s);
    case.trace.segments.iter().filter(news).map(|s| s.time).max().unwrap_or(case.trace.row.start)
}

/// Whether the flow ended in a silence that began with the last progress.
pub(super) fn is_silence(case: &Case<'_>) -> bool {
    // A server that closes without having seen what was sent again and again had waited for it.
    let waited = case.ending.is_none() || case.ended_with(Direction::ToClient, super::EndingKind::Close);
    case.ended_in_silence(last_progress(case)) || waited && gave_up_retransmitting(case)
}

/// The answer of a rule that needs such a silence where there is none: there may be one yet if nobody ended the flow.
pub(super) fn not_yet(case: &Case<'_>) -> Answer {
    if case.ending.is_none() { Answer::Pending } else { Answer::Clear }
}

/// Whether some payload was sent again so often that its loss counts, whatever the clock says.
fn gave_up_retransmitting(case: &Case<'_>) -> bool {
    Direction::BOTH.iter().any(|way| repeats(&unacknowledged_retransmissions(case, *way)) >= RETRANSMISSIONS)
}

/// How often the segment sent again most often was sent again.
pub(super) fn repeats(retransmissions: &[&TraceSegment]) -> usize {
    let times = |seq: u32| retransmissions.iter().filter(|s| s.seq == seq).count();
    // What is never acknowledged is sent again from its beginning: the first segments are the ones that repeat.
    retransmissions.iter().take(64).map(|s| times(s.seq)).max().unwrap_or(0)
}

/// Retransmissions of a direction's payload that nothing ever acknowledged.
pub(super) fn unacknowledged_retransmissions<'a>(case: &Case<'a>, direction: Direction) -> Vec<&'a TraceSegment> {
    let acked = case.acknowledged(direction);
    case.data(direction)
        .filter(|s| s.events.any(Events::ANY_RETRANSMISSION))
        .filter(|s| case.offset(s) + i64::from(s.payload_len) > acked as i64)
        .collect()
}

/// What came in a silence: between the last progress and the ending.
pub(super) struct Within {
    /// Seconds.
    waited: f64,
    /// Segments with payload sent again.
    again: usize,
    /// Probes that keep the connection or ask for a window.
    probes: usize,
    /// Other segments of the server.
    others: usize,
    /// ICMP errors.
    icmp: usize,
}

impl Within {
    /// Of a flow that ended in silence.
    pub fn of(case: &Case<'_>) -> Self {
        /// Seconds within which a segment only acknowledges what was the last news.
        const ACKNOWLEDGES: f64 = 1.0;
        let since = last_progress(case);
        let waited = case.waited(since);
        let (after, until) = (|time: Time| time.since(since), case.ending.map(|ending| ending.packet));
        let inside = |packet: PacketNumber, time: Time| after(time) > 0.0 && until.is_none_or(|until| packet < until);
        let mut within = Self { waited, again: 0, probes: 0, others: 0, icmp: 0 };
        let segments = case.trace.segments.iter().filter(|s| inside(s.packet, s.time));
        for segment in segments.filter(|s| !s.events.any(Events::NOT_PART)) {
            let events = segment.events;
            if events.any(Events::KEEP_ALIVE | Events::KEEP_ALIVE_ACK | Events::ZERO_WINDOW_PROBE) {
                within.probes += usize::from(!events.has(Events::KEEP_ALIVE_ACK));
            } else if segment.payload_len > 0 {
                within.again += usize::from(events.any(Events::ANY_RETRANSMISSION));
            } else {
                within.others += usize::from(after(segment.time) > ACKNOWLEDGES);
            }
        }
        within.icmp = case.trace.icmp.iter().filter(|note| inside(note.packet, note.time)).count();
        within
    }
}

/// `nothing for 10.000 s`, or `nothing new for 10.000 s: 5 segments sent again, 2 ICMP errors`.
impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.again, "segment", " sent again"),
            (self.probes, "probe", ""),
            (self.others, "segment", " without data"),
            (self.icmp, "ICMP error", ""),
        ];
        let came = counts.iter().filter(|(count, ..)| *count > 0);
        let came: Vec<_> = came.map(|(count, noun, how)| format!("{}{how}", counted(*count, noun))).collect();
        let waited = duration(self.waited);
        if came.is_empty() {
            return write!(f, "nothing for {waited}");
        }
        write!(f, "nothing new for {waited}: {}", came.join(", "))
    }
}

/// Who is said to have ended a flow in which nothing came back: the client if it stopped waiting (or the server after
/// that wait), something on the way if even the client's FIN got no answer, unknown if nobody stopped within the capture.
pub(super) fn waiting_client(case: &Case<'_>) -> EndedBy {
    match case.ending {
        Some(_) if is_cut_off(case) => EndedBy::Middlebox,
        Some(_) => EndedBy::Client,
        None => EndedBy::Unknown,
    }
}

/// Whether the client's FIN was sent again and again and nothing answered it: then the server's side, or all packets of
/// one direction, vanished.
pub(super) fn is_cut_off(case: &Case<'_>) -> bool {
    let fins: Vec<_> =
        case.trace.sent(Direction::ToServer).filter(|s| s.flags.fin() && !s.events.any(Events::NOT_PART)).collect();
    let [first, .., last] = fins.as_slice() else { return false };
    let answered = case.trace.sent(Direction::ToClient).any(|s| s.packet > first.packet);
    let rtt = case.trace.row.syn_rtt().map_or(0.0, |rtt| rtt.as_secs_f64());
    !answered && last.time.since(first.time) > 3.0 * rtt
}

/// Where the ClientHello ends in the client's stream: what the client says when it leaves is no part of it.
pub(super) fn hello_end(case: &Case<'_>) -> u64 {
    let hello = case.at(case.seen.second_hello.or(case.seen.client_hello));
    hello.and_then(|step| step.spans.last()).map_or_else(|| case.sent_end(Direction::ToServer), |span| span.end)
}

/// The packet that closes the flow after a wait, else the last one.
pub(super) fn closing(case: &Case<'_>) -> PacketNumber {
    case.closing_packet().unwrap_or(case.trace.row.last_packet)
}

/// A loss by size: large segments of `direction` lost again and again while a smaller one arrives.
pub(super) struct SizeLoss {
    /// The first sign: the first retransmission, or the first packet after the hole.
    pub first: PacketNumber,
    /// Payload of the lost segments in bytes.
    pub lost: u32,
    /// Payload of the largest segment that arrived.
    pub arrived: u32,
    /// The packet that carried it, where it was captured by itself.
    pub arrived_in: Option<PacketNumber>,
    /// How often it was sent again, as far as the capture shows.
    pub retransmissions: usize,
}

/// Looks for a loss by size, from either side of it.
pub(super) fn size_loss(case: &Case<'_>, direction: Direction) -> Option<SizeLoss> {
    lost_beyond(case, direction).or_else(|| lost_before(case, direction))
}

/// Captured before the loss: large segments are retransmitted and never acknowledged; a small one is, by SACK too.
fn lost_beyond(case: &Case<'_>, direction: Direction) -> Option<SizeLoss> {
    let lost = unacknowledged_retransmissions(case, direction);
    let large: Vec<_> = lost.iter().filter(|s| s.payload_len >= LARGE).collect();
    // A stack that halves its segments retransmits smaller ones at last.
    if large.len() < RETRANSMISSIONS {
        return None;
    }
    let base = case.trace.row.sides[direction].first_seq();
    let sacked: Vec<(i64, i64)> = case
        .trace
        .sent(direction.reversed())
        .flat_map(|s| s.options.sack_blocks().iter().copied())
        .map(|(left, right)| (i64::from(left.wrapping_sub(base) as i32), i64::from(right.wrapping_sub(base) as i32)))
        .collect();
    let acked = case.acknowledged(direction) as i64;
    let arrived = case.data(direction).filter(|s| s.payload_len < large[0].payload_len).filter(|s| {
        let (start, end) = (case.offset(s), case.offset(s) + i64::from(s.payload_len));
        end <= acked || sacked.iter().any(|(left, right)| *left <= start && end <= *right)
    });
    // An offloaded segment is captured whole though its parts travel, and are lost, one by one.
    let part = sacked
        .iter()
        .map(|(left, right)| right - left)
        .filter(|part| (1..i64::from(large[0].payload_len)).contains(part));
    let whole = arrived.max_by_key(|s| s.payload_len);
    let arrived = whole.map(|s| i64::from(s.payload_len)).into_iter().chain(part).max()? as u32;
    // Everything as large that arrived before speaks against the size.
    let as_large_arrived = case
        .data(direction)
        .any(|s| s.payload_len >= large[0].payload_len && case.offset(s) + i64::from(s.payload_len) <= acked);
    (!as_large_arrived).then(|| SizeLoss {
        first: lost[0].packet,
        lost: large[0].payload_len,
        arrived,
        arrived_in: whole.filter(|s| s.payload_len == arrived).map(|s| s.packet),
        retransmissions: large
            .iter()
            .map(|s| large.iter().filter(|other| other.seq == s.seq).count())
            .max()
            .unwrap_or(0),
    })
}

/// Captured behind the loss: a hole of at least a large segment that is never filled, and a smaller segment after it.
fn lost_before(case: &Case<'_>, direction: Direction) -> Option<SizeLoss> {
    let pieces = &case.streams.pieces[direction];
    let hole = pieces.iter().position(|piece| piece.source.is_none())?;
    let gap = pieces[hole].range;
    let after = pieces[hole + 1..].iter().find(|piece| piece.source.is_some())?;
    let acked = case.acknowledged(direction);
    // What the snap length cut was there.
    let cut = case.data(direction).any(|s| {
        let start = case.offset(s) as u64;
        start < gap.end && start + u64::from(s.payload_len) > gap.start
    });
    if cut || acked > gap.start || gap.len() < u64::from(LARGE) {
        return None;
    }
    let first = after.source.as_ref()?.packet;
    let behind = case.data(direction).filter(|s| case.offset(s) as u64 >= gap.end).max_by_key(|s| s.payload_len)?;
    let arrived = behind.payload_len;
    let mss = u64::from(case.trace.row.sides[direction.reversed()].mss);
    let whole = arrived >= LARGE && mss > 0 && u64::from(arrived) + 12 >= mss;
    let lost = gap.len().min(u64::from(u32::MAX)) as u32;
    (!whole).then_some(SizeLoss { first, lost, arrived, arrived_in: Some(behind.packet), retransmissions: 0 })
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;

    /// Bytes of the server's that are lost by their size, of those that arrived, and how often they were sent again.
    fn check(lines: &str, expected: Option<(u32, u32, usize)>) {
        let said = told(&format!("> hello\n{lines}"), 0.0, |case| {
            size_loss(case, Direction::ToClient).map(|loss| (loss.lost, loss.arrived, loss.retransmissions))
        });
        assert_eq!(said, expected, "{lines}");
    }

    #[test]
    fn a_silence_is_told_with_what_came_in_it() {
        let check = |lines: &str, wait: f64, expected: &str| {
            let said = told(&format!("> hello\n<\n{lines}"), wait, |case| Within::of(case).to_string());
            assert_eq!(said, expected, "{lines}");
        };
        check("", 11.0, "nothing for 11.010 s");
        check("> wait=3000 FIN", 0.0, "nothing for 3.010 s");
        check("> wait=300 again\n> wait=600 again", 11.0, "nothing new for 11.910 s: 2 segments sent again");
        check("< wait=3000\n> wait=3000 FIN", 0.0, "nothing new for 6.010 s: 1 segment without data");
    }

    #[test]
    fn loss_by_size_is_seen_where_it_is_sent() {
        let small = "< 22/200\n>\n";
        let again = "\n< wait=300 again\n< wait=600 again";
        check(&format!("{small}< 22/1395{again}\n< wait=1200 again"), Some((1400, 205, 3)));
        check(&format!("{small}< 22/1395{again}"), None);
        check(&format!("{small}< 22/1194{again}\n< wait=1200 again"), None);
        // One as large arrived, or it was acknowledged at last.
        check(&format!("< 22/1395\n>\n< 22/1395{again}\n< wait=1200 again"), None);
        check(&format!("{small}< 22/1395{again}\n< wait=1200 again\n>"), None);
    }

    #[test]
    fn loss_by_size_is_seen_where_it_does_not_arrive() {
        check("< lost 22/1395\n< done\n> old", Some((1400, 9, 0)));
        check("< lost 22/1194\n< done\n> old", None);
        // The capture lacks it, the client does not.
        check("< lost 22/1395\n< done\n>", None);
    }
}
