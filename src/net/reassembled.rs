//! A datagram put together from fragments. What it is, the decoder says.

use super::LinkFacts;
use super::defrag::Complete;
use super::ip::IpHeader;
use crate::vocab::PacketNumber;

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

    pub(super) fn carried(&self) -> Carried {
        self.carried
    }

    pub(super) fn link(&self) -> LinkFacts {
        self.link
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
