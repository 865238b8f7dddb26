//! Roles → colours, for the terminal UI and for text that goes to a terminal: the only place that knows any. Meaning
//! never hangs on colours alone: every role that matters differs by a sign in the text, or by an attribute, too.

use std::fmt;

use crate::present::role::Role;

/// A set of colours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// For a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// No colours: attributes only.
    Plain,
}

/// Whether colours are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorChoice {
    /// Unless the environment's `NO_COLOR` forbids it.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Never.
    Never,
}

/// How a piece of text looks: colours of the 256-colour palette, and attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// The text's colour; the terminal's own without.
    pub foreground: Option<u8>,
    /// Its background; the terminal's own without.
    pub background: Option<u8>,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// An attribute of text (ECMA-48 §8.3.117).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attribute {
    /// Bold.
    Bold = 1,
    /// Faint.
    Dim = 2,
    /// Italic.
    Italic = 3,
    /// Underlined.
    Underlined = 4,
    /// Foreground and background exchanged.
    Reversed = 7,
}

/// The colours of a theme, by what they are for.
struct Palette {
    client: u8,
    server: u8,
    good: u8,
    bad: u8,
    doubt: u8,
    heading: u8,
    faint: u8,
    bar: u8,
    on_bar: u8,
    cursor: u8,
    away: u8,
}

const DARK: Palette = Palette {
    client: 80,
    server: 215,
    good: 114,
    bad: 203,
    doubt: 221,
    heading: 111,
    faint: 245,
    bar: 236,
    on_bar: 252,
    cursor: 24,
    away: 237,
};

const LIGHT: Palette = Palette {
    client: 24,
    server: 94,
    good: 28,
    bad: 160,
    doubt: 130,
    heading: 25,
    faint: 242,
    bar: 254,
    on_bar: 235,
    cursor: 153,
    away: 253,
};

impl Theme {
    /// The theme for a choice and the environment's `NO_COLOR` and `COLORFGBG` (`15;0`: light on dark).
    pub fn choose(choice: ColorChoice, no_color: Option<&str>, background: Option<&str>) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        match choice {
            ColorChoice::Never => Theme::Plain,
            ColorChoice::Auto if refused => Theme::Plain,
            _ => match background.and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok()) {
                Some(7 | 9..=15) => Theme::Light,
                _ => Theme::Dark,
            },
        }
    }

    /// How a role looks.
    pub fn look(self, role: Role) -> Look {
        match self {
            Theme::Dark => coloured(&DARK, role),
            Theme::Light => coloured(&LIGHT, role),
            Theme::Plain => Look { attributes: plain(role), ..Look::default() },
        }
    }
}

fn coloured(palette: &Palette, role: Role) -> Look {
    use Attribute::{Bold, Italic, Reversed, Underlined};
    let look = |foreground: u8, attributes| Look { foreground: Some(foreground), background: None, attributes };
    let bare = |attributes| Look { attributes, ..Look::default() };
    match role {
        Role::Text => bare(&[]),
        Role::Dim | Role::Offset | Role::Border => look(palette.faint, &[]),
        Role::Strong => bare(&[Bold]),
        Role::Heading | Role::Focus => look(palette.heading, &[Bold]),
        Role::Label => look(palette.heading, &[]),
        Role::Key => look(palette.doubt, &[Bold]),
        Role::Ok => look(palette.good, &[]),
        Role::Failed | Role::Error | Role::Alert | Role::Primary | Role::Difference => look(palette.bad, &[Bold]),
        Role::Warning | Role::Event | Role::Notice | Role::Supporting => look(palette.doubt, &[]),
        Role::ToServer => look(palette.client, &[]),
        Role::ToClient => look(palette.server, &[]),
        Role::Gap => look(palette.doubt, &[Italic]),
        Role::Inferred => look(palette.faint, &[Italic]),
        Role::Match => look(palette.doubt, &[Underlined]),
        Role::CurrentMatch | Role::CursorByte => bare(&[Reversed, Bold]),
        Role::SelectedBytes => bare(&[Reversed]),
        Role::Cursor => Look { background: Some(palette.cursor), ..bare(&[Bold]) },
        Role::CursorAway => Look { background: Some(palette.away), ..Look::default() },
        Role::Title => Look { background: Some(palette.bar), ..look(palette.on_bar, &[]) },
    }
}

fn plain(role: Role) -> &'static [Attribute] {
    use Attribute::{Bold, Dim, Italic, Reversed, Underlined};
    match role {
        Role::Dim | Role::Offset | Role::Border => &[Dim],
        Role::Strong
        | Role::Heading
        | Role::Key
        | Role::Failed
        | Role::Error
        | Role::Alert
        | Role::Primary
        | Role::Difference
        | Role::Focus => &[Bold],
        Role::Gap | Role::Inferred => &[Italic],
        Role::Match | Role::CursorAway => &[Underlined],
        Role::Cursor | Role::CurrentMatch | Role::CursorByte | Role::SelectedBytes | Role::Title => &[Reversed],
        _ => &[],
    }
}

/// Whether text is coloured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Paint {
    /// With a terminal's colours and attributes.
    Colours(Theme),
    /// Without any.
    Plain,
}

impl Paint {
    /// `text` as its role looks, where colours are wanted.
    pub fn role<T: fmt::Display>(self, role: Role, text: T) -> Painted<T> {
        let look = match self {
            Paint::Colours(theme) => theme.look(role),
            Paint::Plain => Look::default(),
        };
        Painted { look, text }
    }
}

/// Text with its look, to be displayed.
pub struct Painted<T> {
    look: Look,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.look == Look::default() {
            return self.text.fmt(f);
        }
        let mut codes: Vec<String> =
            self.look.attributes.iter().map(|attribute| (*attribute as u8).to_string()).collect();
        codes.extend(self.look.foreground.map(|colour| format!("38;5;{colour}")));
        codes.extend(self.look.background.map(|colour| format!("48;5;{colour}")));
        write!(f, "\u{1b}[{}m", codes.join(";"))?;
        self.text.fmt(f)?;
        f.write_str("\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_can_refuse_colours() {
        assert_eq!(Theme::choose(ColorChoice::Auto, Some("1"), None), Theme::Plain);
        assert_eq!(Theme::choose(ColorChoice::Auto, Some(""), None), Theme::Dark);
        assert_eq!(Theme::choose(ColorChoice::Always, Some("1"), Some("0;15")), Theme::Light);
        assert_eq!(Theme::choose(ColorChoice::Never, None, None), Theme::Plain);
    }

    #[test]
    fn without_colours_nothing_has_a_colour() {
        for role in Role::ALL {
            let look = Theme::Plain.look(*role);
            assert_eq!((look.foreground, look.background), (None, None), "{role:?}");
        }
    }

    #[test]
    fn text_is_framed_by_codes_where_colours_are_wanted() {
        let dark = Paint::Colours(Theme::Dark);
        assert_eq!(Paint::Plain.role(Role::Failed, format_args!("{:<5}", "x")).to_string(), "x    ");
        assert_eq!(dark.role(Role::Failed, "x").to_string(), "\u{1b}[1;38;5;203mx\u{1b}[0m");
        assert_eq!(dark.role(Role::Title, "x").to_string(), "\u{1b}[38;5;252;48;5;236mx\u{1b}[0m");
        assert_eq!(dark.role(Role::Text, "x").to_string(), "x");
    }
}
