//! The server's certificates of a case, and what a client can have against them at the time of the capture.

use super::alerts;
use super::case::{Case, Ending, EndingKind, Stage};
use crate::flow::Issues;
use crate::proto::tls::certificate::chain::missing_issuer;
use crate::proto::tls::certificate::{CertificateFacts, Ending as TrustEnding, SignatureVerdict};
use crate::proto::tls::message::{Certificate, CompressedCertificate};
use crate::vocab::iana::{AlertDescription, HandshakeType};
use crate::vocab::{Confidence, Direction, EndedBy, PacketNumber};

/// Seconds within which a client that leaves after a handshake leaves because of what it saw in it.
const AT_ONCE: f64 = 1.0;

/// A refusal of the server's certificate.
pub(super) struct Refusal {
    /// The packet with which the client refuses.
    pub packet: PacketNumber,
    /// What its alert says, where it can be read.
    pub alert: Option<AlertDescription>,
    /// How sure it is that the certificate is refused.
    pub confidence: Confidence,
    /// Whether the handshake was complete, so that only a plain fault explains the leaving.
    pub after_handshake: bool,
}

/// Whether the client refuses the certificate: by an alert about it, or by leaving right after the server's flight.
pub(super) fn refusal(case: &Case<'_>) -> Option<Refusal> {
    let Ending { kind, from, packet, time, .. } = case.ending?;
    if from != Direction::ToServer {
        return None;
    }
    // A client that left before the flight could reach it did not judge it; nor did one in whose name something reset.
    let judged = [case.seen.certificate, case.seen.server_protected.filter(|_| case.seen.certificate.is_none())];
    if judged.iter().flatten().any(|at| case.at(Some(*at)).is_some_and(|step| !case.had_seen(packet, step))) {
        return None;
    }
    if kind == EndingKind::Reset && alerts::ending_sender(case).is_some_and(|sender| sender.by == EndedBy::Middlebox) {
        return None;
    }
    // What the snap length cut arrived all the same.
    let cut = case.trace.row.issues.has(Issues::TRUNCATED_PACKETS) && case.answer().is_some();
    let flight = case.seen.certificate.is_some() || case.seen.server_protected.is_some();
    let resumed = case.tls.resumed == Some(true);
    match kind {
        EndingKind::Alert(_, description)
            if alerts::is_about_certificate(description) && (flight || cut) && !resumed =>
        {
            (case.stage <= Stage::ClientFinished).then_some(Refusal {
                packet,
                alert: Some(description),
                confidence: Confidence::Certain,
                after_handshake: false,
            })
        }
        EndingKind::EncryptedAlert if flight && !resumed && case.stage <= Stage::ServerFlight => {
            Some(Refusal { packet, alert: None, confidence: Confidence::Possible, after_handshake: false })
        }
        EndingKind::Reset | EndingKind::Close | EndingKind::Alert(..) => {
            if let EndingKind::Alert(_, description) = kind
                && !alerts::is_close(description)
            {
                return None;
            }
            let last = super::silence::last_progress(case);
            let at_once = time.since(last) < AT_ONCE;
            let whole = case.stage == Stage::ServerFlight && !case.tls.progress.unfinished.to_client;
            let complete = match case.stage {
                Stage::Complete | Stage::ClientFinished => case.seen.client_application.is_none(),
                _ => false,
            };
            (at_once && !resumed && flight && (whole || complete)).then_some(Refusal {
                packet,
                alert: None,
                confidence: Confidence::Possible,
                after_handshake: complete,
            })
        }
        // NSS checks the certificate while it sends its Finished, and refuses it before it has the server's.
        EndingKind::EncryptedAlert if flight && !resumed && is_between_finished(case, packet) => {
            Some(Refusal { packet, alert: None, confidence: Confidence::Possible, after_handshake: false })
        }
        // Encrypted close_notify right after the handshake, without keys.
        EndingKind::EncryptedAlert => {
            let complete = case.stage >= Stage::ClientFinished && case.seen.client_application.is_none();
            (complete && !resumed && flight).then_some(Refusal {
                packet,
                alert: None,
                confidence: Confidence::Possible,
                after_handshake: true,
            })
        }
        _ => None,
    }
}

/// Whether a client up to TLS 1.2 sent this behind its own Finished and had not yet seen the server's.
fn is_between_finished(case: &Case<'_>, packet: PacketNumber) -> bool {
    let unseen = case.at(case.seen.server_finished).is_none_or(|finished| !case.had_seen(packet, finished));
    !case.is_tls13() && case.seen.client_finished.is_some() && unseen
}

