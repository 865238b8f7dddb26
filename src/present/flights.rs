//! The rows of the ladder: flights with their steps, what is folded or hidden, and pauses where time is to scale.

use std::borrow::Cow;

use super::ladder::{is_bare, is_message};
use super::role::{Line, Role};
use super::values;
use crate::engine::FlowView;
use crate::timeline::{Flight, FlightKind, Step, What, words};
use crate::vocab::text::counted;
use crate::vocab::{Direction, Time};

/// Rows that the whole of a flow's time takes where it is to scale.
const SCALE: i64 = 60;
/// Most names of messages in a flight's line.
const MAX_NAMES: usize = 6;
/// Nanoseconds of a second.
const SECOND: f64 = 1e9;

/// One row of the ladder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// The line of a flight, by its number.
    Flight(usize),
    /// A step, by its place in the timeline.
    Step(usize),
    /// Time in which nothing happened; the row in the middle says how much, in nanoseconds.
    Pause(Option<i64>),
}

/// Which protocols' steps are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Layers {
    /// All steps.
    #[default]
    All,
    /// All but TCP segments that carry nothing.
    WithoutBare,
    /// TLS alone.
    Tls,
    /// TCP alone.
    Tcp,
}

impl Layers {
    /// The next choice.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Layers::All => Layers::WithoutBare,
            Layers::WithoutBare => Layers::Tls,
            Layers::Tls => Layers::Tcp,
            Layers::Tcp => Layers::All,
        }
    }

    /// Whether a step is shown. Resets, gaps and ICMP errors are, whatever the layer.
    pub fn shows(self, step: &Step) -> bool {
        let always = match step.what {
            What::Gap(_) | What::Icmp(_) => true,
            What::Segment(flags) => flags.rst(),
            _ => false,
        };
        match self {
            Layers::All => true,
            Layers::WithoutBare => !is_bare(step),
            Layers::Tls => always || is_message(step),
            Layers::Tcp => always || !is_message(step),
        }
    }

    /// What is hidden, for the pane's title; `count` steps are.
    pub fn hidden(self, count: usize) -> Option<String> {
        let what = match self {
            Layers::All => return None,
            Layers::WithoutBare => "bare TCP segments",
            Layers::Tls => "TCP segments",
            Layers::Tcp => "steps of TLS",
        };
        (count > 0).then(|| format!("{count} {what} hidden"))
    }
}

/// The rows of a flow. `folded` says of a flight whether it is one row.
pub fn rows(view: &FlowView, layers: Layers, to_scale: bool, folded: impl Fn(usize) -> bool) -> Vec<Row> {
    let steps = &view.timeline.steps;
    let mut rows = Vec::new();
    let whole = steps.first().zip(steps.last()).map_or(0, |(first, last)| last.time.nanos_since(first.time));
    let mut before: Option<Time> = None;
    let mut pause = |rows: &mut Vec<Row>, now: Time, until: Time| {
        let nanos = before.map_or(0, |before| now.nanos_since(before));
        before = Some(until);
        let count = if whole > 0 { (nanos.saturating_mul(SCALE) / whole).min(SCALE) } else { 0 };
        if to_scale && count > 0 {
            rows.extend((0..count).map(|row| Row::Pause((row == count / 2).then_some(nanos))));
        }
    };
    for (number, flight) in view.flights.iter().enumerate() {
        let mut shown =
            flight.steps.clone().filter(|at| steps.get(*at).is_some_and(|step| layers.shows(step))).peekable();
        let Some(first) = shown.peek().and_then(|at| steps.get(*at)) else { continue };
        if folded(number) {
            let last = flight.steps.end.checked_sub(1).and_then(|last| steps.get(last)).unwrap_or(first);
            pause(&mut rows, first.time, last.time);
            rows.push(Row::Flight(number));
            continue;
        }
        pause(&mut rows, first.time, first.time);
        rows.push(Row::Flight(number));
        for at in shown {
            pause(&mut rows, steps[at].time, steps[at].time);
            rows.push(Row::Step(at));
        }
    }
    rows
}

/// The line of a flight: who, what, how much, and how long the other end waited for it.
pub fn line(view: &FlowView, flight: &Flight, folded: bool) -> Line {
    let role = match flight.from {
        Direction::ToServer => Role::ToServer,
        Direction::ToClient => Role::ToClient,
    };
    let mut line = Line::of(Role::Dim, if folded { "▸ " } else { "▾ " });
    match flight.kind {
        FlightKind::Opening => line.push(Role::Label, "TCP opens"),
        FlightKind::Data => line.push(role, flight.from.sender()),
        FlightKind::Closing => line.push(Role::Label, "TCP closes"),
    }
    line.push(Role::Text, format!(": {}", names(view, flight)));
    if let Some(said) = wait(flight) {
        line.push(Role::Label, format!("  {}", said.0));
        if let Some(estimate) = said.1 {
            line.push(Role::Inferred, estimate);
        }
    }
    if flight.bytes > 0 {
        let segments = counted(flight.segments, "segment");
        line.push(Role::Dim, format!("  {} bytes in {segments}", flight.bytes));
    }
    line
}

/// How long a flight was waited for, and how that divides: the second part is an estimate.
pub fn wait(flight: &Flight) -> Option<(String, Option<String>)> {
    let wait = flight.wait?;
    let time = |nanos: i64| values::duration(nanos as f64 / SECOND);
    let parts = wait.network.zip(wait.think()).map(|(network, think)| {
        format!(" (estimate: network {}, {} {})", time(network), flight.from.sender(), time(think))
    });
    Some((format!("after {}", time(wait.whole)), parts))
}

/// What a flight carries: its messages, or its flags.
fn names(view: &FlowView, flight: &Flight) -> String {
    let steps = &view.timeline.steps[flight.steps.clone()];
    let named = |step: &&Step| if flight.kind == FlightKind::Data { is_message(step) } else { !is_bare(step) };
    let mut names: Vec<(Cow<'static, str>, usize)> = Vec::new();
    for step in steps.iter().filter(named).filter(|step| flight.kind != FlightKind::Data || step.from == flight.from) {
        let name = words::name(&step.what);
        match names.last_mut() {
            Some((last, count)) if *last == name => *count += 1,
            _ => names.push((name, 1)),
        }
    }
    if names.is_empty() {
        return if flight.kind == FlightKind::Data { "bytes".to_owned() } else { "segments".to_owned() };
    }
    let more = names.len().saturating_sub(MAX_NAMES);
    let mut text = names
        .iter()
        .take(MAX_NAMES)
        .map(|(name, count)| if *count > 1 { format!("{name} ×{count}") } else { name.to_string() })
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    crate::vocab::text::visible(&text)
}
