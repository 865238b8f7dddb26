//! Colours for text that goes to a terminal. Meaning never hangs on them alone: the words are there too.

use std::fmt;

use crate::vocab::Outcome;

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ink {
    /// Nothing special.
    Plain,
    /// A heading.
    Heading,
    /// Good.
    Good,
    /// A failure.
    Bad,
    /// Something to look at.
    Warning,
    /// Beside the point.
    Faint,
    /// What the client sent.
    Client,
    /// What the server sent.
    Server,
}

impl Ink {
    /// The meaning of an outcome.
    pub fn of(outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(Outcome::Ok) => Ink::Good,
            Some(Outcome::Failed) => Ink::Bad,
            Some(Outcome::Incomplete) => Ink::Warning,
            Some(Outcome::Unused | Outcome::NotTls) | None => Ink::Faint,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Heading => "1",
            Ink::Good => "32",
            Ink::Bad => "1;31",
            Ink::Warning => "33",
            Ink::Faint => "2",
            Ink::Client => "36",
            Ink::Server => "35",
        }
    }
}

/// Whether text is coloured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Paint {
    /// With terminal colours.
    Colours,
    /// Without.
    Plain,
}

impl Paint {
    /// `text` in a colour, where colours are wanted.
    pub fn ink<T: fmt::Display>(self, ink: Ink, text: T) -> Inked<T> {
        Inked { code: if self == Paint::Colours { ink.code() } else { "" }, text }
    }
}

/// Text with its colour, to be displayed.
pub struct Inked<T> {
    code: &'static str,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Inked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            return self.text.fmt(f);
        }
        write!(f, "\u{1b}[{}m", self.code)?;
        self.text.fmt(f)?;
        f.write_str("\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_counts_text_without_colour_codes() {
        assert_eq!(Paint::Plain.ink(Ink::Bad, format_args!("{:<5}", "x")).to_string(), "x    ");
        assert_eq!(Paint::Colours.ink(Ink::Bad, "x").to_string(), "\u{1b}[1;31mx\u{1b}[0m");
        assert_eq!(Paint::Colours.ink(Ink::Plain, "x").to_string(), "x");
    }
}
