//! A key as the table writes it: `j`, `Down`, `ctrl-d`, `shift-Tab`.

use std::fmt;

/// Which key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Code {
    /// A character; upper case stands for shift.
    Char(char),
    /// A key with a name, one of [`NAMED`].
    Named(Named),
}

macro_rules! named_keys {
    ($($(#[$doc:meta])* $key:ident,)+) => {
        /// A key that is no character.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Named { $($(#[$doc])* $key,)+ }

        /// Every key with a name.
        pub const NAMED: &[(&str, Named)] = &[$((stringify!($key), Named::$key),)+];
    };
}

named_keys! {
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// The space bar.
    Space,
    /// F1.
    F1,
}

/// A key with its modifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Whether Ctrl is held.
    pub ctrl: bool,
    /// Whether Shift is held; never set for characters, which are upper case then.
    pub shift: bool,
}

impl Key {
    /// A character without modifiers.
    pub fn char(c: char) -> Self {
        if c == ' ' {
            return Self::named(Named::Space);
        }
        Self { code: Code::Char(c), ctrl: false, shift: false }
    }

    /// A named key without modifiers.
    pub fn named(key: Named) -> Self {
        Self { code: Code::Named(key), ctrl: false, shift: false }
    }

    /// The key that `text` names; none where it names none.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("ctrl-") {
            return Some(Self { ctrl: true, ..Self::parse(rest)? });
        }
        if let Some(rest) = text.strip_prefix("shift-") {
            return Some(Self { shift: true, ..Self::parse(rest)? });
        }
        if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Some(Self::named(*key));
        }
        let mut chars = text.chars();
        let first = chars.next()?;
        chars.next().is_none().then(|| Self::char(first))
    }

    /// The keys of a script: key names separated by spaces; any other word is typed letter by letter.
    pub fn script(script: &str) -> Vec<Self> {
        let typed = |word: &str| word.chars().map(Self::char).collect();
        script
            .split_whitespace()
            .flat_map(|word| Self::parse(word).map_or_else(|| typed(word), |key| vec![key]))
            .collect()
    }

    /// The character it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            _ if self.ctrl => None,
            Code::Char(c) => Some(c),
            Code::Named(Named::Space) => Some(' '),
            Code::Named(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.shift {
            f.write_str("shift-")?;
        }
        match self.code {
            Code::Char(c) => write!(f, "{c}"),
            Code::Named(key) => write!(f, "{key:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_the_same() {
        for name in ["j", "G", "Down", "ctrl-d", "shift-Tab", "/", "Space", "Esc"] {
            assert_eq!(Key::parse(name).map(|key| key.to_string()).as_deref(), Some(name));
        }
        assert_eq!(Key::parse("nonsense"), None);
        assert_eq!(Key::script("n Enter abc").len(), 5);
    }
}
