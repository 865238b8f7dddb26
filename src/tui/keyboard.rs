//! crossterm's keys → ours.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::key::{Code, Key, Named};

/// The keys of an event: none for a release or a key that has no name here. Alt with a key is Esc and that key: a
/// terminal sends the same for both.
pub fn keys(event: KeyEvent) -> impl Iterator<Item = Key> {
    let escaped = event.modifiers.contains(KeyModifiers::ALT) && event.kind != KeyEventKind::Release;
    let key = if event.kind == KeyEventKind::Release { None } else { key(event) };
    escaped.then(|| Key::named(Named::Esc)).into_iter().chain(key)
}

fn key(event: KeyEvent) -> Option<Key> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let named = |name| Some(Key { code: Code::Named(name), ctrl, shift });
    match event.code {
        KeyCode::Char(' ') => named(Named::Space),
        KeyCode::Char(c) => Some(Key { code: Code::Char(c), ctrl, shift: false }),
        KeyCode::Up => named(Named::Up),
        KeyCode::Down => named(Named::Down),
        KeyCode::Left => named(Named::Left),
        KeyCode::Right => named(Named::Right),
        KeyCode::PageUp => named(Named::PageUp),
        KeyCode::PageDown => named(Named::PageDown),
        KeyCode::Home => named(Named::Home),
        KeyCode::End => named(Named::End),
        KeyCode::Enter => named(Named::Enter),
        KeyCode::Esc => named(Named::Esc),
        KeyCode::Tab => named(Named::Tab),
        KeyCode::BackTab => Some(Key { code: Code::Named(Named::Tab), ctrl, shift: true }),
        KeyCode::Backspace => named(Named::Backspace),
        KeyCode::Delete => named(Named::Delete),
        KeyCode::F(1) => named(Named::F1),
        _ => None,
    }
}
