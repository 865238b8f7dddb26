//! The flow list.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use crate::app::list::List;
use crate::app::list::groups::Item;
use crate::app::{Model, Pane};
use crate::index::Index;
use crate::present::list::{self, COLUMNS};
use crate::present::role::{Line, Role, Span};
use crate::present::{causes, contrast, overview, rates, values};
use crate::vocab::{FlowNumber, FlowRef, text};

/// Rows below which the finding under the list is left out.
const FINDING_FROM: u16 = 14;
/// Rows below which what the failing have in common is left out.
const CLAIM_FROM: u16 = 10;

/// Draws the list.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    canvas.line(title.x, title.y, title.width, &overview::title(&model.progress, index));
    canvas.tint(title, Role::Title);
    let claim = claim(model).filter(|_| body.height >= CLAIM_FROM);
    let (head, rest) = above(body, if body.height < 8 { 1 } else { 2 + u16::from(claim.is_some()) });
    let list = &model.screens.list;
    let query = &list.query;
    let counts = overview::counts(&index.counts(), query.outcome);
    let at = canvas.line(head.x, head.y, head.width, &counts);
    let at = match &query.only {
        Some(selection) => {
            let only = Line::of(Role::Notice, format!("  only {}", rates::selected(selection, &model.zone)));
            canvas.line(at, head.y, head.right().saturating_sub(at), &only)
        }
        None => at,
    };
    if !query.text.is_empty() {
        let filter = match &list.survey {
            Some(survey) => format!("  looking for {:?}, {} %", query.text, survey.percent()),
            None => format!("  {} with {:?}", values::about(list.rows.len() as u64, "row"), query.text),
        };
        canvas.line(at, head.y, head.right().saturating_sub(at), &Line::of(Role::Notice, filter));
    }
    if head.height > 1 {
        let line = overview::chart(&list.histogram, usize::from(head.width), &model.zone);
        canvas.line(head.x, head.y + 1, head.width, &line);
    }
    if let Some(claim) = claim {
        canvas.line(head.x, head.y + 2, head.width, &claim);
    }
    let finding_height = if body.height >= FINDING_FROM { 3 } else { 0 };
    let (table, finding) = above(rest, rest.height - finding_height);
    draw_table(canvas, table, model, index);
    draw_finding(canvas, finding, model, index);
}

/// What the failing have in common, in one line; none while there may be more flows.
fn claim(model: &Model) -> Option<Line> {
    let found = model.screens.contrast.found.as_ref().filter(|_| !model.is_loading())?;
    contrast::strongest(found)
}

/// The columns that fit: which, and how wide each is, from left to right.
fn columns(list: &List, widths: &[u16], width: u16) -> Vec<(usize, u16)> {
    let candidates = (0..COLUMNS.len()).filter(|at| *at == 0 || *at > list.shift);
    let mut ranked: Vec<usize> = candidates.collect();
    // Rows sorted by what is not to be seen would be a riddle.
    ranked.sort_by_key(|at| if list.query.column == *at { 0 } else { COLUMNS[*at].layout.rank });
    // The longest text, or the heading with the sign of the order.
    let wish = |at: usize| {
        let heading = COLUMNS[at].layout.title.len() + usize::from(list.query.column == at);
        widths[at].min(COLUMNS[at].layout.max).max(heading as u16)
    };
    let mut left = width;
    let mut taken: Vec<(usize, u16)> = Vec::new();
    for at in ranked {
        let fair = wish(at).min(COLUMNS[at].layout.fair);
        let room = left.saturating_sub(1).min(fair);
        if room < COLUMNS[at].layout.min.min(fair) {
            break;
        }
        left -= room + 1;
        taken.push((at, room));
        if room < fair {
            break;
        }
    }
    // What is left goes to those that would like more, the most important first.
    for (at, width) in &mut taken {
        let more = wish(*at).saturating_sub(*width).min(left);
        *width += more;
        left -= more;
    }
    taken.sort_unstable();
    taken
}

