//! What each client says when it experiences something: measured, or read in its source.
//!
//! Beside a text stand the versions or interfaces that say so, none where all that were measured do. `{status}`, `{phrase}`,
//! `{reply}` and `{words}` stand for what a proxy answers. Texts drift with versions: measure again, see
//! `fixtures/record/clients/README.md`.

use super::Client;
use super::Experience as E;
use super::Place;
use super::alerts;

/// The clients, each with the versions its texts were measured with.
pub(super) const CLIENTS: &[Client] = &[CHROME, FIREFOX, CURL, GO, JAVA, NODE, PYTHON];

const CHROME: Client = Client {
    name: "Chrome",
    versions: "156",
    texts: &[
        (E::ConnectTimeout, &[("", "net::ERR_CONNECTION_TIMED_OUT")]),
        (E::Refused, &[("", "net::ERR_CONNECTION_REFUSED")]),
        (E::Unreachable, &[("", "net::ERR_ADDRESS_UNREACHABLE")]),
        (E::Reset, &[("", "net::ERR_CONNECTION_RESET")]),
        (E::Closed, &[("", "net::ERR_CONNECTION_CLOSED")]),
        (E::ClosedBeforeFinished, &[("", "net::ERR_EMPTY_RESPONSE")]),
        (E::ClosedLate, &[("", "net::ERR_EMPTY_RESPONSE")]),
        (E::Silence, &[("", "net::ERR_TIMED_OUT (after 30 s)")]),
        (E::SilenceLate, &[("", "(keeps waiting)")]),
        (E::NotTls, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::ProxyRefused(0), &[("", "net::ERR_TUNNEL_CONNECTION_FAILED")]),
        (E::ProxyRefused(407), &[("", "net::ERR_INVALID_AUTH_CREDENTIALS")]),
        (E::SocksRefused(0), &[("", "net::ERR_SOCKS_CONNECTION_FAILED")]),
        (E::SocksClosed, &[("", "net::ERR_SOCKS_CONNECTION_FAILED")]),
        (E::ProxyClosed, &[("", "net::ERR_EMPTY_RESPONSE")]),
        (E::AlertUponRequest(40, Place::AfterServerHello), &[("", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT")]),
        (E::AlertUponRequest(40, Place::AfterFinished), &[("", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT")]),
        (E::AlertUponRequest(49, Place::AfterServerHello), &[("", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT")]),
        (E::AlertUponRequest(49, Place::AfterFinished), &[("", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT")]),
        (E::AbsurdLength, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::DataFirst, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::NotTlsLater, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::CloseNotify, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::CertificateExpired, &[("", "net::ERR_CERT_DATE_INVALID")]),
        (E::CertificateWeak, &[("", "net::ERR_CERT_INVALID")]),
        (E::CertificateAuthority, &[("", "net::ERR_CERT_AUTHORITY_INVALID")]),
        (E::CertificateIssuer, &[("", "net::ERR_CERT_INVALID")]),
        (E::CertificateName, &[("", "net::ERR_CERT_COMMON_NAME_INVALID")]),
        (E::CertificatePurpose, &[("", "net::ERR_CERT_INVALID")]),
        (E::BadRecord, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::BadSignature, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::OldVersion, &[("", "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH")]),
        (E::VersionChosen, &[("", "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH")]),
        (E::ExtensionUnasked, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::CipherUnasked, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::SessionIdChanged, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
        (E::Downgrade, &[("", "net::ERR_TLS13_DOWNGRADE_DETECTED")]),
        (E::Echo, &[("", "net::ERR_SSL_PROTOCOL_ERROR")]),
    ],
    alert: alerts::chrome,
};

const FIREFOX: Client = Client {
    name: "Firefox",
    versions: "153, NSS 3.87",
    texts: &[
        (E::ConnectTimeout, &[("153", "netTimeout"), ("NSS 3.87", "PR_CONNECT_TIMEOUT_ERROR")]),
        (E::Refused, &[("153", "connectionFailure"), ("NSS 3.87", "PR_CONNECT_REFUSED_ERROR")]),
        (E::Unreachable, &[("153", "connectionFailure"), ("NSS 3.87", "PR_HOST_UNREACHABLE_ERROR")]),
        (E::NetworkUnreachable, &[("153", "connectionFailure"), ("NSS 3.87", "PR_NETWORK_UNREACHABLE_ERROR")]),
        (E::Reset, &[("", "PR_CONNECT_RESET_ERROR")]),
        (E::Closed, &[("", "PR_END_OF_FILE_ERROR")]),
        (E::ClosedLate, &[("153", "nssFailure2 (without a code)"), ("NSS 3.87", "(keeps waiting)")]),
        (E::Silence, &[("", "(keeps waiting)")]),
        (E::NotTls, &[("", "SSL_ERROR_RX_RECORD_TOO_LONG")]),
        (E::NotTlsWaited, &[("once the server closes", "PR_END_OF_FILE_ERROR"), ("until then", "(keeps waiting)")]),
        (E::NotTlsWhole, &[("", "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE")]),
        (E::UnknownRecord, &[("", "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE")]),
        (E::ProxyRefused(0), &[("", "connectionFailure")]),
        (E::ProxyRefused(403), &[("", "proxyConnectFailure")]),
        (E::ProxyRefused(404), &[("", "dnsNotFound")]),
        (E::SocksRefused(0), &[("", "connectionFailure")]),
        (E::SocksRefused(4), &[("", "dnsNotFound")]),
        (E::SocksRefused(8), &[("", "dnsNotFound")]),
        (E::SocksClosed, &[("", "connectionFailure")]),
        (E::ProxyClosed, &[("", "nssFailure2 (without a code)")]),
        (E::AbsurdLength, &[("", "SSL_ERROR_RX_RECORD_TOO_LONG")]),
        (E::DataFirst, &[("", "SSL_ERROR_RX_UNEXPECTED_APPLICATION_DATA")]),
        (E::NotTlsLater, &[("", "SSL_ERROR_RX_RECORD_TOO_LONG")]),
        (E::CloseNotify, &[("", "PR_END_OF_FILE_ERROR")]),
        (
            E::CertificateExpired,
            &[("", "SEC_ERROR_EXPIRED_CERTIFICATE"), ("an issuer", "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE")],
        ),
        (
            E::CertificateNotYetValid,
            &[("153", "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE"), ("NSS 3.87", "SEC_ERROR_EXPIRED_CERTIFICATE")],
        ),
        (E::CertificateWeak, &[("", "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED")]),
        (E::CertificateRootSent, &[("153", "SEC_ERROR_UNKNOWN_ISSUER"), ("NSS 3.87", "SEC_ERROR_UNTRUSTED_ISSUER")]),
        (
            E::CertificateSelfSigned,
            &[
                ("153", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT"),
                ("NSS 3.87", "SEC_ERROR_UNTRUSTED_ISSUER"),
                ("NSS 3.87, an authority", "SEC_ERROR_CA_CERT_INVALID"),
            ],
        ),
        (E::CertificateAuthority, &[("", "SEC_ERROR_UNKNOWN_ISSUER")]),
        (E::CertificateName, &[("", "SSL_ERROR_BAD_CERT_DOMAIN")]),
        (E::CertificatePurpose, &[("", "SEC_ERROR_INADEQUATE_CERT_TYPE")]),
        (E::BadRecord, &[("", "SSL_ERROR_BAD_MAC_READ")]),
        (E::BadSignature, &[("153", "nssBadCert"), ("NSS 3.87", "SEC_ERROR_BAD_SIGNATURE")]),
        (
            E::OldVersion,
            &[("", "SSL_ERROR_UNSUPPORTED_VERSION"), ("with an alert", "SSL_ERROR_PROTOCOL_VERSION_ALERT")],
        ),
        (E::VersionChosen, &[("", "SSL_ERROR_UNSUPPORTED_VERSION")]),
        (E::ExtensionUnasked, &[("", "SSL_ERROR_RX_UNEXPECTED_EXTENSION")]),
        (E::CipherUnasked, &[("", "SSL_ERROR_NO_CYPHER_OVERLAP")]),
        (E::SessionIdChanged, &[("", "SSL_ERROR_RX_MALFORMED_SERVER_HELLO")]),
        (E::Downgrade, &[("", "SSL_ERROR_RX_MALFORMED_SERVER_HELLO")]),
        (E::CertificateStaple, &[("153", "MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING")]),
        (E::Echo, &[("", "SSL_ERROR_RX_UNEXPECTED_CLIENT_HELLO")]),
    ],
    alert: alerts::nss,
};

const CURL: Client = Client {
    name: "curl",
    versions: "7.88 with OpenSSL 3.0, 8.23 with OpenSSL 3.6",
    texts: &[
        (
            E::ConnectTimeout,
            &[
                ("8.23", "curl: (28) Connection timed out"),
                ("7.88", "curl: (28) Failed to connect to server: Timeout was reached"),
            ],
        ),
        (
            E::Refused,
            &[
                ("8.23", "curl: (7) Failed to connect: Could not connect to server"),
                ("7.88", "curl: (7) Failed to connect: Couldn't connect to server"),
                ("7.88, Fast Open", "curl: (35) getpeername() failed with errno 107"),
            ],
        ),
        (
            E::Unreachable,
            &[
                ("8.23", "curl: (7) Failed to connect: Could not connect to server"),
                ("7.88", "curl: (7) Failed to connect: Couldn't connect to server"),
            ],
        ),
        (
            E::ResetOnAccept,
            &[
                ("", "curl: (35) Recv failure: Connection reset by peer"),
                ("before its first packet", "curl: (7) Failed to connect"),
            ],
        ),
        (E::Reset, &[("", "curl: (35) Recv failure: Connection reset by peer")]),
        (E::ResetLate, &[("", "curl: (56) Recv failure: Connection reset by peer")]),
        (
            E::Closed,
            &[
                ("8.23", "curl: (35) TLS connect error: error:0A000126: unexpected eof while reading"),
                ("7.88", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL"),
            ],
        ),
        (
            E::ClosedLate,
            &[
                ("8.23", "curl: (56) OpenSSL SSL_read: error:0A000126: unexpected eof while reading"),
                ("7.88", "curl: (52) Empty reply from server"),
            ],
        ),
        (E::CloseNotifyLate, &[("", "curl: (52) Empty reply from server")]),
        (E::Silence, &[("8.23", "curl: (28) Connection timed out"), ("7.88", "curl: (28) SSL connection timeout")]),
        (
            E::SilenceLate,
            &[
                ("", "curl: (28) Operation timed out"),
                ("8.23", "curl: (28) Connection timed out"),
                ("7.88", "curl: (28) SSL connection timeout"),
            ],
        ),
        (E::NotTls, &[("", "curl: (35) error:0A00010B: wrong version number")]),
        (
            E::ProxyRefused(0),
            &[
                ("8.23", "curl: (7) CONNECT tunnel failed, response {status}"),
                ("7.88", "curl: (56) CONNECT tunnel failed, response {status}"),
            ],
        ),
        (
            E::SocksRefused(0),
            &[
                ("8.23", "curl: (97) cannot complete SOCKS5 connection. ({reply})"),
                ("7.88", "curl: (97) Can't complete SOCKS5 connection. ({reply})"),
            ],
        ),
        (E::SocksMethod, &[("", "curl: (97) No authentication method was acceptable.")]),
        (
            E::SocksClosed,
            &[
                ("8.23", "curl: (97) Failed to receive SOCKS response, proxy closed connection"),
                ("7.88", "curl: (97) connection to proxy closed"),
                ("another answer", "curl: (97) Received invalid version in initial SOCKS5 response."),
            ],
        ),
        (E::ProxyClosed, &[("", "curl: (56) Proxy CONNECT aborted")]),
        (
            E::AbsurdLength,
            &[
                ("OpenSSL 3.5 and later", "curl: (35) error:0A000092: data length too long"),
                ("OpenSSL 3.0", "curl: (35) error:0A0000C6: packet length too long"),
            ],
        ),
        (E::DataFirst, &[("", "curl: (35) error:0A0000F4: unexpected message")]),
        (
            E::NotTlsLater,
            &[
                ("", "curl: (35) error:0A00010B: wrong version number"),
                ("TLS 1.3, OpenSSL 3.5 and later", "curl: (35) error:0A0001BB: bad record type"),
            ],
        ),
        (
            E::CloseNotify,
            &[
                ("8.23", "curl: (35) TLS connect error: error:00000000:lib(0)::reason(0)"),
                ("7.88", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_ZERO_RETURN"),
            ],
        ),
        (E::CertificateExpired, &[("", "curl: (60) SSL certificate problem: certificate has expired")]),
        (
            E::CertificateNotYetValid,
            &[
                ("", "curl: (60) SSL certificate problem: certificate is not yet valid"),
                (
                    "8.23",
                    "curl: (60) SSL certificate OpenSSL verify result: certificate is not yet valid or the system clock is incorrect",
                ),
            ],
        ),
        (
            E::CertificateWeak,
            &[
                ("the key", "curl: (60) SSL certificate problem: EE certificate key too weak"),
                ("the signature", "curl: (60) SSL certificate problem: CA signature digest algorithm too weak"),
            ],
        ),
        (
            E::CertificateRootSent,
            &[("", "curl: (60) SSL certificate problem: self-signed certificate in certificate chain")],
        ),
        (E::CertificateSelfSigned, &[("", "curl: (60) SSL certificate problem: self-signed certificate")]),
        (
            E::CertificateAuthority,
            &[("", "curl: (60) SSL certificate problem: unable to get local issuer certificate")],
        ),
        (E::CertificateIssuer, &[("", "curl: (60) SSL certificate problem: invalid CA certificate")]),
        (
            E::CertificateName,
            &[("", "curl: (60) SSL: no alternative certificate subject name matches target host name")],
        ),
        (E::CertificatePurpose, &[("", "curl: (60) SSL certificate problem: unsuitable certificate purpose")]),
        (
            E::UpgradeRefused,
            &[("smtp, imap, pop3", "curl: (64) STARTTLS denied"), ("ftp", "curl: (64) Requested SSL level failed")],
        ),
        (E::BadRecord, &[("", "curl: (35) error:0A000119: decryption failed or bad record mac")]),
        (E::BadSignature, &[("", "curl: (35) error:02000068: bad signature")]),
        (E::OldVersion, &[("", "curl: (35) error:0A00014D: legacy sigalg disallowed or unsupported")]),
        (E::VersionChosen, &[("", "curl: (35) error:0A000102: unsupported protocol")]),
        (E::ExtensionUnasked, &[("", "curl: (35) error:0A00006E: bad extension")]),
        (
            E::CipherUnasked,
            &[
                ("TLS 1.2", "curl: (35) error:0A0000F8: unknown cipher returned"),
                ("TLS 1.3", "curl: (35) error:0A000105: wrong cipher returned"),
            ],
        ),
        (E::SessionIdChanged, &[("", "curl: (35) error:0A0003E7: invalid session id")]),
        (E::Downgrade, &[("", "curl: (35) error:0A000175: inappropriate fallback")]),
        (E::Echo, &[("", "curl: (35) error:0A0000F4: unexpected message")]),
        (E::LegacyRenegotiation, &[("", "curl: (35) error:0A000152: unsafe legacy renegotiation disabled")]),
    ],
    alert: alerts::curl,
};

const GO: Client = Client {
    name: "Go",
    versions: "1.27, 1.19",
    texts: &[
        (E::ConnectTimeout, &[("", "i/o timeout"), ("http.Client.Timeout", "context deadline exceeded")]),
        (E::Refused, &[("", "connect: connection refused")]),
        (E::Unreachable, &[("", "connect: no route to host")]),
        (E::NetworkUnreachable, &[("", "connect: network is unreachable")]),
        (E::Reset, &[("", "read: connection reset by peer")]),
        (E::Closed, &[("", "EOF")]),
        (E::ClosedInRecord, &[("", "unexpected EOF")]),
        (E::ClosedLate, &[("", "EOF")]),
        (
            E::Silence,
            &[
                ("tls.Dialer, http.Client.Timeout", "context deadline exceeded"),
                ("net/http", "net/http: TLS handshake timeout"),
                ("1.19", "i/o timeout"),
            ],
        ),
        (
            E::NotTls,
            &[
                ("", "tls: first record does not look like a TLS handshake"),
                ("net/http", "http: server gave HTTP response to HTTPS client"),
            ],
        ),
        (E::NotTlsWaited, &[("", "tls: first record does not look like a TLS handshake")]),
        (E::ProxyRefused(0), &[("net/http", "{phrase}")]),
        (E::SocksRefused(0), &[("net/http", "socks connect tcp: unknown error {words}")]),
        (E::SocksMethod, &[("net/http", "socks connect tcp: no acceptable authentication methods")]),
        (
            E::SocksClosed,
            &[
                ("net/http", "socks connect tcp: EOF"),
                ("net/http, another answer", "socks connect tcp: unexpected protocol version"),
            ],
        ),
        (E::ProxyClosed, &[("", "unexpected EOF")]),
        (E::AbsurdLength, &[("", "tls: oversized record received")]),
        (E::DataFirst, &[("", "tls: first record does not look like a TLS handshake")]),
        (
            E::NotTlsLater,
            &[
                ("", "tls: received record with version 5454"),
                ("net/http", "http: server gave HTTP response to HTTPS client"),
                ("", "tls: unsupported SSLv2 handshake received"),
                ("", "tls: oversized record received"),
            ],
        ),
        (E::CloseNotify, &[("", "EOF")]),
        (E::CertificateExpired, &[("", "x509: certificate has expired or is not yet valid")]),
        (E::CertificateWeak, &[("", "x509: certificate signed by unknown authority")]),
        (E::CertificateAuthority, &[("", "x509: certificate signed by unknown authority")]),
        (E::CertificateName, &[("", "x509: certificate is valid for other names")]),
        (E::CertificatePurpose, &[("", "x509: certificate specifies an incompatible key usage")]),
        (E::BadRecord, &[("", "local error: tls: bad record MAC")]),
        (E::BadSignature, &[("", "tls: invalid signature by the server certificate: crypto/rsa: verification error")]),
        (E::OldVersion, &[("", "remote error: tls: protocol version not supported")]),
        (E::VersionChosen, &[("", "tls: server selected unsupported protocol version")]),
        (E::ExtensionUnasked, &[("", "tls: server selected unadvertised ALPN protocol")]),
        (E::CipherUnasked, &[("", "tls: server chose an unconfigured cipher suite")]),
        (E::SessionIdChanged, &[("", "tls: server did not echo the legacy session ID")]),
        (E::Downgrade, &[("", "tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox")]),
        (
            E::Echo,
            &[(
                "",
                "tls: received unexpected handshake message of type *tls.clientHelloMsg when waiting for *tls.serverHelloMsg",
            )],
        ),
        (E::RenegotiationAsked, &[("", "local error: tls: no renegotiation")]),
    ],
    alert: alerts::go,
};

const JAVA: Client = Client {
    name: "Java",
    versions: "17, 25",
    texts: &[
        (
            E::ConnectTimeout,
            &[
                ("SSLSocket, HttpsURLConnection", "SocketTimeoutException: Connect timed out"),
                ("HttpClient", "HttpConnectTimeoutException: HTTP connect timed out"),
                ("without a timeout of its own", "ConnectException: Connection timed out"),
            ],
        ),
        (E::Refused, &[("", "java.net.ConnectException: Connection refused")]),
        (
            E::Unreachable,
            &[
                ("SSLSocket, HttpsURLConnection", "NoRouteToHostException: No route to host"),
                ("HttpClient", "ConnectException: No route to host"),
            ],
        ),
        (
            E::NetworkUnreachable,
            &[
                ("SSLSocket, HttpsURLConnection", "SocketException: Network is unreachable"),
                ("HttpClient", "ConnectException: Network is unreachable"),
            ],
        ),
        (
            E::ResetOnAccept,
            &[
                ("", "java.net.SocketException: Connection reset by peer"),
                ("HttpClient", "SSLHandshakeException: Remote host terminated the handshake"),
            ],
        ),
        (
            E::Reset,
            &[
                ("SSLSocket, HttpsURLConnection", "java.net.SocketException: Connection reset"),
                ("HttpClient", "SSLHandshakeException: Remote host terminated the handshake"),
            ],
        ),
        (
            E::ResetLate,
            &[
                ("SSLSocket, HttpsURLConnection", "java.net.SocketException: Connection reset"),
                ("HttpClient", "IOException: HTTP/1.1 header parser received no bytes"),
            ],
        ),
        (E::Closed, &[("", "SSLHandshakeException: Remote host terminated the handshake")]),
        (
            E::ClosedLate,
            &[
                ("HttpsURLConnection", "java.net.SocketException: Unexpected end of file from server"),
                ("HttpClient", "IOException: HTTP/1.1 header parser received no bytes"),
            ],
        ),
        (
            E::Silence,
            &[
                ("SSLSocket, HttpsURLConnection", "java.net.SocketTimeoutException: Read timed out"),
                ("HttpClient", "HttpConnectTimeoutException: HTTP connect timed out"),
            ],
        ),
        (
            E::NotTls,
            &[
                ("SSLSocket, HttpsURLConnection", "SSLException: Unsupported or unrecognized SSL message"),
                ("HttpClient", "SSLException: Unrecognized SSL message, plaintext connection?"),
            ],
        ),
        (
            E::ProxyRefused(0),
            &[
                (
                    "HttpsURLConnection",
                    "IOException: Unable to tunnel through proxy. Proxy returns \"HTTP/1.1 {status}",
                ),
                ("HttpClient", "IOException: Tunnel failed, got: {status}"),
            ],
        ),
        (E::SocksRefused(0), &[("HttpsURLConnection", "SocketException: SOCKS: {words}")]),
        (E::SocksRefused(1), &[("HttpsURLConnection", "SocketException: SOCKS server general failure")]),
        (E::SocksMethod, &[("HttpsURLConnection", "SocketException: SOCKS : No acceptable methods")]),
        (
            E::SocksClosed,
            &[
                ("HttpsURLConnection", "SocketException: Malformed reply from SOCKS server"),
                ("another answer", "SocketException: Reply from SOCKS server has bad version"),
            ],
        ),
        (
            E::ProxyClosed,
            &[
                ("HttpsURLConnection", "SocketException: Unexpected end of file from server"),
                ("HttpClient", "IOException: HTTP/1.1 header parser received no bytes"),
            ],
        ),
        (
            E::AlertUponRequest(40, Place::AfterServerHello),
            &[
                ("", "SSLHandshakeException: Received fatal alert: handshake_failure"),
                ("while it writes", "SocketException: Broken pipe"),
                ("HttpClient", "SSLHandshakeException: Remote host terminated the handshake"),
            ],
        ),
        (
            E::AbsurdLength,
            &[
                ("", "SSLHandshakeException: Remote host terminated the handshake"),
                ("once the record is there", "SSLProtocolException: Bad input record size"),
            ],
        ),
        (
            E::DataFirst,
            &[
                ("SSLSocket, HttpsURLConnection", "SSLException: Unsupported or unrecognized SSL message"),
                ("HttpClient", "SSLException: Unrecognized SSL message, plaintext connection?"),
            ],
        ),
        (
            E::NotTlsLater,
            &[
                ("", "SSLHandshakeException: Remote host terminated the handshake"),
                ("SSLSocket, HttpsURLConnection", "SSLProtocolException: Bad input record size, TLSCiphertext.length"),
                ("HttpClient", "SSLException: Input record too big: max"),
            ],
        ),
        (
            E::CloseNotify,
            &[
                ("SSLSocket, HttpsURLConnection", "SSLProtocolException: Received close_notify during handshake"),
                ("HttpClient", "SSLException: Received close_notify during handshake"),
            ],
        ),
        (E::CertificateExpired, &[("", "SSLHandshakeException: PKIX path validation failed")]),
        (E::CertificateAuthority, &[("", "SSLHandshakeException: PKIX path building failed")]),
        (E::CertificateIssuer, &[("", "SSLHandshakeException: PKIX path validation failed")]),
        (E::CertificateName, &[("", "SSLHandshakeException: No subject alternative DNS name matching")]),
        (
            E::CertificatePurpose,
            &[("", "SSLHandshakeException: Extended key usage does not permit use for TLS server authentication")],
        ),
        (E::BadRecord, &[("", "SSLException: Tag mismatch!")]),
        (E::BadSignature, &[("", "SSLHandshakeException: Invalid ECDH ServerKeyExchange signature")]),
        (E::OldVersion, &[("", "SSLHandshakeException: Received fatal alert: protocol_version")]),
        (
            E::VersionChosen,
            &[
                (
                    "",
                    "SSLHandshakeException: The server selected protocol version is not accepted by client preferences",
                ),
                ("a version of the future", "SSLHandshakeException: Unsupported protocol version"),
            ],
        ),
        (
            E::ExtensionUnasked,
            &[("", "SSLProtocolException: Unexpected application_layer_protocol_negotiation extension")],
        ),
        (E::CipherUnasked, &[("", "SSLHandshakeException: Server selected improper ciphersuite")]),
        (E::Downgrade, &[("", "SSLHandshakeException: A potential protocol version downgrade attack")]),
        (E::Echo, &[("", "SSLProtocolException: Unexpected handshake message: client_hello")]),
    ],
    alert: alerts::java,
};

const NODE: Client = Client {
    name: "Node",
    versions: "20, 22, 24",
    texts: &[
        (
            E::ConnectTimeout,
            &[("", "ETIMEDOUT: connect ETIMEDOUT"), ("fetch", "UND_ERR_CONNECT_TIMEOUT: Connect Timeout Error")],
        ),
        (E::Refused, &[("", "ECONNREFUSED: connect ECONNREFUSED")]),
        (E::Unreachable, &[("", "EHOSTUNREACH: connect EHOSTUNREACH")]),
        (E::NetworkUnreachable, &[("", "ENETUNREACH: connect ENETUNREACH")]),
        (E::Reset, &[("", "ECONNRESET: read ECONNRESET")]),
        (E::ResetLate, &[("", "ECONNRESET: read ECONNRESET")]),
        (
            E::Closed,
            &[("", "ECONNRESET: Client network socket disconnected before secure TLS connection was established")],
        ),
        (E::ClosedLate, &[("https", "ECONNRESET: socket hang up"), ("fetch", "UND_ERR_SOCKET: other side closed")]),
        (E::Silence, &[("fetch", "UND_ERR_CONNECT_TIMEOUT: Connect Timeout Error"), ("tls, https", "(keeps waiting)")]),
        (
            E::NotTls,
            &[
                ("tls, fetch", "ERR_SSL_WRONG_VERSION_NUMBER"),
                ("https", "write EPROTO error:0A00010B:SSL routines:wrong version number"),
            ],
        ),
        (E::ProxyRefused(0), &[("https, 24", "ERR_PROXY_TUNNEL: Failed to establish tunnel: HTTP/1.1 {status}")]),
        (
            E::ProxyClosed,
            &[("https, 24", "ERR_PROXY_TUNNEL: Failed to establish tunnel"), ("agents of others", "ECONNRESET")],
        ),
        (
            E::AbsurdLength,
            &[
                ("tls, fetch, 22 and later", "ERR_SSL_DATA_LENGTH_TOO_LONG"),
                ("tls, fetch, 20", "ERR_SSL_PACKET_LENGTH_TOO_LONG"),
                ("https, 22 and later", "write EPROTO error:0A000092:SSL routines:data length too long"),
                ("https, 20", "write EPROTO error:0A0000C6:SSL routines:packet length too long"),
            ],
        ),
        (
            E::DataFirst,
            &[
                ("tls, fetch", "ERR_SSL_UNEXPECTED_MESSAGE"),
                ("https", "write EPROTO error:0A0000F4:SSL routines:unexpected message"),
            ],
        ),
        (
            E::NotTlsLater,
            &[
                ("tls, fetch", "ERR_SSL_WRONG_VERSION_NUMBER"),
                ("https", "write EPROTO error:0A00010B:SSL routines:wrong version number"),
                ("TLS 1.3, tls, fetch, 22 and later", "ERR_SSL_BAD_RECORD_TYPE"),
                ("TLS 1.3, https, 22 and later", "write EPROTO error:0A0001BB:SSL routines:bad record type"),
            ],
        ),
        (
            E::CloseNotify,
            &[("", "ECONNRESET: Client network socket disconnected before secure TLS connection was established")],
        ),
        (E::CertificateExpired, &[("", "CERT_HAS_EXPIRED: certificate has expired")]),
        (E::CertificateNotYetValid, &[("", "CERT_NOT_YET_VALID: certificate is not yet valid")]),
        (
            E::CertificateWeak,
            &[
                ("", "UNSPECIFIED: EE certificate key too weak"),
                ("the signature", "UNSPECIFIED: CA signature digest algorithm too weak"),
            ],
        ),
        (E::CertificateRootSent, &[("", "SELF_SIGNED_CERT_IN_CHAIN: self-signed certificate in certificate chain")]),
        (E::CertificateSelfSigned, &[("", "DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate")]),
        (
            E::CertificateAuthority,
            &[
                ("", "UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate"),
                (
                    "an issuer is missing above an intermediate",
                    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unable to get local issuer certificate",
                ),
            ],
        ),
        (
            E::CertificateIssuer,
            &[
                ("", "UNSPECIFIED: invalid CA certificate"),
                ("by its key usage", "UNSPECIFIED: key usage does not include certificate signing"),
            ],
        ),
        (
            E::CertificateName,
            &[("", "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames")],
        ),
        (E::CertificatePurpose, &[("", "INVALID_PURPOSE: unsuitable certificate purpose")]),
        (
            E::BadRecord,
            &[
                ("tls, fetch", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
                ("https", "write EPROTO error:0A000119:SSL routines:decryption failed or bad record mac"),
            ],
        ),
        (
            E::BadSignature,
            &[
                ("tls, fetch", "ERR_SSL_BAD_SIGNATURE"),
                ("https", "write EPROTO error:02000068:rsa routines:bad signature"),
            ],
        ),
        (
            E::OldVersion,
            &[
                ("tls, fetch", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"),
                ("https", "write EPROTO error:0A00042E:SSL routines:tlsv1 alert protocol version"),
                ("tls, fetch", "ERR_SSL_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED"),
                ("https", "write EPROTO error:0A00014D:SSL routines:legacy sigalg disallowed or unsupported"),
            ],
        ),
        (
            E::VersionChosen,
            &[
                ("tls, fetch", "ERR_SSL_UNSUPPORTED_PROTOCOL"),
                ("https", "write EPROTO error:0A000102:SSL routines:unsupported protocol"),
            ],
        ),
        (
            E::ExtensionUnasked,
            &[
                ("tls", "ERR_SSL_UNSOLICITED_EXTENSION"),
                ("fetch", "ERR_SSL_BAD_EXTENSION"),
                ("https", "write EPROTO error:0A0000D9:SSL routines:unsolicited extension"),
            ],
        ),
        (
            E::CipherUnasked,
            &[
                ("tls, fetch, TLS 1.2", "ERR_SSL_UNKNOWN_CIPHER_RETURNED"),
                ("tls, fetch, TLS 1.3", "ERR_SSL_WRONG_CIPHER_RETURNED"),
                ("https, TLS 1.2", "write EPROTO error:0A0000F8:SSL routines:unknown cipher returned"),
                ("https, TLS 1.3", "write EPROTO error:0A000105:SSL routines:wrong cipher returned"),
            ],
        ),
        (
            E::SessionIdChanged,
            &[
                ("tls, fetch", "ERR_SSL_INVALID_SESSION_ID"),
                ("https", "write EPROTO error:0A0003E7:SSL routines:invalid session id"),
            ],
        ),
        (
            E::Downgrade,
            &[
                ("tls, fetch", "ERR_SSL_INAPPROPRIATE_FALLBACK"),
                ("https", "write EPROTO error:0A000175:SSL routines:inappropriate fallback"),
            ],
        ),
        (
            E::Echo,
            &[
                ("tls, fetch", "ERR_SSL_UNEXPECTED_MESSAGE"),
                ("https", "write EPROTO error:0A0000F4:SSL routines:unexpected message"),
            ],
        ),
        (
            E::LegacyRenegotiation,
            &[
                ("tls, fetch", "ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED"),
                ("https", "write EPROTO error:0A000152:SSL routines:unsafe legacy renegotiation disabled"),
            ],
        ),
    ],
    alert: alerts::node,
};

const PYTHON: Client = Client {
    name: "Python",
    versions: "3.11, 3.13",
    texts: &[
        (E::ConnectTimeout, &[("", "TimeoutError: timed out")]),
        (E::Refused, &[("", "ConnectionRefusedError: [Errno 111] Connection refused")]),
        (E::Unreachable, &[("", "OSError: [Errno 113] No route to host")]),
        (E::NetworkUnreachable, &[("", "OSError: [Errno 101] Network is unreachable")]),
        (
            E::Reset,
            &[
                ("", "ConnectionResetError: [Errno 104] Connection reset by peer"),
                ("requests", "ConnectionError: ('Connection aborted.'"),
            ],
        ),
        (
            E::ResetLate,
            &[
                ("", "ConnectionResetError: [Errno 104] Connection reset by peer"),
                ("http.client, 3.11", "RemoteDisconnected: Remote end closed connection without response"),
                ("requests", "ConnectionError: ('Connection aborted.'"),
            ],
        ),
        (E::Closed, &[("", "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol")]),
        (
            E::ClosedLate,
            &[
                ("http.client", "RemoteDisconnected: Remote end closed connection without response"),
                ("requests", "ConnectionError: ('Connection aborted.'"),
            ],
        ),
        (
            E::Silence,
            &[
                ("", "TimeoutError: _ssl.c: The handshake operation timed out"),
                ("requests", "ReadTimeout: Read timed out"),
            ],
        ),
        (
            E::SilenceLate,
            &[
                ("", "TimeoutError: The read operation timed out"),
                ("within the handshake", "TimeoutError: _ssl.c: The handshake operation timed out"),
                ("requests", "ReadTimeout: Read timed out"),
            ],
        ),
        (E::NotTls, &[("", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number")]),
        (E::ProxyRefused(0), &[("", "OSError: Tunnel connection failed: {status}")]),
        (
            E::ProxyClosed,
            &[
                ("http.client", "RemoteDisconnected: Remote end closed connection without response"),
                ("requests", "ConnectionError: ('Connection aborted.'"),
            ],
        ),
        (E::AbsurdLength, &[("", "SSLError: [SSL: PACKET_LENGTH_TOO_LONG] packet length too long")]),
        (E::DataFirst, &[("", "SSLError: [SSL: UNEXPECTED_MESSAGE] unexpected message")]),
        (E::NotTlsLater, &[("", "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number")]),
        (E::CloseNotify, &[("", "SSLZeroReturnError: TLS/SSL connection has been closed (EOF)")]),
        (
            E::CertificateExpired,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
            )],
        ),
        (
            E::CertificateNotYetValid,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid",
            )],
        ),
        (
            E::CertificateWeak,
            &[
                (
                    "the key",
                    "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: EE certificate key too weak",
                ),
                (
                    "the signature",
                    "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: CA signature digest algorithm too weak",
                ),
            ],
        ),
        (
            E::CertificateRootSent,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain",
            )],
        ),
        (
            E::CertificateSelfSigned,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
            )],
        ),
        (
            E::CertificateAuthority,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate",
            )],
        ),
        (
            E::CertificateIssuer,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: invalid CA certificate",
            )],
        ),
        (
            E::CertificateName,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch",
            )],
        ),
        (
            E::CertificatePurpose,
            &[(
                "",
                "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unsuitable certificate purpose",
            )],
        ),
        (
            E::UpgradeRefused,
            &[
                ("imaplib", "imaplib.error: Couldn't establish TLS session"),
                ("PyMySQL", "OperationalError: (2026, \"SSL is required but the server doesn't support it\")"),
            ],
        ),
        (
            E::BadRecord,
            &[("", "SSLError: [SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac")],
        ),
        (E::BadSignature, &[("", "SSLError: [SSL: BAD_SIGNATURE] bad signature")]),
        (
            E::OldVersion,
            &[
                ("", "SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version"),
                (
                    "",
                    "SSLError: [SSL: LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED] legacy sigalg disallowed or unsupported",
                ),
            ],
        ),
        (E::VersionChosen, &[("", "SSLError: [SSL: UNSUPPORTED_PROTOCOL] unsupported protocol")]),
        (
            E::ExtensionUnasked,
            &[
                ("ssl, urllib", "SSLError: [SSL: UNSOLICITED_EXTENSION] unsolicited extension"),
                ("requests", "SSLError: [SSL: BAD_EXTENSION] bad extension"),
            ],
        ),
        (
            E::CipherUnasked,
            &[
                ("TLS 1.2", "SSLError: [SSL: UNKNOWN_CIPHER_RETURNED] unknown cipher returned"),
                ("TLS 1.3", "SSLError: [SSL: WRONG_CIPHER_RETURNED] wrong cipher returned"),
            ],
        ),
        (E::SessionIdChanged, &[("", "SSLError: [SSL: INVALID_SESSION_ID] invalid session id")]),
        (E::Downgrade, &[("", "SSLError: [SSL: INAPPROPRIATE_FALLBACK] inappropriate fallback")]),
        (E::Echo, &[("", "SSLError: [SSL: UNEXPECTED_MESSAGE] unexpected message")]),
        (
            E::LegacyRenegotiation,
            &[("", "SSLError: [SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled")],
        ),
    ],
    alert: alerts::python,
};
