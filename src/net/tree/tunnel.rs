//! Headers between two IP headers, as [`super::super::tunnel`] passes them.

use super::capwap;
use super::cursor::Cursor;
use super::names::{ethertype, gre_protocol, protocol};
use crate::net::seen::UdpTunnel;
use crate::vocab::Field;

/// A UDP header (RFC 768), with what it carries where that is no tunnel.
pub(super) fn udp(mut cursor: Cursor<'_>) -> Field {
    let from = cursor.number("Source Port", 2).unwrap_or_default();
    let to = cursor.number("Destination Port", 2).unwrap_or_default();
    cursor.number("Length", 2);
    if cursor.hex("Checksum", 2) == Some(0) {
        cursor.note("None");
    }
    cursor.rest("UDP payload");
    cursor.tree("User Datagram Protocol", format!("{from} → {to}"))
}

/// GRE (RFC 2784, 2890), with the ERSPAN or WCCP header behind it.
pub(super) fn gre(mut cursor: Cursor<'_>) -> Field {
    let flags = cursor.hex("Flags and Version", 2).unwrap_or_default();
    for (name, mask) in
        [("Checksum Bit", 0x8000), ("Routing Bit", 0x4000), ("Key Bit", 0x2000), ("Sequence Number Bit", 0x1000)]
    {
        cursor.flag(name, mask);
    }
    cursor.bits("Version", 0x7, |value| value.to_string());
    let kind = cursor.shown("Protocol Type", 2, gre_protocol).unwrap_or_default();
    if flags & 0xc000 != 0 {
        cursor.hex("Checksum", 2);
        cursor.number("Offset", 2);
    }
    if flags & 0x2000 != 0 {
        cursor.hex("Key", 4);
    }
    if flags & 0x1000 != 0 {
        cursor.number("Sequence Number", 4);
    }
    if flags & 0x7 == 1 && flags & 0x80 != 0 {
        cursor.number("Acknowledgment Number", 4);
    }
    cursor.rest(if kind == 0x883e { "WCCP header" } else { "not decoded" });
    cursor.tree("Generic Routing Encapsulation", gre_protocol(kind))
}

/// ERSPAN type II or III (draft-foschiano-erspan-03 §4).
pub(super) fn erspan(mut cursor: Cursor<'_>) -> Field {
    let version = cursor.hex("Version and Vlan", 2).unwrap_or_default() >> 12;
    cursor.bits("Version", 0xf000, |value| format!("Type {} ({value})", if value == 1 { "II" } else { "III" }));
    cursor.bits("Vlan", 0x0fff, |value| value.to_string());
    let session = cursor.hex("COS, flags and SpanID", 2).unwrap_or_default() & 0x3ff;
    cursor.bits("COS", 0xe000, |value| value.to_string());
    cursor.bits(if version == 1 { "Encap" } else { "Bad/Short/Oversized" }, 0x1800, |value| value.to_string());
    cursor.flag("Truncated", 0x0400);
    cursor.bits("SpanID", 0x03ff, |value| value.to_string());
    if version == 1 {
        cursor.hex("Reserved and Index", 4);
        cursor.bits("Index", 0x000f_ffff, |value| value.to_string());
        return cursor.tree("Encapsulated Remote Switch Packet ANalysis Type II", format!("session {session}"));
    }
    cursor.number("Timestamp", 4);
    cursor.number("Security Group Tag", 2);
    cursor.hex("Frame Type and Direction", 2);
    cursor.flag("Has Ethernet PDU", 0x8000);
    cursor.bits("Frame Type", 0x7c00, |value| match value {
        0 => "Ethernet (0)".into(),
        2 => "IP (2)".into(),
        value => value.to_string(),
    });
    cursor.bits("Hardware ID", 0x03f0, |value| value.to_string());
    cursor.bits("Direction", 0x0008, |value| if value == 1 { "Egress (1)".into() } else { "Incoming (0)".into() });
    cursor.bits("Timestamp granularity", 0x0006, |value| value.to_string());
    cursor.flag("Optional Sub headers", 0x0001);
    cursor.rest("Platform ID and info");
    cursor.tree("Encapsulated Remote Switch Packet ANalysis Type III", format!("session {session}"))
}

