//! The events of TCP: what a segment was in its flow. Names and meaning follow Wireshark's `tcp.analysis.*`.

use super::bits::bits;

bits! {
    /// What one segment was.
    Events: u32 {
        /// Carries bytes sent before.
        RETRANSMISSION = 1,
        /// A retransmission after two duplicate ACKs, within 20 ms of them.
        FAST_RETRANSMISSION = 2,
        /// A retransmission of bytes already acknowledged.
        SPURIOUS_RETRANSMISSION = 4,
        /// Arrived after a later segment, too soon to be a retransmission.
        OUT_OF_ORDER = 8,
        /// Bytes before it were not captured (yet).
        LOST_SEGMENT = 0x10,
        /// Acknowledges bytes that were not captured.
        ACK_UNSEEN = 0x20,
        /// Acknowledges the same byte again.
        DUPLICATE_ACK = 0x40,
        /// A keep-alive probe.
        KEEP_ALIVE = 0x80,
        /// The answer to a keep-alive probe.
        KEEP_ALIVE_ACK = 0x100,
        /// Its receive window is zero.
        ZERO_WINDOW = 0x200,
        /// One byte sent into a zero window.
        ZERO_WINDOW_PROBE = 0x400,
        /// The answer to a zero-window probe.
        ZERO_WINDOW_PROBE_ACK = 0x800,
        /// Fills the receiver's window to the last byte.
        WINDOW_FULL = 0x1000,
        /// Changes nothing but the window.
        WINDOW_UPDATE = 0x2000,
        /// Opens a new flow between ports that had one.
        REUSED_PORTS = 0x4000,
        /// The same packet, captured twice.
        DUPLICATE = 0x8000,
        /// Belongs to an earlier connection between the same ports.
        STRAY = 0x1_0000,
        /// Acknowledges a hole: its receiver had what was not captured, so that the capture lacks it. Wireshark has no
        /// such event, and it has no name.
        ACKED_HOLE = 0x2_0000,
    }
}

impl Events {
    /// Any kind of retransmission.
    pub const ANY_RETRANSMISSION: Events = Events(1 | 2 | 4);

    /// What is no part of the conversation, though it was captured with it.
    pub const NOT_PART: Events = Events(0x8000 | 0x1_0000);

    /// What carries nothing that was not captured before.
    pub const NOT_NEW: Events = Events(Self::ANY_RETRANSMISSION.0 | Self::NOT_PART.0);

    const NAMES: [(Events, &'static str); 17] = [
        (Events::RETRANSMISSION, "retransmission"),
        (Events::FAST_RETRANSMISSION, "fast retransmission"),
        (Events::SPURIOUS_RETRANSMISSION, "spurious retransmission"),
        (Events::OUT_OF_ORDER, "out of order"),
        (Events::LOST_SEGMENT, "previous segment not captured"),
        (Events::ACK_UNSEEN, "ACK of a segment not captured"),
        (Events::DUPLICATE_ACK, "duplicate ACK"),
        (Events::KEEP_ALIVE, "keep-alive"),
        (Events::KEEP_ALIVE_ACK, "keep-alive ACK"),
        (Events::ZERO_WINDOW, "zero window"),
        (Events::ZERO_WINDOW_PROBE, "zero window probe"),
        (Events::ZERO_WINDOW_PROBE_ACK, "zero window probe ACK"),
        (Events::WINDOW_FULL, "window full"),
        (Events::WINDOW_UPDATE, "window update"),
        (Events::REUSED_PORTS, "port numbers reused"),
        (Events::DUPLICATE, "captured twice"),
        (Events::STRAY, "of an earlier connection"),
    ];

    /// The events, one by one.
    pub fn each(self) -> impl Iterator<Item = Events> {
        Self::NAMES.into_iter().filter_map(move |(bit, _)| self.has(bit).then_some(bit))
    }

    /// The events' names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter_map(move |(bit, name)| self.has(bit).then_some(name))
    }
}
