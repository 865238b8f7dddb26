//! Two flows side by side.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use crate::app::compare::{Pair, Stage};
use crate::app::{Model, Pane};
use crate::index::Index;
use crate::present::beside;
use crate::present::compare::{self, Comparison, Relation, SideCells};
use crate::present::folds::{self, Shown};
use crate::present::header;
use crate::present::role::{Line, Role, Span};

/// Draws the comparison.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    let Some(shown) = &model.screens.compare.pair else { return };
    let views = shown.views.as_ref().map(|(baseline, subject)| (&**baseline, &**subject));
    canvas.line(title.x, title.y, title.width, &{
        let flows = (shown.baseline, shown.subject);
        compare::title(flows, views, index, usize::from(title.width))
    });
    canvas.tint(title, Role::Title);
    let ready = match &shown.stage {
        Stage::Ready(comparison) => comparison,
        Stage::Choosing => return said(canvas, body, Role::Dim, "looking for the nearest good flow …"),
        Stage::Aligning => return said(canvas, body, Role::Dim, "putting the two side by side …"),
        Stage::Failed(why) => return said(canvas, body, Role::Error, why),
    };
    let place = model.screens.compare.place();
    let head = compare::sentence(ready, &shown.why, place.as_deref(), usize::from(body.width.saturating_sub(2)));
    let (top, rest) = above(body, (head.len() as u16).min(body.height / 4).max(1));
    for (row, line) in head.iter().enumerate().take(usize::from(top.height)) {
        canvas.line(top.x + 1, top.y + row as u16, top.width.saturating_sub(1), line);
    }
    let below = match shown.focus {
        Pane::Fields => rest.height / 2,
        _ => (rest.height / 3).min(ready.differences.len() as u16 + 1),
    };
    let (rows, differences) = above(rest, rest.height - below);
    let detail = match rows.height {
        0..=6 => 0,
        7..=9 if shown.focus != Pane::Fields => 1,
        7..=15 => 2,
        _ => 3,
    };
    let (rows, detail) = above(rows, rows.height - detail);
    draw_rows(canvas, rows, shown, ready);
    draw_detail(canvas, detail, shown);
    if shown.focus == Pane::Fields {
        draw_fields(canvas, differences, shown);
    } else {
        draw_differences(canvas, differences, shown, ready);
    }
}

/// Says why there is nothing to show.
pub(super) fn said(canvas: &mut Canvas<'_>, area: Rect, role: Role, text: &str) {
    canvas.paragraph(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, role, text);
}

/// What is under the cursor of the pane that has the keys, as far as there is room for it.
fn draw_detail(canvas: &mut Canvas<'_>, area: Rect, shown: &Pair) {
    let width = usize::from(area.width.saturating_sub(2));
    let lines = match shown.focus {
        Pane::Differences => shown.difference().map(|one| compare::about(one, width)),
        Pane::Fields => shown.fields.row().map(|row| beside::about(row, width)),
        _ => shown.current().map(|(_, row)| compare::row_differences(row, width)),
    };
    let lines = compare::at_most(lines.unwrap_or_default(), usize::from(area.height), width);
    for (row, line) in lines.iter().enumerate() {
        canvas.line(area.x + 1, area.y + row as u16, area.width.saturating_sub(1), line);
    }
}

fn draw_rows(canvas: &mut Canvas<'_>, area: Rect, shown: &Pair, ready: &Comparison) {
    let has_keys = shown.focus == Pane::Rows;
    let mut title = Line::of(Role::Heading, "Rows");
    let hidden = folds::hidden(ready, &shown.shown);
    if !hidden.is_empty() {
        title.push(Role::Dim, format!("  {hidden}"));
    }
    let inner = canvas.titled(area, &title, has_keys);
    if inner.height == 0 {
        return;
    }
    let half = inner.width.saturating_sub(5) / 2;
    let baseline = shown.baseline.map_or(String::new(), |flow| format!("baseline: {}", header::name(flow)));
    canvas.span(inner.x + 2, inner.y, half, &Span::new(Role::Label, baseline));
    canvas.span(inner.x + half + 5, inner.y, half, &Span::new(Role::Label, header::name(shown.subject)));
    let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    let top = shown.rows.top(usize::from(body.height), shown.shown.len());
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), shown.shown.len() as u64);
    canvas.rows(Pane::Rows, rows, top);
    let (baseline_start, subject_start) = compare::starts(ready);
    for (at, one) in shown.shown.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = rows.y + (at - top) as u16;
        let times = match one {
            Shown::Folded(why, range) => match folds::line(ready, *why, range) {
                Some(line) => {
                    canvas.line(rows.x + 2, y, rows.width.saturating_sub(2), &line);
                    0
                }
                None => range.len(),
            },
            Shown::Row(_) => 1,
        };
        if let Some(row) = one.row().and_then(|row| ready.rows.get(row)) {
            if ready.first_divergence == one.row() {
                canvas.span(rows.x, y, 1, &Span::new(Role::Primary, "▶"));
            }
            side(canvas, rows.x + 2, y, half, &compare::side(row.baseline.as_ref(), baseline_start, row, times));
            canvas.span(rows.x + half + 3, y, 1, &Relation::of(row).sign());
            side(canvas, rows.x + half + 5, y, half, &compare::side(row.subject.as_ref(), subject_start, row, times));
        }
        if at == shown.rows.at {
            canvas.cursor_row(rows, (at - top) as u16, has_keys);
        }
    }
}

