//! A part of a conversation cut into blocks, each laid out in lines only when it is looked at.

use std::ops::Range;

use super::form::As;
use super::lines::{Look, Marks, StreamLine};
use super::lines::{hex_columns, hex_line, raw_columns, raw_line, record_line, remark, rows, text_line};
use crate::engine::follow::{Match, Part, Piece, Repeat};
use crate::present::glyphs::{is_text, text_rows};
use crate::present::role::{Line, Role};
use crate::present::values;
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// Bytes of a block at most, but for a character that goes on.
const BLOCK: usize = 4096;

/// Records of a block.
const RECORDS: usize = 64;

/// A stretch of one direction, shown in one go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Who sent it.
    pub direction: Direction,
    /// Where it lies in the sender's stream.
    pub range: StreamRange,
    /// Whether the other end spoke before, so that a heading is due.
    pub turn: bool,
    /// The packet of its first byte; of a gap the one before it.
    pub packet: PacketNumber,
    /// When that was.
    pub time: Time,
    /// Where its bytes begin in the part; `None` for a gap.
    at: Option<usize>,
    /// The part's records that it shows, where it shows records.
    records: Range<usize>,
}

/// A part laid out in blocks, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub struct Chapter {
    /// The part, of the directions that are shown.
    pub part: Part,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// What is searched for in it, in the order of the conversation.
    pub matches: Vec<Match>,
}

impl Chapter {
    /// Lays a part out: what it has of one direction, or of both.
    pub fn new(part: &Part, only: Option<Direction>, shown_as: As) -> Self {
        let part = part.only(only);
        let blocks = if shown_as == As::Records { record_blocks(&part) } else { byte_blocks(&part) };
        Self { part, blocks, matches: Vec::new() }
    }

    /// Where a packet's bytes begin, else those of the first packet after it.
    pub fn at_packet(&self, packet: PacketNumber) -> Option<(Direction, u64)> {
        let piece = self.part.pieces.iter().find(|piece| piece.at.is_some() && piece.packet == packet);
        let piece = piece.or_else(|| self.part.pieces.iter().find(|piece| piece.packet >= packet));
        piece.or(self.part.pieces.last()).map(|piece| (piece.direction, piece.range.start))
    }

    /// The block and the line in it that show the byte at `offset` of a direction, else the last ones before it, else
    /// the first ones of the direction.
    pub fn place_of(&self, direction: Direction, offset: u64, look: &Look<'_>) -> Option<(usize, usize)> {
        if look.shown_as == As::Records {
            let records = &self.part.records;
            let at = records.iter().position(|one| one.direction == direction && one.outline.range.end > offset)?;
            return Some((at / RECORDS, at % RECORDS));
        }
        let own = |block: &Block| block.direction == direction;
        let holds = self.blocks.iter().position(|block| own(block) && block.range.contains(offset));
        let before = || self.blocks.iter().rposition(|block| own(block) && block.range.start <= offset);
        let block = holds.or_else(before).or_else(|| self.blocks.iter().position(own))?;
        let lines = self.lines(block, look);
        let line = lines.iter().rposition(|line| !line.range.is_empty() && line.range.start <= offset);
        Some((block, line.unwrap_or(0)))
    }

