//! One side's stream as records: in clear, opened with keys, or passed over.
//!
//! Start at [`Side::feed`]. Here records are found in the stream; what is done with one is in `clear` and `protected`.

mod clear;
mod protected;

use std::hint::black_box;

use super::events::{EventKind, Observer};
use super::fast_path::{FastPath, Skipped};
use super::marks::Marks;
use super::messages::Messages;
use super::opener::{Agreed, Opener};
use crate::proto::tls::message::RecordHeader;
use crate::stream::Chunk;
use crate::vocab::iana::{BulkCipher, CipherSuite, ContentType, ProtocolVersion};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// What both sides know.
#[derive(Default)]
pub(super) struct Shared {
    /// What the hellos settle.
    pub agreed: Agreed,
    /// Stream offset at which TLS begins.
    pub start: PerDirection<u64>,
    /// Whether the client's first record is an SSL 2.0 one.
    pub ssl2: bool,
    /// Whether the flow was joined after its handshake.
    pub joined_late: bool,
}

impl Shared {
    /// Whether the suite encrypts nothing; only suites up to TLS 1.2 do that.
    fn is_null(&self) -> bool {
        let old = self.agreed.version.is_some_and(|version| version < ProtocolVersion::TLS_1_3);
        let facts = self.agreed.suite.filter(|_| old).and_then(CipherSuite::facts);
        facts.is_some_and(|facts| facts.bulk.cipher == BulkCipher::Null)
    }
}

/// Where a side's stream stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum State {
    /// TLS has not begun.
    #[default]
    Waiting,
    /// At a record boundary or inside a record.
    Records,
    /// Bytes that are no TLS; the rest of the stream is taken for that too.
    Foreign,
    /// A hole in the capture hides where the next record begins.
    Lost,
    /// The flow is not TLS.
    NotTls,
}

/// One direction.
#[derive(Default)]
pub(super) struct Side {
    pub state: State,
    /// Bytes of the stream seen.
    pub seen_bytes: u64,
    /// Bytes that are not done with, beginning at `buffer_start`.
    buffer: Vec<u8>,
    buffer_start: u64,
    marks: Marks,
    skipped: Option<Skipped>,
    messages: Messages,
    opener: Opener,
    /// Whether this side sent `ChangeCipherSpec`.
    changed_cipher: bool,
    /// Whether bytes of this side are missing, perhaps a `ChangeCipherSpec` among them.
    gapped: bool,
    /// Whether a handshake record of this side was in clear.
    spoke_in_clear: bool,
    records: u64,
}

impl Side {
    /// Reads a little of every part.
    pub fn prefetch(&self) {
        black_box(self.seen_bytes ^ self.records ^ self.buffer.len() as u64);
    }

    /// Takes bytes while it is open whether they are TLS.
    pub fn hold(&mut self, range: StreamRange, bytes: &[u8], packet: PacketNumber, time: Time) {
        if self.buffer.is_empty() {
            self.buffer_start = range.start;
            self.marks.clear();
        }
        self.buffer.extend_from_slice(bytes);
        self.marks.add(range.end, packet, time);
        self.seen_bytes += range.len();
    }

    /// Tells of a gap before TLS; what was held can no longer be its beginning.
    pub fn hold_gap(&mut self, from: Direction, chunk: &Chunk<'_>, observer: &mut impl Observer) {
        self.release(from, observer);
        self.gapped = true;
        if let Chunk::Gap(range) = chunk {
            self.buffer_start = range.end;
            self.gap(from, *range, observer);
        }
    }

    /// The bytes that are held: they may begin a record, or be none.
    /// Whether bytes of this side are missing.
    pub fn is_gapped(&self) -> bool {
        self.gapped
    }

    /// The bytes that wait until it is known whether they are TLS.
    pub fn held(&self) -> &[u8] {
        &self.buffer
    }

    /// Where they begin in the stream.
    pub fn held_start(&self) -> u64 {
        self.buffer_start
    }

