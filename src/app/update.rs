//! What happens → which screen is told, and what is to be done.

use super::action::Action;
use super::component::Then;
use super::key::Key;
use super::keys::{self, Scope};
use super::model::{Model, Overlay};
use super::msg::{Effect, Msg, Pane, PaneSize, Slot, Target};
use super::page::Page;
use super::prompt::{Prompt, Typed};
use super::screen::Screen;
use super::subject::{Opened, Subject};
use super::{command, help, told};
use crate::engine::{Answer, Request};
use crate::index::Index;
use crate::present::page;
use crate::vocab::{FlowRef, PacketNumber};

/// Takes note of what happened; says what is to be done.
pub fn update(model: &mut Model, index: &Index, msg: Msg) -> Vec<Effect> {
    let is_refresh = matches!(msg, Msg::Refresh);
    let thens = take(model, index, msg);
    let effects = perform(model, index, thens);
    // Before all else that is asked: what is shown is to be there at once.
    let (shown, context) = model.shown(index);
    let mut needed = shown.needs(&context, is_refresh);
    needed.extend(effects);
    // Its strongest claim stands above the list, whatever is shown now.
    let (contrast, context) = model.at(Screen::Contrast, index);
    needed.extend(contrast.needs(&context, is_refresh));
    needed
}

fn take(model: &mut Model, index: &Index, msg: Msg) -> Vec<Then> {
    match msg {
        Msg::Key(key) => return press(model, index, key),
        Msg::Click(target) => click(model, index, target),
        Msg::Wheel(pane, rows) => wheel(model, index, pane, rows),
        Msg::PaneSizes(panes) => {
            for size in panes {
                take_room(model, index, size);
            }
        }
        Msg::Widths(widths) => model.screens.list.widen(&widths),
        Msg::Progress(progress) => model.progress = progress,
        Msg::Answer(slot, answer) => return take_answer(model, index, slot, answer),
        Msg::Refresh => model.screens.list.refresh(index),
        Msg::Work => return model.screens.list.advance(index, &model.zone).map(Then::Do).into_iter().collect(),
        Msg::Saved(screen, saved) => return vec![told::saved(screen, saved)],
        Msg::Copied(screen, copied) => return vec![told::copied(screen, copied)],
        Msg::Resumed => model.notice = None,
    }
    Vec::new()
}

/// Does what screens gave back; what is left is to be done outside the model.
fn perform(model: &mut Model, index: &Index, thens: Vec<Then>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for then in thens {
        match then {
            Then::Do(effect) => effects.push(effect),
            Then::Say(role, text) => model.notice = Some((role, text)),
            Then::Read(title, lines) => model.overlay = Overlay::Page(Page::new(title, lines)),
            Then::Type(prompt) => model.overlay = Overlay::Prompt(prompt),
            Then::Act(action) => {
                let thens = act(model, index, action);
                effects.extend(perform(model, index, thens));
            }
            Then::Go(screen, packet) => {
                model.go(screen);
                if let Some(packet) = packet {
                    let (shown, context) = model.shown(index);
                    shown.go_to_packet(&context, packet);
                }
            }
            Then::Instead(empty, screen) => model.instead(empty, screen),
            Then::Show(flow, packet) => effects.extend(show(model, index, flow, packet)),
            Then::List(selection) => {
                model.screens.list.show_only(selection, index);
                model.go(Screen::List);
            }
            Then::Back => {
                let thens = back(model, index);
                effects.extend(perform(model, index, thens));
            }
        }
    }
    effects
}

fn press(model: &mut Model, index: &Index, key: Key) -> Vec<Then> {
    model.notice = None;
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        let Some(typed) = prompt.press(key) else { return Vec::new() };
        let prompt = prompt.clone();
        return take_line(model, index, &prompt, typed);
    }
    let scope = match model.overlay {
        Overlay::Page(_) => Scope::Anywhere,
        _ => model.screen().scope(),
    };
    match keys::action(scope, key) {
        Some(action) => act(model, index, action),
        None => Vec::new(),
    }
}

/// Tells whoever asked for a line what became of it.
fn take_line(model: &mut Model, index: &Index, prompt: &Prompt, typed: Typed) -> Vec<Then> {
    if matches!(typed, Typed::Kept | Typed::GivenUp) {
        model.overlay = Overlay::None;
    }
    let text = prompt.input.text();
    match prompt.screen {
        Some(screen) => {
            let (asking, context) = model.at(screen, index);
            asking.typed(&context, &prompt.purpose, typed, &text)
        }
        None if typed == Typed::Kept => command::run(model, index, text.trim()),
        None => Vec::new(),
    }
}

