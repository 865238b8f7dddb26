//! One side's stream as records, and the handshake messages in them.

use super::events::{Event, EventKind, ForeignKind, Observer};
use super::opener::{Agreed, Opened, Opener};
use crate::proto::tls::message::{Alert, HandshakeHeader, RecordHeader, ServerHello};
use crate::stream::Chunk;
use crate::vocab::iana::{ContentType, HandshakeType, ProtocolVersion};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// Longest handshake message we put together, in bytes; a longer one is taken for damage.
const MAX_MESSAGE: usize = 256 * 1024;

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

#[derive(Clone, Copy)]
struct Mark {
    /// Offset after the bytes that came from this packet.
    end: u64,
    packet: PacketNumber,
    time: Time,
}

/// A record whose body is passed over unread.
#[derive(Clone, Copy)]
struct Skipped {
    header: RecordHeader,
    start: u64,
    left: u64,
    first: (PacketNumber, Time),
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
    marks: Vec<Mark>,
    skipped: Option<Skipped>,
    /// A handshake message that is not whole yet, in clear or decrypted, and where its bytes lie.
    message: Vec<u8>,
    pieces: Vec<StreamRange>,
    message_origin: Option<(PacketNumber, Time)>,
    message_announced: bool,
    message_decrypted: bool,
    opener: Opener,
    /// Whether records that were not opened hide where the next decrypted message begins.
    unframed: bool,
    /// Whether this side sent `ChangeCipherSpec`.
    changed_cipher: bool,
    records: u64,
}

