//! `closed-before-client-hello`: TCP came up and the server's side ended it with a FIN before the client sent a byte
//! of a ClientHello.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClosedBeforeClientHello,
    doc: Doc {
        what: "TCP came up and the server's side ended it with a FIN before the client sent a byte of a ClientHello.",
        how: "The FIN bears the server's address and comes before any payload of the client. A client that did not \
              notice and sends its ClientHello afterwards meets the same end, however late.",
        not: "A spare connection that nobody used and that a server closes after a while: that is no failure.",
        next: &[
            "Check the listener behind the load balancer: no backend, connection limits, an address allow-list",
            "Compare the SYN-ACK's TTL and options with a good flow: did the same host answer?",
        ],
        reference: "RFC 9293 section 3.6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    /// Seconds within which an end of the connection is a refusal rather than a timeout.
    const AT_ONCE: f64 = 2.0;
    if case.stage != Stage::Connected || !case.ended_with(Direction::ToClient, EndingKind::Close) {
        return Answer::Clear;
    }
    let (Some(ending), Some(sender), Some(syn_ack)) = (case.ending, alerts::ending_sender(case), case.syn_ack) else {
        return Answer::Clear;
    };
    let after = ending.time.since(syn_ack.time);
    // A pooled connection, perhaps, whose end its client did not notice: it was used all the same.
    let was_used = case.client_data.is_some();
    if after > AT_ONCE && !was_used || case.server_data.is_some_and(|s| s.packet <= ending.packet) {
        return Answer::Clear;
    }
    // Bytes that the server sent before its FIN and that were captured behind it; a client that speaks another protocol.
    let spoke =
        case.server_data.is_some_and(|s| case.offset(s) == 0 && s.seq != case.trace.row.sides.to_client.next_seq);
    if spoke || other_protocol(case) {
        return Answer::Clear;
    }
    let headline = format!("FIN {} after the SYN-ACK, before the client sent anything", duration(after));
    Found::at(ending.packet, Confidence::Certain, EndedBy::Server, headline)
        .supported(Some(syn_ack.packet), "the SYN-ACK")
        .sent_by(&sender)
        .answer()
}

/// Whether what the client says later is readable text, and the port is not known to speak TLS.
fn other_protocol(case: &Case<'_>) -> bool {
    let is_text = |s| crate::proto::dialogue::plaintext(case.trace.payload(s)).is_some();
    case.client_data.is_some_and(is_text) && !case.context.tls_servers.contains(&case.trace.row.server)
}
