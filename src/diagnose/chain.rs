//! The server's certificates of a case, and what a client can have against them at the time of the capture.

use std::sync::Arc;

use super::alerts;
use super::case::Case;
use super::context::GoodChain;
use super::ending::{Ending, EndingKind};
use super::inspection;
use super::rule::Found;
use super::stage::Stage;
use crate::flow::Issues;
use crate::proto::tls::certificate::{
    CertificateFacts, CertificateStore, Ending as TrustEnding, Fault, Review, Sender, chain,
};
use crate::proto::tls::der::time_text;
use crate::proto::tls::message::{Certificate, CompressedCertificate};
use crate::timeline::Step;
use crate::vocab::iana::{AlertDescription, ExtensionType, HandshakeType, ProtocolVersion};
use crate::vocab::text::counted;
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

/// Whether the client refuses the certificate: by an alert about it, or by leaving right after the server's flight where
/// nobody is seen to accept the same certificate.
pub(super) fn refusal(case: &Case<'_>) -> Option<Refusal> {
    let refusal = any_refusal(case)?;
    let is_sealed = case.ending.is_some_and(|ending| ending.kind == EndingKind::EncryptedAlert);
    let is_quiet = refusal.alert.is_none() && (refusal.after_handshake || !is_sealed);
    (!(is_quiet && is_accepted(case))).then_some(refusal)
}

/// Whether a good flow shows the very certificate.
pub(super) fn is_accepted(case: &Case<'_>) -> bool {
    let (Some(leaf), Some(good)) = (case.chain().first(), case.good_chain()) else { return false };
    good.certificates.first().is_some_and(|accepted| accepted.der == leaf.der)
}

