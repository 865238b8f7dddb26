//! TLS asked for inside another protocol: what the client asked for, what the server said, whether both went on without.

use super::case::Case;
use crate::flow::{Events, TraceSegment};
use crate::proto::dialogue::hello_sender;
use crate::proto::upgrade::{Answer, Refusal, Upgrade, answer, request};
use crate::vocab::{Direction, PacketNumber};

/// A request for TLS that was refused.
pub(super) struct Refused {
    /// What was asked for.
    pub upgrade: Upgrade,
    /// The packet that asks.
    pub request: PacketNumber,
    /// The packet that refuses.
    pub answer: PacketNumber,
    /// The server's words.
    pub refusal: Refusal,
    /// Whether the client went on in clear, and the server with it.
    pub goes_on: bool,
}

/// The last request of a flow for TLS that its server refused.
pub(super) fn refusal(case: &Case<'_>) -> Option<Refused> {
    let payload = |segment| case.trace.payload(segment);
    let (asked, upgrade) = case.data(Direction::ToServer).filter_map(|s| Some((s, request(payload(s))?))).last()?;
    let news = |s: &&TraceSegment| s.packet > asked.packet && !s.events.any(Events::NOT_NEW);
    let (refused, refusal) =
        case.data(Direction::ToClient).filter(news).find_map(|s| match answer(upgrade, payload(s)) {
            Answer::Refused(refusal) => Some((s.packet, Some(refusal))),
            Answer::Granted => Some((s.packet, None)),
            Answer::Unknown => None,
        })?;
    let goes_on = case
        .data(Direction::ToServer)
        .find(|s| s.packet > refused && !leaves(payload(s)) && !is_hello(payload(s)))
        .is_some_and(|news| case.data(Direction::ToClient).any(|s| s.packet > news.packet));
    Some(Refused { upgrade, request: asked.packet, answer: refused, refusal: refusal?, goes_on })
}

/// Whether the client asked for TLS.
pub(super) fn asks(case: &Case<'_>) -> bool {
    case.data(Direction::ToServer).any(|s| request(case.trace.payload(s)).is_some())
}

/// Whether this is a ClientHello: sent in spite of a refusal it goes on with nothing.
fn is_hello(bytes: &[u8]) -> bool {
    hello_sender(bytes) == Some(Direction::ToServer)
}

/// Whether a client says good-bye with this.
fn leaves(bytes: &[u8]) -> bool {
    let last = bytes.trim_ascii().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    ["QUIT", "LOGOUT"].iter().any(|bye| last.eq_ignore_ascii_case(bye.as_bytes()))
        || bytes.starts_with(b"</")
        // LDAP's unbind request: [APPLICATION 2] NULL (RFC 4511 §4.3).
        || matches!(bytes, [0x30, _, 2, 1, _, 0x42, 0])
}
