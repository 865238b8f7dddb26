//! The handshake timeline: which step is under the cursor, which pane has the keys, what is hidden.

use std::collections::HashSet;

use super::cursor::Cursor;
use super::msg::Pane;
use super::tree::Tree;
use crate::engine::FlowView;
use crate::present::detail::CHAIN;
use crate::present::flights::{self, Layers, Row};
use crate::present::{finding, ladder};
use crate::vocab::{FlowNumber, PacketNumber};

/// The panes, in the order of Tab.
pub const PANES: [Pane; 4] = [Pane::Steps, Pane::Finding, Pane::Fields, Pane::Bytes];

/// The state of the timeline.
#[derive(Debug)]
pub struct Timeline {
    /// The rows that are shown.
    pub rows: Vec<Row>,
    /// The cursor in the rows.
    pub steps: Cursor,
    /// Which protocols' steps are shown.
    pub layers: Layers,
    /// Whether time is to scale.
    pub to_scale: bool,
    /// The flights that are one row.
    pub folded: HashSet<usize>,
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
            rows: Vec::new(),
            steps: Cursor::default(),
            layers: Layers::All,
            to_scale: false,
            folded: HashSet::new(),
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
        self.folded.clear();
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

    /// Works out which rows are shown.
    fn lay_out(&mut self, view: &FlowView) {
        self.rows = flights::rows(view, self.layers, self.to_scale, |flight| self.folded.contains(&flight));
    }

    /// Works out the rows anew; the cursor stays on its step, or on the flight that now hides it.
    fn lay_out_again(&mut self, view: &FlowView) {
        let step = self.step(view);
        let on_flight = matches!(self.rows.get(self.steps.at), Some(Row::Flight(_)));
        self.lay_out(view);
        let Some(step) = step else { return };
        let flight = flight_of(view, step);
        let own = self.rows.iter().position(|row| *row == Row::Step(step)).filter(|_| !on_flight);
        let near = || self.rows.iter().rposition(|row| matches!(row, Row::Step(at) if *at <= step));
        let head = self.rows.iter().position(|row| Some(*row) == flight.map(Row::Flight));
        let folded = flight.is_some_and(|flight| self.folded.contains(&flight));
        let place = if on_flight || folded { own.or(head) } else { own.or_else(near).or(head) };
        self.steps.at = place.unwrap_or(0);
    }

    /// The step under the cursor, by its place in the flow's timeline: of a flight its first one that says more than TCP.
    pub fn step(&self, view: &FlowView) -> Option<usize> {
        let above = || self.rows.get(..self.steps.at)?.iter().rev().find(|row| !matches!(row, Row::Pause(_)));
        let row = self.rows.get(self.steps.at).filter(|row| !matches!(row, Row::Pause(_))).or_else(above)?;
        match row {
            Row::Step(at) => Some(*at),
            Row::Flight(flight) => {
                let mut steps = view.flights.get(*flight)?.steps.clone();
                let first = steps.start;
                Some(steps.find(|at| ladder::is_message(&view.timeline.steps[*at])).unwrap_or(first))
            }
            Row::Pause(_) => None,
        }
    }

    /// The packet of the step under the cursor.
    pub fn packet(&self, view: &FlowView) -> Option<PacketNumber> {
        view.timeline.steps.get(self.step(view)?).map(|step| step.packet)
    }

    /// The steps that the layers show, folded away or not.
    fn within_reach(&self, view: &FlowView) -> Vec<usize> {
        let steps = view.timeline.steps.iter().enumerate();
        steps.filter(|(_, step)| self.layers.shows(step)).map(|(at, _)| at).collect()
    }

    /// Puts the cursor on a step, unfolding its flight.
    fn reveal(&mut self, view: &FlowView, step: usize) {
        if let Some(flight) = flight_of(view, step)
            && self.folded.remove(&flight)
        {
            self.lay_out(view);
        }
        if let Some(at) = self.rows.iter().position(|row| *row == Row::Step(step)) {
            self.steps.at = at;
        }
    }

    /// Puts the cursor on the last step that a packet shows (a message rather than its segment), or else on the first
    /// step after it.
    pub fn go_to_packet(&mut self, view: &FlowView, packet: PacketNumber) {
        let steps = &view.timeline.steps;
        let reach = self.within_reach(view);
        let exact = reach.iter().rev().find(|at| steps[**at].packet == packet);
        let near = || reach.iter().find(|at| steps[**at].packet >= packet).or(reach.last());
        if let Some(step) = exact.or_else(near) {
            self.reveal(view, *step);
        }
    }

    /// Goes to the next step within reach for which `wanted` holds, or the one before.
    fn seek(&mut self, view: &FlowView, forward: bool, mut wanted: impl FnMut(usize) -> bool) -> bool {
        let reach = self.within_reach(view);
        // From a flight's line the steps below it are still to come.
        let on_step = matches!(self.rows.get(self.steps.at), Some(Row::Step(_)));
        let first = match self.rows.get(self.steps.at) {
            Some(Row::Flight(flight)) => view.flights.get(*flight).map_or(0, |flight| flight.steps.start),
            _ => self.step(view).unwrap_or(0),
        };
        let here = reach.partition_point(|at| *at < first);
        let place = if forward {
            reach.iter().skip(here + usize::from(on_step)).find(|at| wanted(**at))
        } else {
            reach[..here].iter().rev().find(|at| wanted(**at))
        };
        if let Some(step) = place {
            self.reveal(view, *step);
        }
        place.is_some()
    }

