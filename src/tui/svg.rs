//! A drawn screen as an SVG picture.
//!
//! Backgrounds are drawn as rectangles that overlap by a hair, box characters as lines, so that no gap shows whatever
//! font the reader has; every run of text has its exact length set.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Width of a cell in the picture's units.
const WIDTH: f32 = 8.4;
/// Height of a cell.
const HEIGHT: f32 = 17.0;
/// Distance from a cell's top to its text's base line.
const BASE: f32 = 13.0;
/// Room around the screen.
const PAD: f32 = 10.0;
const FOREGROUND: &str = "#d4d4d4";
const BACKGROUND: &str = "#16181d";

/// Draws `buffer` as an SVG document.
pub fn draw(buffer: &Buffer) -> String {
    let (width, height) = (f32::from(buffer.area.width), f32::from(buffer.area.height));
    let (full_width, full_height) = (width * WIDTH + 2.0 * PAD, height * HEIGHT + 2.0 * PAD);
    let mut out = format!(
        "<svg xml:space=\"preserve\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{full_width:.0}\" height=\"{full_height:.0}\" \
         viewBox=\"0 0 {full_width:.1} {full_height:.1}\">\n\
         <style>text{{font:14px 'DejaVu Sans Mono','Menlo','Consolas',monospace;white-space:pre}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for y in 0..buffer.area.height {
        row(&mut out, buffer, y);
    }
    out.push_str("</svg>\n");
    out
}

/// How a cell looks once its modifiers are applied.
#[derive(Clone, PartialEq, Debug)]
struct Look {
    ink: String,
    paper: Option<String>,
    modifier: Modifier,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let ink = colour(cell.fg).unwrap_or_else(|| FOREGROUND.to_owned());
        let paper = colour(cell.bg);
        let reversed = cell.modifier.contains(Modifier::REVERSED);
        let (ink, paper) =
            if reversed { (paper.unwrap_or_else(|| BACKGROUND.to_owned()), Some(ink)) } else { (ink, paper) };
        Self { ink, paper, modifier: cell.modifier }
    }
}

/// A run of cells of one look.
struct Run {
    x: u16,
    cells: u16,
    /// Whether it is a wide character, which stands alone: its font may differ.
    wide: bool,
    text: String,
    look: Look,
}

impl Run {
    fn has(&self, modifier: Modifier) -> bool {
        self.look.modifier.contains(modifier)
    }
}

fn row(out: &mut String, buffer: &Buffer, y: u16) {
    let top = PAD + f32::from(y) * HEIGHT;
    let runs = runs(buffer, y);
    for run in runs.iter().filter(|run| run.look.paper.is_some()) {
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
            PAD + f32::from(run.x) * WIDTH,
            f32::from(run.cells) * WIDTH + 0.3,
            HEIGHT + 0.3,
            run.look.paper.as_deref().unwrap_or_default(),
        );
    }
    for run in &runs {
        text(out, run, top);
    }
}

