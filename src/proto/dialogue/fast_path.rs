//! Records that go by unread: what there is of a flow once its handshake is over and nobody has its keys.

use crate::proto::tls::message::{MAX_RECORD_BODY, RecordHeader};
use crate::vocab::iana::{ContentType, ProtocolVersion};
use crate::vocab::{PacketNumber, Time};

/// A record whose body is passed over unread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skipped {
    pub header: RecordHeader,
    /// Whether it was in clear, and a hole in the capture cuts it.
    pub cut: bool,
    /// Stream offset of its header.
    pub start: u64,
    /// Bytes that are still to come.
    pub left: u64,
    /// The packet that carried its first byte, and when.
    pub first: (PacketNumber, Time),
}

/// Where one direction stands among records that nobody reads. It is all that most segments need: a flow's reader is far
/// larger than what a processor's caches hold of thousands of flows.
#[derive(Clone, Copy, Debug, Default)]
pub struct FastPath {
    /// Stream offset reached.
    offset: u64,
    /// The record that is not over.
    current: Option<Skipped>,
    /// Whether whole records may go by; else only bytes inside the current one.
    free: bool,
    /// Bytes that went by.
    passed: u64,
    /// Records that ended.
    records: u32,
}

impl FastPath {
    pub(super) fn new(offset: u64, current: Option<Skipped>, free: bool) -> Self {
        let free = free && current.is_none_or(|record| record.header.content_type == ContentType::APPLICATION_DATA);
        Self { offset, current, free, passed: 0, records: 0 }
    }

    /// Whether anything can go by.
    pub fn moves(&self) -> bool {
        self.free || self.current.is_some()
    }

    /// Bytes that went by since this began.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    /// Records that ended since this began.
    pub fn records(&self) -> u32 {
        self.records
    }

    pub(super) fn current(&self) -> Option<Skipped> {
        self.current
    }

    /// Lets the next payload of the stream go by, if there is nothing in it to read.
    pub fn pass(&mut self, payload: &[u8], packet: PacketNumber, time: Time) -> bool {
        let len = payload.len() as u64;
        if let Some(record) = &mut self.current
            && len < record.left
        {
            record.left -= len;
            self.passed += len;
            self.offset += len;
            return true;
        }
        if !self.free {
            return false;
        }
        let mut current = self.current;
        let mut records = 0;
        let mut at = 0;
        if let Some(record) = current.take() {
            at = record.left as usize;
            records += 1;
        }
        while at < payload.len() {
            let [kind, 3, minor @ 0..=4, high, low, rest @ ..] = &payload[at..] else { return false };
            let length = u16::from_be_bytes([*high, *low]);
            if *kind != ContentType::APPLICATION_DATA.0 || usize::from(length) > MAX_RECORD_BODY {
                return false;
            }
            if let Some(left) = usize::from(length).checked_sub(rest.len()).filter(|left| *left > 0) {
                let version = ProtocolVersion(u16::from_be_bytes([3, *minor]));
                let header = RecordHeader { content_type: ContentType::APPLICATION_DATA, version, length };
                let start = self.offset + at as u64;
                current = Some(Skipped { header, cut: false, start, left: left as u64, first: (packet, time) });
                break;
            }
            records += 1;
            at += RecordHeader::LENGTH + usize::from(length);
        }
        self.current = current;
        self.records += records;
        self.passed += len;
        self.offset += len;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: usize) -> Vec<u8> {
        let mut record = vec![kind, 3, 3];
        record.extend_from_slice(&(body as u16).to_be_bytes());
        record.resize(5 + body, 0xaa);
        record
    }

    fn fast_path(free: bool) -> FastPath {
        FastPath::new(0, None, free)
    }

    #[test]
    fn records_go_by_however_they_are_cut() {
        let stream: Vec<u8> = [record(23, 100), record(23, 0), record(23, 3000), record(23, 7)].concat();
        for cut in 1..stream.len() {
            let mut fast_path = fast_path(true);
            let (one, two) = stream.split_at(cut);
            // Only a header in two pieces needs a reader.
            if fast_path.pass(one, PacketNumber(1), Time(0)) && fast_path.pass(two, PacketNumber(2), Time(0)) {
                assert_eq!((fast_path.records(), fast_path.passed()), (4, stream.len() as u64), "cut at {cut}");
                assert!(fast_path.current().is_none());
            } else {
                let boundary = [0, 105, 110, 3115].into_iter().any(|start| (start + 1..start + 5).contains(&cut));
                assert!(boundary, "refused at {cut}");
            }
        }
    }

    #[test]
    fn what_may_say_something_does_not_go_by() {
        for other in [record(21, 26), record(22, 40), b"HTTP/1.1 400 Bad Request".to_vec(), record(23, 18_500)] {
            let mut fast_path = fast_path(true);
            let whole: Vec<u8> = [record(23, 10), other].concat();
            assert!(!fast_path.pass(&whole, PacketNumber(1), Time(0)));
            assert_eq!(fast_path.passed(), 0, "nothing of it");
        }
    }

    #[test]
    fn only_the_inside_of_a_record_goes_by_where_the_next_one_matters() {
        let header = RecordHeader::decode(&record(23, 100)).expect("a header");
        let current = Skipped { header, cut: false, start: 0, left: 50, first: (PacketNumber(1), Time(0)) };
        let mut fast_path = FastPath::new(55, Some(current), false);
        assert!(fast_path.pass(&[0; 49], PacketNumber(2), Time(0)));
        assert!(!fast_path.pass(&[0; 1], PacketNumber(3), Time(0)));
        assert_eq!(fast_path.passed(), 49);
    }
}
