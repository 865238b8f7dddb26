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
    let Some((packet, time, what)) = case.hello_shown() else { return Answer::Clear };
    Found::at(
        ending.packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("RST {} after {what}", duration(ending.time.since(time))),
    )
    .supported(Some(packet), what)
    .sent_by(&sender)
    .answer()
}
