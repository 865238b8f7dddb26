//! A flow's packets as points over time: sequence numbers as tcptrace draws them, round trips, bytes in flight,
//! throughput. Points and roles only; who draws them chooses signs per cell and colours.

use super::packets::{seconds, sender};
use super::role::{Line, Role};
use super::values;
use crate::engine::FlowView;
use crate::flow::{Events, Measured, TraceSegment};
use crate::vocab::Direction;

/// What is plotted over time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Sequence numbers: segments, the other end's acknowledgments and the edge of its window.
    Sequence,
    /// Round trips: from a segment to the acknowledgment that covers it.
    RoundTrip,
    /// Bytes sent and not acknowledged yet, and the window that bounds them.
    InFlight,
    /// Payload bytes a second.
    Throughput,
}

/// How points are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stroke {
    /// Each pair of points is a line of its own.
    Bars,
    /// The points are one line.
    Line,
    /// Each point alone.
    Dots,
}

/// Points of one meaning, as (seconds, value).
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// What they mean.
    pub role: Role,
    /// How they are drawn.
    pub stroke: Stroke,
    /// What the legend says; empty where it says nothing.
    pub name: &'static str,
    /// The points.
    pub points: Vec<(f64, f64)>,
}

/// A sign at a point: what colour alone must not tell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sign {
    /// Seconds, value.
    pub at: (f64, f64),
    /// What it means.
    pub role: Role,
    /// What is drawn.
    pub drawn: &'static str,
}

/// A plot, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Plot {
    /// Its heading, with the legend.
    pub title: Line,
    /// The seconds it covers.
    pub x: (f64, f64),
    /// The values it covers.
    pub y: (f64, f64),
    /// The points, what is drawn last lies on top.
    pub series: Vec<Series>,
    /// The signs.
    pub signs: Vec<Sign>,
    /// Where the packet under the cursor is; a value where it has one.
    pub cursor: Option<(f64, Option<f64>)>,
    /// Whether values are durations in seconds.
    pub durations: bool,
}

/// What to plot.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Which values.
    pub kind: Kind,
    /// Whose data.
    pub direction: Direction,
    /// What was measured of each segment of the flow.
    pub measured: &'a [Measured],
    /// Nanoseconds since the flow began, from and to.
    pub range: (i64, i64),
    /// The segment under the cursor.
    pub cursor: usize,
    /// Whether the values go up to the edge of the window.
    pub whole_window: bool,
    /// Intervals that throughput is counted in.
    pub intervals: usize,
}

/// What the signs mean, as the legend says it.
const SIGNS: &[(&str, Events, Role, &str)] = &[
    ("R", Events::ANY_RETRANSMISSION, Role::Event, "sent again"),
    ("O", Events::OUT_OF_ORDER, Role::Event, "out of order"),
    ("?", Events::LOST_SEGMENT, Role::Gap, "hole before"),
    ("0", Events::ZERO_WINDOW, Role::Warning, "window zero"),
];

impl Plot {
    /// Plots a flow.
    pub fn new(view: &FlowView, request: &Request<'_>) -> Plot {
        let mut plot = match request.kind {
            Kind::Sequence => sequence(view, request),
            Kind::RoundTrip => round_trips(view, request),
            Kind::InFlight => in_flight(view, request),
            Kind::Throughput => throughput(view, request),
        };
        plot.x = (seconds(request.range.0), seconds(request.range.1));
        for series in &plot.series {
            if !series.name.is_empty() {
                plot.title.push(series.role, format!("  ─ {}", series.name));
            }
        }
        let said = |sign: &str| plot.signs.iter().any(|one| one.drawn == sign);
        let legend: Vec<_> = SIGNS.iter().filter(|(sign, ..)| said(sign)).collect();
        let reset = said("✕");
        for (sign, _, role, name) in legend {
            plot.title.push(*role, format!("  {sign} {name}"));
        }
        if reset {
            plot.title.push(Role::Failed, "  ✕ reset");
        }
        plot
    }

    fn empty(request: &Request<'_>, name: &str) -> Plot {
        let (role, sender) = sender(request.direction);
        Plot {
            title: Line::of(Role::Heading, name).with(role, format!(" from the {sender}")),
            x: (0.0, 1.0),
            y: (0.0, 1.0),
            series: Vec::new(),
            signs: Vec::new(),
            cursor: request.measured.get(request.cursor).map(|one| (seconds(one.since_start), None)),
            durations: false,
        }
    }

