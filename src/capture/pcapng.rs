//! pcapng: sections, interfaces, packets, secrets and statistics, one block at a time (draft-ietf-opsawg-pcapng).

use pcap_parser::pcapng::{
    parse_decryptionsecretsblock_be, parse_decryptionsecretsblock_le, parse_enhancedpacketblock_be,
    parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be, parse_interfacedescriptionblock_le,
};
use pcap_parser::traits::PcapNGPacketBlock;

use super::layout::{Interface, Resolution, Section};
use super::pcap::read_u32;
use super::{MAX_BLOCK, Packet};

pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;
/// Secrets type "TLSK": an NSS key log.
const TLS_KEY_LOG: u32 = 0x544c_534b;

/// What the bytes at a block boundary are.
pub(super) enum Block {
    /// A block of this type and length.
    Whole(u32, usize),
    /// More bytes are needed: this many in all.
    Cut(usize),
    /// No block header.
    Damaged,
}

/// Frames the block at the start of `bytes`; a section header brings its own byte order.
pub(super) fn frame(bytes: &[u8], big_endian: bool) -> Block {
    if bytes.len() < 12 {
        return Block::Cut(12);
    }
    let Some(kind) = read_u32(bytes, big_endian) else { return Block::Cut(12) };
    let big_endian = if kind == SECTION_HEADER {
        match section_byte_order(bytes) {
            Some(order) => order,
            None => return Block::Damaged,
        }
    } else {
        big_endian
    };
    let Some(length) = read_u32(&bytes[4..], big_endian) else { return Block::Cut(12) };
    if length < 12 || length % 4 != 0 || length > MAX_BLOCK {
        return Block::Damaged;
    }
    let length = length as usize;
    if bytes.len() < length {
        return Block::Cut(length);
    }
    if read_u32(&bytes[length - 4..], big_endian) != Some(length as u32) {
        return Block::Damaged;
    }
    Block::Whole(kind, length)
}

/// The byte order that a Section Header Block states.
pub(super) fn section_byte_order(bytes: &[u8]) -> Option<bool> {
    match read_u32(bytes.get(8..)?, true)? {
        0x1a2b_3c4d => Some(true),
        0x4d3c_2b1a => Some(false),
        _ => None,
    }
}

/// Looks for the next block after damage; returns its offset in `bytes`, a multiple of four.
pub(super) fn resynchronise(bytes: &[u8], big_endian: bool) -> Option<usize> {
    (4..bytes.len().saturating_sub(12)).step_by(4).find(|at| {
        let known = matches!(read_u32(&bytes[*at..], big_endian), Some(SECTION_HEADER | 1..=6 | 10));
        known && matches!(frame(&bytes[*at..], big_endian), Block::Whole(..))
    })
}

/// What a block other than a packet tells.
pub(super) enum Told<'a> {
    Section(Section),
    Interface(Interface),
    Secrets(&'a [u8]),
    Statistics { interface: u32, received: Option<u64>, dropped: Option<u64> },
    Nothing,
    Malformed(&'static str),
}

/// Whether a block of this type holds a packet.
pub(super) fn is_packet(kind: u32) -> bool {
    matches!(kind, ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET)
}

/// Reads a block that is not a packet.
pub(super) fn read(kind: u32, block: &[u8], offset: u64, big_endian: bool) -> Told<'_> {
    match kind {
        SECTION_HEADER => match section_byte_order(block) {
            Some(big_endian) => Told::Section(Section { start: offset, big_endian, interfaces: Vec::new() }),
            None => Told::Malformed("section header"),
        },
        INTERFACE_DESCRIPTION => {
            interface(block, big_endian).map_or(Told::Malformed("interface description"), Told::Interface)
        }
        DECRYPTION_SECRETS => secrets(block, big_endian),
        INTERFACE_STATISTICS => statistics(block, big_endian).unwrap_or(Told::Malformed("interface statistics")),
        _ => Told::Nothing,
    }
}

/// Decodes one whole block as a packet.
pub(super) fn packet<'a>(block: &'a [u8], offset: u64, section: &Section) -> Option<Packet<'a>> {
    let big_endian = section.big_endian;
    match read_u32(block, big_endian)? {
        ENHANCED_PACKET => enhanced(block, offset, section),
        SIMPLE_PACKET => {
            let interface = section.interfaces.first()?;
            let original_len = read_u32(block.get(8..)?, big_endian)?;
            let room = block.len().checked_sub(16)? as u32;
            let snaplen = if interface.snaplen == 0 { u32::MAX } else { interface.snaplen };
            let captured = original_len.min(room).min(snaplen) as usize;
            let data = block.get(12..12 + captured)?;
            Some(Packet { time: crate::vocab::Time(0), link: interface.link, interface: 0, original_len, data, offset })
        }
        OBSOLETE_PACKET => {
            let number = u32::from(read_u16(block.get(8..)?, big_endian)?);
            let interface = section.interfaces.get(number as usize)?;
            let ticks = ticks(block.get(12..)?, big_endian)?;
            let captured = read_u32(block.get(20..)?, big_endian)? as usize;
            let original_len = read_u32(block.get(24..)?, big_endian)?;
            let data = block.get(28..block.len() - 4)?.get(..captured)?;
            let time = interface.resolution.time(ticks, interface.time_offset);
            Some(Packet { time, link: interface.link, interface: number, original_len, data, offset })
        }
        _ => None,
    }
}

