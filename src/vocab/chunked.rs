//! An append-only table that never moves its rows: growing it costs one chunk, not a copy of everything.

use std::ops::{Index, IndexMut};

/// Rows in a chunk.
const CHUNK: usize = 4096;

/// A table of rows in chunks of fixed size.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Chunked<T> {
    /// Appends a row.
    pub fn push(&mut self, row: T) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(row),
            // The first chunk starts small, for the many small captures.
            None => self.chunks.push(vec![row]),
            Some(_) => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(row);
                self.chunks.push(chunk);
            }
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The row at `index`.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// The row at `index`, to change it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }

    /// The rows of `range` in order; ends where the table ends.
    pub fn range(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &T> {
        let first = range.start / CHUNK;
        let skip = range.start % CHUNK;
        self.chunks.iter().skip(first).flatten().skip(skip).take(range.len())
    }
}

impl<T> Index<usize> for Chunked<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.chunks[index / CHUNK][index % CHUNK]
    }
}

impl<T> IndexMut<usize> for Chunked<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        &mut self.chunks[index / CHUNK][index % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_in_order_across_chunks() {
        let mut table = Chunked::default();
        for row in 0..3 * CHUNK + 7 {
            table.push(row);
        }
        assert_eq!(table.len(), 3 * CHUNK + 7);
        assert_eq!(table[2 * CHUNK], 2 * CHUNK);
        assert!(table.iter().copied().eq(0..table.len()));
        assert!(table.range(CHUNK - 2..CHUNK + 2).copied().eq(CHUNK - 2..CHUNK + 2));
        assert_eq!(table.get(table.len()), None);
    }
}
