//! The handshake timeline: steps, finding, fields, bytes.

use ratatui::layout::Rect;

use super::super::areas::{above, beside};
use super::super::canvas::Canvas;
use super::super::widgets::{hex, ladder, tree};
use super::compare;
use crate::app::timeline::Timeline;
use crate::app::{Model, Opened, Pane};
use crate::engine::FlowView;
use crate::index::Index;
use crate::present::role::{Line, Role};
use crate::present::{finding, header};

/// Columns from which on the finding stands beside the steps.
const WIDE: u16 = 130;
/// Columns of the finding there.
const FINDING: u16 = 46;
/// Columns from which on bytes stand beside the fields.
const TWO_PANES: u16 = 90;
/// Columns of a hex dump with 8 and with 16 bytes a row, its scroll bar included.
const HEX: (u16, u16) = (42, 75);

/// Draws the timeline.
pub fn draw(canvas: &mut Canvas<'_>, title: Rect, body: Rect, model: &Model, index: &Index) {
    let Some(view) = opened(canvas, title, body, model, index) else { return };
    let timeline = &model.screens.timeline;
    let upper = (body.height * 11 / 20).max(body.height.min(6));
    let (upper, lower) = above(body, upper);
    if body.width >= WIDE {
        let (steps, beside) = beside(upper, upper.width - FINDING - 1);
        canvas.separator(steps.right(), upper);
        ladder::draw(canvas, steps, &view, &timeline.steps, timeline.focus == Pane::Steps);
        draw_finding(canvas, beside, &view, timeline);
        fields_and_bytes(canvas, lower, timeline);
        return;
    }
    let (line, steps) = above(upper, u16::from(view.finding.is_some() && upper.height > 6));
    if let Some(finding) = view.finding.as_ref().filter(|_| line.height > 0) {
        let text = Line::of(Role::Primary, " ◆ ").with(Role::Strong, &*finding.headline);
        canvas.line(line.x, line.y, line.width, &text);
    }
    ladder::draw(canvas, steps, &view, &timeline.steps, timeline.focus == Pane::Steps);
    match timeline.focus {
        Pane::Finding => draw_finding(canvas, lower, &view, timeline),
        Pane::Bytes if body.width < TWO_PANES => hex::draw(canvas, lower, &timeline.tree, true),
        Pane::Fields if body.width < TWO_PANES => tree::draw(canvas, lower, &timeline.tree, true),
        _ if body.width < TWO_PANES && view.finding.is_some() => draw_finding(canvas, lower, &view, timeline),
        _ if body.width < TWO_PANES => tree::draw(canvas, lower, &timeline.tree, false),
        _ => fields_and_bytes(canvas, lower, timeline),
    }
}

/// The open flow; else what there is to say is drawn instead.
pub(super) fn opened(
    canvas: &mut Canvas<'_>,
    title: Rect,
    body: Rect,
    model: &Model,
    index: &Index,
) -> Option<std::sync::Arc<FlowView>> {
    name(canvas, title, model, index);
    let subject = model.subject.as_ref()?;
    let said = match &subject.opened {
        Opened::Ready(_) => None,
        Opened::Waiting => Some((Role::Dim, "reading its packets …".to_owned())),
        Opened::Failed(why) => Some((Role::Error, format!("cannot open it: {why}"))),
    };
    if let Some((role, text)) = said {
        compare::said(canvas, body, role, &text);
    }
    subject.view().cloned()
}

/// Draws the open flow's name in the bar at the top.
pub(super) fn name(canvas: &mut Canvas<'_>, title: Rect, model: &Model, index: &Index) {
    let Some(subject) = &model.subject else { return };
    let name = match &subject.opened {
        Opened::Ready(view) => header::of_view(view, index),
        Opened::Waiting | Opened::Failed(_) => unopened(subject.flow),
    };
    canvas.line(title.x, title.y, title.width, &name);
    canvas.tint(title, Role::Title);
}

fn unopened(flow: crate::vocab::FlowRef) -> Line {
    Line::of(Role::Strong, format!(" {}", header::name(flow)))
}

fn fields_and_bytes(canvas: &mut Canvas<'_>, area: Rect, timeline: &Timeline) {
    let hex_width = if area.width >= HEX.1 + 60 { HEX.1 } else { HEX.0 };
    let (fields, bytes) = beside(area, area.width - hex_width - 1);
    canvas.separator(fields.right(), area);
    tree::draw(canvas, fields, &timeline.tree, timeline.focus == Pane::Fields);
    hex::draw(canvas, bytes, &timeline.tree, timeline.focus == Pane::Bytes);
}

fn draw_finding(canvas: &mut Canvas<'_>, area: Rect, view: &FlowView, timeline: &Timeline) {
    let has_keys = timeline.focus == Pane::Finding;
    let inner = canvas.titled(area, &Line::of(Role::Heading, "Finding"), has_keys);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), ..inner };
    let lines = finding::of_view(view, usize::from(inner.width.saturating_sub(1)));
    let top = timeline.finding.cursor.top(usize::from(inner.height), lines.len());
    let rows = Rect { width: inner.width.saturating_sub(1), ..inner };
    canvas.scroll_bar(inner, top as u64, u64::from(inner.height), lines.len() as u64);
    canvas.rows(Pane::Finding, rows, top);
    for (at, row) in lines.iter().enumerate().skip(top).take(usize::from(rows.height)) {
        let y = (at - top) as u16;
        canvas.line(rows.x, rows.y + y, rows.width, &row.line);
        if has_keys && at == timeline.finding.cursor.at {
            canvas.cursor_row(rows, y, true);
        }
    }
}
