//! `silence-in-mid-stream`: after a complete handshake the stream fell silent with a request under way.

use super::prelude::*;
use crate::diagnose::midstream;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::SilenceInMidStream,
    doc: Doc {
        what: "After a complete handshake the stream fell silent with a request under way.",
        how: "What an end sends is sent again and never acknowledged, or an answer stops inside a record and nothing \
              follows until an end gives up; or the client's first request (to a port of HTTP) is acknowledged and nothing \
              answers it until the client gives up, or for 30 s. The last is only possible: some answers take their time.",
        not: "A slow server: there the request is acknowledged, and answered at last.",
        next: &[
            "Look for stateful devices that forget the connection",
            "Is it always after the same idle time or the same number of bytes?",
        ],
        reference: "RFC 9293 section 3.8.3",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    midstream::silence(case)
}
