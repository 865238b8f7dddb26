//! Does the server's answer fit the client's offer, and do its signatures hold? What both hellos say in clear.

use super::case::Case;
use super::chain;
use crate::proto::tls::certificate::SignatureVerdict;
use crate::proto::tls::message::{ClientHello, ServerHello, ServerKeyExchange};
use crate::vocab::iana::{ExtensionType, HandshakeType, ProtocolVersion};

/// The first contradiction between the messages, in words; `None` where they agree as far as can be checked.
pub(super) fn contradiction(case: &Case<'_>) -> Option<String> {
    if case.seen.server_hello.is_none() && case.seen.echo.is_some() {
        return Some("the server answers with a ClientHello, as an echo does".into());
    }
    let client_step = case.at(case.seen.second_hello.or(case.seen.client_hello))?;
    let server_step = case.at(case.seen.server_hello)?;
    let client = ClientHello::decode(client_step.body.get(4..)?);
    let server = ServerHello::decode(server_step.body.get(4..)?);
    if let Some(issue) = server.issues.first() {
        return Some(format!("the ServerHello does not decode: {}", issue.reason));
    }
    if let Some(issue) = client.issues.first() {
        return Some(format!("the ClientHello does not decode: {}", issue.reason));
    }
    let suite = server.cipher_suite?;
    if !client.cipher_suites.contains(suite) {
        return Some(format!("the server chose {suite}, which the client did not offer"));
    }
    let version = server.selected_version();
    if !client.offers_version(version) {
        return Some(format!("the server chose {version}, which the client did not offer"));
    }
    if let Some(group) = server.selected_group().filter(|_| version >= ProtocolVersion::TLS_1_3)
        && !client.groups().contains(group)
    {
        return Some(format!("the server chose the group {group}, which the client did not offer"));
    }
    let stray = server.extensions.iter().find(|extension| {
        !client.extensions.has(extension.kind)
            && !matches!(extension.kind, ExtensionType::COOKIE | ExtensionType::RENEGOTIATION_INFO)
    });
    if let Some(extension) = stray {
        return Some(format!("the server answers the extension {}, which the client did not send", extension.kind));
    }
    if version >= ProtocolVersion::TLS_1_3 && server.session_id != client.session_id {
        return Some("the server does not echo the client's session identifier".into());
    }
    signature(case, &client, &server, version).or_else(|| broken_chain(case))
}

/// The signature of a `ServerKeyExchange` over both randoms and the parameters (RFC 5246 §7.4.3).
fn signature(
    case: &Case<'_>,
    client: &ClientHello<'_>,
    server: &ServerHello<'_>,
    version: ProtocolVersion,
) -> Option<String> {
    if version != ProtocolVersion::TLS_1_2 {
        return None;
    }
    let step = case.timeline.steps.iter().find(|step| {
        step.id == Some(HandshakeType::SERVER_KEY_EXCHANGE.0) && step.kind == crate::timeline::StepKind::Message
    })?;
    let body = step.body.get(4..)?;
    let exchange = ServerKeyExchange::decode(body, server.cipher_suite?.facts(), Some(version));
    let signature = exchange.signature.as_ref()?;
    // The signature comes last: 2 bytes of scheme, 2 of length.
    let parameters = body.get(..body.len().checked_sub(signature.value.len() + 4)?)?;
    let signed = [client.random, server.random, parameters].concat();
    let leaf = chain::certificates(case).into_iter().next()?;
    let verdict = leaf.verify_signature(signature.scheme?, &signed, signature.value);
    (verdict == SignatureVerdict::Bad).then(|| {
        "the signature of the ServerKeyExchange does not fit both hellos: bytes were changed on the way".into()
    })
}

/// A certificate that names the next one's subject and key as its issuer, and whose signature that key did not make.
pub(super) fn broken_chain(case: &Case<'_>) -> Option<String> {
    let chain = chain::certificates(case);
    let order = crate::proto::tls::certificate::chain::path(&chain);
    let mut links = order.windows(2).filter_map(|pair| Some((chain.get(pair[0])?, chain.get(pair[1])?)));
    let (subject, issuer) = links.find(|(subject, issuer)| {
        let named = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.key_id;
        named && subject.signed_by(issuer) == SignatureVerdict::Bad
    })?;
    Some(format!(
        "the signature of {} is not that of its issuer {}: its bytes were changed",
        subject.subject, issuer.subject
    ))
}
