//! Where each packet lies and whose it is: eight bytes a packet.

use crate::vocab::{Chunked, FlowNumber, PacketNumber};

/// Packets between two absolute offsets.
const CHECKPOINT: usize = 1024;
const NO_FLOW: u32 = u32::MAX;

/// Where a packet lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PacketPlace {
    /// Its number.
    pub packet: PacketNumber,
    /// Which of the capture's files.
    pub file: usize,
    /// Where its block begins in the file.
    pub offset: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    flow: u32,
    /// Bytes from the previous packet's block to this one's.
    step: u32,
}

/// Every packet's flow and offset, in capture order.
#[derive(Default)]
pub struct PacketIndex {
    entries: Chunked<Entry>,
    /// (file, absolute offset) of every [`CHECKPOINT`]th packet.
    checkpoints: Vec<(u32, u64)>,
    /// Index of the first packet of each file, in order.
    file_starts: Vec<(u32, u32)>,
    last_offset: u64,
    /// The other packets of flows' fragmented segments: (packet that completed one, packet of an earlier fragment).
    fragments: Vec<(PacketNumber, PacketNumber)>,
    /// Packets whose step does not fit: (index, offset).
    far: Vec<(u32, u64)>,
    /// The further flows of packets that hold segments of more than one, by packet.
    further: Vec<(PacketNumber, FlowNumber)>,
}

impl PacketIndex {
    /// Number of packets.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The next packet's number.
    pub fn next_number(&self) -> PacketNumber {
        PacketNumber(self.entries.len() as u32 + 1)
    }

    /// Begins another file: the packets that follow are its.
    pub fn begin_file(&mut self, file: usize) {
        self.file_starts.push((self.entries.len() as u32, file as u32));
        self.last_offset = 0;
    }

    /// Adds the next packet.
    pub fn push(&mut self, offset: u64, flow: Option<FlowNumber>) {
        let index = self.entries.len();
        if index.is_multiple_of(CHECKPOINT) {
            let file = self.file_starts.last().map_or(0, |(_, file)| *file);
            self.checkpoints.push((file, offset));
        }
        let step = offset.saturating_sub(self.last_offset);
        let step = u32::try_from(step).unwrap_or_else(|_| {
            self.far.push((index as u32, offset));
            u32::MAX
        });
        self.entries.push(Entry { flow: flow.map_or(NO_FLOW, |flow| flow.0), step });
        self.last_offset = offset;
    }

    /// Notes that the next packet holds something of all of `flows`; the one to add it with.
    pub fn shared(&mut self, packet: PacketNumber, mut flows: Vec<FlowNumber>) -> Option<FlowNumber> {
        flows.sort_unstable();
        flows.dedup();
        let (first, further) = flows.split_first()?;
        self.further.extend(further.iter().map(|flow| (packet, *flow)));
        Some(*first)
    }

    /// The flows of a packet beside the one it was added with.
    fn further(&self, packet: PacketNumber) -> impl Iterator<Item = u32> {
        let from = self.further.partition_point(|(known, _)| *known < packet);
        self.further[from..].iter().take_while(move |(known, _)| *known == packet).map(|(_, flow)| flow.0)
    }

    /// Notes that the segment completed by `packet` also has bytes in `earlier`.
    pub fn fragment(&mut self, packet: PacketNumber, earlier: PacketNumber) {
        self.fragments.push((packet, earlier));
    }

    /// The other packets that carried fragments of the segment completed by `packet`.
    pub fn fragments_of(&self, packet: PacketNumber) -> impl Iterator<Item = PacketNumber> {
        let from = self.fragments.partition_point(|(last, _)| *last < packet);
        self.fragments[from..].iter().take_while(move |(last, _)| *last == packet).map(|(_, earlier)| *earlier)
    }

    /// Which of the capture's files holds a packet.
    pub fn file(&self, packet: PacketNumber) -> usize {
        let index = packet.0.saturating_sub(1);
        let after = self.file_starts.partition_point(|(start, _)| *start <= index);
        after.checked_sub(1).map_or(0, |at| self.file_starts[at].1 as usize)
    }

