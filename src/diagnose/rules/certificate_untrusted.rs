//! `certificate-untrusted`: the client refuses the chain: it ends in an authority that it does not know.

use super::prelude::*;
use crate::diagnose::chain::{self, Refused};
use crate::proto::tls::certificate::Fault;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateUntrusted,
    doc: Doc {
        what: "The client refuses the chain: it ends in an authority that it does not know.",
        how: "The client says unknown_ca, or the chain ends in a root that common trust stores and --ca lack; good \
              flows do not show the same chain.",
        not: "certificate-incomplete-chain; certificate-rejected, where other clients accept the same chain.",
        next: &["Install the authority's root on the client, or use a public authority"],
        reference: "RFC 5280 section 6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return encrypted(case) };
    let refusal = &refused.refusal;
    if refusal.after_handshake && !chain::is_late_refusal(case) {
        return Answer::Clear;
    }
    // What else the alert or the certificate says speaks against a mere lack of trust.
    let other = matches!(
        refusal.alert,
        Some(
            AlertDescription::UNSUPPORTED_CERTIFICATE
                | AlertDescription::CERTIFICATE_REVOKED
                | AlertDescription::CERTIFICATE_EXPIRED
        )
    );
    let unstapled = refusal.alert != Some(AlertDescription::UNKNOWN_CA) && chain::lacks_staple(case);
    if other || unstapled || !refused.leaf.allows_server() || refused.is_known() || chain::is_shared(case) {
        return Answer::Clear;
    }
    let confidence = match refusal.alert {
        _ if refusal.after_handshake => Confidence::Possible,
        Some(AlertDescription::UNKNOWN_CA) => Confidence::Certain,
        _ => Confidence::Likely,
    };
    if let Some((issuer, ())) = refused.fault(|fault| matches!(fault, Fault::NoAuthority).then_some(())) {
        let headline = format!("the issuer {} is no authority: its certificate may not sign others", issuer.subject);
        return refused.because(confidence, headline).answer();
    }
    let top = refused.missing_issuer().unwrap_or(&refused.leaf.issuer);
    refused.because(confidence, format!("the chain ends in {top}, which is none of today's common roots")).answer()
}

/// Of an encrypted chain only the alert speaks.
fn encrypted(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    if refusal.alert != Some(AlertDescription::UNKNOWN_CA) {
        return Answer::Clear;
    }
    let headline = "the client does not know the authority that issued the certificate";
    Found::at(refusal.packet, Confidence::Possible, EndedBy::Client, headline)
        .detail("The certificate itself is encrypted and cannot be checked without keys.")
        .answer()
}
