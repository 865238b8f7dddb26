//! The words for links: what was seen, and what is inferred from it.

use crate::cohort::{End, Link, Outcomes, Seen, Tie, Toward};
use crate::index::{Lookup, QuicTry};
use crate::vocab::Time;
use crate::vocab::text::{counted, duration};

/// Addresses of an answer that are listed one by one.
const MAX_ADDRESSES: usize = 4;

/// What was seen.
pub fn note(link: &Link) -> String {
    let start = link.start;
    match &link.seen {
        Seen::DnsAnswer { lookup, server, tie } => {
            let note = before(lookup, start);
            if *tie == Tie::NameAlone { format!("{note}; {server} is not in it") } else { note }
        }
        Seen::DnsFailure(lookup) => before(lookup, start),
        Seen::Quic(try_) => quic(try_, start),
        Seen::Icmp { name, from } => format!("ICMP {name} from {from}"),
        Seen::SameConnection { client, server, began, result } => {
            let ends = [("from", client), ("to", server)];
            let ends = ends.iter().filter_map(|(way, end)| end.map(|end| format!("{way} {end}")));
            let ends = ends.collect::<Vec<_>>().join(" ");
            format!("the same ClientHello, {ends}, {}, {}", when(start, *began), outcome(*result))
        }
        Seen::PreviousFlow { other_server, end, ended, result, .. } => {
            let place = match other_server {
                None => "the same ports and addresses".to_owned(),
                Some(server) => format!("the same client port, to {server}"),
            };
            format!("{place}, {}; {}; {}", gap(*ended, start), ending(*end), outcome(*result))
        }
        Seen::Attempt { began, result } => format!("{}, {}", when(start, *began), outcome(*result)),
        Seen::Sibling { to, began, result } => {
            let to = match to {
                Toward::OtherName(name) => format!("to {}", String::from_utf8_lossy(name)),
                Toward::SameName => "to the same name".to_owned(),
                Toward::SameServer => "to the same server".to_owned(),
            };
            format!("{to}, {}, {}", when(start, *began), outcome(*result))
        }
        Seen::Siblings { flows, ok, failed, within } => {
            let flows = counted(*flows, "flow");
            format!("in all {flows} to the same name or server within {within} s: {ok} ok, {failed} failed")
        }
    }
}

/// What is inferred from what was seen.
pub fn inferred(link: &Link) -> Option<&'static str> {
    match &link.seen {
        Seen::DnsAnswer { tie, .. } => Some(match tie {
            Tie::NameAlone => {
                "the client had this address from elsewhere: from an earlier answer, a proxy's or a hosts file"
            }
            Tie::AddressAlone => "the flow states no server name; that it was for this one is inferred from DNS",
            Tie::NameAndAddress => {
                "that the flow used this answer: it is the client's latest with this address for this name"
            }
            Tie::AddressOfAnotherName => {
                "no answer for the flow's own server name has this address; it may be one that both names share"
            }
        }),
        Seen::Quic(QuicTry { answered: None, .. }) => {
            Some("UDP 443 is filtered or the server has no QUIC, and the client fell back to TCP")
        }
        Seen::SameConnection { client, server, .. } => Some(match (client, server) {
            (Some(_), None) => "the other side of a device that translates the client's address (source NAT)",
            (None, Some(_)) => "the other side of a device that translates the server's address (a balancer, a NAT)",
            _ => "the other side of a device that translates both addresses (a balancer, a gateway)",
        }),
        Seen::PreviousFlow { refused: true, .. } => {
            Some("a NAT or firewall that still holds the old connection's state may refuse or drop the new one")
        }
        Seen::Attempt { .. } => Some("the same client, target and moment: one try"),
        _ => None,
    }
}

/// What a lookup said, and how long before the flow.
fn before(lookup: &Lookup, start: Time) -> String {
    let said = lookup.answered.or(lookup.asked).map_or(start, |(_, time)| time);
    format!("{}, {} before the flow", answer(lookup), apart(start, said))
}

fn answer(lookup: &Lookup) -> String {
    let message = &lookup.message;
    let addresses: Vec<_> = message.addresses.iter().take(MAX_ADDRESSES).map(ToString::to_string).collect();
    let more = message.addresses.len().saturating_sub(addresses.len());
    let said = match (lookup.answered, message.failure) {
        (None, _) => "no answer in the capture".to_owned(),
        (Some(_), Some(failure)) => failure.to_owned(),
        (Some(_), None) if addresses.is_empty() => "no address".to_owned(),
        (Some(_), None) if more > 0 => format!("{} and {more} more", addresses.join(", ")),
        (Some(_), None) => addresses.join(", "),
    };
    let mut note = format!("DNS {} {}", message.kind, message.name);
    for alias in &message.chain {
        note = format!("{note} -> {alias}");
    }
    note = format!("{note}: {said}");
    if let Some(((question, asked), (_, answered))) = lookup.asked.zip(lookup.answered) {
        note = format!("{note} (asked in packet {question}, {} earlier)", apart(answered, asked));
    }
    note
}

