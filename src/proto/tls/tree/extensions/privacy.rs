//! Extensions that hide the hello: ECH and what came before it.

use super::place::Place;
use crate::proto::tls::tree::builder::{Tree, code};
use crate::vocab::iana::{
    AeadId, CipherSuite, EchClientHelloType, ExtensionType, HandshakeType, KdfId, KemId, NamedGroup,
};

pub(super) fn encrypted_client_hello(body: &mut Tree<'_>, place: Place) {
    match place.message {
        HandshakeType::HELLO_RETRY_REQUEST => {
            body.raw("confirmation", 8);
            body.note("Tells the client that its inner hello was read. RFC 9849 §7.2.1");
        }
        HandshakeType::ENCRYPTED_EXTENSIONS => {
            body.list("retry_configs", 2, config);
            body.note("The server could not read the inner hello: these keys would work. RFC 9849 §5");
        }
        _ => client_hello(body),
    }
}

fn client_hello(body: &mut Tree<'_>) {
    let kind = body.code8::<EchClientHelloType>("type").map(EchClientHelloType);
    if kind != Some(EchClientHelloType::OUTER) {
        body.say("inner");
        return;
    }
    body.group("cipher_suite", hpke_suite);
    body.number("config_id", 1);
    body.opaque("enc", 2);
    body.note("The encapsulated key; empty in a second ClientHello");
    let payload = body.opaque("payload", 2);
    body.note("The inner ClientHello, encrypted; or random bytes (GREASE)");
    body.say(format!("outer, {} bytes", payload.len()));
}

fn hpke_suite(suite: &mut Tree<'_>) {
    let kdf = suite.code16::<KdfId>("kdf_id").map(KdfId);
    let aead = suite.code16::<AeadId>("aead_id").map(AeadId);
    if let (Some(kdf), Some(aead)) = (kdf, aead) {
        suite.say(format!("{kdf}, {aead}"));
    }
}

fn config(list: &mut Tree<'_>) {
    list.group("ech_config", |entry| {
        let version = entry.shown("version", 2, |value| format!("0x{value:04x}"));
        entry.vector("contents", 2, |contents| {
            if version != Some(0xfe0d) {
                contents.rest("contents");
                return;
            }
            contents.number("config_id", 1);
            contents.code16::<KemId>("kem_id");
            contents.opaque("public_key", 2);
            contents.list("cipher_suites", 2, |suites| suites.group("cipher_suite", hpke_suite));
            contents.number("maximum_name_length", 1);
            contents.text_vector("public_name", 1);
            contents.opaque("extensions", 2);
        });
    });
}

pub(super) fn outer_extensions(body: &mut Tree<'_>, _: Place) {
    body.list("outer_extensions", 1, |list| {
        list.shown("extension_type", 2, |value| code(&ExtensionType(value as u16), value));
    });
}

pub(super) fn encrypted_server_name(body: &mut Tree<'_>, place: Place) {
    if !place.asks() {
        body.rest("nonce");
        return;
    }
    body.code16::<CipherSuite>("suite");
    body.code16::<NamedGroup>("group");
    body.opaque("key_exchange", 2);
    body.opaque("record_digest", 2);
    body.opaque("encrypted_sni", 2);
}

pub(super) fn trust_anchors(body: &mut Tree<'_>, _: Place) {
    if body.left() > 0 {
        body.list("trust_anchor_identifiers", 2, |list| {
            list.opaque("trust_anchor_identifier", 1);
        });
    }
}
