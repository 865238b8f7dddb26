//! Opens one direction's encrypted records: which key, which number.
//!
//! Start at [`Opener::open`]. TLS says neither the key nor the number of a record: both follow from counting, and where
//! records are missing from trying. What no key opens stays sealed; that alone says nothing about the record. Only where
//! the same key opened the record just before is one that does not verify told as such.

use std::sync::Arc;

use crate::proto::tls::decrypt::{Keying, RecordKey};
use crate::proto::tls::message::RecordHeader;
use crate::proto::tls::secrets::{Label, Secrets};
use crate::vocab::Direction;
use crate::vocab::iana::{CipherSuite, ContentType, ProtocolVersion};

/// Numbers tried after the expected one where records may be missing.
const SEARCH_AHEAD: u64 = 32;
/// Numbers tried before the expected one where bytes may have been counted that were no record of the sender.
const SEARCH_BEHIND: u64 = 4;
/// Attempts in vain, one after the other, after which a direction's records are left sealed.
const MAX_ATTEMPTS: u32 = 2048;
/// Longest record on the wire, in bytes: a gap of more hides more than one (RFC 8446 §5.2).
const LONGEST_RECORD: u64 = (1 << 14) + 256 + 5;

/// Key updates of a direction that are followed; what comes after more stays sealed.
const MAX_UPDATES: u32 = 256;

/// What the two hellos settle for the records after them.
#[derive(Default)]
pub(super) struct Agreed {
    /// Random of the latest ClientHello; a HelloRetryRequest does not change it.
    pub client_random: Option<[u8; 32]>,
    /// Random of the latest ServerHello.
    pub server_random: Option<[u8; 32]>,
    /// Version that it chose.
    pub version: Option<ProtocolVersion>,
    /// Suite that it chose.
    pub suite: Option<CipherSuite>,
    /// All secrets known.
    pub secrets: Arc<Secrets>,
}

/// Which of a direction's secrets protects its next record. Ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Epoch {
    /// The client's 0-RTT data, or no record yet.
    #[default]
    Early,
    /// Handshake messages of TLS 1.3.
    Handshake,
    /// Everything after the Finished; up to TLS 1.2 everything after the ChangeCipherSpec.
    Application,
    /// Keys that are not followed: after too many key updates.
    Beyond,
}

impl Epoch {
    /// The secret of an epoch of TLS 1.3.
    fn label(self, from: Direction) -> Option<Label> {
        Some(match (self, from) {
            (Epoch::Early, Direction::ToServer) => Label::ClientEarly,
            (Epoch::Handshake, Direction::ToServer) => Label::ClientHandshake,
            (Epoch::Handshake, Direction::ToClient) => Label::ServerHandshake,
            (Epoch::Application, Direction::ToServer) => Label::ClientApplication,
            (Epoch::Application, Direction::ToClient) => Label::ServerApplication,
            (Epoch::Early, Direction::ToClient) | (Epoch::Beyond, _) => return None,
        })
    }
}

/// What became of an encrypted record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opened {
    /// It is open, and holds this.
    As(ContentType),
    /// No key at hand opens it.
    Sealed,
    /// The key that opened the one before does not open it: its tag does not fit.
    BadTag,
}

/// One direction's keys, and how many records they have protected.
#[derive(Default)]
pub(super) struct Opener {
    epoch: Epoch,
    /// How often the sender updated its keys.
    updates: u32,
    /// Number of the next record in its epoch, as far as it can be counted.
    sequence: u64,
    /// Whether `sequence` is in doubt.
    astray: bool,
    /// Whether `key` opened the record just before.
    proven: bool,
    /// The key of the epoch, once it opened a record.
    key: Option<Box<RecordKey>>,
    /// Attempts in vain since a record was opened.
    attempts: u32,
    /// Revision of the secrets for which `keyed` was found out; 0 for none.
    revision: u64,
    keyed: bool,
}

impl Opener {
    /// Whether an encrypted record is worth opening: secrets of its connection are known.
    pub fn is_keyed(&mut self, agreed: &Agreed) -> bool {
        let revision = agreed.secrets.revision();
        if revision == 0 || self.epoch == Epoch::Beyond {
            return false;
        }
        let (Some(random), Some(suite)) = (&agreed.client_random, agreed.suite) else { return false };
        if revision != self.revision {
            self.revision = revision;
            self.attempts = 0;
            if !self.proven {
                self.key = None;
            }
            let keyed = RecordKey::is_known(suite) && agreed.secrets.has(random);
            // Records that passed before their keys came were counted without knowing what they hold.
            self.astray |= keyed && !self.keyed && self.sequence > 0;
            self.keyed = keyed;
        }
        self.keyed && self.attempts < MAX_ATTEMPTS
    }

