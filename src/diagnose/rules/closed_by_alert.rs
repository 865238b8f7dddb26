//! `closed-by-alert`: the server's side closed politely within the handshake: a warning `close_notify` or
//! `user_canceled`.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClosedByAlert,
    doc: Doc {
        what: "The server's side closed politely within the handshake: a warning close_notify or user_canceled.",
        how: "The alert comes before the handshake is complete.",
        not: "The close_notify that ends every orderly connection.",
        next: &[
            "Look for a proxy, filter or load balancer that closes this way when it has no backend or does not like \
             the name",
            "The client's user sees a protocol error, not a closed connection",
        ],
        reference: "RFC 8446 section 6.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.is_no_answer() {
        return Answer::Clear;
    }
    let Some((packet, description)) = alerts::refusal(case).or_else(|| alerts::late_refusal(case)) else {
        return Answer::Clear;
    };
    if !description.is_close() {
        return Answer::Clear;
    }
    let Some(sender) = alerts::ending_sender(case) else { return Answer::Clear };
    Found::at(
        packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("the server's side closes with {description} within the handshake"),
    )
    .sent_by(&sender)
    .answer()
}
