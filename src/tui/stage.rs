//! A session, its model and what is drawn of it, without a terminal: the event loop plays on it, and so do key scripts.

use std::io;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Seen;
use super::desk::Desk;
use super::save;
use super::screens;
use super::theme::Theme;
use crate::app::{Both, Copied, Effect, Key, MAX_COPY, Model, Msg, Pane, Screen, Target, update};
use crate::engine::{FlowView, Session};
use crate::export::comparison::Compared;
use crate::export::paint::Paint;
use crate::export::{self, Format};
use crate::vocab::{FlowRef, Source};

/// Time spent at once on what is done in slices.
const SLICE: Duration = Duration::from_millis(8);
/// Pause between two looks at all flows while they change, and how many times a look's own duration it lasts at least.
const PAUSE: (Duration, u32) = (Duration::from_millis(100), 6);

/// What the terminal is asked to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Order {
    /// Leave.
    Quit,
    /// Stop until the shell resumes us.
    Suspend,
    /// Put text on the clipboard.
    Copy(String),
}

/// A session on the screen.
pub struct Stage {
    session: Session,
    model: Model,
    desk: Desk,
    theme: Theme,
    seen: Seen,
    orders: Vec<Order>,
    changed: bool,
    looked: Option<Instant>,
    look_took: Duration,
    /// Whether the time that loading took is left out.
    timeless: bool,
}

impl Stage {
    /// Puts a session on the stage.
    pub fn new(session: Session, zone: TimeZone, theme: Theme) -> Self {
        let model = Model::new(session.progress(), zone);
        Self {
            session,
            model,
            desk: Desk::default(),
            theme,
            seen: Seen::default(),
            orders: Vec::new(),
            changed: true,
            looked: None,
            look_took: Duration::ZERO,
            timeless: false,
        }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Something happened.
    pub fn tell(&mut self, msg: Msg) {
        self.changed = true;
        let effects = {
            let index = self.session.index();
            update(&mut self.model, &index, msg)
        };
        for effect in effects {
            match effect {
                Effect::Ask(slot, request) => self.desk.ask(&self.session, slot, request),
                Effect::GiveUp(slot) => self.desk.give_up(&self.session, slot),
                Effect::SaveCertificates { view, path, replace } => {
                    self.tell(Msg::Saved(Screen::Timeline, save::certificates(&view, &path, replace)));
                }
                Effect::Copy(text) => self.orders.push(Order::Copy(text)),
                Effect::CopyTimeline(view) => self.copy_timeline(&view),
                Effect::CopyComparison(both) => {
                    let mut out = Vec::new();
                    let written = self.write_comparison(&both, &mut out, Format::Text);
                    self.copy(Screen::Compare, &written, out);
                }
                Effect::SaveComparison { both, path, replace } => {
                    let mut out = Vec::new();
                    let written = self.write_comparison(&both, &mut out, Format::Markdown);
                    let saved = save::file(&path, replace, "the comparison", written.map(|()| out));
                    self.tell(Msg::Saved(Screen::Compare, saved));
                }
                Effect::StopLoading => self.session.cancel(),
                Effect::Quit => self.orders.push(Order::Quit),
                Effect::Suspend => self.orders.push(Order::Suspend),
            }
        }
    }

    fn copy_timeline(&mut self, view: &FlowView) {
        let mut out = Vec::new();
        let fields = export::handshake::Fields { decode: &|_| None, places: false };
        let written = export::handshake::write(&mut out, Format::Text, Paint::Plain, view, fields);
        self.copy(Screen::Timeline, &written, out);
    }

    /// Writes a comparison as the command does.
    fn write_comparison(&self, both: &Both, out: &mut Vec<u8>, format: Format) -> io::Result<()> {
        let (index, good) = (self.session.index(), self.session.baseline().map(Session::index));
        let of = |flow: FlowRef| match flow.source {
            Source::Main => index.facts(flow.flow),
            Source::Baseline => good.as_ref().and_then(|good| good.facts(flow.flow)),
        };
        let (Some(baseline), Some(subject)) = (of(both.baseline.flow), of(both.subject.flow)) else { return Ok(()) };
        let (finding, links) = (both.subject.finding.as_ref(), &*both.subject.links);
        let compared = Compared { baseline, near: both.near, subject, comparison: &both.comparison, finding, links };
        compared.write(out, format, Paint::Plain)
    }

    /// Puts what was written of a screen on the clipboard, if terminals take so much.
    fn copy(&mut self, screen: Screen, written: &io::Result<()>, out: Vec<u8>) {
        let text = String::from_utf8(out).unwrap_or_default();
        let copied = match written {
            Ok(()) if text.len() <= MAX_COPY => Copied::Lines(text.lines().count()),
            _ => Copied::TooLong(text.len()),
        };
        if let Copied::Lines(_) = copied {
            self.orders.push(Order::Copy(text));
        }
        self.tell(Msg::Copied(screen, copied));
    }

    /// A key was pressed.
    pub fn press(&mut self, key: Key) {
        self.tell(Msg::Key(key));
    }

    /// What a click at a place would hit.
    pub fn target(&self, x: u16, y: u16) -> Option<Target> {
        self.seen.target(x, y)
    }

    /// The pane at a place.
    pub fn pane(&self, x: u16, y: u16) -> Option<Pane> {
        self.seen.pane(x, y)
    }

    /// What the terminal is asked to do.
    pub fn orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// Whether the picture is no longer true.
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        self.model.is_busy() || self.desk.is_waiting()
    }

