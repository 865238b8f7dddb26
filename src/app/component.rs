//! What every screen can be asked and told. A screen changes its own state; what concerns others it gives back as
//! [`Then`]: nothing here, and no screen, knows the model.

use std::sync::Arc;

use super::action::Action;
use super::msg::{Effect, Pane, PaneSize, Slot, Target};
use super::prompt::{Prompt, Purpose, Typed};
use super::screen::Screen;
use super::subject::Subject;
use crate::cohort::rates::Selection;
use crate::engine::{Answer, FlowView, Request};
use crate::index::Index;
use crate::present::role::{Line, Role};
use crate::vocab::{Cause, FlowRef, PacketNumber};

/// What a screen may look at besides itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All flows.
    pub index: &'a Index,
    /// The flow that timeline, stream and packets show.
    pub subject: Option<&'a Subject>,
    /// The flow that the user made the baseline.
    pub baseline: Option<FlowRef>,
    /// Whether the capture is still being read or judged.
    pub is_loading: bool,
    /// Whether something lies over the screen.
    pub is_covered: bool,
}

impl<'a> Context<'a> {
    /// The flow that timeline, stream and packets show, once it is open.
    pub fn view(&self) -> Option<&'a Arc<FlowView>> {
        self.subject?.view()
    }
}

/// What is to happen next, beyond the screen that says so.
#[derive(Debug)]
pub enum Then {
    /// Something outside the model.
    Do(Effect),
    /// The user is told something, until the next key.
    Say(Role, String),
    /// Something to read is laid over the screen: its title, its lines.
    Read(String, Vec<Line>),
    /// The user types a line.
    Type(Prompt),
    /// What the user can ask for as well.
    Act(Action),
    /// A screen is shown, at a packet of the open flow if one is named: one goes back to it, or it comes on top.
    Go(Screen, Option<PacketNumber>),
    /// The first screen has nothing to show: the second one is shown in its place.
    Instead(Screen, Screen),
    /// Timeline, stream and packets show this flow, at a packet if one is named.
    Show(FlowRef, Option<PacketNumber>),
    /// The list shows these flows alone.
    List(Selection),
    /// One level back.
    Back,
}

impl Then {
    /// The user is told something.
    pub fn notice(text: impl Into<String>) -> Self {
        Then::Say(Role::Notice, text.into())
    }

    /// The user is told that something could not be done.
    pub fn error(text: impl Into<String>) -> Self {
        Then::Say(Role::Error, text.into())
    }

    /// The engine is asked something.
    pub fn ask(slot: Slot, request: Request) -> Self {
        Then::Do(Effect::Ask(slot, request))
    }
}

/// A screen.
pub trait Component {
    /// Whether it shows one flow, so that it can show another one instead.
    fn shows_a_flow(&self) -> bool {
        true
    }

    /// The flow that it is about.
    fn flow(&self, context: &Context<'_>) -> Option<FlowRef> {
        context.subject.map(|subject| subject.flow)
    }

    /// The packet that it is at.
    fn packet(&self, _context: &Context<'_>) -> Option<PacketNumber> {
        None
    }

    /// The cause that it is about.
    fn cause(&self, context: &Context<'_>) -> Option<Cause> {
        context.index.facts(self.flow(context)?.flow)?.row.cause
    }

    /// Whether something is under way that will change it by itself.
    fn is_busy(&self) -> bool {
        false
    }

    /// Whether an action of its own could do something now.
    fn can(&self, context: &Context<'_>, action: Action) -> bool;

    /// Does what the user asks for.
    fn act(&mut self, context: &Context<'_>, action: Action) -> Vec<Then>;

    /// The user comes here from a screen that is about a flow and at a packet.
    fn enter(&mut self, _context: &Context<'_>, flow: FlowRef, packet: Option<PacketNumber>) -> Vec<Then> {
        vec![Then::Show(flow, packet)]
    }

    /// Shows another flow.
    fn turn_to(&mut self, _context: &Context<'_>, flow: FlowRef) -> Vec<Then> {
        vec![Then::Show(flow, None)]
    }

    /// The flow that timeline, stream and packets show is open now; the packet to go to, if one was named.
    fn opened(&mut self, _view: &Arc<FlowView>, _packet: Option<PacketNumber>) {}

    /// Goes to a packet of the open flow; whether packets can be gone to.
    fn go_to_packet(&mut self, _context: &Context<'_>, _packet: PacketNumber) -> bool {
        false
    }

    /// Takes note of what becomes of a line that it asked for.
    fn typed(&mut self, _context: &Context<'_>, _purpose: &Purpose, _typed: Typed, _text: &str) -> Vec<Then> {
        Vec::new()
    }

    /// What there is to say of a line that is being typed: how much it finds.
    fn found(&self, _purpose: &Purpose) -> Option<String> {
        None
    }

    /// What is missing for it to be drawn, now that something happened while it is shown.
    fn needs(&mut self, _context: &Context<'_>, _is_refresh: bool) -> Vec<Effect> {
        Vec::new()
    }

    /// Takes the answer to what it asked.
    fn answer(&mut self, _context: &Context<'_>, _slot: Slot, _answer: Answer) -> Vec<Then> {
        Vec::new()
    }

    /// Takes note of the room that a pane was drawn in.
    fn resized(&mut self, context: &Context<'_>, size: PaneSize);

    /// Moves the window of a pane over its rows.
    fn wheel(&mut self, context: &Context<'_>, pane: Pane, rows: isize);

    /// Takes a click.
    fn click(&mut self, context: &Context<'_>, target: Target);
}
