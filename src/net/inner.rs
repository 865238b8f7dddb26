//! What a tunnel's header leads to, and whether that is there.

use etherparse::IpFragOffset;

use super::LinkFacts;
use super::layer::{Below, Layer};
use super::link;
use super::unread::{Other, Unread};

/// Where the inner packet starts and what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inner {
    /// An IP header at this offset.
    Ip(usize),
    /// A link-layer frame of this kind at this offset.
    Frame(Layer, usize),
    /// A part of what a CAPWAP header carries.
    Fragment {
        /// The fragment's datagram.
        id: u16,
        /// Its place there.
        offset: IpFragOffset,
        /// Whether others come after it.
        more: bool,
        /// Where in the UDP payload it begins.
        at: usize,
        /// Whether the datagram is an IEEE 802.11 frame, not one of IEEE 802.3.
        is_native: bool,
    },
    /// Nothing that carries TCP.
    Other(Other),
}

/// Whether the inner packet is what the tunnel's header announces: an IP packet, or a frame that has one or something else
/// that is known.
pub(super) fn leads_on(inner: Inner, payload: &[u8], cut: bool) -> bool {
    let (layer, at) = match inner {
        Inner::Ip(at) => return is_plausible(payload.get(at..).unwrap_or_default(), cut),
        Inner::Frame(layer, at) => (layer, at),
        Inner::Fragment { .. } | Inner::Other(_) => return true,
    };
    match link::strip(layer, payload.get(at..).unwrap_or_default(), &mut LinkFacts::default(), &mut ()) {
        Ok(Below::Ip(packet)) => is_plausible(packet, cut),
        Ok(Below::Msdus(_) | Below::Arp(_) | Below::Other(_)) | Err(Unread::Encrypted(_)) => true,
        Err(Unread::Cut) => cut,
        Err(_) => false,
    }
}

/// Whether an IP packet begins here whose stated length fits: `cut` says that bytes after these are missing. A length of 0
/// is one that the host leaves to the adapter.
fn is_plausible(bytes: &[u8], cut: bool) -> bool {
    let word = |at: usize| bytes.get(at..at + 2).map_or(0, |pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])));
    let (header, stated) = match bytes.first().map(|first| first >> 4) {
        Some(4) => (usize::from(bytes[0] & 0x0f) * 4, word(2)),
        Some(6) => (40, 40 + word(4)),
        _ => return false,
    };
    let fits = stated == 0 || (header <= stated && (cut || stated <= bytes.len()));
    header >= 20 && fits && (cut || header <= bytes.len())
}
