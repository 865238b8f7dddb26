//! TCP's header with every option (RFC 9293 §3.1, IANA TCP Option Kinds).

use super::cursor::{Cursor, short_hex};
use super::known::Known;
use crate::net::TcpFlags;
use crate::net::checksum::{fold, sum};
use crate::net::options::kind_name;
use crate::vocab::Field;

/// The name of the tree of a TCP header.
pub(super) const TCP: &str = "Transmission Control Protocol";

/// The tree of a segment; the cursor runs over header and payload. `stated` is the payload's length as the headers
/// state it; `addresses` the sum of the IP addresses, for the checksum; `known` what the segment's flow knows.
pub(super) fn header(
    mut cursor: Cursor<'_>,
    stated: Option<usize>,
    addresses: Option<u32>,
    known: Option<&Known>,
) -> Field {
    let whole = cursor.whole();
    let start = cursor.at();
    let value = fixed(&mut cursor, known);
    let header_len = whole.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4);
    let end = (start + header_len).min(start + whole.len());
    if let (Some(stated), Some(addresses)) = (stated, addresses)
        && header_len + stated == whole.len()
    {
        checksum_note(&mut cursor, whole, addresses);
    }
    cursor.number("Urgent Pointer", 2);
    if end > cursor.at() {
        let options = options(cursor.part(end), known);
        cursor.go_to(end);
        cursor.push(options);
    }
    let captured = cursor.left();
    let stated = stated.unwrap_or(captured);
    let payload = cursor.at()..cursor.at() + captured;
    // The tree's own bytes are the header's; the payload is part of it all the same.
    let mut tree = cursor.tree(TCP, format!("{value} Len={stated}"));
    if stated > 0 {
        let mut field = Field::new("TCP payload", format!("{stated} bytes"), payload.clone());
        if captured < stated {
            field.issue = Some(format!("{captured} of {stated} bytes captured: cut by the snap length"));
        }
        tree.range.end = tree.range.end.max(payload.end);
        tree.children.push(field);
    }
    tree
}

/// The part of a segment that an ICMP error quotes: at least eight bytes (RFC 792), often no more.
pub(super) fn quoted(mut cursor: Cursor<'_>) -> Field {
    if cursor.left() >= 20 {
        return header(cursor, None, None, None);
    }
    ports(&mut cursor);
    cursor.number("Sequence Number", 4);
    if cursor.left() >= 4 {
        cursor.number("Acknowledgment Number", 4);
    }
    cursor.rest("Header, cut");
    cursor.tree(TCP, "").noted("The error quotes no more of the segment")
}

fn ports(cursor: &mut Cursor<'_>) -> String {
    let from = cursor.number("Source Port", 2);
    let to = cursor.number("Destination Port", 2);
    format!("{} → {}", from.unwrap_or_default(), to.unwrap_or_default())
}

/// Reads up to the checksum; returns what the whole is.
fn fixed(cursor: &mut Cursor<'_>, known: Option<&Known>) -> String {
    // Data offset, reserved bits and flags share two bytes; the header's length is shown as a field of its own.
    let flags = cursor.peek().get(12..14).map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    let flags = TcpFlags(flags & 0x1ff);
    let ports = ports(cursor);
    let seq = cursor.number("Sequence Number", 4);
    relative(cursor, seq, known.and_then(|known| known.own_initial), " to the initial sequence number");
    let ack = cursor.number("Acknowledgment Number", 4);
    if known.is_some() && ack.is_some() && !flags.ack() {
        cursor.note("Means nothing: the ACK flag is not set");
    } else {
        relative(cursor, ack, known.and_then(|known| known.other_initial), " to the initial sequence number");
    }
    cursor.shown("Header Length and Flags", 2, |value| {
        format!("{} bytes, {}", (value >> 12) * 4, if flags.0 == 0 { "no flags".into() } else { flags.to_string() })
    });
    cursor.bits("Header Length", 0xf000, |value| format!("{} bytes ({value})", value * 4));
    cursor.bits("Reserved", 0x0e00, |value| if value == 0 { "Not set".into() } else { format!("0x{value:x}") });
    for (name, mask) in FLAGS {
        cursor.flag(name, mask);
    }
    let window = cursor.number("Window Size Value", 2);
    if let (Some(window), Some(shift)) = (window, known.and_then(|known| known.window_shift)) {
        let scaled = if shift > 0 { format!(": scaled by {}", 1_u64 << shift) } else { String::new() };
        cursor.note(format!("{} bytes{scaled}", window << shift));
    }
    cursor.hex("Checksum", 2);
    let names = flags.to_string().replace(' ', ", ");
    let ack = ack.filter(|_| flags.ack()).map_or(String::new(), |ack| format!(" Ack={ack}"));
    format!("{ports} [{names}] Seq={}{ack}", seq.unwrap_or_default())
}

/// Says of a sequence number, the field read last, how far it is from the initial one of its stream.
fn relative(cursor: &mut Cursor<'_>, number: Option<u64>, initial: Option<u32>, to: &str) {
    if let (Some(number), Some(initial)) = (number, initial) {
        cursor.note(format!("{} relative{to}", (number as u32).wrapping_sub(initial)));
    }
}

const FLAGS: [(&str, u64); 9] = [
    ("Accurate ECN", 0x100),
    ("Congestion Window Reduced", 0x080),
    ("ECN-Echo", 0x040),
    ("Urgent", 0x020),
    ("Acknowledgment", 0x010),
    ("Push", 0x008),
    ("Reset", 0x004),
    ("Syn", 0x002),
    ("Fin", 0x001),
];

