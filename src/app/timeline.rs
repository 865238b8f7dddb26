//! The handshake timeline: which step is under the cursor, which pane has the keys, what is hidden.

use super::cursor::Cursor;
use super::msg::Pane;
use super::tree::Tree;
use crate::engine::FlowView;
use crate::present::detail::CHAIN;
use crate::present::{finding, ladder};
use crate::vocab::PacketNumber;

/// The panes, in the order of Tab.
pub const PANES: [Pane; 4] = [Pane::Steps, Pane::Finding, Pane::Fields, Pane::Bytes];

/// The state of the timeline.
#[derive(Debug)]
pub struct Timeline {
    /// The steps that are shown, by their place in the flow's timeline.
    pub shown: Vec<usize>,
    /// The cursor in the steps that are shown.
    pub steps: Cursor,
    /// Whether bare TCP segments are shown.
    pub bare: bool,
    /// The pane that has the keys.
    pub focus: Pane,
    /// The cursor in the finding's rows.
    pub finding: Cursor,
    /// Columns of the finding's pane.
    pub finding_width: usize,
    /// Fields and bytes of the step.
    pub tree: Tree,
    /// The step whose fields are shown or asked for.
    pub asked: Option<usize>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            shown: Vec::new(),
            steps: Cursor::default(),
            bare: true,
            focus: Pane::Steps,
            finding: Cursor::default(),
            finding_width: 40,
            tree: Tree::default(),
            asked: None,
        }
    }
}

impl Timeline {
    /// Shows another flow: the cursor goes to `packet`, else to what proves the finding, else to the beginning.
    pub fn open(&mut self, view: &FlowView, packet: Option<PacketNumber>) {
        self.lay_out(view);
        self.steps = Cursor::default();
        self.finding = Cursor::default();
        self.asked = None;
        self.tree.clear();
        let proof = view.finding.as_ref().and_then(|finding| finding.first_abnormal_packet);
        if let Some(packet) = packet.or(proof) {
            self.go_to_packet(view, packet);
        }
    }

    /// Works out which steps are shown.
    fn lay_out(&mut self, view: &FlowView) {
        let steps = view.timeline.steps.iter().enumerate();
        self.shown = steps.filter(|(_, step)| self.bare || !ladder::is_bare(step)).map(|(at, _)| at).collect();
    }

    /// The step under the cursor, by its place in the flow's timeline.
    pub fn step(&self) -> Option<usize> {
        self.shown.get(self.steps.at).copied()
    }

    /// The packet of the step under the cursor.
    pub fn packet(&self, view: &FlowView) -> Option<PacketNumber> {
        view.timeline.steps.get(self.step()?).map(|step| step.packet)
    }

    /// Puts the cursor on the last step that a packet shows (a message rather than its segment), or else on the first
    /// step after it.
    pub fn go_to_packet(&mut self, view: &FlowView, packet: PacketNumber) {
        let steps = &view.timeline.steps;
        let of = |at: &usize| steps[*at].packet;
        let exact = self.shown.iter().rposition(|at| of(at) == packet);
        let near = self.shown.iter().position(|at| of(at) >= packet);
        self.steps.at = exact.or(near).unwrap_or(self.shown.len().saturating_sub(1));
    }

    /// Goes to the next shown step for which `wanted` holds, or the one before.
    pub fn seek(&mut self, forward: bool, mut wanted: impl FnMut(usize) -> bool) -> bool {
        let place = if forward {
            (self.steps.at + 1..self.shown.len()).find(|at| wanted(self.shown[*at]))
        } else {
            (0..self.steps.at).rev().find(|at| wanted(self.shown[*at]))
        };
        if let Some(at) = place {
            self.steps.at = at;
        }
        place.is_some()
    }

    /// Goes to the next step of another packet.
    pub fn seek_packet(&mut self, view: &FlowView, forward: bool) -> bool {
        let here = self.packet(view);
        let steps = &view.timeline.steps;
        self.seek(forward, |at| Some(steps[at].packet) != here)
    }

    /// Goes to the next message.
    pub fn seek_message(&mut self, view: &FlowView, forward: bool) -> bool {
        let steps = &view.timeline.steps;
        self.seek(forward, |at| ladder::is_message(&steps[at]))
    }

    /// Goes to the next packet that is evidence.
    pub fn seek_evidence(&mut self, view: &FlowView, forward: bool) -> bool {
        let context = ladder::Context::new(&view.timeline, view.finding.as_ref());
        let steps = &view.timeline.steps;
        let here = self.packet(view);
        self.seek(forward, |at| Some(steps[at].packet) != here && context.evidence(steps[at].packet).is_some())
    }

    /// Goes to the chain of the next step that carries certificates, around the end.
    pub fn seek_certificates(&mut self, view: &FlowView) -> bool {
        let steps = &view.timeline.steps;
        let carries = |at: usize| ladder::carries_certificates(&steps[at]);
        let before = self.step();
        let found = self.seek(true, carries) || {
            let first = self.shown.iter().position(|at| carries(*at));
            self.steps.at = first.unwrap_or(self.steps.at);
            first.is_some()
        };
        if found {
            if self.step() != before {
                self.tree.clear();
            }
            self.tree.aim_at(CHAIN);
        }
        found
    }

    /// Hides or shows bare segments; the cursor stays near its packet.
    pub fn toggle_bare(&mut self, view: &FlowView) {
        let packet = self.packet(view);
        self.bare = !self.bare;
        self.lay_out(view);
        if let Some(packet) = packet {
            self.go_to_packet(view, packet);
        }
    }

    /// The packet that the finding's row under the cursor speaks of.
    pub fn finding_packet(&self, view: &FlowView) -> Option<PacketNumber> {
        let rows = finding::of_view(view, self.finding_width);
        rows.get(self.finding.at)?.packet
    }

    /// Goes to another pane.
    pub fn next_pane(&mut self, forward: bool) {
        let at = PANES.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        let step = if forward { 1 } else { PANES.len() - 1 };
        self.focus = PANES[(at + step) % PANES.len()];
    }
}
