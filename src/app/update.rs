//! What happens → how the model changes and what is to be done.

use super::action::Action;
use super::compare::{Compare, Stage};
use super::copy::{self, MAX_COPY};
use super::follow::Search;
use super::input::Input;
use super::key::Key;
use super::keys::{self, Scope};
use super::model::{Model, Opened, Overlay, Page, Prompt, Saving, Screen, Subject};
use super::msg::{Copied, Effect, Laid, Msg, Pane, Slot, Target};
use super::{help, motion, prompt};
use crate::engine::follow::Saved;
use crate::engine::{Answer, FlowView, Request};
use crate::index::Index;
use crate::present::role::{Line, Role};
use crate::present::values::{bytes, counted};
use crate::present::{page, reference};
use crate::vocab::text::visible;
use crate::vocab::{FlowRef, PacketNumber};

/// Takes note of what happened; says what is to be done.
pub fn update(model: &mut Model, index: &Index, msg: Msg) -> Vec<Effect> {
    let is_refresh = matches!(msg, Msg::Refresh);
    let mut effects = match msg {
        Msg::Key(key) => press(model, index, key),
        Msg::Click(target) => click(model, index, target),
        Msg::Wheel(pane, rows) => {
            motion::wheel(model, pane, rows);
            Vec::new()
        }
        Msg::Laid(panes) => {
            for laid in panes {
                take_room(model, laid);
            }
            Vec::new()
        }
        Msg::Widths(widths) => {
            for (own, seen) in model.list.widths.iter_mut().zip(widths) {
                *own = (*own).max(seen);
            }
            Vec::new()
        }
        Msg::Progress(progress) => {
            model.progress = progress;
            Vec::new()
        }
        Msg::Answer(slot, answer) => take_answer(model, slot, answer),
        Msg::Refresh => {
            if model.list.survey.is_none() && model.list.is_stale(index) {
                model.list.survey(index);
            }
            Vec::new()
        }
        Msg::Work => {
            let zone = model.zone.clone();
            model.list.advance(index, &zone);
            Vec::new()
        }
        Msg::Saved(saved) => {
            prompt::saved(model, saved);
            Vec::new()
        }
        Msg::Copied(copied) => {
            say_copied(model, "the timeline", copied);
            Vec::new()
        }
        Msg::Resumed => {
            model.notice = None;
            Vec::new()
        }
    };
    ask_detail(model, &mut effects);
    ask_stream(model, &mut effects);
    ask_rates(model, index, is_refresh, &mut effects);
    effects
}

/// The step under the cursor may be another one now: its fields are asked for.
fn ask_detail(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.screen() != Screen::Timeline {
        return;
    }
    let Some(view) = model.view() else { return };
    let step = model.timeline.step(&view);
    if step != model.timeline.asked {
        model.timeline.asked = step;
        model.timeline.tree.clear();
        if let Some(step) = step {
            effects.push(Effect::Ask(Slot::Detail, Request::Detail { view, step }));
        }
    }
}

/// The stream pane may want another flow's map, or another part of the conversation.
fn ask_stream(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.screen() != Screen::Follow {
        return;
    }
    let Some(flow) = model.flow() else { return };
    if model.follow.flow != Some(flow) {
        let was_busy = model.follow.is_searching;
        model.follow.begin(flow);
        if was_busy {
            effects.push(Effect::GiveUp(Slot::Search));
        }
        // Before all else that is asked: the first page is to be there at once.
        effects.insert(0, Effect::Ask(Slot::Follow, Request::Follow(flow)));
    }
    if let Some((map, number)) = model.follow.ask() {
        effects.push(Effect::Ask(Slot::Part, Request::Part { map, number }));
    }
}

/// The failure rates are counted once, and anew where the index has changed: now and then while it grows.
fn ask_rates(model: &mut Model, index: &Index, is_refresh: bool, effects: &mut Vec<Effect>) {
    let page = &model.rates;
    let is_due = page.rates.is_none() || is_refresh || !model.is_loading();
    if model.screen() == Screen::Rates && !page.is_waiting && is_due && page.is_stale(index) {
        model.rates.is_waiting = true;
        effects.push(Effect::Ask(Slot::Rates, Request::Rates));
    }
}

