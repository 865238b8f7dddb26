//! A flow's two streams as a conversation: cut into blocks, each laid out in lines only when it is looked at.
//!
//! A stream may be large: nothing here walks over all of its bytes but a search.

use std::ops::{Not, Range};

use super::role::{Line, Role};
use super::values;
use crate::engine::FlowView;
use crate::timeline::Piece;
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// Bytes from which on a block takes no further piece.
const BLOCK: u64 = 4096;
/// Matches that are kept; more are not looked for, and that is shown.
pub const MAX_MATCHES: usize = 100_000;

/// How bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum As {
    /// As text; what is no text is a dot.
    #[default]
    Text,
    /// As a hex dump.
    Hex,
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
    /// Whether its bytes are missing.
    pub gap: bool,
    /// The direction's pieces that make it up.
    pieces: Range<usize>,
}

/// The blocks, in the order in which they were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conversation {
    /// The blocks.
    pub blocks: Vec<Block>,
    /// When the flow began.
    pub start: Time,
}

/// One line on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamLine {
    /// Its text.
    pub line: Line,
    /// Stream offset of its first byte.
    pub offset: u64,
    /// The packet that carried its first byte.
    pub packet: PacketNumber,
}

/// Where a search matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Match {
    /// The block in which it begins.
    pub block: usize,
    /// Where it lies in the block's direction.
    pub range: StreamRange,
}

impl Conversation {
    /// The conversation of a flow, or one direction of it.
    pub fn new(view: &FlowView, only: Option<Direction>) -> Self {
        let mut blocks: Vec<Block> = Vec::new();
        let wanted = view.streams.order.iter().filter(|(direction, _)| only.is_none_or(|only| only == *direction));
        for (direction, at) in wanted {
            let piece = &view.streams.pieces[*direction][*at];
            if !blocks.last_mut().is_some_and(|last| last.takes(*direction, *at, piece)) {
                blocks.push(Block::new(*direction, *at, piece, blocks.last()));
            }
        }
        Self { blocks, start: view.trace.row.start }
    }

    /// Bytes shown before each block and in all, for a scroll bar.
    pub fn bytes_before(&self, block: usize) -> u64 {
        self.blocks.iter().take(block).map(|block| block.range.len()).sum()
    }

    /// The block that holds a packet's bytes, else the first one after it; and the offset where they begin.
    pub fn at_packet(&self, view: &FlowView, packet: PacketNumber) -> Option<(usize, u64)> {
        let mut later = None;
        for (at, block) in self.blocks.iter().enumerate() {
            let pieces = &view.streams.pieces[block.direction][block.pieces.clone()];
            let holds = |piece: &&Piece| piece.source.as_ref().is_some_and(|source| source.packet == packet);
            if let Some(piece) = pieces.iter().find(holds) {
                return Some((at, piece.range.start));
            }
            if later.is_none() && block.packet > packet {
                later = Some((at, block.range.start));
            }
        }
        later.or_else(|| self.blocks.last().map(|block| (self.blocks.len() - 1, block.range.start)))
    }

    /// A block's lines in `width` columns; `found` are the matches, in order, `current` the one under the cursor.
    pub fn lines(
        &self,
        view: &FlowView,
        block: usize,
        layout: (As, usize),
        found: &[Match],
        current: Option<Match>,
    ) -> Vec<StreamLine> {
        let Some(shown) = self.blocks.get(block) else { return Vec::new() };
        let mut lines = Vec::new();
        if shown.turn {
            lines.push(StreamLine { line: self.heading(block), offset: shown.range.start, packet: shown.packet });
        }
        if shown.gap {
            let line = Line::of(Role::Gap, format!("  [{} bytes were not captured]", shown.range.len()));
            lines.push(StreamLine { line, offset: shown.range.start, packet: shown.packet });
            return lines;
        }
        let bytes = shown.bytes(view);
        let text = is_text(&bytes);
        let marks = Marks { found: overlapping(found, self, block), current };
        let rows = match layout.0 {
            As::Text => text_rows(&bytes, layout.1.saturating_sub(2)),
            As::Hex => hex_rows(bytes.len(), if layout.1 >= 80 { 16 } else { 8 }),
        };
        for row in rows {
            let offset = shown.range.start + row.start as u64;
            let part = &bytes[row.clone()];
            let line = match layout.0 {
                As::Text => text_line(part, text, offset, shown.direction, &marks),
                As::Hex => hex_line(part, offset, shown.direction, &marks, if layout.1 >= 80 { 16 } else { 8 }),
            };
            lines.push(StreamLine { line, offset, packet: shown.packet_at(view, offset) });
        }
        lines
    }

