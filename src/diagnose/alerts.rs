//! Alerts in their place: who refused what, and with which words.

use super::case::{Case, Ending, EndingKind, Stage};
use super::path::{self, Sender};
use crate::vocab::iana::AlertDescription;
use crate::vocab::{Direction, EndedBy, PacketNumber};

/// The server's alert straight after a ClientHello (or the second one).
pub(super) fn refusal(case: &Case<'_>) -> Option<(PacketNumber, AlertDescription)> {
    match case.ending? {
        Ending { kind: EndingKind::Alert(_, description), from: Direction::ToClient, packet, .. }
            if (Stage::HelloBegun..=Stage::RetryAsked).contains(&case.stage) =>
        {
            Some((packet, description))
        }
        _ => None,
    }
}

/// The server's alert after its ServerHello.
pub(super) fn late_refusal(case: &Case<'_>) -> Option<(PacketNumber, AlertDescription)> {
    match case.ending? {
        Ending { kind: EndingKind::Alert(_, description), from: Direction::ToClient, packet, .. }
            if (Stage::ServerHello..=Stage::ClientFinished).contains(&case.stage) =>
        {
            Some((packet, description))
        }
        _ => None,
    }
}

/// The client's alert after the server's ServerHello.
pub(super) fn client_refusal(case: &Case<'_>) -> Option<(PacketNumber, AlertDescription)> {
    match case.ending? {
        Ending { kind: EndingKind::Alert(_, description), from: Direction::ToServer, packet, .. }
            if (Stage::RetryAsked..=Stage::ClientFinished).contains(&case.stage) =>
        {
            Some((packet, description))
        }
        _ => None,
    }
}

/// Whether an alert speaks of the peer's certificate.
pub fn is_about_certificate(description: AlertDescription) -> bool {
    matches!(description.0, 41..=46 | 48 | 111 | 113 | 114 | 116)
}

/// Whether an alert closes rather than refuses.
pub(super) fn is_close(description: AlertDescription) -> bool {
    matches!(description, AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED)
}

/// Who sent the packet that ended the flow.
pub(super) fn ending_sender(case: &Case<'_>) -> Option<Sender> {
    let segment = case.trace.by_packet(case.ending?.packet)?;
    Some(path::sender(case, segment))
}

/// Whether something on the way reset the connection in the client's name: what the server's side sees of a box that
/// resets both ends.
pub(super) fn is_reset_for_client(case: &Case<'_>) -> bool {
    case.ended_with(Direction::ToServer, EndingKind::Reset)
        && ending_sender(case).is_some_and(|sender| sender.by == EndedBy::Middlebox)
}
