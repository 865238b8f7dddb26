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
    let hello =
        case.at(case.seen.client_hello).map(|s| (s.packet, s.time)).or(case.client_data.map(|s| (s.packet, s.time)));
    let after = hello.map_or(0.0, |(_, time)| ending.time.since(time));
    Found::at(
        ending.packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("FIN {} after the ClientHello", duration(after)),
    )
    .supported(hello.map(|(packet, _)| packet), "the ClientHello")
    .sent_by(&sender)
    .answer()
}
