//! A search through a whole conversation: how many matches each part has, counted part by part in the background.

use std::time::Duration;

use parking_lot::Mutex;

use super::map::StreamMap;
use super::pattern::Pattern;
use crate::engine::error::Error;
use crate::vocab::Direction;

/// Pause before looking whether the map has grown.
const PAUSE: Duration = Duration::from_millis(20);

/// A search and what it has found so far.
#[derive(Debug)]
pub struct Hunt {
    /// What is searched for.
    pub pattern: Pattern,
    /// In which direction; in both without.
    pub only: Option<Direction>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    counts: Vec<Option<u32>>,
    searched: usize,
    total: u64,
    is_done: bool,
}

/// Where the next match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lead {
    /// In this part.
    Part(usize),
    /// The search has not come so far.
    Unknown,
    /// There is no match in any part.
    Nowhere,
}

impl Hunt {
    /// A search that has not begun.
    pub fn new(pattern: Pattern, only: Option<Direction>) -> Self {
        Self { pattern, only, found: Mutex::default() }
    }

    /// Matches found so far, and whether that is all.
    pub fn total(&self) -> (u64, bool) {
        let found = self.found.lock();
        (found.total, found.is_done)
    }

    /// Parts searched so far.
    pub fn searched(&self) -> usize {
        self.found.lock().searched
    }

    /// How many matches lie in the parts before this one; `None` where not all of those were searched.
    pub fn before(&self, part: usize) -> Option<u64> {
        let found = self.found.lock();
        let counts = found.counts.get(..part)?;
        counts.iter().map(|count| count.map(u64::from)).sum()
    }

    /// The next part after `part` (or before it) with a match, around the end; `part` itself comes last.
    pub fn lead(&self, part: usize, forward: bool) -> Lead {
        let found = self.found.lock();
        let len = found.counts.len();
        for step in 1..=len.max(part + 1) {
            let all = len.max(part + 1);
            let at = if forward { (part + step) % all } else { (part + all - step) % all };
            // Around the end only once it is known where that is.
            let around = if forward { at <= part } else { at >= part };
            match found.counts.get(at).copied().flatten() {
                _ if around && !found.is_done => return Lead::Unknown,
                None => return Lead::Unknown,
                Some(0) => {}
                Some(_) => return Lead::Part(at),
            }
        }
        if found.is_done { Lead::Nowhere } else { Lead::Unknown }
    }

    /// Counts the matches of every part, from `from` on, then those before it; backwards, the other way round.
    pub(in crate::engine) fn run(
        &self,
        map: &StreamMap,
        from: usize,
        forward: bool,
        is_over: &dyn Fn() -> bool,
        tick: &mut dyn FnMut(),
    ) -> Result<(), Error> {
        if !forward {
            for part in (0..=from).rev() {
                if !self.count(map, part, is_over, tick)? {
                    return Ok(());
                }
            }
        }
        let mut part = if forward { from } else { from + 1 };
        while self.count(map, part, is_over, tick)? {
            part += 1;
        }
        if is_over() {
            return Ok(());
        }
        for part in (0..from).filter(|_| forward) {
            if !self.count(map, part, is_over, tick)? {
                return Ok(());
            }
        }
        self.found.lock().is_done = true;
        Ok(())
    }

    /// Counts the matches of a part once it is known; whether there is such a part and the search goes on.
    fn count(
        &self,
        map: &StreamMap,
        part: usize,
        is_over: &dyn Fn() -> bool,
        tick: &mut dyn FnMut(),
    ) -> Result<bool, Error> {
        loop {
            let extent = map.extent();
            if is_over() || extent.is_complete && part >= extent.parts {
                return Ok(false);
            }
            if extent.is_complete || part + 1 < extent.parts {
                break;
            }
            std::thread::sleep(PAUSE);
            tick();
        }
        if self.found.lock().counts.get(part).copied().flatten().is_some() {
            return Ok(true);
        }
        let count = self.pattern.count(&map.part(part)?, self.only);
        {
            let mut found = self.found.lock();
            if found.counts.len() <= part {
                found.counts.resize(part + 1, None);
            }
            found.counts[part] = Some(u32::try_from(count).unwrap_or(u32::MAX));
            found.searched += 1;
            found.total += count;
        }
        tick();
        Ok(true)
    }
}
