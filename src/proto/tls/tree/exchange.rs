//! Key exchanges up to TLS 1.2, and what changes keys later.

use super::Context;
use super::builder::Tree;
use crate::proto::tls::message::has_scheme;
use crate::vocab::iana::{
    Authentication, CipherSuite, ConnectionIdUsage, EcCurveType, EcPointFormat, KeyExchange, KeyUpdateRequest,
    NamedGroup, ProtocolVersion, SignatureScheme,
};

pub(super) fn server_key_exchange(body: &mut Tree<'_>, context: Context) {
    let facts = context.suite.and_then(CipherSuite::facts);
    let exchange = facts.map(|facts| facts.key_exchange);
    if matches!(exchange, Some(KeyExchange::Psk | KeyExchange::DhePsk | KeyExchange::EcdhePsk | KeyExchange::RsaPsk)) {
        body.text_vector("psk_identity_hint", 2);
    }
    match exchange {
        Some(KeyExchange::Ecdhe | KeyExchange::EcdhePsk) => curve_parameters(body),
        Some(KeyExchange::Srp) => srp_parameters(body),
        Some(KeyExchange::Psk | KeyExchange::RsaPsk) => {}
        None if body.peek().first() == Some(&3) => curve_parameters(body),
        Some(KeyExchange::Dhe | KeyExchange::DhePsk) | None => prime_parameters(body),
        Some(_) => body.rest("parameters"),
    }
    let unsigned = facts.is_some_and(|facts| {
        matches!(facts.authentication, Authentication::Anonymous | Authentication::Psk)
            || facts.key_exchange == KeyExchange::RsaPsk
    });
    if !unsigned && !body.is_done() {
        body.group("signature", |inside| signature(inside, context.version));
        body.note("Over the two randoms and the parameters, by the certificate's key. RFC 5246 §7.4.3");
    }
}

fn curve_parameters(body: &mut Tree<'_>) {
    match body.code8::<EcCurveType>("curve_type").map(EcCurveType) {
        Some(EcCurveType::NAMED_CURVE) => {
            body.code16::<NamedGroup>("named_curve");
            body.note("The registry \"TLS Supported Groups\"");
        }
        Some(EcCurveType(1)) => {
            for name in ["prime_p", "a", "b", "base", "order", "cofactor"] {
                body.opaque(name, 1);
            }
        }
        Some(_) => {
            body.issue("explicit curves over a binary field are not decoded");
            body.rest("parameters");
        }
        None => {}
    }
    if !body.is_done() {
        point(body, "public", 1);
    }
}

/// A point of a curve behind its length; the first byte of a NIST curve's point says its form.
fn point(body: &mut Tree<'_>, name: &'static str, width: usize) {
    let bytes = body.opaque(name, width);
    body.note(match bytes.first() {
        Some(4) if bytes.len() > 57 => format!("{} bytes, {}", bytes.len(), EcPointFormat::UNCOMPRESSED),
        _ => format!("{} bytes", bytes.len()),
    });
}

fn prime_parameters(body: &mut Tree<'_>) {
    let prime = body.opaque("dh_p", 2);
    body.note(format!("The prime, {} bits. RFC 5246 §7.4.3", bits(prime)));
    body.opaque("dh_g", 2);
    body.note("The generator");
    body.opaque("dh_Ys", 2);
    body.note("The server's public value");
}

fn srp_parameters(body: &mut Tree<'_>) {
    body.opaque("srp_N", 2);
    body.opaque("srp_g", 2);
    body.opaque("srp_s", 1);
    body.opaque("srp_B", 2);
    body.note("RFC 5054 §2.5.3");
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let top = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - top
}

/// A signature with its scheme in front from TLS 1.2 on; without a version the lengths decide.
pub(super) fn signature(body: &mut Tree<'_>, version: Option<ProtocolVersion>) {
    if has_scheme(body.peek(), version) {
        let scheme = body.code16::<SignatureScheme>("algorithm").map(SignatureScheme);
        body.note("The registry \"TLS SignatureScheme\"");
        if let Some(scheme) = scheme {
            body.say(scheme.to_string());
            if let Some(weakness) = scheme.weakness() {
                body.note(format!("Weak today: {weakness}"));
            }
        }
    }
    body.opaque("signature", 2);
}

pub(super) fn client_key_exchange(body: &mut Tree<'_>, context: Context) {
    let exchange = context.suite.and_then(CipherSuite::facts).map(|facts| facts.key_exchange);
    let bytes = body.peek();
    let fits_point = bytes.first().is_some_and(|length| usize::from(*length) + 1 == bytes.len());
    let fits_pair =
        bytes.first_chunk().is_some_and(|length| usize::from(u16::from_be_bytes(*length)) + 2 == bytes.len());
    if matches!(exchange, Some(KeyExchange::Psk | KeyExchange::DhePsk | KeyExchange::EcdhePsk | KeyExchange::RsaPsk)) {
        body.text_vector("psk_identity", 2);
        body.note("RFC 4279 §2");
    }
    match exchange {
        Some(KeyExchange::Ecdhe | KeyExchange::Ecdh | KeyExchange::EcdhePsk) => point(body, "ecdh_Yc", 1),
        Some(KeyExchange::Dhe | KeyExchange::Dh | KeyExchange::DhePsk) => {
            body.opaque("dh_Yc", 2);
            body.note("The client's public value");
        }
        Some(KeyExchange::Rsa | KeyExchange::RsaPsk) if context.version == Some(ProtocolVersion::SSL_3_0) => {
            body.rest("encrypted_pre_master_secret");
        }
        Some(KeyExchange::Rsa | KeyExchange::RsaPsk) => {
            body.opaque("encrypted_pre_master_secret", 2);
            body.note("Encrypted to the certificate's RSA key: who has that key can read all. RFC 5246 §7.4.7.1");
        }
        Some(KeyExchange::Srp) => {
            body.opaque("srp_A", 2);
        }
        Some(KeyExchange::Psk) => {}
        None if fits_point => point(body, "ecdh_Yc", 1),
        None if fits_pair => {
            body.opaque("exchange_keys", 2);
            body.note("An encrypted premaster secret (RSA) or a public value (DH); the cipher suite would tell");
        }
        _ => body.rest("exchange_keys"),
    }
}

pub(super) fn key_update(body: &mut Tree<'_>) {
    body.code8::<KeyUpdateRequest>("request_update");
    body.note("Whether the peer shall change its keys too. RFC 8446 §4.6.3");
}

pub(super) fn next_protocol(body: &mut Tree<'_>) {
    body.text_vector("selected_protocol", 1);
    body.opaque("padding", 1);
}

pub(super) fn channel_id(body: &mut Tree<'_>) {
    body.number("extension_type", 2);
    body.vector("channel_id", 2, |inside| {
        for name in ["x", "y", "r", "s"] {
            inside.raw(name, 32);
        }
    });
}

pub(super) fn ekt_key(body: &mut Tree<'_>) {
    body.opaque("ekt_key_value", 2);
    body.opaque("srtp_master_salt", 2);
    body.number("ekt_spi", 2);
    body.shown("ekt_ttl", 3, |seconds| format!("{seconds} s"));
}

pub(super) fn request_connection_id(body: &mut Tree<'_>) {
    body.number("num_cids", 1);
}

pub(super) fn new_connection_id(body: &mut Tree<'_>) {
    body.list("cids", 2, |list| {
        list.opaque("cid", 1);
    });
    body.code8::<ConnectionIdUsage>("usage");
}
