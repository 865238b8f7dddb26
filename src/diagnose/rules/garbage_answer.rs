//! `garbage-answer`: the ClientHello was answered with bytes that are neither a TLS record that may stand there nor
//! known text.

use super::prelude::*;
use crate::diagnose::foreign;
use crate::vocab::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::GarbageAnswer,
    doc: Doc {
        what: "The ClientHello was answered with bytes that are neither a TLS record that may stand there nor known \
               text.",
        how: "The first bytes that bear the server's address do not decode as a handshake: no record header, an \
              impossible length, or application data first.",
        not: "plaintext-answer, where the bytes can be read; truncated-answer, where a record begins well and stops.",
        next: &[
            "Look at the bytes in the follow pane: which protocol begins like this?",
            "Check address translation and port forwards: another service may stand there",
        ],
        reference: "RFC 8446 section 5.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, step)) = foreign::before_hello(case) else { return Answer::Clear };
    if crate::proto::dialogue::plaintext(&step.body).is_some() {
        return Answer::Clear;
    }
    // An SSL 2.0 server's hello answers an SSL 2.0 hello: no TLS, and no fault.
    let of_ssl2 = matches!(step.body.as_slice(), [0x80..=0xff, _, 4, _, _, 0, 2, ..]);
    if of_ssl2 && case.at(case.seen.client_hello).is_some_and(|hello| hello.what == What::Ssl2Hello) {
        return Answer::Clear;
    }
    let what = match (&step.what, step.body.as_slice()) {
        (What::ApplicationData { .. }, _) => "application data before any handshake message".to_owned(),
        (_, [20..=24, 3, 0..=4, high, low, ..]) => {
            format!("a record header that announces {} bytes", u16::from_be_bytes([*high, *low]))
        }
        (_, [21, major, minor, 0, 2, 1 | 2, alert, ..]) => format!(
            "a record that reads as the alert {}, but for its version {major}.{minor}",
            AlertDescription(*alert)
        ),
        (_, [22, major, minor, _, _, 2, ..]) => {
            format!("a record that reads as a ServerHello, but for its version {major}.{minor}")
        }
        (_, bytes) if of_ssl2 => {
            format!("no TLS record, but reads as a ServerHello of SSL 2.0: {}", text::hex(&bytes[..bytes.len().min(8)]))
        }
        (_, bytes) => {
            format!("bytes that are no TLS record: {}", text::hex(&bytes[..bytes.len().min(8)]))
        }
    };
    foreign::attributed(
        case,
        packet,
        Found::at(packet, Confidence::Certain, EndedBy::Server, format!("the answer to the ClientHello is {what}")),
    )
}
