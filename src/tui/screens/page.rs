//! Something to read over a screen: the help, the capture's health.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::Pane;
use crate::app::page::Page;
use crate::present::role::{Line, Role};

/// Columns that a page takes at most.
const WIDTH: u16 = 110;

/// Draws a page.
pub fn draw(canvas: &mut Canvas<'_>, body: Rect, page: &Page) {
    let width = body.width.min(WIDTH);
    let area = Rect { x: body.x + (body.width - width) / 2, width, ..body };
    canvas.clear(area);
    let title = Line::of(Role::Heading, page.title.clone()).with(Role::Dim, "  Esc closes");
    let inner = canvas.titled(area, &title, true);
    let inner = if body.width > WIDTH {
        canvas.separator(inner.x, inner);
        canvas.separator(inner.right() - 1, inner);
        Rect { x: inner.x + 2, width: inner.width - 4, ..inner }
    } else {
        inner
    };
    // A column is kept for the scroll bar, so that it does not change how lines break.
    let rows = Rect { width: inner.width.saturating_sub(1), ..inner };
    let (cursor, lines) = (&page.cursor, page.rows(usize::from(rows.width)));
    let top = cursor.top(usize::from(rows.height), lines.len());
    canvas.scroll_bar(inner, top as u64, u64::from(inner.height), lines.len() as u64);
    canvas.rows(Pane::Page, rows, top);
    for (row, line) in lines.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        canvas.line(rows.x, rows.y + (row - top) as u16, rows.width, line);
    }
    if cursor.at >= top && cursor.at < top + usize::from(rows.height) {
        canvas.cursor_row(rows, (cursor.at - top) as u16, true);
    }
}
