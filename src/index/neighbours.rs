//! Which machines say by ARP that an IPv4 address is theirs: a bounded table, filled in the pass.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::datagrams::Moment;
use crate::net::Arp;
use crate::vocab::{PacketNumber, Time};

/// Addresses kept; those that find no room are counted.
const MAX_ADDRESSES: usize = 65_536;
/// Machines kept of one address.
const MAX_MACHINES: usize = 16;

/// A machine that says that an address is its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Machine {
    /// Its hardware address.
    pub mac: [u8; 6],
    /// When it said so first.
    pub first: Moment,
    /// When it said so last.
    pub last: Moment,
    /// Messages in which it said so.
    pub messages: u32,
    /// Those that nobody asked for.
    pub gratuitous: u32,
}

/// The machines of each address, in the order in which they spoke.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    machines: BTreeMap<Ipv4Addr, Vec<Machine>>,
    /// Messages about addresses or of machines that found no room.
    pub(super) left_out: u64,
}

impl Neighbours {
    /// Takes note of who sends a message.
    pub(super) fn add(&mut self, arp: &Arp, packet: PacketNumber, time: Time) {
        let (mac, address) = arp.sender;
        // A machine that asks whether an address is free has none yet (RFC 5227 §2.1.1).
        if address.is_unspecified() {
            return;
        }
        if self.machines.len() >= MAX_ADDRESSES && !self.machines.contains_key(&address) {
            self.left_out += 1;
            return;
        }
        let machines = self.machines.entry(address).or_default();
        let at = match machines.iter().position(|machine| machine.mac == mac) {
            Some(at) => at,
            None if machines.len() >= MAX_MACHINES => {
                self.left_out += 1;
                return;
            }
            None => {
                machines.push(Machine { mac, first: (packet, time), last: (packet, time), messages: 0, gratuitous: 0 });
                machines.len() - 1
            }
        };
        let machine = &mut machines[at];
        machine.last = (packet, time);
        machine.messages = machine.messages.saturating_add(1);
        machine.gratuitous = machine.gratuitous.saturating_add(u32::from(arp.is_gratuitous()));
    }

    /// The machines that say that an address is theirs.
    pub fn of(&self, address: Ipv4Addr) -> &[Machine] {
        self.machines.get(&address).map_or(&[], Vec::as_slice)
    }

    /// Addresses that more than one machine says to have.
    pub fn contested(&self) -> impl Iterator<Item = (Ipv4Addr, &[Machine])> {
        let contested = self.machines.iter().filter(|(_, machines)| machines.len() > 1);
        contested.map(|(address, machines)| (*address, machines.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_two_machines_is_contested() {
        let mut neighbours = Neighbours::default();
        let told = |mac: u8, last: u8, target: u8| Arp {
            is_reply: true,
            sender: ([2, 0, 0, 0, 0, mac], Ipv4Addr::new(10, 0, 0, last)),
            target: ([0; 6], Ipv4Addr::new(10, 0, 0, target)),
        };
        for (packet, arp) in [told(1, 1, 9), told(2, 2, 9), told(3, 1, 1), told(3, 1, 9)].iter().enumerate() {
            neighbours.add(arp, PacketNumber(packet as u32 + 1), Time(packet as i64));
        }
        neighbours.add(&Arp { sender: ([7; 6], Ipv4Addr::UNSPECIFIED), ..told(7, 1, 1) }, PacketNumber(9), Time(9));
        let contested: Vec<_> = neighbours.contested().collect();
        let [(address, [first, second])] = contested[..] else { panic!("{contested:?}") };
        assert_eq!(address, Ipv4Addr::new(10, 0, 0, 1));
        assert_eq!((first.mac[5], first.messages, first.gratuitous), (1, 1, 0));
        assert_eq!((second.mac[5], second.messages, second.gratuitous), (3, 2, 1));
        assert_eq!((second.first.0, second.last.0), (PacketNumber(3), PacketNumber(4)));
        assert_eq!(neighbours.of(Ipv4Addr::new(10, 0, 0, 2)).len(), 1);
    }
}
