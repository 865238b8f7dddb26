//! The flow table: which flow a segment belongs to, numbered as Wireshark numbers `tcp.stream`.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::analysis::{self, Events};
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

/// All flows seen, and which of them a pair of ends means now.
#[derive(Default)]
pub struct FlowTable {
    rows: Chunked<FlowRow>,
    /// The newest flow of each pair of ends.
    current: HashTable<u32>,
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
        self.current.find(hash, |_| true).map(|number| FlowNumber(*number))
    }

    /// Finds or makes the flow of `segment`, whose ends have this `hash`, judges what the segment was and counts it.
    pub fn segment(&mut self, segment: &Segment<'_>, hash: u64, packet: PacketNumber, time: Time) -> Placed {
        let (mut flow, known) = self.find_or_make(segment.src, segment.dst, hash, packet, time, || opener(segment));
        if known && self.opens_anew(flow, segment) {
            let (client, server) = opener(segment);
            flow = self.replace(client, server, packet, time);
        }
        let row = &mut self.rows[flow.index()];
        let direction = row.direction_from(segment.src);
        let events = analysis::judge(row, segment, direction, time);
        row.count(segment, direction, packet, time);
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
        if let Some(number) = self.current.find(hash, |number| joins(&rows[*number as usize], a, b)) {
            return (FlowNumber(*number), true);
        }
        let number = self.rows.len() as u32;
        let (client, server) = ends();
        self.rows.push(FlowRow::new(client, server, packet, time));
        let (rows, hasher) = (&self.rows, &self.hasher);
        self.current.insert_unique(hash, number, |number| {
            let row = &rows[*number as usize];
            hasher.hash(row.client, row.server)
        });
        (FlowNumber(number), false)
    }

    fn replace(&mut self, client: Endpoint, server: Endpoint, packet: PacketNumber, time: Time) -> FlowNumber {
        let hash = self.hasher.hash(client, server);
        let number = self.rows.len() as u32;
        let rows = &self.rows;
        if let Some(current) = self.current.find_mut(hash, |number| joins(&rows[*number as usize], client, server)) {
            *current = number;
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

fn joins(row: &FlowRow, a: Endpoint, b: Endpoint) -> bool {
    (row.client == a && row.server == b) || (row.client == b && row.server == a)
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