fn press(model: &mut Model, index: &Index, key: Key) -> Vec<Effect> {
    model.notice = None;
    if let Overlay::Prompt(..) = model.overlay {
        return prompt::press(model, index, key);
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

/// Does what the user asks for.
pub(super) fn act(model: &mut Model, index: &Index, action: Action) -> Vec<Effect> {
    if let Overlay::Page(_) = model.overlay {
        match action {
            Action::Help | Action::About | Action::Back => model.overlay = Overlay::None,
            Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            _ => motion::act(model, action),
        }
        return Vec::new();
    }
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::StopLoading if model.is_loading() => return vec![Effect::StopLoading],
        Action::Help => read(model, "Keys", help::rows(model.screen().scope())),
        Action::About => read(model, "The capture", page::about(index, &model.progress.troubles)),
        Action::Command | Action::Search => prompt::begin(model, action),
        Action::Back => return back(model, index),
        Action::ShowAll => show_all(model, index),
        Action::List => model.screens.truncate(1),
        Action::Timeline => return open(model, Screen::Timeline, None),
        Action::Follow => return from_here(model, Screen::Follow),
        Action::Packets => return from_here(model, Screen::Packets),
        Action::Compare => return compare(model),
        Action::Rates => go(model, Screen::Rates),
        Action::NextFailed | Action::PreviousFailed => {
            return next_failed(model, index, action == Action::NextFailed);
        }
        Action::MarkBaseline => mark_baseline(model),
        Action::AutomaticBaseline => return automatic_baseline(model),
        _ => return on_screen(model, index, action),
    }
    Vec::new()
}

fn on_screen(model: &mut Model, index: &Index, action: Action) -> Vec<Effect> {
    match model.screen() {
        Screen::List => match action {
            Action::Open | Action::ToggleFold if model.list.heading().is_some() => model.list.fold(None),
            Action::Open => return open(model, Screen::Timeline, None),
            Action::ToggleFold => model.list.fold(None),
            Action::FoldAll | Action::UnfoldAll => model.list.fold_all(action == Action::FoldAll),
            Action::NextGrouping => model.list.next_grouping(index),
            Action::NextOutcome => model.list.next_outcome(index),
            Action::SortNext | Action::SortPrevious => model.list.sort_along(action == Action::SortNext, index),
            Action::SortReverse => model.list.sort_by(model.list.query.column, index),
            _ => motion::act(model, action),
        },
        Screen::Timeline => return on_timeline(model, action),
        Screen::Follow => return on_follow(model, index, action),
        Screen::Packets => on_packets(model, action),
        Screen::Compare => return on_compare(model, action),
        Screen::Rates => on_rates(model, index, action),
    }
    Vec::new()
}

fn on_timeline(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(view) = model.view() else { return Vec::new() };
    match action {
        Action::Copy => return copy(model),
        Action::CopyTimeline => return vec![Effect::CopyTimeline(view)],
        Action::Open if model.timeline.focus == Pane::Finding => {
            if let Some(flow) = model.timeline.finding_flow(&view) {
                return show(model, FlowRef { flow, ..view.flow }, None);
            }
            step_through(model, &view, action);
        }
        _ => step_through(model, &view, action),
    }
    Vec::new()
}

/// Copies what is under the cursor.
fn copy(model: &mut Model) -> Vec<Effect> {
    let Some((text, what)) = copy::under_cursor(model) else {
        say(model, Role::Notice, "there is nothing to copy here");
        return Vec::new();
    };
    let copied = if text.len() > MAX_COPY { Copied::TooLong(text.len()) } else { Copied::Lines(text.lines().count()) };
    say_copied(model, &what, copied);
    if let Copied::Lines(_) = copied { vec![Effect::Copy(text)] } else { Vec::new() }
}

fn say_copied(model: &mut Model, what: &str, copied: Copied) {
    match copied {
        Copied::Lines(1) => say(model, Role::Notice, &format!("{what} sent to the terminal's clipboard")),
        Copied::Lines(lines) => {
            say(model, Role::Notice, &format!("{what} sent to the terminal's clipboard, {lines} lines"));
        }
        Copied::TooLong(bytes) => {
            let most = MAX_COPY;
            let text = format!(
                "{what} is {bytes} bytes, more than the {most} that terminals take; the command handshake writes it"
            );
            say(model, Role::Error, &text);
        }
    }
}

fn step_through(model: &mut Model, view: &FlowView, action: Action) {
    let timeline = &mut model.timeline;
    let forward = matches!(action, Action::NextMessage | Action::NextPacket | Action::NextEvidence | Action::NextMatch);
    let none = match action {
        Action::NextMessage | Action::PreviousMessage => {
            (!timeline.seek_message(view, forward)).then_some("no further message")
        }
        Action::NextPacket | Action::PreviousPacket => {
            (!timeline.seek_packet(view, forward)).then_some("no further packet")
        }
        Action::NextEvidence | Action::PreviousEvidence => {
            (!timeline.seek_evidence(view, forward)).then_some("no further evidence")
        }
        Action::Certificates => {
            let found = timeline.seek_certificates(view);
            if found {
                timeline.focus = Pane::Fields;
            }
            (!found).then_some("no certificate in clear")
        }
        Action::SaveCertificates if view.timeline.chains().is_empty() => Some("no certificate in clear"),
        Action::SaveCertificates => {
            prompt::begin(model, action);
            None
        }
        Action::ToggleSegments => {
            timeline.next_layers(view);
            None
        }
        Action::ToggleScale => {
            timeline.toggle_scale(view);
            None
        }
        Action::ToggleFlights => {
            timeline.toggle_flights(view);
            None
        }
        Action::ToggleFold if timeline.focus == Pane::Steps => {
            timeline.toggle_flight(view);
            None
        }
        Action::Open => open_in_timeline(model),
        Action::NextPane | Action::PreviousPane => {
            timeline.next_pane(action == Action::NextPane);
            None
        }
        Action::NextMatch | Action::PreviousMatch => {
            timeline.tree.next_match(forward);
            timeline.tree.matches.is_empty().then_some("no match")
        }
        Action::ToggleFold => {
            timeline.tree.toggle();
            None
        }
        Action::UnfoldAll | Action::FoldAll => {
            timeline.tree.fold_all(action == Action::FoldAll);
            None
        }
        Action::Reference => {
            let tree = &timeline.tree;
            let page =
                tree.detail.as_ref().zip(tree.row()).and_then(|(detail, row)| reference::page(detail, &row.path));
            let found = page.is_some();
            if let Some(page) = page {
                read(model, "The field", page);
            }
            (!found).then_some("no field is shown")
        }
        Action::NextBytes => {
            timeline.tree.next_pane();
            None
        }
        _ => {
            motion::act(model, action);
            None
        }
    };
    if let Some(none) = none {
        say(model, Role::Notice, none);
    }
}

fn open_in_timeline(model: &mut Model) -> Option<&'static str> {
    let view = model.view()?;
    let timeline = &mut model.timeline;
    match timeline.focus {
        Pane::Finding => match timeline.finding_packet(&view) {
            Some(packet) => {
                timeline.go_to_packet(&view, packet);
                timeline.focus = Pane::Steps;
                None
            }
            None => Some("this line speaks of no packet and no other flow; lines marked ◆ and ◇ do"),
        },
        Pane::Fields => {
            timeline.tree.toggle();
            None
        }
        Pane::Steps if timeline.is_on_flight() => {
            timeline.toggle_flight(&view);
            None
        }
        _ => {
            timeline.focus = Pane::Fields;
            None
        }
    }
}

