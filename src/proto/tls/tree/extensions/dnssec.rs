//! The DNSSEC proof of a server's key: DNS records in their wire format (RFC 9102 §2.3).

use super::place::Place;
use crate::proto::tls::tree::builder::Tree;
use crate::vocab::iana::{DnsClass, DnsType, HandshakeType};
use crate::vocab::text::visible_bytes;

/// Most labels of a name (RFC 1035 §2.3.4).
const MAX_LABELS: usize = 128;

pub(super) fn chain(body: &mut Tree<'_>, place: Place) {
    if place.is(HandshakeType::CLIENT_HELLO) {
        body.number("port_number", 2);
        return;
    }
    body.shown("ext_support_lifetime", 2, |hours| format!("{hours} h"));
    body.note("How long the server promises to send this. RFC 9102 §2.3");
    body.list("authentication_chain", 2, record);
}

fn record(list: &mut Tree<'_>) {
    list.group("record", |record| {
        let name = name(record);
        let kind = record.code16::<DnsType>("type").map(DnsType);
        record.code16::<DnsClass>("class");
        record.shown("ttl", 4, |seconds| format!("{seconds} s"));
        record.opaque("rdata", 2);
        if let Some(kind) = kind {
            record.say(format!("{name} {kind}"));
        }
    });
}

/// An owner's name, label by label; DNSSEC chains do not compress them.
fn name(record: &mut Tree<'_>) -> String {
    let mut text = String::new();
    record.group("name", |inside| {
        for _ in 0..MAX_LABELS {
            let label = visible_bytes(inside.text_vector("label", 1));
            if label.is_empty() {
                break;
            }
            text = format!("{text}{label}.");
        }
        if text.is_empty() {
            ".".clone_into(&mut text);
        }
        inside.say(text.clone());
    });
    text
}
