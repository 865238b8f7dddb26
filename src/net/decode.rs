//! One frame → one segment: the walk through link layers, tunnels and IP headers.

use std::net::IpAddr;

use etherparse::{LaxIpSlice, LenSource, TcpSlice, UdpSlice};

use super::defrag::{Defrag, Fragment, Key};
use super::link::{self, Layer};
use super::tree::{Header, Seen};
use super::tunnel::{self, Inner};
use super::{Endpoint, IcmpError, IpFacts, LinkFacts, Segment, TcpFlags, icmp};
use crate::vocab::{PacketNumber, Time};

/// IP headers inside IP headers before a frame counts as unreadable.
const MAX_TUNNELS: usize = 8;

/// Why a frame gave no segment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unread {
    /// The link type is not one we read.
    LinkType(u16),
    /// The link layer carries something other than IP.
    NotIp,
    /// IP carries something other than TCP, UDP or an ICMP error that quotes TCP.
    NotTcp(u8),
    /// A header is cut off by the snap length, or states an impossible length.
    CutHeader,
    /// Layers are nested deeper than we follow.
    TooManyLayers,
    /// A fragment of a datagram that is not complete (yet).
    Fragment,
    /// An encrypted link-layer frame.
    Encrypted,
}

impl Unread {
    /// What is said of it in counts.
    pub fn describe(self) -> String {
        match self {
            Unread::LinkType(kind) => format!("link type {kind} not supported"),
            Unread::NotIp => "not IP".into(),
            Unread::NotTcp(protocol) => format!("IP protocol {protocol}"),
            Unread::CutHeader => "header cut off".into(),
            Unread::TooManyLayers => "nested too deep".into(),
            Unread::Fragment => "IP fragment of an incomplete datagram".into(),
            Unread::Encrypted => "encrypted frame".into(),
        }
    }
}

/// A UDP datagram, for what is linked to flows (DNS answers, QUIC tries).
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// The sender.
    pub src: Endpoint,
    /// The receiver.
    pub dst: Endpoint,
    /// The payload that was captured.
    pub payload: &'a [u8],
}

/// What a frame turned out to be.
#[derive(Clone, Debug)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// An ICMP error that quotes a TCP segment.
    Icmp(IcmpError),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// The last fragment of a datagram; [`Whole::decoded`] says what the datagram is.
    Whole(Box<Whole>),
    /// Nothing we read, and why.
    Unread(Unread),
}

impl Decoded<'_> {
    /// The same, a datagram put together from fragments as what it is.
    pub fn opened(&self) -> Decoded<'_> {
        match self {
            Decoded::Whole(whole) => whole.decoded(),
            other => other.clone(),
        }
    }
}

/// An IP datagram put together from fragments.
#[derive(Clone, Debug)]
pub struct Whole {
    src: IpAddr,
    dst: IpAddr,
    ip: IpFacts,
    link: LinkFacts,
    protocol: u8,
    bytes: Vec<u8>,
    packets: Vec<PacketNumber>,
    overlapped: bool,
}

impl Whole {
    /// Whether a fragment covered bytes already received.
    pub fn is_overlapped(&self) -> bool {
        self.overlapped
    }

    /// What the datagram is: a segment, a UDP datagram, or nothing we read.
    pub fn decoded(&self) -> Decoded<'_> {
        let Whole { src, dst, ip, link, protocol, bytes, packets, .. } = self;
        let decoded = match protocol {
            6 => tcp(*src, *dst, *ip, *link, bytes, bytes.len(), packets),
            17 => udp(*src, *dst, bytes).map(Decoded::Udp),
            protocol => Err(Unread::NotTcp(*protocol)),
        };
        decoded.unwrap_or_else(Decoded::Unread)
    }
}

/// Decodes frames in capture order; keeps only the fragments of incomplete IP datagrams.
#[derive(Default)]
pub struct Decoder {
    defrag: Defrag,
}

enum Next {
    Ip(usize),
    Frame(Layer, usize),
}

