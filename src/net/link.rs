//! What lies below IP: link headers of every link type we read, VLAN tags, MPLS, `PPPoE`, LLC/SNAP.
//!
//! Link types are numbered as in the LINKTYPE registry of tcpdump.org. Start at `strip`.

use super::tree::{Header, Seen};
use super::{LinkFacts, Unread};

/// Layers that may be nested below one IP header before a frame counts as unreadable.
const MAX_LAYERS: usize = 12;

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;

/// What the bytes at hand are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layer {
    Link(u16),
    Ethertype(u16),
    Ppp(u16),
    Mpls,
    Llc,
}

/// Strips everything below IP; `seen` is told of each header. Returns the bytes from the IP header on, with what the
/// link layer said.
pub(super) fn strip<'a>(first: Layer, frame: &'a [u8], seen: &mut impl Seen) -> Result<(&'a [u8], LinkFacts), Unread> {
    let mut facts = LinkFacts::default();
    let mut layer = first;
    let mut bytes = frame;
    for _ in 0..MAX_LAYERS {
        seen.header(Header::Link(layer), bytes);
        let skip;
        (layer, skip) = match layer {
            Layer::Ethertype(ETHERTYPE_IPV4 | ETHERTYPE_IPV6) => return Ok((bytes, facts)),
            Layer::Link(kind) => match link_header(kind, bytes, &mut facts)? {
                Below::Ip(skip) => return bytes.get(skip..).map(|ip| (ip, facts)).ok_or(Unread::CutHeader),
                Below::Layer(layer, skip) => (layer, skip),
            },
            Layer::Ethertype(kind) => ethertype(kind, bytes, &mut facts)?,
            Layer::Ppp(0x0021) => (Layer::Ethertype(ETHERTYPE_IPV4), 0),
            Layer::Ppp(0x0057) => (Layer::Ethertype(ETHERTYPE_IPV6), 0),
            Layer::Ppp(0x0281 | 0x0283) => (Layer::Mpls, 0),
            Layer::Ppp(_) => return Err(Unread::NotIp),
            Layer::Mpls => mpls(bytes)?,
            Layer::Llc => llc(bytes)?,
        };
        bytes = bytes.get(skip..).ok_or(Unread::CutHeader)?;
    }
    Err(Unread::TooManyLayers)
}

enum Below {
    Ip(usize),
    Layer(Layer, usize),
}

fn link_header(kind: u16, bytes: &[u8], facts: &mut LinkFacts) -> Result<Below, Unread> {
    Ok(match kind {
        // NULL and LOOP: a four-byte address family, in the capturing host's byte order or big-endian.
        0 | 108 => {
            let family = array::<4>(bytes, 0)?;
            match family {
                [0, 0, 0, f] | [f, 0, 0, 0] if matches!(f, 2 | 10 | 23 | 24 | 28 | 30) => Below::Ip(4),
                _ => return Err(Unread::NotIp),
            }
        }
        1 => ethernet(bytes, facts)?,
        // PPP, PPP with HDLC framing, Cisco HDLC.
        9 | 50 | 204 => ppp(bytes)?,
        104 => Below::Layer(Layer::Ethertype(be16(bytes, 2)?), 4),
        // RAW, and the values BSD systems used for it; IPV4 and IPV6.
        12 | 14 | 101 | 228 | 229 => Below::Ip(0),
        105 => wlan(bytes, facts)?,
        113 => {
            let mac = array::<6>(bytes, 6)?;
            facts.macs = Some((mac, [0; 6]));
            Below::Layer(Layer::Ethertype(be16(bytes, 14)?), 16)
        }
        276 => {
            let mac = array::<6>(bytes, 12)?;
            facts.macs = Some((mac, [0; 6]));
            Below::Layer(Layer::Ethertype(be16(bytes, 0)?), 20)
        }
        // IEEE 802.11 with Prism, radiotap and AVS headers: each states its own length.
        119 | 127 | 163 => {
            let length = match kind {
                119 if be32(bytes, 0)? & 0xffff_f000 == 0x8021_1000 => be32(bytes, 4)? as usize,
                119 => u32::from_le_bytes(array(bytes, 4)?) as usize,
                127 => u16::from_le_bytes(array(bytes, 2)?) as usize,
                _ => be32(bytes, 4)? as usize,
            };
            if length == 0 {
                return Err(Unread::CutHeader);
            }
            Below::Layer(Layer::Link(105), length)
        }
        _ => return Err(Unread::LinkType(kind)),
    })
}

