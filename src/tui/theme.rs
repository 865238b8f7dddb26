//! Roles → styles: the only place that knows colours. Every role that matters differs in more than colour somewhere:
//! by a sign in the text, or by an attribute.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as Drawn, Span as DrawnSpan};

use crate::present::role::{Line, Role, Span};

/// A set of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
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

/// The colours of a theme, by what they are for.
struct Palette {
    client: Color,
    server: Color,
    good: Color,
    bad: Color,
    doubt: Color,
    heading: Color,
    faint: Color,
    bar: Color,
    on_bar: Color,
    cursor: Color,
    away: Color,
}

const DARK: Palette = Palette {
    client: Color::Indexed(80),
    server: Color::Indexed(215),
    good: Color::Indexed(114),
    bad: Color::Indexed(203),
    doubt: Color::Indexed(221),
    heading: Color::Indexed(111),
    faint: Color::Indexed(245),
    bar: Color::Indexed(236),
    on_bar: Color::Indexed(252),
    cursor: Color::Indexed(24),
    away: Color::Indexed(237),
};

const LIGHT: Palette = Palette {
    client: Color::Indexed(24),
    server: Color::Indexed(94),
    good: Color::Indexed(28),
    bad: Color::Indexed(160),
    doubt: Color::Indexed(130),
    heading: Color::Indexed(25),
    faint: Color::Indexed(242),
    bar: Color::Indexed(254),
    on_bar: Color::Indexed(235),
    cursor: Color::Indexed(153),
    away: Color::Indexed(253),
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

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        match self {
            Theme::Dark => coloured(&DARK, role),
            Theme::Light => coloured(&LIGHT, role),
            Theme::Plain => plain(role),
        }
    }

    /// A piece of text as it is drawn.
    pub fn span(self, span: &Span) -> DrawnSpan<'static> {
        DrawnSpan::styled(span.text.clone(), self.style(span.role))
    }

    /// A line as it is drawn.
    pub fn line(self, line: &Line) -> Drawn<'static> {
        Drawn::from(line.spans.iter().map(|span| self.span(span)).collect::<Vec<_>>())
    }
}

fn coloured(palette: &Palette, role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text => style,
        Role::Dim | Role::Offset | Role::Border => style.fg(palette.faint),
        Role::Strong => style.add_modifier(Modifier::BOLD),
        Role::Heading | Role::Focus => style.fg(palette.heading).add_modifier(Modifier::BOLD),
        Role::Label => style.fg(palette.heading),
        Role::Key => style.fg(palette.doubt).add_modifier(Modifier::BOLD),
        Role::Ok => style.fg(palette.good),
        Role::Failed | Role::Error | Role::Alert | Role::Primary | Role::Difference => {
            style.fg(palette.bad).add_modifier(Modifier::BOLD)
        }
        Role::Warning | Role::Event | Role::Notice | Role::Supporting => style.fg(palette.doubt),
        Role::ToServer => style.fg(palette.client),
        Role::ToClient => style.fg(palette.server),
        Role::Gap => style.fg(palette.doubt).add_modifier(Modifier::ITALIC),
        Role::Inferred => style.fg(palette.faint).add_modifier(Modifier::ITALIC),
        Role::Match => style.add_modifier(Modifier::UNDERLINED).fg(palette.doubt),
        Role::CurrentMatch | Role::CursorByte => style.add_modifier(Modifier::REVERSED | Modifier::BOLD),
        Role::SelectedBytes => style.add_modifier(Modifier::REVERSED),
        Role::Cursor => style.bg(palette.cursor).add_modifier(Modifier::BOLD),
        Role::CursorAway => style.bg(palette.away),
        Role::Title => style.bg(palette.bar).fg(palette.on_bar),
    }
}

fn plain(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Dim | Role::Offset | Role::Border => style.add_modifier(Modifier::DIM),
        Role::Strong
        | Role::Heading
        | Role::Key
        | Role::Failed
        | Role::Error
        | Role::Alert
        | Role::Primary
        | Role::Difference
        | Role::Focus => style.add_modifier(Modifier::BOLD),
        Role::Gap | Role::Inferred => style.add_modifier(Modifier::ITALIC),
        Role::Match | Role::CursorAway => style.add_modifier(Modifier::UNDERLINED),
        Role::Cursor | Role::CurrentMatch | Role::CursorByte | Role::SelectedBytes | Role::Title => {
            style.add_modifier(Modifier::REVERSED)
        }
        _ => style,
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
            let style = Theme::Plain.style(*role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }
}
