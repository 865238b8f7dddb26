//! Which good flow to compare a failing one with: candidates scored on small keys, without reading a packet.
//!
//! Start at [`Nearness::of`]; `cohort` asks it for every good flow of the index and takes the best. The best control there
//! is: a browser's own successful retry of the same attempt, milliseconds later.

use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::flow::Issues;
use crate::vocab::iana::ProtocolVersion;
use crate::vocab::{Outcome, Time};

/// What the index knows of a flow that tells how well two flows compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate<'a> {
    /// Server name of the ClientHello.
    pub server_name: Option<&'a [u8]>,
    /// The server's address.
    pub server: IpAddr,
    /// The server's port.
    pub port: u16,
    /// The client's address.
    pub client: IpAddr,
    /// JA4 of the ClientHello.
    pub ja4: Option<&'a str>,
    /// Version of the ServerHello.
    pub version: Option<ProtocolVersion>,
    /// Whether the ClientHello offered to resume, or the handshake resumed; none where that is not known.
    pub resumed: Option<bool>,
    /// Whether the server asked for another ClientHello; none where it did not get to answer.
    pub retried: Option<bool>,
    /// Whether the server asked for a certificate; none where that is not known.
    pub asked_for_certificate: Option<bool>,
    /// Whether another protocol comes first: a proxy is asked for a tunnel, or a server for TLS.
    pub preamble: bool,
    /// Segments that carried the ClientHello; 0 without one.
    pub hello_segments: u16,
    /// TTL of the client's first packet, and of the server's; 0 where an end sent none.
    pub ttl: (u8, u8),
    /// When the flow began.
    pub time: Time,
    /// Retransmitted segments of both ends.
    pub retransmissions: u32,
    /// The client's try it belongs to.
    pub attempt: Option<u32>,
}

impl<'a> Candidate<'a> {
    /// Reads it from the index.
    pub fn new(facts: &FlowFacts<'a>) -> Self {
        let (row, tls) = (facts.row, facts.tls);
        let (to_server, to_client) = (&row.sides.to_server, &row.sides.to_client);
        let progress = tls.map(|tls| &tls.progress);
        Self {
            server_name: tls.and_then(|tls| tls.server_name.as_deref()),
            server: row.server.ip,
            port: row.server.port,
            client: row.client.ip,
            ja4: tls.and_then(|tls| tls.ja4.as_deref()),
            version: tls.and_then(|tls| tls.version),
            resumed: tls.and_then(|tls| tls.resumed),
            retried: progress.filter(|progress| progress.retry || progress.server_hello).map(|progress| progress.retry),
            // A sealed request cannot be seen.
            asked_for_certificate: progress
                .filter(|progress| progress.certificate_request || progress.server_hello && !progress.sealed)
                .map(|progress| progress.certificate_request),
            preamble: progress.is_some_and(|one| one.preamble || one.tunnel_asked || one.upgrade_sought),
            hello_segments: tls.map_or(0, |tls| tls.client_hello_segments),
            ttl: (to_server.ttl, to_client.ttl),
            time: row.start,
            retransmissions: u32::from(to_server.retransmissions) + u32::from(to_client.retransmissions),
            attempt: facts.attempt,
        }
    }

    /// Whether a flow can be one to compare with at all: it is good, whole from its SYN on, and nothing went wrong later.
    pub fn is_good(facts: &FlowFacts<'_>) -> bool {
        let row = facts.row;
        row.outcome == Some(Outcome::Ok)
            && row.cause.is_none()
            && facts.tls.is_some()
            && !row.issues.has(Issues::MIDSTREAM)
            && !row.issues.has(Issues::GAP)
    }
}

/// Most points that nearness in time gives: at the same moment; none after [`FAR_SECONDS`].
const TIME_POINTS: i64 = 60;
/// Seconds after which another hour is as good as another day.
const FAR_SECONDS: i64 = 3600;
/// Retransmissions that count at most, a point each.
const MAX_LOSS: u32 = 20;
/// Points of a place, which nothing outweighs: a flow that goes there compares better than one that goes elsewhere.
const PLACE: i64 = 100_000;
/// Points that a flow loses for each thing in which its handshake is of another kind: a try of the same attempt is worth
/// less.
const MISFIT: i64 = 5_000;

