//! A line of text being typed: which key asks for which edit. The line itself is tui-input's.

use tui_input::InputRequest;

use super::key::{Code, Key, Named};

/// Characters a line may have.
const MAX: usize = 256;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct Input(tui_input::Input);

impl Input {
    /// A line that begins with `text`, the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self(tui_input::Input::new(text.chars().take(MAX).collect()))
    }

    /// The text.
    pub fn text(&self) -> String {
        self.0.value().to_owned()
    }

    /// The text before the cursor and from it on.
    pub fn parts(&self) -> (&str, &str) {
        let text = self.0.value();
        let at = text.char_indices().nth(self.0.cursor()).map_or(text.len(), |(at, _)| at);
        text.split_at(at)
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.0.value().is_empty()
    }

    /// Takes a key; whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        let request = self.request(key);
        request.and_then(|request| self.0.handle(request)).is_some_and(|changed| changed.value)
    }

    fn request(&self, key: Key) -> Option<InputRequest> {
        Some(match (key.code, key.ctrl) {
            (Code::Named(Named::Left), true) => InputRequest::GoToPrevWord,
            (Code::Named(Named::Right), true) => InputRequest::GoToNextWord,
            (Code::Named(Named::Left), false) => InputRequest::GoToPrevChar,
            (Code::Named(Named::Right), false) => InputRequest::GoToNextChar,
            (Code::Named(Named::Home), _) | (Code::Char('a'), true) => InputRequest::GoToStart,
            (Code::Named(Named::End), _) | (Code::Char('e'), true) => InputRequest::GoToEnd,
            (Code::Named(Named::Backspace), _) | (Code::Char('h'), true) => InputRequest::DeletePrevChar,
            (Code::Named(Named::Delete), _) => InputRequest::DeleteNextChar,
            (Code::Char('u'), true) => InputRequest::DeleteFromStart,
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            _ => InputRequest::InsertChar(key.typed().filter(|_| self.has_room())?),
        })
    }

    fn has_room(&self) -> bool {
        self.0.value().chars().count() < MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_edits_as_a_shell_does() {
        let mut input = Input::new("api example");
        for (keys, expected) in [
            ("ctrl-w", "api "),
            ("x Left y", "api yx"),
            ("ctrl-Left z", "api zyx"),
            ("ctrl-a Delete", "pi zyx"),
            ("ctrl-Right ctrl-h", "pizyx"),
            ("End Backspace", "pizy"),
            ("ctrl-u", ""),
        ] {
            for key in Key::script(keys) {
                input.key(key);
            }
            assert_eq!(input.text(), expected, "after {keys}");
        }
    }

    #[test]
    fn what_the_eye_takes_for_one_character_goes_as_one() {
        let mut input = Input::new("a\u{1F926}\u{1F3FC}\u{200D}\u{2642}\u{FE0F}");
        assert!(input.key(Key::named(Named::Backspace)));
        assert_eq!(input.parts(), ("a", ""));
    }

    #[test]
    fn a_line_has_an_end() {
        let mut input = Input::new(&"x".repeat(MAX + 1));
        assert!(!input.key(Key::char('y')));
        assert_eq!(input.text().len(), MAX);
    }
}
