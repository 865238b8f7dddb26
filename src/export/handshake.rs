//! The timeline of one flow as text and as JSON.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Format;
use super::json::{self, Moment};
use super::links::{self, LinkJson};
use super::paint::Paint;
use super::table::{Align, Cell, Table};
use crate::engine::FlowView;
use crate::present::noise;
use crate::present::role::Role;
use crate::timeline::{Detail, Flight, FlightKind, Step, Wait, What, words};
use crate::vocab::iana::ContentType;
use crate::vocab::text::{counted, duration};
use crate::vocab::{Direction, Field, StreamRange, text};

/// Gives the fields of a step, by its index, decoded to the leaf; `None` where there is nothing to decode.
pub type Decode<'d> = &'d dyn Fn(usize) -> Option<Detail>;

/// What is written of the steps' fields.
#[derive(Clone, Copy)]
pub struct Fields<'d> {
    /// Gives them.
    pub decode: Decode<'d>,
    /// Whether to write where each field's bytes are, and the bytes.
    pub places: bool,
}

/// Writes the timeline of `view`.
pub fn write(
    out: &mut impl Write,
    format: Format,
    paint: Paint,
    view: &FlowView,
    fields: Fields<'_>,
) -> io::Result<()> {
    match format {
        Format::Json => json::document(out, &HandshakeJson { view, fields }),
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
        writeln!(out, "{}: {}", paint.role(Role::Failed, finding.cause), text::visible(&finding.headline))?;
    }
    if let Some(signs) = &view.explained {
        writeln!(out, "{}", noise::sentence(signs))?;
    }
    writeln!(out)?;
    Table { columns: COLUMNS, paint }.write(out, || Timed::all(&view.timeline.steps).map(|timed| timed.row()))?;
    write_flights(out, paint, view)?;
    if !view.links.is_empty() {
        writeln!(out, "\nLinked")?;
    }
    for link in &view.links {
        writeln!(out, "  {}", links::line(link))?;
    }
    if view.timeline.capped > 0 {
        writeln!(
            out,
            "{} more are left out: the flow is too large",
            counted(view.timeline.capped as usize, "segment")
        )?;
    }
    Ok(())
}

const FLIGHTS: &[(&str, Align)] = &[
    ("Flight", Align::Left),
    ("Packets", Align::Right),
    ("Bytes", Align::Right),
    ("Waited for", Align::Right),
    ("Network", Align::Right),
    ("Sender", Align::Right),
];

/// What each end sent before the other one spoke, and how long that was waited for.
fn write_flights(out: &mut impl Write, paint: Paint, view: &FlowView) -> io::Result<()> {
    let data = || view.flights.iter().filter(|flight| flight.kind == FlightKind::Data);
    if data().next().is_none() {
        return Ok(());
    }
    writeln!(out, "\nFlights; how a wait divides between network and sender is an estimate")?;
    let steps = &view.timeline.steps;
    let rows = || {
        data().map(|flight| {
            let time = |nanos: Option<i64>| nanos.map_or_else(String::new, |nanos| duration(json::seconds(nanos)));
            let packets = steps.get(flight.steps.start).zip(steps.get(flight.steps.end.saturating_sub(1)));
            let side = match flight.from {
                Direction::ToServer => Role::ToServer,
                Direction::ToClient => Role::ToClient,
            };
            vec![
                Cell::of(side, flight.from.sender()),
                Cell::plain(
                    packets.map_or_else(String::new, |(first, last)| format!("{} to {}", first.packet, last.packet)),
                ),
                Cell::plain(flight.bytes.to_string()),
                Cell::plain(time(flight.wait.map(|wait| wait.whole))),
                Cell::plain(time(flight.wait.and_then(|wait| wait.network))),
                Cell::plain(time(flight.wait.and_then(Wait::think))),
            ]
        })
    };
    Table { columns: FLIGHTS, paint }.write(out, rows)
}

/// Flights as objects.
struct Flights<'a>(&'a FlowView);

impl Serialize for Flights<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.flights.iter().map(|flight| FlightJson { flight, steps: &self.0.timeline.steps }))
    }
}

