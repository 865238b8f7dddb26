//! What lies between two IP headers: GRE, what UDP carries, Ethernet and IP in IP.
//!
//! A UDP port proves nothing: a tunnel is taken for one where its own header is sound and leads to an IP packet or a frame.

use super::inner::{Inner, leads_on};
use super::layer::{ETHERNET, IEEE802_11, Layer, array, be16};
use super::seen::UdpTunnel;
use super::unread::{Encryption, Other, Tunnel};
use super::{LinkFacts, Unread, capwap, link};

/// Ports that tunnels over UDP are known by; some in both directions.
const VXLAN: [u16; 2] = [4789, 8472];
const GENEVE: u16 = 6081;
const GTP_USER: u16 = 2152;
const CAPWAP_DATA: u16 = 5247;
const GRE_IN_UDP: u16 = 4754;
const AYIYA: u16 = 5072;
const TEREDO: u16 = 3544;
const L2TP: u16 = 1701;
const ESP_IN_UDP: u16 = 4500;
const WIREGUARD: u16 = 51820;
const OPENVPN: u16 = 1194;

/// What an IP protocol beside TCP, UDP and ICMP carries.
pub(super) fn over_ip(protocol: u8, body: &[u8]) -> Result<Inner, Unread> {
    Ok(match protocol {
        4 | 41 => Inner::Ip(0),
        47 => gre(body)?,
        50 => return Err(Unread::Encrypted(Encryption::Esp)),
        // EtherIP (RFC 3378): version 3 and twelve bits of zeros.
        97 if array::<1>(body, 0)?[0] >> 4 == 3 => Inner::Frame(Layer::Link(ETHERNET), 2),
        137 => Inner::Frame(Layer::Mpls, 0),
        // Ethernet (RFC 8986 §10.1).
        143 => Inner::Frame(Layer::Link(ETHERNET), 0),
        protocol if may_carry_tcp(protocol) => return Err(Unread::Tunnel(Tunnel::Ip(protocol))),
        protocol => Inner::Other(Other::Ip(protocol)),
    })
}

/// Whether an IP protocol is TCP or may hold it: tunnels, compression, encryption. UDP is told by its ports.
pub(super) fn may_carry_tcp(protocol: u8) -> bool {
    matches!(protocol, 4 | 6 | 41 | 47 | 50 | 53 | 55 | 94 | 97 | 98 | 99 | 108 | 115 | 137 | 143)
}

/// GRE (RFC 2784, 2890) and its enhanced form with an acknowledgment number (RFC 2637).
#[expect(clippy::match_same_arms, reason = "a table: one row a protocol")]
pub(super) fn gre(bytes: &[u8]) -> Result<Inner, Unread> {
    let [flags, version] = array::<2>(bytes, 0)?;
    let kind = be16(bytes, 2)?;
    let mut length = 4;
    if flags & 0xc0 != 0 {
        length += 4;
    }
    if flags & 0x20 != 0 {
        length += 4;
    }
    if flags & 0x10 != 0 {
        length += 4;
    }
    if version & 0x07 == 1 && version & 0x80 != 0 {
        length += 4;
    }
    Ok(match kind {
        // Acknowledgments without a payload (RFC 2637 §4.1); keep-alives, whose payload is a header that comes back.
        _ if bytes.len() <= length && (version & 0x07 == 1 || kind == 0) => Inner::Other(Other::Gre(kind)),
        0 => Inner::Other(Other::Gre(kind)),
        // ERSPAN type I has no header of its own.
        0x88be if flags & 0x10 == 0 => Inner::Frame(Layer::Link(ETHERNET), length),
        0x88be | 0x22eb => Inner::Frame(Layer::Erspan, length),
        // WCCPv2 redirects: a four-byte header unless the payload is IP already.
        0x883e => {
            let first = *bytes.get(length).ok_or(Unread::Cut)?;
            Inner::Ip(if first >> 4 == 4 { length } else { length + 4 })
        }
        // Aruba's access points: IEEE 802.11 frames, one number a tunnel.
        0x8200..=0x8370 if kind.is_multiple_of(16) => Inner::Frame(Layer::Link(IEEE802_11), length),
        // MikroTik's EoIP: its length and tunnel are where GRE's key would be.
        0x6400 => Inner::Frame(Layer::Link(ETHERNET), length),
        // OSI, CDP, NHRP, the control messages of RFC 8157.
        0x00fe | 0x2000 | 0x2001 | 0xb7ea => Inner::Other(Other::Gre(kind)),
        kind if is_ethertype(kind) => Inner::Frame(Layer::Ethertype(kind), length),
        kind => return Err(Unread::Tunnel(Tunnel::Gre(kind))),
    })
}

