//! `client-gave-up`: the client closed or reset by itself, with nothing wrong to be seen.

use super::prelude::*;
use crate::timeline::is_midstream;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientGaveUp,
    doc: Doc {
        what: "The client closed or reset by itself, with nothing wrong to be seen.",
        how: "The client's FIN, RST or close_notify comes before the handshake is complete, at once, and nothing \
              that bears the server's address and that it had acknowledged explains it.",
        not: "The silence causes, where it leaves after a wait; certificate-rejected, where it leaves right after \
              the server's flight.",
        next: &[
            "Ask the client: navigation cancelled, a timeout of its own, a race between connections",
            "Look for a sibling connection that won",
        ],
        reference: "RFC 8446 section 6.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    let in_handshake = (Stage::HelloBegun..=Stage::ServerFlight).contains(&case.stage)
        || case.stage == Stage::ClientFinished && !case.is_tls13();
    if ending.from != Direction::ToServer || !in_handshake || left_before(case) {
        return Answer::Clear;
    }
    let how = match ending.kind {
        EndingKind::Reset => "resets".to_owned(),
        EndingKind::Close => "closes".to_owned(),
        EndingKind::Alert(_, description) => format!("sends {description}"),
        EndingKind::EncryptedAlert => "sends an encrypted alert".to_owned(),
        EndingKind::Foreign | EndingKind::BadTag => return Answer::Clear,
    };
    let sender = alerts::ending_sender(case);
    let found = Found::at(ending.packet, Confidence::Likely, EndedBy::Client, format!("the client {how} by itself"));
    let found = if case.context.spares.contains(&case.flow) {
        found.advice(["Ask the client: navigation cancelled, a race between connections"])
    } else {
        found
    };
    match sender {
        Some(sender) if ending.kind == EndingKind::Reset => found.sent_by(&sender).answer(),
        _ => found.answer(),
    }
}

/// Whether all that was captured of the client are resets: it had left before the capture began, and its TCP answers what
/// still comes (RFC 9293 §3.10.7.1).
fn left_before(case: &Case<'_>) -> bool {
    is_midstream(&case.trace.row) && case.trace.sent(Direction::ToServer).all(|segment| segment.flags.rst())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::samples::told_of_all;

    #[test]
    fn whose_beginning_was_not_captured_may_have_left_long_ago() {
        let check = |lines: &str, found: bool| {
            assert_eq!(told_of_all(lines, 1.0, |case| matches!(judge(case), Answer::Found(_))), found, "{lines}");
        };
        check("< server 23/32\n> RST bare", false);
        check("> hello\n< server 23/32\n> RST bare", true);
        check("> SYN\n< SYN\n>\n> hello\n< server 23/32\n> RST bare", true);
    }
}