impl Side {
    /// Takes bytes while it is open whether they are TLS.
    pub fn hold(&mut self, range: StreamRange, bytes: &[u8], packet: PacketNumber, time: Time) {
        if self.buffer.is_empty() {
            self.buffer_start = range.start;
            self.marks.clear();
        }
        self.buffer.extend_from_slice(bytes);
        self.marks.push(Mark { end: range.end, packet, time });
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

    /// The packet that carried the first held byte.
    pub fn held_origin(&self) -> Option<(PacketNumber, Time)> {
        (!self.buffer.is_empty()).then(|| self.origin(self.buffer_start))
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

    /// Takes the next stretch.
    pub fn feed(&mut self, from: Direction, chunk: &Chunk<'_>, shared: &mut Shared, observer: &mut impl Observer) {
        let (range, bytes, packet, time) = match *chunk {
            Chunk::Bytes { range, bytes, packet, time, .. } => (range, bytes, packet, time),
            Chunk::Gap(range) => {
                self.lose(from, range, observer);
                return;
            }
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
        if self.marks.last().is_none_or(|mark| mark.packet != packet) {
            self.marks.push(Mark { end: range.end, packet, time });
        } else if let Some(mark) = self.marks.last_mut() {
            mark.end = range.end;
        }
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
                if !self.message.is_empty() {
                    let message = std::mem::take(&mut self.message);
                    let announced = HandshakeHeader::decode(&message).map_or(4, |header| header.length as usize + 4);
                    let start = self.pieces.first().map_or(self.buffer_start, |piece| piece.start);
                    let kind = EventKind::Unfinished { content: ContentType::HANDSHAKE, bytes: &message, announced };
                    let event = self.event(from, StreamRange::new(start, end.max(start)), kind);
                    observer.event(&Event { decrypted: self.message_decrypted, ..event });
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
                (Skipped { header, start, left, first: self.origin(start) }, left)
            }),
        };
        self.buffer.clear();
        self.message.clear();
        self.pieces.clear();
        self.buffer_start = range.end;
        self.skipped = match record {
            Some((record, left)) if left > range.len() => Some(Skipped { left: left - range.len(), ..record }),
            Some((_, left)) if left == range.len() => {
                self.opener.pass();
                self.hide();
                None
            }
            _ => {
                self.state = State::Lost;
                self.opener.lose(range.len());
                self.hide();
                None
            }
        };
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
            let why = foreign_kind(&bytes[at..]);
            self.tell(from, range, EventKind::Foreign { why, bytes: &bytes[at..] }, observer);
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
        let protected = self.is_protected(header, shared);
        if protected && self.opener.is_keyed(&shared.agreed) {
            let Some(body) = bytes.get(RecordHeader::LENGTH..whole) else { return 0 };
            self.open(from, header, body, start, shared, observer);
            return whole;
        }
        if protected || !matches!(header.content_type.0, 20..=22) {
            let first = self.origin(start);
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
                self.announce(from, &bytes[RecordHeader::LENGTH..], start, observer);
            }
            return 0;
        };
        self.records += 1;
        let range = StreamRange::new(start, start + whole as u64);
        let (content, length) = (header.content_type, header.length);
        self.tell(from, range, EventKind::Record { content, length, protected: false }, observer);
        match content {
            ContentType::HANDSHAKE => {
                let place = Place { range, body: start + RecordHeader::LENGTH as u64, decrypted: false };
                self.handshake(from, body, place, shared, observer);
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
                    self.unframed = false;
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
            Opened::As(ContentType::HANDSHAKE) if !self.unframed || is_message_chain(&plain) => {
                self.unframed = false;
                let place = Place { range, body: body_start + explicit as u64, decrypted: true };
                self.handshake(from, &plain, place, shared, observer);
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
                self.hide();
                self.tell(from, range, sealed, observer);
            }
            Opened::BadTag => {
                self.hide();
                self.tell(from, range, EventKind::BadTag { content, length }, observer);
            }
        }
    }

    /// What a record holds stays hidden: a decrypted message that was begun cannot be continued.
    fn hide(&mut self) {
        self.unframed = true;
        if self.message_decrypted {
            self.message.clear();
            self.pieces.clear();
        }
    }

    /// Whether a record's body is encrypted: after `ChangeCipherSpec` up to TLS 1.2 (in TLS 1.3 it means nothing), and
    /// all application data. An alert of two bytes is always in clear, since encryption would make it longer.
    fn is_protected(&self, header: RecordHeader, shared: &Shared) -> bool {
        let old = shared.agreed.version.is_none_or(|version| version < ProtocolVersion::TLS_1_3);
        let encrypted = self.changed_cipher && old || shared.joined_late;
        match header.content_type {
            ContentType::APPLICATION_DATA => true,
            ContentType::ALERT => header.length != 2 && encrypted,
            ContentType::HANDSHAKE => encrypted,
            _ => false,
        }
    }

    /// An encrypted or unread record is over.
    fn pass(&mut self, from: Direction, record: Skipped, end: u64, observer: &mut impl Observer) {
        self.records += 1;
        let (content, length) = (record.header.content_type, record.header.length);
        let protected = content != ContentType::HEARTBEAT || self.changed_cipher;
        let (packet, time) = self.origin(end.saturating_sub(1));
        let event = Event {
            from,
            first_packet: record.first.0,
            packet,
            began: record.first.1,
            time,
            range: StreamRange::new(record.start, end.max(record.start)),
            segments: self.segments(record.start, end),
            decrypted: false,
            kind: EventKind::Record { content, length, protected },
        };
        observer.event(&event);
        if protected {
            self.opener.pass();
            self.hide();
            observer.event(&Event { kind: EventKind::Protected { content, length }, ..event });
        }
    }

    /// Tells once that a message has begun, before its record is whole.
    fn announce(&mut self, from: Direction, body: &[u8], start: u64, observer: &mut impl Observer) {
        if let Some(kind) = body.first()
            && !self.message_announced
            && self.message.is_empty()
        {
            self.message_announced = true;
            let range = StreamRange::new(start, start + RecordHeader::LENGTH as u64 + body.len() as u64);
            self.tell(from, range, EventKind::MessageBegins(HandshakeType(*kind)), observer);
        }
    }

    /// Puts handshake messages together from a record's body.
    fn handshake(
        &mut self,
        from: Direction,
        body: &[u8],
        place: Place,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        let (record_start, body_start) = (place.range.start, place.body);
        if self.message_decrypted != place.decrypted {
            self.message.clear();
            self.pieces.clear();
            self.message_decrypted = place.decrypted;
        }
        let mut at = 0;
        while at < body.len() {
            let begun = self.message.len();
            if begun == 0 {
                self.message_origin = Some(self.origin(record_start));
            }
            // The length of the message, once its header is there.
            let mut head = [0; 4];
            let known = (begun + body.len() - at).min(4);
            for (digit, byte) in head.iter_mut().zip(self.message.iter().chain(&body[at..])) {
                *digit = *byte;
            }
            let total = if known < 4 { usize::MAX } else { 4 + be24(head) };
            if total != usize::MAX && total > MAX_MESSAGE {
                let kind = EventKind::Malformed { reason: "impossible message length" };
                observer.event(&Event { decrypted: place.decrypted, ..self.event(from, place.range, kind) });
                self.message.clear();
                self.pieces.clear();
                return;
            }
            let take = (total - begun).min(body.len() - at);
            let piece = StreamRange::new(body_start + at as u64, body_start + (at + take) as u64);
            self.pieces.push(piece);
            let part = &body[at..at + take];
            at += take;
            if begun + take < total {
                self.message.extend_from_slice(part);
                if !place.decrypted {
                    let body_so_far = std::mem::take(&mut self.message);
                    self.announce(from, &body_so_far, record_start, observer);
                    self.message = body_so_far;
                }
                return;
            }
            let pieces = std::mem::take(&mut self.pieces);
            if begun == 0 {
                self.whole(from, part, &pieces, place, shared, observer);
            } else {
                let mut message = std::mem::take(&mut self.message);
                message.extend_from_slice(part);
                self.whole(from, &message, &pieces, place, shared, observer);
            }
            self.message_announced = false;
        }
    }

    /// A handshake message is whole.
    fn whole(
        &mut self,
        from: Direction,
        bytes: &[u8],
        pieces: &[StreamRange],
        place: Place,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
        let kind = HandshakeType(bytes[0]);
        let decrypted = place.decrypted;
        // An encrypted message can be read once the tag at its record's end is there.
        let end = if decrypted { place.range.end } else { last.end };
        let (packet, time) = self.origin(end.saturating_sub(1));
        let (first_packet, began) = self.message_origin.unwrap_or((packet, time));
        observer.event(&Event {
            from,
            first_packet,
            packet,
            began,
            time,
            range: StreamRange::new(first.start, last.end),
            segments: self.segments(first.start, last.end),
            decrypted,
            kind: EventKind::Message { kind, bytes, pieces },
        });
        self.learn(kind, &bytes[4..], decrypted, shared);
    }

    /// Takes from a message what the opening of later records depends on.
    fn learn(&mut self, kind: HandshakeType, body: &[u8], decrypted: bool, shared: &mut Shared) {
        let agreed = &mut shared.agreed;
        match kind {
            // Behind the version (RFC 8446 §4.1.2): that much needs no decoding.
            HandshakeType::CLIENT_HELLO => agreed.client_random = body.get(2..).and_then(<[u8]>::first_chunk).copied(),
            HandshakeType::SERVER_HELLO => {
                let hello = ServerHello::decode(body);
                agreed.version = Some(hello.selected_version());
                agreed.suite = hello.cipher_suite;
                agreed.server_random = hello.random.try_into().ok();
            }
            HandshakeType::FINISHED if decrypted && agreed.version.is_some_and(ProtocolVersion::is_tls13) => {
                self.opener.finished();
            }
            HandshakeType::KEY_UPDATE if decrypted => self.opener.update_keys(),
            _ => {}
        }
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

    /// The packet that carried the byte at `offset`.
    fn origin(&self, offset: u64) -> (PacketNumber, Time) {
        let mark = self.marks.iter().find(|mark| mark.end > offset).or(self.marks.last());
        mark.map_or((PacketNumber(0), Time(0)), |mark| (mark.packet, mark.time))
    }

    /// How many packets carried the bytes of `start..end`, as far as they are still known.
    fn segments(&self, start: u64, end: u64) -> u16 {
        let begun = self.marks.iter().position(|mark| mark.end > start).unwrap_or(self.marks.len());
        let over = self.marks.iter().position(|mark| mark.end >= end).unwrap_or(self.marks.len().saturating_sub(1));
        (over + 1).saturating_sub(begun).clamp(1, usize::from(u16::MAX)) as u16
    }

    fn advance_to(&mut self, offset: u64) {
        self.buffer_start = offset;
        // The last mark is kept for whoever asks about the byte just read.
        let message_start = self.pieces.first().map_or(offset, |piece| piece.start);
        let done = self.marks.iter().take_while(|mark| mark.end <= offset.min(message_start)).count();
        let keep_from = done.min(self.marks.len().saturating_sub(1));
        self.marks.drain(..keep_from);
    }

    fn tell(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&self.event(from, range, kind));
    }

    /// Tells what keys opened.
    fn tell_opened(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&Event { decrypted: true, ..self.event(from, range, kind) });
    }

