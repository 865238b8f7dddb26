//! The tool all headers use: [`FieldCursor`] with addresses and bits. Ranges count from the frame's start.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::{Deref, DerefMut, Range};

use crate::vocab::Field;
use crate::vocab::field_cursor::{self, FieldCursor};

/// Most bytes written out as hexadecimal in a value; the range still covers all of them.
const MAX_HEX: usize = 32;

/// A cursor over one header, with the fields read so far.
pub(super) struct Cursor<'a> {
    core: FieldCursor<'a>,
    /// The number read last, whose bits [`Cursor::bits`] shows.
    last: u64,
}

impl<'a> Deref for Cursor<'a> {
    type Target = FieldCursor<'a>;

    fn deref(&self) -> &FieldCursor<'a> {
        &self.core
    }
}

impl DerefMut for Cursor<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.core
    }
}

impl<'a> Cursor<'a> {
    /// A cursor over `range` of `bytes`.
    pub fn over(bytes: &'a [u8], range: Range<usize>) -> Self {
        Self { core: FieldCursor::over(bytes, range, MAX_HEX), last: 0 }
    }

    /// The same bytes from here to `end`, for a part of the header.
    pub fn part(&self, end: usize) -> Cursor<'a> {
        Cursor::over(self.all(), self.at()..end.min(self.end()))
    }

    /// A big-endian number of `width` bytes, shown as `show` says.
    pub fn shown(&mut self, name: &'static str, width: usize, show: impl FnOnce(u64) -> String) -> Option<u64> {
        let value = self.core.shown(name, width, show)?;
        self.last = value;
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

    /// All that is left in hexadecimal; nothing if nothing is left.
    pub fn rest(&mut self, name: &'static str) {
        let left = self.left();
        if left > 0 {
            self.raw(name, left);
        }
    }

    /// A hardware address.
    pub fn mac(&mut self, name: &'static str) {
        if let Some((range, bytes)) = self.take(name, 6) {
            let text: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            self.push(Field::new(name, text.join(":"), range));
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
        self.push(Field::new(name, Ipv6Addr::from(*address).to_string(), range));
    }

    /// Some bits of the number read last, below its field; the range is that of the bytes the bits are in.
    pub fn bits(&mut self, name: &'static str, mask: u64, show: impl FnOnce(u64) -> String) {
        let value = (self.last & mask) >> mask.trailing_zeros();
        let Some(field) = self.core.fields_mut().last_mut() else { return };
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

    /// The fields read so far, as the tree of the header: from its first byte to the last one read.
    pub fn tree(self, name: &'static str, value: impl Into<String>) -> Field {
        let range = self.start()..self.at();
        Field::new(name, value, range).with(self.core.into_fields())
    }
}

/// Bytes in hexadecimal, cut after [`MAX_HEX`] of them.
pub(super) fn short_hex(bytes: &[u8]) -> String {
    field_cursor::short_hex(bytes, MAX_HEX)
}

/// The same tree, with both ends as its value.
pub(super) fn ends(mut tree: Field, from: &str, to: &str) -> Field {
    if let (Some(from), Some(to)) = (tree.find(from), tree.find(to)) {
        tree.value = format!("{} → {}", from.value, to.value);
    }
    tree
}