fn any_refusal(case: &Case<'_>) -> Option<Refusal> {
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
        EndingKind::Alert(_, description) if description.is_about_certificate() && (flight || cut) && !resumed => {
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
                && !description.is_close()
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

/// The certificates of a step that shows some, the sender's own first; each distinct one is read once.
pub fn certificates(
    step: &Step,
    version: Option<ProtocolVersion>,
    store: &CertificateStore,
) -> Vec<Arc<CertificateFacts>> {
    read(step, version, |message| message.certificates().map(|entry| store.facts(entry.der)).collect())
}

/// What `of` makes of a step's Certificate, compressed or not.
fn read<T>(step: &Step, version: Option<ProtocolVersion>, of: impl FnOnce(&Certificate<'_>) -> T) -> T {
    let body = step.body.get(4..).unwrap_or_default();
    if step.what.message() == Some(HandshakeType::COMPRESSED_CERTIFICATE) {
        let unpacked = CompressedCertificate::decode(body).decompress().unwrap_or_default();
        return of(&Certificate::decode(&unpacked, version));
    }
    of(&Certificate::decode(body, version))
}

impl Case<'_> {
    /// The server's certificates, leaf first; empty where they are encrypted.
    pub(super) fn chain(&self) -> &[Arc<CertificateFacts>] {
        self.shown.chain.get_or_init(|| {
            let step = self.at(self.seen.certificate);
            step.map_or_else(Vec::new, |step| certificates(step, self.tls.version, &self.context.certificates))
        })
    }

    /// The same as the client checks them: for the name it asked for, at the time of the capture.
    pub(super) fn review(&self) -> &Review {
        self.shown.review.get_or_init(|| {
            let name = asked_name(self);
            Review::of(self.chain(), Sender::Server(name.as_deref()), seen_at(self), &self.context.trust)
        })
    }

    /// The chain that a good flow of the same name shows; of the same server where the client names none.
    pub(super) fn good_chain(&self) -> Option<&GoodChain> {
        self.context.good_chains.of(self.tls, self.service()).filter(|good| good.flow != self.flow)
    }
}

fn valid_until(certificate: &CertificateFacts) -> String {
    certificate.not_after.map_or_else(|| "no end".to_owned(), |end| format!("valid until {}", time_text(end)))
}

/// A chain in clear that the client refuses: what the rules about its faults have in common.
pub(super) struct Refused<'c> {
    case: &'c Case<'c>,
    /// How the client refuses it.
    pub refusal: Refusal,
    /// The server's own certificate.
    pub leaf: &'c CertificateFacts,
}

impl<'c> Refused<'c> {
    /// Of a case; none where the client refuses no certificate, or the chain is encrypted.
    pub fn of(case: &'c Case<'c>) -> Option<Self> {
        let refusal = refusal(case)?;
        let leaf = case.chain().first()?;
        Some(Self { case, refusal, leaf })
    }

    /// How sure it is that a fault that can be checked is why: an alert speaks of the certificate, leaving does not; one that
    /// names another reason (revoked, of an unsupported type, the OCSP response) leaves both possible.
    pub fn confidence(&self) -> Confidence {
        match self.refusal.alert {
            Some(AlertDescription(42 | 45 | 46 | 48)) => Confidence::Certain,
            Some(_) => Confidence::Possible,
            None => Confidence::Likely,
        }
    }

    /// The first fault of a single certificate that `wanted` takes, with that certificate.
    pub fn fault<T>(&self, wanted: impl Fn(&Fault) -> Option<T>) -> Option<(&'c CertificateFacts, T)> {
        let mut faults = self.case.review().certificate_faults();
        faults.find_map(|(place, fault)| Some((self.case.chain().get(place)?.as_ref(), wanted(fault)?)))
    }

    /// Whether the client's alert says that it does not know the authority, and the chain agrees: then that is why,
    /// whatever else the certificate's faults are.
    pub fn is_called_unknown(&self) -> bool {
        self.refusal.alert == Some(AlertDescription::UNKNOWN_CA) && !self.is_known() && !is_shared(self.case)
    }

    /// Whether a certificate stands between the leaf and the root of the chain.
    pub fn is_intermediate(&self, certificate: &CertificateFacts) -> bool {
        let certificates = self.case.chain();
        let above = chain::path(certificates).into_iter().skip(1);
        above.filter_map(|place| certificates.get(place)).any(|one| one.der == certificate.der && !one.is_own_issuer())
    }

    /// Whether the chain ends in a known root.
    pub fn is_known(&self) -> bool {
        matches!(self.case.review().trust, TrustEnding::Root(_))
    }

    /// The subject of the issuer that the chain names and does not carry.
    pub fn missing_issuer(&self) -> Option<&'c str> {
        chain::missing_issuer(self.case.chain())
    }

    /// What is said of the certificates that this server serves for the name, where they are several.
    fn certificates_served(&self) -> Option<String> {
        let case = self.case;
        let leaves = case.context.leaves.get(&case.service())?.get(&case.tls.server_name)?;
        let own = case.tls.leaf.filter(|_| leaves.len() > 1)?;
        let good = case.good_chain().and_then(|good| good.certificates.first());
        let mut served: Vec<_> = leaves.iter().collect();
        served.sort_by_key(|(leaf, served)| (**leaf != own, served.first));
        let told = served.iter().map(|(leaf, served)| {
            let known =
                good.filter(|good| good.der.last_chunk().is_some_and(|tail| u64::from_be_bytes(*tail) == **leaf));
            let which = match known {
                _ if **leaf == own => format!("this one (serial {})", self.leaf.serial),
                Some(other) => format!("one with serial {} ({})", other.serial, valid_until(other)),
                None => format!("another, first to flow {}", served.first),
            };
            let used = if served.used == 0 { "none".to_owned() } else { served.used.to_string() };
            format!("{which} to {}, of which {used} went on to carry data", counted(served.flows as usize, "flow"))
        });
        let told: Vec<_> = told.collect();
        Some(format!(
            "{} certificates are served for this name at {}: {}.",
            leaves.len(),
            case.trace.row.server,
            told.join("; ")
        ))
    }

    /// Whether other flows to this service show another certificate for the name, which the finding then tells.
    pub fn is_one_of_several(&self) -> bool {
        self.other_certificate().is_some()
    }

    /// What is said of another certificate for the same name that good flows show.
    fn other_certificate(&self) -> Option<String> {
        if let Some(told) = self.certificates_served() {
            return Some(told);
        }
        let good = self.case.good_chain()?;
        let other = good.certificates.first().filter(|other| other.der != self.leaf.der)?;
        let flow = good.flow;
        Some(format!(
            "Another certificate is served for this name to other flows: flow {flow} shows serial {} ({}).",
            other.serial,
            valid_until(other)
        ))
    }

    /// The finding that it is refused for what `headline` says.
    pub fn because(&self, confidence: Confidence, headline: String) -> Found {
        let said = self.refusal.alert.map_or_else(String::new, |alert| format!(" with {alert}"));
        let CertificateFacts { subject, issuer, .. } = self.leaf;
        let other = self.other_certificate().map_or_else(String::new, |other| format!(" {other}"));
        let product = inspection::product(self.case.chain().iter().map(|certificate| &**certificate));
        let product = product.map_or_else(String::new, |product| {
            format!(" An issuer in the chain bears the name of a product that inspects TLS: {product}.")
        });
        Found::at(self.refusal.packet, confidence, EndedBy::Client, headline)
            .detail(format!("The client leaves{said}. The leaf is {subject}, issued by {issuer}.{product}{other}"))
            .supported(self.case.at(self.case.seen.certificate).map(|step| step.packet), "the certificate")
    }
}