fn on_follow(model: &mut Model, index: &Index, action: Action) -> Vec<Effect> {
    let follow = &mut model.follow;
    match action {
        Action::Open => {
            let packet = follow.packet();
            if let Some((view, packet)) = model.view().zip(packet) {
                model.timeline.go_to_packet(&view, packet);
            }
            go(model, Screen::Timeline);
        }
        Action::NextForm => follow.next_form(),
        Action::NextDirection => {
            follow.next_direction();
            return seek(follow.search_again());
        }
        Action::NextTurn | Action::PreviousTurn => follow.next_turn(action == Action::NextTurn),
        Action::NextMatch | Action::PreviousMatch if follow.matches() == (0, true) => {
            say(model, Role::Notice, "no match");
        }
        Action::NextMatch | Action::PreviousMatch => return next_match(model, action == Action::NextMatch),
        Action::Select => follow.toggle_selection(),
        Action::Copy => return copy_lines(model),
        Action::Save => prompt::begin(model, action),
        Action::Cancel => return cancel(model, index),
        _ => motion::act(model, action),
    }
    Vec::new()
}

/// What the engine is asked for a search to be made.
pub(super) fn seek(search: Option<Search>) -> Vec<Effect> {
    match search {
        Some(Search { map, hunt, from }) => {
            vec![Effect::Ask(Slot::Search, Request::Search { map, hunt, from, forward: true })]
        }
        None => vec![Effect::GiveUp(Slot::Search)],
    }
}

