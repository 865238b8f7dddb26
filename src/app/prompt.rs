//! A line being typed: a filter, a search, a command.

use std::path::{Path, PathBuf};

use super::action::Action;
use super::input::Input;
use super::key::{Code, Key, Named};
use super::model::{Model, Overlay, Prompt, Saving, Screen};
use super::msg::{Effect, Saved, Slot};
use super::update::{act, open, read, say, seek};
use crate::engine::Request;
use crate::index::Index;
use crate::present::role::Role;
use crate::present::{list, page};
use crate::vocab::{Cause, FlowNumber, PacketNumber, text};

/// Most characters of a server's name in the name of a file.
const MAX_HOST: usize = 100;

/// Begins a line.
pub(super) fn begin(model: &mut Model, action: Action) {
    let (prompt, text) = match (action, model.screen()) {
        (Action::Search, Screen::List) => {
            let before = model.list.query.text.clone();
            (Prompt::Filter { before: before.clone() }, before)
        }
        (Action::Search, Screen::Timeline) => (Prompt::Search, String::new()),
        (Action::Search, Screen::Follow) => {
            model.follow.begin_search();
            (Prompt::Find(model.follow.syntax), String::new())
        }
        (Action::Save, _) => (Prompt::Save(Saving::Stream), model.follow.file_name()),
        (Action::SaveCertificates, _) => (Prompt::Save(Saving::Certificates), file_name(model)),
        _ => (Prompt::Command, String::new()),
    };
    model.overlay = Overlay::Prompt(prompt, Input::new(&text));
}

/// A name for a file of the open flow's certificates.
fn file_name(model: &Model) -> String {
    let Some(view) = model.view() else { return String::new() };
    let host = view.timeline.asked_name().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let host: String = host.chars().filter(|c| plain(*c)).take(MAX_HOST).collect();
    let between = if host.is_empty() { "" } else { "-" };
    format!("flow-{}{between}{host}.pem", view.flow.flow)
}

/// What became of a file that was to be written.
pub(super) fn saved(model: &mut Model, saved: Saved) {
    match saved {
        Saved::Done { path, what } => {
            say(model, Role::Notice, &format!("{what} saved in {}", text::visible(&path.to_string_lossy())));
        }
        Saved::Exists(path) => {
            model.overlay = Overlay::Prompt(Prompt::Overwrite(Saving::Certificates, path), Input::new(""));
        }
        Saved::Failed(why) => say(model, Role::Error, &text::visible(&why)),
    }
}

/// Takes a key while a line is typed.
pub(super) fn press(model: &mut Model, index: &Index, key: Key) -> Vec<Effect> {
    let Overlay::Prompt(prompt, input) = &mut model.overlay else { return Vec::new() };
    let prompt = prompt.clone();
    if let Prompt::Overwrite(what, path) = &prompt {
        return overwrite(model, *what, path, key);
    }
    match (key.code, key.ctrl) {
        (Code::Named(Named::Tab), _) if matches!(prompt, Prompt::Find(_)) => {
            let text = input.text();
            model.follow.syntax = model.follow.syntax.next();
            model.overlay = Overlay::Prompt(Prompt::Find(model.follow.syntax), Input::new(&text));
            return seek(model.follow.search(&text));
        }
        (Code::Named(Named::Esc), _) | (Code::Char('c'), true) => {
            model.overlay = Overlay::None;
            return give_up(model, index, prompt);
        }
        (Code::Named(Named::Backspace), _) if input.is_empty() => {
            model.overlay = Overlay::None;
            return Vec::new();
        }
        (Code::Named(Named::Enter), _) => {
            let text = input.text();
            model.overlay = Overlay::None;
            return accept(model, index, &prompt, &text);
        }
        _ => {}
    }
    if input.key(key) {
        let text = input.text();
        match prompt {
            Prompt::Filter { .. } => model.list.filter(&text, index),
            Prompt::Search => model.timeline.tree.search(&text),
            Prompt::Find(_) => return seek(model.follow.search(&text)),
            Prompt::Command | Prompt::Save(_) | Prompt::Overwrite(..) => {}
        }
    }
    Vec::new()
}

fn give_up(model: &mut Model, index: &Index, prompt: Prompt) -> Vec<Effect> {
    match prompt {
        Prompt::Filter { before } => model.list.filter(&before, index),
        Prompt::Search => model.timeline.tree.search(""),
        Prompt::Find(_) => {
            model.follow.give_up_search();
            return vec![Effect::GiveUp(Slot::Search)];
        }
        Prompt::Save(_) | Prompt::Overwrite(..) => say(model, Role::Notice, "nothing was saved"),
        Prompt::Command => {}
    }
    Vec::new()
}

/// Takes the answer whether to replace a file.
fn overwrite(model: &mut Model, what: Saving, path: &Path, key: Key) -> Vec<Effect> {
    model.overlay = Overlay::None;
    if matches!(key.typed(), Some('y' | 'Y')) {
        return save(model, what, path.to_owned(), true);
    }
    say(model, Role::Notice, "nothing was saved");
    Vec::new()
}

