//! Secrets by client random, as key logs bring them: a file or a capture's own blocks, in NSS's format
//! (draft-ietf-tls-keylogfile, known as `SSLKEYLOGFILE`).
//!
//! Start at [`Secrets::read`]. Secrets never show: they have no `Debug`, and their memory is cleared when they go.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use zeroize::Zeroize as _;

/// Connections whose secrets are kept; those of more are counted as passed over.
const MAX_CONNECTIONS: usize = 1_000_000;
/// Length in bytes of a ClientHello's random.
const RANDOM: usize = 32;
/// Length in bytes of a master secret (RFC 5246 §8.1).
const MASTER: usize = 48;

/// What a secret is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Label {
    /// The master secret up to TLS 1.2, extended or not.
    Master,
    /// The client's 0-RTT data.
    ClientEarly,
    /// The client's handshake messages.
    ClientHandshake,
    /// The server's handshake messages.
    ServerHandshake,
    /// What the client sends after its Finished.
    ClientApplication,
    /// What the server sends after its Finished.
    ServerApplication,
}

impl Label {
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"CLIENT_RANDOM" => Self::Master,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::ClientEarly,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientApplication,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerApplication,
            _ => return None,
        })
    }
}

/// Key material; cleared when dropped.
pub struct Secret(Box<[u8]>);

impl Secret {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn from_hex(text: &str) -> Self {
        Self(hex(text.as_bytes()).expect("hexadecimal digits"))
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What the lines of a key log were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Lines with a secret that is of use.
    pub secrets: u64,
    /// Well-formed lines with a label that is of no use here, or beyond the cap.
    pub passed_over: u64,
    /// Lines that are no key log lines.
    pub malformed: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.secrets += more.secrets;
        self.passed_over += more.passed_over;
        self.malformed += more.malformed;
    }
}

type Table = HashMap<[u8; RANDOM], Vec<(Label, Arc<Secret>)>, foldhash::fast::RandomState>;

/// All secrets known so far. Readers of flows share it while key logs and captures still add to it.
#[derive(Default)]
pub struct Secrets {
    table: RwLock<Table>,
    revision: AtomicU64,
}

impl Secrets {
    /// Adds what is in `text`: lines of a key log, the last one whole.
    pub fn read(&self, text: &[u8]) -> Tally {
        let mut tally = Tally::default();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for line in text.split(|byte| *byte == b'\n') {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let Some(Line { label, random, secret }) = Line::decode(line) else {
                tally.malformed += 1;
                continue;
            };
            let taken = label.is_some_and(|label| self.add(label, random, Arc::new(secret)));
            tally.secrets += u64::from(taken);
            tally.passed_over += u64::from(!taken);
        }
        tally
    }

    /// Of secrets for the same use the last one counts. Whether there was room.
    fn add(&self, label: Label, random: [u8; RANDOM], secret: Arc<Secret>) -> bool {
        let mut table = self.table.write();
        if table.len() >= MAX_CONNECTIONS && !table.contains_key(&random) {
            return false;
        }
        let known = table.entry(random).or_default();
        match known.iter_mut().find(|(other, _)| *other == label) {
            Some((_, old)) if old.bytes() == secret.bytes() => return true,
            Some((_, old)) => *old = secret,
            None => known.push((label, secret)),
        }
        self.revision.fetch_add(1, Ordering::Release);
        true
    }

    /// Grows with every new secret; 0 while there is none.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Whether any secret of this connection is known.
    pub fn has(&self, random: &[u8; RANDOM]) -> bool {
        self.table.read().contains_key(random)
    }

    /// The connections with secrets, by the last eight bytes of their ClientHello's random.
    pub fn known(&self) -> HashSet<u64> {
        let tail = |random: &[u8; RANDOM]| random.last_chunk::<8>().map(|tail| u64::from_be_bytes(*tail));
        self.table.read().keys().filter_map(tail).collect()
    }