/// Goes on to a match; a search that has not come so far turns to where the cursor goes.
fn next_match(model: &mut Model, forward: bool) -> Vec<Effect> {
    let follow = &mut model.follow;
    follow.next_match(forward);
    let (Some(map), Some(hunt)) = (follow.map.clone(), follow.hunt.clone()) else { return Vec::new() };
    let (_, is_done) = hunt.total();
    if is_done || !follow.is_on_its_way() {
        return Vec::new();
    }
    follow.is_searching = true;
    let from = follow.cursor.part;
    vec![Effect::Ask(Slot::Search, Request::Search { map, hunt, from, forward })]
}

/// Copies the selected lines of the stream.
fn copy_lines(model: &mut Model) -> Vec<Effect> {
    match model.follow.copied() {
        Ok((text, lines)) => {
            let lines = counted(lines as u64, "line");
            say(model, Role::Notice, &format!("copied {lines}, {}", bytes(text.len() as u64)));
            model.follow.selected_from = None;
            vec![Effect::Copy(text)]
        }
        Err(why) => {
            say(model, Role::Error, &why);
            Vec::new()
        }
    }
}

/// Ends the selection, the search or saving, whichever there is; else goes back.
fn cancel(model: &mut Model, index: &Index) -> Vec<Effect> {
    let follow = &mut model.follow;
    if follow.selected_from.take().is_some() {
        return Vec::new();
    }
    if follow.is_searching {
        follow.is_searching = false;
        say(model, Role::Notice, "the search was stopped");
        return vec![Effect::GiveUp(Slot::Search)];
    }
    if follow.saving.take().is_some() {
        say(model, Role::Notice, "saving was stopped; nothing was written");
        return vec![Effect::GiveUp(Slot::Save)];
    }
    back(model, index)
}

fn take_saved(model: &mut Model, saved: Saved) {
    model.follow.saving = None;
    match saved {
        Saved::Done { path, bytes: count, missing } => {
            let left_out = if missing > 0 { format!("; {} not captured", bytes(missing)) } else { String::new() };
            let path = visible(&path.to_string_lossy());
            say(model, Role::Notice, &format!("saved {} to {path}{left_out}", bytes(count)));
        }
        Saved::Exists(path) if matches!(model.overlay, Overlay::None) => {
            model.overlay = Overlay::Prompt(Prompt::Overwrite(Saving::Stream, path), Input::new(""));
        }
        Saved::Exists(path) => {
            let path = visible(&path.to_string_lossy());
            say(model, Role::Error, &format!("{path} exists; nothing was written"));
        }
        Saved::Stopped => {}
    }
}

fn on_packets(model: &mut Model, action: Action) {
    let Some(view) = model.view() else { return };
    let packets = &mut model.packets;
    match action {
        Action::Open => {
            if let Some(packet) = packets.packet(&view) {
                model.timeline.go_to_packet(&view, packet);
            }
            go(model, Screen::Timeline);
        }
        Action::NextPane | Action::PreviousPane => packets.next_plot(action == Action::NextPane),
        Action::NextEvent | Action::PreviousEvent => {
            if !packets.seek_event(&view, action == Action::NextEvent) {
                say(model, Role::Notice, "no further event");
            }
        }
        Action::NextDirection => packets.direction = packets.direction.reversed(),
        Action::ToggleAbsolute => packets.absolute = !packets.absolute,
        Action::ToggleWindow => packets.whole_window = !packets.whole_window,
        Action::ZoomIn | Action::ZoomOut => packets.zoom(action == Action::ZoomIn),
        Action::ZoomAll => packets.zoom_all(),
        Action::PanLeft | Action::PanRight => packets.pan(action == Action::PanRight),
        _ => motion::act(model, action),
    }
}

