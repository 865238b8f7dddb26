//! Client certificates: asked for, sent or not, refused.

use super::alerts;
use super::case::Case;
use super::ending::{Ending, EndingKind};
use super::rule::{Answer, Found};
use super::stage::Stage;
use crate::proto::dialogue::sealed::Holds;
use crate::proto::tls::message::Certificate;
use crate::timeline::Step;
use crate::vocab::iana::{AlertDescription, HandshakeType, ProtocolVersion};
use crate::vocab::{Confidence, Direction, EndedBy};

/// Shortest body of a first record that can hold a certificate and its proof.
const SHORTEST_PROOF: u64 = 300;
/// Body from which on it holds the Finished too, or is one of several.
const LONG_PROOF: u64 = 600;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Nothing was asked for, as far as can be seen.
    NotAsked,
    /// Asked for; an empty Certificate or none.
    Empty,
    /// Asked for; at least one certificate.
    Some,
}

/// Judges both client certificate causes: `rejected` where one was sent.
pub(super) fn judge(case: &Case<'_>, rejected: bool) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    if case.stage < Stage::ServerHello || case.is_idle_close() || is_over(case) {
        return Answer::Clear;
    }
    let (sent, is_sent_inferred) = sent(case);
    let of_server = ending.from == Direction::ToClient;
    let refused = if of_server { server_refuses(case, ending.kind, sent) } else { client_leaves(case, ending.kind) };
    let required_alert = matches!(ending.kind, EndingKind::Alert(_, AlertDescription::CERTIFICATE_REQUIRED));
    // An alert that says that none came disproves what was inferred, not what was seen.
    let was_sent = sent == Sent::Some && !(required_alert && is_sent_inferred);
    if !refused || was_sent != rejected {
        return Answer::Clear;
    }
    let by = if of_server { EndedBy::Server } else { EndedBy::Client };
    let inferred = is_sent_inferred || !of_server && case.seen.certificate_request.is_none();
    let told = matches!(ending.kind, EndingKind::Alert(..));
    let confidence = match (inferred, told) {
        (true, _) if !of_server => Confidence::Possible,
        // A server that closes without a word can have another reason, but nothing shows one.
        (true, _) => Confidence::Likely,
        (false, false) if rejected => Confidence::Likely,
        (false, _) => Confidence::Certain,
    };
    let request = case.seen.certificate_request.or_else(|| inferred_request(case));
    let detail = if inferred {
        "Without keys this is inferred from the lengths and the order of the encrypted records."
    } else {
        "The CertificateRequest and the client's answer are in clear or were opened with keys."
    };
    Found::at(ending.packet, confidence, by, headline(ending, rejected))
        .detail(detail)
        .supported(case.at(request).map(|s| s.packet), "the CertificateRequest")
        .supported(case.at(case.seen.client_certificate).map(|s| s.packet), "the client's Certificate")
        .answer()
}

fn headline(ending: Ending, rejected: bool) -> String {
    let of_server = ending.from == Direction::ToClient;
    match (ending.kind, rejected) {
        (EndingKind::Alert(_, description), _) if !of_server => {
            format!("asked for a certificate, the client leaves with {description}")
        }
        (EndingKind::Alert(_, description), false) => {
            format!("no client certificate: the server answers {description}")
        }
        (EndingKind::Alert(_, description), true) => {
            format!("the server answers the client's certificate with {description}")
        }
        (_, false) if !of_server => "the client leaves when it is asked for a certificate".to_owned(),
        (_, false) => "the server asks for a client certificate, gets none and refuses".to_owned(),
        (_, true) => "the server refuses the client's certificate".to_owned(),
    }
}

/// Whether the server took what the client sent: up to TLS 1.2 its Finished ends the handshake, under TLS 1.3 its refusal
/// comes after the client's.
fn is_over(case: &Case<'_>) -> bool {
    case.stage == Stage::Complete && !(case.is_tls13() && case.seen.server_application.is_none())
}

