//! What each client says to the server's alert: its words are a function of the alert's number and of how far the
//! handshake was.

use super::{Place, Text};
use crate::vocab::iana::AlertDescription;

fn one(error: String) -> Vec<Text> {
    vec![Text { of: "", error }]
}

pub(super) fn chrome(alert: u8, place: Place) -> Vec<Text> {
    let name = match alert {
        20 => "SSL_BAD_RECORD_MAC_ALERT",
        30 => "SSL_DECOMPRESSION_FAILURE_ALERT",
        40 if place == Place::BeforeServerHello => "SSL_VERSION_OR_CIPHER_MISMATCH",
        70 | 71 => "SSL_VERSION_OR_CIPHER_MISMATCH",
        42..=46 | 48 | 116 => "BAD_SSL_CLIENT_AUTH_CERT",
        51 => "SSL_DECRYPT_ERROR_ALERT",
        112 => "SSL_UNRECOGNIZED_NAME_ALERT",
        _ => "SSL_PROTOCOL_ERROR",
    };
    one(format!("net::ERR_{name}"))
}

/// NSS, which is Firefox's library.
pub(super) fn nss(alert: u8, place: Place) -> Vec<Text> {
    let name = match alert {
        0 => return one("PR_END_OF_FILE_ERROR".into()),
        10 => "HANDSHAKE_UNEXPECTED_ALERT",
        20 => "BAD_MAC_ALERT",
        21 => "DECRYPTION_FAILED_ALERT",
        22 => "RECORD_OVERFLOW_ALERT",
        30 => "DECOMPRESSION_FAILURE_ALERT",
        40 if place == Place::BeforeServerHello => "NO_CYPHER_OVERLAP",
        40 => "HANDSHAKE_FAILURE_ALERT",
        41 => "NO_CERTIFICATE",
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
        60 => "EXPORT_RESTRICTION_ALERT",
        70 => "PROTOCOL_VERSION_ALERT",
        71 => "INSUFFICIENT_SECURITY_ALERT",
        80 => "INTERNAL_ERROR_ALERT",
        86 => "INAPPROPRIATE_FALLBACK_ALERT",
        90 => "USER_CANCELED_ALERT",
        100 => "NO_RENEGOTIATION_ALERT",
        109 => "MISSING_EXTENSION_ALERT",
        110 => "UNSUPPORTED_EXTENSION_ALERT",
        111 => "CERTIFICATE_UNOBTAINABLE_ALERT",
        112 => "UNRECOGNIZED_NAME_ALERT",
        113 => "BAD_CERT_STATUS_RESPONSE_ALERT",
        114 => "BAD_CERT_HASH_VALUE_ALERT",
        116 => "RX_CERTIFICATE_REQUIRED_ALERT",
        120 => "NEXT_PROTOCOL_NO_PROTOCOL",
        121 => "ECH_REQUIRED_ALERT",
        _ => "RX_UNKNOWN_ALERT",
    };
    one(format!("SSL_ERROR_{name}"))
}

/// OpenSSL's words for an alert, without their first; the number of the reason is `0A000000` + 1000 + the alert. None for
/// an alert that it does not know.
fn openssl_words(alert: u8) -> Option<(Family, &'static str)> {
    use Family::{Ssl, Tls, Tls13};
    Some(match alert {
        10 => (Ssl, "alert unexpected message"),
        20 => (Ssl, "alert bad record mac"),
        21 => (Tls, "alert decryption failed"),
        22 => (Tls, "alert record overflow"),
        30 => (Ssl, "alert decompression failure"),
        40 => (Ssl, "alert handshake failure"),
        41 => (Ssl, "alert no certificate"),
        42 => (Ssl, "alert bad certificate"),
        43 => (Ssl, "alert unsupported certificate"),
        44 => (Ssl, "alert certificate revoked"),
        45 => (Ssl, "alert certificate expired"),
        46 => (Ssl, "alert certificate unknown"),
        47 => (Ssl, "alert illegal parameter"),
        48 => (Tls, "alert unknown ca"),
        49 => (Tls, "alert access denied"),
        50 => (Tls, "alert decode error"),
        51 => (Tls, "alert decrypt error"),
        60 => (Tls, "alert export restriction"),
        70 => (Tls, "alert protocol version"),
        71 => (Tls, "alert insufficient security"),
        80 => (Tls, "alert internal error"),
        86 => (Tls, "alert inappropriate fallback"),
        90 => (Tls, "alert user cancelled"),
        100 => (Tls, "alert no renegotiation"),
        109 => (Tls13, "alert missing extension"),
        110 => (Tls, "unsupported extension"),
        111 => (Tls, "certificate unobtainable"),
        112 => (Tls, "unrecognized name"),
        113 => (Tls, "bad certificate status response"),
        114 => (Tls, "bad certificate hash value"),
        115 => (Tls, "alert unknown psk identity"),
        116 => (Tls13, "alert certificate required"),
        120 => (Tls, "alert no application protocol"),
        _ => return None,
    })
}

/// The first word of OpenSSL's reason for an alert.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// `sslv3`; `ssl/tls` since OpenSSL 3.5.
    Ssl,
    /// `tlsv1`.
    Tls,
    /// `tlsv13`.
    Tls13,
}

