//! Which good flow to compare a failing one with: candidates scored on small keys, without reading a packet.
//!
//! Start at [`Nearness::of`]; `cohort` asks it for every good flow of the index and takes the best. The best control there
//! is: a browser's own successful retry of the same attempt, milliseconds later.

use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::vocab::Time;

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
    /// Whether the ClientHello offered to resume, or the handshake resumed; none where that is not known.
    pub resumed: Option<bool>,
    /// Segments that carried the ClientHello; 0 without one.
    pub hello_segments: u16,
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
        let sides = [&row.sides.to_server, &row.sides.to_client];
        Self {
            server_name: tls.and_then(|tls| tls.server_name.as_deref()),
            server: row.server.ip,
            port: row.server.port,
            client: row.client.ip,
            ja4: tls.and_then(|tls| tls.ja4.as_deref()),
            resumed: tls.and_then(|tls| tls.resumed),
            hello_segments: tls.map_or(0, |tls| tls.client_hello_segments),
            time: row.start,
            retransmissions: sides.iter().map(|side| u32::from(side.retransmissions)).sum(),
            attempt: facts.attempt,
        }
    }
}

/// Most points that nearness in time gives: at the same moment; none after [`FAR_SECONDS`].
const TIME_POINTS: i64 = 60;
/// Seconds after which another hour is as good as another day.
const FAR_SECONDS: i64 = 3600;
/// Retransmissions that count at most, a point each.
const MAX_LOSS: u32 = 20;

/// What two flows have in common, or have not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Likeness {
    /// They are tries of one attempt.
    Attempt,
    /// The server name.
    Name,
    /// The domain that both names are of.
    Domain,
    /// The server's address and port, where no name says more.
    Endpoint,
    /// The server's address, where the one in question states no name.
    Nameless,
    /// The server's address.
    Server,
    /// The network of the servers' addresses, which are not the same.
    Neighbour,
    /// The server's port.
    Port,
    /// The client's address.
    Client,
    /// The JA4 of the ClientHello.
    Software,
    /// The family of the JA4s, which are not the same.
    SimilarHello,
    /// Whether they resume.
    Resumption,
    /// The number of the ClientHello's segments.
    Segments,
    /// Nothing of the candidate was sent again.
    NoLoss,
    /// The hellos have different numbers of segments.
    OtherSegments,
    /// Only one of the two resumes.
    OtherResumption,
}

impl Likeness {
    /// All, in the order in which they are said.
    pub const ALL: [Likeness; 16] = [
        Likeness::Attempt,
        Likeness::Name,
        Likeness::Domain,
        Likeness::Endpoint,
        Likeness::Nameless,
        Likeness::Server,
        Likeness::Neighbour,
        Likeness::Port,
        Likeness::Client,
        Likeness::Software,
        Likeness::SimilarHello,
        Likeness::Resumption,
        Likeness::Segments,
        Likeness::NoLoss,
        Likeness::OtherSegments,
        Likeness::OtherResumption,
    ];

    /// What it is worth, in points that have no meaning but their order: nothing outweighs the same attempt.
    pub fn worth(self) -> i64 {
        match self {
            Self::Attempt => 1000,
            Self::Name => 400,
            Self::Domain => 150,
            Self::Server => 120,
            Self::Endpoint | Self::Client => 100,
            Self::Software => 80,
            Self::Neighbour => 60,
            Self::Nameless => 50,
            Self::Port | Self::SimilarHello | Self::Resumption | Self::Segments => 40,
            Self::NoLoss => 20,
            Self::OtherSegments | Self::OtherResumption => 0,
        }
    }
}

/// How well a good flow compares with the one in question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nearness {
    /// A bit for each [`Likeness`].
    likenesses: u16,
    /// Segments of the good flow that were sent again.
    pub retransmissions: u32,
    /// Nanoseconds by which the good flow began later; negative where it began earlier.
    pub later: i64,
}

