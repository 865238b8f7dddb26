//! The streams of a flow.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use super::compare::said;
use super::{above, timeline};
use crate::app::follow::{Follow, Place};
use crate::app::{Model, Pane};
use crate::engine::StreamMap;
use crate::index::Index;
use crate::present::follow;
use crate::present::role::{Line, Role};
use crate::present::values;

/// Draws the streams.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    timeline::name(canvas, title, model, index);
    let shown = &model.follow;
    let (head, rest) = above(body, 1);
    if let Some(why) = &shown.failed {
        said(canvas, body, Role::Error, &format!("cannot open it: {why}"));
        return;
    }
    let Some(map) = &shown.map else {
        said(canvas, body, Role::Dim, "reading its packets …");
        return;
    };
    let extent = map.extent();
    let mut line = follow::summary(&extent, shown.shown_as, shown.only, shown.tally().as_ref());
    if let Some(bytes) = shown.saving {
        line.push(Role::Notice, format!("   saving: {} (Esc stops)", values::bytes(bytes)));
    }
    canvas.line(head.x, head.y, head.width, &line);
    let rows = Rect { width: rest.width.saturating_sub(1), ..rest };
    canvas.window(Pane::Stream, rows);
    if shown.has_lines() {
        scroll_bar(canvas, rest, shown, map);
        lines(canvas, rows, shown);
    } else if shown.is_on_its_way() || !extent.is_complete {
        said(canvas, rest, Role::Dim, "reading its packets …");
    } else {
        said(canvas, rest, Role::Dim, &follow::nothing(shown.shown_as, shown.only));
    }
}

/// Only the lines that are seen are laid out.
fn lines(canvas: &mut Canvas<'_>, rows: Rect, shown: &Follow) {
    let selection = shown.selected_from.map(|_| shown.selection());
    let mut place = shown.top;
    let mut y = 0;
    while let Some(chapter) = shown.chapter(place.part) {
        for block in place.block..chapter.blocks.len() {
            let skip = if block == place.block { place.line } else { 0 };
            for (at, line) in shown.lines(place.part, block).iter().enumerate().skip(skip) {
                if y == rows.height {
                    return;
                }
                canvas.line(rows.x, rows.y + y, rows.width, &line.line);
                let here = Place { part: place.part, block, line: at };
                if selection.is_some_and(|(from, to)| from <= here && here <= to) {
                    canvas.tint(Rect { y: rows.y + y, height: 1, ..rows }, Role::SelectedBytes);
                }
                if shown.cursor == here {
                    canvas.cursor_row(rows, y, true);
                }
                y += 1;
            }
        }
        let Some(part) = shown.neighbour(place.part, true) else { return };
        place = Place { part, ..Place::default() };
    }
    if y < rows.height {
        canvas.line(rows.x, rows.y + y, rows.width, &Line::of(Role::Dim, "  reading …"));
    }
}

/// The bar tells bytes, not lines, which nobody has counted.
fn scroll_bar(canvas: &mut Canvas<'_>, area: Rect, shown: &Follow, map: &StreamMap) {
    let extent = map.extent();
    let all = shown.only.map_or_else(|| extent.all(), |only| extent.bytes[only]);
    let within = shown.chapter(shown.top.part).and_then(|chapter| {
        let block = chapter.blocks.get(shown.top.block)?;
        chapter.byte_at(block.direction, block.range.start)
    });
    let before = map.bytes_before(shown.top.part, shown.only) + within.unwrap_or(0) as u64;
    let seen = (u64::from(area.height) * u64::from(area.width) / 2).min(all);
    canvas.scroll_bar(area, before.min(all - seen), seen, all);
}
