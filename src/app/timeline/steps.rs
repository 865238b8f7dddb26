//! The ladder of steps: which are shown, which flights are folded, which step is under the cursor.

use std::collections::HashSet;

use super::super::action::Action;
use super::super::component::Then;
use super::super::cursor::{Cursor, rows};
use crate::engine::FlowView;
use crate::present::flights::{self, Layers, Row};
use crate::present::ladder;
use crate::vocab::PacketNumber;

/// The state of the ladder.
#[derive(Debug)]
pub struct Steps {
    /// The rows that are shown.
    pub rows: Vec<Row>,
    /// The cursor in the rows.
    pub cursor: Cursor,
    /// Which protocols' steps are shown.
    pub layers: Layers,
    /// Whether time is to scale.
    pub to_scale: bool,
    /// The flights that are one row.
    pub folded: HashSet<usize>,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            cursor: Cursor::default(),
            layers: Layers::All,
            to_scale: false,
            folded: HashSet::new(),
        }
    }
}

impl Steps {
    /// Shows another flow from its first step.
    pub fn open(&mut self, view: &FlowView) {
        self.folded.clear();
        self.lay_out(view);
        self.cursor = Cursor::default();
    }

    /// Works out which rows are shown.
    fn lay_out(&mut self, view: &FlowView) {
        self.rows = flights::rows(view, self.layers, self.to_scale, |flight| self.folded.contains(&flight));
    }

    /// Works out the rows anew; the cursor stays on its step, or on the flight that now hides it.
    fn lay_out_again(&mut self, view: &FlowView) {
        let step = self.step(view);
        let on_flight = matches!(self.rows.get(self.cursor.at), Some(Row::Flight(_)));
        self.lay_out(view);
        let Some(step) = step else { return };
        let flight = flight_of(view, step);
        let own = self.rows.iter().position(|row| *row == Row::Step(step)).filter(|_| !on_flight);
        let near = || self.rows.iter().rposition(|row| matches!(row, Row::Step(at) if *at <= step));
        let head = self.rows.iter().position(|row| Some(*row) == flight.map(Row::Flight));
        let folded = flight.is_some_and(|flight| self.folded.contains(&flight));
        let place = if on_flight || folded { own.or(head) } else { own.or_else(near).or(head) };
        self.cursor.at = place.unwrap_or(0);
    }

    /// The step under the cursor, by its place in the flow's timeline: of a flight its first one that says more than TCP.
    pub fn step(&self, view: &FlowView) -> Option<usize> {
        let above = || self.rows.get(..self.cursor.at)?.iter().rev().find(|row| !matches!(row, Row::Pause(_)));
        let row = self.rows.get(self.cursor.at).filter(|row| !matches!(row, Row::Pause(_))).or_else(above)?;
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
            self.cursor.at = at;
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
        let on_step = matches!(self.rows.get(self.cursor.at), Some(Row::Step(_)));
        let first = match self.rows.get(self.cursor.at) {
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
    fn seek_packet(&mut self, view: &FlowView, forward: bool) -> bool {
        let on_step = matches!(self.rows.get(self.cursor.at), Some(Row::Step(_)));
        let here = self.packet(view).filter(|_| on_step);
        let steps = &view.timeline.steps;
        self.seek(view, forward, |at| Some(steps[at].packet) != here)
    }

    /// Goes to the next message.
    fn seek_message(&mut self, view: &FlowView, forward: bool) -> bool {
        let steps = &view.timeline.steps;
        self.seek(view, forward, |at| ladder::is_message(&steps[at]))
    }

    /// Goes to the next packet that is evidence.
    fn seek_evidence(&mut self, view: &FlowView, forward: bool) -> bool {
        let context = ladder::Context::new(&view.timeline, view.finding.as_ref());
        let steps = &view.timeline.steps;
        let here = self.packet(view);
        self.seek(view, forward, |at| Some(steps[at].packet) != here && context.evidence(steps[at].packet).is_some())
    }

    /// Goes to the next step that carries certificates, around the end; the one under the cursor counts last.
    pub fn seek_certificates(&mut self, view: &FlowView) -> bool {
        let steps = &view.timeline.steps;
        let carries = |at: usize| ladder::carries_certificates(&steps[at]);
        self.seek(view, true, carries) || {
            let first = self.within_reach(view).into_iter().find(|at| carries(*at));
            if let Some(first) = first {
                self.reveal(view, first);
            }
            first.is_some()
        }
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
        match self.rows.get(self.cursor.at)? {
            Row::Flight(flight) => Some(*flight),
            _ => flight_of(view, self.step(view)?),
        }
    }

    /// Folds or unfolds the flight that the cursor is in.
    fn fold(&mut self, view: &FlowView, closed: bool) {
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
        matches!(self.rows.get(self.cursor.at), Some(Row::Flight(_)))
    }

    /// Leaves a row that is only time, in the direction of the last move.
    fn leave_pause(&mut self, forward: bool) {
        let is_pause = |at: usize| matches!(self.rows.get(at), Some(Row::Pause(_)));
        let mut at = self.cursor.at;
        while is_pause(at) {
            match if forward { at + 1 } else { at.saturating_sub(1) } {
                next if next == at => break,
                next => at = next,
            }
        }
        self.cursor.at = at.min(self.rows.len().saturating_sub(1));
    }

    /// Steps to the next message, packet or evidence, or to the one before, as an action asks.
    pub fn step_on(&mut self, view: &FlowView, action: Action) -> Vec<Then> {
        let (found, none) = match action {
            Action::NextMessage => (self.seek_message(view, true), "no further message"),
            Action::PreviousMessage => (self.seek_message(view, false), "no further message"),
            Action::NextPacket => (self.seek_packet(view, true), "no further packet"),
            Action::PreviousPacket => (self.seek_packet(view, false), "no further packet"),
            Action::NextEvidence => (self.seek_evidence(view, true), "no further evidence"),
            Action::PreviousEvidence => (self.seek_evidence(view, false), "no further evidence"),
            _ => return Vec::new(),
        };
        if found { Vec::new() } else { vec![Then::notice(none)] }
    }

    /// Does what the user asks for while the ladder has the keys.
    pub fn act(&mut self, view: &FlowView, action: Action) {
        match action {
            Action::ToggleFold => self.toggle_flight(view),
            Action::Left | Action::Right => self.fold(view, action == Action::Left),
            _ => {
                if let Some(rows) = rows(action, self.cursor.page()) {
                    self.cursor.step(rows, self.rows.len());
                    self.leave_pause(rows > 0);
                }
            }
        }
    }
}

/// The flight that a step is in.
fn flight_of(view: &FlowView, step: usize) -> Option<usize> {
    view.flights.iter().position(|flight| flight.steps.contains(&step))
}
