//! What can be said of a flow: its outcome, the cause of a failure, who ended it, and how sure that is.
//!
//! The names are part of the outside contract: scripts depend on them. A cause names the pattern that is seen.

use std::fmt;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the table.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text,)+];

            /// The name used in output and arguments.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            /// The value with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

named! {
    /// How a flow came out.
    Outcome {
        /// The handshake is complete.
        Ok = "ok",
        /// A try that ended without a usable TLS connection.
        Failed = "failed",
        /// The capture cannot tell: it begins or ends inside the handshake, or lacks the deciding direction.
        Incomplete = "incomplete",
        /// TCP came up, the client never sent a byte, and nobody refused it.
        Unused = "unused",
        /// Neither TLS nor an attempt at it.
        NotTls = "not-tls",
    }
}

named! {
    /// Who sent what made success impossible.
    EndedBy {
        /// The end that opened the connection.
        Client = "client",
        /// The end that was connected to.
        Server = "server",
        /// A device between the two, or an explicit proxy that refuses.
        Middlebox = "middlebox",
        /// The way itself: an unanswered SYN, loss by size.
        Path = "path",
        /// The signs conflict, or the deciding packets are missing.
        Unknown = "unknown",
    }
}

impl EndedBy {
    /// The same where client and server are exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            EndedBy::Client => EndedBy::Server,
            EndedBy::Server => EndedBy::Client,
            other => other,
        }
    }
}

named! {
    /// How sure a finding is. Ordered from the weakest.
    Confidence {
        /// Several readings fit.
        Possible = "possible",
        /// One reading fits clearly best.
        Likely = "likely",
        /// The packets exclude every other reading.
        Certain = "certain",
    }
}

named! {
    /// Why a flow failed: the pattern that is seen on the wire.
    Cause {
        /// SYNs without an answer.
        SynUnanswered = "syn-unanswered",
        /// A RST answers the SYN.
        ConnectionRefused = "connection-refused",
        /// An ICMP error that quotes the flow ends or blocks it.
        IcmpUnreachable = "icmp-unreachable",
        /// FIN before a byte of a ClientHello was sent.
        ClosedBeforeClientHello = "closed-before-client-hello",
        /// RST before a byte of a ClientHello was sent.
        ResetBeforeClientHello = "reset-before-client-hello",
        /// An explicit proxy refuses CONNECT or SOCKS, or closes instead of answering.
        ProxyRefused = "proxy-refused",
        /// ClientHello acknowledged, then silence.
        ClientHelloUnanswered = "client-hello-unanswered",
        /// ClientHello never acknowledged, retransmitted.
        ClientHelloLost = "client-hello-lost",
        /// The beginning of a ClientHello of several segments is acknowledged, the rest never.
        ClientHelloSegmentLost = "client-hello-segment-lost",
        /// RST after the ClientHello, nothing of TLS from the server.
        ResetAfterClientHello = "reset-after-client-hello",
        /// FIN after the ClientHello, nothing of TLS from the server.
        ClosedAfterClientHello = "closed-after-client-hello",
        /// Readable text of another protocol as the answer.
        PlaintextAnswer = "plaintext-answer",
        /// Bytes that are no TLS record and no known text as the answer.
        GarbageAnswer = "garbage-answer",
        /// A record begun and never finished, then the end.
        TruncatedAnswer = "truncated-answer",
        /// Bytes of another speaker after valid TLS of the server.
        ForeignBytes = "foreign-bytes",
        /// The client speaks plain text to a TLS server.
        PlaintextToTlsPort = "plaintext-to-tls-port",
        /// TLS asked for inside another protocol, refused in that protocol's words.
        UpgradeRefused = "upgrade-refused",
        /// The client refuses by alert what the server chose or sent, not for version, signature or certificate.
        ServerChoiceRefused = "server-choice-refused",
        /// Refused by alert: no protocol version in common.
        NoCommonVersion = "no-common-version",
        /// Refused by alert: no cipher suite (or group, or signature scheme) in common.
        NoCommonCipher = "no-common-cipher",
        /// Refused by alert: no application protocol in common.
        NoCommonAlpn = "no-common-alpn",
        /// Refused by alert: the server does not know the name.
        UnrecognizedName = "unrecognized-name",
        /// Refused by any other alert.
        RefusedByAlert = "refused-by-alert",
        /// Warning `close_notify` or `user_canceled` of the server within the handshake.
        ClosedByAlert = "closed-by-alert",
        /// An alert that does not fit its pretended sender.
        ForgedAlert = "forged-alert",
        /// The server wants a client certificate and gets none.
        ClientCertificateRequired = "client-certificate-required",
        /// The server refuses the client certificate it got.
        ClientCertificateRejected = "client-certificate-rejected",
        /// A record that does not verify: alert 20 or 51, or checked with keys.
        BadRecordMac = "bad-record-mac",
        /// Handshake bytes that contradict each other or do not decode.
        CorruptedHandshake = "corrupted-handshake",
        /// RST after the server's first message.
        ResetAfterServerHello = "reset-after-server-hello",
        /// FIN after the server's first message.
        ClosedAfterServerHello = "closed-after-server-hello",
        /// Silence after the server's first message.
        SilenceAfterServerHello = "silence-after-server-hello",
        /// Only large segments are lost, again and again; small ones pass.
        MtuBlackHole = "mtu-black-hole",
        /// The client refuses the certificate, and no more can be known.
        CertificateRejected = "certificate-rejected",
        /// Refused: the certificate had expired at the time of the capture.
        CertificateExpired = "certificate-expired",
        /// Refused: the certificate was not yet valid at the time of the capture.
        CertificateNotYetValid = "certificate-not-yet-valid",
        /// Refused: the certificate is for other names.
        CertificateWrongName = "certificate-wrong-name",
        /// Refused: the leaf certificate signed itself.
        CertificateSelfSigned = "certificate-self-signed",
        /// Refused: the issuer is not a known root.
        CertificateUntrusted = "certificate-untrusted",
        /// Refused: an intermediate certificate is missing.
        CertificateIncompleteChain = "certificate-incomplete-chain",
        /// Refused: a weak key or signature.
        CertificateWeak = "certificate-weak",
        /// Refused: another issuer or key for this name than good flows have.
        CertificateIntercepted = "certificate-intercepted",
        /// The client refuses the server's signature algorithm.
        SignatureRefused = "signature-refused",
        /// `HelloRetryRequest`, then the second `ClientHello` is lost, unanswered or reset.
        SecondClientHelloUnanswered = "second-client-hello-unanswered",
        /// The client closes or resets by itself with nothing wrong to be seen.
        ClientGaveUp = "client-gave-up",
        /// A renegotiation after a complete handshake is refused.
        RenegotiationRefused = "renegotiation-refused",
        /// RST after a complete handshake, with a request under way.
        ResetInMidStream = "reset-in-mid-stream",
        /// Silence after a complete handshake, with a request under way.
        SilenceInMidStream = "silence-in-mid-stream",
    }
}