fn ethernet(bytes: &[u8], facts: &mut LinkFacts) -> Result<Below, Unread> {
    let header = array::<14>(bytes, 0)?;
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] = header;
    facts.macs = Some(([s0, s1, s2, s3, s4, s5], [d0, d1, d2, d3, d4, d5]));
    let kind = u16::from_be_bytes([t0, t1]);
    let layer = if kind < 0x0600 { Layer::Llc } else { Layer::Ethertype(kind) };
    Ok(Below::Layer(layer, 14))
}

fn ethertype(kind: u16, bytes: &[u8], facts: &mut LinkFacts) -> Result<(Layer, usize), Unread> {
    Ok(match kind {
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => {
            facts.vlan = Some(be16(bytes, 0)? & 0x0fff);
            let inner = be16(bytes, 2)?;
            (if inner < 0x0600 { Layer::Llc } else { Layer::Ethertype(inner) }, 4)
        }
        0x8847 | 0x8848 => (Layer::Mpls, 0),
        // PPPoE session: version/type, code, session, length (RFC 2516 §4), then the PPP protocol.
        0x8864 => {
            facts.room = be16(bytes, 4)?.checked_sub(2);
            (Layer::Ppp(be16(bytes, 6)?), 8)
        }
        0x6558 => (Layer::Link(1), 0),
        // Cisco FabricPath: a forwarding tag before the inner frame.
        0x8903 => (Layer::Link(1), 2),
        0x880b => match ppp(bytes)? {
            Below::Layer(layer, skip) => (layer, skip),
            Below::Ip(_) => return Err(Unread::NotIp),
        },
        // Cisco's metadata tag.
        0x8909 => (Layer::Ethertype(be16(bytes, 6)?), 8),
        // Linux cooked capture: 802.2 frames.
        0x0004 => (Layer::Llc, 0),
        _ => return Err(Unread::NotIp),
    })
}

fn ppp(bytes: &[u8]) -> Result<Below, Unread> {
    let address = if bytes.starts_with(&[0xff, 0x03]) || bytes.starts_with(&[0x0f, 0x00]) { 2 } else { 0 };
    if address == 2 && bytes[0] == 0x0f {
        return Ok(Below::Layer(Layer::Ethertype(be16(bytes, 2)?), 4));
    }
    let first = *bytes.get(address).ok_or(Unread::CutHeader)?;
    // Protocol field compression (RFC 1661 §6.5): an odd first byte is the whole field.
    Ok(if first & 1 == 1 {
        Below::Layer(Layer::Ppp(u16::from(first)), address + 1)
    } else {
        Below::Layer(Layer::Ppp(be16(bytes, address)?), address + 2)
    })
}

fn mpls(bytes: &[u8]) -> Result<(Layer, usize), Unread> {
    let mut at = 0;
    while be32(bytes, at)? & 0x100 == 0 {
        at += 4;
        if at > 4 * MAX_LAYERS {
            return Err(Unread::TooManyLayers);
        }
    }
    at += 4;
    let first = *bytes.get(at).ok_or(Unread::CutHeader)?;
    Ok(match first >> 4 {
        4 => (Layer::Ethertype(ETHERTYPE_IPV4), at),
        6 => (Layer::Ethertype(ETHERTYPE_IPV6), at),
        // A pseudowire control word (RFC 4385) before an Ethernet frame.
        0 => (Layer::Link(1), at + 4),
        _ => (Layer::Link(1), at),
    })
}

fn llc(bytes: &[u8]) -> Result<(Layer, usize), Unread> {
    match array::<3>(bytes, 0)? {
        [0xaa, 0xaa, 0x03] => Ok((Layer::Ethertype(be16(bytes, 6)?), 8)),
        [0x06, 0x06, 0x03] => Ok((Layer::Ethertype(ETHERTYPE_IPV4), 3)),
        _ => Err(Unread::NotIp),
    }
}

