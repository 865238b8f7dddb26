//! The lists hellos are made of, read in place: two-byte numbers, opaque strings, key shares.

use std::marker::PhantomData;

use crate::vocab::iana::NamedGroup;

/// A list of two-byte numbers, such as cipher suites. A last odd byte is ignored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Numbers<'a, T> {
    bytes: &'a [u8],
    kind: PhantomData<T>,
}

impl<'a, T: From<u16> + PartialEq + Copy> Numbers<'a, T> {
    /// The numbers in `bytes`, without a length in front.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The numbers behind a length of `width` bytes; what is cut is left out.
    pub fn behind_length(body: &'a [u8], width: usize) -> Self {
        Self::new(behind_length(body, width))
    }

    /// The bytes of the list.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.bytes.len() / 2
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The numbers in wire order.
    pub fn iter(self) -> impl Iterator<Item = T> + Clone + use<'a, T> {
        self.bytes.chunks_exact(2).map(|pair| T::from(u16::from_be_bytes([pair[0], pair[1]])))
    }

    /// The first one.
    pub fn first(self) -> Option<T> {
        self.iter().next()
    }

    /// Whether `value` is among them.
    pub fn contains(self, value: T) -> bool {
        self.iter().any(|other| other == value)
    }
}

impl<T> Default for Numbers<'_, T> {
    fn default() -> Self {
        Self { bytes: &[], kind: PhantomData }
    }
}

impl<T: From<u16> + PartialEq + Copy + std::fmt::Debug> std::fmt::Debug for Numbers<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A list of byte strings, each behind its own length: ALPN names, certificate authorities. A cut one ends it.
#[derive(Clone, Debug, Default)]
pub struct Opaques<'a> {
    rest: &'a [u8],
    width: usize,
}

impl<'a> Opaques<'a> {
    /// The strings in `bytes`, each behind a length of `width` bytes (1 to 3).
    pub fn new(bytes: &'a [u8], width: usize) -> Self {
        Self { rest: bytes, width }
    }
}

impl<'a> Iterator for Opaques<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_at_checked(self.width.max(1))?;
        let (item, rest) = rest.split_at_checked(big_endian(length))?;
        self.rest = rest;
        Some(item)
    }
}

/// One offer or choice of a key exchange (RFC 8446 §4.2.8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyShare<'a> {
    /// The group.
    pub group: NamedGroup,
    /// The public value, as long as it was announced to be or as far as it is there.
    pub key: &'a [u8],
}

/// The key shares of a hello, in wire order. One that is cut comes as far as it goes.
#[derive(Clone, Debug, Default)]
pub struct KeyShares<'a> {
    rest: &'a [u8],
}

impl<'a> KeyShares<'a> {
    /// The shares in `bytes`, without the length of the list.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for KeyShares<'a> {
    type Item = KeyShare<'a>;

    fn next(&mut self) -> Option<KeyShare<'a>> {
        let (head, rest) = self.rest.split_at_checked(4)?;
        let (key, rest) = rest.split_at(big_endian(&head[2..]).min(rest.len()));
        self.rest = rest;
        Some(KeyShare { group: NamedGroup(u16::from_be_bytes([head[0], head[1]])), key })
    }
}

/// The bytes behind a length of `width` bytes, or as many of them as there are.
pub(super) fn behind_length(body: &[u8], width: usize) -> &[u8] {
    match body.split_at_checked(width) {
        Some((length, rest)) => &rest[..big_endian(length).min(rest.len())],
        None => &[],
    }
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::iana::CipherSuite;

    #[test]
    fn numbers_ignore_an_odd_byte() {
        let list: Numbers<'_, CipherSuite> = Numbers::new(&[0x13, 1, 0x13, 2, 9]);
        assert_eq!(list.iter().collect::<Vec<_>>(), [CipherSuite(0x1301), CipherSuite(0x1302)]);
        assert!(list.contains(CipherSuite(0x1302)) && !list.contains(CipherSuite(9)));
    }

    #[test]
    fn opaques_stop_at_a_cut() {
        assert_eq!(Opaques::new(b"\x02h2\x08http/1.1", 1).collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
        assert_eq!(Opaques::new(b"\x02h2\x08http", 1).collect::<Vec<_>>(), [&b"h2"[..]]);
    }

    #[test]
    fn a_cut_key_share_keeps_its_group() {
        let shares: Vec<_> = KeyShares::new(&[0, 29, 0, 32, 1, 2]).collect();
        assert_eq!(shares, [KeyShare { group: NamedGroup::X25519, key: &[1, 2] }]);
    }
}