/// Does what the user asks for: what holds on every screen here, all else on the screen.
fn act(model: &mut Model, index: &Index, action: Action) -> Vec<Then> {
    match action {
        Action::Quit => return vec![Then::Do(Effect::Quit)],
        Action::Suspend => return vec![Then::Do(Effect::Suspend)],
        _ => {}
    }
    if let Overlay::Page(page) = &mut model.overlay {
        match action {
            Action::Help | Action::About | Action::Back => model.overlay = Overlay::None,
            _ => page.act(action),
        }
        return Vec::new();
    }
    if let Some(screen) = Screen::of(action) {
        return go_to(model, index, screen);
    }
    match action {
        Action::StopLoading if model.is_loading() => vec![Then::Do(Effect::StopLoading)],
        Action::Help => vec![Then::Read("Keys".to_owned(), help::rows(model.screen().scope()))],
        Action::About => {
            let lines = page::about(index, &model.progress.troubles);
            vec![Then::Read("The capture".to_owned(), lines)]
        }
        Action::Command => vec![Then::Type(Prompt::command())],
        Action::Back => back(model, index),
        Action::ShowAll => model.screens.list.show_all(index),
        Action::NextFailed | Action::PreviousFailed => next_failed(model, index, action == Action::NextFailed),
        Action::MarkBaseline => mark_baseline(model, index),
        Action::AutomaticBaseline => automatic_baseline(model, index),
        _ => on_screen(model, index, action),
    }
}

fn on_screen(model: &mut Model, index: &Index, action: Action) -> Vec<Then> {
    let (shown, context) = model.shown(index);
    shown.act(&context, action)
}

/// Goes to a screen, with the flow and the packet that the shown one is at.
fn go_to(model: &mut Model, index: &Index, screen: Screen) -> Vec<Then> {
    if !model.screens.get(screen).shows_a_flow() {
        model.go(screen);
        return Vec::new();
    }
    let (shown, context) = model.shown(index);
    let Some(flow) = shown.flow(&context) else { return vec![Then::notice("there is no flow here")] };
    let packet = shown.packet(&context);
    model.screens.list.choose();
    model.go(screen);
    let (entered, context) = model.shown(index);
    entered.enter(&context, flow, packet)
}

fn back(model: &mut Model, index: &Index) -> Vec<Then> {
    if model.stack.len() > 1 {
        model.stack.pop();
        return Vec::new();
    }
    model.screens.list.show_all(index)
}

/// Makes `flow` the one that timeline, stream and packets show.
fn show(model: &mut Model, index: &Index, flow: FlowRef, packet: Option<PacketNumber>) -> Option<Effect> {
    let is_open = |subject: &Subject| subject.flow == flow && subject.view().is_some();
    if !model.subject.as_ref().is_some_and(is_open) {
        model.subject = Some(Subject { flow, opened: Opened::Waiting, packet });
        return Some(Effect::Ask(Slot::Open, Request::Open(flow)));
    }
    if let Some(packet) = packet {
        for screen in Screen::ALL {
            let (screen, context) = model.at(*screen, index);
            screen.go_to_packet(&context, packet);
        }
    }
    None
}

fn mark_baseline(model: &mut Model, index: &Index) -> Vec<Then> {
    let Some(flow) = model.flow(index) else { return Vec::new() };
    model.baseline = Some(flow);
    vec![Then::notice(format!("flow {} is the baseline now; c compares with it", flow.flow))]
}

fn automatic_baseline(model: &mut Model, index: &Index) -> Vec<Then> {
    model.baseline = None;
    let thens = on_screen(model, index, Action::AutomaticBaseline);
    if thens.is_empty() { vec![Then::notice("the nearest good flow is the baseline now")] } else { thens }
}

/// Goes to the next failing flow of the list, or the one before; a screen that shows a flow shows that one.
fn next_failed(model: &mut Model, index: &Index, forward: bool) -> Vec<Then> {
    let list = &mut model.screens.list;
    let Some(around) = list.seek_failed(index, forward) else {
        return vec![Then::notice("no failing flow among the rows of the list")];
    };
    let flow = list.flow().map(FlowRef::main);
    let mut thens = Vec::new();
    if around {
        thens.push(Then::notice(if forward { "around the end" } else { "around the beginning" }));
    }
    let (shown, context) = model.shown(index);
    if let Some(flow) = flow.filter(|_| shown.shows_a_flow()) {
        thens.extend(shown.turn_to(&context, flow));
    }
    thens
}

fn take_answer(model: &mut Model, index: &Index, slot: Slot, answer: Answer) -> Vec<Then> {
    if let Some(screen) = slot.screen() {
        let (asking, context) = model.at(screen, index);
        return asking.answer(&context, slot, answer);
    }
    let Some(subject) = &mut model.subject else { return Vec::new() };
    match answer {
        Answer::Opened(view) if subject.flow == view.flow => {
            let packet = subject.packet.take();
            for screen in Screen::ALL {
                model.screens.get_mut(*screen).opened(&view, packet);
            }
            subject.opened = Opened::Ready(view);
        }
        Answer::Failed(why) => subject.opened = Opened::Failed(why),
        _ => {}
    }
    Vec::new()
}

