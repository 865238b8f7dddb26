//! The stream: where the window is, what is shown, what a search found. Positions are a part, a block in it and a line
//! in that, so that a stream of any size is never laid out as a whole. A few parts are held; where the way leads to
//! another one, it is asked for, and the way goes on when it comes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::copy::MAX_COPY;
use crate::engine::follow::{Extent, Hunt, Lead, Part, Pattern, Syntax};
use crate::engine::{FlowView, StreamMap};
use crate::present::follow::{As, Chapter, Look, RecordNames, StreamLine, Tally, plain};
use crate::vocab::{Direction, FlowRef, PacketNumber};

/// Parts that are held.
const HELD: usize = 4;

/// A line of the conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// The part.
    pub part: usize,
    /// The block in it.
    pub block: usize,
    /// The line in that.
    pub line: usize,
}

/// Where the cursor is to go, as soon as that can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Want {
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

/// A search to be made.
#[derive(Debug)]
pub struct Search {
    /// Where.
    pub map: Arc<StreamMap>,
    /// For what.
    pub hunt: Arc<Hunt>,
    /// The part to begin with.
    pub from: usize,
}

/// A part that is held.
#[derive(Debug)]
struct Held {
    part: Arc<Part>,
    chapter: Chapter,
    /// Whether more of it may come.
    grows: bool,
}

/// The state of the stream pane.
#[derive(Debug, Default)]
pub struct Follow {
    /// The flow that is followed.
    pub flow: Option<FlowRef>,
    /// How bytes are shown.
    pub shown_as: As,
    /// The only direction shown; both if none.
    pub only: Option<Direction>,
    /// The map of the conversation, once it is there.
    pub map: Option<Arc<StreamMap>>,
    /// Why it cannot be followed.
    pub failed: Option<String>,
    /// The first line in the window.
    pub top: Place,
    /// The line under the cursor.
    pub cursor: Place,
    /// The line at the other end of the selection.
    pub selected_from: Option<Place>,
    /// The search.
    pub hunt: Option<Arc<Hunt>>,
    /// What is wrong with what is searched for.
    pub wrong: Option<String>,
    /// How a pattern is written.
    pub syntax: Syntax,
    /// Whether the search goes on.
    pub is_searching: bool,
    /// Bytes written so far, while they are saved.
    pub saving: Option<u64>,
    /// The match under the cursor: its part and its number there.
    current: Option<(usize, usize)>,
    held: BTreeMap<usize, Held>,
    want: Option<Want>,
    /// The part that the way leads to.
    missing: Option<usize>,
    /// The part that was asked for.
    asked: Option<usize>,
    names: RecordNames,
    /// Where the cursor was before a pattern was typed.
    origin: Place,
    /// Columns of the window.
    pub width: usize,
    /// Rows of the window.
    pub height: usize,
}

impl Follow {
    /// Shows another flow, whose map is still to come.
    pub fn begin(&mut self, flow: FlowRef) {
        *self = Self {
            flow: Some(flow),
            shown_as: self.shown_as,
            only: self.only,
            syntax: self.syntax,
            want: self.want.filter(|want| self.flow.is_none() && matches!(want, Want::Packet(_))),
            width: self.width,
            height: self.height,
            ..Self::default()
        };
    }

    /// Takes the map, or word that it has grown.
    pub fn take_map(&mut self, map: &Arc<StreamMap>) {
        if self.flow != Some(map.flow) {
            return;
        }
        if self.map.is_none() {
            if self.shown_as == As::Records && !map.has_records {
                self.shown_as = As::Text;
            }
            self.map = Some(Arc::clone(map));
            self.want = self.want.or(Some(Want::First));
        }
        let extent = map.extent();
        let now_whole = |number: &usize| number + 1 < extent.parts || extent.is_complete;
        self.held.retain(|number, held| !(held.grows && now_whole(number)));
        self.pursue();
    }

    /// Takes what the timeline tells of the records.
    pub fn take_view(&mut self, view: &FlowView) {
        self.names = RecordNames::of(view);
    }

