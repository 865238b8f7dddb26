//! A line of text being typed.

use super::key::{Code, Key, Named};

/// Characters a line may have.
const MAX: usize = 256;

/// A line of text with a cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Input {
    text: Vec<char>,
    at: usize,
}

impl Input {
    /// A line that begins with `text`, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let text: Vec<_> = text.chars().take(MAX).collect();
        Self { at: text.len(), text }
    }

    /// The text.
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// The text before the cursor and from it on.
    pub fn parts(&self) -> (String, String) {
        let (before, after) = self.text.split_at(self.at);
        (before.iter().collect(), after.iter().collect())
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes a key; whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        let before = self.text.len();
        match (key.code, key.ctrl) {
            (Code::Named(Named::Left), _) => self.at = self.at.saturating_sub(1),
            (Code::Named(Named::Right), _) => self.at = (self.at + 1).min(self.text.len()),
            (Code::Named(Named::Home), _) | (Code::Char('a'), true) => self.at = 0,
            (Code::Named(Named::End), _) | (Code::Char('e'), true) => self.at = self.text.len(),
            (Code::Named(Named::Backspace), _) | (Code::Char('h'), true) if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
            }
            (Code::Named(Named::Delete), _) if self.at < self.text.len() => {
                self.text.remove(self.at);
            }
            (Code::Char('u'), true) => {
                self.text.drain(..self.at);
                self.at = 0;
            }
            (Code::Char('w'), true) => self.erase_word(),
            _ => {
                if let Some(typed) = key.typed().filter(|_| before < MAX) {
                    self.text.insert(self.at, typed);
                    self.at += 1;
                }
            }
        }
        self.text.len() != before
    }

    fn erase_word(&mut self) {
        let head = &self.text[..self.at];
        let end = head.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1);
        let start = head[..end].iter().rposition(|c| c.is_whitespace()).map_or(0, |space| space + 1);
        self.text.drain(start..self.at);
        self.at = start;
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
            ("ctrl-a Delete", "pi yx"),
            ("End Backspace", "pi y"),
            ("ctrl-u", ""),
        ] {
            for key in Key::script(keys) {
                input.key(key);
            }
            assert_eq!(input.text(), expected, "after {keys}");
        }
    }
}