    fn event<'k>(&self, from: Direction, range: StreamRange, kind: EventKind<'k>) -> Event<'k> {
        let (first_packet, began) = self.origin(range.start);
        let (packet, time) = self.origin(range.end.saturating_sub(1));
        let segments = self.segments(range.start, range.end);
        Event { from, first_packet, packet, began, time, range, segments, decrypted: false, kind }
    }
}

/// Where a record's bytes lie in its sender's stream.
#[derive(Clone, Copy)]
struct Place {
    /// The whole record.
    range: StreamRange,
    /// Where the bytes of its content begin, in clear or encrypted.
    body: u64,
    decrypted: bool,
}

/// Whether `bytes` are whole handshake messages of registered types, one after the other.
fn is_message_chain(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(header) = HandshakeHeader::decode(rest) {
        let whole = HandshakeHeader::LENGTH + header.length as usize;
        match rest.get(whole..) {
            Some(more) if header.kind.name().is_some() => rest = more,
            _ => return false,
        }
    }
    rest.is_empty() && !bytes.is_empty()
}

fn be24(head: [u8; 4]) -> usize {
    usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3])
}

fn foreign_kind(bytes: &[u8]) -> ForeignKind {
    match bytes {
        [20..=24, 3, 0..=4, ..] => ForeignKind::AbsurdLength,
        _ => ForeignKind::NotARecord,
    }
}