    /// How many lines a block has; cheaper than its lines.
    pub fn line_count(&self, view: &FlowView, block: usize, layout: (As, usize)) -> usize {
        let Some(shown) = self.blocks.get(block) else { return 0 };
        let heading = usize::from(shown.turn);
        let rows = match layout.0 {
            _ if shown.gap => 1,
            As::Hex => (shown.range.len() as usize).div_ceil(if layout.1 >= 80 { 16 } else { 8 }),
            As::Text => text_rows(&shown.bytes(view), layout.1.saturating_sub(2)).len(),
        };
        heading + rows
    }

    fn heading(&self, block: usize) -> Line {
        let shown = &self.blocks[block];
        let (role, arrow) = match shown.direction {
            Direction::ToServer => (Role::ToServer, "▶ client"),
            Direction::ToClient => (Role::ToClient, "◀ server"),
        };
        let turn = self.blocks[block..].iter().enumerate();
        let own = turn.take_while(|(at, one)| *at == 0 || !one.turn).map(|(_, one)| one.range.len());
        Line::of(role, format!("{arrow} "))
            .with(Role::Dim, format!("packet {}  ", shown.packet))
            .with(Role::Dim, format!("+{:.6} s  ", shown.time.since(self.start)))
            .with(Role::Dim, values::bytes(own.sum()))
    }

    /// All places where `needle` occurs, whatever its case, in the order of the conversation; whether that is all.
    pub fn search(&self, view: &FlowView, needle: &str) -> (Vec<Match>, bool) {
        let mut builder = regex::bytes::RegexBuilder::new(&regex::escape(needle));
        let Ok(pattern) = builder.case_insensitive(true).unicode(needle.is_ascii().not()).build() else {
            return (Vec::new(), true);
        };
        if needle.is_empty() {
            return (Vec::new(), true);
        }
        let mut found = Vec::new();
        for direction in Direction::BOTH {
            self.search_direction(view, direction, &pattern, needle.len(), &mut found);
        }
        found.sort_unstable();
        let complete = found.len() < MAX_MATCHES;
        (found, complete)
    }

    fn search_direction(
        &self,
        view: &FlowView,
        direction: Direction,
        pattern: &regex::bytes::Regex,
        needle: usize,
        found: &mut Vec<Match>,
    ) {
        // The end of the block before, in which a match may begin.
        let mut tail: Vec<u8> = Vec::new();
        let mut before = 0;
        let mut next = 0;
        for (at, block) in self.blocks.iter().enumerate().filter(|(_, block)| block.direction == direction) {
            if block.range.start != next || block.gap {
                tail.clear();
            }
            next = block.range.end;
            if block.gap {
                continue;
            }
            let kept = tail.len();
            tail.extend_from_slice(&block.bytes(view));
            let start = block.range.start - kept as u64;
            for one in pattern.find_iter(&tail).filter(|one| one.end() > kept) {
                if found.len() >= MAX_MATCHES {
                    return;
                }
                let range = StreamRange::new(start + one.start() as u64, start + one.end() as u64);
                found.push(Match { block: if one.start() < kept { before } else { at }, range });
            }
            before = at;
            tail.drain(..tail.len().saturating_sub(needle - 1));
        }
    }
}

impl Block {
    fn new(direction: Direction, at: usize, piece: &Piece, before: Option<&Block>) -> Self {
        let (packet, time) = match (&piece.source, before) {
            (Some(source), _) => (source.packet, source.time),
            (None, Some(before)) => (before.packet, before.time),
            (None, None) => Default::default(),
        };
        let turn = before.is_none_or(|before| before.direction != direction);
        Self { direction, range: piece.range, turn, packet, time, gap: piece.source.is_none(), pieces: at..at + 1 }
    }

    /// Takes the piece that follows, if it belongs here.
    fn takes(&mut self, direction: Direction, at: usize, piece: &Piece) -> bool {
        let fits = self.direction == direction
            && !self.gap
            && piece.source.is_some()
            && self.pieces.end == at
            && self.range.end == piece.range.start
            && self.range.len() < BLOCK;
        if fits {
            self.pieces.end = at + 1;
            self.range.end = piece.range.end;
        }
        fits
    }

