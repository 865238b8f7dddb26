//! The index pass: each packet placed in its flow, its handshake bytes read, then forgotten.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;

use super::block::{Block, What};
use super::index::Index;
use crate::flow::{Events, FlowRow, Issues, Placed};
use crate::net::{Decoded, Segment, Whole};
use crate::proto::dialogue::{FactsObserver, hello_sender};
use crate::proto::{FlowReader, Secrets, TlsFacts};
use crate::stream::Chunk;
use crate::timeline::{arrival, is_midstream};
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// Packets worked on together.
const BATCH: usize = 64;
/// Flows read at a time; beyond that the one begun longest ago is read no further.
const MAX_LIVE: usize = 100_000;
/// Closed flows that are still read: late packets may say more.
const MAX_CLOSED: usize = 1024;

/// Fills an [`Index`] packet by packet.
pub struct Pass {
    readers: Readers,
}

impl Pass {
    /// A pass that opens encrypted records with `secrets`, as far as they are known when a record is read.
    pub fn new(secrets: &Arc<Secrets>) -> Self {
        let secrets = Arc::clone(secrets);
        Self { readers: Readers { secrets, ..Readers::default() } }
    }

    /// Takes the next packets of the capture.
    ///
    /// Of many flows that take turns none is in the processor's caches when its next packet comes. So a batch goes
    /// through every table once before it is worked on: the waits for memory overlap instead of following each other.
    pub fn block(&mut self, index: &mut Index, block: &Block) {
        for batch in block.items.chunks(BATCH) {
            self.readers.approach(
                index,
                batch.iter().filter_map(|item| match &item.what {
                    What::Segment(parked) => Some(parked.hash),
                    _ => None,
                }),
            );
            for item in batch {
                let number = index.packets.next_number();
                let flow = match &item.what {
                    What::Segment(parked) => {
                        let segment = parked.segment(&block.bytes);
                        Some(self.segment(index, &segment, parked.hash, number, item.time))
                    }
                    What::Whole(whole) => self.whole(index, whole, number, item.time),
                    What::Icmp(error) => Some(index.flows.quoted(error, number, item.time)),
                    What::Apart => None,
                    What::Unread(reason) => {
                        *index.unread.entry(*reason).or_default() += 1;
                        None
                    }
                };
                index.packets.push(item.offset, flow);
            }
        }
    }

    fn segment(
        &mut self,
        index: &mut Index,
        segment: &Segment<'_>,
        hash: u64,
        number: PacketNumber,
        time: Time,
    ) -> FlowNumber {
        let placed = index.flows.segment(segment, hash, number, time);
        index.tally.segment(segment, placed.events, time);
        for earlier in segment.fragments.iter().filter(|earlier| **earlier != number) {
            index.packets.fragment(number, *earlier);
        }
        self.readers.segment(index, segment, placed, number, time);
        placed.flow
    }

    fn whole(&mut self, index: &mut Index, whole: &Whole, number: PacketNumber, time: Time) -> Option<FlowNumber> {
        match whole.decoded() {
            Decoded::Tcp(segment) => {
                let hash = index.flows.hasher().hash(segment.src, segment.dst);
                let flow = self.segment(index, &segment, hash, number, time);
                if whole.is_overlapped()
                    && let Some(row) = index.flows.get_mut(flow)
                {
                    row.issues.set(Issues::FRAGMENT_OVERLAP);
                }
                Some(flow)
            }
            Decoded::Unread(reason) => {
                *index.unread.entry(reason).or_default() += 1;
                None
            }
            _ => None,
        }
    }

    /// Ends the capture: every flow is read to its end.
    pub fn finish(&mut self, index: &mut Index) {
        for flow in std::mem::take(&mut self.readers.begun) {
            self.readers.finish(index, flow);
        }
        index.unread_flows = self.readers.capped;
    }
}

