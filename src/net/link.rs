//! What lies below IP: link headers of every link type we read, and what stands between them and IP.
//!
//! Start at `strip`. IEEE 802.11 is in [`super::wireless`], what capturing systems write in front of a frame in
//! [`super::prefix`], PPP in [`super::ppp`].

use super::layer::{Below, ETHERNET, FDDI, IEEE802_11, INFINIBAND, Layer, Next, array, be16, be32, family, host_order};
use super::seen::{Header, Seen};
use super::unread::{Encryption, Other, Tunnel};
use super::{LinkFacts, Unread, ppp, prefix, wireless};

/// Layers that may be nested below one IP header before a frame counts as unreadable.
const MAX_LAYERS: usize = 12;

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
const ETHERTYPE_ARP: u16 = 0x0806;

/// Strips everything below IP; `seen` is told of each header, and `facts` takes what the headers say.
#[inline]
pub(super) fn strip<'a>(
    first: Layer,
    frame: &'a [u8],
    facts: &mut LinkFacts,
    seen: &mut impl Seen,
) -> Result<Below<'a>, Unread> {
    let mut layer = first;
    let mut bytes = frame;
    for _ in 0..MAX_LAYERS {
        seen.header(Header::Link(layer), bytes);
        let next = match layer {
            Layer::Ethertype(ETHERTYPE_IPV4 | ETHERTYPE_IPV6) => return Ok(Below::Ip(bytes)),
            Layer::Ethertype(ETHERTYPE_ARP) => return Ok(Below::Arp(bytes)),
            Layer::Link(ETHERNET) | Layer::Msdu => ethernet(bytes, facts)?,
            Layer::Link(kind) => link_header(kind, bytes, facts)?,
            Layer::Ethertype(kind) => ethertype(kind, bytes, facts)?,
            Layer::Ppp(protocol) => ppp::protocol(protocol)?,
            Layer::Mpls => mpls(bytes)?,
            Layer::Llc => llc(bytes)?,
            Layer::SwappedWlan => wireless::data(bytes, true, facts)?,
            Layer::Erspan => erspan(bytes, facts)?,
        };
        let skip;
        (layer, skip) = match next {
            Next::Layer(layer, skip) => (layer, skip),
            Next::Ip(skip) => return bytes.get(skip..).map(Below::Ip).ok_or(Unread::Cut),
            Next::Msdus(skip) => return bytes.get(skip..).map(Below::Msdus).ok_or(Unread::Cut),
            Next::Other(other) => return Ok(Below::Other(other)),
        };
        bytes = bytes.get(skip..).ok_or(Unread::Cut)?;
    }
    Err(Unread::TooManyLayers)
}

fn link_header(kind: u16, bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    Ok(match kind {
        // NULL and LOOP: a four-byte address family, in the capturing host's byte order or big-endian.
        0 | 108 => family(host_order(array(bytes, 0)?), 4),
        // PPP, PPP with HDLC framing.
        9 | 50 => ppp::framed(bytes)?,
        FDDI => fddi(bytes, facts)?,
        // RAW, and the values BSD systems used for it; IPV4 and IPV6.
        12 | 14 | 101 | 228 | 229 => Next::Ip(0),
        51 => Next::Layer(Layer::Ethertype(ppp::SESSION), 0),
        100 => atm(bytes)?,
        // Cisco HDLC.
        104 => Next::Layer(typed(bytes, 2)?, 4),
        IEEE802_11 => wireless::data(bytes, false, facts)?,
        113 => {
            facts.macs = Some((array(bytes, 6)?, [0; 6]));
            Next::Layer(typed(bytes, 14)?, 16)
        }
        276 => {
            facts.macs = Some((array(bytes, 12)?, [0; 6]));
            Next::Layer(typed(bytes, 0)?, 20)
        }
        // PPP behind one byte that says which way; behind that byte in place of the first one of two.
        204 => ppp::behind(bytes, 1)?,
        166 => ppp::behind(bytes, 2)?,
        // Tags of switch chips, in place of the Ethertype or in front of the frame.
        281 => tagged(bytes, 4, facts)?,
        282 => Next::Layer(Layer::Link(ETHERNET), 4),
        284 => {
            facts.vlan = marvell_vlan(bytes, 12)?.or(facts.vlan);
            tagged(bytes, 4, facts)?
        }
        285 => {
            facts.vlan = marvell_vlan(bytes, 16)?.or(facts.vlan);
            tagged(bytes, 8, facts)?
        }
        242 => ipoib(bytes)?,
        INFINIBAND => infiniband(bytes)?,
        kind => prefix::header(kind, bytes, facts)?,
    })
}