/// Whether a client that left after the handshake did so without a word, as one that refuses what it got; a polite one
/// closes with an alert.
pub(super) fn is_abrupt(case: &Case<'_>) -> bool {
    let bare = |ending: Ending| matches!(ending.kind, EndingKind::Close | EndingKind::Reset);
    case.ending.is_some_and(bare)
}

/// Whether a client that left after the handshake left for what it saw in it: without a word, at a server that others
/// refuse in words, and whose chain nobody is seen to accept.
pub(super) fn is_late_refusal(case: &Case<'_>, chain: &[CertificateFacts]) -> bool {
    is_abrupt(case) && case.context.refused_servers.contains(&case.trace.row.server) && !is_shared(case, chain)
}

/// The server's certificates, leaf first; empty where they are encrypted.
pub(super) fn certificates(case: &Case<'_>) -> Vec<CertificateFacts> {
    let Some(step) = case.at(case.seen.certificate) else { return Vec::new() };
    let body = step.body.get(4..).unwrap_or_default();
    let unpacked;
    let body = if step.id == Some(HandshakeType::COMPRESSED_CERTIFICATE.0) {
        unpacked = CompressedCertificate::decode(body).decompress().unwrap_or_default();
        &unpacked[..]
    } else {
        body
    };
    Certificate::decode(body, case.tls.version)
        .certificates()
        .map(|entry| CertificateFacts::decode(entry.der))
        .collect()
}

/// Seconds since the epoch at which the certificate was seen.
pub(super) fn seen_at(case: &Case<'_>) -> i64 {
    case.at(case.seen.certificate).map_or(case.trace.row.start, |step| step.time).unix_seconds()
}

/// The name the client asked for.
pub(super) fn asked_name(case: &Case<'_>) -> Option<String> {
    case.tls.server_name.as_deref().map(|name| String::from_utf8_lossy(name).into_owned())
}

/// Whether the leaf signed itself.
pub(super) fn is_self_signed(chain: &[CertificateFacts]) -> bool {
    chain.first().is_some_and(|leaf| leaf.self_issued && leaf.self_signed() != SignatureVerdict::Bad)
}

/// Where the chain ends, by common trust stores and the authorities the user gave.
pub(super) fn ending(case: &Case<'_>, chain: &[CertificateFacts]) -> TrustEnding {
    case.context.trust.ending(chain)
}

/// Whether the chain ends in a known root.
pub(super) fn ends_in_known_root(case: &Case<'_>, chain: &[CertificateFacts]) -> bool {
    matches!(ending(case, chain), TrustEnding::Root(_))
}

/// Whether an authority's name says that it is no root: `Example Intermediate CA`.
pub(super) fn sounds_intermediate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.contains("root")
        && ["intermediate", "issuing", "subordinate", "sub ca", "sub-ca", "subca"]
            .iter()
            .any(|word| name.contains(word))
}

/// Whether the client's alert says that it does not know the authority, and the chain agrees: then that is why,
/// whatever else the certificate's faults are.
pub(super) fn is_called_unknown(case: &Case<'_>, refusal: &Refusal, chain: &[CertificateFacts]) -> bool {
    refusal.alert == Some(AlertDescription::UNKNOWN_CA) && !ends_in_known_root(case, chain) && !is_shared(case, chain)
}

/// Whether good flows show the same leaf, or another one under the same authority: servers have one for each kind of key.
pub(super) fn is_shared(case: &Case<'_>, chain: &[CertificateFacts]) -> bool {
    let Some(leaf) = chain.first() else { return false };
    let Some((_, good)) = good_chain(case) else { return false };
    let top = |chain: &[CertificateFacts]| chain.last().map(|c| c.issuer_der.clone());
    good.first().is_some_and(|c| c.der == leaf.der) || chain.len() > 1 && top(&good) == top(chain)
}

/// The issuer that a chain names and does not carry.
pub(super) fn missing(chain: &[CertificateFacts]) -> Option<String> {
    missing_issuer(chain).map(str::to_owned)
}

/// The chain that good flows of the same name show; of the same server where the client names none.
pub(super) fn good_chain(case: &Case<'_>) -> Option<(crate::vocab::FlowNumber, Vec<CertificateFacts>)> {
    let (flow, chain) = case.context.good_chains.of(case.tls, case.trace.row.server)?;
    (*flow != case.flow).then(|| (*flow, chain.iter().map(|der| CertificateFacts::decode(der)).collect()))
}
