//! `upgrade-refused`: TLS is asked for inside another protocol, and that protocol refuses.

use super::prelude::*;
use crate::diagnose::upgrade;
use crate::proto::upgrade::Upgrade;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::UpgradeRefused,
    doc: Doc {
        what: "TLS is asked for inside another protocol (STARTTLS, AUTH TLS, SSLRequest, StartTLS, X.224 negotiation, STLS) and refused in that protocol's words.",
        how: "The request and the refusal stand in clear; no TLS follows, and the client does not go on without it.",
        not: "plaintext-answer, where the client begins with its ClientHello, or sends it before it is refused; a client that goes on in clear, whose flow is no failed one.",
        next: &[
            "Read the refusal: it names the reason, and the server's log says more (a key or certificate that it cannot read, TLS switched off)",
            "If other clients of this server get TLS, look for a device on the way that rewrites the protocol",
        ],
        reference: "RFC 3207, RFC 9051 section 6.2.1, RFC 2595, RFC 4217, RFC 6120 section 5, RFC 4511 section 4.14, RFC 4642, RFC 5804, MS-RDPBCGR 2.2.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    // A client may send its ClientHello in spite of the refusal, and get no TLS for it.
    if case.stage > Stage::AnswerBegun || case.tls.records.to_client > 0 {
        return Answer::Clear;
    }
    let Some(refused) = upgrade::refusal(case).filter(|refused| !refused.goes_on) else { return Answer::Clear };
    let words = match (refused.upgrade, refused.refusal.code) {
        (Upgrade::PostgreSql, None) if refused.refusal.words.is_empty() => "N, it does not do TLS".to_owned(),
        (Upgrade::Ldap | Upgrade::MySql | Upgrade::Rdp, Some(code)) => format!("{code}, {}", refused.refusal.words),
        _ => refused.refusal.words,
    };
    Found::at(
        refused.answer,
        Confidence::Certain,
        EndedBy::Server,
        format!("the server refuses {}: {words}", refused.upgrade.name()),
    )
    .supported(Some(refused.request), "the request for TLS")
    .answer()
}