/// Says of the checksum, the field read last, whether it fits (RFC 9293 §3.1).
fn checksum_note(cursor: &mut Cursor<'_>, segment: &[u8], addresses: u32) {
    let Some(stated) = segment.get(16..18).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]])) else { return };
    let pseudo = addresses + 6 + segment.len() as u32;
    let total = fold(fold(pseudo) + fold(sum(segment)));
    if total == 0xffff {
        cursor.note("correct");
    } else if u32::from(stated) == fold(pseudo) {
        cursor.note("Not filled in yet: the host that captured leaves that to its network card (offloading)");
    } else {
        cursor.note("Does not match the segment");
    }
}

fn options(mut cursor: Cursor<'_>, known: Option<&Known>) -> Field {
    let mut names = Vec::new();
    while let [kind, rest @ ..] = cursor.peek() {
        let label = kind_name(*kind).unwrap_or("Unknown");
        let length = match (kind, rest.first()) {
            (0 | 1, _) => 1,
            (_, Some(length)) => usize::from(*length),
            (_, None) => usize::MAX,
        };
        if *kind == 0 {
            cursor.rest("End of Option List");
            break;
        }
        if *kind != 1 && (length < 2 || length > cursor.left()) {
            cursor.rest("Options, cut");
            cursor.issue(if length < 2 {
                "an option of an impossible length"
            } else {
                "an option longer than the header"
            });
            break;
        }
        let end = cursor.at() + length;
        let field = option(*kind, label, cursor.part(end), known);
        names.push(match field.value.as_str() {
            "" => label.to_owned(),
            value => format!("{label} {value}"),
        });
        cursor.go_to(end);
        cursor.push(field);
    }
    names.retain(|name| name != "No-Operation");
    cursor.tree("Options", names.join(", ")).telling()
}

/// One option with its kind and length.
fn option(kind: u8, label: &'static str, mut cursor: Cursor<'_>, known: Option<&Known>) -> Field {
    cursor.shown("Kind", 1, |value| format!("{label} ({value})"));
    if kind == 1 {
        return Field { children: Vec::new(), ..cursor.tree("No-Operation", "") };
    }
    cursor.number("Length", 1);
    let body = cursor.left();
    let (name, value, note) = match (kind, body) {
        (2, 2) => {
            let mss = cursor.number("MSS Value", 2).unwrap_or_default();
            ("Maximum Segment Size", format!("{mss} bytes"), "Largest payload the sender can receive. RFC 9293 §3.7.1")
        }
        (3, 1) => {
            let shift = cursor.number("Shift count", 1).unwrap_or_default();
            let factor = 1_u64 << shift.min(63);
            ("Window Scale", format!("{shift} (multiply by {factor})"), "Counts only if both ends send it. RFC 7323 §2")
        }
        (4, 0) => ("SACK Permitted", String::new(), "RFC 2018 §2"),
        (5, _) => {
            let blocks = blocks(&mut cursor, known);
            cursor.rest("not decoded");
            ("SACK", blocks, "Bytes that came although earlier ones are missing. RFC 2018 §3, RFC 2883")
        }
        (8, 8) => {
            let value = cursor.number("Timestamp value", 4).unwrap_or_default();
            let echo = cursor.number("Timestamp echo reply", 4).unwrap_or_default();
            ("Timestamps", format!("TSval {value}, TSecr {echo}"), "RFC 7323 §3.2")
        }
        (19, _) => {
            cursor.rest("MD5 digest");
            ("MD5 Signature", String::new(), "RFC 2385")
        }
        (28, 2) => {
            let value = cursor.number("User Timeout", 2).unwrap_or_default();
            let unit = if value & 0x8000 == 0 { "s" } else { "min" };
            ("User Timeout", format!("{} {unit}", value & 0x7fff), "RFC 5482")
        }
        (30, _) => {
            let mut subtype = String::new();
            cursor.shown("Subtype and flags", 1, |value| {
                subtype = multipath(value >> 4);
                format!("{subtype}, 0x{value:02x}")
            });
            cursor.rest("Data");
            ("Multipath TCP", subtype, "RFC 8684 §3")
        }
        (34, _) => {
            let value = if body == 0 { "request".to_owned() } else { format!("cookie of {body} bytes") };
            cursor.rest("Fast Open Cookie");
            ("TCP Fast Open", value, "RFC 7413 §2")
        }
        _ => {
            let value = short_hex(cursor.peek());
            cursor.rest("Data");
            (if label == "Unknown" { "Unknown option" } else { label }, value, "IANA TCP Option Kind Numbers")
        }
    };
    cursor.tree(name, value).noted(note)
}

/// The blocks of a SACK option; their edges count in the other end's numbers.
fn blocks(cursor: &mut Cursor<'_>, known: Option<&Known>) -> String {
    let initial = known.and_then(|known| known.other_initial);
    let edge = |cursor: &mut Cursor<'_>, name| {
        let edge = cursor.number(name, 4);
        relative(cursor, edge, initial, "");
        edge.unwrap_or_default()
    };
    let mut blocks = Vec::new();
    while cursor.left() >= 8 {
        let (left, right) = (edge(cursor, "Left Edge"), edge(cursor, "Right Edge"));
        blocks.push(format!("{left}–{right}"));
    }
    blocks.join(" ")
}

fn multipath(subtype: u64) -> String {
    let names =
        ["MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL", "MP_FASTCLOSE", "MP_TCPRST"];
    names.get(subtype as usize).map_or_else(|| format!("subtype {subtype}"), |name| (*name).to_owned())
}
