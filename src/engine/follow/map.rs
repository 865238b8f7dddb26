//! The map of a flow's conversation: places from which it can be read again. It grows while the flow is walked along in
//! the background; any part can be had as soon as the walk has come to it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;

use super::part::Part;
use super::repeats::{Earlier, Repeat, Repeats};
use super::walk::{Met, Walk};
use crate::engine::error::Error;
use crate::engine::reread::{Reached, along};
use crate::engine::shared::Shared;
use crate::net::Decoded;
use crate::vocab::{Direction, FlowRef, PacketNumber, PerDirection, StreamRange, Time};

/// Packets of a part, until the flow has many parts.
const PART_PACKETS: u64 = 1024;
/// Bytes of a part, until the flow has many parts.
const PART_BYTES: u64 = 1024 * 1024;
/// Parts after which parts become larger: twice as large, then three times, so that the map stays small.
const PARTS: u64 = 4096;
/// Packets after which a part ends inside a line if it must.
const LINE_PATIENCE: u64 = 64;
/// Packets after which it ends inside a character, or while more bytes wait than a place should remember.
const PATIENCE: u64 = 256;
/// Bytes out of order that a place may remember.
const WAITING: usize = 4096;
/// Lookups of repeated bytes in parts read again; further repeats of bytes so far back are not compared.
const MAX_LOOKUPS: u32 = 4096;
/// Pause before looking whether a flow has grown.
const PAUSE: Duration = Duration::from_millis(50);

/// What is known of a conversation so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extent {
    /// Parts that can be read.
    pub parts: usize,
    /// Bytes of each direction, gaps included.
    pub bytes: PerDirection<u64>,
    /// Gaps of both directions.
    pub gaps: u64,
    /// Bytes of each direction that the capture lacks.
    pub missing: PerDirection<u64>,
    /// Stretches that were captured again.
    pub repeats: u64,
    /// Those of them that differ from the first copy.
    pub conflicts: u64,
    /// Repeats that were not compared or are not remembered.
    pub left_out: u64,
    /// Bytes that the flow has in all, as TCP counts them, retransmissions included.
    pub expected: u64,
    /// Whether all of the flow was walked along.
    pub is_complete: bool,
}

impl Extent {
    /// Bytes of both directions.
    pub fn all(&self) -> u64 {
        self.bytes.to_server + self.bytes.to_client
    }
}

struct State {
    /// Where each part begins.
    places: Vec<Arc<Walk>>,
    extent: Extent,
    repeats: Repeats,
}

/// The map of one flow's conversation.
pub struct StreamMap {
    /// The flow.
    pub flow: FlowRef,
    /// When the flow began.
    pub start: Time,
    /// Whether the flow has TLS, so that it can be shown as records.
    pub has_records: bool,
    shared: Arc<Shared>,
    state: RwLock<State>,
}

impl std::fmt::Debug for StreamMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamMap").field("flow", &self.flow).field("extent", &self.extent()).finish_non_exhaustive()
    }
}

impl StreamMap {
    /// A map of nothing yet but the flow's beginning.
    pub(in crate::engine) fn new(shared: Arc<Shared>, flow: FlowRef) -> Result<Self, Error> {
        let row = shared.row(flow.flow)?;
        let tls = shared.index.read().tls(&row).filter(|tls| tls.is_tls()).map(|tls| PerDirection {
            to_server: tls.start[tls.way(Direction::ToServer)],
            to_client: tls.start[tls.way(Direction::ToClient)],
        });
        let extent =
            Extent { parts: 1, expected: row.sides.to_server.bytes + row.sides.to_client.bytes, ..Extent::default() };
        let places = vec![Arc::new(Walk::new(&row, tls))];
        let state = RwLock::new(State { places, extent, repeats: Repeats::default() });
        Ok(Self { flow, start: row.start, has_records: tls.is_some(), shared, state })
    }

    /// What is known so far.
    pub fn extent(&self) -> Extent {
        self.state.read().extent
    }

    /// Reads a part again. Blocks on the disk.
    ///
    /// # Errors
    ///
    /// Where the part is not known yet, or its packets can no longer be read.
    pub fn part(&self, number: usize) -> Result<Part, Error> {
        let place = self.state.read().places.get(number).cloned();
        let place = place.ok_or(Error::UnknownPart)?;
        let (mut part, _) = self.read(number, Walk::clone(&place))?;
        part.copies = Vec::new();
        Ok(part)
    }

