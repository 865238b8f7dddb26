//! `renegotiation-refused`: a second handshake inside a complete one is refused.

use super::prelude::*;
use crate::diagnose::path;
use crate::diagnose::renegotiation::{self, Refusal, Refused};

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::RenegotiationRefused,
    doc: Doc {
        what: "An end asks for another handshake inside the connection (renegotiation, TLS 1.2 and below), and it is \
               refused.",
        how: "Behind both Finished a handshake record comes: of the server it can only be a HelloRequest, of the client \
              a ClientHello. The other end answers with an alert (no_renegotiation, where keys can read it), or ends the \
              connection; no answer to the request comes. The handshake itself came through: the outcome is ok.",
        not: "A HelloRequest that the client ignores and goes on, which is no trouble; silence-in-mid-stream, where the \
              second ClientHello is never answered; reset-in-mid-stream, where nobody asked for another handshake.",
        next: &[
            "Let the server ask for the client certificate in the first handshake, not when a path is requested \
             (nginx, IIS and Apache can be told to)",
            "Use TLS 1.3, which has no renegotiation (the server may ask for a certificate later, RFC 8446 section 4.6.2)",
            "Allow it at the end that refuses, if it must be: in Go tls.Config.Renegotiation",
        ],
        reference: "RFC 5246 sections 7.2.2 and 7.4.1.1, RFC 5746",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = renegotiation::refused(case) else { return Answer::Clear };
    let Refused { by, packet, how, .. } = refused;
    let end = if by == Direction::ToServer { EndedBy::Client } else { EndedBy::Server };
    let found = Found::at(packet, confidence(&refused), end, headline(&refused));
    let asks = format!("the {} asks for another handshake", refused.asked.sender());
    let found = found
        .supported(Some(refused.begin), asks)
        .supported(refused.hello, "the client's second ClientHello")
        .detail(detail(how));
    match case.trace.by_packet(packet) {
        Some(reset) if how == Refusal::Reset => found.sent_by(&path::sender(case, reset)).answer(),
        _ => found.answer(),
    }
}

fn confidence(refused: &Refused) -> Confidence {
    match refused.how {
        Refusal::Alert(AlertDescription::NO_RENEGOTIATION) => Confidence::Certain,
        // The client may have closed for another reason, or answered the end of the flow.
        _ if refused.is_late => Confidence::Possible,
        Refusal::Close | Refusal::Reset if refused.by == Direction::ToServer => Confidence::Possible,
        Refusal::Alert(alert) if alert.is_close() => Confidence::Possible,
        _ => Confidence::Likely,
    }
}

fn headline(refused: &Refused) -> String {
    let how = match refused.how {
        Refusal::Alert(alert) => format!("sends {alert}"),
        Refusal::EncryptedAlert => "answers with an encrypted alert".into(),
        Refusal::Close => "closes".into(),
        Refusal::Reset => "resets".into(),
    };
    let (asked, by) = (refused.asked.sender(), refused.by.sender());
    if asked == by {
        format!("the {asked} asks for another handshake (renegotiation), and {how} when the client begins it")
    } else {
        format!("the {asked} asks for another handshake (renegotiation); the {by} {how}")
    }
}

/// What is inferred.
fn detail(how: Refusal) -> &'static str {
    match how {
        Refusal::Alert(_) => "The first handshake came through.",
        Refusal::EncryptedAlert => {
            "The first handshake came through. That the alert is no_renegotiation is inferred: keys would tell."
        }
        Refusal::Close | Refusal::Reset => {
            "The first handshake came through. That the connection ends for the renegotiation is inferred."
        }
    }
}