struct FlightJson<'a> {
    flight: &'a Flight,
    steps: &'a [Step],
}

impl Serialize for FlightJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flight = self.flight;
        let packet = |at: usize| self.steps.get(at).map(|step| step.packet.0);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", flight.from.sender())?;
        map.serialize_entry("kind", flight.kind.name())?;
        map.serialize_entry("first_packet", &packet(flight.steps.start))?;
        map.serialize_entry("last_packet", &packet(flight.steps.end.saturating_sub(1)))?;
        map.serialize_entry("bytes", &flight.bytes)?;
        map.serialize_entry("segments", &flight.segments)?;
        if let Some(wait) = flight.wait {
            map.serialize_entry("wait", &json::seconds(wait.whole))?;
            if let Some((network, sender)) = wait.network.zip(wait.think()) {
                let estimate = [("network", json::seconds(network)), ("sender", json::seconds(sender))];
                map.serialize_entry("estimate", &estimate.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
            }
        }
        map.end()
    }
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
            Direction::ToServer => Role::ToServer,
            Direction::ToClient => Role::ToClient,
        };
        let role = match &step.what {
            What::Alert(..) | What::Icmp(_) => Role::Failed,
            what if what.spoils() => Role::Failed,
            What::Segment(flags) if flags.rst() => Role::Failed,
            What::Gap(_) => Role::Warning,
            What::Segment(_) => Role::Dim,
            _ => Role::Heading,
        };
        let sender = match &step.what {
            What::Icmp(error) => error.device().map(|device| device.to_string()),
            _ => None,
        };
        let sender = sender.unwrap_or_else(|| step.from.sender().to_owned());
        let arrow = match step.from {
            Direction::ToServer => format!("{sender} ->"),
            Direction::ToClient => format!("<- {sender}"),
        };
        // What TLS says is indented below the segment that completes it.
        let indent = if step.what.is_segment() { "" } else { "  " };
        let mut note = text::visible(&words::note(step));
        // What is inferred mostly says so itself.
        let inferred = step.is_inferred() && words::reason(&step.what).is_none();
        for (said, word) in [(inferred, "inferred"), (step.decrypted, "decrypted")] {
            if said {
                note = if note.is_empty() { word.into() } else { format!("{note}, {word}") };
            }
        }
        vec![
            Cell::plain(step.packet.to_string()),
            Cell::plain(format!("{:.6}", json::seconds(self.since_start))),
            Cell::plain(duration(json::seconds(self.delta))),
            Cell::of(side, arrow),
            Cell::of(role, format!("{indent}{}", text::visible(&words::name(&step.what)))),
            Cell::plain(if step.bytes > 0 { step.bytes.to_string() } else { String::new() }),
            Cell::plain(step.ttl.map_or_else(String::new, |ttl| ttl.to_string())),
            Cell::plain(note),
        ]
    }
}

struct HandshakeJson<'a> {
    view: &'a FlowView,
    fields: Fields<'a>,
}

impl Serialize for HandshakeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.view;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow", &view.flow.flow.0)?;
        map.serialize_entry("capture", &view.capture)?;
        map.serialize_entry("steps", &Steps { steps: &view.timeline.steps, fields: self.fields })?;
        map.serialize_entry("flights", &Flights(view))?;
        if !view.links.is_empty() {
            map.serialize_entry("links", &LinkJson::all(&view.links))?;
        }
        if view.timeline.capped > 0 {
            map.serialize_entry("segments_left_out", &view.timeline.capped)?;
        }
        map.end()
    }
}

struct Steps<'a> {
    steps: &'a [Step],
    fields: Fields<'a>,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(Timed::all(self.steps).map(|timed| StepJson {
            step: timed.step,
            delta: Some(timed.delta),
            fields: Some((self.fields, timed.at)),
        }))
    }
}

/// A step as an object of its own.
pub struct StepJson<'a> {
    step: &'a Step,
    delta: Option<i64>,
    fields: Option<(Fields<'a>, usize)>,
}