    /// Takes a part.
    pub fn take_part(&mut self, part: &Arc<Part>) {
        let Some(extent) = self.extent() else { return };
        if self.asked == Some(part.number) {
            self.asked = None;
        }
        let number = part.number;
        let mut chapter = Chapter::new(part, self.only, self.shown_as);
        self.mark(&mut chapter);
        let grows = part.goes_on && number + 1 >= extent.parts;
        self.held.insert(number, Held { part: Arc::clone(part), chapter, grows });
        let here = self.missing.unwrap_or(self.cursor.part);
        while self.held.len() > HELD {
            let farthest = self.held.keys().copied().max_by_key(|at| (at.abs_diff(here), at.abs_diff(self.top.part)));
            self.held.remove(&farthest.unwrap_or_default());
        }
        self.pursue();
        self.reveal();
    }

    /// How many parts are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// The part to ask for, if one is needed and none was asked for.
    pub fn ask(&mut self) -> Option<(Arc<StreamMap>, usize)> {
        let map = self.map.clone().filter(|_| self.asked.is_none())?;
        let parts = map.extent().parts;
        let needed = [self.missing, Some(self.cursor.part), Some(self.top.part)].into_iter().flatten();
        // The neighbours too, so that the way goes on without a pause.
        let near = [true, false].into_iter().filter_map(|way| map.neighbour(self.cursor.part, self.only, way));
        let number = needed.chain(near).find(|number| *number < parts && !self.held.contains_key(number))?;
        self.asked = Some(number);
        Some((map, number))
    }

    /// A part could not be read.
    pub fn fail(&mut self, why: &str) {
        self.failed = Some(why.to_owned());
    }

    /// Whether the cursor is on its way to somewhere.
    pub fn is_on_its_way(&self) -> bool {
        self.want.is_some() || self.map.is_none()
    }

    /// What is known of the conversation.
    pub fn extent(&self) -> Option<Extent> {
        self.map.as_ref().map(|map| map.extent())
    }

    /// Whether there are bytes to look at.
    pub fn has_lines(&self) -> bool {
        self.held.values().any(|held| !held.chapter.blocks.is_empty())
    }

    fn look<'a>(&'a self, map: &'a StreamMap, part: usize) -> Look<'a> {
        let current = self.current.filter(|(at, _)| *at == part).map(|(_, number)| number);
        Look { shown_as: self.shown_as, width: self.width.max(20), map, current, names: &self.names }
    }

    /// A part as it is laid out, if it is held.
    pub fn chapter(&self, part: usize) -> Option<&Chapter> {
        self.held.get(&part).map(|held| &held.chapter)
    }

    /// The lines of a block.
    pub fn lines(&self, part: usize, block: usize) -> Vec<StreamLine> {
        let (Some(map), Some(chapter)) = (&self.map, self.chapter(part)) else { return Vec::new() };
        chapter.lines(block, &self.look(map, part))
    }

    fn count(&self, part: usize, block: usize) -> usize {
        let (Some(map), Some(chapter)) = (&self.map, self.chapter(part)) else { return 0 };
        chapter.line_count(block, &self.look(map, part))
    }

    /// The part after another, or before it, that has anything to show.
    pub fn neighbour(&self, part: usize, forward: bool) -> Option<usize> {
        self.map.as_ref()?.neighbour(part, self.only, forward)
    }

