//! The help: the table of keys, those of the screen first.

use super::keys::{self, Scope};
use crate::present::role::{Line, Role};

/// The lines of the help on a screen.
pub fn rows(here: Scope) -> Vec<Line> {
    let mut lines = Vec::new();
    let others = Scope::all().filter(|scope| *scope != here && *scope != Scope::Anywhere);
    for scope in [here, Scope::Anywhere].into_iter().chain(others) {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        let whose = if scope == here { " (this screen)" } else { "" };
        lines.push(Line::of(Role::Heading, format!("{}{whose}", scope.title())));
        for row in keys::rows(scope) {
            let line = Line::of(Role::Key, format!("  {:<18}", row.keys));
            lines.push(line.with(Role::Text, row.help));
        }
    }
    lines
}
