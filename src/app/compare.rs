//! Two flows side by side: which, why these, how far the answer is, where the cursor is.

use std::sync::Arc;

use super::cursor::Cursor;
use super::msg::Pane;
use crate::engine::FlowView;
use crate::present::compare::{Comparison, Relation};
use crate::vocab::FlowRef;

/// How far a comparison is.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// The nearest good flow is being looked for.
    Choosing,
    /// The two are being aligned.
    Aligning,
    /// Done.
    Ready(Box<Comparison>),
    /// It cannot be done.
    Failed(String),
}

/// The state of a comparison.
#[derive(Clone, Debug)]
pub struct Compare {
    /// The flow that is asked about.
    pub subject: FlowRef,
    /// The flow it is put beside, once that is known.
    pub baseline: Option<FlowRef>,
    /// Why that one.
    pub why: String,
    /// How far it is.
    pub stage: Stage,
    /// Both flows, the baseline first, once they are there.
    pub views: Option<(Arc<FlowView>, Arc<FlowView>)>,
    /// The rows that are shown, by their place in the comparison.
    pub shown: Vec<usize>,
    /// The cursor in the rows that are shown.
    pub rows: Cursor,
    /// Whether equal rows are hidden.
    pub hide_equal: bool,
    /// The cursor in the ranked differences.
    pub differences: Cursor,
    /// The pane that has the keys.
    pub focus: Pane,
}

impl Compare {
    /// A comparison of `subject` with `baseline`, or with a flow yet to be chosen.
    pub fn new(subject: FlowRef, baseline: Option<FlowRef>, why: &str) -> Self {
        Self {
            subject,
            baseline,
            why: why.to_owned(),
            stage: if baseline.is_some() { Stage::Aligning } else { Stage::Choosing },
            views: None,
            shown: Vec::new(),
            rows: Cursor::default(),
            hide_equal: false,
            differences: Cursor::default(),
            focus: Pane::Rows,
        }
    }

    /// The comparison, once it is there.
    pub fn ready(&self) -> Option<&Comparison> {
        match &self.stage {
            Stage::Ready(comparison) => Some(comparison),
            _ => None,
        }
    }

    /// Takes the comparison; the cursor goes to the first divergence.
    pub fn take(&mut self, comparison: Box<Comparison>, baseline: Arc<FlowView>, subject: Arc<FlowView>) {
        let first = comparison.first_divergence;
        self.stage = Stage::Ready(comparison);
        self.views = Some((baseline, subject));
        self.lay_out();
        self.rows = Cursor::default();
        self.differences = Cursor::default();
        if let Some(row) = first {
            self.go_to(row);
        }
    }

    fn lay_out(&mut self) {
        let Stage::Ready(comparison) = &self.stage else { return };
        let rows = comparison.rows.iter().enumerate();
        self.shown = rows
            .filter(|(_, row)| !self.hide_equal || Relation::of(row) != Relation::Equal)
            .map(|(at, _)| at)
            .collect();
    }

    /// The row under the cursor, by its place in the comparison.
    pub fn row(&self) -> Option<usize> {
        self.shown.get(self.rows.at).copied()
    }

    /// Puts the cursor on a row, or on the next one that is shown.
    pub fn go_to(&mut self, row: usize) {
        let at = self.shown.partition_point(|shown| *shown < row);
        self.rows.at = at.min(self.shown.len().saturating_sub(1));
    }

    /// Hides or shows equal rows.
    pub fn toggle_equal(&mut self) {
        let row = self.row();
        self.hide_equal = !self.hide_equal;
        self.lay_out();
        if let Some(row) = row {
            self.go_to(row);
        }
    }

    /// Goes to the next row that differs, or the one before; whether there is one.
    pub fn seek_difference(&mut self, forward: bool) -> bool {
        let Stage::Ready(comparison) = &self.stage else { return false };
        let differs = |at: &usize| Relation::of(&comparison.rows[self.shown[*at]]) != Relation::Equal;
        let place = if forward {
            (self.rows.at + 1..self.shown.len()).find(differs)
        } else {
            (0..self.rows.at).rev().find(differs)
        };
        if let Some(at) = place {
            self.rows.at = at;
        }
        place.is_some()
    }

    /// From the difference under the cursor to the first row that has it.
    pub fn go_to_difference(&mut self) -> bool {
        let Stage::Ready(comparison) = &self.stage else { return false };
        let Some(wanted) = comparison.differences.get(self.differences.at) else { return false };
        let has = |row: &crate::present::compare::Row| row.differences.iter().any(|one| one == wanted);
        let by_value = comparison.rows.iter().position(has);
        let by_name = || {
            let named = |one: &crate::present::compare::Difference| one.field == wanted.field;
            comparison.rows.iter().position(|row| row.differences.iter().any(named))
        };
        let row = by_value.or_else(by_name);
        if let Some(row) = row {
            self.go_to(row);
            self.focus = Pane::Rows;
        }
        row.is_some()
    }
}
