//! `certificate-weak`: the client refuses the certificate for a weak key or signature.

use super::prelude::*;
use crate::diagnose::chain::Refused;
use crate::proto::tls::certificate::Fault;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateWeak,
    doc: Doc {
        what: "The client refuses the certificate for a weak key or signature.",
        how: "A key of the chain is shorter, or a signature made with an older hash, than clients accept today.",
        not: "certificate-untrusted.",
        next: &["Reissue with at least RSA 2048 or ECDSA P-256 and SHA-256"],
        reference: "RFC 8446 section 4.4.2.2, CA/Browser Forum Baseline Requirements 6.1.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    let other = refused.refusal.alert == Some(AlertDescription::CERTIFICATE_EXPIRED) || refused.is_called_unknown();
    if refused.refusal.after_handshake || other {
        return Answer::Clear;
    }
    let weak = refused.fault(|fault| match fault {
        Fault::Weak(weakness) => Some(*weakness),
        _ => None,
    });
    let Some((_, weak)) = weak else { return Answer::Clear };
    refused.because(refused.confidence(), format!("the certificate is weak: {weak}")).answer()
}
