//! The tool all decoders of the tree use: [`FieldCursor`] with lengths, lists and registered numbers.
//!
//! Ranges count from the start of the whole message, however deep the cursor is. What a structure leaves over becomes a
//! field too, so no byte is dropped in silence.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::{Deref, DerefMut, Range};

pub(super) use crate::vocab::field_cursor::big_endian;
use crate::vocab::field_cursor::{self, FieldCursor, Name};
use crate::vocab::text::visible_bytes;
use crate::vocab::{Field, Registered};

/// Most bytes written out as hexadecimal in a value; the range still covers all of them.
const MAX_HEX: usize = 64;

/// Most entries of a list that are named in the value of the list itself.
const MAX_NAMED: usize = 5;

/// A cursor over part of a message, with the fields read so far.
pub(super) struct Tree<'a> {
    core: FieldCursor<'a>,
    value: String,
    is_telling: bool,
}

impl<'a> Deref for Tree<'a> {
    type Target = FieldCursor<'a>;

    fn deref(&self) -> &FieldCursor<'a> {
        &self.core
    }
}

impl DerefMut for Tree<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.core
    }
}

impl<'a> Tree<'a> {
    /// A cursor over `range` of `message`.
    pub fn over(message: &'a [u8], range: Range<usize>) -> Self {
        Self { core: FieldCursor::over(message, range, MAX_HEX), value: String::new(), is_telling: false }
    }

    /// Whether all is read, or a cut ended the reading.
    pub fn is_done(&self) -> bool {
        self.is_cut() || self.left() == 0
    }

    /// Sets the value of the field that will hold these fields.
    pub fn say(&mut self, value: impl Into<String>) {
        self.value = value.into();
    }

    /// Says that these fields are what a reader of the message looks for.
    pub fn tell(&mut self) {
        self.is_telling = true;
    }

    /// A number of `width` bytes, in decimal.
    pub fn number(&mut self, name: impl Name, width: usize) -> Option<u64> {
        self.shown(name, width, |value| value.to_string())
    }

    /// A two-byte registered number: name and hexadecimal.
    pub fn code16<T: From<u16> + Display + Registered>(&mut self, name: impl Name) -> Option<u16> {
        let value = self.shown(name, 2, |value| hex_code(&T::from(value as u16), value))?;
        self.named_by(T::REGISTRY);
        Some(value as u16)
    }

    /// A one-byte registered number: name and decimal.
    pub fn code8<T: From<u8> + Display + Registered>(&mut self, name: impl Name) -> Option<u8> {
        let value = self.shown(name, 1, |value| code(&T::from(value as u8), value))?;
        self.named_by(T::REGISTRY);
        Some(value as u8)
    }

    /// All that is left in hexadecimal; nothing if nothing is left.
    pub fn rest(&mut self, name: impl Name) {
        let left = self.left();
        if left > 0 {
            self.raw(name, left);
        }
    }

    /// A group of fields behind a length of `width` bytes, which `inside` reads.
    pub fn vector(&mut self, name: impl Name, width: usize, inside: impl FnOnce(&mut Tree<'a>)) {
        let name = name.into();
        let Some((length_range, bytes)) = self.take(name.clone(), width) else { return };
        let length = big_endian(bytes) as usize;
        let end = self.end().min(self.at().saturating_add(length));
        let mut sub = Tree::over(self.all(), self.at()..end);
        sub.push(Field::new("length", length.to_string(), length_range.clone()));
        let there = end - self.at();
        inside(&mut sub);
        self.go_to(end);
        let cut = there < length;
        let (value, is_telling) = (std::mem::take(&mut sub.value), sub.is_telling);
        let mut field = Field::new(name, value, length_range.start..end).with(sub.finish(!cut));
        field.is_telling = is_telling;
        if cut {
            field.issue = Some(format!("cut at byte {end}: {length} bytes announced, {there} there"));
            self.set_cut();
        }
        self.push(field);
    }

    /// Reads a length of `width` bytes and what is behind it; the fields stay on this level. Without a value of its
    /// own, a single field's value becomes that of the group.
    pub fn behind_length(&mut self, width: usize, inside: impl FnOnce(&mut Tree<'a>)) {
        let before = self.fields().len();
        self.vector("", width, inside);
        let fields = self.core.fields_mut();
        if let Some(group) = fields.get_mut(before) {
            let (value, issue) = (std::mem::take(&mut group.value), group.issue.take());
            let children = std::mem::take(&mut group.children);
            let range = group.range.clone();
            fields.pop();
            self.value = match children.get(1..) {
                Some([only]) if value.is_empty() => only.value.clone(),
                _ => value,
            };
            if children.is_empty() {
                fields.push(Field::new("length", "", range));
            }
            fields.extend(children);
            if let Some(issue) = issue {
                self.issue(issue);
            }
        }
    }

    /// A group of fields that has no length of its own.
    pub fn group(&mut self, name: impl Into<Cow<'static, str>>, inside: impl FnOnce(&mut Tree<'a>)) {
        let start = self.at();
        let mut sub = Tree::over(self.all(), start..self.end());
        inside(&mut sub);
        self.go_to(sub.at());
        if sub.is_cut() {
            self.set_cut();
        }
        let range = start..self.at();
        self.push(Field::new(name, sub.value, range).with(sub.core.into_fields()));
    }

    /// Bytes behind a length of `width` bytes, in hexadecimal.
    pub fn opaque(&mut self, name: impl Name, width: usize) -> &'a [u8] {
        let mut found: &[u8] = &[];
        self.vector(name, width, |inside| {
            found = inside.skip_rest();
            inside.say(if found.is_empty() { "empty".to_owned() } else { short_hex(found) });
        });
        found
    }