fn save(model: &mut Model, what: Saving, path: PathBuf, overwrite: bool) -> Vec<Effect> {
    match what {
        Saving::Stream => {
            let Some(map) = model.follow.map.clone() else { return Vec::new() };
            model.follow.saving = Some(0);
            let only = model.follow.only;
            vec![Effect::Ask(Slot::Save, Request::Save { map, only, path, overwrite })]
        }
        Saving::Certificates => {
            let view = model.view();
            view.map(|view| Effect::SaveCertificates { view, path, replace: overwrite }).into_iter().collect()
        }
    }
}

fn accept(model: &mut Model, index: &Index, prompt: &Prompt, text: &str) -> Vec<Effect> {
    match prompt {
        Prompt::Filter { .. } | Prompt::Overwrite(..) => {}
        Prompt::Search => {
            if model.timeline.tree.matches.is_empty() && !text.is_empty() {
                say(model, Role::Notice, &format!("no match for {text:?}"));
            }
        }
        Prompt::Find(_) => {
            if let Some(why) = model.follow.wrong.clone() {
                say(model, Role::Error, &why);
            } else if model.follow.matches() == (0, true) && !text.is_empty() {
                say(model, Role::Notice, &format!("no match for {text:?}"));
            }
        }
        Prompt::Save(_) if text.trim().is_empty() => {}
        Prompt::Save(what) => return save(model, *what, PathBuf::from(text.trim()), false),
        Prompt::Command => return command(model, index, text.trim()),
    }
    Vec::new()
}

fn command(model: &mut Model, index: &Index, text: &str) -> Vec<Effect> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let number = if word == "flow" { rest } else { word };
    if let Ok(flow) = number.parse() {
        return go_to_flow(model, index, FlowNumber(flow));
    }
    match (word, rest) {
        ("flow", _) => say(model, Role::Error, "flow wants a number: flow 14"),
        ("packet", packet) => match packet.parse() {
            Ok(packet) => go_to_packet(model, PacketNumber(packet)),
            Err(_) => say(model, Role::Error, "packet wants a number: packet 14"),
        },
        ("sort", "") => say(model, Role::Error, "sort wants a column: sort client, sort tls.sni"),
        ("sort", field) => match list::column_of(field) {
            Some(column) => model.list.sort_by(column, index),
            None => say(model, Role::Error, &format!("no column {field:?}; try sort client, sort tls.sni")),
        },
        ("why", error) => match page::why(error, index) {
            Some(lines) => read(model, &format!("Why {error}"), lines),
            None => {
                say(
                    model,
                    Role::Error,
                    &format!("no client is known to say {error:?}; try why ERR_SSL_PROTOCOL_ERROR"),
                );
            }
        },
        ("explain", "") => match cause_here(model, index) {
            Some(cause) => read(model, cause.name(), page::explain(cause)),
            None => say(model, Role::Error, "explain wants a cause where the flow has none: explain mtu-black-hole"),
        },
        ("explain", cause) => match Cause::from_name(cause) {
            Some(cause) => read(model, cause.name(), page::explain(cause)),
            None => say(model, Role::Error, &format!("no cause {cause:?}; try explain mtu-black-hole")),
        },
        ("filter", text) => model.list.filter(text, index),
        ("q" | "q!" | "quit" | "exit", _) => return vec![Effect::Quit],
        _ => match Action::from_name(word) {
            Some(action) => return act(model, index, action),
            None => say(model, Role::Error, &format!("no command {word:?}; ? shows the keys and their names")),
        },
    }
    Vec::new()
}

/// The cause of the flow or the group under the cursor.
fn cause_here(model: &Model, index: &Index) -> Option<Cause> {
    if model.screen() == Screen::List
        && let Some(group) = model.list.heading()
    {
        return group.kind.cause;
    }
    index.facts(model.flow()?.flow)?.row.cause
}

fn go_to_flow(model: &mut Model, index: &Index, flow: FlowNumber) -> Vec<Effect> {
    if flow.index() >= index.len() {
        let last = index.len().saturating_sub(1);
        say(model, Role::Error, &format!("no flow {flow}; the last is {last}"));
        return Vec::new();
    }
    let screen = model.screen();
    model.screens.truncate(1);
    if !model.list.go_to(flow) {
        say(model, Role::Error, &format!("flow {flow} is not among the rows; Esc in the list shows all"));
        return Vec::new();
    }
    match screen {
        Screen::List | Screen::Rates => Vec::new(),
        Screen::Compare => act(model, index, Action::Compare),
        other => open(model, other, None),
    }
}

fn go_to_packet(model: &mut Model, packet: PacketNumber) {
    let elsewhere = model.view().is_some_and(|view| view.timeline.steps.iter().all(|step| step.packet != packet));
    if elsewhere {
        say(model, Role::Notice, &format!("packet {packet} is none of this flow; this is the next one of it"));
    }
    match (model.screen(), model.view()) {
        (Screen::Timeline, Some(view)) => model.timeline.go_to_packet(&view, packet),
        (Screen::Follow, _) => model.follow.go_to_packet(packet),
        (Screen::Packets, Some(view)) => model.packets.go_to_packet(&view, packet),
        _ => say(model, Role::Error, "open a flow first: packet goes to a packet of it"),
    }
}
