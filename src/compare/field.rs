//! The facts in which two flows can differ, each with the name that output has for it.

use std::borrow::Cow;

use crate::vocab::Direction;

/// Makes the enum from rows of `Name = "name",`.
macro_rules! fields {
    ($($name:ident = $text:literal,)+) => {
        /// A fact in which two flows can differ.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Field {
            $(#[doc = concat!("`", $text, "`.")] $name,)+
            /// A fact of all packets of one direction.
            Sent(Direction, OfSender),
        }

        impl Field {
            /// Its name in output: `client_hello.extensions`, `server.ttl`.
            pub fn name(self) -> Cow<'static, str> {
                match self {
                    $(Field::$name => $text.into(),)+
                    Field::Sent(way, of) => format!("{}.{}", way.sender(), of.name()).into(),
                }
            }
        }
    };
}

fields! {
    Step = "step",
    Ttl = "ip.ttl",
    Options = "tcp.options",
    Mss = "tcp.mss",
    WindowScale = "tcp.window_scale",
    SackPermitted = "tcp.sack_permitted",
    FastOpen = "tcp.fast_open",
    Flags = "tcp.flags",
    Window = "tcp.window",
    SequenceNumber = "tcp.sequence_number",
    Timestamp = "tcp.timestamp",
    Timestamps = "tcp.timestamps",
    SincePrevious = "time.since_previous",
    FasterThanTheWay = "time.faster_than_the_way",
    RecordLength = "record.length",
    AlertDescription = "alert.description",
    AlertName = "alert.name",
    TextStatus = "text.status",
    TextFirstLine = "text.first_line",
    Bytes = "bytes",
    IcmpError = "icmp.error",
    GapBytes = "gap.bytes",
    ClientHelloBytes = "client_hello.bytes",
    ClientHelloSegments = "client_hello.segments",
    ClientHelloRecordVersion = "client_hello.record_version",
    ClientHelloServerName = "client_hello.server_name",
    ClientHelloVersion = "client_hello.version",
    ClientHelloSupportedVersions = "client_hello.supported_versions",
    ClientHelloCipherSuites = "client_hello.cipher_suites",
    ClientHelloExtensions = "client_hello.extensions",
    ClientHelloExtensionOrder = "client_hello.extension_order",
    ClientHelloGroups = "client_hello.groups",
    ClientHelloKeyShares = "client_hello.key_shares",
    ClientHelloSignatureAlgorithms = "client_hello.signature_algorithms",
    ClientHelloAlpn = "client_hello.alpn",
    ClientHelloResumption = "client_hello.resumption",
    ClientHelloEarlyData = "client_hello.early_data",
    ClientHelloEch = "client_hello.ech",
    ClientHelloMalformed = "client_hello.malformed",
    ClientHelloRandom = "client_hello.random",
    ClientHelloSessionId = "client_hello.session_id",
    ClientHelloAcknowledged = "client_hello.acknowledged",
    ServerHelloVersion = "server_hello.version",
    ServerHelloCipher = "server_hello.cipher",
    ServerHelloGroup = "server_hello.group",
    ServerHelloExtensions = "server_hello.extensions",
    ServerHelloAlpn = "server_hello.alpn",
    ServerHelloDowngrade = "server_hello.downgrade",
    ServerHelloMalformed = "server_hello.malformed",
    ServerHelloRandom = "server_hello.random",
    ServerHelloSessionId = "server_hello.session_id",
    CertificateChainLength = "certificate.chain_length",
    CertificateSubject = "certificate.subject",
    CertificateIssuer = "certificate.issuer",
    CertificateKey = "certificate.key",
    CertificateNames = "certificate.names",
    CertificateValid = "certificate.valid_at_that_time",
    CertificateKeyType = "certificate.key_type",
    CertificateSignature = "certificate.signature",
    CertificateSerial = "certificate.serial",
    CertificateRequestAuthorities = "certificate_request.authorities",
    ServerKeyExchangeGroup = "server_key_exchange.group",
    ServerKeyExchangeSignature = "server_key_exchange.signature",
    ServerIp = "server.ip",
    ServerPort = "server.port",
    ClientIp = "client.ip",
    ClientPort = "client.port",
    PortParity = "client.port.parity",
    Resumed = "tls.resumed",
    ServerFlight = "server_flight.record_lengths",
    Close = "close",
    IcmpErrors = "icmp_errors",
    Vlan = "vlan",
}

/// A fact of all packets of one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfSender {
    /// How many segments were sent again.
    Retransmissions,
    /// The usual TTL on arrival at the capture.
    Ttl,
    /// How the IP IDs go on.
    IpId,
    /// The usual DSCP.
    Dscp,
    /// Whether packets must not be fragmented.
    DontFragment,
    /// The hardware address.
    Mac,
}

impl OfSender {
    fn name(self) -> &'static str {
        match self {
            OfSender::Retransmissions => "retransmissions",
            OfSender::Ttl => "ttl",
            OfSender::IpId => "ip_id",
            OfSender::Dscp => "dscp",
            OfSender::DontFragment => "dont_fragment",
            OfSender::Mac => "mac",
        }
    }
}

impl Field {
    /// Whether it is a size in bytes.
    pub fn is_size(self) -> bool {
        matches!(self, Field::Bytes | Field::GapBytes | Field::ClientHelloBytes)
    }

    /// Whether it is a TTL.
    pub fn is_ttl(self) -> bool {
        matches!(self, Field::Ttl | Field::Sent(_, OfSender::Ttl))
    }
}
