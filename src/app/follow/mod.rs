//! The streams of a flow, at any size: [`Follow`] knows where the cursor is and where it is to go (`state`), along
//! [`Place`]s through the few [`Parts`] that are held, to what a [`Search`] found; what is copied is the `selection`. Here
//! is what the keys do.

mod parts;
mod place;
mod search;
mod selection;
mod state;

use std::path::PathBuf;
use std::sync::Arc;

pub use parts::Parts;
pub use place::{Place, Window};
pub use search::Search;
pub use state::Follow;

use state::Want;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::rows;
use super::msg::{Effect, Laid, Pane, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use crate::engine::follow::{Saved, Syntax};
use crate::engine::{Answer, FlowView, Request};
use crate::present::values::{bytes, counted};
use crate::vocab::PacketNumber;
use crate::vocab::text::visible;

/// What stands after a pattern while it is typed.
const HINT: &str = "Tab: text, regex, hex   Enter: keep   Esc: give up";

impl Follow {
    /// Searches for a pattern from where the cursor was before it was typed.
    fn search(&mut self, text: &str) -> Effect {
        self.search.set(text, self.parts.only);
        self.parts.mark(self.search.hunt.as_deref());
        let (Some(map), Some(hunt)) = (self.parts.map.clone(), self.search.hunt.clone()) else {
            return Effect::GiveUp(Slot::Search);
        };
        self.search.is_under_way = true;
        let from = self.search.origin;
        self.window.cursor = from;
        self.aim(Want::Nearest);
        Effect::Ask(Slot::Search, Request::Search { map, hunt, from: from.part, forward: true })
    }

    /// The search again after the direction changed.
    fn search_again(&mut self) -> Effect {
        let Some(hunt) = self.search.hunt.clone() else { return Effect::GiveUp(Slot::Search) };
        self.search.begin(self.window.cursor);
        self.search(&hunt.pattern.text)
    }

    /// Goes back to where the cursor was before a pattern was typed.
    fn give_up_search(&mut self) -> Effect {
        let effect = self.search("");
        self.window.cursor = self.search.origin;
        self.aim(Want::Lines(0));
        effect
    }

    /// Goes on to a match; a search that has not come so far turns to where the cursor goes.
    fn next_match(&mut self, forward: bool) -> Vec<Then> {
        if self.search.is_vain() {
            return vec![Then::notice("no match")];
        }
        self.aim(Want::Match(forward));
        let (Some(map), Some(hunt)) = (self.parts.map.clone(), self.search.hunt.clone()) else { return Vec::new() };
        let (_, is_done) = hunt.total();
        if is_done || !self.is_on_its_way() {
            return Vec::new();
        }
        self.search.is_under_way = true;
        let from = self.window.cursor.part;
        vec![Then::ask(Slot::Search, Request::Search { map, hunt, from, forward })]
    }

    /// Asks for a pattern.
    fn ask_pattern(&self, text: &str) -> Then {
        let sign = match self.search.syntax {
            Syntax::Text => "/".to_owned(),
            syntax => format!("{}/", syntax.name()),
        };
        Then::Type(Prompt { hint: HINT, ..Prompt::search(Screen::Follow, sign, text) })
    }

    /// Takes note of a pattern being typed.
    fn type_pattern(&mut self, typed: Typed, text: &str) -> Vec<Then> {
        match typed {
            Typed::Changed => vec![Then::Do(self.search(text))],
            Typed::Next => {
                self.search.syntax = self.search.syntax.next();
                let effect = self.search(text);
                vec![self.ask_pattern(text), Then::Do(effect)]
            }
            Typed::GivenUp => vec![Then::Do(self.give_up_search())],
            Typed::Kept => match &self.search.wrong {
                Some(why) => vec![Then::error(why.clone())],
                None if self.search.is_vain() && !text.is_empty() => {
                    vec![Then::notice(format!("no match for {text:?}"))]
                }
                None => Vec::new(),
            },
        }
    }

    /// Takes note that the search has come further, or to its end.
    fn searched(&mut self, is_over: bool) {
        self.search.is_under_way &= !is_over;
        self.pursue();
    }

    /// Begins a selection at the cursor, or ends it.
    fn toggle_selection(&mut self) {
        self.selected_from = if self.selected_from.is_some() { None } else { Some(self.window.cursor) };
    }

    /// Copies the selected lines, or the one under the cursor.
    fn copy(&mut self) -> Vec<Then> {
        let cursor = self.window.cursor;
        match selection::text(&self.parts, self.selection().unwrap_or((cursor, cursor))) {
            Ok((text, lines)) => {
                self.selected_from = None;
                let said = format!("copied {}, {}", counted(lines as u64, "line"), bytes(text.len() as u64));
                vec![Then::notice(said), Then::Do(Effect::Copy(text))]
            }
            Err(why) => vec![Then::error(why)],
        }
    }

    /// Ends the selection, the search or saving, whichever there is; else goes back.
    fn cancel(&mut self) -> Vec<Then> {
        if self.selected_from.take().is_some() {
            return Vec::new();
        }
        if std::mem::take(&mut self.search.is_under_way) {
            return vec![Then::notice("the search was stopped"), Then::Do(Effect::GiveUp(Slot::Search))];
        }
        if self.saving.take().is_some() {
            let said = "saving was stopped; nothing was written";
            return vec![Then::notice(said), Then::Do(Effect::GiveUp(Slot::Save))];
        }
        vec![Then::Back]
    }

    /// A name for the file to save to.
    fn file_name(&self) -> String {
        let flow = self.flow.map_or(0, |flow| flow.flow.0);
        match self.parts.only {
            None => format!("flow-{flow}.bin"),
            Some(only) => format!("flow-{flow}-{}.bin", only.sender()),
        }
    }

    fn save(&mut self, path: PathBuf, overwrite: bool) -> Vec<Then> {
        let Some(map) = self.parts.map.clone() else { return Vec::new() };
        self.saving = Some(0);
        let only = self.parts.only;
        vec![Then::ask(Slot::Save, Request::Save { map, only, path, overwrite })]
    }

    /// What became of saving.
    fn saved(&mut self, context: &Context<'_>, saved: Saved) -> Vec<Then> {
        self.saving = None;
        match saved {
            Saved::Done { path, bytes: count, missing } => {
                let left_out = if missing > 0 { format!("; {} not captured", bytes(missing)) } else { String::new() };
                let path = visible(&path.to_string_lossy());
                vec![Then::notice(format!("saved {} to {path}{left_out}", bytes(count)))]
            }
            Saved::Exists(path) if context.is_covered => {
                let path = visible(&path.to_string_lossy());
                vec![Then::error(format!("{path} exists; nothing was written"))]
            }
            Saved::Exists(path) => vec![Then::Type(Prompt::overwrite(Screen::Follow, path))],
            Saved::Stopped => Vec::new(),
        }
    }
}

impl Component for Follow {
    fn packet(&self, _: &Context<'_>) -> Option<PacketNumber> {
        Follow::packet(self)
    }

    fn is_busy(&self) -> bool {
        self.is_on_its_way()
    }

    fn can(&self, _: &Context<'_>, action: Action) -> bool {
        let can = match action {
            Action::NextMatch | Action::PreviousMatch => self.search.hunt.is_some(),
            Action::NextTurn
            | Action::NextForm
            | Action::Open
            | Action::Search
            | Action::Select
            | Action::Copy
            | Action::Save => self.parts.has_lines(),
            _ => true,
        };
        can && self.parts.map.is_some()
    }

    fn act(&mut self, _: &Context<'_>, action: Action) -> Vec<Then> {
        match action {
            Action::Open => return vec![Then::Go(Screen::Timeline, Follow::packet(self))],
            Action::NextForm => self.next_form(),
            Action::NextDirection => {
                self.next_direction();
                return vec![Then::Do(self.search_again())];
            }
            Action::NextTurn | Action::PreviousTurn => self.aim(Want::Turn(action == Action::NextTurn)),
            Action::NextMatch | Action::PreviousMatch => return self.next_match(action == Action::NextMatch),
            Action::Search => {
                self.search.begin(self.window.cursor);
                return vec![self.ask_pattern("")];
            }
            Action::Select => self.toggle_selection(),
            Action::Copy => return self.copy(),
            Action::Save => {
                return vec![Then::Type(Prompt::save(Screen::Follow, "save to: ", &self.file_name()))];
            }
            Action::Cancel => return self.cancel(),
            Action::First => self.aim(Want::First),
            Action::Last => self.last(),
            _ => {
                if let Some(rows) = rows(action, self.window.height) {
                    self.aim(Want::Lines(rows));
                }
            }
        }
        Vec::new()
    }

    fn opened(&mut self, view: &Arc<FlowView>, _: Option<PacketNumber>) {
        self.parts.take_names(view);
    }

    /// A flow that is yet to be followed begins at the packet.
    fn go_to_packet(&mut self, context: &Context<'_>, packet: PacketNumber) -> bool {
        let flow = context.subject.map(|subject| subject.flow);
        if self.flow == flow {
            self.aim(Want::Packet(packet));
        } else {
            self.awaited = flow.map(|flow| (flow, packet));
        }
        true
    }

    fn typed(&mut self, _: &Context<'_>, purpose: &Purpose, typed: Typed, text: &str) -> Vec<Then> {
        match (purpose, typed) {
            (Purpose::Search, _) => self.type_pattern(typed, text),
            (Purpose::Save, Typed::Kept) if !text.trim().is_empty() => self.save(text.trim().into(), false),
            (Purpose::Overwrite(path), Typed::Kept) => self.save(path.clone(), true),
            (Purpose::Save | Purpose::Overwrite(_), Typed::GivenUp) => vec![Then::notice("nothing was saved")],
            _ => Vec::new(),
        }
    }

    fn found(&self, purpose: &Purpose) -> Option<String> {
        let found = || match &self.search.wrong {
            Some(why) => why.clone(),
            None => format!("{} matches", self.search.matches().0),
        };
        (*purpose == Purpose::Search).then(found)
    }

    /// Another flow's map, or another part of the conversation.
    fn needs(&mut self, context: &Context<'_>, _: bool) -> Vec<Effect> {
        let Some(flow) = context.subject.map(|subject| subject.flow) else { return Vec::new() };
        let mut effects = Vec::new();
        if self.flow != Some(flow) {
            if self.search.is_under_way {
                effects.push(Effect::GiveUp(Slot::Search));
            }
            self.begin(flow);
            effects.push(Effect::Ask(Slot::Follow, Request::Follow(flow)));
        }
        if let Some((map, number)) = self.ask() {
            effects.push(Effect::Ask(Slot::Part, Request::Part { map, number }));
        }
        effects
    }

    fn answer(&mut self, context: &Context<'_>, slot: Slot, answer: Answer) -> Vec<Then> {
        match (slot, answer) {
            (_, Answer::Followed(map)) => self.take_map(&map),
            (_, Answer::Part(part)) => self.take_part(&part),
            (_, Answer::Searched) => {
                let (_, is_done) = self.search.matches();
                self.searched(is_done);
            }
            (_, Answer::Saving(bytes)) => self.saving = Some(bytes),
            (_, Answer::Saved(saved)) => return self.saved(context, saved),
            (Slot::Search, Answer::Failed(why)) => {
                self.searched(true);
                return vec![Then::error(why)];
            }
            (Slot::Save, Answer::Failed(why)) => {
                self.saving = None;
                return vec![Then::error(why)];
            }
            (_, Answer::Failed(why)) => self.failed = Some(why),
            _ => {}
        }
        Vec::new()
    }

    fn laid(&mut self, _: &Context<'_>, laid: Laid) {
        self.take_room(laid.width, laid.height);
    }

    fn wheel(&mut self, _: &Context<'_>, _: Pane, rows: isize) {
        self.scroll(rows);
    }

    fn click(&mut self, _: &Context<'_>, target: Target) {
        if let Target::WindowRow(Pane::Stream, row) = target {
            self.window.cursor = self.window.top;
            self.aim(Want::Lines(row as isize));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, said};
    use super::*;
    use crate::engine::StreamMap;

    impl Follow {
        /// The line under the cursor.
        fn line_text(&self) -> String {
            self.window.cursor.line(&self.parts).map(|line| line.line.plain()).unwrap_or_default()
        }
    }

    /// Follows the open flow, in a window of this many rows.
    fn followed(fixture: &Fixture, context: &Context<'_>, height: usize) -> Follow {
        let mut follow = Follow::default();
        follow.laid(context, Laid { pane: Pane::Stream, width: 80, height });
        answer(&mut follow, fixture, context);
        follow
    }

    /// Answers what is needed until nothing is.
    fn answer(follow: &mut Follow, fixture: &Fixture, context: &Context<'_>) {
        let whole = |flow| -> Arc<StreamMap> {
            let map = fixture.session.follow(flow).expect("the fixture is there");
            map.walk(&|| false, &mut |_| Ok(std::ops::ControlFlow::Continue(()))).expect("the fixture is there");
            Arc::new(map)
        };
        loop {
            let effects = follow.needs(context, false);
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                let (slot, answer) = match effect {
                    Effect::Ask(slot, Request::Follow(flow)) => (slot, Answer::Followed(whole(flow))),
                    Effect::Ask(slot, Request::Part { map, number }) => {
                        (slot, Answer::Part(Arc::new(map.part(number).expect("the fixture is there"))))
                    }
                    other => panic!("{other:?}"),
                };
                assert!(follow.answer(context, slot, answer).is_empty());
            }
        }
    }

    #[test]
    fn the_cursor_goes_by_lines_turns_and_to_the_ends() {
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut follow = followed(&fixture, context, 4);
            assert!(!follow.is_busy());
            let first = follow.window.cursor;
            assert!(follow.line_text().starts_with("▶ client"));
            follow.act(context, Action::Down);
            assert!(follow.line_text().contains("GET / HTTP/1.1"));
            follow.act(context, Action::NextTurn);
            assert!(follow.line_text().starts_with("◀ server"));
            follow.act(context, Action::PreviousTurn);
            assert_eq!(follow.window.cursor, first);
            follow.act(context, Action::Last);
            let last = follow.window.cursor;
            follow.act(context, Action::Down);
            assert_eq!(follow.window.cursor, last, "there is nothing further");
            assert_eq!(follow.window.top, last.moved(&follow.parts, -3).0, "the window ends with it");
            follow.wheel(context, Pane::Stream, -1);
            assert_eq!(follow.window.cursor, last.moved(&follow.parts, -1).0, "the cursor stays in sight");
            follow.act(context, Action::First);
            assert_eq!((follow.window.cursor, follow.window.top), (first, first));
        });
    }

    #[test]
    fn a_flow_is_followed_from_the_packet_that_one_comes_from() {
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut follow = followed(&fixture, context, 10);
            follow.act(context, Action::Last);
            let last = Follow::packet(&follow).expect("a line");
            let mut again = Follow::default();
            again.go_to_packet(context, last);
            answer(&mut again, &fixture, context);
            assert_eq!(Follow::packet(&again), Some(last));
        });
        // Also where another flow was followed before.
        let other = Fixture::new("stacks-ok", 1);
        let mut follow = Follow::default();
        fixture.check(|context| follow = followed(&fixture, context, 10));
        other.check(|context| {
            let mut fresh = followed(&other, context, 10);
            fresh.act(context, Action::NextTurn);
            let packet = Follow::packet(&fresh).expect("a line");
            follow.go_to_packet(context, packet);
            answer(&mut follow, &other, context);
            assert_eq!(Follow::packet(&follow), Some(packet));
        });
    }

    #[test]
    fn the_selected_lines_are_copied_and_the_selection_ends() {
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut follow = followed(&fixture, context, 10);
            for action in [Action::Down, Action::Select, Action::Down] {
                follow.act(context, action);
            }
            assert!(follow.selection().is_some());
            let thens = follow.act(context, Action::Copy);
            let [Then::Say(_, said), Then::Do(Effect::Copy(text))] = &thens[..] else { panic!("{thens:?}") };
            assert_eq!((&**said, &**text), ("copied 2 lines, 38 B", "GET / HTTP/1.1\nHost: api.example.test\n"));
            assert!(follow.selection().is_none());
            follow.act(context, Action::Select);
            assert!(follow.act(context, Action::Cancel).is_empty(), "it ends the selection only");
            assert!(matches!(follow.act(context, Action::Cancel)[..], [Then::Back]));
        });
    }

    #[test]
    fn a_pattern_is_searched_for_while_it_is_typed() {
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut follow = followed(&fixture, context, 10);
            follow.act(context, Action::Down);
            let origin = follow.window.cursor;
            assert!(matches!(&follow.act(context, Action::Search)[..], [Then::Type(prompt)] if prompt.sign == "/"));
            let thens = follow.typed(context, &Purpose::Search, Typed::Changed, "Host:");
            assert!(matches!(thens[..], [Then::Do(Effect::Ask(Slot::Search, _))]));
            assert!(follow.line_text().contains("Host:") && follow.search.is_under_way);
            let thens = follow.typed(context, &Purpose::Search, Typed::Next, "(");
            assert!(matches!(&thens[..], [Then::Type(prompt), Then::Do(Effect::GiveUp(Slot::Search))]
                if prompt.sign == "regex/" && prompt.input.text() == "("));
            assert!(said(&follow.typed(context, &Purpose::Search, Typed::Kept, "(")).is_some(), "it is no pattern");
            follow.typed(context, &Purpose::Search, Typed::GivenUp, "(");
            assert_eq!((follow.window.cursor, follow.search.hunt.is_none()), (origin, true));
            assert_eq!(said(&follow.act(context, Action::NextMatch)), Some("no match"));
        });
    }

    #[test]
    fn what_cannot_be_read_is_not_waited_for() {
        Fixture::new("plain-http-ok", 0).check(|context| {
            let mut follow = Follow::default();
            assert_eq!(follow.needs(context, false).len(), 1);
            assert!(follow.is_busy());
            follow.answer(context, Slot::Follow, Answer::Failed("it shrank".to_owned()));
            assert!(!follow.is_busy() && follow.needs(context, false).is_empty());
        });
    }

    #[test]
    fn a_file_is_saved_once_it_is_said_which() {
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut follow = followed(&fixture, context, 10);
            follow.act(context, Action::NextDirection);
            let thens = follow.act(context, Action::Save);
            assert!(matches!(&thens[..], [Then::Type(prompt)] if prompt.input.text() == "flow-0-client.bin"));
            assert!(follow.typed(context, &Purpose::Save, Typed::Kept, " ").is_empty());
            follow.typed(context, &Purpose::Save, Typed::Kept, "a.bin");
            assert_eq!(follow.saving, Some(0));
            let exists = || Answer::Saved(Saved::Exists("a.bin".into()));
            assert!(matches!(follow.answer(context, Slot::Save, exists())[..], [Then::Type(_)]));
            let covered = Context { is_covered: true, ..*context };
            let thens = follow.answer(&covered, Slot::Save, exists());
            assert_eq!(said(&thens), Some("a.bin exists; nothing was written"));
            assert_eq!(follow.saving, None);
        });
    }
}
