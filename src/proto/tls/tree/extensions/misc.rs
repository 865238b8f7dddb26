//! Extensions that are a flag, a number, or an opaque string, and those of other protocols.

use super::Place;
use crate::proto::tls::tree::builder::{Tree, big_endian, short_hex};
use crate::vocab::Field;
use crate::vocab::iana::{
    HandshakeType, HeartbeatMode, MaxFragmentLength, QuicTransportParameter, SrtpProfile, TokenBindingKey,
    UserMappingType,
};

/// An extension whose presence says all.
pub(super) fn flag(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("present");
    } else {
        let (count, at) = (body.left(), body.at());
        body.rest("data");
        body.issue(format!("{count} bytes at byte {at} where none belong"));
    }
}

/// Contents that are not decoded here.
pub(super) fn data(body: &mut Tree<'_>, _: Place) {
    body.rest("data");
}

pub(super) fn opaque8(body: &mut Tree<'_>, _: Place) {
    body.opaque("data", 1);
}

pub(super) fn opaque16(body: &mut Tree<'_>, _: Place) {
    body.opaque("data", 2);
}

pub(super) fn codes(body: &mut Tree<'_>, _: Place) {
    body.list("list", 1, |list| {
        list.number("entry", 1);
    });
}

pub(super) fn max_fragment_length(body: &mut Tree<'_>, _: Place) {
    body.code8::<MaxFragmentLength>("max_fragment_length");
}

pub(super) fn user_mapping(body: &mut Tree<'_>, _: Place) {
    body.codes8::<UserMappingType>("user_mapping_types", 1, "user_mapping_type");
}

pub(super) fn authorization(body: &mut Tree<'_>, _: Place) {
    body.list("authz_format_list", 1, |list| {
        list.shown("authz_format", 1, |value| {
            let names = ["x509_attr_cert", "saml_assertion", "x509_attr_cert_url", "saml_assertion_url"];
            names.get(value as usize).map_or_else(|| value.to_string(), |name| format!("{name} ({value})"))
        });
    });
}

pub(super) fn use_srtp(body: &mut Tree<'_>, _: Place) {
    body.codes16::<SrtpProfile>("protection_profiles", 2, "protection_profile");
    body.opaque("srtp_mki", 1);
}

pub(super) fn heartbeat(body: &mut Tree<'_>, _: Place) {
    body.code8::<HeartbeatMode>("mode");
}

pub(super) fn padding(body: &mut Tree<'_>, _: Place) {
    let (at, bytes) = (body.at(), body.skip_rest());
    let mut field = Field::new("padding", format!("{} bytes", bytes.len()), at..at + bytes.len());
    if let Some(index) = bytes.iter().position(|byte| *byte != 0) {
        field.issue = Some(format!("byte {} is not zero", at + index));
    }
    body.push(field);
}

pub(super) fn token_binding(body: &mut Tree<'_>, _: Place) {
    body.number("major", 1);
    body.number("minor", 1);
    body.codes8::<TokenBindingKey>("key_parameters_list", 1, "key_parameters");
}

pub(super) fn record_size_limit(body: &mut Tree<'_>, _: Place) {
    body.shown("record_size_limit", 2, |size| format!("{size} bytes"));
}

pub(super) fn renegotiation_info(body: &mut Tree<'_>, _: Place) {
    body.opaque("renegotiated_connection", 1);
    body.note("Empty in a first handshake");
}

pub(super) fn ticket_request(body: &mut Tree<'_>, place: Place) {
    if place.is(HandshakeType::CLIENT_HELLO) {
        body.number("new_session_count", 1);
        body.number("resumption_count", 1);
    } else {
        body.number("expected_count", 1);
    }
}

pub(super) fn dnssec_chain(body: &mut Tree<'_>, place: Place) {
    if place.is(HandshakeType::CLIENT_HELLO) {
        body.number("port", 2);
    } else {
        body.shown("ext_support_lifetime", 2, |hours| format!("{hours} h"));
        body.rest("chain");
    }
}

/// QUIC's parameters: pairs of variable-length number, length and value (RFC 9000 §16, §18).
pub(super) fn quic(body: &mut Tree<'_>, _: Place) {
    body.entries(&mut |list| {
        list.group("parameter", |entry| {
            let id = variable(entry, "id", |value| match QuicTransportParameter(value).name() {
                Some(name) => format!("{name} (0x{value:x})"),
                None if value % 31 == 27 => format!("GREASE (0x{value:x})"),
                None => format!("0x{value:x} (unknown)"),
            });
            let length = variable(entry, "length", |value| value.to_string());
            let (Some(id), Some(length)) = (id, length) else { return };
            let bytes = entry.raw("value", length as usize).unwrap_or_default();
            let name = QuicTransportParameter(id).name().unwrap_or("parameter");
            let value = variable_value(bytes).filter(|(_, width)| *width == bytes.len());
            entry.say(
                value.map_or_else(|| format!("{name}: {}", short_hex(bytes)), |(value, _)| format!("{name}: {value}")),
            );
        });
    });
}

fn variable(entry: &mut Tree<'_>, name: &'static str, show: impl FnOnce(u64) -> String) -> Option<u64> {
    let width = 1 << (entry.peek().first().copied().unwrap_or_default() >> 6);
    let mask = u64::MAX >> (64 - width * 8 + 2);
    entry.shown(name, width, |value| show(value & mask)).map(|value| value & mask)
}

fn variable_value(bytes: &[u8]) -> Option<(u64, usize)> {
    let width = 1usize << (bytes.first()? >> 6);
    let value = big_endian(bytes.get(..width)?);
    Some((value & (u64::MAX >> (64 - width * 8 + 2)), width))
}
