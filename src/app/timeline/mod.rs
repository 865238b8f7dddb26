//! The handshake timeline: the ladder of steps, the finding, and the fields and bytes of the step under the cursor. One
//! file a pane.

mod copy;
mod finding;
mod steps;
mod tree;

use std::path::PathBuf;
use std::sync::Arc;

pub use finding::Finding;
pub use steps::Steps;
pub use tree::Tree;

use super::action::Action;
use super::component::{Component, Context, Then};
use super::cursor::Cursor;
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use crate::engine::{Answer, FlowView, Request};
use crate::present::detail::Topic;
use crate::present::{ladder, reference};
use crate::vocab::{FlowRef, PacketNumber};

/// The panes, in the order of Tab.
const PANES: [Pane; 4] = [Pane::Steps, Pane::Finding, Pane::Fields, Pane::Bytes];
/// Most characters of a server's name in the name of a file.
const MAX_HOST: usize = 100;
/// What is said where no certificate is to be seen.
const NO_CERTIFICATE: &str = "no certificate in clear";

/// The state of the timeline.
#[derive(Debug)]
pub struct Timeline {
    /// The ladder of steps.
    pub steps: Steps,
    /// The finding.
    pub finding: Finding,
    /// Fields and bytes of the step.
    pub tree: Tree,
    /// The pane that has the keys.
    pub focus: Pane,
    /// The step whose fields are shown or asked for.
    asked: Option<usize>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            steps: Steps::default(),
            finding: Finding::default(),
            tree: Tree::default(),
            focus: Pane::Steps,
            asked: None,
        }
    }
}

impl Timeline {
    /// Goes to another pane.
    fn next_pane(&mut self, forward: bool) {
        let at = PANES.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        let step = if forward { 1 } else { PANES.len() - 1 };
        self.focus = PANES[(at + step) % PANES.len()];
    }

    /// Opens what is under the cursor of the pane that has the keys.
    fn open(&mut self, view: &FlowView) -> Vec<Then> {
        match self.focus {
            Pane::Finding => return self.open_finding(view),
            Pane::Fields => self.tree.toggle(),
            Pane::Steps if self.steps.is_on_flight() => self.steps.toggle_flight(view),
            _ => self.focus = Pane::Fields,
        }
        Vec::new()
    }

    /// Goes to the flow or the packet that the finding's row speaks of.
    fn open_finding(&mut self, view: &FlowView) -> Vec<Then> {
        let row = self.finding.row(view);
        if let Some(flow) = row.as_ref().and_then(|row| row.flow) {
            return vec![Then::Show(FlowRef { flow, ..view.flow }, None)];
        }
        let Some(packet) = row.and_then(|row| row.packet) else {
            return vec![Then::notice("this line speaks of no packet and no other flow; lines marked ◆, ◇ and ○ do")];
        };
        self.steps.go_to_packet(view, packet);
        self.focus = Pane::Steps;
        Vec::new()
    }

    /// Goes to the chain of the next step that carries certificates.
    fn seek_certificates(&mut self, view: &FlowView) -> Vec<Then> {
        let before = self.steps.step(view);
        if !self.steps.seek_certificates(view) {
            return vec![Then::notice(NO_CERTIFICATE)];
        }
        if self.steps.step(view) != before {
            self.tree.clear();
        }
        self.tree.aim_at(Topic::Chain);
        self.focus = Pane::Fields;
        Vec::new()
    }

    /// What the field under the cursor is, where it is specified and registered.
    fn reference(&self) -> Then {
        let field = self.tree.detail.as_ref().zip(self.tree.row());
        match field.and_then(|(detail, row)| reference::page(detail, &row.path)) {
            Some(page) => Then::Read("The field".to_owned(), page),
            None => Then::notice("no field is shown"),
        }
    }

    fn next_match(&mut self, forward: bool) -> Vec<Then> {
        self.tree.next_match(forward);
        if self.tree.matches.is_empty() { vec![Then::notice("no match")] } else { Vec::new() }
    }
}

impl Component for Timeline {
    fn packet(&self, context: &Context<'_>) -> Option<PacketNumber> {
        self.steps.packet(context.view()?)
    }

