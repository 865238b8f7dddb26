//! Places in the conversation: a part, a block in it and a line in that. From one to another the way leads line by line
//! through the parts that are held, and ends where one is missing.

use super::parts::Parts;
use crate::present::follow::StreamLine;
use crate::vocab::Direction;

/// A line of the conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// The part.
    pub part: usize,
    /// The block in it.
    pub block: usize,
    /// The line in that.
    pub line: usize,
}

/// What a way has come to: a part that is not held, and how many lines are left from there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The part.
    pub part: usize,
    /// Lines that are left; before it if negative.
    pub left: isize,
}

impl Place {
    /// The first line of a part.
    pub fn first_of(part: usize) -> Self {
        Self { part, ..Self::default() }
    }

    /// The last line of a part.
    pub fn last_of(parts: &Parts, part: usize) -> Self {
        let block = parts.last_block(part);
        Self { part, block, line: parts.count(part, block).saturating_sub(1) }
    }

    /// The line that shows a byte of a part, or the heading right above it, if that is wanted.
    pub fn of_byte(parts: &Parts, part: usize, direction: Direction, offset: u64, heading: bool) -> Option<Self> {
        let (block, line) = parts.place_of(part, direction, offset)?;
        let shown = parts.chapter(part)?.blocks.get(block)?;
        let begins = shown.turn && shown.range.start == offset;
        Some(Self { part, block, line: if heading && begins { 0 } else { line } })
    }

    /// The line itself.
    pub fn line(self, parts: &Parts) -> Option<StreamLine> {
        parts.lines(self.part, self.block).into_iter().nth(self.line)
    }

    /// The place `by` lines after this one, or before it; ends where the conversation ends, or where a part is missing.
    pub fn moved(self, parts: &Parts, by: isize) -> (Self, Option<Missing>) {
        let (mut place, mut left, forward) = (self, by.unsigned_abs(), by > 0);
        let missing = |part, left: usize| {
            let left = left as isize;
            Some(Missing { part, left: if forward { left } else { -left } })
        };
        loop {
            let Some(chapter) = parts.chapter(place.part) else { return (place, missing(place.part, left)) };
            let count = parts.count(place.part, place.block);
            let rest = if forward { count.saturating_sub(place.line + 1) } else { place.line };
            if left <= rest {
                place.line = if forward { place.line + left } else { place.line - left };
                return (place, None);
            }
            let edge = Self { line: if forward { place.line + rest } else { 0 }, ..place };
            let within = if forward { place.block + 1 < chapter.blocks.len() } else { place.block > 0 };
            let (part, block) = if within {
                (place.part, if forward { place.block + 1 } else { place.block - 1 })
            } else {
                match parts.neighbour(place.part, forward) {
                    None => return (edge, None),
                    Some(part) if !parts.has(part) => return (edge, missing(part, left - rest)),
                    Some(part) => (part, if forward { 0 } else { parts.last_block(part) }),
                }
            };
            let lines = parts.count(part, block);
            place = Self { part, block, line: if forward { 0 } else { lines.saturating_sub(1) } };
            // A part without a line: through it, without a step.
            if lines > 0 {
                left -= rest + 1;
            }
        }
    }
}

/// What is seen of the conversation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// The first line in it.
    pub top: Place,
    /// The line under the cursor.
    pub cursor: Place,
    /// Its rows.
    pub height: usize,
}

impl Window {
    fn rows(&self) -> isize {
        self.height.max(1) as isize
    }

    /// Moves the window; the cursor stays in sight. The part that the way has come to, if that is missing.
    pub fn scroll(&mut self, parts: &Parts, by: isize) -> Option<usize> {
        let (top, missing) = self.top.moved(parts, by);
        let (bottom, _) = top.moved(parts, self.rows() - 1);
        // The window does not go beyond the last line.
        self.top = if by > 0 { bottom.moved(parts, 1 - self.rows()).0 } else { top };
        self.cursor = self.cursor.clamp(self.top, bottom.max(self.top));
        missing.map(|missing| missing.part)
    }

    /// Moves no farther than it must for the cursor to be in sight.
    pub fn reveal(&mut self, parts: &Parts) {
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor.part > self.top.part + 1 || self.cursor > self.top.moved(parts, self.rows() - 1).0 {
            self.top = self.cursor.moved(parts, 1 - self.rows()).0;
        }
    }

    /// Shows the cursor with some lines above it, if it is not in sight.
    pub fn show_cursor(&mut self, parts: &Parts) {
        let seen = self.top.part + 1 >= self.cursor.part
            && self.cursor >= self.top
            && self.cursor <= self.top.moved(parts, self.rows() - 1).0;
        if !seen {
            self.top = self.cursor.moved(parts, -(self.height as isize / 3)).0;
        }
    }

    /// Forgets where it was in a part: its lines are other ones now.
    pub fn rewind(&mut self) {
        self.top = Place::first_of(self.cursor.part);
    }
}
