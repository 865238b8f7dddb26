//! Headers below IP, as [`super::super::link`] strips them.

use super::cursor::{Cursor, ends};
use super::names::{ethertype, ppp};
use super::{prefix, switch, tunnel, wireless};
use crate::net::layer::{ETHERNET, FDDI, IEEE802_11, INFINIBAND, Layer};
use crate::vocab::Field;

/// The tree of a layer's header, all of which the cursor runs over.
pub(super) fn header(layer: Layer, cursor: Cursor<'_>) -> Field {
    match layer {
        Layer::Link(kind) => link(kind, cursor),
        Layer::Ethertype(kind) => tag(kind, cursor),
        // The protocol is in the header before it; nothing is left to show.
        Layer::Ppp(_) => rest(cursor, "Point-to-Point Protocol"),
        Layer::Mpls => labels(cursor),
        Layer::Llc => llc(cursor),
        Layer::SwappedWlan => wireless::data(cursor, true),
        Layer::Msdu => wireless::subframe(cursor),
        Layer::Erspan => tunnel::erspan(cursor),
    }
}

fn rest(mut cursor: Cursor<'_>, name: &'static str) -> Field {
    cursor.rest("Header");
    cursor.tree(name, "")
}

fn link(kind: u16, cursor: Cursor<'_>) -> Field {
    match kind {
        0 | 108 => loopback(cursor),
        ETHERNET => ethernet(cursor),
        9 | 50 => point_to_point(cursor),
        FDDI => fddi(cursor),
        51 => session(cursor),
        100 => llc(cursor),
        104 => cisco_hdlc(cursor),
        IEEE802_11 => wireless::data(cursor, false),
        109 => prefix::enc(cursor),
        113 => cooked(cursor),
        117 => prefix::pflog(cursor),
        119 => prefix::prism(cursor),
        127 => prefix::radiotap(cursor),
        149 | 258 => prefix::pktap(cursor),
        163 => prefix::avs(cursor),
        166 | 204 => directed(cursor),
        192 => prefix::ppi(cursor),
        239 => prefix::nflog(cursor),
        242 => ipoib(cursor),
        INFINIBAND => infiniband(cursor),
        276 => cooked2(cursor),
        281 | 284 | 285 => switch::tagged_frame(kind, cursor),
        282 => switch::broadcom(cursor),
        _ => cursor.tree("Link", ""),
    }
}

fn loopback(mut cursor: Cursor<'_>) -> Field {
    let mut family = 0;
    cursor.shown("Family", 4, |value| {
        // In the byte order of the host that captured.
        family = if value > 0xffff { (value as u32).swap_bytes() } else { value as u32 };
        match family {
            2 => "IP (2)".into(),
            10 | 23 | 24 | 28 | 30 => format!("IPv6 ({family})"),
            other => other.to_string(),
        }
    });
    cursor.tree("Null/Loopback", "")
}

fn ethernet(mut cursor: Cursor<'_>) -> Field {
    cursor.mac("Destination");
    cursor.mac("Source");
    let length = |value: u64| if value < 0x0600 { format!("length {value}") } else { ethertype(value) };
    let kind = cursor.shown("Type", 2, length);
    let name = if kind.is_some_and(|kind| kind < 0x0600) { "IEEE 802.3 Ethernet" } else { "Ethernet II" };
    let tree = cursor.tree(name, "");
    ends(tree, "Source", "Destination")
}

