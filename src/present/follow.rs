//! A flow's two streams as a conversation: each part cut into blocks, each block laid out in lines only when it is looked
//! at. A stream may be of any size: nothing here sees more than one part.

use std::collections::BTreeMap;
use std::ops::Range;

use super::glyphs::{Glyph, Glyphs, is_text, text_rows};
use super::role::{Line, Role};
use super::values;
use crate::engine::follow::{Extent, Match, Part, Piece, Record, Repeat};
use crate::engine::{FlowView, StreamMap};
use crate::timeline::StepKind;
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// Bytes of a block at most, but for a character that goes on.
const BLOCK: usize = 4096;
/// Records of a block.
const RECORDS: usize = 64;
/// Records of a flow whose names keys or inference can tell.
const MAX_NAMED: usize = 4096;

/// How bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum As {
    /// As text; what is no text is a dot.
    #[default]
    Text,
    /// As a hex dump.
    Hex,
    /// As hexadecimal digits alone.
    Raw,
    /// One line a TLS record.
    Records,
}

impl As {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            As::Text => "text",
            As::Hex => "hex",
            As::Raw => "raw",
            As::Records => "records",
        }
    }

    /// The next way to show bytes; records only where there are any.
    #[must_use]
    pub fn next(self, has_records: bool) -> Self {
        match self {
            As::Text => As::Hex,
            As::Hex => As::Raw,
            As::Raw if has_records => As::Records,
            As::Raw | As::Records => As::Text,
        }
    }
}

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

/// One line on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamLine {
    /// Its text.
    pub line: Line,
    /// Whose bytes.
    pub direction: Direction,
    /// The bytes of the stream that it shows; empty for a heading or a remark.
    pub range: StreamRange,
    /// The packet that carried its first byte.
    pub packet: PacketNumber,
}

/// What lines are made with.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// How bytes are shown.
    pub shown_as: As,
    /// In how many columns.
    pub width: usize,
    /// The map, which knows what came again.
    pub map: &'a StreamMap,
    /// The match under the cursor, by its number in the chapter.
    pub current: Option<usize>,
    /// What records hold that their bytes alone do not tell.
    pub names: &'a RecordNames,
}

/// What records hold, by direction and stream offset, as the timeline tells it.
#[derive(Clone, Debug, Default)]
pub struct RecordNames(BTreeMap<(Direction, u64), String>);