/// Whether a protocol type of GRE is read as an Ethertype.
fn is_ethertype(kind: u16) -> bool {
    !matches!(link::strip(Layer::Ethertype(kind), &[], &mut LinkFacts::default(), &mut ()), Err(Unread::Ethertype(_)))
}

/// A tunnel over UDP, recognised by its registered port and by what is in it: `None` where that is no tunnel. `cut` says
/// that bytes of the datagram are missing.
pub(super) fn over_udp(
    (src_port, dst_port): (u16, u16),
    payload: &[u8],
    cut: bool,
) -> Option<(UdpTunnel, Result<Inner, Unread>)> {
    let either = |port| src_port == port || dst_port == port;
    let (tunnel, inner) = if VXLAN.contains(&dst_port) {
        (UdpTunnel::Vxlan, vxlan(payload)?)
    } else if dst_port == GENEVE {
        (UdpTunnel::Geneve, geneve(payload)?)
    } else if either(GTP_USER) {
        (UdpTunnel::GtpUser, gtp_user(payload)?)
    } else if either(CAPWAP_DATA) {
        return capwap::read(payload, cut).map(|inner| (UdpTunnel::Capwap, inner));
    } else if dst_port == GRE_IN_UDP {
        (UdpTunnel::Gre, gre_in_udp(payload)?)
    } else if either(AYIYA) {
        (UdpTunnel::Ayiya, ayiya(payload)?)
    } else if either(TEREDO) {
        (UdpTunnel::Teredo, teredo(payload)?)
    } else if either(L2TP) {
        (UdpTunnel::L2tp, l2tp(payload)?)
    } else {
        return None;
    };
    leads_on(inner, payload, cut).then_some((tunnel, Ok(inner)))
}

/// Whether the UDP header that `bytes` begin with has a port that tunnels are known by.
pub(super) fn is_port(bytes: &[u8]) -> bool {
    let port = |at| be16(bytes, at).unwrap_or_default();
    let known = [GENEVE, GTP_USER, CAPWAP_DATA, GRE_IN_UDP, AYIYA, TEREDO, L2TP, ESP_IN_UDP, WIREGUARD, OPENVPN];
    [port(0), port(2)].iter().any(|port| known.contains(port) || VXLAN.contains(port))
}

/// VXLAN (RFC 7348): the I flag, a network identifier, an Ethernet frame.
fn vxlan(payload: &[u8]) -> Option<Inner> {
    (payload.len() > 8 && payload[0] & 0x08 != 0).then_some(Inner::Frame(Layer::Link(ETHERNET), 8))
}

/// GENEVE (RFC 8926).
fn geneve(payload: &[u8]) -> Option<Inner> {
    let header = payload.first_chunk::<8>()?;
    if header[0] >> 6 != 0 {
        return None;
    }
    let kind = u16::from_be_bytes([header[2], header[3]]);
    Some(Inner::Frame(Layer::Ethertype(kind), 8 + usize::from(header[0] & 0x3f) * 4))
}

/// GTP-U version 1 (3GPP TS 29.281 §5): G-PDUs carry an IP packet, behind extension headers where they say so.
fn gtp_user(payload: &[u8]) -> Option<Inner> {
    let header = payload.first_chunk::<8>()?;
    if header[0] >> 5 != 1 || header[1] != 0xff {
        return None;
    }
    let mut length = 8;
    if header[0] & 0x07 != 0 {
        let mut next = *payload.get(11)?;
        length = 12;
        while header[0] & 0x04 != 0 && next != 0 {
            let units = usize::from(*payload.get(length)?);
            if units == 0 {
                return None;
            }
            length += units * 4;
            next = *payload.get(length - 1)?;
        }
    }
    Some(Inner::Ip(length))
}

