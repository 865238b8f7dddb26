//! The stream: where the window is, what is shown, what a search found. Positions are a block and a line in it, so
//! that a stream of any length is never laid out as a whole.

use crate::engine::FlowView;
use crate::present::follow::{As, Conversation, Match, StreamLine};
use crate::vocab::{Direction, PacketNumber};

/// A line of the conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// The block.
    pub block: usize,
    /// The line in it.
    pub line: usize,
}

/// The state of the stream pane.
#[derive(Debug, Default)]
pub struct Follow {
    /// Text or hex.
    pub shown_as: As,
    /// The only direction shown; both if none.
    pub only: Option<Direction>,
    /// The blocks.
    pub conversation: Conversation,
    /// The first line in the window.
    pub top: Place,
    /// The line under the cursor.
    pub cursor: Place,
    /// What is searched for.
    pub needle: String,
    /// Where it is.
    pub matches: Vec<Match>,
    /// Whether there may be more matches than are kept.
    pub more: bool,
    /// The match the search is at.
    pub current: Option<usize>,
    /// Columns of the window.
    pub width: usize,
    /// Rows of the window.
    pub height: usize,
}

impl Follow {
    /// Shows another flow, from `packet` on.
    pub fn open(&mut self, view: &FlowView, packet: Option<PacketNumber>) {
        self.conversation = Conversation::new(view, self.only);
        (self.top, self.cursor) = Default::default();
        self.current = None;
        self.find(view);
        if let Some((block, offset)) = packet.and_then(|packet| self.conversation.at_packet(view, packet)) {
            self.go_to(view, block, offset);
        }
    }

    fn layout(&self) -> (As, usize) {
        (self.shown_as, self.width.max(20))
    }

    /// How many lines a block has.
    fn count(&self, view: &FlowView, block: usize) -> usize {
        self.conversation.line_count(view, block, self.layout())
    }

    /// The lines of a block.
    pub fn lines(&self, view: &FlowView, block: usize, width: usize) -> Vec<StreamLine> {
        let current = self.current.and_then(|at| self.matches.get(at)).copied();
        self.conversation.lines(view, block, (self.shown_as, width.max(20)), &self.matches, current)
    }

    /// The place `by` lines after (or before) another; ends where the conversation ends.
    fn moved(&self, view: &FlowView, from: Place, by: isize) -> Place {
        let mut place = from;
        let mut left = by.unsigned_abs();
        while left > 0 {
            if by > 0 {
                let rest = self.count(view, place.block).saturating_sub(place.line + 1);
                if left <= rest {
                    place.line += left;
                    return place;
                }
                if place.block + 1 >= self.conversation.blocks.len() {
                    place.line += rest;
                    return place;
                }
                left -= rest + 1;
                place = Place { block: place.block + 1, line: 0 };
            } else {
                if left <= place.line {
                    place.line -= left;
                    return place;
                }
                if place.block == 0 {
                    return Place::default();
                }
                left -= place.line + 1;
                place.block -= 1;
                place.line = self.count(view, place.block).saturating_sub(1);
            }
        }
        place
    }

    /// Moves the cursor; the window follows.
    pub fn step(&mut self, view: &FlowView, by: isize) {
        self.cursor = self.moved(view, self.cursor, by);
        self.reveal(view);
    }

    /// Moves the window; the cursor stays in sight.
    pub fn scroll(&mut self, view: &FlowView, by: isize) {
        let last = self.moved(view, self.end(view), 1 - self.height.max(1) as isize);
        self.top = self.moved(view, self.top, by).min(last);
        let bottom = self.moved(view, self.top, self.height.max(1) as isize - 1);
        self.cursor = self.cursor.clamp(self.top, bottom.max(self.top));
    }

    fn reveal(&mut self, view: &FlowView) {
        let height = self.height.max(1) as isize;
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor > self.moved(view, self.top, height - 1) {
            self.top = self.moved(view, self.cursor, 1 - height);
        }
    }

    /// To the beginning.
    pub fn first(&mut self) {
        (self.top, self.cursor) = Default::default();
    }

    /// To the end.
    pub fn last(&mut self, view: &FlowView) {
        self.cursor = self.end(view);
        self.reveal(view);
    }

    fn end(&self, view: &FlowView) -> Place {
        let block = self.conversation.blocks.len().saturating_sub(1);
        Place { block, line: self.count(view, block).saturating_sub(1) }
    }