/// What a field that holds an Ethertype or the length of an IEEE 802.2 frame announces.
fn typed(bytes: &[u8], at: usize) -> Result<Layer, Unread> {
    Ok(match be16(bytes, at)? {
        // Linux cooked capture: 802.2 frames.
        0x0004 => Layer::Llc,
        kind => Layer::Ethertype(kind),
    })
}

/// The same in Ethernet, where numbers below 0x0600 are lengths (IEEE 802.3 §3.2.6).
fn typed_or_length(bytes: &[u8], at: usize) -> Result<Layer, Unread> {
    Ok(match be16(bytes, at)? {
        0..0x0600 => Layer::Llc,
        kind => Layer::Ethertype(kind),
    })
}

#[inline]
fn ethernet(bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    tagged(bytes, 0, facts)
}

/// An Ethernet frame with `tag` bytes between the addresses and the Ethertype.
#[inline]
fn tagged(bytes: &[u8], tag: usize, facts: &mut LinkFacts) -> Result<Next, Unread> {
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = array::<12>(bytes, 0)?;
    facts.macs = Some(([s0, s1, s2, s3, s4, s5], [d0, d1, d2, d3, d4, d5]));
    Ok(Next::Layer(typed_or_length(bytes, 12 + tag)?, 14 + tag))
}

/// The VLAN in a Marvell DSA tag, where the frame had a tag that this one replaced.
fn marvell_vlan(bytes: &[u8], at: usize) -> Result<Option<u16>, Unread> {
    let is_tagged = array::<1>(bytes, at)?[0] & 0x20 != 0;
    Ok(is_tagged.then_some(be16(bytes, at + 2)? & 0x0fff))
}

#[expect(clippy::match_same_arms, reason = "a table: one row a protocol")]
fn ethertype(kind: u16, bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    Ok(match kind {
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => {
            facts.vlan = Some(be16(bytes, 0)? & 0x0fff);
            Next::Layer(typed_or_length(bytes, 2)?, 4)
        }
        0x8847 | 0x8848 => Next::Layer(Layer::Mpls, 0),
        ppp::SESSION => ppp::session(bytes, facts)?,
        0x6558 => Next::Layer(Layer::Link(ETHERNET), 0),
        // IEEE 802.1ah: a service's identifier before the customer's frame.
        0x88e7 => Next::Layer(Layer::Link(ETHERNET), 4),
        // Cisco FabricPath: a forwarding tag before the inner frame.
        0x8903 => Next::Layer(Layer::Link(ETHERNET), 2),
        0x880b => ppp::framed(bytes)?,
        // Cisco's metadata tag.
        0x8909 => Next::Layer(typed_or_length(bytes, 6)?, 8),
        // Tags: Cisco VN-Tag, IEEE 802.1BR E-Tag, Broadcom's.
        0x8926 | 0x8874 => Next::Layer(typed_or_length(bytes, 4)?, 6),
        0x893f => Next::Layer(typed_or_length(bytes, 6)?, 8),
        // Marvell's tag with an Ethertype of its own.
        0xdada => {
            facts.vlan = marvell_vlan(bytes, 2)?.or(facts.vlan);
            Next::Layer(typed_or_length(bytes, 6)?, 8)
        }
        0x88e5 => macsec(bytes)?,
        kind if carries_no_ip(kind) => Next::Other(Other::Ethertype(kind)),
        kind => return Err(Unread::Ethertype(kind)),
    })
}