    fn can(&self, context: &Context<'_>, action: Action) -> bool {
        let Some(view) = context.view() else { return false };
        match action {
            Action::NextMatch | Action::PreviousMatch => !self.tree.matches.is_empty(),
            Action::NextEvidence | Action::PreviousEvidence => view.finding.is_some(),
            Action::Certificates | Action::SaveCertificates => {
                view.timeline.steps.iter().any(ladder::carries_certificates)
            }
            Action::ToggleFold => matches!(self.focus, Pane::Fields | Pane::Steps),
            Action::NextBytes => self.tree.detail.as_ref().is_some_and(|detail| detail.panes.len() > 1),
            _ => true,
        }
    }

    fn act(&mut self, context: &Context<'_>, action: Action) -> Vec<Then> {
        if action == Action::Search {
            return vec![Then::Type(Prompt::search(Screen::Timeline, "/", ""))];
        }
        let Some(view) = context.view() else { return Vec::new() };
        match action {
            Action::Copy => return copy::under_cursor(view, self.steps.step(view), self.focus, &self.tree),
            Action::CopyTimeline => return vec![Then::Do(Effect::CopyTimeline(Arc::clone(view)))],
            Action::NextMessage
            | Action::PreviousMessage
            | Action::NextPacket
            | Action::PreviousPacket
            | Action::NextEvidence
            | Action::PreviousEvidence => return self.steps.step_on(view, action),
            Action::Certificates => return self.seek_certificates(view),
            Action::SaveCertificates if view.timeline.chains().is_empty() => {
                return vec![Then::notice(NO_CERTIFICATE)];
            }
            Action::SaveCertificates => {
                let prompt = Prompt::save(Screen::Timeline, "save the certificates to: ", &file_name(view));
                return vec![Then::Type(prompt)];
            }
            Action::Open => return self.open(view),
            Action::NextMatch | Action::PreviousMatch => return self.next_match(action == Action::NextMatch),
            Action::Reference => return vec![self.reference()],
            Action::ToggleSegments => self.steps.next_layers(view),
            Action::ToggleScale => self.steps.toggle_scale(view),
            Action::ToggleFlights => self.steps.toggle_flights(view),
            Action::NextPane | Action::PreviousPane => self.next_pane(action == Action::NextPane),
            Action::UnfoldAll | Action::FoldAll => self.tree.fold_all(action == Action::FoldAll),
            Action::NextBytes => self.tree.next_pane(),
            Action::ToggleFold if self.focus != Pane::Steps => self.tree.toggle(),
            _ => match self.focus {
                Pane::Finding => self.finding.act(view, action),
                Pane::Fields => self.tree.act_on_fields(action),
                Pane::Bytes => self.tree.act_on_bytes(action),
                _ => self.steps.act(view, action),
            },
        }
        Vec::new()
    }

    /// The cursor goes to the packet, else to what proves the finding, else to the beginning.
    fn opened(&mut self, view: &Arc<FlowView>, packet: Option<PacketNumber>) {
        self.steps.open(view);
        self.finding.cursor = Cursor::default();
        self.focus = Pane::Steps;
        self.asked = None;
        self.tree.clear();
        let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
        if let Some(packet) = packet.or(proof) {
            self.steps.go_to_packet(view, packet);
        }
    }

    fn go_to_packet(&mut self, context: &Context<'_>, packet: PacketNumber) -> bool {
        let view = context.view();
        if let Some(view) = view {
            self.steps.go_to_packet(view, packet);
        }
        view.is_some()
    }

    fn typed(&mut self, context: &Context<'_>, purpose: &Purpose, typed: Typed, text: &str) -> Vec<Then> {
        let save = |path: PathBuf, replace| -> Vec<Then> {
            let view = context.view().map(Arc::clone);
            view.map(|view| Then::Do(Effect::SaveCertificates { view, path, replace })).into_iter().collect()
        };
        match (purpose, typed) {
            (Purpose::Search, Typed::Changed) => self.tree.search(text),
            (Purpose::Search, Typed::GivenUp) => self.tree.search(""),
            (Purpose::Search, Typed::Kept) if self.tree.matches.is_empty() && !text.is_empty() => {
                return vec![Then::notice(format!("no match for {text:?}"))];
            }
            (Purpose::Save, Typed::Kept) if !text.trim().is_empty() => return save(text.trim().into(), false),
            (Purpose::Overwrite(path), Typed::Kept) => return save(path.clone(), true),
            (Purpose::Save | Purpose::Overwrite(_), Typed::GivenUp) => {
                return vec![Then::notice("nothing was saved")];
            }
            _ => {}
        }
        Vec::new()
    }

    fn found(&self, purpose: &Purpose) -> Option<String> {
        (*purpose == Purpose::Search).then(|| format!("{} matches", self.tree.matches.len()))
    }

