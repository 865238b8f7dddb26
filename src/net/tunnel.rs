//! What lies between two IP headers: GRE, VXLAN, GENEVE, GTP-U, ERSPAN, IP in IP.

use super::Unread;
use super::link::{Layer, array, be16};

/// A tunnel over UDP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UdpTunnel {
    Vxlan,
    Geneve,
    GtpUser,
}

/// Where the inner packet starts and what it is.
pub(super) enum Inner {
    /// An IP header at this offset.
    Ip(usize),
    /// A link-layer frame of this kind at this offset.
    Frame(Layer, usize),
}

/// GRE (RFC 2784, 2890) and its enhanced form with an acknowledgment number (RFC 2637).
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
        // ERSPAN type I has no header of its own, type II eight bytes, type III twelve or twenty.
        0x88be if flags & 0x10 == 0 => Inner::Frame(Layer::Link(1), length),
        0x88be => Inner::Frame(Layer::Link(1), length + 8),
        0x22eb => {
            let with_subheader = bytes.get(length + 11).is_some_and(|byte| byte & 1 != 0);
            Inner::Frame(Layer::Link(1), length + if with_subheader { 20 } else { 12 })
        }
        // WCCPv2 redirects: a four-byte header unless the payload is IP already.
        0x883e => {
            let first = *bytes.get(length).ok_or(Unread::CutHeader)?;
            Inner::Ip(if first >> 4 == 4 { length } else { length + 4 })
        }
        kind => Inner::Frame(Layer::Ethertype(kind), length),
    })
}

/// Tunnels over UDP, recognised by their registered port.
pub(super) fn over_udp(src_port: u16, dst_port: u16, payload: &[u8]) -> Option<(UdpTunnel, Inner)> {
    let (tunnel, inner) = match dst_port {
        4789 | 8472 => (UdpTunnel::Vxlan, vxlan(payload)),
        6081 => (UdpTunnel::Geneve, geneve(payload)),
        2152 => (UdpTunnel::GtpUser, gtp_user(payload)),
        _ if src_port == 2152 => (UdpTunnel::GtpUser, gtp_user(payload)),
        _ => return None,
    };
    Some((tunnel, inner?))
}

/// VXLAN (RFC 7348): the I flag, a network identifier, an Ethernet frame.
fn vxlan(payload: &[u8]) -> Option<Inner> {
    (payload.len() > 8 && payload[0] & 0x08 != 0).then_some(Inner::Frame(Layer::Link(1), 8))
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

/// GTP-U version 1 (3GPP TS 29.281): G-PDUs carry an IP packet.
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
    matches!(payload.get(length)? >> 4, 4 | 6).then_some(Inner::Ip(length))
}
