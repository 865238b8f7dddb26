//! `server-choice-refused`: the client refuses by alert what the server chose or sent.

use super::prelude::*;
use crate::diagnose::legality::{self, Contradiction};
use crate::proto::tls::message::{ClientHello, ServerHello, ServerKeyExchange, ServerParameters};
use crate::timeline::{Begun, Step};
use crate::vocab::PacketNumber;
use crate::vocab::iana::{CipherSuite, ExtensionType, HandshakeType};

/// Bits of a Diffie-Hellman prime below which clients refuse: OpenSSL at security level 2, Java, NSS (2,048 or 1,024).
const SHORTEST_PRIME: usize = 2_048;
/// Bytes of a handshake message above which clients refuse: Schannel's limit is 16,384, Java's 32,768.
const LONGEST_MESSAGE: u64 = 16_384;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ServerChoiceRefused,
    doc: Doc {
        what: "The client refuses by alert what the server chose or sent, for another reason than the version, the \
               signature or the certificate.",
        how: "The client's fatal alert answers a message of the server that lacks what the client wants \
              (renegotiation_info, extended_master_secret), or has what it does not take: a short Diffie-Hellman \
              prime, an extension that it did not offer, a message too large for it. Where the packets show no such \
              reason it is only possible.",
        not: "corrupted-handshake, where the messages contradict each other; the certificate causes; signature-refused.",
        next: &[
            "Ask the client: its own error text names the reason",
            "Compare with what the server chooses for a client that gets through",
        ],
        reference: "RFC 5746 section 3.4, RFC 7627 section 5.2, RFC 7919, RFC 8446 section 4.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, alert)) = alerts::client_refusal(case) else { return Answer::Clear };
    if alert.is_close() || alert.is_about_certificate() && has_certificate(case) {
        return Answer::Clear;
    }
    let contradiction = legality::contradiction(case);
    if let Some(Contradiction::Extension(kind)) = contradiction {
        let headline =
            format!("the client sends {alert}: the server answers the extension {kind}, which it did not offer");
        return found(case, packet, Confidence::Certain, headline, case.seen.server_hello);
    }
    if contradiction.is_some() {
        return Answer::Clear;
    }
    if case.stage < Stage::ServerHello {
        return unexplained(case, packet, alert, case.seen.retry);
    }
    match reason(case, alert) {
        Some(Reason { what, at, advice }) => {
            let found = Found::at(
                packet,
                Confidence::Likely,
                EndedBy::Client,
                format!("the client sends {alert}: {what}"),
            )
            .supported(case.at(at).map(|step| step.packet), "what it refuses")
            .detail("That this is the reason is inferred: it is what such clients refuse, and nothing else is wrong.");
            found.advice([advice, "Ask the client: its own error text names the reason"]).answer()
        }
        None => unexplained(case, packet, alert, case.seen.server_hello),
    }
}

/// An alert that answers the server's messages, which show no reason for it. What other rules take for damage, or for a
/// refusal of the version, they are asked about below.
fn unexplained(case: &Case<'_>, packet: PacketNumber, alert: AlertDescription, at: Option<usize>) -> Answer {
    let is_another = match alert.0 {
        70 => true,
        10 | 47 | 50 | 109 | 110 => case.stage >= Stage::RetryAsked,
        20 | 51 => case.stage >= Stage::ServerHello,
        _ => false,
    };
    if is_another || case.stage == Stage::ClientFinished && case.is_tls13() {
        return Answer::Clear;
    }
    let headline = format!("the client sends {alert} in answer to the server's messages");
    found(case, packet, Confidence::Possible, headline, at)
}

/// Whether the client can have a certificate to refuse: one that was seen, or, under TLS 1.3, encrypted messages.
fn has_certificate(case: &Case<'_>) -> bool {
    case.seen.certificate.is_some() || case.is_tls13() && case.seen.server_protected.is_some()
}

fn found(case: &Case<'_>, packet: PacketNumber, sure: Confidence, headline: String, at: Option<usize>) -> Answer {
    Found::at(packet, sure, EndedBy::Client, headline)
        .supported(case.at(at).map(|step| step.packet), "what it answers")
        .answer()
}

/// What the client has against the server's messages.
struct Reason {
    what: String,
    /// The step that shows it.
    at: Option<usize>,
    advice: &'static str,
}

fn reason(case: &Case<'_>, alert: AlertDescription) -> Option<Reason> {
    let steps = &case.timeline.steps;
    let server_hello = case.seen.server_hello;
    let server = ServerHello::decode(case.at(server_hello)?.body.get(4..)?);
    let client = ClientHello::decode(case.at(case.seen.second_hello.or(case.seen.client_hello))?.body.get(4..)?);
    let from_server = |kind| move |step: &Step| step.from == Direction::ToClient && step.what.message() == Some(kind);
    let exchange = steps.iter().position(from_server(HandshakeType::SERVER_KEY_EXCHANGE));
    if let Some(body) = case.at(exchange).and_then(|step| step.body.get(4..)) {
        let suite = server.cipher_suite.and_then(CipherSuite::facts);
        let parameters = ServerKeyExchange::decode(body, suite, Some(server.selected_version())).parameters;
        if let ServerParameters::Prime { prime, .. } = parameters
            && bits(prime) < SHORTEST_PRIME
        {
            return Some(Reason {
                what: format!("the server's Diffie-Hellman prime has {} bits (DH key too small)", bits(prime)),
                at: exchange,
                advice: "Give the server parameters of 2,048 bits and more, or ECDHE suites; OpenSSL wants as many \
                         from security level 2 on",
            });
        }
    }
    let large = steps.iter().position(|step| step.from == Direction::ToClient && announced(step) > LONGEST_MESSAGE);
    if let Some(step) = case.at(large) {
        return Some(Reason {
            what: format!(
                "a message of {} bytes, larger than it may take (Schannel 16,384, Java 32,768 bytes)",
                announced(step)
            ),
            at: large,
            advice: "Send a shorter chain, or a shorter list of authorities in the CertificateRequest",
        });
    }
    if server.selected_version() >= ProtocolVersion::TLS_1_3 || alert != AlertDescription::HANDSHAKE_FAILURE {
        return None;
    }
    if legality::lacks_renegotiation_info(case) {
        return Some(Reason {
            what: "the ServerHello has no renegotiation_info (unsafe legacy renegotiation)".into(),
            at: server_hello,
            advice: "Bring the server, or the device that answers in its name, to RFC 5746 (secure renegotiation)",
        });
    }
    let wants_master_secret = client.extensions.has(ExtensionType::EXTENDED_MASTER_SECRET);
    (wants_master_secret && !server.extended_master_secret()).then(|| Reason {
        what: "the ServerHello has no extended_master_secret".into(),
        at: server_hello,
        advice: "Bring the server, or the device that answers in its name, to RFC 7627 (extended master secret)",
    })
}

/// Bytes that a handshake message has, also where its reader refuses it before it is whole; 0 for other steps.
fn announced(step: &Step) -> u64 {
    match step.what {
        What::Message(_) => step.bytes,
        What::Unfinished { begun: Begun::Message(_), announced, .. } => announced as u64,
        _ => 0,
    }
}

/// Bits of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let number = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}
