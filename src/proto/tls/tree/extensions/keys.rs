//! Extensions about versions, key exchange, and keys from before.

use super::place::Place;
use crate::proto::tls::tree::builder::Tree;
use crate::vocab::iana::{EcPointFormat, HandshakeType, NamedGroup, ProtocolVersion, PskKeyExchangeMode};

pub(super) fn supported_versions(body: &mut Tree<'_>, place: Place) {
    if place.asks() {
        body.codes16::<ProtocolVersion>("versions", 1, "version");
    } else {
        body.code16::<ProtocolVersion>("selected_version");
    }
}

pub(super) fn supported_groups(body: &mut Tree<'_>, _: Place) {
    body.codes16::<NamedGroup>("named_group_list", 2, "named_group");
}

pub(super) fn point_formats(body: &mut Tree<'_>, _: Place) {
    body.codes8::<EcPointFormat>("ec_point_format_list", 1, "ec_point_format");
}

pub(super) fn key_share(body: &mut Tree<'_>, place: Place) {
    match place.message {
        HandshakeType::CLIENT_HELLO => body.list("client_shares", 2, |list| share(list, true)),
        // The old drafts had a HelloRetryRequest with the group alone, as today.
        HandshakeType::HELLO_RETRY_REQUEST => {
            body.code16::<NamedGroup>("selected_group");
            body.note("The group the client shall send a key share for");
        }
        _ => share(body, false),
    }
}

fn share(body: &mut Tree<'_>, client: bool) {
    body.group("key_share_entry", |entry| {
        let Some(group) = entry.code16::<NamedGroup>("group").map(NamedGroup) else { return };
        let key = entry.opaque("key_exchange", 2);
        entry.note(format!("{} bytes", key.len()));
        entry.say(format!("{group}, {} bytes", key.len()));
        let expected = group.share_lengths().map(|(ours, theirs)| if client { ours } else { theirs });
        if let Some(expected) = expected.filter(|expected| *expected != key.len()) {
            entry.issue(format!("{} bytes; a share of {group} has {expected}", key.len()));
        }
    });
}

pub(super) fn pre_shared_key(body: &mut Tree<'_>, place: Place) {
    if !place.is(HandshakeType::CLIENT_HELLO) {
        body.number("selected_identity", 2);
        body.note("Index of the offered key that was taken");
        return;
    }
    body.list("identities", 2, |list| {
        list.group("psk_identity", |entry| {
            let identity = entry.opaque("identity", 2);
            entry.number("obfuscated_ticket_age", 4);
            entry.note("Age in milliseconds plus the ticket's secret number");
            entry.say(format!("{} bytes", identity.len()));
        });
    });
    body.list("binders", 2, |list| {
        let binder = list.opaque("binder", 1);
        list.note(format!("Proves that the client has the key; {} bytes", binder.len()));
    });
}

pub(super) fn psk_modes(body: &mut Tree<'_>, _: Place) {
    body.codes8::<PskKeyExchangeMode>("ke_modes", 1, "ke_mode");
}

pub(super) fn early_data(body: &mut Tree<'_>, place: Place) {
    match place.message {
        HandshakeType::NEW_SESSION_TICKET => early_data_info(body, place),
        HandshakeType::ENCRYPTED_EXTENSIONS => body.say("accepted"),
        _ => body.say("announced"),
    }
}

pub(super) fn early_data_info(body: &mut Tree<'_>, _: Place) {
    body.shown("max_early_data_size", 4, |size| format!("{size} bytes"));
}

pub(super) fn cookie(body: &mut Tree<'_>, _: Place) {
    body.opaque("cookie", 2);
}

pub(super) fn session_ticket(body: &mut Tree<'_>, place: Place) {
    if body.left() == 0 {
        body.say(if place.asks() { "asks for a ticket" } else { "a ticket will come" });
    } else {
        body.rest("ticket");
    }
}
