//! The packets of a flow: the list, and above it a plot over time.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use super::super::widgets::plot;
use super::timeline::opened;
use crate::app::packets::Packets;
use crate::app::{Model, Pane};
use crate::engine::FlowView;
use crate::index::Index;
use crate::present::packets::{self, COLUMNS};
use crate::present::plot::{Plot, Request};
use crate::present::role::{Line, Role, Span};

/// Rows from which on the list stands below the plot; below that, the packet under the cursor alone does.
const BOTH: u16 = 24;
/// Columns that are left for events at least, and how many where that costs no column of a rank up to the third number.
const EVENTS: (u16, u16, u8) = (11, 32, 5);

/// Draws the packets.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    let Some(view) = opened(canvas, title, body, model, index) else { return };
    let shown = &model.screens.packets;
    let Some(kind) = shown.plot else {
        list(canvas, body, &view, shown);
        return;
    };
    let lower = if body.height >= BOTH { body.height * 2 / 5 } else { 1 };
    let (upper, lower) = above(body, body.height - lower);
    let request = Request {
        kind,
        direction: shown.direction,
        measured: shown.measured.all(),
        range: shown.range(),
        cursor: shown.cursor.at,
        whole_window: shown.whole_window,
        intervals: usize::from(plot::inner(upper).width).max(1),
    };
    plot::draw(canvas, upper, &Plot::new(&view, &request));
    if lower.height > 1 {
        list(canvas, lower, &view, shown);
    } else if let Some((segment, measured)) = shown.measured.with(&view, shown.cursor.at) {
        canvas.line(lower.x + 1, lower.y, lower.width.saturating_sub(1), &packets::summary(segment, measured));
    }
}

/// The columns that fit, by their place in the table.
fn columns(width: u16) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..COLUMNS.len()).collect();
    ranked.sort_by_key(|at| COLUMNS[*at].rank);
    let mut left = width.saturating_sub(2);
    let mut taken = Vec::new();
    for at in ranked {
        let needed = COLUMNS[at].width + 1;
        let keep = if COLUMNS[at].rank > EVENTS.2 { EVENTS.1 } else { EVENTS.0 };
        if needed + keep > left {
            break;
        }
        left -= needed;
        taken.push(at);
    }
    taken.sort_unstable();
    taken
}

fn list(canvas: &mut Canvas<'_>, area: Rect, view: &FlowView, shown: &Packets) {
    let mut title = Line::of(Role::Heading, "Packets  ");
    title.spans.extend(packets::tally(view).spans);
    let inner = canvas.titled(area, &title, true);
    if inner.height == 0 {
        return;
    }
    let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    let len = view.trace.segments.len();
    let top = shown.cursor.top(usize::from(body.height), len);
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), len as u64);
    let columns = columns(rows.width);
    let mut x = inner.x + 2;
    for column in columns.iter().map(|at| COLUMNS[*at]) {
        canvas.cell(x, inner.y, column.width, column.right, &Span::new(Role::Label, column.title));
        x += column.width + 1;
    }
    canvas.span(x, inner.y, inner.right().saturating_sub(x), &Span::new(Role::Label, "events"));
    canvas.rows(Pane::Packets, rows, top);
    for row in 0..usize::from(rows.height) {
        let Some((segment, measured)) = shown.measured.with(view, top + row) else { break };
        let y = rows.y + row as u16;
        canvas.span(rows.x, y, 1, &packets::evidence(view.finding.as_ref(), segment));
        let cells = packets::cells(view, segment, measured, shown.absolute);
        let mut x = rows.x + 2;
        for at in &columns {
            canvas.cell(x, y, COLUMNS[*at].width, COLUMNS[*at].right, &cells[*at]);
            x += COLUMNS[*at].width + 1;
        }
        canvas.line(x, y, rows.right().saturating_sub(x), &packets::events(segment));
        if top + row == shown.cursor.at {
            canvas.cursor_row(rows, row as u16, true);
        }
    }
}