fn enhanced<'a>(block: &'a [u8], offset: u64, section: &Section) -> Option<Packet<'a>> {
    let parse = if section.big_endian { parse_enhancedpacketblock_be } else { parse_enhancedpacketblock_le };
    let (number, ticks, original_len, data) = if let Ok((_, epb)) = parse(block) {
        let ticks = u64::from(epb.ts_high) << 32 | u64::from(epb.ts_low);
        (epb.if_id, ticks, epb.origlen, block.get(28..28 + epb.packet_data().len())?)
    } else {
        // Bad options do not spoil the packet before them.
        let big_endian = section.big_endian;
        let captured = read_u32(block.get(20..)?, big_endian)? as usize;
        let data = block.get(28..block.len().checked_sub(4)?)?.get(..captured)?;
        let number = read_u32(block.get(8..)?, big_endian)?;
        (number, ticks(block.get(12..)?, big_endian)?, read_u32(block.get(24..)?, big_endian)?, data)
    };
    let interface = section.interfaces.get(number as usize)?;
    let time = interface.resolution.time(ticks, interface.time_offset);
    Some(Packet { time, link: interface.link, interface: number, original_len, data, offset })
}

fn ticks(bytes: &[u8], big_endian: bool) -> Option<u64> {
    Some(u64::from(read_u32(bytes, big_endian)?) << 32 | u64::from(read_u32(bytes.get(4..)?, big_endian)?))
}

fn read_u16(bytes: &[u8], big_endian: bool) -> Option<u16> {
    let bytes = bytes.first_chunk::<2>()?;
    Some(if big_endian { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) })
}

fn read_u64(bytes: &[u8], big_endian: bool) -> Option<u64> {
    let bytes = bytes.first_chunk::<8>()?;
    Some(if big_endian { u64::from_be_bytes(*bytes) } else { u64::from_le_bytes(*bytes) })
}

/// The options of a block from `at` on, up to the trailing length: (code, value).
fn options(block: &[u8], at: usize, big_endian: bool) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = block.get(at..block.len().saturating_sub(4)).unwrap_or_default();
    std::iter::from_fn(move || {
        let code = read_u16(rest, big_endian)?;
        let length = usize::from(read_u16(rest.get(2..)?, big_endian)?);
        if code == 0 {
            return None;
        }
        let value = rest.get(4..4 + length)?;
        rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    })
}

fn interface(block: &[u8], big_endian: bool) -> Option<Interface> {
    let parse = if big_endian { parse_interfacedescriptionblock_be } else { parse_interfacedescriptionblock_le };
    // The fixed part is read by the parser; times are computed here, since it reads some options little-endian always.
    let (link, snaplen) = match parse(block) {
        Ok((_, idb)) => (idb.linktype.0 as u16, idb.snaplen),
        Err(_) => (read_u16(block.get(8..)?, big_endian)?, read_u32(block.get(12..)?, big_endian)?),
    };
    let mut interface = Interface {
        link,
        snaplen,
        resolution: Resolution::Decimal(6),
        time_offset: 0,
        name: None,
        received: None,
        dropped: None,
    };
    for (code, value) in options(block, 16, big_endian) {
        match (code, value) {
            (2, name) => interface.name = Some(crate::vocab::text::visible_bytes(name)),
            (9, [resolution, ..]) => {
                interface.resolution = if resolution & 0x80 == 0 {
                    Resolution::Decimal(*resolution)
                } else {
                    Resolution::Binary(resolution & 0x7f)
                };
            }
            (14, value) => interface.time_offset = read_u64(value, big_endian).map_or(0, |offset| offset as i64),
            _ => {}
        }
    }
    Some(interface)
}

fn secrets(block: &[u8], big_endian: bool) -> Told<'_> {
    let parse = if big_endian { parse_decryptionsecretsblock_be } else { parse_decryptionsecretsblock_le };
    match parse(block) {
        Ok((_, dsb)) if dsb.secrets_type.0 == TLS_KEY_LOG => {
            let length = (dsb.secrets_len as usize).min(dsb.data.len());
            Told::Secrets(&dsb.data[..length])
        }
        Ok(_) => Told::Nothing,
        Err(_) => Told::Malformed("decryption secrets"),
    }
}

fn statistics(block: &[u8], big_endian: bool) -> Option<Told<'_>> {
    let interface = read_u32(block.get(8..)?, big_endian)?;
    let (mut received, mut dropped) = (None, None);
    for (code, value) in options(block, 20, big_endian) {
        match code {
            4 => received = read_u64(value, big_endian),
            5 | 7 => dropped = Some(dropped.unwrap_or(0) + read_u64(value, big_endian)?),
            _ => {}
        }
    }
    Some(Told::Statistics { interface, received, dropped })
}
