//! What is wrong with a filter, where, and what was perhaps meant.

use std::fmt;
use std::ops::Range;

use crate::vocab::text;

/// A filter that cannot be understood. Its text is three lines: what is wrong, the filter, and a mark below the place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct FilterError {
    /// What is wrong, in a line.
    pub message: String,
    /// The filter.
    pub filter: String,
    /// The bytes of it that are wrong.
    pub at: Range<usize>,
    /// What was perhaps meant.
    pub suggestion: Option<String>,
}

impl FilterError {
    /// The message and the suggestion on one line.
    pub fn line(&self) -> String {
        match &self.suggestion {
            Some(suggestion) => format!("{}; did you mean {suggestion}?", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.filter.get(..self.at.start).map_or(0, text::width);
        let marked = self.filter.get(self.at.clone()).map_or(1, text::width).max(1);
        writeln!(f, "{}", self.line())?;
        writeln!(f, "  {}", self.filter)?;
        write!(f, "  {:before$}{:^<marked$}", "", "")
    }
}

/// The nearest of `names` to `word`, where one is near enough to have been meant.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_ascii_lowercase();
    names
        .map(|name| (distance(&word, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len().min(word.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Edits that turn one word into the other: insertions, deletions, replacements and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["tls.sni", "tls.alpn", "client.ip", "outcome"];
        assert_eq!(nearest("tls.snii", names.into_iter()), Some("tls.sni"));
        assert_eq!(nearest("outcmoe", names.into_iter()), Some("outcome"));
        assert_eq!(nearest("zebra", names.into_iter()), None);
    }

    #[test]
    fn the_mark_stands_below_the_place() {
        let error =
            FilterError { message: "no".into(), filter: "é snii".into(), at: 3..7, suggestion: Some("sni".into()) };
        assert_eq!(error.to_string(), "no; did you mean sni?\n  é snii\n    ^^^^");
    }
}