    /// Whether an answer of the engine is waited for.
    pub fn is_waiting(&self) -> bool {
        self.desk.is_waiting()
    }

    /// Whether what is read turned out to be no capture.
    pub fn is_not_a_capture(&self) -> bool {
        self.session.is_not_a_capture()
    }

    /// Whether there is work to go on with at once.
    pub fn has_work(&self) -> bool {
        self.model.screens.list.survey.as_ref().is_some_and(|survey| !survey.is_sorting())
    }

    /// Takes answers and progress, and works for a while on what is done in slices.
    pub fn work(&mut self) {
        for answer in self.desk.answers(&self.session) {
            self.tell(answer);
        }
        if self.model.is_loading() {
            self.look_at_progress();
        }
        let began = Instant::now();
        self.refresh(began);
        while self.has_work() && began.elapsed() < SLICE {
            self.tell(Msg::Work);
        }
        if self.model.screens.list.survey.is_none()
            && let Some(looked) = self.looked
        {
            self.look_took = self.look_took.max(looked.elapsed().min(SLICE * 4));
        }
    }

    /// Looks at the flows anew where they changed, but not all the time.
    fn refresh(&mut self, now: Instant) {
        let list = &self.model.screens.list;
        let stale = list.survey.is_none() && list.is_stale(&self.session.index());
        let pause = if self.model.is_loading() { PAUSE.0.max(self.look_took * PAUSE.1) } else { Duration::ZERO };
        // The first rows are waited for.
        let empty = list.rows.is_empty() && !list.is_filtered();
        let due = empty || self.looked.is_none_or(|looked| now.duration_since(looked) >= pause);
        if stale && due {
            self.looked = Some(now);
            self.look_took = Duration::ZERO;
            self.tell(Msg::Refresh);
        }
    }

    fn look_at_progress(&mut self) {
        let mut progress = self.session.progress();
        if self.timeless {
            progress.elapsed = Duration::ZERO;
        }
        self.tell(Msg::Progress(progress));
    }

    /// Draws the model.
    pub fn draw(&mut self, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let seen = {
            let index = self.session.index();
            screens::draw(buffer, self.theme, &self.model, &index)
        };
        let cursor = seen.cursor;
        self.tell(Msg::PaneSizes(seen.sizes.clone()));
        if let Some(widths) = seen.widths.clone() {
            self.tell(Msg::Widths(widths));
        }
        // What has another room now may have to be drawn from another row on.
        self.changed = seen.sizes != self.seen.sizes;
        self.seen = seen;
        cursor
    }

    /// Waits until nothing is under way, for those who want a picture that is always the same.
    pub fn settle(&mut self, width: u16, height: u16) -> Buffer {
        self.timeless = true;
        self.look_at_progress();
        loop {
            self.session.wait();
            self.work();
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            self.draw(&mut buffer);
            let stale = self.model.screens.list.is_stale(&self.session.index());
            if !self.is_busy() && !self.is_changed() && !stale {
                return buffer;
            }
            if self.desk.is_waiting() {
                self.session.wait_for_answer(Duration::from_millis(1));
            }
        }
    }
}
