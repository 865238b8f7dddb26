//! The parts of the conversation that are held, laid out in lines, their matches marked. A stream of any size is never
//! held or laid out as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::follow::{Extent, Hunt, Part};
use crate::engine::{FlowView, StreamMap};
use crate::present::follow::{As, Chapter, Look, RecordNames, StreamLine};
use crate::vocab::Direction;

/// Parts that are held.
const HELD: usize = 4;
/// Columns that lines take at least.
const NARROWEST: usize = 20;

/// A part that is held.
#[derive(Debug)]
struct Held {
    part: Arc<Part>,
    chapter: Chapter,
    /// Whether more of it may come.
    grows: bool,
}

/// The parts of a conversation.
#[derive(Debug, Default)]
pub struct Parts {
    /// The map of the conversation, once it is there.
    pub map: Option<Arc<StreamMap>>,
    /// How bytes are shown.
    pub shown_as: As,
    /// The only direction shown; both if none.
    pub only: Option<Direction>,
    /// Columns of the window.
    pub width: usize,
    /// The match under the cursor: its part and its number there.
    pub current: Option<(usize, usize)>,
    names: RecordNames,
    held: BTreeMap<usize, Held>,
}

impl Parts {
    /// No part of any conversation; how it is shown stays.
    pub(super) fn emptied(&self) -> Self {
        Self { shown_as: self.shown_as, only: self.only, width: self.width, ..Self::default() }
    }

    /// Takes the map, or word that it has grown: what was not whole and is now is asked for again. Whether it is the first.
    pub fn take_map(&mut self, map: &Arc<StreamMap>) -> bool {
        let is_first = self.map.is_none();
        if is_first {
            if self.shown_as == As::Records && !map.has_records {
                self.shown_as = As::Text;
            }
            self.map = Some(Arc::clone(map));
        }
        let extent = map.extent();
        let now_whole = |number: &usize| number + 1 < extent.parts || extent.is_complete;
        self.held.retain(|number, held| !(held.grows && now_whole(number)));
        is_first
    }

    /// Takes what the timeline tells of the records.
    pub fn take_names(&mut self, view: &FlowView) {
        self.names = RecordNames::of(view);
    }

    /// Takes a part; those that are farthest from `here` and `top` give way.
    pub fn take(&mut self, part: &Arc<Part>, hunt: Option<&Hunt>, (here, top): (usize, usize)) {
        let Some(extent) = self.extent() else { return };
        let number = part.number;
        let mut chapter = Chapter::new(part, self.only, self.shown_as);
        mark(&mut chapter, hunt, self.only);
        let grows = part.goes_on && number + 1 >= extent.parts;
        self.held.insert(number, Held { part: Arc::clone(part), chapter, grows });
        while self.held.len() > HELD {
            let farthest = self.held.keys().copied().max_by_key(|at| (at.abs_diff(here), at.abs_diff(top)));
            self.held.remove(&farthest.unwrap_or_default());
        }
    }

    /// Lays out anew what is held.
    pub fn lay_out(&mut self, hunt: Option<&Hunt>) {
        for held in self.held.values_mut() {
            held.chapter = Chapter::new(&held.part, self.only, self.shown_as);
            mark(&mut held.chapter, hunt, self.only);
        }
    }

    /// Marks what a search finds; none of it is the current match.
    pub fn mark(&mut self, hunt: Option<&Hunt>) {
        self.current = None;
        for held in self.held.values_mut() {
            mark(&mut held.chapter, hunt, self.only);
        }
    }

    /// Lets go of what may have grown.
    pub fn let_growing_go(&mut self) {
        self.held.retain(|_, held| !held.grows);
    }

    /// How many parts are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether a part is held.
    pub fn has(&self, part: usize) -> bool {
        self.held.contains_key(&part)
    }

    /// Whether there are bytes to look at.
    pub fn has_lines(&self) -> bool {
        self.held.values().any(|held| !held.chapter.blocks.is_empty())
    }

    /// What is known of the conversation.
    pub fn extent(&self) -> Option<Extent> {
        self.map.as_ref().map(|map| map.extent())
    }

    /// The part after another, or before it, that has anything to show.
    pub fn neighbour(&self, part: usize, forward: bool) -> Option<usize> {
        self.map.as_ref()?.neighbour(part, self.only, forward)
    }

    /// A part as it is laid out, if it is held.
    pub fn chapter(&self, part: usize) -> Option<&Chapter> {
        self.held.get(&part).map(|held| &held.chapter)
    }

    /// Whether a part is held and shows nothing.
    pub fn is_blank(&self, part: usize) -> bool {
        self.chapter(part).is_some_and(|chapter| chapter.blocks.is_empty())
    }

    /// The last block of a part.
    pub fn last_block(&self, part: usize) -> usize {
        self.chapter(part).map_or(0, |chapter| chapter.blocks.len().saturating_sub(1))
    }

    /// The lines of a block.
    pub fn lines(&self, part: usize, block: usize) -> Vec<StreamLine> {
        let (Some(map), Some(chapter)) = (&self.map, self.chapter(part)) else { return Vec::new() };
        chapter.lines(block, &self.look(map, part))
    }

    /// How many lines a block has.
    pub fn count(&self, part: usize, block: usize) -> usize {
        let (Some(map), Some(chapter)) = (&self.map, self.chapter(part)) else { return 0 };
        chapter.line_count(block, &self.look(map, part))
    }

    /// The block and the line in it that show a byte of a part.
    pub fn place_of(&self, part: usize, direction: Direction, offset: u64) -> Option<(usize, usize)> {
        let (map, chapter) = (self.map.as_ref()?, self.chapter(part)?);
        chapter.place_of(direction, offset, &self.look(map, part))
    }

    fn look<'a>(&'a self, map: &'a StreamMap, part: usize) -> Look<'a> {
        let current = self.current.filter(|(at, _)| *at == part).map(|(_, number)| number);
        Look { shown_as: self.shown_as, width: self.width.max(NARROWEST), map, current, names: &self.names }
    }
}

fn mark(chapter: &mut Chapter, hunt: Option<&Hunt>, only: Option<Direction>) {
    chapter.matches = hunt.map_or_else(Vec::new, |hunt| hunt.pattern.matches(&chapter.part, only));
}
