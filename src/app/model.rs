//! All that the UI knows at a moment.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::action::Action;
use super::compare::{Compare, Stage};
use super::cursor::Cursor;
use super::follow::Follow;
use super::input::Input;
use super::keys::Scope;
use super::list::List;
use super::msg::Pane;
use super::packets::Packets;
use super::rates::RatesPage;
use super::timeline::Timeline;
use crate::engine::follow::Syntax;
use crate::engine::{FlowView, Phase, Progress};
use crate::index::Index;
use crate::present::plot::Kind;
use crate::present::role::{Line, Role};
use crate::present::wrap::wrap_line;
use crate::vocab::text::visible;
use crate::vocab::{FlowRef, PacketNumber};

/// A screen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Screen {
    /// The flow list, below all others.
    List,
    /// The handshake timeline.
    Timeline,
    /// The streams.
    Follow,
    /// The packets, as a list and as plots.
    Packets,
    /// Two flows side by side.
    Compare,
    /// How often handshakes fail.
    Rates,
}

impl Screen {
    /// Whose keys hold there.
    pub fn scope(self) -> Scope {
        match self {
            Screen::List => Scope::List,
            Screen::Timeline => Scope::Timeline,
            Screen::Follow => Scope::Follow,
            Screen::Packets => Scope::Packets,
            Screen::Compare => Scope::Compare,
            Screen::Rates => Scope::Rates,
        }
    }
}

/// What lies over the screen and takes the keys.
#[derive(Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Something to read: the help, the capture's health, what an error can mean.
    Page(Page),
    /// A line being typed.
    Prompt(Prompt, Input),
}

/// Lines to read over the screen.
#[derive(Debug)]
pub struct Page {
    /// What they are.
    pub title: String,
    /// The lines, however long they are.
    pub lines: Vec<Line>,
    /// Columns of the page as it was drawn.
    pub width: usize,
    /// Where the reader is.
    pub cursor: Cursor,
}

impl Page {
    /// A page from its first line.
    pub fn new(title: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { title: title.into(), lines, width: 0, cursor: Cursor::default() }
    }

    /// The lines as they break in `width` columns.
    pub fn rows(&self, width: usize) -> Vec<Line> {
        self.lines.iter().flat_map(|line| wrap_line(line, width)).collect()
    }

    /// How many rows it takes as it was drawn.
    pub fn len(&self) -> usize {
        self.rows(self.width).len()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// What is saved to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Saving {
    /// The stream that is followed.
    Stream,
    /// The certificates of both ends.
    Certificates,
}

/// What a line is typed for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// A command.
    Command,
    /// The list's filter; `before` comes back if it is given up.
    Filter {
        /// The filter before.
        before: String,
    },
    /// A search in the fields of a step.
    Search,
    /// A search in the stream, with the pattern written like this.
    Find(Syntax),
    /// The file to save something to.
    Save(Saving),
    /// Whether to replace this file with it.
    Overwrite(Saving, PathBuf),
}

impl Prompt {
    /// What stands before the line.
    pub fn sign(&self) -> String {
        match self {
            Prompt::Command => ":".to_owned(),
            Prompt::Filter { .. } => "filter: ".to_owned(),
            Prompt::Search | Prompt::Find(Syntax::Text) => "/".to_owned(),
            Prompt::Find(syntax) => format!("{}/", syntax.name()),
            Prompt::Save(Saving::Stream) => "save to: ".to_owned(),
            Prompt::Save(Saving::Certificates) => "save the certificates to: ".to_owned(),
            Prompt::Overwrite(_, path) => format!("{} exists; replace it? y/n ", visible(&path.to_string_lossy())),
        }
    }
}

/// A flow that is open or being opened.
#[derive(Clone, Debug)]
pub enum Opened {
    /// It is being read.
    Waiting,
    /// It is there.
    Ready(Arc<FlowView>),
    /// It cannot be read, and why.
    Failed(String),
}

/// The flow that timeline, stream and packets show.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which flow.
    pub flow: FlowRef,
    /// How far opening it is.
    pub opened: Opened,
    /// The packet to go to once it is open.
    pub packet: Option<PacketNumber>,
}

impl Subject {
    /// The flow, once it is open.
    pub fn view(&self) -> Option<&Arc<FlowView>> {
        match &self.opened {
            Opened::Ready(view) => Some(view),
            _ => None,
        }
    }
}

/// The state of the whole UI.
#[derive(Debug)]
pub struct Model {
    /// The screens, the one that is shown last; the list is always first.
    pub screens: Vec<Screen>,
    /// What lies over the screen.
    pub overlay: Overlay,
    /// The flow list.
    pub list: List,
    /// The flow that timeline, stream and packets show.
    pub subject: Option<Subject>,
    /// The timeline.
    pub timeline: Timeline,
    /// The streams.
    pub follow: Follow,
    /// The packets.
    pub packets: Packets,
    /// The comparison.
    pub compare: Option<Compare>,
    /// The failure rates.
    pub rates: RatesPage,
    /// The flow that the user made the baseline.
    pub baseline: Option<FlowRef>,
    /// How far loading is.
    pub progress: Progress,
    /// What the last action has to say.
    pub notice: Option<(Role, String)>,
    /// The zone times are shown in.
    pub zone: TimeZone,
}

