//! Tags of switches: Marvell's and Broadcom's, 802.1BR, VN-Tag, 802.1ah, 802.1AE.

use super::cursor::{Cursor, ends};
use super::names::ethertype;
use crate::vocab::Field;

/// An Ethernet header of link type `kind` with the tag of a switch chip in it.
pub(super) fn tagged_frame(kind: u16, mut cursor: Cursor<'_>) -> Field {
    cursor.mac("Destination");
    cursor.mac("Source");
    let name = match kind {
        281 => {
            broadcom_tag(&mut cursor);
            "Ethernet II with Broadcom tag"
        }
        284 => {
            marvell_tag(&mut cursor);
            "Ethernet II with Marvell DSA tag"
        }
        _ => {
            cursor.shown("Type", 2, ethertype);
            cursor.hex("Reserved", 2);
            marvell_tag(&mut cursor);
            "Ethernet II with Marvell EDSA tag"
        }
    };
    cursor.shown("Type", 2, ethertype);
    ends(cursor.tree(name, ""), "Source", "Destination")
}

/// A Broadcom tag in front of a frame.
pub(super) fn broadcom(mut cursor: Cursor<'_>) -> Field {
    broadcom_tag(&mut cursor);
    cursor.tree("Broadcom tag", "")
}

fn broadcom_tag(cursor: &mut Cursor<'_>) {
    let tag = cursor.hex("Broadcom tag", 4).unwrap_or_default();
    cursor.bits("Opcode", 0xe000_0000, |value| value.to_string());
    // To the switch with opcode 1, from it with 0.
    if tag >> 29 & 1 == 1 {
        cursor.bits("Traffic Class", 0x001c_0000, |value| value.to_string());
        cursor.bits("Destination port map", 0x0000_01ff, |value| format!("0x{value:03x}"));
    } else {
        cursor.bits("Reason code", 0x0000_ff00, |value| format!("0x{value:02x}"));
        cursor.bits("Traffic Class", 0x0000_00e0, |value| value.to_string());
        cursor.bits("Source port ID", 0x0000_001f, |value| value.to_string());
    }
}

fn marvell_tag(cursor: &mut Cursor<'_>) {
    cursor.hex("DSA tag", 4);
    cursor.bits("Mode", 0xc000_0000, |value| {
        let names = ["To CPU", "From CPU", "To Sniffer", "Forward"];
        format!("{} ({value})", names[value as usize & 3])
    });
    cursor.flag("Tagged", 0x2000_0000);
    cursor.bits("Device", 0x1f00_0000, |value| value.to_string());
    cursor.bits("Port", 0x00f8_0000, |value| value.to_string());
    cursor.bits("Priority", 0x0000_e000, |value| value.to_string());
    cursor.bits("VLAN ID", 0x0000_0fff, |value| value.to_string());
}

/// What stands between the Ethertype of a tag and the next one, that one included.
pub(super) fn tag(kind: u16, mut cursor: Cursor<'_>) -> Field {
    match kind {
        0x88e7 => {
            let tag = cursor.hex("I-Tag", 4).unwrap_or_default();
            cursor.bits("Priority", 0xe000_0000, |value| value.to_string());
            cursor.flag("DROP", 0x1000_0000);
            cursor.flag("NCA", 0x0800_0000);
            cursor.bits("I-SID", 0x00ff_ffff, |value| value.to_string());
            cursor.tree("IEEE 802.1ah", format!("I-SID {}", tag & 0x00ff_ffff))
        }
        0x8926 => {
            cursor.hex("Tag", 4);
            cursor.bits("Direction", 0x8000_0000, |value| {
                if value == 1 { "From Bridge (1)".into() } else { "To Bridge (0)".into() }
            });
            cursor.bits("Pointer", 0x4000_0000, |value| value.to_string());
            cursor.bits("Destination", 0x3fff_0000, |value| value.to_string());
            cursor.flag("Looped", 0x0000_8000);
            cursor.bits("Version", 0x0000_3000, |value| value.to_string());
            cursor.bits("Source", 0x0000_0fff, |value| value.to_string());
            cursor.shown("Type", 2, ethertype);
            cursor.tree("VN-Tag", "")
        }
        0x893f => {
            cursor.hex("E-PCP, E-DEI and Ingress_E-CID_base", 2);
            cursor.bits("E-PCP", 0xe000, |value| value.to_string());
            cursor.flag("E-DEI", 0x1000);
            cursor.bits("Ingress_E-CID_base", 0x0fff, |value| format!("0x{value:03x}"));
            cursor.hex("GRP and E-CID_base", 2);
            cursor.bits("GRP", 0x3000, |value| value.to_string());
            cursor.bits("E-CID_base", 0x0fff, |value| format!("0x{value:03x}"));
            cursor.hex("Ingress_E-CID_ext", 1);
            cursor.hex("E-CID_ext", 1);
            cursor.shown("Type", 2, ethertype);
            cursor.tree("802.1BR E-Tag", "")
        }
        0x8874 => {
            cursor.hex("Broadcom tag", 4);
            cursor.bits("Opcode", 0xe000_0000, |value| value.to_string());
            cursor.flag("Mirror bit", 0x1000_0000);
            cursor.flag("Mirror only", 0x0800_0000);
            cursor.bits("Source port ID", 0x0000_000f, |value| value.to_string());
            cursor.shown("Type", 2, ethertype);
            cursor.tree("Broadcom tag", "")
        }
        0xdada => {
            cursor.hex("Reserved", 2);
            marvell_tag(&mut cursor);
            cursor.shown("Type", 2, ethertype);
            cursor.tree("Marvell EDSA tag", "")
        }
        _ => macsec(cursor),
    }
}

/// IEEE 802.1AE-2018 §9.3.
fn macsec(mut cursor: Cursor<'_>) -> Field {
    let control = cursor.hex("TCI and AN", 1).unwrap_or_default();
    cursor.bits("VER", 0x80, |value| value.to_string());
    for (name, mask) in [("ES", 0x40), ("SC", 0x20), ("SCB", 0x10), ("E", 0x08), ("C", 0x04)] {
        cursor.flag(name, mask);
    }
    cursor.bits("AN", 0x03, |value| value.to_string());
    cursor.number("Short length", 1);
    cursor.number("Packet number", 4);
    if control & 0x20 != 0 {
        cursor.mac("System Identifier");
        cursor.number("Port Identifier", 2);
    }
    if control & 0x0c == 0 {
        cursor.shown("Ethertype", 2, ethertype);
    }
    cursor.tree("802.1AE Security tag", "")
}
