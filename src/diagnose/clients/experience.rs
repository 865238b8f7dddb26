//! What a client experiences, whatever the reason.

/// Where in the handshake the server's alert reaches the client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::diagnose) enum Place {
    /// It waits for the `ServerHello`.
    BeforeServerHello,
    /// The `ServerHello` has come.
    AfterServerHello,
    /// Its handshake is over: it waits for the answer to its request (TLS 1.3).
    AfterFinished,
}

/// What a client experiences, whatever the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::diagnose) enum Experience {
    /// No answer to the SYN.
    ConnectTimeout,
    /// RST to the SYN.
    Refused,
    /// ICMP error to the SYN: the host, or administratively prohibited.
    Unreachable,
    /// ICMP error to the SYN: the network.
    NetworkUnreachable,
    /// RST right after TCP came up.
    ResetOnAccept,
    /// RST within the handshake.
    Reset,
    /// RST where the client waits for an answer to its request: after its Finished (TLS 1.3), or from a proxy.
    ResetLate,
    /// FIN within the handshake.
    Closed,
    /// FIN after the client's Finished, before the server's (TLS 1.2).
    ClosedBeforeFinished,
    /// FIN inside a record that was begun.
    ClosedInRecord,
    /// FIN after the client's Finished, where it waits for the answer to its request already (TLS 1.3).
    ClosedLate,
    /// Nothing comes.
    Silence,
    /// Nothing comes after the client's Finished.
    SilenceLate,
    /// Text or other bytes that are no record come first.
    NotTls,
    /// The same, of which the fourth and fifth byte pass for the length of a record that is not there yet: NSS waits for
    /// the rest.
    NotTlsWaited,
    /// The same, and as many bytes are there: NSS takes them for a record.
    NotTlsWhole,
    /// A record of an unknown type comes first.
    UnknownRecord,
    /// A proxy answers CONNECT with this status; 0 in the rows for all.
    ProxyRefused(u16),
    /// A SOCKS 5 proxy answers with this reply (RFC 1928 §6); 0 in the rows for all.
    SocksRefused(u8),
    /// A SOCKS 5 proxy accepts no offered authentication method.
    SocksMethod,
    /// A SOCKS proxy closes, or answers something else.
    SocksClosed,
    /// Another protocol refuses TLS in its own words, which many clients merely repeat.
    UpgradeRefused,
    /// A proxy closes instead of answering CONNECT.
    ProxyClosed,
    /// A record of an impossible length comes.
    AbsurdLength,
    /// Application data comes first.
    DataFirst,
    /// Bytes that are not TLS come after the `ServerHello`.
    NotTlsLater,
    /// A warning `close_notify` within the handshake.
    CloseNotify,
    /// `close_notify` where the client waits for the answer to its request (TLS 1.3).
    CloseNotifyLate,
    /// A ServerHello with an extension that was not offered.
    ExtensionUnasked,
    /// A ServerHello with a cipher suite that was not offered.
    CipherUnasked,
    /// A ServerHello of TLS 1.3 that does not echo the session identifier.
    SessionIdChanged,
    /// A ServerHello whose random warns of a downgrade (RFC 8446 §4.1.3).
    Downgrade,
    /// A ClientHello in place of the ServerHello.
    Echo,
    /// A ServerHello without `renegotiation_info`.
    LegacyRenegotiation,
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
    /// A certificate whose issuer is no authority.
    CertificateIssuer,
    /// A certificate for other names.
    CertificateName,
    /// A certificate that is not for TLS servers.
    CertificatePurpose,
    /// A record whose tag does not fit.
    BadRecord,
    /// A certificate that demands a stapled OCSP response (RFC 7633), which the server did not send though it was asked.
    CertificateStaple,
    /// A `ServerKeyExchange` whose signature is bad.
    BadSignature,
    /// TLS 1.0 or 1.1 is all the server speaks.
    OldVersion,
    /// The server chose a version that the client does not speak.
    VersionChosen,
    /// The server asks for another handshake, which the client refuses (TLS 1.2 and below).
    RenegotiationAsked,
    /// An alert of this number.
    Alert(u8, Place),
    /// An alert of this number from a server that asked for the client's certificate.
    AlertUponRequest(u8, Place),
}

/// Alerts for which clients have texts.
const ALERTS: &[u8] = &[
    0, 1, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 86, 90, 99, 100, 109,
    110, 111, 112, 113, 114, 115, 116, 120, 121, 255,
];
/// The statuses with which proxies refuse CONNECT, and their phrases (RFC 9110 §15).
const STATUSES: &[(u16, &str)] = &[
    (400, "Bad Request"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (407, "Proxy Authentication Required"),
    (429, "Too Many Requests"),
    (500, "Internal Server Error"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
];
/// The replies with which SOCKS 5 proxies refuse.
const REPLIES: std::ops::RangeInclusive<u8> = 1..=8;

impl Experience {
    /// Every experience for which a client can have a text, given those of the rows.
    pub fn all(rows: impl Iterator<Item = Self>) -> std::collections::BTreeSet<Self> {
        let places = [Place::BeforeServerHello, Place::AfterServerHello, Place::AfterFinished];
        let alerts = ALERTS.iter().flat_map(|alert| places.map(|place| Experience::Alert(*alert, place)));
        let statuses = STATUSES.iter().map(|(status, _)| Experience::ProxyRefused(*status));
        let replies = REPLIES.map(Experience::SocksRefused);
        let general = [Experience::ProxyRefused(0), Experience::SocksRefused(0)];
        rows.filter(|row| !general.contains(row)).chain(alerts).chain(statuses).chain(replies).collect()
    }

    /// The experience of the row that says the same of any status or reply.
    pub fn any(self) -> Self {
        match self {
            Experience::ProxyRefused(_) => Experience::ProxyRefused(0),
            Experience::SocksRefused(_) => Experience::SocksRefused(0),
            other => other,
        }
    }

    /// What most clients take this for.
    pub fn like(self) -> Option<Self> {
        Some(match self {
            Experience::NetworkUnreachable => Experience::Unreachable,
            Experience::ResetOnAccept | Experience::ResetLate => Experience::Reset,
            Experience::ClosedBeforeFinished | Experience::ClosedInRecord => Experience::Closed,
            Experience::CloseNotifyLate => Experience::ClosedLate,
            Experience::SilenceLate => Experience::Silence,
            Experience::NotTlsWaited | Experience::NotTlsWhole => Experience::NotTls,
            Experience::UnknownRecord => Experience::DataFirst,
            Experience::AlertUponRequest(alert, place) => Experience::Alert(alert, place),
            Experience::CertificateRootSent | Experience::CertificateSelfSigned | Experience::CertificateIssuer => {
                Experience::CertificateAuthority
            }
            Experience::CertificateNotYetValid => Experience::CertificateExpired,
            Experience::SocksMethod => Experience::SocksRefused(0),
            _ => return None,
        })
    }

    /// A text of a row with this experience's number and words in it.
    pub fn filled(self, text: &str) -> String {
        match self {
            Experience::ProxyRefused(status) => {
                let known = STATUSES.iter().find(|(number, _)| *number == status);
                let phrase = known.map_or("its reason phrase", |(_, phrase)| phrase);
                text.replace("{status}", &status.to_string()).replace("{phrase}", phrase)
            }
            Experience::SocksRefused(reply) => {
                text.replace("{reply}", &reply.to_string()).replace("{words}", socks_words(reply))
            }
            _ => text.to_owned(),
        }
    }
}

/// A reply's words as clients print them (RFC 1928 §6).
fn socks_words(reply: u8) -> &'static str {
    match reply {
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown code",
    }
}
