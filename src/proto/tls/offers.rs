//! What a ClientHello offers, as one text a list: thousands of hellos offer the same.

use super::message::ClientHello;
use crate::vocab::iana::{ExtensionType, NamedGroup};

/// What a `ClientHello` offers, GREASE left out (RFC 8701). Lists are the names of the registries, in the client's order.
#[expect(clippy::struct_excessive_bools, reason = "independent offers, each read by name")]
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offers {
    /// Protocol versions.
    pub versions: Box<str>,
    /// Key exchange groups.
    pub groups: Box<str>,
    /// Groups of which a key is sent along.
    pub key_shares: Box<str>,
    /// Application protocols.
    pub alpn: Box<str>,
    /// Extensions, in the order of their numbers: some clients shuffle them.
    pub extensions: Box<str>,
    /// The first extension and the last one, GREASE included.
    pub ends: Option<(Box<str>, Box<str>)>,
    /// An encrypted ClientHello, real or GREASE.
    pub ech: bool,
    /// A pre-shared key.
    pub psk: bool,
    /// A session ticket (RFC 5077), not the wish for one alone.
    pub ticket: bool,
    /// Early data.
    pub early_data: bool,
}

impl Offers {
    /// What a hello offers.
    pub fn of(hello: &ClientHello<'_>) -> Self {
        let mut kinds: Vec<ExtensionType> = hello.extensions.iter().map(|extension| extension.kind).collect();
        let ends = kinds.first().zip(kinds.last()).map(|(first, last)| (end(*first), end(*last)));
        kinds.retain(|kind| !kind.is_grease());
        kinds.sort_unstable_by_key(|kind| kind.0);
        let versions: Vec<_> = hello.supported_versions().iter().collect();
        let versions = if versions.is_empty() { vec![hello.legacy_version] } else { versions };
        Self {
            versions: joined(versions.iter().filter(|version| !version.is_grease()).map(|version| version.shown())),
            groups: joined(hello.groups().iter().filter(|group| !group.is_grease()).map(NamedGroup::shown)),
            key_shares: joined(
                hello.key_shares().filter(|share| !share.group.is_grease()).map(|share| share.group.shown()),
            ),
            alpn: joined(hello.alpn().map(String::from_utf8_lossy)),
            extensions: joined(kinds.iter().map(|kind| kind.shown())),
            ends,
            ech: hello.extensions.has(ExtensionType::ENCRYPTED_CLIENT_HELLO),
            psk: hello.has_psk(),
            ticket: hello.session_ticket().is_some_and(|ticket| !ticket.is_empty()),
            early_data: hello.early_data(),
        }
    }
}

/// An extension at an end of the list.
fn end(kind: ExtensionType) -> Box<str> {
    if kind.is_grease() { "GREASE".into() } else { kind.shown().as_ref().into() }
}

fn joined<T: AsRef<str>>(names: impl Iterator<Item = T>) -> Box<str> {
    let mut text = String::new();
    for name in names {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name.as_ref());
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::samples::{self, bytes};

    #[test]
    fn a_browsers_offers_are_told() {
        let message = bytes(samples::CLIENT_HELLO_CHROME);
        let offers = Offers::of(&ClientHello::decode(&message[4..]));
        assert!(offers.alpn.starts_with("h2, http/1.1"), "{offers:?}");
        assert!(!offers.groups.is_empty() && offers.groups.contains(&*offers.key_shares), "{offers:?}");
        assert!(offers.versions.contains("TLS 1.3") && offers.extensions.contains("server_name"), "{offers:?}");
        assert!(!offers.groups.contains("GREASE") && offers.ends.is_some(), "{offers:?}");
    }
}