fn click(model: &mut Model, index: &Index, target: Target) {
    match (&mut model.overlay, target) {
        (Overlay::Prompt(_), _) => {}
        (Overlay::Page(page), Target::Row(Pane::Page, row)) => page.select(row),
        _ => {
            let (shown, context) = model.shown(index);
            shown.click(&context, target);
        }
    }
}

/// The wheel moves the window over the rows.
fn wheel(model: &mut Model, index: &Index, pane: Pane, rows: isize) {
    if let Overlay::Page(page) = &mut model.overlay {
        page.scroll(rows);
    } else {
        let (shown, context) = model.shown(index);
        shown.wheel(&context, pane, rows);
    }
}

fn take_room(model: &mut Model, index: &Index, size: PaneSize) {
    match &mut model.overlay {
        Overlay::Page(page) if size.pane == Pane::Page => page.resized(size.width, size.height),
        _ => {
            let (shown, context) = model.shown(index);
            shown.resized(&context, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::super::testing::Fixture;
    use super::*;

    /// A model of a fixture whose list has looked at all flows.
    fn model(fixture: &Fixture) -> Model {
        let index = fixture.session.index();
        let mut model = Model::new(fixture.session.progress(), TimeZone::UTC);
        update(&mut model, &index, Msg::Refresh);
        while model.screens.list.survey.is_some() {
            update(&mut model, &index, Msg::Work);
        }
        model
    }

    #[test]
    fn screens_lie_on_each_other_once() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        let mut model = model(&fixture);
        let index = fixture.session.index();
        for (keys, stack) in [
            ("Enter", &[Screen::List, Screen::Timeline][..]),
            ("f", &[Screen::List, Screen::Timeline, Screen::Follow]),
            ("c", &[Screen::List, Screen::Timeline, Screen::Follow, Screen::Compare]),
            ("f", &[Screen::List, Screen::Timeline, Screen::Follow]),
            ("q", &[Screen::List, Screen::Timeline]),
            ("R", &[Screen::List, Screen::Timeline, Screen::Rates]),
            ("L", &[Screen::List]),
            ("q", &[Screen::List]),
        ] {
            for key in Key::script(keys) {
                update(&mut model, &index, Msg::Key(key));
            }
            assert_eq!(model.stack, stack, "after {keys}");
        }
    }

    #[test]
    fn an_open_flow_is_not_read_again_and_every_screen_goes_to_the_packet() {
        let fixture = Fixture::new("mtu-black-hole-server-side", 0);
        let mut model = model(&fixture);
        let index = fixture.session.index();
        let (view, packet) = (fixture.view(), PacketNumber(3));
        let asked = perform(&mut model, &index, vec![Then::Show(view.flow, Some(packet))]);
        assert!(matches!(asked[..], [Effect::Ask(Slot::Open, Request::Open(flow))] if flow == view.flow));
        assert!(model.is_busy());
        update(&mut model, &index, Msg::Answer(Slot::Open, Answer::Opened(Arc::clone(&view))));
        assert!(!model.is_busy());
        let at = |model: &Model, screen| model.screens.get(screen).packet(&model.context(&index));
        assert_eq!((at(&model, Screen::Timeline), at(&model, Screen::Packets)), (Some(packet), Some(packet)));
        let last = view.trace.segments.last().map(|segment| segment.packet);
        assert!(perform(&mut model, &index, vec![Then::Show(view.flow, last)]).is_empty());
        assert_eq!((at(&model, Screen::Timeline), at(&model, Screen::Packets)), (last, last));
    }

    #[test]
    fn a_page_takes_the_keys_the_wheel_and_the_clicks_on_it() {
        let fixture = Fixture::new("stacks-ok", 0);
        let mut model = model(&fixture);
        let index = fixture.session.index();
        let tell = |model: &mut Model, msg| update(model, &index, msg);
        tell(&mut model, Msg::Key(Key::char('?')));
        tell(&mut model, Msg::PaneSizes(vec![PaneSize { pane: Pane::Page, width: 80, height: 10 }]));
        let (row, at) = (model.screens.list.cursor.at, |model: &Model| match &model.overlay {
            Overlay::Page(page) => page.cursor.at,
            _ => usize::MAX,
        });
        tell(&mut model, Msg::Key(Key::char('j')));
        assert_eq!(at(&model), 1);
        tell(&mut model, Msg::Click(Target::Row(Pane::Page, 5)));
        assert_eq!(at(&model), 5);
        tell(&mut model, Msg::Wheel(Pane::List, 20));
        assert!(at(&model) > 5);
        assert_eq!(model.screens.list.cursor.at, row, "nothing of it goes through");
        tell(&mut model, Msg::Key(Key::char('?')));
        assert!(matches!(model.overlay, Overlay::None));
    }
}