/// Makes the likenesses from rows of their doc, name, name in output and worth.
macro_rules! likenesses {
    ($($(#[$doc:meta])* $name:ident = $text:literal $worth:expr,)+) => {
        /// What two flows have in common, or have not.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Likeness {
            $($(#[$doc])* $name,)+
        }

        impl Likeness {
            /// All, in the order in which they are said.
            pub const ALL: &'static [Likeness] = &[$(Likeness::$name,)+];

            /// Its name in output.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// What it is worth, in points that have no meaning but their order.
            pub fn worth(self) -> i64 {
                match self {
                    $(Self::$name => $worth,)+
                }
            }
        }
    };
}

likenesses! {
    /// They are tries of one attempt.
    Attempt = "attempt" 1000,
    /// The server name.
    Name = "name" 2 * PLACE,
    /// The domain that both names are of.
    Domain = "domain" PLACE,
    /// The server's address and port, where no name says more.
    Endpoint = "endpoint" 2 * PLACE,
    /// The server's address, where the one in question states no name.
    Nameless = "nameless" PLACE,
    /// Only the client, and the server's network or port: another name.
    OtherName = "other_name" 0,
    /// The server's address.
    Server = "server" 120,
    /// The network of the servers' addresses, which are not the same.
    Neighbour = "neighbour" 60,
    /// The server's port.
    Port = "port" 40,
    /// The client's address.
    Client = "client" 100,
    /// The JA4 of the ClientHello.
    Software = "software" 80,
    /// The family of the JA4s, which are not the same.
    SimilarHello = "similar_hello" 40,
    /// The TTLs of both ends: the way from each to the capture.
    Way = "way" 50,
    /// The number of the ClientHello's segments.
    Segments = "segments" 40,
    /// Nothing of the candidate was sent again.
    NoLoss = "no_loss" 20,
    /// The hellos have different numbers of segments.
    OtherSegments = "other_segments" 0,
    /// The versions differ, negotiated or offered.
    OtherVersion = "other_version" -MISFIT,
    /// Only one of the two resumes.
    OtherResumption = "other_resumption" -MISFIT,
    /// Only one of the two servers asked for another ClientHello.
    OtherRetry = "other_retry" -MISFIT,
    /// Only one of the two servers asked for a certificate.
    OtherCertificate = "other_certificate" -MISFIT,
    /// Only one of the two begins with another protocol.
    OtherPreamble = "other_preamble" -MISFIT,
}

/// How well a good flow compares with the one in question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nearness {
    /// A bit for each [`Likeness`].
    likenesses: u32,
    /// Segments of the good flow that were sent again.
    pub retransmissions: u32,
    /// Nanoseconds by which the good flow began later; negative where it began earlier.
    pub later: i64,
}

impl Nearness {
    /// How near `candidate`, a good flow, is to `subject`; none where it is no baseline: it goes elsewhere, and is of
    /// another client.
    pub fn of(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> Option<Self> {
        let mut near = Self {
            likenesses: 0,
            retransmissions: candidate.retransmissions,
            later: candidate.time.nanos_since(subject.time),
        };
        let same_software = subject.ja4.is_some() && subject.ja4 == candidate.ja4;
        let alike = family(subject.ja4).is_some() && family(subject.ja4) == family(candidate.ja4);
        near.note(place(subject, candidate)?, true);
        for (likeness, holds) in [
            (Likeness::Attempt, subject.attempt.is_some() && subject.attempt == candidate.attempt),
            (Likeness::Server, subject.server == candidate.server),
            (Likeness::Neighbour, is_near(subject.server, candidate.server)),
            (Likeness::Port, subject.port == candidate.port),
            (Likeness::Client, subject.client == candidate.client),
            (Likeness::Software, same_software),
            (Likeness::SimilarHello, alike && !same_software),
            (Likeness::Way, is_one_way(subject.ttl, candidate.ttl)),
            (Likeness::Segments, subject.hello_segments == candidate.hello_segments),
            (Likeness::NoLoss, candidate.retransmissions == 0),
            (Likeness::OtherSegments, subject.hello_segments > 0 && subject.hello_segments != candidate.hello_segments),
            (Likeness::OtherVersion, is_other_version(subject, candidate)),
            (Likeness::OtherResumption, differ(subject.resumed, candidate.resumed)),
            (Likeness::OtherRetry, differ(subject.retried, candidate.retried)),
            (Likeness::OtherCertificate, differ(subject.asked_for_certificate, candidate.asked_for_certificate)),
            (Likeness::OtherPreamble, subject.preamble != candidate.preamble),
        ] {
            near.note(likeness, holds);
        }
        Some(near)
    }

    /// Whether both go to the same name, or where one has none, to the same address and port.
    pub fn is_same_place(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> bool {
        matches!(place(subject, candidate), Some(Likeness::Name | Likeness::Endpoint | Likeness::Nameless))
    }

    fn note(&mut self, likeness: Likeness, holds: bool) {
        self.likenesses |= u32::from(holds) << likeness as u32;
    }

    /// What the two have in common, or have not, in the order in which it is said.
    pub fn likenesses(self) -> impl Iterator<Item = Likeness> {
        Likeness::ALL.iter().copied().filter(move |likeness| self.has(*likeness))
    }

    /// Whether both are tries of one attempt.
    pub fn is_of_one_attempt(self) -> bool {
        self.has(Likeness::Attempt)
    }

    fn has(self, likeness: Likeness) -> bool {
        self.likenesses >> likeness as u32 & 1 == 1
    }

    /// Whether both go to one place, as far as names and addresses tell.
    pub fn is_of_the_place(self) -> bool {
        !self.has(Likeness::OtherName)
    }

    /// Whether both handshakes are of one kind.
    pub fn fits(self) -> bool {
        self.likenesses().all(|likeness| likeness.worth() >= 0)
    }

    /// Points for nearness in time.
    fn soon(self) -> i64 {
        let seconds = self.later.saturating_abs() / Time::SECOND;
        TIME_POINTS * (FAR_SECONDS - seconds.min(FAR_SECONDS)) / FAR_SECONDS
    }

    /// Points lost for what was sent again.
    fn loss(self) -> i64 {
        i64::from(self.retransmissions.min(MAX_LOSS))
    }

    /// What the points are made of, each with its name in output.
    pub fn parts(self) -> impl Iterator<Item = (&'static str, i64)> {
        let likenesses = self.likenesses().map(|likeness| (likeness.name(), likeness.worth()));
        likenesses.chain([("time", self.soon()), ("loss", -self.loss())])
    }

    /// Points, that have no meaning but their order.
    pub fn points(self) -> i64 {
        self.parts().map(|(_, worth)| worth).sum()
    }
}

/// Whether both are known and are not the same.
fn differ(left: Option<bool>, right: Option<bool>) -> bool {
    left.zip(right).is_some_and(|(left, right)| left != right)
}

/// Whether the versions differ: those that the servers chose, or where one did not come to that, those that were offered.
fn is_other_version(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> bool {
    match (subject.version, candidate.version) {
        (Some(left), Some(right)) => left != right,
        _ => offered(subject.ja4).zip(offered(candidate.ja4)).is_some_and(|(left, right)| left != right),
    }
}

/// The highest version that a ClientHello offers, as its JA4 has it: `13`.
fn offered(ja4: Option<&str>) -> Option<&str> {
    ja4?.get(1..3)
}

/// Whether both ends are as far from the capture, as far as they were heard.
fn is_one_way(left: (u8, u8), right: (u8, u8)) -> bool {
    let same = |left: u8, right: u8| left == 0 || left == right;
    same(left.0, right.0) && same(left.1, right.1)
}

/// What ties the two to one place; none where the candidate goes elsewhere.
fn place(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> Option<Likeness> {
    let same_server = subject.server == candidate.server;
    let same_port = subject.port == candidate.port;
    match (subject.server_name, candidate.server_name) {
        (Some(left), Some(right)) if left.eq_ignore_ascii_case(right) => Some(Likeness::Name),
        (Some(left), Some(right)) if domain(left).eq_ignore_ascii_case(domain(right)) => Some(Likeness::Domain),
        _ if same_server && same_port => Some(Likeness::Endpoint),
        // A flow without a hello cannot say more than where it went.
        (None, _) if same_server => Some(Likeness::Nameless),
        _ if subject.client == candidate.client && (same_port || is_near(subject.server, candidate.server)) => {
            Some(Likeness::OtherName)
        }
        _ => None,
    }
}

/// The last two labels of a name, three where the last but one is as short as a public suffix (`co.uk`).
fn domain(name: &[u8]) -> &[u8] {
    let mut labels = name.rsplit(|byte| *byte == b'.');
    let last = labels.next().map_or(0, <[u8]>::len);
    let second = labels.next();
    let short = last == 2 && second.is_some_and(|label| label.len() <= 3);
    let third = labels.next().filter(|_| short);
    let length = last + second.map_or(0, |label| label.len() + 1) + third.map_or(0, |label| label.len() + 1);
    &name[name.len() - length..]
}

/// Whether two addresses are of one /24 or /64, and not the same.
fn is_near(a: IpAddr, b: IpAddr) -> bool {
    a != b
        && match (a, b) {
            (IpAddr::V4(a), IpAddr::V4(b)) => a.octets()[..3] == b.octets()[..3],
            (IpAddr::V6(a), IpAddr::V6(b)) => a.octets()[..8] == b.octets()[..8],
            _ => false,
        }
}

/// What a JA4 says of the software, without the counts that differ with name, ALPN and resumption: version of TLS and
/// the hash of the cipher suites.
fn family(ja4: Option<&str>) -> Option<(&str, &str)> {
    let mut parts = ja4?.split('_');
    let head = parts.next()?.get(..3)?;
    Some((head, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, server: [u8; 4], seconds: i64) -> Candidate<'_> {
        Candidate {
            server_name: Some(name.as_bytes()),
            server: IpAddr::from(server),
            port: 443,
            client: IpAddr::from([10, 0, 0, 1]),
            ja4: Some("t13d1516h2_8daaf6152771_e5627efa2ab1"),
            version: Some(ProtocolVersion::TLS_1_3),
            resumed: Some(false),
            retried: Some(false),
            asked_for_certificate: None,
            preamble: false,
            hello_segments: 1,
            ttl: (64, 55),
            time: Time(seconds * Time::SECOND),
            retransmissions: 0,
            attempt: None,
        }
    }

    fn check(subject: Candidate<'_>, better: Candidate<'_>, worse: Candidate<'_>) {
        let points = |candidate| Nearness::of(&subject, &candidate).map(Nearness::points);
        assert!(points(better) > points(worse), "{better:?} {worse:?}");
    }

    #[test]
    fn the_order_is_name_server_client_time() {
        let subject = candidate("a.example.test", [192, 0, 2, 1], 100);
        let same = candidate("a.example.test", [192, 0, 2, 1], 200);
        check(subject, same, candidate("b.example.test", [192, 0, 2, 1], 100));
        check(subject, same, candidate("a.example.test", [192, 0, 2, 9], 100));
        check(subject, same, Candidate { client: IpAddr::from([10, 0, 0, 2]), ..same });
        check(subject, same, Candidate { time: Time(9000 * Time::SECOND), ..same });
        check(subject, same, Candidate { retransmissions: 3, ..same });
        check(subject, same, Candidate { hello_segments: 2, ..same });
    }

    #[test]
    fn the_clients_own_retry_is_the_best() {
        let subject = Candidate { attempt: Some(7), ..candidate("a.example.test", [192, 0, 2, 1], 100) };
        let retry = Candidate { attempt: Some(7), hello_segments: 2, retransmissions: 2, ..subject };
        check(subject, retry, Candidate { attempt: Some(8), ..subject });
        let near = Nearness::of(&subject, &retry).expect("it goes to the same place");
        let likenesses: Vec<_> = near.likenesses().collect();
        assert_eq!(likenesses.first(), Some(&Likeness::Attempt));
        assert_eq!(likenesses.last(), Some(&Likeness::OtherSegments));
    }

    #[test]
    fn each_likeness_has_its_bit() {
        for (at, likeness) in Likeness::ALL.iter().enumerate() {
            assert_eq!(*likeness as usize, at, "{likeness:?}");
        }
    }

    #[test]
    fn a_try_of_the_same_attempt_outweighs_all_but_another_kind_of_handshake() {
        let subject = Candidate { attempt: Some(7), ..candidate("a.example.test", [192, 0, 2, 1], 100) };
        let worst = Candidate {
            client: IpAddr::from([10, 0, 0, 2]),
            ja4: None,
            hello_segments: 9,
            time: Time(9000 * Time::SECOND),
            retransmissions: 99,
            ..subject
        };
        let other = Candidate { attempt: None, ..subject };
        check(subject, worst, other);
        check(subject, other, Candidate { resumed: Some(true), ..worst });
        check(subject, other, Candidate { version: Some(ProtocolVersion::TLS_1_2), ..worst });
        check(subject, other, Candidate { retried: Some(true), ..worst });
    }

    #[test]
    fn what_is_not_known_of_a_flow_does_not_count_against_another() {
        let subject = Candidate { version: None, retried: None, ..candidate("a.example.test", [192, 0, 2, 1], 100) };
        let fits = |other: Candidate<'_>| Nearness::of(&subject, &other).is_some_and(Nearness::fits);
        assert!(fits(candidate("a.example.test", [192, 0, 2, 1], 100)));
        assert!(fits(Candidate { retried: Some(true), ..subject }));
        // It offered TLS 1.3 as well.
        assert!(!fits(Candidate { ja4: Some("t12d1516h2_8daaf6152771_e5627efa2ab1"), ..subject }));
    }

    #[test]
    fn another_place_is_a_baseline_for_the_same_client_alone() {
        let subject = candidate("a.example.test", [192, 0, 2, 1], 100);
        let elsewhere = candidate("b.other.test", [198, 51, 100, 1], 100);
        let near = Nearness::of(&subject, &elsewhere).expect("it is of the same client");
        assert_eq!(near.likenesses().next(), Some(Likeness::OtherName));
        assert_eq!(Nearness::of(&subject, &Candidate { client: IpAddr::from([10, 0, 0, 2]), ..elsewhere }), None);
        check(subject, Candidate { resumed: Some(true), retransmissions: 9, ..subject }, elsewhere);
        let nameless = Candidate { server_name: None, ..subject };
        assert!(Nearness::of(&nameless, &subject).is_some());
    }

    #[test]
    fn domains_are_guessed_from_labels() {
        let check = |name: &str, wanted: &str| assert_eq!(domain(name.as_bytes()), wanted.as_bytes());
        check("www.example.com", "example.com");
        check("a.b.example.co.uk", "example.co.uk");
        check("localhost", "localhost");
    }
}
