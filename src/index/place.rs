//! Where what a packet completes lies.

use crate::flow::PacketPlace;
use crate::vocab::PacketNumber;

/// Where a packet lies, and the packets of the earlier fragments of its datagram.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The other fragments' packets, in the order of the capture.
    pub earlier: Vec<PacketPlace>,
    /// The packet.
    pub last: PacketPlace,
}

impl Place {
    /// The packet's number.
    pub fn packet(&self) -> PacketNumber {
        self.last.packet
    }

    /// All its fragments, in the order of the capture; of a datagram in one piece the packet alone.
    pub fn fragments(&self) -> impl Iterator<Item = PacketPlace> {
        self.earlier.iter().copied().chain([self.last])
    }
}