named! {
    /// What a flow is that looks like a failure and is none of a handshake.
    Noise {
        /// A balancer or monitor looks whether the server answers.
        HealthCheck = "health-check",
        /// Somebody tries ports or addresses to see what answers.
        Scan = "scan",
        /// A dial to peers of which many are gone.
        PeerToPeer = "peer-to-peer",
        /// A connection that its client opened to spare and did not need.
        SpareConnection = "spare-connection",
    }
}

/// How grave a failure is. Ordered from the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Gravity {
    /// Something cut the connection off, replaced an answer, or let it vanish.
    CutOff,
    /// One end, or a proxy, refused in words.
    Refused,
    /// TCP never came up.
    NotConnected,
    /// The client left by itself.
    Left,
}

impl Cause {
    /// How grave a failure of this cause is.
    pub fn gravity(self) -> Gravity {
        use Cause::{
            ClientCertificateRejected, ClientCertificateRequired, ClientGaveUp, ClosedByAlert, ConnectionRefused,
            IcmpUnreachable, NoCommonAlpn, NoCommonCipher, NoCommonVersion, PlaintextToTlsPort, ProxyRefused,
            RefusedByAlert, RenegotiationRefused, SynUnanswered, UnrecognizedName, UpgradeRefused,
        };
        match self {
            ClientGaveUp => Gravity::Left,
            SynUnanswered | ConnectionRefused | IcmpUnreachable => Gravity::NotConnected,
            ProxyRefused
            | PlaintextToTlsPort
            | UpgradeRefused
            | NoCommonVersion
            | NoCommonCipher
            | NoCommonAlpn
            | UnrecognizedName
            | RefusedByAlert
            | ClosedByAlert
            | ClientCertificateRequired
            | ClientCertificateRejected
            | RenegotiationRefused => Gravity::Refused,
            _ if self.is_clients_refusal() => Gravity::Refused,
            _ => Gravity::CutOff,
        }
    }

    /// Whether it happens after a complete handshake, whose outcome stays `ok`.
    pub fn is_midstream(self) -> bool {
        matches!(self, Self::RenegotiationRefused | Self::ResetInMidStream | Self::SilenceInMidStream)
    }

    /// Whether it is the client's refusal of what the server sent: its certificate, its signature, what it chose.
    pub fn is_clients_refusal(self) -> bool {
        matches!(
            self,
            Self::CertificateRejected
                | Self::CertificateExpired
                | Self::CertificateNotYetValid
                | Self::CertificateWrongName
                | Self::CertificateSelfSigned
                | Self::CertificateUntrusted
                | Self::CertificateIncompleteChain
                | Self::CertificateWeak
                | Self::CertificateIntercepted
                | Self::SignatureRefused
                | Self::ServerChoiceRefused
        )
    }
}
