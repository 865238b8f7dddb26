//! Two flows side by side: which, why these, which others could stand there.

mod fields;
mod pair;

use std::path::PathBuf;

pub use pair::{Pair, Stage};

use super::action::Action;
use super::component::{Component, Context, Then};
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use super::told;
use crate::cohort::Baseline;
use crate::engine::{Answer, Request};
use crate::present::compare::{self, Nearness};
use crate::present::folds::Showing;
use crate::present::words;
use crate::vocab::{FlowRef, Outcome, PacketNumber, Source};

/// Why a flow that the user chose is the baseline.
const MARKED: &str = "you marked it as the baseline";
/// What is said where no flow is good.
const NONE_GOOD: &str = "no good flow to compare with; mark one with b in the list, or name --baseline CAPTURE";

/// The state of the comparisons.
#[derive(Debug, Default)]
pub struct Compare {
    /// The two that are compared, once there was something to compare.
    pub pair: Option<Pair>,
    /// Which rows are shown.
    pub showing: Showing,
    /// The good flows to compare a flow with, the best first, once they are known.
    candidates: Option<(FlowRef, Vec<Baseline>)>,
}

impl Compare {
    /// Puts `subject` beside `baseline`, or beside the nearest good flow.
    fn align(&mut self, subject: FlowRef, baseline: Option<FlowRef>, why: &str) -> Vec<Then> {
        self.pair = Some(Pair::new(subject, baseline, why, None));
        match baseline {
            Some(baseline) => vec![Then::ask(Slot::Compare, Request::Compare { baseline, subject })],
            None => self.seek(subject),
        }
    }

    /// Puts `subject` beside a good flow that is near.
    fn align_near(&mut self, subject: FlowRef, baseline: FlowRef, near: Nearness) -> Vec<Then> {
        let asked = self.align(subject, Some(baseline), &words::nearness(near));
        if let Some(pair) = &mut self.pair {
            pair.near = Some(near);
        }
        asked
    }

    /// Asks what `subject` could be compared with.
    fn seek(&mut self, subject: FlowRef) -> Vec<Then> {
        self.candidates = None;
        match subject.source {
            Source::Main => vec![Then::ask(Slot::Nearest, Request::Candidates(subject.flow))],
            // The good flows of another capture are no failing ones.
            Source::Baseline => self.give_way(),
        }
    }

    /// The good flows that the subject could be compared with, the best first; empty before they are known.
    pub fn candidates(&self) -> &[Baseline] {
        let subject = self.pair.as_ref().map(|pair| pair.subject);
        match &self.candidates {
            Some((of, all)) if Some(*of) == subject => all,
            _ => &[],
        }
    }

    /// Which of them the baseline is, in words; none where it is none of them.
    pub fn place(&self) -> Option<String> {
        self.at().map(|at| compare::place(self.candidates(), Some(at)))
    }

    fn at(&self) -> Option<usize> {
        let baseline = self.pair.as_ref()?.baseline?;
        self.candidates().iter().position(|one| one.flow == baseline)
    }

    /// Takes the candidates; the best one is the baseline where there is none yet.
    fn take_candidates(&mut self, found: Vec<Baseline>) -> Vec<Then> {
        let Some((subject, baseline)) = self.pair.as_ref().map(|pair| (pair.subject, pair.baseline)) else {
            return Vec::new();
        };
        let best = found.first().map(|best| (best.flow, best.near));
        self.candidates = Some((subject, found));
        match (baseline, best) {
            (Some(_), _) => Vec::new(),
            (None, Some((flow, near))) => self.align_near(subject, flow, near),
            (None, None) => self.give_way(),
        }
    }

    /// Where there is nothing to compare with, the timeline and the finding say what there is to say of the flow.
    fn give_way(&mut self) -> Vec<Then> {
        let subject = self.pair.take().map(|pair| pair.subject);
        let show = subject.map(|subject| Then::Show(subject, None));
        let instead = Then::Instead(Screen::Compare, Screen::Timeline);
        show.into_iter().chain([instead, Then::notice(NONE_GOOD)]).collect()
    }

