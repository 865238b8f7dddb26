//! ARP for IPv4 over Ethernet (RFC 826): who says that an address is his.

use std::net::Ipv4Addr;

/// An ARP message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arp {
    /// Whether it is a reply; a request otherwise.
    pub is_reply: bool,
    /// Who sends it: hardware address and IP address.
    pub sender: ([u8; 6], Ipv4Addr),
    /// Whom it is about, or for: in a request the hardware address means nothing.
    pub target: ([u8; 6], Ipv4Addr),
}

impl Arp {
    /// Reads a message; `None` for other operations and other networks, and where bytes are missing.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let message = bytes.first_chunk::<28>()?;
        // Ethernet or IEEE 802, IPv4, the lengths of their addresses.
        let (b"\0\x01\x08\0\x06\x04" | b"\0\x06\x08\0\x06\x04") = message[..6].first_chunk::<6>()? else { return None };
        let operation = u16::from_be_bytes([message[6], message[7]]);
        let ends = |at: usize| {
            let mac = *message[at..].first_chunk::<6>()?;
            Some((mac, Ipv4Addr::from(*message[at + 6..].first_chunk::<4>()?)))
        };
        let is_message = matches!(operation, 1 | 2);
        let (sender, target) = (ends(8)?, ends(18)?);
        is_message.then_some(Self { is_reply: operation == 2, sender, target })
    }

    /// Whether nobody asked and nobody is asked: a machine tells everybody that an address is its own (RFC 5227 §3).
    pub fn is_gratuitous(&self) -> bool {
        self.sender.1 == self.target.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_who_has_what() {
        let text = b"\0\x01\x08\0\x06\x04\0\x01\x02\0\0\0\0\x01\x0a\x09\x01\x02\0\0\0\0\0\0\x0a\x09\x01\x01";
        let arp = Arp::read(text).expect("a request");
        assert_eq!(arp.sender, ([2, 0, 0, 0, 0, 1], Ipv4Addr::new(10, 9, 1, 2)));
        assert_eq!(arp.target.1, Ipv4Addr::new(10, 9, 1, 1));
        assert!(!arp.is_reply && !arp.is_gratuitous());
        let mut told = *text;
        told[27] = 2;
        assert!(Arp::read(&told).is_some_and(|arp| arp.is_gratuitous()));
        told[7] = 3;
        assert_eq!(Arp::read(&told), None);
        assert_eq!(Arp::read(&text[..27]), None);
    }
}
