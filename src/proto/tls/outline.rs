//! A direction's records without their contents: where each lies, its type, version and length, and the names of the
//! messages in it that are in clear. A few bytes of state, however long the stream.

use super::message::RecordHeader;
use crate::vocab::StreamRange;
use crate::vocab::iana::{AlertDescription, AlertLevel, ContentType, HandshakeType};

/// Bytes of a handshake message's header: type and length (RFC 8446 §4).
const MESSAGE_HEADER: usize = 4;
/// Names kept of one record.
const MAX_NAMES: usize = 8;

/// One record, or bytes that are none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordOutline {
    /// Where it lies in the sender's stream, its header included.
    pub range: StreamRange,
    /// Its header; `None` for bytes that are no record.
    pub header: Option<RecordHeader>,
    /// The messages that begin in it, or the alert, as far as they are in clear.
    pub names: Vec<String>,
    /// Whether a message goes on that began in a record before.
    pub continues: bool,
    /// Whether its body was captured whole.
    pub is_whole: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    /// No record is looked for yet: what comes before TLS.
    #[default]
    Before,
    /// A header is due.
    Header,
    /// In a body.
    Body,
    /// Records were lost; a stretch that begins with a header finds them again.
    Lost,
}

/// Reads a direction's stream stretch by stretch. A clone goes on from the same place.
#[derive(Clone, Debug, Default)]
pub struct Outliner {
    state: State,
    /// Where TLS begins.
    begin: u64,
    /// Offset of the record's, or of the other bytes', first byte.
    start: u64,
    held: Vec<u8>,
    header: Option<RecordHeader>,
    body_left: u64,
    message_left: u64,
    names: Vec<String>,
    continues: bool,
    is_whole: bool,
}

impl Outliner {
    /// An outliner of a stream in which TLS begins at `begin`.
    pub fn new(begin: u64) -> Self {
        Self { begin, ..Self::default() }
    }

    /// Takes the next stretch, which begins at `offset`; every record that it completes goes to `sink`.
    pub fn feed(&mut self, mut offset: u64, mut bytes: &[u8], sink: &mut impl FnMut(RecordOutline)) {
        if self.state == State::Before {
            let before = self.begin.saturating_sub(offset).min(bytes.len() as u64);
            (offset, bytes) = (offset + before, &bytes[before as usize..]);
            if bytes.is_empty() {
                return;
            }
            self.state = State::Header;
            self.start = offset;
        }
        if self.state == State::Lost && self.held.is_empty() {
            if !RecordHeader::decode(bytes).is_some_and(RecordHeader::is_plausible) {
                return;
            }
            self.other(offset, sink);
            self.state = State::Header;
        }
        while !bytes.is_empty() && self.state != State::Lost {
            let taken = match self.state {
                State::Body => self.body(bytes, sink),
                _ => self.head(bytes, offset, sink),
            };
            (offset, bytes) = (offset + taken as u64, &bytes[taken..]);
        }
    }

    /// Takes note that the bytes of `range` were not captured.
    pub fn lose(&mut self, range: StreamRange, sink: &mut impl FnMut(RecordOutline)) {
        match self.state {
            State::Body if self.body_left > range.len() => {
                self.body_left -= range.len();
                self.is_whole = false;
                self.message_left = self.message_left.saturating_sub(range.len());
                self.held.clear();
            }
            State::Body if self.body_left == range.len() => {
                self.is_whole = false;
                self.body_left = 0;
                self.message_left = 0;
                self.emit(sink);
            }
            State::Before if range.end <= self.begin => {}
            _ => {
                self.finish(range.start, sink);
                self.state = State::Lost;
                self.start = range.end;
            }
        }
    }

    /// Ends the stream at `end`: a record that was begun is told.
    pub fn finish(&mut self, end: u64, sink: &mut impl FnMut(RecordOutline)) {
        match self.state {
            State::Body => {
                self.is_whole = false;
                let left = std::mem::take(&mut self.body_left);
                self.emit(sink);
                let _ = left;
            }
            State::Header | State::Lost => self.other(end, sink),
            State::Before => {}
        }
        self.held.clear();
        self.message_left = 0;
    }

    /// Tells the bytes before `end` that are no record.
    fn other(&mut self, end: u64, sink: &mut impl FnMut(RecordOutline)) {
        if self.start < end {
            let range = StreamRange::new(self.start, end);
            sink(RecordOutline { range, header: None, names: Vec::new(), continues: false, is_whole: true });
        }
        self.start = end;
    }

    /// Takes what is missing of a header.
    fn head(&mut self, bytes: &[u8], offset: u64, sink: &mut impl FnMut(RecordOutline)) -> usize {
        if self.held.is_empty() {
            self.start = offset;
        }
        let taken = (RecordHeader::LENGTH - self.held.len()).min(bytes.len());
        self.held.extend_from_slice(&bytes[..taken]);
        if self.held.len() == RecordHeader::LENGTH {
            let header = RecordHeader::decode(&self.held).filter(|header| header.is_plausible());
            self.held.clear();
            let Some(header) = header else {
                self.state = State::Lost;
                return taken;
            };
            self.state = State::Body;
            self.body_left = u64::from(header.length);
            self.header = Some(header);
            self.continues = self.message_left > 0 && header.content_type == ContentType::HANDSHAKE;
            self.is_whole = true;
            if self.body_left == 0 {
                self.emit(sink);
            }
        }
        taken
    }

