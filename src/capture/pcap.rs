//! pcap: the 24-byte header in all its forms, and record after record.
//!
//! Formats: `pcap-savefile(5)`; the "modified" form with 24-byte record headers came with a Linux patch and is read too.

use pcap_parser::{parse_pcap_frame, parse_pcap_frame_be};

use super::layout::{Format, Interface, Layout, Resolution, Section};
use super::{MAX_BLOCK, Packet};

/// Bytes of the file header.
pub(super) const FILE_HEADER: usize = 24;
/// A record that keeps more than this is taken for damage, unless the file's snap length is larger.
const MAX_CAPTURED: u32 = 262_144;
/// Records in a row that must look right before a place counts as a record boundary again.
const RESYNC_CHAIN: usize = 3;

/// A big- or little-endian 32-bit number from exactly four bytes.
pub(super) fn read_u32(bytes: &[u8], big_endian: bool) -> Option<u32> {
    let bytes = bytes.first_chunk::<4>()?;
    Some(if big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) })
}

/// Reads a file header; `None` where it is not one.
pub(super) fn layout(header: &[u8]) -> Option<Layout> {
    let magic = read_u32(header, true)?;
    let (big_endian, digits, record_header) = match magic {
        0xa1b2_c3d4 => (true, 6, 16),
        0xd4c3_b2a1 => (false, 6, 16),
        0xa1b2_3c4d => (true, 9, 16),
        0x4d3c_b2a1 => (false, 9, 16),
        0xa1b2_cd34 => (true, 6, 24),
        0x34cd_b2a1 => (false, 6, 24),
        _ => return None,
    };
    let snaplen = read_u32(header.get(16..)?, big_endian)?;
    // The upper bits hold the length of the frame check sequence.
    let link = read_u32(header.get(20..)?, big_endian)? as u16;
    let interface = Interface {
        link,
        snaplen,
        resolution: Resolution::Decimal(digits),
        time_offset: 0,
        name: None,
        received: None,
        dropped: None,
    };
    let section = Section { start: 0, big_endian, interfaces: vec![interface] };
    Some(Layout { format: Format::Pcap { record_header }, sections: vec![section] })
}

/// Decodes one whole record.
pub(super) fn packet<'a>(block: &'a [u8], offset: u64, record_header: usize, section: &Section) -> Option<Packet<'a>> {
    let interface = section.interfaces.first()?;
    let parse = if section.big_endian { parse_pcap_frame_be } else { parse_pcap_frame };
    // The fields common to both forms come first; the packet follows the longer header.
    let (_, record) = parse(block).ok()?;
    let data = block.get(record_header..record_header + record.caplen as usize)?;
    let fraction = match interface.resolution {
        Resolution::Decimal(9) => i64::from(record.ts_usec),
        _ => i64::from(record.ts_usec) * 1_000,
    };
    Some(Packet {
        time: crate::vocab::Time(i64::from(record.ts_sec) * crate::vocab::Time::SECOND + fraction),
        link: interface.link,
        interface: 0,
        original_len: record.origlen,
        data,
        offset,
    })
}

/// What the bytes at a record boundary are.
pub(super) enum Record {
    /// A record of this many bytes, header included.
    Whole(usize),
    /// More bytes are needed: this many in all.
    Cut(usize),
    /// No record header.
    Damaged,
}

/// Frames the record at the start of `bytes`.
pub(super) fn frame(bytes: &[u8], record_header: usize, section: &Section) -> Record {
    let Some(captured) = bytes.get(8..12).and_then(|field| read_u32(field, section.big_endian)) else {
        return Record::Cut(record_header);
    };
    let snaplen = section.interfaces.first().map_or(0, |interface| interface.snaplen);
    if captured > MAX_CAPTURED.max(snaplen.min(MAX_BLOCK)) {
        return Record::Damaged;
    }
    let length = record_header + captured as usize;
    if bytes.len() < length { Record::Cut(length) } else { Record::Whole(length) }
}

/// Looks for the next record boundary after damage, given the last good record's seconds. Returns its offset in
/// `bytes`. A boundary needs several plausible records in a row, or records up to the very end.
pub(super) fn resynchronise(
    bytes: &[u8],
    record_header: usize,
    section: &Section,
    last_seconds: i64,
    at_end: bool,
) -> Option<usize> {
    (1..bytes.len().saturating_sub(record_header)).find(|start| {
        let mut at = *start;
        for _ in 0..RESYNC_CHAIN {
            if at == bytes.len() {
                return at_end;
            }
            match plausible(&bytes[at..], record_header, section, last_seconds) {
                Some(length) if at + length <= bytes.len() => at += length,
                _ => return false,
            }
        }
        true
    })
}

fn plausible(bytes: &[u8], record_header: usize, section: &Section, last_seconds: i64) -> Option<usize> {
    const DAY: i64 = 86_400;
    let field = |at: usize| bytes.get(at..at + 4).and_then(|field| read_u32(field, section.big_endian));
    let (seconds, fraction, captured, original) = (field(0)?, field(4)?, field(8)?, field(12)?);
    let limit = match section.interfaces.first()?.resolution {
        Resolution::Decimal(9) => 1_000_000_000,
        _ => 1_000_000,
    };
    let near = (i64::from(seconds) - last_seconds).abs() <= DAY;
    let sizes = (14..=MAX_CAPTURED).contains(&captured) && captured <= original && original <= MAX_CAPTURED;
    (near && fraction < limit && sizes).then_some(record_header + captured as usize)
}