impl RecordNames {
    /// What the timeline of a flow tells of its records.
    pub fn of(view: &FlowView) -> Self {
        let mut names: BTreeMap<_, String> = BTreeMap::new();
        let kinds = [StepKind::Message, StepKind::Alert, StepKind::ChangeCipherSpec, StepKind::Encrypted];
        for step in view.timeline.steps.iter().filter(|step| kinds.contains(&step.kind)) {
            for record in view.timeline.records_of(step) {
                if names.len() >= MAX_NAMED {
                    return Self(names);
                }
                let name = names.entry((step.from, record.start)).or_default();
                if !name.is_empty() {
                    name.push_str(", ");
                }
                name.push_str(&step.name);
                name.push_str(if step.inferred { " (inferred)" } else { "" });
            }
        }
        Self(names)
    }
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

fn rows(bytes: &[u8], look: &Look<'_>) -> Vec<Range<usize>> {
    match look.shown_as {
        As::Hex => even_rows(bytes.len(), hex_columns(look.width)),
        As::Raw => even_rows(bytes.len(), raw_columns(look.width)),
        As::Text | As::Records => text_rows(bytes, look.width.saturating_sub(2)),
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

impl Block {
    fn of(run: &Piece, range: StreamRange, turn: bool, at: Option<usize>) -> Self {
        let Piece { direction, packet, time, .. } = *run;
        Self { direction, range, turn, packet, time, at, records: 0..0 }
    }
}

/// The repeats that differ and end in a block: a remark stands below it.
fn conflicts<'a>(repeats: &'a [Repeat], block: &'a Block) -> impl Iterator<Item = &'a Repeat> {
    repeats.iter().filter(|repeat| repeat.differs.is_some_and(|differs| block.range.contains(differs.end - 1)))
}

fn remark(repeat: &Repeat) -> Line {
    let differs = repeat.differs.unwrap_or(repeat.range);
    let first = repeat.first.map_or(String::new(), |first| format!(" of packet {first}"));
    Line::of(
        Role::Warning,
        format!(
            "  [! bytes {} to {} came again in packet {} with other values; the first copy{first} is shown]",
            differs.start,
            differs.end - 1,
            repeat.packet
        ),
    )
}

fn record_line(record: &Record, look: &Look<'_>) -> StreamLine {
    let Record { direction, outline, packet, time } = record;
    let (role, sign) = way(*direction);
    let mut line = Line::of(role, format!("{sign} "));
    line.push(Role::Dim, format!("packet {packet:<7} +{:<11.6} ", time.since(look.map.start)));
    match outline.header {
        None => line.push(Role::Warning, format!("{} of no record", values::bytes(outline.range.len()))),
        Some(header) => {
            let kind = header.content_type.to_string();
            line.push(role, format!("{kind:<18} "));
            line.push(Role::Text, format!("{:<8} {:>5}  ", header.version.to_string(), header.length));
            let told = look.names.0.get(&(*direction, outline.range.start));
            line.push(Role::Strong, told.cloned().unwrap_or_else(|| outline.names.join(", ")));
            if !outline.is_whole {
                line.push(Role::Gap, "  (not captured whole)");
            }
        }
    }
    StreamLine { line, direction: *direction, range: outline.range, packet: *packet }
}

/// What to say where there is nothing to show, of one direction or of both.
pub fn nothing(shown_as: As, only: Option<Direction>) -> String {
    match only {
        None if shown_as == As::Records => "no TLS record was captured; x shows the bytes".to_owned(),
        None => "no payload was captured".to_owned(),
        Some(only) => format!("no payload of the {} was captured; d shows other directions", only.sender()),
    }
}

/// What a search has found: its pattern and how that is written, the number of the match under the cursor, how many
/// there are so far, and whether that is all.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    /// The pattern as it was written.
    pub pattern: &'a str,
    /// `text`, `regex` or `hex`.
    pub syntax: &'a str,
    /// The number of the match under the cursor, from 1.
    pub current: Option<u64>,
    /// How many matches were found.
    pub count: u64,
    /// How far the search is, in per cent; all was searched without.
    pub searched: Option<u64>,
}

/// The line above the streams: how they are shown, how much there is, what a search found.
pub fn summary(extent: &Extent, shown_as: As, only: Option<Direction>, tally: Option<&Tally<'_>>) -> Line {
    let mut line = Line::of(Role::Strong, format!(" {}", shown_as.name()));
    for direction in Direction::BOTH {
        let (role, sign) = way(direction);
        let hidden = only.is_some_and(|only| only != direction);
        let all = values::bytes(extent.bytes[direction]);
        line.push(if hidden { Role::Dim } else { role }, format!("   {sign} {} {all}", direction.sender()));
        if extent.missing[direction] > 0 {
            line.push(Role::Gap, format!(" ({} missing)", values::bytes(extent.missing[direction])));
        }
        if hidden {
            line.push(Role::Dim, " (hidden)");
        }
    }
    if !extent.is_complete {
        let share = extent.all().min(extent.expected) * 100 / extent.expected.max(1);
        line.push(Role::Dim, format!("   reading: {share} %"));
    }
    if extent.repeats > 0 {
        line.push(Role::Event, format!("   {} sent again (R)", values::count(extent.repeats)));
    }
    if extent.conflicts > 0 {
        line.push(Role::Warning, format!(", {} with other bytes (!)", values::count(extent.conflicts)));
    }
    if extent.left_out > 0 {
        line.push(Role::Warning, format!(", {} not compared", values::count(extent.left_out)));
    }
    if let Some(tally) = tally {
        let at = tally.current.map_or(String::new(), |at| format!("{at} of "));
        let kind = if tally.syntax == "text" { String::new() } else { format!("{} ", tally.syntax) };
        let more = tally.searched.map_or(String::new(), |share| format!(" so far, {share} % searched"));
        let pattern = crate::vocab::text::visible(tally.pattern);
        line.push(Role::Notice, format!("   {kind}/{pattern}: {at}{} matches{more}", tally.count));
    }
    line
}

struct Marks<'a> {
    found: Vec<&'a Match>,
    current: Option<&'a Match>,
    repeats: Vec<Repeat>,
}

impl Marks<'_> {
    fn role(&self, offset: u64, otherwise: Role) -> Role {
        let current = self.current.filter(|current| current.range.contains(offset));
        if current.is_some_and(|current| self.found.contains(&current)) {
            Role::CurrentMatch
        } else if self.found.iter().any(|one| one.range.contains(offset)) {
            Role::Match
        } else if self.repeats.iter().any(|one| one.differs.is_some_and(|differs| differs.contains(offset))) {
            Role::Warning
        } else if self.repeats.iter().any(|one| one.range.contains(offset)) {
            Role::Event
        } else {
            otherwise
        }
    }

    /// The sign of a line beside its direction: `!` where copies of its bytes differ, `R` where they were sent again.
    fn sign(&self, offset: u64, len: usize) -> (Role, &'static str) {
        let range = StreamRange::new(offset, offset + len as u64);
        let mut sign = (Role::Text, " ");
        for repeat in &self.repeats {
            if repeat.differs.is_some_and(|differs| differs.overlaps(range)) {
                return (Role::Warning, "!");
            }
            if repeat.range.overlaps(range) {
                sign = (Role::Event, "R");
            }
        }
        sign
    }
}

