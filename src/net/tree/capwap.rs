//! The header of the CAPWAP data channel (RFC 5415 §4.3).

use super::cursor::Cursor;
use crate::vocab::Field;

/// The header, its optional parts included; of a channel in DTLS the preamble alone.
pub(super) fn header(mut cursor: Cursor<'_>) -> Field {
    const NAME: &str = "Control And Provisioning of Wireless Access Points - Data";
    let kind = cursor.hex("Preamble", 1).unwrap_or_default() & 0x0f;
    cursor.bits("Version", 0xf0, |value| value.to_string());
    cursor.bits("Type", 0x0f, |value| match value {
        0 => "CAPWAP Header (0)".into(),
        1 => "CAPWAP DTLS Header (1)".into(),
        value => value.to_string(),
    });
    if kind == 1 {
        cursor.hex("Reserved", 3);
        cursor.rest("DTLS");
        return cursor.tree(NAME, "in DTLS");
    }
    let flags = cursor.hex("Header", 3).unwrap_or_default();
    cursor.bits("Header Length", 0x00f8_0000, |value| format!("{} bytes ({value})", value * 4));
    cursor.bits("Radio ID", 0x0007_c000, |value| value.to_string());
    cursor.bits("Wireless Binding ID", 0x0000_3e00, |value| {
        if value == 1 { "IEEE 802.11 (1)".into() } else { value.to_string() }
    });
    cursor.bits("Payload Type", 0x0000_0100, |value| {
        if value == 1 { "Native frame format (1)".into() } else { "IEEE 802.3 frame (0)".into() }
    });
    for (name, mask) in [
        ("Fragment", 0x80),
        ("Last Fragment", 0x40),
        ("Wireless header", 0x20),
        ("Radio MAC header", 0x10),
        ("Keep-Alive", 0x08),
    ] {
        cursor.flag(name, mask);
    }
    let id = cursor.number("Fragment ID", 2).unwrap_or_default();
    cursor.hex("Fragment Offset and Reserved", 2);
    cursor.bits("Fragment Offset", 0xfff8, |value| format!("{} bytes", value * 8));
    if flags & 0x10 != 0 {
        part(&mut cursor, "MAC length", "MAC address");
    }
    if flags & 0x20 != 0 {
        part(&mut cursor, "Wireless length", "Wireless data");
    }
    cursor.rest("Message elements");
    cursor.tree(NAME, if flags & 0x80 != 0 { format!("a fragment of {id}") } else { String::new() })
}

/// A length, its bytes, padding to a multiple of four.
fn part(cursor: &mut Cursor<'_>, length_name: &'static str, name: &'static str) {
    let length = cursor.number(length_name, 1).unwrap_or_default() as usize;
    if length == 6 {
        cursor.mac(name);
    } else if length > 0 {
        cursor.raw(name, length);
    }
    let padding = (1 + length).next_multiple_of(4) - 1 - length;
    if padding > 0 {
        cursor.raw("Padding for 4 Byte Alignment", padding);
    }
}