/// Ethertypes of protocols of the link itself, and of networks that are not IP: what may be a tag or a tunnel is not
/// among them.
fn carries_no_ip(kind: u16) -> bool {
    matches!(
        kind,
        0..0x0600
            | 0x8035 | 0x0842 | 0x22ea | 0x22f0 | 0x6000..=0x6009 | 0x7373 | 0x809b | 0x80f3 | 0x8137 | 0x8138
            | 0x8191 | 0x8204 | 0x8808 | 0x8809 | 0x8819 | 0x8863 | 0x886c | 0x887b | 0x888e | 0x8892 | 0x8899 | 0x889a
            | 0x88a2 | 0x88a4 | 0x88ab | 0x88b8..=0x88ba | 0x88c7 | 0x88cc | 0x88cd | 0x88d9 | 0x88dc | 0x88e1..=0x88e3
            | 0x88f5..=0x88f8 | 0x88fb | 0x8902 | 0x8906 | 0x890d | 0x8912 | 0x8914 | 0x8915 | 0x891d | 0x892d | 0x892f
            | 0x893a | 0x9000 | 0x9003 | 0xf1c1
    )
}

/// A stack of labels (RFC 3032); what it carries nobody says, so its first bits are looked at (RFC 4928).
fn mpls(bytes: &[u8]) -> Result<Next, Unread> {
    let mut at = 0;
    while be32(bytes, at)? & 0x100 == 0 {
        at += 4;
        if at > 4 * MAX_LAYERS {
            return Err(Unread::TooManyLayers);
        }
    }
    at += 4;
    let first = *bytes.get(at).ok_or(Unread::Cut)?;
    Ok(match first >> 4 {
        4 => Next::Layer(Layer::Ethertype(ETHERTYPE_IPV4), at),
        6 => Next::Layer(Layer::Ethertype(ETHERTYPE_IPV6), at),
        // A pseudowire control word (RFC 4385) before an Ethernet frame.
        0 => Next::Layer(Layer::Link(ETHERNET), at + 4),
        _ => Next::Layer(Layer::Link(ETHERNET), at),
    })
}

/// IEEE 802.2, with SNAP (IEEE 802 §10) and the network layer identifiers of RFC 2684.
#[expect(clippy::match_same_arms, reason = "a table: one row an encapsulation")]
fn llc(bytes: &[u8]) -> Result<Next, Unread> {
    Ok(match array::<3>(bytes, 0)? {
        [0xaa, 0xaa, 0x03] => match (array::<3>(bytes, 3)?, be16(bytes, 6)?) {
            // Encapsulated Ethernet (RFC 1042), bridge tunnels (IEEE 802.1H).
            ([0, 0, 0 | 0xf8], kind) => Next::Layer(Layer::Ethertype(kind), 8),
            (_, kind @ (ETHERTYPE_IPV4 | ETHERTYPE_IPV6)) => Next::Layer(Layer::Ethertype(kind), 8),
            _ => Next::Other(Other::Llc(0xaa)),
        },
        [0x06, 0x06, 0x03] => Next::Layer(Layer::Ethertype(ETHERTYPE_IPV4), 3),
        [0xfe, 0xfe, 0x03] => match bytes.get(3) {
            Some(0xcc) => Next::Layer(Layer::Ethertype(ETHERTYPE_IPV4), 4),
            Some(0x8e) => Next::Layer(Layer::Ethertype(ETHERTYPE_IPV6), 4),
            _ => Next::Other(Other::Llc(0xfe)),
        },
        [service, ..] => Next::Other(Other::Llc(service)),
    })
}

/// ATM (RFC 2684): IEEE 802.2, which may carry PPP (RFC 2364) or, behind two bytes of padding, an Ethernet frame.
fn atm(bytes: &[u8]) -> Result<Next, Unread> {
    match bytes {
        [0xfe, 0xfe, 0x03, 0xcf, ..] => ppp::behind(bytes, 4),
        [0xaa, 0xaa, 0x03, 0x00, 0x80, 0xc2, 0x00, 0x01 | 0x07, ..] => Ok(Next::Layer(Layer::Link(ETHERNET), 10)),
        _ => Ok(Next::Layer(Layer::Llc, 0)),
    }
}

