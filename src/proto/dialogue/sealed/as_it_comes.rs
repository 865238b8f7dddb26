//! A sealed record of TLS 1.3 judged when it comes, by what came before it.

use super::Lengths;
use crate::vocab::Direction;

/// How far a TLS 1.3 handshake was when a sealed record came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// The server sent its ServerHello.
    pub server_hello: bool,
    /// The client sent a sealed record behind it that is no alert.
    pub client_protected: bool,
    /// The client sent the record that must hold its Finished, or what comes right before that.
    pub client_finished: bool,
}

/// What part of a conversation a sealed record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Before the ServerHello, where the client may send 0-RTT data.
    EarlyData,
    /// Before the ServerHello, where the server may send nothing sealed.
    OutOfPlace,
    /// An alert.
    Alert,
    /// A handshake message that is not the client's Finished.
    Handshake,
    /// The client's last flight: its Finished, or a record that can come before that alone.
    Finished,
    /// Behind the handshake: application data, tickets.
    Application,
}

impl Standing {
    /// The part that a record with a body of so many bytes is.
    pub fn part(self, from: Direction, body: u64, lengths: Lengths) -> Part {
        let alert = lengths.is_alert(body);
        match from {
            Direction::ToServer if !self.server_hello => Part::EarlyData,
            Direction::ToClient if !self.server_hello => Part::OutOfPlace,
            _ if self.client_finished => {
                if alert {
                    Part::Alert
                } else {
                    Part::Application
                }
            }
            Direction::ToServer if alert => Part::Alert,
            // EndOfEarlyData or an empty Certificate in a record of its own comes before the Finished.
            Direction::ToServer if body >= lengths.finished() => Part::Finished,
            // No handshake message of a server is so short; a padded alert is told by its place alone.
            Direction::ToClient if body == lengths.alert() || alert && self.client_protected => Part::Alert,
            _ => Part::Handshake,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::TlsFacts;
    use crate::vocab::iana::{CipherSuite, ProtocolVersion};

    /// The parts of records, as `> 53` for one of the client with a body of 53 bytes, behind a ServerHello.
    fn parts(suite: u16, records: &str) -> Vec<Part> {
        let (version, cipher) = (Some(ProtocolVersion::TLS_1_3), Some(CipherSuite(suite)));
        let lengths = Lengths::of(&TlsFacts { version, cipher, ..TlsFacts::default() });
        let mut standing = Standing { server_hello: true, ..Standing::default() };
        let mut parts = Vec::new();
        for record in records.split(", ") {
            let (way, body) = record.split_once(' ').expect("a direction and a length");
            let from = if way == ">" { Direction::ToServer } else { Direction::ToClient };
            let part = standing.part(from, body.parse().expect("a length"), lengths);
            standing.client_protected |= from == Direction::ToServer && part != Part::Alert;
            standing.client_finished |= part == Part::Finished;
            parts.push(part);
        }
        parts
    }

    #[test]
    fn records_are_judged_by_suite_and_order() {
        use Part::{Alert, Application, Finished, Handshake};
        let check = |suite, records, expected: &[Part]| assert_eq!(parts(suite, records), expected, "{records}");
        check(
            0x1301,
            "< 32, < 900, < 53, > 53, > 90, < 250",
            &[Handshake, Handshake, Handshake, Finished, Application, Application],
        );
        check(0x1301, "> 19", &[Alert]);
        check(0x1301, "> 35", &[Alert]);
        check(0x1301, "> 25, > 53", &[Handshake, Finished]);
        check(0x1301, "< 19", &[Alert]);
        check(0x1301, "< 35, > 25, < 35", &[Handshake, Handshake, Alert]);
        check(0x1301, "> 53, < 19, > 19", &[Finished, Alert, Alert]);
        // With a tag of 8 bytes what else would be an alert is no such thing, and the other way round.
        check(0x1305, "< 19, < 11", &[Handshake, Alert]);
        check(0x1305, "> 19, > 27", &[Handshake, Alert]);
        check(0x1305, "> 17, > 45, > 19, > 11", &[Handshake, Finished, Application, Alert]);
        check(0x1302, "> 53, > 69", &[Handshake, Finished]);
    }

    #[test]
    fn before_the_server_hello_only_the_client_may_send() {
        let lengths = Lengths::of(&TlsFacts::default());
        let part = |from| Standing::default().part(from, 100, lengths);
        assert_eq!(part(Direction::ToServer), Part::EarlyData);
        assert_eq!(part(Direction::ToClient), Part::OutOfPlace);
    }
}
