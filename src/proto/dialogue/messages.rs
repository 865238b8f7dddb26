//! Handshake messages put together from the records of one direction, in clear or decrypted.

use super::events::{Defect, Event, EventKind, Observer};
use super::marks::Marks;
use crate::proto::tls::message::{HandshakeHeader, RecordHeader};
use crate::vocab::iana::{ContentType, HandshakeType};
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// Longest handshake message we put together, in bytes. A longer one that can be is told as such and passed over; else it is
/// taken for damage.
pub(crate) const MAX_MESSAGE: usize = 256 * 1024;

/// Where a record's content lies in its sender's stream.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub from: Direction,
    /// The whole record.
    pub record: StreamRange,
    /// Where its content begins, in clear or encrypted.
    pub content: u64,
    pub decrypted: bool,
}

/// A handshake message that is not whole yet.
#[derive(Default)]
pub(super) struct Messages {
    bytes: Vec<u8>,
    /// Where they lie in the stream.
    pieces: Vec<StreamRange>,
    origin: Option<(PacketNumber, Time)>,
    announced: bool,
    decrypted: bool,
    /// Bytes to come of a message that is passed over.
    passing: usize,
    /// Whether records that were not opened hide where the next decrypted message begins.
    unframed: bool,
}

impl Messages {
    /// Where the message that is not whole begins.
    pub fn begun_at(&self) -> Option<u64> {
        self.pieces.first().map(|piece| piece.start)
    }

    /// What is there of a message in clear that was begun, and how long it announced to be; none where nothing was.
    pub fn begun(&self) -> Option<(&[u8], usize)> {
        let announced = || HandshakeHeader::decode(&self.bytes).map_or(4, |header| header.length as usize + 4);
        (!self.bytes.is_empty() && !self.decrypted).then(|| (self.bytes.as_slice(), announced()))
    }

