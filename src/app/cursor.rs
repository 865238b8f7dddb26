//! A cursor in a list of rows of which a window is seen.

/// Which row the cursor is on, and which row is the first to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor {
    /// The row under the cursor.
    pub at: usize,
    top: usize,
    height: usize,
}

/// Rows kept in sight above and below the cursor.
const MARGIN: usize = 1;

impl Cursor {
    /// The first row to show in a window of `height` rows, of `len` rows in all.
    pub fn top(&self, height: usize, len: usize) -> usize {
        let margin = if height > 4 * MARGIN { MARGIN } else { 0 };
        let last = len.saturating_sub(height);
        let highest = self.at.saturating_sub(margin);
        let lowest = (self.at + margin + 1).saturating_sub(height.max(1));
        self.top.clamp(lowest.min(highest), highest).min(last)
    }

    /// Takes note of the window that was drawn.
    pub fn laid(&mut self, height: usize, len: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top(height, len);
        self.height = height;
    }

    /// Rows of the window that was drawn last.
    pub fn page(&self) -> usize {
        self.height.max(1)
    }

    /// Goes to a row and shows as much of what follows it as there is room for.
    pub fn lead(&mut self, at: usize) {
        (self.at, self.top) = (at, at);
    }

    /// Moves by `rows`, staying within `len` rows.
    pub fn step(&mut self, rows: isize, len: usize) {
        self.at = self.at.saturating_add_signed(rows).min(len.saturating_sub(1));
    }

    /// Moves the window by `rows` and the cursor only as far as it must to stay in sight.
    pub fn scroll(&mut self, rows: isize, len: usize) {
        let last = len.saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(rows).min(last);
        let margin = if self.height > 4 * MARGIN { MARGIN } else { 0 };
        let first = if self.top == 0 { 0 } else { self.top + margin };
        let below = self.top + self.height.saturating_sub(1);
        let lowest = if self.top == last { below } else { below.saturating_sub(margin) };
        self.at = self.at.clamp(first.min(lowest), lowest).min(len.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_cursor() {
        let mut cursor = Cursor::default();
        cursor.laid(10, 100);
        cursor.step(8, 100);
        assert_eq!(cursor.top(10, 100), 0);
        cursor.step(1, 100);
        assert_eq!(cursor.top(10, 100), 1);
        cursor.at = 99;
        assert_eq!(cursor.top(10, 100), 90);
        assert_eq!(cursor.top(0, 0), 0);
        assert_eq!(Cursor::default().top(3, 1), 0);
    }

    #[test]
    fn the_wheel_moves_the_window_first() {
        let mut cursor = Cursor::default();
        cursor.laid(10, 100);
        cursor.at = 5;
        cursor.scroll(3, 100);
        assert_eq!((cursor.at, cursor.top(10, 100)), (5, 3));
        cursor.scroll(30, 100);
        assert_eq!((cursor.at, cursor.top(10, 100)), (34, 33));
        cursor.scroll(-100, 100);
        assert_eq!(cursor.top(10, 100), 0);
    }
}
