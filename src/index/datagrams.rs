//! What happened beside TCP and may explain a flow: DNS lookups, QUIC tries, ICMP errors. Bounded tables, filled in the
//! pass; what found no room is counted.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::net::{Datagram, Endpoint, IcmpError};
use crate::proto::dns::DnsMessage;
use crate::proto::quic::LongHeader;
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// DNS lookups kept, of all clients.
const MAX_LOOKUPS: usize = 100_000;
/// QUIC tries kept.
const MAX_TRIES: usize = 100_000;
/// ICMP errors kept.
const MAX_QUOTED: usize = 100_000;
/// Nanoseconds after which Initials between the same ends are another try.
const SAME_TRY: i64 = 30 * Time::SECOND;

/// A datagram that counts, read on the thread that decodes.
pub(crate) enum Fact {
    /// A DNS message from the first end to the second.
    Dns(Endpoint, Endpoint, DnsMessage),
    /// A QUIC Initial from a client to a server.
    Initial(Endpoint, Endpoint),
    /// A long header from a server to a client.
    Answer(Endpoint, Endpoint),
}

impl Fact {
    /// What a datagram tells; `None` for all that is neither DNS nor the beginning of QUIC.
    pub fn read(datagram: &Datagram<'_>) -> Option<Self> {
        let Datagram { src, dst, payload } = *datagram;
        if [53, 5353].iter().any(|port| src.port == *port || dst.port == *port) {
            return DnsMessage::read(payload).map(|message| Self::Dns(src, dst, message));
        }
        if dst.port == 443 {
            return LongHeader::read(payload).filter(|header| header.is_initial).map(|_| Self::Initial(src, dst));
        }
        if src.port == 443 {
            return LongHeader::read(payload).map(|_| Self::Answer(src, dst));
        }
        None
    }
}

/// A packet and its time.
pub type Moment = (PacketNumber, Time);

/// One question and its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// Who asked; a multicast group where everybody was told.
    pub client: IpAddr,
    /// The first question, where it was captured.
    pub asked: Option<Moment>,
    /// The answer, where one was captured.
    pub answered: Option<Moment>,
    /// What was said: the answer, or else the question.
    pub message: DnsMessage,
}

impl Lookup {
    /// When it was answered, or else asked.
    pub fn time(&self) -> Time {
        self.answered.or(self.asked).map_or_else(Time::default, |(_, time)| time)
    }
}

/// A client's Initials to one server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuicTry {
    /// The client.
    pub client: Endpoint,
    /// The server.
    pub server: Endpoint,
    /// The first Initial.
    pub first: Moment,
    /// The last one's time.
    last: Time,
    /// How many there were.
    pub initials: u32,
    /// The server's first answer.
    pub answered: Option<Moment>,
}

/// An ICMP error that quotes a flow.
pub(crate) struct Quoted {
    /// The flow.
    pub flow: FlowNumber,
    /// The packet.
    pub packet: PacketNumber,
    /// Who reports.
    pub from: IpAddr,
    /// The error's name.
    pub name: &'static str,
}

/// All that was kept.
#[derive(Default)]
pub(crate) struct Datagrams {
    lookups: Vec<Lookup>,
    /// Questions without an answer yet, by who asked whom under which number.
    waiting: HashMap<(Endpoint, Endpoint, u16), u32>,
    tries: Vec<QuicTry>,
    latest: HashMap<(Endpoint, Endpoint), u32>,
    quoted: Vec<Quoted>,
    /// What found no room.
    pub left_out: u64,
}

impl Datagrams {
    /// All lookups, in the order of the capture.
    pub fn lookups(&self) -> &[Lookup] {
        &self.lookups
    }

    /// All QUIC tries, in the order of the capture.
    pub fn tries(&self) -> &[QuicTry] {
        &self.tries
    }

    /// All ICMP errors, in the order of the capture.
    pub fn quoted(&self) -> &[Quoted] {
        &self.quoted
    }

    /// Takes note of a datagram.
    pub fn add(&mut self, fact: &Fact, packet: PacketNumber, time: Time) {
        match fact {
            // What multicast DNS is asked shows nothing: who knows the answer already stays silent (RFC 6762 §7.1).
            Fact::Dns(_, dst, message) if !message.is_answer && dst.port == 5353 => {}
            Fact::Dns(src, dst, message) if message.is_answer => self.answer(*dst, *src, message, (packet, time)),
            Fact::Dns(src, dst, message) => self.question(*src, *dst, message, (packet, time)),
            Fact::Initial(client, server) => self.initial(*client, *server, (packet, time)),
            Fact::Answer(server, client) => {
                if let Some(at) = self.latest.get(&(*client, *server)) {
                    self.tries[*at as usize].answered.get_or_insert((packet, time));
                }
            }
        }
    }

    /// Takes note of an ICMP error.
    pub fn icmp(&mut self, flow: FlowNumber, error: &IcmpError, packet: PacketNumber) {
        if self.quoted.len() < MAX_QUOTED {
            self.quoted.push(Quoted { flow, packet, from: error.from, name: error.name() });
        } else {
            self.left_out += 1;
        }
    }

