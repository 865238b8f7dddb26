//! `closed-after-client-hello`: the server's side ended the connection with a FIN after the ClientHello, without a
//! byte of TLS.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClosedAfterClientHello,
    doc: Doc {
        what: "The server's side ended the connection with a FIN after the ClientHello, without a byte of TLS.",
        how: "A FIN that bears the server's address. Who really sent it is scored: TTL, timestamps, timing, sequence \
              number, life after it.",
        not: "A client that leaves by itself (client-gave-up); a server that closes after a long wait \
              (client-hello-unanswered).",
        next: &[
            "Capture at the server too: did the ClientHello arrive there, and is the FIN in that capture?",
            "Do the failing flows share the server name, the destination, the access point, the size of the \
             ClientHello?",
            "Try the same name by another path",
        ],
        reference: "RFC 9293 section 3.6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage)
        || !case.ended_with(Direction::ToClient, EndingKind::Close)
    {
        return Answer::Clear;
    }
    let (Some(ending), Some(sender)) = (case.ending, alerts::ending_sender(case)) else { return Answer::Clear };
    let Some((packet, time, what)) = case.hello_shown() else { return Answer::Clear };
    Found::at(
        ending.packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("FIN {} after {what}", duration(ending.time.since(time))),
    )
    .supported(Some(packet), what)
    .sent_by(&sender)
    .answer()
}
