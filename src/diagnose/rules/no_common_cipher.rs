//! `no-common-cipher`: the server refuses the offer: no cipher suite in common (or no group, or no signature scheme).

use super::prelude::*;
use crate::vocab::text::counted;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::NoCommonCipher,
    doc: Doc {
        what: "The server refuses the offer: no cipher suite in common (or no group, or no signature scheme).",
        how: "The server answers the ClientHello with this alert; nothing speaks against the server as its sender.",
        not: "no-common-version, where the alert says so; forged-alert, where the server did not send it.",
        next: &[
            "Intersect the offered suites, groups and signature schemes with what the server accepted in a good flow",
            "Check the server's policy: minimum key sizes, required client certificates in old stacks",
        ],
        reference: "RFC 8446 section 6.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::refusal(case) else { return Answer::Clear };
    if !matches!(description.0, 40 | 71) {
        return Answer::Clear;
    }
    Found::at(packet, Confidence::Likely, EndedBy::Server, format!("the server refuses the offer with {description}"))
        .supported(case.at(case.seen.client_hello).map(|s| s.packet), offer(case))
        .answer()
}

/// What the ClientHello offered, for the reader to compare with a good flow.
fn offer(case: &Case<'_>) -> String {
    let Some(hello) = case.hello() else { return "the ClientHello".into() };
    let suites = counted(hello.cipher_suites.len(), "cipher suite");
    let groups = counted(hello.groups().len(), "group");
    format!("the client offers {suites}, {groups} and {}", counted(hello.signature_schemes().len(), "signature scheme"))
}
