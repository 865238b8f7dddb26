//! The flow list.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use super::above;
use crate::app::list::List;
use crate::app::{Model, Pane};
use crate::engine::{FlowRef, Index};
use crate::present::list::{self, COLUMNS};
use crate::present::overview;
use crate::present::role::{Line, Role, Span};
use crate::vocab::FlowNumber;

/// Rows below which the finding under the list is left out.
const FINDING_FROM: u16 = 14;

/// Draws the list.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    canvas.line(title.x, title.y, title.width, &overview::title(&model.progress, index));
    canvas.tint(title, Role::Title);
    let (head, rest) = above(body, if body.height < 8 { 1 } else { 2 });
    let query = &model.list.query;
    let counts = overview::counts(&index.counts(), query.outcome);
    let at = canvas.line(head.x, head.y, head.width, &counts);
    if !query.text.is_empty() {
        let found = match &model.list.survey {
            Some(survey) => format!("looking, {} %", survey.percent()),
            None => format!("{} rows", model.list.rows.len()),
        };
        let filter = format!("  filter {:?}: {found}", query.text);
        canvas.span(at, head.y, head.right().saturating_sub(at), &Span::new(Role::Notice, filter));
    }
    if head.height > 1 {
        let line = overview::chart(&model.list.histogram, usize::from(head.width), &model.zone);
        canvas.line(head.x, head.y + 1, head.width, &line);
    }
    let finding_height = if body.height >= FINDING_FROM { 3 } else { 0 };
    let (table, finding) = above(rest, rest.height - finding_height);
    draw_table(canvas, table, model, index);
    draw_finding(canvas, finding, model, index);
}

/// The columns that fit: which, and where each begins and how wide it is.
fn columns(list: &List, width: u16) -> Vec<(usize, u16)> {
    let candidates = (0..COLUMNS.len()).filter(|at| *at == 0 || *at > list.shift);
    let mut ranked: Vec<usize> = candidates.collect();
    ranked.sort_by_key(|at| COLUMNS[*at].rank);
    let mut left = width;
    let mut taken = Vec::new();
    for at in ranked {
        let min = COLUMNS[at].min + 1;
        if min > left {
            break;
        }
        left -= min;
        taken.push(at);
    }
    // What is left goes to those who would like more, the most important first.
    let mut widths: Vec<(usize, u16)> = Vec::new();
    for at in taken {
        let wish = list.widths[at].min(COLUMNS[at].max).saturating_sub(COLUMNS[at].min);
        let more = wish.min(left);
        left -= more;
        widths.push((at, COLUMNS[at].min + more));
    }
    widths.sort_unstable();
    widths
}

fn draw_table(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if area.height == 0 {
        return;
    }
    let list = &model.list;
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let top = list.cursor.top(usize::from(body.height), list.rows.len());
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), list.rows.len() as u64);
    let columns = columns(list, rows.width.saturating_sub(1));
    headings(canvas, area, list, &columns);
    canvas.rows(Pane::List, rows, top);
    let mut widths = list.widths.clone();
    for (at, flow) in list.rows.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = rows.y + (at - top) as u16;
        let flow = FlowNumber(*flow);
        let Some(facts) = index.facts(flow) else { continue };
        if model.baseline == Some(FlowRef::main(flow)) {
            canvas.span(rows.x, y, 1, &Span::new(Role::Key, "b"));
        }
        let mut x = rows.x + 1;
        for (column, width) in &columns {
            let span = list::cell(*column, &facts, &model.zone);
            let length = span.text.chars().count() as u16;
            widths[*column] = widths[*column].max(length.min(COLUMNS[*column].max));
            canvas.cell(x, y, *width, COLUMNS[*column].right, &span);
            x += width + 1;
        }
        if at == list.cursor.at {
            canvas.cursor_row(rows, (at - top) as u16, true);
        }
    }
    canvas.seen.widths = Some(widths);
    if list.rows.is_empty() {
        let text = overview::empty(&model.progress, index, list.survey.is_some());
        canvas.line(rows.x + 1, rows.y, rows.width.saturating_sub(1), &text);
    }
}

fn headings(canvas: &mut Canvas<'_>, area: Rect, list: &List, columns: &[(usize, u16)]) {
    let mut x = area.x + 1;
    for (column, width) in columns {
        let sorted = list.query.column == *column;
        let sign = match (sorted, list.query.reverse) {
            (false, _) => "",
            (true, false) => "▲",
            (true, true) => "▼",
        };
        let role = if sorted { Role::Focus } else { Role::Heading };
        let title = COLUMNS[*column].title;
        let title = if title.len() + sign.chars().count() > usize::from(*width) && sorted {
            format!("{}{sign}", &title[..usize::from(*width).saturating_sub(1).min(title.len())])
        } else {
            format!("{title}{sign}")
        };
        canvas.cell(x, area.y, *width, COLUMNS[*column].right, &Span::new(role, title));
        canvas.heading(*column, Rect { x, y: area.y, width: *width, height: 1 });
        x += width + 1;
    }
}

fn draw_finding(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if area.height == 0 {
        return;
    }
    let Some(flow) = model.list.flow() else { return };
    let title = Line::of(Role::Dim, format!("flow {flow}"));
    let inner = canvas.titled(area, &title, false);
    for (row, line) in overview::brief(flow, index).iter().enumerate().take(usize::from(inner.height)) {
        canvas.line(inner.x + 1, inner.y + row as u16, inner.width.saturating_sub(1), line);
    }
}
