//! The lines of a stream: bytes as text, as a hex dump, as digits, and records.

use std::ops::Range;

use super::form::As;
use super::names::RecordNames;
use crate::engine::StreamMap;
use crate::engine::follow::{Match, Record, Repeat};
use crate::present::glyphs::{Glyph, Glyphs, text_rows};
use crate::present::role::{Line, Role};
use crate::present::values;
use crate::vocab::text::{hex, is_unsafe};
use crate::vocab::{Direction, PacketNumber, StreamRange};

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

/// What is marked in the bytes of a block.
pub(super) struct Marks<'a> {
    pub(super) found: Vec<&'a Match>,
    pub(super) current: Option<&'a Match>,
    pub(super) repeats: Vec<Repeat>,
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
        text.extend(shown.map(|c| if c != '\n' && c != '\t' && is_unsafe(c) { '.' } else { c }));
        text.extend(chunk.invalid().iter().map(|_| '.'));
    }
    text
}

pub(super) fn rows(bytes: &[u8], look: &Look<'_>) -> Vec<Range<usize>> {
    match look.shown_as {
        As::Hex => even_rows(bytes.len(), hex_columns(look.width)),
        As::Raw => even_rows(bytes.len(), raw_columns(look.width)),
        As::Text | As::Records => text_rows(bytes, look.width.saturating_sub(2)),
    }
}

pub(super) fn hex_columns(width: usize) -> usize {
    if width >= 80 { 16 } else { 8 }
}

pub(super) fn raw_columns(width: usize) -> usize {
    (width.saturating_sub(2) / 16).max(1) * 8
}

fn even_rows(len: usize, per_row: usize) -> Vec<Range<usize>> {
    (0..len).step_by(per_row).map(|start| start..(start + per_row).min(len)).collect()
}

pub(super) fn way(direction: Direction) -> (Role, &'static str) {
    match direction {
        Direction::ToServer => (Role::ToServer, "▸"),
        Direction::ToClient => (Role::ToClient, "◂"),
    }
}

pub(super) fn remark(repeat: &Repeat) -> Line {
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

pub(super) fn record_line(record: &Record, look: &Look<'_>) -> StreamLine {
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
            let told = look.names.get(*direction, outline.range.start);
            line.push(Role::Strong, told.map_or_else(|| outline.names.join(", "), str::to_owned));
            if !outline.is_whole {
                line.push(Role::Gap, "  (not captured whole)");
            }
        }
    }
    StreamLine { line, direction: *direction, range: outline.range, packet: *packet }
}

/// The beginning of a line of bytes: whose they are, and whether they came again.
fn lead(direction: Direction, offset: u64, len: usize, marks: &Marks<'_>) -> Line {
    let (role, sign) = way(direction);
    let (mark_role, mark) = marks.sign(offset, len);
    Line::of(role, sign).with(mark_role, mark)
}

pub(super) fn text_line(bytes: &[u8], text: bool, offset: u64, direction: Direction, marks: &Marks<'_>) -> Line {
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

pub(super) fn hex_line(bytes: &[u8], offset: u64, direction: Direction, marks: &Marks<'_>, per_row: usize) -> Line {
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

pub(super) fn raw_line(bytes: &[u8], offset: u64, direction: Direction, marks: &Marks<'_>) -> Line {
    let (usual, _) = way(direction);
    let mut line = lead(direction, offset, bytes.len(), marks);
    let mut run = (usual, String::new());
    for (at, byte) in bytes.iter().enumerate() {
        let role = marks.role(offset + at as u64, usual);
        if role != run.0 {
            line.push(run.0, std::mem::take(&mut run.1));
            run.0 = role;
        }
        run.1.push_str(&hex(&[*byte]));
    }
    line.push(run.0, run.1);
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::glyphs::is_text;

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
