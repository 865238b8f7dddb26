//! The index pass: each packet placed in its flow, its handshake bytes read, then forgotten.

use std::sync::Arc;

use super::Index;
use super::block::{Block, What};
use super::datagrams::Fact;
use super::readers::Readers;
use crate::flow::Issues;
use crate::net::{Decoded, Segment, Whole};
use crate::proto::Secrets;
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// Packets worked on together.
const BATCH: usize = 64;

/// Fills an [`Index`] packet by packet.
pub(crate) struct Pass {
    readers: Readers,
}

impl Pass {
    /// A pass that opens encrypted records with `secrets`, as far as they are known when a record is read.
    pub fn new(secrets: &Arc<Secrets>) -> Self {
        Self { readers: Readers::new(secrets) }
    }

    /// Takes the next packets of the capture.
    ///
    /// Of many flows that take turns none is in the processor's caches when its next packet comes. So a batch goes
    /// through every table once before it is worked on: the waits for memory overlap instead of following each other.
    pub fn block(&mut self, index: &mut Index, block: &Block) {
        for batch in block.items.chunks(BATCH) {
            self.readers.approach(
                index,
                &block.bytes,
                batch.iter().filter_map(|item| match &item.what {
                    What::Segment(parked) => Some(parked),
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
                    What::Icmp(error) => {
                        let flow = index.flows.quoted(error, number, item.time);
                        index.datagrams.icmp(flow, error, number);
                        Some(flow)
                    }
                    What::Datagram(fact) => {
                        index.datagrams.add(fact, number, item.time);
                        None
                    }
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
            Decoded::Udp(datagram) => {
                if let Some(fact) = Fact::read(&datagram) {
                    index.datagrams.add(&fact, number, time);
                }
                None
            }
            _ => None,
        }
    }

    /// Ends the capture: every flow is read to its end.
    pub fn finish(&mut self, index: &mut Index) {
        index.unread_flows = self.readers.finish_all(index);
    }
}
