//! A flow opened again: only its packets are read.

use std::io;
use std::sync::Arc;

use super::session::Shared;
use crate::capture::{OpenFile, PacketReader};
use crate::cohort::Link;
use crate::diagnose::Finding;
use crate::flow::{FlowRow, PacketPlace, Trace};
use crate::net::{Decoded, Decoder};
use crate::proto::{Secrets, TlsFacts};
use crate::timeline::{self, Flight, Streams, Timeline};
use crate::vocab::{FlowNumber, FlowRef, PacketNumber};

/// Packets of the capture that are looked up at once, of a flow that has more.
const BATCH: u32 = 64 * 1024;

/// Where a packet lies, and the packets of its earlier fragments.
type Place = (PacketPlace, Vec<PacketPlace>);

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
    /// What else in the capture belongs to it.
    pub links: Vec<Link>,
}

/// Reads a trace's dialogue and lays out its steps.
pub(super) fn build(
    flow: FlowRef,
    capture: String,
    trace: Trace,
    secrets: &Arc<Secrets>,
    (finding, links): (Option<Finding>, Vec<Link>),
) -> FlowView {
    let (timeline, streams, tls) = Timeline::build(&trace, secrets);
    let flights = timeline::flights(&trace, &timeline);
    FlowView { flow, capture, trace, timeline, flights, streams, tls, finding, links }
}

/// Reads the packets at `places` (each with the packets of its earlier fragments) as the flow that `row` describes.
pub(super) fn trace(files: &[Option<OpenFile>], row: &FlowRow, places: &[Place]) -> io::Result<Trace> {
    let mut trace = Trace::new(row);
    add(&mut trace, files, places)?;
    Ok(trace)
}

/// Reads the flow that `row` describes a batch of the capture's packets at a time, until a trace is full.
pub(super) fn large_trace(shared: &Shared, flow: FlowNumber, row: &FlowRow) -> io::Result<Trace> {
    let mut trace = Trace::new(row);
    let mut next = row.first_packet;
    while next <= row.last_packet {
        let last = PacketNumber(next.0.saturating_add(BATCH).min(row.last_packet.0));
        let places = shared.index.read().places_between(flow, next, last);
        let files = shared.files.read().clone();
        add(&mut trace, &files, &places)?;
        if trace.capped > 0 {
            trace.cut_short(row);
            break;
        }
        next = PacketNumber(last.0 + 1);
    }
    Ok(trace)
}

/// Whether a flow has more packets than a trace keeps, or than are to be looked up at once.
pub(super) fn is_large(row: &FlowRow) -> bool {
    (row.sides.to_server.packets + row.sides.to_client.packets) as usize > BATCH as usize
}

/// Adds the packets at `places` to a trace, until it is full.
fn add(trace: &mut Trace, files: &[Option<OpenFile>], places: &[Place]) -> io::Result<()> {
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
    Ok(())
}
