//! All that the UI knows at a moment.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::action::Action;
use super::component::{Component, Context};
use super::page::Page;
use super::prompt::Prompt;
use super::screen::Screen;
use super::screens::Screens;
use super::subject::{Opened, Subject};
use crate::engine::{FlowView, Phase, Progress};
use crate::index::Index;
use crate::present::role::Role;
use crate::vocab::{Cause, FlowRef};

/// What lies over the screen and takes the keys.
#[derive(Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Something to read: the help, the capture's health, what an error can mean.
    Page(Page),
    /// A line being typed.
    Prompt(Prompt),
}

/// The state of the whole UI.
#[derive(Debug)]
pub struct Model {
    /// The screens that lie on each other, the one that is shown last; the list is always first.
    pub stack: Vec<Screen>,
    /// What lies over the screen.
    pub overlay: Overlay,
    /// What each screen knows.
    pub screens: Screens,
    /// The flow that timeline, stream and packets show.
    pub subject: Option<Subject>,
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
            stack: vec![Screen::List],
            overlay: Overlay::None,
            screens: Screens::default(),
            subject: None,
            baseline: None,
            progress,
            notice: None,
            zone,
        }
    }

    /// The screen that is shown.
    pub fn screen(&self) -> Screen {
        self.stack.last().copied().unwrap_or(Screen::List)
    }

    /// What screens may look at besides themselves.
    pub(super) fn context<'a>(&'a self, index: &'a Index) -> Context<'a> {
        context(index, self.subject.as_ref(), self.baseline, &self.progress, &self.overlay)
    }

    /// A screen, to be changed, and what it may look at.
    pub(super) fn at<'a>(&'a mut self, screen: Screen, index: &'a Index) -> (&'a mut dyn Component, Context<'a>) {
        let context = context(index, self.subject.as_ref(), self.baseline, &self.progress, &self.overlay);
        (self.screens.get_mut(screen), context)
    }

    /// The screen that is shown, to be changed, and what it may look at.
    pub(super) fn shown<'a>(&'a mut self, index: &'a Index) -> (&'a mut dyn Component, Context<'a>) {
        self.at(self.screen(), index)
    }

    /// The flow that the shown screen is about.
    pub(super) fn flow(&self, index: &Index) -> Option<FlowRef> {
        self.screens.get(self.screen()).flow(&self.context(index))
    }

    /// The cause that the shown screen is about.
    pub(super) fn cause(&self, index: &Index) -> Option<Cause> {
        self.screens.get(self.screen()).cause(&self.context(index))
    }

    /// The open flow.
    pub fn view(&self) -> Option<Arc<FlowView>> {
        self.subject.as_ref()?.view().cloned()
    }

    /// Whether the capture is still being read or judged.
    pub fn is_loading(&self) -> bool {
        is_loading(&self.progress)
    }

    /// Whether something is under way that will change the screen by itself.
    pub fn is_busy(&self) -> bool {
        let opening = self.subject.as_ref().is_some_and(|subject| matches!(subject.opened, Opened::Waiting));
        // The list lies below all others.
        let busy = |screen| self.screens.get(screen).is_busy();
        self.is_loading() || opening || busy(self.screen()) || busy(Screen::List)
    }

    /// Whether an action could do something now.
    pub fn is_possible(&self, action: Action, index: &Index) -> bool {
        match action {
            // A flow that cannot be read can only be left.
            Action::NextFailed | Action::PreviousFailed => index.counts().failed > 0,
            Action::Back => self.stack.len() > 1 || matches!(self.overlay, Overlay::Page(_)),
            Action::Help => true,
            Action::StopLoading => self.is_loading(),
            _ => self.screens.get(self.screen()).can(&self.context(index), action),
        }
    }

    /// Takes a screen away; another one is shown in its place, if it was shown.
    pub(super) fn instead(&mut self, empty: Screen, screen: Screen) {
        let was_shown = self.screen() == empty;
        self.stack.retain(|one| *one != empty);
        if was_shown {
            self.go(screen);
        }
    }

    /// Shows a screen: goes back to it if it lies below, else puts it on top.
    pub(super) fn go(&mut self, screen: Screen) {
        match self.stack.iter().position(|below| *below == screen) {
            Some(at) => self.stack.truncate(at + 1),
            None => self.stack.push(screen),
        }
    }
}

fn context<'a>(
    index: &'a Index,
    subject: Option<&'a Subject>,
    baseline: Option<FlowRef>,
    progress: &Progress,
    overlay: &Overlay,
) -> Context<'a> {
    let is_covered = !matches!(overlay, Overlay::None);
    Context { index, subject, baseline, is_loading: is_loading(progress), is_covered }
}

fn is_loading(progress: &Progress) -> bool {
    matches!(progress.phase, Phase::Loading | Phase::Diagnosing)
}