    fn question(&mut self, client: Endpoint, resolver: Endpoint, message: &DnsMessage, moment: Moment) {
        let key = (client, resolver, message.id);
        let again = self.waiting.get(&key).is_some_and(|at| {
            let before = &self.lookups[*at as usize].message;
            before.name == message.name && before.kind == message.kind
        });
        if again {
            return;
        }
        let lookup = Lookup { client: client.ip, asked: Some(moment), answered: None, message: message.clone() };
        if let Some(at) = self.keep(lookup) {
            self.waiting.insert(key, at);
        }
    }

    fn answer(&mut self, client: Endpoint, resolver: Endpoint, message: &DnsMessage, moment: Moment) {
        let key = (client, resolver, message.id);
        let asked = self.waiting.get(&key).copied().filter(|at| {
            let asked = &self.lookups[*at as usize].message;
            asked.name == message.name && asked.kind == message.kind
        });
        if let Some(at) = asked {
            self.waiting.remove(&key);
            let lookup = &mut self.lookups[at as usize];
            lookup.answered = Some(moment);
            lookup.message = message.clone();
        } else {
            self.keep(Lookup { client: client.ip, asked: None, answered: Some(moment), message: message.clone() });
        }
    }

    fn keep(&mut self, lookup: Lookup) -> Option<u32> {
        if self.lookups.len() >= MAX_LOOKUPS {
            self.left_out += 1;
            return None;
        }
        self.lookups.push(lookup);
        Some(self.lookups.len() as u32 - 1)
    }

    fn initial(&mut self, client: Endpoint, server: Endpoint, moment: Moment) {
        let known = self.latest.get(&(client, server)).map(|at| &mut self.tries[*at as usize]);
        if let Some(known) = known.filter(|known| moment.1.nanos_since(known.last) < SAME_TRY) {
            known.last = moment.1;
            known.initials = known.initials.saturating_add(1);
            return;
        }
        if self.tries.len() >= MAX_TRIES {
            self.left_out += 1;
            return;
        }
        self.latest.insert((client, server), self.tries.len() as u32);
        self.tries.push(QuicTry { client, server, first: moment, last: moment.1, initials: 1, answered: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(last: u8, port: u16) -> Endpoint {
        Endpoint { ip: IpAddr::from([10, 0, 0, last]), port }
    }

    fn message(is_answer: bool) -> DnsMessage {
        let addresses = if is_answer { vec![IpAddr::from([10, 0, 0, 9])] } else { Vec::new() };
        DnsMessage { id: 5, is_answer, failure: None, kind: "A", name: "a.test".into(), chain: Vec::new(), addresses }
    }

    #[test]
    fn an_answer_goes_to_its_question() {
        let mut datagrams = Datagrams::default();
        let (client, resolver) = (end(1, 40_000), end(2, 53));
        for packet in 1..=2 {
            datagrams.add(&Fact::Dns(client, resolver, message(false)), PacketNumber(packet), Time(i64::from(packet)));
        }
        // That of somebody else is another lookup.
        datagrams.add(&Fact::Dns(resolver, end(3, 40_000), message(true)), PacketNumber(3), Time(3));
        datagrams.add(&Fact::Dns(resolver, client, message(true)), PacketNumber(4), Time(4));
        let said: Vec<_> = datagrams.lookups().iter().map(|lookup| (lookup.asked, lookup.answered)).collect();
        let moment = |packet| Some((PacketNumber(packet), Time(i64::from(packet))));
        assert_eq!(said, [(moment(1), moment(4)), (None, moment(3))]);
    }

    #[test]
    fn initials_are_one_try_until_a_long_pause() {
        let mut datagrams = Datagrams::default();
        let (client, server) = (end(1, 40_000), end(9, 443));
        for (packet, second) in [(1, 0), (2, 1), (3, 90)] {
            datagrams.add(&Fact::Initial(client, server), PacketNumber(packet), Time(second * Time::SECOND));
        }
        datagrams.add(&Fact::Answer(server, client), PacketNumber(4), Time(91 * Time::SECOND));
        let said: Vec<_> = datagrams.tries().iter().map(|try_| (try_.initials, try_.answered.is_some())).collect();
        assert_eq!(said, [(2, false), (1, true)]);
    }

    #[test]
    fn other_datagrams_are_nothing() {
        let read = |src, dst, payload| Fact::read(&Datagram { src, dst, payload }).is_some();
        assert!(read(end(1, 40_000), end(9, 443), &[0xc3, 0, 0, 0, 1]));
        assert!(!read(end(1, 40_000), end(9, 443), &[0x43, 0, 0, 0, 1]));
        assert!(!read(end(1, 40_000), end(9, 4433), &[0xc3, 0, 0, 0, 1]));
        assert!(!read(end(1, 40_000), end(9, 53), b"not DNS at all"));
    }
}
