//! The help: the table of keys, those of the screen first.

use super::cursor::Cursor;
use super::keys::{self, Scope};
use crate::present::role::{Line, Role};
use crate::present::wrap::wrap;

/// Columns for the keys, where there is room and where it is narrow, and from which width on there is.
const KEYS: (usize, usize, usize) = (18, 10, 60);

/// The state of the help.
#[derive(Clone, Copy, Default, Debug)]
pub struct Help {
    /// The cursor in its lines.
    pub cursor: Cursor,
    /// Columns of its pane.
    pub width: usize,
}

/// The lines of the help on a screen, in `width` columns.
pub fn rows(here: Scope, width: usize) -> Vec<Line> {
    let keys_width = if width >= KEYS.2 { KEYS.0 } else { KEYS.1 };
    let mut lines = Vec::new();
    let others = Scope::ALL.iter().copied().filter(|scope| *scope != here && *scope != Scope::Anywhere);
    for scope in [here, Scope::Anywhere].into_iter().chain(others) {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        let whose = if scope == here { " (this screen)" } else { "" };
        lines.push(Line::of(Role::Heading, format!("{}{whose}", scope.title())));
        for row in keys::rows(scope) {
            let keys = wrap(row.keys, keys_width);
            let help = wrap(row.help, width.saturating_sub(keys_width + 2));
            for at in 0..keys.len().max(help.len()) {
                let part = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
                let line = Line::of(Role::Key, format!("  {:<keys_width$}", part(&keys)));
                lines.push(line.with(Role::Text, part(&help)));
            }
        }
    }
    lines
}
