//! What a frame is that gives no segment: why it could not be read, or what it carries instead of TCP.
//!
//! The two are kept apart: a frame that is [`Unread`] may carry TCP, one that is [`Other`] does not. The words for both
//! are in [`super::tree`].

/// Why a frame that may carry TCP gave no segment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unread {
    /// The link type is not one we read (LINKTYPE registry).
    LinkType(u16),
    /// An Ethertype that is not known to carry no IP: a tag, a tunnel.
    Ethertype(u16),
    /// A tunnel or a compression that we do not read.
    Tunnel(Tunnel),
    /// Encrypted below TCP.
    Encrypted(Encryption),
    /// A fragment of a datagram of which others are missing.
    FragmentsMissing,
    /// Layers are nested deeper than we follow.
    TooManyLayers,
    /// A header ends before its last byte, as the frame was not captured whole.
    Cut,
    /// A header states what cannot be, or is longer than the frame.
    Malformed,
}

impl Unread {
    /// The reason in a frame of which all bytes were captured, or not.
    #[must_use]
    pub fn in_frame(self, whole: bool) -> Self {
        if self == Unread::Cut && whole { Unread::Malformed } else { self }
    }
}

/// A tunnel, by the number that announces what it carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tunnel {
    /// A protocol type of GRE.
    Gre(u16),
    /// An IP protocol.
    Ip(u8),
    /// A PPP protocol: several links, compressed headers.
    Ppp(u16),
    /// A frame type of ERSPAN.
    Erspan(u8),
}

/// What encrypts below TCP.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Encryption {
    /// IEEE 802.11 (WEP, WPA).
    Wireless,
    /// IEEE 802.1AE.
    MacSec,
    /// `IPsec` ESP (RFC 4303), over UDP too (RFC 3948).
    Esp,
    /// PPP with MPPE (RFC 3078), or compressed (RFC 1962).
    Ppp,
    /// A CAPWAP data channel in DTLS (RFC 5415 §2.4.5).
    CapwapDtls,
    /// `WireGuard`.
    WireGuard,
    /// `OpenVPN` over UDP.
    OpenVpn,
}

impl Other {
    /// ARP, which says which machine has an address.
    pub const ARP: Self = Other::Ethertype(0x0806);
}

/// What a frame carries that is not TCP: nothing is missed by passing over it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Other {
    /// A UDP datagram that is no tunnel.
    Udp,
    /// An IP protocol beside TCP and UDP.
    Ip(u8),
    /// An Ethertype that carries no IP.
    Ethertype(u16),
    /// A service access point of IEEE 802.2, or SNAP (0xaa) of an organization.
    Llc(u8),
    /// A PPP protocol that carries no IP.
    Ppp(u16),
    /// A control protocol in GRE.
    Gre(u16),
    /// An address family that is not IP.
    Family(u32),
    /// A frame of this link type that manages the link itself.
    Frame(u16),
}
