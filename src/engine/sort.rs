//! Rows put in order by keys that whoever shows them made of them; what the keys mean is not known here.

use hashbrown::HashMap;

/// A row and what it is sorted by: its group, then whether its value is missing, then its key, then what breaks the tie,
/// then its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keyed {
    /// The key; where there are texts, the number of one of them.
    pub key: u128,
    /// What breaks a tie of keys.
    pub tie: u16,
    /// Whether it has no value; such rows come last in their group, whichever way they are sorted.
    pub missing: bool,
    /// Its group's place.
    pub group: u16,
    /// The row.
    pub row: u32,
}

/// Rows to be put in order.
#[derive(Clone, Debug, Default)]
pub struct Unsorted {
    /// The rows.
    pub rows: Vec<Keyed>,
    /// The texts that the keys stand for, each with its number; none where keys are numbers.
    pub texts: HashMap<String, u32>,
    /// Whether the largest key comes first.
    pub reverse: bool,
}

impl Unsorted {
    /// The rows' numbers in order.
    pub fn sorted(self) -> Vec<u32> {
        let Self { mut rows, texts, reverse } = self;
        if !texts.is_empty() {
            let ranks = ranks(texts);
            for row in rows.iter_mut().filter(|row| !row.missing) {
                row.key = ranks.get(row.key as usize).map_or(u128::MAX, |rank| u128::from(*rank));
            }
        }
        rows.sort_unstable_by(|a, b| {
            let keys = (a.key, a.tie).cmp(&(b.key, b.tie));
            let keys = if reverse { keys.reverse() } else { keys };
            a.group.cmp(&b.group).then(a.missing.cmp(&b.missing)).then(keys).then(a.row.cmp(&b.row))
        });
        rows.into_iter().map(|row| row.row).collect()
    }
}

/// For each text's number its place in alphabetical order.
fn ranks(texts: HashMap<String, u32>) -> Vec<u32> {
    let mut sorted: Vec<_> = texts.into_iter().collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; sorted.len()];
    for (rank, (_, number)) in sorted.into_iter().enumerate() {
        ranks[number as usize] = rank as u32;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(u128, bool, u16)], texts: &[&str], reverse: bool, expected: &[u32]) {
        let keyed = |(row, (key, missing, group)): (usize, &(u128, bool, u16))| Keyed {
            key: *key,
            tie: 0,
            missing: *missing,
            group: *group,
            row: row as u32,
        };
        let rows = rows.iter().enumerate().map(keyed).collect();
        let texts = texts.iter().zip(0..).map(|(text, number)| ((*text).to_owned(), number)).collect();
        assert_eq!(Unsorted { rows, texts, reverse }.sorted(), expected);
    }

    #[test]
    fn groups_come_first_then_values_then_keys() {
        check(&[(3, false, 0), (1, false, 0), (2, false, 0)], &[], false, &[1, 2, 0]);
        check(&[(3, false, 0), (1, false, 0), (2, false, 0)], &[], true, &[0, 2, 1]);
        check(&[(1, false, 1), (9, false, 0)], &[], false, &[1, 0]);
        check(&[(0, true, 0), (9, false, 0), (8, false, 0)], &[], false, &[2, 1, 0]);
        check(&[(0, true, 0), (9, false, 0), (8, false, 0)], &[], true, &[1, 2, 0]);
        check(&[(5, false, 0), (5, false, 0)], &[], true, &[0, 1]);
    }

    #[test]
    fn texts_are_in_alphabetical_order_and_missing_ones_last() {
        check(&[(0, false, 0), (1, false, 0), (0, true, 0), (2, false, 0)], &["m", "z", "a"], false, &[3, 0, 1, 2]);
        check(&[(0, false, 0), (1, false, 0), (0, true, 0), (2, false, 0)], &["m", "z", "a"], true, &[1, 0, 3, 2]);
    }
}
