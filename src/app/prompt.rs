//! A line being typed: a filter, a search, a file, a command. What it means is up to the screen that asks for it.

use std::path::PathBuf;

use super::input::Input;
use super::key::{Code, Key, Named};
use super::screen::Screen;
use crate::vocab::text::visible;

/// What a line is typed for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A command.
    Command,
    /// Something to look for on the screen.
    Search,
    /// The file to save something to.
    Save,
    /// Whether to replace this file with it.
    Overwrite(PathBuf),
}

/// A line being typed.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// The screen that asks; none for a command.
    pub screen: Option<Screen>,
    /// What for.
    pub purpose: Purpose,
    /// What stands before the line.
    pub sign: String,
    /// What stands after it: the keys that mean something.
    pub hint: &'static str,
    /// The line.
    pub input: Input,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typed {
    /// It reads otherwise now.
    Changed,
    /// The screen is to go on to the next way to read it.
    Next,
    /// It is as it is to be, or the question was answered with yes.
    Kept,
    /// It was given up, or the question was answered with no.
    GivenUp,
}

impl Prompt {
    fn new(screen: Option<Screen>, purpose: Purpose, sign: impl Into<String>, text: &str) -> Self {
        let hint = match purpose {
            Purpose::Command | Purpose::Search => "Enter: keep   Esc: give up",
            Purpose::Save => "Enter: save   Esc: give up",
            Purpose::Overwrite(_) => "",
        };
        Self { screen, purpose, sign: sign.into(), hint, input: Input::new(text) }
    }

    /// Asks for a command.
    pub fn command() -> Self {
        Self::new(None, Purpose::Command, ":", "")
    }

    /// A screen asks what to look for; `text` is there already.
    pub fn search(screen: Screen, sign: impl Into<String>, text: &str) -> Self {
        Self::new(Some(screen), Purpose::Search, sign, text)
    }

    /// A screen asks for the file to save something to.
    pub fn save(screen: Screen, sign: &str, file: &str) -> Self {
        Self::new(Some(screen), Purpose::Save, sign, file)
    }

    /// A screen asks whether to replace a file.
    pub fn overwrite(screen: Screen, path: PathBuf) -> Self {
        let sign = format!("{} exists; replace it? y/n ", visible(&path.to_string_lossy()));
        Self::new(Some(screen), Purpose::Overwrite(path), sign, "")
    }

    /// Takes a key; what became of the line, if anything did.
    pub fn press(&mut self, key: Key) -> Option<Typed> {
        if let Purpose::Overwrite(_) = self.purpose {
            return Some(if matches!(key.typed(), Some('y' | 'Y')) { Typed::Kept } else { Typed::GivenUp });
        }
        match (key.code, key.ctrl) {
            (Code::Named(Named::Tab), _) => Some(Typed::Next),
            (Code::Named(Named::Esc), _) | (Code::Char('c'), true) => Some(Typed::GivenUp),
            (Code::Named(Named::Backspace), _) if self.input.is_empty() => Some(Typed::Kept),
            (Code::Named(Named::Enter), _) => Some(Typed::Kept),
            _ => self.input.key(key).then_some(Typed::Changed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_change_a_line_keep_it_or_give_it_up() {
        for (keys, became, text) in [
            ("a", Some(Typed::Changed), "xa"),
            ("Left", None, "x"),
            ("Tab", Some(Typed::Next), "x"),
            ("Enter", Some(Typed::Kept), "x"),
            ("Backspace", Some(Typed::Changed), ""),
            ("Backspace Backspace", Some(Typed::Kept), ""),
            ("Esc", Some(Typed::GivenUp), "x"),
            ("ctrl-c", Some(Typed::GivenUp), "x"),
        ] {
            let mut prompt = Prompt::search(Screen::List, "/", "x");
            let last = Key::script(keys).into_iter().map(|key| prompt.press(key)).last().flatten();
            assert_eq!((last, &*prompt.input.text()), (became, text), "{keys}");
        }
    }

    #[test]
    fn only_yes_replaces_a_file() {
        for (key, became) in [("y", Typed::Kept), ("Y", Typed::Kept), ("n", Typed::GivenUp), ("Enter", Typed::GivenUp)]
        {
            let mut prompt = Prompt::overwrite(Screen::Follow, "a\x1b.bin".into());
            assert!(!prompt.sign.contains('\x1b'));
            assert_eq!(Key::script(key).into_iter().find_map(|key| prompt.press(key)), Some(became), "{key}");
        }
    }
}