    /// Forgets what was begun.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pieces.clear();
        self.passing = 0;
    }

    /// A record stays closed: a decrypted message that was begun cannot be continued.
    pub fn hide(&mut self) {
        self.unframed = true;
        if self.decrypted {
            self.clear();
        }
    }

    /// New keys come into use, and messages do not go across that (RFC 8446 §5.1).
    pub fn change_keys(&mut self) {
        self.unframed = false;
    }

    /// Whether the content of a decrypted record can be read: it begins where a message does, or goes on with one.
    pub fn can_read(&mut self, content: &[u8]) -> bool {
        self.unframed &= !is_message_chain(content);
        !self.unframed
    }

    /// Tells what was begun and never finished; whether there was anything.
    pub fn finish(&mut self, from: Direction, end: u64, marks: &Marks, observer: &mut impl Observer) -> bool {
        if self.bytes.is_empty() {
            return false;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let announced = HandshakeHeader::decode(&bytes).map_or(4, |header| header.length as usize + 4);
        let start = self.begun_at().unwrap_or(end);
        let kind = EventKind::Unfinished { content: ContentType::HANDSHAKE, bytes: &bytes, announced };
        let event = marks.event(from, StreamRange::new(start, end.max(start)), kind);
        observer.event(&Event { decrypted: self.decrypted, ..event });
        true
    }

    /// Tells once that a message has begun, before its record is whole. `body` is what there is of the record's.
    pub fn announce(&mut self, from: Direction, body: &[u8], start: u64, marks: &Marks, observer: &mut impl Observer) {
        if self.bytes.is_empty() {
            self.begins(from, body, start, marks, observer);
        }
    }

    fn begins(&mut self, from: Direction, body: &[u8], start: u64, marks: &Marks, observer: &mut impl Observer) {
        if let Some(kind) = body.first()
            && !self.announced
        {
            self.announced = true;
            let range = StreamRange::new(start, start + RecordHeader::LENGTH as u64 + body.len() as u64);
            observer.event(&marks.event(from, range, EventKind::MessageBegins(HandshakeType(*kind))));
        }
    }

    /// Takes the content of a record: tells `observer` the messages that it completes, and `learn` their types and
    /// bodies.
    pub fn take(
        &mut self,
        content: &[u8],
        place: Place,
        marks: &Marks,
        observer: &mut impl Observer,
        learn: &mut impl FnMut(HandshakeType, &[u8]),
    ) {
        if self.decrypted != place.decrypted {
            self.clear();
            self.decrypted = place.decrypted;
        }
        let mut at = 0;
        while at < content.len() {
            if self.passing > 0 {
                at += self.pass_over(content.len() - at);
                continue;
            }
            let begun = self.bytes.len();
            if begun == 0 {
                self.origin = Some(marks.origin(place.record.start));
            }
            let total = self.total(&content[at..]);
            if let Some(total) = total.filter(|total| *total > MAX_MESSAGE) {
                let kind = HandshakeType(self.bytes.first().copied().unwrap_or(content[at]));
                // Messages before it in the record are whole.
                let start = if at == 0 { place.record.start } else { place.content + at as u64 };
                let range = StreamRange::new(start, place.record.end);
                if !self.too_long(kind, total, Place { record: range, ..place }, marks, observer) {
                    return;
                }
                continue;
            }
            let missing = total.map_or(usize::MAX, |total| total - begun);
            let part = &content[at..at + missing.min(content.len() - at)];
            let start = place.content + at as u64;
            self.pieces.push(StreamRange::new(start, start + part.len() as u64));
            at += part.len();
            if part.len() < missing {
                self.bytes.extend_from_slice(part);
                if !place.decrypted {
                    let so_far = std::mem::take(&mut self.bytes);
                    self.begins(place.from, &so_far, place.record.start, marks, observer);
                    self.bytes = so_far;
                }
                return;
            }
            let pieces = std::mem::take(&mut self.pieces);
            let mut bytes = std::mem::take(&mut self.bytes);
            let bytes = if begun == 0 {
                part
            } else {
                bytes.extend_from_slice(part);
                &bytes
            };
            self.whole(bytes, &pieces, place, marks, observer);
            learn(HandshakeType(bytes[0]), &bytes[HandshakeHeader::LENGTH..]);
            self.announced = false;
        }
    }

    /// Tells of a message of `total` bytes that is longer than those that are put together; whether it can be, so that it is
    /// passed over. `place` is that of the record from there on.
    fn too_long(
        &mut self,
        kind: HandshakeType,
        total: usize,
        place: Place,
        marks: &Marks,
        observer: &mut impl Observer,
    ) -> bool {
        let can_be = can_be_longer(kind);
        let told = if can_be {
            EventKind::TooLong { kind, announced: total }
        } else {
            EventKind::Malformed(Defect::ImpossibleLength)
        };
        let event = marks.event(place.from, place.record, told);
        observer.event(&Event { decrypted: place.decrypted, ..event });
        let begun = self.bytes.len();
        self.clear();
        if can_be {
            self.announced = true;
            self.passing = total - begun;
            self.pieces.push(place.record);
        }
        can_be
    }

    /// Passes over so many bytes of the message that is too long, of `there`; returns how many they are.
    fn pass_over(&mut self, there: usize) -> usize {
        let gone = self.passing.min(there);
        self.passing -= gone;
        if self.passing == 0 {
            self.announced = false;
            self.pieces.clear();
        }
        gone
    }

    /// Length of the message being put together, of which `more` follows; none before its header is whole.
    fn total(&self, more: &[u8]) -> Option<usize> {
        let mut head = [0; HandshakeHeader::LENGTH];
        let there = head.iter_mut().zip(self.bytes.iter().chain(more)).map(|(place, byte)| *place = *byte).count();
        let header = HandshakeHeader::decode(&head[..there])?;
        Some(HandshakeHeader::LENGTH + header.length as usize)
    }

    fn whole(&self, bytes: &[u8], pieces: &[StreamRange], place: Place, marks: &Marks, observer: &mut impl Observer) {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
        // An encrypted message can be read once the tag at its record's end is there.
        let end = if place.decrypted { place.record.end } else { last.end };
        let (packet, time) = marks.origin(end.saturating_sub(1));
        let (first_packet, began) = self.origin.unwrap_or((packet, time));
        observer.event(&Event {
            from: place.from,
            first_packet,
            packet,
            began,
            time,
            range: StreamRange::new(first.start, last.end),
            segments: marks.segments(first.start, last.end),
            head: marks.head(first.start, last.end),
            decrypted: place.decrypted,
            kind: EventKind::Message { kind: HandshakeType(bytes[0]), bytes, pieces },
        });
    }
}

