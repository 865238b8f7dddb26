//! `reset-after-client-hello`: the server's side ended the connection with a RST after the ClientHello, without a
//! byte of TLS.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ResetAfterClientHello,
    doc: Doc {
        what: "The server's side ended the connection with a RST after the ClientHello, without a byte of TLS.",
        how: "A RST that bears the server's address (or the client's, where the signs speak against the client: the \
              other half of what a box sends to both). Who really sent it is scored: TTL, timestamps, timing, \
              sequence number, life after it.",
        not: "A RST that both ends outlive, since it was out of place or damaged: it ended nothing. A client that \
              leaves by itself (client-gave-up); a server that closes after a long wait (client-hello-unanswered).",
        next: &[
            "Capture at the server too: did the ClientHello arrive there, and is the RST in that capture?",
            "Do the failing flows share the server name, the destination, the access point, the size of the \
             ClientHello?",
            "Try the same name by another path",
        ],
        reference: "RFC 9293 section 3.5.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let reset = case.ended_with(Direction::ToClient, EndingKind::Reset) || alerts::is_reset_for_client(case);
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage) || !reset {
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
        format!("RST {} after the ClientHello", duration(after)),
    )
    .supported(hello.map(|(packet, _)| packet), "the ClientHello")
    .sent_by(&sender)
    .answer()
}
