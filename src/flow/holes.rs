//! The bytes of one direction that a later segment left out: what tells a late segment from one sent again.
//!
//! Only flows that lose or reorder segments have any, so a row without them costs a pointer.

use super::sequence::after;
use crate::vocab::{Direction, PerDirection};

/// Holes kept of a direction. Beyond that the two oldest become one, the bytes between them included: a segment sent
/// again there may be called out of order, and nothing else changes.
const MAX_HOLES: usize = 32;

/// Ranges of sequence numbers not captured yet, in order.
#[derive(Clone, Debug, Default)]
pub struct Holes {
    ranges: Vec<(u32, u32)>,
}

impl Holes {
    /// Notes that the bytes from `start` to before `end`, which come after all others, were left out.
    pub fn open(&mut self, start: u32, end: u32) {
        if self.ranges.len() == MAX_HOLES {
            self.ranges[0].1 = self.ranges[1].1;
            self.ranges.remove(1);
        }
        self.ranges.push((start, end));
    }

    /// Whether one of the bytes from `start` to before `end` was left out.
    pub fn touch(&self, start: u32, end: u32) -> bool {
        self.ranges.iter().any(|hole| after(hole.1, start) && after(end, hole.0))
    }

    /// Takes note that the bytes from `start` to before `end` came late.
    pub fn fill(&mut self, start: u32, end: u32) {
        let Some(at) = self.ranges.iter().position(|hole| after(hole.1, start) && after(end, hole.0)) else { return };
        let mut left = Vec::with_capacity(self.ranges.len() + 1);
        for (from, to) in self.ranges.drain(at..) {
            if !(after(to, start) && after(end, from)) {
                left.push((from, to));
                continue;
            }
            if after(start, from) {
                left.push((from, start));
            }
            if after(to, end) {
                left.push((end, to));
            }
        }
        self.ranges.append(&mut left);
        // One hole more than before, where one was split.
        if self.ranges.len() > MAX_HOLES {
            self.ranges[0].1 = self.ranges[1].1;
            self.ranges.remove(1);
        }
    }

    /// Takes note that the other end acknowledged all bytes before `ack`; whether any of them was left out.
    pub fn acknowledge(&mut self, ack: u32) -> bool {
        let before = self.ranges.len();
        self.ranges.retain(|hole| after(hole.1, ack));
        self.ranges.len() < before
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

/// Takes note of what an end acknowledges of the other one's stream; whether any of it was left out.
pub fn acknowledge_holes(holes: &mut Option<Box<PerDirection<Holes>>>, by: Direction, ack: u32) -> bool {
    let Some(both) = holes else { return false };
    let told = both[by.reversed()].acknowledge(ack);
    if told && Direction::BOTH.iter().all(|way| both[*way].is_empty()) {
        *holes = None;
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(opened: &[(u32, u32)], filled: (u32, u32), expected: &[(u32, u32)]) {
        let mut holes = Holes::default();
        for (start, end) in opened {
            holes.open(*start, *end);
        }
        holes.fill(filled.0, filled.1);
        assert_eq!(holes.ranges, expected, "{opened:?} filled {filled:?}");
    }

    #[test]
    fn a_hole_is_filled_cut_or_split() {
        check(&[(10, 20)], (10, 20), &[]);
        check(&[(10, 20)], (5, 12), &[(12, 20)]);
        check(&[(10, 20)], (15, 25), &[(10, 15)]);
        check(&[(10, 20)], (12, 15), &[(10, 12), (15, 20)]);
        check(&[(10, 20), (30, 40), (50, 60)], (15, 35), &[(10, 15), (35, 40), (50, 60)]);
        check(&[(10, 20)], (20, 30), &[(10, 20)]);
        check(&[(u32::MAX - 4, 5)], (u32::MAX, 2), &[(u32::MAX - 4, u32::MAX), (2, 5)]);
    }

    #[test]
    fn a_hole_that_is_acknowledged_is_one_of_the_capture() {
        let mut holes = Holes::default();
        holes.open(10, 20);
        holes.open(30, 40);
        assert_eq!([10, 19, 20, 20, 40].map(|ack| holes.acknowledge(ack)), [false, false, true, false, true]);
        assert!(holes.is_empty());
    }

    #[test]
    fn of_too_many_holes_the_oldest_become_one() {
        let mut holes = Holes::default();
        for number in 0..=MAX_HOLES as u32 {
            holes.open(number * 10, number * 10 + 5);
        }
        assert_eq!(holes.ranges.len(), MAX_HOLES);
        assert_eq!(holes.ranges[0], (0, 15));
        assert!(holes.touch(320, 321) && !holes.touch(326, 330));
    }
}
