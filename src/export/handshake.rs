//! The timeline of one flow as text and as JSON.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Format;
use super::cells::{count, duration};
use super::json::{self, Moment};
use super::paint::{Ink, Paint};
use super::table::{Align, Cell, Table};
use crate::engine::FlowView;
use crate::timeline::{Detail, Step, StepKind};
use crate::vocab::{Direction, Field, StreamRange, text};

/// Gives the fields of a step, by its index, decoded to the leaf; `None` where there is nothing to decode.
pub type Decode<'d> = &'d dyn Fn(usize) -> Option<Detail>;

/// Writes the timeline of `view`.
pub fn write(
    out: &mut impl Write,
    format: Format,
    paint: Paint,
    view: &FlowView,
    decode: Decode<'_>,
) -> io::Result<()> {
    match format {
        Format::Json => json::document(out, &HandshakeJson { view, decode }),
        Format::Text | Format::Csv | Format::Markdown => write_text(out, paint, view),
    }
}

const COLUMNS: &[(&str, Align)] = &[
    ("Packet", Align::Right),
    ("Time", Align::Right),
    ("Delta", Align::Right),
    ("From", Align::Left),
    ("Step", Align::Left),
    ("Bytes", Align::Right),
    ("TTL", Align::Right),
    ("Note", Align::Left),
];

fn write_text(out: &mut impl Write, paint: Paint, view: &FlowView) -> io::Result<()> {
    let row = &view.trace.row;
    writeln!(out, "Flow {} of {}", view.flow.flow, text::visible(&view.capture))?;
    writeln!(out, "Client {}, server {}, begins {}", row.client, row.server, json::time(row.start))?;
    if let Some(name) = &view.tls.server_name {
        writeln!(out, "Server name {}", text::visible_bytes(name))?;
    }
    if let Some(finding) = &view.finding {
        writeln!(out, "{}: {}", paint.ink(Ink::Bad, finding.cause), text::visible(&finding.headline))?;
    }
    writeln!(out)?;
    Table { columns: COLUMNS, paint }.write(out, || Timed::all(&view.timeline.steps).map(|timed| timed.row()))?;
    if view.timeline.capped > 0 {
        writeln!(out, "{} more are left out: the flow is too large", count(view.timeline.capped as usize, "segment"))?;
    }
    Ok(())
}

/// A step with its place and its distance from the first and from the one before.
struct Timed<'a> {
    at: usize,
    step: &'a Step,
    since_start: i64,
    delta: i64,
}

impl<'a> Timed<'a> {
    fn all(steps: &'a [Step]) -> impl Iterator<Item = Timed<'a>> {
        let start = steps.first().map(|step| step.time).unwrap_or_default();
        steps.iter().enumerate().scan(start, move |before, (at, step)| {
            let delta = step.time.nanos_since(*before);
            *before = step.time;
            Some(Timed { at, step, since_start: step.time.nanos_since(start), delta })
        })
    }

    fn row(&self) -> Vec<Cell> {
        let step = self.step;
        let side = match step.from {
            Direction::ToServer => Ink::Client,
            Direction::ToClient => Ink::Server,
        };
        let ink = match step.kind {
            StepKind::Alert | StepKind::Plaintext | StepKind::Foreign | StepKind::Icmp => Ink::Bad,
            StepKind::Segment if step.flags.rst() => Ink::Bad,
            StepKind::Gap => Ink::Warning,
            StepKind::Segment => Ink::Faint,
            _ => Ink::Heading,
        };
        let arrow = match step.from {
            Direction::ToServer => "client ->",
            Direction::ToClient => "<- server",
        };
        // What TLS says is indented below the segment that completes it.
        let indent = if step.kind == StepKind::Segment { "" } else { "  " };
        let mut note = text::visible(&step.note);
        for (said, word) in [(step.inferred, "inferred"), (step.decrypted, "decrypted")] {
            // What is inferred mostly says so itself.
            if said && !note.starts_with(word) {
                note = if note.is_empty() { word.into() } else { format!("{note}, {word}") };
            }
        }
        vec![
            Cell::plain(step.packet.to_string()),
            Cell::plain(format!("{:.6}", json::seconds(self.since_start))),
            Cell::plain(duration(json::seconds(self.delta))),
            Cell::inked(side, arrow),
            Cell::inked(ink, format!("{indent}{}", text::visible(&step.name))),
            Cell::plain(if step.bytes > 0 { step.bytes.to_string() } else { String::new() }),
            Cell::plain(step.ttl.map_or_else(String::new, |ttl| ttl.to_string())),
            Cell::plain(note),
        ]
    }
}

struct HandshakeJson<'a> {
    view: &'a FlowView,
    decode: Decode<'a>,
}