    /// Puts the cursor on the line that shows an offset of a block, with some lines above it.
    fn go_to(&mut self, view: &FlowView, block: usize, offset: u64) {
        let lines = self.lines(view, block, self.width);
        let line = lines.iter().rposition(|line| line.offset <= offset).unwrap_or(0);
        let heading =
            self.conversation.blocks.get(block).is_some_and(|block| block.turn && block.range.start == offset);
        self.cursor = Place { block, line: if heading { 0 } else { line } };
        if self.cursor < self.top || self.cursor > self.moved(view, self.top, self.height.max(1) as isize - 1) {
            self.top = self.moved(view, self.cursor, -(self.height as isize / 3));
        }
    }

    /// The line under the cursor.
    fn line(&self, view: &FlowView) -> Option<StreamLine> {
        self.lines(view, self.cursor.block, self.width).into_iter().nth(self.cursor.line)
    }

    /// The packet of the line under the cursor.
    pub fn packet(&self, view: &FlowView) -> Option<PacketNumber> {
        self.line(view).map(|line| line.packet)
    }

    /// To where the other end speaks next, or back to where the speaker began.
    pub fn next_turn(&mut self, view: &FlowView, forward: bool) {
        let blocks = &self.conversation.blocks;
        let here = self.cursor;
        let place = if forward {
            (here.block + 1..blocks.len()).find(|at| blocks[*at].turn)
        } else {
            let from = if here.line > 0 { here.block + 1 } else { here.block };
            (0..from.min(blocks.len())).rev().find(|at| blocks[*at].turn)
        };
        if let Some(block) = place {
            let offset = blocks[block].range.start;
            self.go_to(view, block, offset);
        }
    }

    /// Text or hex.
    pub fn toggle(&mut self, view: &FlowView) {
        self.keep_place(view, |follow| {
            follow.shown_as = match follow.shown_as {
                As::Text => As::Hex,
                As::Hex => As::Text,
            };
        });
    }

    /// Takes note of the window's size.
    pub fn laid(&mut self, view: Option<&FlowView>, width: usize, height: usize) {
        self.height = height;
        match view {
            Some(view) if width != self.width => self.keep_place(view, |follow| follow.width = width),
            _ => self.width = width,
        }
        if let Some(view) = view {
            self.reveal(view);
        }
    }

    /// Changes the layout; the cursor stays on its byte.
    fn keep_place(&mut self, view: &FlowView, change: impl FnOnce(&mut Self)) {
        let offset = self.line(view).map(|line| line.offset);
        let heading = self.cursor.line == 0;
        let top_block = self.top.block;
        change(self);
        self.top = Place { block: top_block, line: 0 };
        if let Some(offset) = offset {
            self.go_to(view, self.cursor.block, offset);
        }
        let turn = self.conversation.blocks.get(self.cursor.block).is_some_and(|block| block.turn);
        match self.cursor.line {
            _ if heading => self.cursor.line = 0,
            0 if turn => self.cursor.line = 1,
            _ => {}
        }
        self.reveal(view);
    }

    /// Both directions, the client's, the server's.
    pub fn next_direction(&mut self, view: &FlowView) {
        self.only = match self.only {
            None => Some(Direction::ToServer),
            Some(Direction::ToServer) => Some(Direction::ToClient),
            Some(Direction::ToClient) => None,
        };
        let packet = self.packet(view);
        self.open(view, packet);
    }

    /// Searches for a text and goes to the first match at or after the cursor.
    pub fn search(&mut self, view: &FlowView, needle: &str) {
        needle.clone_into(&mut self.needle);
        self.find(view);
        self.current = None;
        if self.matches.is_empty() {
            return;
        }
        let here = self.line(view).map_or(0, |line| line.offset);
        let block = self.cursor.block;
        let next = self.matches.partition_point(|one| (one.block, one.range.start) < (block, here));
        self.go_to_match(view, next % self.matches.len());
    }

    fn find(&mut self, view: &FlowView) {
        let (matches, complete) = self.conversation.search(view, &self.needle);
        (self.matches, self.more) = (matches, !complete);
    }

    /// To the next match or the one before, around the end.
    pub fn next_match(&mut self, view: &FlowView, forward: bool) {
        let len = self.matches.len();
        if len == 0 {
            return;
        }
        let step = if forward { 1 } else { len - 1 };
        self.go_to_match(view, self.current.map_or(0, |at| (at + step) % len));
    }

    fn go_to_match(&mut self, view: &FlowView, at: usize) {
        let Some(one) = self.matches.get(at).copied() else { return };
        self.current = Some(at);
        let lines = self.lines(view, one.block, self.width);
        let line = lines.iter().rposition(|line| line.offset <= one.range.start).unwrap_or(0);
        self.go_to(view, one.block, one.range.start);
        self.cursor.line = line;
        self.reveal(view);
    }
}
