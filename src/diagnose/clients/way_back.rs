//! From a client's or a server's text to the causes that can and cannot produce it. Start at [`why`].

use std::collections::{BTreeMap, BTreeSet};

use super::causes::effects;
use super::experience::Experience;
use super::logs::SAYINGS;
use super::texts::CLIENTS;
use crate::vocab::Cause;

/// Texts named where none matches and some share words.
const GUESSES: usize = 8;
/// The share of the best text's weight that a guess has at least.
const NEAR: f64 = 0.6;
/// The share of all texts above which a word tells nothing.
const COMMON: f64 = 0.08;
/// Words of every text about TLS, and of every English one: they tell nothing, however seldom they are.
const GENERAL: &[&str] = &[
    "alert",
    "and",
    "certificate",
    "client",
    "connection",
    "for",
    "handshake",
    "has",
    "not",
    "server",
    "ssl",
    "that",
    "the",
    "this",
    "tls",
    "was",
    "with",
];

/// A text that matches an error, and what can make somebody show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The client, or the server whose log it is.
    pub client: &'static str,
    /// The version or interface of it that says so.
    pub version: &'static str,
    /// The full text.
    pub error: String,
    /// The causes that can produce it.
    pub causes: BTreeSet<Cause>,
}

/// What an error text can mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Why {
    /// The tables' texts that match.
    pub matches: Vec<Match>,
    /// Whether no text matches, and these merely share its most telling words.
    pub is_guess: bool,
    /// The causes that can produce one of them.
    pub can: Vec<Cause>,
    /// The causes that cannot; none of a guess, which excludes nothing.
    pub cannot: Vec<Cause>,
}

/// The other way round: from a client's error to the patterns that can and cannot produce it. Case, punctuation and
/// numbers around the words do not matter. A part of a known text matches, and so does a text that has all words of a
/// known one in their order, as a line of a log has. Texts joined by ` / `, as `ClientReport::error` joins them,
/// are several.
pub fn why(error: &str) -> Why {
    let known = known();
    let matches: Vec<_> = error.split(" / ").flat_map(|part| matching(part, &known)).collect();
    if matches.is_empty() {
        let matches = guessed(error, &known);
        return Why { is_guess: !matches.is_empty(), can: causes(&matches), matches, cannot: Vec::new() };
    }
    let can = causes(&matches);
    let cannot = Cause::ALL.iter().filter(|cause| !can.contains(cause)).copied().collect();
    Why { matches, is_guess: false, can, cannot }
}

/// A text that is known, and its words.
struct Known {
    words: Vec<String>,
    says: Match,
}

/// Every text of the tables.
fn known() -> Vec<Known> {
    let rows = CLIENTS.iter().flat_map(|client| client.texts.iter().map(|(experience, _)| *experience));
    let mut all = BTreeMap::<(&'static str, String), (&'static str, BTreeSet<Cause>)>::new();
    for experience in Experience::all(rows) {
        let can = Cause::ALL.iter().filter(|cause| effects(**cause).iter().any(|effect| effect.can_be(experience)));
        let causes: BTreeSet<Cause> = can.copied().collect();
        for client in CLIENTS {
            for text in client.texts(experience) {
                let of = if text.of.is_empty() { client.versions } else { text.of };
                all.entry((client.name, text.error)).or_insert((of, BTreeSet::new())).1.extend(&causes);
            }
        }
    }
    for saying in SAYINGS {
        let entry = all.entry((saying.speaker, saying.text.to_owned())).or_insert((saying.of, BTreeSet::new()));
        entry.1.extend(saying.causes);
    }
    // What no cause makes a client experience is nothing to be found.
    let told = all.into_iter().filter(|(_, (_, causes))| !causes.is_empty());
    told.map(|((client, error), (version, causes))| Known {
        words: words(&error),
        says: Match { client, version, error, causes },
    })
    .collect()
}

/// The known texts of which `error` is a part; where there are none, those that it contains, the longest of them.
fn matching(error: &str, known: &[Known]) -> Vec<Match> {
    let wanted = words(error);
    if wanted.is_empty() {
        return Vec::new();
    }
    // Every word that was asked for is one of the text's or names who says it.
    let is_part = |text: &&Known| {
        let name = text.says.client.to_ascii_lowercase();
        wanted.iter().all(|word| text.words.contains(word) || *word == name)
    };
    let parts: Vec<_> = known.iter().filter(is_part).map(|text| text.says.clone()).collect();
    if !parts.is_empty() {
        return parts;
    }
    let contained: Vec<_> =
        known.iter().filter(|text| is_telling(&text.words) && is_within(&text.words, &wanted)).collect();
    let longest = contained.iter().map(|text| text.words.len()).max().unwrap_or_default();
    contained.into_iter().filter(|text| text.words.len() == longest).map(|text| text.says.clone()).collect()
}

/// Whether a text is more than a word that others use too.
fn is_telling(words: &[String]) -> bool {
    words.len() > 1 || words.iter().any(|word| word.contains('_') || word.len() > 8)
}

