//! The hellos (RFC 8446 §4.1, RFC 5246 §7.4.1).

use super::builder::{Tree, short_hex};
use super::extensions;
use crate::proto::tls::message::{HELLO_RETRY_RANDOM, ServerHello};
use crate::vocab::Field;
use crate::vocab::iana::{CipherSuite, CompressionMethod, HandshakeType, ProtocolVersion};

pub(super) fn client_hello(body: &mut Tree<'_>) {
    body.code16::<ProtocolVersion>("legacy_version");
    body.note("Up to TLS 1.2 the highest version the client speaks; then frozen, see supported_versions");
    body.raw("random", 32);
    body.note("Up to TLS 1.2 the first four bytes may be a clock. RFC 8446 §4.1.2");
    body.opaque("legacy_session_id", 1);
    body.note("Session to resume; in TLS 1.3 random bytes that middleboxes find familiar. RFC 8446 §D.4");
    body.codes16::<CipherSuite>("cipher_suites", 2, "cipher_suite");
    body.note("In the client's order of preference");
    body.codes8::<CompressionMethod>("legacy_compression_methods", 1, "compression_method");
    if !body.is_done() {
        extensions::block(body, HandshakeType::CLIENT_HELLO);
    }
}

/// Reads a ServerHello; the value says whether it is a HelloRetryRequest.
pub(super) fn server_hello(body: &mut Tree<'_>) -> String {
    let hello = ServerHello::decode(body.peek());
    let retry = hello.is_hello_retry_request();
    let version = body.code16::<ProtocolVersion>("legacy_version").map(ProtocolVersion);
    body.note("The chosen version up to TLS 1.2; then frozen, see supported_versions");
    let start = body.at();
    if let Some(random) = body.raw("random", 32) {
        if random == HELLO_RETRY_RANDOM {
            body.note("The fixed value that makes this a HelloRetryRequest. RFC 8446 §4.1.3");
        } else if let Some(downgrade) = hello.downgrade() {
            let text = format!("{downgrade:?}");
            let mark = Field::new("downgrade sentinel", text, start + 24..start + 32)
                .noted("The server supports a better version than it chose. RFC 8446 §4.1.3");
            body.push(mark);
        }
    }
    let short = version.is_some_and(ProtocolVersion::has_short_server_hello);
    if !short {
        body.opaque("legacy_session_id_echo", 1);
        body.note("The session's name; in TLS 1.3 an echo of the client's");
    }
    body.code16::<CipherSuite>("cipher_suite");
    if !short {
        body.code8::<CompressionMethod>("legacy_compression_method");
    }
    if !body.is_done() {
        let kind = if retry { HandshakeType::HELLO_RETRY_REQUEST } else { HandshakeType::SERVER_HELLO };
        extensions::block(body, kind);
    }
    if retry { "hello_retry_request".to_owned() } else { String::new() }
}

pub(super) fn verify_request(body: &mut Tree<'_>) {
    body.code16::<ProtocolVersion>("server_version");
    body.opaque("cookie", 1);
}

/// The HelloRetryRequest of the drafts before 22, which had a type of its own.
pub(super) fn old_retry_request(body: &mut Tree<'_>) {
    let version = body.code16::<ProtocolVersion>("server_version");
    // Draft 19 added the cipher suite.
    if version.is_some_and(|version| version >= 0x7f13) {
        body.code16::<CipherSuite>("cipher_suite");
    }
    extensions::block(body, HandshakeType::HELLO_RETRY_REQUEST);
    if body.left() > 0 {
        let field = Field::new("not decoded", short_hex(body.peek()), body.at()..body.at() + body.left());
        body.skip_rest();
        body.push(field);
    }
}
