//! Bytes that were captured more than once: which packets carried them, and whether they are the same.

use std::collections::{BTreeMap, VecDeque};

use super::part::{Copy, Part};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange};

/// Repeats of a flow that are kept; those beyond are counted.
const MAX_REPEATS: usize = 65_536;
/// Copies that wait for the bytes they repeat: these wait for earlier ones themselves.
const MAX_WAITING: usize = 4096;
/// Bytes that a segment has at most.
const MAX_SEGMENT: u64 = 65_536;

/// Bytes that came again in a later packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Repeat {
    /// Where they lie in the sender's stream.
    pub range: StreamRange,
    /// The packet that carried them again.
    pub packet: PacketNumber,
    /// The packet whose copy is the one that counts; `None` where they came too late: their place was given up as a gap.
    pub first: Option<PacketNumber>,
    /// Where the two copies differ, from the first to the last such byte; `None` where they are the same.
    pub differs: Option<StreamRange>,
}

/// All repeats of a flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    kept: PerDirection<BTreeMap<(u64, PacketNumber), Repeat>>,
    waiting: VecDeque<(Direction, Copy)>,
    /// How many there are.
    pub count: u64,
    /// How many of them differ from the first copy.
    pub conflicts: u64,
    /// How many were not compared or not kept.
    pub left_out: u64,
}

/// What holds bytes of a stream.
pub(super) trait Earlier {
    /// The part that holds the byte at `offset` of a direction.
    fn part(&mut self, direction: Direction, offset: u64) -> Option<&Part>;
}

impl Repeats {
    /// Compares the copies in `part` with the bytes they repeat, which lie in it or in an earlier part. `ends` is how
    /// far each direction has been read.
    pub fn compare(&mut self, part: &mut Part, ends: PerDirection<u64>, earlier: &mut impl Earlier) {
        let fresh = std::mem::take(&mut part.copies);
        let due: Vec<_> = self.waiting.drain(..).chain(fresh.into_iter().map(|copy| (copy.direction, copy))).collect();
        for (direction, copy) in due {
            if copy.range.end > ends[direction] {
                if self.waiting.len() < MAX_WAITING {
                    self.waiting.push_back((direction, copy));
                } else {
                    self.left_out += 1;
                }
                continue;
            }
            self.compare_one(&copy, part, earlier);
        }
    }

    fn compare_one(&mut self, copy: &Copy, part: &Part, earlier: &mut impl Earlier) {
        let mut at = copy.range.start;
        while at < copy.range.end {
            let rest = StreamRange::new(at, copy.range.end);
            let found = match part.lookup(copy.direction, rest).next() {
                Some((_, common)) if common.start == at => Some(part),
                _ => earlier.part(copy.direction, at),
            };
            let found = found.and_then(|part| part.lookup(copy.direction, rest).next().map(|found| (part, found)));
            let Some((holder, (piece, common))) = found.filter(|(_, (_, common))| common.start == at) else {
                self.left_out += 1;
                return;
            };
            let own = &copy.bytes[(common.start - copy.range.start) as usize..(common.end - copy.range.start) as usize];
            let first = piece.at.map(|_| piece.packet);
            let skip = (common.start - piece.range.start) as usize;
            let differs = first.and_then(|_| {
                let read = &holder.piece_bytes(piece)[skip..];
                let odd = |at: &usize| own[*at] != read[*at];
                let begin = (0..own.len()).find(odd)?;
                let end = (0..own.len()).rfind(odd)? + 1;
                Some(StreamRange::new(common.start + begin as u64, common.start + end as u64))
            });
            self.add(copy.direction, Repeat { range: common, packet: copy.packet, first, differs });
            at = common.end;
        }
    }

    fn add(&mut self, direction: Direction, repeat: Repeat) {
        self.count += 1;
        self.conflicts += u64::from(repeat.differs.is_some());
        if self.kept.to_server.len() + self.kept.to_client.len() < MAX_REPEATS {
            self.kept[direction].insert((repeat.range.start, repeat.packet), repeat);
        } else {
            self.left_out += 1;
        }
    }

    /// The repeats that touch `range` of a direction, in stream order.
    pub fn within(&self, direction: Direction, range: StreamRange) -> impl Iterator<Item = &Repeat> {
        let from = (range.start.saturating_sub(MAX_SEGMENT), PacketNumber(0));
        let to = (range.end, PacketNumber(0));
        let near = self.kept[direction].range(from..to.max(from)).map(|(_, repeat)| repeat);
        near.filter(move |repeat| repeat.range.overlaps(range))
    }

    /// The repeats that differ from the first copy, with their direction.
    pub fn differing(&self) -> impl Iterator<Item = (Direction, &Repeat)> {
        let of =
            |way: Direction| self.kept[way].values().filter(|one| one.differs.is_some()).map(move |one| (way, one));
        Direction::BOTH.into_iter().flat_map(of)
    }
}
