//! Names of registered numbers below TCP, and the words for what is not read.

use crate::net::{Encryption, Other, Tunnel, Unread};

/// An IP protocol number (IANA Protocol Numbers).
pub(super) fn protocol(number: u8) -> String {
    let name = match number {
        0 => "IPv6 Hop-by-Hop Option",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        43 => "Routing Header for IPv6",
        44 => "Fragment Header for IPv6",
        47 => "GRE",
        50 => "ESP",
        51 => "Authentication Header",
        53 => "SwIPe",
        55 => "Minimal IP Encapsulation",
        58 => "ICMPv6",
        59 => "No Next Header for IPv6",
        60 => "Destination Options for IPv6",
        88 => "EIGRP",
        89 => "OSPF",
        94 => "IP-within-IP",
        97 => "EtherIP",
        98 => "ENCAP",
        99 => "private encryption",
        103 => "PIM",
        108 => "IPComp",
        112 => "VRRP",
        115 => "L2TP version 3",
        132 => "SCTP",
        135 => "Mobility Header",
        137 => "MPLS-in-IP",
        139 => "Host Identity Protocol",
        140 => "Shim6 Protocol",
        143 => "Ethernet",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
}

/// An Ethertype (IEEE 802, IANA).
pub(super) fn ethertype(number: u64) -> String {
    let name = match number {
        0x0004 => "802.2 LLC",
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x22f3 => "TRILL",
        0x4305 => "B.A.T.M.A.N. Advanced",
        0x6558 => "Transparent Ethernet bridging",
        0x8035 => "RARP",
        0x8100 => "802.1Q Virtual LAN",
        0x8137 => "IPX",
        0x86dd => "IPv6",
        0x8808 => "MAC Control",
        0x8809 => "Slow Protocols",
        0x880b => "PPP",
        0x8847 => "MPLS label switched packet",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE Discovery",
        0x8864 => "PPPoE Session",
        0x883e => "WCCP",
        0x8874 => "Broadcom tag",
        0x888e => "802.1X Authentication",
        0x8899 => "Realtek Layer 2 Protocols",
        0x88a8 => "802.1ad Provider Bridge",
        0x88be => "ERSPAN",
        0x88cc => "LLDP",
        0x88e1 => "HomePlug AV",
        0x88e5 => "802.1AE (MACsec)",
        0x88e7 => "802.1ah Provider Backbone Bridge",
        0x88f7 => "PTP",
        0x22eb => "ERSPAN type III",
        0x8902 => "CFM",
        0x8903 => "Cisco FabricPath",
        0x8906 => "FCoE",
        0x8909 => "Cisco MetaData",
        0x8915 => "RoCE",
        0x8926 => "VN-Tag",
        0x893a => "IEEE 1905.1a",
        0x893f => "802.1BR E-Tag",
        0x894f => "Network Service Header",
        0x9000 => "Loopback",
        0xdada => "Marvell EDSA",
        0x9100 | 0x9200 | 0x9300 => "QinQ, before its standard",
        _ => return format!("0x{number:04x}"),
    };
    format!("{name} (0x{number:04x})")
}

/// A protocol type of GRE, where that is not an Ethertype.
pub(super) fn gre_protocol(number: u64) -> String {
    let name = match number {
        0x0000 => "keep-alive",
        0x00fe => "OSI",
        0x2000 => "CDP",
        0x2001 => "NHRP",
        0x6400 => "MikroTik EoIP",
        0x6559 => "Frame Relay",
        0x8200..=0x8370 if number.is_multiple_of(16) => "ARUBA WLAN",
        0xb7ea => "GRE bonding",
        number => return ethertype(number),
    };
    format!("{name} (0x{number:04x})")
}

/// An address family, as the systems number them.
pub(super) fn family(number: u64) -> String {
    let name = match number {
        2 => "IPv4",
        10 | 23 | 24 | 28 | 30 => "IPv6",
        7 => "Bridge",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
}

/// A PPP protocol number (IANA PPP Numbers).
pub(super) fn ppp(number: u64) -> String {
    let name = match number {
        0x0021 => "Internet Protocol version 4",
        0x002d => "Van Jacobson Compressed TCP/IP",
        0x002f => "Van Jacobson Uncompressed TCP/IP",
        0x0031 => "Bridging PDU",
        0x003d => "Multi-Link",
        0x0057 => "Internet Protocol version 6",
        0x0281 => "MPLS Unicast",
        0x0283 => "MPLS Multicast",
        0x8057 => "IPv6 Control Protocol",
        0x80fd => "Compression Control Protocol",
        0xc023 => "Password Authentication Protocol",
        0xc223 => "Challenge Handshake Authentication Protocol",
        0x8021 => "Internet Protocol Control Protocol",
        0xc021 => "Link Control Protocol",
        _ => return format!("0x{number:04x}"),
    };
    format!("{name} (0x{number:04x})")
}

/// A link type (LINKTYPE registry of tcpdump.org).
pub(super) fn link_type(number: u16) -> String {
    let name = match number {
        0 => "NULL/Loopback",
        1 => "Ethernet",
        9 => "PPP",
        10 => "FDDI",
        50 => "PPP with HDLC framing",
        51 => "PPP-over-Ethernet",
        12 | 14 | 101 => "Raw IP",
        100 => "RFC 1483 ATM",
        104 => "Cisco HDLC",
        105 => "IEEE 802.11",
        108 => "OpenBSD Loopback",
        109 => "OpenBSD enc",
        113 => "Linux cooked capture v1",
        117 => "OpenBSD pflog",
        119 => "IEEE 802.11 with Prism header",
        127 => "IEEE 802.11 with radiotap header",
        149 => "USER 2 (Apple PKTAP)",
        163 => "IEEE 802.11 with AVS header",
        166 => "PPP as Linux pppd notes it",
        187 | 201 => "Bluetooth HCI",
        189 | 220 => "USB",
        192 => "PPI",
        195 | 230 => "IEEE 802.15.4",
        204 => "PPP with direction",
        228 => "Raw IPv4",
        229 => "Raw IPv6",
        239 => "NFLOG",
        242 => "IP over Infiniband",
        247 => "InfiniBand",
        249 => "USBPcap",
        252 => "Wireshark exported PDUs",
        258 => "Apple PKTAP",
        276 => "Linux cooked capture v2",
        281 => "Ethernet with Broadcom tag",
        282 => "Ethernet behind Broadcom tag",
        284 => "Ethernet with Marvell DSA tag",
        285 => "Ethernet with Marvell EDSA tag",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
}

/// Why a frame was not read.
pub fn reason(reason: Unread) -> String {
    match reason {
        Unread::LinkType(kind) => format!("link type {}", link_type(kind)),
        Unread::Ethertype(kind) => format!("Ethertype {}", ethertype(kind.into())),
        Unread::Tunnel(Tunnel::Gre(kind)) => format!("GRE with {}", gre_protocol(kind.into())),
        Unread::Tunnel(Tunnel::Ip(number)) => format!("IP protocol {}", protocol(number)),
        Unread::Tunnel(Tunnel::Ppp(number)) => format!("PPP protocol {}", ppp(number.into())),
        Unread::Tunnel(Tunnel::Erspan(kind)) => format!("ERSPAN of frame type {kind}"),
        Unread::Encrypted(encryption) => encrypted(encryption).into(),
        Unread::FragmentsMissing => "fragments of which others are missing".into(),
        Unread::TooManyLayers => "nested too deep".into(),
        Unread::Cut => "headers cut by the snap length".into(),
        Unread::Malformed => "malformed headers".into(),
    }
}

fn encrypted(encryption: Encryption) -> &'static str {
    match encryption {
        Encryption::Wireless => "encrypted IEEE 802.11",
        Encryption::MacSec => "encrypted MACsec",
        Encryption::Esp => "encrypted ESP",
        Encryption::Ppp => "encrypted or compressed PPP",
        Encryption::CapwapDtls => "encrypted CAPWAP (DTLS)",
        Encryption::WireGuard => "encrypted WireGuard",
        Encryption::OpenVpn => "encrypted OpenVPN",
    }
}

/// What a frame is that carries no TCP.
pub fn other(other: Other) -> String {
    match other {
        Other::Udp => "UDP".into(),
        Other::Ip(number) => protocol(number),
        Other::Ethertype(kind) => ethertype(kind.into()),
        Other::Llc(service) => match service & 0xfe {
            0x42 => "STP".into(),
            0xaa => "SNAP of an organization".into(),
            0xe0 => "IPX".into(),
            0xf0 => "NetBIOS".into(),
            0xfe => "OSI or IPX".into(),
            _ => format!("LLC 0x{service:02x}"),
        },
        Other::Ppp(number) => format!("PPP {}", ppp(number.into())),
        Other::Gre(kind) => format!("GRE with {}", gre_protocol(kind.into())),
        Other::Family(number) => format!("address family {number}"),
        Other::Frame(105) => "IEEE 802.11 management and control".into(),
        Other::Frame(kind) => format!("other frames of link type {}", link_type(kind)),
    }
}

/// A differentiated services codepoint (RFC 2474, IANA DSCP).
pub(super) fn codepoint(number: u64) -> String {
    let name = match number {
        0 => "Default".to_owned(),
        44 => "VOICE-ADMIT".to_owned(),
        46 => "Expedited Forwarding".to_owned(),
        number if number % 8 == 0 => format!("Class Selector {}", number / 8),
        // Class 1 to 4, drop precedence 1 to 3 (RFC 2597 §6).
        number if number % 2 == 0 && (10..=38).contains(&number) => {
            format!("Assured Forwarding {}{}", number / 8, number % 8 / 2)
        }
        number => return number.to_string(),
    };
    format!("{name} ({number})")
}

/// Explicit congestion notification (RFC 3168 §5).
pub(super) fn congestion(number: u64) -> String {
    let name = ["Not ECN-Capable Transport", "ECN-Capable Transport ECT(1)", "ECN-Capable Transport ECT(0)"];
    let name = name.get(number as usize).unwrap_or(&"Congestion Experienced");
    format!("{name} ({number})")
}