fn quic(try_: &QuicTry, start: Time) -> String {
    let initials = counted(try_.initials as usize, "QUIC Initial");
    let said = match try_.answered {
        None => "no QUIC answer in the capture".to_owned(),
        Some((answer, time)) => format!("answered in packet {answer} after {}", apart(time, try_.first.1)),
    };
    let (port, server) = (try_.client.port, try_.server);
    format!("{initials} from port {port} to {server}, {}; {said}", when(start, try_.first.1))
}

fn ending(end: End) -> String {
    match end {
        End::Reset(by) => format!("reset by the {}", by.sender()),
        End::Closed => "closed from both ends".to_owned(),
        End::HalfClosed(by) => format!("closed by the {} only", by.sender()),
        End::NotCaptured => "its end was not captured".to_owned(),
    }
}

fn outcome(result: Outcomes) -> String {
    match result {
        Some((outcome, Some(cause))) => format!("{outcome} ({cause})"),
        Some((outcome, None)) => outcome.to_string(),
        None => "not judged yet".to_owned(),
    }
}

/// The time between two moments.
fn apart(later: Time, earlier: Time) -> String {
    duration(later.since(earlier).abs())
}

/// When something began, seen from a flow's beginning.
fn when(start: Time, other: Time) -> String {
    format!("{} {}", apart(start, other), if other <= start { "before" } else { "after" })
}

/// How long one flow was over when the next one began.
fn gap(end: Time, start: Time) -> String {
    if end <= start { format!("over {} before", apart(start, end)) } else { "not over when this one began".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Endpoint;
    use crate::proto::dns::DnsMessage;
    use crate::vocab::{Cause, Direction, Outcome, PacketNumber};

    const START: Time = Time(100 * Time::SECOND);

    fn check(seen: Seen, said: &str, guess: Option<&str>) {
        let link = Link { flow: None, packet: None, start: START, seen };
        assert_eq!((note(&link).as_str(), inferred(&link).is_some()), (said, guess.is_some()));
        assert!(inferred(&link).unwrap_or_default().starts_with(guess.unwrap_or_default()), "{:?}", inferred(&link));
    }

    fn lookup(addresses: &[[u8; 4]], answered: bool) -> Lookup {
        let message = DnsMessage {
            id: 1,
            is_answer: answered,
            failure: None,
            kind: "A",
            name: "a.test".into(),
            chain: vec!["b.test".into()],
            addresses: addresses.iter().map(|ip| (*ip).into()).collect(),
        };
        let moment = |packet, millis: i64| (PacketNumber(packet), Time(START.0 - millis * 1_000_000));
        let (asked, answered) = (Some(moment(3, 30)), answered.then(|| moment(4, 10)));
        Lookup { client: [10, 0, 0, 1].into(), asked, answered, message }
    }

    #[test]
    fn a_lookup_says_its_addresses_and_when() {
        let server = [192, 0, 2, 1];
        let answer =
            |tie, count| Seen::DnsAnswer { lookup: lookup(&vec![server; count], true), server: server.into(), tie };
        let asked = "(asked in packet 3, 20.0 ms earlier), 10.0 ms before the flow";
        let one = format!("DNS A a.test -> b.test: 192.0.2.1 {asked}");
        check(answer(Tie::NameAndAddress, 1), &one, Some("that the flow used this answer"));
        check(answer(Tie::AddressAlone, 1), &one, Some("the flow states no server name"));
        check(answer(Tie::AddressOfAnotherName, 1), &one, Some("no answer for the flow's own"));
        let none = format!("DNS A a.test -> b.test: no address {asked}; 192.0.2.1 is not in it");
        check(answer(Tie::NameAlone, 0), &none, Some("the client had this address from elsewhere"));
        let six = ["192.0.2.1"; 4].join(", ");
        check(answer(Tie::AddressAlone, 6), &format!("DNS A a.test -> b.test: {six} and 2 more {asked}"), Some(""));
        let silent = "DNS A a.test -> b.test: no answer in the capture, 30.0 ms before the flow";
        check(Seen::DnsFailure(lookup(&[], false)), silent, None);
    }

    #[test]
    fn the_flow_before_says_how_it_ended() {
        let server = Endpoint { ip: [192, 0, 2, 9].into(), port: 443 };
        let previous = |other_server, end, ended, refused| {
            let result = Some((Outcome::Failed, Some(Cause::ClientGaveUp)));
            Seen::PreviousFlow { other_server, end, ended, result, refused }
        };
        check(
            previous(None, End::Reset(Direction::ToClient), Time(START.0 - 2 * Time::SECOND), true),
            "the same ports and addresses, over 2.000 s before; reset by the server; failed (client-gave-up)",
            Some("a NAT or firewall"),
        );
        check(
            previous(Some(server), End::HalfClosed(Direction::ToServer), Time(START.0 + 1), false),
            "the same client port, to 192.0.2.9:443, not over when this one began; closed by the client only; failed \
             (client-gave-up)",
            None,
        );
    }
}