    /// The step under the cursor may be another one now: its fields are asked for.
    fn needs(&mut self, context: &Context<'_>, _: bool) -> Vec<Effect> {
        let Some(view) = context.view() else { return Vec::new() };
        let step = self.steps.step(view);
        if step == self.asked {
            return Vec::new();
        }
        self.asked = step;
        self.tree.clear();
        let ask = |step| Effect::Ask(Slot::Detail, Request::Detail { view: Arc::clone(view), step });
        step.map(ask).into_iter().collect()
    }

    fn answer(&mut self, _: &Context<'_>, _: Slot, answer: Answer) -> Vec<Then> {
        match answer {
            Answer::Detail(detail) => self.tree.show(*detail),
            Answer::Failed(why) => return vec![Then::error(why)],
            _ => {}
        }
        Vec::new()
    }

    fn resized(&mut self, context: &Context<'_>, size: PaneSize) {
        let PaneSize { pane, width, height } = size;
        match pane {
            Pane::Steps => self.steps.cursor.resized(height, self.steps.rows.len()),
            Pane::Finding => self.finding.resized(context.view().map(|view| &**view), width, height),
            Pane::Fields => self.tree.cursor.resized(height, self.tree.rows.len()),
            Pane::Bytes => self.tree.resized(width, height),
            _ => {}
        }
    }

    fn wheel(&mut self, context: &Context<'_>, pane: Pane, rows: isize) {
        let Some(view) = context.view() else { return };
        match pane {
            Pane::Steps => self.steps.cursor.scroll(rows, self.steps.rows.len()),
            Pane::Finding => self.finding.scroll(view, rows),
            Pane::Fields => self.tree.scroll_fields(rows),
            Pane::Bytes => self.tree.scroll_bytes(rows),
            _ => {}
        }
    }

    /// A click gives its pane the keys.
    fn click(&mut self, context: &Context<'_>, target: Target) {
        let Some(view) = context.view() else { return };
        match target {
            Target::Row(Pane::Steps, row) => self.steps.cursor.select(row, self.steps.rows.len()),
            Target::Row(Pane::Finding, row) => self.finding.select(view, row),
            Target::Row(Pane::Fields, row) => self.tree.click(row),
            Target::Byte(byte) => self.tree.go_to_byte(byte),
            _ => return,
        }
        self.focus = match target {
            Target::Row(pane, _) => pane,
            _ => Pane::Bytes,
        };
    }
}

/// A name for a file of the flow's certificates.
fn file_name(view: &FlowView) -> String {
    let host = view.timeline.asked_name().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let host: String = host.chars().filter(|c| plain(*c)).take(MAX_HOST).collect();
    let between = if host.is_empty() { "" } else { "-" };
    format!("flow-{}{between}{host}.pem", view.flow.flow)
}

#[cfg(test)]
mod tests {
    use super::super::msg::Saved;
    use super::super::testing::{Fixture, said};
    use super::super::told;
    use super::*;

    /// The timeline of a fixture's first flow, its fields decoded.
    fn opened(fixture: &Fixture, context: &Context<'_>) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.opened(&fixture.view(), None);
        decode(&mut timeline, fixture, context);
        timeline
    }

    /// Answers what the timeline needs.
    fn decode(timeline: &mut Timeline, fixture: &Fixture, context: &Context<'_>) {
        for effect in timeline.needs(context, false) {
            let Effect::Ask(slot, Request::Detail { view, step }) = effect else { panic!("{effect:?}") };
            let detail = fixture.session.detail(&view, step).expect("the fixture is there");
            timeline.answer(context, slot, Answer::Detail(Box::new(detail)));
        }
    }

