//! Text broken into lines at spaces.

use super::role::Line;
use crate::vocab::text;

/// `text` in lines of at most `width` columns; a longer word is cut.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut taken = 0;
    for mut word in text.split_whitespace() {
        if taken > 0 && taken + 1 + text::width(word) > width {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        }
        while text::width(word) > width {
            let (head, rest) = word.split_at(text::beginning(word, width).len());
            lines.push(head.to_owned());
            word = rest;
        }
        if taken > 0 {
            line.push(' ');
            taken += 1;
        }
        taken += text::width(word);
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A line in lines of at most `width` columns, broken at spaces. What follows stands below the last piece of the
/// line, or below its first word, if that leaves half of the width.
pub fn wrap_line(line: &Line, width: usize) -> Vec<Line> {
    let plain = line.plain();
    let Some((last, before)) = line.spans.split_last().filter(|_| text::width(&plain) > width) else {
        return vec![line.clone()];
    };
    let lead: usize = before.iter().map(|span| text::width(&span.text)).sum();
    let bullet = last.text.trim_start_matches([' ', '-']);
    let mark = last.text.strip_suffix(bullet).unwrap_or_default();
    let hanging = lead + text::width(mark);
    let stays = hanging <= width / 2;
    let indent = if stays { hanging } else { 4.min(width / 4) };
    let mut parts = wrap(bullet, width.saturating_sub(indent)).into_iter();
    let mut first = Line { spans: before.to_vec() };
    if stays {
        first.push(last.role, format!("{mark}{}", parts.next().unwrap_or_default()));
    }
    let below = parts.map(|part| Line::of(last.role, format!("{}{part}", " ".repeat(indent))));
    std::iter::once(first).chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_are_cut() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("ab 0123456789", 8), ["ab", "01234567", "89"]);
        assert_eq!(wrap("ab 例えば、長い", 8), ["ab", "例えば、", "長い"]);
        assert!(wrap("", 10).is_empty());
    }

    #[test]
    fn a_line_hangs_below_its_last_piece() {
        let check = |line: &Line, width, expected: &[&str]| {
            let plain: Vec<_> = wrap_line(line, width).iter().map(Line::plain).collect();
            assert_eq!(plain, expected);
        };
        let key = Line::of(Role::Key, "  g   ").with(Role::Text, "To the first row");
        check(&key, 22, &["  g   To the first row"]);
        check(&key, 16, &["  g   To the", "      first row"]);
        check(&Line::of(Role::Text, "  - one two three"), 14, &["  - one two", "    three"]);
        check(&Line::of(Role::Label, "a long name   ").with(Role::Text, "12"), 14, &["a long name   ", "   12"]);
    }
}