/// Whether all of `words` are in `text`, in their order.
fn is_within(words: &[String], text: &[String]) -> bool {
    let mut rest = text.iter();
    words.iter().all(|word| rest.any(|other| other == word))
}

/// The known texts that share the most telling words with `error`, best first.
#[expect(clippy::cast_precision_loss, reason = "some hundred texts")]
fn guessed(error: &str, known: &[Known]) -> Vec<Match> {
    let wanted: BTreeSet<_> = words(error).into_iter().collect();
    let all = known.len() as f64;
    let weight = |word: &String| {
        let with = known.iter().filter(|text| text.words.contains(word)).count() as f64;
        let tells = with > 0.0 && with <= COMMON * all && word.len() > 2 && !GENERAL.contains(&word.as_str());
        if tells { (all / with).ln() } else { 0.0 }
    };
    let weights: BTreeMap<_, _> = wanted.iter().map(|word| (word, weight(word))).collect();
    let shared =
        |text: &Known| weights.iter().filter(|(word, _)| text.words.contains(word)).map(|(_, w)| w).sum::<f64>();
    let mut ranked: Vec<_> = known.iter().map(|text| (shared(text), text)).collect();
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let best = ranked.first().map_or(0.0, |(weight, _)| *weight);
    if best <= 0.0 {
        return Vec::new();
    }
    let near = ranked.into_iter().take_while(|(weight, _)| *weight >= NEAR * best).take(GUESSES);
    near.map(|(_, text)| text.says.clone()).collect()
}

/// The causes of matches, in the order of all.
fn causes(matches: &[Match]) -> Vec<Cause> {
    Cause::ALL.iter().filter(|cause| matches.iter().any(|found| found.causes.contains(cause))).copied().collect()
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

    #[track_caller]
    fn can(error: &str, cause: Cause) {
        let why = why(error);
        assert!(!why.is_guess && why.can.contains(&cause), "{error}: {:?}", why.can);
    }

    #[test]
    fn texts_are_found_by_part_and_by_client() {
        assert_eq!(
            why("SSL_ERROR_RX_RECORD_TOO_LONG").can,
            [Cause::PlaintextAnswer, Cause::GarbageAnswer, Cause::ForeignBytes]
        );
        can("curl 35", Cause::ResetAfterClientHello);
        can("remote error: tls: handshake failure", Cause::NoCommonCipher);
        can("ECONNRESET", Cause::ClosedAfterClientHello);
    }

    #[test]
    fn a_whole_line_is_found_by_the_text_in_it() {
        can(
            "curl: (35) TLS connect error: error:0A000126:SSL routines::unexpected eof while reading",
            Cause::ClosedAfterClientHello,
        );
        can(
            "write EPROTO 00A1:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:\
             ../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 40",
            Cause::NoCommonCipher,
        );
        can("Get \"https://a.example/\": net/http: TLS handshake timeout", Cause::ClientHelloUnanswered);
        can(
            "2026/11/30 [error] 31#31: *7 peer closed connection in SSL handshake while SSL handshaking to upstream, \
             client: 192.0.2.1",
            Cause::ClosedAfterClientHello,
        );
    }

    #[test]
    fn texts_of_servers_and_of_windows_are_known() {
        can("0x80090326", Cause::RefusedByAlert);
        can("0x80090325", Cause::CertificateUntrusted);
        can("client sent plain HTTP request to HTTPS port", Cause::PlaintextToTlsPort);
        can("Timeout during SSL handshake", Cause::ClientHelloUnanswered);
        can("TLS error: 268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER", Cause::PlaintextAnswer);
        can(
            "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport \
             failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end",
            Cause::CertificateUntrusted,
        );
        can("unsafe legacy renegotiation disabled", Cause::ServerChoiceRefused);
        can("dh key too small", Cause::ServerChoiceRefused);
        can("curl: (64) STARTTLS denied, code 454", Cause::UpgradeRefused);
        can("pre-login handshake", Cause::ClosedAfterClientHello);
        can("net::ERR_TLS13_DOWNGRADE_DETECTED", Cause::CorruptedHandshake);
        can("tls: downgrade attempt detected, possibly due to a MitM attack", Cause::CorruptedHandshake);
        can("MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING", Cause::CertificateRejected);
    }

    #[test]
    fn an_unknown_text_is_guessed_by_its_telling_words() {
        let guess = why("something about expired certificates");
        assert!(guess.is_guess && guess.can.contains(&Cause::CertificateExpired), "{guess:?}");
        assert_eq!(guess.cannot, [], "a guess excludes nothing");
        assert_eq!(why("no such text"), Why::default());
        assert_eq!(why(" ,. "), Why::default());
    }

    #[test]
    fn alternatives_are_looked_up_one_by_one() {
        let joined = why("EPROTO / net::ERR_SSL_PROTOCOL_ERROR");
        assert!(joined.matches.iter().any(|found| found.client == "Node"));
        assert!(joined.matches.iter().any(|found| found.client == "Chrome"));
    }
}
