//! The UI without a terminal: keys and clicks go in, the screen comes out as text.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use shakedown::internal::app::keys::Scope;
use shakedown::internal::app::screens::Screens;
use shakedown::internal::app::{Key, Model, Msg, Overlay, Screen};
use shakedown::internal::present::Role;
use shakedown::internal::tui::stage::Order;
use shakedown::internal::tui::{Stage, Theme};
use shakedown::{Options, Phase, Progress, Session};

/// Bytes of an enhanced packet block's type in a little-endian pcapng.
const ENHANCED_PACKET: [u8; 4] = [6, 0, 0, 0];

/// A capture made for a test; gone with it.
pub struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    /// A capture of these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("made.pcapng"), bytes).expect("a full disk");
        Self { folder }
    }

    /// A copy of a fixture's capture, of which only the first `percent` are left.
    pub fn part(fixture: &str, percent: usize) -> Self {
        let bytes = std::fs::read(super::capture(fixture)).expect("the fixture");
        Self::new(&bytes[..bytes.len() * percent / 100])
    }

    /// A fixture's capture without its packets.
    pub fn without_packets(fixture: &str) -> Self {
        let bytes = std::fs::read(super::capture(fixture)).expect("the fixture");
        let before = super::blocks(&bytes).into_iter().take_while(|block| !block.starts_with(&ENHANCED_PACKET));
        let end = before.map(<[u8]>::len).sum();
        Self::new(&bytes[..end])
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("made.pcapng")
    }

    /// A file beside it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes its bytes away while it may be open.
    pub fn shrink(&self) {
        let file = OpenOptions::new().write(true).open(self.path()).expect("the capture");
        file.set_len(100).expect("a file can be made shorter");
    }
}

/// A session on a screen of a fixed size.
pub struct Play {
    stage: Stage,
    size: (u16, u16),
    buffer: Buffer,
    /// The keys pressed so far, and where; not those typed into a prompt.
    pub pressed: Vec<(Scope, Key)>,
}

impl Play {
    /// Opens a fixture, by its path in the package, and waits until it is loaded.
    pub fn fixture(name: &str, size: (u16, u16)) -> Self {
        Self::open(format!("fixtures/{name}/capture.pcapng"), size)
    }

    /// Opens a made capture and waits until it is loaded.
    pub fn made(made: &Made, size: (u16, u16)) -> Self {
        Self::open(made.path().to_string_lossy().into_owned(), size)
    }

    fn open(capture: String, size: (u16, u16)) -> Self {
        let options = Options { captures: vec![capture], ..Options::default() };
        let session = Session::open(&options).expect("a readable capture");
        session.wait();
        let stage = Stage::new(session, TimeZone::UTC, Theme::Dark);
        let mut play = Self { stage, size, buffer: Buffer::default(), pressed: Vec::new() };
        play.settle();
        play
    }

    fn settle(&mut self) {
        self.buffer = self.stage.settle(self.size.0, self.size.1);
    }

    /// Presses the keys of a script, each after the one before has had its effect.
    pub fn press(&mut self, script: &str) -> &mut Self {
        for key in Key::script(script) {
            self.note(key);
            self.stage.press(key);
            self.settle();
        }
        self
    }

    fn note(&mut self, key: Key) {
        match self.model().overlay {
            Overlay::None => self.pressed.push((self.screen().scope(), key)),
            Overlay::Page(_) => self.pressed.push((Scope::Anywhere, key)),
            Overlay::Prompt(..) => {}
        }
    }

    /// Presses the keys of a script and draws at once: what the engine is asked for is still missing.
    pub fn press_and_look(&mut self, script: &str) -> &mut Self {
        for key in Key::script(script) {
            self.note(key);
            self.stage.press(key);
        }
        self.draw();
        self
    }

    /// Draws what is known now.
    pub fn draw(&mut self) {
        self.buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        self.stage.draw(&mut self.buffer);
    }

