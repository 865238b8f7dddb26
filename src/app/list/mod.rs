//! The flow list: [`List`] knows its rows (`state`), which are found and put in order in slices ([`survey`]) and may stand
//! in groups ([`groups`]). Here is what the keys do.

pub mod groups;
mod state;
pub mod survey;

pub use state::List;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::msg::{Pane, PaneSize, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use crate::engine::Answer;
use crate::index::Index;
use crate::present::list::COLUMNS;
use crate::vocab::{Cause, FlowRef};

impl List {
    /// Shows all flows again, or says that they are shown.
    pub(super) fn show_all(&mut self, index: &Index) -> Vec<Then> {
        if !self.is_filtered() {
            return vec![Then::notice("all flows are shown; q leaves")];
        }
        self.forget_filter(index);
        Vec::new()
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

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        self.cursor.resized(size.height, self.len());
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
