//! The flow list: rows, order, groups, filter, and the cursor, which stays on its flow whatever happens to the rows.

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::groups::{Group, Grouping, Groups, Item};
use super::msg::{Effect, Laid, Pane, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use super::survey::{Progress, Query, Survey, Surveyed};
use crate::cohort::rates::Selection;
use crate::engine::{Answer, Request};
use crate::index::Index;
use crate::present::causes::Kind;
use crate::present::chart::Histogram;
use crate::present::list::{self, COLUMNS};
use crate::vocab::{Cause, FlowNumber, FlowRef, Outcome};

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
    before: String,
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

    fn take(&mut self, surveyed: Surveyed) {
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
    fn next_grouping(&mut self, index: &Index) {
        self.choose();
        if let Some(group) = self.heading() {
            // There will be no heading to stay on.
            self.chosen = self.rows.get(group.first).copied().map(Chosen::Flow);
        }
        self.query.grouping = self.query.grouping.next();
        self.survey(index);
    }

    /// Folds the group under the cursor or unfolds it, or the other way round; its heading is under the cursor then.
    fn fold(&mut self, fold: Option<bool>) {
        let Some(group) = self.groups.item(self.cursor.at).and_then(|item| self.groups.of(item)) else { return };
        self.groups.fold(group, fold.unwrap_or(!self.groups.is_folded(group)));
        self.cursor.at = self.groups.heading(group.kind).unwrap_or(self.cursor.at);
        self.choose();
    }

    /// Folds all groups or unfolds them; the cursor stays on its flow, or on the heading above it.
    fn fold_all(&mut self, fold: bool) {
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
    fn sort_along(&mut self, forward: bool, index: &Index) {
        let count = COLUMNS.len();
        let step = if forward { 1 } else { count - 1 };
        self.query.column = (self.query.column + step) % count;
        self.survey(index);
    }

    /// Shows another outcome only.
    fn next_outcome(&mut self, index: &Index) {
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

    /// Shows all flows again, or says that they are shown.
    pub(super) fn show_all(&mut self, index: &Index) -> Vec<Then> {
        if !self.is_filtered() {
            return vec![Then::notice("all flows are shown; q leaves")];
        }
        self.query.text.clear();
        self.query.outcome = None;
        self.query.only = None;
        self.survey(index);
        Vec::new()
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

    fn sideways(&mut self, right: bool) {
        if self.heading().is_some() {
            self.fold(Some(!right));
        } else {
            let last = COLUMNS.len() - 3;
            self.shift = if right { (self.shift + 1).min(last) } else { self.shift.saturating_sub(1) };
        }
    }
}

impl Component for List {
    fn shows_a_flow(&self) -> bool {
        false
    }

    fn flow(&self, _: &Context<'_>) -> Option<FlowRef> {
        List::flow(self).map(FlowRef::main)
    }

    fn cause(&self, context: &Context<'_>) -> Option<Cause> {
        match self.heading() {
            Some(group) => group.kind.cause,
            None => context.index.facts(List::flow(self)?)?.row.cause,
        }
    }

    fn is_busy(&self) -> bool {
        self.survey.is_some()
    }

    fn can(&self, context: &Context<'_>, action: Action) -> bool {
        match action {
            Action::ShowAll => self.is_filtered(),
            Action::Open | Action::Compare | Action::Follow | Action::Packets | Action::MarkBaseline => {
                List::flow(self).is_some()
            }
            Action::AutomaticBaseline => context.baseline.is_some(),
            Action::ToggleFold => !self.groups.is_empty(),
            Action::Search | Action::NextOutcome | Action::NextGrouping | Action::SortNext | Action::SortReverse => {
                !context.index.is_empty()
            }
            _ => true,
        }
    }

    fn act(&mut self, context: &Context<'_>, action: Action) -> Vec<Then> {
        let index = context.index;
        match action {
            Action::Open | Action::ToggleFold if self.heading().is_some() => self.fold(None),
            Action::Open => return vec![Then::Act(Action::Timeline)],
            Action::ToggleFold => self.fold(None),
            Action::FoldAll | Action::UnfoldAll => self.fold_all(action == Action::FoldAll),
            Action::NextGrouping => self.next_grouping(index),
            Action::NextOutcome => self.next_outcome(index),
            Action::SortNext | Action::SortPrevious => self.sort_along(action == Action::SortNext, index),
            Action::SortReverse => self.sort_by(self.query.column, index),
            Action::Left | Action::Right => self.sideways(action == Action::Right),
            Action::Search => {
                self.before.clone_from(&self.query.text);
                return vec![Then::Type(Prompt::search(Screen::List, "filter: ", &self.before))];
            }
            _ => {
                if self.cursor.act(action, self.len()) {
                    self.choose();
                }
            }
        }
        Vec::new()
    }

    fn typed(&mut self, context: &Context<'_>, _: &Purpose, typed: Typed, text: &str) -> Vec<Then> {
        match typed {
            Typed::Changed => self.filter(text, context.index),
            Typed::GivenUp => {
                let before = std::mem::take(&mut self.before);
                self.filter(&before, context.index);
            }
            Typed::Next | Typed::Kept => {}
        }
        Vec::new()
    }

    fn found(&self, _: &Purpose) -> Option<String> {
        Some(format!("{} rows", self.rows.len()))
    }

    fn answer(&mut self, _: &Context<'_>, _: Slot, answer: Answer) -> Vec<Then> {
        // A survey that began meanwhile has not asked yet.
        if let Answer::Sorted(rows) = answer
            && let Some(surveyed) = self.survey.as_mut().and_then(|survey| survey.sorted(rows))
        {
            self.take(surveyed);
        }
        Vec::new()
    }

    fn laid(&mut self, _: &Context<'_>, laid: Laid) {
        self.cursor.laid(laid.height, self.len());
    }

    fn wheel(&mut self, _: &Context<'_>, _: Pane, rows: isize) {
        self.cursor.scroll(rows, self.len());
        self.choose();
    }

    fn click(&mut self, context: &Context<'_>, target: Target) {
        match target {
            Target::Heading(column) => self.sort_by(column, context.index),
            Target::Row(Pane::List, row) => {
                self.cursor.select(row, self.len());
                self.choose();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::testing::{Fixture, said};
    use super::*;

    /// A list that has looked at all flows.
    fn list(context: &Context<'_>) -> List {
        let mut list = List::default();
        look(&mut list, context);
        list
    }

    fn look(list: &mut List, context: &Context<'_>) {
        list.refresh(context.index);
        while list.survey.is_some() {
            list.advance(context.index, &TimeZone::UTC);
        }
    }

    #[test]
    fn a_row_opens_and_a_heading_folds() {
        Fixture::new("block-page-then-retry-ok", 0).check(|context| {
            let mut list = list(context);
            assert_eq!((list.len(), list.can(context, Action::ToggleFold)), (3, false));
            assert!(matches!(list.act(context, Action::Open)[..], [Then::Act(Action::Timeline)]));
            list.act(context, Action::NextGrouping);
            look(&mut list, context);
            list.act(context, Action::First);
            assert!(list.heading().is_some() && list.can(context, Action::ToggleFold));
            assert!(!list.can(context, Action::Open), "a heading is no flow");
            let len = list.len();
            assert!(list.act(context, Action::Open).is_empty());
            assert!(list.len() < len, "its rows are folded away");
            list.act(context, Action::Right);
            assert_eq!(list.len(), len);
        });
    }

    #[test]
    fn a_filter_that_is_given_up_leaves_the_one_before() {
        Fixture::new("block-page-then-retry-ok", 0).check(|context| {
            let mut list = list(context);
            list.filter("plain", context.index);
            assert!(
                matches!(&list.act(context, Action::Search)[..], [Then::Type(prompt)] if prompt.input.text() == "plain")
            );
            list.typed(context, &Purpose::Search, Typed::Changed, "nowhere");
            assert_eq!(list.query.text, "nowhere");
            list.typed(context, &Purpose::Search, Typed::GivenUp, "nowhere");
            look(&mut list, context);
            assert_eq!((&*list.query.text, list.found(&Purpose::Search).as_deref()), ("plain", Some("1 rows")));
            assert!(list.show_all(context.index).is_empty());
            assert_eq!(said(&list.show_all(context.index)), Some("all flows are shown; q leaves"));
        });
    }

    #[test]
    fn columns_move_no_farther_than_there_are_any() {
        Fixture::new("stacks-ok", 0).check(|context| {
            let mut list = list(context);
            for _ in 0..2 * COLUMNS.len() {
                list.act(context, Action::Right);
            }
            assert_eq!(list.shift, COLUMNS.len() - 3);
            list.act(context, Action::Left);
            assert_eq!(list.shift, COLUMNS.len() - 4);
        });
    }
}
