//! What a flow tells of its packets.

use crate::vocab::Direction;

/// What the flow of a packet knows, for the notes of the packet's headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// Initial sequence number of its sender, where the SYN was captured.
    pub own_initial: Option<u32>,
    /// The same of the other end.
    pub other_initial: Option<u32>,
    /// By how many bits its window is shifted, where that is known.
    pub window_shift: Option<u8>,
    /// Its TTL, that of its sender's other packets, and the sender, where the two differ.
    pub odd_ttl: Option<(u8, u8, Direction)>,
}
