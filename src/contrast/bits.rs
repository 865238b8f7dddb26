//! Sets of units as bits: what two conditions have in common is counted a word at a time.

/// A set of units, by their places.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The units below `len` for which `holds`.
    pub fn of(len: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let word = |word: usize| {
            let places = word * 64..len.min(word * 64 + 64);
            places.fold(0, |bits, at| bits | u64::from(holds(at)) << (at % 64))
        };
        Self((0..len.div_ceil(64)).map(word).collect())
    }

    /// These units of `len`.
    pub fn these(len: usize, units: &[usize]) -> Self {
        let mut words = vec![0; len.div_ceil(64)];
        for at in units {
            words[at / 64] |= 1 << (at % 64);
        }
        Self(words)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many are in both.
    pub fn shared(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(one, other)| (one & other).count_ones() as usize).sum()
    }

    /// How many are in all three.
    pub fn shared_by_three(&self, second: &Self, third: &Self) -> usize {
        let words = self.0.iter().zip(&second.0).zip(&third.0);
        words.map(|((one, second), third)| (one & second & third).count_ones() as usize).sum()
    }

    /// Those in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & other).collect())
    }

    /// Those in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one | other).collect())
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & !other).collect())
    }

    /// Their places, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let rest = std::iter::successors(Some(*word).filter(|word| *word != 0), |word| {
                Some(word & (word - 1)).filter(|word| *word != 0)
            });
            rest.map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_counted_and_joined() {
        let threes = Bits::of(200, |at| at % 3 == 0);
        let fives = Bits::of(200, |at| at % 5 == 0);
        let late = Bits::these(200, &[30, 60, 64, 199]);
        assert_eq!((threes.count(), threes.shared(&fives)), (67, 14));
        assert_eq!(threes.shared_by_three(&fives, &late), 2);
        assert_eq!(threes.and(&fives).and(&late).iter().collect::<Vec<_>>(), [30, 60]);
        assert_eq!(late.without(&threes).iter().collect::<Vec<_>>(), [64, 199]);
        assert_eq!(threes.or(&fives).count(), 67 + 40 - 14);
    }
}