    fn bytes(&self, view: &FlowView) -> Vec<u8> {
        let pieces = &view.streams.pieces[self.direction][self.pieces.clone()];
        let mut bytes = Vec::with_capacity(self.range.len() as usize);
        for piece in pieces {
            bytes.extend_from_slice(view.streams.bytes(&view.trace, piece));
        }
        bytes
    }

    fn packet_at(&self, view: &FlowView, offset: u64) -> PacketNumber {
        let pieces = &view.streams.pieces[self.direction][self.pieces.clone()];
        let holder = pieces.iter().find(|piece| piece.range.contains(offset));
        holder.and_then(|piece| piece.source.as_ref()).map_or(self.packet, |source| source.packet)
    }
}

/// What to say where there is nothing to show, of one direction or of both.
pub fn nothing(only: Option<Direction>) -> String {
    match only {
        None => "no payload was captured".to_owned(),
        Some(only) => format!("no payload of the {} was captured; d shows other directions", only.sender()),
    }
}

/// The line above the streams: how they are shown, how much there is, what a search found: its text, the match it is
/// at, how many there are, and whether there may be more.
pub fn summary(
    view: &FlowView,
    shown_as: As,
    only: Option<Direction>,
    matches: Option<(&str, Option<usize>, usize, bool)>,
) -> Line {
    let shown_as = match shown_as {
        As::Text => " text",
        As::Hex => " hex",
    };
    let mut line = Line::of(Role::Strong, shown_as);
    for direction in Direction::BOTH {
        let (role, sign) = way(direction);
        let pieces = &view.streams.pieces[direction];
        let all = pieces.last().map_or(0, |piece| piece.range.end);
        let missing: u64 = pieces.iter().filter(|piece| piece.source.is_none()).map(|piece| piece.range.len()).sum();
        let hidden = only.is_some_and(|only| only != direction);
        line.push(
            if hidden { Role::Dim } else { role },
            format!("   {sign}{} {}", direction.sender(), values::bytes(all)),
        );
        if missing > 0 {
            line.push(Role::Gap, format!(" ({} missing)", values::bytes(missing)));
        }
        if hidden {
            line.push(Role::Dim, " (hidden)");
        }
    }
    if view.trace.capped > 0 {
        line.push(Role::Warning, format!("   {} segments left out: the flow is too large", view.trace.capped));
    }
    if let Some((needle, current, count, more)) = matches {
        let at = current.map_or(String::new(), |at| format!("{} of ", at + 1));
        let more = if more { "+" } else { "" };
        line.push(Role::Notice, format!("   /{}: {at}{count}{more} matches", crate::vocab::text::visible(needle)));
    }
    line
}

struct Marks<'a> {
    found: &'a [Match],
    current: Option<Match>,
}

impl Marks<'_> {
    fn role(&self, offset: u64, otherwise: Role) -> Role {
        if self.current.is_some_and(|current| current.range.contains(offset)) {
            Role::CurrentMatch
        } else if self.found.iter().any(|one| one.range.contains(offset)) {
            Role::Match
        } else {
            otherwise
        }
    }
}

/// The matches that can touch a block: those that begin in it, and those before it that reach into it.
fn overlapping<'a>(found: &'a [Match], conversation: &Conversation, block: usize) -> &'a [Match] {
    let before = conversation.blocks[..block]
        .iter()
        .rposition(|one| one.direction == conversation.blocks[block].direction)
        .unwrap_or(block);
    let from = found.partition_point(|one| one.block < before);
    let to = found.partition_point(|one| one.block <= block);
    &found[from..to]
}

fn hex_rows(len: usize, per_row: usize) -> Vec<Range<usize>> {
    (0..len).step_by(per_row).map(|start| start..(start + per_row).min(len)).collect()
}

/// Cuts text into lines: at line feeds, and where `width` columns are full.
fn text_rows(bytes: &[u8], width: usize) -> Vec<Range<usize>> {
    let width = width.max(10);
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (range, glyph) in Glyphs::new(bytes, is_text(bytes)) {
        let columns = glyph.columns();
        if used + columns > width {
            rows.push(start..range.start);
            (start, used) = (range.start, 0);
        }
        used += columns;
        if matches!(glyph, Glyph::LineFeed) {
            rows.push(start..range.end);
            (start, used) = (range.end, 0);
        }
    }
    if start < bytes.len() {
        rows.push(start..bytes.len());
    }
    rows
}

