//! The search in the conversation: its pattern, how far it is, which match comes next.

use std::sync::Arc;

use super::parts::Parts;
use super::place::Place;
use crate::engine::follow::{Hunt, Pattern, Syntax};
use crate::present::follow::{Chapter, Tally};
use crate::vocab::Direction;

/// The state of the search.
#[derive(Debug, Default)]
pub struct Search {
    /// What is searched for, and what was found.
    pub hunt: Option<Arc<Hunt>>,
    /// What is wrong with the pattern.
    pub wrong: Option<String>,
    /// How a pattern is written.
    pub syntax: Syntax,
    /// Whether the engine is searching.
    pub is_under_way: bool,
    /// Where the cursor was before a pattern was typed.
    pub origin: Place,
}

impl Search {
    /// A pattern is about to be typed, while the cursor is here.
    pub fn begin(&mut self, cursor: Place) {
        self.origin = cursor;
        self.wrong = None;
    }

    /// Takes another pattern; none where it is empty or wrong.
    pub fn set(&mut self, text: &str, only: Option<Direction>) {
        (self.hunt, self.wrong, self.is_under_way) = (None, None, false);
        match Pattern::new(self.syntax, text) {
            Ok(Some(pattern)) => self.hunt = Some(Arc::new(Hunt::new(pattern, only))),
            Ok(None) => {}
            Err(why) => self.wrong = Some(why),
        }
    }

    /// How many matches there are so far, and whether that is all.
    pub fn matches(&self) -> (u64, bool) {
        self.hunt.as_ref().map_or((0, true), |hunt| hunt.total())
    }

    /// Whether nothing was found, and nothing will be.
    pub fn is_vain(&self) -> bool {
        self.matches() == (0, true)
    }

    /// What was found, for the line above the streams.
    pub fn tally(&self, parts: &Parts) -> Option<Tally<'_>> {
        let hunt = self.hunt.as_ref()?;
        let (count, is_done) = hunt.total();
        let current = parts.current.and_then(|(part, number)| Some(hunt.before(part)? + number as u64 + 1));
        let all = parts.extent().map_or(1, |extent| extent.parts.max(1));
        let searched = (!is_done).then(|| hunt.searched() as u64 * 100 / all as u64);
        Some(Tally { pattern: &hunt.pattern.text, syntax: hunt.pattern.syntax, current, count, searched })
    }
}

/// The number of the match of a chapter that comes next: after (or before) `current`; without one the first at or after
/// a byte of the chapter (or the last before it).
pub fn next(chapter: &Chapter, current: Option<usize>, byte: usize, forward: bool) -> Option<usize> {
    let next = match current {
        None => {
            let after = chapter.matches.partition_point(|one| one.at < byte);
            if forward { Some(after) } else { after.checked_sub(1) }
        }
        Some(number) if forward => Some(number + 1),
        Some(number) => number.checked_sub(1),
    };
    next.filter(|number| *number < chapter.matches.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::follow::Match;
    use crate::vocab::StreamRange;

    #[test]
    fn matches_follow_each_other_from_the_cursor_on() {
        let found = |at: usize| {
            let range = StreamRange::new(at as u64, at as u64 + 1);
            Match { direction: Direction::ToServer, range, at }
        };
        let chapter = Chapter { matches: vec![found(10), found(20), found(30)], ..Chapter::default() };
        for (current, byte, forward, number) in [
            (None, 0, true, Some(0)),
            (None, 20, true, Some(1)),
            (None, 31, true, None),
            (None, 20, false, Some(0)),
            (None, 10, false, None),
            (Some(0), 99, true, Some(1)),
            (Some(2), 0, true, None),
            (Some(0), 99, false, None),
            (Some(2), 0, false, Some(1)),
        ] {
            assert_eq!(next(&chapter, current, byte, forward), number, "{current:?} {byte} {forward}");
        }
    }

    #[test]
    fn a_wrong_pattern_is_told_until_another_one_is_typed() {
        let mut search = Search { syntax: Syntax::Regex, ..Search::default() };
        search.set("(", None);
        assert!(search.wrong.is_some() && search.hunt.is_none() && search.is_vain());
        search.begin(Place::default());
        assert_eq!(search.wrong, None);
        search.set("(a)", None);
        assert!(search.wrong.is_none() && !search.is_vain(), "it is still to be searched for");
        search.set("", None);
        assert!(search.hunt.is_none() && search.is_vain());
    }
}
