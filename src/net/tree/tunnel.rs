//! Headers between two IP headers, as [`super::super::tunnel`] passes them.

use super::cursor::Cursor;
use super::names::ethertype;
use crate::net::tunnel::UdpTunnel;
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
    let kind = cursor.shown("Protocol Type", 2, ethertype).unwrap_or_default();
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
    cursor.rest(match kind {
        0x88be | 0x22eb => "ERSPAN header",
        0x883e => "WCCP header",
        _ => "not decoded",
    });
    cursor.tree("Generic Routing Encapsulation", ethertype(kind))
}

/// The header of a tunnel in a UDP datagram.
pub(super) fn over_udp(tunnel: UdpTunnel, cursor: Cursor<'_>) -> Field {
    match tunnel {
        UdpTunnel::Vxlan => vxlan(cursor),
        UdpTunnel::Geneve => geneve(cursor),
        UdpTunnel::GtpUser => gtp_user(cursor),
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
        cursor.hex("Next extension header type", 1);
    }
    cursor.rest("Extension headers");
    cursor.tree("GPRS Tunneling Protocol", format!("TEID 0x{tunnel:08x}"))
}
