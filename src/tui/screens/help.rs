//! The help over a screen.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::cursor::Cursor;
use crate::app::keys::Scope;
use crate::app::{Pane, help};
use crate::present::role::{Line, Role};

/// Draws the help.
pub fn draw(canvas: &mut Canvas<'_>, body: Rect, scope: Scope, cursor: &Cursor) {
    let width = body.width.min(96);
    let area = Rect { x: body.x + (body.width - width) / 2, width, ..body };
    canvas.clear(area);
    let title = Line::of(Role::Heading, "Keys").with(Role::Dim, "  Esc closes");
    let inner = canvas.titled(area, &title, true);
    let lines = help::rows(scope);
    let top = cursor.top(usize::from(inner.height), lines.len());
    let rows = canvas.scroll_bar(inner, top as u64, u64::from(inner.height), lines.len() as u64);
    canvas.rows(Pane::Help, rows, top);
    for (row, line) in lines.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        canvas.line(rows.x, rows.y + (row - top) as u16, rows.width, line);
    }
    if cursor.at >= top && cursor.at < top + usize::from(rows.height) {
        canvas.cursor_row(rows, (cursor.at - top) as u16, true);
    }
}
