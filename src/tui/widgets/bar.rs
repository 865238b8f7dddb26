//! The bar at the bottom: what is possible now, what the last action had to say, or the line being typed.

use ratatui::layout::Rect;

use super::super::canvas::{self, Canvas};
use crate::app::keys::{self, Scope};
use crate::app::{Action, Model, Overlay, Prompt};
use crate::index::Index;
use crate::present::role::{Line, Role, Span};

/// Draws the bar.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    if let Overlay::Prompt(prompt) = &model.overlay {
        typed(canvas, area, model, prompt);
        return;
    }
    if let Some((role, text)) = &model.notice {
        canvas.line(area.x, area.y, area.width, &Line::of(*role, format!(" {text}")));
        return;
    }
    hints(canvas, area, model, index);
}

/// The line being typed, what it finds, and the keys that mean something.
fn typed(canvas: &mut Canvas<'_>, area: Rect, model: &Model, prompt: &Prompt) {
    let (before, after) = prompt.input.parts();
    let at = canvas.span(area.x, area.y, area.width, &Span::new(Role::Key, &*prompt.sign));
    let room = area.right().saturating_sub(at + 1);
    let at = canvas.span(at, area.y, room, &Span::new(Role::Text, canvas::tail(before, room)));
    canvas.seen.cursor = Some((at.min(area.right() - 1), area.y));
    let at = canvas.span(at, area.y, area.right().saturating_sub(at), &Span::new(Role::Text, after));
    let left = area.right().saturating_sub(at);
    let found = prompt.screen.and_then(|screen| model.screens.get(screen).found(&prompt.purpose)).unwrap_or_default();
    let said = [&*found, prompt.hint].into_iter().filter(|said| !said.is_empty());
    let tail = said.fold(Line::new(), |line, said| line.with(Role::Dim, format!("   {said}")));
    if canvas::width(&tail) <= left {
        canvas.line(at, area.y, left, &tail);
    }
}

fn hints(canvas: &mut Canvas<'_>, area: Rect, model: &Model, index: &Index) {
    let scope = match model.overlay {
        Overlay::Page(_) => Scope::Anywhere,
        _ => model.screen().scope(),
    };
    let own = keys::rows(scope).filter(|row| row.scope != Scope::Anywhere);
    let possible = |row: &&keys::Binding| !row.hint.is_empty() && model.is_possible(row.action, index);
    // Help and the way out stay in sight, however narrow it is.
    let (out, rows): (Vec<_>, Vec<_>) = own.filter(possible).partition(|row| row.action == Action::Quit);
    let general = keys::rows(Scope::Anywhere).filter(possible);
    let general = general.filter(|row| out.is_empty() || row.action != Action::Back);
    let tail = general.chain(out.iter().copied()).fold(Line::new(), hint);
    let room = area.width.saturating_sub(canvas::width(&tail));
    let mut at = area.x;
    for row in rows {
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