    /// Goes to the next step of another packet.
    pub fn seek_packet(&mut self, view: &FlowView, forward: bool) -> bool {
        let on_step = matches!(self.rows.get(self.steps.at), Some(Row::Step(_)));
        let here = self.packet(view).filter(|_| on_step);
        let steps = &view.timeline.steps;
        self.seek(view, forward, |at| Some(steps[at].packet) != here)
    }

    /// Goes to the next message.
    pub fn seek_message(&mut self, view: &FlowView, forward: bool) -> bool {
        let steps = &view.timeline.steps;
        self.seek(view, forward, |at| ladder::is_message(&steps[at]))
    }

    /// Goes to the next packet that is evidence.
    pub fn seek_evidence(&mut self, view: &FlowView, forward: bool) -> bool {
        let context = ladder::Context::new(&view.timeline, view.finding.as_ref());
        let steps = &view.timeline.steps;
        let here = self.packet(view);
        self.seek(view, forward, |at| Some(steps[at].packet) != here && context.evidence(steps[at].packet).is_some())
    }

    /// Goes to the chain of the next step that carries certificates, around the end.
    pub fn seek_certificates(&mut self, view: &FlowView) -> bool {
        let steps = &view.timeline.steps;
        let carries = |at: usize| ladder::carries_certificates(&steps[at]);
        let before = self.step(view);
        let found = self.seek(view, true, carries) || {
            let first = self.within_reach(view).into_iter().find(|at| carries(*at));
            if let Some(first) = first {
                self.reveal(view, first);
            }
            first.is_some()
        };
        if found {
            if self.step(view) != before {
                self.tree.clear();
            }
            self.tree.aim_at(CHAIN);
        }
        found
    }

    /// Shows other protocols' steps; the cursor stays near its packet.
    pub fn next_layers(&mut self, view: &FlowView) {
        let packet = self.packet(view);
        self.layers = self.layers.next();
        self.lay_out(view);
        if let Some(packet) = packet {
            self.go_to_packet(view, packet);
        }
    }

    /// Shows time to scale, or not.
    pub fn toggle_scale(&mut self, view: &FlowView) {
        self.to_scale = !self.to_scale;
        self.lay_out_again(view);
    }

    /// The flight that the cursor is in.
    fn flight(&self, view: &FlowView) -> Option<usize> {
        match self.rows.get(self.steps.at)? {
            Row::Flight(flight) => Some(*flight),
            _ => flight_of(view, self.step(view)?),
        }
    }

    /// Folds or unfolds the flight that the cursor is in.
    pub fn fold(&mut self, view: &FlowView, closed: bool) {
        let Some(flight) = self.flight(view) else { return };
        let changed = if closed { self.folded.insert(flight) } else { self.folded.remove(&flight) };
        if changed {
            self.lay_out_again(view);
        }
    }

    /// Folds the flight that the cursor is in, or unfolds it.
    pub fn toggle_flight(&mut self, view: &FlowView) {
        if let Some(flight) = self.flight(view) {
            self.fold(view, !self.folded.contains(&flight));
        }
    }

    /// Folds all flights, or unfolds them where all are folded.
    pub fn toggle_flights(&mut self, view: &FlowView) {
        let all = 0..view.flights.len();
        if all.clone().all(|flight| self.folded.contains(&flight)) {
            self.folded.clear();
        } else {
            self.folded.extend(all);
        }
        self.lay_out_again(view);
    }

    /// Whether the cursor is on a flight's line.
    pub fn is_on_flight(&self) -> bool {
        matches!(self.rows.get(self.steps.at), Some(Row::Flight(_)))
    }

    /// Leaves a row that is only time, in the direction of the last move.
    pub fn leave_pause(&mut self, forward: bool) {
        let is_pause = |at: usize| matches!(self.rows.get(at), Some(Row::Pause(_)));
        let mut at = self.steps.at;
        while is_pause(at) {
            match if forward { at + 1 } else { at.saturating_sub(1) } {
                next if next == at => break,
                next => at = next,
            }
        }
        self.steps.at = at.min(self.rows.len().saturating_sub(1));
    }

    /// The packet that the finding's row under the cursor speaks of.
    pub fn finding_packet(&self, view: &FlowView) -> Option<PacketNumber> {
        let rows = finding::of_view(view, self.finding_width);
        rows.get(self.finding.at)?.packet
    }

    /// The other flow that the finding's row under the cursor speaks of.
    pub fn finding_flow(&self, view: &FlowView) -> Option<FlowNumber> {
        let rows = finding::of_view(view, self.finding_width);
        rows.get(self.finding.at)?.flow
    }

    /// Goes to another pane.
    pub fn next_pane(&mut self, forward: bool) {
        let at = PANES.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        let step = if forward { 1 } else { PANES.len() - 1 };
        self.focus = PANES[(at + step) % PANES.len()];
    }
}

/// The flight that a step is in.
fn flight_of(view: &FlowView, step: usize) -> Option<usize> {
    view.flights.iter().position(|flight| flight.steps.contains(&step))
}
