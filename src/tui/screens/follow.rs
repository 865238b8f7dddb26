//! The streams of a flow.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use super::above;
use super::compare::said;
use super::timeline::opened;
use crate::app::follow::{Follow, Place};
use crate::app::{Model, Pane};
use crate::engine::{FlowView, Index};
use crate::present::follow;
use crate::present::role::Role;

/// Draws the streams.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    let Some(view) = opened(canvas, title, body, model, index) else { return };
    let shown = &model.follow;
    let (head, rest) = above(body, 1);
    let matches = (!shown.needle.is_empty()).then(|| (&*shown.needle, shown.current, shown.matches.len(), shown.more));
    let line = follow::summary(&view, shown.shown_as, shown.only, matches);
    canvas.line(head.x, head.y, head.width, &line);
    if shown.conversation.blocks.is_empty() {
        said(canvas, rest, Role::Dim, &follow::nothing(shown.only));
        return;
    }
    let rows = Rect { width: rest.width.saturating_sub(1), ..rest };
    scroll_bar(canvas, rest, shown);
    canvas.window(Pane::Stream, rows);
    lines(canvas, rows, &view, shown);
}

/// Only the lines that are seen are laid out.
fn lines(canvas: &mut Canvas<'_>, rows: Rect, view: &FlowView, shown: &Follow) {
    let mut place = shown.top;
    let mut y = 0;
    while y < rows.height && place.block < shown.conversation.blocks.len() {
        for (at, line) in shown.lines(view, place.block, usize::from(rows.width)).iter().enumerate().skip(place.line) {
            if y == rows.height {
                return;
            }
            canvas.line(rows.x, rows.y + y, rows.width, &line.line);
            if shown.cursor == (Place { block: place.block, line: at }) {
                canvas.cursor_row(rows, y, true);
            }
            y += 1;
        }
        place = Place { block: place.block + 1, line: 0 };
    }
}

/// The bar tells bytes, not lines, which nobody has counted.
fn scroll_bar(canvas: &mut Canvas<'_>, area: Rect, shown: &Follow) {
    let all = shown.conversation.bytes_before(shown.conversation.blocks.len());
    let before = shown.conversation.bytes_before(shown.top.block);
    let seen = (u64::from(area.height) * u64::from(area.width) / 2).min(all);
    canvas.scroll_bar(area, before.min(all - seen), seen, all);
}