fn tag(kind: u16, mut cursor: Cursor<'_>) -> Field {
    match kind {
        0x8864 => session(cursor),
        0x8909 => {
            cursor.raw("Header", 6);
            cursor.shown("Type", 2, ethertype);
            cursor.tree("Cisco MetaData", "")
        }
        0x8903 => {
            cursor.hex("Forwarding Tag", 2);
            cursor.bits("FTAG", 0xffc0, |value| value.to_string());
            cursor.bits("TTL", 0x003f, |value| value.to_string());
            cursor.tree("Cisco FabricPath", "")
        }
        0x880b => point_to_point(cursor),
        0x88e7 | 0x8926 | 0x893f | 0x8874 | 0xdada | 0x88e5 => switch::tag(kind, cursor),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => {
            let control = cursor.hex("Tag Control Information", 2);
            cursor.bits("Priority", 0xe000, |value| value.to_string());
            cursor.flag("DEI", 0x1000);
            cursor.bits("ID", 0x0fff, |value| value.to_string());
            cursor.shown("Type", 2, ethertype);
            let name = if kind == 0x88a8 { "802.1ad Provider Bridge" } else { "802.1Q Virtual LAN" };
            cursor.tree(name, control.map_or(String::new(), |value| format!("ID {}", value & 0xfff)))
        }
        _ => cursor.tree("Link", ""),
    }
}

fn session(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Version and Type", 1);
    cursor.hex("Code", 1);
    let session = cursor.hex("Session ID", 2);
    cursor.number("Payload Length", 2);
    protocol(&mut cursor);
    cursor.tree("PPP-over-Ethernet Session", session.map_or(String::new(), |id| format!("session 0x{id:04x}")))
}

/// PPP's protocol field, of one byte where it is compressed (RFC 1661 §6.5).
fn protocol(cursor: &mut Cursor<'_>) {
    let width = if cursor.peek().first().is_some_and(|first| first & 1 == 1) { 1 } else { 2 };
    cursor.shown("Protocol", width, ppp);
}

fn point_to_point(mut cursor: Cursor<'_>) -> Field {
    let framed = cursor.peek().starts_with(&[0xff, 0x03]);
    let cisco = cursor.peek().starts_with(&[0x0f, 0x00]);
    if cisco {
        return cisco_hdlc(cursor);
    }
    if framed {
        cursor.hex("Address", 1);
        cursor.hex("Control", 1);
    }
    protocol(&mut cursor);
    cursor.tree("Point-to-Point Protocol", "")
}

/// PPP behind a byte that says which way.
fn directed(mut cursor: Cursor<'_>) -> Field {
    cursor.shown("Direction", 1, |value| if value == 0 { "Received (0)".into() } else { format!("Sent ({value})") });
    let framed = cursor.peek().starts_with(&[0xff, 0x03]);
    if framed {
        cursor.hex("Address", 1);
    }
    if framed || cursor.peek().starts_with(&[0x03]) {
        cursor.hex("Control", 1);
    }
    protocol(&mut cursor);
    cursor.tree("Point-to-Point Protocol", "")
}

fn cisco_hdlc(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Address", 1);
    cursor.hex("Control", 1);
    cursor.shown("Protocol", 2, ethertype);
    cursor.tree("Cisco HDLC", "")
}

fn labels(mut cursor: Cursor<'_>) -> Field {
    let mut names = Vec::new();
    let mut bottom = false;
    while cursor.left() > 0 && !bottom {
        let Some(entry) = cursor.shown("Label Stack Entry", 4, |value| format!("label {}", value >> 12)) else { break };
        cursor.bits("MPLS Label", 0xffff_f000, |value| value.to_string());
        cursor.bits("Traffic Class", 0xe00, |value| value.to_string());
        cursor.flag("Bottom of Stack", 0x100);
        cursor.bits("TTL", 0xff, |value| value.to_string());
        names.push((entry >> 12).to_string());
        bottom = entry & 0x100 != 0;
    }
    cursor.rest("PW Ethernet Control Word");
    cursor.tree("MultiProtocol Label Switching Header", format!("labels {}", names.join(", ")))
}

fn llc(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("DSAP", 1);
    cursor.hex("SSAP", 1);
    cursor.hex("Control field", 1);
    match cursor.left() {
        0 => {}
        1 => drop(cursor.hex("NLPID", 1)),
        // Behind an organization that bridges comes padding, or the protocol of PPP.
        2..=4 => cursor.rest("NLPID and protocol"),
        _ => {
            cursor.raw("Organization Code", 3);
            cursor.shown("Type", 2, ethertype);
            cursor.rest("Padding");
        }
    }
    cursor.tree("Logical-Link Control", "")
}