impl Decoder {
    /// Decodes the frame `data` of link type `link`.
    pub fn decode<'a>(&mut self, link: u16, data: &'a [u8], packet: PacketNumber, time: Time) -> Decoded<'a> {
        self.decode_seen(link, data, packet, time, &mut ())
    }

    /// Decodes a frame as [`Decoder::decode`] does; `seen` is told of each header on the way.
    pub(super) fn decode_seen<'a>(
        &mut self,
        link: u16,
        data: &'a [u8],
        packet: PacketNumber,
        time: Time,
        seen: &mut impl Seen,
    ) -> Decoded<'a> {
        self.walk(link, data, packet, time, seen).unwrap_or_else(Decoded::Unread)
    }

    /// IP fragments that covered bytes already received.
    pub fn fragment_overlaps(&self) -> u64 {
        self.defrag.overlaps
    }

    fn walk<'a>(
        &mut self,
        link: u16,
        data: &'a [u8],
        packet: PacketNumber,
        time: Time,
        seen: &mut impl Seen,
    ) -> Result<Decoded<'a>, Unread> {
        let (mut ip_bytes, mut facts) = link::strip(Layer::Link(link), data, seen)?;
        for _ in 0..MAX_TUNNELS {
            seen.header(Header::Ip, ip_bytes);
            let (ip, _) = LaxIpSlice::from_slice(ip_bytes).map_err(|_| Unread::CutHeader)?;
            let payload = ip.payload();
            let protocol = payload.ip_number.0;
            if payload.fragmented {
                seen.header(Header::Fragment, payload.payload);
                let fragment = fragment(&ip).ok_or(Unread::Fragment)?;
                let (src, dst, ip_facts) = (ip.source_addr(), ip.destination_addr(), ip_facts(&ip));
                let (bytes, packets, overlapped) = self.defrag.add(&fragment, packet, time).ok_or(Unread::Fragment)?;
                seen.reassembled(protocol, &bytes);
                let whole = Whole { src, dst, ip: ip_facts, link: facts, protocol, bytes, packets, overlapped };
                return Ok(Decoded::Whole(Box::new(whole)));
            }
            let body = payload.payload;
            seen.header(Header::Payload(protocol), body);
            let next = match protocol {
                6 => {
                    let mut length = stated_length(&ip).unwrap_or(body.len());
                    let mut body = body;
                    if let Some(room) = facts.room {
                        let header = body.as_ptr().addr() - ip_bytes.as_ptr().addr();
                        length = length.min(usize::from(room).saturating_sub(header));
                        body = &body[..body.len().min(length)];
                    }
                    return tcp(ip.source_addr(), ip.destination_addr(), ip_facts(&ip), facts, body, length, &[]);
                }
                17 => {
                    let datagram = udp(ip.source_addr(), ip.destination_addr(), body)?;
                    let tunnel = tunnel::over_udp(datagram.src.port, datagram.dst.port, datagram.payload);
                    let Some((tunnel, inner)) = tunnel else { return Ok(Decoded::Udp(datagram)) };
                    seen.header(Header::OverUdp(tunnel), datagram.payload);
                    match inner {
                        Inner::Ip(at) => Next::Ip(at + 8),
                        Inner::Frame(layer, at) => Next::Frame(layer, at + 8),
                    }
                }
                1 | 58 => {
                    let ttl = ip_facts(&ip).ttl;
                    return icmp::error(ip.source_addr(), ip.destination_addr(), ttl, protocol == 58, body, seen)
                        .map(Decoded::Icmp)
                        .ok_or(Unread::NotTcp(protocol));
                }
                4 | 41 => Next::Ip(0),
                47 => match tunnel::gre(body)? {
                    Inner::Ip(at) => Next::Ip(at),
                    Inner::Frame(layer, at) => Next::Frame(layer, at),
                },
                137 => Next::Frame(Layer::Mpls, 0),
                _ => return Err(Unread::NotTcp(protocol)),
            };
            // The length was that of the IP packet just read.
            facts.room = None;
            ip_bytes = match next {
                Next::Ip(at) => body.get(at..).ok_or(Unread::CutHeader)?,
                Next::Frame(layer, at) => {
                    let (inner, inner_facts) = link::strip(layer, body.get(at..).ok_or(Unread::CutHeader)?, seen)?;
                    facts.vlan = inner_facts.vlan.or(facts.vlan);
                    inner
                }
            };
        }
        Err(Unread::TooManyLayers)
    }
}

