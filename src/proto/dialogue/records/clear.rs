//! Records in clear: the messages, alerts and `ChangeCipherSpec`s of a handshake.

use super::{Shared, Side};
use crate::proto::dialogue::events::{EventKind, Observer};
use crate::proto::dialogue::messages::Place;
use crate::proto::tls::message::{Alert, RecordHeader, ServerHello};
use crate::vocab::iana::{CipherSuite, ContentType, HandshakeType, ProtocolVersion};
use crate::vocab::{Direction, StreamRange};

impl Side {
    /// Reads a record of the handshake that is not encrypted.
    pub(super) fn read_clear(
        &mut self,
        from: Direction,
        header: RecordHeader,
        body: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        let range = self.whole(from, header, start, false, observer);
        let body_start = start + RecordHeader::LENGTH as u64;
        let (content, length) = (header.content_type, header.length);
        // Without encryption a MAC stands behind what it protects.
        let body = &body[..body.len() - self.mac_length(shared).min(body.len())];
        match content {
            ContentType::HANDSHAKE => {
                self.spoke_in_clear = true;
                let place = Place { from, record: range, content: body_start, decrypted: false };
                self.handshake(body, place, shared, observer);
            }
            ContentType::ALERT => match Alert::decode(body) {
                Some(alert) => {
                    let kind = EventKind::Alert { level: alert.level, description: alert.description };
                    self.tell(from, range, kind, observer);
                }
                None => self.tell(from, range, EventKind::Protected { content, length }, observer),
            },
            ContentType::HEARTBEAT => self.tell(from, range, EventKind::Heartbeat(body), observer),
            _ => {
                self.tell(from, range, EventKind::ChangeCipherSpec, observer);
                // Before any hello it changes nothing that came into use.
                let is_early =
                    shared.agreed.version.is_none() && !self.spoke_in_clear && !self.gapped && !shared.joined_late;
                self.changed_cipher |= !is_early;
                // In TLS 1.3 it means nothing (RFC 8446 §5).
                if !is_early && shared.agreed.version.is_some_and(|version| !version.is_tls13()) {
                    self.opener.change_cipher();
                    self.messages.change_keys();
                }
            }
        }
    }

    /// Takes the content of a handshake record, and from its messages what the opening of later records depends on.
    pub(super) fn handshake(
        &mut self,
        content: &[u8],
        place: Place,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) {
        let (opener, agreed) = (&mut self.opener, &mut shared.agreed);
        self.messages.take(content, place, &self.marks, observer, &mut |kind, body| match kind {
            // Behind the version (RFC 8446 §4.1.2): that much needs no decoding.
            HandshakeType::CLIENT_HELLO => agreed.client_random = body.get(2..).and_then(<[u8]>::first_chunk).copied(),
            HandshakeType::SERVER_HELLO => {
                let hello = ServerHello::decode(body);
                agreed.version = Some(hello.selected_version());
                agreed.suite = hello.cipher_suite;
                agreed.server_random = hello.random.try_into().ok();
            }
            HandshakeType::FINISHED if place.decrypted && agreed.version.is_some_and(ProtocolVersion::is_tls13) => {
                opener.finished();
            }
            HandshakeType::KEY_UPDATE if place.decrypted => opener.update_keys(),
            _ => {}
        });
    }

    /// Reads a hello in the form of SSL 2.0; returns its length, or 0 where more bytes are needed.
    pub(super) fn ssl2_hello(
        &mut self,
        from: Direction,
        bytes: &[u8],
        start: u64,
        shared: &mut Shared,
        observer: &mut impl Observer,
    ) -> usize {
        let Some(header) = bytes.first_chunk::<2>() else { return 0 };
        let whole = 2 + (usize::from(header[0] & 0x7f) << 8 | usize::from(header[1]));
        let Some(hello) = bytes.get(..whole) else { return 0 };
        self.records += 1;
        shared.ssl2 = false;
        self.spoke_in_clear = true;
        let range = StreamRange::new(start, start + whole as u64);
        self.tell(from, range, EventKind::Ssl2Hello(hello), observer);
        whole
    }

    /// Bytes of the MAC behind the content of a record that is not encrypted though keys are in use: under a suite with
    /// a NULL cipher (RFC 5246 §6.2.3.1).
    fn mac_length(&self, shared: &Shared) -> usize {
        let facts =
            shared.agreed.suite.and_then(CipherSuite::facts).filter(|_| self.changed_cipher && shared.is_null());
        facts.map_or(0, |facts| facts.mac.len())
    }
}