    /// The part that holds the bytes of a packet, or else of the first one after it; `None` where it is not known yet.
    pub fn part_of_packet(&self, packet: PacketNumber) -> Option<usize> {
        let state = self.state.read();
        let after = state.places.partition_point(|place| place.next <= packet);
        (after < state.places.len() || state.extent.is_complete).then(|| after.saturating_sub(1))
    }

    /// The part that holds the byte at `offset` of a direction; `None` where it is not known yet.
    pub fn part_of_offset(&self, direction: Direction, offset: u64) -> Option<usize> {
        let state = self.state.read();
        let after = state.places.partition_point(|place| place.seen.offsets[direction] <= offset);
        (after < state.places.len() || state.extent.is_complete).then(|| after.saturating_sub(1))
    }

    /// How many bytes of a direction, or of both, lie before a part.
    pub fn bytes_before(&self, number: usize, only: Option<Direction>) -> u64 {
        let state = self.state.read();
        let count = |offsets: PerDirection<u64>| match only {
            Some(only) => offsets[only],
            None => offsets.to_server + offsets.to_client,
        };
        state.places.get(number).map_or_else(|| count(state.extent.bytes), |place| count(place.seen.offsets))
    }

    /// The next part, or the one before, that has anything of a direction, or of both; `None` where there is none or it
    /// is not known yet.
    pub fn neighbour(&self, number: usize, only: Option<Direction>, forward: bool) -> Option<usize> {
        self.seek(number, forward, |state, at| {
            let (begin, end) = (state.begin(at), state.end(at));
            // How far the last part goes is found out by reading it.
            at + 1 == state.places.len() && !state.extent.is_complete
                || Direction::BOTH.iter().any(|way| only.is_none_or(|only| only == *way) && begin[*way] < end[*way])
        })
    }

    /// The next part, or the one before, in which somebody begins to speak.
    pub fn turning(&self, number: usize, only: Option<Direction>, forward: bool) -> Option<usize> {
        self.seek(number, forward, |state, at| {
            let (begin, end) = (state.begin(at), state.end(at));
            let grown = |way: Direction| begin[way] < end[way];
            let speaker = state.places[at].seen.speaker;
            let turns = match only {
                Some(only) => grown(only) && begin[only] == 0,
                None => Direction::BOTH.iter().any(|way| grown(*way) && speaker != Some(*way)),
            };
            turns || at + 1 == state.places.len() && !state.extent.is_complete
        })
    }

    fn seek(&self, number: usize, forward: bool, wanted: impl Fn(&State, usize) -> bool) -> Option<usize> {
        let state = self.state.read();
        if forward {
            (number + 1..state.places.len()).find(|at| wanted(&state, *at))
        } else {
            (0..number.min(state.places.len())).rev().find(|at| wanted(&state, *at))
        }
    }

    /// The repeats of bytes in `range` of a direction that are known so far.
    pub fn repeats(&self, direction: Direction, range: StreamRange) -> Vec<Repeat> {
        self.state.read().repeats.within(direction, range).copied().collect()
    }

    /// The repeats that differ from the first copy, in the order of the client's and then of the server's stream.
    pub fn conflicts(&self) -> Vec<(Direction, Repeat)> {
        self.state.read().repeats.differing().map(|(direction, repeat)| (direction, *repeat)).collect()
    }

    /// Walks along the whole flow, telling `each` of every part; waits for what is still being loaded. Ends early where
    /// `each` breaks off or `is_over` says so.
    ///
    /// # Errors
    ///
    /// What `each` returns, and where packets can no longer be read.
    pub fn walk(
        &self,
        is_over: &dyn Fn() -> bool,
        each: &mut dyn FnMut(&Part) -> Result<ControlFlow<()>, Error>,
    ) -> Result<(), Error> {
        let mut before: Option<Part> = None;
        let mut lookups = 0;
        while !is_over() {
            let (number, place) = {
                let state = self.state.read();
                let number = state.places.len() - 1;
                (number, Arc::clone(&state.places[number]))
            };
            let (mut part, reached) = self.read(number, Walk::clone(&place))?;
            if matches!(reached, After::More) {
                std::thread::sleep(PAUSE);
                continue;
            }
            let ends = match &reached {
                After::Place(walk) => walk.seen.offsets,
                After::More | After::Nothing(_) => PerDirection { to_server: u64::MAX, to_client: u64::MAX },
            };
            let mut repeats = std::mem::take(&mut self.state.write().repeats);
            repeats.compare(
                &mut part,
                ends,
                &mut Back { map: self, before: &before, found: None, lookups: &mut lookups },
            );
            self.take(&part, reached, repeats);
            if each(&part)?.is_break() || self.extent().is_complete {
                return Ok(());
            }
            before = Some(part);
        }
        Ok(())
    }