impl Nearness {
    /// How near `candidate`, a good flow, is to `subject`; none where it is no baseline: it goes to another name and
    /// another server.
    pub fn of(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> Option<Self> {
        let mut near = Self {
            likenesses: 0,
            retransmissions: candidate.retransmissions,
            later: candidate.time.nanos_since(subject.time),
        };
        let same_software = subject.ja4.is_some() && subject.ja4 == candidate.ja4;
        let alike = family(subject.ja4).is_some() && family(subject.ja4) == family(candidate.ja4);
        let resumed = subject.resumed.zip(candidate.resumed);
        near.note(place(subject, candidate)?, true);
        for (likeness, holds) in [
            (Likeness::Attempt, subject.attempt.is_some() && subject.attempt == candidate.attempt),
            (Likeness::Server, subject.server == candidate.server),
            (Likeness::Neighbour, is_near(subject.server, candidate.server)),
            (Likeness::Port, subject.port == candidate.port),
            (Likeness::Client, subject.client == candidate.client),
            (Likeness::Software, same_software),
            (Likeness::SimilarHello, alike && !same_software),
            (Likeness::Resumption, subject.resumed == candidate.resumed),
            (Likeness::Segments, subject.hello_segments == candidate.hello_segments),
            (Likeness::NoLoss, candidate.retransmissions == 0),
            (Likeness::OtherSegments, subject.hello_segments > 0 && subject.hello_segments != candidate.hello_segments),
            (Likeness::OtherResumption, resumed.is_some_and(|(left, right)| left != right)),
        ] {
            near.note(likeness, holds);
        }
        Some(near)
    }

    fn note(&mut self, likeness: Likeness, holds: bool) {
        self.likenesses |= u16::from(holds) << likeness as u16;
    }

    /// What the two have in common, or have not, in the order in which it is said.
    pub fn likenesses(self) -> impl Iterator<Item = Likeness> {
        Likeness::ALL.into_iter().filter(move |likeness| self.likenesses >> *likeness as u16 & 1 == 1)
    }

    /// Points, that have no meaning but their order.
    pub fn points(self) -> i64 {
        let seconds = self.later.saturating_abs() / Time::SECOND;
        let soon = TIME_POINTS * (FAR_SECONDS - seconds.min(FAR_SECONDS)) / FAR_SECONDS;
        let loss = i64::from(self.retransmissions.min(MAX_LOSS));
        self.likenesses().map(Likeness::worth).sum::<i64>() + soon - loss
    }
}

/// What ties the two to one place; none where the candidate goes elsewhere.
fn place(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> Option<Likeness> {
    let same_server = subject.server == candidate.server;
    match (subject.server_name, candidate.server_name) {
        (Some(left), Some(right)) if left.eq_ignore_ascii_case(right) => Some(Likeness::Name),
        (Some(left), Some(right)) if domain(left) == domain(right) => Some(Likeness::Domain),
        _ if same_server && subject.port == candidate.port => Some(Likeness::Endpoint),
        // A flow without a hello cannot say more than where it went.
        (None, _) if same_server => Some(Likeness::Nameless),
        _ => None,
    }
}

/// The last two labels of a name, three where the last but one is as short as a public suffix (`co.uk`).
fn domain(name: &[u8]) -> Vec<u8> {
    let name = name.to_ascii_lowercase();
    let labels: Vec<&[u8]> = name.split(|byte| *byte == b'.').collect();
    let short = labels.len() >= 3 && labels[labels.len() - 2].len() <= 3 && labels[labels.len() - 1].len() == 2;
    let count = if short { 3 } else { 2 };
    labels[labels.len().saturating_sub(count)..].join(&b'.')
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
            resumed: Some(false),
            hello_segments: 1,
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
        for (at, likeness) in Likeness::ALL.into_iter().enumerate() {
            assert_eq!(likeness as usize, at, "{likeness:?}");
        }
    }

    #[test]
    fn nothing_outweighs_the_same_attempt() {
        let subject = Candidate { attempt: Some(7), ..candidate("a.example.test", [192, 0, 2, 1], 100) };
        let worst = Candidate {
            server_name: None,
            client: IpAddr::from([10, 0, 0, 2]),
            ja4: None,
            resumed: None,
            hello_segments: 9,
            time: Time(9000 * Time::SECOND),
            retransmissions: 99,
            ..subject
        };
        check(subject, worst, Candidate { attempt: None, ..subject });
    }

    #[test]
    fn another_place_is_no_baseline() {
        let subject = candidate("a.example.test", [192, 0, 2, 1], 100);
        assert_eq!(Nearness::of(&subject, &candidate("b.other.test", [198, 51, 100, 1], 100)), None);
        let nameless = Candidate { server_name: None, ..subject };
        assert!(Nearness::of(&nameless, &subject).is_some());
    }

    #[test]
    fn domains_are_guessed_from_labels() {
        let check = |name: &str, wanted: &str| assert_eq!(domain(name.as_bytes()), wanted.as_bytes());
        check("www.Example.com", "example.com");
        check("a.b.example.co.uk", "example.co.uk");
        check("localhost", "localhost");
    }
}
