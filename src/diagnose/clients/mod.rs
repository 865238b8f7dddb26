//! What clients report for what they experience, and the way back from an error text to the causes that can produce it.
//!
//! Both ways read the same two tables: `causes` has what a client experiences of each cause, `texts` what each client
//! says to it. Measured with Chromium 156, NSS 3.87 (Firefox's library), curl 7.88 with OpenSSL 3.0, Go 1.19, `OpenJDK`
//! 17, Node 20 and Python 3.11.

mod causes;
mod texts;

use self::causes::effects;
use self::texts::{ALERTS, CLIENTS};
use super::case::Case;
use super::finding::ClientReport;
use crate::vocab::Cause;

/// A version of a client and its texts.
struct Client {
    /// The client's name.
    name: &'static str,
    /// The version that was measured.
    version: &'static str,
    /// Its text for an experience; none where it was not measured. All but the server's alerts.
    texts: &'static [(Experience, &'static str)],
    /// Its text for an alert of this number, received while it waits for the `ServerHello`.
    alert: fn(u8) -> String,
}

impl Client {
    fn text(&self, experience: Experience) -> Option<String> {
        match experience {
            Experience::Alert(alert) => ALERTS.contains(&alert).then(|| (self.alert)(alert)),
            _ => self.texts.iter().find(|(of, _)| *of == experience).map(|(_, text)| (*text).to_owned()),
        }
    }
}

/// What a client experiences, whatever the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Experience {
    /// No answer to the SYN.
    ConnectTimeout,
    /// RST to the SYN.
    Refused,
    /// ICMP error to the SYN.
    Unreachable,
    /// RST right after TCP came up.
    ResetOnAccept,
    /// RST within the handshake.
    Reset,
    /// FIN within the handshake.
    Closed,
    /// FIN inside a record that was begun.
    ClosedInRecord,
    /// FIN after the client's Finished, where it waits for the answer to its request already (TLS 1.3).
    ClosedLate,
    /// Nothing comes.
    Silence,
    /// Text or other bytes that are no record come first.
    NotTls,
    /// Text of which the fourth and fifth byte pass for a record's length: NSS waits for the rest.
    NotTlsWaited,
    /// A proxy answers CONNECT with another status than 200.
    ProxyRefused,
    /// A proxy closes instead of answering CONNECT.
    ProxyClosed,
    /// `handshake_failure` after the server's request for a certificate (TLS 1.2).
    FailureAfterRequest,
    /// A record of an impossible length comes.
    AbsurdLength,
    /// Application data comes first.
    DataFirst,
    /// Bytes that are not TLS come after the `ServerHello`.
    NotTlsLater,
    /// A warning `close_notify` within the handshake.
    CloseNotify,
    /// `certificate_required` after the client's Finished (TLS 1.3).
    CertificateRequired,
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
    /// A certificate for other names.
    CertificateName,
    /// A record whose tag does not fit.
    BadRecord,
    /// A `ServerKeyExchange` whose signature is bad.
    BadSignature,
    /// TLS 1.0 or 1.1 is all the server speaks.
    OldVersion,
    /// An alert of this number comes while the client waits for the `ServerHello`.
    Alert(u8),
}

impl Experience {
    /// Every experience for which a client has a text.
    fn all() -> impl Iterator<Item = Self> {
        let texts = CLIENTS.iter().flat_map(|client| client.texts.iter().map(|(experience, _)| *experience));
        let all: std::collections::BTreeSet<_> = texts.chain(ALERTS.iter().copied().map(Experience::Alert)).collect();
        all.into_iter()
    }
}

/// What each client's user saw, as far as the packets tell: nothing where the client itself refused without a sign of
/// what it showed.
pub(super) fn reports(case: &Case<'_>, cause: Cause) -> Vec<ClientReport> {
    let Some(experience) = effects(cause).iter().find_map(|effect| effect.of(case)) else { return Vec::new() };
    let report = |client: &Client| Some(ClientReport { client: client.name, error: client.text(experience)? });
    CLIENTS.iter().filter_map(report).collect()
}

/// A text that matches an error, and what can make a client show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The client.
    pub client: &'static str,
    /// The version of it that says so.
    pub version: &'static str,
    /// Its full text.
    pub error: String,
    /// What the client experienced.
    pub experience: Experience,
}

/// What an error text can mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Why {
    /// The table's texts that match.
    pub matches: Vec<Match>,
    /// The causes that can produce one of them.
    pub can: Vec<Cause>,
    /// The causes that cannot.
    pub cannot: Vec<Cause>,
}

/// The other way round: from a client's error to the patterns that can and cannot produce it. Case, punctuation and
/// numbers around the words do not matter.
pub fn why(error: &str) -> Why {
    let wanted = words(error);
    let mut why = Why::default();
    if wanted.is_empty() {
        return why;
    }
    for experience in Experience::all() {
        for client in CLIENTS {
            let Some(error) = client.text(experience) else { continue };
            let (known, name) = (words(&error), client.name.to_ascii_lowercase());
            // Every word that was asked for is one of the text's or names the client.
            if wanted.iter().all(|word| known.contains(word) || *word == name) {
                why.matches.push(Match { client: client.name, version: client.version, error, experience });
            }
        }
    }
    for cause in Cause::ALL {
        let fits = |found: &Match| effects(*cause).iter().any(|effect| effect.can_be(found.experience));
        if why.matches.iter().any(fits) {
            why.can.push(*cause);
        } else if !why.matches.is_empty() {
            why.cannot.push(*cause);
        }
    }
    why
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty() && *word != "net" && *word != "error")
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_error_means_that_somebody_sent_bytes_back() {
        let why = why("net::ERR_SSL_PROTOCOL_ERROR");
        assert!(why.can.contains(&Cause::PlaintextAnswer) && why.can.contains(&Cause::ClosedByAlert));
        assert!(why.cannot.contains(&Cause::ResetAfterClientHello) && why.cannot.contains(&Cause::SynUnanswered));
    }

    #[test]
    fn texts_are_found_by_part_and_by_client() {
        assert_eq!(
            why("SSL_ERROR_RX_RECORD_TOO_LONG").can,
            [Cause::PlaintextAnswer, Cause::GarbageAnswer, Cause::ForeignBytes]
        );
        assert!(why("curl 35").can.contains(&Cause::ResetAfterClientHello));
        assert!(why("remote error: tls: handshake failure").can.contains(&Cause::NoCommonCipher));
        assert!(why("ECONNRESET").can.contains(&Cause::ClosedAfterClientHello));
        assert_eq!(why("no such text").matches, []);
    }
}