    /// The place `by` lines after (or before) another; ends where the conversation ends, or where a part is missing:
    /// which, and how many lines are left.
    fn moved(&self, from: Place, by: isize) -> (Place, Option<(usize, isize)>) {
        let (mut place, mut left, forward) = (from, by.unsigned_abs(), by > 0);
        loop {
            let Some(chapter) = self.chapter(place.part) else {
                return (place, Some((place.part, if forward { left as isize } else { -(left as isize) })));
            };
            let count = self.count(place.part, place.block);
            let rest = if forward { count.saturating_sub(place.line + 1) } else { place.line };
            if left <= rest {
                place.line = if forward { place.line + left } else { place.line - left };
                return (place, None);
            }
            let within = if forward { place.block + 1 < chapter.blocks.len() } else { place.block > 0 };
            let next = if within {
                let block = if forward { place.block + 1 } else { place.block - 1 };
                Some((place.part, block))
            } else {
                let part = self.neighbour(place.part, forward);
                let held = part.map(|part| (part, self.chapter(part)));
                match held {
                    None => None,
                    Some((part, None)) => {
                        place.line = if forward { place.line + rest } else { 0 };
                        let left = (left - rest) as isize;
                        return (place, Some((part, if forward { left } else { -left })));
                    }
                    Some((part, Some(chapter))) => {
                        Some((part, if forward { 0 } else { chapter.blocks.len().saturating_sub(1) }))
                    }
                }
            };
            let Some((part, block)) = next else {
                place.line = if forward { place.line + rest } else { 0 };
                return (place, None);
            };
            if self.count(part, block) == 0 {
                // A part without a line: through it, without a step.
                place = Place { part, block, line: 0 };
                continue;
            }
            left -= rest + 1;
            place = Place { part, block, line: if forward { 0 } else { self.count(part, block) - 1 } };
        }
    }

    /// Moves the cursor; the window follows.
    pub fn step(&mut self, by: isize) {
        self.aim(Want::Lines(by));
    }

    /// Moves the window; the cursor stays in sight.
    pub fn scroll(&mut self, by: isize) {
        let height = self.height.max(1) as isize;
        let (top, missing) = self.moved(self.top, by);
        self.missing = missing.map(|(part, _)| part);
        let (bottom, _) = self.moved(top, height - 1);
        // The window does not go beyond the last line.
        self.top = if by > 0 { self.moved(bottom, 1 - height).0 } else { top };
        self.cursor = self.cursor.clamp(self.top, bottom.max(self.top));
    }

    fn reveal(&mut self) {
        let height = self.height.max(1) as isize;
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor.part > self.top.part + 1 || self.cursor > self.moved(self.top, height - 1).0 {
            self.top = self.moved(self.cursor, 1 - height).0;
        }
    }

    /// To the beginning.
    pub fn first(&mut self) {
        self.aim(Want::First);
    }

    /// To the end.
    pub fn last(&mut self) {
        self.held.retain(|_, held| !held.grows);
        self.aim(Want::Last);
    }

    /// To a packet's bytes.
    pub fn go_to_packet(&mut self, packet: PacketNumber) {
        self.aim(Want::Packet(packet));
    }

    /// To where the other end speaks next, or back to where the speaker began.
    pub fn next_turn(&mut self, forward: bool) {
        self.aim(Want::Turn(forward));
    }

    /// To the next match or the one before, around the end.
    pub fn next_match(&mut self, forward: bool) {
        self.aim(Want::Match(forward));
    }

    fn aim(&mut self, want: Want) {
        self.want = Some(want);
        self.pursue();
    }

    /// Goes where the cursor is wanted, as far as that is known; what is missing is noted.
    fn pursue(&mut self) {
        self.missing = None;
        let Some(map) = self.map.clone() else { return };
        let Some(want) = self.want else { return };
        match want {
            Want::Lines(by) => {
                let (place, missing) = self.moved(self.cursor, by);
                self.cursor = place;
                self.want = missing.map(|(_, left)| Want::Lines(left));
                self.missing = missing.map(|(part, _)| part);
                self.reveal();
            }
            Want::Packet(packet) => {
                let Some(part) = map.part_of_packet(packet).and_then(|part| self.hold(part)) else { return };
                let found = self.chapter(part).and_then(|chapter| chapter.at_packet(packet));
                self.want = Some(match found {
                    Some((direction, offset)) => Want::Byte(direction, offset, true),
                    None => Want::First,
                });
                if found.is_none() {
                    self.cursor = Place { part, ..Place::default() };
                    self.want = None;
                    self.settle();
                    return;
                }
                self.pursue();
            }
            Want::Byte(direction, offset, heading) => {
                let Some(part) = map.part_of_offset(direction, offset).and_then(|part| self.hold(part)) else { return };
                self.want = None;
                self.go_to(part, direction, offset, heading);
            }
            Want::First => {
                let Some(part) = self.hold(0) else { return };
                let is_empty = self.chapter(part).is_some_and(|chapter| chapter.blocks.is_empty());
                self.cursor = Place::default();
                self.top = Place::default();
                if is_empty {
                    let Some(next) = map.neighbour(0, self.only, true) else {
                        self.want = (!map.extent().is_complete).then_some(want);
                        return;
                    };
                    if self.hold(next).is_none() {
                        return;
                    }
                    self.cursor.part = next;
                    self.top.part = next;
                }
                self.want = None;
            }
            Want::Last => {
                let last = map.neighbour(map.extent().parts, self.only, false);
                let Some(part) = self.hold(last.unwrap_or(0)) else { return };
                self.want = None;
                let block = self.chapter(part).map_or(0, |chapter| chapter.blocks.len().saturating_sub(1));
                self.cursor = Place { part, block, line: self.count(part, block).saturating_sub(1) };
                self.settle();
                self.reveal();
            }
            Want::Turn(forward) => self.pursue_turn(&map, forward),
            Want::Nearest | Want::Match(_) => self.pursue_match(),
        }
    }

