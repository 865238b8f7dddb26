//! Does the server's answer fit the client's offer, and do its signatures hold? What both hellos say in clear.

use std::sync::Arc;

use super::case::Case;
use crate::proto::tls::certificate::{CertificateFacts, SignatureVerdict, chain};
use crate::proto::tls::message::{ClientHello, Downgrade, ServerHello, ServerKeyExchange};
use crate::proto::tls::reader::Issue;
use crate::timeline::Step;
use crate::vocab::iana::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion};

/// What two messages contradict each other in, or one itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Contradiction {
    /// The server answers with a ClientHello, as an echo does.
    Echo,
    /// A hello of this type does not decode.
    Undecodable(HandshakeType, Issue),
    /// The server chose a cipher suite that was not offered.
    Suite(CipherSuite),
    /// The server chose a version that was not offered.
    Version(ProtocolVersion),
    /// The server chose a group that was not offered.
    Group(NamedGroup),
    /// The server answers an extension that was not sent (RFC 8446 §4.2).
    Extension(ExtensionType),
    /// The server does not echo the client's session identifier (RFC 8446 §4.1.3).
    SessionId,
    /// The signature of the ServerKeyExchange does not fit both hellos.
    KeyExchange,
    /// The server's random says that it would speak a higher version, which the client offers (RFC 8446 §4.1.3).
    Downgrade(ProtocolVersion),
    /// A certificate's signature is not that of the issuer it names by name and key.
    Certificate {
        /// The certificate.
        subject: Arc<CertificateFacts>,
        /// The next one of the chain.
        issuer: Arc<CertificateFacts>,
    },
}

/// The first contradiction between the messages of a case; `None` where they agree as far as can be checked.
pub(super) fn contradiction(case: &Case<'_>) -> Option<Contradiction> {
    if case.seen.server_hello.is_none() && case.seen.echo.is_some() {
        return Some(Contradiction::Echo);
    }
    let client = case.at(case.seen.second_hello.or(case.seen.client_hello))?.body.get(4..)?;
    let server = case.at(case.seen.server_hello)?.body.get(4..)?;
    let (client, server) = (ClientHello::decode(client), ServerHello::decode(server));
    between(&client, &server)
        .or_else(|| key_exchange(case, &client, &server))
        .or_else(|| broken_chain(case))
        .or_else(|| downgraded(&client, &server).map(Contradiction::Downgrade))
}

/// The version that a server chose below what both speak, by the warning in its random.
pub(super) fn warns_of_downgrade(case: &Case<'_>) -> Option<ProtocolVersion> {
    let server = case.at(case.seen.server_hello).and_then(|step| step.body.get(4..))?;
    downgraded(&case.hello()?, &ServerHello::decode(server))
}

fn downgraded(client: &ClientHello<'_>, server: &ServerHello<'_>) -> Option<ProtocolVersion> {
    let spoken = match server.downgrade()? {
        Downgrade::ToTls12 => ProtocolVersion::TLS_1_3,
        Downgrade::ToTls11OrBelow => ProtocolVersion::TLS_1_2,
    };
    let version = server.selected_version();
    (version < spoken && client.offers_version(spoken)).then_some(version)
}

/// Whether the client of a handshake up to TLS 1.2 signals secure renegotiation and the server does not (RFC 5746 §3.4).
pub(super) fn lacks_renegotiation_info(case: &Case<'_>) -> bool {
    let hellos = case.hello().zip(case.at(case.seen.server_hello).and_then(|step| step.body.get(4..)));
    hellos.is_some_and(|(client, server)| {
        let server = ServerHello::decode(server);
        let signals = client.extensions.has(ExtensionType::RENEGOTIATION_INFO)
            || client.cipher_suites.contains(CipherSuite::EMPTY_RENEGOTIATION_INFO_SCSV);
        let old = server.selected_version() < ProtocolVersion::TLS_1_3;
        old && signals && !server.extensions.has(ExtensionType::RENEGOTIATION_INFO)
    })
}

/// The first contradiction between two hellos.
fn between(client: &ClientHello<'_>, server: &ServerHello<'_>) -> Option<Contradiction> {
    if let Some(issue) = server.issues.first() {
        return Some(Contradiction::Undecodable(HandshakeType::SERVER_HELLO, issue.clone()));
    }
    if let Some(issue) = client.issues.first() {
        return Some(Contradiction::Undecodable(HandshakeType::CLIENT_HELLO, issue.clone()));
    }
    let suite = server.cipher_suite?;
    if !client.cipher_suites.contains(suite) {
        return Some(Contradiction::Suite(suite));
    }
    let version = server.selected_version();
    if !client.offers_version(version) {
        return Some(Contradiction::Version(version));
    }
    if let Some(group) = server.selected_group().filter(|_| version >= ProtocolVersion::TLS_1_3)
        && !client.groups().contains(group)
    {
        return Some(Contradiction::Group(group));
    }
    let stray = server.extensions.iter().find(|extension| {
        !client.extensions.has(extension.kind)
            && !matches!(extension.kind, ExtensionType::COOKIE | ExtensionType::RENEGOTIATION_INFO)
    });
    if let Some(extension) = stray {
        return Some(Contradiction::Extension(extension.kind));
    }
    let is_echoed = version < ProtocolVersion::TLS_1_3 || server.session_id == client.session_id;
    (!is_echoed).then_some(Contradiction::SessionId)
}

