//! Texts that only the way back knows: what a client says of the server's choice, texts of clients that were not measured,
//! and what servers and proxies write into their logs.
//!
//! Read in the sources that stand beside each part. A text leads to every cause that can make its speaker say so; the
//! packets tell which.

use crate::vocab::Cause::{
    self, BadRecordMac, CertificateExpired, CertificateIncompleteChain, CertificateIntercepted, CertificateNotYetValid,
    CertificateRejected, CertificateSelfSigned, CertificateUntrusted, CertificateWeak, CertificateWrongName,
    ClientCertificateRejected, ClientCertificateRequired, ClientGaveUp, ClientHelloLost, ClientHelloSegmentLost,
    ClientHelloUnanswered, ClosedAfterClientHello, ClosedAfterServerHello, ClosedBeforeClientHello, ClosedByAlert,
    ConnectionRefused, CorruptedHandshake, ForeignBytes, GarbageAnswer, IcmpUnreachable, MtuBlackHole, NoCommonAlpn,
    NoCommonCipher, NoCommonVersion, PlaintextAnswer, PlaintextToTlsPort, RefusedByAlert, RenegotiationRefused,
    ResetAfterClientHello, ResetAfterServerHello, ResetBeforeClientHello, ResetInMidStream,
    SecondClientHelloUnanswered, ServerChoiceRefused, SignatureRefused, SilenceAfterServerHello, SynUnanswered,
    TruncatedAnswer, UnrecognizedName, UpgradeRefused,
};

/// A text and the causes that can make its speaker say so.
pub(super) struct Saying {
    /// Who says so.
    pub speaker: &'static str,
    /// The versions or the place that say so.
    pub of: &'static str,
    /// The text.
    pub text: &'static str,
    /// The causes.
    pub causes: &'static [Cause],
}

const fn saying(speaker: &'static str, of: &'static str, text: &'static str, causes: &'static [Cause]) -> Saying {
    Saying { speaker, of, text, causes }
}

/// What the client itself dislikes: the server's choice or message, said by the client alone.
const CHOICE: &[Cause] = &[ServerChoiceRefused, CorruptedHandshake, ClientGaveUp];
/// The client's certificate check failed.
const CERTIFICATE: &[Cause] = &[
    CertificateRejected,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateWrongName,
    CertificateSelfSigned,
    CertificateUntrusted,
    CertificateIncompleteChain,
    CertificateWeak,
    CertificateIntercepted,
];
/// No authority vouches for the certificate.
const AUTHORITY: &[Cause] =
    &[CertificateUntrusted, CertificateSelfSigned, CertificateIncompleteChain, CertificateIntercepted];
/// The certificate's time is over, or has not come.
const DATES: &[Cause] = &[CertificateExpired, CertificateNotYetValid];
/// Bytes that are not TLS where TLS was expected.
const NOT_TLS: &[Cause] = &[PlaintextAnswer, GarbageAnswer, ForeignBytes, PlaintextToTlsPort];
/// A FIN within the handshake.
const CLOSED: &[Cause] = &[
    ClosedBeforeClientHello,
    ClosedAfterClientHello,
    ClosedAfterServerHello,
    TruncatedAnswer,
    SecondClientHelloUnanswered,
    ClientGaveUp,
];
/// A RST within the handshake.
const RESET: &[Cause] = &[
    ResetBeforeClientHello,
    ResetAfterClientHello,
    ResetAfterServerHello,
    TruncatedAnswer,
    SecondClientHelloUnanswered,
    ClientGaveUp,
];
/// Nothing comes within the handshake.
const SILENT: &[Cause] = &[
    ClientHelloUnanswered,
    ClientHelloLost,
    ClientHelloSegmentLost,
    SecondClientHelloUnanswered,
    SilenceAfterServerHello,
    MtuBlackHole,
    TruncatedAnswer,
    ClientGaveUp,
];
/// TCP does not come up.
const NOT_CONNECTED: &[Cause] = &[SynUnanswered, ConnectionRefused, IcmpUnreachable];
/// No parameters in common.
const NOTHING_IN_COMMON: &[Cause] = &[NoCommonVersion, NoCommonCipher, RefusedByAlert];
/// The client refuses with an alert of its own.
const CLIENTS_ALERT: &[Cause] = &[
    CertificateRejected,
    CertificateExpired,
    CertificateWrongName,
    CertificateSelfSigned,
    CertificateUntrusted,
    CertificateIncompleteChain,
    CertificateIntercepted,
    ClientGaveUp,
];
/// The server wants a certificate of the client.
const CLIENT_CERTIFICATE: &[Cause] = &[ClientCertificateRequired, ClientCertificateRejected];
/// A handshake that fails in any way that the log does not tell.
const ANY_FAILURE: &[Cause] = &[
    NoCommonVersion,
    NoCommonCipher,
    NoCommonAlpn,
    PlaintextToTlsPort,
    ClientCertificateRequired,
    ClientCertificateRejected,
    CertificateRejected,
    CertificateExpired,
    CertificateWrongName,
    CertificateSelfSigned,
    CertificateUntrusted,
    CertificateIncompleteChain,
    BadRecordMac,
    CorruptedHandshake,
];

