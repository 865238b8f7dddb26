//! Text from a capture made safe to show: no control, bidirectional or invisible character passes.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Whether a character could move the cursor, reorder text, or hide: C0, DEL, C1, bidirectional controls,
/// zero-width characters, line and paragraph separators, and the byte order mark.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// `text` with every unsafe character written as `\u{XX}`, for one line of a terminal, Markdown or a log.
pub fn visible(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// Bytes as visible text: UTF-8 where they are, `\xNN` where they are not.
pub fn visible_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// How many columns of a terminal `text` takes: two for a wide character, none for one that joins the one before.
pub fn width(text: &str) -> usize {
    text.width()
}

/// As much of the beginning of `text` as fits in `columns`.
pub fn beginning(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let mut fits = |c: char| {
        taken += c.width().unwrap_or_default();
        taken <= columns
    };
    let end: usize = text.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum();
    &text[..end]
}

/// `text` in at most `columns`, with `…` where it was cut.
pub fn clipped(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", beginning(text, columns.saturating_sub(1))))
}

/// `text` with spaces behind it up to a number of columns.
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{:1$}", "", columns.saturating_sub(width(text)))
}

/// A count with its noun: `1 flow`, `12 flows`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {}", noun_for(number as u64, noun))
}

/// A noun as it follows a number: `flow` after 1, `flows` after others.
pub fn noun_for(number: u64, noun: &str) -> String {
    let ending = match number {
        1 => "",
        _ if noun.ends_with("try") => return format!("{}ies", &noun[..noun.len() - 1]),
        _ if noun.ends_with("ch") || noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{noun}{ending}")
}

/// A duration in the unit that suits it: `850 ns`, `12 us`, `4.6 ms`, `1.234 s`, `2 m 05 s`.
pub fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if size < 1e-6 {
        format!("{:.0} ns", seconds * 1e9)
    } else if size < 1e-3 {
        format!("{:.0} us", seconds * 1e6)
    } else if size < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else if size < 120.0 {
        format!("{seconds:.3} s")
    } else if size < 7200.0 {
        format!("{} m {:02} s", (seconds / 60.0).trunc(), (size % 60.0).trunc())
    } else {
        format!("{} h {:02} m", (seconds / 3600.0).trunc(), (size % 3600.0 / 60.0).trunc())
    }
}

/// The same of nanoseconds.
pub fn span(nanos: i64) -> String {
    duration(nanos as f64 / 1e9)
}

/// A hardware address, as Wireshark writes it: `02:00:0a:09:01:02`.
pub fn mac(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

/// Lower-case hexadecimal digits of `bytes`, two a byte, without a separator.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// How often, in words: once, twice, 3 times.
pub fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_take_the_unit_that_suits_them() {
        let all = [0.0, 8.5e-7, 1.23e-5, 0.004_56, 1.2345, 125.0, 7260.0, -0.002];
        let shown: Vec<_> = all.into_iter().map(duration).collect();
        assert_eq!(shown, ["0", "850 ns", "12 us", "4.6 ms", "1.234 s", "2 m 05 s", "2 h 01 m", "-2.0 ms"]);
    }

    #[test]
    fn escape_sequences_become_text() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("\u{202e}txt"), "\\u{202e}txt");
        assert_eq!(visible("line\r\n"), "line\\r\\n");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!((width("abc"), width("例え.test"), width("e\u{301}")), (3, 9, 1));
        for (columns, expected) in [(0, ""), (1, ""), (2, "例"), (3, "例"), (4, "例え"), (99, "例え.test")] {
            assert_eq!(beginning("例え.test", columns), expected);
        }
        for (columns, expected) in [(2, "…"), (3, "例…"), (8, "例え.te…"), (9, "例え.test")] {
            assert_eq!(clipped("例え.test", columns), expected);
        }
        assert_eq!(padded("例え", 6), "例え  ");
    }

    #[test]
    fn nouns_follow_their_number() {
        let told = [(0, "flow"), (1, "flow"), (2, "stretch"), (1, "stretch"), (3, "address")];
        let told = told.map(|(number, noun)| counted(number, noun));
        assert_eq!(told, ["0 flows", "1 flow", "2 stretches", "1 stretch", "3 addresses"]);
    }

    #[test]
    fn invalid_utf8_is_kept_as_bytes() {
        assert_eq!(visible_bytes(b"ok\xff\xc3\xa9"), "ok\\xff\u{e9}");
    }
}
