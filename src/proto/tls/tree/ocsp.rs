//! OCSP responses (RFC 6960 §4.2): the answer for each certificate, and the rest as plain DER.

use std::ops::Range;

use super::builder::{Tree, short_hex};
use super::x509;
use crate::proto::tls::der::{self, Element, Elements, tag};
use crate::vocab::Field;
use crate::vocab::iana::CertificateStatusType;

/// A CertificateStatus, as a message and as an extension (RFC 6066 §8, RFC 6961).
pub(super) fn certificate_status(body: &mut Tree<'_>) {
    match body.code8::<CertificateStatusType>("status_type").map(CertificateStatusType) {
        Some(CertificateStatusType::OCSP) => ocsp_response(body, 3),
        Some(CertificateStatusType::OCSP_MULTI) => body.list("ocsp_response_list", 3, |inside| {
            ocsp_response(inside, 3);
        }),
        Some(_) => body.rest("response"),
        None => {}
    }
}

/// An OCSP response behind a length of `width` bytes; in a list it may be empty.
fn ocsp_response(body: &mut Tree<'_>, width: usize) {
    body.vector("ocsp_response", width, |inside| {
        let range = inside.at()..inside.at() + inside.left();
        let (value, fields) = response(inside.all(), range);
        inside.skip_rest();
        inside.say(value);
        for field in fields {
            inside.push(field);
        }
    });
    body.note("RFC 6960 §4.2");
}

/// The value and the fields of the response in `range` of `message`.
fn response(message: &[u8], range: Range<usize>) -> (String, Vec<Field>) {
    let Some(outer) = Elements::new(&message[range.clone()], range.start).next() else {
        return ("empty".to_owned(), Vec::new());
    };
    let mut fields = Vec::new();
    let mut value = "response".to_owned();
    let mut parts = outer.children();
    if let Some(status) = parts.next_if(tag::ENUMERATED) {
        value = String::from(response_status(status.body));
        fields.push(Field::new("responseStatus", value.clone(), status.range()));
    }
    if let Some(bytes) = parts.next_if(0xa0).and_then(|tagged| tagged.children().next()) {
        let mut inside = bytes.children();
        if let Some(kind) = inside.next_if(tag::OID) {
            fields.push(Field::new("responseType", x509::oid_text(&kind), kind.range()));
        }
        if let Some(basic) = inside.next_if(tag::OCTET_STRING).and_then(|octets| octets.children().next()) {
            let statuses = basic_response(&basic, &mut fields);
            if !statuses.is_empty() {
                value = statuses.join(", ");
            }
        }
    }
    if outer.is_cut() {
        value.push_str(" (cut)");
    }
    (value, fields)
}

fn response_status(body: &[u8]) -> &'static str {
    match body {
        [0] => "successful",
        [1] => "malformedRequest",
        [2] => "internalError",
        [3] => "tryLater",
        [5] => "sigRequired",
        [6] => "unauthorized",
        _ => "unknown",
    }
}

/// Adds the fields of a `BasicOCSPResponse` and gives the status of each certificate it speaks of.
fn basic_response(basic: &Element<'_>, fields: &mut Vec<Field>) -> Vec<String> {
    let mut statuses = Vec::new();
    let mut parts = basic.children();
    let Some(data) = parts.next_if(tag::SEQUENCE) else { return statuses };
    let mut inside = data.children();
    inside.next_if(0xa0);
    match inside.next() {
        Some(responder) if responder.tag == 0xa1 => {
            fields.push(Field::new("responderID", der::name(responder.body), responder.range()));
        }
        Some(responder) if responder.tag == 0xa2 => {
            let key = responder.children().next().map(|hash| short_hex(hash.body)).unwrap_or_default();
            fields.push(Field::new("responderID", format!("key {key}"), responder.range()));
        }
        _ => {}
    }
    if let Some(produced) = inside.next_if(tag::GENERALIZED_TIME) {
        fields.push(Field::new("producedAt", x509::time_text(&produced), produced.range()));
    }
    if let Some(responses) = inside.next_if(tag::SEQUENCE) {
        for single in responses.children() {
            let field = single_response(&single);
            statuses.push(field.value.clone());
            fields.push(field);
        }
    }
    if let Some(algorithm) = parts.next_if(tag::SEQUENCE) {
        fields.push(x509::algorithm("signatureAlgorithm", &algorithm));
    }
    if let Some(signature) = parts.next_if(tag::BIT_STRING) {
        fields.push(Field::new("signature", short_hex(signature.body), signature.range()));
    }
    if let Some(certificates) = parts.next_if(0xa0).and_then(|tagged| tagged.children().next()) {
        let count = certificates.children().count();
        fields.push(Field::new("certs", format!("{count} certificates of the responder"), certificates.range()));
    }
    statuses
}

fn single_response(single: &Element<'_>) -> Field {
    let mut children = Vec::new();
    let mut value = "unknown".to_owned();
    let mut parts = single.children();
    if let Some(id) = parts.next_if(tag::SEQUENCE) {
        let mut fields = Vec::new();
        let mut inside = id.children();
        if let Some(algorithm) = inside.next_if(tag::SEQUENCE) {
            fields.push(x509::algorithm("hashAlgorithm", &algorithm));
        }
        for name in ["issuerNameHash", "issuerKeyHash", "serialNumber"] {
            if let Some(element) = inside.next() {
                fields.push(Field::new(name, short_hex(element.body), element.range()));
            }
        }
        children.push(Field::new("certID", "", id.range()).with(fields));
    }
    if let Some(status) = parts.next() {
        value = match status.context() {
            Some(0) => "good".to_owned(),
            Some(1) => {
                let when = status.children().next().map(|time| x509::time_text(&time)).unwrap_or_default();
                format!("revoked {when}")
            }
            _ => "unknown".to_owned(),
        };
        children.push(Field::new("certStatus", value.clone(), status.range()));
    }
    if let Some(time) = parts.next_if(tag::GENERALIZED_TIME) {
        children.push(Field::new("thisUpdate", x509::time_text(&time), time.range()));
    }
    if let Some(time) = parts.next_if(0xa0).and_then(|tagged| tagged.children().next()) {
        children.push(Field::new("nextUpdate", x509::time_text(&time), time.range()));
    }
    for rest in parts {
        children.push(x509::dump(&rest, 0));
    }
    Field::new("singleResponse", value, single.range()).with(children)
}
