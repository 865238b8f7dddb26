//! One frame → one segment: the walk through link layers, tunnels and IP headers.

use etherparse::LaxIpSlice;

use super::defrag::{Defrag, Fragment, Key, Kind};
use super::inner::Inner;
use super::ip::{self, Upper};
use super::layer::{Below, Layer};
use super::reassembled::Carried;
use super::seen::{Header, Seen};
use super::{Arp, Decoded, LinkFacts, Other, Reassembled, Unread, capwap, icmp, link, transport, tunnel, wireless};
use crate::vocab::{PacketNumber, Time};

/// IP headers inside IP headers before a frame counts as unreadable.
const MAX_TUNNELS: usize = 8;

/// Decodes frames in capture order; keeps only the fragments of incomplete datagrams.
#[derive(Default)]
pub struct Decoder {
    defrag: Defrag,
}

/// What a walk carries along.
#[derive(Clone, Copy)]
struct Trip<'p> {
    /// The packet, and when it was captured.
    packet: PacketNumber,
    time: Time,
    /// The packets that carried what is walked, where it was put together from fragments.
    fragments: &'p [PacketNumber],
    /// IP headers passed.
    headers: usize,
}

/// What lies ahead in a frame.
#[derive(Clone, Copy)]
enum Ahead<'a> {
    Layer(Layer, &'a [u8]),
    Ip(&'a [u8]),
    Payload(Upper<'a>),
}

/// What a step of the walk leads to.
enum Step<'a> {
    On(Ahead<'a>),
    Done(Decoded<'a>),
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
        let trip = Trip { packet, time, fragments: &[], headers: 0 };
        let mut facts = LinkFacts::default();
        let decoded = match link::strip(Layer::Link(link), data, &mut facts, seen) {
            Ok(Below::Ip(bytes)) => self.walk(trip, Ahead::Ip(bytes), facts, seen),
            Ok(below) => Ok(self.beside_ip(trip, below, facts, seen)),
            Err(reason) => Err(reason),
        };
        decoded.unwrap_or_else(Decoded::Unread)
    }

    /// Fragments that covered bytes already received.
    pub fn fragment_overlaps(&self) -> u64 {
        self.defrag.overlaps
    }

    /// Packets with fragments of datagrams that may carry TCP and are not complete.
    pub fn missing_fragments(&self) -> u64 {
        self.defrag.missing()
    }

    /// Goes on from what lies ahead to what the frame holds.
    fn walk<'a>(
        &mut self,
        mut trip: Trip<'a>,
        mut ahead: Ahead<'a>,
        mut facts: LinkFacts,
        seen: &mut impl Seen,
    ) -> Result<Decoded<'a>, Unread> {
        loop {
            let step = match ahead {
                Ahead::Ip(_) if trip.headers == MAX_TUNNELS => return Err(Unread::TooManyLayers),
                Ahead::Ip(bytes) => {
                    trip.headers += 1;
                    seen.header(Header::Ip, bytes);
                    let (ip, _) = LaxIpSlice::from_slice(bytes).map_err(|_| ip::fault(bytes))?;
                    let payload = ip.payload();
                    // Most packets go this way, and no further.
                    if payload.ip_number.0 == 6 && !payload.fragmented {
                        seen.header(Header::Payload(6), payload.payload);
                        return transport::tcp(&ip::upper(&ip, bytes, &facts), facts, trip.fragments);
                    }
                    let step = self.beside_tcp(trip, &ip, bytes, facts, seen)?;
                    // The length was that of the IP packet just read.
                    facts.room = None;
                    step
                }
                Ahead::Layer(layer, bytes) => match link::strip(layer, bytes, &mut facts, seen)? {
                    Below::Ip(bytes) => Step::On(Ahead::Ip(bytes)),
                    below => Step::Done(self.beside_ip(trip, below, facts, seen)),
                },
                Ahead::Payload(upper) => self.payload(trip, &upper, facts, seen)?,
            };
            match step {
                Step::On(next) => ahead = next,
                Step::Done(decoded) => return Ok(decoded),
            }
        }
    }

    /// What there is where no IP packet is.
    #[inline(never)]
    fn beside_ip<'a>(
        &mut self,
        trip: Trip<'a>,
        below: Below<'a>,
        facts: LinkFacts,
        seen: &mut impl Seen,
    ) -> Decoded<'a> {
        match below {
            Below::Msdus(bytes) => self.several(trip, bytes, facts, seen),
            Below::Arp(bytes) => Arp::read(bytes).map_or(Decoded::Other(Other::ARP), Decoded::Arp),
            Below::Other(other) => Decoded::Other(other),
            Below::Ip(bytes) => self.walk(trip, Ahead::Ip(bytes), facts, seen).unwrap_or_else(Decoded::Unread),
        }
    }

    /// Reads what an IP packet holds that is not a TCP segment, or a part of one.
    #[inline(never)]
    fn beside_tcp<'a>(
        &mut self,
        trip: Trip<'a>,
        ip: &LaxIpSlice<'a>,
        bytes: &'a [u8],
        facts: LinkFacts,
        seen: &mut impl Seen,
    ) -> Result<Step<'a>, Unread> {
        let upper = ip::upper(ip, bytes, &facts);
        if ip.payload().fragmented {
            let fragment = ip::fragment(ip).ok_or(Unread::Cut)?;
            seen.header(Header::Fragment, fragment.bytes);
            return Ok(Step::Done(self.fragment(trip, &fragment, Carried::Ip(upper.header), facts, seen)));
        }
        self.payload(trip, &upper, facts, seen)
    }

    /// Reads what an IP header carries.
    fn payload<'a>(
        &mut self,
        trip: Trip<'a>,
        upper: &Upper<'a>,
        facts: LinkFacts,
        seen: &mut impl Seen,
    ) -> Result<Step<'a>, Unread> {
        seen.header(Header::Payload(upper.header.protocol), upper.body);
        let (mut body, mut ports) = (upper.body, (0, 0));
        let header = &upper.header;
        let inner = match header.protocol {
            6 => return transport::tcp(upper, facts, trip.fragments).map(Step::Done),
            17 => {
                let (datagram, cut) = transport::udp(upper)?;
                (body, ports) = (datagram.payload, (datagram.src.port, datagram.dst.port));
                let Some((tunnel, inner)) = tunnel::over_udp(ports, body, cut) else {
                    return match tunnel::encryption(ports, body) {
                        Some(encryption) => Err(Unread::Encrypted(encryption)),
                        None => Ok(Step::Done(Decoded::Udp(datagram))),
                    };
                };
                seen.header(Header::OverUdp(tunnel), body);
                inner?
            }
            1 | 58 => {
                let error = icmp::error(upper, seen);
                return Ok(Step::Done(error.map_or(Decoded::Other(Other::Ip(header.protocol)), Decoded::Icmp)));
            }
            protocol => tunnel::over_ip(protocol, body)?,
        };
        let rest = |skip: usize| body.get(skip..).ok_or(Unread::Cut);
        Ok(match inner {
            Inner::Ip(skip) => Step::On(Ahead::Ip(rest(skip)?)),
            Inner::Frame(layer, skip) => Step::On(Ahead::Layer(layer, rest(skip)?)),
            Inner::Other(other) => Step::Done(Decoded::Other(other)),
            Inner::Fragment { id, offset, more, at, is_native } => {
                let bytes = rest(at)?;
                seen.header(Header::Fragment, bytes);
                let kind = Kind::Capwap(ports.0, ports.1);
                let key = Key { src: header.src, dst: header.dst, id: u32::from(id), kind };
                let fragment = Fragment { key, offset, more, bytes };
                Step::Done(self.fragment(trip, &fragment, Carried::Capwap { is_native }, facts, seen))
            }
        })
    }

    /// Keeps a fragment; the datagram, where it is the last one.
    fn fragment<'a>(
        &mut self,
        trip: Trip<'a>,
        fragment: &Fragment<'_>,
        carried: Carried,
        facts: LinkFacts,
        seen: &mut impl Seen,
    ) -> Decoded<'a> {
        let packet = [trip.packet];
        let packets = if trip.fragments.is_empty() { &packet[..] } else { trip.fragments };
        let Some(complete) = self.defrag.add(fragment, packets, trip.time) else { return Decoded::Fragment };
        let datagram = Reassembled::new(carried, facts, complete);
        seen.reassembled(datagram.bytes());
        // What it holds may be a fragment of a larger one.
        let inside = Trip { fragments: datagram.packets(), ..trip };
        match self.walk(inside, datagram.ahead(), datagram.link(), seen) {
            Ok(Decoded::Reassembled(inner)) => Decoded::Reassembled(inner),
            Ok(Decoded::Fragment) => Decoded::Fragment,
            _ => Decoded::Reassembled(Box::new(datagram)),
        }
    }

    /// Decodes the frames of an A-MSDU; one alone is as if it were not in one.
    fn several<'a>(&mut self, trip: Trip<'a>, bytes: &'a [u8], facts: LinkFacts, seen: &mut impl Seen) -> Decoded<'a> {
        let mut parts: Vec<Decoded<'a>> = Vec::new();
        for msdu in wireless::msdus(bytes) {
            let decoded = msdu.and_then(|msdu| self.walk(trip, Ahead::Layer(Layer::Msdu, msdu), facts, seen));
            parts.push(decoded.unwrap_or_else(Decoded::Unread));
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => Decoded::Several(parts.into_iter().chain(last).collect()),
        }
    }
}