/// OpenSSL's reasons for an alert, the second where OpenSSL 3.5 and later say something else.
fn openssl_reasons(alert: u8) -> (String, Option<String>) {
    match openssl_words(alert) {
        Some((Family::Ssl, words)) => (format!("sslv3 {words}"), Some(format!("ssl/tls {words}"))),
        Some((Family::Tls, words)) => (format!("tlsv1 {words}"), None),
        Some((Family::Tls13, words)) => (format!("tlsv13 {words}"), None),
        None => (format!("reason({})", 1000 + u32::from(alert)), None),
    }
}

/// A reason as the name that OpenSSL's bindings make of it.
fn shouted(reason: &str) -> String {
    reason.to_ascii_uppercase().replace(' ', "_")
}

pub(super) fn curl(alert: u8, place: Place) -> Vec<Text> {
    let number = 0x0a00_0000 + 1000 + u32::from(alert);
    let lead = match (alert, place) {
        (_, Place::AfterFinished) => "(56) OpenSSL SSL_read: ",
        (45, _) => return one("curl: (60) SSL certificate verification failed".into()),
        (116, _) => "(98) ",
        _ => "(35) ",
    };
    let text = |of, reason: String| Text { of, error: format!("curl: {lead}error:{number:08X}: {reason}") };
    match openssl_reasons(alert) {
        (old, Some(new)) => vec![text("OpenSSL 3.0", old), text("OpenSSL 3.5 and later", new)],
        (reason, None) => vec![text("", reason)],
    }
}

/// By `crypto/tls/alert.go`.
pub(super) fn go(alert: u8, _place: Place) -> Vec<Text> {
    let words = match alert {
        0 => return one("EOF".into()),
        10 => "unexpected message",
        20 => "bad record MAC",
        21 => "decryption failed",
        22 => "record overflow",
        30 => "decompression failure",
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
        60 => "export restriction",
        70 => "protocol version not supported",
        71 => "insufficient security level",
        80 => "internal error",
        86 => "inappropriate fallback",
        90 => "user canceled",
        100 => "no renegotiation",
        109 => "missing extension",
        110 => "unsupported extension",
        111 => "certificate unobtainable",
        112 => "unrecognized name",
        113 => "bad certificate status response",
        114 => "bad certificate hash value",
        115 => "unknown PSK identity",
        116 => "certificate required",
        120 => "no application protocol",
        121 => "encrypted client hello required",
        other => return one(format!("remote error: tls: alert({other})")),
    };
    one(format!("remote error: tls: {words}"))
}

/// By `sun.security.ssl.Alert`.
pub(super) fn java(alert: u8, _place: Place) -> Vec<Text> {
    let name = AlertDescription(alert).name().map(str::to_owned);
    let (class, message) = match (alert, name) {
        (0, _) => ("SSLProtocolException", "Received close_notify during handshake".to_owned()),
        (90, _) => ("SSLException", "Received fatal close_notify alert".to_owned()),
        // Read as a signed byte, and not known to it.
        (1 | 99 | 121 | 255, _) | (_, None) => {
            ("SSLProtocolException", format!("Unknown alert description ({})", i8::from_ne_bytes([alert])))
        }
        (10, Some(name)) => ("SSLProtocolException", format!("Received fatal alert: {name}")),
        (20..=22 | 30 | 80 | 86, Some(name)) => ("SSLException", format!("Received fatal alert: {name}")),
        (_, Some(name)) => ("SSLHandshakeException", format!("Received fatal alert: {name}")),
    };
    let text = |of, class: &str| Text { of, error: format!("{class}: {message}") };
    // java.net.http throws its own classes but for SSLHandshakeException.
    match class {
        "SSLProtocolException" => {
            vec![text("SSLSocket, HttpsURLConnection", class), text("HttpClient", "SSLException")]
        }
        _ => vec![text("", class)],
    }
}

/// `https.get` reports what its first write met, the others what OpenSSL says; `fetch` after the handshake only that
/// the connection is gone.
pub(super) fn node(alert: u8, place: Place) -> Vec<Text> {
    let (old, new) = openssl_reasons(alert);
    let number = 0x0a00_0000 + 1000 + u32::from(alert);
    let write = |of, reason: &str| Text {
        of,
        error: format!("write EPROTO error:{number:08X}:SSL routines:ssl3_read_bytes:{reason}"),
    };
    let code = |of, reason: &str| Text { of, error: format!("ERR_SSL_{}", shouted(reason)) };
    let late = place == Place::AfterFinished;
    let mut texts = match (&new, openssl_words(alert)) {
        (_, None) => vec![Text {
            of: "tls, fetch",
            error: "ECONNRESET: Client network socket disconnected before secure TLS connection was established".into(),
        }],
        (Some(new), _) => vec![code("22 and later", new), code("20", &old)],
        (None, _) => vec![code("", &old)],
    };
    if late {
        texts.push(Text { of: "fetch", error: "UND_ERR_SOCKET: other side closed".into() });
        return texts;
    }
    match &new {
        Some(new) => texts.extend([write("https, 22 and later", new), write("https, 20", &old)]),
        None => texts.push(write("https", &old)),
    }
    texts
}

pub(super) fn python(alert: u8, _place: Place) -> Vec<Text> {
    // Its table of reasons lacks two that OpenSSL has words for.
    one(match (alert, openssl_words(alert)) {
        (_, None) => "SSLError: [SSL] unknown error".into(),
        (115 | 120, _) => format!("SSLError: [SSL] {}", openssl_reasons(alert).0),
        _ => {
            let reason = openssl_reasons(alert).0;
            format!("SSLError: [SSL: {}] {reason}", shouted(&reason))
        }
    })
}
