//! What a sealed record holds, where no key opens it: TLS 1.3 still speaks by lengths, directions and order.
//!
//! Start at [`Lengths`]: which lengths of records mean something under a suite. [`Standing::part`] judges a record when
//! it comes, for whoever goes along with a handshake; [`infer`] names the records of a whole flow, once it is known what
//! came behind them. Nothing here is seen in the bytes, and all of it is said as inferred, with its reason ([`Why`]).

mod as_it_comes;
mod hindsight;
mod lengths;
mod words;

pub use as_it_comes::{Part, Standing};
pub use hindsight::{Told, infer};
pub use lengths::Lengths;

use crate::vocab::Direction;
use crate::vocab::iana::{HandshakeType, PrfHash, ProtocolVersion};

/// What a record is inferred to hold, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Inferred {
    /// What it holds.
    pub holds: Holds,
    /// Why that.
    pub why: Why,
}

/// What a record is inferred to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// 0-RTT data (RFC 8446 §2.3).
    EarlyData,
    /// One handshake message.
    Message(HandshakeType),
    /// A Certificate without a certificate.
    EmptyCertificate,
    /// The same, with the Finished behind it.
    EmptyCertificateToFinished,
    /// A Certificate and its CertificateVerify.
    CertificateAndVerify,
    /// EncryptedExtensions and all of the flight behind them.
    ExtensionsToFinished,
    /// EncryptedExtensions and something behind them.
    ExtensionsAndMore,
    /// A flight up to its Finished.
    UpToFinished,
    /// A handshake message of a kind that cannot be told.
    SomeMessage,
    /// An alert, by its length.
    Alert,
    /// An alert, by the record's type in clear.
    AlertByType,
}

impl Holds {
    /// Whether it is an alert.
    pub fn is_alert(self) -> bool {
        matches!(self, Holds::Alert | Holds::AlertByType)
    }
}

/// Why a record is inferred to hold something. Lengths are of record bodies in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The first handshake message after its sender's ChangeCipherSpec.
    AfterChangeCipherSpec,
    /// A handshake message whose sender's ChangeCipherSpec the capture lacks.
    BehindGap,
    /// A handshake message after its sender's Finished: a renegotiation.
    AfterFinished(Direction),
    /// The record's type says so; what it says needs keys.
    Type(Option<ProtocolVersion>),
    /// By its type, and the last record of its sender.
    TypeAndLast,
    /// Before the ServerHello, under the keys of an earlier session.
    BeforeServerHello,
    /// Between 0-RTT data and the message that ends it.
    BeforeEndOfEarlyData,
    /// As long as an empty message, behind 0-RTT data.
    EmptyMessage(u64),
    /// As long as an alert, where a Finished was due.
    AlertForFinished(u64),
    /// As long as a Finished with this hash.
    Finished(u64, PrfHash),
    /// As long as an empty Certificate with a Finished.
    EmptyListAndFinished(u64),
    /// As long as an empty Certificate, before the Finished.
    EmptyListBeforeFinished(u64),
    /// The client's first record behind the server's flight.
    FirstOfClient,
    /// As long as a signature by such a key.
    Signature(u64, &'static str),
    /// The same, before a Finished.
    SignatureBeforeFinished(u64, &'static str),
    /// Its place before the Finished.
    BeforeFinished,
    /// Between two messages that are known.
    BetweenKnown,
    /// As long as an alert, at the end of a flight.
    AlertLength(u64),
    /// Behind the ServerHello there is always this message.
    BehindServerHello,
    /// Behind the ServerHello, and too long for one message.
    TooLongForOne,
    /// A long record in the server's flight.
    LongInFlight,
    /// Its place in the server's flight.
    PlaceInFlight,
    /// One of two records of about one length right behind the handshake.
    OneOfTwo,
    /// Right behind the handshake, before the client asked for anything.
    Unasked,
    /// The server's first record after a resumption.
    FirstAfterResumption,
    /// As long as an alert, and the last record of its sender.
    AlertAndLast(u64),
}
