//! The index pass: each packet placed in its flow, its handshake bytes read, then forgotten.

use std::sync::Arc;

use super::Index;
use super::block::{Block, What};
use super::datagrams::Fact;
use super::readers::Readers;
use crate::flow::Issues;
use crate::net::{Decoded, Other, Reassembled, Segment};
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
        index.links.extend_from_slice(&block.links);
        for batch in block.items.chunks(BATCH) {
            self.readers.prefetch(
                index,
                &block.bytes,
                batch.iter().filter_map(|item| match &item.what {
                    What::Segment(pending) => Some(pending),
                    _ => None,
                }),
            );
            for item in batch {
                let number = index.packets.next_number();
                index.watch.packet(item.time);
                let flow = self.what(index, &item.what, &block.bytes, number, item.time);
                index.packets.push(item.offset, flow);
            }
        }
    }

    /// Takes what a packet is; the flow that it belongs to.
    fn what(
        &mut self,
        index: &mut Index,
        what: &What,
        bytes: &[u8],
        number: PacketNumber,
        time: Time,
    ) -> Option<FlowNumber> {
        match what {
            What::Segment(pending) => {
                Some(self.segment(index, &pending.segment(bytes), (pending.hash, pending.link), number, time))
            }
            What::Reassembled(datagram) => self.reassembled(index, datagram, number, time),
            What::Icmp(error) => {
                let flow = index.flows.quoted(error, number, time);
                index.datagrams.icmp(flow, error, number);
                Some(flow)
            }
            What::Several(parts) => {
                let flows = parts.iter().filter_map(|part| self.what(index, part, bytes, number, time)).collect();
                index.packets.shared(number, flows)
            }
            What::Datagram(fact) => {
                index.apart.other(Other::Udp);
                index.datagrams.add(fact, number, time);
                None
            }
            What::Arp(arp) => {
                index.apart.other(Other::ARP);
                index.neighbours.add(arp, number, time);
                None
            }
            What::Other(other) => {
                index.apart.other(*other);
                None
            }
            What::Unread(reason) => {
                index.apart.unread(*reason);
                None
            }
            What::Fragment => None,
        }
    }

    fn segment(
        &mut self,
        index: &mut Index,
        segment: &Segment<'_>,
        (hash, link): (u64, u16),
        number: PacketNumber,
        time: Time,
    ) -> FlowNumber {
        let placed = index.flows.segment(segment, hash, number, time);
        index.tally.segment(segment, placed.events, time);
        if !segment.flags.rst() {
            index.watch.segment(placed.before, placed.events, time);
        }
        if let Some(row) = index.flows.get_mut(placed.flow).filter(|row| row.links[placed.direction] == 0) {
            row.links[placed.direction] = link;
        }
        for earlier in segment.fragments.iter().filter(|earlier| **earlier != number) {
            index.packets.fragment(number, *earlier);
        }
        self.readers.segment(index, segment, placed, number, time);
        placed.flow
    }

    fn reassembled(
        &mut self,
        index: &mut Index,
        datagram: &Reassembled,
        number: PacketNumber,
        time: Time,
    ) -> Option<FlowNumber> {
        let mut flows = Vec::new();
        datagram.decoded().each(&mut |part| match part {
            Decoded::Tcp(segment) => {
                let hash = index.flows.hasher().hash(segment.src, segment.dst);
                let flow = self.segment(index, segment, (hash, 0), number, time);
                if datagram.is_overlapped()
                    && let Some(row) = index.flows.get_mut(flow)
                {
                    row.issues.set(Issues::FRAGMENT_OVERLAP);
                }
                flows.push(flow);
            }
            Decoded::Icmp(error) => {
                let flow = index.flows.quoted(error, number, time);
                index.datagrams.icmp(flow, error, number);
                flows.push(flow);
            }
            Decoded::Unread(reason) => index.apart.unread(*reason),
            Decoded::Other(other) => index.apart.other(*other),
            Decoded::Udp(datagram) => {
                index.apart.other(Other::Udp);
                if let Some(fact) = Fact::read(datagram) {
                    index.datagrams.add(&fact, number, time);
                }
            }
            Decoded::Arp(arp) => {
                index.apart.other(Other::ARP);
                index.neighbours.add(arp, number, time);
            }
            Decoded::Fragment | Decoded::Reassembled(_) | Decoded::Several(_) => {}
        });
        index.packets.shared(number, flows)
    }

    /// Ends the capture: every flow is read to its end.
    pub fn finish(&mut self, index: &mut Index) {
        index.unread_flows = self.readers.finish_all(index);
    }
}
