//! What a scan learns of a file's structure, enough to decode any of its packets later.

use std::fmt;

use super::{Packet, pcap, pcapng};
use crate::vocab::Time;

/// How fine an interface's clock ticks (pcapng `if_tsresol`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// 10⁻ⁿ seconds.
    Decimal(u8),
    /// 2⁻ⁿ seconds.
    Binary(u8),
}

impl Resolution {
    /// Nanoseconds in `ticks`, plus `offset` seconds; out of range ends at the nearest representable moment.
    pub fn time(self, ticks: u64, offset: i64) -> Time {
        let nanos = match self {
            Resolution::Decimal(6) => i128::from(ticks) * 1_000,
            Resolution::Decimal(9) => i128::from(ticks),
            Resolution::Decimal(n @ 0..9) => i128::from(ticks) * 10_i128.pow(u32::from(9 - n)),
            Resolution::Decimal(n) => i128::from(ticks) / 10_i128.checked_pow(u32::from(n - 9)).unwrap_or(i128::MAX),
            Resolution::Binary(n) => (i128::from(ticks) * i128::from(Time::SECOND)) >> n.min(127),
        };
        let nanos = nanos + i128::from(offset) * i128::from(Time::SECOND);
        Time(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// One interface of a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Link type (LINKTYPE registry).
    pub link: u16,
    /// Bytes kept of each packet; 0 is no limit.
    pub snaplen: u32,
    /// The clock's resolution.
    pub resolution: Resolution,
    /// Seconds to add to every time (pcapng `if_tsoffset`).
    pub time_offset: i64,
    /// The interface's name, where the file states one.
    pub name: Option<String>,
    /// Packets received and dropped, as the last Interface Statistics Block says.
    pub received: Option<u64>,
    /// Packets dropped by the interface or the operating system for want of room.
    pub dropped: Option<u64>,
}

/// A stretch of a file with one byte order and one list of interfaces. A pcap file is one section with one interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Offset of its header in the file.
    pub start: u64,
    /// Whether its numbers are big-endian.
    pub big_endian: bool,
    /// Its interfaces, by number.
    pub interfaces: Vec<Interface>,
}

/// A file format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// pcap: a 24-byte header, then records with headers of this many bytes (16; 24 in the "modified" form).
    Pcap {
        /// Bytes before each packet.
        record_header: usize,
    },
    /// pcapng: blocks.
    PcapNg,
}

/// The structure of one file, as far as it has been read.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The file format.
    pub format: Format,
    /// The sections, in file order.
    pub sections: Vec<Section>,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Format::Pcap { .. } => "pcap",
            Format::PcapNg => "pcapng",
        })
    }
}

impl Layout {
    /// The section that the block at `offset` belongs to.
    pub fn section_at(&self, offset: u64) -> Option<&Section> {
        match self.sections.partition_point(|section| section.start <= offset) {
            0 => None,
            after => self.sections.get(after - 1),
        }
    }

    /// How many bytes the block that begins with `header` has; needs 16 bytes.
    pub fn block_len(&self, header: &[u8], offset: u64) -> Option<usize> {
        let section = self.section_at(offset)?;
        match self.format {
            Format::Pcap { record_header } => {
                let captured = pcap::read_u32(header.get(8..12)?, section.big_endian)?;
                Some(captured as usize + record_header)
            }
            Format::PcapNg => pcap::read_u32(header.get(4..8)?, section.big_endian).map(|len| len as usize),
        }
    }

    /// Decodes `block`, which is exactly one block, as a packet; `None` where it is none.
    pub fn packet<'a>(&self, block: &'a [u8], offset: u64) -> Option<Packet<'a>> {
        let section = self.section_at(offset)?;
        match self.format {
            Format::Pcap { record_header } => pcap::packet(block, offset, record_header, section),
            Format::PcapNg => pcapng::packet(block, offset, section),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_gives_nanoseconds() {
        assert_eq!(Resolution::Decimal(6).time(1_500_000, 0), Time(1_500_000_000));
        assert_eq!(Resolution::Decimal(9).time(1_500_000_000, 1), Time(2_500_000_000));
        assert_eq!(Resolution::Decimal(0).time(3, 0), Time(3_000_000_000));
        assert_eq!(Resolution::Decimal(12).time(9_999_999_999_999, 0), Time(9_999_999_999));
        assert_eq!(Resolution::Binary(10).time(1536, 0), Time(1_500_000_000));
        assert_eq!(Resolution::Decimal(6).time(0, -2), Time(-2_000_000_000));
        assert_eq!(Resolution::Decimal(200).time(u64::MAX, 0), Time(0));
        assert_eq!(Resolution::Decimal(0).time(u64::MAX, 0), Time(i64::MAX));
    }
}