fn fddi(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Frame Control", 1);
    cursor.bits("Class/Length/Format", 0xf0, |value| match value {
        5 => "Async LLC (0x5)".into(),
        13 => "Sync LLC (0xd)".into(),
        value => format!("0x{value:x}"),
    });
    cursor.bits("Priority", 0x07, |value| value.to_string());
    cursor.mac("Destination");
    cursor.mac("Source");
    ends(cursor.tree("Fiber Distributed Data Interface", ""), "Source", "Destination")
}

fn ipoib(mut cursor: Cursor<'_>) -> Field {
    if cursor.left() >= 44 {
        cursor.raw("Destination and Source addresses", 40);
    }
    cursor.shown("Type", 2, ethertype);
    cursor.hex("Reserved", 2);
    cursor.tree("IP over Infiniband", "")
}

/// The route, transport and IP over `InfiniBand` headers (`InfiniBand` Architecture volume 1, chapters 7 to 9).
fn infiniband(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Virtual Lane and Link Version", 1);
    let next = cursor.hex("Service Level and Link Next Header", 1).unwrap_or_default() & 3;
    cursor.bits("Link Next Header", 0x03, |value| value.to_string());
    let to = cursor.number("Destination Local ID", 2).unwrap_or_default();
    cursor.shown("Packet Length", 2, |value| format!("{} bytes", (value & 0x7ff) * 4));
    let from = cursor.number("Source Local ID", 2).unwrap_or_default();
    if next == 3 {
        cursor.hex("IP Version, Traffic Class and Flow Label", 4);
        cursor.number("Payload Length", 2);
        cursor.hex("Next Header", 1);
        cursor.number("Hop Limit", 1);
        cursor.ipv6("Source GID");
        cursor.ipv6("Destination GID");
    }
    let opcode = cursor.hex("Opcode", 1).unwrap_or_default();
    cursor.hex("Flags", 1);
    cursor.hex("Partition Key", 2);
    cursor.hex("Reserved", 1);
    cursor.hex("Destination Queue Pair", 3);
    cursor.hex("Acknowledge Request", 1);
    cursor.number("Packet Sequence Number", 3);
    if opcode == 0x64 {
        cursor.hex("Queue Key", 4);
        cursor.hex("Reserved", 1);
        cursor.hex("Source Queue Pair", 3);
    }
    if cursor.left() > 0 {
        cursor.shown("Type", 2, ethertype);
        cursor.hex("Reserved", 2);
    }
    cursor.tree("InfiniBand", format!("{from} → {to}"))
}

fn cooked_type(value: u64) -> String {
    let name = match value {
        0 => "Unicast to us",
        1 => "Broadcast",
        2 => "Multicast",
        3 => "Unicast to another host",
        4 => "Sent by us",
        _ => return value.to_string(),
    };
    format!("{name} ({value})")
}

/// Eight bytes, of which as many as stated are the address.
fn cooked_address(cursor: &mut Cursor<'_>, length: Option<u64>) {
    match length {
        Some(6) => {
            cursor.mac("Source");
            cursor.raw("Unused", 2);
        }
        _ => {
            cursor.raw("Source", 8);
        }
    }
}

fn cooked(mut cursor: Cursor<'_>) -> Field {
    cursor.shown("Packet type", 2, cooked_type);
    cursor.number("Link-layer address type", 2);
    let length = cursor.number("Link-layer address length", 2);
    cooked_address(&mut cursor, length);
    cursor.shown("Protocol", 2, ethertype);
    cursor.tree("Linux cooked capture v1", "")
}

fn cooked2(mut cursor: Cursor<'_>) -> Field {
    cursor.shown("Protocol", 2, ethertype);
    cursor.raw("Reserved", 2);
    cursor.number("Interface index", 4);
    cursor.number("Link-layer address type", 2);
    cursor.shown("Packet type", 1, cooked_type);
    let length = cursor.number("Link-layer address length", 1);
    cooked_address(&mut cursor, length);
    cursor.tree("Linux cooked capture v2", "")
}
