//! Windows that keep a sender from sending: the sender's right to send belongs to the judgement of silence.

use super::case::Case;
use super::stage::Stage;
use crate::flow::Events;
use crate::vocab::{Direction, PacketNumber, Time};

/// Segments from which on their size says something.
const FEW: usize = 5;
/// Seconds after which a flight that is not whole was waited for.
const WAITED: f64 = 3.0;

/// Of a client that wants to send and may not: its first probe of the server's window, which was 0 from the SYN-ACK on,
/// and how many there are.
pub(super) fn never_opened(case: &Case<'_>) -> Option<(PacketNumber, usize)> {
    let probes = || {
        let probe = Events::KEEP_ALIVE | Events::ZERO_WINDOW_PROBE;
        case.trace.sent(Direction::ToServer).filter(move |s| s.events.any(probe))
    };
    let mut offers = case.trace.sent(Direction::ToClient).filter(|s| !s.flags.rst() && !s.flags.fin());
    let closed = case.syn_ack.is_some() && offers.all(|s| s.window == 0);
    Some((probes().next().filter(|_| closed)?.packet, probes().count()))
}

/// A flight of the server in pieces of the client's window without its scale.
pub(super) struct Dribble {
    /// The window that the client offers, as it stands in the header, in bytes.
    pub window: u16,
    /// The scale that it means.
    pub scale: u8,
    /// How many segments are as large.
    pub segments: usize,
    /// The first of them.
    pub first: PacketNumber,
    /// The last of them, and when it came.
    pub last: (PacketNumber, Time),
    /// Whether the SYN-ACK has the option too, as captured here.
    pub both: bool,
}

/// Whether the client leaves after a wait for a flight that came in such pieces.
pub(super) fn dribble(case: &Case<'_>) -> Option<Dribble> {
    // The row's scale is at most 14, whatever the option says (RFC 7323 §2.3).
    let scale = Some(case.trace.row.sides.to_server.window_scale).filter(|scale| *scale > 0)?;
    let ending = case.ending.filter(|ending| ending.from == Direction::ToServer)?;
    let in_flight = (Stage::AnswerBegun..=Stage::ServerFlight).contains(&case.stage);
    let waited = ending.time.since(case.trace.row.start) >= WAITED;
    if !in_flight || !waited {
        return None;
    }
    let both = case.syn_ack?.options.window_scale.is_some();
    let offered = case.trace.sent(Direction::ToServer).filter(|s| s.flags.ack() && !s.flags.rst());
    let window = offered.map(|s| s.window).filter(|window| *window > 0).min()?;
    let data: Vec<_> = case.data(Direction::ToClient).collect();
    let as_large: Vec<_> = data.iter().filter(|s| s.payload_len == u32::from(window)).collect();
    let first = as_large.first().filter(|_| as_large.len() >= FEW && as_large.len() * 2 > data.len())?;
    let last = data.last().map_or((first.packet, first.time), |s| (s.packet, s.time));
    Some(Dribble { window, scale, segments: as_large.len(), first: first.packet, last, both })
}
