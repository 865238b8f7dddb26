//! What a client experiences of each cause.

use super::{Experience, Place};
use crate::diagnose::case::Case;
use crate::diagnose::chain;
use crate::diagnose::ending::EndingKind;
use crate::diagnose::legality::{self, Contradiction};
use crate::diagnose::proxy::{self, Denial, Request};
use crate::diagnose::renegotiation::{self, Refusal};
use crate::diagnose::stage::Stage;
use crate::proto::tls::certificate::Fault;
use crate::timeline::What;
use crate::vocab::iana::{AlertDescription, AlertLevel};
use crate::vocab::{Cause, Direction};

/// The longest record that NSS waits for (`lib/ssl/ssl3gthr.c`).
const NSS_LIMIT: u16 = 18_432;
/// Length of a record's header in bytes: what comes with less is waited for.
const HEADER: u64 = 5;

/// What a cause makes a client experience.
pub(super) enum Effect {
    /// This, whatever the case.
    Is(Experience),
    /// This, where the case shows it.
    Where(fn(&Case<'_>) -> bool, Experience),
    /// The server's alert: one of these, any where none is listed.
    Alert(&'static [u8]),
    /// The server's alert, whichever, to a client that it asked for a certificate.
    UponRequest,
    /// The server's alert that nobody can read without keys (TLS 1.3), which is this one as far as can be known.
    Unread(u8),
    /// What a proxy answers to the request for a tunnel.
    Denied,
}

use Effect::{Alert, Denied, Is, Unread, UponRequest, Where};

impl Effect {
    /// What the client of a case experiences; none where the case shows something else.
    pub fn of(&self, case: &Case<'_>) -> Option<Experience> {
        match self {
            Is(experience) => Some(*experience),
            Where(holds, experience) => holds(case).then_some(*experience),
            Alert(_) => servers_alert(case)
                .map(|alert| Experience::Alert(alert.0, place(case)))
                .filter(|experience| self.can_be(*experience)),
            UponRequest => servers_alert(case).map(|alert| Experience::AlertUponRequest(alert.0, place(case))),
            Unread(alert) => (case.is_tls13() && case.ended_with(Direction::ToClient, EndingKind::EncryptedAlert))
                .then(|| Experience::Alert(*alert, place(case))),
            Denied => denied(case),
        }
    }

    /// Whether some case makes it this experience.
    pub fn can_be(&self, wanted: Experience) -> bool {
        match (self, wanted) {
            (Is(experience) | Where(_, experience), _) => *experience == wanted,
            (Alert(numbers), Experience::Alert(number, _)) => numbers.is_empty() || numbers.contains(&number),
            (UponRequest, Experience::Alert(..) | Experience::AlertUponRequest(..)) => true,
            (Unread(alert), Experience::Alert(number, _)) => *alert == number,
            (Denied, _) => {
                matches!(wanted, Experience::ProxyRefused(_) | Experience::SocksRefused(_) | Experience::SocksMethod)
            }
            (Alert(_) | UponRequest | Unread(_), _) => false,
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
        Cause::IcmpUnreachable => UNREACHABLE,
        Cause::ClosedBeforeClientHello => &[Is(Experience::Closed)],
        Cause::ResetBeforeClientHello => &[Is(Experience::ResetOnAccept)],
        Cause::ProxyRefused => TUNNEL,
        Cause::ClientHelloUnanswered => &[Is(Experience::Silence)],
        Cause::ClientHelloLost => &[Is(Experience::Silence)],
        Cause::ClientHelloSegmentLost => &[Is(Experience::Silence)],
        Cause::ResetAfterClientHello => &[Is(Experience::Reset)],
        Cause::ClosedAfterClientHello => &[Is(Experience::Closed)],
        Cause::PlaintextAnswer => NOT_TLS,
        Cause::GarbageAnswer => GARBAGE,
        Cause::TruncatedAnswer => &[
            Where(server_resets, Experience::Reset),
            Where(server_ends, Experience::ClosedInRecord),
            Is(Experience::Silence),
        ],
        Cause::ForeignBytes => &[Is(Experience::NotTlsLater)],
        Cause::PlaintextToTlsPort => &[],
        Cause::ServerChoiceRefused => SERVERS_CHOICE,
        Cause::UpgradeRefused => &[Is(Experience::UpgradeRefused)],
        Cause::NoCommonVersion => &[Alert(&[70]), Where(client_refuses, Experience::VersionChosen)],
        Cause::NoCommonCipher => &[Alert(&[40, 71])],
        Cause::NoCommonAlpn => &[Alert(&[120])],
        Cause::UnrecognizedName => &[Alert(&[112])],
        Cause::RefusedByAlert => &[Alert(&[])],
        Cause::ClosedByAlert => CLOSING_ALERT,
        Cause::ForgedAlert => &[Alert(&[])],
        Cause::ClientCertificateRequired => CERTIFICATE_WANTED,
        Cause::ClientCertificateRejected => CERTIFICATE_REFUSED,
        Cause::BadRecordMac => &[Where(client_reads_bad_record, Experience::BadRecord), Alert(&[20, 51])],
        Cause::CorruptedHandshake => CONTRADICTED,
        Cause::ResetAfterServerHello => &[Where(is_late, Experience::ResetLate), Is(Experience::Reset)],
        Cause::ClosedAfterServerHello => CLOSED_LATER,
        Cause::SilenceAfterServerHello => {
            &[Where(has_client_finished, Experience::SilenceLate), Is(Experience::Silence)]
        }
        Cause::MtuBlackHole => &[Is(Experience::Silence)],
        Cause::CertificateRejected => &[
            Where(is_not_for_servers, Experience::CertificatePurpose),
            Where(is_no_issuer, Experience::CertificateIssuer),
            Where(chain::lacks_staple, Experience::CertificateStaple),
        ],
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
        Cause::RenegotiationRefused => RENEGOTIATION,
        Cause::ResetInMidStream => &[Is(Experience::ResetLate)],
        Cause::SilenceInMidStream => &[Is(Experience::SilenceLate)],
    }
}

/// An ICMP error, by what it names.
const UNREACHABLE: &[Effect] = &[
    Where(is_connected, Experience::Silence),
    Where(names_port, Experience::Refused),
    Where(names_network, Experience::NetworkUnreachable),
    Is(Experience::Unreachable),
];

/// What a proxy does instead of granting a tunnel.
const TUNNEL: &[Effect] = &[
    Where(server_resets, Experience::ResetLate),
    Denied,
    Where(is_socks, Experience::SocksClosed),
    Where(server_ends, Experience::ProxyClosed),
    Is(Experience::Silence),
];

/// Bytes that are no text, as their receivers read them.
const GARBAGE: &[Effect] = &[
    Where(has_record_header, Experience::AbsurdLength),
    Where(is_data, Experience::DataFirst),
    Where(is_unknown_record, Experience::UnknownRecord),
    Where(ends_in_header, Experience::ClosedInRecord),
    Where(passes_for_whole_record, Experience::NotTlsWhole),
    Where(passes_for_record, Experience::NotTlsWaited),
    Is(Experience::NotTls),
];

/// An alert that closes.
const CLOSING_ALERT: &[Effect] = &[
    Where(closes_late, Experience::CloseNotifyLate),
    Where(is_cancelled, Experience::Closed),
    Where(is_close_notify, Experience::CloseNotify),
    Alert(&[0, 90]),
];

/// What a server does to a client without a certificate.
const CERTIFICATE_WANTED: &[Effect] = &[
    Where(server_closes_late, Experience::ClosedLate),
    Where(server_closes_last, Experience::ClosedBeforeFinished),
    Where(server_closes, Experience::Closed),
    Where(server_resets_late, Experience::ResetLate),
    Where(server_resets, Experience::Reset),
    Where(closes_late, Experience::CloseNotifyLate),
    Unread(116),
    UponRequest,
];

/// What a server does to a client whose certificate it refuses.
const CERTIFICATE_REFUSED: &[Effect] = &[
    Where(server_closes_late, Experience::ClosedLate),
    Where(server_closes_last, Experience::ClosedBeforeFinished),
    Where(server_closes, Experience::Closed),
    Where(server_resets_late, Experience::ResetLate),
    Where(server_resets, Experience::Reset),
    Where(closes_late, Experience::CloseNotifyLate),
    UponRequest,
];

/// Another handshake that is refused.
const RENEGOTIATION: &[Effect] = &[
    Where(client_refuses_renegotiation, Experience::RenegotiationAsked),
    Where(alert_refuses_renegotiation, Experience::Alert(100, Place::AfterFinished)),
    Where(reset_refuses_renegotiation, Experience::ResetLate),
    Is(Experience::ClosedLate),
];

/// A FIN after the `ServerHello`.
const CLOSED_LATER: &[Effect] = &[
    Where(is_late, Experience::ClosedLate),
    Where(server_closes_last, Experience::ClosedBeforeFinished),
    Where(is_inside_record, Experience::ClosedInRecord),
    Is(Experience::Closed),
];

/// An authority that the client does not know.
const AUTHORITY: &[Effect] = &[
    Where(is_no_issuer, Experience::CertificateIssuer),
    Where(sends_root, Experience::CertificateRootSent),
    Is(Experience::CertificateAuthority),
];

/// Bytes of which nobody makes a record, as their receivers read them.
const NOT_TLS: &[Effect] = &[
    Where(ends_in_header, Experience::ClosedInRecord),
    Where(passes_for_whole_record, Experience::NotTlsWhole),
    Where(passes_for_record, Experience::NotTlsWaited),
    Is(Experience::NotTls),
];

/// What a proxy answers to the request for a tunnel.
fn denied(case: &Case<'_>) -> Option<Experience> {
    let refusal = proxy::refusal(case, proxy::request(case)?)?;
    match refusal.denial? {
        Denial::Status(status) => Some(Experience::ProxyRefused(status)),
        Denial::Reply(reply) => Some(Experience::SocksRefused(reply)),
        Denial::Method => Some(Experience::SocksMethod),
    }
}

/// Whether a proxy was asked for a tunnel by SOCKS, and ends the connection.
fn is_socks(case: &Case<'_>) -> bool {
    server_ends(case) && matches!(proxy::request(case), Some(Request::Socks4 | Request::Socks5))
}

/// How far the client was when the server's alert came.
fn place(case: &Case<'_>) -> Place {
    if is_late(case) {
        Place::AfterFinished
    } else if case.seen.server_hello.is_some() {
        Place::AfterServerHello
    } else {
        Place::BeforeServerHello
    }
}

fn is_connected(case: &Case<'_>) -> bool {
    case.syn_ack.is_some()
}

/// Whether the ICMP error says that the port is closed, which a client takes for a refusal.
fn names_port(case: &Case<'_>) -> bool {
    case.unreachable()
        .is_some_and(|(_, _, error)| (error.v6, error.code) == (false, 3) || (error.v6, error.code) == (true, 4))
}

fn names_network(case: &Case<'_>) -> bool {
    case.unreachable().is_some_and(|(_, _, error)| matches!((error.v6, error.code), (false, 0 | 6 | 11) | (true, 0)))
}

fn server_ends(case: &Case<'_>) -> bool {
    case.ending.is_some_and(|ending| ending.from == Direction::ToClient)
}

fn server_resets(case: &Case<'_>) -> bool {
    case.ended_with(Direction::ToClient, EndingKind::Reset)
}

fn server_resets_late(case: &Case<'_>) -> bool {
    server_resets(case) && is_late(case)
}

fn server_closes(case: &Case<'_>) -> bool {
    case.ended_with(Direction::ToClient, EndingKind::Close)
}

fn has_client_finished(case: &Case<'_>) -> bool {
    case.stage >= Stage::ClientFinished
}

/// Whether the client of TLS 1.3 was through and waits for the answer to its request.
fn is_late(case: &Case<'_>) -> bool {
    case.is_tls13() && has_client_finished(case)
}

fn server_closes_late(case: &Case<'_>) -> bool {
    server_closes(case) && is_late(case)
}

/// Whether the server closes after the client's Finished, where its own is still to come.
fn server_closes_last(case: &Case<'_>) -> bool {
    server_closes(case) && !case.is_tls13() && has_client_finished(case)
}

/// Whether the server closes inside a record that it has begun.
fn is_inside_record(case: &Case<'_>) -> bool {
    let whole = case.timeline.records.to_client.last().map_or(0, |record| record.end);
    case.sent_end(Direction::ToClient) > whole
}

fn servers_alert(case: &Case<'_>) -> Option<AlertDescription> {
    let (from, _, alert) = case.ending_alert()?;
    (from == Direction::ToClient).then_some(alert)
}

fn warns(case: &Case<'_>, alert: AlertDescription) -> bool {
    let fatal = matches!(case.ending_alert(), Some((_, AlertLevel::FATAL, _)));
    servers_alert(case) == Some(alert) && !fatal
}

fn is_cancelled(case: &Case<'_>) -> bool {
    warns(case, AlertDescription::USER_CANCELED)
}

fn is_close_notify(case: &Case<'_>) -> bool {
    warns(case, AlertDescription::CLOSE_NOTIFY)
}

fn closes_late(case: &Case<'_>) -> bool {
    is_close_notify(case) && is_late(case)
}

/// Whether the client refuses another handshake that the server asks for.
fn client_refuses_renegotiation(case: &Case<'_>) -> bool {
    renegotiation::refused(case).is_some_and(|refused| refused.by == Direction::ToServer)
}

/// Whether the server's alert does that, which is `no_renegotiation` as far as can be known.
fn alert_refuses_renegotiation(case: &Case<'_>) -> bool {
    renegotiation::refused(case).is_some_and(|refused| refused.how.is_alert())
}

fn reset_refuses_renegotiation(case: &Case<'_>) -> bool {
    renegotiation::refused(case).is_some_and(|refused| refused.how == Refusal::Reset)
}

fn client_refuses(case: &Case<'_>) -> bool {
    case.seen.server_hello.is_some() && !server_ends(case)
}

/// The first bytes that are not TLS, and how many there are.
fn foreign<'a>(case: &Case<'a>) -> Option<(&'a [u8], u64)> {
    let step = case.ending_step().filter(|step| matches!(step.what, What::Plaintext(_) | What::Foreign))?;
    Some((&step.body, step.bytes.max(step.body.len() as u64)))
}

/// Whether the server closes before the header of a record would be there.
fn ends_in_header(case: &Case<'_>) -> bool {
    foreign(case).is_some_and(|(_, length)| length < HEADER)
}

/// What the fourth and fifth byte give as the length of a record that NSS would wait for.
fn length_read(case: &Case<'_>) -> Option<u64> {
    let (bytes, _) = foreign(case)?;
    match bytes {
        [_, _, _, high, low, ..] => {
            Some(u16::from_be_bytes([*high, *low])).filter(|length| *length <= NSS_LIMIT).map(u64::from)
        }
        _ => None,
    }
}

fn passes_for_record(case: &Case<'_>) -> bool {
    length_read(case).is_some()
}

fn passes_for_whole_record(case: &Case<'_>) -> bool {
    length_read(case).is_some_and(|length| foreign(case).is_some_and(|(_, sent)| sent >= HEADER + length))
}

/// Whether a header of TLS's version and an unknown type comes first.
fn is_unknown_record(case: &Case<'_>) -> bool {
    foreign(case).is_some_and(|(bytes, _)| matches!(bytes, [kind, 3, 0..=4, ..] if !matches!(kind, 20..=24)))
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

/// What a client does not take of the server's messages; where it is nothing of these, its program has words of its own.
const SERVERS_CHOICE: &[Effect] = &[
    Where(chose_extension, Experience::ExtensionUnasked),
    Where(chose_suite, Experience::CipherUnasked),
    Where(changed_session, Experience::SessionIdChanged),
    Where(lacks_renegotiation_info, Experience::LegacyRenegotiation),
];

/// Messages that contradict each other.
const CONTRADICTED: &[Effect] = &[
    // Clients read the random before they check a signature.
    Where(warns_of_downgrade, Experience::Downgrade),
    Where(has_bad_signature, Experience::BadSignature),
    Where(chose_extension, Experience::ExtensionUnasked),
    Where(chose_suite, Experience::CipherUnasked),
    Where(changed_session, Experience::SessionIdChanged),
    Where(echoes, Experience::Echo),
    Alert(&[10, 20, 40, 47, 50, 51, 80, 109, 110]),
];

fn chose_extension(case: &Case<'_>) -> bool {
    client_refuses(case) && matches!(legality::contradiction(case), Some(Contradiction::Extension(_)))
}

fn chose_suite(case: &Case<'_>) -> bool {
    client_refuses(case) && matches!(legality::contradiction(case), Some(Contradiction::Suite(_)))
}

fn changed_session(case: &Case<'_>) -> bool {
    client_refuses(case) && legality::contradiction(case) == Some(Contradiction::SessionId)
}

fn echoes(case: &Case<'_>) -> bool {
    !server_ends(case) && legality::contradiction(case) == Some(Contradiction::Echo)
}

/// Whether the ServerHello is one that clients call unsafe: the client signals secure renegotiation, the server does not.
fn lacks_renegotiation_info(case: &Case<'_>) -> bool {
    client_refuses(case) && legality::lacks_renegotiation_info(case)
}

fn warns_of_downgrade(case: &Case<'_>) -> bool {
    client_refuses(case) && legality::warns_of_downgrade(case).is_some()
}

fn has_bad_signature(case: &Case<'_>) -> bool {
    !server_ends(case) && legality::contradiction(case) == Some(Contradiction::KeyExchange)
}

/// Whether the server sent its private root with the chain.
fn sends_root(case: &Case<'_>) -> bool {
    case.chain().iter().skip(1).any(|certificate| certificate.self_issued)
}

fn has_fault(case: &Case<'_>, wanted: &Fault) -> bool {
    case.review().certificate_faults().any(|(_, fault)| fault == wanted)
}

fn is_not_for_servers(case: &Case<'_>) -> bool {
    has_fault(case, &Fault::NotForServers)
}

fn is_no_issuer(case: &Case<'_>) -> bool {
    has_fault(case, &Fault::NoAuthority)
}
