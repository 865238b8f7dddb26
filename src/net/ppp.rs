//! PPP (RFC 1661) as links frame it: HDLC, Ethernet (RFC 2516), one byte that says which way.

use super::layer::{Layer, Next, array, be16};
use super::unread::{Encryption, Other, Tunnel};
use super::{LinkFacts, Unread};

/// The Ethertype of a `PPPoE` session.
pub(super) const SESSION: u16 = 0x8864;

/// A frame that may begin with HDLC's address and control field, or be Cisco's HDLC.
pub(super) fn framed(bytes: &[u8]) -> Result<Next, Unread> {
    if bytes.starts_with(&[0x0f, 0x00]) {
        return Ok(Next::Layer(Layer::Ethertype(be16(bytes, 2)?), 4));
    }
    behind(bytes, if bytes.starts_with(&[0xff, 0x03]) { 2 } else { 0 })
}

/// A protocol field at `at`, or HDLC's address and control field before it.
pub(super) fn behind(bytes: &[u8], at: usize) -> Result<Next, Unread> {
    let at = if at > 0 && bytes.get(at..at + 2) == Some(&[0xff, 0x03]) { at + 2 } else { at };
    let (protocol, width) = field(bytes, at)?;
    Ok(Next::Layer(Layer::Ppp(protocol), at + width))
}

/// A `PPPoE` session (RFC 2516 §4): version and type, code, session, length, then the PPP protocol.
pub(super) fn session(bytes: &[u8], facts: &mut LinkFacts) -> Result<Next, Unread> {
    let (protocol, width) = field(bytes, 6)?;
    facts.room = be16(bytes, 4)?.checked_sub(width as u16);
    Ok(Next::Layer(Layer::Ppp(protocol), 6 + width))
}

/// The protocol field, and its width: with compression (RFC 1661 §6.5) an odd first byte is all of it.
fn field(bytes: &[u8], at: usize) -> Result<(u16, usize), Unread> {
    let [first] = array::<1>(bytes, at)?;
    if first & 1 == 1 { Ok((u16::from(first), 1)) } else { Ok((be16(bytes, at)?, 2)) }
}

/// What a protocol number announces (IANA PPP Numbers).
pub(super) fn protocol(number: u16) -> Result<Next, Unread> {
    Ok(match number {
        0x0021 => Next::Layer(Layer::Ethertype(0x0800), 0),
        0x0057 => Next::Layer(Layer::Ethertype(0x86dd), 0),
        0x0281 | 0x0283 => Next::Layer(Layer::Mpls, 0),
        // Compressed or encrypted, of one link or of all.
        0x00fb | 0x00fd => return Err(Unread::Encrypted(Encryption::Ppp)),
        // Headers compressed (RFC 1144, 2507, 3095), frames bridged (RFC 3518), several links (RFC 1990).
        0x0003 | 0x0005 | 0x002d | 0x002f | 0x0031 | 0x003d | 0x0061..=0x0069 | 0x2061..=0x2069 => {
            return Err(Unread::Tunnel(Tunnel::Ppp(number)));
        }
        number => Next::Other(Other::Ppp(number)),
    })
}
