//! IEEE 802.11 frames: data that is not encrypted, one frame or several in one (IEEE 802.11-2020 §9.2.4, §9.3.2).

use super::layer::{IEEE802_11, Layer, Next, array};
use super::unread::{Encryption, Other};
use super::{LinkFacts, Unread};

/// Frames in one frame that are read; more do not fit into the longest A-MSDU.
const MAX_MSDUS: usize = 512;
/// Bytes of the header of each: two addresses and a length (IEEE 802.11-2020 §9.3.2.2.2).
const MSDU_HEADER: usize = 14;

/// The header of a data frame, as far as it says where its payload begins.
struct Header {
    /// Bytes to the payload, without padding.
    length: usize,
    source: usize,
    target: usize,
    is_protected: bool,
    is_aggregate: bool,
    is_fragment: bool,
}

/// What a Frame Control field says, its two bytes in the order of the standard.
enum Control {
    Data(Header),
    /// A frame of another type, or without a payload.
    NoData,
}

impl Control {
    fn read(bytes: &[u8], swapped: bool) -> Result<Self, Unread> {
        let [mut control, mut flags] = array::<2>(bytes, 0)?;
        if swapped {
            (control, flags) = (flags, control);
        }
        // Version 0, type data, with a payload.
        if control & 0x0f != 0x08 || control & 0x40 != 0 {
            return Ok(Control::NoData);
        }
        let (to_ds, from_ds) = (flags & 1 != 0, flags & 2 != 0);
        let mut length = if to_ds && from_ds { 30 } else { 24 };
        let (source, target) = match (to_ds, from_ds) {
            (false, false) => (10, 4),
            (true, false) => (10, 16),
            (false, true) => (16, 4),
            (true, true) => (24, 16),
        };
        let mut is_aggregate = false;
        if control & 0x80 != 0 {
            is_aggregate = array::<1>(bytes, length)?[0] & 0x80 != 0;
            length += if flags & 0x80 != 0 { 6 } else { 2 };
        }
        let is_fragment = array::<1>(bytes, 22)?[0] & 0x0f != 0;
        Ok(Control::Data(Header { length, source, target, is_protected: flags & 0x40 != 0, is_aggregate, is_fragment }))
    }
}

/// A frame; with `swapped` the two bytes of its Frame Control stand the other way round.
pub(super) fn data(bytes: &[u8], swapped: bool, facts: &mut LinkFacts) -> Result<Next, Unread> {
    let header = match Control::read(bytes, swapped)? {
        Control::Data(header) => header,
        Control::NoData => return Ok(Next::Other(Other::Frame(IEEE802_11))),
    };
    let Header { length, .. } = header;
    if header.is_protected && !is_ip(bytes, length) {
        return Err(Unread::Encrypted(Encryption::Wireless));
    }
    facts.macs = Some((array(bytes, header.source)?, array(bytes, header.target)?));
    if header.is_fragment {
        return Err(Unread::FragmentsMissing);
    }
    if header.is_aggregate && !is_llc(bytes, length) {
        return Ok(Next::Msdus(length));
    }
    // Some drivers pad the header to four bytes; LLC then starts two bytes later.
    let padded = bytes.get(length..length + 2) != Some(&[0xaa, 0xaa])
        && bytes.get(length + 2..length + 4) == Some(&[0xaa, 0xaa]);
    Ok(Next::Layer(Layer::Llc, if padded { length + 2 } else { length }))
}

/// Whether IEEE 802.2 with SNAP begins there.
fn is_llc(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 3) == Some(&[0xaa, 0xaa, 0x03])
}

/// Whether IEEE 802.2 announces IP there.
fn is_ip(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 8), Some([0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00] | [0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd]))
}

/// Whether the two bytes of Frame Control stand the other way round: a payload is where they then say, and is not where
/// they say as they are.
pub(super) fn is_swapped(bytes: &[u8]) -> bool {
    let leads = |swapped| match Control::read(bytes, swapped) {
        Ok(Control::Data(Header { length, is_aggregate, .. })) => {
            is_llc(bytes, length) || (is_aggregate && is_llc(bytes, length + MSDU_HEADER))
        }
        _ => false,
    };
    let is_data = |swapped| matches!(Control::read(bytes, swapped), Ok(Control::Data(_)));
    !leads(false) && (leads(true) || (is_data(true) && !is_data(false)))
}

/// The frames of an A-MSDU, each a header as that of IEEE 802.3 and its payload, padded to four bytes but for the last.
pub(super) fn msdus(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], Unread>> {
    let mut at = 0;
    let mut count = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        at = bytes.len();
        count += 1;
        if count > MAX_MSDUS {
            return Some(Err(Unread::TooManyLayers));
        }
        let Ok([high, low]) = array::<2>(rest, 12) else {
            // Less than a header is padding, or a check sequence of the frame.
            return (count == 1).then_some(Err(Unread::Cut));
        };
        let length = MSDU_HEADER + usize::from(u16::from_be_bytes([high, low]));
        at = bytes.len() - rest.len() + length.next_multiple_of(4);
        Some(Ok(&rest[..length.min(rest.len())]))
    })
}
