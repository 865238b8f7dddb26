//! Extensions about certificates: kinds, signatures, status, logs, compression.

use super::place::Place;
use crate::proto::tls::der;
use crate::proto::tls::tree::builder::{Tree, short_hex};
use crate::proto::tls::tree::{ocsp, x509};
use crate::vocab::iana::{
    CachedInformationType, CertificateCompression, CertificateStatusType, CertificateType, HandshakeType,
    SignatureScheme, TrustedCaIdentifier,
};

pub(super) fn signature_schemes(body: &mut Tree<'_>, _: Place) {
    body.codes16::<SignatureScheme>("supported_signature_algorithms", 2, "algorithm");
}

pub(super) fn certificate_type(body: &mut Tree<'_>, place: Place) {
    if place.asks() {
        body.codes8::<CertificateType>("certificate_types", 1, "certificate_type");
    } else {
        body.code8::<CertificateType>("certificate_type");
    }
}

pub(super) fn compressions(body: &mut Tree<'_>, _: Place) {
    body.codes16::<CertificateCompression>("algorithms", 1, "algorithm");
}

pub(super) fn authorities(body: &mut Tree<'_>, _: Place) {
    x509::authorities(body, "authorities");
}

pub(super) fn status_request(body: &mut Tree<'_>, place: Place) {
    if body.left() == 0 {
        body.say("will come");
    } else if place.is(HandshakeType::CERTIFICATE) {
        ocsp::certificate_status(body);
        body.say("stapled");
    } else {
        let kind = body.code8::<CertificateStatusType>("status_type");
        if kind.is_some_and(|kind| CertificateStatusType(kind) == CertificateStatusType::OCSP) {
            ocsp_request(body);
        } else {
            body.rest("request");
        }
        body.say("ocsp");
    }
}

fn ocsp_request(body: &mut Tree<'_>) {
    body.list("responder_id_list", 2, |list| {
        list.vector("responder_id", 2, |id| {
            let element = der::Elements::new(id.peek(), id.at()).next();
            let value = match element.as_ref().map(|element| (element.context(), element.children().next())) {
                Some((Some(1), Some(name))) => der::name(name.raw),
                Some((Some(2), Some(key))) => format!("key {}", short_hex(key.body)),
                _ => short_hex(id.peek()),
            };
            id.skip_rest();
            id.say(value);
        });
    });
    body.vector("request_extensions", 2, |inside| {
        let elements = der::Elements::new(inside.peek(), inside.at());
        let empty = inside.left() == 0;
        for element in elements {
            inside.push(x509::dump(&element, 0));
        }
        inside.skip_rest();
        inside.say(if empty { "empty" } else { "" });
    });
}

pub(super) fn status_request_v2(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("will come");
        return;
    }
    body.list("certificate_status_req_list", 2, |list| {
        list.group("item", |item| {
            item.code8::<CertificateStatusType>("status_type");
            item.vector("request", 2, ocsp_request);
        });
    });
}

pub(super) fn timestamps(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("asked for");
    } else {
        super::certificate_timestamps(body);
    }
}

pub(super) fn delegated_credential(body: &mut Tree<'_>, place: Place) {
    if place.asks() {
        signature_schemes(body, place);
        return;
    }
    body.shown("valid_time", 4, |seconds| format!("{seconds} s after the certificate's notBefore"));
    body.code16::<SignatureScheme>("dc_cert_verify_algorithm");
    body.vector("subject_public_key_info", 3, |inside| {
        if let Some(element) = der::Elements::new(inside.peek(), inside.at()).next() {
            let key = x509::public_key(&element);
            inside.say(key.value.clone());
            inside.push(key);
        }
        inside.skip_rest();
    });
    body.code16::<SignatureScheme>("algorithm");
    body.opaque("signature", 2);
}

pub(super) fn trusted_ca_keys(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("used");
        return;
    }
    body.list("trusted_authorities_list", 2, |list| {
        list.group("trusted_authority", |entry| {
            let kind = entry.code8::<TrustedCaIdentifier>("identifier_type").map(TrustedCaIdentifier);
            match kind {
                Some(TrustedCaIdentifier::KEY_SHA1_HASH | TrustedCaIdentifier::CERT_SHA1_HASH) => {
                    entry.raw("sha1_hash", 20);
                }
                Some(TrustedCaIdentifier::X509_NAME) => entry.vector("x509_name", 2, |name| {
                    let text = der::name(name.skip_rest());
                    name.say(text);
                }),
                _ => {}
            }
        });
    });
}

pub(super) fn oid_filters(body: &mut Tree<'_>, _: Place) {
    body.list("filters", 2, |list| {
        list.group("filter", |entry| {
            entry.vector("certificate_extension_oid", 1, |oid| {
                let bytes = oid.skip_rest();
                // The identifier stands here with its DER header.
                let text = der::Elements::new(bytes, 0).next().and_then(|element| der::oid(element.body));
                oid.say(text.unwrap_or_else(|| short_hex(bytes)));
            });
            entry.opaque("certificate_extension_values", 2);
        });
    });
}

pub(super) fn cached_info(body: &mut Tree<'_>, place: Place) {
    body.list("cached_info", 2, |list| {
        list.group("cached_object", |entry| {
            entry.code8::<CachedInformationType>("type");
            if place.asks() {
                entry.opaque("hash_value", 1);
            }
        });
    });
}
