//! Flows opened again: the segments of one flow, or of many in one walk over the index.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::error::Error;
use super::reread::{Reread, along};
use super::shared::Shared;
use crate::capture::OpenFile;
use crate::flow::{FlowRow, Trace};
use crate::index::Place;
use crate::net::Decoded;
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// Packets of a flow beyond which it is read a batch of the capture at a time.
const LARGE: u64 = 64 * 1024;

/// The trace of a flow; an error where there is no such flow or its packets can no longer be read.
pub(super) fn of(shared: &Shared, flow: FlowNumber) -> Result<Trace, Error> {
    let row = shared.row(flow)?;
    if is_large(&row) {
        return large(shared, flow, &row);
    }
    // An ICMP error about the last segment comes behind it.
    let last = if row.icmp_errors > 0 { PacketNumber(u32::MAX) } else { row.last_packet };
    let places = shared.index.read().places_between(flow, row.first_packet, last);
    of_places(&shared.files.read().clone(), &row, &places)
}

/// The traces of `flows`, which are sorted; a flow whose packets can no longer be read is left out.
pub(super) fn of_many(shared: &Shared, flows: &[FlowNumber]) -> Vec<(FlowNumber, Trace)> {
    let (rows, mut places) = {
        let index = shared.index.read();
        let rows: Vec<_> = flows.iter().filter_map(|flow| Some((*flow, index.row(*flow)?.clone()))).collect();
        // Those of a large flow are not looked up together.
        let small: Vec<_> = rows.iter().filter(|(_, row)| !is_large(row)).map(|(flow, _)| *flow).collect();
        let places: HashMap<_, _> = small.iter().copied().zip(index.places_of_many(&small)).collect();
        (rows, places)
    };
    let files = shared.files.read().clone();
    let read = |(flow, row): (FlowNumber, FlowRow)| {
        let trace = match places.remove(&flow) {
            Some(places) => of_places(&files, &row, &places),
            None => large(shared, flow, &row),
        };
        Some((flow, trace.ok()?))
    };
    rows.into_iter().filter_map(read).collect()
}

/// The trace of a flow whose packets lie at `places`.
fn of_places(files: &[Option<OpenFile>], row: &FlowRow, places: &[Place]) -> Result<Trace, Error> {
    let mut trace = Trace::new(row);
    let mut add = |decoded: &Decoded<'_>, packet, time| {
        note(&mut trace, decoded, packet, time);
        ControlFlow::Continue(())
    };
    let _ = Reread::new(files).decode(row, places, &mut add)?;
    Ok(trace)
}

/// The trace of a flow as long as a trace gets.
fn large(shared: &Shared, flow: FlowNumber, row: &FlowRow) -> Result<Trace, Error> {
    let mut trace = Trace::new(row);
    along(shared, flow, row.first_packet, &mut |decoded, packet, time| {
        note(&mut trace, decoded, packet, time);
        if trace.capped > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if trace.capped > 0 {
        trace.cut_short(row);
    }
    Ok(trace)
}

/// Whether a flow has more packets than are to be looked up at once.
fn is_large(row: &FlowRow) -> bool {
    u64::from(row.sides.to_server.packets) + u64::from(row.sides.to_client.packets) > LARGE
}

/// Adds a packet to a trace.
fn note(trace: &mut Trace, decoded: &Decoded<'_>, packet: PacketNumber, time: Time) {
    match decoded {
        Decoded::Tcp(segment) => trace.segment(segment, packet, time),
        Decoded::Icmp(error) => trace.icmp(*error, packet, time),
        _ => {}
    }
}
