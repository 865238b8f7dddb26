//! A scan over time: do the failing come in a burst?

use super::Random;

/// Shufflings that a window is compared with.
const SHUFFLINGS: usize = 999;
/// Shufflings that do better, after which it is settled that the window is nothing (Besag and Clifford 1991).
const ENOUGH: usize = 100;
/// Failing ones that a window has at least.
const LEAST: usize = 3;
/// The seed of the shufflings: one capture has one answer.
const SEED: u64 = 0x5ca9;

/// The window in which the failing are densest.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// The place of the first one in it, in the order of time.
    pub first: usize,
    /// The place of the last one.
    pub last: usize,
    /// The failing in it.
    pub failed: usize,
    /// The probability that some window is as dense by chance.
    pub p: f64,
}

/// The densest window of consecutive ones, of which those at the sorted places `failed` fail and `total` are all; none with
/// too few failing ones, with no other, or where `is_over`.
pub fn scan(failed: &[usize], total: usize, is_over: &dyn Fn() -> bool) -> Option<Window> {
    if failed.len() < LEAST || failed.len() >= total {
        return None;
    }
    let sizes = sizes(failed.len());
    let (score, first, size) = densest(failed, total, &sizes)?;
    let mut random = Random::new(SEED);
    let mut shuffled = Shuffled::new(total);
    let (mut better, mut done) = (0, 0);
    while done < SHUFFLINGS && better < ENOUGH {
        if is_over() {
            return None;
        }
        let places = shuffled.draw(failed.len(), &mut random);
        better += usize::from(densest(places, total, &sizes).is_some_and(|(other, ..)| other >= score));
        done += 1;
    }
    let p = (better + 1) as f64 / (done + 1) as f64;
    Some(Window { first: failed[first], last: failed[first + size - 1], failed: size, p })
}

/// Numbers of failing ones that windows are tried with: each some tenths larger than the one before.
fn sizes(failed: usize) -> Vec<usize> {
    let grow = |size: &usize| Some((size + 1).max(size * 5 / 4)).filter(|size| *size <= failed);
    std::iter::successors(Some(LEAST), grow).collect()
}

/// The score of the densest window, the place of its first failing one among the failing, and how many it has.
fn densest(failed: &[usize], total: usize, sizes: &[usize]) -> Option<(f64, usize, usize)> {
    let windows = sizes.iter().filter_map(|size| {
        // Of windows with as many failing ones the shortest is the densest.
        let ends = failed.windows(*size).enumerate().map(|(at, window)| (window[size - 1] - window[0] + 1, at));
        let (length, at) = ends.min()?;
        Some((score(*size, length, failed.len(), total), at, *size))
    });
    windows.max_by(|one, other| one.0.total_cmp(&other.0))
}

/// Kulldorff's logarithm of the likelihood ratio: that those inside fail more often than those outside, against that all
/// fail alike.
fn score(inside: usize, length: usize, failed: usize, total: usize) -> f64 {
    let likelihood = |part: usize, whole: usize| {
        let (part, whole) = (part as f64, whole as f64);
        let of = |count: f64| if count > 0.0 { count * (count / whole).ln() } else { 0.0 };
        of(part) + of(whole - part)
    };
    if inside * total <= failed * length {
        return 0.0;
    }
    likelihood(inside, length) + likelihood(failed - inside, total - length) - likelihood(failed, total)
}

/// Places drawn at random.
struct Shuffled {
    total: usize,
    taken: Vec<u64>,
    places: Vec<usize>,
}

impl Shuffled {
    fn new(total: usize) -> Self {
        Self { total, taken: vec![0; total.div_ceil(64)], places: Vec::new() }
    }

    /// So many different places below the total, sorted.
    fn draw(&mut self, count: usize, random: &mut Random) -> &[usize] {
        self.taken.fill(0);
        // Of more than half it is quicker to draw those that are left out.
        let is_inverse = count > self.total / 2;
        let mut left = if is_inverse { self.total - count } else { count };
        while left > 0 {
            let place = random.below(self.total);
            let (word, bit) = (&mut self.taken[place / 64], 1 << (place % 64));
            left -= usize::from(*word & bit == 0);
            *word |= bit;
        }
        self.places.clear();
        for (at, word) in self.taken.iter().enumerate() {
            let mut word = if is_inverse { !word } else { *word };
            while word != 0 {
                let place = at * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                self.places.extend((place < self.total).then_some(place));
            }
        }
        &self.places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(failed: &[usize], total: usize) -> Window {
        scan(failed, total, &|| false).expect("a window")
    }

    #[test]
    fn a_burst_is_found() {
        let burst = window(&[30, 500, 502, 503, 505, 506, 900], 1000);
        assert_eq!((burst.first, burst.last, burst.failed), (500, 506, 5));
        assert!(burst.p <= 0.001, "{}", burst.p);
    }

    #[test]
    fn what_is_spread_is_none() {
        let spread: Vec<usize> = (0..20).map(|at| at * 47 + at * at % 13).collect();
        assert!(window(&spread, 1000).p > 0.2);
        assert_eq!(scan(&[1, 2], 1000, &|| false), None);
        assert_eq!(scan(&[0, 1, 2], 3, &|| false), None);
        assert_eq!(scan(&[1, 2, 3], 1000, &|| true), None);
    }

    #[test]
    fn drawn_places_are_sorted_and_different() {
        let (mut shuffled, mut random) = (Shuffled::new(130), Random::new(1));
        for count in [1, 60, 129, 130] {
            let places = shuffled.draw(count, &mut random);
            assert_eq!(places.len(), count);
            assert!(places.is_sorted_by(|a, b| a < b) && places[count - 1] < 130);
        }
    }
}
