//! The packets of the open flow: as a list and as plots over time, with one cursor for all of them.

use super::cursor::Cursor;
use crate::engine::FlowView;
use crate::present::packets::{Measurements, unusual};
use crate::present::plot::Kind;
use crate::vocab::{Direction, PacketNumber};

/// Nanoseconds that a plot covers at least.
const NARROWEST: i64 = 1_000;

/// What is shown, in the order of Tab.
const KINDS: [Option<Kind>; 5] =
    [None, Some(Kind::Sequence), Some(Kind::RoundTrip), Some(Kind::InFlight), Some(Kind::Throughput)];

/// The state of the packets' screen.
#[derive(Debug)]
pub struct Packets {
    /// The plot that is shown; the list alone without one.
    pub plot: Option<Kind>,
    /// The segment under the cursor.
    pub cursor: Cursor,
    /// Whether sequence numbers are shown as they are in the packets.
    pub absolute: bool,
    /// Whose data is plotted.
    pub direction: Direction,
    /// Whether a plot is as high as the receiver's window.
    pub whole_window: bool,
    /// What was measured of each segment.
    pub measured: Measurements,
    /// What part of time the plots show, in nanoseconds since the flow began; all of it without.
    zoom: Option<(i64, i64)>,
}

impl Default for Packets {
    fn default() -> Self {
        Self {
            plot: None,
            cursor: Cursor::default(),
            absolute: false,
            direction: Direction::ToServer,
            whole_window: false,
            measured: Measurements::default(),
            zoom: None,
        }
    }
}

impl Packets {
    /// Shows another flow; the cursor goes to `packet`, else to what proves the finding, else to the beginning.
    pub fn open(&mut self, view: &FlowView, packet: Option<PacketNumber>) {
        self.measured = Measurements::of(view);
        self.cursor = Cursor::default();
        self.zoom = None;
        let sides = &view.trace.row.sides;
        let most = sides.to_client.bytes > sides.to_server.bytes;
        self.direction = if most { Direction::ToClient } else { Direction::ToServer };
        let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
        if let Some(packet) = packet.or(proof) {
            self.go_to_packet(view, packet);
        }
    }

    /// Puts the cursor on a packet, or else on the first one after it.
    pub fn go_to_packet(&mut self, view: &FlowView, packet: PacketNumber) {
        let segments = &view.trace.segments;
        let at = segments.partition_point(|segment| segment.packet < packet);
        self.cursor.at = at.min(segments.len().saturating_sub(1));
    }

    /// The packet under the cursor.
    pub fn packet(&self, view: &FlowView) -> Option<PacketNumber> {
        view.trace.segments.get(self.cursor.at).map(|segment| segment.packet)
    }

    /// Goes on to the next kind of plot, or back to the one before.
    pub fn next_plot(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.plot).unwrap_or(0);
        let step = if forward { 1 } else { KINDS.len() - 1 };
        self.plot = KINDS[(at + step) % KINDS.len()];
    }

    /// Goes to the next packet with an event, or the one before; whether there is one.
    pub fn seek_event(&mut self, view: &FlowView, forward: bool) -> bool {
        let segments = &view.trace.segments;
        let odd = |at: &usize| unusual(&segments[*at]);
        let at = self.cursor.at;
        let place = if forward { (at + 1..segments.len()).find(odd) } else { (0..at).rev().find(odd) };
        if let Some(at) = place {
            self.cursor.at = at;
        }
        place.is_some()
    }

    /// All of the time that the flow took.
    fn whole(&self) -> (i64, i64) {
        let (first, last) = self.measured.span();
        (first, last.max(first.saturating_add(NARROWEST)))
    }

    fn now(&self) -> i64 {
        self.measured.time(self.cursor.at).unwrap_or(0)
    }

    /// The part of time that is shown; the cursor is always in it.
    pub fn range(&self) -> (i64, i64) {
        let Some((start, end)) = self.zoom else { return self.whole() };
        let (now, margin) = (self.now(), (end - start) / 10);
        let by = match now {
            now if now < start => now - margin - start,
            now if now > end => now + margin - end,
            _ => 0,
        };
        (start.saturating_add(by), end.saturating_add(by))
    }

    /// Shows half the time around the cursor, or twice as much.
    pub fn zoom(&mut self, closer: bool) {
        let ((start, end), (first, last)) = (self.range(), self.whole());
        let now = self.now();
        let scale = |distance: i64| if closer { distance / 2 } else { distance.saturating_mul(2) };
        let (start, end) = (now.saturating_sub(scale(now - start)), now.saturating_add(scale(end - now)));
        if closer && end.saturating_sub(start) < NARROWEST {
            return;
        }
        self.zoom = (start > first || end < last).then_some((start.max(first), end.min(last)));
    }

    /// Shows all of the time.
    pub fn zoom_all(&mut self) {
        self.zoom = None;
    }

    /// Shows earlier or later time: half of what is shown further. The cursor goes along.
    pub fn pan(&mut self, later: bool) {
        let ((start, end), (first, last)) = (self.range(), self.whole());
        let half = (end - start) / 2;
        let by = if later { half.min(last - end) } else { -half.min(start - first) };
        if self.zoom.is_none() || by == 0 {
            return;
        }
        let (start, end) = (start + by, end + by);
        self.zoom = Some((start, end));
        if !(start..=end).contains(&self.now()) {
            self.cursor.at = self.measured.nearest(start, end, later).unwrap_or(self.cursor.at);
        }
    }
}
