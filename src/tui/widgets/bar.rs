//! The bar at the bottom: what is possible now, what the last action had to say, or the line being typed.

use ratatui::layout::Rect;

use super::super::canvas::{self, Canvas};
use crate::app::keys::{self, Scope};
use crate::app::{Model, Overlay, Prompt, Screen};
use crate::engine::Index;
use crate::present::role::{Line, Role, Span};

/// Draws the bar.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if let Overlay::Prompt(prompt, input) = &model.overlay {
        let (before, after) = input.parts();
        let line = Line::of(Role::Key, prompt.sign()).with(Role::Text, before);
        let at = canvas.line(area.x, area.y, area.width, &line);
        canvas.seen.cursor = Some((at.min(area.right() - 1), area.y));
        let at = canvas.span(at, area.y, area.right().saturating_sub(at), &Span::new(Role::Text, after));
        let tail = Line::of(Role::Dim, "   Enter: keep   Esc: give up").with(Role::Dim, count(model, prompt));
        canvas.line(at, area.y, area.right().saturating_sub(at), &tail);
        return;
    }
    if let Some((role, text)) = &model.notice {
        canvas.span(area.x, area.y, area.width, &Span::new(*role, format!(" {text}")));
        return;
    }
    hints(canvas, area, model, index);
}

fn count(model: &Model, prompt: &Prompt) -> String {
    match (prompt, model.screen()) {
        (Prompt::Filter { .. }, _) => format!("   {} rows", model.list.rows.len()),
        (Prompt::Search, Screen::Follow) => format!("   {} matches", model.follow.matches.len()),
        (Prompt::Search, _) => format!("   {} matches", model.timeline.tree.matches.len()),
        _ => String::new(),
    }
}

fn hints(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    let rows: Vec<_> = match model.overlay {
        Overlay::Page(_) => keys::rows(Scope::Anywhere).filter(|row| row.first_key() == "q").collect(),
        _ => keys::rows(model.screen().scope()).collect(),
    };
    let general: Vec<_> = keys::rows(Scope::Anywhere).collect();
    let possible = |row: &&&keys::Binding| !row.hint.is_empty() && model.is_possible(row.action, index);
    // Help and the way back stay in sight, however narrow it is.
    let tail = general.iter().filter(possible).fold(Line::new(), |line, row| hint(line, row));
    let room = area.width.saturating_sub(canvas::width(&tail));
    let mut at = area.x;
    for row in rows.iter().filter(possible) {
        let line = hint(Line::new(), row);
        if at + canvas::width(&line) > area.x + room {
            break;
        }
        at = canvas.line(at, area.y, room, &line);
    }
    canvas.line(at, area.y, area.right().saturating_sub(at), &tail);
}

fn hint(line: Line, row: &keys::Binding) -> Line {
    line.with(Role::Key, format!(" {}", row.first_key())).with(Role::Dim, format!(" {} ", row.hint))
}
