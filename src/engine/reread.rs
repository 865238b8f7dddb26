//! Packets read again from their files: the one place that goes back to what was indexed.
//!
//! [`Reread`] takes packets whose places are known; [`along`] goes along one flow, however many packets it has.

use std::ops::ControlFlow;

use super::error::Error;
use super::shared::Shared;
use crate::capture::{OpenFile, Packet, PacketReader};
use crate::flow::{FlowRow, PacketPlace};
use crate::index::Place;
use crate::net::{Decoded, Decoder};
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// Packets of the capture that are looked up together, whosever they are.
const BATCH: u32 = 16 * 1024;

/// Whoever is told of each packet, with its number and its time; a break ends the reading.
pub(super) type Each<'a> = &'a mut dyn FnMut(&Decoded<'_>, PacketNumber, Time) -> ControlFlow<()>;

/// Reads packets of some files again.
pub(super) struct Reread<'f> {
    readers: Vec<Option<PacketReader<'f>>>,
    decoder: Decoder,
}

impl<'f> Reread<'f> {
    /// From these files, which places count from 0.
    pub fn new(files: &'f [Option<OpenFile>]) -> Self {
        Self {
            readers: files.iter().map(|file| file.as_ref().map(OpenFile::reader)).collect(),
            decoder: Decoder::default(),
        }
    }

    /// The packet at a place, as it was captured. An error where the file no longer holds it.
    pub fn packet(&mut self, place: PacketPlace) -> Result<Packet<'_>, Error> {
        packet(&mut self.readers, place)
    }

    /// Decodes the packets at `places` and tells `each` of them in that order what they hold of the flow of `row`: of a
    /// fragmented datagram, whose earlier fragments come before it, what the last fragment completes; of a packet with
    /// several segments those that are the flow's, one by one, also where the first one ends the reading.
    pub fn decode(&mut self, row: &FlowRow, places: &[Place], each: Each<'_>) -> Result<ControlFlow<()>, Error> {
        for place in places {
            for fragment in place.fragments() {
                let packet = packet(&mut self.readers, fragment)?;
                let decoded = self.decoder.decode(packet.link, packet.data, fragment.packet, packet.time);
                let mut told = ControlFlow::Continue(());
                decoded.each(&mut |part| {
                    if part.ends().is_some_and(|(a, b)| row.joins(a, b)) {
                        let said = each(part, place.packet(), packet.time);
                        told = if said.is_break() { said } else { told };
                    }
                });
                if told.is_break() {
                    return Ok(told);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn packet<'r>(readers: &'r mut [Option<PacketReader<'_>>], place: PacketPlace) -> Result<Packet<'r>, Error> {
    let reader = readers.get_mut(place.file).and_then(Option::as_mut);
    Ok(reader.ok_or(Error::NotOpen)?.packet(place.offset)?)
}

/// How going along a flow came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reached {
    /// The listener broke it off.
    Stop,
    /// No further packet of the flow is known yet.
    End,
}

/// Reads a flow's packets again from `from` on, however many there are, and tells `each` of them.
pub(super) fn along(shared: &Shared, flow: FlowNumber, from: PacketNumber, each: Each<'_>) -> Result<Reached, Error> {
    let mut next = from;
    while let Some((row, places)) = batch(shared, flow, &mut next) {
        let files = shared.files.read().clone();
        if Reread::new(&files).decode(&row, &places, each)?.is_break() {
            return Ok(Reached::Stop);
        }
    }
    Ok(Reached::End)
}

/// The flow, and its packets among the next ones of the capture; `None` once there are no more.
fn batch(shared: &Shared, flow: FlowNumber, next: &mut PacketNumber) -> Option<(FlowRow, Vec<Place>)> {
    let index = shared.index.read();
    let row = index.row(flow)?;
    let first = PacketNumber(next.0.max(row.first_packet.0));
    if first > row.last_packet {
        return None;
    }
    let last = PacketNumber(first.0.saturating_add(BATCH - 1).min(row.last_packet.0));
    *next = PacketNumber(last.0.saturating_add(1));
    Some((row.clone(), index.places_between(flow, first, last)))
}
