//! A flow's packets as rows: numbers, window, flags, TTL, and what TCP made of each.

use super::ladder::mark;
use super::role::{Line, Role, Span};
use super::values;
use crate::diagnose::Finding;
use crate::engine::FlowView;
use crate::flow::{Events, Measured, TraceSegment, measure};
use crate::vocab::Direction;

/// A column of the list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// Its width.
    pub width: u16,
    /// Whether it stands at the right.
    pub right: bool,
    /// Columns of a low rank stay when there is little room.
    pub rank: u8,
}

const fn column(title: &'static str, width: u16, right: bool, rank: u8) -> Column {
    Column { title, width, right, rank }
}

/// The columns; what TCP made of the packet comes after them.
pub const COLUMNS: &[Column] = &[
    column("packet", 7, true, 0),
    column("time", 11, true, 4),
    column("delta", 9, true, 7),
    column("from", 6, false, 1),
    column("seq", 10, true, 5),
    column("ack", 10, true, 6),
    column("bytes", 6, true, 3),
    column("window", 8, true, 8),
    column("flags", 11, false, 2),
    column("TTL", 4, true, 9),
    column("IP ID", 6, true, 11),
    column("RTT", 8, true, 12),
    column("flight", 8, true, 10),
];

/// What was measured of each segment of a flow, in order.
#[derive(Debug, Default)]
pub struct Measurements(Vec<Measured>);

impl Measurements {
    /// Those of an open flow.
    pub fn of(view: &FlowView) -> Self {
        Self(measure(&view.trace))
    }

    /// Those of all segments.
    pub fn all(&self) -> &[Measured] {
        &self.0
    }

    /// Number of segments.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When a segment came, in nanoseconds since the flow began.
    pub fn time(&self, at: usize) -> Option<i64> {
        self.0.get(at).map(|one| one.since_start)
    }

    /// The earliest and the latest time; clocks step back, so neither need be the first or last segment's.
    pub fn span(&self) -> (i64, i64) {
        let times = || self.0.iter().map(|one| one.since_start);
        (times().min().unwrap_or(0), times().max().unwrap_or(0))
    }

    /// The first segment from `start` on, or the last one up to `end`.
    pub fn nearest(&self, start: i64, end: i64, later: bool) -> Option<usize> {
        if later {
            self.0.iter().position(|one| one.since_start >= start)
        } else {
            self.0.iter().rposition(|one| one.since_start <= end)
        }
    }

    /// A segment of the flow with what was measured of it.
    pub fn with<'a>(&'a self, view: &'a FlowView, at: usize) -> Option<(&'a TraceSegment, &'a Measured)> {
        view.trace.segments.get(at).zip(self.0.get(at))
    }
}

/// Whether TCP had something to say of a segment, or it is a reset.
pub fn unusual(segment: &TraceSegment) -> bool {
    segment.events != Events::default() || segment.flags.rst()
}

/// The sign of a packet that is evidence.
pub fn evidence(finding: Option<&Finding>, segment: &TraceSegment) -> Span {
    let found = finding.and_then(|finding| finding.evidence.iter().find(|one| one.packet == segment.packet));
    mark(found.map(|one| one.role))
}

/// The cells of a segment, in the order of [`COLUMNS`].
pub fn cells(view: &FlowView, segment: &TraceSegment, measured: &Measured, absolute: bool) -> Vec<Span> {
    let dim = |text: String| Span::new(Role::Dim, text);
    let (way, name) = sender(segment.direction);
    let number = |relative: i64, raw: u32| if absolute { raw.to_string() } else { relative.to_string() };
    let usual = view.trace.row.sides[segment.direction].ttl;
    let ttl = if segment.ip.ttl == usual {
        dim(segment.ip.ttl.to_string())
    } else {
        Span::new(Role::Difference, format!("{}!", segment.ip.ttl))
    };
    let long = if measured.delta >= 1_000_000_000 { Role::Warning } else { Role::Dim };
    let flags = if segment.flags.rst() { Role::Failed } else { Role::Dim };
    let window = if segment.window == 0 && !segment.flags.rst() { Role::Warning } else { Role::Dim };
    vec![
        Span::new(Role::Offset, segment.packet.to_string()),
        Span::new(Role::Text, format!("{:.6}", seconds(measured.since_start))),
        Span::new(long, format!("+{}", values::duration(seconds(measured.delta)))),
        Span::new(way, name),
        Span::new(Role::Text, number(measured.seq, segment.seq)),
        Span::new(Role::Text, measured.ack.map_or_else(String::new, |ack| number(ack, segment.ack))),
        Span::new(Role::Strong, if segment.payload_len > 0 { segment.payload_len.to_string() } else { String::new() }),
        Span::new(window, measured.window.to_string()),
        Span::new(flags, segment.flags.to_string()),
        ttl,
        dim(segment.ip.id.map_or_else(String::new, |id| id.to_string())),
        dim(measured.rtt.map_or_else(String::new, |rtt| values::duration(seconds(rtt)))),
        dim(measured.in_flight.map_or_else(String::new, |bytes| bytes.to_string())),
    ]
}

/// What TCP made of a segment.
pub fn events(segment: &TraceSegment) -> Line {
    let mut line = Line::new();
    for event in segment.events.names() {
        line.push(Role::Event, format!("[{event}] "));
    }
    line
}

/// A segment in one line, for below a plot.
pub fn summary(segment: &TraceSegment, measured: &Measured) -> Line {
    let (way, name) = sender(segment.direction);
    let mut line = Line::of(Role::Offset, format!("packet {}  ", segment.packet))
        .with(Role::Text, format!("{:.6}  ", seconds(measured.since_start)))
        .with(way, format!("{name}  "))
        .with(if segment.flags.rst() { Role::Failed } else { Role::Text }, format!("{}  ", segment.flags))
        .with(Role::Text, format!("seq {}  ", measured.seq));
    if segment.payload_len > 0 {
        line.push(Role::Strong, format!("{} bytes  ", segment.payload_len));
    }
    if let Some(ack) = measured.ack {
        line.push(Role::Text, format!("ack {ack}  "));
    }
    line.push(Role::Dim, format!("window {}  ", measured.window));
    line.spans.extend(events(segment).spans);
    line
}

/// How many of a flow's packets have which event, the most first.
pub fn tally(view: &FlowView) -> Line {
    let segments = &view.trace.segments;
    let bits = (0..u32::BITS).map(|bit| Events(1 << bit));
    let counted = bits.map(|bit| (segments.iter().filter(|segment| segment.events.has(bit)).count(), bit));
    let mut counted: Vec<_> = counted.filter(|(count, _)| *count > 0).collect();
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut line = Line::of(Role::Dim, format!("{} packets", segments.len()));
    for (count, event) in counted {
        for name in event.names() {
            line.push(Role::Event, format!("  {count} {name}"));
        }
    }
    if view.trace.capped > 0 {
        line.push(Role::Warning, format!("  {} left out: the flow is too large", view.trace.capped));
    }
    line
}

pub(super) fn sender(direction: Direction) -> (Role, &'static str) {
    match direction {
        Direction::ToServer => (Role::ToServer, "client"),
        Direction::ToClient => (Role::ToClient, "server"),
    }
}

pub(super) fn seconds(nanos: i64) -> f64 {
    nanos as f64 / 1e9
}
