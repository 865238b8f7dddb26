//! The tool all decoders of the tree use: a cursor over a message that turns what it reads into [`Field`]s.
//!
//! Ranges count from the start of the whole message, however deep the cursor is. What is cut becomes a field with an
//! issue, once; what a structure leaves over becomes a field too, so no byte is dropped in silence.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Range;

use crate::vocab::Field;
use crate::vocab::text::{hex, visible_bytes};

/// Most bytes written out as hexadecimal in a value; the range still covers all of them.
const MAX_HEX: usize = 64;

/// Most entries of a list that are named in the value of the list itself.
const MAX_NAMED: usize = 5;

/// A cursor over part of a message, with the fields read so far.
pub(super) struct Tree<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
    cut: bool,
    fields: Vec<Field>,
    value: String,
}

impl<'a> Tree<'a> {
    /// A cursor over `range` of `message`.
    pub fn over(message: &'a [u8], range: Range<usize>) -> Self {
        let end = range.end.min(message.len());
        Self { message, at: range.start.min(end), end, cut: false, fields: Vec::new(), value: String::new() }
    }

    /// The whole message, beyond the part the cursor runs over.
    pub fn message(&self) -> &'a [u8] {
        self.message
    }

    /// Offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Number of bytes left.
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// Whether all is read, or a cut ended the reading.
    pub fn is_done(&self) -> bool {
        self.cut || self.at == self.end
    }

    /// The bytes left, without moving.
    pub fn peek(&self) -> &'a [u8] {
        &self.message[self.at..self.end]
    }

    /// Adds a field made elsewhere.
    pub fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// Sets the value of the field that will hold these fields.
    pub fn say(&mut self, value: impl Into<String>) {
        self.value = value.into();
    }

    /// Explains the field added last.
    pub fn note(&mut self, note: impl Into<Cow<'static, str>>) {
        if let Some(field) = self.fields.last_mut() {
            field.note = Some(note.into());
        }
    }

    /// Says what is wrong with the field added last.
    pub fn issue(&mut self, issue: impl Into<String>) {
        if let Some(field) = self.fields.last_mut() {
            field.issue = Some(issue.into());
        }
    }

    /// Reads `count` bytes; if fewer are left, they become a field with an issue and the cursor is done.
    pub fn take(&mut self, name: impl Into<Cow<'static, str>>, count: usize) -> Option<(Range<usize>, &'a [u8])> {
        if count > self.left() {
            if !self.cut {
                let there = self.left();
                let mut field = Field::new(name, short_hex(self.peek()), self.at..self.end);
                field.issue = Some(format!("cut at byte {}: {count} bytes expected, {there} there", self.at));
                self.fields.push(field);
            }
            self.cut = true;
            self.at = self.end;
            return None;
        }
        let range = self.at..self.at + count;
        self.at = range.end;
        Some((range.clone(), &self.message[range]))
    }

    /// A number of `width` bytes, shown as `show` says.
    pub fn shown(
        &mut self,
        name: impl Into<Cow<'static, str>> + Clone,
        width: usize,
        show: impl FnOnce(u64) -> String,
    ) -> Option<u64> {
        let (range, bytes) = self.take(name.clone(), width)?;
        let value = big_endian(bytes);
        self.push(Field::new(name, show(value), range));
        Some(value)
    }

    /// A number of `width` bytes, in decimal.
    pub fn number(&mut self, name: impl Into<Cow<'static, str>> + Clone, width: usize) -> Option<u64> {
        self.shown(name, width, |value| value.to_string())
    }

    /// A two-byte registered number: name and hexadecimal.
    pub fn code16<T: From<u16> + Display>(&mut self, name: impl Into<Cow<'static, str>> + Clone) -> Option<u16> {
        self.shown(name, 2, |value| hex_code(&T::from(value as u16), value)).map(|value| value as u16)
    }

    /// A one-byte registered number: name and decimal.
    pub fn code8<T: From<u8> + Display>(&mut self, name: impl Into<Cow<'static, str>> + Clone) -> Option<u8> {
        self.shown(name, 1, |value| code(&T::from(value as u8), value)).map(|value| value as u8)
    }

    /// `count` bytes in hexadecimal.
    pub fn raw(&mut self, name: impl Into<Cow<'static, str>> + Clone, count: usize) -> Option<&'a [u8]> {
        let (range, bytes) = self.take(name.clone(), count)?;
        self.push(Field::new(name, short_hex(bytes), range));
        Some(bytes)
    }

    /// All that is left in hexadecimal; nothing if nothing is left.
    pub fn rest(&mut self, name: impl Into<Cow<'static, str>> + Clone) {
        if self.left() > 0 {
            self.raw(name, self.left());
        }
    }

    /// A group of fields behind a length of `width` bytes, which `inside` reads.
    pub fn vector(
        &mut self,
        name: impl Into<Cow<'static, str>> + Clone,
        width: usize,
        inside: impl FnOnce(&mut Tree<'a>),
    ) {
        let name = name.into();
        let Some((length_range, bytes)) = self.take(name.clone(), width) else { return };
        let length = big_endian(bytes) as usize;
        let end = self.end.min(self.at.saturating_add(length));
        let mut sub = Tree::over(self.message, self.at..end);
        sub.push(Field::new("length", length.to_string(), length_range.clone()));
        let there = end - self.at;
        inside(&mut sub);
        self.at = end;
        let cut = there < length;
        let value = std::mem::take(&mut sub.value);
        let mut field = Field::new(name, value, length_range.start..end).with(sub.finish(!cut));
        if cut {
            field.issue = Some(format!("cut at byte {end}: {length} bytes announced, {there} there"));
            self.cut = true;
        }
        self.push(field);
    }

    /// Reads a length of `width` bytes and what is behind it; the fields stay on this level. Without a value of its
    /// own, a single field's value becomes that of the group.
    pub fn behind_length(&mut self, width: usize, inside: impl FnOnce(&mut Tree<'a>)) {
        let before = self.fields.len();
        self.vector("", width, inside);
        if let Some(group) = self.fields.get_mut(before) {
            let (value, issue) = (std::mem::take(&mut group.value), group.issue.take());
            let children = std::mem::take(&mut group.children);
            let range = group.range.clone();
            self.fields.pop();
            self.value = match children.get(1..) {
                Some([only]) if value.is_empty() => only.value.clone(),
                _ => value,
            };
            if children.is_empty() {
                self.fields.push(Field::new("length", "", range));
            }
            self.fields.extend(children);
            if let Some(issue) = issue {
                self.issue(issue);
            }
        }
    }

    /// A group of fields that has no length of its own.
    pub fn group(&mut self, name: impl Into<Cow<'static, str>>, inside: impl FnOnce(&mut Tree<'a>)) {
        let start = self.at;
        let mut sub = Tree::over(self.message, start..self.end);
        inside(&mut sub);
        (self.at, self.cut) = (sub.at, self.cut || sub.cut);
        self.push(Field::new(name, sub.value, start..self.at).with(sub.fields));
    }

    /// Bytes behind a length of `width` bytes, in hexadecimal.
    pub fn opaque(&mut self, name: impl Into<Cow<'static, str>> + Clone, width: usize) -> &'a [u8] {
        let mut found: &[u8] = &[];
        self.vector(name, width, |inside| {
            found = inside.skip_rest();
            inside.say(if found.is_empty() { "empty".to_owned() } else { short_hex(found) });
        });
        found
    }

    /// Text behind a length of `width` bytes.
    pub fn text_vector(&mut self, name: impl Into<Cow<'static, str>> + Clone, width: usize) -> &'a [u8] {
        let mut found: &[u8] = &[];
        self.vector(name, width, |inside| {
            found = inside.skip_rest();
            inside.say(visible_bytes(found));
        });
        found
    }

    /// Entries behind a length of `width` bytes, read by `each` until none is left; the value names the first ones.
    pub fn list(
        &mut self,
        name: impl Into<Cow<'static, str>> + Clone,
        width: usize,
        mut each: impl FnMut(&mut Tree<'a>),
    ) {
        self.vector(name, width, |inside| inside.entries(&mut each));
    }

    /// Two-byte registered numbers behind a length of `width` bytes.
    pub fn codes16<T: From<u16> + Display>(
        &mut self,
        name: impl Into<Cow<'static, str>> + Clone,
        width: usize,
        entry: &'static str,
    ) {
        self.list(name, width, |inside| {
            inside.code16::<T>(entry);
        });
    }

    /// One-byte registered numbers behind a length of `width` bytes.
    pub fn codes8<T: From<u8> + Display>(
        &mut self,
        name: impl Into<Cow<'static, str>> + Clone,
        width: usize,
        entry: &'static str,
    ) {
        self.list(name, width, |inside| {
            inside.code8::<T>(entry);
        });
    }

    /// Reads entries with `each` until none is left, and says which ones they are.
    pub fn entries(&mut self, each: &mut impl FnMut(&mut Tree<'a>)) {
        let first = self.fields.len();
        while !self.is_done() {
            let before = self.at;
            each(self);
            if self.at == before {
                break; // An entry that reads nothing would never end.
            }
        }
        let entries = &self.fields[first..];
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
            let at = self.at;
            self.raw("not decoded", count);
            if complain {
                self.issue(format!("{count} bytes too many at byte {at}"));
            }
        }
        self.fields
    }

    /// The fields read, with `more` behind them.
    pub fn finish_with(mut self, more: Vec<Field>) -> Vec<Field> {
        self.fields.extend(more);
        self.fields
    }

    /// Passes over what is left without making a field of it.
    pub fn skip_rest(&mut self) -> &'a [u8] {
        let rest = self.peek();
        self.at = self.end;
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
    match bytes.get(..MAX_HEX) {
        Some(first) if bytes.len() > MAX_HEX => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}

/// A big-endian number of at most 8 bytes.
pub(super) fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
