//! The flow list: rows, order, filter, and the cursor, which stays on its flow whatever happens to the rows.

use super::cursor::Cursor;
use super::survey::{Query, Survey, Surveyed};
use crate::engine::Index;
use crate::engine::rates::Cohort;
use crate::present::chart::Histogram;
use crate::present::list::{COLUMNS, OUTCOME};
use crate::vocab::{FlowNumber, Outcome};

/// The state of the list.
#[derive(Debug)]
pub struct List {
    /// Flow numbers, in the order shown.
    pub rows: Vec<u32>,
    /// The cursor.
    pub cursor: Cursor,
    /// What is shown, and in which order.
    pub query: Query,
    /// A look at all flows that is under way.
    pub survey: Option<Survey>,
    /// Flows and failures over time.
    pub histogram: Histogram,
    /// Columns skipped on the left.
    pub shift: usize,
    /// The widest text seen in each column.
    pub widths: Vec<u16>,
    /// The generation of the index that the rows are of.
    generation: Option<u64>,
    /// The flow under the cursor, once the user has chosen one.
    chosen: Option<u32>,
}

impl Default for List {
    fn default() -> Self {
        let query = Query { column: OUTCOME, reverse: false, text: String::new(), outcome: None, cohort: None };
        Self {
            rows: Vec::new(),
            cursor: Cursor::default(),
            query,
            survey: None,
            histogram: Histogram::default(),
            shift: 0,
            widths: vec![0; COLUMNS.len()],
            generation: None,
            chosen: None,
        }
    }
}

impl List {
    /// The flow under the cursor.
    pub fn flow(&self) -> Option<FlowNumber> {
        self.rows.get(self.cursor.at).copied().map(FlowNumber)
    }

    /// Whether the flows are still being looked at, so that rows may be missing.
    pub fn is_looking(&self) -> bool {
        self.survey.is_some() || self.generation.is_none()
    }

    /// Whether the rows are older than the index.
    pub fn is_stale(&self, index: &Index) -> bool {
        self.generation != Some(index.generation())
    }

    /// Begins to look at all flows anew.
    pub fn survey(&mut self, index: &Index) {
        self.survey = Some(Survey::new(self.query.clone(), index));
    }

    /// Goes on looking; whether the rows changed.
    pub fn advance(&mut self, index: &Index, zone: &jiff::tz::TimeZone) -> bool {
        let Some(survey) = &mut self.survey else { return false };
        let Some(surveyed) = survey.advance(index, zone) else { return false };
        self.generation = Some(survey.generation);
        self.survey = None;
        self.take(surveyed);
        true
    }

    fn take(&mut self, surveyed: Surveyed) {
        self.rows = surveyed.rows;
        self.histogram = surveyed.histogram;
        let place = |flow| self.rows.iter().position(|row| *row == flow);
        let last = self.rows.len().saturating_sub(1);
        self.cursor.at = match self.chosen {
            None => 0,
            Some(flow) => place(flow).unwrap_or(self.cursor.at.min(last)),
        };
    }

    /// The user put the cursor where it is.
    pub fn choose(&mut self) {
        self.chosen = self.rows.get(self.cursor.at).copied();
    }

    /// Puts the cursor on a flow; whether it is among the rows.
    pub fn go_to(&mut self, flow: FlowNumber) -> bool {
        let place = self.rows.iter().position(|row| *row == flow.0);
        if let Some(at) = place {
            self.cursor.at = at;
            self.choose();
        }
        place.is_some()
    }

    /// The next failing flow after `from` (or before it), around the end; the flow under the cursor counts last.
    pub fn next_failed(&self, index: &Index, from: usize, forward: bool) -> Option<usize> {
        let len = self.rows.len();
        let failed = |at: &usize| {
            let facts = index.facts(FlowNumber(self.rows[*at]));
            facts.is_some_and(|facts| facts.row.outcome == Some(Outcome::Failed))
        };
        if forward {
            (1..=len).map(|step| (from + step) % len).find(failed)
        } else {
            (1..=len).map(|step| (from + len - step) % len).find(failed)
        }
    }

    /// Sorts by a column; by the same one again: the other way round.
    pub fn sort_by(&mut self, column: usize, index: &Index) {
        if self.query.column == column {
            self.query.reverse = !self.query.reverse;
        } else {
            self.query.column = column;
            self.query.reverse = false;
        }
        self.survey(index);
    }

    /// Sorts by the next column or the one before.
    pub fn sort_along(&mut self, forward: bool, index: &Index) {
        let count = COLUMNS.len();
        let step = if forward { 1 } else { count - 1 };
        self.query.column = (self.query.column + step) % count;
        self.survey(index);
    }

    /// Shows another outcome only.
    pub fn next_outcome(&mut self, index: &Index) {
        const ORDER: [Outcome; 5] =
            [Outcome::Failed, Outcome::Ok, Outcome::Incomplete, Outcome::Unused, Outcome::NotTls];
        self.query.outcome = match self.query.outcome {
            None => Some(ORDER[0]),
            Some(now) => ORDER.iter().position(|one| *one == now).and_then(|at| ORDER.get(at + 1)).copied(),
        };
        self.chosen = None;
        self.survey(index);
    }

    /// Whether some flows are not shown.
    pub fn is_filtered(&self) -> bool {
        !self.query.text.is_empty() || self.query.outcome.is_some() || self.query.cohort.is_some()
    }

    /// Shows all flows again.
    pub fn show_all(&mut self, index: &Index) {
        self.query.text.clear();
        self.query.outcome = None;
        self.query.cohort = None;
        self.survey(index);
    }

    /// Shows only the flows of a cohort, of all outcomes.
    pub fn show_cohort(&mut self, cohort: Cohort, index: &Index) {
        self.query.text.clear();
        self.query.outcome = None;
        self.query.cohort = Some(cohort);
        self.chosen = None;
        self.survey(index);
    }

    /// Shows only rows that contain a text.
    pub fn filter(&mut self, text: &str, index: &Index) {
        text.trim().clone_into(&mut self.query.text);
        self.survey(index);
    }
}
