//! Numbers with their unit in the type: packets, flows, times, offsets and directions.

use std::fmt;
use std::ops::{Index, IndexMut};

/// A captured frame's number, from 1, as Wireshark's `frame.number`; it runs on across the files of one capture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PacketNumber(pub u32);

impl fmt::Display for PacketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A TCP connection's number, from 0, as Wireshark's `tcp.stream`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FlowNumber(pub u32);

impl FlowNumber {
    /// The flow's place in a table that has one row a flow.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for FlowNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which captures a flow is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Source {
    /// Those the session was opened for.
    Main,
    /// The baseline's.
    Baseline,
}

/// A flow of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlowRef {
    /// Which captures.
    pub source: Source,
    /// Its number there.
    pub flow: FlowNumber,
}

impl FlowRef {
    /// A flow of the captures the session was opened for.
    pub fn main(flow: FlowNumber) -> Self {
        Self { source: Source::Main, flow }
    }
}

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, as the capture states it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

impl Time {
    /// Nanoseconds in a second.
    pub const SECOND: i64 = 1_000_000_000;

    /// Seconds from `earlier` to `self`; negative where the clock stepped back.
    pub fn since(self, earlier: Time) -> f64 {
        self.nanos_since(earlier) as f64 / Self::SECOND as f64
    }

    /// Nanoseconds from `earlier` to `self`; negative where the clock stepped back.
    pub fn nanos_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }
}

/// Which way a segment goes. The client is the end that opened the connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Direction {
    /// Both directions, the client's first.
    pub const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToClient];

    /// The names of the two senders, the client's first.
    pub const SENDERS: [&'static str; 2] = [Direction::ToServer.sender(), Direction::ToClient.sender()];

    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Direction {
        match self {
            Direction::ToServer => Direction::ToClient,
            Direction::ToClient => Direction::ToServer,
        }
    }

    /// Who sends in this direction: `client` or `server`.
    pub const fn sender(self) -> &'static str {
        match self {
            Direction::ToServer => "client",
            Direction::ToClient => "server",
        }
    }

    /// The direction's name in arguments: `to-server` or `to-client`.
    pub fn name(self) -> &'static str {
        match self {
            Direction::ToServer => "to-server",
            Direction::ToClient => "to-client",
        }
    }
}

/// One value for each direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PerDirection<T> {
    /// The client's.
    pub to_server: T,
    /// The server's.
    pub to_client: T,
}

impl<T> PerDirection<T> {
    /// The two values swapped, for a flow whose client was recognised late.
    pub fn swap(&mut self) {
        std::mem::swap(&mut self.to_server, &mut self.to_client);
    }
}

impl<T> Index<Direction> for PerDirection<T> {
    type Output = T;

    fn index(&self, direction: Direction) -> &T {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }
}

impl<T> IndexMut<Direction> for PerDirection<T> {
    fn index_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}

/// A range of one direction's stream. Offset 0 is the byte after the SYN, or the first byte seen without one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StreamRange {
    /// Offset of the first byte.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
}

impl StreamRange {
    /// The range `start..end`.
    pub fn new(start: u64, end: u64) -> Self {
        debug_assert!(start <= end, "a stream range runs forward");
        Self { start, end }
    }

    /// Number of bytes.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether no byte is in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` is in it.
    pub fn contains(self, offset: u64) -> bool {
        (self.start..self.end).contains(&offset)
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: StreamRange) -> bool {
        self.start < other.end && other.start < self.end
    }
}