    /// Where a packet lies.
    pub fn place(&self, packet: PacketNumber) -> Option<PacketPlace> {
        let index = (packet.0 as usize).checked_sub(1)?;
        self.places(index..index + 1, |_| true).next()
    }

    /// Where a flow's packets lie, between its first and its last.
    pub fn places_of(&self, flow: FlowNumber, first: PacketNumber, last: PacketNumber) -> Vec<PacketPlace> {
        let range = (first.0.saturating_sub(1)) as usize..last.0 as usize;
        self.places(range, move |owner| owner == flow.0).collect()
    }

    /// Walks the packets of `range` (indices from 0) and gives the places of those whose owner is wanted.
    fn places(&self, range: std::ops::Range<usize>, wanted: impl Fn(u32) -> bool) -> impl Iterator<Item = PacketPlace> {
        let begin = range.start / CHECKPOINT * CHECKPOINT;
        let mut offset = 0;
        let mut file = 0;
        let mut next_file = self.file_starts.partition_point(|(start, _)| (*start as usize) <= begin);
        let entries = self.entries.range(begin..range.end.min(self.entries.len()));
        entries.enumerate().filter_map(move |(at, entry)| {
            let index = begin + at;
            if at == 0 {
                let (checkpoint_file, checkpoint) = self.checkpoints[index / CHECKPOINT];
                (file, offset) = (checkpoint_file as usize, checkpoint);
            } else {
                while let Some((start, number)) = self.file_starts.get(next_file)
                    && *start as usize == index
                {
                    (file, offset) = (*number as usize, 0);
                    next_file += 1;
                }
                if entry.step == u32::MAX {
                    let far = self.far.partition_point(|(far, _)| (*far as usize) < index);
                    offset = self.far.get(far).map_or(offset, |(_, offset)| *offset);
                } else {
                    offset += u64::from(entry.step);
                }
            }
            let place = PacketPlace { packet: PacketNumber(index as u32 + 1), file, offset };
            let is_wanted = wanted(entry.flow) || (!self.further.is_empty() && self.further(place.packet).any(&wanted));
            (index >= range.start && is_wanted).then_some(place)
        })
    }

    /// For each of `wanted` flows (sorted), the places of its packets: one walk over the whole index.
    pub fn places_of_many(&self, wanted: &[FlowNumber]) -> Vec<Vec<PacketPlace>> {
        let mut slots = vec![u32::MAX; wanted.iter().map(|flow| flow.index() + 1).max().unwrap_or(0)];
        for (slot, flow) in wanted.iter().enumerate() {
            slots[flow.index()] = slot as u32;
        }
        let mut places = vec![Vec::new(); wanted.len()];
        let slot_of = |owner: u32| slots.get(owner as usize).copied().filter(|slot| *slot != u32::MAX);
        for place in self.places(0..self.entries.len(), |owner| slot_of(owner).is_some()) {
            let owner = self.entries[place.packet.0 as usize - 1].flow;
            for slot in std::iter::once(owner).chain(self.further(place.packet)).filter_map(slot_of) {
                places[slot as usize].push(place);
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_files_checkpoints_and_long_steps() {
        let mut index = PacketIndex::default();
        let mut expected = Vec::new();
        for file in 0..3 {
            index.begin_file(file);
            let mut offset = 24;
            for packet in 0..1500_u64 {
                index.push(offset, Some(FlowNumber((packet % 7) as u32)));
                expected.push((file, offset));
                offset += if packet == 700 { 5_000_000_000 } else { 60 + packet };
            }
        }
        for (at, (file, offset)) in expected.iter().enumerate() {
            let place = index.place(PacketNumber(at as u32 + 1)).expect("a packet that was added");
            assert_eq!((place.file, place.offset), (*file, *offset), "packet {}", at + 1);
        }
        let last = PacketNumber(expected.len() as u32);
        let of_three = index.places_of(FlowNumber(3), PacketNumber(1), last);
        assert!(of_three.iter().all(|place| (place.packet.0 - 1) % 1500 % 7 == 3));
        assert_eq!(of_three, index.places_of_many(&[FlowNumber(1), FlowNumber(3)])[1]);
    }
}