impl Serialize for HandshakeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.view;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow", &view.flow.flow.0)?;
        map.serialize_entry("capture", &view.capture)?;
        map.serialize_entry("steps", &Steps { steps: &view.timeline.steps, decode: self.decode })?;
        if view.timeline.capped > 0 {
            map.serialize_entry("segments_left_out", &view.timeline.capped)?;
        }
        map.end()
    }
}

struct Steps<'a> {
    steps: &'a [Step],
    decode: Decode<'a>,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(Timed::all(self.steps).map(|timed| StepJson {
            step: timed.step,
            delta: Some(timed.delta),
            decode: Some((self.decode, timed.at)),
        }))
    }
}

/// A step as an object of its own.
pub struct StepJson<'a> {
    step: &'a Step,
    delta: Option<i64>,
    decode: Option<(Decode<'a>, usize)>,
}

impl<'a> StepJson<'a> {
    /// A step outside its timeline: without its distance from the one before, and without fields.
    pub fn alone(step: &'a Step) -> Self {
        Self { step, delta: None, decode: None }
    }
}

impl Serialize for StepJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let step = self.step;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("packet", &step.packet.0)?;
        if step.first_packet != step.packet {
            map.serialize_entry("first_packet", &step.first_packet.0)?;
        }
        map.serialize_entry("time", &Moment(step.time))?;
        if let Some(delta) = self.delta {
            map.serialize_entry("delta", &json::seconds(delta))?;
        }
        map.serialize_entry("from", step.from.sender())?;
        map.serialize_entry("kind", step.kind.name())?;
        map.serialize_entry("name", &step.name)?;
        if let Some(id) = step.id {
            map.serialize_entry("id", &id)?;
        }
        map.serialize_entry("bytes", &step.bytes)?;
        if let Some(ttl) = step.ttl {
            map.serialize_entry("ttl", &ttl)?;
        }
        if step.flags.0 != 0 {
            map.serialize_entry("flags", &json::Shown(step.flags))?;
        }
        if step.events.0 != 0 {
            map.serialize_entry("events", &step.events.names().collect::<Vec<_>>())?;
        }
        for (said, word) in [(step.inferred, "inferred"), (step.decrypted, "decrypted")] {
            if said {
                map.serialize_entry(word, &true)?;
            }
        }
        if !step.note.is_empty() {
            map.serialize_entry("note", &step.note)?;
        }
        if !step.spans.is_empty() {
            map.serialize_entry("stream", &Spans(&step.spans))?;
        }
        let detail = self.decode.and_then(|(decode, at)| decode(at));
        if let Some(detail) = detail.filter(|detail| !detail.sections.is_empty()) {
            map.serialize_entry("fields", &Sections(&detail))?;
        }
        map.end()
    }
}

/// Ranges of the sender's stream as pairs of offsets.
struct Spans<'a>(&'a [StreamRange]);

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|span| [span.start, span.end]))
    }
}

/// The trees of a step, each under the name of its protocol.
struct Sections<'a>(&'a Detail);

impl Serialize for Sections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Children(self.0.sections.iter().map(|section| &section.root).collect()).serialize(serializer)
    }
}

/// Fields that stand side by side: an object by name, in which names that occur more than once hold an array.
struct Children<'a>(Vec<&'a Field>);

impl Serialize for Children<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, field) in self.0.iter().enumerate() {
            let same = |other: &&&Field| other.name == field.name;
            if self.0[..at].iter().any(|other| same(&other)) {
                continue;
            }
            let all: Vec<Node<'_>> = self.0.iter().filter(same).map(|field| Node(field)).collect();
            match all.as_slice() {
                [one] => map.serialize_entry(&field.name, one)?,
                many => map.serialize_entry(&field.name, many)?,
            }
        }
        map.end()
    }
}

/// A leaf is its value; a group is an object; a field that is both has its own value under `value`.
struct Node<'a>(&'a Field);

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Field { value, issue, children, .. } = self.0;
        if children.is_empty() && issue.is_none() {
            return serializer.serialize_str(value);
        }
        let mut map = serializer.serialize_map(None)?;
        if !value.is_empty() {
            map.serialize_entry("value", value)?;
        }
        if let Some(issue) = issue {
            map.serialize_entry("issue", issue)?;
        }
        if !children.is_empty() {
            map.serialize_entry("fields", &Children(children.iter().collect()))?;
        }
        map.end()
    }
}
