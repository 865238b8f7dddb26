//! The packets of flows as a table, as JSON lines and as CSV: one row a packet.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{self, Moment, Shown};
use super::paint::Paint;
use super::table::{Align, Cell, Table};
use super::{Format, csv_failed};
use crate::flow::{Events, Measured, Trace, TraceSegment, measure};
use crate::net::TcpOptions;
use crate::net::options::kind_name;
use crate::present::role::Role;
use crate::vocab::text::duration;
use crate::vocab::{Direction, FlowNumber};

/// Writes flow after flow.
pub struct Writer<'o, W: Write> {
    out: &'o mut W,
    format: Format,
    paint: Paint,
    flows: usize,
    capped: u64,
}

impl<'o, W: Write> Writer<'o, W> {
    /// A writer to `out`.
    pub fn new(out: &'o mut W, format: Format, paint: Paint) -> Self {
        Self { out, format, paint, flows: 0, capped: 0 }
    }

    /// Writes the packets of one flow.
    pub fn flow(&mut self, flow: FlowNumber, trace: &Trace) -> io::Result<()> {
        let measured = measure(trace);
        let rows = || trace.segments.iter().zip(&measured).map(|(segment, measured)| Row { flow, segment, measured });
        let first = self.flows == 0;
        self.flows += 1;
        self.capped += trace.capped;
        match self.format {
            Format::Json => rows().try_for_each(|row| json::line(self.out, &row)),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(&mut *self.out);
                if first {
                    writer.write_record(CSV_COLUMNS).map_err(csv_failed)?;
                }
                rows().try_for_each(|row| writer.write_record(row.csv())).map_err(csv_failed)?;
                writer.flush()
            }
            Format::Text | Format::Markdown => {
                if !first {
                    self.out.write_all(b"\n")?;
                }
                let row = &trace.row;
                writeln!(
                    self.out,
                    "Flow {flow}: client {}, server {}, begins {}",
                    row.client,
                    row.server,
                    json::time(row.start)
                )?;
                Table { columns: COLUMNS, paint: self.paint }.write(self.out, || rows().map(|row| row.cells()))?;
                if trace.capped > 0 {
                    writeln!(self.out, "{} more packets are left out: the flow is too large", trace.capped)?;
                }
                Ok(())
            }
        }
    }

    /// Ends the output; the number of packets left out because their flow is too large.
    pub fn finish(self) -> io::Result<u64> {
        if self.flows == 0 && self.format == Format::Csv {
            csv::Writer::from_writer(self.out).write_record(CSV_COLUMNS).map_err(csv_failed)?;
        }
        Ok(self.capped)
    }
}

const COLUMNS: &[(&str, Align)] = &[
    ("Packet", Align::Right),
    ("Time", Align::Right),
    ("Delta", Align::Right),
    ("From", Align::Left),
    ("Flags", Align::Left),
    ("Seq", Align::Right),
    ("Ack", Align::Right),
    ("Bytes", Align::Right),
    ("Window", Align::Right),
    ("TTL", Align::Right),
    ("IP ID", Align::Right),
    ("RTT", Align::Right),
    ("In flight", Align::Right),
    ("Events", Align::Left),
    ("Options", Align::Left),
];

const CSV_COLUMNS: &[&str] = &[
    "flow",
    "packet",
    "time",
    "since_start",
    "delta",
    "from",
    "flags",
    "seq",
    "seq_raw",
    "ack",
    "ack_raw",
    "bytes",
    "window",
    "window_raw",
    "ttl",
    "ip_id",
    "dscp",
    "ecn",
    "rtt",
    "in_flight",
    "options",
    "events",
];

struct Row<'a> {
    flow: FlowNumber,
    segment: &'a TraceSegment,
    measured: &'a Measured,
}