/// The header of a tunnel in a UDP datagram.
pub(super) fn over_udp(tunnel: UdpTunnel, cursor: Cursor<'_>) -> Field {
    match tunnel {
        UdpTunnel::Vxlan => vxlan(cursor),
        UdpTunnel::Geneve => geneve(cursor),
        UdpTunnel::GtpUser => gtp_user(cursor),
        UdpTunnel::Capwap => capwap::header(cursor),
        UdpTunnel::Gre => gre(cursor),
        UdpTunnel::Ayiya => ayiya(cursor),
        UdpTunnel::Teredo => teredo(cursor),
        UdpTunnel::L2tp => l2tp(cursor),
    }
}

fn vxlan(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Flags", 2);
    cursor.flag("VXLAN Network ID (VNI)", 0x0800);
    cursor.number("Group Policy ID", 2);
    let network = cursor.number("VXLAN Network Identifier (VNI)", 3).unwrap_or_default();
    cursor.hex("Reserved", 1);
    cursor.tree("Virtual eXtensible Local Area Network", format!("VNI {network}"))
}

fn geneve(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Version and Options Length", 1);
    cursor.bits("Version", 0xc0, |value| value.to_string());
    cursor.bits("Length", 0x3f, |value| format!("{} bytes", value * 4));
    cursor.hex("Flags", 1);
    cursor.flag("Operations, Administration and Management Frame", 0x80);
    cursor.flag("Critical Options Present", 0x40);
    cursor.shown("Protocol Type", 2, ethertype);
    let network = cursor.number("Virtual Network Identifier (VNI)", 3).unwrap_or_default();
    cursor.hex("Reserved", 1);
    cursor.rest("Options");
    cursor.tree("Generic Network Virtualization Encapsulation", format!("VNI {network}"))
}

/// GTP-U version 1 (3GPP TS 29.281 §5.1).
fn gtp_user(mut cursor: Cursor<'_>) -> Field {
    let flags = cursor.hex("Flags", 1).unwrap_or_default();
    cursor.bits("Version", 0xe0, |value| value.to_string());
    cursor.bits("Protocol type", 0x10, |value| if value == 1 { "GTP (1)".into() } else { "GTP' (0)".into() });
    cursor.flag("Is Next Extension Header present", 0x04);
    cursor.flag("Is Sequence Number present", 0x02);
    cursor.flag("Is N-PDU number present", 0x01);
    cursor.hex("Message Type", 1);
    cursor.number("Length", 2);
    let tunnel = cursor.hex("TEID", 4).unwrap_or_default();
    if flags & 0x07 != 0 {
        cursor.number("Sequence Number", 2);
        cursor.number("N-PDU Number", 1);
        let mut next = cursor.shown("Next extension header type", 1, extension).unwrap_or_default();
        while next != 0 && flags & 0x04 != 0 && cursor.left() > 0 {
            next = extension_header(&mut cursor, next);
        }
    }
    cursor.tree("GPRS Tunneling Protocol", format!("TEID 0x{tunnel:08x}"))
}

/// An extension header (3GPP TS 29.281 §5.2.1): its length in units of four bytes, what it says, the type of the next one.
fn extension_header(cursor: &mut Cursor<'_>, kind: u64) -> u64 {
    let units = cursor.peek().first().map_or(0, |units| usize::from(*units));
    let mut inside = cursor.part(cursor.at() + (units * 4).max(1));
    inside.shown("Extension Header Length", 1, |value| format!("{} bytes", value * 4));
    let content = inside.left().saturating_sub(1);
    if kind == 0x85 && content >= 2 {
        // 3GPP TS 38.415 §5.5.2.
        inside.hex("PDU Type", 1);
        inside.hex("QoS Flow Identifier (QFI)", 1);
        inside.bits("QoS Flow Identifier (QFI)", 0x3f, |value| value.to_string());
        if content > 2 {
            inside.raw("Content", content - 2);
        }
    } else if content > 0 {
        inside.raw("Content", content);
    }
    let next = inside.shown("Next extension header type", 1, extension).unwrap_or_default();
    let end = inside.at();
    cursor.push(inside.tree("Extension header", extension(kind)));
    cursor.go_to(end);
    next
}