impl Decoded<'_> {
    /// The same, a datagram put together from fragments as what it is.
    pub fn opened(&self) -> Decoded<'_> {
        match self {
            Decoded::Reassembled(datagram) => datagram.decoded(),
            other => other.clone(),
        }
    }

    /// Tells `each` what the frame holds, one by one: datagrams put together and several frames as what they are.
    pub fn each(&self, each: &mut dyn FnMut(&Decoded<'_>)) {
        match self {
            Decoded::Reassembled(datagram) => match datagram.decoded() {
                Decoded::Several(parts) => parts.iter().for_each(|part| part.each(each)),
                one => each(&one),
            },
            Decoded::Several(parts) => parts.iter().for_each(|part| part.each(each)),
            one => each(one),
        }
    }
}

impl Reassembled {
    /// What the datagram is: a segment, a UDP datagram, or nothing we read.
    pub fn decoded(&self) -> Decoded<'_> {
        let trip = Trip { packet: PacketNumber(0), time: Time(0), fragments: self.packets(), headers: 0 };
        // All bytes are there: what ends too early was never whole.
        let decoded = Decoder::default().walk(trip, self.ahead(), self.link(), &mut ());
        decoded.unwrap_or_else(|reason| Decoded::Unread(reason.in_frame(true)))
    }

    fn ahead(&self) -> Ahead<'_> {
        match self.carried() {
            Carried::Ip(header) => Ahead::Payload(Upper { header, stated: self.bytes().len(), body: self.bytes() }),
            Carried::Capwap { is_native } => Ahead::Layer(capwap::payload(is_native, self.bytes()), self.bytes()),
        }
    }
}
