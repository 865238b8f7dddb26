//! `corrupted-handshake`: handshake bytes contradict each other or do not decode.

use super::prelude::*;
use crate::diagnose::legality::{self, Contradiction};
use crate::vocab::iana::HandshakeType;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CorruptedHandshake,
    doc: Doc {
        what: "Handshake bytes contradict each other or do not decode.",
        how: "A message that does not parse, a signature that was checked and is bad (of the key exchange, or of a \
              certificate by the next one's key), a ServerHello that does not answer its ClientHello; or an end's \
              alert that says so.",
        not: "bad-record-mac, where the record layer refuses.",
        next: &[
            "Capture at both ends and compare the ClientHello and ServerHello byte by byte",
            "Suspect middleboxes that re-parse the handshake",
        ],
        reference: "RFC 8446 section 6.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    let by = if ending.from == Direction::ToServer { EndedBy::Client } else { EndedBy::Server };
    if ending.kind == EndingKind::Foreign {
        let malformed = case.ending_step().is_some_and(|s| matches!(s.what, What::Malformed(_)));
        if malformed && case.stage >= Stage::HelloBegun
            || ending.from == Direction::ToServer && case.stage >= Stage::HelloSent && !is_through(case)
        {
            let refuser = if ending.from == Direction::ToServer { EndedBy::Server } else { EndedBy::Client };
            return Found::at(
                ending.packet,
                Confidence::Likely,
                refuser,
                format!("bytes of the {} do not decode as a handshake", ending.from.sender()),
            )
            .answer();
        }
        return Answer::Clear;
    }
    let EndingKind::Alert(_, description) = ending.kind else { return without_a_word(case, by) };
    if case.stage < Stage::ServerHello && ending.from == Direction::ToClient || case.stage == Stage::Complete {
        return Answer::Clear;
    }
    let (confidence, why) = match legality::contradiction(case) {
        Some(contradiction) => (Confidence::Certain, words(&contradiction)),
        None if matches!(description.0, 10 | 47 | 50 | 109 | 110) && case.stage >= Stage::RetryAsked => {
            (Confidence::Possible, format!("the {} says {description}", ending.from.sender()))
        }
        None => return Answer::Clear,
    };
    let about_chain = description.is_about_certificate()
        && ending.from == Direction::ToServer
        && legality::broken_chain(case).is_some();
    if !about_chain && !matches!(description.0, 10 | 20 | 40 | 47 | 50 | 51 | 80 | 109 | 110) {
        return Answer::Clear;
    }
    Found::at(ending.packet, confidence, by, why)
        .supported(case.at(case.seen.server_hello.or(case.seen.echo)).map(|s| s.packet), "the message that it refuses")
        .answer()
}

/// Whether the client's part is done: what it sends then, in clear too, spoils no handshake.
fn is_through(case: &Case<'_>) -> bool {
    case.stage == Stage::Complete || case.is_tls13() && case.stage == Stage::ClientFinished
}

/// A client that leaves upon the server's flight without an alert that could be read, while the messages contradict
/// each other: Node never says why.
fn without_a_word(case: &Case<'_>, by: EndedBy) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    let leaves = matches!(ending.kind, EndingKind::Close | EndingKind::Reset | EndingKind::EncryptedAlert);
    let upon_flight = (Stage::ServerHello..=Stage::ServerFlight).contains(&case.stage) || case.seen.echo.is_some();
    if !leaves || !upon_flight || ending.from != Direction::ToServer || silence::is_silence(case) {
        return Answer::Clear;
    }
    // A client that heeds the warning of a downgrade says so by an alert; many do not.
    let why = legality::contradiction(case).filter(|why| !matches!(why, Contradiction::Downgrade(_)));
    let Some(why) = why else { return Answer::Clear };
    Found::at(ending.packet, Confidence::Likely, by, words(&why))
        .supported(case.at(case.seen.server_hello).map(|s| s.packet), "the ServerHello")
        .answer()
}

/// A contradiction as a headline.
fn words(contradiction: &Contradiction) -> String {
    let chose = |what: &dyn std::fmt::Display| format!("the server chose {what}, which the client did not offer");
    match contradiction {
        Contradiction::Echo => "the server answers with a ClientHello, as an echo does".into(),
        Contradiction::Undecodable(HandshakeType::CLIENT_HELLO, issue) => {
            format!("the ClientHello does not decode: {}", issue.reason)
        }
        Contradiction::Undecodable(_, issue) => format!("the ServerHello does not decode: {}", issue.reason),
        Contradiction::Suite(suite) => chose(suite),
        Contradiction::Version(version) => chose(version),
        Contradiction::Group(group) => chose(&format_args!("the group {group}")),
        Contradiction::Extension(kind) => {
            format!("the server answers the extension {kind}, which the client did not send")
        }
        Contradiction::SessionId => "the server does not echo the client's session identifier".into(),
        Contradiction::KeyExchange => {
            "the signature of the ServerKeyExchange does not fit both hellos: bytes were changed on the way".into()
        }
        Contradiction::Downgrade(version) => format!(
            "the server chose {version}, and its random says that it would speak more, as the client does: a hello was \
             changed on the way"
        ),
        Contradiction::Certificate { subject, issuer } => format!(
            "the signature of {} is not that of its issuer {}: its bytes were changed",
            subject.subject, issuer.subject
        ),
    }
}