/// Whether a message may be longer than those that are put together: those with a list of up to 2^24 bytes (RFC 8446 §4.4.2,
/// RFC 8879 §4, RFC 6066 §8). The lists of all others have lengths of two bytes.
fn can_be_longer(kind: HandshakeType) -> bool {
    use HandshakeType as Kind;
    matches!(kind, Kind::CERTIFICATE | Kind::COMPRESSED_CERTIFICATE | Kind::CERTIFICATE_STATUS)
}

/// Whether bytes are whole handshake messages of registered types, one behind the other.
pub(super) fn is_message_chain(bytes: &[u8]) -> bool {
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

/// Whether bytes can be the beginning of messages: whole ones of known types, then perhaps one that goes on.
pub(super) fn can_be_messages(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(header) = HandshakeHeader::decode(rest) {
        let whole = HandshakeHeader::LENGTH + header.length as usize;
        if header.kind.name().is_none() || whole > MAX_MESSAGE {
            return false;
        }
        let Some(more) = rest.get(whole..) else { return true };
        rest = more;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages told of, as their types and lengths.
    fn run(records: &[&[u8]]) -> Vec<(u8, usize)> {
        let mut messages = Messages::default();
        let mut marks = Marks::default();
        let mut told = Vec::new();
        let mut start = 0;
        for content in records {
            let record = StreamRange::new(start, start + 5 + content.len() as u64);
            marks.add(record.end, PacketNumber(1), Time(0));
            let place = Place { from: Direction::ToServer, record, content: start + 5, decrypted: true };
            if messages.can_read(content) {
                let mut observer = |event: &Event<'_>| {
                    if let EventKind::Message { kind, bytes, pieces } = event.kind {
                        assert_eq!(pieces.iter().map(|piece| piece.len()).sum::<u64>(), bytes.len() as u64);
                        told.push((kind.0, bytes.len()));
                    }
                };
                messages.take(content, place, &marks, &mut observer, &mut |_, _| {});
            } else {
                messages.hide();
            }
            start = record.end;
        }
        told
    }

    #[test]
    fn messages_are_put_together_across_records() {
        assert_eq!(run(&[&[20, 0, 0, 1, 9, 8, 0], &[0, 2, 1], &[2]]), [(20, 5), (8, 6)]);
        assert_eq!(run(&[&[20, 0, 0, 0, 8, 0, 0, 0]]), [(20, 4), (8, 4)]);
    }

    #[test]
    fn an_impossible_length_ends_what_was_begun() {
        assert_eq!(run(&[&[20, 0xff, 0, 0, 1], &[20, 0, 0, 0]]), [(20, 4)]);
    }

    #[test]
    fn a_message_above_the_cap_is_passed_over() {
        let length = MAX_MESSAGE - HandshakeHeader::LENGTH + 1;
        let header = [&[11][..], &(length as u32).to_be_bytes()[1..]].concat();
        let begin = [&header[..], &[20, 0, 0, 0]].concat();
        let rest = vec![20; length - 4];
        assert_eq!(run(&[&begin, &rest, &[20, 0, 0, 0]]), [(20, 4)]);
        assert_eq!(run(&[&begin, &rest[1..], &[20, 20, 0, 0, 0]]), [(20, 4)]);
        let whole = [&[11][..], &(length as u32 - 1).to_be_bytes()[1..], &rest, &[0, 0, 0]].concat();
        assert_eq!(run(&[&whole]), [(11, MAX_MESSAGE)]);
    }

    #[test]
    fn after_a_closed_record_reading_goes_on_where_messages_begin() {
        let mut messages = Messages { decrypted: true, ..Messages::default() };
        messages.hide();
        assert!(!messages.can_read(&[0, 1, 2, 3, 4]), "the rest of a message");
        assert!(!messages.can_read(&[11, 0, 0, 9, 1]), "perhaps a message that goes on");
        assert!(messages.can_read(&[20, 0, 0, 1, 7]));
        assert!(messages.can_read(&[11, 0, 0, 9, 1]), "framed again");
    }
}
