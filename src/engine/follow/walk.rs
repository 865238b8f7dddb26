//! Walking along a flow: its segments judged and put in order, its records outlined, a few bytes of state. A clone of a
//! walk goes on from the same place, so that any part of a stream can be read again without what comes before it.

use crate::flow::{Events, FlowRow};
use crate::net::Segment;
use crate::proto::tls::outline::{Outliner, RecordOutline};
use crate::stream::{Assembly, Chunk};
use crate::timeline::arrival;
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// Bytes kept of what was read last in each direction: a search finds a match that begins in them.
const TAIL: usize = 256;

/// What a walk comes across.
pub(super) enum Met<'a> {
    /// The next stretch of a direction, or bytes that came again; the last packet before that gave bytes, and its time.
    Chunk(Direction, &'a Chunk<'a>, (PacketNumber, Time)),
    /// A record that is now complete.
    Record(Direction, RecordOutline),
}

/// Where a walk is.
#[derive(Clone)]
pub(super) struct Walk {
    /// The flow's row as far as the walk came.
    row: FlowRow,
    assembly: Assembly,
    /// The next packet to look at.
    pub next: PacketNumber,
    /// What was read last.
    pub seen: Seen,
}

/// What a walk knows of the bytes it has read.
#[derive(Clone)]
pub(super) struct Seen {
    outliners: Option<PerDirection<Outliner>>,
    /// The last bytes of each direction, none after a gap.
    pub tails: PerDirection<Vec<u8>>,
    /// Who sent last.
    pub speaker: Option<Direction>,
    /// The last packet that gave bytes, and its time: where a gap stands.
    pub last: (PacketNumber, Time),
    /// Where each direction's stream goes on.
    pub offsets: PerDirection<u64>,
}

impl Walk {
    /// A walk from the beginning of a flow; `tls` is where TLS begins.
    pub fn new(row: &FlowRow, tls: Option<PerDirection<u64>>) -> Self {
        let outliners = tls.map(|begin| PerDirection {
            to_server: Outliner::new(begin.to_server),
            to_client: Outliner::new(begin.to_client),
        });
        let seen = Seen {
            outliners,
            tails: PerDirection::default(),
            speaker: None,
            last: (row.first_packet, row.start),
            offsets: PerDirection::default(),
        };
        Self { row: row.afresh(), assembly: Assembly::default(), next: row.first_packet, seen }
    }

    /// Goes on by one segment.
    pub fn segment(&mut self, segment: &Segment<'_>, packet: PacketNumber, time: Time, met: &mut impl FnMut(Met<'_>)) {
        let (direction, events) = self.row.segment(segment, packet, time);
        let Some(arrival) = arrival(&self.row, segment, direction, events, packet, time) else { return };
        // The byte of a keep-alive is none of the stream.
        let is_probe = events.has(Events::KEEP_ALIVE);
        let seen = &mut self.seen;
        self.assembly.segment(&arrival, &mut |direction, chunk| {
            if !(is_probe && matches!(chunk, Chunk::Again { .. })) {
                seen.chunk(direction, chunk, met);
            }
        });
    }

    /// Ends the flow.
    pub fn finish(&mut self, met: &mut impl FnMut(Met<'_>)) {
        let seen = &mut self.seen;
        self.assembly.finish(&mut |direction, chunk| seen.chunk(direction, chunk, met));
        let Some(outliners) = &mut seen.outliners else { return };
        for direction in Direction::BOTH {
            let end = seen.offsets[direction];
            outliners[direction].finish(end, &mut |record| met(Met::Record(direction, record)));
        }
    }

    /// Bytes that wait for earlier ones.
    pub fn waiting_bytes(&self) -> usize {
        self.assembly.waiting_bytes()
    }

    /// Whether both directions stand at the end of a line, so that a cut here shows least.
    pub fn is_between_lines(&self) -> bool {
        Direction::BOTH.iter().all(|way| self.seen.tails[*way].last().is_none_or(|byte| *byte == b'\n'))
    }

    /// Whether no direction stands inside a character.
    pub fn is_between_characters(&self) -> bool {
        Direction::BOTH.iter().all(|way| {
            let tail = &self.seen.tails[*way];
            let last = &tail[tail.len().saturating_sub(4)..];
            let start = last.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
            std::str::from_utf8(&last[start..]).is_ok()
        })
    }
}

impl Seen {
    fn chunk(&mut self, direction: Direction, chunk: &Chunk<'_>, met: &mut impl FnMut(Met<'_>)) {
        met(Met::Chunk(direction, chunk, self.last));
        let mut record = |record| met(Met::Record(direction, record));
        match *chunk {
            Chunk::Bytes { range, bytes, packet, time, .. } => {
                self.last = (packet, time);
                self.speaker = Some(direction);
                self.offsets[direction] = range.end;
                keep_tail(&mut self.tails[direction], bytes);
                if let Some(outliners) = &mut self.outliners {
                    outliners[direction].feed(range.start, bytes, &mut record);
                }
            }
            Chunk::Gap(range) => {
                self.speaker = Some(direction);
                self.offsets[direction] = range.end;
                self.tails[direction].clear();
                if let Some(outliners) = &mut self.outliners {
                    outliners[direction].lose(range, &mut record);
                }
            }
            Chunk::Again { .. } => {}
        }
    }
}

fn keep_tail(tail: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = &bytes[bytes.len().saturating_sub(TAIL)..];
    let left = (TAIL - bytes.len()).min(tail.len());
    tail.drain(..tail.len() - left);
    tail.extend_from_slice(bytes);
}
