//! Sealed records in words: what they hold, and why.

use std::fmt::{Display, Formatter, Result};

use super::{Holds, Why};
use crate::vocab::Direction;
use crate::vocab::iana::PrfHash;

impl Display for Holds {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Holds::EarlyData => "Application Data (0-RTT)",
            Holds::Message(kind) => return f.write_str(&kind.title()),
            Holds::EmptyCertificate => "Certificate (empty)",
            Holds::EmptyCertificateToFinished => "Certificate (empty), Finished",
            Holds::CertificateAndVerify => "Certificate, Certificate Verify",
            Holds::ExtensionsToFinished => "Encrypted Extensions to Finished",
            Holds::ExtensionsAndMore => "Encrypted Extensions and what follows",
            Holds::UpToFinished => "Encrypted handshake up to Finished",
            Holds::SomeMessage => "Encrypted Handshake Message",
            Holds::Alert => "Alert",
            Holds::AlertByType => "Encrypted Alert",
        })
    }
}

impl Display for Why {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match *self {
            Why::AfterChangeCipherSpec => "the first handshake message after Change Cipher Spec",
            Why::BehindGap => {
                "the record's type says so; the capture lacks the Change Cipher Spec that would tell which"
            }
            Why::AfterFinished(from) => {
                let message = match from {
                    Direction::ToServer => "Client Hello or its answer",
                    Direction::ToClient => "Hello Request",
                };
                return write!(f, "a handshake message after the Finished: renegotiation, perhaps a {message}");
            }
            Why::Type(Some(version)) => {
                return write!(f, "the record's type says so; its text of {version} needs keys");
            }
            Why::Type(None) => "the record's type says so; its text needs keys",
            Why::TypeAndLast => "the sender's last record, probably close_notify",
            Why::BeforeServerHello => "sent before the Server Hello, with the keys of an earlier session",
            Why::BeforeEndOfEarlyData => "sent before the message that ends 0-RTT data",
            Why::EmptyMessage(body) => {
                return write!(f, "{body} bytes after 0-RTT data, an empty handshake message");
            }
            Why::AlertForFinished(body) => {
                let meaning = "the length of an alert: the client refuses what it got";
                return write!(f, "{body} bytes in place of a Finished, {meaning}");
            }
            Why::Finished(body, hash) => {
                return write!(f, "{body} bytes, the length of a Finished with {}", hash_name(hash));
            }
            Why::EmptyListAndFinished(body) => {
                return write!(f, "{body} bytes, the length of an empty certificate list and a Finished");
            }
            Why::EmptyListBeforeFinished(body) => {
                return write!(f, "{body} bytes before the Finished, the length of an empty certificate list");
            }
            Why::FirstOfClient => "the client's first record after the server's flight, of no length that tells more",
            Why::Signature(body, key) => return write!(f, "{body} bytes, the length of a signature with {key}"),
            Why::SignatureBeforeFinished(body, key) => {
                return write!(f, "{body} bytes before a Finished, the length of a signature with {key}");
            }
            Why::BeforeFinished => "its place before the Finished",
            Why::BetweenKnown => "its place between two known messages",
            Why::AlertLength(body) => return write!(f, "{body} bytes, the length of an alert"),
            Why::BehindServerHello => "always the first record after the Server Hello",
            Why::TooLongForOne => "the first record after the Server Hello, too long for one message",
            Why::LongInFlight => "a long record in the server's flight",
            Why::PlaceInFlight => "its place in the server's flight",
            Why::OneOfTwo => "one of two records of about one length right after the handshake",
            Why::Unasked => "sent right after the handshake, before the client asked for anything",
            Why::FirstAfterResumption => "the server's first record after a resumption",
            Why::AlertAndLast(body) => {
                return write!(f, "{body} bytes, the length of an alert, and the sender's last record");
            }
        })
    }
}

fn hash_name(hash: PrfHash) -> &'static str {
    match hash {
        PrfHash::Sha256 | PrfHash::Other => "SHA-256",
        PrfHash::Sha384 => "SHA-384",
        PrfHash::Sha512 => "SHA-512",
    }
}
