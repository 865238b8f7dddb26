//! What each client says when it experiences something: measured, or read in its source where a row says so.
//!
//! Another version of a client is another block in [`CLIENTS`]. Texts drift with versions.

use super::{Client, Experience};
use crate::vocab::iana::AlertDescription;

/// The clients, each with the version its texts were measured with.
pub(super) const CLIENTS: &[Client] =
    &[CHROME_156, FIREFOX_NSS_3_87, CURL_7_88, GO_1_19, JAVA_17, NODE_20, PYTHON_3_11];

const CHROME_156: Client = Client {
    name: "Chrome",
    version: "156",
    texts: &[
        (Experience::ConnectTimeout, "net::ERR_CONNECTION_TIMED_OUT"),
        (Experience::Refused, "net::ERR_CONNECTION_REFUSED"),
        (Experience::Unreachable, "net::ERR_ADDRESS_UNREACHABLE"),
        (Experience::ResetOnAccept, "net::ERR_CONNECTION_RESET"),
        (Experience::Reset, "net::ERR_CONNECTION_RESET"),
        (Experience::Closed, "net::ERR_CONNECTION_CLOSED"),
        (Experience::ClosedInRecord, "net::ERR_CONNECTION_CLOSED"),
        (Experience::ClosedLate, "net::ERR_EMPTY_RESPONSE"),
        (Experience::Silence, "net::ERR_TIMED_OUT (after 30 s)"),
        (Experience::NotTls, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::NotTlsWaited, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::ProxyRefused, "net::ERR_TUNNEL_CONNECTION_FAILED"),
        (Experience::FailureAfterRequest, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT"),
        (Experience::AbsurdLength, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::DataFirst, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::NotTlsLater, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::CloseNotify, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::CertificateRequired, "net::ERR_BAD_SSL_CLIENT_AUTH_CERT"),
        (Experience::CertificateExpired, "net::ERR_CERT_DATE_INVALID"),
        (Experience::CertificateNotYetValid, "net::ERR_CERT_DATE_INVALID"),
        (Experience::CertificateRootSent, "net::ERR_CERT_AUTHORITY_INVALID"),
        (Experience::CertificateSelfSigned, "net::ERR_CERT_AUTHORITY_INVALID"),
        (Experience::CertificateAuthority, "net::ERR_CERT_AUTHORITY_INVALID"),
        (Experience::CertificateName, "net::ERR_CERT_COMMON_NAME_INVALID"),
        (Experience::BadRecord, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::BadSignature, "net::ERR_SSL_PROTOCOL_ERROR"),
        (Experience::OldVersion, "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
    ],
    alert: chrome_alert,
};

const FIREFOX_NSS_3_87: Client = Client {
    name: "Firefox",
    version: "NSS 3.87",
    texts: &[
        (Experience::ConnectTimeout, "PR_CONNECT_TIMEOUT_ERROR"),
        (Experience::Refused, "PR_CONNECT_REFUSED_ERROR"),
        (Experience::Unreachable, "PR_HOST_UNREACHABLE_ERROR"),
        (Experience::ResetOnAccept, "PR_CONNECT_RESET_ERROR"),
        (Experience::Reset, "PR_CONNECT_RESET_ERROR"),
        (Experience::Closed, "PR_END_OF_FILE_ERROR"),
        (Experience::ClosedInRecord, "PR_END_OF_FILE_ERROR"),
        (Experience::Silence, "(keeps waiting)"),
        (Experience::NotTls, "SSL_ERROR_RX_RECORD_TOO_LONG"),
        (Experience::NotTlsWaited, "PR_END_OF_FILE_ERROR (waits for more first)"),
        (Experience::FailureAfterRequest, "SSL_ERROR_HANDSHAKE_FAILURE_ALERT"),
        (Experience::AbsurdLength, "SSL_ERROR_RX_RECORD_TOO_LONG"),
        (Experience::DataFirst, "SSL_ERROR_RX_UNEXPECTED_APPLICATION_DATA"),
        (Experience::NotTlsLater, "SSL_ERROR_RX_RECORD_TOO_LONG"),
        (Experience::CloseNotify, "PR_END_OF_FILE_ERROR"),
        (Experience::CertificateRequired, "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT"),
        (Experience::CertificateExpired, "SEC_ERROR_EXPIRED_CERTIFICATE (or SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE)"),
        (Experience::CertificateNotYetValid, "SEC_ERROR_EXPIRED_CERTIFICATE"),
        (Experience::CertificateRootSent, "SEC_ERROR_UNTRUSTED_ISSUER"),
        (Experience::CertificateSelfSigned, "SEC_ERROR_UNTRUSTED_ISSUER (or SEC_ERROR_CA_CERT_INVALID)"),
        (Experience::CertificateAuthority, "SEC_ERROR_UNKNOWN_ISSUER"),
        (Experience::CertificateName, "SSL_ERROR_BAD_CERT_DOMAIN"),
        (Experience::BadRecord, "SSL_ERROR_BAD_MAC_READ"),
        (Experience::BadSignature, "SEC_ERROR_BAD_SIGNATURE"),
    ],
    alert: nss_alert,
};

const CURL_7_88: Client = Client {
    name: "curl",
    version: "7.88, OpenSSL 3.0",
    texts: &[
        (Experience::ConnectTimeout, "curl: (28) Connection timed out"),
        (Experience::Refused, "curl: (7) Failed to connect: Couldn't connect to server"),
        (Experience::Unreachable, "curl: (7) Failed to connect: Couldn't connect to server"),
        (Experience::ResetOnAccept, "curl: (35) Recv failure: Connection reset by peer, or curl: (7)"),
        (Experience::Reset, "curl: (35) Recv failure: Connection reset by peer"),
        (Experience::Closed, "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL"),
        (Experience::ClosedInRecord, "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL"),
        (Experience::ClosedLate, "curl: (52) Empty reply from server"),
        (Experience::Silence, "curl: (28) Connection timed out"),
        (Experience::NotTls, "curl: (35) error:0A00010B: wrong version number"),
        (Experience::NotTlsWaited, "curl: (35) error:0A00010B: wrong version number"),
        (Experience::ProxyRefused, "curl: (56) CONNECT tunnel failed, response"),
        (Experience::ProxyClosed, "curl: (56) Proxy CONNECT aborted"),
        (Experience::FailureAfterRequest, "curl: (35) error:0A000410: sslv3 alert handshake failure"),
        (Experience::AbsurdLength, "curl: (35) error:0A0000C6: packet length too long"),
        (Experience::DataFirst, "curl: (35) error:0A0000F4: unexpected message"),
        (Experience::NotTlsLater, "curl: (35) error:0A00010B: wrong version number"),
        (Experience::CloseNotify, "curl: (35) OpenSSL SSL_connect: SSL_ERROR_ZERO_RETURN"),
        (
            Experience::CertificateRequired,
            "curl: (56) OpenSSL SSL_read: error:0A00045C: tlsv13 alert certificate required",
        ),
        (Experience::CertificateExpired, "curl: (60) SSL certificate problem: certificate has expired"),
        (Experience::CertificateNotYetValid, "curl: (60) SSL certificate problem: certificate is not yet valid"),
        (
            Experience::CertificateWeak,
            "curl: (60) SSL certificate problem: EE certificate key too weak, or CA signature digest algorithm too weak",
        ),
        (
            Experience::CertificateRootSent,
            "curl: (60) SSL certificate problem: self-signed certificate in certificate chain",
        ),
        (Experience::CertificateSelfSigned, "curl: (60) SSL certificate problem: self-signed certificate"),
        (
            Experience::CertificateAuthority,
            "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        ),
        (
            Experience::CertificateName,
            "curl: (60) SSL: no alternative certificate subject name matches target host name",
        ),
        (Experience::BadRecord, "curl: (35) error:0A000119: decryption failed or bad record mac"),
        (Experience::BadSignature, "curl: (35) error:02000068: bad signature"),
        (Experience::OldVersion, "curl: (35) error:0A00014D: legacy sigalg disallowed or unsupported"),
    ],
    alert: curl_alert,
};

const GO_1_19: Client = Client {
    name: "Go",
    version: "1.19",
    texts: &[
        (Experience::ConnectTimeout, "i/o timeout"),
        (Experience::Refused, "connect: connection refused"),
        (Experience::Unreachable, "connect: no route to host"),
        (Experience::ResetOnAccept, "read: connection reset by peer"),
        (Experience::Reset, "read: connection reset by peer"),
        (Experience::Closed, "EOF"),
        (Experience::ClosedInRecord, "unexpected EOF"),
        (Experience::ClosedLate, "EOF"),
        (Experience::Silence, "context deadline exceeded"),
        (
            Experience::NotTls,
            "tls: first record does not look like a TLS handshake, or http: server gave HTTP response to HTTPS client",
        ),
        (Experience::NotTlsWaited, "tls: first record does not look like a TLS handshake"),
        (Experience::ProxyClosed, "unexpected EOF"),
        (Experience::FailureAfterRequest, "remote error: tls: handshake failure"),
        (Experience::AbsurdLength, "tls: oversized record received"),
        (Experience::DataFirst, "tls: first record does not look like a TLS handshake"),
        (
            Experience::NotTlsLater,
            "tls: oversized record received, or received record with version 5454, or http: server gave HTTP response to HTTPS client",
        ),
        (Experience::CloseNotify, "EOF"),
        (Experience::CertificateRequired, "remote error: tls: certificate required"),
        (Experience::CertificateExpired, "x509: certificate has expired or is not yet valid"),
        (Experience::CertificateNotYetValid, "x509: certificate has expired or is not yet valid"),
        (Experience::CertificateRootSent, "x509: certificate signed by unknown authority"),
        (Experience::CertificateSelfSigned, "x509: certificate signed by unknown authority"),
        (Experience::CertificateAuthority, "x509: certificate signed by unknown authority"),
        (Experience::CertificateName, "x509: certificate is valid for other names"),
        (Experience::BadRecord, "local error: tls: bad record MAC"),
        (Experience::BadSignature, "tls: invalid signature by the server certificate"),
        (Experience::OldVersion, "remote error: tls: protocol version not supported"),
    ],
    alert: go_alert,
};

const JAVA_17: Client = Client {
    name: "Java",
    version: "17",
    texts: &[
        (Experience::ConnectTimeout, "java.net.ConnectException: Connection timed out"),
        (Experience::Refused, "java.net.ConnectException: Connection refused"),
        (Experience::Unreachable, "java.net.NoRouteToHostException: No route to host"),
        (Experience::ResetOnAccept, "java.net.SocketException: Connection reset by peer"),
        (Experience::Reset, "java.net.SocketException: Connection reset"),
        (Experience::Closed, "SSLHandshakeException: Remote host terminated the handshake"),
        (Experience::ClosedInRecord, "SSLHandshakeException: Remote host terminated the handshake"),
        (Experience::ClosedLate, "java.net.SocketException: Unexpected end of file from server"),
        (Experience::Silence, "java.net.SocketTimeoutException: Read timed out"),
        (Experience::NotTls, "SSLException: Unsupported or unrecognized SSL message"),
        (Experience::NotTlsWaited, "SSLException: Unsupported or unrecognized SSL message"),
        (Experience::ProxyRefused, "IOException: Unable to tunnel through proxy. Proxy returns"),
        (
            Experience::FailureAfterRequest,
            "SSLHandshakeException: Received fatal alert: handshake_failure, or SocketException: Broken pipe",
        ),
        (
            Experience::AbsurdLength,
            "SSLProtocolException: Bad input record size, or SSLHandshakeException: Remote host terminated the handshake",
        ),
        (Experience::DataFirst, "SSLException: Unsupported or unrecognized SSL message"),
        (Experience::NotTlsLater, "SSLHandshakeException: Remote host terminated the handshake"),
        (Experience::CloseNotify, "SSLProtocolException: Received close_notify during handshake"),
        (Experience::CertificateRequired, "SSLHandshakeException: Received fatal alert: certificate_required"),
        (Experience::CertificateExpired, "SSLHandshakeException: PKIX path validation failed"),
        (Experience::CertificateNotYetValid, "SSLHandshakeException: PKIX path validation failed"),
        (Experience::CertificateRootSent, "SSLHandshakeException: PKIX path building failed"),
        (Experience::CertificateSelfSigned, "SSLHandshakeException: PKIX path building failed"),
        (Experience::CertificateAuthority, "SSLHandshakeException: PKIX path building failed"),
        (Experience::CertificateName, "SSLHandshakeException: No subject alternative DNS name matching"),
        (Experience::BadRecord, "SSLException: Tag mismatch!"),
        (Experience::BadSignature, "SSLHandshakeException: Invalid ECDH ServerKeyExchange signature"),
        (Experience::OldVersion, "SSLHandshakeException: Received fatal alert: protocol_version"),
    ],
    alert: java_alert,
};

const NODE_20: Client = Client {
    name: "Node",
    version: "20",
    texts: &[
        (Experience::ConnectTimeout, "ETIMEDOUT"),
        (Experience::Refused, "ECONNREFUSED"),
        (Experience::Unreachable, "EHOSTUNREACH"),
        (Experience::ResetOnAccept, "ECONNRESET"),
        (Experience::Reset, "ECONNRESET"),
        (
            Experience::Closed,
            "ECONNRESET: Client network socket disconnected before secure TLS connection was established",
        ),
        (
            Experience::ClosedInRecord,
            "ECONNRESET: Client network socket disconnected before secure TLS connection was established",
        ),
        (Experience::ClosedLate, "ECONNRESET: socket hang up"),
        (Experience::Silence, "(keeps waiting)"),
        (Experience::NotTls, "ERR_SSL_WRONG_VERSION_NUMBER"),
        (Experience::NotTlsWaited, "ERR_SSL_WRONG_VERSION_NUMBER"),
        (Experience::ProxyClosed, "ECONNRESET"),
        (Experience::FailureAfterRequest, "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (Experience::AbsurdLength, "ERR_SSL_PACKET_LENGTH_TOO_LONG"),
        (Experience::DataFirst, "ERR_SSL_UNEXPECTED_MESSAGE"),
        (Experience::NotTlsLater, "ERR_SSL_WRONG_VERSION_NUMBER"),
        (
            Experience::CloseNotify,
            "ECONNRESET: Client network socket disconnected before secure TLS connection was established",
        ),
        (Experience::CertificateRequired, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        (Experience::CertificateExpired, "CERT_HAS_EXPIRED: certificate has expired"),
        (Experience::CertificateNotYetValid, "CERT_NOT_YET_VALID: certificate is not yet valid"),
        (Experience::CertificateRootSent, "SELF_SIGNED_CERT_IN_CHAIN: self-signed certificate in certificate chain"),
        (Experience::CertificateSelfSigned, "DEPTH_ZERO_SELF_SIGNED_CERT"),
        (Experience::CertificateAuthority, "UNABLE_TO_VERIFY_LEAF_SIGNATURE (or UNABLE_TO_GET_ISSUER_CERT_LOCALLY)"),
        (Experience::CertificateName, "ERR_TLS_CERT_ALTNAME_INVALID"),
        (Experience::BadRecord, "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
        (Experience::BadSignature, "ERR_SSL_BAD_SIGNATURE"),
        (Experience::OldVersion, "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"),
    ],
    alert: node_alert,
};

const PYTHON_3_11: Client = Client {
    name: "Python",
    version: "3.11",
    texts: &[
        (Experience::ConnectTimeout, "TimeoutError: timed out"),
        (Experience::Refused, "ConnectionRefusedError: [Errno 111] Connection refused"),
        (Experience::Unreachable, "OSError: [Errno 113] No route to host"),
        (Experience::ResetOnAccept, "ConnectionResetError: [Errno 104] Connection reset by peer"),
        (Experience::Reset, "ConnectionResetError: [Errno 104] Connection reset by peer"),
        (Experience::Closed, "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"),
        (
            Experience::ClosedInRecord,
            "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol",
        ),
        (Experience::ClosedLate, "RemoteDisconnected: Remote end closed connection without response"),
        (Experience::Silence, "TimeoutError: _ssl.c: The handshake operation timed out"),
        (Experience::NotTls, "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number"),
        (Experience::NotTlsWaited, "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number"),
        (Experience::ProxyRefused, "OSError: Tunnel connection failed"),
        (Experience::ProxyClosed, "RemoteDisconnected: Remote end closed connection without response"),
        (
            Experience::FailureAfterRequest,
            "SSLError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure",
        ),
        (Experience::AbsurdLength, "SSLError: [SSL: PACKET_LENGTH_TOO_LONG] packet length too long"),
        (Experience::DataFirst, "SSLError: [SSL: UNEXPECTED_MESSAGE] unexpected message"),
        (Experience::NotTlsLater, "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number"),
        (Experience::CloseNotify, "SSLZeroReturnError: TLS/SSL connection has been closed (EOF)"),
        (
            Experience::CertificateRequired,
            "SSLError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required",
        ),
        (
            Experience::CertificateExpired,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
        ),
        (
            Experience::CertificateNotYetValid,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid",
        ),
        (
            Experience::CertificateWeak,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: EE certificate key too weak, or CA signature digest algorithm too weak",
        ),
        (
            Experience::CertificateRootSent,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain",
        ),
        (
            Experience::CertificateSelfSigned,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        ),
        (
            Experience::CertificateAuthority,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        ),
        (
            Experience::CertificateName,
            "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        ),
        (
            Experience::BadRecord,
            "SSLError: [SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac",
        ),
        (Experience::BadSignature, "SSLError: [SSL: BAD_SIGNATURE] bad signature"),
        (Experience::OldVersion, "SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version"),
    ],
    alert: python_alert,
};

/// Alerts for which clients have texts, received while they wait for the `ServerHello`.
pub(super) const ALERTS: &[u8] =
    &[10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 109, 110, 112, 116, 120, 121];

fn chrome_alert(alert: u8) -> String {
    let name = match alert {
        20 => "BAD_RECORD_MAC_ALERT",
        40 | 70 | 71 => "VERSION_OR_CIPHER_MISMATCH",
        42..=46 | 48 | 116 => return "net::ERR_BAD_SSL_CLIENT_AUTH_CERT".into(),
        51 => "DECRYPT_ERROR_ALERT",
        112 => "UNRECOGNIZED_NAME_ALERT",
        _ => "PROTOCOL_ERROR",
    };
    format!("net::ERR_SSL_{name}")
}

fn nss_alert(alert: u8) -> String {
    let name = match alert {
        10 => "HANDSHAKE_UNEXPECTED_ALERT",
        20 => "BAD_MAC_ALERT",
        22 => "RECORD_OVERFLOW_ALERT",
        40 => "NO_CYPHER_OVERLAP",
        42 => "BAD_CERT_ALERT",
        43 => "UNSUPPORTED_CERT_ALERT",
        44 => "REVOKED_CERT_ALERT",
        45 => "EXPIRED_CERT_ALERT",
        46 => "CERTIFICATE_UNKNOWN_ALERT",
        47 => "ILLEGAL_PARAMETER_ALERT",
        48 => "UNKNOWN_CA_ALERT",
        49 => "ACCESS_DENIED_ALERT",
        50 => "DECODE_ERROR_ALERT",
        51 => "DECRYPT_ERROR_ALERT",
        70 => "PROTOCOL_VERSION_ALERT",
        71 => "INSUFFICIENT_SECURITY_ALERT",
        80 => "INTERNAL_ERROR_ALERT",
        86 => "INAPPROPRIATE_FALLBACK_ALERT",
        109 => "MISSING_EXTENSION_ALERT",
        110 => "UNSUPPORTED_EXTENSION_ALERT",
        112 => "UNRECOGNIZED_NAME_ALERT",
        116 => "RX_CERTIFICATE_REQUIRED_ALERT",
        120 => "NEXT_PROTOCOL_NO_PROTOCOL",
        121 => "ECH_REQUIRED_ALERT",
        _ => "RX_UNKNOWN_ALERT",
    };
    format!("SSL_ERROR_{name}")
}

/// OpenSSL's words for an alert; its number is `0A000000` + 1000 + the alert.
fn openssl_reason(alert: u8) -> String {
    let words = match alert {
        10 => "sslv3 alert unexpected message",
        20 => "sslv3 alert bad record mac",
        22 => "tlsv1 alert record overflow",
        40 => "sslv3 alert handshake failure",
        42 => "sslv3 alert bad certificate",
        43 => "sslv3 alert unsupported certificate",
        44 => "sslv3 alert certificate revoked",
        45 => "sslv3 alert certificate expired",
        46 => "sslv3 alert certificate unknown",
        47 => "sslv3 alert illegal parameter",
        48 => "tlsv1 alert unknown ca",
        49 => "tlsv1 alert access denied",
        50 => "tlsv1 alert decode error",
        51 => "tlsv1 alert decrypt error",
        70 => "tlsv1 alert protocol version",
        71 => "tlsv1 alert insufficient security",
        80 => "tlsv1 alert internal error",
        86 => "tlsv1 alert inappropriate fallback",
        109 => "tlsv13 alert missing extension",
        110 => "tlsv1 unsupported extension",
        112 => "tlsv1 unrecognized name",
        116 => "tlsv13 alert certificate required",
        120 => "tlsv1 alert no application protocol",
        other => return format!("reason({})", 1000 + u32::from(other)),
    };
    words.to_owned()
}

fn curl_alert(alert: u8) -> String {
    let number = 0x0a00_0000 + 1000 + u32::from(alert);
    let exit = match alert {
        116 => 98,
        45 => 60,
        _ => 35,
    };
    format!("curl: ({exit}) error:{number:08X}: {}", openssl_reason(alert))
}

/// By `crypto/tls/alert.go`.
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

fn java_alert(alert: u8) -> String {
    let name = AlertDescription(alert).name().unwrap_or("unknown");
    format!("SSLHandshakeException: Received fatal alert: {name}")
}

fn node_alert(alert: u8) -> String {
    format!("ERR_SSL_{}", shouted(&openssl_reason(alert)))
}

fn python_alert(alert: u8) -> String {
    let reason = openssl_reason(alert);
    format!("SSLError: [SSL: {}] {reason}", shouted(&reason))
}

/// A reason as the name that OpenSSL's bindings make of it.
fn shouted(reason: &str) -> String {
    reason.to_ascii_uppercase().replace(' ', "_")
}
