//! What screens draw on: lines of roles go to cells here, and what can be clicked is remembered.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::symbols::scrollbar;
use ratatui::text::Text;
use ratatui::widgets::{
    Block, Borders, Clear, Paragraph, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget as _, Widget,
    Wrap,
};

use super::theme::{self, Theme};
use crate::app::{Pane, PaneSize, Target};
use crate::present::role::{Line, Role, Span};
use crate::vocab::text;

/// A scroll bar is thin, and has no arrows.
const SCROLL_BAR: scrollbar::Set<'_> = scrollbar::Set { track: "│", thumb: "┃", begin: "", end: "" };

/// What a part of the screen means to the mouse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hit {
    /// Rows of a pane, the first of them having this number.
    Rows(Pane, usize),
    /// Rows of a window whose rows have no number.
    Window(Pane),
    /// The heading of a column.
    Heading(usize),
    /// A hex dump: its first byte, bytes a row.
    Bytes(usize, usize),
}

/// What was drawn, for the mouse and for the model.
#[derive(Clone, Default, Debug)]
pub struct Seen {
    hits: Vec<(Rect, Hit)>,
    /// The room of each pane.
    pub sizes: Vec<PaneSize>,
    /// The widths that the list's columns would like.
    pub widths: Option<Vec<u16>>,
    /// Where the terminal's cursor belongs.
    pub cursor: Option<(u16, u16)>,
}

impl Seen {
    /// What a click at a place hits.
    pub fn target(&self, x: u16, y: u16) -> Option<Target> {
        let (area, hit) = self.hit(x, y)?;
        let (column, row) = (usize::from(x - area.x), usize::from(y - area.y));
        match hit {
            Hit::Rows(pane, first) => Some(Target::Row(pane, first + row)),
            Hit::Window(pane) => Some(Target::WindowRow(pane, row)),
            Hit::Heading(column) => Some(Target::Heading(column)),
            Hit::Bytes(first, per_row) => {
                let hex = column.checked_sub(6).map(|column| column / 3).filter(|at| *at < per_row);
                let text = column.checked_sub(6 + per_row * 3 + 1).filter(|at| *at < per_row);
                Some(Target::Byte(first + row * per_row + hex.or(text)?))
            }
        }
    }

    /// The pane at a place.
    pub fn pane(&self, x: u16, y: u16) -> Option<Pane> {
        match self.hit(x, y)?.1 {
            Hit::Rows(pane, _) | Hit::Window(pane) => Some(pane),
            Hit::Heading(_) => Some(Pane::List),
            Hit::Bytes(..) => Some(Pane::Bytes),
        }
    }

    /// What was drawn last lies on top.
    fn hit(&self, x: u16, y: u16) -> Option<(Rect, Hit)> {
        self.hits.iter().rev().find(|(area, _)| area.contains(Position { x, y })).copied()
    }
}

/// A buffer with a theme.
pub struct Canvas<'b> {
    buffer: &'b mut Buffer,
    /// The colours.
    pub theme: Theme,
    /// What was drawn so far.
    pub seen: Seen,
    /// Whether what is drawn has no keys, since something lies over it.
    pub is_covered: bool,
}

impl<'b> Canvas<'b> {
    /// A canvas over a buffer.
    pub fn new(buffer: &'b mut Buffer, theme: Theme) -> Self {
        Self { buffer, theme, seen: Seen::default(), is_covered: false }
    }

    /// The whole screen.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Draws a line from `x` on in at most `width` columns; what does not fit ends in `…`. The column after it.
    pub fn line(&mut self, x: u16, y: u16, width: u16, line: &Line) -> u16 {
        let width = width.min(self.buffer.area.right().saturating_sub(x));
        let is_cut = self::width(line) > width;
        let end = x + width - u16::from(is_cut && width > 0);
        let mut at = x;
        for span in &line.spans {
            if is_cut && at + text::width(&span.text) as u16 > end {
                self.span(at, y, end - at, span);
                return self.span(end, y, width.min(1), &Span::new(span.role, "…"));
            }
            at = self.span(at, y, end - at, span);
        }
        at
    }

    /// Draws a piece of text; the column after it.
    pub fn span(&mut self, x: u16, y: u16, width: u16, span: &Span) -> u16 {
        if y >= self.buffer.area.bottom() || x >= self.buffer.area.right() || width == 0 {
            return x;
        }
        self.buffer.set_stringn(x, y, &span.text, usize::from(width), theme::style(self.theme, span.role)).0
    }

    /// Draws a piece of text in a cell of a table; what does not fit ends in `…`.
    pub fn cell(&mut self, x: u16, y: u16, width: u16, right: bool, span: &Span) {
        let needed = text::width(&span.text) as u16;
        if needed <= width {
            let skip = if right { width - needed } else { 0 };
            self.span(x + skip, y, width - skip, span);
        } else if width > 0 {
            self.span(x, y, width - 1, span);
            self.span(x + width - 1, y, 1, &Span::new(span.role, "…"));
        }
    }