/// One side of a row: what matters least is left out where it is narrow.
fn side(canvas: &mut Canvas<'_>, x: u16, y: u16, width: u16, cells: &SideCells) {
    let (packet, time, size, ttl) = match width {
        ..20 => (0, 0, 0, 0),
        20..27 => (5, 0, 0, 0),
        27..36 => (5, 0, 0, 3),
        36..52 => (5, 0, 5, 3),
        _ => (6, 9, 6, 4),
    };
    let mut at = x;
    for (cell, width) in [(&cells.packet, packet), (&cells.time, time)] {
        if width > 0 {
            canvas.cell(at, y, width, true, cell);
            at += width + 1;
        }
    }
    let tail = [size, ttl].iter().map(|width| width + u16::from(*width > 0)).sum::<u16>();
    let name = (x + width).saturating_sub(at + tail);
    canvas.line(at, y, name, &cells.name);
    at += name + 1;
    for (cell, width) in [(&cells.size, size), (&cells.ttl, ttl)] {
        if width > 0 {
            canvas.cell(at, y, width, true, cell);
            at += width + 1;
        }
    }
}

/// The fields and bytes of both steps of the row under the cursor.
fn draw_fields(canvas: &mut Canvas<'_>, area: Rect, shown: &Pair) {
    let fields = &shown.fields;
    let mut title = Line::of(Role::Heading, "Fields of both sides");
    let said = match (shown.row(), fields.is_ready(), fields.rows.is_empty()) {
        (None, ..) => "  these rows are folded: = shows them",
        (_, false, _) => "  decoding …",
        (_, _, true) => "  none differs; = shows all",
        _ => "",
    };
    title.push(Role::Dim, said);
    let inner = canvas.titled(area, &title, true);
    let top = fields.cursor.top(usize::from(inner.height), fields.rows.len());
    let rows = canvas.scroll_bar(inner, top as u64, u64::from(inner.height), fields.rows.len() as u64);
    canvas.rows(Pane::Fields, rows, top);
    let half = inner.width.saturating_sub(5) / 2;
    for (at, row) in fields.rows.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = rows.y + (at - top) as u16;
        canvas.line(rows.x + 1, y, half, &beside::side(row, 0));
        let sign = if row.differs { Relation::Differs } else { Relation::Equal }.sign();
        canvas.span(rows.x + half + 2, y, 1, &sign);
        canvas.line(rows.x + half + 4, y, half, &beside::side(row, 1));
        if at == fields.cursor.at {
            canvas.cursor_row(rows, (at - top) as u16, true);
        }
    }
}

fn draw_differences(canvas: &mut Canvas<'_>, area: Rect, shown: &Pair, ready: &Comparison) {
    let has_keys = shown.focus == Pane::Differences;
    let title = Line::of(Role::Heading, "Differences").with(Role::Dim, "  the most telling first");
    let inner = canvas.titled(area, &title, has_keys);
    let top = shown.differences.top(usize::from(inner.height), ready.differences.len());
    let rows = canvas.scroll_bar(inner, top as u64, u64::from(inner.height), ready.differences.len() as u64);
    canvas.rows(Pane::Differences, rows, top);
    let width = usize::from(rows.width.saturating_sub(2));
    let tail = compare::tail_width(&ready.differences, width);
    for (at, difference) in ready.differences.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = (at - top) as u16;
        let line = compare::difference(difference, width, tail);
        canvas.line(rows.x + 1, rows.y + y, rows.width.saturating_sub(1), &line);
        if has_keys && at == shown.differences.at {
            canvas.cursor_row(rows, y, true);
        }
    }
}
