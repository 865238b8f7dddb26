//! Where the cursor is in the conversation, and where it is to go. Where the way leads to a part that is not held, that is
//! asked for, and the way goes on when it comes.

use std::sync::Arc;

use super::parts::Parts;
use super::place::{Place, Window};
use super::search::{self, Search};
use crate::engine::StreamMap;
use crate::engine::follow::{Lead, Part};
use crate::present::follow::StreamLine;
use crate::vocab::{Direction, FlowRef, PacketNumber};

/// Where the cursor is to go, as soon as that can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// This many lines further.
    Lines(isize),
    /// To a packet's bytes.
    Packet(PacketNumber),
    /// To a byte of a direction; to the heading above it, if so wanted.
    Byte(Direction, u64, bool),
    /// To the first line.
    First,
    /// To the last line.
    Last,
    /// To the next turn, or the one before.
    Turn(bool),
    /// To the match at or after the cursor.
    Nearest,
    /// To the next match, or the one before.
    Match(bool),
}

/// The state of the stream pane.
#[derive(Debug, Default)]
pub struct Follow {
    /// The flow that is followed.
    pub(super) flow: Option<FlowRef>,
    /// Why it cannot be followed.
    pub failed: Option<String>,
    /// What is held of it.
    pub parts: Parts,
    /// What is seen of it.
    pub window: Window,
    /// The search.
    pub search: Search,
    /// The line at the other end of the selection.
    pub(super) selected_from: Option<Place>,
    /// Bytes written so far, while they are saved.
    pub saving: Option<u64>,
    /// The packet to begin at in a flow that is about to be followed.
    pub(super) awaited: Option<(FlowRef, PacketNumber)>,
    want: Option<Want>,
    /// The part that the way leads to.
    missing: Option<usize>,
    /// The part that was asked for.
    asked: Option<usize>,
}

impl Follow {
    /// Shows another flow, whose map is still to come.
    pub(super) fn begin(&mut self, flow: FlowRef) {
        let awaited = self.awaited.take().filter(|(of, _)| *of == flow);
        *self = Self {
            flow: Some(flow),
            parts: self.parts.emptied(),
            window: Window { height: self.window.height, ..Window::default() },
            search: Search { syntax: self.search.syntax, ..Search::default() },
            want: awaited.map(|(_, packet)| Want::Packet(packet)),
            ..Self::default()
        };
    }

    /// Takes the map, or word that it has grown.
    pub(super) fn take_map(&mut self, map: &Arc<StreamMap>) {
        if self.flow != Some(map.flow) {
            return;
        }
        if self.parts.take_map(map) {
            self.want = self.want.or(Some(Want::First));
        }
        self.pursue();
    }

    /// Takes a part.
    pub(super) fn take_part(&mut self, part: &Arc<Part>) {
        if self.parts.map.is_none() {
            return;
        }
        if self.asked == Some(part.number) {
            self.asked = None;
        }
        let here = self.missing.unwrap_or(self.window.cursor.part);
        self.parts.take(part, self.search.hunt.as_deref(), (here, self.window.top.part));
        self.pursue();
        self.window.reveal(&self.parts);
    }

    /// The part to ask for, if one is needed and none was asked for.
    pub(super) fn ask(&mut self) -> Option<(Arc<StreamMap>, usize)> {
        let map = self.parts.map.clone().filter(|_| self.asked.is_none())?;
        let count = map.extent().parts;
        let here = self.window.cursor.part;
        let needed = [self.missing, Some(here), Some(self.window.top.part)].into_iter().flatten();
        // The neighbours too, so that the way goes on without a pause.
        let near = [true, false].into_iter().filter_map(|way| self.parts.neighbour(here, way));
        let number = needed.chain(near).find(|number| *number < count && !self.parts.has(*number))?;
        self.asked = Some(number);
        Some((map, number))
    }

    /// Whether the cursor is on its way to somewhere.
    pub fn is_on_its_way(&self) -> bool {
        self.failed.is_none() && (self.want.is_some() || self.parts.map.is_none())
    }

    /// The line under the cursor.
    fn line(&self) -> Option<StreamLine> {
        self.window.cursor.line(&self.parts)
    }

    /// The packet of the line under the cursor.
    pub fn packet(&self) -> Option<PacketNumber> {
        self.line().map(|line| line.packet)
    }

