//! The fields and bytes of both steps of a row.

use std::sync::Arc;

use super::super::cursor::Cursor;
use crate::engine::{FlowView, Place};
use crate::present::beside::{self, FieldRow};
use crate::present::compare::{Row, Step};
use crate::present::detail::Detail;
use crate::present::folds::Showing;

/// What both steps of a row are decoded to.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// The row whose steps are shown or asked for.
    asked: Option<usize>,
    /// The two steps, the baseline's first, once they are there.
    details: Option<Box<[Option<Detail>; 2]>>,
    /// The rows that are shown.
    pub rows: Vec<FieldRow>,
    /// The cursor in them.
    pub cursor: Cursor,
}

impl Fields {
    /// Turns to a row of the comparison; whether its steps have to be asked for.
    pub fn turn_to(&mut self, row: Option<usize>) -> bool {
        let is_new = self.asked != row;
        if is_new {
            *self = Self { asked: row, ..Self::default() };
        }
        is_new && row.is_some()
    }

    /// Takes the steps that were asked for.
    pub fn take(&mut self, details: Box<[Option<Detail>; 2]>, showing: Showing) {
        self.details = Some(details);
        self.lay_out(showing);
    }

    /// Shows all fields, or those that differ.
    pub fn lay_out(&mut self, showing: Showing) {
        let Some(details) = &self.details else { return };
        self.rows = beside::rows([details[0].as_ref(), details[1].as_ref()], showing == Showing::All);
        self.cursor.at = self.cursor.at.min(self.rows.len().saturating_sub(1));
    }

    /// Whether the steps are there.
    pub fn is_ready(&self) -> bool {
        self.details.is_some()
    }

    /// The field under the cursor.
    pub fn row(&self) -> Option<&FieldRow> {
        self.rows.get(self.cursor.at)
    }
}

/// Where the steps of a row are: the baseline's, the subject's.
pub fn places(row: &Row, views: &(Arc<FlowView>, Arc<FlowView>)) -> [Option<Place>; 2] {
    let place = |step: &Option<Step>, view: &Arc<FlowView>| {
        let step = step.as_ref()?;
        let steps = &view.timeline.steps;
        let same = |one: &Step| one.packet == step.packet && one.what == step.what;
        let at = steps.iter().position(same).or_else(|| steps.iter().position(|one| one.packet == step.packet));
        at.map(|at| (Arc::clone(view), at))
    };
    [place(&row.baseline, &views.0), place(&row.subject, &views.1)]
}
