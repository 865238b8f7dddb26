//! Certificates and proofs: who an end is, how it proves that, and tickets for the next time.

use super::builder::Tree;
use super::exchange::signature;
use super::{Context, extensions, x509};
use crate::proto::tls::message::{Certificate, CompressedCertificate, request_has_schemes};
use crate::vocab::Field;
use crate::vocab::iana::{
    CertificateCompression, ClientCertificateType, HandshakeType, ProtocolVersion, SignatureScheme,
};

pub(super) fn certificate_message(body: &mut Tree<'_>, context: Context) {
    let tls13 = Certificate::decode(body.peek(), context.version).tls13;
    if tls13 {
        body.opaque("certificate_request_context", 1);
        body.note("Names the request this answers; empty in a handshake");
    }
    body.vector("certificate_list", 3, |list| {
        list.tell();
        let mut count = 0;
        while !list.is_done() {
            let tree = &mut *list;
            if tls13 {
                tree.group("certificate_entry", |entry| {
                    let subject = certificate_vector(entry);
                    entry.say(subject);
                    extensions::block(entry, HandshakeType::CERTIFICATE);
                });
            } else {
                certificate_vector(tree);
            }
            count += 1;
        }
        list.say(if count == 0 { "no certificate".to_owned() } else { format!("{count} certificates") });
    });
    body.note("The sender's own certificate first");
}

/// Reads a certificate behind its length; returns its subject.
fn certificate_vector(list: &mut Tree<'_>) -> String {
    let mut subject = String::new();
    list.vector("certificate", 3, |inside| {
        let range = inside.at()..inside.at() + inside.left();
        let field = x509::certificate(inside.all(), range);
        inside.skip_rest();
        subject.clone_from(&field.value);
        inside.say(field.value);
        for child in field.children {
            inside.push(child);
        }
    });
    subject
}

pub(super) fn compressed_certificate(body: &mut Tree<'_>, context: Context) {
    let compressed = CompressedCertificate::decode(body.peek());
    body.code16::<CertificateCompression>("algorithm");
    body.note("RFC 8879 §7.3");
    body.number("uncompressed_length", 3);
    let start = body.at() + 3;
    body.opaque("compressed_certificate_message", 3);
    if body.left() == 0 && !compressed.data.is_empty() {
        match compressed.decompress() {
            Ok(expanded) => {
                let range = start..start + compressed.data.len();
                let version = context.version.or(Some(ProtocolVersion::TLS_1_3));
                let mut inner = Tree::over(&expanded, 0..expanded.len());
                certificate_message(&mut inner, Context { version, ..context });
                let mut field = Field::new("certificate message", format!("{} bytes", expanded.len()), range.clone())
                    .with(inner.finish(true))
                    .noted("Expanded: all its fields come from the compressed bytes");
                lay_over(&mut field.children, &range);
                body.push(field);
            }
            Err(reason) => body.issue(reason),
        }
    }
}

/// Gives all fields the same range: bytes that exist only after decompression have none of their own.
fn lay_over(fields: &mut [Field], range: &std::ops::Range<usize>) {
    for field in fields {
        field.range = range.clone();
        lay_over(&mut field.children, range);
    }
}

pub(super) fn certificate_request(body: &mut Tree<'_>, context: Context) {
    if context.is_tls13() {
        certificate_request_13(body);
        return;
    }
    body.codes8::<ClientCertificateType>("certificate_types", 1, "certificate_type");
    if request_has_schemes(body.peek(), context.version) {
        body.codes16::<SignatureScheme>("supported_signature_algorithms", 2, "algorithm");
    }
    x509::authorities(body, "certificate_authorities");
}

/// The shape from TLS 1.3 on (RFC 8446 §4.3.2).
pub(super) fn certificate_request_13(body: &mut Tree<'_>) {
    body.opaque("certificate_request_context", 1);
    extensions::block(body, HandshakeType::CERTIFICATE_REQUEST);
}

pub(super) fn certificate_verify(body: &mut Tree<'_>, context: Context) {
    signature(body, context.version);
}

pub(super) fn certificate_url(body: &mut Tree<'_>) {
    body.shown("type", 1, |value| match value {
        0 => "individual_certs (0)".to_owned(),
        1 => "pkipath (1)".to_owned(),
        other => other.to_string(),
    });
    body.list("url_and_hash_list", 2, |inside| {
        inside.group("url_and_hash", |entry| {
            entry.text_vector("url", 2);
            entry.number("padding", 1);
            entry.raw("sha1_hash", 20);
        });
    });
}

pub(super) fn supplemental_data(body: &mut Tree<'_>) {
    body.list("supp_data", 3, |inside| {
        inside.group("entry", |entry| {
            entry.number("supp_data_type", 2);
            entry.opaque("supp_data", 2);
        });
    });
}

pub(super) fn finished(body: &mut Tree<'_>, context: Context) {
    let wanted = match context.version {
        Some(ProtocolVersion::SSL_3_0) => Some(36),
        Some(version) if version.is_tls() && !version.is_tls13() => Some(12),
        _ => None,
    };
    let length = body.left();
    body.rest("verify_data");
    if let Some(wanted) = wanted.filter(|wanted| *wanted != length) {
        body.issue(format!("{length} bytes, {wanted} expected: encrypted, or damaged"));
    }
}

pub(super) fn new_session_ticket(body: &mut Tree<'_>, context: Context) {
    let old_shape = matches!(body.peek(), [_, _, _, _, high, low, rest @ ..]
        if usize::from(*high) << 8 | usize::from(*low) == rest.len());
    let tls13 = context.version.map_or(!old_shape, ProtocolVersion::is_tls13);
    body.shown("ticket_lifetime", 4, |seconds| format!("{seconds} s"));
    body.note(if tls13 { "At most seven days. RFC 8446 §4.6.1" } else { "A hint; 0 says nothing. RFC 5077 §5.6" });
    if tls13 {
        body.number("ticket_age_add", 4);
        body.note("Hides the ticket's age from observers");
        body.opaque("ticket_nonce", 1);
    }
    body.opaque("ticket", 2);
    if tls13 && !body.is_done() {
        extensions::block(body, HandshakeType::NEW_SESSION_TICKET);
    }
}
