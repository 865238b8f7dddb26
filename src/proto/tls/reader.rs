//! A cursor over wire bytes that knows its offset and says what is missing, instead of failing as a whole.

use std::borrow::Cow;

/// Something in the bytes that is not as it should be. Offsets are in bytes from the start of the decoded slice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue {
    /// Where it was noticed.
    pub offset: usize,
    /// What is wrong, as a phrase.
    pub reason: Cow<'static, str>,
}

impl Issue {
    /// An issue at `offset`.
    pub fn new(offset: usize, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { offset, reason: reason.into() }
    }
}

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.offset)
    }
}

/// The bytes end before a field does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// Offset where the field starts.
    pub offset: usize,
    /// Bytes the field has.
    pub wanted: usize,
    /// Bytes there are.
    pub there: usize,
}

impl Missing {
    /// The issue to report, for the field called `name`.
    pub fn issue(self, name: &str) -> Issue {
        let Missing { offset, wanted, there } = self;
        Issue::new(offset, format!("{name}: {wanted} bytes announced, {there} there"))
    }
}

/// A forward cursor over a slice. The reading methods that take `issues` tell only the first thing that is missing:
/// what follows a cut is missing too, and saying so again would hide the cause.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    cut: bool,
}

/// The result of reading one field.
pub type Read<T> = Result<T, Missing>;

impl<'a> Reader<'a> {
    /// A cursor at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, cut: false }
    }

    /// Offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Number of bytes not yet read.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.left() == 0
    }

    /// The bytes not yet read, without moving.
    pub fn peek(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.peek();
        self.at = self.bytes.len();
        rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let rest = self.peek();
        let Some(taken) = rest.get(..count) else {
            return Err(Missing { offset: self.at, wanted: count, there: rest.len() });
        };
        self.at += count;
        Ok(taken)
    }

    /// The next `count` bytes, or as many as there are.
    pub fn take_up_to(&mut self, count: usize) -> &'a [u8] {
        let count = count.min(self.left());
        let taken = &self.peek()[..count];
        self.at += count;
        taken
    }

    /// Goes on where only `left` bytes are left: behind what another parser took.
    pub fn leave(&mut self, left: usize) {
        self.at = self.at.max(self.bytes.len().saturating_sub(left));
    }

    /// A big-endian number of `width` bytes (at most 8).
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn number(&mut self, width: usize) -> Read<u64> {
        Ok(self.take(width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// One byte.
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn u8(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    /// Two bytes, big-endian.
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn u16(&mut self) -> Read<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Three bytes, big-endian.
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn u24(&mut self) -> Read<u32> {
        self.take(3).map(|bytes| u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]))
    }

    /// Four bytes, big-endian.
    ///
    /// # Errors
    ///
    /// Where fewer bytes are left.
    pub fn u32(&mut self) -> Read<u32> {
        self.take(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// Whether a field was cut by the end of the bytes.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// A vector behind a length of `width` bytes (1, 2 or 3). Where fewer bytes are left than announced, those
    /// there are come with `issues` told, under `name`; a missing length gives an empty slice.
    pub fn vector(&mut self, width: usize, name: &str, issues: &mut Vec<Issue>) -> &'a [u8] {
        match self.number(width) {
            Ok(length) => self.field(length as usize, name, issues),
            Err(missing) => {
                self.rest();
                self.tell(issues, || Issue::new(missing.offset, format!("{name}: the length is missing")));
                &[]
            }
        }
    }

    /// `count` bytes called `name`, or as many as there are with `issues` told.
    pub fn field(&mut self, count: usize, name: &str, issues: &mut Vec<Issue>) -> &'a [u8] {
        if count > self.left() {
            let missing = Missing { offset: self.at, wanted: count, there: self.left() };
            self.tell(issues, || missing.issue(name));
        }
        self.take_up_to(count)
    }

    /// A number of `width` bytes called `name`; none, with `issues` told and the rest skipped, if it is cut.
    pub fn integer(&mut self, width: usize, name: &str, issues: &mut Vec<Issue>) -> Option<u64> {
        match self.number(width) {
            Ok(value) => Some(value),
            Err(missing) => {
                self.rest();
                self.tell(issues, || missing.issue(name));
                None
            }
        }
    }

    /// Tells `issues` if bytes are left where the structure ends.
    pub fn end(&self, issues: &mut Vec<Issue>) {
        if !self.is_empty() {
            issues.push(Issue::new(self.at, format!("{} bytes after the end of the structure", self.left())));
        }
    }

    fn tell(&mut self, issues: &mut Vec<Issue>, issue: impl FnOnce() -> Issue) {
        if !self.cut {
            self.cut = true;
            issues.push(issue());
        }
    }
}
