//! A cursor in a list of rows of which a window is seen, and the actions that move it, which are the same in every pane.

use super::action::Action;

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

/// How many rows an action moves in a window of `page` rows; to the first and the last row are as far as can be. None
/// where it does not move up or down.
pub fn rows(action: Action, page: usize) -> Option<isize> {
    let page = page as isize;
    Some(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -(page - 1).max(1),
        Action::PageDown => (page - 1).max(1),
        Action::HalfUp => -(page / 2).max(1),
        Action::HalfDown => (page / 2).max(1),
        Action::First => isize::MIN,
        Action::Last => isize::MAX,
        _ => return None,
    })
}

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
    pub fn resized(&mut self, height: usize, len: usize) {
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

    /// Moves as an action asks, staying within `len` rows; whether it asks for that.
    pub fn act(&mut self, action: Action, len: usize) -> bool {
        let rows = rows(action, self.page());
        if let Some(rows) = rows {
            self.step(rows, len);
        }
        rows.is_some()
    }

    /// Goes to a row, or to the last of `len` rows.
    pub fn select(&mut self, row: usize, len: usize) {
        self.at = row.min(len.saturating_sub(1));
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
        cursor.resized(10, 100);
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
    fn actions_move_by_rows_pages_and_to_the_ends() {
        let mut cursor = Cursor::default();
        cursor.resized(10, 100);
        for (action, at) in [
            (Action::Down, 1),
            (Action::PageDown, 10),
            (Action::HalfDown, 15),
            (Action::HalfUp, 10),
            (Action::PageUp, 1),
            (Action::Last, 99),
            (Action::Down, 99),
            (Action::Up, 98),
            (Action::First, 0),
            (Action::Up, 0),
        ] {
            assert!(cursor.act(action, 100));
            assert_eq!(cursor.at, at, "{action:?}");
        }
        assert!(!cursor.act(Action::Open, 100));
        assert_eq!(rows(Action::PageDown, 0), Some(1), "a window without rows moves too");
    }

    #[test]
    fn the_wheel_moves_the_window_first() {
        let mut cursor = Cursor::default();
        cursor.resized(10, 100);
        cursor.at = 5;
        cursor.scroll(3, 100);
        assert_eq!((cursor.at, cursor.top(10, 100)), (5, 3));
        cursor.scroll(30, 100);
        assert_eq!((cursor.at, cursor.top(10, 100)), (34, 33));
        cursor.scroll(-100, 100);
        assert_eq!(cursor.top(10, 100), 0);
    }
}
