//! `closed-after-server-hello`: the server's side ended the connection with a FIN after its ServerHello, before the
//! handshake was complete.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClosedAfterServerHello,
    doc: Doc {
        what: "The server's side ended the connection with a FIN after its ServerHello, before the handshake was \
               complete.",
        how: "A FIN that bears the server's address. Who really sent it is scored: TTL, timestamps, timing, sequence \
              number, life after it.",
        not: "closed-by-alert, where an alert comes first; truncated-answer, where no message was whole.",
        next: &[
            "Look for a filter that acts on the certificate or the ServerHello",
            "Look for a crash of the server's worker at that second",
        ],
        reference: "RFC 9293 section 3.6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.is_no_answer()
        || !(Stage::ServerHello..=Stage::ClientFinished).contains(&case.stage)
        || !case.ended_with(Direction::ToClient, EndingKind::Close)
    {
        return Answer::Clear;
    }
    let (Some(ending), Some(sender)) = (case.ending, alerts::ending_sender(case)) else { return Answer::Clear };
    let Some((packet, time, what)) = case.answer_shown() else { return Answer::Clear };
    Found::at(
        ending.packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("FIN {} after {what}", duration(ending.time.since(time))),
    )
    .supported(Some(packet), what)
    .sent_by(&sender)
    .at_most(if case.is_behind_tickets() { Confidence::Likely } else { Confidence::Certain })
    .answer()
}
