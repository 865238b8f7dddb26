//! ICMP and `ICMPv6` messages (RFC 792, RFC 4443); what an error quotes is added by the builder.

use super::cursor::Cursor;
use crate::net::icmp::name;
use crate::vocab::Field;

/// The name of the tree of an ICMP message.
pub(super) const ICMP: &str = "Internet Control Message Protocol";
/// The name of the tree of an `ICMPv6` message.
const ICMPV6: &str = "Internet Control Message Protocol v6";

/// The first eight bytes of a message. The tree's range is the whole message, the quoted packet included.
pub(super) fn header(v6: bool, mut cursor: Cursor<'_>) -> Field {
    let end = cursor.at() + cursor.left();
    let kind = cursor.number("Type", 1).unwrap_or_default() as u8;
    let code = cursor.number("Code", 1).unwrap_or_default() as u8;
    let named = name(v6, kind, code);
    cursor.note(named);
    cursor.hex("Checksum", 2);
    match (v6, kind, code) {
        (false, 3, 4) => {
            cursor.hex("Unused", 2);
            cursor.number("MTU of next hop", 2);
        }
        (true, 2, _) => {
            cursor.number("MTU", 4);
        }
        (false, 5, _) => cursor.ipv4("Gateway Address"),
        (false, 3 | 11, _) => {
            cursor.hex("Unused", 1);
            cursor.shown("Length of original datagram", 1, |value| format!("{} bytes", value * 4));
            cursor.hex("Rest of header", 2);
        }
        _ => {
            cursor.raw("Rest of header", 4);
        }
    }
    let mut tree = cursor.tree(if v6 { ICMPV6 } else { ICMP }, named);
    tree.range.end = end;
    tree
}
