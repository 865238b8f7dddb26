//! Encrypted records: which ones are, what keys open, and what is passed over.

use super::{Protection, Shared, Side};
use crate::proto::dialogue::events::{Event, EventKind, Observer};
use crate::proto::dialogue::fast_path::Skipped;
use crate::proto::dialogue::messages::{Place, can_be_messages, is_message_chain};
use crate::proto::dialogue::opener::Opened;
use crate::proto::tls::message::{Alert, HandshakeHeader, RecordHeader};
use crate::vocab::iana::{ContentType, HandshakeType, ProtocolVersion};
use crate::vocab::{Direction, StreamRange};

/// Whether the body of a record of `length` bytes is a ClientHello, as far as it is there.
fn is_client_hello(body: &[u8], length: u16) -> bool {
    let message = HandshakeHeader::decode(body).filter(|header| header.kind == HandshakeType::CLIENT_HELLO);
    message.is_some_and(|header| header.length + HandshakeHeader::LENGTH as u32 == u32::from(length))
        && body.get(HandshakeHeader::LENGTH).is_none_or(|version| *version == 3)
}

impl Side {
    /// Whether a record's body is encrypted: after `ChangeCipherSpec` up to TLS 1.2 (in TLS 1.3 it means nothing), and
    /// all application data. An alert of two bytes is always in clear, since encryption would make it longer. Where the
    /// capture may lack the `ChangeCipherSpec`, or the handshake before it, what the record holds decides; `body` is as
    /// much of it as is there.
    pub(super) fn protection(&self, header: RecordHeader, body: &[u8], shared: &Shared) -> Protection {
        let old = shared.agreed.version.is_none_or(|version| version < ProtocolVersion::TLS_1_3);
        let joined_late = shared.joined_late && !self.spoke_in_clear;
        let encrypted = self.changed_cipher && old && !shared.is_null() || joined_late;
        let sealed = |sealed: bool| if sealed { Protection::Sealed } else { Protection::Clear };
        match header.content_type {
            // Nothing is no ciphertext.
            _ if header.length == 0 => Protection::Clear,
            ContentType::APPLICATION_DATA => Protection::Sealed,
            ContentType::ALERT => sealed(header.length != 2 && encrypted),
            // TLS 1.3 sends them like application data (RFC 6520 §3 comes before it).
            ContentType::HEARTBEAT => sealed(self.changed_cipher && !shared.is_null() || joined_late),
            // Only the client's direction was captured: what follows its ChangeCipherSpec can be its second ClientHello, after
            // a HelloRetryRequest (RFC 8446 §D.4).
            ContentType::HANDSHAKE if shared.agreed.version.is_none() && is_client_hello(body, header.length) => {
                Protection::Clear
            }
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

    /// Reads an encrypted record for whose connection secrets are known.
    pub(super) fn open(
        &mut self,
        from: Direction,
        header: RecordHeader,
        body: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        let range = self.whole(from, header, start, true, observer);
        let body_start = start + RecordHeader::LENGTH as u64;
        let (content, length) = (header.content_type, header.length);
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

    /// Passes over a record that nobody reads, of which `there` bytes are there; returns how many of them are its own.
    pub(super) fn skip(
        &mut self,
        from: Direction,
        header: RecordHeader,
        there: usize,
        start: u64,
        observer: &mut impl Observer,
    ) -> usize {
        let whole = RecordHeader::LENGTH + usize::from(header.length);
        let skipped = Skipped { header, cut: false, start, left: whole as u64, first: self.marks.origin(start) };
        if there >= whole {
            self.pass(from, skipped, start + whole as u64, observer);
            return whole;
        }
        self.skipped = Some(Skipped { left: (whole - there) as u64, ..skipped });
        there
    }

    /// An encrypted or unread record is over, or one that a hole cuts.
    pub(super) fn pass(&mut self, from: Direction, record: Skipped, end: u64, observer: &mut impl Observer) {
        self.records += 1;
        let (content, length) = (record.header.content_type, record.header.length);
        let protected = !record.cut;
        let (packet, time) = self.marks.origin(end.saturating_sub(1));
        let event = Event {
            from,
            first_packet: record.first.0,
            packet,
            began: record.first.1,
            time,
            range: StreamRange::new(record.start, end.max(record.start)),
            segments: self.marks.segments(record.start, end),
            head: self.marks.head(record.start, end),
            decrypted: false,
            kind: EventKind::Record { content, length, protected },
        };
        observer.event(&event);
        if protected {
            if length > 0 {
                self.opener.pass(1);
                self.messages.hide();
            }
            observer.event(&Event { kind: EventKind::Protected { content, length }, ..event });
        }
    }

    /// Tells what keys opened.
    fn tell_opened(&self, from: Direction, range: StreamRange, kind: EventKind<'_>, observer: &mut impl Observer) {
        observer.event(&Event { decrypted: true, ..self.marks.event(from, range, kind) });
    }
}
