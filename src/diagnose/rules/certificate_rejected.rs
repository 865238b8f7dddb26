//! `certificate-rejected`: the client refuses the server's certificate, and the packets do not show why.

use super::prelude::*;
use crate::diagnose::chain;
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::der::time_text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateRejected,
    doc: Doc {
        what: "The client refuses the server's certificate, and the packets do not show why.",
        how: "An alert about the certificate, or a client that leaves directly after the server's whole flight, with \
              nothing wrong to be seen in the chain (or the chain encrypted).",
        not: "client-gave-up, where the client leaves before the flight is whole, or drops without a word one of \
              several connections that it opened side by side, of which another came through.",
        next: &[
            "Ask the client: its own error text names the reason",
            "With a key log the chain and the alert can be read: --keylog",
        ],
        reference: "RFC 8446 section 4.4.2.4",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    if refusal.after_handshake {
        return Answer::Clear;
    }
    // Of an encrypted chain a quiet leaving says nothing where others use the same service.
    let used = case.context.good_beginnings.contains_key(&case.service());
    if refusal.alert.is_none() && case.chain().is_empty() && used {
        return Answer::Clear;
    }
    // It took the same server's certificate on another connection at that time.
    if chain::is_abrupt(case) && case.context.spares.contains(&case.flow) {
        return Answer::Clear;
    }
    let how = refusal
        .alert
        .map_or_else(|| "leaves right after the server's flight".to_owned(), |alert| format!("sends {alert}"));
    let unstapled = refusal.alert.is_some() && chain::lacks_staple(case);
    let (confidence, headline) = if unstapled {
        let headline = format!("the client {how}: the certificate demands a stapled OCSP response, and there is none");
        (refusal.confidence.min(Confidence::Likely), headline)
    } else {
        (refusal.confidence, format!("the client {how}"))
    };
    let found = Found::at(refusal.packet, confidence, EndedBy::Client, headline)
        .supported(case.at(case.seen.certificate).map(|s| s.packet), "the certificate");
    let confronted = confronted(case, refusal.alert);
    let inferred =
        if refusal.alert.is_some() { "" } else { " That it refuses the certificate is inferred from the moment." };
    let found = found.detail(format!("{}{inferred}", confronted.said));
    if unstapled {
        return found.advice(STAPLE).answer();
    }
    // What a key log would open is in clear.
    let is_read = !case.chain().is_empty() && refusal.alert.is_some();
    match (confronted.clock, is_read) {
        (true, _) => found.advice(CLOCK),
        (false, true) => found.advice(["Ask the client: its own error text names the reason"]),
        (false, false) => found,
    }
    .answer()
}

/// What to try where a stapled OCSP response is demanded and missing.
const STAPLE: [&str; 2] = [
    "Switch OCSP stapling on at the server, and check that it can reach the authority's OCSP responder",
    "Or have the certificate issued without must-staple (TLS feature, RFC 7633)",
];

/// What to try where the client's clock is the likeliest reason.
const CLOCK: [&str; 3] = [
    "Check the clock of this client (NTP, a dead battery): the certificate is valid when the capture was made",
    "Does the client's trust store hold an issuer that has expired and was not sent?",
    "Ask the client: its own error text names the reason",
];

/// The alert held against the chain, the time of the capture, and the flows that accept it.
struct Confronted {
    said: String,
    clock: bool,
}

fn confronted(case: &Case<'_>, alert: Option<AlertDescription>) -> Confronted {
    let Some(leaf) = case.chain().first() else {
        let said = "The certificate is encrypted: without keys nothing more can be said of it.";
        return Confronted { said: said.into(), clock: false };
    };
    let now = chain::seen_at(case);
    let within = |c: &CertificateFacts| c.not_before.is_none_or(|t| t <= now) && c.not_after.is_none_or(|t| now <= t);
    let valid = case.chain().iter().all(|certificate| within(certificate));
    let accepted = chain::is_accepted(case);
    let mut said = Vec::new();
    if chain::lacks_staple(case) {
        said.push(
            "The certificate demands a stapled OCSP response (must-staple, RFC 7633), the client asks for one, and \
             the server sends none."
                .into(),
        );
    }
    if let (true, Some(from), Some(until)) = (valid, leaf.not_before, leaf.not_after) {
        let (from, until) = (time_text(from), time_text(until));
        said.push(format!("The certificate is valid from {from} until {until}, at the time of the capture too."));
    }
    let says_expired = alert == Some(AlertDescription::CERTIFICATE_EXPIRED);
    if says_expired && valid {
        said.push(
            "The client says that it has expired: its clock is ahead, or an issuer that was not sent has expired."
                .into(),
        );
    }
    if let Some(good) = case.good_chain().filter(|_| accepted) {
        said.push(format!("Flow {} accepts the same certificate.", good.flow));
    }
    let bad = alert == Some(AlertDescription::BAD_CERTIFICATE);
    if accepted && bad && valid {
        said.push(
            "What differs is the client: its clock (some say bad_certificate of one not valid yet), its trust store."
                .into(),
        );
    }
    if said.is_empty() {
        said.push("The chain shows nothing wrong with the certificate.".into());
    }
    Confronted { said: said.join(" "), clock: valid && (says_expired || accepted && bad) }
}
