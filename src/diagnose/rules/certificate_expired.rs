//! `certificate-expired`: the client refuses the certificate, which had expired at the time of the capture.

use super::prelude::*;
use crate::diagnose::chain::{self, Refused};
use crate::proto::tls::certificate::Fault;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateExpired,
    doc: Doc {
        what: "The client refuses the certificate, which had expired at the time of the capture.",
        how: "The validity of a certificate of the chain ended before the packet that carries it.",
        not: "A client whose clock is wrong: only that one client fails.",
        next: &[
            "Renew the certificate; check which of several servers still has the old one",
            "If only one client fails, check its clock",
        ],
        reference: "RFC 5280 section 4.1.2.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return encrypted(case) };
    let expired = |fault: &Fault| match fault {
        Fault::Expired { days } => Some(*days),
        _ => None,
    };
    let Some((certificate, days)) = refused.fault(expired) else { return Answer::Clear };
    // NSS says unknown_ca of an expired issuer too: it is no part of any chain then.
    let called_unknown = refused.is_called_unknown();
    if called_unknown && !refused.is_intermediate(certificate) {
        return Answer::Clear;
    }
    let whose = certificate.common_name.as_deref().unwrap_or(&certificate.subject);
    let headline = format!("the certificate of {whose} had expired {days} days before");
    let found = refused.because(refused.confidence(), headline);
    let found = if called_unknown { found.at_most(Confidence::Likely) } else { found };
    // Others take the same chain by a way around it.
    if certificate.der != refused.leaf.der && chain::is_accepted(case) {
        return found
            .advice([
                "Remove this certificate from the chain file: it is superfluous, the other clients never look at it",
                "Bring the refusing client's trust store up to date",
            ])
            .answer();
    }
    if refused.is_one_of_several() {
        return found
            .advice([
                "Renew the certificate on the server that shows this serial; the others have another one",
                "If only one client fails, check its clock",
            ])
            .answer();
    }
    found.answer()
}

/// Of an encrypted chain only the alert speaks.
fn encrypted(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    if refusal.alert != Some(AlertDescription::CERTIFICATE_EXPIRED) {
        return Answer::Clear;
    }
    let headline = "the client says that the certificate has expired";
    let found = Found::at(refusal.packet, Confidence::Likely, EndedBy::Client, headline)
        .detail("The certificate itself is encrypted and cannot be checked without keys.");
    if !case.context.tls_servers.contains(&case.service()) {
        return found.answer();
    }
    found
        .advice([
            "Other connections to this server come through: check the clock of this client first",
            "With a key log the certificate can be read: --keylog; does one of several servers have an old one?",
        ])
        .answer()
}