    #[test]
    fn it_begins_at_what_proves_the_finding_and_asks_for_each_step_once() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            let view = fixture.view();
            let mut timeline = Timeline::default();
            timeline.opened(&view, None);
            let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
            assert_eq!(timeline.packet(context), proof);
            assert_eq!((timeline.needs(context, false).len(), timeline.needs(context, false).len()), (1, 0));
            timeline.act(context, Action::First);
            assert_eq!(timeline.needs(context, false).len(), 1);
        });
    }

    #[test]
    fn steps_are_gone_through_to_their_end() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            for (on, end) in [
                (Action::NextMessage, "no further message"),
                (Action::NextPacket, "no further packet"),
                (Action::NextEvidence, "no further evidence"),
            ] {
                let mut timeline = opened(&fixture, context);
                timeline.act(context, Action::First);
                let mut last = None;
                let end_said = loop {
                    let thens = timeline.act(context, on);
                    if let Some(said) = said(&thens) {
                        break said.to_owned();
                    }
                    let step = timeline.steps.step(&fixture.view());
                    assert!(step > last, "{on:?} goes forward");
                    last = step;
                };
                assert_eq!(end_said, end);
            }
        });
    }

    #[test]
    fn enter_opens_what_the_pane_with_the_keys_is_at() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        fixture.check(|context| {
            let mut timeline = opened(&fixture, context);
            timeline.act(context, Action::NextPane);
            let rows = crate::present::finding::of_view(&fixture.view(), 40);
            let (mut packets, mut flows, mut none) = (0, 0, 0);
            for (at, row) in rows.iter().enumerate() {
                timeline.focus = Pane::Finding;
                timeline.finding.cursor.at = at;
                match &timeline.act(context, Action::Open)[..] {
                    [Then::Show(flow, None)] => {
                        assert_eq!(Some(flow.flow), row.flow);
                        flows += 1;
                    }
                    [] => {
                        assert_eq!((timeline.packet(context), timeline.focus), (row.packet, Pane::Steps));
                        packets += 1;
                    }
                    thens => {
                        assert!(said(thens).is_some_and(|said| said.starts_with("this line speaks of no packet")));
                        none += 1;
                    }
                }
            }
            assert!(packets > 0 && flows > 0 && none > 0, "{packets} {flows} {none}");
            timeline.focus = Pane::Steps;
            timeline.act(context, Action::Open);
            assert_eq!(timeline.focus, Pane::Fields);
        });
    }

    #[test]
    fn what_is_copied_is_under_the_cursor_of_the_pane_with_the_keys() {
        let fixture = Fixture::new("tls12-ok", 0);
        fixture.check(|context| {
            let mut timeline = opened(&fixture, context);
            timeline.act(context, Action::First);
            timeline.act(context, Action::NextMessage);
            decode(&mut timeline, &fixture, context);
            timeline.typed(context, &Purpose::Search, Typed::Changed, "msg_type");
            for (focus, text) in [(Pane::Fields, "msg_type: client_hello (1)\n"), (Pane::Bytes, "01")] {
                timeline.focus = focus;
                let thens = timeline.act(context, Action::Copy);
                assert!(
                    matches!(&thens[..], [Then::Say(..), Then::Do(Effect::Copy(copied))] if copied == text),
                    "{thens:?}"
                );
            }
        });
    }

    #[test]
    fn certificates_are_saved_where_there_are_any_and_replace_no_file_unasked() {
        let fixture = Fixture::new("certificate-incomplete-chain-curl", 0);
        fixture.check(|context| {
            let mut timeline = opened(&fixture, context);
            let thens = timeline.act(context, Action::SaveCertificates);
            let [Then::Type(prompt)] = &thens[..] else { panic!("{thens:?}") };
            assert_eq!(prompt.input.text(), "flow-0-api.example.test.pem");
            let save =
                |timeline: &mut Timeline, purpose: &Purpose, typed| timeline.typed(context, purpose, typed, " a.pem ");
            let saved = save(&mut timeline, &prompt.purpose, Typed::Kept);
            assert!(matches!(&saved[..], [Then::Do(Effect::SaveCertificates { replace: false, path, .. })]
                if path.as_os_str() == "a.pem"));
            let Then::Type(prompt) = told::saved(Screen::Timeline, Saved::Exists("a.pem".into())) else {
                panic!("a question")
            };
            assert_eq!(prompt.screen, Some(Screen::Timeline));
            let saved = save(&mut timeline, &prompt.purpose, Typed::Kept);
            assert!(matches!(saved[..], [Then::Do(Effect::SaveCertificates { replace: true, .. })]));
            assert_eq!(said(&save(&mut timeline, &prompt.purpose, Typed::GivenUp)), Some("nothing was saved"));
        });
        let fixture = Fixture::new("plain-http-ok", 0);
        fixture.check(|context| {
            let mut timeline = opened(&fixture, context);
            assert!(!timeline.can(context, Action::SaveCertificates));
            assert_eq!(said(&timeline.act(context, Action::SaveCertificates)), Some(NO_CERTIFICATE));
            assert_eq!(said(&timeline.act(context, Action::Certificates)), Some(NO_CERTIFICATE));
        });
    }
}