/// Whether the signature of a `ServerKeyExchange` is not one over both randoms and the parameters (RFC 5246 §7.4.3).
fn key_exchange(case: &Case<'_>, client: &ClientHello<'_>, server: &ServerHello<'_>) -> Option<Contradiction> {
    let version = server.selected_version();
    if version != ProtocolVersion::TLS_1_2 {
        return None;
    }
    let is_exchange = |step: &&Step| step.what.message() == Some(HandshakeType::SERVER_KEY_EXCHANGE);
    let step = case.timeline.steps.iter().find(is_exchange)?;
    let body = step.body.get(4..)?;
    let exchange = ServerKeyExchange::decode(body, server.cipher_suite?.facts(), Some(version));
    let signature = exchange.signature.as_ref()?;
    // The signature comes last: 2 bytes of scheme, 2 of length.
    let parameters = body.get(..body.len().checked_sub(signature.value.len() + 4)?)?;
    let signed = [client.random, server.random, parameters].concat();
    let verdict = case.chain().first()?.verify_signature(signature.scheme?, &signed, signature.value);
    (verdict == SignatureVerdict::Bad).then_some(Contradiction::KeyExchange)
}

/// A certificate that names the next one's subject and key as its issuer, and whose signature that key did not make.
pub(super) fn broken_chain(case: &Case<'_>) -> Option<Contradiction> {
    let certificates = case.chain();
    let order = chain::path(certificates);
    let mut links = order.windows(2).filter_map(|pair| Some((certificates.get(pair[0])?, certificates.get(pair[1])?)));
    let (subject, issuer) = links.find(|(subject, issuer)| {
        let named = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.key_id;
        named && subject.signed_by(issuer) == SignatureVerdict::Bad
    })?;
    Some(Contradiction::Certificate { subject: Arc::clone(subject), issuer: Arc::clone(issuer) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::samples::{self, bytes};

    /// The contradiction of a ServerHello in which the bytes from `at` on are others.
    fn check(at: usize, change: &[u8], expected: Option<&Contradiction>) {
        let (client, mut server) = (bytes(samples::CLIENT_HELLO), bytes(samples::SERVER_HELLO));
        server[at..at + change.len()].copy_from_slice(change);
        let found = between(&ClientHello::decode(&client[4..]), &ServerHello::decode(&server[4..]));
        assert_eq!(found.as_ref(), expected, "{change:x?} at {at}");
    }

    #[test]
    fn the_server_may_choose_only_what_was_offered() {
        check(71, &[0x13, 0x01], None);
        check(71, &[0x13, 0x05], Some(&Contradiction::Suite(CipherSuite(0x1305))));
        check(80, &[0x03, 0x05], Some(&Contradiction::Version(ProtocolVersion(0x0305))));
        check(86, &[0x00, 0x17], Some(&Contradiction::Group(NamedGroup(0x0017))));
        check(82, &[0x12, 0x34], Some(&Contradiction::Extension(ExtensionType(0x1234))));
        check(39, &[0x00], Some(&Contradiction::SessionId));
    }

    /// Whether a ServerHello of this version whose random ends in `mark` is a downgrade for a client that offers TLS 1.3.
    fn is_downgraded(version: [u8; 2], mark: [u8; 8]) -> bool {
        let client = bytes(samples::CLIENT_HELLO);
        let server = [&version[..], &[0; 24], &mark, &[0, 0xc0, 0x2f, 0]].concat();
        downgraded(&ClientHello::decode(&client[4..]), &ServerHello::decode(&server)).is_some()
    }

    #[test]
    fn a_downgrade_is_one_below_what_both_speak() {
        assert!(is_downgraded([3, 3], *b"DOWNGRD\x01"));
        assert!(!is_downgraded([3, 3], *b"DOWNGRD\x00"), "a server without TLS 1.3 that chose TLS 1.2");
        assert!(is_downgraded([3, 2], *b"DOWNGRD\x00"));
        assert!(!is_downgraded([3, 3], [0; 8]));
    }

    #[test]
    fn a_hello_that_does_not_decode_comes_first() {
        let (client, server) = (bytes(samples::CLIENT_HELLO), bytes(samples::SERVER_HELLO));
        let undecodable = |client: &[u8], server: &[u8]| match between(
            &ClientHello::decode(&client[4..]),
            &ServerHello::decode(&server[4..]),
        ) {
            Some(Contradiction::Undecodable(of, _)) => Some(of),
            _ => None,
        };
        assert_eq!(undecodable(&client, &server[..60]), Some(HandshakeType::SERVER_HELLO));
        assert_eq!(undecodable(&client[..60], &server), Some(HandshakeType::CLIENT_HELLO));
        assert_eq!(undecodable(&client[..60], &server[..60]), Some(HandshakeType::SERVER_HELLO));
        assert_eq!(undecodable(&client, &server), None);
    }
}
