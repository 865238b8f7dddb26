//! What the index keeps of a flow's TLS: the negotiated values, the messages' names and packets, how far it came.

use std::sync::Arc;

use super::offers::Offers;
use crate::proto::dialogue::Wrapping;
use crate::vocab::iana::{AlertDescription, AlertLevel, CipherSuite, HandshakeType, NamedGroup, ProtocolVersion};
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// A handshake message that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenMessage {
    /// The packet that completes it.
    pub packet: PacketNumber,
    /// Who sent it.
    pub from: Direction,
    /// Its type.
    pub kind: HandshakeType,
    /// Whether keys opened it.
    pub decrypted: bool,
}

/// An alert that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenAlert {
    /// The packet that carries it.
    pub packet: PacketNumber,
    /// Who sent it.
    pub from: Direction,
    /// Warning or fatal.
    pub level: AlertLevel,
    /// What it says.
    pub description: AlertDescription,
    /// Whether keys opened it.
    pub decrypted: bool,
}

/// A flow's TLS, as far as the index pass reads it. Its directions are those of TLS, where `ToServer` is what the sender
/// of the ClientHello sends; [`TlsFacts::way`] says which way of TCP that is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TlsFacts {
    /// The last eight bytes of the first `ClientHello`'s random: enough to know the flow by when keys come late.
    pub client_random: Option<u64>,
    /// Server name of the first `ClientHello`, as bytes.
    pub server_name: Option<Box<[u8]>>,
    /// Version of the first `ServerHello` (`HelloRetryRequest` included).
    pub version: Option<ProtocolVersion>,
    /// Cipher suite of the first `ServerHello` (`HelloRetryRequest` included).
    pub cipher: Option<CipherSuite>,
    /// Key exchange group that the server chose, where it is in clear.
    pub group: Option<NamedGroup>,
    /// Application protocol the server chose, where it is in clear or decrypted.
    pub alpn: Option<Box<[u8]>>,
    /// JA3 of the first `ClientHello`: an MD5 sum in hexadecimal.
    pub ja3: Option<Arc<str>>,
    /// JA3S of the first `ServerHello`: an MD5 sum in hexadecimal.
    pub ja3s: Option<Arc<str>>,
    /// JA4 of the first `ClientHello`.
    pub ja4: Option<Arc<str>>,
    /// Length of the first `ClientHello` in bytes, its 4-byte header included.
    pub client_hello_bytes: u32,
    /// Segments that carried the first `ClientHello`.
    pub client_hello_segments: u16,
    /// Bytes of the first segment that carried it, from its record's header on.
    pub first_segment: u32,
    /// Where its server name begins, in bytes from its record's header on; 0 without one.
    pub server_name_at: u32,
    /// What it offers.
    pub offers: Option<Arc<Offers>>,
    /// Whether the handshake resumed an earlier session; `None` where that is not known.
    pub resumed: Option<bool>,
    /// Certificates seen, both directions.
    pub certificates: u16,
    /// The last eight bytes of the server's own certificate, which are of its signature: enough to know it by.
    pub leaf: Option<u64>,
    /// Messages read, in packet order, up to a cap.
    pub messages: Vec<SeenMessage>,
    /// Alerts read, in packet order, up to a cap.
    pub alerts: Vec<SeenAlert>,
    /// Whether the sender of the ClientHello is the end that received the SYN (a dialled agent, reverse TLS, FTP's active
    /// mode).
    pub turned: bool,
    /// Records of each direction.
    pub records: PerDirection<u32>,
    /// Stream offset at which TLS begins in each direction.
    pub start: PerDirection<u64>,
    /// What its records are wrapped in, where they are.
    pub wrapping: Option<Wrapping>,
    /// Bytes before TLS in each direction.
    pub preamble_bytes: PerDirection<u32>,
    /// Session identifier of the first `ClientHello`, until the handshake is over.
    pub resumable_session: Option<Box<[u8]>>,
    /// When the first `ClientHello` began.
    pub began: Option<Time>,
    /// When the handshake was complete.
    pub completed: Option<Time>,
    /// How far the handshake came.
    pub progress: Progress,
}