    /// Text behind a length of `width` bytes.
    pub fn text_vector(&mut self, name: impl Name, width: usize) -> &'a [u8] {
        let mut found: &[u8] = &[];
        self.vector(name, width, |inside| {
            found = inside.skip_rest();
            inside.say(visible_bytes(found));
        });
        found
    }

    /// Entries behind a length of `width` bytes, read by `each` until none is left; the value names the first ones.
    pub fn list(&mut self, name: impl Name, width: usize, mut each: impl FnMut(&mut Tree<'a>)) {
        self.vector(name, width, |inside| inside.entries(&mut each));
    }

    /// Two-byte registered numbers behind a length of `width` bytes.
    pub fn codes16<T: From<u16> + Display + Registered>(&mut self, name: impl Name, width: usize, entry: &'static str) {
        self.list(name, width, |inside| {
            inside.code16::<T>(entry);
        });
        self.named_by(T::REGISTRY);
    }

    /// One-byte registered numbers behind a length of `width` bytes.
    pub fn codes8<T: From<u8> + Display + Registered>(&mut self, name: impl Name, width: usize, entry: &'static str) {
        self.list(name, width, |inside| {
            inside.code8::<T>(entry);
        });
        self.named_by(T::REGISTRY);
    }

    /// Reads entries with `each` until none is left, and says which ones they are.
    pub fn entries(&mut self, each: &mut impl FnMut(&mut Tree<'a>)) {
        let first = self.fields().len();
        while !self.is_done() {
            let before = self.at();
            each(self);
            if self.at() == before {
                break; // An entry that reads nothing would never end.
            }
        }
        let entries = &self.core.fields()[first..];
        let values = || entries.iter().map(|field| field.value.as_str());
        self.value = match entries.len() {
            0 => "none".to_owned(),
            count if count <= MAX_NAMED && values().all(|value| !value.is_empty() && value.len() < 80) => {
                values().collect::<Vec<_>>().join(", ")
            }
            count => format!("{count} entries"),
        };
    }

    /// The fields read. What is left over becomes one more, with an issue if `complain`.
    pub fn finish(mut self, complain: bool) -> Vec<Field> {
        if self.left() > 0 {
            let count = self.left();
            let at = self.at();
            self.raw("not decoded", count);
            if complain {
                self.issue(format!("{count} bytes too many at byte {at}"));
            }
        }
        self.core.into_fields()
    }

    /// The fields read, with `more` behind them.
    pub fn finish_with(mut self, more: Vec<Field>) -> Vec<Field> {
        self.core.fields_mut().extend(more);
        self.core.into_fields()
    }

    /// Passes over what is left without making a field of it.
    pub fn skip_rest(&mut self) -> &'a [u8] {
        let (rest, end) = (self.peek(), self.end());
        self.go_to(end);
        rest
    }
}

/// A registered name with its number in decimal; names that show the number already are left alone.
pub(super) fn code(value: &impl Display, number: u64) -> String {
    let text = value.to_string();
    if text.contains("0x") { text } else { format!("{text} ({number})") }
}

/// A registered name with its number in hexadecimal, four digits.
pub(super) fn hex_code(value: &impl Display, number: u64) -> String {
    let text = value.to_string();
    if text.contains("0x") { text } else { format!("{text} (0x{number:04x})") }
}

/// Bytes in hexadecimal, cut after [`MAX_HEX`] of them.
pub(super) fn short_hex(bytes: &[u8]) -> String {
    field_cursor::short_hex(bytes, MAX_HEX)
}
