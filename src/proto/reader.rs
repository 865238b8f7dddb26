//! A flow's segments in any order → its dialogue: assembly and reading of both directions in one piece.

use std::hint::black_box;
use std::sync::Arc;

use super::dialogue::{Dialogue, FastPath, Framing, Observer};
use super::tls::secrets::Secrets;
use crate::stream::{Arrival, Assembly, Chunk};
use crate::vocab::Direction;

/// Assembles and reads both directions of a flow. Memory is bounded by the assemblers' and the dialogue's caps.
pub struct FlowReader {
    assembly: Assembly,
    dialogue: Dialogue,
    /// Packets of another protocol that records are wrapped in.
    framing: Option<Box<Framing>>,
}

impl FlowReader {
    /// A reader; `midstream` where the capture lacks the flow's beginning. Encrypted records are opened with `secrets`.
    pub fn new(midstream: bool, secrets: &Arc<Secrets>) -> Self {
        Self { assembly: Assembly::default(), dialogue: Dialogue::new(midstream, Arc::clone(secrets)), framing: None }
    }

    /// Takes the next segment. Every stretch that is now in order goes to `sink`, then to the dialogue, which tells
    /// `observer` what it read.
    pub fn segment(
        &mut self,
        arrival: &Arrival<'_>,
        observer: &mut impl Observer,
        sink: &mut impl FnMut(Direction, &Chunk<'_>),
    ) {
        let Self { assembly, dialogue, framing } = self;
        assembly.segment(arrival, &mut |direction, chunk| {
            sink(direction, chunk);
            feed(direction, chunk, dialogue, framing, observer);
        });
    }

    /// The stream offset that a direction's next byte has.
    pub fn next(&self, direction: Direction) -> u64 {
        self.assembly.next(direction)
    }

    /// What of a direction can go by from here on without this reader, while no byte waits for an earlier one; whole
    /// records of application data where they say nothing new because the handshake is `settled`.
    pub fn fast_path(&mut self, direction: Direction, settled: bool) -> FastPath {
        if self.framing.is_some() {
            return FastPath::default();
        }
        self.dialogue.fast_path(direction, settled)
    }

    /// Takes note of what went by.
    pub fn note_passed(&mut self, direction: Direction, fast_path: &FastPath) {
        self.assembly.pass_over(direction, fast_path.passed());
        self.dialogue.note_passed(direction, fast_path);
    }

    /// Notes that a segment in `direction` acknowledges `ack` while the reader is settled, where `first_seq` is offset 0 of the other one.
    pub fn acknowledge(&mut self, direction: Direction, ack: u32, first_seq: u32) {
        // Nothing waits that could be handed on by this.
        self.assembly.acknowledge(direction, ack, first_seq, &mut |_, _| {});
    }

    /// Reads a little of every part, so that the processor has them at hand soon.
    pub fn prefetch(&self) {
        black_box(self.assembly.next(Direction::ToServer) ^ self.assembly.next(Direction::ToClient));
        self.dialogue.prefetch();
    }

    /// Whether nothing of this flow will be read any more.
    pub fn is_over(&self) -> bool {
        self.dialogue.is_over()
    }

    /// Whether no byte waits for an earlier one.
    pub fn is_settled(&self) -> bool {
        !self.assembly.is_waiting()
    }

    /// Ends both directions.
    pub fn finish(&mut self, observer: &mut impl Observer, sink: &mut impl FnMut(Direction, &Chunk<'_>)) {
        let Self { assembly, dialogue, framing } = self;
        assembly.finish(&mut |direction, chunk| {
            sink(direction, chunk);
            feed(direction, chunk, dialogue, framing, observer);
        });
        match framing {
            Some(framing) => framing.finish(dialogue, observer),
            None => dialogue.finish(observer),
        }
    }
}

/// Gives a stretch to the dialogue, out of the packets that it is wrapped in.
fn feed(
    direction: Direction,
    chunk: &Chunk<'_>,
    dialogue: &mut Dialogue,
    framing: &mut Option<Box<Framing>>,
    observer: &mut impl Observer,
) {
    if framing.is_none() && Framing::begins(direction, chunk) {
        *framing = Some(Box::default());
    }
    match framing {
        Some(framing) => framing.feed(direction, chunk, dialogue, observer),
        None => dialogue.feed(direction, chunk, observer),
    }
}
