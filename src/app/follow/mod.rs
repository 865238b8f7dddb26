//! The streams of a flow, at any size: [`Follow`] knows where the cursor is and where it is to go (`state`), along
//! [`Place`]s through the few [`Parts`] that are held, to what a [`Search`] found; what is copied is the `selection`. Here
//! is what the keys do.

mod parts;
mod place;
mod search;
mod selection;
mod state;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

pub use place::Place;
pub use state::Follow;

use state::Want;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::rows;
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use crate::engine::follow::{Saved, Syntax};
use crate::engine::{Answer, FlowView, Request};
use crate::present::values::{about, bytes};
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
                let said = format!("copied {}, {}", about(lines as u64, "line"), bytes(text.len() as u64));
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

    fn resized(&mut self, _: &Context<'_>, size: PaneSize) {
        self.take_room(size.width, size.height);
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
