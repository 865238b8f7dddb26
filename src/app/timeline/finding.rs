//! The finding beside the ladder: where the cursor is, what the row under it speaks of.

use super::super::action::Action;
use super::super::cursor::Cursor;
use crate::engine::FlowView;
use crate::present::finding::{self, FindingRow};

/// The state of the finding's pane.
#[derive(Debug)]
pub struct Finding {
    /// The cursor in its rows.
    pub cursor: Cursor,
    /// Columns of the pane as it was drawn.
    width: usize,
}

impl Default for Finding {
    fn default() -> Self {
        Self { cursor: Cursor::default(), width: 40 }
    }
}

impl Finding {
    /// Its rows, as they were drawn.
    fn rows(&self, view: &FlowView) -> Vec<FindingRow> {
        finding::of_view(view, self.width)
    }

    /// The row under the cursor.
    pub fn row(&self, view: &FlowView) -> Option<FindingRow> {
        self.rows(view).into_iter().nth(self.cursor.at)
    }

    /// Takes note of the room that it was drawn in.
    pub fn resized(&mut self, view: Option<&FlowView>, width: usize, height: usize) {
        self.width = width;
        let rows = view.map_or(0, |view| self.rows(view).len());
        self.cursor.resized(height, rows);
    }

    /// Moves as the user asks.
    pub fn act(&mut self, view: &FlowView, action: Action) {
        let rows = self.rows(view).len();
        self.cursor.act(action, rows);
    }

    /// Moves the window over the rows.
    pub fn scroll(&mut self, view: &FlowView, rows: isize) {
        let len = self.rows(view).len();
        self.cursor.scroll(rows, len);
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, view: &FlowView, row: usize) {
        let len = self.rows(view).len();
        self.cursor.select(row, len);
    }
}
