//! Fingerprints that were computed before: of thousands of hellos most are alike in all that counts for them.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::fingerprint;
use super::message::{ClientHello, ServerHello};
use super::offers::Offers;
use crate::vocab::iana::ExtensionType;

/// Kinds of hellos kept; then all are forgotten. Clients that shuffle their extensions never send one twice.
const MAX_KNOWN: usize = 4096;
/// What stands for any GREASE value: fingerprints leave them all out.
const GREASE: u16 = 0x0a0a;

/// The fingerprints of a `ClientHello`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientPrints {
    /// JA3: an MD5 sum in hexadecimal.
    pub ja3: Arc<str>,
    /// JA4.
    pub ja4: Arc<str>,
}

/// Computes fingerprints, each but once.
#[derive(Default)]
pub struct Fingerprints {
    clients: HashMap<Box<[u8]>, ClientPrints, FixedState>,
    servers: HashMap<Box<[u8]>, Arc<str>, FixedState>,
    offers: HashMap<Box<[u8]>, Arc<Offers>, FixedState>,
    /// Room for what a hello is known by.
    key: Vec<u8>,
}

impl Fingerprints {
    /// JA3 and JA4 of a `ClientHello`.
    pub fn client(&mut self, hello: &ClientHello<'_>) -> ClientPrints {
        self.key.clear();
        self.number(hello.legacy_version.0);
        self.numbers(hello.cipher_suites.iter().map(|suite| suite.0));
        self.numbers(hello.extensions.iter().map(|extension| extension.kind.0));
        self.numbers(hello.groups().iter().map(|group| group.0));
        self.numbers(hello.signature_schemes().iter().map(|scheme| scheme.0));
        self.numbers(hello.supported_versions().iter().map(|version| version.0));
        self.bytes(hello.point_formats());
        self.bytes(hello.alpn().next().unwrap_or_default());
        let compute = || ClientPrints { ja3: fingerprint::ja3(hello).into(), ja4: fingerprint::ja4(hello).into() };
        known(&mut self.clients, &self.key, compute)
    }

    /// What a `ClientHello` offers.
    pub fn offers(&mut self, hello: &ClientHello<'_>) -> Arc<Offers> {
        self.key.clear();
        self.number(hello.legacy_version.0);
        let mut kinds: Vec<u16> = hello.extensions.iter().map(|extension| extension.kind.0).collect();
        self.numbers(kinds.first().into_iter().chain(kinds.last()).copied());
        // Clients that shuffle their extensions offer the same all the same.
        kinds.sort_unstable_by_key(|kind| if ExtensionType(*kind).is_grease() { GREASE } else { *kind });
        self.numbers(kinds.into_iter());
        self.numbers(hello.groups().iter().map(|group| group.0));
        self.numbers(hello.supported_versions().iter().map(|version| version.0));
        self.numbers(hello.key_shares().map(|share| share.group.0));
        hello.alpn().for_each(|name| self.bytes(name));
        self.number(hello.session_ticket().map_or(0, |ticket| ticket.len().min(1) as u16));
        known(&mut self.offers, &self.key, || Arc::new(Offers::of(hello)))
    }

    /// JA3S of a `ServerHello`.
    pub fn server(&mut self, hello: &ServerHello<'_>) -> Arc<str> {
        self.key.clear();
        self.number(hello.legacy_version.0);
        self.number(hello.cipher_suite.unwrap_or_default().0);
        self.key.extend(hello.extensions.iter().flat_map(|extension| extension.kind.0.to_be_bytes()));
        known(&mut self.servers, &self.key, || fingerprint::ja3s(hello).into())
    }

    fn number(&mut self, number: u16) {
        self.key.extend_from_slice(&number.to_be_bytes());
    }

    /// A list, its length behind it so that no two series of lists make the same key.
    fn numbers(&mut self, numbers: impl Iterator<Item = u16>) {
        let before = self.key.len();
        for number in numbers {
            self.number(if ExtensionType(number).is_grease() { GREASE } else { number });
        }
        self.number((self.key.len() - before) as u16);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.key.extend_from_slice(bytes);
        self.number(bytes.len() as u16);
    }
}

fn known<T: Clone>(all: &mut HashMap<Box<[u8]>, T, FixedState>, key: &[u8], compute: impl FnOnce() -> T) -> T {
    if let Some(known) = all.get(key) {
        return known.clone();
    }
    if all.len() >= MAX_KNOWN {
        all.clear();
    }
    let value = compute();
    all.insert(key.into(), value.clone());
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::samples::{self, bytes};

    #[test]
    fn what_is_known_is_what_would_be_computed() {
        let mut prints = Fingerprints::default();
        let message = bytes(samples::CLIENT_HELLO_CHROME);
        let mut body = message[4..].to_vec();
        for _ in 0..2 {
            let hello = ClientHello::decode(&body);
            let known = prints.client(&hello);
            assert_eq!(&*known.ja3, fingerprint::ja3(&hello));
            assert_eq!(&*known.ja4, fingerprint::ja4(&hello));
            // Another random changes nothing.
            body[10] ^= 0xff;
        }
        assert_eq!(prints.clients.len(), 1);
        // Each other suite makes another fingerprint.
        let suites = 2 + 32 + 1 + usize::from(body[34]) + 2;
        let before = prints.client(&ClientHello::decode(&body));
        for at in (suites + 2..suites + 20).step_by(2) {
            body[at] ^= 0x40;
            let hello = ClientHello::decode(&body);
            let known = prints.client(&hello);
            assert_eq!(&*known.ja4, fingerprint::ja4(&hello));
            assert_ne!(known, before);
        }
    }

    #[test]
    fn servers_too() {
        let mut prints = Fingerprints::default();
        let message = bytes(samples::HELLO_RETRY_REQUEST);
        let hello = ServerHello::decode(&message[4..]);
        assert_eq!(prints.server(&hello), prints.server(&hello));
        assert_eq!(&*prints.server(&hello), fingerprint::ja3s(&hello));
    }
}