fn on_compare(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(compare) = &mut model.compare else { return Vec::new() };
    match action {
        Action::NextPane | Action::PreviousPane => {
            compare.focus = if compare.focus == Pane::Rows { Pane::Differences } else { Pane::Rows };
        }
        Action::NextDifference | Action::PreviousDifference => {
            if !compare.seek_difference(action == Action::NextDifference) {
                say(model, Role::Notice, "no further difference");
            }
        }
        Action::ToggleEqual => compare.toggle_equal(),
        Action::Swap => {
            let Some(baseline) = compare.baseline else { return Vec::new() };
            let subject = compare.subject;
            return align(model, baseline, Some(subject), "the two were exchanged");
        }
        Action::Open if compare.focus == Pane::Differences => {
            if !compare.go_to_difference() {
                say(model, Role::Notice, "no single row has this difference: it is one of the flows as a whole");
            }
        }
        Action::Open => {
            let row = compare.ready().zip(compare.row()).and_then(|(ready, row)| ready.rows.get(row));
            let packet = row.and_then(|row| row.subject.as_ref()).map(|step| step.packet);
            return open(model, Screen::Timeline, packet);
        }
        _ => motion::act(model, action),
    }
    Vec::new()
}

fn on_rates(model: &mut Model, index: &Index, action: Action) {
    match action {
        Action::Open => match model.rates.selection() {
            Some(selection) => {
                model.list.show_only(selection, index);
                go(model, Screen::List);
            }
            None => {
                say(
                    model,
                    Role::Notice,
                    "this row stands for no flows; Enter on an incident, a cohort or a period shows its flows",
                );
            }
        },
        Action::NextPane | Action::PreviousPane => model.rates.next_heading(action == Action::NextPane),
        _ => motion::act(model, action),
    }
}

/// Shows a screen: goes back to it if it lies below, else puts it on top.
fn go(model: &mut Model, screen: Screen) {
    match model.screens.iter().position(|below| *below == screen) {
        Some(at) => model.screens.truncate(at + 1),
        None => model.screens.push(screen),
    }
}

fn back(model: &mut Model, index: &Index) -> Vec<Effect> {
    if model.screens.len() > 1 {
        model.screens.pop();
    } else {
        show_all(model, index);
    }
    Vec::new()
}

fn show_all(model: &mut Model, index: &Index) {
    if model.list.is_filtered() {
        model.list.show_all(index);
    } else {
        say(model, Role::Notice, "all flows are shown; q leaves");
    }
}

/// Opens the flow that the screen is about on another screen.
pub(super) fn open(model: &mut Model, screen: Screen, packet: Option<PacketNumber>) -> Vec<Effect> {
    let Some(flow) = model.flow() else {
        say(model, Role::Notice, "there is no flow here");
        return Vec::new();
    };
    model.list.choose();
    go(model, screen);
    show(model, flow, packet)
}

/// Makes `flow` the one that timeline, stream and packets show.
fn show(model: &mut Model, flow: FlowRef, packet: Option<PacketNumber>) -> Vec<Effect> {
    let known = model.subject.as_ref().filter(|subject| subject.flow == flow).and_then(Subject::view).cloned();
    if let Some(view) = known {
        if let Some(packet) = packet {
            model.timeline.go_to_packet(&view, packet);
            model.follow.go_to_packet(packet);
            model.packets.go_to_packet(&view, packet);
        }
        return Vec::new();
    }
    model.subject = Some(Subject { flow, opened: Opened::Waiting, packet });
    model.timeline.focus = Pane::Steps;
    vec![Effect::Ask(Slot::Open, Request::Open(flow))]
}

/// Opens a screen at the packet that the shown one is at.
fn from_here(model: &mut Model, screen: Screen) -> Vec<Effect> {
    let view = model.view();
    let packet = match model.screen() {
        Screen::List | Screen::Rates => None,
        Screen::Timeline => view.and_then(|view| model.timeline.packet(&view)),
        Screen::Follow => model.follow.packet(),
        Screen::Packets => view.and_then(|view| model.packets.packet(&view)),
        Screen::Compare => {
            let row = model.compare.as_ref().and_then(|compare| compare.ready()?.rows.get(compare.row()?));
            row.and_then(|row| row.subject.as_ref()).map(|step| step.packet)
        }
    };
    open(model, screen, packet)
}

