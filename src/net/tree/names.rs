//! Names of registered numbers below TCP.

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
        58 => "ICMPv6",
        59 => "No Next Header for IPv6",
        60 => "Destination Options for IPv6",
        132 => "SCTP",
        135 => "Mobility Header",
        137 => "MPLS-in-IP",
        139 => "Host Identity Protocol",
        140 => "Shim6 Protocol",
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
        0x6558 => "Transparent Ethernet bridging",
        0x8035 => "RARP",
        0x8100 => "802.1Q Virtual LAN",
        0x86dd => "IPv6",
        0x880b => "PPP",
        0x8847 => "MPLS label switched packet",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE Discovery",
        0x8864 => "PPPoE Session",
        0x883e => "WCCP",
        0x88a8 => "802.1ad Provider Bridge",
        0x88be => "ERSPAN",
        0x22eb => "ERSPAN type III",
        0x8903 => "Cisco FabricPath",
        0x8909 => "Cisco MetaData",
        0x9100 | 0x9200 | 0x9300 => "QinQ, before its standard",
        _ => return format!("0x{number:04x}"),
    };
    format!("{name} (0x{number:04x})")
}

/// A PPP protocol number (IANA PPP Numbers).
pub(super) fn ppp(number: u64) -> String {
    let name = match number {
        0x0021 => "Internet Protocol version 4",
        0x0057 => "Internet Protocol version 6",
        0x0281 => "MPLS Unicast",
        0x0283 => "MPLS Multicast",
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
        50 => "PPP with HDLC framing",
        12 | 14 | 101 => "Raw IP",
        104 => "Cisco HDLC",
        105 => "IEEE 802.11",
        108 => "OpenBSD Loopback",
        113 => "Linux cooked capture v1",
        119 => "IEEE 802.11 with Prism header",
        127 => "IEEE 802.11 with radiotap header",
        163 => "IEEE 802.11 with AVS header",
        204 => "PPP with direction",
        228 => "Raw IPv4",
        229 => "Raw IPv6",
        276 => "Linux cooked capture v2",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
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
