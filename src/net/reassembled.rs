//! A datagram put together from fragments.

use super::decode::{Ahead, Decoded, Decoder, Trip};
use super::defrag::Complete;
use super::transport::{IpHeader, Upper};
use super::{LinkFacts, capwap};
use crate::vocab::{PacketNumber, Time};

/// What came in fragments.
#[derive(Clone, Copy, Debug)]
pub(super) enum Carried {
    /// The payload of an IP header.
    Ip(IpHeader),
    /// That of a CAPWAP header: an IEEE 802.11 frame, or one of IEEE 802.3.
    Capwap {
        /// Whether it is IEEE 802.11.
        is_native: bool,
    },
}

/// A datagram put together from fragments, of IP or of CAPWAP.
#[derive(Clone, Debug)]
pub struct Reassembled {
    carried: Carried,
    link: LinkFacts,
    bytes: Vec<u8>,
    packets: Vec<PacketNumber>,
    overlapped: bool,
}

impl Reassembled {
    pub(super) fn new(carried: Carried, link: LinkFacts, complete: Complete) -> Self {
        let Complete { bytes, packets, overlapped } = complete;
        // What room there was, was a fragment's.
        Self { carried, link: LinkFacts { room: None, ..link }, bytes, packets, overlapped }
    }

    /// Whether a fragment covered bytes already received.
    pub fn is_overlapped(&self) -> bool {
        self.overlapped
    }

    /// The packets that carried it, in order of arrival.
    pub fn packets(&self) -> &[PacketNumber] {
        &self.packets
    }

    /// What the datagram is: a segment, a UDP datagram, or nothing we read.
    pub fn decoded(&self) -> Decoded<'_> {
        let trip = Trip { packet: PacketNumber(0), time: Time(0), fragments: &self.packets, headers: 0 };
        // All bytes are there: what ends too early was never whole.
        let decoded = Decoder::default().walk(trip, self.ahead(), self.link, &mut ());
        decoded.unwrap_or_else(|reason| Decoded::Unread(reason.in_frame(true)))
    }

    pub(super) fn ahead(&self) -> Ahead<'_> {
        match self.carried {
            Carried::Ip(header) => Ahead::Payload(Upper { header, stated: self.bytes.len(), body: &self.bytes }),
            Carried::Capwap { is_native } => Ahead::Layer(capwap::payload(is_native, &self.bytes), &self.bytes),
        }
    }

    pub(super) fn link(&self) -> LinkFacts {
        self.link
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