    /// A part, if it is held; else it is noted as missing.
    fn hold(&mut self, part: usize) -> Option<usize> {
        if self.held.contains_key(&part) {
            return Some(part);
        }
        self.missing = Some(part);
        None
    }

    /// Leaves a part that has no line.
    fn settle(&mut self) {
        let is_empty = |follow: &Self| follow.chapter(follow.cursor.part).is_some_and(|one| one.blocks.is_empty());
        for forward in [true, false] {
            if is_empty(self)
                && let Some(part) = self.neighbour(self.cursor.part, forward)
            {
                self.aim(Want::Lines(if forward { 1 } else { -1 }));
                self.missing = self.missing.or((!self.held.contains_key(&part)).then_some(part));
                return;
            }
        }
    }

    fn pursue_turn(&mut self, map: &StreamMap, forward: bool) {
        let mut part = self.cursor.part;
        let mut from = Some(self.cursor.block + usize::from(forward || self.cursor.line > 0));
        loop {
            let Some(chapter) = self.chapter(part) else {
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
                self.cursor = Place { part, block, line: 0 };
                self.show_cursor();
                return;
            }
            let Some(next) = map.turning(part, self.only, forward) else {
                self.want = None;
                return;
            };
            part = next;
        }
    }

    /// Puts the cursor on the line that shows a byte of a part, with some lines above it.
    fn go_to(&mut self, part: usize, direction: Direction, offset: u64, heading: bool) {
        let Some(map) = self.map.clone() else { return };
        let Some(chapter) = self.chapter(part) else { return };
        let place = chapter.place_of(direction, offset, &self.look(&map, part));
        let Some((block, line)) = place else {
            self.cursor = Place { part, ..Place::default() };
            self.settle();
            return;
        };
        let begins = chapter.blocks[block].turn && chapter.blocks[block].range.start == offset;
        self.cursor = Place { part, block, line: if heading && begins { 0 } else { line } };
        self.show_cursor();
    }

    fn show_cursor(&mut self) {
        let seen = self.top.part + 1 >= self.cursor.part
            && self.cursor >= self.top
            && self.cursor <= self.moved(self.top, self.height.max(1) as isize - 1).0;
        if !seen {
            self.top = self.moved(self.cursor, -(self.height as isize / 3)).0;
        }
    }

    /// The line under the cursor.
    pub fn line(&self) -> Option<StreamLine> {
        self.lines(self.cursor.part, self.cursor.block).into_iter().nth(self.cursor.line)
    }

    /// The packet of the line under the cursor.
    pub fn packet(&self) -> Option<PacketNumber> {
        self.line().map(|line| line.packet)
    }

    /// The next way to show bytes.
    pub fn next_form(&mut self) {
        let has_records = self.map.as_ref().is_some_and(|map| map.has_records);
        self.keep_place(|follow| follow.shown_as = follow.shown_as.next(has_records));
    }