/// The readers of flows that may still say something.
#[derive(Default)]
struct Readers {
    secrets: Arc<Secrets>,
    /// By the slot of the flow's TLS facts.
    slots: Vec<Option<Box<FlowReader>>>,
    /// In the order in which they were begun.
    begun: VecDeque<FlowNumber>,
    closed: VecDeque<FlowNumber>,
    live: usize,
    capped: u64,
}

impl Readers {
    /// Brings near what the flows of these hashes will need, each kind for all flows before the next kind.
    fn approach(&self, index: &Index, hashes: impl Iterator<Item = u64>) {
        let guesses: Vec<_> = hashes.filter_map(|hash| index.flows.guess(hash)).collect();
        let slots: Vec<_> = guesses
            .iter()
            .filter_map(|flow| {
                let row = index.flows.get(*flow)?;
                black_box(row.sides.to_server.bytes ^ row.sides.to_client.bytes);
                Some(row.tls as usize)
            })
            .collect();
        for facts in slots.iter().filter_map(|slot| index.tls.get(*slot)) {
            black_box(facts.records.to_server);
        }
        let readers: Vec<_> = slots.iter().filter_map(|slot| self.slots.get(*slot)?.as_deref()).collect();
        for reader in readers {
            reader.approach();
        }
    }

    fn segment(&mut self, index: &mut Index, segment: &Segment<'_>, placed: Placed, packet: PacketNumber, time: Time) {
        let Placed { flow, mut direction, events } = placed;
        let Some(row) = index.flows.get_mut(flow) else { return };
        let has_data = segment.payload_len > 0 && !segment.flags.rst() && !events.has(Events::DUPLICATE);
        if row.tls == u32::MAX {
            if !has_data {
                return;
            }
            row.tls = index.tls.len() as u32;
            index.tls.push(TlsFacts::default());
            self.slots.push(Some(Box::new(FlowReader::new(is_midstream(row), &self.secrets))));
            self.begin(index, flow);
        }
        let Some(row) = index.flows.get_mut(flow) else { return };
        let slot = row.tls as usize;
        let Some(reader) = &mut self.slots[slot] else { return };
        let facts = &mut index.tls[slot];
        if has_data && is_midstream(row) && !facts.is_tls() {
            // Who sends the hello is the client, whatever the ports made us think.
            if hello_sender(segment.payload).is_some_and(|sender| sender != direction) {
                row.swap_ends();
                direction = direction.reversed();
                **reader = FlowReader::new(true, &self.secrets);
                *facts = TlsFacts::default();
            }
        }
        if let Some(arrival) = arrival(row, segment, direction, events, packet, time) {
            reader.segment(&arrival, &mut FactsObserver::new(facts), &mut |_, chunk| note_gap(row, chunk));
        }
        if reader.is_over() {
            self.slots[slot] = None;
            self.live -= 1;
        } else if (segment.flags.fin() || segment.flags.rst()) && row.is_closed() {
            self.closed.push_back(flow);
            if self.closed.len() > MAX_CLOSED
                && let Some(oldest) = self.closed.pop_front()
            {
                self.finish(index, oldest);
            }
        }
    }

    fn begin(&mut self, index: &mut Index, flow: FlowNumber) {
        self.live += 1;
        self.begun.push_back(flow);
        while self.live > MAX_LIVE
            && let Some(oldest) = self.begun.pop_front()
        {
            if self.finish(index, oldest) {
                self.capped += 1;
            }
        }
    }

    /// Ends a flow's reading; whether it was still read.
    fn finish(&mut self, index: &mut Index, flow: FlowNumber) -> bool {
        let Some(row) = index.flows.get_mut(flow) else { return false };
        let slot = row.tls as usize;
        let Some(mut reader) = self.slots.get_mut(slot).and_then(Option::take) else { return false };
        reader.finish(&mut FactsObserver::new(&mut index.tls[slot]), &mut |_, chunk| note_gap(row, chunk));
        self.live -= 1;
        true
    }
}

/// A stretch of a flow that the capture lacks.
fn note_gap(row: &mut FlowRow, chunk: &Chunk<'_>) {
    if matches!(chunk, Chunk::Gap(_)) {
        row.issues.set(Issues::GAP);
    }
}
