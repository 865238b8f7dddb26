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
    /// When the flow's last packet before it was captured; its own time for the first.
    pub before: Time,
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
        let row = &mut self.rows[flow.index()];
        let before = row.end;
        let (direction, events) = row.segment(segment, packet, time);
        Placed { flow, direction, events, before }
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

    /// Whether a SYN opens a new connection between ends that had one: its sequence number differs from the first one of
    /// the old connection. The same one again is a SYN sent twice.
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::net::TcpFlags;

    /// An end as `a443`: a machine and a port.
    fn end(text: &str) -> Endpoint {
        let (machine, port) = text.split_at(1);
        let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, machine.as_bytes()[0]));
        Endpoint { ip, port: port.parse().expect("a port") }
    }

    /// Segments one a line as `a40000 b443 SA 100`: sender, receiver, flags, sequence number; behind the bar the flow
    /// that each is of, and which way it goes there.
    fn check(lines: &str) -> FlowTable {
        let mut table = FlowTable::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (given, expected) = line.split_once('|').expect("what is expected");
            let words: Vec<&str> = given.split_whitespace().collect();
            let [src, dst, letters, seq] = words[..] else { panic!("{line}") };
            let bits = letters.chars().map(|letter| match letter {
                'S' => TcpFlags::SYN,
                'A' => TcpFlags::ACK,
                'F' => TcpFlags::FIN,
                'R' => TcpFlags::RST,
                other => panic!("{other}"),
            });
            let segment = Segment {
                seq: seq.parse().expect("a number"),
                flags: TcpFlags(bits.sum()),
                ..Segment::bare(end(src), end(dst))
            };
            let hash = table.hasher().hash(segment.src, segment.dst);
            let placed = table.segment(&segment, hash, PacketNumber(1), Time(0));
            assert_eq!(table.guess(hash), Some(placed.flow), "{line}");
            let way = if placed.direction == Direction::ToServer { ">" } else { "<" };
            assert_eq!(format!("{} {way}", placed.flow.0), expected.trim(), "{line}\nof{lines}");
        }
        table
    }

    #[test]
    fn who_sends_the_syn_is_the_client() {
        check("a80 b443 S 100 | 0 >\n b443 a80 SA 500 | 0 <\n a80 b443 A 101 | 0 >");
        check("b443 a80 SA 500 | 0 <\n a80 b443 A 101 | 0 >");
    }

    #[test]
    fn without_a_syn_the_higher_port_is_the_clients() {
        check("b443 a40000 A 500 | 0 <\n a40000 b443 A 101 | 0 >");
        check("a443 b40000 A 101 | 0 <");
        // Of two equal ones whoever is seen first.
        check("b5000 a5000 A 500 | 0 >\n a5000 b5000 A 101 | 0 <");
    }

    #[test]
    fn other_ends_are_other_flows() {
        check(
            "a40000 b443 S 100 | 0 >\n a40001 b443 S 100 | 1 >\n c40000 b443 S 100 | 2 >\n a40000 b444 S 100 | 3 >
             b443 a40001 SA 500 | 1 <\n b443 a40000 SA 500 | 0 <",
        );
    }

    #[test]
    fn a_syn_with_another_number_opens_another_flow() {
        let table = check(
            "a40000 b443 S 100 | 0 >\n b443 a40000 SA 500 | 0 <\n a40000 b443 S 100 | 0 >
             a40000 b443 S 900 | 1 >\n b443 a40000 SA 800 | 1 <\n a40000 b443 A 101 | 1 >",
        );
        assert_eq!(table.iter().map(|(_, row)| row.reuses_ports).collect::<Vec<_>>(), [false, true]);
        // The end that was the server may open the next one.
        check("a5000 b6000 S 100 | 0 >\n b6000 a5000 SA 500 | 0 <\n b6000 a5000 S 700 | 1 >\n a5000 b6000 SA 1 | 1 <");
    }

    #[test]
    fn only_a_syn_opens_another_flow() {
        check("a40000 b443 S 100 | 0 >\n b443 a40000 RA 0 | 0 <\n a40000 b443 A 900 | 0 >\n b443 a40000 SA 9 | 0 <");
    }
}