    /// Draws one of the terminal library's widgets.
    pub fn widget(&mut self, area: Rect, widget: impl Widget) {
        widget.render(area.intersection(self.buffer.area), self.buffer);
    }

    /// Gives a stretch a role's style; what is drawn there stays.
    pub fn tint(&mut self, area: Rect, role: Role) {
        let style = theme::style(self.theme, role);
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties a stretch.
    pub fn clear(&mut self, area: Rect) {
        self.widget(area, Clear);
    }

    /// Marks the row under the cursor.
    pub fn cursor_row(&mut self, area: Rect, row: u16, has_keys: bool) {
        let role = if has_keys && !self.is_covered { Role::Cursor } else { Role::CursorAway };
        self.tint(Rect { y: area.y + row, height: 1, ..area }, role);
    }

    /// Draws a rule with a title at the top of an area; what is left below it.
    pub fn titled(&mut self, area: Rect, title: &Line, has_keys: bool) -> Rect {
        if area.height == 0 {
            return area;
        }
        let has_keys = has_keys && !self.is_covered;
        let role = if has_keys { Role::Focus } else { Role::Border };
        let line = "─".repeat(usize::from(area.width));
        self.span(area.x, area.y, area.width, &Span::new(role, line));
        let lead = if has_keys { " ▸ " } else { " " };
        let mut text = Line::of(role, lead);
        text.spans.extend(title.spans.iter().cloned());
        text.push(role, " ");
        self.line(area.x + 1, area.y, area.width.saturating_sub(2), &text);
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    }

    /// Draws a vertical rule.
    pub fn separator(&mut self, x: u16, area: Rect) {
        let rule = Block::new().borders(Borders::LEFT).border_style(theme::style(self.theme, Role::Border));
        self.widget(Rect { x, width: 1, ..area }, rule);
    }

    /// Draws text that breaks where it is too long for an area.
    pub fn paragraph(&mut self, area: Rect, role: Role, text: &str) {
        let text = Text::styled(text, theme::style(self.theme, role));
        self.widget(area, Paragraph::new(text).wrap(Wrap { trim: true }));
    }

    /// Draws a scroll bar at an area's right edge, if not all is seen; what is left beside it.
    pub fn scroll_bar(&mut self, area: Rect, first: u64, seen: u64, all: u64) -> Rect {
        if area.width < 2 || area.height == 0 || all <= seen {
            return area;
        }
        // The widget counts the rows that can be the first one seen.
        let state = &mut ScrollbarState::new((all - seen + 1) as usize)
            .position(first as usize)
            .viewport_content_length(seen as usize);
        let bar = Scrollbar::new(ScrollbarOrientation::VerticalRight).symbols(SCROLL_BAR);
        let bar = bar.begin_symbol(None).end_symbol(None).style(theme::style(self.theme, Role::Border));
        bar.render(area.intersection(self.buffer.area), self.buffer, state);
        Rect { width: area.width - 1, ..area }
    }

    /// Takes note of a pane's room.
    pub fn room(&mut self, pane: Pane, area: Rect) {
        let size = PaneSize { pane, width: usize::from(area.width), height: usize::from(area.height) };
        self.seen.sizes.push(size);
    }

    /// The rows of a pane are here; the first one seen has this number.
    pub fn rows(&mut self, pane: Pane, area: Rect, first: usize) {
        self.room(pane, area);
        self.seen.hits.push((area, Hit::Rows(pane, first)));
    }

    /// A window over rows without a number is here.
    pub fn window(&mut self, pane: Pane, area: Rect) {
        self.room(pane, area);
        self.seen.hits.push((area, Hit::Window(pane)));
    }

    /// A column's heading is here.
    pub fn heading(&mut self, column: usize, area: Rect) {
        self.seen.hits.push((area, Hit::Heading(column)));
    }

    /// A hex dump is here.
    pub fn bytes(&mut self, area: Rect, first: usize, per_row: usize) {
        self.room(Pane::Bytes, area);
        self.seen.hits.push((area, Hit::Bytes(first, per_row)));
    }
}

/// The end of a text that fits in `width` columns.
pub fn tail(text: &str, width: u16) -> &str {
    let fits = |at: &usize| text::width(&text[*at..]) <= usize::from(width);
    let mut starts = text.char_indices().map(|(at, _)| at);
    starts.find(fits).map_or("", |at| &text[at..])
}

/// How many columns a line takes.
pub fn width(line: &Line) -> u16 {
    line.spans.iter().map(|span| text::width(&span.text)).sum::<usize>() as u16
}