/// IEEE 802.11 data frames, not encrypted.
fn wlan(bytes: &[u8], facts: &mut LinkFacts) -> Result<Below, Unread> {
    let [control, flags] = array::<2>(bytes, 0)?;
    if control & 0x0c != 0x08 || control & 0x40 != 0 {
        return Err(Unread::NotIp);
    }
    if flags & 0x40 != 0 {
        return Err(Unread::Encrypted);
    }
    let (to_ds, from_ds) = (flags & 1 != 0, flags & 2 != 0);
    let mut length = if to_ds && from_ds { 30 } else { 24 };
    let (source, target) = match (to_ds, from_ds) {
        (false, false) => (10, 4),
        (true, false) => (10, 16),
        (false, true) => (16, 4),
        (true, true) => (24, 16),
    };
    facts.macs = Some((array(bytes, source)?, array(bytes, target)?));
    if control & 0x80 != 0 {
        length += 2;
        if flags & 0x80 != 0 {
            length += 4;
        }
    }
    // Some drivers pad the header to four bytes; LLC then starts two bytes later.
    if bytes.get(length..length + 2) != Some(&[0xaa, 0xaa]) && bytes.get(length + 2..length + 4) == Some(&[0xaa, 0xaa])
    {
        length += 2;
    }
    Ok(Below::Layer(Layer::Llc, length))
}

pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Unread> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Unread::CutHeader)
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Result<u16, Unread> {
    array(bytes, at).map(u16::from_be_bytes)
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Result<u32, Unread> {
    array(bytes, at).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: [u8; 4] = [0x45, 0, 0, 20];

    fn check(link: u16, header: &[u8]) {
        let frame = [header, &IP].concat();
        let (ip, _) = strip(Layer::Link(link), &frame, &mut ()).expect("a header that is read");
        assert_eq!(ip, IP);
    }

    #[test]
    fn every_link_type_leads_to_ip() {
        check(1, &[&[2; 12][..], &[8, 0]].concat());
        check(1, &[&[2; 12][..], &[0x81, 0, 0, 5, 8, 0]].concat());
        check(1, &[&[2; 12][..], &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x81, 0, 0, 7, 0x81, 0, 0, 8, 8, 0]].concat());
        check(1, &[&[2; 12][..], &[0x88, 0x47, 0, 1, 0, 64, 0, 1, 1, 64]].concat());
        check(1, &[&[2; 12][..], &[0x88, 0x64, 0x11, 0, 0, 1, 0, 22, 0, 0x21]].concat());
        check(1, &[&[2; 12][..], &[0, 30, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat());
        check(0, &[2, 0, 0, 0]);
        check(0, &[0, 0, 0, 2]);
        check(108, &[0, 0, 0, 24]);
        check(9, &[0xff, 3, 0, 0x21]);
        check(9, &[0x21]);
        check(101, &[]);
        check(113, &[&[0; 14][..], &[8, 0]].concat());
        check(276, &[&[8, 0][..], &[0; 18]].concat());
        check(105, &[&[8, 1][..], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat());
        check(127, &[&[0, 0, 8, 0, 0, 0, 0, 0, 0x88, 1][..], &[0; 24], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat());
    }

    #[test]
    fn what_is_no_ip_is_counted_as_that() {
        assert_eq!(strip(Layer::Link(1), &[&[0; 12][..], &[8, 6, 0, 1]].concat(), &mut ()).unwrap_err(), Unread::NotIp);
        assert_eq!(strip(Layer::Link(1), &[0; 9], &mut ()).unwrap_err(), Unread::CutHeader);
        assert_eq!(strip(Layer::Link(147), &[0; 9], &mut ()).unwrap_err(), Unread::LinkType(147));
        assert_eq!(
            strip(Layer::Link(105), &[&[8, 0x41][..], &[0; 40]].concat(), &mut ()).unwrap_err(),
            Unread::Encrypted
        );
    }
}
