//! A plot: points in braille, two axes, signs and the cursor.

use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::canvas::{Canvas as Drawing, Context, Line as Segment, Points};

use super::super::canvas::Canvas;
use super::super::theme::{self, Theme};
use crate::present::plot::{Plot, Series, Stroke};
use crate::present::role::{Role, Span};
use crate::present::values;

/// Columns of the values beside the plot.
const AXIS: u16 = 9;

/// The part of an area that the points get.
pub fn inner(area: Rect) -> Rect {
    Rect {
        x: area.x + AXIS.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(AXIS),
        height: area.height.saturating_sub(2),
    }
}

/// Draws a plot.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, plot: &Plot) {
    canvas.titled(area, &plot.title, true);
    let inner = inner(area);
    if inner.width < 2 || inner.height == 0 {
        return;
    }
    axes(canvas, inner, plot);
    let theme = canvas.theme;
    let drawing = Drawing::default()
        .marker(Marker::Braille)
        .x_bounds([plot.x.0, plot.x.1])
        .y_bounds([plot.y.0, plot.y.1])
        .paint(|context| paint(context, plot, theme));
    canvas.widget(inner, drawing);
}

fn axes(canvas: &mut Canvas<'_>, inner: Rect, plot: &Plot) {
    let (low, high) = plot.y;
    let rows = [(0, high), (inner.height / 2, f64::midpoint(low, high)), (inner.height - 1, low)];
    let rows = if inner.height < 3 { &rows[..1] } else { &rows[..] };
    for (row, value) in rows {
        let x = inner.x - AXIS.min(inner.x);
        canvas.cell(x, inner.y + row, AXIS - 1, true, &Span::new(Role::Dim, plot.label(*value)));
    }
    let moments = [(0, plot.x.0), (1, f64::midpoint(plot.x.0, plot.x.1)), (2, plot.x.1)];
    for (place, moment) in moments {
        let text = if moment == 0.0 { "0 s".to_owned() } else { values::duration(moment) };
        let width = text.chars().count() as u16;
        let x = inner.x + (inner.width.saturating_sub(width)) * place / 2;
        canvas.span(x, inner.bottom(), width, &Span::new(Role::Dim, text));
    }
}

fn colour(theme: Theme, role: Role) -> Color {
    theme::style(theme, role).fg.unwrap_or(Color::Reset)
}

fn paint(context: &mut Context<'_>, plot: &Plot, theme: Theme) {
    if let Some((x, _)) = plot.cursor {
        let color = colour(theme, Role::Border);
        context.draw(&Segment { x1: x, y1: plot.y.0, x2: x, y2: plot.y.1, color });
    }
    for series in &plot.series {
        context.layer();
        trace(context, series, colour(theme, series.role));
    }
    context.layer();
    for sign in &plot.signs {
        context.print(sign.at.0, sign.at.1, theme::span(theme, &Span::new(sign.role, sign.drawn)));
    }
    if let Some((x, Some(y))) = plot.cursor {
        context.print(x, y, theme::span(theme, &Span::new(Role::CurrentMatch, "◆")));
    }
}

fn trace(context: &mut Context<'_>, series: &Series, color: Color) {
    let line = |(from, to): (&(f64, f64), &(f64, f64))| Segment { x1: from.0, y1: from.1, x2: to.0, y2: to.1, color };
    match series.stroke {
        Stroke::Bars => {
            for bar in series.points.chunks_exact(2) {
                context.draw(&line((&bar[0], &bar[1])));
            }
        }
        Stroke::Line => {
            for pair in series.points.windows(2) {
                context.draw(&line((&pair[0], &pair[1])));
            }
        }
        Stroke::Dots => context.draw(&Points { coords: &series.points, color }),
    }
}