    /// A block's lines.
    pub fn lines(&self, block: usize, look: &Look<'_>) -> Vec<StreamLine> {
        let Some(shown) = self.blocks.get(block) else { return Vec::new() };
        if !shown.records.is_empty() {
            return self.part.records[shown.records.clone()].iter().map(|one| record_line(one, look)).collect();
        }
        let bare = |line, packet| StreamLine {
            line,
            direction: shown.direction,
            range: StreamRange::new(shown.range.start, shown.range.start),
            packet,
        };
        let mut lines = Vec::new();
        if shown.turn {
            lines.push(bare(self.heading(block, look.map.start), shown.packet));
        }
        if shown.at.is_none() {
            let line = Line::of(Role::Gap, format!("  [{} bytes were not captured]", shown.range.len()));
            lines.push(StreamLine { range: shown.range, ..bare(line, shown.packet) });
            return lines;
        }
        let bytes = self.bytes(shown);
        let text = is_text(bytes);
        let repeats = look.map.repeats(shown.direction, shown.range);
        let marks =
            Marks { found: self.found(shown), current: look.current.and_then(|at| self.matches.get(at)), repeats };
        let mut pieces = self.pieces(shown).peekable();
        for row in rows(bytes, look) {
            let start = shown.range.start + row.start as u64;
            let range = StreamRange::new(start, shown.range.start + row.end as u64);
            let part = &bytes[row];
            let line = match look.shown_as {
                As::Hex => hex_line(part, start, shown.direction, &marks, hex_columns(look.width)),
                As::Raw => raw_line(part, start, shown.direction, &marks),
                As::Text | As::Records => text_line(part, text, start, shown.direction, &marks),
            };
            while pieces.next_if(|piece| piece.range.end <= start).is_some() {}
            let packet = pieces.peek().map_or(shown.packet, |piece| piece.packet);
            lines.push(StreamLine { line, direction: shown.direction, range, packet });
        }
        lines.extend(conflicts(&marks.repeats, shown).map(|repeat| bare(remark(repeat), repeat.packet)));
        lines
    }

    /// How many lines a block has; cheaper than its lines.
    pub fn line_count(&self, block: usize, look: &Look<'_>) -> usize {
        let Some(shown) = self.blocks.get(block) else { return 0 };
        if !shown.records.is_empty() {
            return shown.records.len();
        }
        let heading = usize::from(shown.turn);
        if shown.at.is_none() {
            return heading + 1;
        }
        let rows = match look.shown_as {
            As::Hex => (shown.range.len() as usize).div_ceil(hex_columns(look.width)),
            As::Raw => (shown.range.len() as usize).div_ceil(raw_columns(look.width)),
            As::Text | As::Records => text_rows(self.bytes(shown), look.width.saturating_sub(2)).len(),
        };
        heading + rows + conflicts(&look.map.repeats(shown.direction, shown.range), shown).count()
    }

    /// Where the byte at `offset` of a direction lies in the part's bytes, or the next one of it.
    pub fn byte_at(&self, direction: Direction, offset: u64) -> Option<usize> {
        let own = |piece: &&Piece| piece.direction == direction && piece.at.is_some() && piece.range.end > offset;
        let piece = self.part.pieces.iter().find(own)?;
        piece.at.map(|at| at + offset.saturating_sub(piece.range.start) as usize)
    }

    /// The stream offset of the byte at `at` of the part's bytes.
    pub fn offset_at(&self, at: usize) -> Option<u64> {
        let piece = self.part.pieces.iter().rfind(|piece| piece.at.is_some_and(|begin| begin <= at))?;
        piece.at.map(|begin| piece.range.start + (at - begin) as u64)
    }

    /// The bytes that a line of a block shows.
    pub fn line_bytes(&self, block: usize, line: &StreamLine) -> &[u8] {
        let Some(shown) = self.blocks.get(block).filter(|shown| shown.at.is_some() && !line.range.is_empty()) else {
            return &[];
        };
        let (from, to) = (line.range.start - shown.range.start, line.range.end - shown.range.start);
        self.bytes(shown).get(from as usize..to as usize).unwrap_or_default()
    }

    fn bytes(&self, block: &Block) -> &[u8] {
        let range = block.at.map(|at| at..at + block.range.len() as usize);
        range.and_then(|range| self.part.bytes.get(range)).unwrap_or_default()
    }

    /// The pieces of a block, in order.
    fn pieces(&self, block: &Block) -> impl Iterator<Item = &Piece> {
        let (direction, range) = (block.direction, block.range);
        let pieces = self.part.pieces.iter().filter(move |piece| piece.direction == direction);
        pieces
            .skip_while(move |piece| piece.range.end <= range.start)
            .take_while(move |piece| piece.range.start < range.end)
    }

