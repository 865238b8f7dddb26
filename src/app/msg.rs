//! What can happen to the model, and what it wants done.

use std::path::PathBuf;
use std::sync::Arc;

use super::key::Key;
use super::screen::Screen;
use crate::engine::{Answer, FlowView, Progress, Request};
use crate::present::compare::{Comparison, Nearness};

/// Most bytes of text that are copied: terminals take no more.
pub const MAX_COPY: usize = 74_994;

/// A part of a screen that has rows of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pane {
    /// The flow list.
    List,
    /// The ladder of steps.
    Steps,
    /// The finding.
    Finding,
    /// The field tree.
    Fields,
    /// The hex dump.
    Bytes,
    /// The stream.
    Stream,
    /// The packets.
    Packets,
    /// The aligned rows.
    Rows,
    /// The ranked differences.
    Differences,
    /// The failure rates.
    Rates,
    /// What the failing have in common.
    Contrast,
    /// The help.
    Page,
}

/// What a click hits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A row of a pane, counted from the pane's first.
    Row(Pane, usize),
    /// A row of the window, counted from the window's first; where rows have no number of their own.
    WindowRow(Pane, usize),
    /// The heading of a list column.
    Heading(usize),
    /// A byte of the hex dump.
    Byte(usize),
}

/// The room a pane had when it was drawn, in rows and columns of content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaneSize {
    /// The pane.
    pub pane: Pane,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Something that happened.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Something was clicked.
    Click(Target),
    /// The wheel was turned over a pane, by this many rows.
    Wheel(Pane, isize),
    /// A screen was drawn with this room.
    PaneSizes(Vec<PaneSize>),
    /// Widths that the list's columns would like.
    Widths(Vec<u16>),
    /// How far loading is.
    Progress(Progress),
    /// The answer to the newest question of a kind.
    Answer(Slot, Answer),
    /// Time to see whether the index has news.
    Refresh,
    /// Time to go on with what is done in slices.
    Work,
    /// What became of a file that a screen wanted written.
    Saved(Screen, Saved),
    /// What became of all that a screen shows, which was to be copied.
    Copied(Screen, Copied),
    /// The terminal came back, or the like: forget what was said.
    Resumed,
}

/// What became of text that was to be copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Copied {
    /// It went to the terminal: so many lines.
    Lines(usize),
    /// It is longer than terminals take: so many bytes.
    TooLong(usize),
}

/// What became of a file that was to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It is written; what it holds.
    Done {
        /// The file.
        path: PathBuf,
        /// What is in it: `3 certificates`.
        what: String,
    },
    /// There is such a file, and it was not to be replaced.
    Exists(PathBuf),
    /// It could not be written; a line that says why.
    Failed(String),
}

/// A kind of question; the newest of a kind replaces those before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Slot {
    /// A flow to show.
    Open,
    /// A step's detail.
    Detail,
    /// A comparison.
    Compare,
    /// The details of a row's two steps.
    Details,
    /// The nearest good flow.
    Nearest,
    /// The map of a conversation.
    Follow,
    /// A part of it.
    Part,
    /// A search in it.
    Search,
    /// Saving it.
    Save,
    /// The failure rates.
    Rates,
    /// What the failing have in common.
    Contrast,
    /// The order of the list's rows.
    Sort,
}

impl Slot {
    /// The screen that asks; none where the open flow is asked for, which several show.
    pub fn screen(self) -> Option<Screen> {
        Some(match self {
            Slot::Open => return None,
            Slot::Detail => Screen::Timeline,
            Slot::Compare | Slot::Details | Slot::Nearest => Screen::Compare,
            Slot::Follow | Slot::Part | Slot::Search | Slot::Save => Screen::Follow,
            Slot::Rates => Screen::Rates,
            Slot::Contrast => Screen::Contrast,
            Slot::Sort => Screen::List,
        })
    }
}

/// Two flows that are compared.
#[derive(Clone, Debug)]
pub struct Both {
    /// The flow to compare with.
    pub baseline: Arc<FlowView>,
    /// How near it is, where it was chosen by that.
    pub near: Option<Nearness>,
    /// The flow in question.
    pub subject: Arc<FlowView>,
    /// How they differ.
    pub comparison: Comparison,
}

/// Something to be done outside the model.
#[derive(Debug)]
pub enum Effect {
    /// A question for the engine.
    Ask(Slot, Request),
    /// A question that no longer matters.
    GiveUp(Slot),
    /// Write a flow's certificates to a file; what became of it comes back as [`Msg::Saved`].
    SaveCertificates {
        /// The flow.
        view: Arc<FlowView>,
        /// The file.
        path: PathBuf,
        /// Whether a file of that name may be replaced.
        replace: bool,
    },
    /// Put text on the clipboard.
    Copy(String),
    /// Put a flow's whole timeline on the clipboard; what became of that comes back as [`Msg::Copied`].
    CopyTimeline(Arc<FlowView>),
    /// Put a whole comparison on the clipboard; what became of that comes back as [`Msg::Copied`].
    CopyComparison(Box<Both>),
    /// Write a comparison to a file; what became of it comes back as [`Msg::Saved`].
    SaveComparison {
        /// The comparison.
        both: Box<Both>,
        /// The file.
        path: PathBuf,
        /// Whether a file of that name may be replaced.
        replace: bool,
    },
    /// Stop loading the captures.
    StopLoading,
    /// Leave the program.
    Quit,
    /// Stop the program until the shell resumes it.
    Suspend,
}
