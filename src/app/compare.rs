//! Two flows side by side: which, why these, how far the answer is, where the cursor is.

use std::sync::Arc;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::msg::{Pane, PaneSize, Slot, Target};
use crate::engine::{Answer, FlowView, Request};
use crate::present::compare::{Comparison, Relation};
use crate::present::words;
use crate::vocab::{FlowRef, PacketNumber};

/// Why a flow that the user chose is the baseline.
const MARKED: &str = "you marked it as the baseline";
/// What is said where no flow is good.
const NONE_GOOD: &str = "no good flow to compare with; mark one with b in the list, or name --baseline CAPTURE";

/// The state of the comparisons.
#[derive(Debug, Default)]
pub struct Compare {
    /// The two that are compared, once there was something to compare.
    pub pair: Option<Pair>,
    /// Whether equal rows are hidden.
    pub hide_equal: bool,
}

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

/// Two flows, and how far comparing them is.
#[derive(Clone, Debug)]
pub struct Pair {
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
    /// The cursor in the ranked differences.
    pub differences: Cursor,
    /// The pane that has the keys.
    pub focus: Pane,
}

impl Pair {
    /// A comparison of `subject` with `baseline`, or with a flow yet to be chosen.
    fn new(subject: FlowRef, baseline: Option<FlowRef>, why: &str) -> Self {
        Self {
            subject,
            baseline,
            why: why.to_owned(),
            stage: if baseline.is_some() { Stage::Aligning } else { Stage::Choosing },
            views: None,
            shown: Vec::new(),
            rows: Cursor::default(),
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

    /// Takes the comparison of the baseline's view and the subject's; the cursor goes to the first divergence.
    fn take(&mut self, mut comparison: Box<Comparison>, views: (Arc<FlowView>, Arc<FlowView>), hide_equal: bool) {
        let first = comparison.first_divergence;
        comparison.differences = words::once(&comparison.differences).into_iter().cloned().collect();
        self.stage = Stage::Ready(comparison);
        self.views = Some(views);
        self.lay_out(hide_equal);
        self.rows = Cursor::default();
        self.differences = Cursor::default();
        if let Some(row) = first {
            self.go_to(row);
        }
    }

    fn lay_out(&mut self, hide_equal: bool) {
        let Stage::Ready(comparison) = &self.stage else { return };
        let rows = comparison.rows.iter().enumerate();
        self.shown =
            rows.filter(|(_, row)| !hide_equal || Relation::of(row) != Relation::Equal).map(|(at, _)| at).collect();
    }

    /// The row under the cursor, by its place in the comparison.
    pub fn row(&self) -> Option<usize> {
        self.shown.get(self.rows.at).copied()
    }

    /// Puts the cursor on a row, or on the next one that is shown.
    fn go_to(&mut self, row: usize) {
        let at = self.shown.partition_point(|shown| *shown < row);
        self.rows.at = at.min(self.shown.len().saturating_sub(1));
    }

    /// Hides equal rows, or shows them; the cursor stays near its row.
    fn hide_equal(&mut self, hide: bool) {
        let row = self.row();
        self.lay_out(hide);
        if let Some(row) = row {
            self.go_to(row);
        }
    }

    /// Goes to the next row that differs, or the one before; whether there is one.
    fn seek_difference(&mut self, forward: bool) -> bool {
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
    fn go_to_difference(&mut self) -> bool {
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

    /// The packet of the subject in the row under the cursor.
    fn packet(&self) -> Option<PacketNumber> {
        let row = self.ready()?.rows.get(self.row()?)?;
        row.subject.as_ref().map(|step| step.packet)
    }

    /// How many differences there are.
    fn ranked(&self) -> usize {
        self.ready().map_or(0, |ready| ready.differences.len())
    }

    /// The cursor of a pane, and how many rows that has.
    fn cursor(&mut self, pane: Pane) -> (&mut Cursor, usize) {
        match pane {
            Pane::Differences => {
                let ranked = self.ranked();
                (&mut self.differences, ranked)
            }
            _ => (&mut self.rows, self.shown.len()),
        }
    }

    fn act(&mut self, action: Action) -> Vec<Then> {
        match action {
            Action::NextPane | Action::PreviousPane => {
                self.focus = if self.focus == Pane::Rows { Pane::Differences } else { Pane::Rows };
            }
            Action::NextDifference | Action::PreviousDifference => {
                if !self.seek_difference(action == Action::NextDifference) {
                    return vec![Then::notice("no further difference")];
                }
            }
            Action::Open if self.focus == Pane::Differences => {
                if !self.go_to_difference() {
                    let said = "no single row has this difference: it is one of the flows as a whole";
                    return vec![Then::notice(said)];
                }
            }
            Action::Open => return vec![Then::Act(Action::Timeline)],
            _ => {
                let (cursor, len) = self.cursor(self.focus);
                cursor.act(action, len);
            }
        }
        Vec::new()
    }
}

impl Compare {
    /// Puts `subject` beside `baseline`, or beside the nearest good flow.
    fn align(&mut self, subject: FlowRef, baseline: Option<FlowRef>, why: &str) -> Vec<Then> {
        self.pair = Some(Pair::new(subject, baseline, why));
        vec![match baseline {
            Some(baseline) => Then::ask(Slot::Compare, Request::Compare { baseline, subject }),
            None => Then::ask(Slot::Nearest, Request::Nearest(subject.flow)),
        }]
    }

    fn fail(&mut self, why: &str) {
        if let Some(pair) = &mut self.pair {
            pair.stage = Stage::Failed(why.to_owned());
        }
    }

    fn is_ready(&self) -> bool {
        self.pair.as_ref().is_some_and(|pair| pair.ready().is_some())
    }
}

/// The baseline that the user chose, unless that is the flow itself.
fn marked(context: &Context<'_>, subject: FlowRef) -> Option<FlowRef> {
    context.baseline.filter(|baseline| *baseline != subject)
}

impl Component for Compare {
    fn flow(&self, _: &Context<'_>) -> Option<FlowRef> {
        self.pair.as_ref().map(|pair| pair.subject)
    }

    fn packet(&self, _: &Context<'_>) -> Option<PacketNumber> {
        self.pair.as_ref()?.packet()
    }

    fn is_busy(&self) -> bool {
        self.pair.as_ref().is_some_and(|pair| matches!(pair.stage, Stage::Choosing | Stage::Aligning))
    }

    fn can(&self, _: &Context<'_>, action: Action) -> bool {
        match action {
            Action::NextDifference | Action::ToggleEqual | Action::Swap | Action::NextPane => self.is_ready(),
            _ => true,
        }
    }

    fn act(&mut self, _: &Context<'_>, action: Action) -> Vec<Then> {
        let Some(pair) = &mut self.pair else { return Vec::new() };
        match action {
            Action::ToggleEqual => {
                self.hide_equal = !self.hide_equal;
                pair.hide_equal(self.hide_equal);
                Vec::new()
            }
            Action::Swap => {
                let Some(baseline) = pair.baseline else { return Vec::new() };
                let subject = pair.subject;
                self.align(baseline, Some(subject), "the two were exchanged")
            }
            Action::AutomaticBaseline => {
                let subject = pair.subject;
                self.align(subject, None, "")
            }
            _ => pair.act(action),
        }
    }

    /// What is compared already is not compared again.
    fn enter(&mut self, context: &Context<'_>, flow: FlowRef, _: Option<PacketNumber>) -> Vec<Then> {
        let marked = marked(context, flow);
        let is_known = self.pair.as_ref().is_some_and(|pair| {
            pair.subject == flow
                && pair.ready().is_some()
                && marked.is_none_or(|baseline| pair.baseline == Some(baseline))
        });
        if is_known { Vec::new() } else { self.align(flow, marked, MARKED) }
    }

    fn turn_to(&mut self, context: &Context<'_>, flow: FlowRef) -> Vec<Then> {
        self.align(flow, marked(context, flow), MARKED)
    }

    fn answer(&mut self, _: &Context<'_>, _: Slot, answer: Answer) -> Vec<Then> {
        match answer {
            Answer::Nearest(Some(nearest)) => {
                if let Some(subject) = self.pair.as_ref().map(|pair| pair.subject) {
                    return self.align(subject, Some(nearest.flow), &words::nearness(nearest.near));
                }
            }
            Answer::Nearest(None) => self.fail(NONE_GOOD),
            Answer::Failed(why) => self.fail(&why),
            Answer::Compared { baseline, subject, comparison } => {
                let wanted = self
                    .pair
                    .as_mut()
                    .filter(|pair| pair.subject == subject.flow && pair.baseline == Some(baseline.flow));
                if let Some(pair) = wanted {
                    pair.take(comparison, (baseline, subject), self.hide_equal);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        if let Some(pair) = &mut self.pair {
            let (cursor, len) = pair.cursor(size.pane);
            cursor.resized(size.height, len);
        }
    }

    fn wheel(&mut self, _: &Context<'_>, pane: Pane, rows: isize) {
        if let Some(pair) = &mut self.pair {
            let (cursor, len) = pair.cursor(pane);
            cursor.scroll(rows, len);
        }
    }

    fn click(&mut self, _: &Context<'_>, target: Target) {
        if let (Some(pair), Target::Row(pane @ (Pane::Rows | Pane::Differences), row)) = (&mut self.pair, target) {
            pair.focus = pane;
            let (cursor, len) = pair.cursor(pane);
            cursor.select(row, len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::msg::Effect;
    use super::super::testing::{Fixture, said};
    use super::*;
    use crate::engine::Session;
    use crate::vocab::FlowNumber;

    /// What the engine answers to what is asked.
    fn answer(session: &Session, thens: &[Then]) -> (Slot, Answer) {
        let view = |flow| Arc::new(session.view(flow).expect("a flow of the fixture"));
        match thens {
            [Then::Do(Effect::Ask(slot, Request::Nearest(flow)))] => (*slot, Answer::Nearest(session.nearest(*flow))),
            [Then::Do(Effect::Ask(slot, Request::Compare { baseline, subject }))] => {
                let (baseline, subject) = (view(*baseline), view(*subject));
                let comparison = Box::new(session.compare(&baseline, &subject));
                (*slot, Answer::Compared { baseline, subject, comparison })
            }
            _ => panic!("{thens:?}"),
        }
    }

    #[test]
    fn the_nearest_good_flow_is_found_and_compared_once() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            let subject = FlowRef::main(FlowNumber(0));
            let mut compare = Compare::default();
            assert!(compare.flow(context).is_none() && !compare.can(context, Action::Swap));
            let asked = compare.enter(context, subject, None);
            assert!(compare.is_busy());
            let (slot, nearest) = answer(&fixture.session, &asked);
            let asked = compare.answer(context, slot, nearest);
            let (slot, compared) = answer(&fixture.session, &asked);
            assert!(compare.answer(context, slot, compared).is_empty());
            assert!(!compare.is_busy() && compare.can(context, Action::Swap));
            let pair = compare.pair.as_ref().expect("two flows");
            assert_eq!(pair.row(), pair.ready().and_then(|ready| ready.first_divergence));
            assert!(compare.enter(context, subject, None).is_empty(), "it is known");
            let other = Context { baseline: Some(FlowRef::main(FlowNumber(1))), ..*context };
            let marked = compare.pair.as_ref().and_then(|pair| pair.baseline) == other.baseline;
            assert_eq!(compare.enter(&other, subject, None).is_empty(), marked);
        });
    }

    #[test]
    fn equal_rows_stay_hidden_in_the_next_comparison() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            let (subject, baseline) = (FlowRef::main(FlowNumber(0)), FlowRef::main(FlowNumber(2)));
            let mut compare = Compare::default();
            let asked = compare.align(subject, Some(baseline), MARKED);
            let (slot, compared) = answer(&fixture.session, &asked);
            compare.answer(context, slot, compared);
            let shown = |compare: &Compare| compare.pair.as_ref().map_or(0, |pair| pair.shown.len());
            let all = shown(&compare);
            compare.act(context, Action::ToggleEqual);
            let few = shown(&compare);
            assert!(few < all, "{few} {all}");
            let asked = compare.act(context, Action::Swap);
            let (slot, compared) = answer(&fixture.session, &asked);
            compare.answer(context, slot, compared);
            assert_eq!((compare.flow(context), shown(&compare)), (Some(baseline), few));
            while compare.act(context, Action::NextDifference).is_empty() {}
            assert_eq!(said(&compare.act(context, Action::NextDifference)), Some("no further difference"));
        });
    }

    #[test]
    fn an_answer_to_another_question_is_not_taken() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            let flow = |number| FlowRef::main(FlowNumber(number));
            let mut compare = Compare::default();
            let asked = compare.align(flow(0), Some(flow(1)), MARKED);
            compare.align(flow(0), Some(flow(2)), MARKED);
            let (slot, compared) = answer(&fixture.session, &asked);
            compare.answer(context, slot, compared);
            assert!(compare.is_busy());
            compare.answer(context, Slot::Nearest, Answer::Nearest(None));
            assert!(matches!(compare.pair.map(|pair| pair.stage), Some(Stage::Failed(why)) if why == NONE_GOOD));
        });
    }
}