    /// A value as it stands at the axis.
    pub fn label(&self, value: f64) -> String {
        if self.durations {
            values::duration(value)
        } else if value < 0.0 {
            format!("-{}", values::count(-value as u64))
        } else {
            values::count(value as u64)
        }
    }
}

/// The segments in the range, with one more on each side so that lines go on beyond the edges.
fn shown<'a>(
    view: &'a FlowView,
    request: &Request<'a>,
) -> impl Iterator<Item = (usize, &'a TraceSegment, &'a Measured)> {
    let (start, end) = request.range;
    let inside = move |one: &Measured| (start..=end).contains(&one.since_start);
    let first = request.measured.iter().position(inside).unwrap_or(0).saturating_sub(1);
    let last = request.measured.iter().rposition(inside).unwrap_or(0);
    let pairs = view.trace.segments.iter().zip(request.measured).enumerate();
    pairs.skip(first).take(last + 2 - first.min(last)).map(|(at, (segment, measured))| (at, segment, measured))
}

fn sequence(view: &FlowView, request: &Request<'_>) -> Plot {
    let mut plot = Plot::empty(request, "Sequence numbers");
    let (mut data, mut again, mut acks, mut window) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut last: Option<(f64, f64)> = None;
    for (at, segment, measured) in shown(view, request) {
        let (x, seq) = (seconds(measured.since_start), measured.seq as f64);
        let own = segment.direction == request.direction;
        if own {
            let end = seq + f64::from(segment.sequence_length());
            let repeated = segment.events.any(Events::ANY_RETRANSMISSION | Events::DUPLICATE);
            if segment.sequence_length() > 0 && !segment.flags.rst() {
                if repeated { &mut again } else { &mut data }.extend([(x, seq), (x, end)]);
            }
            for (sign, events, role, _) in SIGNS.iter().filter(|(_, events, ..)| segment.events.any(*events)) {
                if *events != Events::ZERO_WINDOW {
                    plot.signs.push(Sign { at: (x, end), role: *role, drawn: sign });
                }
            }
            if segment.flags.rst() {
                plot.signs.push(Sign { at: (x, seq), role: Role::Failed, drawn: "✕" });
            }
            mark_cursor(&mut plot, request, at, seq);
        } else if let Some(ack) = measured.ack.filter(|_| !segment.flags.rst()) {
            let ack = ack as f64;
            let edge = ack + f64::from(measured.window);
            // Both hold until the next acknowledgment.
            if let Some((before, edge)) = last {
                acks.push((x, before));
                window.push((x, edge));
            }
            acks.push((x, ack));
            window.push((x, edge));
            last = Some((ack, edge));
            if segment.window == 0 {
                plot.signs.push(Sign { at: (x, ack), role: Role::Warning, drawn: "0" });
            }
            mark_cursor(&mut plot, request, at, ack);
        } else if segment.flags.rst() {
            let at = (x, last.map_or(0.0, |(ack, _)| ack));
            plot.signs.push(Sign { at, role: Role::Failed, drawn: "✕" });
        }
    }
    let (role, _) = sender(request.direction);
    let (other, _) = sender(request.direction.reversed());
    let mut bounds = vec![&data, &again, &acks];
    if request.whole_window {
        bounds.push(&window);
    }
    plot.y = around(bounds.into_iter().flatten(), request.range);
    plot.series = vec![
        Series { role: Role::Dim, stroke: Stroke::Line, name: "window", points: window },
        Series { role: other, stroke: Stroke::Line, name: "acknowledged", points: acks },
        Series { role, stroke: Stroke::Bars, name: "segments", points: data },
        Series { role: Role::Event, stroke: Stroke::Bars, name: "", points: again },
    ];
    plot
}

fn mark_cursor(plot: &mut Plot, request: &Request<'_>, at: usize, value: f64) {
    if at == request.cursor
        && let Some((_, y)) = &mut plot.cursor
    {
        *y = Some(value);
    }
}

fn round_trips(view: &FlowView, request: &Request<'_>) -> Plot {
    let mut plot = Plot::empty(request, "Round trips");
    let mut points = Vec::new();
    for (at, segment, measured) in shown(view, request) {
        if let Some(rtt) = measured.rtt.filter(|_| segment.direction != request.direction) {
            points.push((seconds(measured.since_start), seconds(rtt)));
            mark_cursor(&mut plot, request, at, seconds(rtt));
        }
    }
    plot.durations = true;
    plot.y = from_zero(points.iter(), request.range);
    let (role, _) = sender(request.direction.reversed());
    plot.series = vec![
        Series { role: Role::Dim, stroke: Stroke::Line, name: "", points: points.clone() },
        Series { role, stroke: Stroke::Dots, name: "acknowledged", points },
    ];
    plot
}

