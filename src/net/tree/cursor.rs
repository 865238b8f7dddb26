//! The tool all headers use: a cursor that turns what it reads into [`Field`]s. Ranges count from the frame's start.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::vocab::Field;
use crate::vocab::text::hex;

/// Most bytes written out as hexadecimal in a value; the range still covers all of them.
const MAX_HEX: usize = 32;

/// A cursor over one header, with the fields read so far.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    start: usize,
    at: usize,
    end: usize,
    cut: bool,
    /// The number read last, whose bits [`Cursor::bits`] shows.
    last: u64,
    fields: Vec<Field>,
}

impl<'a> Cursor<'a> {
    /// A cursor over `range` of `bytes`.
    pub fn over(bytes: &'a [u8], range: Range<usize>) -> Self {
        let end = range.end.min(bytes.len());
        let start = range.start.min(end);
        Self { bytes, start, at: start, end, cut: false, last: 0, fields: Vec::new() }
    }

    /// Offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Number of bytes left.
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// The bytes left, without moving.
    pub fn peek(&self) -> &'a [u8] {
        &self.bytes[self.at..self.end]
    }

    /// All bytes of the header, read or not.
    pub fn whole(&self) -> &'a [u8] {
        &self.bytes[self.start..self.end]
    }

    /// The same bytes from here to `end`, for a part of the header.
    pub fn part(&self, end: usize) -> Cursor<'a> {
        Cursor::over(self.bytes, self.at..end.min(self.end))
    }

    /// Goes on after a part that was read with another cursor.
    pub fn go_to(&mut self, at: usize) {
        self.at = at.clamp(self.at, self.end);
    }

    /// Reads `count` bytes; if fewer are left, they become a field with an issue, once, and the cursor is done.
    fn take(&mut self, name: &'static str, count: usize) -> Option<(Range<usize>, &'a [u8])> {
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
        Some((range.clone(), &self.bytes[range]))
    }

    /// A big-endian number of `width` bytes, shown as `show` says.
    pub fn shown(&mut self, name: &'static str, width: usize, show: impl FnOnce(u64) -> String) -> Option<u64> {
        let (range, bytes) = self.take(name, width)?;
        let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        self.last = value;
        self.fields.push(Field::new(name, show(value), range));
        Some(value)
    }

    /// A number in decimal.
    pub fn number(&mut self, name: &'static str, width: usize) -> Option<u64> {
        self.shown(name, width, |value| value.to_string())
    }

    /// A number in hexadecimal, all its digits.
    pub fn hex(&mut self, name: &'static str, width: usize) -> Option<u64> {
        self.shown(name, width, |value| format!("0x{value:0digits$x}", digits = width * 2))
    }

    /// `count` bytes in hexadecimal.
    pub fn raw(&mut self, name: &'static str, count: usize) -> Option<&'a [u8]> {
        let (range, bytes) = self.take(name, count)?;
        self.fields.push(Field::new(name, short_hex(bytes), range));
        Some(bytes)
    }

    /// All that is left in hexadecimal; nothing if nothing is left.
    pub fn rest(&mut self, name: &'static str) {
        if self.left() > 0 {
            self.raw(name, self.left());
        }
    }

    /// A hardware address.
    pub fn mac(&mut self, name: &'static str) {
        if let Some((range, bytes)) = self.take(name, 6) {
            let text: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            self.fields.push(Field::new(name, text.join(":"), range));
        }
    }

    /// An IPv4 address.
    pub fn ipv4(&mut self, name: &'static str) {
        self.shown(name, 4, |value| Ipv4Addr::from(value as u32).to_string());
    }

    /// An IPv6 address.
    pub fn ipv6(&mut self, name: &'static str) {
        let Some((range, bytes)) = self.take(name, 16) else { return };
        let Some(address) = bytes.first_chunk::<16>() else { return };
        self.fields.push(Field::new(name, Ipv6Addr::from(*address).to_string(), range));
    }

    /// Some bits of the number read last, below its field; the range is that of the bytes the bits are in.
    pub fn bits(&mut self, name: &'static str, mask: u64, show: impl FnOnce(u64) -> String) {
        let value = (self.last & mask) >> mask.trailing_zeros();
        let Some(field) = self.fields.last_mut() else { return };
        if mask == 0 || field.issue.is_some() {
            return;
        }
        let high = (u64::BITS - 1 - mask.leading_zeros()) as usize / 8;
        let low = mask.trailing_zeros() as usize / 8;
        let end = field.range.end;
        let range = end.saturating_sub(high + 1).max(field.range.start)..end - low.min(field.range.len());
        field.children.push(Field::new(name, show(value), range));
    }

    /// One bit of the number read last.
    pub fn flag(&mut self, name: &'static str, mask: u64) {
        self.bits(name, mask, |bit| if bit == 1 { "Set".into() } else { "Not set".into() });
    }

    /// Adds a field made elsewhere.
    pub fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// Explains the field added last.
    pub fn note(&mut self, note: impl Into<std::borrow::Cow<'static, str>>) {
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

    /// The fields read so far, as the tree of the header: from its first byte to the last one read.
    pub fn tree(self, name: &'static str, value: impl Into<String>) -> Field {
        Field::new(name, value, self.start..self.at).with(self.fields)
    }
}

/// Bytes in hexadecimal, cut after [`MAX_HEX`] of them.
pub(super) fn short_hex(bytes: &[u8]) -> String {
    match bytes.get(..MAX_HEX) {
        Some(first) if bytes.len() > MAX_HEX => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}
