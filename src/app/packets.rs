//! The packets of the open flow: as a list and as plots over time, with one cursor for all of them.

use std::sync::Arc;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::msg::{Pane, PaneSize, Target};
use super::screen::Screen;
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
    fn open(&mut self, view: &FlowView, packet: Option<PacketNumber>) {
        self.measured = Measurements::of(view);
        self.cursor = Cursor::default();
        self.zoom = None;
        let sides = &view.trace.row.sides;
        let most = sides.to_client.bytes > sides.to_server.bytes;
        self.direction = if most { Direction::ToClient } else { Direction::ToServer };
        let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
        if let Some(packet) = packet.or(proof) {
            self.seek(view, packet);
        }
    }

    /// Puts the cursor on a packet, or else on the first one after it.
    fn seek(&mut self, view: &FlowView, packet: PacketNumber) {
        let segments = &view.trace.segments;
        let at = segments.partition_point(|segment| segment.packet < packet);
        self.cursor.at = at.min(segments.len().saturating_sub(1));
    }

    /// The packet under the cursor.
    fn packet_of(&self, view: &FlowView) -> Option<PacketNumber> {
        view.trace.segments.get(self.cursor.at).map(|segment| segment.packet)
    }

    /// Goes on to the next kind of plot, or back to the one before.
    fn next_plot(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.plot).unwrap_or(0);
        let step = if forward { 1 } else { KINDS.len() - 1 };
        self.plot = KINDS[(at + step) % KINDS.len()];
    }

    /// Goes to the next packet with an event, or the one before; whether there is one.
    fn seek_event(&mut self, view: &FlowView, forward: bool) -> bool {
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
    fn zoom(&mut self, closer: bool) {
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
    fn zoom_all(&mut self) {
        self.zoom = None;
    }

    /// Shows earlier or later time: half of what is shown further. The cursor goes along.
    fn pan(&mut self, later: bool) {
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

impl Component for Packets {
    fn packet(&self, context: &Context<'_>) -> Option<PacketNumber> {
        self.packet_of(context.view()?)
    }

    fn can(&self, context: &Context<'_>, action: Action) -> bool {
        let can = match action {
            Action::ZoomIn | Action::ZoomOut | Action::ZoomAll | Action::PanLeft | Action::PanRight => {
                self.plot.is_some()
            }
            Action::ToggleWindow => matches!(self.plot, Some(Kind::Sequence | Kind::InFlight)),
            _ => true,
        };
        can && context.view().is_some()
    }

    fn act(&mut self, context: &Context<'_>, action: Action) -> Vec<Then> {
        let Some(view) = context.view() else { return Vec::new() };
        match action {
            Action::Open => return vec![Then::Go(Screen::Timeline, self.packet_of(view))],
            Action::NextPane | Action::PreviousPane => self.next_plot(action == Action::NextPane),
            Action::NextEvent | Action::PreviousEvent => {
                if !self.seek_event(view, action == Action::NextEvent) {
                    return vec![Then::notice("no further event")];
                }
            }
            Action::NextDirection => self.direction = self.direction.reversed(),
            Action::ToggleAbsolute => self.absolute = !self.absolute,
            Action::ToggleWindow => self.whole_window = !self.whole_window,
            Action::ZoomIn | Action::ZoomOut => self.zoom(action == Action::ZoomIn),
            Action::ZoomAll => self.zoom_all(),
            Action::PanLeft | Action::PanRight => self.pan(action == Action::PanRight),
            Action::Left => self.cursor.step(-1, self.measured.len()),
            Action::Right => self.cursor.step(1, self.measured.len()),
            _ => {
                self.cursor.act(action, self.measured.len());
            }
        }
        Vec::new()
    }

    fn opened(&mut self, view: &Arc<FlowView>, packet: Option<PacketNumber>) {
        self.open(view, packet);
    }

    fn go_to_packet(&mut self, context: &Context<'_>, packet: PacketNumber) -> bool {
        let view = context.view();
        if let Some(view) = view {
            self.seek(view, packet);
        }
        view.is_some()
    }

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        self.cursor.resized(size.height, self.measured.len());
    }

    fn wheel(&mut self, _: &Context<'_>, _: Pane, rows: isize) {
        self.cursor.scroll(rows, self.measured.len());
    }

    fn click(&mut self, _: &Context<'_>, target: Target) {
        if let Target::Row(Pane::Packets, row) = target {
            self.cursor.select(row, self.measured.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, said};
    use super::*;

    #[test]
    fn events_are_gone_through_and_lead_to_the_timeline() {
        let fixture = Fixture::new("mtu-black-hole-server-side", 0);
        let view = fixture.view();
        fixture.check(|context| {
            let mut packets = Packets::default();
            packets.opened(&view, None);
            let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
            assert_eq!(packets.packet(context), proof);
            packets.act(context, Action::First);
            let mut events = 0;
            while packets.act(context, Action::NextEvent).is_empty() {
                assert!(unusual(&view.trace.segments[packets.cursor.at]));
                events += 1;
            }
            assert_eq!(events, view.trace.segments.iter().skip(1).filter(|segment| unusual(segment)).count());
            assert_eq!(said(&packets.act(context, Action::NextEvent)), Some("no further event"));
            let here = packets.packet(context);
            assert!(matches!(packets.act(context, Action::Open)[..], [Then::Go(Screen::Timeline, at)] if at == here));
        });
    }

    #[test]
    fn a_plot_never_loses_the_cursor() {
        let fixture = Fixture::new("heavy-loss-ok", 0);
        fixture.check(|context| {
            let mut packets = Packets::default();
            packets.opened(&fixture.view(), None);
            assert!(!packets.can(context, Action::ZoomIn), "there is no plot");
            packets.act(context, Action::NextPane);
            assert!(packets.can(context, Action::ZoomIn));
            let whole = packets.range();
            for action in
                [Action::ZoomIn, Action::ZoomIn, Action::PanRight, Action::PanLeft, Action::Last, Action::First]
            {
                packets.act(context, action);
                let (start, end) = packets.range();
                assert!((start..=end).contains(&packets.now()), "after {action:?}");
                assert!(end - start < whole.1 - whole.0);
            }
            packets.act(context, Action::ZoomAll);
            assert_eq!(packets.range(), whole);
        });
    }

    #[test]
    fn nothing_can_be_done_before_the_flow_is_open() {
        Fixture::new("stacks-ok", 0).check(|context| {
            let closed = Context { subject: None, ..*context };
            let mut packets = Packets::default();
            assert!(!packets.can(&closed, Action::NextEvent) && packets.act(&closed, Action::NextEvent).is_empty());
            assert!(!packets.go_to_packet(&closed, PacketNumber(1)));
        });
    }
}
