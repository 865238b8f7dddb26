//! One side's stream as records: in clear, opened with keys, or passed over.

use std::hint::black_box;

use super::cruise::{Cruise, Skipped};
use super::events::{Event, EventKind, Observer};
use super::marks::Marks;
use super::messages::{Messages, Place, can_be_messages, is_message_chain};
use super::opener::{Agreed, Opened, Opener};
use crate::proto::tls::message::{Alert, RecordHeader, ServerHello};
use crate::stream::Chunk;
use crate::vocab::iana::{BulkCipher, CipherSuite, ContentType, HandshakeType, ProtocolVersion};
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
    pub fn approach(&self) {
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
        if let Chunk::Gap(range) = chunk {
            self.buffer_start = range.end;
            self.gap(from, *range, observer);
        }
    }

    pub fn held(&self) -> &[u8] {
        &self.buffer
    }

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
    pub fn cruise(&mut self, settled: bool, shared: &Shared) -> Cruise {
        let still = self.state == State::Records && self.buffer.is_empty() && self.messages.begun_at().is_none();
        let free = settled && still && !shared.ssl2 && !self.opener.is_keyed(&shared.agreed);
        Cruise::new(self.buffer_start, self.skipped.filter(|_| still), free)
    }

    /// Takes note of what went by.
    pub fn land(&mut self, cruise: &Cruise) {
        if cruise.passed() == 0 {
            return;
        }
        self.seen_bytes += cruise.passed();
        self.buffer_start += cruise.passed();
        self.skipped = cruise.current();
        self.records += u64::from(cruise.records());
        if cruise.records() > 0 {
            self.opener.pass(u64::from(cruise.records()));
            self.messages.hide();
        }
    }

    /// Takes the next stretch.
    pub fn feed(&mut self, from: Direction, chunk: &Chunk<'_>, shared: &mut Shared, observer: &mut impl Observer) {
        let (range, bytes, packet, time) = match *chunk {
            Chunk::Bytes { range, bytes, packet, time, .. } => (range, bytes, packet, time),
            Chunk::Gap(range) => {
                self.lose(from, range, observer);
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
    fn lose(&mut self, from: Direction, range: StreamRange, observer: &mut impl Observer) {
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
                (Skipped { header, start, left, first: self.marks.origin(start) }, left)
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
        let Some(header) = RecordHeader::decode(bytes) else {
            // Too short for a header: wait, unless it cannot become one.
            let possible = matches!(bytes[0], 20..=24) && bytes.get(1).is_none_or(|major| *major == 3);
            if !possible {
                self.state = State::Foreign;
            }
            return 0;
        };
        if !header.is_plausible() || bytes[1] != 3 {
            self.state = State::Foreign;
            return 0;
        }
        let whole = RecordHeader::LENGTH + usize::from(header.length);
        let protected = match self.protection(header, &bytes[RecordHeader::LENGTH..whole.min(bytes.len())], shared) {
            Protection::Clear => false,
            Protection::Sealed => true,
            Protection::Undecided => return 0,
        };
        if protected && self.opener.is_keyed(&shared.agreed) {
            let Some(body) = bytes.get(RecordHeader::LENGTH..whole) else { return 0 };
            self.open(from, header, body, start, shared, observer);
            return whole;
        }
        if protected || !matches!(header.content_type.0, 20..=22) {
            let first = self.marks.origin(start);
            let skipped = Skipped { header, start, left: whole as u64, first };
            if bytes.len() >= whole {
                self.pass(from, skipped, start + whole as u64, observer);
                return whole;
            }
            self.skipped = Some(Skipped { left: (whole - bytes.len()) as u64, ..skipped });
            return bytes.len();
        }
        let Some(body) = bytes.get(RecordHeader::LENGTH..whole) else {
            if header.content_type == ContentType::HANDSHAKE {
                let body = &bytes[RecordHeader::LENGTH..];
                self.messages.announce(from, body, start, &self.marks, observer);
            }
            return 0;
        };
        self.records += 1;
        let range = StreamRange::new(start, start + whole as u64);
        let (content, length) = (header.content_type, header.length);
        self.tell(from, range, EventKind::Record { content, length, protected: false }, observer);
        // Without encryption a MAC stands behind what it protects.
        let body = &body[..body.len() - self.mac_length(shared).min(body.len())];
        match content {
            ContentType::HANDSHAKE => {
                self.spoke_in_clear = true;
                let content = start + RecordHeader::LENGTH as u64;
                self.handshake(body, Place { from, record: range, content, decrypted: false }, shared, observer);
            }
            ContentType::ALERT => match Alert::decode(body) {
                Some(alert) => {
                    let kind = EventKind::Alert { level: alert.level, description: alert.description };
                    self.tell(from, range, kind, observer);
                }
                None => self.tell(from, range, EventKind::Protected { content, length }, observer),
            },
            _ => {
                self.tell(from, range, EventKind::ChangeCipherSpec, observer);
                self.changed_cipher = true;
                // In TLS 1.3 it means nothing (RFC 8446 §5).
                if shared.agreed.version.is_some_and(|version| !version.is_tls13()) {
                    self.opener.change_cipher();
                    self.messages.change_keys();
                }
            }
        }
        whole
    }

    /// Reads an encrypted record for whose connection secrets are known.
    fn open(
        &mut self,
        from: Direction,
        header: RecordHeader,
        body: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        self.records += 1;
        let body_start = start + RecordHeader::LENGTH as u64;
        let range = StreamRange::new(start, body_start + body.len() as u64);
        let (content, length) = (header.content_type, header.length);
        self.tell(from, range, EventKind::Record { content, length, protected: true }, observer);
        let mut plain = Vec::new();
        let (opened, explicit) = self.opener.open(from, (header, body), &shared.agreed, &mut plain);
        let sealed = EventKind::Protected { content, length };
        match opened {
            Opened::As(ContentType::HANDSHAKE) if self.messages.can_read(&plain) => {
                let content = body_start + explicit as u64;
                self.handshake(&plain, Place { from, record: range, content, decrypted: true }, shared, observer);
            }
            Opened::As(ContentType::ALERT) => match Alert::decode(&plain) {
                Some(alert) => {
                    let kind = EventKind::Alert { level: alert.level, description: alert.description };
                    self.tell_opened(from, range, kind, observer);
                }
                None => self.tell(from, range, sealed, observer),
            },
            Opened::As(ContentType::APPLICATION_DATA) => {
                let kind = EventKind::ApplicationData { bytes: &plain, length, early: self.opener.is_early() };
                self.tell_opened(from, range, kind, observer);
            }
            Opened::As(_) => self.tell(from, range, sealed, observer),
            Opened::Sealed => {
                self.messages.hide();
                self.tell(from, range, sealed, observer);
            }
            Opened::BadTag => {
                self.messages.hide();
                self.tell(from, range, EventKind::BadTag { content, length }, observer);
            }
        }
    }

    /// Whether a record's body is encrypted: after `ChangeCipherSpec` up to TLS 1.2 (in TLS 1.3 it means nothing), and
    /// all application data. An alert of two bytes is always in clear, since encryption would make it longer. Where the
    /// capture may lack the `ChangeCipherSpec`, or the handshake before it, what the record holds decides; `body` is as
    /// much of it as is there.
    fn protection(&self, header: RecordHeader, body: &[u8], shared: &Shared) -> Protection {
        let old = shared.agreed.version.is_none_or(|version| version < ProtocolVersion::TLS_1_3);
        let joined_late = shared.joined_late && !self.spoke_in_clear;
        let encrypted = self.changed_cipher && old && !is_null(shared) || joined_late;
        let sealed = |sealed: bool| if sealed { Protection::Sealed } else { Protection::Clear };
        match header.content_type {
            ContentType::APPLICATION_DATA => Protection::Sealed,
            ContentType::ALERT => sealed(header.length != 2 && encrypted),
            ContentType::HANDSHAKE if self.changed_cipher => sealed(encrypted),
            ContentType::HANDSHAKE if joined_late && body.len() < usize::from(header.length) => {
                if can_be_messages(body) { Protection::Undecided } else { Protection::Sealed }
            }
            ContentType::HANDSHAKE if joined_late => sealed(!is_message_chain(body)),
            // A message that was begun goes on without a header.
            ContentType::HANDSHAKE if self.gapped && old && self.messages.begun_at().is_none() => {
                sealed(!can_be_messages(body))
            }
            _ => Protection::Clear,
        }
    }

    /// Bytes of the MAC behind the content of a record that is not encrypted though keys are in use: under a suite with
    /// a NULL cipher (RFC 5246 §6.2.3.1).
    fn mac_length(&self, shared: &Shared) -> usize {
        let facts = shared.agreed.suite.and_then(CipherSuite::facts).filter(|_| self.changed_cipher && is_null(shared));
        facts.map_or(0, |facts| facts.mac.len())
    }

    /// An encrypted or unread record is over.
    fn pass(&mut self, from: Direction, record: Skipped, end: u64, observer: &mut impl Observer) {
        self.records += 1;
        let (content, length) = (record.header.content_type, record.header.length);
        let protected = content != ContentType::HEARTBEAT || self.changed_cipher;
        let (packet, time) = self.marks.origin(end.saturating_sub(1));
        let event = Event {
            from,
            first_packet: record.first.0,
            packet,
            began: record.first.1,
            time,
            range: StreamRange::new(record.start, end.max(record.start)),
            segments: self.marks.segments(record.start, end),
            decrypted: false,
            kind: EventKind::Record { content, length, protected },
        };
        observer.event(&event);
        if protected {
            self.opener.pass(1);
            self.messages.hide();
            observer.event(&Event { kind: EventKind::Protected { content, length }, ..event });
        }
    }

    /// Takes the content of a handshake record, and from its messages what the opening of later records depends on.
    fn handshake(&mut self, content: &[u8], place: Place, shared: &mut Shared, observer: &mut impl Observer) {
        let (opener, agreed) = (&mut self.opener, &mut shared.agreed);
        self.messages.take(content, place, &self.marks, observer, &mut |kind, body| match kind {
            // Behind the version (RFC 8446 §4.1.2): that much needs no decoding.
            HandshakeType::CLIENT_HELLO => agreed.client_random = body.get(2..).and_then(<[u8]>::first_chunk).copied(),
            HandshakeType::SERVER_HELLO => {
                let hello = ServerHello::decode(body);
                agreed.version = Some(hello.selected_version());
                agreed.suite = hello.cipher_suite;
                agreed.server_random = hello.random.try_into().ok();
            }
            HandshakeType::FINISHED if place.decrypted && agreed.version.is_some_and(ProtocolVersion::is_tls13) => {
                opener.finished();
            }
            HandshakeType::KEY_UPDATE if place.decrypted => opener.update_keys(),
            _ => {}
        });
    }

    fn ssl2_hello(
        &mut self,
        from: Direction,
        bytes: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) -> usize {
        let Some(header) = bytes.first_chunk::<2>() else { return 0 };
        let whole = 2 + (usize::from(header[0] & 0x7f) << 8 | usize::from(header[1]));
        let Some(hello) = bytes.get(..whole) else { return 0 };
        self.records += 1;
        shared.ssl2 = false;
        let range = StreamRange::new(start, start + whole as u64);
        self.tell(from, range, EventKind::Ssl2Hello(hello), observer);
        whole
    }

    fn advance_to(&mut self, offset: u64) {
        self.buffer_start = offset;
        self.marks.forget_before(self.messages.begun_at().map_or(offset, |begun| begun.min(offset)));
    }

    fn tell(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&self.marks.event(from, range, kind));
    }

    /// Tells what keys opened.
    fn tell_opened(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&Event { decrypted: true, ..self.marks.event(from, range, kind) });
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

/// Whether the suite encrypts nothing; only suites up to TLS 1.2 do that.
fn is_null(shared: &Shared) -> bool {
    let old = shared.agreed.version.is_some_and(|version| version < ProtocolVersion::TLS_1_3);
    let facts = shared.agreed.suite.filter(|_| old).and_then(CipherSuite::facts);
    facts.is_some_and(|facts| facts.bulk.cipher == BulkCipher::Null)
}
