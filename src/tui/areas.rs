//! Areas of the screen cut in two.

use ratatui::layout::Rect;

/// An area cut in two, one above the other; the first has `height` rows.
pub fn above(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let below = Rect { y: area.y + height, height: area.height - height, ..area };
    (Rect { height, ..area }, below)
}

/// An area cut in two, side by side; the first has `width` columns, a column is left between them.
pub fn beside(area: Rect, width: u16) -> (Rect, Rect) {
    let width = width.min(area.width);
    let rest = area.width.saturating_sub(width + 1);
    (Rect { width, ..area }, Rect { x: area.x + area.width - rest, width: rest, ..area })
}
