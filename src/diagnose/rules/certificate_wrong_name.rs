//! `certificate-wrong-name`: the client refuses the certificate, which is for other names.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateWrongName,
    doc: Doc {
        what: "The client refuses the certificate, which is for other names.",
        how: "None of the certificate's names matches the server name that the client asked for.",
        not: "certificate-intercepted, where the name fits and the issuer does not.",
        next: &[
            "Check which server answered: DNS, virtual hosts, default certificate",
            "Compare with the certificate of a good flow of the same name",
        ],
        reference: "RFC 9525 section 6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };
    if chain::is_called_unknown(case, &refusal, &certificates) {
        return Answer::Clear;
    }
    let Some(name) = chain::asked_name(case) else { return Answer::Clear };
    if leaf.matches_name(&name) {
        return Answer::Clear;
    }
    let names = if leaf.dns_names.is_empty() { "no name at all".to_owned() } else { leaf.dns_names.join(", ") };
    let headline =
        format!("the certificate is for {names}, the client asked for {}", crate::vocab::text::visible(&name));
    let confidence = if refusal.alert.is_some() { Confidence::Certain } else { Confidence::Likely };
    Found::at(refusal.packet, confidence, EndedBy::Client, headline)
        .detail(format!(
            "The client leaves{}. The leaf is {}, issued by {}.",
            refusal.alert.map_or_else(String::new, |a| format!(" with {a}")),
            leaf.subject,
            leaf.issuer
        ))
        .supported(case.at(case.seen.certificate).map(|s| s.packet), "the certificate")
        .answer()
}
