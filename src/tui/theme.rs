//! How ratatui draws a role; what each looks like is the palette's to say.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span as DrawnSpan;

use crate::export::paint::Attribute;
pub use crate::export::paint::{ColorChoice, Theme};
use crate::present::role::{Role, Span};

/// The style of a role.
pub fn style(theme: Theme, role: Role) -> Style {
    let look = theme.look(role);
    let (fg, bg) = (look.foreground.map(Color::Indexed), look.background.map(Color::Indexed));
    let style = Style { fg, bg, ..Style::new() };
    look.attributes.iter().fold(style, |style, attribute| style.add_modifier(modifier(*attribute)))
}

/// A piece of text as it is drawn.
pub fn span(theme: Theme, span: &Span) -> DrawnSpan<'static> {
    DrawnSpan::styled(span.text.clone(), style(theme, span.role))
}

fn modifier(attribute: Attribute) -> Modifier {
    match attribute {
        Attribute::Bold => Modifier::BOLD,
        Attribute::Dim => Modifier::DIM,
        Attribute::Italic => Modifier::ITALIC,
        Attribute::Underlined => Modifier::UNDERLINED,
        Attribute::Reversed => Modifier::REVERSED,
    }
}
