//! Two flows side by side: how far comparing them is, which rows are shown, where the cursors are.

use std::sync::Arc;

use super::super::cursor::Cursor;
use super::super::msg::{Both, Pane};
use super::fields::{Fields, places};
use crate::engine::{FlowView, Place};
use crate::present::beside;
use crate::present::compare::{self, Comparison, Difference, Nearness, Relation, Row};
use crate::present::folds::{self, Showing, Shown};
use crate::present::words;
use crate::vocab::{FlowRef, PacketNumber};

/// The panes, in the order of Tab.
const PANES: [Pane; 3] = [Pane::Rows, Pane::Differences, Pane::Fields];

/// How far a comparison is.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// A flow to compare with is being looked for.
    Choosing,
    /// The two are being aligned.
    Aligning,
    /// Done.
    Ready(Box<Comparison>),
    /// It cannot be done.
    Failed(String),
}

/// Two flows, and how far comparing them is.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The flow that is asked about.
    pub subject: FlowRef,
    /// The flow it is put beside, once that is known.
    pub baseline: Option<FlowRef>,
    /// Why that one.
    pub why: String,
    /// How near the two are, where the baseline was chosen by that.
    pub near: Option<Nearness>,
    /// How far it is.
    pub stage: Stage,
    /// Both flows, the baseline first, once they are there.
    pub views: Option<(Arc<FlowView>, Arc<FlowView>)>,
    /// The lines of rows that are shown.
    pub shown: Vec<Shown>,
    /// The cursor in the lines that are shown.
    pub rows: Cursor,
    /// The cursor in the ranked differences.
    pub differences: Cursor,
    /// The fields of the row under the cursor.
    pub fields: Fields,
    /// The pane that has the keys.
    pub focus: Pane,
}

impl Pair {
    /// A comparison of `subject` with `baseline`, or with a flow yet to be chosen.
    pub fn new(subject: FlowRef, baseline: Option<FlowRef>, why: &str, near: Option<Nearness>) -> Self {
        Self {
            subject,
            baseline,
            why: why.to_owned(),
            near,
            stage: if baseline.is_some() { Stage::Aligning } else { Stage::Choosing },
            views: None,
            shown: Vec::new(),
            rows: Cursor::default(),
            differences: Cursor::default(),
            fields: Fields::default(),
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

    /// Takes the comparison of the baseline's view and the subject's; the cursor goes to the first divergence.
    pub fn take(&mut self, mut comparison: Box<Comparison>, views: (Arc<FlowView>, Arc<FlowView>), showing: Showing) {
        let first = comparison.first_divergence;
        comparison.differences = words::once(&comparison.differences).into_iter().cloned().collect();
        self.stage = Stage::Ready(comparison);
        self.views = Some(views);
        self.rows = Cursor::default();
        self.differences = Cursor::default();
        self.fields = Fields::default();
        self.lay_out(showing);
        if let Some(row) = first {
            self.go_to(row);
        }
    }

    fn lay_out(&mut self, showing: Showing) {
        if let Some(comparison) = self.ready() {
            self.shown = folds::lay_out(comparison, showing);
        }
    }

    /// The row under the cursor, by its place in the comparison; none on a fold.
    pub fn row(&self) -> Option<usize> {
        self.shown.get(self.rows.at)?.row()
    }

    /// The row under the cursor and what it holds.
    pub fn current(&self) -> Option<(usize, &Row)> {
        let at = self.row()?;
        Some((at, self.ready()?.rows.get(at)?))
    }

    /// The difference under the cursor.
    pub fn difference(&self) -> Option<&Difference> {
        self.ready()?.differences.get(self.differences.at)
    }

    /// Puts the cursor on the line of a row, or on the next one that is shown.
    fn go_to(&mut self, row: usize) {
        let before = self.shown.partition_point(|shown| shown.first() < row);
        let holds = |shown: &Shown| matches!(shown, Shown::Folded(_, rows) if rows.contains(&row));
        let at = match before.checked_sub(1) {
            Some(fold) if self.shown.get(fold).is_some_and(holds) => fold,
            _ => before,
        };
        self.rows.at = at.min(self.shown.len().saturating_sub(1));
    }

    /// Shows other rows; the cursor stays near its row.
    pub fn show(&mut self, showing: Showing) {
        let row = self.shown.get(self.rows.at).map(Shown::first);
        self.lay_out(showing);
        self.fields.lay_out(showing);
        if let Some(row) = row {
            self.go_to(row);
        }
    }

    /// Goes to another pane.
    pub fn next_pane(&mut self, forward: bool) {
        let at = PANES.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        let step = if forward { 1 } else { PANES.len() - 1 };
        self.focus = PANES[(at + step) % PANES.len()];
    }

    /// Goes to the next row that differs, or the one before; whether there is one.
    pub fn seek_difference(&mut self, forward: bool) -> bool {
        let Some(comparison) = self.ready() else { return false };
        let row = |at: &usize| self.shown[*at].row().map(|row| &comparison.rows[row]);
        let differs = |at: &usize| row(at).is_some_and(|row| Relation::of(row) != Relation::Equal);
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
        let Some((comparison, wanted)) = self.ready().zip(self.difference()) else { return false };
        let has = |row: &Row| row.differences.iter().any(|one| one == wanted);
        let named = |row: &Row| row.differences.iter().any(|one| one.field == wanted.field);
        let row = comparison.rows.iter().position(has).or_else(|| comparison.rows.iter().position(named));
        if let Some(row) = row {
            self.go_to(row);
            self.focus = Pane::Rows;
        }
        row.is_some()
    }

    /// The packet of the subject in the row under the cursor.
    pub fn packet(&self) -> Option<PacketNumber> {
        self.current()?.1.subject.as_ref().map(|step| step.packet)
    }

    /// Where the steps are whose fields are to be shown and not known yet.
    pub fn wanted(&mut self) -> Option<[Option<Place>; 2]> {
        let row = if self.focus == Pane::Fields { self.row() } else { return None };
        let is_new = self.fields.turn_to(row);
        let views = self.views.as_ref().filter(|_| is_new)?;
        Some(places(self.current()?.1, views))
    }

    /// What is under the cursor as text, and what that is called.
    pub fn text(&self) -> Option<(String, &'static str)> {
        match self.focus {
            Pane::Fields => Some((format!("{}\n", beside::plain(self.fields.row()?)), "the field")),
            Pane::Differences => Some((compare::plain_difference(self.difference()?), "the difference")),
            _ => Some((compare::plain_row(self.current()?.1), "the row")),
        }
    }

    /// All of it, once it is there.
    pub fn both(&self) -> Option<Box<Both>> {
        let (comparison, (baseline, subject)) = self.ready().cloned().zip(self.views.clone())?;
        Some(Box::new(Both { baseline, near: self.near, subject, comparison }))
    }

    /// The cursor of a pane, and how many rows that has.
    pub fn cursor(&mut self, pane: Pane) -> (&mut Cursor, usize) {
        match pane {
            Pane::Differences => {
                let ranked = self.ready().map_or(0, |ready| ready.differences.len());
                (&mut self.differences, ranked)
            }
            Pane::Fields => (&mut self.fields.cursor, self.fields.rows.len()),
            _ => (&mut self.rows, self.shown.len()),
        }
    }
}
