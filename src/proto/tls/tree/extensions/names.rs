//! Extensions that carry names: hosts, protocols, users.

use super::place::Place;
use crate::proto::tls::tree::builder::Tree;
use crate::vocab::iana::{HandshakeType, ServerNameType};
use crate::vocab::text::visible_bytes;

pub(super) fn server_name(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("accepted");
        return;
    }
    body.list("server_name_list", 2, |list| {
        list.group("server_name", |entry| {
            entry.code8::<ServerNameType>("name_type");
            let name = entry.text_vector("host_name", 2);
            entry.say(visible_bytes(name));
        });
    });
}

pub(super) fn alpn(body: &mut Tree<'_>, _: Place) {
    body.list("protocol_name_list", 2, |list| {
        list.text_vector("protocol_name", 1);
    });
}

pub(super) fn application_settings(body: &mut Tree<'_>, place: Place) {
    if place.is(HandshakeType::CLIENT_HELLO) {
        body.list("supported_protocols", 2, |list| {
            list.text_vector("protocol_name", 1);
        });
    } else {
        body.rest("settings");
    }
}

pub(super) fn next_protocols(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("supported");
        return;
    }
    body.entries(&mut |list| {
        list.text_vector("protocol_name", 1);
    });
}

pub(super) fn srp(body: &mut Tree<'_>, _: Place) {
    body.text_vector("user_name", 1);
}
