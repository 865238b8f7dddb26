//! The failure rates: of all, over time, by cohort.

use ratatui::layout::Rect;

use super::super::areas::above;
use super::super::canvas::Canvas;
use super::super::widgets::plot;
use crate::app::{Model, Pane};
use crate::index::Index;
use crate::present::role::{Line, Role, Span};
use crate::present::{overview, rates};

/// Rows of the body from which on there is room for the plot.
const PLOT_FROM: u16 = 22;
/// Rows of the plot.
const PLOT: u16 = 9;

/// Draws the rates.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    canvas.line(title.x, title.y, title.width, &overview::title(&model.progress, index));
    canvas.tint(title, Role::Title);
    let page = &model.screens.rates;
    let Some(counted) = &page.counted else {
        canvas.line(body.x + 1, body.y, body.width.saturating_sub(1), &Line::of(Role::Dim, "counting …"));
        return;
    };
    let whole = rates::whole(counted);
    let (head, mut rest) = above(body, whole.len() as u16);
    for (y, line) in (head.y..head.bottom()).zip(whole) {
        canvas.line(head.x, y, head.width, &line);
    }
    if body.height >= PLOT_FROM
        && let Some(over_time) = rates::plot(counted, &model.zone)
    {
        let (upper, lower) = above(rest, PLOT);
        plot::draw(canvas, upper, &over_time);
        let inner = plot::inner(upper);
        canvas.cell(lower.x, lower.y, inner.x - lower.x - 1, true, &Span::new(Role::Dim, "failures"));
        canvas.line(inner.x, lower.y, inner.width, &rates::failures(counted, usize::from(inner.width)));
        rest = above(lower, 1).1;
    }
    let inner = canvas.titled(rest, &Line::of(Role::Heading, "Incidents, cohorts and periods"), true);
    let (headings, body) = above(inner, 1);
    if headings.height == 0 {
        return;
    }
    canvas.line(headings.x, headings.y, headings.width, &rates::headings());
    let top = page.cursor.top(usize::from(body.height), page.rows.len());
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), page.rows.len() as u64);
    canvas.rows(Pane::Rates, rows, top);
    for (y, (at, row)) in (0..rows.height).zip(page.rows.iter().enumerate().skip(top)) {
        canvas.line(rows.x, rows.y + y, rows.width, &rates::line(counted, *row, &model.zone));
        if at == page.cursor.at {
            canvas.cursor_row(rows, y, true);
        }
    }
}
