//! A flow opened again: only its packets are read.

use std::io;
use std::sync::Arc;

use super::load::OpenFile;
use crate::capture::PacketReader;
use crate::diagnose::Finding;
use crate::flow::{FlowRow, PacketPlace, Trace};
use crate::net::{Decoded, Decoder};
use crate::proto::{Secrets, TlsFacts};
use crate::timeline::{self, Flight, Streams, Timeline};
use crate::vocab::FlowNumber;

/// Which captures a flow is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Source {
    /// Those the session was opened for.
    Main,
    /// The baseline's.
    Baseline,
}

/// A flow of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlowRef {
    /// Which captures.
    pub source: Source,
    /// Its number there.
    pub flow: FlowNumber,
}

impl FlowRef {
    /// A flow of the captures the session was opened for.
    pub fn main(flow: FlowNumber) -> Self {
        Self { source: Source::Main, flow }
    }
}

/// All there is to see of one flow.
#[derive(Clone, Debug)]
pub struct FlowView {
    /// Which flow.
    pub flow: FlowRef,
    /// The capture file that holds its first packet.
    pub capture: String,
    /// Its segments.
    pub trace: Trace,
    /// Its steps.
    pub timeline: Timeline,
    /// Its steps in groups.
    pub flights: Vec<Flight>,
    /// Its two streams.
    pub streams: Streams,
    /// Its TLS facts, read anew from the trace.
    pub tls: TlsFacts,
    /// Why it failed, where it did.
    pub finding: Option<Finding>,
}

/// Reads a trace's dialogue and lays out its steps.
pub(super) fn build(
    flow: FlowRef,
    capture: String,
    trace: Trace,
    secrets: &Arc<Secrets>,
    finding: Option<Finding>,
) -> FlowView {
    let (timeline, streams, tls) = Timeline::build(&trace, secrets);
    let flights = timeline::flights(&trace, &timeline);
    FlowView { flow, capture, trace, timeline, flights, streams, tls, finding }
}

/// Reads the packets at `places` (each with the packets of its earlier fragments) as the flow that `row` describes.
pub(super) fn trace(
    files: &[Option<OpenFile>],
    row: &FlowRow,
    places: &[(PacketPlace, Vec<PacketPlace>)],
) -> io::Result<Trace> {
    let mut trace = Trace::new(row);
    let mut decoder = Decoder::default();
    let mut readers: Vec<Option<PacketReader<'_>>> =
        files.iter().map(|file| file.as_ref().map(|file| PacketReader::new(&file.store, &file.layout))).collect();
    for (place, earlier) in places {
        for fragment in earlier.iter().chain([place]) {
            let reader = readers.get_mut(fragment.file).and_then(Option::as_mut);
            let reader = reader.ok_or_else(|| io::Error::other("the capture file is not open"))?;
            let packet = reader.packet(fragment.offset)?;
            let decoded = decoder.decode(packet.link, packet.data, fragment.packet, packet.time);
            match decoded.opened() {
                Decoded::Tcp(segment) => trace.segment(&segment, place.packet, packet.time),
                Decoded::Icmp(error) => trace.icmp(error, place.packet, packet.time),
                Decoded::Udp(_) | Decoded::Whole(_) | Decoded::Unread(_) => {}
            }
        }
    }
    Ok(trace)
}
