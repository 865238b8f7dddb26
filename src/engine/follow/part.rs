//! A part of a conversation: the bytes of both directions between two places where reading can begin.

use crate::proto::tls::outline::RecordOutline;
use crate::stream::Chunk;
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// A stretch of one direction from one packet, or a gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Who sent it.
    pub direction: Direction,
    /// Where it lies in the sender's stream.
    pub range: StreamRange,
    /// The packet that carried it; of a gap the one before it.
    pub packet: PacketNumber,
    /// When that was captured.
    pub time: Time,
    /// Where its bytes begin in [`Part::bytes`]; `None` for a gap.
    pub at: Option<usize>,
}

/// A record and when it was complete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Who sent it.
    pub direction: Direction,
    /// What it is.
    pub outline: RecordOutline,
    /// The packet that completes it.
    pub packet: PacketNumber,
    /// When that was captured.
    pub time: Time,
}

/// Bytes that came again in another packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Copy {
    pub direction: Direction,
    pub range: StreamRange,
    pub packet: PacketNumber,
    pub bytes: Box<[u8]>,
}

/// A part of a flow's conversation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// Its number, from 0.
    pub number: usize,
    /// The pieces, in the order in which they became readable.
    pub pieces: Vec<Piece>,
    /// The pieces' bytes, one after the other.
    pub bytes: Vec<u8>,
    /// The records that are complete in it, where the flow has TLS.
    pub records: Vec<Record>,
    /// The last bytes of each direction before this part, up to a cap, none after a gap.
    pub before: PerDirection<Vec<u8>>,
    /// Who sent last before this part.
    pub speaker_before: Option<Direction>,
    /// Whether the flow goes on after it.
    pub goes_on: bool,
    pub(super) copies: Vec<Copy>,
}

impl Part {
    /// The bytes of a piece; none of a gap.
    pub fn piece_bytes(&self, piece: &Piece) -> &[u8] {
        let range = piece.at.map(|at| at..at + piece.range.len() as usize);
        range.and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }

    /// What it has of one direction, or of both.
    #[must_use]
    pub fn only(&self, only: Option<Direction>) -> Part {
        let Some(only) = only else { return self.clone() };
        let mut part = Part { pieces: Vec::new(), bytes: Vec::new(), records: Vec::new(), ..self.clone() };
        for piece in self.pieces.iter().filter(|piece| piece.direction == only) {
            let at = piece.at.map(|_| part.bytes.len());
            part.bytes.extend_from_slice(self.piece_bytes(piece));
            part.pieces.push(Piece { at, ..piece.clone() });
        }
        part.records.extend(self.records.iter().filter(|record| record.direction == only).cloned());
        part.speaker_before = self.speaker_before.map(|_| only).filter(|only| {
            // A heading is due in the first part that has anything of the direction.
            part.pieces.first().is_none_or(|piece| piece.direction == *only && piece.range.start > 0)
        });
        part
    }

    /// The pieces joined to runs: stretches of one direction without a gap.
    pub fn runs(&self) -> Vec<Piece> {
        let mut runs: Vec<Piece> = Vec::new();
        for piece in &self.pieces {
            match runs.last_mut() {
                Some(run)
                    if run.direction == piece.direction
                        && run.at.is_some()
                        && piece.at.is_some()
                        && run.range.end == piece.range.start =>
                {
                    run.range.end = piece.range.end;
                }
                _ => runs.push(piece.clone()),
            }
        }
        runs
    }

    /// What the part has of `range` of a direction, piece by piece.
    pub(super) fn lookup(
        &self,
        direction: Direction,
        range: StreamRange,
    ) -> impl Iterator<Item = (&Piece, StreamRange)> {
        let pieces =
            self.pieces.iter().filter(move |piece| piece.direction == direction && piece.range.overlaps(range));
        pieces.map(move |piece| {
            let common = StreamRange::new(piece.range.start.max(range.start), piece.range.end.min(range.end));
            (piece, common)
        })
    }

    pub(super) fn chunk(&mut self, direction: Direction, chunk: &Chunk<'_>, last: (PacketNumber, Time)) {
        match *chunk {
            Chunk::Bytes { range, bytes, packet, time, .. } => {
                let at = Some(self.bytes.len());
                self.bytes.extend_from_slice(bytes);
                self.pieces.push(Piece { direction, range, packet, time, at });
            }
            Chunk::Gap(range) => {
                let (packet, time) = last;
                self.pieces.push(Piece { direction, range, packet, time, at: None });
            }
            Chunk::Again { range, bytes, packet } => {
                self.copies.push(Copy { direction, range, packet, bytes: bytes.into() });
            }
        }
    }

    pub(super) fn record(&mut self, direction: Direction, outline: RecordOutline) {
        let (packet, time) = self.pieces.last().map_or_else(Default::default, |piece| (piece.packet, piece.time));
        self.records.push(Record { direction, outline, packet, time });
    }
}
