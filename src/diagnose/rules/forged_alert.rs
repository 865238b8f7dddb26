//! `forged-alert`: an alert bears the server's address and does not fit the server's own packets.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ForgedAlert,
    doc: Doc {
        what: "An alert bears the server's address and does not fit the server's own packets.",
        how: "TTL, timestamps, timing or life after it speak against the server as its sender.",
        not: "refused-by-alert, where nothing speaks against the server.",
        next: &[
            "Find the device that many hops away; ask its owner for TLS inspection or filtering rules",
            "Compare with a capture taken at the server: the alert will not be there",
        ],
        reference: "RFC 8446 section 6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::refusal(case).or_else(|| alerts::late_refusal(case)) else {
        return Answer::Clear;
    };
    let Some(sender) = alerts::ending_sender(case) else { return Answer::Clear };
    if sender.by != EndedBy::Middlebox {
        return Answer::Clear;
    }
    Found::at(packet, Confidence::Certain, EndedBy::Middlebox, format!("alert {description} that is not the server's"))
        .sent_by(&sender)
        .answer()
}
