//! A flow's packets from the file, one after the other, from any of them on.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::capture::{OpenFile, PacketReader};
use crate::engine::session::Shared;
use crate::flow::{FlowRow, PacketPlace};
use crate::net::{Decoded, Decoder};
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// Packets of the capture that are looked at together, whosever they are.
const BATCH: u32 = 16 * 1024;

/// Where a flow's packets come from.
#[derive(Clone)]
pub(super) struct Feed {
    shared: Arc<Shared>,
    /// The flow.
    pub flow: FlowNumber,
}

/// How reading came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reached {
    /// The listener stopped it.
    Stop,
    /// No further packet of the flow is known yet.
    End,
}

type Batch = (Vec<(PacketPlace, Vec<PacketPlace>)>, Vec<Option<OpenFile>>);

impl Feed {
    pub fn new(shared: Arc<Shared>, flow: FlowNumber) -> Self {
        Self { shared, flow }
    }

    /// The flow's row as the index has it.
    pub fn row(&self) -> io::Result<FlowRow> {
        self.shared.index.read().row(self.flow).cloned()
    }

    /// Where TLS begins in each direction, where the flow has any.
    pub fn tls_start(&self) -> Option<crate::vocab::PerDirection<u64>> {
        let index = self.shared.index.read();
        let row = index.flows.get(self.flow)?;
        index.tls.get(row.tls as usize).filter(|tls| tls.is_tls()).map(|tls| tls.start)
    }

    /// Whether no further packet can come.
    pub fn is_loaded(&self) -> bool {
        let status = self.shared.status.lock();
        status.diagnosing || status.took.is_some() || self.shared.is_cancelled()
    }

    /// Reads the flow's packets from `from` on and tells `each` of them, until it breaks off.
    pub fn read(
        &self,
        from: PacketNumber,
        each: &mut dyn FnMut(&Decoded<'_>, PacketNumber, Time) -> ControlFlow<()>,
    ) -> io::Result<Reached> {
        let mut decoder = Decoder::default();
        let mut next = from;
        while let Some((batch, files)) = self.batch(&mut next) {
            let mut readers: Vec<Option<PacketReader<'_>>> = files
                .iter()
                .map(|file| file.as_ref().map(|file| PacketReader::new(&file.store, &file.layout)))
                .collect();
            for (place, earlier) in &batch {
                for fragment in earlier.iter().chain([place]) {
                    let reader = readers.get_mut(fragment.file).and_then(Option::as_mut);
                    let reader = reader.ok_or_else(|| io::Error::other("the capture file is not open"))?;
                    let packet = reader.packet(fragment.offset)?;
                    let decoded = decoder.decode(packet.link, packet.data, fragment.packet, packet.time);
                    if each(&decoded.opened(), place.packet, packet.time).is_break() {
                        return Ok(Reached::Stop);
                    }
                }
            }
        }
        Ok(Reached::End)
    }

    /// The flow's packets among the next ones of the capture; `None` once there are no more.
    fn batch(&self, next: &mut PacketNumber) -> Option<Batch> {
        let index = self.shared.index.read();
        let row = index.flows.get(self.flow)?;
        let first = PacketNumber(next.0.max(row.first_packet.0));
        if first > row.last_packet {
            return None;
        }
        let last = PacketNumber(first.0.saturating_add(BATCH - 1).min(row.last_packet.0));
        let batch = index.places_between(self.flow, first, last);
        *next = PacketNumber(last.0 + 1);
        drop(index);
        Some((batch, self.shared.files.read().clone()))
    }
}