fn compare(model: &mut Model) -> Vec<Effect> {
    let Some(subject) = model.flow() else {
        say(model, Role::Notice, "there is no flow here");
        return Vec::new();
    };
    model.list.choose();
    go(model, Screen::Compare);
    let known = model.compare.as_ref();
    let marked = model.baseline.filter(|baseline| *baseline != subject);
    let same = known.is_some_and(|compare| {
        compare.subject == subject
            && compare.ready().is_some()
            && marked.is_none_or(|baseline| compare.baseline == Some(baseline))
    });
    if same {
        return Vec::new();
    }
    align(model, subject, marked, "you marked it as the baseline")
}

/// Puts `subject` beside `baseline`, or beside the nearest good flow.
fn align(model: &mut Model, subject: FlowRef, baseline: Option<FlowRef>, why: &str) -> Vec<Effect> {
    let hide_equal = model.compare.as_ref().is_some_and(|compare| compare.hide_equal);
    model.compare = Some(Compare { hide_equal, ..Compare::new(subject, baseline, why) });
    match baseline {
        Some(baseline) => vec![Effect::Ask(Slot::Compare, Request::Compare { baseline, subject })],
        None => vec![Effect::Ask(Slot::Nearest, Request::Nearest(subject.flow))],
    }
}

fn mark_baseline(model: &mut Model) {
    if let Some(flow) = model.flow() {
        model.baseline = Some(flow);
        say(model, Role::Notice, &format!("flow {} is the baseline now; c compares with it", flow.flow));
    }
}

fn automatic_baseline(model: &mut Model) -> Vec<Effect> {
    model.baseline = None;
    if model.screen() == Screen::Compare
        && let Some(subject) = model.compare.as_ref().map(|compare| compare.subject)
    {
        return align(model, subject, None, "");
    }
    say(model, Role::Notice, "the nearest good flow is the baseline now");
    Vec::new()
}

fn next_failed(model: &mut Model, index: &Index, forward: bool) -> Vec<Effect> {
    let Some(around) = model.list.seek_failed(index, forward) else {
        say(model, Role::Notice, "no failing flow among the rows of the list");
        return Vec::new();
    };
    if around {
        say(model, Role::Notice, if forward { "around the end" } else { "around the beginning" });
    }
    let Some(flow) = model.list.flow().map(FlowRef::main) else { return Vec::new() };
    match model.screen() {
        Screen::List | Screen::Rates => Vec::new(),
        Screen::Timeline | Screen::Follow | Screen::Packets => show(model, flow, None),
        Screen::Compare => {
            let marked = model.baseline.filter(|baseline| *baseline != flow);
            align(model, flow, marked, "you marked it as the baseline")
        }
    }
}