/// Bytes as text that does nothing to a terminal: line ends and tabs stay, what cannot be shown becomes a dot.
pub fn plain(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let shown = chunk.valid().chars().filter(|c| *c != '\r');
        text.extend(shown.map(|c| if c != '\n' && c != '\t' && crate::vocab::text::is_unsafe(c) { '.' } else { c }));
        text.extend(chunk.invalid().iter().map(|_| '.'));
    }
    text
}

fn hex_columns(width: usize) -> usize {
    if width >= 80 { 16 } else { 8 }
}

fn raw_columns(width: usize) -> usize {
    (width.saturating_sub(2) / 16).max(1) * 8
}

fn even_rows(len: usize, per_row: usize) -> Vec<Range<usize>> {
    (0..len).step_by(per_row).map(|start| start..(start + per_row).min(len)).collect()
}

fn way(direction: Direction) -> (Role, &'static str) {
    match direction {
        Direction::ToServer => (Role::ToServer, "▸"),
        Direction::ToClient => (Role::ToClient, "◂"),
    }
}

/// The beginning of a line of bytes: whose they are, and whether they came again.
fn lead(direction: Direction, offset: u64, len: usize, marks: &Marks<'_>) -> Line {
    let (role, sign) = way(direction);
    let (mark_role, mark) = marks.sign(offset, len);
    Line::of(role, sign).with(mark_role, mark)
}

fn text_line(bytes: &[u8], text: bool, offset: u64, direction: Direction, marks: &Marks<'_>) -> Line {
    let (role, _) = way(direction);
    let mut line = lead(direction, offset, bytes.len(), marks);
    let mut run = (role, String::new());
    for (range, glyph) in Glyphs::new(bytes, text) {
        let usual = if matches!(glyph, Glyph::Dot) { Role::Dim } else { role };
        let role = marks.role(offset + range.start as u64, usual);
        if role != run.0 {
            line.push(run.0, std::mem::take(&mut run.1));
            run.0 = role;
        }
        match glyph {
            Glyph::Char(c) => run.1.push(c),
            Glyph::Tab => run.1.push_str("    "),
            Glyph::Dot => run.1.push('.'),
            Glyph::LineFeed | Glyph::CarriageReturn => {}
        }
    }
    line.push(run.0, run.1);
    line
}

fn hex_line(bytes: &[u8], offset: u64, direction: Direction, marks: &Marks<'_>, per_row: usize) -> Line {
    let (usual, _) = way(direction);
    let mut line = lead(direction, offset, bytes.len(), marks).with(Role::Offset, format!("{offset:08x}  "));
    for (at, byte) in bytes.iter().enumerate() {
        line.push(marks.role(offset + at as u64, usual), format!("{byte:02x}"));
        line.push(Role::Text, if at == 7 { "  " } else { " " });
    }
    let missing = per_row - bytes.len();
    line.push(Role::Text, " ".repeat(missing * 3 + usize::from(bytes.len() < 8 && per_row > 8) + 1));
    for (at, byte) in bytes.iter().enumerate() {
        let shown = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
        line.push(marks.role(offset + at as u64, usual), shown);
    }
    line
}

fn raw_line(bytes: &[u8], offset: u64, direction: Direction, marks: &Marks<'_>) -> Line {
    let (usual, _) = way(direction);
    let mut line = lead(direction, offset, bytes.len(), marks);
    let mut run = (usual, String::new());
    for (at, byte) in bytes.iter().enumerate() {
        let role = marks.role(offset + at as u64, usual);
        if role != run.0 {
            line.push(run.0, std::mem::take(&mut run.1));
            run.0 = role;
        }
        run.1.push_str(&crate::vocab::text::hex(&[*byte]));
    }
    line.push(run.0, run.1);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_line_feeds_and_at_the_edge() {
        let rows = text_rows(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nabcdefghij", 12);
        assert_eq!(rows, [0..12, 12..16, 16..25, 25..27, 27..37]);
        assert_eq!(text_rows("世世世世世世".as_bytes(), 10), [0..15, 15..18]);
        assert!(text_rows(b"", 10).is_empty());
    }

    #[test]
    fn what_is_no_text_is_a_dot() {
        let marks = Marks { found: Vec::new(), current: None, repeats: Vec::new() };
        let bytes = b"a\x1b[31m\xff\xe2\x80\xae\xc3\xa9\n";
        let line = |text| text_line(bytes, text, 0, Direction::ToClient, &marks).plain();
        assert_eq!(line(true), "◂ a.[31m..é");
        assert_eq!(line(false), "◂ a.[31m.......");
        assert!(is_text("GET / HTTP/1.1\r\nX: é\r\n".as_bytes()));
        assert!(!is_text(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03abcdef"));
    }

    #[test]
    fn a_hex_line_keeps_its_columns() {
        let marks = Marks { found: Vec::new(), current: None, repeats: Vec::new() };
        let full = hex_line(&[0x41; 16], 0, Direction::ToServer, &marks, 16).plain();
        let short = hex_line(&[0x41; 3], 16, Direction::ToServer, &marks, 16).plain();
        assert_eq!(full.find("AAA"), short.find("AAA"));
    }
}