    /// A secret of the connection whose ClientHello has this random.
    pub fn find(&self, random: &[u8; RANDOM], label: Label) -> Option<Arc<Secret>> {
        let table = self.table.read();
        let (_, secret) = table.get(random)?.iter().find(|(other, _)| *other == label)?;
        Some(Arc::clone(secret))
    }
}

struct Line {
    /// `None` for a label that is of no use here.
    label: Option<Label>,
    random: [u8; RANDOM],
    secret: Secret,
}

impl Line {
    /// `<label> <client random> <secret>`, both in hexadecimal digits.
    fn decode(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
        let (name, random, secret) = (fields.next()?, hex(fields.next()?)?, Secret(hex(fields.next()?)?));
        if fields.next().is_some() {
            return None;
        }
        let label = Label::from_name(name);
        let Ok(random) = <[u8; RANDOM]>::try_from(&random[..]) else {
            // RSA lines have the beginning of an encrypted premaster secret here.
            return (name == b"RSA").then_some(Self { label: None, random: [0; RANDOM], secret });
        };
        let fits = match label {
            Some(Label::Master) => secret.bytes().len() == MASTER,
            // One output of the hash (RFC 8446 §7.1).
            Some(_) => matches!(secret.bytes().len(), 32 | 48 | 64),
            None => true,
        };
        fits.then_some(Self { label, random, secret })
    }
}

fn hex(text: &[u8]) -> Option<Box<[u8]>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, secrets: u64, passed_over: u64, malformed: u64) -> Secrets {
        let store = Secrets::default();
        assert_eq!(store.read(text.as_bytes()), Tally { secrets, passed_over, malformed }, "{text}");
        store
    }

    fn line(label: &str, random: u8, secret: u8, length: usize) -> String {
        format!("{label} {} {}", format!("{random:02x}").repeat(32), format!("{secret:02X}").repeat(length))
    }

    #[test]
    fn lines_are_read_whatever_ends_them() {
        let master = line("CLIENT_RANDOM", 1, 2, 48);
        let server = line("SERVER_HANDSHAKE_TRAFFIC_SECRET", 3, 4, 32);
        let store = check(&format!("# a comment\r\n\r\n{master}\r\n  {server}  \n"), 2, 0, 0);
        let found = store.find(&[1; 32], Label::Master).expect("a secret");
        assert_eq!(found.bytes(), [2; 48]);
        assert!(store.find(&[3; 32], Label::ServerHandshake).is_some());
        assert!(store.find(&[3; 32], Label::ClientHandshake).is_none());
        assert!(store.has(&[3; 32]) && !store.has(&[4; 32]));
        assert_eq!(store.revision(), 2);
    }

    #[test]
    fn unknown_labels_are_passed_over_and_nonsense_is_counted() {
        check(&line("EXPORTER_SECRET", 1, 2, 32), 0, 1, 0);
        check("RSA 0011223344556677 00112233", 0, 1, 0);
        check(&line("CLIENT_RANDOM", 1, 2, 47), 0, 0, 1);
        check(&line("CLIENT_TRAFFIC_SECRET_0", 1, 2, 33), 0, 0, 1);
        check("CLIENT_RANDOM 00 zz\nhello\nCLIENT_RANDOM\n\u{0}\u{1}\n", 0, 0, 4);
        check(&format!("{} 00", line("CLIENT_RANDOM", 1, 2, 48)), 0, 0, 1);
        check("\u{feff}# a mark of byte order\n", 0, 0, 0);
    }

    #[test]
    fn the_last_secret_for_a_use_counts() {
        let text = [line("CLIENT_RANDOM", 1, 2, 48), line("CLIENT_RANDOM", 1, 2, 48), line("CLIENT_RANDOM", 1, 5, 48)];
        let store = check(&text.join("\n"), 3, 0, 0);
        assert_eq!(store.find(&[1; 32], Label::Master).expect("a secret").bytes(), [5; 48]);
        assert_eq!(store.revision(), 2, "what is known already changes nothing");
    }
}