/// How far a handshake came, and what spoiled it.
#[expect(clippy::struct_excessive_bools, reason = "independent marks, each set once and read by name")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// A `ClientHello` began.
    pub hello_begun: bool,
    /// A `ClientHello` was sent whole.
    pub client_hello: bool,
    /// It offers application protocols (RFC 7301).
    pub alpn_offered: bool,
    /// A `HelloRetryRequest` was sent.
    pub retry: bool,
    /// A `ServerHello` other than a `HelloRetryRequest` was sent.
    pub server_hello: bool,
    /// The client sent a protected record behind the `ServerHello` that is no alert.
    pub client_protected: bool,
    /// Each end sent a `ChangeCipherSpec`.
    pub changed_cipher: PerDirection<bool>,
    /// Each end's first protected record that can be its Finished (or came after it) was sent.
    pub finished: PerDirection<bool>,
    /// Each end sent application data, as far as that can be told.
    pub application_data: PerDirection<bool>,
    /// Each end sent bytes that are no TLS.
    pub foreign: PerDirection<bool>,
    /// An end sent a handshake message or record that does not decode.
    pub malformed: bool,
    /// Each end sent a record that looks like an encrypted alert before any application data of its own.
    pub early_alert: PerDirection<bool>,
    /// The client sent a record behind its Finished that looks like an alert: its last word, unless more follows.
    pub late_alert: bool,
    /// Each end's stream ends inside a record or message.
    pub unfinished: PerDirection<bool>,
    /// A handshake message came behind its sender's Finished (up to TLS 1.2): an end asks for another handshake.
    pub renegotiation: bool,
    /// A hole in the captured bytes hides part of the handshake.
    pub gap: bool,
    /// The flow was joined after its handshake.
    pub joined_late: bool,
    /// The client's first bytes ask a proxy for a tunnel (CONNECT, SOCKS).
    pub tunnel_asked: bool,
    /// The client asked for TLS inside another protocol (STARTTLS and its like), or whether that is offered.
    pub upgrade_sought: bool,
    /// The server's first bytes are a TLS alert, or text that names TLS or HTTPS.
    pub tls_hint: bool,
    /// Bytes were exchanged before TLS began (STARTTLS, CONNECT, SOCKS, PROXY).
    pub preamble: bool,
    /// An encrypted record was passed over: no key at hand opened it.
    pub sealed: bool,
    /// The server sent a certificate request, in clear or decrypted.
    pub certificate_request: bool,
}

impl TlsFacts {
    /// The direction of TCP that is one of TLS, and the other way round.
    pub fn way(&self, direction: Direction) -> Direction {
        if self.turned { direction.reversed() } else { direction }
    }

    /// Exchanges the ends: the one that received the SYN turns out to be the client.
    pub(crate) fn turn(&mut self) {
        self.turned = !self.turned;
        self.records.swap();
        self.start.swap();
        self.preamble_bytes.swap();
        let Progress { changed_cipher, finished, application_data, foreign, early_alert, unfinished, .. } =
            &mut self.progress;
        for marks in [changed_cipher, finished, application_data, foreign, early_alert, unfinished] {
            marks.swap();
        }
        for from in self.messages.iter_mut().map(|message| &mut message.from) {
            *from = from.reversed();
        }
        for from in self.alerts.iter_mut().map(|alert| &mut alert.from) {
            *from = from.reversed();
        }
    }

    /// Whether the handshake is complete: both ends sent what must be their Finished.
    pub fn is_complete(&self) -> bool {
        self.progress.finished.to_server && self.progress.finished.to_client
    }

    /// Whether one more encrypted record of application data from this end adds nothing but itself.
    pub fn is_settled(&self, from: Direction) -> bool {
        self.is_complete() && self.progress.application_data[from]
    }

    /// Whether the handshake was complete and both ends used the connection.
    pub fn is_used(&self) -> bool {
        let used = self.progress.application_data;
        self.is_complete() && used.to_server && used.to_client
    }

    /// Whether any TLS was seen.
    pub fn is_tls(&self) -> bool {
        self.progress.hello_begun || self.progress.joined_late || self.records.to_client > 0
    }
}
