//! Alerts in their place: who refused what, and with which words.

use super::case::Case;
use super::ending::{Ending, EndingKind};
use super::path::{self, Sender};
use super::stage::Stage;
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

/// The client's alert after the beginning of the server's answer.
pub(super) fn client_refusal(case: &Case<'_>) -> Option<(PacketNumber, AlertDescription)> {
    match case.ending? {
        Ending { kind: EndingKind::Alert(_, description), from: Direction::ToServer, packet, .. }
            if (Stage::AnswerBegun..=Stage::ClientFinished).contains(&case.stage) =>
        {
            Some((packet, description))
        }
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;

    /// Who refuses with which alert: the server at once or late, or the client.
    fn check(lines: &str, expected: [Option<u8>; 3]) {
        let said = told(&format!("> hello\n{lines}"), 0.0, |case| {
            [refusal(case), late_refusal(case), client_refusal(case)].map(|refusal| Some(refusal?.1.0))
        });
        assert_eq!(said, expected, "{lines}");
    }

    #[test]
    fn an_alert_is_taken_in_its_place() {
        check("< alert:2:40", [Some(40), None, None]);
        check("< server12\n< alert:2:80", [None, Some(80), None]);
        check("< server12\n> alert:2:70", [None, None, Some(70)]);
        // Warnings that do not close end nothing; a refusal without any answer refuses nothing of the server's.
        check("< alert:1:112", [None, None, None]);
        check("> alert:2:80", [None, None, None]);
    }
}