impl Row<'_> {
    fn cells(&self) -> Vec<Cell> {
        let Row { segment, measured, .. } = *self;
        let (arrow, side) = match segment.direction {
            Direction::ToServer => ("client ->", Role::ToServer),
            Direction::ToClient => ("<- server", Role::ToClient),
        };
        let bad = segment.flags.rst() || segment.events.any(Events::ANY_RETRANSMISSION);
        vec![
            Cell::plain(segment.packet.to_string()),
            Cell::plain(format!("{:.6}", json::seconds(measured.since_start))),
            Cell::plain(duration(json::seconds(measured.delta))),
            Cell::of(side, arrow),
            Cell::of(if segment.flags.rst() { Role::Failed } else { Role::Text }, segment.flags.to_string()),
            Cell::plain(measured.seq.to_string()),
            Cell::plain(shown(measured.ack)),
            Cell::plain(segment.payload_len.to_string()),
            Cell::plain(measured.window.to_string()),
            Cell::plain(segment.ip.ttl.to_string()),
            Cell::plain(shown(segment.ip.id)),
            Cell::plain(measured.rtt.map_or_else(String::new, |rtt| duration(json::seconds(rtt)))),
            Cell::plain(shown(measured.in_flight)),
            Cell::of(if bad { Role::Failed } else { Role::Warning }, join(segment.events.names())),
            Cell::of(Role::Dim, join(options(segment))),
        ]
    }

    fn csv(&self) -> [String; 22] {
        let Row { segment, measured, .. } = *self;
        [
            self.flow.to_string(),
            segment.packet.to_string(),
            json::time(segment.time),
            json::seconds(measured.since_start).to_string(),
            json::seconds(measured.delta).to_string(),
            segment.direction.sender().to_owned(),
            segment.flags.to_string(),
            measured.seq.to_string(),
            segment.seq.to_string(),
            shown(measured.ack),
            if segment.flags.ack() { segment.ack.to_string() } else { String::new() },
            segment.payload_len.to_string(),
            measured.window.to_string(),
            segment.window.to_string(),
            segment.ip.ttl.to_string(),
            shown(segment.ip.id),
            (segment.ip.traffic_class >> 2).to_string(),
            (segment.ip.traffic_class & 3).to_string(),
            shown(measured.rtt.map(json::seconds)),
            shown(measured.in_flight),
            join(options(segment)),
            join(segment.events.names()),
        ]
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row { segment, measured, .. } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow", &self.flow.0)?;
        map.serialize_entry("packet", &segment.packet.0)?;
        map.serialize_entry("time", &Moment(segment.time))?;
        map.serialize_entry("since_start", &json::seconds(measured.since_start))?;
        map.serialize_entry("delta", &json::seconds(measured.delta))?;
        map.serialize_entry("from", segment.direction.sender())?;
        map.serialize_entry("flags", &Shown(segment.flags))?;
        map.serialize_entry("seq", &measured.seq)?;
        map.serialize_entry("seq_raw", &segment.seq)?;
        if let Some(ack) = measured.ack {
            map.serialize_entry("ack", &ack)?;
            map.serialize_entry("ack_raw", &segment.ack)?;
        }
        map.serialize_entry("bytes", &segment.payload_len)?;
        map.serialize_entry("window", &measured.window)?;
        map.serialize_entry("window_raw", &segment.window)?;
        map.serialize_entry("ttl", &segment.ip.ttl)?;
        if let Some(id) = segment.ip.id {
            map.serialize_entry("ip_id", &id)?;
        }
        map.serialize_entry("dscp", &(segment.ip.traffic_class >> 2))?;
        map.serialize_entry("ecn", &(segment.ip.traffic_class & 3))?;
        if let Some(rtt) = measured.rtt {
            map.serialize_entry("rtt", &json::seconds(rtt))?;
        }
        if let Some(in_flight) = measured.in_flight {
            map.serialize_entry("in_flight", &in_flight)?;
        }
        if !segment.option_kinds.is_empty() {
            map.serialize_entry("options", &options(segment).collect::<Vec<_>>())?;
        }
        if segment.events.0 != 0 {
            map.serialize_entry("events", &segment.events.names().collect::<Vec<_>>())?;
        }
        map.end()
    }
}

fn shown<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn join<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| name.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

/// The options in their order, each with what it says.
fn options(segment: &TraceSegment) -> impl Iterator<Item = String> {
    segment.option_kinds.iter().map(|kind| option(*kind, &segment.options))
}

fn option(kind: u8, options: &TcpOptions) -> String {
    let name = kind_name(kind).map_or_else(|| format!("option {kind}"), str::to_lowercase);
    let said = match kind {
        2 => options.mss.map(|mss| mss.to_string()),
        3 => options.window_scale.map(|shift| shift.to_string()),
        5 => {
            let blocks: Vec<String> = options.sack_blocks().iter().map(|(from, to)| format!("{from}-{to}")).collect();
            Some(blocks.join(" "))
        }
        8 => options.timestamps.map(|(value, echo)| format!("{value} {echo}")),
        _ => None,
    };
    said.map_or_else(|| name.clone(), |said| format!("{name} {said}"))
}