    /// Takes note of a part that was walked along.
    fn take(&self, part: &Part, reached: After, repeats: Repeats) {
        let mut state = self.state.write();
        let extent = &mut state.extent;
        for piece in part.pieces.iter().filter(|piece| piece.at.is_none()) {
            extent.gaps += 1;
            extent.missing[piece.direction] += piece.range.len();
        }
        extent.repeats = repeats.count;
        extent.conflicts = repeats.conflicts;
        extent.left_out = repeats.left_out;
        match reached {
            After::Place(walk) => {
                extent.bytes = walk.seen.offsets;
                extent.parts += 1;
                state.places.push(Arc::new(*walk));
            }
            After::Nothing(offsets) => {
                extent.bytes = offsets;
                extent.is_complete = true;
            }
            After::More => {}
        }
        state.repeats = repeats;
    }

    /// Reads a part from the place where it begins.
    fn read(&self, number: usize, mut walk: Walk) -> Result<(Part, After), Error> {
        let mut part = Part {
            number,
            before: walk.seen.tails.clone(),
            speaker_before: walk.seen.speaker,
            goes_on: true,
            ..Part::default()
        };
        let scale = 1 + number as u64 / PARTS;
        let is_loaded = self.shared.is_loaded();
        let mut packets = 0;
        let reached = along(&self.shared, self.flow.flow, walk.next, &mut |decoded, packet, time| {
            if let Decoded::Tcp(segment) = decoded {
                walk.segment(segment, packet, time, &mut |met| note(&mut part, met));
            }
            walk.next = PacketNumber(packet.0.saturating_add(1));
            packets += 1;
            let over =
                packets.max(part.bytes.len() as u64 * PART_PACKETS / PART_BYTES).saturating_sub(PART_PACKETS * scale);
            let is_good = match over {
                0 => false,
                1..LINE_PATIENCE => walk.is_between_lines() && walk.waiting_bytes() == 0,
                LINE_PATIENCE..PATIENCE => walk.is_between_characters() && walk.waiting_bytes() < WAITING,
                _ => true,
            };
            if is_good { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let after = match reached {
            Reached::Stop => After::Place(Box::new(walk)),
            Reached::End if is_loaded => {
                walk.finish(&mut |met| note(&mut part, met));
                part.goes_on = false;
                After::Nothing(walk.seen.offsets)
            }
            Reached::End => After::More,
        };
        Ok((part, after))
    }
}

fn note(part: &mut Part, met: Met<'_>) {
    match met {
        Met::Chunk(direction, chunk, last) => part.chunk(direction, chunk, last),
        Met::Record(direction, record) => part.record(direction, record),
    }
}

/// What comes after a part.
enum After {
    /// Another part begins here.
    Place(Box<Walk>),
    /// More of it, perhaps: the flow is still being loaded.
    More,
    /// Nothing; how far each direction's stream went.
    Nothing(PerDirection<u64>),
}

impl State {
    fn begin(&self, at: usize) -> PerDirection<u64> {
        self.places[at].seen.offsets
    }

    fn end(&self, at: usize) -> PerDirection<u64> {
        self.places.get(at + 1).map_or(self.extent.bytes, |next| next.seen.offsets)
    }
}

/// The parts before the one that is walked along.
struct Back<'a> {
    map: &'a StreamMap,
    before: &'a Option<Part>,
    found: Option<Part>,
    lookups: &'a mut u32,
}

impl Earlier for Back<'_> {
    fn part(&mut self, direction: Direction, offset: u64) -> Option<&Part> {
        let byte = StreamRange::new(offset, offset + 1);
        let holds = |part: &Part| part.lookup(direction, byte).next().is_some();
        if self.before.as_ref().is_some_and(holds) {
            return self.before.as_ref();
        }
        if !self.found.as_ref().is_some_and(holds) {
            if *self.lookups >= MAX_LOOKUPS {
                return None;
            }
            *self.lookups += 1;
            self.found = self.map.part(self.map.part_of_offset(direction, offset)?).ok();
        }
        self.found.as_ref()
    }
}