/// Whether the server's ending can be its refusal of what the client sent when it was asked.
fn server_refuses(case: &Case<'_>, kind: EndingKind, sent: Sent) -> bool {
    let asked = sent != Sent::NotAsked;
    match kind {
        // Up to TLS 1.2 the flight shows whether a certificate was asked for.
        EndingKind::Alert(_, AlertDescription::CERTIFICATE_REQUIRED) => {
            asked || case.is_tls13() || case.tls.progress.gap
        }
        EndingKind::Alert(_, AlertDescription::BAD_RECORD_MAC | AlertDescription::DECRYPT_ERROR) => sent == Sent::Empty,
        EndingKind::Alert(_, description) => asked && !description.is_close() || sent == Sent::Empty,
        EndingKind::EncryptedAlert => asked,
        // Java's and Node's servers close without an alert.
        EndingKind::Close | EndingKind::Reset => {
            asked && alerts::ending_sender(case).is_none_or(|sender| sender.by != EndedBy::Middlebox)
        }
        EndingKind::Foreign | EndingKind::BadTag => false,
    }
}

/// Whether the client leaves upon the request instead of answering it, whatever its alert says, unless that is about what
/// the server sent.
fn client_leaves(case: &Case<'_>, kind: EndingKind) -> bool {
    let seen = &case.seen;
    // Before TLS 1.2 it is the signature of the old version that clients answer so.
    let old = case.tls.version.is_some_and(|version| version < ProtocolVersion::TLS_1_2);
    if old && matches!(kind, EndingKind::Alert(_, AlertDescription(40 | 80))) {
        return false;
    }
    matches!(
        kind,
        EndingKind::Close | EndingKind::Reset | EndingKind::Alert(_, AlertDescription(0 | 10 | 40 | 80 | 90))
    ) && (seen.certificate_request.is_some() || inferred_request(case).is_some())
        && seen.client_finished.is_none()
        && seen.client_protected.is_none()
        && seen.client_certificate.is_none()
        && case.stage == Stage::ServerFlight
        && !super::silence::is_silence(case)
        && case.chain().first().is_none_or(|leaf| {
            let fits = super::chain::asked_name(case).is_none_or(|name| leaf.matches_name(&name));
            fits && leaf.is_valid_at(super::chain::seen_at(case)).unwrap_or(true)
        })
}

/// The CertificateRequest of a TLS 1.3 server, told by its place among the encrypted records.
fn inferred_request(case: &Case<'_>) -> Option<usize> {
    let request = Some(Holds::Message(HandshakeType::CERTIFICATE_REQUEST));
    let asks = |step: &Step| step.what.inferred().map(|inferred| inferred.holds) == request;
    case.timeline.steps.iter().position(|step| step.from == Direction::ToClient && asks(step))
}

/// What the client sent when it was asked, and whether that is inferred.
fn sent(case: &Case<'_>) -> (Sent, bool) {
    if let Some(step) = case.at(case.seen.client_certificate) {
        let body = step.body.get(4..).unwrap_or_default();
        let any = Certificate::decode(body, case.tls.version).certificates().next().is_some();
        return (if any { Sent::Some } else { Sent::Empty }, false);
    }
    if case.seen.certificate_request.is_some() {
        return (Sent::Empty, false);
    }
    if !case.is_tls13() || case.timeline.steps.iter().any(|step| step.decrypted) {
        return (Sent::NotAsked, false);
    }
    // The client's records between its ChangeCipherSpec and its first request.
    let Some(start) = case.seen.client_finished.or(case.seen.client_protected) else { return (Sent::NotAsked, true) };
    let begin = case.at(Some(start)).map(|step| step.packet);
    let own: Vec<u64> = case
        .timeline
        .steps
        .iter()
        .filter(|step| step.from == Direction::ToServer && step.what.is_protected())
        .filter(|step| Some(step.packet) >= begin.map(|packet| crate::vocab::PacketNumber(packet.0.saturating_sub(1))))
        .map(|step| step.bytes)
        .take(4)
        .collect();
    let first = case.at(case.seen.client_protected).or(case.at(Some(start)));
    let empty_first = first.is_some_and(|step| case.lengths.is_empty_certificate(step.bytes));
    match own.as_slice() {
        [first, ..] if case.lengths.is_empty_certificate_to_finished(*first) => (Sent::Empty, true),
        _ if empty_first => (Sent::Empty, true),
        // Certificate, CertificateVerify and Finished: a large record first, and a Finished behind it or in it.
        [first, rest @ ..]
            if *first > LONG_PROOF
                || *first > SHORTEST_PROOF && rest.iter().any(|length| case.lengths.is_finished(*length)) =>
        {
            (Sent::Some, true)
        }
        _ => (Sent::NotAsked, true),
    }
}
