//! The flow table: which flow a segment belongs to, numbered as Wireshark numbers `tcp.stream`.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::events::Events;
use super::row::{FlowRow, SideFlags};
use crate::net::{Endpoint, IcmpError, Segment};
use crate::vocab::{Chunked, Direction, FlowNumber, PacketNumber, Time};

/// Where a segment was placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Its flow.
    pub flow: FlowNumber,
    /// Which way it goes.
    pub direction: Direction,
    /// What it was.
    pub events: Events,
}

/// Hashes pairs of ends, with a seed of its own.
#[derive(Clone, Default)]
pub struct EndsHasher(RandomState);

impl EndsHasher {
    /// The hash of a pair of ends, the same for both directions.
    pub fn hash(&self, a: Endpoint, b: Endpoint) -> u64 {
        self.0.hash_one(a) ^ self.0.hash_one(b)
    }
}

/// The newest flow of a pair of ends, with half of the ends' hash: neither finding it nor growing the table needs a look
/// at any other row.
struct Newest {
    flow: u32,
    hash: u32,
}

/// 64 bits for the table from the 32 that are kept.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// All flows seen, and which of them a pair of ends means now.
#[derive(Default)]
pub struct FlowTable {
    rows: Chunked<FlowRow>,
    /// The newest flow of each pair of ends.
    current: HashTable<Newest>,
    hasher: EndsHasher,
}

impl FlowTable {
    /// Number of flows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no flow.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A flow's row.
    pub fn get(&self, flow: FlowNumber) -> Option<&FlowRow> {
        self.rows.get(flow.index())
    }

    /// A flow's row, to change it.
    pub fn get_mut(&mut self, flow: FlowNumber) -> Option<&mut FlowRow> {
        self.rows.get_mut(flow.index())
    }

    /// All rows by flow number.
    pub fn iter(&self) -> impl Iterator<Item = (FlowNumber, &FlowRow)> {
        self.rows.iter().enumerate().map(|(number, row)| (FlowNumber(number as u32), row))
    }

    /// What hashes the ends of this table's flows.
    pub fn hasher(&self) -> EndsHasher {
        self.hasher.clone()
    }

    /// A flow that is probably the one of this hash, found without a look at its row.
    pub fn guess(&self, hash: u64) -> Option<FlowNumber> {
        self.current
            .find(spread(hash as u32), |newest| newest.hash == hash as u32)
            .map(|newest| FlowNumber(newest.flow))
    }

    /// Finds or makes the flow of `segment`, whose ends have this `hash`, judges what the segment was and counts it.
    pub fn segment(&mut self, segment: &Segment<'_>, hash: u64, packet: PacketNumber, time: Time) -> Placed {
        let (mut flow, known) = self.find_or_make(segment.src, segment.dst, hash, packet, time, || opener(segment));
        if known && self.opens_anew(flow, segment) {
            let (client, server) = opener(segment);
            flow = self.replace(client, server, packet, time);
        }
        let (direction, events) = self.rows[flow.index()].segment(segment, packet, time);
        Placed { flow, direction, events }
    }

    /// The flow that an ICMP error quotes; like Wireshark's, a quoted connection gets a number too.
    pub fn quoted(&mut self, error: &IcmpError, packet: PacketNumber, time: Time) -> FlowNumber {
        let quoted = &error.quoted;
        let hash = self.hasher.hash(quoted.src, quoted.dst);
        let (flow, _) =
            self.find_or_make(quoted.src, quoted.dst, hash, packet, time, || guess_client(quoted.src, quoted.dst));
        let row = &mut self.rows[flow.index()];
        row.icmp_errors = row.icmp_errors.saturating_add(1);
        flow
    }

    fn find_or_make(
        &mut self,
        a: Endpoint,
        b: Endpoint,
        hash: u64,
        packet: PacketNumber,
        time: Time,
        ends: impl FnOnce() -> (Endpoint, Endpoint),
    ) -> (FlowNumber, bool) {
        let rows = &self.rows;
        let short = hash as u32;
        let same = |newest: &Newest| newest.hash == short && rows[newest.flow as usize].joins(a, b);
        if let Some(newest) = self.current.find(spread(short), same) {
            return (FlowNumber(newest.flow), true);
        }
        let number = self.rows.len() as u32;
        let (client, server) = ends();
        self.rows.push(FlowRow::new(client, server, packet, time));
        self.current.insert_unique(spread(short), Newest { flow: number, hash: short }, |newest| spread(newest.hash));
        (FlowNumber(number), false)
    }

    fn replace(&mut self, client: Endpoint, server: Endpoint, packet: PacketNumber, time: Time) -> FlowNumber {
        let hash = self.hasher.hash(client, server) as u32;
        let number = self.rows.len() as u32;
        let rows = &self.rows;
        let same = |newest: &Newest| newest.hash == hash && rows[newest.flow as usize].joins(client, server);
        if let Some(newest) = self.current.find_mut(spread(hash), same) {
            newest.flow = number;
        }
        self.rows.push(FlowRow { reuses_ports: true, ..FlowRow::new(client, server, packet, time) });
        FlowNumber(number)
    }

    /// Whether a SYN opens a new connection between ends that had one: its sequence number differs from the old one's
    /// first, or the old connection is over.
    fn opens_anew(&self, flow: FlowNumber, segment: &Segment<'_>) -> bool {
        if !segment.flags.syn() || segment.flags.ack() {
            return false;
        }
        let row = &self.rows[flow.index()];
        let side = &row.sides[row.direction_from(segment.src)];
        side.flags.has(SideFlags::BASE) && side.base_seq != segment.seq
    }
}

/// The client and the server, as the first segment of a flow tells them.
fn opener(segment: &Segment<'_>) -> (Endpoint, Endpoint) {
    match (segment.flags.syn(), segment.flags.ack()) {
        (true, false) => (segment.src, segment.dst),
        (true, true) => (segment.dst, segment.src),
        _ => guess_client(segment.src, segment.dst),
    }
}

/// Without a SYN the higher port is taken for the client's.
fn guess_client(src: Endpoint, dst: Endpoint) -> (Endpoint, Endpoint) {
    if src.port >= dst.port { (src, dst) } else { (dst, src) }
}
