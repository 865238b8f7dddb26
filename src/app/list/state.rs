//! The rows of the flow list: which, in which order and groups, and the cursor, which stays on its flow whatever happens
//! to the rows.

use super::super::cursor::Cursor;
use super::super::msg::{Effect, Slot};
use super::groups::{Group, Grouping, Groups, Item};
use super::survey::{Progress, Query, Survey, Surveyed};
use crate::cohort::rates::Selection;
use crate::engine::Request;
use crate::index::Index;
use crate::present::causes::Kind;
use crate::present::chart::Histogram;
use crate::present::list::{self, COLUMNS};
use crate::vocab::{FlowNumber, Outcome};

/// The state of the list.
#[derive(Debug)]
pub struct List {
    /// Flow numbers, in the order shown.
    pub rows: Vec<u32>,
    /// The groups of the rows.
    pub groups: Groups,
    /// The cursor, among rows and headings.
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
    /// What is under the cursor, once the user has chosen it.
    chosen: Option<Chosen>,
    /// The text that rows had to contain before another one was typed.
    pub(super) before: String,
}

/// What the cursor stays on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Chosen {
    Flow(u32),
    Group(Kind),
}

impl Default for List {
    fn default() -> Self {
        let query = Query {
            column: list::outcome_column(),
            reverse: false,
            text: String::new(),
            outcome: None,
            only: None,
            grouping: Grouping::None,
        };
        Self {
            rows: Vec::new(),
            groups: Groups::default(),
            cursor: Cursor::default(),
            query,
            survey: None,
            histogram: Histogram::default(),
            shift: 0,
            widths: vec![0; COLUMNS.len()],
            generation: None,
            chosen: None,
            before: String::new(),
        }
    }
}

impl List {
    /// The flow under the cursor.
    pub fn flow(&self) -> Option<FlowNumber> {
        match self.groups.item(self.cursor.at)? {
            Item::Row(row) => self.rows.get(row).copied().map(FlowNumber),
            Item::Heading(_) => None,
        }
    }

