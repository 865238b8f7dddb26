//! IPv4 with its options (RFC 791), IPv6 with its extension headers (RFC 8200).

use super::cursor::Cursor;
use super::known::Known;
use super::names::{codepoint, congestion, protocol};
use crate::net::checksum::{fold, sum};
use crate::vocab::Field;

/// The tree of an IP header with all that lies between it and its payload. `captured` is the offset after the last byte
/// of the frame, `known` what the packet's flow knows. Also returns the sum of the addresses, for the checksum of what it carries.
pub(super) fn header(cursor: Cursor<'_>, captured: usize, known: Option<&Known>) -> (Field, Option<u32>) {
    match cursor.peek().first().map(|first| first >> 4) {
        Some(6) => v6(cursor, known),
        _ => v4(cursor, captured, known),
    }
}

/// Reads the TTL, and says where it is another one than that of its sender's other packets.
fn time_to_live(cursor: &mut Cursor<'_>, name: &'static str, known: Option<&Known>) {
    let ttl = cursor.number(name, 1);
    if let Some((own, usual, from)) = known.and_then(|known| known.odd_ttl)
        && ttl == Some(u64::from(own))
    {
        cursor.note(format!("The {}'s other packets have {usual}", from.sender()));
    }
}

fn v4(mut cursor: Cursor<'_>, captured: usize, known: Option<&Known>) -> (Field, Option<u32>) {
    let start = cursor.at();
    let whole = cursor.whole();
    let first = cursor.hex("Version and Header Length", 1).unwrap_or_default();
    cursor.bits("Version", 0xf0, |value| value.to_string());
    cursor.bits("Header Length", 0x0f, |value| format!("{} bytes ({value})", value * 4));
    let header_len = (first & 0x0f) as usize * 4;
    services(&mut cursor);
    let total = cursor.number("Total Length", 2);
    match total {
        Some(0) => cursor.note("None stated: the host leaves that to the network card (offloading)"),
        Some(total) if start.saturating_add(total as usize) > captured => {
            cursor.issue(format!("{} bytes captured: cut by the snap length", captured.saturating_sub(start)));
        }
        _ => {}
    }
    cursor.shown("Identification", 2, |value| format!("0x{value:04x} ({value})"));
    let flags = cursor.shown("Flags and Fragment Offset", 2, |value| {
        let names = [(0x8000, "reserved"), (0x4000, "don't fragment"), (0x2000, "more fragments")];
        let set: Vec<&str> = names.iter().filter(|(bit, _)| value & bit != 0).map(|(_, name)| *name).collect();
        let offset = (value & 0x1fff) * 8;
        match (set.is_empty(), offset) {
            (true, 0) => "none".to_owned(),
            (true, offset) => format!("offset {offset}"),
            (false, 0) => set.join(", "),
            (false, offset) => format!("{}, offset {offset}", set.join(", ")),
        }
    });
    cursor.flag("Reserved bit", 0x8000);
    cursor.flag("Don't fragment", 0x4000);
    cursor.flag("More fragments", 0x2000);
    cursor.bits("Fragment Offset", 0x1fff, |value| (value * 8).to_string());
    if flags.is_some_and(|flags| flags & 0x3fff != 0) {
        cursor.note("A fragment of a larger datagram. RFC 791 §2.3");
    }
    time_to_live(&mut cursor, "Time to Live", known);
    cursor.shown("Protocol", 1, |value| protocol(value as u8));
    let checksum = cursor.hex("Header Checksum", 2);
    if let (Some(stated), Some(header)) = (checksum, whole.get(..header_len)) {
        match (stated, fold(sum(header))) {
            (_, 0xffff) => cursor.note("correct"),
            (0, _) => cursor.note("None: the host leaves that to the network card (offloading)"),
            _ => cursor.note("Does not match the header"),
        }
    }
    cursor.ipv4("Source Address");
    cursor.ipv4("Destination Address");
    let end = (start + header_len).min(cursor.at() + cursor.left());
    if end > cursor.at() {
        let options = v4_options(cursor.part(end));
        cursor.go_to(end);
        cursor.push(options);
    }
    extensions(&mut cursor, whole.get(9).copied().unwrap_or_default());
    let addresses = whole.get(12..20).map(sum);
    (titled(cursor.tree("Internet Protocol Version 4", "")), addresses)
}

fn services(cursor: &mut Cursor<'_>) {
    cursor.hex("Differentiated Services Field", 1);
    cursor.bits("Differentiated Services Codepoint", 0xfc, codepoint);
    cursor.bits("Explicit Congestion Notification", 0x03, congestion);
}

