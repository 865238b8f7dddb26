//! Frames → TCP segments: link layers, tunnels, IP, fragments, ICMP errors that quote TCP.
//!
//! Nothing here knows flows. Start at [`Decoder::decode`]; `link` strips what lies below IP, `tunnel` what lies
//! between two IP headers; [`tree`] names every field of a frame for a reader. What cannot be read is an [`Unread`]
//! reason to be counted, what carries no TCP is [`Other`] traffic; neither is an error.

mod arp;
mod capwap;
mod checksum;
mod decode;
mod decoded;
mod defrag;
mod icmp;
mod inner;
mod ip;
mod layer;
mod link;
pub mod options;
mod ppp;
mod prefix;
mod reassembled;
#[cfg(test)]
mod samples;
mod seen;
mod segment;
#[cfg(test)]
mod tests;
mod transport;
pub mod tree;
mod tunnel;
mod unread;
mod wireless;

pub use arp::Arp;
pub use checksum::Checksum;
pub use decode::Decoder;
pub use decoded::Decoded;
pub use icmp::IcmpError;
pub use options::TcpOptions;
pub use reassembled::Reassembled;
pub use segment::{Datagram, Endpoint, IpFacts, LinkFacts, Segment, TcpFlags, hops};
pub use unread::{Encryption, Other, Tunnel, Unread};
