//! `connection-refused`: the SYN was answered with a RST: nothing listens there, or a filter refuses in the server's
//! name.

use super::prelude::*;
use crate::net::TcpFlags;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ConnectionRefused,
    doc: Doc {
        what: "The SYN was answered with a RST: nothing listens there, or a filter refuses in the server's name.",
        how: "A RST acknowledges the SYN. Who sent it is judged by its TTL against the server's packets in other \
              flows.",
        not: "reset-before-client-hello, where TCP came up first.",
        next: &[
            "Check that the service listens on this address and port",
            "Where the finding names a device on the way, find the filter that many hops away",
        ],
        reference: "RFC 9293 section 3.5.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let is_refusal = case.stage == Stage::Connecting || is_within_syn(case);
    if !is_refusal || !case.ended_with(Direction::ToClient, EndingKind::Reset) {
        return Answer::Clear;
    }
    let (Some(ending), Some(sender)) = (case.ending, alerts::ending_sender(case)) else { return Answer::Clear };
    let headline = "a RST answers the SYN: the connection is refused";
    let found = Found::at(ending.packet, Confidence::Certain, EndedBy::Server, headline)
        .supported(case.syn.map(|s| s.packet), "the SYN")
        .sent_by(&sender);
    let listens = "Check that the service listens on this address and port";
    match (sender.by, sender.hops) {
        (EndedBy::Middlebox, Some(0)) => found.advice(["Find the filter next to the capture", listens]).answer(),
        (EndedBy::Middlebox, _) => found.answer(),
        _ => found.advice([listens]).answer(),
    }
}

/// Whether the flow has SYNs and resets alone: a ClientHello that a SYN carries (TCP Fast Open, RFC 7413) reached nobody.
fn is_within_syn(case: &Case<'_>) -> bool {
    let is_syn = |flags: TcpFlags| flags.syn() && !flags.ack();
    case.trace.first(|segment| !segment.flags.rst() && !is_syn(segment.flags)).is_none()
}