fn v4_options(mut cursor: Cursor<'_>) -> Field {
    while let [kind, rest @ ..] = cursor.peek() {
        let name = match kind {
            0 => "End of Options List",
            1 => "No Operation",
            7 => "Record Route",
            68 => "Time Stamp",
            130 => "Security",
            131 => "Loose Source Route",
            137 => "Strict Source Route",
            148 => "Router Alert",
            _ => "Unknown option",
        };
        let length = match (kind, rest.first()) {
            (0 | 1, _) => 1,
            (_, Some(length)) => usize::from(*length).max(2),
            (_, None) => 2,
        };
        if cursor.raw(name, length).is_none() {
            break;
        }
    }
    cursor.tree("Options", "").telling()
}

fn v6(mut cursor: Cursor<'_>, known: Option<&Known>) -> (Field, Option<u32>) {
    let whole = cursor.whole();
    cursor.hex("Version, Traffic Class and Flow Label", 4);
    cursor.bits("Version", 0xf000_0000, |value| value.to_string());
    cursor.bits("Traffic Class", 0x0ff0_0000, |value| format!("0x{value:02x}"));
    cursor.bits("Differentiated Services Codepoint", 0x0fc0_0000, codepoint);
    cursor.bits("Explicit Congestion Notification", 0x0030_0000, congestion);
    cursor.bits("Flow Label", 0x000f_ffff, |value| format!("0x{value:05x}"));
    cursor.number("Payload Length", 2);
    let next = cursor.shown("Next Header", 1, |value| protocol(value as u8));
    time_to_live(&mut cursor, "Hop Limit", known);
    cursor.ipv6("Source Address");
    cursor.ipv6("Destination Address");
    extensions(&mut cursor, next.unwrap_or_default() as u8);
    let addresses = whole.get(8..40).map(sum);
    (titled(cursor.tree("Internet Protocol Version 6", "")), addresses)
}

/// The headers between an IP header and its payload; `next` says which one is first (RFC 8200 §4, RFC 4302).
fn extensions(cursor: &mut Cursor<'_>, mut next: u8) {
    while cursor.left() >= 2 {
        let stated = usize::from(cursor.peek()[1]);
        let (name, length) = match next {
            0 => ("IPv6 Hop-by-Hop Option", 8 + stated * 8),
            43 => ("Routing Header for IPv6", 8 + stated * 8),
            60 => ("Destination Options for IPv6", 8 + stated * 8),
            135 => ("Mobility Header", 8 + stated * 8),
            139 => ("Host Identity Protocol", 8 + stated * 8),
            140 => ("Shim6 Protocol", 8 + stated * 8),
            44 => ("Fragment Header for IPv6", 8),
            51 => ("Authentication Header", 8 + stated * 4),
            _ => ("Extension header", cursor.left()),
        };
        let end = (cursor.at() + length).min(cursor.at() + cursor.left());
        let mut inside = cursor.part(end);
        let after = inside.shown("Next Header", 1, |value| protocol(value as u8));
        match next {
            44 => fragment(&mut inside),
            51 => authentication(&mut inside),
            43 => {
                inside.shown("Length", 1, |value| format!("{} bytes", 8 + value * 8));
                inside.number("Type", 1);
                inside.number("Segments Left", 1);
                inside.rest("Data");
            }
            _ => {
                inside.shown("Length", 1, |value| format!("{} bytes", 8 + value * 8));
                inside.rest("Options");
            }
        }
        cursor.push(inside.tree(name, ""));
        cursor.go_to(end);
        next = after.unwrap_or_default() as u8;
    }
    cursor.rest("Extension header");
}

fn fragment(cursor: &mut Cursor<'_>) {
    cursor.hex("Reserved octet", 1);
    cursor.hex("Offset and More Fragments", 2);
    cursor.bits("Offset", 0xfff8, |value| format!("{} bytes", value * 8));
    cursor.bits("More Fragments", 1, |bit| if bit == 1 { "Yes".into() } else { "No".into() });
    cursor.hex("Identification", 4);
}

fn authentication(cursor: &mut Cursor<'_>) {
    cursor.shown("Length", 1, |value| format!("{} bytes", 8 + value * 4));
    cursor.hex("Reserved", 2);
    cursor.hex("AH SPI", 4);
    cursor.number("AH Sequence", 4);
    cursor.rest("AH ICV");
}

fn titled(mut tree: Field) -> Field {
    if let (Some(from), Some(to)) = (tree.find("Source Address"), tree.find("Destination Address")) {
        tree.value = format!("{} → {}", from.value, to.value);
    }
    tree
}