    /// Whether no record was read, and none is begun.
    pub fn is_unread(&self) -> bool {
        self.records == 0 && self.buffer.is_empty() && self.skipped.is_none()
    }

    /// The packet that carried the first held byte.
    pub fn held_origin(&self) -> Option<(PacketNumber, Time)> {
        (!self.buffer.is_empty()).then(|| self.marks.origin(self.buffer_start))
    }

    /// Stream offset after `skip` held bytes.
    pub fn begins_after(&self, skip: usize) -> u64 {
        self.buffer_start + skip as u64
    }

    /// Tells the held bytes as a preamble.
    pub fn release(&mut self, from: Direction, observer: &mut impl Observer) {
        self.release_first(self.buffer.len(), from, observer);
    }

    /// Tells the first `count` held bytes as a preamble.
    pub fn release_first(&mut self, count: usize, from: Direction, observer: &mut impl Observer) {
        if count == 0 {
            return;
        }
        let rest = self.buffer.split_off(count);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let range = StreamRange::new(self.buffer_start, self.buffer_start + count as u64);
        self.tell(from, range, EventKind::Preamble(&bytes), observer);
        self.advance_to(range.end);
    }

    /// Reads what was held, now that it is known to be records.
    pub fn resume(&mut self, from: Direction, shared: &mut Shared, observer: &mut impl Observer) {
        let bytes = std::mem::take(&mut self.buffer);
        self.read(from, &bytes, self.buffer_start, shared, observer);
    }

    /// What can go by from here on; whole records where the handshake is `settled`.
    pub fn fast_path(&mut self, settled: bool, shared: &Shared) -> FastPath {
        let still = self.state == State::Records && self.buffer.is_empty() && self.messages.begun_at().is_none();
        let free = settled && still && !shared.ssl2 && !self.opener.is_keyed(&shared.agreed);
        FastPath::new(self.buffer_start, self.skipped.filter(|_| still), free)
    }

    /// Takes note of what went by.
    pub fn note_passed(&mut self, fast_path: &FastPath) {
        if fast_path.passed() == 0 {
            return;
        }
        self.seen_bytes += fast_path.passed();
        self.buffer_start += fast_path.passed();
        self.skipped = fast_path.current();
        self.records += u64::from(fast_path.records());
        if fast_path.records() > 0 {
            self.opener.pass(u64::from(fast_path.records()));
            self.messages.hide();
        }
    }

    /// Takes the next stretch.
    pub fn feed(&mut self, from: Direction, chunk: &Chunk<'_>, shared: &mut Shared, observer: &mut impl Observer) {
        let (range, bytes, packet, time) = match *chunk {
            Chunk::Bytes { range, bytes, packet, time, .. } => (range, bytes, packet, time),
            Chunk::Gap(range) => {
                self.lose(from, range, shared, observer);
                return;
            }
            Chunk::Again { .. } => return,
        };
        self.seen_bytes += range.len();
        // Inside a record whose body nobody reads.
        if let Some(skipped) = &mut self.skipped
            && skipped.left > range.len()
        {
            skipped.left -= range.len();
            self.buffer_start = range.end;
            return;
        }
        if self.state == State::Lost {
            if !super::opening::is_record_chain(bytes) {
                self.opener.lose(range.len());
                self.buffer_start = range.end;
                return;
            }
            self.state = State::Records;
        }
        self.marks.add(range.end, packet, time);
        if self.buffer.is_empty() {
            self.read(from, bytes, range.start, shared, observer);
        } else {
            let mut held = std::mem::take(&mut self.buffer);
            held.extend_from_slice(bytes);
            self.read(from, &held, self.buffer_start, shared, observer);
        }
    }