fn draw_table(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if area.height == 0 {
        return;
    }
    let list = &model.screens.list;
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let top = list.cursor.top(usize::from(body.height), list.len());
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), list.len() as u64);
    let items: Vec<Item> = (top..).map_while(|at| list.groups.item(at)).take(usize::from(rows.height)).collect();
    let number = |item: &Item| match item {
        Item::Row(row) => list.rows.get(*row).map(|flow| FlowNumber(*flow)),
        Item::Heading(_) => None,
    };
    let row = |item: &Item| number(item).map_or_else(Vec::new, |flow| cells(flow, model, index));
    let cells: Vec<(Item, Vec<Span>)> = items.iter().map(|item| (*item, row(item))).collect();
    let mut widths = list.widths.clone();
    for (_, cells) in &cells {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(text::width(&cell.text) as u16);
        }
    }
    let columns = columns(list, &widths, rows.width.saturating_sub(1));
    headings(canvas, area, list, &columns);
    canvas.rows(Pane::List, rows, top);
    for (y, (item, cells)) in (0..).zip(&cells) {
        if let Item::Heading(group) = item
            && let Some(heading) = heading(list, *group)
        {
            canvas.line(rows.x, rows.y + y, rows.width, &heading);
        }
        if number(item).is_some_and(|flow| model.baseline == Some(FlowRef::main(flow))) {
            canvas.span(rows.x, rows.y + y, 1, &Span::new(Role::Key, "b"));
        }
        let mut x = rows.x + 1;
        for (column, width) in &columns {
            if let Some(cell) = cells.get(*column) {
                canvas.cell(x, rows.y + y, *width, COLUMNS[*column].is_right(), cell);
            }
            x += width + 1;
        }
        if top + usize::from(y) == list.cursor.at && !list.is_empty() {
            canvas.cursor_row(rows, y, true);
        }
    }
    canvas.seen.widths = Some(widths);
    if list.rows.is_empty() {
        let text = overview::empty(&model.progress, index, list.is_looking());
        canvas.line(rows.x + 1, rows.y, rows.width.saturating_sub(1), &text);
    }
}

/// The heading of a group.
fn heading(list: &List, group: usize) -> Option<Line> {
    let group = list.groups.get(group)?;
    let whole = if group.kind.is_failed() { list.groups.failed() } else { list.rows.len() };
    Some(causes::heading(group.kind, group.count, whole, list.groups.is_folded(group)))
}

/// The cells of a flow in all columns.
fn cells(flow: FlowNumber, model: &Model, index: &Index) -> Vec<Span> {
    let Some(facts) = index.facts(flow) else { return Vec::new() };
    (0..COLUMNS.len()).map(|column| list::cell(column, &facts, &model.zone)).collect()
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
        let title = COLUMNS[*column].layout.title;
        let title = if title.len() + sign.chars().count() > usize::from(*width) && sorted {
            format!("{}{sign}", &title[..usize::from(*width).saturating_sub(1).min(title.len())])
        } else {
            format!("{title}{sign}")
        };
        canvas.cell(x, area.y, *width, COLUMNS[*column].is_right(), &Span::new(role, title));
        canvas.heading(*column, Rect { x, y: area.y, width: *width, height: 1 });
        x += width + 1;
    }
}

fn draw_finding(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if area.height == 0 {
        return;
    }
    if let Some(group) = model.screens.list.heading() {
        let inner = canvas.titled(area, &Line::of(Role::Dim, "group"), false);
        canvas.line(inner.x + 1, inner.y, inner.width.saturating_sub(1), &causes::brief(group.kind));
        return;
    }
    let Some(flow) = model.screens.list.flow() else { return };
    let title = Line::of(Role::Dim, format!("flow {flow}"));
    let inner = canvas.titled(area, &title, false);
    for (row, line) in overview::brief(flow, index).iter().enumerate().take(usize::from(inner.height)) {
        canvas.line(inner.x + 1, inner.y + row as u16, inner.width.saturating_sub(1), line);
    }
}
