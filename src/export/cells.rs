//! Values as cells of a table, of CSV and of Markdown: nothing a capture says can act on the program that shows it.

use std::fmt::Write as _;

use super::json;
use crate::facts::Value;
use crate::vocab::text;

/// A value as text: visible, times in UTC, seconds with as many decimals as they have.
pub fn plain(value: &Value<'_>) -> String {
    match value {
        Value::Bool(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Seconds(seconds) => seconds.to_string(),
        Value::Time(time) => json::time(*time),
        Value::Ip(ip) => ip.to_string(),
        Value::Text(text) => text::visible(text),
        Value::Bytes(bytes) => text::visible_bytes(bytes),
        Value::Set(names) => names.join(" "),
    }
}

/// A value as a cell of CSV. Text that a spreadsheet would take for a formula gets an apostrophe in front; quoting is
/// the writer's task.
pub fn csv(value: &Value<'_>) -> String {
    let cell = plain(value);
    let is_text = matches!(value, Value::Text(_) | Value::Bytes(_));
    if is_text && cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}

/// Text within Markdown: visible, and without a character that Markdown or the HTML in it would take for its own.
pub fn markdown(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in text::visible(value).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // An address or name must not become a link or a mention.
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    // `://` and `www.` alone make some renderers link.
    if out.contains("://") { out.replace("://", "&#58;//") } else { out }
}

/// A share in per cent.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// At most `most` flow numbers, then how many more there are.
pub fn numbers(numbers: &[u32], most: usize) -> String {
    let mut out = String::new();
    for (at, number) in numbers.iter().take(most).enumerate() {
        let _ = write!(out, "{}{number}", if at > 0 { ", " } else { "" });
    }
    if numbers.len() > most {
        let _ = write!(out, " and {} more", numbers.len() - most);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value<'_> {
        Value::Text(text.into())
    }

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)"] {
            assert_eq!(csv(&text(formula)), format!("'{formula}"));
        }
        assert_eq!(csv(&text("api.example.test")), "api.example.test");
        assert_eq!(csv(&Value::Seconds(-0.5)), "-0.5", "a number is no formula");
    }

    #[test]
    fn a_tab_before_a_formula_is_visible() {
        assert_eq!(csv(&text("\t=1+1")), "\\t=1+1");
    }

    #[test]
    fn markdown_has_no_markup_of_the_capture() {
        assert_eq!(markdown("<b>|*x*"), "&lt;b&gt;\\|\\*x\\*");
        assert_eq!(markdown("http://evil.test/@x"), "http&#58;//evil.test/&#64;x");
        assert_eq!(markdown("a\u{202e}b"), "a\\\\u{202e}b");
    }
}
