//! The field tree.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::Pane;
use crate::app::tree::Tree;
use crate::present::role::{Line, Role, Span};

/// Draws the fields of the step.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, tree: &Tree, has_keys: bool) {
    let mut title = Line::of(Role::Heading, "Fields");
    if !tree.needle.is_empty() {
        let number = tree.match_number().map_or(String::new(), |number| format!("{number} of "));
        title.push(Role::Notice, format!("  /{}: {number}{}", tree.needle, tree.matches.len()));
    }
    let inner = canvas.titled(area, &title, has_keys);
    if tree.detail.is_none() {
        canvas.span(inner.x, inner.y, inner.width, &Span::new(Role::Dim, "decoding …"));
        return;
    }
    let top = tree.cursor.top(usize::from(inner.height), tree.rows.len());
    let rows = canvas.scroll_bar(inner, top as u64, u64::from(inner.height), tree.rows.len() as u64);
    canvas.rows(Pane::Fields, rows, top);
    for (at, row) in tree.rows.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = rows.y + (at - top) as u16;
        let mut line = row.line.clone();
        if tree.matches.contains(&row.path) {
            line.spans.insert(0, Span::new(Role::Match, "*"));
        }
        canvas.line(rows.x, y, rows.width, &line);
        if at == tree.cursor.at {
            canvas.cursor_row(rows, (at - top) as u16, has_keys);
        }
    }
}