    /// The first and the last selected line.
    pub fn selection(&self) -> Option<(Place, Place)> {
        let (from, cursor) = (self.selected_from?, self.window.cursor);
        Some((from.min(cursor), from.max(cursor)))
    }

    /// Moves the window; the cursor stays in sight.
    pub(super) fn scroll(&mut self, by: isize) {
        self.missing = self.window.scroll(&self.parts, by);
    }

    /// To the end, as far as the conversation is known by then.
    pub(super) fn last(&mut self) {
        self.parts.let_growing_go();
        self.aim(Want::Last);
    }

    /// Sends the cursor somewhere.
    pub(super) fn aim(&mut self, want: Want) {
        self.want = Some(want);
        self.pursue();
    }

    /// Goes where the cursor is wanted, as far as that is known; what is missing is noted.
    pub(super) fn pursue(&mut self) {
        self.missing = None;
        let Some(map) = self.parts.map.clone() else { return };
        match self.want {
            None => {}
            Some(Want::Lines(by)) => self.pursue_lines(by),
            Some(Want::Packet(packet)) => self.pursue_packet(&map, packet),
            Some(Want::Byte(direction, offset, heading)) => {
                let part = map.part_of_offset(direction, offset);
                let Some(part) = part.and_then(|part| self.hold(part)) else { return };
                self.want = None;
                self.go_to(part, direction, offset, heading);
            }
            Some(Want::First) => self.pursue_first(&map),
            Some(Want::Last) => {
                let last = map.neighbour(map.extent().parts, self.parts.only, false);
                let Some(part) = self.hold(last.unwrap_or(0)) else { return };
                self.want = None;
                self.window.cursor = Place::last_of(&self.parts, part);
                self.settle();
                self.window.reveal(&self.parts);
            }
            Some(Want::Turn(forward)) => self.pursue_turn(&map, forward),
            Some(Want::Nearest) => self.pursue_match(true),
            Some(Want::Match(forward)) => self.pursue_match(forward),
        }
    }

    /// A part, if it is held; else it is noted as missing.
    fn hold(&mut self, part: usize) -> Option<usize> {
        if self.parts.has(part) {
            return Some(part);
        }
        self.missing = Some(part);
        None
    }

    fn pursue_lines(&mut self, by: isize) {
        let (place, missing) = self.window.cursor.moved(&self.parts, by);
        self.window.cursor = place;
        self.want = missing.map(|missing| Want::Lines(missing.left));
        self.missing = missing.map(|missing| missing.part);
        self.window.reveal(&self.parts);
    }

    fn pursue_packet(&mut self, map: &StreamMap, packet: PacketNumber) {
        let Some(part) = map.part_of_packet(packet).and_then(|part| self.hold(part)) else { return };
        if let Some((direction, offset)) = self.parts.chapter(part).and_then(|chapter| chapter.at_packet(packet)) {
            self.aim(Want::Byte(direction, offset, true));
        } else {
            self.window.cursor = Place::first_of(part);
            self.want = None;
            self.settle();
        }
    }

    fn pursue_first(&mut self, map: &StreamMap) {
        let Some(part) = self.hold(0) else { return };
        (self.window.cursor, self.window.top) = (Place::default(), Place::default());
        if self.parts.is_blank(part) {
            let Some(next) = map.neighbour(part, self.parts.only, true) else {
                if map.extent().is_complete {
                    self.want = None;
                }
                return;
            };
            if self.hold(next).is_none() {
                return;
            }
            (self.window.cursor.part, self.window.top.part) = (next, next);
        }
        self.want = None;
    }

    fn pursue_turn(&mut self, map: &StreamMap, forward: bool) {
        let cursor = self.window.cursor;
        let mut part = cursor.part;
        let mut from = Some(cursor.block + usize::from(forward || cursor.line > 0));
        loop {
            let Some(chapter) = self.parts.chapter(part) else {
                self.missing = Some(part);
                return;
            };
            let blocks = &chapter.blocks;
            let from = from.take().unwrap_or(if forward { 0 } else { blocks.len() }).min(blocks.len());
            let found = if forward {
                (from..blocks.len()).find(|at| blocks[*at].turn)
            } else {
                (0..from).rev().find(|at| blocks[*at].turn)
            };
            if let Some(block) = found {
                self.want = None;
                self.window.cursor = Place { part, block, line: 0 };
                self.window.show_cursor(&self.parts);
                return;
            }
            let Some(next) = map.turning(part, self.parts.only, forward) else {
                self.want = None;
                return;
            };
            part = next;
        }
    }

