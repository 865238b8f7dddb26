//! A line being typed: a filter, a search, a command.

use super::action::Action;
use super::input::Input;
use super::key::{Code, Key, Named};
use super::model::{Model, Overlay, Prompt, Screen};
use super::msg::{Effect, Saved};
use super::update::{act, open, read, say};
use crate::engine::Index;
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
        (Action::Search, Screen::Timeline | Screen::Follow) => (Prompt::Search, String::new()),
        (Action::SaveCertificates, _) => (Prompt::Save, file_name(model)),
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
        Saved::Done { path, what } => say(model, Role::Notice, &format!("{what} saved in {}", text::visible(&path))),
        Saved::Exists(path) => model.overlay = Overlay::Prompt(Prompt::Replace(path), Input::new("")),
        Saved::Failed(why) => say(model, Role::Error, &text::visible(&why)),
    }
}

fn save(model: &Model, path: &str, replace: bool) -> Vec<Effect> {
    let view = model.view().filter(|_| !path.is_empty());
    view.map(|view| Effect::SaveCertificates { view, path: path.to_owned(), replace }).into_iter().collect()
}

/// Takes a key while a line is typed.
pub(super) fn press(model: &mut Model, index: &Index, key: Key) -> Vec<Effect> {
    let Overlay::Prompt(prompt, input) = &mut model.overlay else { return Vec::new() };
    let prompt = prompt.clone();
    match (key.code, key.ctrl) {
        (Code::Named(Named::Esc), _) | (Code::Char('c'), true) => {
            model.overlay = Overlay::None;
            give_up(model, index, prompt);
            return Vec::new();
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
            Prompt::Search => search(model, &text),
            Prompt::Replace(path) => {
                model.overlay = Overlay::None;
                if matches!(key.typed(), Some('y' | 'Y')) {
                    return save(model, &path, true);
                }
                say(model, Role::Notice, "nothing was saved");
            }
            Prompt::Command | Prompt::Save => {}
        }
    }
    Vec::new()
}

fn give_up(model: &mut Model, index: &Index, prompt: Prompt) {
    match prompt {
        Prompt::Filter { before } => model.list.filter(&before, index),
        Prompt::Search => search(model, ""),
        Prompt::Command => {}
        Prompt::Save | Prompt::Replace(_) => say(model, Role::Notice, "nothing was saved"),
    }
}

fn search(model: &mut Model, text: &str) {
    match model.screen() {
        Screen::Timeline => model.timeline.tree.search(text),
        Screen::Follow => {
            if let Some(view) = model.view() {
                model.follow.search(&view, text);
            }
        }
        _ => {}
    }
}

fn accept(model: &mut Model, index: &Index, prompt: &Prompt, text: &str) -> Vec<Effect> {
    match prompt {
        Prompt::Filter { .. } => {}
        Prompt::Search => {
            let found = match model.screen() {
                Screen::Follow => model.follow.matches.len(),
                _ => model.timeline.tree.matches.len(),
            };
            if found == 0 && !text.is_empty() {
                say(model, Role::Notice, &format!("no match for {text:?}"));
            }
        }
        Prompt::Command => return command(model, index, text.trim()),
        Prompt::Save => return save(model, text.trim(), false),
        Prompt::Replace(_) => say(model, Role::Notice, "nothing was saved"),
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

/// The cause of the flow under the cursor.
fn cause_here(model: &Model, index: &Index) -> Option<Cause> {
    index.finding(model.flow()?.flow).map(|finding| finding.cause)
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
        Screen::List => Vec::new(),
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
        (Screen::Follow, Some(view)) => model.follow.open(&view, Some(packet)),
        (Screen::Packets, Some(view)) => model.packets.go_to_packet(&view, packet),
        _ => say(model, Role::Error, "open a flow first: packet goes to a packet of it"),
    }
}
