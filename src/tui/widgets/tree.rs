//! The field tree.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use crate::app::Pane;
use crate::app::timeline::Tree;
use crate::present::detail;
use crate::present::role::{Line, Role, Span};

/// Rows from which on the whole text of the field under the cursor is shown below the tree, and how many that takes.
const ABOUT: [(u16, u16); 2] = [(12, 4), (7, 2)];

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
    let (inner, about) = above(inner, inner.height - about_height(inner.height, has_keys));
    draw_about(canvas, about, tree);
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

/// Rows for the text of the field under the cursor, while the tree has the keys.
fn about_height(height: u16, has_keys: bool) -> u16 {
    let fits = ABOUT.iter().find(|(from, _)| has_keys && height >= *from);
    fits.map_or(0, |(_, rows)| *rows)
}

/// The whole text of the field under the cursor: its row mostly ends at the pane's edge.
fn draw_about(canvas: &mut Canvas<'_>, area: Rect, tree: &Tree) {
    let row = tree.row().filter(|_| area.height > 0);
    let Some((row, detail)) = row.zip(tree.detail.as_ref()) else { return };
    canvas.tint(area, Role::Title);
    for (at, line) in detail::about(detail, &row.path, usize::from(area.width.saturating_sub(2))).iter().enumerate() {
        if at < usize::from(area.height) {
            canvas.line(area.x + 1, area.y + at as u16, area.width.saturating_sub(1), line);
        }
    }
}