/// Whether a client that left after the handshake left for what it saw in it: without a word, at a server that others
/// refuse in words, and whose chain nobody is seen to accept.
pub(super) fn is_late_refusal(case: &Case<'_>) -> bool {
    is_abrupt(case) && case.context.refused_servers.contains(&case.service()) && !is_shared(case)
}

/// Whether the leaf demands a stapled OCSP response (RFC 7633), the client asked for one, and the server sent none.
pub(super) fn lacks_staple(case: &Case<'_>) -> bool {
    let asked = case.hello().is_some_and(|hello| hello.extensions.has(ExtensionType::STATUS_REQUEST));
    let demanded = case.chain().first().is_some_and(|leaf| leaf.must_staple);
    let is_status = |step: &Step| step.what.message() == Some(HandshakeType::CERTIFICATE_STATUS);
    asked && demanded && !case.timeline.steps.iter().any(is_status) && !is_stapled(case)
}

/// Whether the entry of the leaf has an OCSP response with it (RFC 8446 §4.4.2.1).
fn is_stapled(case: &Case<'_>) -> bool {
    let Some(step) = case.at(case.seen.certificate) else { return false };
    read(step, case.tls.version, |message| {
        message.certificates().next().is_some_and(|leaf| leaf.extensions.has(ExtensionType::STATUS_REQUEST))
    })
}

/// Seconds since the epoch at which the certificate was seen.
pub(super) fn seen_at(case: &Case<'_>) -> i64 {
    case.at(case.seen.certificate).map_or(case.trace.row.start, |step| step.time).unix_seconds()
}

/// The name the client asked for.
pub(super) fn asked_name(case: &Case<'_>) -> Option<String> {
    case.tls.server_name.as_deref().map(|name| String::from_utf8_lossy(name).into_owned())
}

/// Whether an authority's name says that it is no root: `Example Intermediate CA`.
pub(super) fn sounds_intermediate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.contains("root")
        && ["intermediate", "issuing", "subordinate", "sub ca", "sub-ca", "subca"]
            .iter()
            .any(|word| name.contains(word))
}

/// Whether good flows show the same leaf, or another one under the same authority: servers have one for each kind of key.
pub(super) fn is_shared(case: &Case<'_>) -> bool {
    let (Some(leaf), Some(good)) = (case.chain().first(), case.good_chain()) else { return false };
    let top = |chain: &[Arc<CertificateFacts>]| chain.last().map(|c| c.issuer_der.clone());
    good.certificates.first().is_some_and(|c| c.der == leaf.der)
        || case.chain().len() > 1 && top(&good.certificates) == top(case.chain())
}
