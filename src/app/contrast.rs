//! What the failing attempts have in common: what was found, the rows, the cursor.

use std::sync::Arc;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use crate::cohort::rates::{Behind, Selection};
use crate::contrast::{Contrast as Found, Line, Progress};
use crate::engine::{Answer, Request};
use crate::present::contrast::{self, Row};
use crate::vocab::FlowRef;

/// What is said where a key needs flows and the row has none of them.
const NO_FLOWS: &str = "no flows like that stand behind this row";

/// The state of the contrast.
#[derive(Debug, Default)]
pub struct Contrast {
    /// What was found, once it was.
    pub found: Option<Arc<Found>>,
    /// The cursor, among the rows as they break on the screen.
    pub cursor: Cursor,
    /// Columns of the page as it was drawn.
    width: usize,
    /// How far the engine has come.
    progress: Progress,
    /// Whether the engine is at work on it.
    is_waiting: bool,
    /// The generation of the index when it was asked for.
    asked: Option<u64>,
}

impl Contrast {
    /// The rows in `width` columns.
    pub fn rows(&self, width: usize) -> Vec<Row> {
        self.found.as_ref().map_or_else(Vec::new, |found| contrast::rows(found, width))
    }

    /// What to say where there is no row.
    pub fn instead(&self, is_loading: bool) -> String {
        contrast::instead(is_loading, self.is_waiting, self.progress)
    }

    fn len(&self) -> usize {
        self.rows(self.width).len()
    }

    /// The claim that the row under the cursor is about.
    fn claim(&self) -> Option<&Line> {
        let place = self.rows(self.width).get(self.cursor.at)?.claim?;
        place.of(self.found.as_ref()?)
    }

    /// The flows that an action leads to; none where there are none.
    fn selection(&self, action: Action) -> Option<Selection> {
        let claim = self.claim()?;
        let (behind, flows) = match action {
            Action::Open => (Behind::Failing, &claim.failed),
            Action::GoodOnes => (Behind::Good, &claim.ok),
            Action::Exceptions => (Behind::Exceptions, &claim.exceptions.flows),
            _ => return None,
        };
        (!flows.is_empty()).then(|| Selection::claim(behind, flows))
    }

    /// Goes to the next claim or the one before, around the end.
    fn next_claim(&mut self, forward: bool) {
        let rows = self.rows(self.width);
        let mut firsts = (0..rows.len()).filter(|at| rows[*at].is_first);
        let at = self.cursor.at;
        let found = if forward {
            firsts.clone().find(|first| *first > at).or_else(|| firsts.next())
        } else {
            let before = firsts.clone().rfind(|first| *first < at);
            before.or_else(|| firsts.next_back())
        };
        if let Some(at) = found {
            self.cursor.lead(at);
        }
    }
}

impl Component for Contrast {
    fn shows_a_flow(&self) -> bool {
        false
    }

    fn flow(&self, _: &Context<'_>) -> Option<FlowRef> {
        None
    }

    fn is_busy(&self) -> bool {
        self.is_waiting
    }

    fn can(&self, _: &Context<'_>, action: Action) -> bool {
        match action {
            Action::Open | Action::GoodOnes | Action::Exceptions => self.selection(action).is_some(),
            _ => true,
        }
    }

    fn act(&mut self, _: &Context<'_>, action: Action) -> Vec<Then> {
        match action {
            Action::Open | Action::GoodOnes | Action::Exceptions => {
                return vec![self.selection(action).map_or_else(|| Then::notice(NO_FLOWS), Then::List)];
            }
            Action::NextPane | Action::PreviousPane => self.next_claim(action == Action::NextPane),
            _ => {
                self.cursor.act(action, self.len());
            }
        }
        Vec::new()
    }

    /// It is asked for once all flows are judged, and anew where the index has changed; nobody waits for the old one then.
    fn needs(&mut self, context: &Context<'_>, is_refresh: bool) -> Vec<Effect> {
        if context.is_loading {
            self.asked = None;
            let was_waiting = std::mem::take(&mut self.is_waiting);
            return was_waiting.then_some(Effect::GiveUp(Slot::Contrast)).into_iter().collect();
        }
        let generation = Some(context.index.generation());
        let is_due = !self.is_waiting || is_refresh;
        if !is_due || self.asked == generation || context.index.counts().failed == 0 {
            return Vec::new();
        }
        (self.asked, self.is_waiting, self.progress) = (generation, true, Progress::default());
        vec![Effect::Ask(Slot::Contrast, Request::Contrast)]
    }

    fn answer(&mut self, _: &Context<'_>, _: Slot, answer: Answer) -> Vec<Then> {
        match answer {
            Answer::Contrasting(progress) => self.progress = progress,
            Answer::Contrast(found, _) => {
                self.found = Some(found);
                self.is_waiting = false;
                self.cursor.at = self.cursor.at.min(self.len().saturating_sub(1));
            }
            _ => {}
        }
        Vec::new()
    }

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        self.width = size.width;
        self.cursor.resized(size.height, self.len());
    }

    fn wheel(&mut self, _: &Context<'_>, _: Pane, rows: isize) {
        self.cursor.scroll(rows, self.len());
    }

    fn click(&mut self, _: &Context<'_>, target: Target) {
        if let Target::Row(Pane::Contrast, row) = target {
            self.cursor.select(row, self.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, said};
    use super::*;

    fn is_asked(effects: &[Effect]) -> bool {
        matches!(effects, [Effect::Ask(Slot::Contrast, Request::Contrast)])
    }

    #[test]
    fn it_is_asked_for_when_all_is_judged_and_given_up_when_more_comes() {
        Fixture::new("one-percent", 162).check(|context| {
            let mut page = Contrast::default();
            let loading = Context { is_loading: true, ..*context };
            assert!(page.needs(&loading, true).is_empty());
            assert!(is_asked(&page.needs(context, false)));
            assert!(page.needs(context, true).is_empty(), "the answer is waited for");
            assert!(matches!(page.needs(&loading, false)[..], [Effect::GiveUp(Slot::Contrast)]));
            assert!(page.needs(&loading, true).is_empty(), "it is given up once");
            assert!(is_asked(&page.needs(context, false)));
            page.answer(context, Slot::Contrast, Answer::Contrast(Arc::default(), context.index.generation()));
            assert!(page.needs(context, true).is_empty(), "it is of this index");
        });
        Fixture::new("tls13-ok", 0).check(|context| {
            assert!(Contrast::default().needs(context, true).is_empty(), "nothing failed");
        });
    }

    #[test]
    fn a_claim_leads_to_its_flows_and_what_is_no_claim_to_none() {
        Fixture::new("one-percent", 162).check(|context| {
            let mut page = Contrast { width: 80, ..Contrast::default() };
            let found = Arc::new(Found::of(context.index, |_| true));
            page.answer(context, Slot::Contrast, Answer::Contrast(Arc::clone(&found), 0));
            page.act(context, Action::NextPane);
            let (_, line) = found.strongest().expect("a claim");
            for (action, count) in [(Action::Open, line.failed.len()), (Action::GoodOnes, line.ok.len())] {
                assert!(count > 0 && page.can(context, action));
                let shown = page.act(context, action);
                let [Then::List(only)] = &shown[..] else { panic!("{shown:?}") };
                assert_eq!(context.index.iter().filter(|flow| only.has(flow)).count(), count);
            }
            page.act(context, Action::Last);
            assert!(!page.can(context, Action::Open), "the last row says what is claimed of nobody");
            assert_eq!(said(&page.act(context, Action::Open)), Some(NO_FLOWS));
        });
    }
}