    /// Whether the record just opened is under the keys of 0-RTT data.
    pub fn is_early(&self) -> bool {
        self.epoch == Epoch::Early
    }

    /// Records went by unopened.
    pub fn pass(&mut self, records: u64) {
        self.sequence += records;
        self.proven = false;
    }

    /// Bytes are missing, record boundaries with them.
    pub fn lose(&mut self, bytes: u64) {
        self.sequence += bytes / LONGEST_RECORD;
        self.astray = true;
        self.proven = false;
    }

    /// The sender takes new keys into use, by a ChangeCipherSpec up to TLS 1.2.
    pub fn change_cipher(&mut self) {
        *self = Self { epoch: Epoch::Application, ..Self::default() };
    }

    /// The sender's Finished under TLS 1.3 was opened: its next record is under its application keys (RFC 8446 §4.4.4).
    pub fn finished(&mut self) {
        if self.epoch == Epoch::Handshake {
            *self = Self { epoch: Epoch::Application, revision: self.revision, keyed: self.keyed, ..Self::default() };
        }
    }

    /// The sender sent a KeyUpdate: its next record is under keys that follow from the last ones (RFC 8446 §4.6.3).
    pub fn update_keys(&mut self) {
        let updates = self.updates + 1;
        let epoch = if updates > MAX_UPDATES { Epoch::Beyond } else { self.epoch };
        *self = Self { epoch, updates, revision: self.revision, keyed: self.keyed, ..Self::default() };
    }

    /// Opens the next record of a direction; its plaintext is then in `plain`. Returns also how many bytes of its body
    /// come before the encrypted ones.
    pub fn open(
        &mut self,
        from: Direction,
        record: (RecordHeader, &[u8]),
        agreed: &Agreed,
        plain: &mut Vec<u8>,
    ) -> (Opened, usize) {
        if from == Direction::ToClient {
            self.epoch = self.epoch.max(Epoch::Handshake);
        }
        let current = self.epoch;
        let mut held = self.key.take();
        let mut untried = false;
        for epoch in [Epoch::Early, Epoch::Handshake, Epoch::Application] {
            if epoch < current {
                continue;
            }
            let kept = if epoch == current { held.take() } else { None };
            let Some(key) = kept.or_else(|| key(epoch, self.updates, from, agreed).map(Box::new)) else {
                untried = true;
                continue;
            };
            let expected = if epoch == current { self.sequence } else { 0 };
            let found = self.numbers(expected).find_map(|number| {
                self.attempts += 1;
                key.open(record.0, record.1, number, plain).map(|content| (number, content))
            });
            if let Some((number, content)) = found {
                let explicit = key.explicit_nonce();
                *self = Self {
                    epoch,
                    sequence: number + 1,
                    astray: false,
                    proven: true,
                    key: Some(key),
                    attempts: 0,
                    ..*self
                };
                return (Opened::As(content), explicit);
            }
            if epoch == current {
                held = Some(key);
            }
        }
        self.key = held;
        // 0-RTT data ends without a sign where the server refuses it, and an alert may be under later keys.
        let excluded = current != Epoch::Early && !untried;
        let told = if self.proven && !self.astray && excluded { Opened::BadTag } else { Opened::Sealed };
        self.pass(1);
        // From here on the record may have been none of the sender's, or the keys none of its.
        self.astray = true;
        (told, 0)
    }

    /// The numbers that a record can have, the likeliest first.
    fn numbers(&self, expected: u64) -> impl Iterator<Item = u64> + use<> {
        let (ahead, behind) = if self.astray { (SEARCH_AHEAD, SEARCH_BEHIND) } else { (0, 0) };
        (expected..=expected + ahead).chain(expected.saturating_sub(behind)..expected)
    }
}

/// The key of an epoch after `updates` key updates, where its secret is known.
fn key(epoch: Epoch, updates: u32, from: Direction, agreed: &Agreed) -> Option<RecordKey> {
    let (suite, client_random) = (agreed.suite?, agreed.client_random.as_ref()?);
    if agreed.version?.is_tls13() {
        let secret = agreed.secrets.find(client_random, epoch.label(from)?)?;
        return RecordKey::tls13(suite, &secret, updates);
    }
    if agreed.version? != ProtocolVersion::TLS_1_2 || epoch != Epoch::Application {
        return None;
    }
    let master = agreed.secrets.find(client_random, Label::Master)?;
    let server_random = agreed.server_random.as_ref()?;
    RecordKey::tls12(suite, Keying { master: &master, client_random, server_random, from })
}