    /// Takes what is there of a body.
    fn body(&mut self, bytes: &[u8], sink: &mut impl FnMut(RecordOutline)) -> usize {
        let taken = self.body_left.min(bytes.len() as u64) as usize;
        let is_first = self.header.is_some_and(|header| u64::from(header.length) == self.body_left);
        match self.header.map(|header| header.content_type) {
            Some(ContentType::HANDSHAKE) if self.is_whole => self.messages(&bytes[..taken], is_first),
            Some(ContentType::ALERT) if self.header.is_some_and(|header| header.length == 2) => {
                self.held.extend_from_slice(&bytes[..taken]);
                if let [level @ 1..=2, description] = self.held[..] {
                    self.names.push(format!("{}, {}", AlertLevel(level), AlertDescription(description)));
                    self.held.clear();
                }
            }
            _ => {}
        }
        self.body_left -= taken as u64;
        if self.body_left == 0 {
            self.emit(sink);
        }
        taken
    }

    /// Names the messages that begin in `bytes`; what is encrypted has no name.
    fn messages(&mut self, mut bytes: &[u8], is_first: bool) {
        let mut first = is_first && self.message_left == 0;
        let mut left = self.body_left;
        while !bytes.is_empty() {
            let skip = self.message_left.min(bytes.len() as u64);
            self.message_left -= skip;
            left -= skip;
            bytes = &bytes[skip as usize..];
            let take = (MESSAGE_HEADER - self.held.len()).min(bytes.len());
            self.held.extend_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            left -= take as u64;
            let [kind, a, b, c] = self.held[..] else { break };
            self.held.clear();
            let kind = HandshakeType(kind);
            let length = u64::from(u32::from_be_bytes([0, a, b, c]));
            // Encrypted bytes look like no message: an unknown type, or a length that goes far beyond.
            let fits = length <= left || first && length < 1 << 17;
            if kind.name().is_none() || !fits {
                self.held.clear();
                self.message_left = 0;
                return;
            }
            first = true;
            self.message_left = length;
            if self.names.len() < MAX_NAMES {
                self.names.push(kind.to_string());
            }
        }
    }

    fn emit(&mut self, sink: &mut impl FnMut(RecordOutline)) {
        let Some(header) = self.header.take() else { return };
        let end = self.start + RecordHeader::LENGTH as u64 + u64::from(header.length);
        self.held.clear();
        if header.content_type != ContentType::HANDSHAKE || !self.is_whole {
            self.message_left = 0;
        }
        sink(RecordOutline {
            range: StreamRange::new(self.start, end),
            header: Some(header),
            names: std::mem::take(&mut self.names),
            continues: self.continues,
            is_whole: self.is_whole,
        });
        self.state = State::Header;
        self.start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(stretches: &[&[u8]]) -> Vec<String> {
        let mut outliner = Outliner::new(0);
        let (mut offset, mut told) = (0, Vec::new());
        let mut sink = |one: RecordOutline| {
            let kind = one.header.map_or("other".to_owned(), |header| header.content_type.to_string());
            told.push(format!("{}-{} {kind} {}", one.range.start, one.range.end, one.names.join("+")));
        };
        for bytes in stretches {
            outliner.feed(offset, bytes, &mut sink);
            offset += bytes.len() as u64;
        }
        outliner.finish(offset, &mut sink);
        told
    }

    #[test]
    fn records_are_told_however_they_are_cut() {
        let stream: Vec<u8> = [
            &[22, 3, 1, 0, 8, 1, 0, 0, 4, 9, 9, 9, 9][..],
            &[22, 3, 3, 0, 9, 2, 0, 0, 1, 9, 14, 0, 0, 0],
            &[20, 3, 3, 0, 1, 1],
            &[22, 3, 3, 0, 8, 0x5a, 0x11, 0x22, 0x33, 1, 2, 3, 4],
            &[21, 3, 3, 0, 2, 2, 40],
            &[23, 3, 3, 0, 3, 1, 2, 3],
        ]
        .concat();
        let whole = outline(&[&stream]);
        assert_eq!(
            whole,
            [
                "0-13 handshake client_hello",
                "13-27 handshake server_hello+server_hello_done",
                "27-33 change_cipher_spec ",
                "33-46 handshake ",
                "46-53 alert fatal, handshake_failure",
                "53-61 application_data "
            ]
        );
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(outline(&single), whole);
        for cut in 1..stream.len() {
            assert_eq!(outline(&[&stream[..cut], &stream[cut..]]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_record_is_told_as_other() {
        assert_eq!(outline(&[b"HTTP/1.1 400 Bad", b" Request"]), ["0-24 other "]);
    }
}