/// All that the way back knows besides the clients' table.
pub(super) const SAYINGS: &[Saying] = &[
    // The client refuses what the server chose or sent: OpenSSL `ssl/statem`, `crypto/tls/handshake_client.go`,
    // `sun.security.ssl`, NSS `ssl3con.c`.
    saying("OpenSSL", "3.0 and later", "error:0A000152:SSL routines::unsafe legacy renegotiation disabled", CHOICE),
    saying("Node", "18 and later", "ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED", CHOICE),
    saying(
        "Python",
        "3.11, 3.13",
        "SSLError: [SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled",
        CHOICE,
    ),
    saying("OpenSSL", "", "error:0A00018A:SSL routines::dh key too small", CHOICE),
    saying("Node", "", "ERR_SSL_DH_KEY_TOO_SMALL", CHOICE),
    saying("Python", "", "SSLError: [SSL: DH_KEY_TOO_SMALL] dh key too small", CHOICE),
    saying("OpenSSL", "", "error:0A0003E7:SSL routines::invalid session id", CHOICE),
    saying("OpenSSL", "", "error:0A000105:SSL routines::wrong cipher returned", CHOICE),
    saying("OpenSSL", "", "error:0A0000D9:SSL routines::unsolicited extension", CHOICE),
    saying("OpenSSL", "", "error:0A000098:SSL routines::excessive message size", CHOICE),
    saying("Firefox", "", "SSL_ERROR_UNSAFE_NEGOTIATION", CHOICE),
    saying("Firefox", "", "SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY", CHOICE),
    saying("Firefox", "", "SSL_ERROR_RX_MALFORMED_SERVER_HELLO", CHOICE),
    saying(
        "Java",
        "17, 25",
        "SSLProtocolException: The size of the handshake message exceeds the maximum allowed size (32768)",
        CHOICE,
    ),
    saying("Java", "17, 25", "SSLHandshakeException: Algorithm constraints check failed: DH keysize", CHOICE),
    saying(
        "Java",
        "17, 25",
        "SSLHandshakeException: Received handshake warning: unrecognized_name",
        &[ClosedAfterClientHello, ClientGaveUp],
    ),
    saying("Go", "1.27", "tls: server did not echo the legacy session ID", CHOICE),
    saying("Go", "1.27", "tls: server chose an unconfigured cipher suite", CHOICE),
    saying("Go", "1.27", "tls: handshake message of length bytes exceeds maximum of 65536 bytes", CHOICE),
    saying(
        "Go",
        "gRPC",
        "credentials: cannot check peer: missing selected ALPN property",
        &[NoCommonAlpn, ClientGaveUp],
    ),
    saying("Go", "1.27", "local error: tls: no renegotiation", &[RenegotiationRefused]),
    saying(
        "OpenSSL",
        "",
        "error:0A00044C:SSL routines::tlsv1 alert no renegotiation",
        &[RenegotiationRefused, RefusedByAlert],
    ),
    saying("Firefox", "153", "SSL_ERROR_UNSUPPORTED_VERSION", &[NoCommonVersion, SignatureRefused]),
    saying("Firefox", "153", "MOZILLA_PKIX_ERROR_MITM_DETECTED", &[CertificateIntercepted, CertificateUntrusted]),
    saying("Firefox", "153", "SEC_ERROR_REVOKED_CERTIFICATE", &[CertificateRejected]),
    saying("Chrome", "156", "net::ERR_CERT_REVOKED", &[CertificateRejected]),
    saying("Chrome", "156", "net::ERR_CERT_WEAK_KEY", &[CertificateWeak]),
    saying("Chrome", "156", "net::ERR_SSL_OBSOLETE_VERSION", &[NoCommonVersion, SignatureRefused]),
    // TLS inside other protocols: `Microsoft.Data.SqlClient`, libpq `fe-connect.c`.
    saying("libpq", "", "server does not support SSL, but SSL was required", UPGRADE),
    saying("libpq", "", "server sent an error response during SSL exchange", UPGRADE),
    saying(
        "SqlClient",
        "",
        PRE_LOGIN,
        &[
            ClosedAfterClientHello,
            ResetAfterClientHello,
            ClosedAfterServerHello,
            ResetAfterServerHello,
            ClientHelloUnanswered,
            ClientHelloLost,
            SilenceAfterServerHello,
            NoCommonVersion,
            NoCommonCipher,
            CertificateUntrusted,
            CertificateSelfSigned,
            CertificateWrongName,
        ],
    ),
    // Schannel: `winerror.h`.
    saying("Schannel", "", "0x80090302 SEC_E_UNSUPPORTED_FUNCTION", &[NoCommonVersion, PlaintextAnswer]),
    saying(
        "Schannel",
        "",
        "0x80090304 SEC_E_INTERNAL_ERROR The Local Security Authority cannot be contacted",
        &[RefusedByAlert, ClosedAfterClientHello, ResetAfterClientHello, NoCommonCipher, ClientGaveUp],
    ),
    saying(
        "Schannel",
        "",
        "0x80090308 SEC_E_INVALID_TOKEN The token supplied to the function is invalid",
        &[PlaintextAnswer, GarbageAnswer, ForeignBytes, CorruptedHandshake],
    ),
    saying("Schannel", "", "0x8009030D SEC_E_UNKNOWN_CREDENTIALS", CLIENT_CERTIFICATE),
    saying(
        "Schannel",
        "",
        "0x8009030E SEC_E_NO_CREDENTIALS No credentials are available in the security package",
        &[ClientCertificateRequired, ClientGaveUp],
    ),
    saying("Schannel", "", "0x8009030F SEC_E_MESSAGE_ALTERED", &[BadRecordMac, CorruptedHandshake]),
    saying("Schannel", "", "0x80090317 SEC_E_CONTEXT_EXPIRED", &[ClosedByAlert]),
    saying("Schannel", "", "0x80090318 SEC_E_INCOMPLETE_MESSAGE", CLOSED),
    saying("Schannel", "", "0x80090320 SEC_I_INCOMPLETE_CREDENTIALS", CLIENT_CERTIFICATE),
    saying(
        "Schannel",
        "",
        "0x80090322 SEC_E_WRONG_PRINCIPAL The target principal name is incorrect",
        &[CertificateWrongName],
    ),
    saying(
        "Schannel",
        "",
        "0x80090325 SEC_E_UNTRUSTED_ROOT The certificate chain was issued by an authority that is not trusted",
        AUTHORITY,
    ),
    saying(
        "Schannel",
        "",
        "0x80090326 SEC_E_ILLEGAL_MESSAGE The message received was unexpected or badly formatted",
        &[RefusedByAlert, NoCommonCipher, NoCommonVersion, UnrecognizedName, CorruptedHandshake, PlaintextAnswer],
    ),
    saying(
        "Schannel",
        "",
        "0x80090327 SEC_E_CERT_UNKNOWN An unknown error occurred while processing the certificate",
        &[CertificateRejected, ClientCertificateRejected],
    ),
    saying("Schannel", "", "0x80090328 SEC_E_CERT_EXPIRED The received certificate has expired", DATES),
    saying("Schannel", "", "0x80090330 SEC_E_DECRYPT_FAILURE", &[BadRecordMac]),
    saying(
        "Schannel",
        "",
        "0x80090331 SEC_E_ALGORITHM_MISMATCH The client and server cannot communicate, because they do not possess a \
         common algorithm",
        NOTHING_IN_COMMON,
    ),
    saying("Schannel", "", "0x80090349 SEC_E_CERT_WRONG_USAGE", &[CertificateRejected]),
    saying("Schannel", "", "0x80090367 SEC_E_APPLICATION_PROTOCOL_MISMATCH", &[NoCommonAlpn]),
    saying("Schannel", "", "0x800B0109 CERT_E_UNTRUSTEDROOT", AUTHORITY),
    saying("Schannel", "", "0x800B010A CERT_E_CHAINING", AUTHORITY),
    saying("Schannel", "", "0x800B010F CERT_E_CN_NO_MATCH", &[CertificateWrongName]),
    saying("Schannel", "", "0x800B0101 CERT_E_EXPIRED", DATES),
    saying("Schannel", "", "0x80092012 CRYPT_E_NO_REVOCATION_CHECK", &[CertificateRejected, ClientGaveUp]),
    saying("Schannel", "", "0x80092013 CRYPT_E_REVOCATION_OFFLINE", &[CertificateRejected, ClientGaveUp]),
    // Envoy: response flags and transport failure reasons, `source/common/tls/ssl_socket.cc`; without what versions write
    // differently before them (`TLS error: 268435703:`, `TLS_error:|268435703:`).
    saying("Envoy", "upstream", "SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER", NOT_TLS),
    saying("Envoy", "upstream", "SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED", CERTIFICATE),
    saying("Envoy", "upstream", "SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION", &[NoCommonVersion]),
    saying(
        "Envoy",
        "upstream",
        "SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE",
        &[NoCommonCipher, ClientCertificateRequired, RefusedByAlert],
    ),
    saying(
        "Envoy",
        "upstream",
        "SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        &[ClientCertificateRejected, RefusedByAlert],
    ),
    saying(
        "Envoy",
        "upstream",
        "SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED",
        &[ClientCertificateRequired],
    ),
    saying("Envoy", "downstream", "SSL routines:OPENSSL_internal:HTTP_REQUEST", &[PlaintextToTlsPort]),
    saying("Envoy", "downstream", "SSL routines:OPENSSL_internal:NO_SHARED_CIPHER", &[NoCommonCipher]),
    saying("Envoy", "downstream", "SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL", &[NoCommonVersion]),
    saying(
        "Envoy",
        "downstream",
        "SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE",
        &[ClientCertificateRequired],
    ),
    saying(
        "Envoy",
        "upstream",
        "Secret is not supplied by SDS",
        &[ClosedAfterClientHello, ResetAfterClientHello, ClosedBeforeClientHello],
    ),
    saying(
        "Envoy",
        "response flag",
        "UF upstream_reset_before_response_started connection_failure",
        &[
            SynUnanswered,
            ConnectionRefused,
            IcmpUnreachable,
            PlaintextAnswer,
            GarbageAnswer,
            ResetAfterClientHello,
            ClosedAfterClientHello,
            ResetAfterServerHello,
            ClosedAfterServerHello,
            ClientHelloUnanswered,
            NoCommonVersion,
            NoCommonCipher,
            UnrecognizedName,
            RefusedByAlert,
            CertificateRejected,
            CertificateExpired,
            CertificateWrongName,
            CertificateSelfSigned,
            CertificateUntrusted,
            CertificateIncompleteChain,
            ClientCertificateRequired,
        ],
    ),
    saying(
        "Envoy",
        "response flag",
        "UC upstream_connection_termination",
        &[ResetInMidStream, ResetAfterServerHello, ClosedAfterServerHello],
    ),
    saying("Envoy", "", "delayed connect error: 111", &[ConnectionRefused]),
    saying(
        "Envoy",
        "",
        "upstream connect error or disconnect/reset before headers. reset reason: connection timeout",
        &[SynUnanswered, ClientHelloUnanswered, ClientHelloLost, SilenceAfterServerHello, MtuBlackHole],
    ),
    // nginx: `src/event/ngx_event_openssl.c`, `src/http/ngx_http_request.c`.
    saying("nginx", "", "peer closed connection in SSL handshake", CLOSED),
    saying("nginx", "upstream", "peer closed connection in SSL handshake while SSL handshaking to upstream", CLOSED),
    saying("nginx", "", "SSL_do_handshake() failed", ANY_FAILURE),
    saying(
        "nginx",
        "",
        "SSL_do_handshake() failed SSL routines::wrong version number while SSL handshaking to upstream",
        &[PlaintextAnswer, GarbageAnswer],
    ),
    saying("nginx", "", "SSL_do_handshake() failed SSL routines::http request", &[PlaintextToTlsPort]),
    saying("nginx", "", "SSL_do_handshake() failed SSL routines::unsupported protocol", &[NoCommonVersion]),
    saying("nginx", "", "SSL_do_handshake() failed SSL routines::no shared cipher", &[NoCommonCipher]),
    saying("nginx", "", "SSL_do_handshake() failed SSL routines::no suitable key share", &[NoCommonCipher]),
    saying("nginx", "", "SSL_do_handshake() failed SSL routines::bad key share", &[NoCommonCipher, CorruptedHandshake]),
    saying(
        "nginx",
        "",
        "SSL_do_handshake() failed SSL routines::tlsv1 alert unknown ca SSL alert number 48",
        AUTHORITY,
    ),
    saying(
        "nginx",
        "",
        "SSL_do_handshake() failed SSL routines::ssl/tls alert certificate unknown SSL alert number 46",
        CLIENTS_ALERT,
    ),
    saying(
        "nginx",
        "",
        "no \"ssl_certificate\" is defined in server listening on SSL port while SSL handshaking",
        &[ClosedAfterClientHello, RefusedByAlert, UnrecognizedName],
    ),
    saying(
        "nginx",
        "",
        "client sent plain HTTP request to HTTPS port while reading client request headers",
        &[PlaintextToTlsPort],
    ),
    saying(
        "nginx",
        "status 400",
        "The plain HTTP request was sent to HTTPS port",
        &[PlaintextToTlsPort, PlaintextAnswer],
    ),
    saying("nginx", "status 400", "No required SSL certificate was sent", &[ClientCertificateRequired]),
    saying("nginx", "status 400", "The SSL certificate error", &[ClientCertificateRejected]),
    saying("nginx", "upstream", "upstream SSL certificate verify error", CERTIFICATE),
    saying("nginx", "upstream", "upstream SSL certificate does not match", &[CertificateWrongName]),
    saying(
        "nginx",
        "upstream",
        "upstream timed out (110: Connection timed out) while SSL handshaking to upstream",
        SILENT,
    ),
    saying(
        "nginx",
        "upstream",
        "upstream timed out (110: Connection timed out) while connecting to upstream",
        &[SynUnanswered],
    ),
    saying(
        "nginx",
        "upstream",
        "connect() failed (111: Connection refused) while connecting to upstream",
        &[ConnectionRefused],
    ),
    saying(
        "nginx",
        "upstream",
        "connect() failed (113: No route to host) while connecting to upstream",
        &[IcmpUnreachable],
    ),
    saying("nginx", "", "SSL_do_handshake() failed (104: Connection reset by peer) while SSL handshaking", RESET),
    saying("nginx", "", "client timed out (110: Connection timed out) while SSL handshaking", SILENT),
    // HAProxy: `src/connection.c`, `conn_err_code_str`.
    saying("HAProxy", "", "SSL handshake failure", ANY_FAILURE),
    saying("HAProxy", "", "Connection closed during SSL handshake", CLOSED),
    saying("HAProxy", "", "Connection error during SSL handshake (Connection reset by peer)", RESET),
    saying("HAProxy", "", "Timeout during SSL handshake", SILENT),
    saying("HAProxy", "", "SSL client CA chain cannot be verified", &[ClientCertificateRejected]),
    saying("HAProxy", "", "SSL client certificate not trusted", &[ClientCertificateRejected]),
    saying(
        "HAProxy",
        "",
        "Server presented an SSL certificate different from the expected one",
        &[CertificateWrongName],
    ),
    saying("HAProxy", "", "Server presented an SSL certificate different from the configured one", CERTIFICATE),
    saying("HAProxy", "check", "Layer6 invalid response: SSL handshake failure", ANY_FAILURE),
    saying("HAProxy", "check", "Layer6 timeout", SILENT),
    saying("HAProxy", "check", "Layer4 connection problem: Connection refused", &[ConnectionRefused]),
    saying("HAProxy", "check", "Layer4 timeout", NOT_CONNECTED),
];

/// The other protocol refuses TLS.
const UPGRADE: &[Cause] = &[UpgradeRefused];

/// `Microsoft.Data.SqlClient`, and the drivers that took over its words.
const PRE_LOGIN: &str = "A connection was successfully established with the server, but then an error occurred during the \
                         pre-login handshake";