fn text(out: &mut String, run: &Run, top: f32) {
    let left = PAD + f32::from(run.x) * WIDTH;
    if let Some(path) = single(&run.text).and_then(|c| lines(c, left, top, run.cells)) {
        let dim = if run.has(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
        let _ =
            writeln!(out, "<path d=\"{path}\" stroke=\"{}\" stroke-width=\"1.2\" fill=\"none\"{dim}/>", run.look.ink);
        return;
    }
    if run.text.trim().is_empty() && !run.has(Modifier::UNDERLINED) {
        return;
    }
    let mut attributes = String::new();
    for (wanted, attribute) in [
        (run.has(Modifier::BOLD), " font-weight=\"bold\""),
        (run.has(Modifier::ITALIC), " font-style=\"italic\""),
        (run.has(Modifier::UNDERLINED), " text-decoration=\"underline\""),
        (run.has(Modifier::DIM), " opacity=\"0.6\""),
    ] {
        if wanted {
            attributes.push_str(attribute);
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{attributes}>{}</text>",
        top + BASE,
        f32::from(run.cells) * WIDTH,
        run.look.ink,
        escape(&run.text),
    );
}

/// The one character that `text` repeats, if it does.
fn single(text: &str) -> Option<char> {
    let first = text.chars().next()?;
    text.chars().all(|c| c == first).then_some(first)
}

/// Cuts a row into runs; a box character that can be drawn as lines never shares a run with another character.
fn runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = 0;
    while x < buffer.area.width {
        let cell = &buffer[(buffer.area.x + x, buffer.area.y + y)];
        let symbol = if cell.symbol().is_empty() { " " } else { cell.symbol() };
        let cells = (ratatui::text::Span::raw(symbol).width().clamp(1, 2) as u16).min(buffer.area.width - x);
        let look = Look::of(cell);
        let lined = single(symbol).is_some_and(|c| lines(c, 0.0, 0.0, 1).is_some());
        let fits = runs.last().is_some_and(|run| {
            let last = run.text.chars().next_back().unwrap_or(' ');
            let last_lined = lines(last, 0.0, 0.0, 1).is_some();
            let joins =
                if lined || last_lined { symbol.chars().eq([last]) && last == '─' } else { cells == 1 && !run.wide };
            run.look == look && joins
        });
        match runs.last_mut().filter(|_| fits) {
            Some(run) => {
                run.text.push_str(symbol);
                run.cells += cells;
            }
            None => runs.push(Run { x, cells, wide: cells > 1, text: symbol.to_owned(), look }),
        }
        x += cells;
    }
    runs
}

/// The path of a box character, or none for other characters; `cells` is how often it stands in a row.
fn lines(c: char, left: f32, top: f32, cells: u16) -> Option<String> {
    let (right, bottom) = (left + f32::from(cells) * WIDTH, top + HEIGHT);
    let (middle_x, middle_y) = (left + WIDTH / 2.0, top + HEIGHT / 2.0);
    let horizontal = |from: f32, to: f32| format!("M{from:.1} {middle_y:.1}H{to:.1}");
    let vertical = |from: f32, to: f32| format!("M{middle_x:.1} {from:.1}V{to:.1}");
    Some(match c {
        '─' => horizontal(left, right),
        '│' => vertical(top, bottom),
        '┌' | '╭' => horizontal(middle_x, right) + &vertical(middle_y, bottom),
        '┐' | '╮' => horizontal(left, middle_x) + &vertical(middle_y, bottom),
        '└' | '╰' => horizontal(middle_x, right) + &vertical(top, middle_y),
        '┘' | '╯' => horizontal(left, middle_x) + &vertical(top, middle_y),
        '├' => horizontal(middle_x, right) + &vertical(top, bottom),
        '┤' => horizontal(left, middle_x) + &vertical(top, bottom),
        '┬' => horizontal(left, right) + &vertical(middle_y, bottom),
        '┴' => horizontal(left, right) + &vertical(top, middle_y),
        '┼' => horizontal(left, right) + &vertical(top, bottom),
        _ => return None,
    })
}

/// Text for XML; characters that XML 1.0 does not allow become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            ' ' => out.push('\u{a0}'),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

/// A terminal colour as hex digits; none for the default.
fn colour(colour: Color) -> Option<String> {
    const BASIC: [&str; 16] = [
        "#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5", "#666666", "#f14c4c",
        "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
    ];
    let basic = |at: usize| Some(BASIC[at].to_owned());
    match colour {
        Color::Reset => None,
        Color::Black => basic(0),
        Color::Red => basic(1),
        Color::Green => basic(2),
        Color::Yellow => basic(3),
        Color::Blue => basic(4),
        Color::Magenta => basic(5),
        Color::Cyan => basic(6),
        Color::Gray => basic(7),
        Color::DarkGray => basic(8),
        Color::LightRed => basic(9),
        Color::LightGreen => basic(10),
        Color::LightYellow => basic(11),
        Color::LightBlue => basic(12),
        Color::LightMagenta => basic(13),
        Color::LightCyan => basic(14),
        Color::White => basic(15),
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Indexed(index @ 0..16) => basic(usize::from(index)),
        Color::Indexed(index @ 232..) => {
            let grey = 8 + 10 * (index - 232);
            Some(format!("#{grey:02x}{grey:02x}{grey:02x}"))
        }
        Color::Indexed(index) => {
            let cube = index - 16;
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            Some(format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6)))
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn picture(text: &str, style: Style) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, text, style);
        draw(&buffer)
    }

    #[test]
    fn markup_is_escaped() {
        let svg = picture("<a & \"b\">", Style::new());
        assert!(svg.contains("&lt;a\u{a0}&amp;\u{a0}&quot;b&quot;&gt;"), "{svg}");
    }

    #[test]
    fn reversed_cells_change_ink_and_paper() {
        let svg = picture("x", Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::REVERSED));
        assert!(svg.contains("fill=\"#010203\"/>"), "{svg}");
        assert!(svg.contains(&format!("fill=\"{BACKGROUND}\">x")), "{svg}");
    }

    #[test]
    fn boxes_are_lines_and_wide_cells_take_two() {
        let svg = picture("│──世", Style::new());
        assert!(svg.contains("<path d=\"M14.2 10.0V27.0\""), "{svg}");
        assert!(svg.contains("M18.4 18.5H35.2"), "{svg}");
        assert!(svg.contains("textLength=\"16.8\""), "{svg}");
    }
}
