//! The extension block of a hello, certificate, request or ticket, walked in place.

use crate::proto::tls::reader::{Issue, Missing, Reader};
use crate::vocab::iana::ExtensionType;

/// One extension: its type and its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extension<'a> {
    /// Its number.
    pub kind: ExtensionType,
    /// Its contents, without type and length; shorter than announced if the block ends first.
    pub body: &'a [u8],
    /// Offset of the type from the start of the message body.
    pub offset: usize,
    /// Length the extension announces, in bytes.
    pub announced: usize,
}

impl Extension<'_> {
    /// Whether the block ends before the extension does.
    pub fn is_cut(&self) -> bool {
        self.body.len() < self.announced
    }
}

/// An extension block, without its length.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extensions<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Extensions<'a> {
    /// The block `bytes`, which starts at `offset` of the message body.
    pub fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    /// Reads a block behind its two-byte length and looks it through: cut and repeated extensions go to `issues`.
    pub fn read(reader: &mut Reader<'a>, issues: &mut Vec<Issue>) -> Self {
        let offset = reader.offset() + 2;
        let told = issues.len();
        let bytes = reader.vector(2, "extensions", issues);
        let extensions = Self { bytes, offset };
        // A block that is cut as a whole cuts its last extension too: the first of the two says enough.
        extensions.check(issues.len() > told, issues);
        extensions
    }

    /// The block `bytes`, whole, which starts at `offset` of the message body, looked through as [`Self::read`] does.
    pub(super) fn whole(bytes: &'a [u8], offset: usize, issues: &mut Vec<Issue>) -> Self {
        let extensions = Self { bytes, offset };
        extensions.check(false, issues);
        extensions
    }

    /// The bytes of the block.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Offset of the block from the start of the message body.
    pub fn offset(self) -> usize {
        self.offset
    }

    /// The extensions in wire order, GREASE and unknown ones included.
    pub fn iter(self) -> impl Iterator<Item = Extension<'a>> + Clone + use<'a> {
        Walk { rest: self.bytes, offset: self.offset }
    }

    /// The contents of the first extension of this kind.
    pub fn find(self, kind: ExtensionType) -> Option<&'a [u8]> {
        self.iter().find(|extension| extension.kind == kind).map(|extension| extension.body)
    }

    /// Whether there is one of this kind.
    pub fn has(self, kind: ExtensionType) -> bool {
        self.find(kind).is_some()
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.iter().count()
    }

    fn check(self, already_cut: bool, issues: &mut Vec<Issue>) {
        let mut end = self.offset;
        let mut seen = [ExtensionType(0); 64];
        let mut count = 0;
        for extension in self.iter() {
            end = extension.offset + 4 + extension.body.len();
            if extension.is_cut() && !already_cut {
                let missing =
                    Missing { offset: extension.offset + 4, wanted: extension.announced, there: extension.body.len() };
                issues.push(missing.issue(&format!("extension {}", extension.kind)));
            }
            if seen[..count].contains(&extension.kind) {
                issues.push(Issue::new(extension.offset, format!("extension {} is there twice", extension.kind)));
            } else if count < seen.len() {
                seen[count] = extension.kind;
                count += 1;
            }
        }
        let left = self.offset + self.bytes.len() - end;
        if left > 0 && !already_cut {
            issues.push(Issue::new(end, format!("{left} bytes left in the extension block, too few for an extension")));
        }
    }
}

#[derive(Clone)]
struct Walk<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for Walk<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Extension<'a>> {
        let (head, rest) = self.rest.split_at_checked(4)?;
        let announced = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (body, rest) = rest.split_at(announced.min(rest.len()));
        let offset = self.offset;
        self.rest = rest;
        self.offset += 4 + body.len();
        Some(Extension { kind: ExtensionType(u16::from_be_bytes([head[0], head[1]])), body, offset, announced })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(block: &[u8], kinds: &[u16], reasons: &[&str]) {
        let mut issues = Vec::new();
        let extensions = Extensions::read(&mut Reader::new(block), &mut issues);
        assert_eq!(extensions.iter().map(|extension| extension.kind.0).collect::<Vec<_>>(), kinds);
        assert_eq!(issues.iter().map(ToString::to_string).collect::<Vec<_>>(), reasons);
    }

    #[test]
    fn whole_blocks_have_no_issue() {
        check(&[0, 0], &[], &[]);
        check(&[0, 9, 0, 23, 0, 0, 0x1a, 0x1a, 0, 1, 0], &[23, 0x1a1a], &[]);
    }

    #[test]
    fn a_block_longer_than_the_message_is_told_once() {
        check(
            &[0, 12, 0, 23, 0, 0, 0, 16, 0, 9, 0],
            &[23, 16],
            &["extensions: 12 bytes announced, 9 there (at byte 2)"],
        );
    }

    #[test]
    fn an_extension_longer_than_its_block_is_named() {
        check(
            &[0, 5, 0, 16, 0, 9, 0],
            &[16],
            &["extension application_layer_protocol_negotiation: 9 bytes announced, 1 there (at byte 6)"],
        );
    }

    #[test]
    fn repeats_and_stray_bytes_are_told() {
        check(
            &[0, 8, 0, 23, 0, 0, 0, 23, 0, 0],
            &[23, 23],
            &["extension extended_master_secret is there twice (at byte 6)"],
        );
        check(
            &[0, 6, 0, 23, 0, 0, 7, 7],
            &[23],
            &["2 bytes left in the extension block, too few for an extension (at byte 6)"],
        );
    }
}