fn extension(kind: u64) -> String {
    let name = match kind {
        0x00 => "No more extension headers",
        0x20 => "Service Class Indicator",
        0x40 => "UDP Port number",
        0x81 => "RAN container",
        0x82 => "Long PDCP PDU number",
        0x83 => "Xw RAN Container",
        0x84 => "NR RAN Container",
        0x85 => "PDU Session container",
        0xc0 => "PDCP PDU number",
        _ => return format!("0x{kind:02x}"),
    };
    format!("{name} (0x{kind:02x})")
}

/// AYIYA (draft-massar-v6ops-ayiya-02 §2).
fn ayiya(mut cursor: Cursor<'_>) -> Field {
    let lengths = cursor.hex("Identity field length and type", 1).unwrap_or_default();
    cursor.bits("Identity field length", 0xf0, |value| format!("{} bytes", 1_u64 << value));
    cursor.bits("Identity field type", 0x0f, |value| value.to_string());
    let signature = cursor.hex("Signature Length and Hash method", 1).unwrap_or_default() >> 4;
    cursor.bits("Signature Length", 0xf0, |value| format!("{} bytes", value * 4));
    cursor.bits("Hash method", 0x0f, |value| value.to_string());
    cursor.hex("Authentication method and Operation Code", 1);
    cursor.bits("Authentication method", 0xf0, |value| value.to_string());
    cursor.bits("Operation Code", 0x0f, |value| if value == 1 { "Forward (1)".into() } else { value.to_string() });
    cursor.shown("Next Header", 1, |value| protocol(value as u8));
    cursor.number("Epoch", 4);
    cursor.raw("Identity", 1 << (lengths >> 4).min(8));
    if signature > 0 {
        cursor.raw("Signature", signature as usize * 4);
    }
    cursor.tree("Anything in Anything Protocol", "")
}

/// Teredo (RFC 4380 §5.1.1).
fn teredo(mut cursor: Cursor<'_>) -> Field {
    if cursor.peek().starts_with(&[0, 1]) {
        cursor.hex("Teredo Authentication header", 2);
        let client = cursor.number("Client identifier length", 1).unwrap_or_default() as usize;
        let value = cursor.number("Authentication value length", 1).unwrap_or_default() as usize;
        if client > 0 {
            cursor.raw("Client identifier", client);
        }
        if value > 0 {
            cursor.raw("Authentication value", value);
        }
        cursor.raw("Nonce value", 8);
        cursor.hex("Confirmation byte", 1);
    }
    if cursor.peek().starts_with(&[0, 0]) {
        cursor.hex("Teredo Origin Indication header", 2);
        // Both are written with every bit the other way round.
        cursor.shown("Origin UDP port", 2, |value| (!value & 0xffff).to_string());
        cursor.shown("Origin IPv4 address", 4, |value| std::net::Ipv4Addr::from(!(value as u32)).to_string());
    }
    cursor.tree("Teredo IPv6 over UDP tunneling", "")
}

/// L2TP version 2 (RFC 2661 §3.1).
fn l2tp(mut cursor: Cursor<'_>) -> Field {
    let flags = cursor.hex("Flags", 2).unwrap_or_default();
    cursor.bits(
        "Type",
        0x8000,
        |value| {
            if value == 1 { "Control Message (1)".into() } else { "Data Message (0)".into() }
        },
    );
    for (name, mask) in [("Length Bit", 0x4000), ("Sequence Bit", 0x0800), ("Offset bit", 0x0200), ("Priority", 0x0100)]
    {
        cursor.flag(name, mask);
    }
    cursor.bits("Version", 0x000f, |value| value.to_string());
    if flags & 0x4000 != 0 {
        cursor.number("Length", 2);
    }
    let tunnel = cursor.number("Tunnel ID", 2).unwrap_or_default();
    let session = cursor.number("Session ID", 2).unwrap_or_default();
    if flags & 0x0800 != 0 {
        cursor.number("Ns", 2);
        cursor.number("Nr", 2);
    }
    if flags & 0x0200 != 0 {
        cursor.number("Offset", 2);
    }
    cursor.rest("Offset padding");
    cursor.tree("Layer 2 Tunneling Protocol", format!("tunnel {tunnel}, session {session}"))
}
