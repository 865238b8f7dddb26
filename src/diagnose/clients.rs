//! What clients report for what they experience: data with the versions it was measured with, and the way back from an
//! error text to the patterns that can produce it.
//!
//! Measured with Chromium 156, NSS 3.87 (Firefox's library), curl 7.88 with OpenSSL 3.0, Go 1.19, `OpenJDK` 17, Node 20
//! and Python 3.11; where a mapping was read in a program's source instead, the row says so. Texts drift with versions.

use super::case::{Case, EndingKind, Stage};
use super::finding::ClientReport;
use super::legality::{self, Contradiction};
use crate::vocab::iana::AlertDescription;
use crate::vocab::{Cause, Direction};

/// The clients of the table, with the versions measured.
pub const CLIENTS: [(&str, &str); 7] = [
    ("Chrome", "156"),
    ("Firefox", "NSS 3.87"),
    ("curl", "7.88, OpenSSL 3.0"),
    ("Go", "1.19"),
    ("Java", "17"),
    ("Node", "20"),
    ("Python", "3.11"),
];

/// The longest record that NSS waits for (`lib/ssl/ssl3gthr.c`).
const NSS_LIMIT: u16 = 18_432;

/// What a client experiences, whatever the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Experience {
    /// No answer to the SYN.
    ConnectTimeout,
    /// RST to the SYN.
    Refused,
    /// ICMP error to the SYN.
    Unreachable,
    /// RST right after TCP came up.
    ResetOnAccept,
    /// RST within the handshake.
    Reset,
    /// FIN within the handshake.
    Closed,
    /// FIN inside a record that was begun.
    ClosedInRecord,
    /// FIN after the client's Finished, where it waits for the answer to its request already (TLS 1.3).
    ClosedLate,
    /// Nothing comes.
    Silence,
    /// Text or other bytes that are no record come first.
    NotTls,
    /// A record of an impossible length comes.
    AbsurdLength,
    /// Application data comes first.
    DataFirst,
    /// Bytes that are no TLS come after the `ServerHello`.
    NotTlsLater,
    /// Text of which the fourth and fifth byte pass for a record's length: NSS waits for the rest.
    NotTlsWaited,
    /// A proxy answers CONNECT with another status than 200.
    ProxyRefused,
    /// A proxy closes instead of answering CONNECT.
    ProxyClosed,
    /// `handshake_failure` after the server's request for a certificate (TLS 1.2).
    FailureAfterRequest,
    /// An alert of this number comes while the client waits for the `ServerHello`.
    Alert(u8),
    /// A warning `close_notify` within the handshake.
    CloseNotify,
    /// `certificate_required` after the client's Finished (TLS 1.3).
    CertificateRequired,
    /// A certificate that has expired.
    CertificateExpired,
    /// A certificate that is not valid yet.
    CertificateNotYetValid,
    /// A certificate with too short a key or too weak a signature.
    CertificateWeak,
    /// A chain with an unknown root in it.
    CertificateRootSent,
    /// A certificate that signed itself.
    CertificateSelfSigned,
    /// A certificate of an unknown authority, or a chain that lacks an intermediate.
    CertificateAuthority,
    /// A certificate for other names.
    CertificateName,
    /// A record whose tag does not fit.
    BadRecord,
    /// A `ServerKeyExchange` whose signature is bad.
    BadSignature,
    /// TLS 1.0 or 1.1 is all the server speaks.
    OldVersion,
}

