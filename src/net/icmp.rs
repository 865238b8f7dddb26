//! ICMP and `ICMPv6` errors that quote a TCP segment (RFC 792, 1191, 4443).

use std::net::IpAddr;

use etherparse::{Icmpv4Slice, Icmpv6Slice, LaxIpSlice};

use super::Endpoint;
use super::ip::Upper;
use super::seen::{Header, Seen};

/// The part of a TCP segment that an ICMP error quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuotedSegment {
    /// The quoted segment's sender.
    pub src: Endpoint,
    /// The quoted segment's receiver.
    pub dst: Endpoint,
    /// Its sequence number.
    pub seq: u32,
    /// Its time to live when the reporting device saw it.
    pub ttl: u8,
}

/// An ICMP error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IcmpError {
    /// The device that reports.
    pub from: IpAddr,
    /// Whom it tells.
    pub to: IpAddr,
    /// Whether it is `ICMPv6`.
    pub v6: bool,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
    /// The next-hop MTU in bytes, where the error states one.
    pub mtu: Option<u32>,
    /// Time to live of the error itself, on arrival at the capture.
    pub ttl: u8,
    /// The TCP segment it is about.
    pub quoted: QuotedSegment,
}

impl IcmpError {
    /// The error's name as in the IANA ICMP registries.
    pub fn name(&self) -> &'static str {
        name(self.v6, self.kind, self.code)
    }

    /// Who reports, where that is neither end of the flow: a device on the way.
    pub fn device(&self) -> Option<IpAddr> {
        (self.from != self.quoted.dst.ip && self.from != self.quoted.src.ip).then_some(self.from)
    }

    /// Whether it says that the segment cannot get there at all (not: too big, redirected, time exceeded in transit).
    pub fn is_unreachable(&self) -> bool {
        if self.v6 { self.kind == 1 } else { self.kind == 3 && self.code != 4 }
    }

    /// Whether it says that the segment was too big for the next hop.
    pub fn is_too_big(&self) -> bool {
        if self.v6 { self.kind == 2 } else { self.kind == 3 && self.code == 4 }
    }
}

/// The name of an error as in the IANA ICMP registries.
pub(super) fn name(v6: bool, kind: u8, code: u8) -> &'static str {
    match (v6, kind, code) {
        (false, 3, 0) => "network unreachable",
        (false, 3, 1) => "host unreachable",
        (false, 3, 2) => "protocol unreachable",
        (false, 3, 3) | (true, 1, 4) => "port unreachable",
        (false, 3, 4) => "fragmentation needed",
        (false, 3, 9) => "network administratively prohibited",
        (false, 3, 10) => "host administratively prohibited",
        (false, 3, 13) | (true, 1, 1) => "communication administratively prohibited",
        (false, 3, _) | (true, 1, _) => "destination unreachable",
        (false, 4, _) => "source quench",
        (false, 5, _) | (true, 137, _) => "redirect",
        (false, 11, _) | (true, 3, _) => "time exceeded",
        (false, 12, _) | (true, 4, _) => "parameter problem",
        (true, 2, _) => "packet too big",
        _ => "ICMP error",
    }
}

/// An ICMP message of either version.
struct Message<'a> {
    kind: u8,
    code: u8,
    /// The rest of the header: a next-hop MTU, or nothing.
    rest: [u8; 4],
    quoted: &'a [u8],
}

impl<'a> Message<'a> {
    fn parse(v6: bool, bytes: &'a [u8]) -> Option<Self> {
        Some(if v6 {
            let icmp = Icmpv6Slice::from_slice(bytes).ok()?;
            Self { kind: icmp.type_u8(), code: icmp.code_u8(), rest: icmp.bytes5to8(), quoted: icmp.payload() }
        } else {
            let icmp = Icmpv4Slice::from_slice(bytes).ok()?;
            Self { kind: icmp.type_u8(), code: icmp.code_u8(), rest: icmp.bytes5to8(), quoted: icmp.payload() }
        })
    }
}

/// Reads an ICMP message; `None` unless it is an error that quotes enough of a TCP segment to name its flow.
/// `seen` is told of the quoted headers.
pub(super) fn error(upper: &Upper<'_>, seen: &mut impl Seen) -> Option<IcmpError> {
    let ip = &upper.header;
    let v6 = ip.protocol == 58;
    let Message { kind, code, rest, quoted } = Message::parse(v6, upper.body)?;
    let is_error = if v6 { matches!(kind, 1..=4 | 137) } else { matches!(kind, 3 | 4 | 5 | 11 | 12) };
    if !is_error {
        return None;
    }
    seen.header(Header::Ip, quoted);
    let (inner, _) = LaxIpSlice::from_slice(quoted).ok()?;
    seen.header(Header::Payload(inner.payload_ip_number().0), inner.payload().payload);
    if inner.payload_ip_number().0 != 6 {
        return None;
    }
    let tcp = inner.payload().payload.first_chunk::<8>()?;
    let error = IcmpError {
        from: ip.src,
        to: ip.dst,
        v6,
        kind,
        code,
        mtu: None,
        ttl: ip.facts.ttl,
        quoted: QuotedSegment {
            src: Endpoint { ip: inner.source_addr(), port: u16::from_be_bytes([tcp[0], tcp[1]]) },
            dst: Endpoint { ip: inner.destination_addr(), port: u16::from_be_bytes([tcp[2], tcp[3]]) },
            seq: u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]),
            ttl: match &inner {
                LaxIpSlice::Ipv4(v4) => v4.header().ttl(),
                LaxIpSlice::Ipv6(v6) => v6.header().hop_limit(),
            },
        },
    };
    let mtu = match (error.is_too_big(), v6) {
        (false, _) => None,
        (true, false) => Some(u32::from(u16::from_be_bytes([rest[2], rest[3]]))).filter(|mtu| *mtu > 0),
        (true, true) => Some(u32::from_be_bytes(rest)),
    };
    Some(IcmpError { mtu, ..error })
}
