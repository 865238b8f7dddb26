//! The steps of a flow as a ladder between client and server.

use ratatui::layout::Rect;

use super::super::canvas::Canvas;
use crate::app::Pane;
use crate::app::timeline::Steps;
use crate::engine::FlowView;
use crate::present::flights::{self, Row as LadderRow};
use crate::present::ladder::{self, Context, StepRow};
use crate::present::role::{Line, Role, Span};
use crate::present::values;

/// The columns' widths; 0 leaves one out.
struct Columns {
    packet: u16,
    time: u16,
    delta: u16,
    lane: u16,
    size: u16,
    ttl: u16,
    flags: u16,
}

impl Columns {
    /// The columns for a width and the longest name of a step: what matters least goes first.
    fn new(width: u16, longest: usize) -> Self {
        let (delta, ttl, flags) = match width {
            ..66 => (0, 0, 0),
            66..84 => (0, 4, 0),
            84..110 => (9, 4, 0),
            _ => (9, 4, 11),
        };
        let (packet, time, size) = match width {
            ..46 => (6, 0, 0),
            46..66 => (6, 9, 6),
            _ => (7, 11, 7),
        };
        let others =
            [packet, time, delta, size, ttl, flags].iter().map(|width| width + u16::from(*width > 0)).sum::<u16>();
        let rest = width.saturating_sub(others + 3);
        let lane = (rest * 2 / 3).clamp(rest.min(LANE.0), LANE.1);
        // Notes say more than long arrows.
        let needed = (longest as u16).saturating_add(ladder::AROUND).max(LANE.0);
        let lane = if rest - lane < NOTE { lane.min(needed) } else { lane };
        Self { packet, time, delta, lane, size, ttl, flags }
    }
}

/// Columns between the lifelines: at least where there is room, and at most.
const LANE: (u16, u16) = (26, 46);
/// Columns that most notes fit in.
const NOTE: u16 = 60;

/// Draws the steps.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, view: &FlowView, steps: &Steps, has_keys: bool) {
    let context = Context::new(&view.timeline, view.finding.as_ref());
    let mut title = Line::of(Role::Heading, "Steps");
    let hidden = view.timeline.steps.iter().filter(|step| !steps.layers.shows(step)).count();
    if let Some(hidden) = steps.layers.hidden(hidden) {
        title.push(Role::Dim, format!("  {hidden}"));
    }
    if steps.to_scale {
        title.push(Role::Dim, "  time to scale");
    }
    if view.timeline.capped > 0 {
        title.push(Role::Warning, format!("  {} segments left out: the flow is too large", view.timeline.capped));
    }
    let inner = canvas.titled(area, &title, has_keys);
    if inner.height == 0 {
        return;
    }
    let columns = Columns::new(inner.width, ladder::longest_name(&view.timeline));
    headings(canvas, inner, &columns);
    let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    let top = steps.cursor.top(usize::from(body.height), steps.rows.len());
    let rows = canvas.scroll_bar(body, top as u64, u64::from(body.height), steps.rows.len() as u64);
    canvas.rows(Pane::Steps, rows, top);
    for (at, row) in steps.rows.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = (at - top) as u16;
        match row {
            LadderRow::Step(step) => {
                if let Some(row) = ladder::row(&context, *step) {
                    step_row(canvas, rows, rows.y + y, &columns, &row);
                }
            }
            LadderRow::Flight(number) => {
                if let Some(flight) = view.flights.get(*number) {
                    let line = flights::line(view, flight, steps.folded.contains(number));
                    canvas.line(rows.x, rows.y + y, rows.width, &line);
                }
            }
            LadderRow::Pause(nanos) => pause(canvas, rows, rows.y + y, &columns, *nanos),
        }
        if at == steps.cursor.at {
            canvas.cursor_row(rows, y, has_keys);
        }
    }
}

/// A row of time in which nothing happened: the two lifelines go on.
fn pause(canvas: &mut Canvas<'_>, area: Rect, y: u16, columns: &Columns, nanos: Option<i64>) {
    let before = [columns.packet, columns.time, columns.delta];
    let lane = area.x + 2 + before.iter().map(|width| width + u16::from(*width > 0)).sum::<u16>();
    let line = Span::new(Role::Border, "│");
    canvas.span(lane, y, 1, &line);
    canvas.span(lane + columns.lane.saturating_sub(1), y, 1, &line);
    if let Some(nanos) = nanos {
        let text = values::duration(nanos as f64 / 1e9);
        let middle = lane + columns.lane.saturating_sub(text.chars().count() as u16) / 2;
        canvas.span(middle, y, columns.lane, &Span::new(Role::Dim, text));
    }
}

fn headings(canvas: &mut Canvas<'_>, area: Rect, columns: &Columns) {
    let mut row = Row { x: area.x + 2, end: area.right(), y: area.y };
    let heading = |text: &str| Span::new(Role::Label, text);
    row.cell(canvas, columns.packet, true, &heading("packet"));
    row.cell(canvas, columns.time, true, &heading("time"));
    row.cell(canvas, columns.delta, true, &heading("delta"));
    let lane = row.x;
    canvas.span(lane, area.y, columns.lane, &Span::new(Role::ToServer, "client"));
    let server = lane + columns.lane.saturating_sub(6);
    canvas.span(server, area.y, 6, &Span::new(Role::ToClient, "server"));
    row.x = lane + columns.lane + 1;
    row.cell(canvas, columns.size, true, &heading("bytes"));
    row.cell(canvas, columns.ttl, true, &heading("TTL"));
    row.cell(canvas, columns.flags, false, &heading("flags"));
}

fn step_row(canvas: &mut Canvas<'_>, area: Rect, y: u16, columns: &Columns, step: &StepRow) {
    canvas.span(area.x, y, 1, &step.mark);
    let mut row = Row { x: area.x + 2, end: area.right(), y };
    row.cell(canvas, columns.packet, true, &step.packet);
    row.cell(canvas, columns.time, true, &step.time);
    row.cell(canvas, columns.delta, true, &step.delta);
    canvas.line(row.x, y, columns.lane, &ladder::draw(&step.arrow, usize::from(columns.lane)));
    row.x += columns.lane + 1;
    row.cell(canvas, columns.size, true, &step.size);
    row.cell(canvas, columns.ttl, true, &step.ttl);
    row.cell(canvas, columns.flags, false, &step.flags);
    canvas.line(row.x, y, row.end.saturating_sub(row.x), &step.note);
}

struct Row {
    x: u16,
    end: u16,
    y: u16,
}

impl Row {
    fn cell(&mut self, canvas: &mut Canvas<'_>, width: u16, right: bool, span: &Span) {
        if width > 0 {
            canvas.cell(self.x, self.y, width.min(self.end.saturating_sub(self.x)), right, span);
            self.x += width + 1;
        }
    }
}
