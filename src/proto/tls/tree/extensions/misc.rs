//! Extensions that are a flag, a number, or an opaque string, and those of other protocols.

use super::place::Place;
use crate::proto::tls::tree::builder::{Tree, big_endian, short_hex};
use crate::vocab::Field;
use crate::vocab::iana::{
    AuthorizationFormat, EktCipher, HandshakeType, HeartbeatMode, MaxFragmentLength, QuicTransportParameter,
    SrtpProfile, TokenBindingKey, UserMappingType,
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

/// Contents whose specification is not decoded here.
pub(super) fn data(body: &mut Tree<'_>, _: Place) {
    body.rest("data");
}

pub(super) fn protected_name(body: &mut Tree<'_>, _: Place) {
    body.opaque("protected_user_name", 1);
    body.note("A point of a curve that hides the name. RFC 8492 §4.4.3");
}

pub(super) fn password_salt(body: &mut Tree<'_>, _: Place) {
    body.opaque("pwd_salt", 2);
}

pub(super) fn connection_id(body: &mut Tree<'_>, _: Place) {
    body.opaque("cid", 1);
    body.note("Empty: the sender wants none");
}

pub(super) fn external_id_hash(body: &mut Tree<'_>, _: Place) {
    body.opaque("binding_hash", 1);
}

pub(super) fn external_session_id(body: &mut Tree<'_>, _: Place) {
    body.opaque("session_id", 1);
}

pub(super) fn ekt_ciphers(body: &mut Tree<'_>, place: Place) {
    if place.asks() {
        body.codes8::<EktCipher>("supported_ciphers", 1, "cipher");
    } else {
        body.code8::<EktCipher>("selected_cipher");
    }
}

/// Bits, the lowest of the first byte being flag 0.
pub(super) fn flags(body: &mut Tree<'_>, _: Place) {
    body.vector("flags", 1, |inside| {
        let mut set = Vec::new();
        let mut number = 0;
        while let Some(byte) = inside.peek().first().copied() {
            let names: Vec<String> =
                (0..8).filter(|bit| byte >> bit & 1 == 1).map(|bit| flag_name(number + bit)).collect();
            inside.shown("octet", 1, |value| match names.as_slice() {
                [] => format!("0x{value:02x}"),
                names => format!("0x{value:02x}: {}", names.join(", ")),
            });
            set.extend(names);
            number += 8;
        }
        inside.say(if set.is_empty() { "none".to_owned() } else { set.join(", ") });
    });
}

fn flag_name(number: u32) -> String {
    match number {
        8 => "resumption_across_names (8)".to_owned(),
        other => format!("flag {other}"),
    }
}

/// A pinned ticket: the client shows it, the server proves that it opened it and gives the next one.
pub(super) fn ticket_pinning(body: &mut Tree<'_>, place: Place) {
    if body.left() == 0 {
        body.say(if place.asks() { "asks for a ticket" } else { "no ticket any more" });
    } else if place.asks() {
        body.opaque("ticket", 2);
    } else {
        body.opaque("proof", 1);
        body.note("The server could open the ticket");
        body.opaque("ticket", 2);
        body.shown("lifetime", 4, |seconds| format!("{seconds} s"));
    }
}

pub(super) fn max_fragment_length(body: &mut Tree<'_>, _: Place) {
    body.code8::<MaxFragmentLength>("max_fragment_length");
}

pub(super) fn user_mapping(body: &mut Tree<'_>, _: Place) {
    body.codes8::<UserMappingType>("user_mapping_types", 1, "user_mapping_type");
}

pub(super) fn authorization(body: &mut Tree<'_>, _: Place) {
    body.codes8::<AuthorizationFormat>("authz_format_list", 1, "authz_format");
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
