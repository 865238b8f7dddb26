//! DNS messages, as far as they tell which name became which address (RFC 1035, RFC 9460).
//!
//! Only questions for addresses (A, AAAA, HTTPS) and their answers are kept.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use simple_dns::rdata::{RData, SVCParam};
use simple_dns::{Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

/// Aliases kept of an answer.
const MAX_CHAIN: usize = 16;
/// Addresses kept of an answer.
const MAX_ADDRESSES: usize = 64;
/// Bytes of a header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// Bytes of the shortest question; records are longer.
const SHORTEST: usize = 5;

/// A question for a name's addresses, or an answer to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DnsMessage {
    /// What pairs an answer with its question; 0 in multicast DNS.
    pub id: u16,
    /// Whether it answers.
    pub is_answer: bool,
    /// The error that the answer states, by its usual name.
    pub failure: Option<&'static str>,
    /// What is asked for: `A`, `AAAA` or `HTTPS`.
    pub kind: &'static str,
    /// The name asked for, in lower case, without the root's dot.
    pub name: Box<str>,
    /// The names that it is an alias of, in the answer's order, up to 16.
    pub chain: Vec<Box<str>>,
    /// The addresses of the answer, up to 64; of an HTTPS record its hints.
    pub addresses: Vec<IpAddr>,
}

impl DnsMessage {
    /// Reads the payload of a datagram; `None` where it is no DNS, or about something else than addresses.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (header, rest) = bytes.split_at_checked(HEADER)?;
        // The library makes room for as many entries as the header states: no more than can be there.
        let counts = header[4..].chunks_exact(2).map(|count| usize::from(u16::from_be_bytes([count[0], count[1]])));
        if counts.sum::<usize>() > rest.len() / SHORTEST {
            return None;
        }
        let packet = Packet::parse(bytes).ok()?;
        let is_answer = packet.has_flags(PacketFlag::RESPONSE);
        let (name, kind) = match packet.questions.first() {
            Some(question) => {
                let QTYPE::TYPE(kind) = question.qtype else { return None };
                (&question.qname, kind_name(kind)?)
            }
            // An answer of multicast DNS repeats no question (RFC 6762 §6).
            None => packet
                .answers
                .iter()
                .find_map(|record| Some((&record.name, kind_name(record.rdata.type_code())?)))
                .filter(|_| is_answer)?,
        };
        let mut message = Self {
            id: packet.id(),
            is_answer,
            failure: if is_answer { failure(packet.rcode()) } else { None },
            kind,
            name: text(name),
            chain: Vec::new(),
            addresses: Vec::new(),
        };
        if is_answer {
            for record in &packet.answers {
                message.take(record);
            }
        }
        Some(message)
    }

    fn take(&mut self, record: &ResourceRecord<'_>) {
        match &record.rdata {
            RData::CNAME(alias) if self.chain.len() < MAX_CHAIN => self.chain.push(text(&alias.0)),
            RData::A(a) => self.address(Ipv4Addr::from(a.address).into()),
            RData::AAAA(a) => self.address(Ipv6Addr::from(a.address).into()),
            RData::HTTPS(service) => {
                for parameter in service.0.iter_params() {
                    match parameter {
                        SVCParam::Ipv4Hint(hints) => {
                            for hint in hints {
                                self.address(Ipv4Addr::from(*hint).into());
                            }
                        }
                        SVCParam::Ipv6Hint(hints) => {
                            for hint in hints {
                                self.address(Ipv6Addr::from(*hint).into());
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn address(&mut self, address: IpAddr) {
        if self.addresses.len() < MAX_ADDRESSES && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }
}

fn kind_name(kind: TYPE) -> Option<&'static str> {
    match kind {
        TYPE::A => Some("A"),
        TYPE::AAAA => Some("AAAA"),
        TYPE::HTTPS => Some("HTTPS"),
        _ => None,
    }
}

fn failure(code: RCODE) -> Option<&'static str> {
    match code {
        RCODE::NoError => None,
        RCODE::FormatError => Some("FORMERR"),
        RCODE::ServerFailure => Some("SERVFAIL"),
        RCODE::NameError => Some("NXDOMAIN"),
        RCODE::NotImplemented => Some("NOTIMP"),
        RCODE::Refused => Some("REFUSED"),
        _ => Some("another error"),
    }
}

fn text(name: &Name<'_>) -> Box<str> {
    name.to_string().to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use simple_dns::rdata::{A, CNAME};
    use simple_dns::{CLASS, QCLASS, Question};

    use super::*;

    fn answer(code: RCODE) -> Vec<u8> {
        let name = Name::new_unchecked("API.example.test");
        let alias = Name::new_unchecked("edge.example.test");
        let mut packet = Packet::new_reply(7);
        *packet.rcode_mut() = code;
        packet.questions.push(Question::new(name.clone(), TYPE::A.into(), QCLASS::CLASS(CLASS::IN), false));
        if code == RCODE::NoError {
            let records = [(name, RData::CNAME(CNAME(alias.clone()))), (alias, RData::A(A { address: 0x0a09_030a }))];
            packet.answers.extend(records.map(|(name, data)| ResourceRecord::new(name, CLASS::IN, 60, data)));
        }
        packet.build_bytes_vec_compressed().expect("a small message")
    }

    #[test]
    fn an_answer_has_its_name_its_aliases_and_its_addresses() {
        let message = DnsMessage::read(&answer(RCODE::NoError)).expect("an answer");
        assert_eq!((message.id, message.is_answer, message.failure, message.kind), (7, true, None, "A"));
        assert_eq!(&*message.name, "api.example.test");
        assert_eq!(message.chain, ["edge.example.test".into()]);
        assert_eq!(message.addresses, [IpAddr::from([10, 9, 3, 10])]);
    }

    #[test]
    fn an_error_has_its_usual_name() {
        for (code, name) in [(RCODE::NameError, "NXDOMAIN"), (RCODE::ServerFailure, "SERVFAIL")] {
            assert_eq!(DnsMessage::read(&answer(code)).and_then(|message| message.failure), Some(name));
        }
    }

    #[test]
    fn what_is_cut_or_states_more_than_it_has_is_none() {
        let whole = answer(RCODE::NoError);
        for end in 0..whole.len() {
            assert_eq!(DnsMessage::read(&whole[..end]), None, "{end}");
        }
        let mut boasting = whole;
        boasting[10..12].copy_from_slice(&[0xff, 0xff]);
        assert_eq!(DnsMessage::read(&boasting), None);
    }
}
