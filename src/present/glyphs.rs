//! Bytes as characters on a screen: which of them are text, what is shown of each, where a line is full.

use std::ops::Range;

/// Cuts text into lines: at line feeds, and where `width` columns are full.
pub(super) fn text_rows(bytes: &[u8], width: usize) -> Vec<Range<usize>> {
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
pub(super) enum Glyph {
    Char(char),
    Tab,
    LineFeed,
    CarriageReturn,
    /// A byte or character that cannot be shown.
    Dot,
}

impl Glyph {
    pub(super) fn columns(&self) -> usize {
        match self {
            // East Asian wide characters and emoji, roughly: too few columns are better than too many.
            Glyph::Char(c) if *c >= '\u{1100}' => 2,
            Glyph::Char(_) | Glyph::Dot => 1,
            Glyph::Tab => 4,
            Glyph::LineFeed | Glyph::CarriageReturn => 0,
        }
    }
}

pub(super) struct Glyphs<'a> {
    bytes: &'a [u8],
    text: bool,
    at: usize,
}

impl<'a> Glyphs<'a> {
    pub(super) fn new(bytes: &'a [u8], text: bool) -> Self {
        Self { bytes, text, at: 0 }
    }
}

/// Whether bytes read as text: what is none is at most a tenth of it. Of other bytes only ASCII is shown, and a line
/// feed among them ends no line.
pub(super) fn is_text(bytes: &[u8]) -> bool {
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