impl Model {
    /// A model of a session that begins to load.
    pub fn new(progress: Progress, zone: TimeZone) -> Self {
        Self {
            screens: vec![Screen::List],
            overlay: Overlay::None,
            list: List::default(),
            subject: None,
            timeline: Timeline::default(),
            follow: Follow::default(),
            packets: Packets::default(),
            compare: None,
            rates: RatesPage::default(),
            baseline: None,
            progress,
            notice: None,
            zone,
        }
    }

    /// The screen that is shown.
    pub fn screen(&self) -> Screen {
        self.screens.last().copied().unwrap_or(Screen::List)
    }

    /// The flow that the shown screen is about.
    pub fn flow(&self) -> Option<FlowRef> {
        match self.screen() {
            Screen::List => self.list.flow().map(FlowRef::main),
            Screen::Timeline | Screen::Follow | Screen::Packets => self.subject.as_ref().map(|subject| subject.flow),
            Screen::Compare => self.compare.as_ref().map(|compare| compare.subject),
            Screen::Rates => None,
        }
    }

    /// The open flow.
    pub fn view(&self) -> Option<Arc<FlowView>> {
        self.subject.as_ref()?.view().cloned()
    }

    /// The pane that has the keys.
    pub fn pane(&self) -> Pane {
        match (&self.overlay, self.screen()) {
            (Overlay::Page(_), _) => Pane::Page,
            (_, Screen::List) => Pane::List,
            (_, Screen::Timeline) => self.timeline.focus,
            (_, Screen::Follow) => Pane::Stream,
            (_, Screen::Packets) => Pane::Packets,
            (_, Screen::Rates) => Pane::Rates,
            (_, Screen::Compare) => self.compare.as_ref().map_or(Pane::Rows, |compare| compare.focus),
        }
    }

    /// Whether the capture is still being read or judged.
    pub fn is_loading(&self) -> bool {
        matches!(self.progress.phase, Phase::Loading | Phase::Diagnosing)
    }

    /// Whether something is under way that will change the screen by itself.
    pub fn is_busy(&self) -> bool {
        let opening = self.subject.as_ref().is_some_and(|subject| matches!(subject.opened, Opened::Waiting));
        let comparing =
            self.compare.as_ref().is_some_and(|compare| matches!(compare.stage, Stage::Choosing | Stage::Aligning));
        let following = self.screen() == Screen::Follow && self.follow.is_on_its_way();
        self.is_loading() || opening || comparing || following || self.list.survey.is_some()
    }

    fn is_compared(&self) -> bool {
        self.compare.as_ref().is_some_and(|compare| compare.ready().is_some())
    }

    /// Whether an action could do something now.
    pub fn is_possible(&self, action: Action, index: &Index) -> bool {
        let failed = index.counts().failed;
        let view = self.subject.as_ref().and_then(Subject::view);
        let is_open = match self.screen() {
            Screen::Timeline | Screen::Packets => view.is_some(),
            Screen::Follow => self.follow.map.is_some(),
            Screen::List | Screen::Compare | Screen::Rates => true,
        };
        match action {
            // A flow that cannot be read can only be left.
            Action::NextFailed | Action::PreviousFailed => failed > 0,
            Action::Back => self.screens.len() > 1 || matches!(self.overlay, Overlay::Page(_)),
            Action::Help => true,
            _ if !is_open => false,
            Action::ShowAll => self.list.is_filtered(),
            Action::Open if self.screen() == Screen::List && self.list.heading().is_some() => false,
            Action::Open | Action::Compare | Action::Follow | Action::Packets | Action::MarkBaseline
                if self.screen() == Screen::List =>
            {
                self.list.flow().is_some()
            }
            Action::Open if self.screen() == Screen::Rates => self.rates.selection().is_some(),
            Action::StopLoading => self.is_loading(),
            Action::AutomaticBaseline if self.screen() == Screen::List => self.baseline.is_some(),
            Action::NextMatch | Action::PreviousMatch => match self.screen() {
                Screen::Follow => self.follow.hunt.is_some(),
                _ => !self.timeline.tree.matches.is_empty(),
            },
            Action::NextEvidence | Action::PreviousEvidence => view.is_some_and(|view| view.finding.is_some()),
            Action::Certificates | Action::SaveCertificates => {
                view.is_some_and(|view| view.timeline.steps.iter().any(crate::present::ladder::carries_certificates))
            }
            Action::ToggleFold if self.screen() == Screen::List => !self.list.groups.is_empty(),
            Action::ToggleFold => matches!(self.timeline.focus, Pane::Fields | Pane::Steps),
            Action::NextBytes => self.timeline.tree.detail.as_ref().is_some_and(|detail| detail.panes.len() > 1),
            Action::ZoomIn | Action::ZoomOut | Action::ZoomAll | Action::PanLeft | Action::PanRight => {
                self.packets.plot.is_some()
            }
            Action::ToggleWindow => matches!(self.packets.plot, Some(Kind::Sequence | Kind::InFlight)),
            Action::NextDifference | Action::ToggleEqual | Action::Swap => self.is_compared(),
            Action::NextPane if self.screen() == Screen::Compare => self.is_compared(),
            Action::Search | Action::NextOutcome | Action::NextGrouping | Action::SortNext | Action::SortReverse
                if self.screen() == Screen::List =>
            {
                !index.is_empty()
            }
            Action::NextTurn
            | Action::NextForm
            | Action::Open
            | Action::Search
            | Action::Select
            | Action::Copy
            | Action::Save
                if self.screen() == Screen::Follow =>
            {
                self.follow.has_lines()
            }
            _ => true,
        }
    }
}