    /// Ends the stream.
    pub fn finish(&mut self, from: Direction, _shared: &mut Shared, observer: &mut impl Observer) {
        match self.state {
            State::Waiting => self.release(from, observer),
            State::Records => {
                let bytes = std::mem::take(&mut self.buffer);
                let end = self.buffer_start + bytes.len() as u64;
                if self.messages.finish(from, end, &self.marks, observer) {
                    // What else is begun belongs to that message.
                } else if let Some(skipped) = self.skipped {
                    let kind = EventKind::Unfinished {
                        content: skipped.header.content_type,
                        bytes: &[],
                        announced: usize::from(skipped.header.length),
                    };
                    self.tell(from, StreamRange::new(skipped.start, end.max(skipped.start)), kind, observer);
                } else if !bytes.is_empty() {
                    let header = RecordHeader::decode(&bytes);
                    let content = ContentType(bytes[0]);
                    let announced =
                        header.map_or(RecordHeader::LENGTH, |h| RecordHeader::LENGTH + usize::from(h.length));
                    let kind = EventKind::Unfinished { content, bytes: &bytes, announced };
                    self.tell(from, StreamRange::new(self.buffer_start, end), kind, observer);
                }
            }
            _ => {}
        }
    }

    /// A hole in the captured bytes.
    fn lose(&mut self, from: Direction, range: StreamRange, shared: &Shared, observer: &mut impl Observer) {
        self.seen_bytes += range.len();
        self.gapped = true;
        self.tell_cut(from, range.start, observer);
        self.gap(from, range, observer);
        if self.state != State::Records {
            self.buffer_start = range.end;
            return;
        }
        // A hole inside one record leaves the next boundary known.
        let record = match self.skipped {
            Some(skipped) => Some((skipped, skipped.left)),
            None => RecordHeader::decode(&self.buffer).map(|header| {
                let left = (RecordHeader::LENGTH + usize::from(header.length) - self.buffer.len()) as u64;
                let start = self.buffer_start;
                let body = &self.buffer[RecordHeader::LENGTH..];
                let cut = matches!(self.protection(header, body, shared), Protection::Clear);
                (Skipped { header, cut, start, left, first: self.marks.origin(start) }, left)
            }),
        };
        self.buffer.clear();
        self.messages.clear();
        self.buffer_start = range.end;
        self.skipped = match record {
            Some((record, left)) if left > range.len() => Some(Skipped { left: left - range.len(), ..record }),
            Some((_, left)) if left == range.len() => {
                self.opener.pass(1);
                self.messages.hide();
                None
            }
            _ => {
                self.state = State::Lost;
                self.opener.lose(range.len());
                self.messages.hide();
                None
            }
        };
    }

    /// Tells the handshake message in clear that a hole at `end` cuts, as far as it was captured.
    fn tell_cut(&self, from: Direction, end: u64, observer: &mut impl Observer) {
        if self.state != State::Records || self.skipped.is_some() {
            return;
        }
        let rest = self.buffer.get(RecordHeader::LENGTH..).unwrap_or_default();
        let (start, bytes, announced) = match (self.messages.begun(), self.messages.begun_at()) {
            (Some((begun, announced)), Some(start)) => (start, [begun, rest].concat(), announced),
            _ if self.buffer.first() == Some(&ContentType::HANDSHAKE.0) && !rest.is_empty() => {
                let announced = RecordHeader::decode(&self.buffer).map_or(0, |header| usize::from(header.length));
                (self.buffer_start, self.buffer.clone(), announced + RecordHeader::LENGTH)
            }
            _ => return,
        };
        let kind = EventKind::Cut { bytes: &bytes, announced };
        self.tell(from, StreamRange::new(start, end.max(start)), kind, observer);
    }

    fn gap(&self, from: Direction, range: StreamRange, observer: &mut impl Observer) {
        self.tell(from, range, EventKind::Gap, observer);
    }

