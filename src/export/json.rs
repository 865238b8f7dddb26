//! JSON as scripts need it: times in RFC 3339 UTC, and no character that could disturb a terminal unescaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::vocab::{Time, text};

/// A moment as RFC 3339 in UTC with nine decimals.
pub fn time(time: Time) -> String {
    // Every number of nanoseconds that fits in 64 bits is a moment that jiff can write.
    jiff::Timestamp::from_nanosecond(i128::from(time.0)).map_or_else(|_| time.0.to_string(), |t| format!("{t:.9}"))
}

/// Serializes as the RFC 3339 text of a moment, without a string in between.
pub struct Moment(pub Time);

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0.0)) {
            Ok(moment) => serializer.collect_str(&format_args!("{moment:.9}")),
            Err(_) => serializer.collect_str(&self.0.0),
        }
    }
}

/// Serializes as the text of what can be displayed, without a string in between.
pub struct Shown<T>(pub T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Seconds with nanosecond precision, without the noise of binary fractions.
pub fn seconds(nanos: i64) -> f64 {
    nanos as f64 / Time::SECOND as f64
}

/// Writes `value` on one line.
pub fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = Vec::with_capacity(1024);
    append(&mut line, value)?;
    out.write_all(&line)
}

/// Appends `value` on one line.
pub fn append(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    let start = out.len();
    serde_json::to_writer(&mut *out, value)?;
    // To look at a whole line once costs less than to look at each of its strings, and to look at every byte of it less
    // than to stop at the first that matters: the compiler takes many at a time.
    if out[start..].iter().fold(0, |most, byte| most.max(*byte)) >= 0x7f {
        out.truncate(start);
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Safe(CompactFormatter)))?;
    }
    out.push(b'\n');
    Ok(())
}

/// Writes `value` over several lines.
pub fn document(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Safe(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// A formatter that also escapes DEL, C1, bidirectional, zero-width and line-separator characters.
struct Safe<F>(F);

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)+) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })+
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    forward! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        let mut bytes = [0; 4];
        for c in fragment.chars() {
            if text::is_unsafe(c) {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                writer.write_all(c.encode_utf8(&mut bytes).as_bytes())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_characters_are_escaped() {
        let mut out = Vec::new();
        line(&mut out, &"a\u{7f}\u{9b}\u{202e}\u{200b}\u{2028}\u{e0041}é\n").expect("memory takes bytes");
        assert_eq!(
            String::from_utf8(out).expect("JSON is UTF-8"),
            "\"a\\u007f\\u009b\\u202e\\u200b\\u2028\\udb40\\udc41é\\n\"\n"
        );
    }

    #[test]
    fn times_have_nine_decimals() {
        assert_eq!(time(Time(1_700_000_000_123_456_789)), "2023-11-14T22:13:20.123456789Z");
        assert_eq!(time(Time(0)), "1970-01-01T00:00:00.000000000Z");
    }
}