impl<'a> StepJson<'a> {
    /// A step outside its timeline: without its distance from the one before, and without fields.
    pub fn alone(step: &'a Step) -> Self {
        Self { step, delta: None, fields: None }
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
        if let What::Icmp(error) = &step.what {
            map.serialize_entry("sender", &error.from)?;
        }
        map.serialize_entry("kind", words::kind(&step.what))?;
        map.serialize_entry("name", &words::name(&step.what))?;
        if let Some(id) = id(&step.what) {
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
        for (said, word) in [(step.is_inferred(), "inferred"), (step.decrypted, "decrypted")] {
            if said {
                map.serialize_entry(word, &true)?;
            }
        }
        let note = words::note(step);
        if !note.is_empty() {
            map.serialize_entry("note", &note)?;
        }
        if !step.spans.is_empty() {
            map.serialize_entry("stream", &Spans(&step.spans))?;
        }
        if let Some((fields, at)) = self.fields
            && let Some(detail) = (fields.decode)(at).filter(|detail| !detail.sections.is_empty())
        {
            map.serialize_entry("fields", &Sections { detail: &detail, places: fields.places })?;
            if fields.places {
                map.serialize_entry("panes", &Panes(&detail))?;
            }
        }
        map.end()
    }
}

/// Number of the handshake message type, alert description or record content type, where a step has one.
fn id(what: &What) -> Option<u8> {
    match what {
        What::Alert(_, description) => Some(description.0),
        What::TooLong { message, .. } => Some(message.0),
        What::Heartbeat(heartbeat) => heartbeat.kind.map(|kind| kind.0),
        What::ChangeCipherSpec => Some(ContentType::CHANGE_CIPHER_SPEC.0),
        What::ApplicationData { .. } => Some(ContentType::APPLICATION_DATA.0),
        What::Sealed { content, .. } | What::BadTag(content) => Some(content.0),
        what => what.message().map(|kind| kind.0),
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
struct Sections<'a> {
    detail: &'a Detail,
    places: bool,
}

impl Serialize for Sections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = self.detail.sections.iter();
        let place = |pane| if self.places { Some(pane) } else { None };
        Children(nodes.map(|section| Node { field: &section.root, pane: place(section.pane) }).collect())
            .serialize(serializer)
    }
}

/// Fields that stand side by side: an object by name, in which names that occur more than once hold an array.
struct Children<'a>(Vec<Node<'a>>);

impl Serialize for Children<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, node) in self.0.iter().enumerate() {
            let name = &node.field.name;
            let same = |other: &&Node<'_>| other.field.name == *name;
            if self.0[..at].iter().any(|other| same(&other)) {
                continue;
            }
            let all: Vec<Node<'_>> = self.0.iter().filter(same).copied().collect();
            match all.as_slice() {
                [one] => map.serialize_entry(name, one)?,
                many => map.serialize_entry(name, many)?,
            }
        }
        map.end()
    }
}

/// The bytes that places point into.
struct Panes<'a>(&'a Detail);

impl Serialize for Panes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.panes.iter().map(|pane| [pane.title.clone(), text::hex(&pane.bytes)]))
    }
}

/// A leaf is its value; a group is an object; a field that is both has its own value under `value`. With the pane its
/// bytes are in, it is an object that also says where: pane, offset, length.
#[derive(Clone, Copy)]
struct Node<'a> {
    field: &'a Field,
    pane: Option<usize>,
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Field { value, issue, children, range, .. } = self.field;
        if children.is_empty() && issue.is_none() && self.pane.is_none() {
            return serializer.serialize_str(value);
        }
        let mut map = serializer.serialize_map(None)?;
        if !value.is_empty() {
            map.serialize_entry("value", value)?;
        }
        if let Some(issue) = issue {
            map.serialize_entry("issue", issue)?;
        }
        if let Some(pane) = self.pane {
            map.serialize_entry("place", &[pane, range.start, range.len()])?;
        }
        if !children.is_empty() {
            let nodes = children.iter().map(|field| Node { field, pane: self.pane });
            map.serialize_entry("fields", &Children(nodes.collect()))?;
        }
        map.end()
    }
}