    /// Draws as if the capture were still being read.
    pub fn pretend_loading(&mut self, bytes: u64, total: u64) -> &mut Self {
        let elapsed = Duration::from_secs(2);
        let (packets, flows, troubles) = (bytes / 100, bytes / 2000, Vec::new());
        let progress = Progress { phase: Phase::Loading, bytes, total: Some(total), packets, flows, elapsed, troubles };
        self.stage.tell(Msg::Progress(progress));
        self.draw();
        self
    }

    /// Changes the size of the screen.
    pub fn resize(&mut self, size: (u16, u16)) -> &mut Self {
        self.size = size;
        self.settle();
        self
    }

    /// Clicks on the first place that shows `text`.
    pub fn click(&mut self, text: &str) -> &mut Self {
        let (x, y) = self.place(text);
        let target = self.stage.target(x, y).unwrap_or_else(|| panic!("a click on {text:?} hits nothing"));
        self.stage.tell(Msg::Click(target));
        self.settle();
        self
    }

    /// Turns the wheel over the first place that shows `text`.
    pub fn wheel(&mut self, text: &str, rows: isize) -> &mut Self {
        let (x, y) = self.place(text);
        let pane = self.stage.pane(x, y).unwrap_or_else(|| panic!("nothing scrolls at {text:?}"));
        self.stage.tell(Msg::Wheel(pane, rows));
        self.settle();
        self
    }

    fn place(&self, text: &str) -> (u16, u16) {
        let found = self.rows().into_iter().enumerate().find_map(|(y, row)| {
            let before = &row[..row.find(text)?];
            Some((before.chars().count() as u16, y as u16))
        });
        found.unwrap_or_else(|| panic!("{text:?} is not on the screen:\n{}", self.text()))
    }

    /// What the terminal was asked to do since the last look.
    pub fn orders(&mut self) -> Vec<Order> {
        self.stage.orders()
    }

    /// The model.
    pub fn model(&self) -> &Model {
        self.stage.model()
    }

    /// What each screen knows.
    pub fn screens(&self) -> &Screens {
        &self.model().screens
    }

    /// The screen that is shown.
    pub fn screen(&self) -> Screen {
        self.model().screen()
    }

    fn row(&self, y: u16) -> String {
        (0..self.size.0).map(|x| self.buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned()
    }

    fn rows(&self) -> Vec<String> {
        (0..self.size.1).map(|y| self.row(y)).collect()
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// The bar at the bottom.
    pub fn bar(&self) -> String {
        self.row(self.size.1 - 1)
    }

    /// The row under the cursor of the pane that has the keys.
    pub fn cursor(&self) -> String {
        let under = (1..self.size.1).find(|y| self.has_row(*y, Role::Cursor));
        under.map(|y| self.row(y)).unwrap_or_default()
    }

    /// The screen as text, with `>` before the row that has the keys' cursor and `:` before other panes' cursors.
    pub fn picture(&self) -> String {
        let sign = |y: u16| match () {
            () if self.has_row(y, Role::Cursor) => ">",
            () if self.has_row(y, Role::CursorAway) => ":",
            () => " ",
        };
        (0..self.size.1).map(|y| format!("{}|{}", sign(y), self.row(y))).collect::<Vec<_>>().join("\n")
    }

    fn has_row(&self, y: u16, role: Role) -> bool {
        let wanted = Theme::Dark.look(role).background.map(ratatui::style::Color::Indexed);
        (0..self.size.0).any(|x| Some(self.buffer[(x, y)].bg) == wanted)
    }

    /// Asserts that the screen shows `text`.
    pub fn shows(&mut self, text: &str) -> &mut Self {
        assert!(self.text().contains(text), "{text:?} is not on the screen:\n{}", self.text());
        self
    }

    /// Asserts that the screen does not show `text`.
    pub fn lacks(&mut self, text: &str) -> &mut Self {
        assert!(!self.text().contains(text), "{text:?} is on the screen:\n{}", self.text());
        self
    }

    /// Asserts that the row under the cursor shows `text`.
    pub fn is_on(&mut self, text: &str) -> &mut Self {
        assert!(self.cursor().contains(text), "the cursor is not on {text:?}:\n{}", self.picture());
        self
    }
}
