//! The hex dump beside the field tree.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::timeline::Tree;
use crate::present::detail;
use crate::present::role::{Line, Role};
use crate::vocab::text;

/// Draws the bytes of the pane that is shown; those of the field under the cursor are marked.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, tree: &Tree, has_keys: bool) {
    let panes = tree.detail.as_ref().map_or(&[][..], |detail| &detail.panes);
    let shown = panes.get(tree.pane);
    let mut title = Line::of(Role::Heading, shown.map_or("Bytes", |pane| &pane.title));
    if panes.len() > 1 {
        title.push(Role::Dim, format!("  {} of {}", tree.pane + 1, panes.len()));
    }
    if let Some(name) = tree.row().and_then(|row| row.names.rsplit('/').next()).filter(|_| has_keys) {
        title.push(Role::Notice, format!("  {}", text::visible(name)));
    }
    let inner = canvas.titled(area, &title, has_keys);
    let Some(pane) = shown else { return };
    let per_row = detail::bytes_per_row(usize::from(inner.width));
    let rows = pane.bytes.len().div_ceil(per_row);
    let top = tree.hex.top(usize::from(inner.height), rows);
    let inner = canvas.scroll_bar(inner, top as u64, u64::from(inner.height), rows as u64);
    let selected = tree.selected();
    for row in (top..rows).take(usize::from(inner.height)) {
        let line = detail::hex_row(&pane.bytes, row, per_row, &selected, tree.byte.filter(|_| has_keys));
        canvas.line(inner.x, inner.y + (row - top) as u16, inner.width, &line);
    }
    canvas.bytes(inner, top * per_row, per_row);
}