    fn pursue_match(&mut self, forward: bool) {
        let Some(hunt) = self.search.hunt.clone() else {
            self.want = None;
            return;
        };
        let here = self.parts.current.map_or(self.window.cursor.part, |(part, _)| part);
        let Some(chapter) = self.parts.chapter(here) else {
            self.missing = Some(here);
            return;
        };
        let line = self.line();
        let byte = line.and_then(|line| chapter.byte_at(line.direction, line.range.start)).unwrap_or(0);
        let current = self.parts.current.map(|(_, number)| number);
        if let Some(number) = search::next(chapter, current, byte, forward) {
            self.want = None;
            return self.go_to_match(here, number);
        }
        match hunt.lead(here, forward) {
            Lead::Unknown if self.search.is_under_way => {}
            Lead::Unknown | Lead::Nowhere => self.want = None,
            Lead::Part(part) => {
                let Some(part) = self.hold(part) else { return };
                self.want = None;
                let count = self.parts.chapter(part).map_or(0, |chapter| chapter.matches.len());
                if let Some(last) = count.checked_sub(1) {
                    self.go_to_match(part, if forward { 0 } else { last });
                }
            }
        }
    }

    fn go_to_match(&mut self, part: usize, number: usize) {
        let Some(chapter) = self.parts.chapter(part) else { return };
        let Some(one) = chapter.matches.get(number).copied() else { return };
        let begin = chapter.offset_at(one.at).unwrap_or(one.range.start);
        self.parts.current = Some((part, number));
        self.go_to(part, one.direction, begin, false);
        self.window.reveal(&self.parts);
    }

    /// Puts the cursor on the line that shows a byte of a part, with some lines above it.
    fn go_to(&mut self, part: usize, direction: Direction, offset: u64, heading: bool) {
        if !self.parts.has(part) {
            return;
        }
        if let Some(place) = Place::of_byte(&self.parts, part, direction, offset, heading) {
            self.window.cursor = place;
            self.window.show_cursor(&self.parts);
        } else {
            self.window.cursor = Place::first_of(part);
            self.settle();
        }
    }

    /// Leaves a part that has no line.
    fn settle(&mut self) {
        let here = self.window.cursor.part;
        if !self.parts.is_blank(here) {
            return;
        }
        for forward in [true, false] {
            if let Some(part) = self.parts.neighbour(here, forward) {
                self.aim(Want::Lines(if forward { 1 } else { -1 }));
                self.missing = self.missing.or((!self.parts.has(part)).then_some(part));
                return;
            }
        }
    }

    /// Takes note of the window's size.
    pub(super) fn take_room(&mut self, width: usize, height: usize) {
        self.window.height = height;
        if width != self.parts.width {
            self.keep_place(|parts| parts.width = width);
        }
        self.window.reveal(&self.parts);
    }

    /// The next way to show bytes.
    pub(super) fn next_form(&mut self) {
        let has_records = self.parts.map.as_ref().is_some_and(|map| map.has_records);
        self.keep_place(|parts| parts.shown_as = parts.shown_as.next(has_records));
    }

    /// Changes the layout; the cursor stays on its byte.
    fn keep_place(&mut self, change: impl FnOnce(&mut Parts)) {
        let line = self.line();
        let before = self.parts.shown_as;
        change(&mut self.parts);
        if before != self.parts.shown_as {
            self.parts.lay_out(self.search.hunt.as_deref());
            self.selected_from = None;
        }
        self.window.rewind();
        if let Some(line) = line {
            let on_heading = line.range.is_empty();
            self.go_to(self.window.cursor.part, line.direction, line.range.start, on_heading);
        }
        self.window.reveal(&self.parts);
    }

    /// Both directions, the client's, the server's.
    pub(super) fn next_direction(&mut self) {
        let packet = self.packet();
        self.parts.only = match self.parts.only {
            None => Some(Direction::ToServer),
            Some(Direction::ToServer) => Some(Direction::ToClient),
            Some(Direction::ToClient) => None,
        };
        self.parts.lay_out(self.search.hunt.as_deref());
        self.selected_from = None;
        self.window.rewind();
        self.window.cursor = self.window.top;
        self.aim(packet.map_or(Want::First, Want::Packet));
    }
}
