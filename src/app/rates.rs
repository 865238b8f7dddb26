//! The page of failure rates: what was counted, the rows, the cursor.

use std::sync::Arc;

use super::cursor::Cursor;
use crate::cohort::rates::{Rates, Selection};
use crate::index::Index;
use crate::present::rates::{self, Row};

/// The state of the page.
#[derive(Debug, Default)]
pub struct RatesPage {
    /// What was counted, once it was.
    pub rates: Option<Arc<Rates>>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The cursor.
    pub cursor: Cursor,
    /// Whether the engine is counting.
    pub is_waiting: bool,
    /// The generation of the index that was counted.
    generation: Option<u64>,
}

impl RatesPage {
    /// Whether the index has changed since it was counted.
    pub fn is_stale(&self, index: &Index) -> bool {
        self.generation != Some(index.generation())
    }

    /// Takes what was counted; the cursor stays on its row.
    pub fn take(&mut self, rates: Arc<Rates>, generation: u64) {
        let chosen = self.selection();
        self.rows = rates::rows(&rates);
        let is_chosen = |row: &Row| chosen.is_some() && rates::selection(&rates, *row) == chosen;
        // The first row is a heading.
        self.cursor.at = self.rows.iter().position(is_chosen).unwrap_or(1).min(self.rows.len().saturating_sub(1));
        self.rates = Some(rates);
        self.generation = Some(generation);
        self.is_waiting = false;
    }

    /// The flows that the row under the cursor stands for.
    pub fn selection(&self) -> Option<Selection> {
        rates::selection(self.rates.as_ref()?, *self.rows.get(self.cursor.at)?)
    }

    /// Goes to the next heading or the one before, around the end.
    pub fn next_heading(&mut self, forward: bool) {
        let mut headings = (0..self.rows.len()).filter(|at| matches!(self.rows[*at], Row::Heading(_)));
        let at = self.cursor.at;
        let found = if forward {
            headings.clone().find(|heading| *heading > at).or_else(|| headings.next())
        } else {
            let before = headings.clone().rfind(|heading| *heading < at);
            before.or_else(|| headings.next_back())
        };
        if let Some(at) = found {
            self.cursor.lead(at);
        }
    }
}