/// FDDI (ANSI INCITS 239): a frame control byte, then the addresses; IEEE 802.2 in the frames that carry data.
fn fddi(bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    let [control] = array::<1>(bytes, 0)?;
    if !matches!(control & 0xf0, 0x50 | 0xd0) {
        return Ok(Next::Other(Other::Frame(FDDI)));
    }
    facts.macs = Some((array(bytes, 7)?, array(bytes, 1)?));
    Ok(Next::Layer(Layer::Llc, 13))
}

/// IP over `InfiniBand` (RFC 4391 §6): an Ethertype and two bytes of zeros, behind the 40 bytes of addresses that a
/// capture has in front of them, or without.
fn ipoib(bytes: &[u8]) -> Result<Next, Unread> {
    let at = if is_ipoib(bytes, 40) || !is_ipoib(bytes, 0) { 40 } else { 0 };
    Ok(Next::Layer(Layer::Ethertype(be16(bytes, at)?), at + 4))
}

fn is_ipoib(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 4), Some([0x08, 0x00 | 0x06, 0, 0] | [0x86, 0xdd, 0, 0]))
}

/// `InfiniBand` from the local route header on: IP in datagrams and, in connected mode (RFC 4755), in whole messages.
fn infiniband(bytes: &[u8]) -> Result<Next, Unread> {
    /// Local and global route header, base and datagram transport header.
    const LOCAL: usize = 8;
    const GLOBAL: usize = 40;
    const BASE: usize = 12;
    const DATAGRAM: usize = 8;
    let transport = match array::<2>(bytes, 0)?[1] & 0x03 {
        2 => LOCAL,
        3 => LOCAL + GLOBAL,
        _ => return Ok(Next::Other(Other::Frame(INFINIBAND))),
    };
    let at = match array::<1>(bytes, transport)?[0] {
        // Reliable connection and unreliable datagram, a message in one packet.
        0x04 => transport + BASE,
        0x64 => transport + BASE + DATAGRAM,
        _ => return Ok(Next::Other(Other::Frame(INFINIBAND))),
    };
    if is_ipoib(bytes, at) {
        return Ok(Next::Layer(Layer::Ethertype(be16(bytes, at)?), at + 4));
    }
    if bytes.len() < at + 4 { Err(Unread::Cut) } else { Ok(Next::Other(Other::Frame(INFINIBAND))) }
}

/// ERSPAN behind GRE with a sequence number (draft-foschiano-erspan): type II has eight bytes, type III twelve and, where
/// they say so, eight more.
fn erspan(bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    let first = be16(bytes, 0)?;
    let vlan = Some(first & 0x0fff).filter(|vlan| *vlan != 0);
    let next = match first >> 12 {
        1 => Next::Layer(Layer::Link(ETHERNET), 8),
        2 => {
            let last = be16(bytes, 10)?;
            let length = if last & 1 != 0 { 20 } else { 12 };
            match last >> 10 & 0x1f {
                0 => Next::Layer(Layer::Link(ETHERNET), length),
                2 => Next::Ip(length),
                kind => return Err(Unread::Tunnel(Tunnel::Erspan(kind as u8))),
            }
        }
        _ => return Err(Unread::Malformed),
    };
    facts.vlan = vlan.or(facts.vlan);
    Ok(next)
}

/// IEEE 802.1AE: integrity alone leaves the frame in clear between the tag and a check value.
fn macsec(bytes: &[u8]) -> Result<Next, Unread> {
    let [control] = array::<1>(bytes, 0)?;
    if control & 0x0c != 0 {
        return Err(Unread::Encrypted(Encryption::MacSec));
    }
    // The tag's bytes after the Ethertype; the sender's identifier where it is there.
    let at = if control & 0x20 != 0 { 14 } else { 6 };
    Ok(Next::Layer(typed_or_length(bytes, at)?, at + 2))
}
