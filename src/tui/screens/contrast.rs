//! What the failing attempts have in common.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::{Model, Pane};
use crate::index::Index;
use crate::present::overview;
use crate::present::role::{Line, Role};

/// Draws the claims.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    canvas.line(title.x, title.y, title.width, &overview::title(&model.progress, index));
    canvas.tint(title, Role::Title);
    let page = &model.screens.contrast;
    let inner = canvas.titled(body, &Line::of(Role::Heading, "What the failing have in common"), true);
    // A column is kept for the scroll bar, so that it does not change how lines break.
    let room = Rect { width: inner.width.saturating_sub(1), ..inner };
    let rows = page.rows(usize::from(room.width));
    let top = page.cursor.top(usize::from(room.height), rows.len());
    canvas.scroll_bar(inner, top as u64, u64::from(inner.height), rows.len() as u64);
    canvas.rows(Pane::Contrast, room, top);
    for (y, (at, row)) in (0..room.height).zip(rows.iter().enumerate().skip(top)) {
        canvas.line(room.x, room.y + y, room.width, &row.text);
        if at == page.cursor.at {
            canvas.cursor_row(room, y, true);
        }
    }
    if rows.is_empty() {
        let text = Line::of(Role::Dim, page.instead(model.is_loading()));
        canvas.line(room.x + 1, room.y, room.width.saturating_sub(1), &text);
    }
}
