//! The streams of a flow.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use super::compare::said;
use super::timeline;
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
    let shown = &model.screens.follow;
    let parts = &shown.parts;
    let (head, rest) = above(body, 1);
    if let Some(why) = &shown.failed {
        said(canvas, body, Role::Error, &format!("cannot open it: {why}"));
        return;
    }
    let Some(map) = &parts.map else {
        said(canvas, body, Role::Dim, "reading its packets …");
        return;
    };
    let extent = map.extent();
    let mut line = follow::summary(&extent, parts.shown_as, parts.only, shown.search.tally(parts).as_ref());
    if let Some(bytes) = shown.saving {
        line.push(Role::Notice, format!("   saving: {} (Esc stops)", values::bytes(bytes)));
    }
    canvas.line(head.x, head.y, head.width, &line);
    let rows = Rect { width: rest.width.saturating_sub(1), ..rest };
    canvas.window(Pane::Stream, rows);
    if parts.has_lines() {
        scroll_bar(canvas, rest, shown, map);
        lines(canvas, rows, shown);
    } else if shown.is_on_its_way() || !extent.is_complete {
        said(canvas, rest, Role::Dim, "reading its packets …");
    } else {
        said(canvas, rest, Role::Dim, &follow::nothing(parts.shown_as, parts.only));
    }
}

/// Only the lines that are seen are laid out.
fn lines(canvas: &mut Canvas<'_>, rows: Rect, shown: &Follow) {
    let parts = &shown.parts;
    let selection = shown.selection();
    let mut place = shown.window.top;
    let mut y = 0;
    while let Some(chapter) = parts.chapter(place.part) {
        for block in place.block..chapter.blocks.len() {
            let skip = if block == place.block { place.line } else { 0 };
            for (at, line) in parts.lines(place.part, block).iter().enumerate().skip(skip) {
                if y == rows.height {
                    return;
                }
                canvas.line(rows.x, rows.y + y, rows.width, &line.line);
                let here = Place { part: place.part, block, line: at };
                if selection.is_some_and(|(from, to)| from <= here && here <= to) {
                    canvas.tint(Rect { y: rows.y + y, height: 1, ..rows }, Role::SelectedBytes);
                }
                if shown.window.cursor == here {
                    canvas.cursor_row(rows, y, true);
                }
                y += 1;
            }
        }
        let Some(part) = parts.neighbour(place.part, true) else { return };
        place = Place::first_of(part);
    }
    if y < rows.height {
        canvas.line(rows.x, rows.y + y, rows.width, &Line::of(Role::Dim, "  reading …"));
    }
}

/// The bar tells bytes, not lines, which nobody has counted.
fn scroll_bar(canvas: &mut Canvas<'_>, area: Rect, shown: &Follow, map: &StreamMap) {
    let (extent, parts, top) = (map.extent(), &shown.parts, shown.window.top);
    let all = parts.only.map_or_else(|| extent.all(), |only| extent.bytes[only]);
    let within = parts.chapter(top.part).and_then(|chapter| {
        let block = chapter.blocks.get(top.block)?;
        chapter.byte_at(block.direction, block.range.start)
    });
    let before = map.bytes_before(top.part, parts.only) + within.unwrap_or(0) as u64;
    let seen = (u64::from(area.height) * u64::from(area.width) / 2).min(all);
    canvas.scroll_bar(area, before.min(all - seen), seen, all);
}
