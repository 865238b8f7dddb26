//! Frames → TCP segments: link layers, tunnels, IP, fragments, ICMP errors that quote TCP.
//!
//! Nothing here knows flows. Start at [`Decoder::decode`]; [`link`] strips what lies below IP, `tunnel` what lies
//! between two IP headers; [`tree`] names every field of a frame for a reader. What cannot be read is an [`Unread`]
//! reason to be counted, never an error.

mod checksum;
mod decode;
mod defrag;
mod icmp;
pub mod link;
pub mod options;
mod segment;
pub mod tree;
mod tunnel;

pub use checksum::Checksum;
pub use decode::{Datagram, Decoded, Decoder, Unread, Whole};
pub use icmp::{IcmpError, QuotedSegment};
pub use options::TcpOptions;
pub use segment::{Endpoint, IpFacts, LinkFacts, Segment, TcpFlags, hops};
