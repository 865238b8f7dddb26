//! The failure rates: what was counted, the rows, the cursor.

use std::sync::Arc;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use crate::cohort::rates::{Rates as Counted, Selection};
use crate::engine::{Answer, Request};
use crate::index::Index;
use crate::present::rates::{self, Row};
use crate::vocab::FlowRef;

/// What is said of a row that is a heading.
const NO_FLOWS: &str = "this row stands for no flows; Enter on an incident, a cohort or a period shows its flows";

/// The state of the failure rates.
#[derive(Debug, Default)]
pub struct Rates {
    /// What was counted, once it was.
    pub counted: Option<Arc<Counted>>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The cursor.
    pub cursor: Cursor,
    /// Whether the engine is counting.
    is_waiting: bool,
    /// The generation of the index that was counted.
    generation: Option<u64>,
}

impl Rates {
    /// Whether the index has changed since it was counted.
    fn is_stale(&self, index: &Index) -> bool {
        self.generation != Some(index.generation())
    }

    /// Takes what was counted; the cursor stays on its row.
    fn take(&mut self, counted: Arc<Counted>, generation: u64) {
        let chosen = self.selection();
        self.rows = rates::rows(&counted);
        let is_chosen = |row: &Row| chosen.is_some() && rates::selection(&counted, *row) == chosen;
        // The first row is a heading.
        self.cursor.at = self.rows.iter().position(is_chosen).unwrap_or(1).min(self.rows.len().saturating_sub(1));
        self.counted = Some(counted);
        self.generation = Some(generation);
        self.is_waiting = false;
    }

    /// The flows that the row under the cursor stands for.
    fn selection(&self) -> Option<Selection> {
        rates::selection(self.counted.as_ref()?, *self.rows.get(self.cursor.at)?)
    }

    /// Goes to the next heading or the one before, around the end.
    fn next_heading(&mut self, forward: bool) {
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

impl Component for Rates {
    fn shows_a_flow(&self) -> bool {
        false
    }

    fn flow(&self, _: &Context<'_>) -> Option<FlowRef> {
        None
    }

    fn can(&self, _: &Context<'_>, action: Action) -> bool {
        match action {
            Action::Open => self.selection().is_some(),
            _ => true,
        }
    }

    fn act(&mut self, _: &Context<'_>, action: Action) -> Vec<Then> {
        match action {
            Action::Open => {
                return vec![self.selection().map_or_else(|| Then::notice(NO_FLOWS), Then::List)];
            }
            Action::NextPane | Action::PreviousPane => self.next_heading(action == Action::NextPane),
            _ => {
                self.cursor.act(action, self.rows.len());
            }
        }
        Vec::new()
    }

    /// They are counted once, and anew where the index has changed: now and then while it grows.
    fn needs(&mut self, context: &Context<'_>, is_refresh: bool) -> Vec<Effect> {
        let is_due = self.counted.is_none() || is_refresh || !context.is_loading;
        if self.is_waiting || !is_due || !self.is_stale(context.index) {
            return Vec::new();
        }
        self.is_waiting = true;
        vec![Effect::Ask(Slot::Rates, Request::Rates)]
    }

    fn answer(&mut self, _: &Context<'_>, _: Slot, answer: Answer) -> Vec<Then> {
        if let Answer::Rates(counted, generation) = answer {
            self.take(counted, generation);
        }
        Vec::new()
    }

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        self.cursor.resized(size.height, self.rows.len());
    }

    fn wheel(&mut self, _: &Context<'_>, _: Pane, rows: isize) {
        self.cursor.scroll(rows, self.rows.len());
    }

    fn click(&mut self, _: &Context<'_>, target: Target) {
        if let Target::Row(Pane::Rates, row) = target {
            self.cursor.select(row, self.rows.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, said};
    use super::*;

    #[test]
    fn rates_are_asked_for_once_and_anew_when_the_index_has_changed() {
        Fixture::new("block-page-then-retry-ok", 0).check(|context| {
            let mut page = Rates::default();
            assert!(matches!(page.needs(context, false)[..], [Effect::Ask(Slot::Rates, Request::Rates)]));
            assert!(page.needs(context, true).is_empty(), "the answer is waited for");
            let counted = Arc::new(Counted::of(context.index.iter()));
            page.answer(context, Slot::Rates, Answer::Rates(Arc::clone(&counted), context.index.generation()));
            assert!(page.needs(context, true).is_empty(), "they are of this index");
            page.answer(context, Slot::Rates, Answer::Rates(counted, context.index.generation() + 1));
            let loading = Context { is_loading: true, ..*context };
            assert!(page.needs(&loading, false).is_empty(), "while the index grows only now and then");
            assert_eq!(page.needs(&loading, true).len(), 1);
        });
    }

    #[test]
    fn a_cohort_leads_to_its_flows_and_a_heading_to_none() {
        Fixture::new("one-percent", 162).check(|context| {
            let mut page = Rates::default();
            page.take(Arc::new(Counted::of(context.index.iter())), context.index.generation());
            assert!(page.can(context, Action::Open));
            assert!(matches!(page.act(context, Action::Open)[..], [Then::List(_)]));
            page.act(context, Action::NextPane);
            assert!(matches!(page.rows[page.cursor.at], Row::Heading(_)) && !page.can(context, Action::Open));
            assert_eq!(said(&page.act(context, Action::Open)), Some(NO_FLOWS));
        });
    }
}