/// One row: an experience and each client's text, in the order of [`CLIENTS`]; empty where it was not measured.
struct Row {
    experience: Experience,
    texts: [&'static str; 7],
}

macro_rules! rows {
    ($($experience:ident: $chrome:literal, $firefox:literal, $curl:literal, $go:literal, $java:literal, $node:literal, $python:literal;)+) => {
        const ROWS: &[Row] = &[$(Row {
            experience: Experience::$experience,
            texts: [$chrome, $firefox, $curl, $go, $java, $node, $python],
        },)+];
    };
}

rows! {
    ConnectTimeout: "net::ERR_CONNECTION_TIMED_OUT", "PR_CONNECT_TIMEOUT_ERROR", "curl: (28) Connection timed out",
        "i/o timeout", "java.net.ConnectException: Connection timed out", "ETIMEDOUT", "TimeoutError: timed out";
    Refused: "net::ERR_CONNECTION_REFUSED", "PR_CONNECT_REFUSED_ERROR", "curl: (7) Failed to connect: Couldn't connect to server",
        "connect: connection refused", "java.net.ConnectException: Connection refused", "ECONNREFUSED", "ConnectionRefusedError: [Errno 111] Connection refused";
    Unreachable: "net::ERR_ADDRESS_UNREACHABLE", "PR_HOST_UNREACHABLE_ERROR", "curl: (7) Failed to connect: Couldn't connect to server",
        "connect: no route to host", "java.net.NoRouteToHostException: No route to host", "EHOSTUNREACH", "OSError: [Errno 113] No route to host";
    ResetOnAccept: "net::ERR_CONNECTION_RESET", "PR_CONNECT_RESET_ERROR", "curl: (35) Recv failure: Connection reset by peer, or curl: (7)",
        "read: connection reset by peer", "java.net.SocketException: Connection reset by peer", "ECONNRESET", "ConnectionResetError: [Errno 104] Connection reset by peer";
    Reset: "net::ERR_CONNECTION_RESET", "PR_CONNECT_RESET_ERROR", "curl: (35) Recv failure: Connection reset by peer",
        "read: connection reset by peer", "java.net.SocketException: Connection reset", "ECONNRESET", "ConnectionResetError: [Errno 104] Connection reset by peer";
    Closed: "net::ERR_CONNECTION_CLOSED", "PR_END_OF_FILE_ERROR", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL",
        "EOF", "SSLHandshakeException: Remote host terminated the handshake", "ECONNRESET: Client network socket disconnected before secure TLS connection was established", "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol";
    ClosedInRecord: "net::ERR_CONNECTION_CLOSED", "PR_END_OF_FILE_ERROR", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL",
        "unexpected EOF", "SSLHandshakeException: Remote host terminated the handshake", "ECONNRESET: Client network socket disconnected before secure TLS connection was established", "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol";
    ClosedLate: "net::ERR_EMPTY_RESPONSE", "", "curl: (52) Empty reply from server",
        "EOF", "java.net.SocketException: Unexpected end of file from server", "ECONNRESET: socket hang up", "RemoteDisconnected: Remote end closed connection without response";
    Silence: "net::ERR_TIMED_OUT (after 30 s)", "(keeps waiting)", "curl: (28) Connection timed out",
        "context deadline exceeded", "java.net.SocketTimeoutException: Read timed out", "(keeps waiting)", "TimeoutError: _ssl.c: The handshake operation timed out";
    NotTls: "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_RX_RECORD_TOO_LONG", "curl: (35) error:0A00010B: wrong version number",
        "tls: first record does not look like a TLS handshake, or http: server gave HTTP response to HTTPS client", "SSLException: Unsupported or unrecognized SSL message", "ERR_SSL_WRONG_VERSION_NUMBER", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number";
    NotTlsWaited: "net::ERR_SSL_PROTOCOL_ERROR", "PR_END_OF_FILE_ERROR (waits for more first)", "curl: (35) error:0A00010B: wrong version number",
        "tls: first record does not look like a TLS handshake", "SSLException: Unsupported or unrecognized SSL message", "ERR_SSL_WRONG_VERSION_NUMBER", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number";
    ProxyRefused: "net::ERR_TUNNEL_CONNECTION_FAILED", "", "curl: (56) CONNECT tunnel failed, response",
        "", "IOException: Unable to tunnel through proxy. Proxy returns", "", "OSError: Tunnel connection failed";
    ProxyClosed: "", "", "curl: (56) Proxy CONNECT aborted",
        "unexpected EOF", "", "ECONNRESET", "RemoteDisconnected: Remote end closed connection without response";
    FailureAfterRequest: "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_HANDSHAKE_FAILURE_ALERT", "curl: (35) error:0A000410: sslv3 alert handshake failure",
        "remote error: tls: handshake failure", "SSLHandshakeException: Received fatal alert: handshake_failure, or SocketException: Broken pipe", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "SSLError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure";
    AbsurdLength: "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_RX_RECORD_TOO_LONG", "curl: (35) error:0A0000C6: packet length too long",
        "tls: oversized record received", "SSLProtocolException: Bad input record size, or SSLHandshakeException: Remote host terminated the handshake", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "SSLError: [SSL: PACKET_LENGTH_TOO_LONG] packet length too long";
    DataFirst: "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_RX_UNEXPECTED_APPLICATION_DATA", "curl: (35) error:0A0000F4: unexpected message",
        "tls: first record does not look like a TLS handshake", "SSLException: Unsupported or unrecognized SSL message", "ERR_SSL_UNEXPECTED_MESSAGE", "SSLError: [SSL: UNEXPECTED_MESSAGE] unexpected message";
    NotTlsLater: "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_RX_RECORD_TOO_LONG", "curl: (35) error:0A00010B: wrong version number",
        "tls: oversized record received, or received record with version 5454, or http: server gave HTTP response to HTTPS client", "SSLHandshakeException: Remote host terminated the handshake", "ERR_SSL_WRONG_VERSION_NUMBER", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number";
    CloseNotify: "net::ERR_SSL_PROTOCOL_ERROR", "PR_END_OF_FILE_ERROR", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_ZERO_RETURN",
        "EOF", "SSLProtocolException: Received close_notify during handshake", "ECONNRESET: Client network socket disconnected before secure TLS connection was established", "SSLZeroReturnError: TLS/SSL connection has been closed (EOF)";
    CertificateRequired: "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT", "curl: (56) OpenSSL SSL_read: error:0A00045C: tlsv13 alert certificate required",
        "remote error: tls: certificate required", "SSLHandshakeException: Received fatal alert: certificate_required", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required";
    CertificateExpired: "net::ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE (or SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE)", "curl: (60) SSL certificate problem: certificate has expired",
        "x509: certificate has expired or is not yet valid", "SSLHandshakeException: PKIX path validation failed", "CERT_HAS_EXPIRED: certificate has expired", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired";
    CertificateNotYetValid: "net::ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE", "curl: (60) SSL certificate problem: certificate is not yet valid",
        "x509: certificate has expired or is not yet valid", "SSLHandshakeException: PKIX path validation failed", "CERT_NOT_YET_VALID: certificate is not yet valid", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid";
    CertificateWeak: "", "", "curl: (60) SSL certificate problem: EE certificate key too weak, or CA signature digest algorithm too weak",
        "", "", "", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: EE certificate key too weak, or CA signature digest algorithm too weak";
    CertificateRootSent: "net::ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNTRUSTED_ISSUER", "curl: (60) SSL certificate problem: self-signed certificate in certificate chain",
        "x509: certificate signed by unknown authority", "SSLHandshakeException: PKIX path building failed", "SELF_SIGNED_CERT_IN_CHAIN: self-signed certificate in certificate chain", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain";
    CertificateSelfSigned: "net::ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNTRUSTED_ISSUER (or SEC_ERROR_CA_CERT_INVALID)", "curl: (60) SSL certificate problem: self-signed certificate",
        "x509: certificate signed by unknown authority", "SSLHandshakeException: PKIX path building failed", "DEPTH_ZERO_SELF_SIGNED_CERT", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed";
    CertificateAuthority: "net::ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNKNOWN_ISSUER", "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        "x509: certificate signed by unknown authority", "SSLHandshakeException: PKIX path building failed", "UNABLE_TO_VERIFY_LEAF_SIGNATURE (or UNABLE_TO_GET_ISSUER_CERT_LOCALLY)", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed";
    CertificateName: "net::ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN", "curl: (60) SSL: no alternative certificate subject name matches target host name",
        "x509: certificate is valid for other names", "SSLHandshakeException: No subject alternative DNS name matching", "ERR_TLS_CERT_ALTNAME_INVALID", "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed";
    BadRecord: "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_BAD_MAC_READ", "curl: (35) error:0A000119: decryption failed or bad record mac",
        "local error: tls: bad record MAC", "SSLException: Tag mismatch!", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "SSLError: [SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac";
    BadSignature: "net::ERR_SSL_PROTOCOL_ERROR", "SEC_ERROR_BAD_SIGNATURE", "curl: (35) error:02000068: bad signature",
        "tls: invalid signature by the server certificate", "SSLHandshakeException: Invalid ECDH ServerKeyExchange signature", "ERR_SSL_BAD_SIGNATURE", "SSLError: [SSL: BAD_SIGNATURE] bad signature";
    OldVersion: "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "", "curl: (35) error:0A00014D: legacy sigalg disallowed or unsupported",
        "remote error: tls: protocol version not supported", "SSLHandshakeException: Received fatal alert: protocol_version", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version";
}

/// Alerts with Chrome's, NSS's and OpenSSL's names for them, received while the client waits for the `ServerHello`.
/// OpenSSL's number is `0A000000` + 1000 + the alert.
const ALERTS: &[(u8, &str, &str, &str)] = &[
    (10, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_HANDSHAKE_UNEXPECTED_ALERT", "sslv3 alert unexpected message"),
    (20, "net::ERR_SSL_BAD_RECORD_MAC_ALERT", "SSL_ERROR_BAD_MAC_ALERT", "sslv3 alert bad record mac"),
    (22, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_RECORD_OVERFLOW_ALERT", "tlsv1 alert record overflow"),
    (40, "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "SSL_ERROR_NO_CYPHER_OVERLAP", "sslv3 alert handshake failure"),
    (42, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_BAD_CERT_ALERT", "sslv3 alert bad certificate"),
    (
        43,
        "net::ERR_BAD_SSL_CLIENT_AUTH_CERT",
        "SSL_ERROR_UNSUPPORTED_CERT_ALERT",
        "sslv3 alert unsupported certificate",
    ),
    (44, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_REVOKED_CERT_ALERT", "sslv3 alert certificate revoked"),
    (45, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_EXPIRED_CERT_ALERT", "sslv3 alert certificate expired"),
    (46, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT", "sslv3 alert certificate unknown"),
    (47, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_ILLEGAL_PARAMETER_ALERT", "sslv3 alert illegal parameter"),
    (48, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_UNKNOWN_CA_ALERT", "tlsv1 alert unknown ca"),
    (49, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_ACCESS_DENIED_ALERT", "tlsv1 alert access denied"),
    (50, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_DECODE_ERROR_ALERT", "tlsv1 alert decode error"),
    (51, "net::ERR_SSL_DECRYPT_ERROR_ALERT", "SSL_ERROR_DECRYPT_ERROR_ALERT", "tlsv1 alert decrypt error"),
    (70, "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "SSL_ERROR_PROTOCOL_VERSION_ALERT", "tlsv1 alert protocol version"),
    (
        71,
        "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_INSUFFICIENT_SECURITY_ALERT",
        "tlsv1 alert insufficient security",
    ),
    (80, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_INTERNAL_ERROR_ALERT", "tlsv1 alert internal error"),
    (86, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_INAPPROPRIATE_FALLBACK_ALERT", "tlsv1 alert inappropriate fallback"),
    (90, "net::ERR_CONNECTION_CLOSED", "PR_END_OF_FILE_ERROR", ""),
    (109, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_MISSING_EXTENSION_ALERT", "tlsv13 alert missing extension"),
    (110, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_UNSUPPORTED_EXTENSION_ALERT", "tlsv1 unsupported extension"),
    (112, "net::ERR_SSL_UNRECOGNIZED_NAME_ALERT", "SSL_ERROR_UNRECOGNIZED_NAME_ALERT", "tlsv1 unrecognized name"),
    (
        116,
        "net::ERR_BAD_SSL_CLIENT_AUTH_CERT",
        "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT",
        "tlsv13 alert certificate required",
    ),
    (120, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL", "tlsv1 alert no application protocol"),
    (121, "net::ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_ECH_REQUIRED_ALERT", "reason(1121)"),
];

/// Go's words for an alert (`crypto/tls/alert.go`).
fn go_alert(alert: u8) -> String {
    let words = match alert {
        10 => "unexpected message",
        20 => "bad record MAC",
        22 => "record overflow",
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "revoked certificate",
        45 => "expired certificate",
        46 => "unknown certificate",
        47 => "illegal parameter",
        48 => "unknown certificate authority",
        49 => "access denied",
        50 => "error decoding message",
        51 => "error decrypting message",
        70 => "protocol version not supported",
        71 => "insufficient security level",
        80 => "internal error",
        86 => "inappropriate fallback",
        109 => "missing extension",
        110 => "unsupported extension",
        112 => "unrecognized name",
        116 => "certificate required",
        120 => "no application protocol",
        other => return format!("remote error: tls: alert({other})"),
    };
    format!("remote error: tls: {words}")
}

/// Every client's text for an experience.
pub fn texts(experience: Experience) -> Vec<ClientReport> {
    if let Experience::Alert(alert) = experience {
        return alert_texts(alert);
    }
    let row = ROWS.iter().find(|row| row.experience == experience);
    let texts = row.map_or([""; 7], |row| row.texts);
    CLIENTS
        .iter()
        .zip(texts)
        .filter(|(_, text)| !text.is_empty())
        .map(|((client, _), text)| ClientReport { client, error: text.to_owned() })
        .collect()
}

fn alert_texts(alert: u8) -> Vec<ClientReport> {
    let Some((_, chrome, firefox, openssl)) = ALERTS.iter().find(|(number, ..)| *number == alert) else {
        return Vec::new();
    };
    let report = |client, error: String| ClientReport { client, error };
    let mut reports = vec![report("Chrome", (*chrome).to_owned()), report("Firefox", (*firefox).to_owned())];
    if !openssl.is_empty() {
        let number = 0x0a00_0000 + 1000 + u32::from(alert);
        let shouted = openssl.to_ascii_uppercase().replace(' ', "_");
        let exit = match alert {
            116 => 98,
            45 => 60,
            _ => 35,
        };
        reports.push(report("curl", format!("curl: ({exit}) error:{number:08X}: {openssl}")));
        reports.push(report("Go", go_alert(alert)));
        let name = AlertDescription(alert).name().unwrap_or("unknown");
        reports.push(report("Java", format!("SSLHandshakeException: Received fatal alert: {name}")));
        reports.push(report("Node", format!("ERR_SSL_{shouted}")));
        reports.push(report("Python", format!("SSLError: [SSL: {shouted}] {openssl}")));
    }
    reports
}

/// What each client's user saw, as far as the packets tell: nothing where the client itself refused without a sign of
/// what it showed.
pub(super) fn reports(case: &Case<'_>, cause: Cause) -> Vec<ClientReport> {
    experience(case, cause).map_or_else(Vec::new, texts)
}

/// What the client of a case experienced.
#[expect(clippy::match_same_arms, reason = "a table: one row a cause, in the order of the causes")]
fn experience(case: &Case<'_>, cause: Cause) -> Option<Experience> {
    let closed_by_server = case.ending.is_some_and(|ending| ending.from == Direction::ToClient);
    let reset_by_server = case.ended_with(Direction::ToClient, EndingKind::Reset);
    let late = case.is_tls13() && case.stage >= Stage::ClientFinished;
    Some(match cause {
        Cause::SynUnanswered => Experience::ConnectTimeout,
        Cause::ConnectionRefused => Experience::Refused,
        // TCP ignores an ICMP error in mid-connection: the client waits.
        Cause::IcmpUnreachable if case.syn_ack.is_some() => Experience::Silence,
        Cause::IcmpUnreachable => Experience::Unreachable,
        Cause::ClosedAfterServerHello if late => Experience::ClosedLate,
        Cause::ClosedBeforeClientHello | Cause::ClosedAfterClientHello | Cause::ClosedAfterServerHello => {
            Experience::Closed
        }
        Cause::ResetBeforeClientHello => Experience::ResetOnAccept,
        Cause::ResetAfterClientHello | Cause::ResetAfterServerHello | Cause::ResetInMidStream => Experience::Reset,
        Cause::ClientHelloUnanswered
        | Cause::ClientHelloLost
        | Cause::ClientHelloSegmentLost
        | Cause::MtuBlackHole
        | Cause::SilenceAfterServerHello
        | Cause::SilenceInMidStream => Experience::Silence,
        Cause::SecondClientHelloUnanswered => match case.ending.map(|ending| (ending.from, ending.kind)) {
            Some((Direction::ToClient, EndingKind::Reset)) => Experience::Reset,
            Some((Direction::ToClient, EndingKind::Close)) => Experience::Closed,
            _ => Experience::Silence,
        },
        Cause::PlaintextAnswer => match case.ending_step().map(|step| step.body.as_slice()) {
            Some([_, _, _, high, low, ..]) if u16::from_be_bytes([*high, *low]) <= NSS_LIMIT => {
                Experience::NotTlsWaited
            }
            _ => Experience::NotTls,
        },
        Cause::GarbageAnswer => match case.ending_step().map(|step| step.body.as_slice()) {
            Some([20..=24, 3, 0..=4, ..]) => Experience::AbsurdLength,
            Some([]) => Experience::DataFirst,
            _ => Experience::NotTls,
        },
        Cause::TruncatedAnswer if reset_by_server => Experience::Reset,
        Cause::TruncatedAnswer if closed_by_server => Experience::ClosedInRecord,
        Cause::TruncatedAnswer => Experience::Silence,
        Cause::ForeignBytes => Experience::NotTlsLater,
        Cause::ClosedByAlert => match case.ending_alert() {
            Some((_, _, AlertDescription::USER_CANCELED)) => Experience::Closed,
            _ => Experience::CloseNotify,
        },
        Cause::ProxyRefused if reset_by_server => Experience::Reset,
        Cause::ProxyRefused if case.server_data.is_some() => Experience::ProxyRefused,
        Cause::ProxyRefused => Experience::ProxyClosed,
        Cause::ClientCertificateRequired | Cause::ClientCertificateRejected
            if case.ended_with(Direction::ToClient, EndingKind::Close) =>
        {
            if late {
                Experience::ClosedLate
            } else {
                Experience::Closed
            }
        }
        Cause::ClientCertificateRequired | Cause::ClientCertificateRejected if reset_by_server => Experience::Reset,
        Cause::ClientCertificateRequired if case.is_tls13() => match case.ending_alert() {
            Some((Direction::ToClient, _, other)) if other != AlertDescription::CERTIFICATE_REQUIRED => {
                Experience::Alert(other.0)
            }
            _ => Experience::CertificateRequired,
        },
        Cause::ClientCertificateRequired if case.ending_alert().is_some_and(|(.., alert)| alert.0 == 40) => {
            Experience::FailureAfterRequest
        }
        Cause::CertificateExpired => Experience::CertificateExpired,
        Cause::CertificateNotYetValid => Experience::CertificateNotYetValid,
        Cause::CertificateWeak => Experience::CertificateWeak,
        Cause::CertificateSelfSigned => Experience::CertificateSelfSigned,
        Cause::CertificateUntrusted | Cause::CertificateIntercepted if sends_root(case) => {
            Experience::CertificateRootSent
        }
        Cause::CertificateUntrusted | Cause::CertificateIncompleteChain | Cause::CertificateIntercepted => {
            Experience::CertificateAuthority
        }
        Cause::CertificateWrongName => Experience::CertificateName,
        Cause::SignatureRefused => Experience::OldVersion,
        Cause::BadRecordMac if !closed_by_server && case.stage < Stage::Complete => Experience::BadRecord,
        Cause::CorruptedHandshake if !closed_by_server => {
            // Other contradictions have a text each.
            let signed = legality::contradiction(case) == Some(Contradiction::KeyExchange);
            return signed.then_some(Experience::BadSignature);
        }
        _ => match case.ending_alert() {
            Some((Direction::ToClient, _, description)) => Experience::Alert(description.0),
            _ => return None,
        },
    })
}

/// Whether the server sent its private root with the chain.
fn sends_root(case: &Case<'_>) -> bool {
    case.chain().iter().skip(1).any(|certificate| certificate.self_issued)
}

/// The causes that make a client have an experience.
#[expect(clippy::match_same_arms, reason = "a table: one row an experience")]
fn causes(experience: Experience) -> &'static [Cause] {
    match experience {
        Experience::ConnectTimeout => &[Cause::SynUnanswered],
        Experience::Refused => &[Cause::ConnectionRefused],
        Experience::Unreachable => &[Cause::IcmpUnreachable],
        Experience::ResetOnAccept => &[Cause::ResetBeforeClientHello],
        Experience::Reset => &[
            Cause::ResetAfterClientHello,
            Cause::ResetAfterServerHello,
            Cause::ResetInMidStream,
            Cause::SecondClientHelloUnanswered,
        ],
        Experience::Closed => &[
            Cause::ClosedBeforeClientHello,
            Cause::ClosedAfterClientHello,
            Cause::ClosedAfterServerHello,
            Cause::SecondClientHelloUnanswered,
        ],
        Experience::ClosedInRecord => &[Cause::TruncatedAnswer],
        Experience::Silence => &[
            Cause::ClientHelloUnanswered,
            Cause::ClientHelloLost,
            Cause::ClientHelloSegmentLost,
            Cause::SecondClientHelloUnanswered,
            Cause::SilenceAfterServerHello,
            Cause::MtuBlackHole,
            Cause::IcmpUnreachable,
            Cause::SilenceInMidStream,
        ],
        Experience::ClosedLate => {
            &[Cause::ClosedAfterServerHello, Cause::ClientCertificateRequired, Cause::ClientCertificateRejected]
        }
        Experience::NotTls | Experience::NotTlsWaited => &[Cause::PlaintextAnswer, Cause::GarbageAnswer],
        Experience::ProxyRefused | Experience::ProxyClosed => &[Cause::ProxyRefused],
        Experience::FailureAfterRequest => &[Cause::ClientCertificateRequired],
        Experience::AbsurdLength | Experience::DataFirst => &[Cause::GarbageAnswer],
        Experience::NotTlsLater => &[Cause::ForeignBytes],
        Experience::CloseNotify => &[Cause::ClosedByAlert],
        Experience::CertificateRequired => &[Cause::ClientCertificateRequired],
        Experience::CertificateExpired => &[Cause::CertificateExpired],
        Experience::CertificateNotYetValid => &[Cause::CertificateNotYetValid],
        Experience::CertificateWeak => &[Cause::CertificateWeak],
        Experience::CertificateRootSent => &[Cause::CertificateUntrusted, Cause::CertificateIntercepted],
        Experience::CertificateSelfSigned => &[Cause::CertificateSelfSigned],
        Experience::CertificateAuthority => {
            &[Cause::CertificateUntrusted, Cause::CertificateIncompleteChain, Cause::CertificateIntercepted]
        }
        Experience::CertificateName => &[Cause::CertificateWrongName],
        Experience::BadRecord => &[Cause::BadRecordMac],
        Experience::BadSignature => &[Cause::CorruptedHandshake],
        Experience::OldVersion => &[Cause::SignatureRefused, Cause::NoCommonVersion],
        Experience::Alert(40 | 71) => &[Cause::NoCommonCipher, Cause::ClientCertificateRequired, Cause::ForgedAlert],
        Experience::Alert(70) => &[Cause::NoCommonVersion, Cause::ForgedAlert],
        Experience::Alert(112) => &[Cause::UnrecognizedName, Cause::ForgedAlert],
        Experience::Alert(116) => &[Cause::ClientCertificateRequired],
        Experience::Alert(120) => &[Cause::NoCommonAlpn, Cause::ForgedAlert],
        Experience::Alert(20 | 51) => &[Cause::BadRecordMac, Cause::RefusedByAlert],
        Experience::Alert(42..=46 | 48) => {
            &[Cause::ClientCertificateRejected, Cause::RefusedByAlert, Cause::ForgedAlert]
        }
        Experience::Alert(90) => &[Cause::ClosedByAlert],
        Experience::Alert(_) => &[Cause::RefusedByAlert, Cause::ForgedAlert],
    }
}

/// A text that matches an error, and what can make a client show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The client.
    pub client: &'static str,
    /// Its full text.
    pub error: String,
    /// What the client experienced.
    pub experience: Experience,
}

/// What an error text can mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Why {
    /// The table's texts that match.
    pub matches: Vec<Match>,
    /// The causes that can produce one of them.
    pub can: Vec<Cause>,
    /// The causes that cannot.
    pub cannot: Vec<Cause>,
}

/// The other way round: from a client's error to the patterns that can and cannot produce it. Case, punctuation and
/// numbers around the words do not matter.
pub fn why(error: &str) -> Why {
    let wanted = words(error);
    let mut why = Why::default();
    if wanted.is_empty() {
        return why;
    }
    let alerts = ALERTS.iter().map(|(number, ..)| Experience::Alert(*number));
    for experience in ROWS.iter().map(|row| row.experience).chain(alerts) {
        for report in texts(experience) {
            let known = words(&report.error);
            let client = report.client.to_ascii_lowercase();
            // Every word that was asked for is one of the text's or names the client.
            if wanted.iter().all(|word| known.contains(word) || *word == client) {
                why.matches.push(Match { client: report.client, error: report.error, experience });
            }
        }
    }
    for cause in Cause::ALL {
        if why.matches.iter().any(|found| causes(found.experience).contains(cause)) {
            why.can.push(*cause);
        } else if !why.matches.is_empty() {
            why.cannot.push(*cause);
        }
    }
    why
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty() && *word != "net" && *word != "error")
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_error_means_that_somebody_sent_bytes_back() {
        let why = why("net::ERR_SSL_PROTOCOL_ERROR");
        assert!(why.can.contains(&Cause::PlaintextAnswer) && why.can.contains(&Cause::ClosedByAlert));
        assert!(why.cannot.contains(&Cause::ResetAfterClientHello) && why.cannot.contains(&Cause::SynUnanswered));
    }

    #[test]
    fn texts_are_found_by_part_and_by_client() {
        assert_eq!(
            why("SSL_ERROR_RX_RECORD_TOO_LONG").can,
            [Cause::PlaintextAnswer, Cause::GarbageAnswer, Cause::ForeignBytes]
        );
        assert!(why("curl 35").can.contains(&Cause::ResetAfterClientHello));
        assert!(why("remote error: tls: handshake failure").can.contains(&Cause::NoCommonCipher));
        assert!(why("ECONNRESET").can.contains(&Cause::ClosedAfterClientHello));
        assert_eq!(why("no such text").matches, []);
    }
}
