//! What can be wrong with a certificate or a chain of them, as its receiver finds it.

use std::fmt;

use super::facts::Weakness;
use crate::vocab::text::visible;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Sent in another order than issued. Indices of the certificates in the order of issuing.
    Shuffled(Vec<usize>),
    /// Certificates that are no part of the chain, by their indices.
    Unused(Vec<usize>),
    /// Subjects of the intermediates that the chain lacks and that are known here, the lowest one first.
    MissingIntermediate(Vec<String>),
    /// No authority vouches for it.
    SelfSigned,
    /// This issuer was not sent and is not known: a root, or an intermediate.
    UnknownIssuer(String),
    /// The chain ends in this root, which is not known.
    UnknownRoot(String),
    /// It is for other names than the one that was asked for.
    WrongName {
        /// The name that was asked for.
        asked: String,
        /// Whether its common name, which does not count (RFC 9525 §6), fits.
        common_name_fits: bool,
    },
    /// Its validity begins so many days after the capture.
    NotYetValid {
        /// Whole days.
        days: i64,
    },
    /// Its validity ended so many days before the capture.
    Expired {
        /// Whole days.
        days: i64,
    },
    /// A date of its validity does not decode.
    UnreadableDate,
    /// Its key or signature is not enough today.
    Weak(Weakness),
    /// The key of its issuer did not make its signature.
    BadSignature,
    /// Its extended key usage leaves TLS servers out.
    NotForServers,
    /// Its extended key usage leaves TLS clients out.
    NotForClients,
    /// It signs others and is no authority (RFC 5280 §4.2.1.9).
    NoAuthority,
    /// It has a critical extension that is not understood here.
    UnknownCritical,
    /// Something in it does not decode.
    Malformed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |places: &[usize]| places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Shuffled(path) => write!(f, "wrong order: issued as {}", listed(path)),
            Self::Unused(places) => write!(f, "no part of the chain: {}", listed(places)),
            Self::MissingIntermediate(lacks) => write!(f, "missing intermediate: {}", lacks.join("; ")),
            Self::SelfSigned => f.write_str("self-signed: no authority vouches for it"),
            Self::UnknownIssuer(issuer) => write!(f, "unknown root, or a missing intermediate: {issuer}"),
            Self::UnknownRoot(root) => write!(f, "unknown root: {root}"),
            Self::WrongName { asked, common_name_fits } => {
                let why = if *common_name_fits { ": only its common name is" } else { "" };
                write!(f, "is not for {}{why}", visible(asked))
            }
            Self::NotYetValid { days } => write!(f, "not yet valid: begins {days} days after the capture"),
            Self::Expired { days } => write!(f, "expired {days} days before the capture"),
            Self::UnreadableDate => f.write_str("a date could not be read"),
            Self::Weak(weakness) => write!(f, "weak: {weakness}"),
            Self::BadSignature => f.write_str("bad signature: the issuer's key did not make it"),
            Self::NotForServers => f.write_str("not for a TLS server"),
            Self::NotForClients => f.write_str("not for a TLS client"),
            Self::NoAuthority => f.write_str("signs others and is no CA"),
            Self::UnknownCritical => f.write_str("critical and not understood here: a client has to refuse it"),
            Self::Malformed => f.write_str("malformed"),
        }
    }
}
