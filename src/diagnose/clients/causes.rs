//! What a client experiences of each cause.

use super::Experience;
use crate::diagnose::case::{Case, EndingKind, Stage};
use crate::diagnose::legality::{self, Contradiction};
use crate::vocab::iana::AlertDescription;
use crate::vocab::{Cause, Direction};

/// The longest record that NSS waits for (`lib/ssl/ssl3gthr.c`).
const NSS_LIMIT: u16 = 18_432;

/// What a cause makes a client experience.
pub(super) enum Effect {
    /// This, whatever the case.
    Is(Experience),
    /// This, where the case shows it.
    Where(fn(&Case<'_>) -> bool, Experience),
    /// The server's alert: one of these, any where none is listed.
    Alert(&'static [u8]),
}

use Effect::{Alert, Is, Where};

impl Effect {
    /// What the client of a case experiences; none where the case shows something else.
    pub fn of(&self, case: &Case<'_>) -> Option<Experience> {
        match self {
            Is(experience) => Some(*experience),
            Where(holds, experience) => holds(case).then_some(*experience),
            Alert(_) => servers_alert(case).map(|alert| Experience::Alert(alert.0)).filter(|it| self.can_be(*it)),
        }
    }

    /// Whether some case makes it this experience.
    pub fn can_be(&self, wanted: Experience) -> bool {
        match (self, wanted) {
            (Is(experience) | Where(_, experience), _) => *experience == wanted,
            (Alert(numbers), Experience::Alert(number)) => numbers.is_empty() || numbers.contains(&number),
            (Alert(_), _) => false,
        }
    }
}

/// The effects of a cause: the first that a case shows is what its client experiences. Nothing, where the client itself
/// refused or spoke no TLS, so that its own words cannot be told.
#[expect(clippy::match_same_arms, reason = "a table: one row a cause, in the order of the causes")]
pub(super) fn effects(cause: Cause) -> &'static [Effect] {
    match cause {
        Cause::SynUnanswered => &[Is(Experience::ConnectTimeout)],
        Cause::ConnectionRefused => &[Is(Experience::Refused)],
        // TCP ignores an ICMP error in mid-connection: the client waits.
        Cause::IcmpUnreachable => &[Where(is_connected, Experience::Silence), Is(Experience::Unreachable)],
        Cause::ClosedBeforeClientHello => &[Is(Experience::Closed)],
        Cause::ResetBeforeClientHello => &[Is(Experience::ResetOnAccept)],
        Cause::ProxyRefused => &[
            Where(server_resets, Experience::Reset),
            Where(is_answered, Experience::ProxyRefused),
            Is(Experience::ProxyClosed),
        ],
        Cause::ClientHelloUnanswered => &[Is(Experience::Silence)],
        Cause::ClientHelloLost => &[Is(Experience::Silence)],
        Cause::ClientHelloSegmentLost => &[Is(Experience::Silence)],
        Cause::ResetAfterClientHello => &[Is(Experience::Reset)],
        Cause::ClosedAfterClientHello => &[Is(Experience::Closed)],
        Cause::PlaintextAnswer => &[Where(passes_for_record, Experience::NotTlsWaited), Is(Experience::NotTls)],
        Cause::GarbageAnswer => &[
            Where(has_record_header, Experience::AbsurdLength),
            Where(is_data, Experience::DataFirst),
            Is(Experience::NotTls),
        ],
        Cause::TruncatedAnswer => &[
            Where(server_resets, Experience::Reset),
            Where(server_ends, Experience::ClosedInRecord),
            Is(Experience::Silence),
        ],
        Cause::ForeignBytes => &[Is(Experience::NotTlsLater)],
        Cause::PlaintextToTlsPort => &[],
        // Its program's own words for what it does not take.
        Cause::ServerChoiceRefused => &[],
        // Its own protocol's words, as its program prints them.
        Cause::UpgradeRefused => &[],
        Cause::NoCommonVersion => &[Alert(&[70])],
        Cause::NoCommonCipher => &[Alert(&[40, 71])],
        Cause::NoCommonAlpn => &[Alert(&[120])],
        Cause::UnrecognizedName => &[Alert(&[112])],
        Cause::RefusedByAlert => &[Alert(&[])],
        Cause::ClosedByAlert => &[Where(is_cancelled, Experience::Closed), Is(Experience::CloseNotify)],
        Cause::ForgedAlert => &[Alert(&[])],
        Cause::ClientCertificateRequired => &[
            Where(server_closes_late, Experience::ClosedLate),
            Where(server_closes, Experience::Closed),
            Where(server_resets, Experience::Reset),
            Where(fails_upon_request, Experience::FailureAfterRequest),
            Where(asks_for_certificate, Experience::CertificateRequired),
            Alert(&[]),
        ],
        Cause::ClientCertificateRejected => &[
            Where(server_closes_late, Experience::ClosedLate),
            Where(server_closes, Experience::Closed),
            Where(server_resets, Experience::Reset),
            Alert(&[]),
        ],
        Cause::BadRecordMac => &[Where(client_reads_bad_record, Experience::BadRecord), Alert(&[20, 51])],
        Cause::CorruptedHandshake => {
            &[Where(has_bad_signature, Experience::BadSignature), Alert(&[10, 20, 40, 47, 50, 51, 80, 109, 110])]
        }
        Cause::ResetAfterServerHello => &[Is(Experience::Reset)],
        Cause::ClosedAfterServerHello => &[Where(is_late, Experience::ClosedLate), Is(Experience::Closed)],
        Cause::SilenceAfterServerHello => &[Is(Experience::Silence)],
        Cause::MtuBlackHole => &[Is(Experience::Silence)],
        Cause::CertificateRejected => &[],
        Cause::CertificateExpired => &[Is(Experience::CertificateExpired)],
        Cause::CertificateNotYetValid => &[Is(Experience::CertificateNotYetValid)],
        Cause::CertificateWrongName => &[Is(Experience::CertificateName)],
        Cause::CertificateSelfSigned => &[Is(Experience::CertificateSelfSigned)],
        Cause::CertificateUntrusted => AUTHORITY,
        Cause::CertificateIncompleteChain => &[Is(Experience::CertificateAuthority)],
        Cause::CertificateWeak => &[Is(Experience::CertificateWeak)],
        Cause::CertificateIntercepted => AUTHORITY,
        Cause::SignatureRefused => &[Is(Experience::OldVersion)],
        Cause::SecondClientHelloUnanswered => &[
            Where(server_resets, Experience::Reset),
            Where(server_closes, Experience::Closed),
            Is(Experience::Silence),
        ],
        Cause::ClientGaveUp => &[],
        Cause::ResetInMidStream => &[Is(Experience::Reset)],
        Cause::SilenceInMidStream => &[Is(Experience::Silence)],
    }
}

/// An authority that the client does not know.
const AUTHORITY: &[Effect] =
    &[Where(sends_root, Experience::CertificateRootSent), Is(Experience::CertificateAuthority)];

fn is_connected(case: &Case<'_>) -> bool {
    case.syn_ack.is_some()
}

fn is_answered(case: &Case<'_>) -> bool {
    case.server_data.is_some()
}

fn server_ends(case: &Case<'_>) -> bool {
    case.ending.is_some_and(|ending| ending.from == Direction::ToClient)
}

fn server_resets(case: &Case<'_>) -> bool {
    case.ended_with(Direction::ToClient, EndingKind::Reset)
}

fn server_closes(case: &Case<'_>) -> bool {
    case.ended_with(Direction::ToClient, EndingKind::Close)
}

/// Whether the client of TLS 1.3 was through and waits for the answer to its request.
fn is_late(case: &Case<'_>) -> bool {
    case.is_tls13() && case.stage >= Stage::ClientFinished
}

fn server_closes_late(case: &Case<'_>) -> bool {
    server_closes(case) && is_late(case)
}

fn servers_alert(case: &Case<'_>) -> Option<AlertDescription> {
    let (from, _, alert) = case.ending_alert()?;
    (from == Direction::ToClient).then_some(alert)
}

fn is_cancelled(case: &Case<'_>) -> bool {
    servers_alert(case) == Some(AlertDescription::USER_CANCELED)
}

fn fails_upon_request(case: &Case<'_>) -> bool {
    !case.is_tls13() && servers_alert(case) == Some(AlertDescription::HANDSHAKE_FAILURE)
}

/// Whether the server's alert under TLS 1.3 is the one for this, as far as it can be read.
fn asks_for_certificate(case: &Case<'_>) -> bool {
    let unread = case.ended_with(Direction::ToClient, EndingKind::EncryptedAlert);
    case.is_tls13() && (unread || servers_alert(case) == Some(AlertDescription::CERTIFICATE_REQUIRED))
}

/// Whether text begins with bytes of which the fourth and fifth pass for the length of a record.
fn passes_for_record(case: &Case<'_>) -> bool {
    let length = match case.ending_step().map(|step| step.body.as_slice()) {
        Some([_, _, _, high, low, ..]) => u16::from_be_bytes([*high, *low]),
        _ => return false,
    };
    length <= NSS_LIMIT
}

fn has_record_header(case: &Case<'_>) -> bool {
    case.ending_step().is_some_and(|step| matches!(step.body.as_slice(), [20..=24, 3, 0..=4, ..]))
}

fn is_data(case: &Case<'_>) -> bool {
    case.ending_step().is_some_and(|step| step.body.is_empty())
}

fn client_reads_bad_record(case: &Case<'_>) -> bool {
    !server_ends(case) && case.stage < Stage::Complete
}

fn has_bad_signature(case: &Case<'_>) -> bool {
    !server_ends(case) && legality::contradiction(case) == Some(Contradiction::KeyExchange)
}

/// Whether the server sent its private root with the chain.
fn sends_root(case: &Case<'_>) -> bool {
    case.chain().iter().skip(1).any(|certificate| certificate.self_issued)
}
