//! `certificate-not-yet-valid`: the client refuses the certificate, which was not yet valid at the time of the capture.

use super::prelude::*;
use crate::diagnose::chain::Refused;
use crate::proto::tls::certificate::Fault;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateNotYetValid,
    doc: Doc {
        what: "The client refuses the certificate, which was not yet valid at the time of the capture.",
        how: "The validity of a certificate of the chain begins after the packet that carries it.",
        not: "A capturing host whose clock is wrong.",
        next: &["Check the clock of whoever issued the certificate, of the client, and of the capturing host"],
        reference: "RFC 5280 section 4.1.2.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    let early = |fault: &Fault| match fault {
        Fault::NotYetValid { days } => Some(*days),
        _ => None,
    };
    let Some((certificate, days)) = refused.fault(early).filter(|_| !refused.is_called_unknown()) else {
        return Answer::Clear;
    };
    let whose = certificate.common_name.as_deref().unwrap_or(&certificate.subject);
    refused
        .because(refused.confidence(), format!("the certificate of {whose} becomes valid {days} days later"))
        .answer()
}
