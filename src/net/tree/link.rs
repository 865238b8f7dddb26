//! Headers below IP, as [`super::super::link`] strips them.

use super::cursor::Cursor;
use super::names::{ethertype, ppp};
use super::wireless;
use crate::net::link::Layer;
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
    }
}

fn rest(mut cursor: Cursor<'_>, name: &'static str) -> Field {
    cursor.rest("Header");
    cursor.tree(name, "")
}

fn link(kind: u16, cursor: Cursor<'_>) -> Field {
    match kind {
        0 | 108 => loopback(cursor),
        1 => ethernet(cursor),
        9 | 50 | 204 => point_to_point(cursor),
        104 => cisco_hdlc(cursor),
        105 => wlan(cursor),
        113 => cooked(cursor),
        276 => cooked2(cursor),
        119 => wireless::prism(cursor),
        127 => wireless::radiotap(cursor),
        163 => wireless::avs(cursor),
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

/// The same tree, with both ends as its value.
fn ends(mut tree: Field, from: &str, to: &str) -> Field {
    if let (Some(from), Some(to)) = (tree.find(from), tree.find(to)) {
        tree.value = format!("{} → {}", from.value, to.value);
    }
    tree
}

fn tag(kind: u16, mut cursor: Cursor<'_>) -> Field {
    match kind {
        0x8864 => {
            cursor.hex("Version and Type", 1);
            cursor.hex("Code", 1);
            let session = cursor.hex("Session ID", 2);
            cursor.number("Payload Length", 2);
            cursor.shown("Protocol", 2, ppp);
            cursor.tree("PPP-over-Ethernet Session", session.map_or(String::new(), |id| format!("session 0x{id:04x}")))
        }
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
    let width = if cursor.peek().first().is_some_and(|first| first & 1 == 1) { 1 } else { 2 };
    cursor.shown("Protocol", width, ppp);
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
    if cursor.left() >= 5 {
        cursor.raw("Organization Code", 3);
        cursor.shown("Type", 2, ethertype);
    }
    cursor.tree("Logical-Link Control", "")
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

/// A data frame (IEEE 802.11-2020 §9.3.2.1).
fn wlan(mut cursor: Cursor<'_>) -> Field {
    let (mut to_ds, mut from_ds, mut quality) = (false, false, false);
    if let Some(control) = cursor.hex("Frame Control Field", 2) {
        (quality, to_ds, from_ds) = (control & 0x8000 != 0, control & 1 != 0, control & 2 != 0);
    }
    cursor.bits("Subtype", 0xf000, |value| value.to_string());
    cursor.bits("Type", 0x0c00, |value| if value == 2 { "Data frame (2)".into() } else { value.to_string() });
    for (name, mask) in [
        ("Order flag", 0x80),
        ("Protected flag", 0x40),
        ("More Data", 0x20),
        ("PWR MGT", 0x10),
        ("Retry", 0x08),
        ("More Fragments", 0x04),
        ("From DS", 0x02),
        ("To DS", 0x01),
    ] {
        cursor.flag(name, mask);
    }
    cursor.shown("Duration", 2, |value| format!("{} µs", (value as u16).swap_bytes()));
    let names = match (to_ds, from_ds) {
        (false, false) => ["Destination address", "Source address", "BSS Id"],
        (true, false) => ["BSS Id", "Source address", "Destination address"],
        (false, true) => ["Destination address", "BSS Id", "Source address"],
        (true, true) => ["Receiver address", "Transmitter address", "Destination address"],
    };
    for name in names {
        cursor.mac(name);
    }
    cursor.shown("Sequence Control", 2, |value| {
        let value = (value as u16).swap_bytes();
        format!("sequence {}, fragment {}", value >> 4, value & 15)
    });
    if to_ds && from_ds {
        cursor.mac("Source address");
    }
    if quality && cursor.left() >= 2 {
        cursor.raw("Qos Control", 2);
    }
    cursor.rest("HT Control and padding");
    ends(cursor.tree("IEEE 802.11 Data", ""), "Source address", "Destination address")
}