fn take_answer(model: &mut Model, slot: Slot, answer: Answer) -> Vec<Effect> {
    match (slot, answer) {
        (Slot::Open, Answer::Opened(view)) => {
            let Some(subject) = model.subject.as_mut().filter(|subject| subject.flow == view.flow) else {
                return Vec::new();
            };
            let packet = subject.packet.take();
            model.timeline.open(&view, packet);
            model.follow.take_view(&view);
            model.packets.open(&view, packet);
            subject.opened = Opened::Ready(view);
        }
        (Slot::Open, Answer::Failed(why)) => {
            if let Some(subject) = &mut model.subject {
                subject.opened = Opened::Failed(why);
            }
        }
        (Slot::Detail, Answer::Detail(detail)) => model.timeline.tree.show(*detail),
        (Slot::Compare, Answer::Compared { baseline, subject, comparison }) => {
            let wanted = model.compare.as_mut();
            let wanted =
                wanted.filter(|compare| compare.subject == subject.flow && compare.baseline == Some(baseline.flow));
            if let Some(compare) = wanted {
                compare.take(comparison, baseline, subject);
            }
        }
        (Slot::Nearest, Answer::Nearest(Some(nearest))) => {
            if let Some(subject) = model.compare.as_ref().map(|compare| compare.subject) {
                return align(model, subject, Some(nearest.flow), &nearest.why);
            }
        }
        (Slot::Nearest, Answer::Nearest(None)) => {
            fail_compare(
                model,
                "no good flow to compare with; mark one with b in the list, or name --baseline CAPTURE",
            );
        }
        (Slot::Compare | Slot::Nearest, Answer::Failed(why)) => fail_compare(model, &why),
        (Slot::Follow, Answer::Followed(map)) => model.follow.take_map(&map),
        (Slot::Follow | Slot::Part, Answer::Part(part)) => model.follow.take_part(&part),
        (Slot::Follow | Slot::Part, Answer::Failed(why)) => model.follow.fail(&why),
        (Slot::Search, Answer::Searched) => {
            let (_, is_done) = model.follow.matches();
            model.follow.take_counts(is_done);
        }
        (Slot::Search, Answer::Failed(why)) => {
            model.follow.take_counts(true);
            say(model, Role::Error, &why);
        }
        (Slot::Rates, Answer::Rates(rates, generation)) => model.rates.take(rates, generation),
        (Slot::Save, Answer::Saving(bytes)) => model.follow.saving = Some(bytes),
        (Slot::Save, Answer::Saved(saved)) => take_saved(model, saved),
        (Slot::Save, Answer::Failed(why)) => {
            model.follow.saving = None;
            say(model, Role::Error, &why);
        }
        (Slot::Detail, Answer::Failed(why)) => say(model, Role::Error, &why),
        _ => {}
    }
    Vec::new()
}

fn fail_compare(model: &mut Model, why: &str) {
    if let Some(compare) = &mut model.compare {
        compare.stage = Stage::Failed(why.to_owned());
    }
}

fn click(model: &mut Model, index: &Index, target: Target) -> Vec<Effect> {
    if let Overlay::Prompt(..) = model.overlay {
        return Vec::new();
    }
    match target {
        Target::Heading(column) => model.list.sort_by(column, index),
        Target::Byte(byte) => {
            model.timeline.focus = Pane::Bytes;
            model.timeline.tree.go_to_byte(byte);
        }
        Target::WindowRow(_, row) => {
            model.follow.cursor = model.follow.top;
            model.follow.step(row as isize);
        }
        Target::Row(pane, row) => motion::select(model, pane, row),
    }
    Vec::new()
}

fn take_room(model: &mut Model, laid: Laid) {
    let Laid { pane, width, height } = laid;
    match pane {
        Pane::List => {
            let len = model.list.len();
            model.list.cursor.laid(height, len);
        }
        Pane::Rates => model.rates.cursor.laid(height, model.rates.rows.len()),
        Pane::Steps => model.timeline.steps.laid(height, model.timeline.rows.len()),
        Pane::Finding => {
            model.timeline.finding_width = width;
            let rows = model.view().map_or(0, |view| crate::present::finding::of_view(&view, width).len());
            model.timeline.finding.laid(height, rows);
        }
        Pane::Fields => {
            let tree = &mut model.timeline.tree;
            tree.cursor.laid(height, tree.rows.len());
        }
        Pane::Bytes => model.timeline.tree.laid(width, height),
        Pane::Stream => model.follow.laid(width, height),
        Pane::Packets => {
            let packets = &mut model.packets;
            packets.cursor.laid(height, packets.measured.len());
        }
        Pane::Rows | Pane::Differences => {
            let Some(compare) = &mut model.compare else { return };
            let differences = compare.ready().map_or(0, |ready| ready.differences.len());
            if pane == Pane::Rows {
                compare.rows.laid(height, compare.shown.len());
            } else {
                compare.differences.laid(height, differences);
            }
        }
        Pane::Page => {
            if let Overlay::Page(page) = &mut model.overlay {
                page.width = width;
                let rows = page.len();
                page.cursor.laid(height, rows);
            }
        }
    }
}

/// Shows something to read over the screen.
pub(super) fn read(model: &mut Model, title: &str, lines: Vec<Line>) {
    model.overlay = Overlay::Page(Page::new(title, lines));
}

/// Tells the user something, until the next key.
pub(super) fn say(model: &mut Model, role: Role, text: &str) {
    model.notice = Some((role, text.to_owned()));
}