    /// Reads all that is whole in `bytes`, which begin at stream offset `start`; keeps the rest.
    fn read(&mut self, from: Direction, bytes: &[u8], start: u64, shared: &mut Shared, observer: &mut impl Observer) {
        let mut at = 0;
        if let Some(skipped) = self.skipped {
            if skipped.left > bytes.len() as u64 {
                self.skipped = Some(Skipped { left: skipped.left - bytes.len() as u64, ..skipped });
                self.advance_to(start + bytes.len() as u64);
                return;
            }
            at = skipped.left as usize;
            self.skipped = None;
            self.pass(from, skipped, start + at as u64, observer);
        }
        while at < bytes.len() && self.state == State::Records {
            match self.record(from, &bytes[at..], start + at as u64, shared, observer) {
                0 => break,
                length => at += length,
            }
        }
        if self.state == State::Foreign && at < bytes.len() {
            let range = StreamRange::new(start + at as u64, start + bytes.len() as u64);
            self.tell(from, range, EventKind::Foreign(&bytes[at..]), observer);
            at = bytes.len();
        }
        self.buffer = bytes[at..].to_vec();
        self.advance_to(start + at as u64);
    }

    /// Reads one record; returns its length, or 0 where more bytes are needed or none is there.
    fn record(
        &mut self,
        from: Direction,
        bytes: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) -> usize {
        if shared.ssl2 && from == Direction::ToServer && self.records == 0 {
            return self.ssl2_hello(from, bytes, start, shared, observer);
        }
        let Some(header) = self.header(bytes) else { return 0 };
        let whole = RecordHeader::LENGTH + usize::from(header.length);
        let protected = match self.protection(header, &bytes[RecordHeader::LENGTH..whole.min(bytes.len())], shared) {
            Protection::Clear => false,
            Protection::Sealed => true,
            Protection::Undecided => return 0,
        };
        let body = bytes.get(RecordHeader::LENGTH..whole);
        if protected && self.opener.is_keyed(&shared.agreed) {
            let Some(body) = body else { return 0 };
            self.open(from, header, body, start, shared, observer);
            return whole;
        }
        if protected || header.content_type == ContentType::APPLICATION_DATA {
            return self.skip(from, header, bytes.len(), start, observer);
        }
        let Some(body) = body else {
            if header.content_type == ContentType::HANDSHAKE {
                let body = &bytes[RecordHeader::LENGTH..];
                self.messages.announce(from, body, start, &self.marks, observer);
            }
            return 0;
        };
        self.read_clear(from, header, body, start, shared, observer);
        whole
    }

    /// Tells that a whole record is there; where it lies in the stream.
    fn whole(
        &mut self,
        from: Direction,
        header: RecordHeader,
        start: u64,
        protected: bool,
        observer: &mut impl Observer,
    ) -> StreamRange {
        self.records += 1;
        let range = StreamRange::new(start, start + (RecordHeader::LENGTH + usize::from(header.length)) as u64);
        let (content, length) = (header.content_type, header.length);
        self.tell(from, range, EventKind::Record { content, length, protected }, observer);
        range
    }

    /// The header of the record that `bytes` begin with; none where more bytes are needed, or where they are no TLS.
    fn header(&mut self, bytes: &[u8]) -> Option<RecordHeader> {
        let header = RecordHeader::decode(bytes);
        let is_possible = match header {
            Some(header) => header.is_plausible() && bytes[1] == 3,
            // Too short for a header: wait, unless it cannot become one.
            None => matches!(bytes[0], 20..=24) && bytes.get(1).is_none_or(|major| *major == 3),
        };
        if !is_possible {
            self.state = State::Foreign;
        }
        header.filter(|_| is_possible)
    }

    fn advance_to(&mut self, offset: u64) {
        self.buffer_start = offset;
        self.marks.forget_before(self.messages.begun_at().map_or(offset, |begun| begun.min(offset)));
    }

    fn tell(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&self.marks.event(from, range, kind));
    }
}

/// Whether a record's body can be read.
enum Protection {
    /// It is in clear.
    Clear,
    /// It is encrypted.
    Sealed,
    /// More of it is needed to tell.
    Undecided,
}