/// GRE in UDP (RFC 8086): the version and the bits that must be zero are.
fn gre_in_udp(payload: &[u8]) -> Option<Inner> {
    let [flags, version] = *payload.first_chunk::<2>()?;
    if flags & 0x4f != 0 || version != 0 {
        return None;
    }
    gre(payload).ok()
}

/// AYIYA (draft-massar-v6ops-ayiya): who sends, signed; an IPv6 or IPv4 packet forwarded.
fn ayiya(payload: &[u8]) -> Option<Inner> {
    let [identity, signature, operation, next, ..] = *payload.first_chunk::<8>()?;
    // Operations that forward: alone, with an echo request, with its response.
    if !matches!(operation & 0x0f, 1 | 3 | 5) || !matches!(next, 4 | 41) {
        return None;
    }
    Some(Inner::Ip(8 + (1 << (identity >> 4).min(8)) + usize::from(signature >> 4) * 4))
}

/// Teredo (RFC 4380 §5.1.1): an IPv6 packet behind an authentication and an origin indication, where they are there.
fn teredo(payload: &[u8]) -> Option<Inner> {
    let mut at = 0;
    if payload.starts_with(&[0, 1]) {
        let [client, value] = *payload.get(2..)?.first_chunk::<2>()?;
        at = 13 + usize::from(client) + usize::from(value);
    }
    if payload.get(at..)?.starts_with(&[0, 0]) {
        at += 8;
    }
    (payload.get(at)? >> 4 == 6).then_some(Inner::Ip(at))
}

/// L2TP version 2 (RFC 2661 §3.1): data messages carry PPP.
fn l2tp(payload: &[u8]) -> Option<Inner> {
    let [flags, version] = *payload.first_chunk::<2>()?;
    if flags & 0x80 != 0 || version & 0x0f != 2 || flags & 0x34 != 0 || version & 0xf0 != 0 {
        return None;
    }
    let mut at = 2;
    if flags & 0x40 != 0 {
        if usize::from(be16(payload, at).ok()?) > payload.len() {
            return None;
        }
        at += 2;
    }
    at += 4;
    if flags & 0x08 != 0 {
        at += 4;
    }
    if flags & 0x02 != 0 {
        at += 2 + usize::from(be16(payload, at).ok()?);
    }
    Some(Inner::Frame(Layer::Link(9), at))
}

/// What encrypts in a UDP datagram, recognised by its port and its first bytes.
pub(super) fn encryption((src_port, dst_port): (u16, u16), payload: &[u8]) -> Option<Encryption> {
    let either = |port| src_port == port || dst_port == port;
    if either(ESP_IN_UDP) {
        // Four bytes of zeros mark IKE, one byte of ones is a keep-alive (RFC 3948 §2).
        let is_esp = payload.len() >= 16 && payload[..4] != [0; 4];
        return is_esp.then_some(Encryption::Esp);
    }
    if either(WIREGUARD) {
        // A kind, three bytes of zeros, and the length that the kind has (https://www.wireguard.com/protocol/).
        let is_message = match payload {
            [1, 0, 0, 0, ..] => payload.len() == 148,
            [2, 0, 0, 0, ..] => payload.len() == 92,
            [3, 0, 0, 0, ..] => payload.len() == 64,
            [4, 0, 0, 0, ..] => payload.len() >= 32 && payload.len().is_multiple_of(16),
            _ => false,
        };
        return is_message.then_some(Encryption::WireGuard);
    }
    if either(OPENVPN) {
        // An operation code and a key number; those of data (P_DATA_V1, P_DATA_V2).
        return payload.first().is_some_and(|first| matches!(first >> 3, 6 | 9)).then_some(Encryption::OpenVpn);
    }
    None
}
