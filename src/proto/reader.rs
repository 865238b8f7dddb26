//! A flow's segments in any order → its dialogue: assembly and reading of both directions in one piece.

use std::hint::black_box;
use std::sync::Arc;

use super::dialogue::{Cruise, Dialogue, Observer};
use super::tls::secrets::Secrets;
use crate::stream::{Assembler, Chunk, unwrap_offset};
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// One segment, as its reader needs it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Which way it goes.
    pub direction: Direction,
    /// Sequence number of the first payload byte.
    pub seq: u32,
    /// Sequence number of its direction's stream offset 0.
    pub first_seq: u32,
    /// What it acknowledges and the sequence number of the other direction's offset 0; `None` without ACK.
    pub ack: Option<(u32, u32)>,
    /// The captured payload.
    pub payload: &'a [u8],
    /// The payload's length as the headers state it.
    pub payload_len: u32,
    /// The packet.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
}

/// Assembles and reads both directions of a flow. Memory is bounded by the assemblers' and the dialogue's caps.
pub struct FlowReader {
    assemblers: PerDirection<Assembler>,
    dialogue: Dialogue,
}

impl FlowReader {
    /// A reader; `midstream` where the capture lacks the flow's beginning. Encrypted records are opened with `secrets`.
    pub fn new(midstream: bool, secrets: &Arc<Secrets>) -> Self {
        Self { assemblers: PerDirection::default(), dialogue: Dialogue::new(midstream, Arc::clone(secrets)) }
    }

    /// Takes the next segment. Every stretch that is now in order goes to `sink`, then to the dialogue, which tells
    /// `observer` what it read.
    pub fn segment(
        &mut self,
        arrival: &Arrival<'_>,
        observer: &mut impl Observer,
        sink: &mut impl FnMut(Direction, &Chunk<'_>),
    ) {
        let Arrival { direction, packet, time, .. } = *arrival;
        if let Some((ack, first_seq)) = arrival.ack {
            self.acknowledge(direction, ack, first_seq);
        }
        if arrival.payload_len == 0 {
            return;
        }
        let assembler = &mut self.assemblers[direction];
        let offset = unwrap_offset(arrival.seq, arrival.first_seq, assembler.next());
        // What lies before the stream's beginning is no stream data.
        let before = offset.min(0).unsigned_abs() as usize;
        let payload = arrival.payload.get(before..).unwrap_or_default();
        let stated = arrival.payload_len.saturating_sub(before as u32);
        let start = offset.max(0) as u64;
        let dialogue = &mut self.dialogue;
        assembler.insert(start, payload, stated, packet, time, &mut |chunk| {
            sink(direction, &chunk);
            dialogue.feed(direction, &chunk, observer);
        });
    }

    /// The stream offset that a direction's next byte has.
    pub fn next(&self, direction: Direction) -> u64 {
        self.assemblers[direction].next()
    }

    /// What of a direction can go by from here on without this reader, while no byte waits for an earlier one; whole
    /// records of application data where they say nothing new because the handshake is `settled`.
    pub fn cruise(&mut self, direction: Direction, settled: bool) -> Cruise {
        self.dialogue.cruise(direction, settled)
    }

    /// Takes note of what went by.
    pub fn land(&mut self, direction: Direction, cruise: &Cruise) {
        self.assemblers[direction].pass_over(cruise.passed());
        self.dialogue.land(direction, cruise);
    }

    /// Notes that a segment in `direction` acknowledges `ack`, where `first_seq` is offset 0 of the other one.
    pub fn acknowledge(&mut self, direction: Direction, ack: u32, first_seq: u32) {
        let other = &mut self.assemblers[direction.reversed()];
        let offset = unwrap_offset(ack, first_seq, other.next());
        other.acknowledged(u64::try_from(offset).unwrap_or(0));
    }

    /// Reads a little of every part, so that the processor has them at hand soon.
    pub fn approach(&self) {
        black_box(self.assemblers.to_server.next() ^ self.assemblers.to_client.next());
        self.dialogue.approach();
    }

    /// Whether nothing of this flow will be read any more.
    pub fn is_over(&self) -> bool {
        self.dialogue.is_over()
    }

    /// Whether no byte waits for an earlier one.
    pub fn is_settled(&self) -> bool {
        Direction::BOTH.iter().all(|way| !self.assemblers[*way].is_waiting())
    }

    /// Ends both directions.
    pub fn finish(&mut self, observer: &mut impl Observer, sink: &mut impl FnMut(Direction, &Chunk<'_>)) {
        for direction in Direction::BOTH {
            let dialogue = &mut self.dialogue;
            self.assemblers[direction].finish(&mut |chunk| {
                sink(direction, &chunk);
                dialogue.feed(direction, &chunk, observer);
            });
        }
        self.dialogue.finish(observer);
    }
}
