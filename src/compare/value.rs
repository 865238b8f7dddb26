//! Values of the facts in which two flows differ: data, of which words are made for a reader alone.

use std::net::IpAddr;

use crate::net::TcpFlags;
use crate::proto::tls::message::Downgrade;
use crate::proto::tls::reader::Issue;
use crate::timeline::{Page, What};
use crate::vocab::Direction;
use crate::vocab::iana::{AlertDescription, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme};

/// A value that differs.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// The side has none.
    Absent,
    /// A number: bytes, a count, a port.
    Number(u64),
    /// Whether it is so.
    Is(bool),
    /// Whether a number is odd; else it is even.
    Odd(bool),
    /// Whether it is so, as far as that is known.
    Perhaps(Option<bool>),
    /// A duration in nanoseconds.
    Duration(i64),
    /// At least so many nanoseconds.
    AtLeast(i64),
    /// Text of the capture: a name of a certificate, a word of an answer.
    Text(String),
    /// Bytes of the capture that are mostly text: a server name, an application protocol.
    Name(Box<[u8]>),
    /// Bytes that say nothing to a reader.
    Bytes(Box<[u8]>),
    /// A SHA-256 hash.
    Sha256([u8; 32]),
    /// An IP address.
    Address(IpAddr),
    /// A hardware address.
    Mac([u8; 6]),
    /// A step.
    Step(Box<What>),
    /// Readable text.
    Page(Box<Page>),
    /// The name of an ICMP error.
    Icmp(&'static str),
    /// TCP flags.
    Flags(TcpFlags),
    /// Kinds of TCP options, in order.
    OptionKinds(Vec<u8>),
    /// A TTL that is not its sender's usual one.
    OddTtl {
        /// This packet's.
        own: u8,
        /// Its sender's other packets'.
        usual: u8,
        /// The sender, as the address says.
        from: Direction,
    },
    /// Whether a segment has the timestamps that both ends agreed on.
    Timestamps(bool),
    /// How IP IDs go on.
    IpIds(IpIds),
    /// A version.
    Version(ProtocolVersion),
    /// The version in a record's header.
    RecordVersion(u8, u8),
    /// A cipher suite.
    Suite(CipherSuite),
    /// A group.
    Group(NamedGroup),
    /// A key share: its group, and the length of its key in bytes.
    KeyShare(NamedGroup, usize),
    /// A signature scheme.
    Scheme(SignatureScheme),
    /// An extension.
    Extension(ExtensionType),
    /// An alert.
    Alert(AlertDescription),
    /// How a ClientHello wants to resume.
    Resumption(Resumption),
    /// The sign of a downgrade in a ServerHello.
    Downgrade(Downgrade),
    /// What of a message does not parse.
    Issues(Vec<Issue>),
    /// The algorithm of a public key, and its size in bits.
    Key(String, Option<u32>),
    /// Who ended the connection, and whether by a reset; nobody where it was open to the end of the capture.
    Close(Option<(Direction, bool)>),
    /// Values in order.
    List(Vec<Value>),
    /// Values of a set which the other side's set lacks; their order says nothing.
    Set(Vec<Value>),
}

/// How the IP IDs of a sender go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IpIds {
    /// All are 0.
    Zero,
    /// Each is a little more than the one before.
    CountUp,
    /// All are the same.
    Constant,
    /// They follow no rule.
    Irregular,
}

/// How a ClientHello wants to resume a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resumption {
    /// By a pre-shared key.
    PreSharedKey,
    /// By a session ticket.
    SessionTicket,
    /// Not at all.
    No,
}

/// Makes a value from a type of the given variant.
macro_rules! from {
    ($($from:ty => $variant:ident,)+) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Value::$variant(value.into())
            }
        })+
    };
}

from! {
    u64 => Number,
    u32 => Number,
    u16 => Number,
    u8 => Number,
    bool => Is,
    String => Text,
    IpAddr => Address,
    [u8; 6] => Mac,
    What => Step,
    Page => Page,
    TcpFlags => Flags,
    IpIds => IpIds,
    ProtocolVersion => Version,
    CipherSuite => Suite,
    NamedGroup => Group,
    SignatureScheme => Scheme,
    ExtensionType => Extension,
    AlertDescription => Alert,
    Resumption => Resumption,
    Downgrade => Downgrade,
    Vec<Issue> => Issues,
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Value::Number(count as u64)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Absent, Into::into)
    }
}
