//! The readers of flows that may still say something, and which bytes they need not see.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;

use super::Index;
use super::block::PendingSegment;
use crate::flow::{Events, FlowRow, Issues, Placed, SideFlags, after};
use crate::net::{Segment, TcpFlags};
use crate::proto::dialogue::{FactsObserver, FastPath, hello_sender};
use crate::proto::tls::Fingerprints;
use crate::proto::{FlowReader, Secrets, TlsFacts};
use crate::stream::Chunk;
use crate::timeline::{arrival, is_midstream};
use crate::vocab::{Direction, FlowNumber, PacketNumber, PerDirection, Time};

/// Flows read at a time; beyond that the one begun longest ago is read no further.
const MAX_LIVE: usize = 100_000;
/// Closed flows that are still read: late packets may say more.
const MAX_CLOSED: usize = 1024;

/// One direction of a flow, as far as its segments need no reader.
#[derive(Default)]
struct Half {
    /// The sequence number that comes next.
    next: u32,
    /// The highest acknowledgment number in this direction that the reader does not know of yet.
    ack: Option<u32>,
    fast_path: FastPath,
}

/// A few bytes a flow that tell whether its reader is needed at all: most segments are application data that nobody can
/// read, or acknowledge such.
#[derive(Default)]
struct Lane {
    halves: PerDirection<Half>,
    /// Whether no byte waits for an earlier one, so that acknowledgments can wait.
    quiet: bool,
}

impl Lane {
    /// Whether a segment will probably pass, judged without its direction.
    fn may_pass(&self, seq: u32, len: u32) -> bool {
        let flows = |way: &Direction| self.halves[*way].next == seq && self.halves[*way].fast_path.moves();
        self.quiet && (len == 0 || Direction::BOTH.iter().any(flows))
    }

    /// Lets a segment pass, if its reader need not see it.
    fn pass(
        &mut self,
        row: &FlowRow,
        segment: &Segment<'_>,
        direction: Direction,
        packet: PacketNumber,
        time: Time,
    ) -> bool {
        const PLAIN: u16 = TcpFlags::ACK | TcpFlags::PSH;
        let len = segment.payload_len;
        let other = row.sides[direction.reversed()].flags;
        if !self.quiet || segment.flags.0 & !PLAIN != 0 || !other.has(SideFlags::BASE) || other.has(SideFlags::FIN) {
            return false;
        }
        let half = &mut self.halves[direction];
        if len > 0 {
            let in_order = half.next == segment.seq && segment.payload.len() == len as usize;
            if !in_order || !half.fast_path.pass(segment.payload, packet, time) {
                return false;
            }
            half.next = half.next.wrapping_add(len);
        }
        if segment.flags.ack() && half.ack.is_none_or(|ack| after(segment.ack, ack)) {
            half.ack = Some(segment.ack);
        }
        true
    }

    /// Tells the reader and the facts what passed.
    fn catch_up(&mut self, row: &FlowRow, reader: &mut FlowReader, facts: &mut TlsFacts) {
        for direction in Direction::BOTH {
            let fast_path = std::mem::take(&mut self.halves[direction].fast_path);
            reader.note_passed(direction, &fast_path);
            let way = facts.way(direction);
            let records = &mut facts.records[way];
            *records = records.saturating_add(fast_path.records());
        }
        for direction in Direction::BOTH {
            if let Some(ack) = self.halves[direction].ack.take() {
                reader.acknowledge(direction, ack, row.sides[direction.reversed()].first_seq());
            }
        }
    }

    /// Learns from the reader what can pass from now on.
    fn learn(&mut self, row: &FlowRow, reader: &mut FlowReader, facts: &TlsFacts) {
        self.quiet = reader.is_settled();
        for direction in Direction::BOTH.into_iter().filter(|_| self.quiet) {
            let half = &mut self.halves[direction];
            half.next = row.sides[direction].first_seq().wrapping_add(reader.next(direction) as u32);
            half.fast_path = reader.fast_path(direction, facts.is_settled(facts.way(direction)));
        }
    }
}

/// The readers of flows that may still say something.
#[derive(Default)]
pub(crate) struct Readers {
    secrets: Arc<Secrets>,
    prints: Fingerprints,
    /// By the slot of the flow's TLS facts, as are the lanes.
    slots: Vec<Option<Box<FlowReader>>>,
    lanes: Vec<Lane>,
    /// In the order in which they were begun.
    begun: VecDeque<FlowNumber>,
    closed: VecDeque<FlowNumber>,
    live: usize,
    capped: u64,
}