/// What is shown for one or more bytes.
enum Glyph {
    Char(char),
    Tab,
    LineFeed,
    CarriageReturn,
    /// A byte or character that cannot be shown.
    Dot,
}

impl Glyph {
    fn columns(&self) -> usize {
        match self {
            // East Asian wide characters and emoji, roughly: too few columns are better than too many.
            Glyph::Char(c) if *c >= '\u{1100}' => 2,
            Glyph::Char(_) | Glyph::Dot => 1,
            Glyph::Tab => 4,
            Glyph::LineFeed | Glyph::CarriageReturn => 0,
        }
    }
}

struct Glyphs<'a> {
    bytes: &'a [u8],
    text: bool,
    at: usize,
}

impl<'a> Glyphs<'a> {
    fn new(bytes: &'a [u8], text: bool) -> Self {
        Self { bytes, text, at: 0 }
    }
}

/// Whether bytes read as text: what is none is at most a tenth of it. Of other bytes only ASCII is shown, and a line
/// feed among them ends no line.
fn is_text(bytes: &[u8]) -> bool {
    let odd: usize = bytes
        .utf8_chunks()
        .map(|chunk| {
            chunk.invalid().len() + chunk.valid().chars().filter(|c| c.is_control() && !c.is_whitespace()).count()
        })
        .sum();
    odd * 10 <= bytes.len()
}

impl Iterator for Glyphs<'_> {
    type Item = (Range<usize>, Glyph);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.bytes[self.at..];
        let first = *rest.first()?;
        let (len, glyph) = match first {
            b'\n' | b'\r' | b'\t' | 0x80.. if !self.text => (1, Glyph::Dot),
            b'\n' => (1, Glyph::LineFeed),
            b'\r' => (1, Glyph::CarriageReturn),
            b'\t' => (1, Glyph::Tab),
            b' '..=b'~' => (1, Glyph::Char(char::from(first))),
            0..0x80 => (1, Glyph::Dot),
            _ => match character(rest) {
                Some(c) if crate::vocab::text::is_unsafe(c) => (c.len_utf8(), Glyph::Dot),
                Some(c) => (c.len_utf8(), Glyph::Char(c)),
                None => (1, Glyph::Dot),
            },
        };
        let range = self.at..self.at + len;
        self.at += len;
        Some((range, glyph))
    }
}

/// The character that `bytes` begin with, if they begin with one.
fn character(bytes: &[u8]) -> Option<char> {
    let chunk = bytes[..bytes.len().min(4)].utf8_chunks().next()?;
    chunk.valid().chars().next()
}

fn way(direction: Direction) -> (Role, &'static str) {
    match direction {
        Direction::ToServer => (Role::ToServer, "▸ "),
        Direction::ToClient => (Role::ToClient, "◂ "),
    }
}

fn text_line(bytes: &[u8], text: bool, offset: u64, direction: Direction, marks: &Marks<'_>) -> Line {
    let (role, sign) = way(direction);
    let mut line = Line::of(role, sign);
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
    let (usual, sign) = way(direction);
    let mut line = Line::of(usual, sign).with(Role::Offset, format!("{offset:08x}  "));
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
        let marks = Marks { found: &[], current: None };
        let bytes = b"a\x1b[31m\xff\xe2\x80\xae\xc3\xa9\n";
        let line = |text| text_line(bytes, text, 0, Direction::ToClient, &marks).plain();
        assert_eq!(line(true), "◂ a.[31m..é");
        assert_eq!(line(false), "◂ a.[31m.......");
        assert!(is_text("GET / HTTP/1.1\r\nX: é\r\n".as_bytes()));
        assert!(!is_text(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03abcdef"));
    }

    #[test]
    fn a_hex_line_keeps_its_columns() {
        let marks = Marks { found: &[], current: None };
        let full = hex_line(&[0x41; 16], 0, Direction::ToServer, &marks, 16).plain();
        let short = hex_line(&[0x41; 3], 16, Direction::ToServer, &marks, 16).plain();
        assert_eq!(full.find("AAA"), short.find("AAA"));
    }
}
