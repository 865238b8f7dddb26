//! Which good flow to compare a failing one with: candidates scored on small keys, without reading a packet.
//!
//! Start at [`score`]; the engine asks it for every good flow of the index and takes the best. The best control there
//! is: a browser's own successful retry of the same attempt, milliseconds later.

use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::vocab::Time;
use crate::vocab::text::span;

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

/// How well `candidate`, a good flow, compares with `subject`, and why; none where it is no baseline: it goes to
/// another name and another server. Scores have no meaning but their order.
pub fn score(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> Option<(i64, String)> {
    let mut points = 0;
    let mut why: Vec<String> = Vec::new();
    if subject.attempt.is_some() && subject.attempt == candidate.attempt {
        points += 1000;
        why.push("the client's own successful try of the same attempt".into());
    }
    points += name(subject, candidate, &mut why)?;
    let same_software = subject.ja4.is_some() && subject.ja4 == candidate.ja4;
    let alike = family(subject.ja4).is_some() && family(subject.ja4) == family(candidate.ja4) && !same_software;
    for (holds, worth, text) in [
        (subject.server == candidate.server, 120, "the same server address"),
        (is_near(subject.server, candidate.server), 60, "a neighbouring server address"),
        (subject.port == candidate.port, 40, ""),
        (subject.client == candidate.client, 100, "the same client"),
        (same_software, 80, "the same TLS client software"),
        (alike, 40, "a similar hello"),
        (subject.resumed == candidate.resumed, 40, ""),
        (subject.hello_segments == candidate.hello_segments, 40, ""),
        (candidate.retransmissions == 0, 20, "no loss"),
    ] {
        if holds {
            points += worth;
            if !text.is_empty() {
                why.push(text.into());
            }
        }
    }
    points -= i64::from(candidate.retransmissions.min(20));
    let apart = subject.time.nanos_since(candidate.time).abs();
    let seconds = apart / Time::SECOND;
    points += TIME_POINTS * (FAR_SECONDS - seconds.min(FAR_SECONDS)) / FAR_SECONDS;
    why.push(distance(subject.time, candidate.time));
    why.extend(unlike(subject, candidate).map(String::from));
    Some((points, why.join(", ")))
}

/// Points for the name; none where the candidate goes elsewhere.
fn name(subject: &Candidate<'_>, candidate: &Candidate<'_>, why: &mut Vec<String>) -> Option<i64> {
    match (subject.server_name, candidate.server_name) {
        (Some(left), Some(right)) if left.eq_ignore_ascii_case(right) => {
            why.push("the same server name".into());
            Some(400)
        }
        (Some(left), Some(right)) if domain(left) == domain(right) => {
            why.push("a name of the same domain".into());
            Some(150)
        }
        _ if subject.server == candidate.server && subject.port == candidate.port => Some(100),
        // A flow without a hello cannot say more than where it went.
        (None, _) if subject.server == candidate.server => Some(50),
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

fn distance(subject: Time, candidate: Time) -> String {
    let nanos = candidate.nanos_since(subject);
    let side = if nanos < 0 { "earlier" } else { "later" };
    format!("{} {side}", span(nanos.abs()))
}

/// How the two hellos differ in kind: who compares them should know before anything else.
fn unlike(subject: &Candidate<'_>, candidate: &Candidate<'_>) -> impl Iterator<Item = &'static str> {
    let segments = subject.hello_segments > 0 && subject.hello_segments != candidate.hello_segments;
    let resumed = subject.resumed.zip(candidate.resumed).is_some_and(|(left, right)| left != right);
    [(segments, "but its hello has another number of segments"), (resumed, "but only one of the two resumes")]
        .into_iter()
        .filter_map(|(holds, text)| holds.then_some(text))
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
        let points = |candidate| score(&subject, &candidate).map(|(points, _)| points);
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
        let (_, why) = score(&subject, &retry).expect("it goes to the same place");
        assert!(why.starts_with("the client's own successful try"), "{why}");
        assert!(why.ends_with("but its hello has another number of segments"), "{why}");
    }

    #[test]
    fn another_place_is_no_baseline() {
        let subject = candidate("a.example.test", [192, 0, 2, 1], 100);
        assert_eq!(score(&subject, &candidate("b.other.test", [198, 51, 100, 1], 100)), None);
        let nameless = Candidate { server_name: None, ..subject };
        assert!(score(&nameless, &subject).is_some());
    }

    #[test]
    fn domains_are_guessed_from_labels() {
        let check = |name: &str, wanted: &str| assert_eq!(domain(name.as_bytes()), wanted.as_bytes());
        check("www.Example.com", "example.com");
        check("a.b.example.co.uk", "example.co.uk");
        check("localhost", "localhost");
    }
}