impl Readers {
    /// None yet; they will open encrypted records with `secrets`.
    pub fn new(secrets: &Arc<Secrets>) -> Self {
        Self { secrets: Arc::clone(secrets), ..Self::default() }
    }

    /// Brings into the processor's caches what these segments of a block's `bytes` and their flows will need, each kind
    /// for all flows before the next kind.
    pub fn prefetch<'a>(&self, index: &Index, bytes: &[u8], segments: impl Iterator<Item = &'a PendingSegment>) {
        let flows: Vec<_> = segments
            .filter_map(|pending| {
                black_box(pending.first_byte(bytes));
                Some((pending, index.flows.guess(pending.hash)?))
            })
            .collect();
        let slots: Vec<_> = flows
            .iter()
            .filter_map(|(pending, flow)| {
                let row = index.flows.get(*flow)?;
                black_box(row.sides.to_server.bytes ^ row.sides.to_client.bytes);
                Some((pending, row.tls as usize))
            })
            .collect();
        let needed: Vec<_> = slots
            .iter()
            .filter(|(pending, slot)| {
                self.lanes.get(*slot).is_some_and(|lane| !lane.may_pass(pending.seq, pending.payload_len))
            })
            .map(|(_, slot)| *slot)
            .collect();
        for facts in needed.iter().filter_map(|slot| index.tls.get(*slot)) {
            black_box(facts.records.to_server);
        }
        let readers: Vec<_> = needed.iter().filter_map(|slot| self.slots.get(*slot)?.as_deref()).collect();
        for reader in readers {
            reader.prefetch();
        }
    }

    /// Takes a segment that was placed in its flow.
    pub fn segment(
        &mut self,
        index: &mut Index,
        segment: &Segment<'_>,
        placed: Placed,
        packet: PacketNumber,
        time: Time,
    ) {
        let Placed { flow, mut direction, events, .. } = placed;
        let Some(row) = index.flows.get_mut(flow) else { return };
        if events.any(Events::NOT_PART) {
            return;
        }
        let has_data = segment.payload_len > 0 && !segment.flags.rst();
        if row.tls == u32::MAX {
            if !has_data {
                return;
            }
            row.tls = index.tls.len() as u32;
            index.tls.push(TlsFacts::default());
            self.slots.push(Some(Box::new(FlowReader::new(is_midstream(row), &self.secrets))));
            self.lanes.push(Lane::default());
            self.begin(index, flow);
        }
        let Some(row) = index.flows.get_mut(flow) else { return };
        let slot = row.tls as usize;
        if self.lanes[slot].pass(row, segment, direction, packet, time) {
            return;
        }
        let Some(reader) = &mut self.slots[slot] else { return };
        let facts = &mut index.tls[slot];
        if has_data && is_midstream(row) && !facts.is_tls() {
            // Who sends the hello is the client, whatever the ports made us think.
            if hello_sender(segment.payload).is_some_and(|sender| sender != direction) {
                row.swap_ends();
                direction = direction.reversed();
                **reader = FlowReader::new(true, &self.secrets);
                self.lanes[slot] = Lane::default();
                *facts = TlsFacts::default();
            }
        }
        let lane = &mut self.lanes[slot];
        lane.catch_up(row, reader, facts);
        if let Some(arrival) = arrival(row, segment, direction, events, packet, time) {
            reader.segment(&arrival, &mut FactsObserver::new(facts, &mut self.prints), &mut |_, chunk| {
                note_gap(row, chunk);
            });
        }
        lane.learn(row, reader, facts);
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
        let facts = &mut index.tls[slot];
        std::mem::take(&mut self.lanes[slot]).catch_up(row, &mut reader, facts);
        reader.finish(&mut FactsObserver::new(facts, &mut self.prints), &mut |_, chunk| note_gap(row, chunk));
        self.live -= 1;
        true
    }

    /// Ends the reading of every flow; the number of those that were given up before.
    pub fn finish_all(&mut self, index: &mut Index) -> u64 {
        for flow in std::mem::take(&mut self.begun) {
            self.finish(index, flow);
        }
        self.capped
    }
}

/// A stretch of a flow that the capture lacks.
fn note_gap(row: &mut FlowRow, chunk: &Chunk<'_>) {
    if matches!(chunk, Chunk::Gap(_)) {
        row.issues.set(Issues::GAP);
    }
}
