//! `reset-in-mid-stream`: after a complete handshake the connection was reset with a request under way.

use super::prelude::*;
use crate::diagnose::midstream;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ResetInMidStream,
    doc: Doc {
        what: "After a complete handshake the connection was reset with a request under way.",
        how: "A RST while the client's last request is unanswered or the server's record is unfinished; or one that \
              the signs attribute to a device on the way.",
        not: "An untidy close: a client that resets after it has all it wants, a server that resets an idle \
              connection.",
        next: &[
            "Look for idle timeouts of stateful devices, and for the amount of data after which it happens",
            "Capture at the server too: a RST that is not in that capture was made in between",
        ],
        reference: "RFC 9293 section 3.5.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    midstream::reset(case)
}