    /// Rows and headings that are not folded away.
    pub fn len(&self) -> usize {
        self.groups.len(self.rows.len())
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The group whose heading is under the cursor.
    pub fn heading(&self) -> Option<Group> {
        match self.groups.item(self.cursor.at)? {
            Item::Heading(group) => self.groups.get(group),
            Item::Row(_) => None,
        }
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

    /// Begins to look at all flows anew, where they changed and no look is under way.
    pub fn refresh(&mut self, index: &Index) {
        if self.survey.is_none() && self.is_stale(index) {
            self.survey(index);
        }
    }

    /// Goes on looking; asks for the rows to be sorted where they are many.
    pub fn advance(&mut self, index: &Index, zone: &jiff::tz::TimeZone) -> Option<Effect> {
        match self.survey.as_mut()?.advance(index, zone) {
            Progress::Looking => {}
            Progress::Sort(unsorted) => return Some(Effect::Ask(Slot::Sort, Request::Sort(unsorted))),
            Progress::Done(surveyed) => self.take(surveyed),
        }
        None
    }

    pub(super) fn take(&mut self, surveyed: Surveyed) {
        self.generation = self.survey.take().map(|survey| survey.generation).or(self.generation);
        self.rows = surveyed.rows;
        self.histogram = surveyed.histogram;
        self.groups.take(surveyed.groups);
        let row = |flow| self.rows.iter().position(|row| *row == flow);
        let place = match self.chosen {
            None => Some(0),
            Some(Chosen::Flow(flow)) => row(flow).map(|row| self.groups.place(row)),
            Some(Chosen::Group(kind)) => self.groups.heading(kind),
        };
        self.cursor.at = place.unwrap_or(self.cursor.at.min(self.len().saturating_sub(1)));
    }

    /// Groups the rows in another way, or no longer.
    pub(super) fn next_grouping(&mut self, index: &Index) {
        self.choose();
        if let Some(group) = self.heading() {
            // There will be no heading to stay on.
            self.chosen = self.rows.get(group.first).copied().map(Chosen::Flow);
        }
        self.query.grouping = self.query.grouping.next();
        self.survey(index);
    }

    /// Folds the group under the cursor or unfolds it, or the other way round; its heading is under the cursor then.
    pub(super) fn fold(&mut self, fold: Option<bool>) {
        let Some(group) = self.groups.item(self.cursor.at).and_then(|item| self.groups.of(item)) else { return };
        self.groups.fold(group, fold.unwrap_or(!self.groups.is_folded(group)));
        self.cursor.at = self.groups.heading(group.kind).unwrap_or(self.cursor.at);
        self.choose();
    }

    /// Folds all groups or unfolds them; the cursor stays on its flow, or on the heading above it.
    pub(super) fn fold_all(&mut self, fold: bool) {
        let item = self.groups.item(self.cursor.at);
        let group = item.and_then(|item| self.groups.of(item));
        self.groups.fold_all(fold);
        self.cursor.at = match (item, group) {
            (Some(Item::Row(row)), _) => self.groups.place(row),
            (_, Some(group)) => self.groups.heading(group.kind).unwrap_or(0),
            _ => return,
        };
        self.choose();
    }

    /// Puts the cursor on a row, which is unfolded for it.
    fn go_to_row(&mut self, row: usize) {
        if let Some(group) = self.groups.of(Item::Row(row)) {
            self.groups.fold(group, false);
        }
        self.cursor.at = self.groups.place(row);
        self.choose();
    }

    /// The user put the cursor where it is.
    pub fn choose(&mut self) {
        let flow = self.flow().map(|flow| Chosen::Flow(flow.0));
        self.chosen = flow.or_else(|| self.heading().map(|group| Chosen::Group(group.kind)));
    }

    /// Puts the cursor on a flow; whether it is among the rows.
    pub fn go_to(&mut self, flow: FlowNumber) -> bool {
        let place = self.rows.iter().position(|row| *row == flow.0);
        if let Some(row) = place {
            self.go_to_row(row);
        }
        place.is_some()
    }

    /// Goes to the next failing flow or the one before, around the end; whether that was around it. The flow under the
    /// cursor counts last; none where no row failed.
    pub fn seek_failed(&mut self, index: &Index, forward: bool) -> Option<bool> {
        let len = self.rows.len();
        let from = match (self.groups.item(self.cursor.at)?, forward) {
            (Item::Row(row), _) => row,
            // The rows of a heading come after it.
            (Item::Heading(group), true) => (self.groups.get(group)?.first + len).checked_sub(1)?,
            (Item::Heading(group), false) => self.groups.get(group)?.first,
        };
        let found = self.next_failed(index, from, forward)?;
        let is_heading = self.heading().is_some();
        let around = match (forward, is_heading) {
            (true, true) => found < (from + 1) % len.max(1),
            (true, false) => found <= from,
            (false, _) => found >= from,
        };
        self.go_to_row(found);
        Some(around)
    }

    /// The next failing row after `from` (or before it), around the end; `from` itself counts last.
    fn next_failed(&self, index: &Index, from: usize, forward: bool) -> Option<usize> {
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
    pub(super) fn sort_along(&mut self, forward: bool, index: &Index) {
        let count = COLUMNS.len();
        let step = if forward { 1 } else { count - 1 };
        self.query.column = (self.query.column + step) % count;
        self.survey(index);
    }

    /// Shows another outcome only.
    pub(super) fn next_outcome(&mut self, index: &Index) {
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
        !self.query.text.is_empty() || self.query.outcome.is_some() || self.query.only.is_some()
    }

    /// Shows all flows again.
    pub(super) fn forget_filter(&mut self, index: &Index) {
        self.query.text.clear();
        self.query.outcome = None;
        self.query.only = None;
        self.survey(index);
    }

    /// Shows only some flows, of all outcomes.
    pub fn show_only(&mut self, selection: Selection, index: &Index) {
        self.query.text.clear();
        self.query.outcome = None;
        self.query.only = Some(selection);
        self.chosen = None;
        self.survey(index);
    }

    /// Shows only rows that contain a text.
    pub fn filter(&mut self, text: &str, index: &Index) {
        text.trim().clone_into(&mut self.query.text);
        self.survey(index);
    }

    /// Takes note of the widths that columns would like: the widest text seen so far counts.
    pub fn widen(&mut self, widths: &[u16]) {
        for (own, seen) in self.widths.iter_mut().zip(widths) {
            *own = (*own).max(*seen);
        }
    }
}