    /// Both directions, the client's, the server's.
    pub fn next_direction(&mut self) {
        let packet = self.packet();
        self.only = match self.only {
            None => Some(Direction::ToServer),
            Some(Direction::ToServer) => Some(Direction::ToClient),
            Some(Direction::ToClient) => None,
        };
        self.lay_out();
        self.selected_from = None;
        self.top = Place { part: self.cursor.part, ..Place::default() };
        self.cursor = self.top;
        match packet {
            Some(packet) => self.aim(Want::Packet(packet)),
            None => self.aim(Want::First),
        }
    }

    /// Lays out anew what is held.
    fn lay_out(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        for one in held.values_mut() {
            one.chapter = Chapter::new(&one.part, self.only, self.shown_as);
            self.mark(&mut one.chapter);
        }
        self.held = held;
    }

    /// Takes note of the window's size.
    pub fn laid(&mut self, width: usize, height: usize) {
        self.height = height;
        if width != self.width {
            self.keep_place(|follow| follow.width = width);
        }
        self.reveal();
    }

    /// Changes the layout; the cursor stays on its byte.
    fn keep_place(&mut self, change: impl FnOnce(&mut Self)) {
        let line = self.line();
        let on_heading = line.as_ref().is_some_and(|line| line.range.is_empty());
        let before = self.shown_as;
        change(self);
        if before != self.shown_as {
            self.lay_out();
            self.selected_from = None;
        }
        self.top = Place { part: self.cursor.part, ..Place::default() };
        if let Some(line) = line {
            let offset = line.range.start;
            self.go_to(self.cursor.part, line.direction, offset, on_heading);
        }
        self.reveal();
    }

    /// Takes note of where the cursor is before a pattern is typed.
    pub fn begin_search(&mut self) {
        self.origin = self.cursor;
    }

    /// Goes back to where the cursor was before a pattern was typed.
    pub fn give_up_search(&mut self) {
        self.search("");
        self.cursor = self.origin;
        self.aim(Want::Lines(0));
    }

    /// Searches for a pattern from where the cursor was before it was typed; what the engine is to look for.
    pub fn search(&mut self, text: &str) -> Option<Search> {
        (self.hunt, self.current, self.wrong) = (None, None, None);
        self.is_searching = false;
        match Pattern::new(self.syntax, text) {
            Ok(Some(pattern)) => self.hunt = Some(Arc::new(Hunt::new(pattern, self.only))),
            Ok(None) => {}
            Err(why) => self.wrong = Some(why),
        }
        let mut held = std::mem::take(&mut self.held);
        for one in held.values_mut() {
            self.mark(&mut one.chapter);
        }
        self.held = held;
        let (map, hunt) = self.map.clone().zip(self.hunt.clone())?;
        self.is_searching = true;
        self.cursor = self.origin;
        self.aim(Want::Nearest);
        Some(Search { map, hunt, from: self.origin.part })
    }

    /// The search again after the direction changed.
    pub fn search_again(&mut self) -> Option<Search> {
        let text = self.hunt.as_ref().map(|hunt| hunt.pattern.text.clone())?;
        self.begin_search();
        self.search(&text)
    }

    fn mark(&self, chapter: &mut Chapter) {
        chapter.matches = match &self.hunt {
            Some(hunt) => hunt.pattern.matches(&chapter.part, self.only),
            None => Vec::new(),
        };
    }

    /// Takes note that the search has come further, or to its end.
    pub fn take_counts(&mut self, is_last: bool) {
        self.is_searching &= !is_last;
        self.pursue();
    }

    /// How many matches there are so far, and whether that is all.
    pub fn matches(&self) -> (u64, bool) {
        self.hunt.as_ref().map_or((0, true), |hunt| hunt.total())
    }