fn in_flight(view: &FlowView, request: &Request<'_>) -> Plot {
    let mut plot = Plot::empty(request, "Bytes in flight");
    let (mut flight, mut window) = (Vec::new(), Vec::new());
    let mut open: Option<f64> = None;
    for (at, segment, measured) in shown(view, request) {
        let x = seconds(measured.since_start);
        if segment.direction == request.direction {
            if let Some(bytes) = measured.in_flight {
                flight.push((x, f64::from(bytes)));
                mark_cursor(&mut plot, request, at, f64::from(bytes));
            }
            if segment.events.any(Events::ANY_RETRANSMISSION) {
                let y = f64::from(measured.in_flight.unwrap_or(0));
                plot.signs.push(Sign { at: (x, y), role: Role::Event, drawn: "R" });
            }
        } else if !segment.flags.rst() {
            window.extend(open.map(|before| (x, before)));
            open = Some(f64::from(measured.window));
            window.push((x, f64::from(measured.window)));
            if segment.window == 0 {
                plot.signs.push(Sign { at: (x, 0.0), role: Role::Warning, drawn: "0" });
            }
        }
    }
    let all = if request.whole_window { &window[..] } else { &[] };
    plot.y = from_zero(flight.iter().chain(all), request.range);
    let (role, _) = sender(request.direction);
    plot.series = vec![
        Series { role: Role::Dim, stroke: Stroke::Line, name: "window", points: window },
        Series { role, stroke: Stroke::Line, name: "in flight", points: flight },
    ];
    plot
}

fn throughput(view: &FlowView, request: &Request<'_>) -> Plot {
    let mut plot = Plot::empty(request, "Bytes a second");
    let (start, end) = request.range;
    let intervals = request.intervals.max(1);
    let width = ((end - start) / intervals as i64).max(1);
    let (mut new, mut all) = (vec![0_u64; intervals], vec![0_u64; intervals]);
    for (_, segment, measured) in shown(view, request).filter(|(_, segment, _)| segment.direction == request.direction)
    {
        if (start..=end).contains(&measured.since_start) && !segment.events.any(Events::NOT_PART) {
            let at = (((measured.since_start - start) / width) as usize).min(intervals - 1);
            all[at] += u64::from(segment.payload_len);
            if !segment.events.any(Events::ANY_RETRANSMISSION) {
                new[at] += u64::from(segment.payload_len);
            }
        }
    }
    let points = |counts: &[u64]| -> Vec<(f64, f64)> {
        let bars = counts.iter().enumerate().filter(|(_, bytes)| **bytes > 0).flat_map(|(at, bytes)| {
            let x = seconds(start + width * at as i64 + width / 2);
            [(x, 0.0), (x, *bytes as f64 / seconds(width))]
        });
        bars.collect()
    };
    let (new, all) = (points(&new), points(&all));
    plot.y = from_zero(all.iter(), request.range);
    let (role, _) = sender(request.direction);
    plot.series = vec![
        Series { role: Role::Event, stroke: Stroke::Bars, name: "sent again", points: all },
        Series { role, stroke: Stroke::Bars, name: "new", points: new },
    ];
    plot
}

/// The values in the range, with some room.
fn around<'a>(points: impl Iterator<Item = &'a (f64, f64)>, range: (i64, i64)) -> (f64, f64) {
    let (start, end) = (seconds(range.0), seconds(range.1));
    let values = points.filter(|(x, _)| (start..=end).contains(x)).map(|(_, y)| *y);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    if low > high {
        return (0.0, 1.0);
    }
    let room = ((high - low) / 20.0).max(1.0);
    ((low - room).max(low.min(0.0)), high + room)
}

fn from_zero<'a>(points: impl Iterator<Item = &'a (f64, f64)>, range: (i64, i64)) -> (f64, f64) {
    let (start, end) = (seconds(range.0), seconds(range.1));
    let most = points.filter(|(x, _)| (start..=end).contains(x)).map(|(_, y)| *y).fold(0.0, f64::max);
    (0.0, if most > 0.0 { most * 1.05 } else { 1.0 })
}