    /// The matches that can have bytes in a block.
    fn found(&self, block: &Block) -> Vec<&Match> {
        let near = |one: &&Match| one.direction == block.direction && one.range.overlaps(block.range);
        let end = block.at.unwrap_or_default() + block.range.len() as usize;
        let to = self.matches.partition_point(|one| one.at < end);
        // Those that begin before the block may reach into it; they are few.
        self.matches[..to].iter().rev().take_while(|one| one.at + BLOCK * 4 > end).filter(near).collect()
    }

    fn heading(&self, block: usize, start: Time) -> Line {
        let shown = &self.blocks[block];
        let (role, arrow) = match shown.direction {
            Direction::ToServer => (Role::ToServer, "▶ client"),
            Direction::ToClient => (Role::ToClient, "◀ server"),
        };
        let turn = self.blocks[block..].iter().enumerate();
        let own = turn.take_while(|(at, one)| *at == 0 || !one.turn).map(|(at, one)| (block + at, one.range.len()));
        let (last, own) = own.fold((block, 0), |(_, sum), (at, len)| (at, sum + len));
        let more = if last + 1 == self.blocks.len() && self.part.goes_on { " or more" } else { "" };
        Line::of(role, format!("{arrow} "))
            .with(Role::Dim, format!("packet {}  ", shown.packet))
            .with(Role::Dim, format!("+{:.6} s  ", shown.time.since(start)))
            .with(Role::Dim, format!("{}{more}", values::bytes(own)))
    }
}

impl Block {
    fn of(run: &Piece, range: StreamRange, turn: bool, at: Option<usize>) -> Self {
        let Piece { direction, packet, time, .. } = *run;
        Self { direction, range, turn, packet, time, at, records: 0..0 }
    }
}

fn byte_blocks(part: &Part) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut speaker = part.speaker_before;
    for run in part.runs() {
        let turn = speaker != Some(run.direction);
        speaker = Some(run.direction);
        let Some(at) = run.at else {
            blocks.push(Block::of(&run, run.range, turn, None));
            continue;
        };
        let bytes = part.piece_bytes(&run);
        let mut start = 0;
        while start < bytes.len() {
            let end = start + cut(&bytes[start..]);
            let range = StreamRange::new(run.range.start + start as u64, run.range.start + end as u64);
            let mut block = Block::of(&run, range, turn && start == 0, Some(at + start));
            if start > 0 {
                // A run is of many packets: the one that carried this block's first byte.
                let before = |piece: &&Piece| piece.at.is_some_and(|piece| piece <= at + start);
                if let Some(piece) = part.pieces.iter().rfind(before) {
                    (block.packet, block.time) = (piece.packet, piece.time);
                }
            }
            blocks.push(block);
            start = end;
        }
    }
    blocks
}

/// Where to cut a run so that it shows least: after a line, else after a character.
fn cut(bytes: &[u8]) -> usize {
    if bytes.len() <= BLOCK {
        return bytes.len();
    }
    if let Some(feed) = bytes[BLOCK / 2..BLOCK].iter().rposition(|byte| *byte == b'\n') {
        return BLOCK / 2 + feed + 1;
    }
    // A character has four bytes at most, the first of which is none of 0x80 to 0xbf.
    (BLOCK - 3..=BLOCK).rev().find(|at| bytes[*at] & 0xc0 != 0x80).unwrap_or(BLOCK)
}

fn record_blocks(part: &Part) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (number, chunk) in part.records.chunks(RECORDS).enumerate() {
        let (first, start) = (&chunk[0], number * RECORDS);
        blocks.push(Block {
            direction: first.direction,
            range: first.outline.range,
            turn: false,
            packet: first.packet,
            time: first.time,
            at: None,
            records: start..start + chunk.len(),
        });
    }
    blocks
}

/// The repeats that differ and end in a block: a remark stands below it.
fn conflicts<'a>(repeats: &'a [Repeat], block: &'a Block) -> impl Iterator<Item = &'a Repeat> {
    repeats.iter().filter(|repeat| repeat.differs.is_some_and(|differs| block.range.contains(differs.end - 1)))
}