    /// Puts the subject beside the next candidate, or the one before.
    fn next_baseline(&mut self, forward: bool) -> Vec<Then> {
        let all = self.candidates();
        let to = match (self.at(), forward) {
            (Some(at), true) => at + 1,
            (Some(at), false) => at.wrapping_sub(1),
            (None, _) => 0,
        };
        let Some((flow, near)) = all.get(to).map(|one| (one.flow, one.near)) else {
            let end = if forward { "no further good flow" } else { "no better good flow" };
            return vec![Then::notice(format!("{end} to compare with: {}", compare::place(all, None)))];
        };
        let Some(subject) = self.pair.as_ref().map(|pair| pair.subject) else { return Vec::new() };
        self.align_near(subject, flow, near)
    }

    fn is_ready(&self) -> bool {
        self.pair.as_ref().is_some_and(|pair| pair.ready().is_some())
    }

    /// Compares a flow with what it is best compared with; the flow that the user comes from may be a good one: then the
    /// nearest failing one stands beside it.
    fn compare(&mut self, context: &Context<'_>, flow: FlowRef) -> Vec<Then> {
        let facts = context.index.facts(flow.flow).filter(|_| flow.source == Source::Main);
        let is_good = facts.is_some_and(|facts| facts.row.outcome == Some(Outcome::Ok) && facts.row.cause.is_none());
        match marked(context, flow) {
            None if is_good => {
                self.pair = Some(Pair::new(flow, None, "", None));
                vec![Then::ask(Slot::Nearest, Request::Failing(flow.flow))]
            }
            marked => self.align(flow, marked, MARKED),
        }
    }

    /// Puts a good flow beside the failing one that is nearest to it; beside another good one where none is.
    fn take_failing(&mut self, found: Option<Baseline>) -> Vec<Then> {
        let Some(good) = self.pair.as_ref().map(|pair| pair.subject) else { return Vec::new() };
        let Some(failing) = found else { return self.seek(good) };
        let flow = failing.flow;
        let near = words::nearness(failing.near);
        self.align(flow, Some(good), &format!("flow {} is the failing one that is nearest to it: {near}", flow.flow))
    }

    fn take(&mut self, answer: Answer) -> Vec<Then> {
        let Answer::Compared { baseline, subject, comparison } = answer else { return Vec::new() };
        let is_wanted = |pair: &&mut Pair| pair.subject == subject.flow && pair.baseline == Some(baseline.flow);
        let Some(pair) = self.pair.as_mut().filter(is_wanted) else { return Vec::new() };
        let of = subject.flow;
        pair.take(comparison, (baseline, subject), self.showing);
        // Those of one flow are looked for once.
        if of.source == Source::Main && self.candidates.as_ref().is_none_or(|(flow, _)| *flow != of) {
            return vec![Then::ask(Slot::Nearest, Request::Candidates(of.flow))];
        }
        Vec::new()
    }

    /// What holds in the pane that has the keys.
    fn act_on_pane(&mut self, action: Action) -> Vec<Then> {
        let Some(pair) = &mut self.pair else { return Vec::new() };
        match action {
            Action::NextPane | Action::PreviousPane => {
                pair.next_pane(action == Action::NextPane);
            }
            Action::NextDifference | Action::PreviousDifference => {
                if !pair.seek_difference(action == Action::NextDifference) {
                    return vec![Then::notice("no further difference")];
                }
            }
            Action::Open if pair.focus == Pane::Differences => {
                if !pair.go_to_difference() {
                    let said = "no single row has this difference: it is one of the flows as a whole";
                    return vec![Then::notice(said)];
                }
            }
            Action::Open if pair.focus == Pane::Rows && pair.ready().is_some() && pair.row().is_none() => {
                self.show(Showing::All);
            }
            Action::Open => pair.focus = if pair.focus == Pane::Rows { Pane::Fields } else { Pane::Rows },
            _ => {
                let (cursor, len) = pair.cursor(pair.focus);
                cursor.act(action, len);
            }
        }
        Vec::new()
    }

