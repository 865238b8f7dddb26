//! Something to read over the screen: the help, the capture's health, what an error can mean.

use super::action::Action;
use super::cursor::Cursor;
use crate::present::role::Line;
use crate::present::wrap::wrap_line;

/// Lines to read over the screen.
#[derive(Debug)]
pub struct Page {
    /// What they are.
    pub title: String,
    /// The lines, however long they are.
    pub lines: Vec<Line>,
    /// Columns of the page as it was drawn.
    pub width: usize,
    /// Where the reader is.
    pub cursor: Cursor,
}

impl Page {
    /// A page from its first line.
    pub fn new(title: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { title: title.into(), lines, width: 0, cursor: Cursor::default() }
    }

    /// The lines as they break in `width` columns.
    pub fn rows(&self, width: usize) -> Vec<Line> {
        self.lines.iter().flat_map(|line| wrap_line(line, width)).collect()
    }

    /// How many rows it takes as it was drawn.
    pub fn len(&self) -> usize {
        self.rows(self.width).len()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Moves the reader.
    pub(super) fn act(&mut self, action: Action) {
        self.cursor.act(action, self.len());
    }

    /// Takes note of the room that it was drawn in.
    pub(super) fn resized(&mut self, width: usize, height: usize) {
        self.width = width;
        self.cursor.resized(height, self.len());
    }

    /// Moves the window over the lines.
    pub(super) fn scroll(&mut self, rows: isize) {
        self.cursor.scroll(rows, self.len());
    }

    /// Puts the reader on a row.
    pub(super) fn select(&mut self, row: usize) {
        self.cursor.select(row, self.len());
    }
}