    /// What the search has found, for the line above the streams.
    pub fn tally(&self) -> Option<Tally<'_>> {
        let hunt = self.hunt.as_ref()?;
        let (count, is_done) = hunt.total();
        let current = self.current.and_then(|(part, number)| Some(hunt.before(part)? + number as u64 + 1));
        let parts = self.extent().map_or(1, |extent| extent.parts.max(1));
        let searched = (!is_done).then(|| hunt.searched() as u64 * 100 / parts as u64);
        Some(Tally { pattern: &hunt.pattern.text, syntax: hunt.pattern.syntax.name(), current, count, searched })
    }

    fn pursue_match(&mut self) {
        let Some(hunt) = self.hunt.clone() else {
            self.want = None;
            return;
        };
        let forward = !matches!(self.want, Some(Want::Match(false)));
        let here = self.current.map_or(self.cursor.part, |(part, _)| part);
        let Some(chapter) = self.chapter(here) else {
            self.missing = Some(here);
            return;
        };
        let matches = &chapter.matches;
        let next = match self.current {
            // None yet: the first one at or after the cursor's line.
            None => {
                let line = self.line();
                let at = line.and_then(|line| chapter.byte_at(line.direction, line.range.start)).unwrap_or(0);
                let after = matches.partition_point(|one| one.at < at);
                if forward { Some(after) } else { after.checked_sub(1) }
            }
            Some((_, number)) if forward => Some(number + 1),
            Some((_, number)) => number.checked_sub(1),
        };
        if let Some(number) = next.filter(|number| *number < matches.len()) {
            self.want = None;
            return self.go_to_match(here, number);
        }
        match hunt.lead(here, forward) {
            Lead::Unknown if self.is_searching => {}
            Lead::Unknown | Lead::Nowhere => self.want = None,
            Lead::Part(part) => {
                let Some(part) = self.hold(part) else { return };
                let Some(count) = self.chapter(part).map(|chapter| chapter.matches.len()).filter(|count| *count > 0)
                else {
                    self.want = None;
                    return;
                };
                self.want = None;
                self.go_to_match(part, if forward { 0 } else { count - 1 });
            }
        }
    }

    fn go_to_match(&mut self, part: usize, number: usize) {
        let Some(one) = self.chapter(part).and_then(|chapter| chapter.matches.get(number)).copied() else { return };
        self.current = Some((part, number));
        let begin = self.chapter(part).and_then(|chapter| chapter.offset_at(one.at)).unwrap_or(one.range.start);
        self.go_to(part, one.direction, begin, false);
        self.reveal();
    }

    /// Begins a selection at the cursor, or ends it.
    pub fn toggle_selection(&mut self) {
        self.selected_from = if self.selected_from.is_some() { None } else { Some(self.cursor) };
    }

    /// The first and the last selected line; the cursor's alone without a selection.
    pub fn selection(&self) -> (Place, Place) {
        let from = self.selected_from.unwrap_or(self.cursor);
        (from.min(self.cursor), from.max(self.cursor))
    }

    /// What is selected, as text, and how many lines that is; else why it cannot be copied.
    pub fn copied(&self) -> Result<(String, usize), String> {
        let (from, to) = self.selection();
        let too_much = || format!("more than {} kB are selected: w saves a direction to a file", MAX_COPY / 1000);
        let (mut text, mut bytes, mut count) = (String::new(), Vec::new(), 0);
        let mut part = from.part;
        loop {
            let chapter = self.chapter(part).ok_or_else(too_much)?;
            let first = if part == from.part { from.block } else { 0 };
            for block in first..chapter.blocks.len() {
                for (at, line) in self.lines(part, block).iter().enumerate() {
                    let place = Place { part, block, line: at };
                    if place < from || place > to {
                        continue;
                    }
                    count += 1;
                    if self.shown_as == As::Text {
                        bytes.extend_from_slice(chapter.line_bytes(block, line));
                    } else {
                        text.push_str(line.line.plain().trim_end());
                        text.push('\n');
                    }
                    if text.len() + bytes.len() > MAX_COPY {
                        return Err(too_much());
                    }
                }
                if (Place { part, block, line: usize::MAX }) >= to {
                    break;
                }
            }
            match self.neighbour(part, true).filter(|_| part < to.part) {
                Some(next) => part = next,
                None => break,
            }
        }
        text.push_str(&plain(&bytes));
        Ok((text, count))
    }

    /// A name for the file to save to.
    pub fn file_name(&self) -> String {
        let flow = self.flow.map_or(0, |flow| flow.flow.0);
        match self.only {
            None => format!("flow-{flow}.bin"),
            Some(only) => format!("flow-{flow}-{}.bin", only.sender()),
        }
    }
}