fn ip_facts(ip: &LaxIpSlice<'_>) -> IpFacts {
    match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            IpFacts {
                ttl: header.ttl(),
                id: Some(header.identification()),
                traffic_class: header.slice()[1],
                dont_fragment: header.dont_fragment(),
            }
        }
        LaxIpSlice::Ipv6(v6) => {
            let header = v6.header();
            IpFacts { ttl: header.hop_limit(), id: None, traffic_class: header.traffic_class(), dont_fragment: true }
        }
    }
}

/// The length of the IP payload as the header states it; `None` where it states none (offloading leaves 0).
fn stated_length(ip: &LaxIpSlice<'_>) -> Option<usize> {
    let payload = ip.payload();
    if !payload.incomplete && payload.len_source != LenSource::Slice {
        return Some(payload.payload.len());
    }
    match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            let extensions = v4.extensions().auth.map_or(0, |auth| auth.slice().len());
            usize::from(header.total_len()).checked_sub(header.slice().len() + extensions)
        }
        LaxIpSlice::Ipv6(v6) => {
            let length = usize::from(v6.header().payload_length());
            (length > 0).then(|| length.saturating_sub(v6.extensions().slice().len()))
        }
    }
}

fn fragment<'a>(ip: &LaxIpSlice<'a>) -> Option<Fragment<'a>> {
    let payload = ip.payload();
    let (offset, more, id) = match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            (header.fragments_offset(), header.more_fragments(), u32::from(header.identification()))
        }
        LaxIpSlice::Ipv6(v6) => v6.extensions().clone().into_iter().find_map(|extension| match extension {
            etherparse::Ipv6ExtensionSlice::Fragment(f) => {
                Some((f.fragment_offset(), f.more_fragments(), f.identification()))
            }
            _ => None,
        })?,
    };
    let key = Key { src: ip.source_addr(), dst: ip.destination_addr(), id, protocol: payload.ip_number.0 };
    Some(Fragment { key, offset, more, bytes: payload.payload })
}

/// Bytes of a TCP header without its options.
const TCP_FIXED: usize = 20;

fn tcp<'a>(
    src: IpAddr,
    dst: IpAddr,
    ip: IpFacts,
    link: LinkFacts,
    bytes: &'a [u8],
    stated: usize,
    fragments: &'a [PacketNumber],
) -> Result<Decoded<'a>, Unread> {
    // A snap length may cut the options: what is before them says enough.
    let mut fixed = [0; TCP_FIXED];
    let announced = bytes.get(12).map_or(0, |offset| usize::from(offset >> 4) * 4);
    let cut = bytes.len() >= TCP_FIXED && (TCP_FIXED..).contains(&announced) && bytes.len() < announced;
    let tcp = if cut {
        fixed.copy_from_slice(&bytes[..TCP_FIXED]);
        fixed[12] = (TCP_FIXED as u8 / 4) << 4 | fixed[12] & 0xf;
        TcpSlice::from_slice(&fixed)
    } else {
        TcpSlice::from_slice(bytes)
    };
    let tcp = tcp.map_err(|_| Unread::CutHeader)?;
    let header = if cut { announced } else { tcp.header_slice().len() };
    let payload = bytes.get(header..).unwrap_or_default();
    let [flags_high, flags_low] = [bytes[12] & 1, bytes[13]];
    Ok(Decoded::Tcp(Segment {
        src: Endpoint { ip: src, port: tcp.source_port() },
        dst: Endpoint { ip: dst, port: tcp.destination_port() },
        seq: tcp.sequence_number(),
        ack: tcp.acknowledgment_number(),
        flags: TcpFlags(u16::from_be_bytes([flags_high, flags_low])),
        window: tcp.window_size(),
        checksum: tcp.checksum(),
        urgent: tcp.urgent_pointer(),
        options: &bytes[TCP_FIXED..header.min(bytes.len())],
        payload,
        payload_len: stated.saturating_sub(header) as u32,
        ip,
        link,
        fragments,
    }))
}

fn udp(src: IpAddr, dst: IpAddr, bytes: &[u8]) -> Result<Datagram<'_>, Unread> {
    let udp = UdpSlice::from_slice_lax(bytes).map_err(|_| Unread::CutHeader)?;
    Ok(Datagram {
        src: Endpoint { ip: src, port: udp.source_port() },
        dst: Endpoint { ip: dst, port: udp.destination_port() },
        payload: udp.payload(),
    })
}