    fn show(&mut self, showing: Showing) {
        self.showing = showing;
        if let Some(pair) = &mut self.pair {
            pair.show(showing);
        }
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
            Action::NextDifference
            | Action::ToggleEqual
            | Action::Swap
            | Action::NextPane
            | Action::Copy
            | Action::Save => self.is_ready(),
            Action::NextBaseline | Action::PreviousBaseline | Action::Candidates => self.candidates().len() > 1,
            _ => true,
        }
    }

    fn act(&mut self, _: &Context<'_>, action: Action) -> Vec<Then> {
        let Some(pair) = &self.pair else { return Vec::new() };
        let (subject, baseline) = (pair.subject, pair.baseline);
        match (action, baseline) {
            (Action::ToggleEqual, _) => self.show(self.showing.next()),
            (Action::Swap, Some(baseline)) => {
                return self.align(baseline, Some(subject), "the two were exchanged");
            }
            (Action::AutomaticBaseline, _) => return self.align(subject, None, ""),
            (Action::NextBaseline | Action::PreviousBaseline, _) => {
                return self.next_baseline(action == Action::NextBaseline);
            }
            (Action::Candidates, _) if self.candidates().is_empty() => return vec![Then::notice(NONE_GOOD)],
            (Action::Candidates, baseline) => {
                let lines = compare::candidates(self.candidates(), baseline);
                return vec![Then::Read("Baselines".to_owned(), lines)];
            }
            (Action::Copy, _) => match pair.text() {
                Some((text, what)) => return told::copy(text, what, "compare"),
                None => return vec![Then::notice("there is nothing to copy here")],
            },
            (Action::CopyComparison, _) => {
                return pair.both().map(|both| Then::Do(Effect::CopyComparison(both))).into_iter().collect();
            }
            (Action::Save, Some(baseline)) => {
                let name = format!("compare-{}-{}.md", baseline.flow, subject.flow);
                return vec![Then::Type(Prompt::save(Screen::Compare, "save the comparison to: ", &name))];
            }
            _ => return self.act_on_pane(action),
        }
        Vec::new()
    }

    /// What is compared already is not compared again.
    fn enter(&mut self, context: &Context<'_>, flow: FlowRef, _: Option<PacketNumber>) -> Vec<Then> {
        let marked = marked(context, flow);
        let is_known = self.pair.as_ref().is_some_and(|pair| {
            (pair.subject == flow || pair.baseline == Some(flow))
                && pair.ready().is_some()
                && marked.is_none_or(|baseline| pair.baseline == Some(baseline))
        });
        if is_known { Vec::new() } else { self.compare(context, flow) }
    }

    fn turn_to(&mut self, context: &Context<'_>, flow: FlowRef) -> Vec<Then> {
        self.align(flow, marked(context, flow), MARKED)
    }

    /// Another row may be under the cursor now: its fields are asked for.
    fn needs(&mut self, _: &Context<'_>, _: bool) -> Vec<Effect> {
        let wanted = self.pair.as_mut().and_then(Pair::wanted);
        wanted.map(|places| Effect::Ask(Slot::Details, Request::Details(Box::new(places)))).into_iter().collect()
    }

    fn answer(&mut self, _: &Context<'_>, slot: Slot, answer: Answer) -> Vec<Then> {
        match answer {
            Answer::Candidates(found) => return self.take_candidates(found),
            Answer::Failing(found) => return self.take_failing(found),
            Answer::Failed(why) if slot == Slot::Details => return vec![Then::error(why)],
            Answer::Failed(why) => {
                if let Some(pair) = &mut self.pair {
                    pair.stage = Stage::Failed(why);
                }
            }
            Answer::Details(details) => {
                if let Some(pair) = &mut self.pair {
                    pair.fields.take(details, self.showing);
                }
            }
            Answer::Compared { .. } => return self.take(answer),
            _ => {}
        }
        Vec::new()
    }

    fn typed(&mut self, _: &Context<'_>, purpose: &Purpose, typed: Typed, text: &str) -> Vec<Then> {
        let save = |path: PathBuf, replace| -> Vec<Then> {
            let both = self.pair.as_ref().and_then(Pair::both);
            both.map(|both| Then::Do(Effect::SaveComparison { both, path, replace })).into_iter().collect()
        };
        match (purpose, typed) {
            (Purpose::Save, Typed::Kept) if !text.trim().is_empty() => save(text.trim().into(), false),
            (Purpose::Overwrite(path), Typed::Kept) => save(path.clone(), true),
            (Purpose::Save | Purpose::Overwrite(_), Typed::GivenUp) => vec![Then::notice("nothing was saved")],
            _ => Vec::new(),
        }
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
        if let (Some(pair), Target::Row(pane @ (Pane::Rows | Pane::Differences | Pane::Fields), row)) =
            (&mut self.pair, target)
        {
            pair.focus = pane;
            let (cursor, len) = pair.cursor(pane);
            cursor.select(row, len);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::{Fixture, said};
    use super::*;
    use crate::engine::{MAX_CANDIDATES, Session};
    use crate::vocab::FlowNumber;

    /// What the engine answers to what is asked.
    fn answer(session: &Session, thens: &[Then]) -> (Slot, Answer) {
        let view = |flow| Arc::new(session.view(flow).expect("a flow of the fixture"));
        match thens {
            [Then::Do(Effect::Ask(slot, Request::Candidates(flow)))] => {
                (*slot, Answer::Candidates(session.candidates(*flow, MAX_CANDIDATES)))
            }
            [Then::Do(Effect::Ask(slot, Request::Failing(flow)))] => (*slot, Answer::Failing(session.failing(*flow))),
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
            assert!(compare.answer(context, slot, compared).is_empty(), "the candidates are known");
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
            compare.act(context, Action::ToggleEqual);
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
        });
    }

    #[test]
    fn the_timeline_stands_in_for_a_comparison_that_cannot_be() {
        let fixture = Fixture::new("reset-by-access-point", 0);
        fixture.check(|context| {
            let mut compare = Compare::default();
            let asked = compare.enter(context, FlowRef::main(FlowNumber(0)), None);
            let (slot, none) = answer(&fixture.session, &asked);
            let thens = compare.answer(context, slot, none);
            let [Then::Show(flow, None), Then::Instead(Screen::Compare, Screen::Timeline), Then::Say(_, said)] =
                &thens[..]
            else {
                panic!("{thens:?}")
            };
            assert_eq!((flow.flow, &**said), (FlowNumber(0), NONE_GOOD));
            assert!(compare.pair.is_none());
        });
    }

    #[test]
    fn the_other_candidates_are_gone_through() {
        let fixture = Fixture::new("one-percent", 0);
        fixture.check(|context| {
            let subject = FlowRef::main(FlowNumber(193));
            let mut compare = Compare::default();
            let asked = compare.enter(context, subject, None);
            let (slot, found) = answer(&fixture.session, &asked);
            compare.answer(context, slot, found);
            let baseline = |compare: &Compare| compare.pair.as_ref().and_then(|pair| pair.baseline);
            let (first, count) = (baseline(&compare), compare.candidates().len());
            assert_eq!((compare.at(), first), (Some(0), Some(compare.candidates()[0].flow)));
            assert!(
                said(&compare.act(context, Action::PreviousBaseline)).is_some_and(|said| said.contains("no better"))
            );
            compare.act(context, Action::NextBaseline);
            assert_eq!(compare.at(), Some(1));
            assert_ne!(baseline(&compare), first);
            compare.act(context, Action::PreviousBaseline);
            assert_eq!(baseline(&compare), first);
            for _ in 1..count {
                compare.act(context, Action::NextBaseline);
            }
            assert!(said(&compare.act(context, Action::NextBaseline)).is_some_and(|said| said.contains("no further")));
        });
    }

    #[test]
    fn a_good_flow_is_put_beside_the_nearest_failing_one() {
        let fixture = Fixture::new("one-percent", 0);
        fixture.check(|context| {
            let good = FlowRef::main(FlowNumber(126));
            let mut compare = Compare::default();
            let asked = compare.enter(context, good, None);
            let (slot, failing) = answer(&fixture.session, &asked);
            let asked = compare.answer(context, slot, failing);
            let pair = compare.pair.as_ref().expect("two flows");
            let outcome = context.index.facts(pair.subject.flow).and_then(|facts| facts.row.outcome);
            assert_eq!((pair.baseline, outcome), (Some(good), Some(Outcome::Failed)));
            let (slot, compared) = answer(&fixture.session, &asked);
            compare.answer(context, slot, compared);
            assert!(compare.enter(context, good, None).is_empty(), "it is known");
        });
    }
}
