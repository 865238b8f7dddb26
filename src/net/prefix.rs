//! What a capturing system writes in front of a frame or a packet: NFLOG, PKTAP, PPI, radiotap, the firewalls of BSD.

use super::layer::{IEEE802_11, Layer, Next, array, be16, be32, family, host_order};
use super::unread::Other;
use super::{LinkFacts, Unread};

/// Bytes of the shortest PKTAP header.
const PKTAP_HEADER: u32 = 108;

/// The header that link type `kind` has.
pub(super) fn header(kind: u16, bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    Ok(match kind {
        // IPsec interfaces of BSD: address family, SPI and flags, in the host's byte order.
        109 => family(host_order(array(bytes, 0)?), 12),
        // BSD's packet filter: its length, padded to four bytes, and the address family.
        117 => {
            let [length, af] = array(bytes, 0)?;
            family(u32::from(af), usize::from(length).next_multiple_of(4))
        }
        // IEEE 802.11 with Prism, radiotap and AVS headers: each states its own length.
        119 | 127 | 163 => {
            let length = match kind {
                119 if be32(bytes, 0)? & 0xffff_f000 == 0x8021_1000 => be32(bytes, 4)?,
                119 => u32::from_le_bytes(array(bytes, 4)?),
                127 => u32::from(u16::from_le_bytes(array(bytes, 2)?)),
                _ => be32(bytes, 4)?,
            };
            Next::Layer(Layer::Link(IEEE802_11), forward(length)?)
        }
        // The user's own link type that Apple used before PKTAP had a number.
        149 if !is_pktap(bytes) => return Err(Unread::LinkType(kind)),
        149 | 258 => pktap(bytes)?,
        // Per-packet information: version, flags, length and link type, all little-endian.
        192 => {
            let length = u32::from(u16::from_le_bytes(array(bytes, 2)?));
            Next::Layer(Layer::Link(link_type(u32::from_le_bytes(array(bytes, 4)?))?), forward(length)?)
        }
        239 => nflog(bytes, facts)?,
        kind => return Err(Unread::LinkType(kind)),
    })
}

/// A stated length, which must lead on.
fn forward(length: u32) -> Result<usize, Unread> {
    if length == 0 { Err(Unread::Malformed) } else { Ok(length as usize) }
}

/// A link type inside a header, where a number of 32 bits has room.
fn link_type(number: u32) -> Result<u16, Unread> {
    u16::try_from(number).map_err(|_| Unread::Malformed)
}

/// PKTAP (macOS): length, whether a packet follows, and its link type, all little-endian.
fn pktap(bytes: &[u8]) -> Result<Next, Unread> {
    let [length, follows, kind] = [0, 4, 8].map(|at| array(bytes, at).map(u32::from_le_bytes));
    if length? < PKTAP_HEADER || follows? != 1 {
        return Err(Unread::Malformed);
    }
    Ok(Next::Layer(Layer::Link(link_type(kind?)?), length? as usize))
}

fn is_pktap(bytes: &[u8]) -> bool {
    matches!(pktap(bytes), Ok(Next::Layer(_, length)) if length <= bytes.len())
}

/// Byte orders of NFLOG's lengths and types: that of the host that captured, which the header does not say.
const ORDERS: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];

/// What NFLOG's attributes say.
struct Attributes {
    /// Offset of the packet.
    payload: usize,
    /// Its Ethertype.
    protocol: u16,
    /// The sender's hardware address.
    source: Option<[u8; 6]>,
}

/// NFLOG (Linux netfilter): an address family, then attributes, one of which is the packet.
fn nflog(bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    let [af, version] = array(bytes, 0)?;
    if version != 0 {
        return Err(Unread::Malformed);
    }
    let found = ORDERS.iter().find_map(|order| attributes(bytes, *order));
    let Attributes { payload, protocol, source } = found.ok_or(Unread::Cut)?;
    facts.macs = source.map(|source| (source, [0; 6])).or(facts.macs);
    Ok(match (af, protocol) {
        (2 | 10, _) => Next::Ip(payload),
        // Bridges and devices say what they carry by its Ethertype.
        (1 | 5 | 7, kind) if kind != 0 => Next::Layer(Layer::Ethertype(kind), payload),
        (af, _) => Next::Other(Other::Family(u32::from(af))),
    })
}

/// Reads attributes: a length that counts its own four bytes, a type, a value padded to four bytes.
fn attributes(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Option<Attributes> {
    let (mut protocol, mut source) = (0, None);
    let mut at = 4;
    loop {
        let length = usize::from(order(array(bytes, at).ok()?));
        let kind = order(array(bytes, at + 2).ok()?) & 0x7fff;
        match kind {
            1 => protocol = be16(bytes, at + 4).ok()?,
            8 if be16(bytes, at + 4).ok()? == 6 => source = array(bytes, at + 8).ok(),
            9 => return Some(Attributes { payload: at + 4, protocol, source }),
            // More than there are: not this byte order.
            256.. => return None,
            _ => {}
        }
        at += length.max(4).next_multiple_of(4);
    }
}
