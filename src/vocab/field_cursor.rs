//! A cursor that turns what it reads into [`Field`]s: the core of every decoder that shows bytes to a person.
//!
//! Ranges count from the start of the whole slice. What is cut becomes a field with an issue, once; reading ends there.

use std::borrow::Cow;
use std::ops::Range;

use super::field::{Field, Registry};
use super::text::hex;

/// A name of a field.
pub trait Name: Into<Cow<'static, str>> + Clone {}

impl<T: Into<Cow<'static, str>> + Clone> Name for T {}

/// A cursor over part of a slice, with the fields read so far.
pub struct FieldCursor<'a> {
    bytes: &'a [u8],
    start: usize,
    at: usize,
    end: usize,
    cut: bool,
    /// Most bytes written out in the value of a field.
    most: usize,
    fields: Vec<Field>,
}

impl<'a> FieldCursor<'a> {
    /// A cursor over `range` of `bytes`; values write out at most `most` bytes.
    pub fn over(bytes: &'a [u8], range: Range<usize>, most: usize) -> Self {
        let end = range.end.min(bytes.len());
        let start = range.start.min(end);
        Self { bytes, start, at: start, end, cut: false, most, fields: Vec::new() }
    }

    /// The whole slice, beyond the part the cursor runs over.
    pub fn all(&self) -> &'a [u8] {
        self.bytes
    }

    /// All bytes of the part, read or not.
    pub fn whole(&self) -> &'a [u8] {
        &self.bytes[self.start..self.end]
    }

    /// Offset of the first byte of the part.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Offset after the last byte.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Number of bytes left.
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// The bytes left, without moving.
    pub fn peek(&self) -> &'a [u8] {
        &self.bytes[self.at..self.end]
    }

    /// Goes on at an offset, never back.
    pub fn go_to(&mut self, at: usize) {
        self.at = at.clamp(self.at, self.end);
    }

    /// Whether a cut ended the reading.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Ends the reading by a cut that was told elsewhere.
    pub fn set_cut(&mut self) {
        self.cut = true;
    }

    /// Reads `count` bytes; if fewer are left, they become a field with an issue, once, and the cursor is done.
    pub fn take(&mut self, name: impl Into<Cow<'static, str>>, count: usize) -> Option<(Range<usize>, &'a [u8])> {
        if count > self.left() {
            if !self.cut {
                let there = self.left();
                let mut field = Field::new(name, short_hex(self.peek(), self.most), self.at..self.end);
                field.issue = Some(format!("cut at byte {}: {count} bytes expected, {there} there", self.at));
                self.fields.push(field);
            }
            self.cut = true;
            self.at = self.end;
            return None;
        }
        let range = self.at..self.at + count;
        self.at = range.end;
        Some((range.clone(), &self.bytes[range]))
    }

    /// A big-endian number of at most eight bytes, shown as `show` says.
    pub fn shown(&mut self, name: impl Name, width: usize, show: impl FnOnce(u64) -> String) -> Option<u64> {
        let (range, bytes) = self.take(name.clone(), width)?;
        let value = big_endian(bytes);
        self.fields.push(Field::new(name, show(value), range));
        Some(value)
    }

    /// `count` bytes in hexadecimal.
    pub fn raw(&mut self, name: impl Name, count: usize) -> Option<&'a [u8]> {
        let (range, bytes) = self.take(name.clone(), count)?;
        self.fields.push(Field::new(name, short_hex(bytes, self.most), range));
        Some(bytes)
    }

    /// Adds a field made elsewhere.
    pub fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// Explains the field added last.
    pub fn note(&mut self, note: impl Into<Cow<'static, str>>) {
        if let Some(field) = self.fields.last_mut() {
            field.note = Some(note.into());
        }
    }

    /// Says which registry names the value of the field added last.
    pub fn named_by(&mut self, registry: &'static Registry) {
        if let Some(field) = self.fields.last_mut() {
            field.registry = Some(registry);
        }
    }

    /// Says what is wrong with the field added last.
    pub fn issue(&mut self, issue: impl Into<String>) {
        if let Some(field) = self.fields.last_mut() {
            field.issue = Some(issue.into());
        }
    }

    /// The fields read so far.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields read so far, to change them.
    pub fn fields_mut(&mut self) -> &mut Vec<Field> {
        &mut self.fields
    }

    /// The fields, at the end.
    pub fn into_fields(self) -> Vec<Field> {
        self.fields
    }
}

/// Bytes in hexadecimal, cut after `most` of them.
pub fn short_hex(bytes: &[u8], most: usize) -> String {
    match bytes.get(..most) {
        Some(first) if bytes.len() > most => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}

/// A big-endian number of at most 8 bytes.
pub fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
