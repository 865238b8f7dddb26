//! `certificate-wrong-name`: the client refuses the certificate, which is for other names.

use super::prelude::*;
use crate::diagnose::chain::Refused;
use crate::proto::tls::certificate::Fault;
use crate::vocab::text::visible;

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
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    let asked = case.review().faults().find_map(|fault| match fault {
        Fault::WrongName { asked, .. } => Some(visible(asked)),
        _ => None,
    });
    let Some(asked) = asked.filter(|_| !refused.is_called_unknown()) else { return Answer::Clear };
    let names = match refused.leaf.dns_names.as_slice() {
        [] => "no name at all".to_owned(),
        names => names.join(", "),
    };
    let headline = format!("the certificate is for {names}, the client asked for {asked}");
    let found = refused.because(refused.confidence(), headline);
    if refused.is_one_of_several() {
        return found.advice(["Check which server answered: DNS, virtual hosts, default certificate"]).answer();
    }
    found.answer()
}
