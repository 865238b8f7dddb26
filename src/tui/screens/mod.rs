//! The screens, one file each. They only draw: what is shown was decided before.

mod compare;
mod contrast;
mod follow;
mod list;
mod packets;
mod page;
mod rates;
mod timeline;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::{Canvas, Seen};
use super::theme::Theme;
use super::widgets::bar;
use crate::app::{Model, Overlay, Screen};
use crate::index::Index;

/// Draws the model; what was drawn.
pub fn draw(buffer: &mut Buffer, theme: Theme, model: &Model, index: &Index) -> Seen {
    let mut canvas = Canvas::new(buffer, theme);
    let area = canvas.area();
    if area.height < 3 || area.width < 10 {
        return canvas.seen;
    }
    let [title, body, hints] = rows(area);
    canvas.is_covered = matches!(model.overlay, Overlay::Page(_));
    match model.screen() {
        Screen::List => list::draw(&mut canvas, title, body, model, index),
        Screen::Timeline => timeline::draw(&mut canvas, title, body, model, index),
        Screen::Follow => follow::draw(&mut canvas, title, body, model, index),
        Screen::Packets => packets::draw(&mut canvas, title, body, model, index),
        Screen::Compare => compare::draw(&mut canvas, title, body, model, index),
        Screen::Rates => rates::draw(&mut canvas, title, body, model, index),
        Screen::Contrast => contrast::draw(&mut canvas, title, body, model, index),
    }
    canvas.is_covered = false;
    if let Overlay::Page(shown) = &model.overlay {
        page::draw(&mut canvas, body, shown);
    }
    bar::draw(&mut canvas, hints, model, index);
    canvas.seen
}

/// The bar at the top, the body, the bar at the bottom.
fn rows(area: Rect) -> [Rect; 3] {
    [
        Rect { height: 1, ..area },
        Rect { y: area.y + 1, height: area.height - 2, ..area },
        Rect { y: area.bottom() - 1, height: 1, ..area },
    ]
}
