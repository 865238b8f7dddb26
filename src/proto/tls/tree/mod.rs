//! The full field tree of TLS bytes, for the detail pane: every byte named, explained, and traced to its range.
//!
//! Start at [`handshake_message`]. One file a family: hellos, certificates, key exchanges; `extensions` has one row
//! for each extension of the registry. Nothing here fails: what does not parse is shown as far as it goes.

mod builder;
mod context;
mod exchange;
mod extensions;
mod hello;
mod ocsp;
mod proof;
mod x509;

#[cfg(test)]
mod tests;

use self::builder::{Tree, code, hex_code};
use super::message::{Alert, MAX_RECORD_BODY, RecordHeader, Ssl2ClientHello};
use crate::vocab::Field;
use crate::vocab::iana::{
    AlertDescription, AlertLevel, CipherSuite, ContentType, HandshakeType, HeartbeatMessageType, ProtocolVersion,
};

pub use context::Context;
pub use x509::certificate;

/// The tree of a handshake message, given with its 4-byte header (RFC 8446 §4). Ranges count from its start.
pub fn handshake_message(bytes: &[u8], context: Context) -> Field {
    let mut tree = Tree::over(bytes, 0..bytes.len());
    let kind = tree.code8::<HandshakeType>("msg_type").map(HandshakeType);
    tree.note("The registry \"TLS HandshakeType\", RFC 8446 §4");
    let length = tree.number("length", 3);
    tree.note("Bytes of the message after this header");
    let (Some(kind), Some(length)) = (kind, length) else {
        return Field::new("handshake message", "", 0..bytes.len()).with(tree.finish(true));
    };
    let end = bytes.len().min(4 + length as usize);
    let mut body = Tree::over(bytes, 4..end);
    let value = decode_body(kind, &mut body, context);
    let whole = bytes.len() >= 4 + length as usize;
    let mut children = tree.finish_with(body.finish(whole));
    if bytes.len() > end {
        let mut field = Field::new("not decoded", builder::short_hex(&bytes[end..]), end..bytes.len());
        field.issue = Some(format!("{} bytes after the message", bytes.len() - end));
        children.push(field);
    }
    let mut field = Field::new(kind.to_string(), value, 0..bytes.len()).with(children);
    field.note = Some(about(kind).into());
    if !whole {
        field.issue = Some(format!("cut: {length} bytes announced, {} there", bytes.len().saturating_sub(4)));
    }
    field
}

/// Reads the body of a message and gives the value of the whole.
fn decode_body(kind: HandshakeType, body: &mut Tree<'_>, context: Context) -> String {
    match kind {
        HandshakeType::CLIENT_HELLO => hello::client_hello(body),
        HandshakeType::SERVER_HELLO => return hello::server_hello(body),
        HandshakeType::HELLO_VERIFY_REQUEST => hello::verify_request(body),
        HandshakeType::HELLO_RETRY_REQUEST => hello::old_retry_request(body),
        HandshakeType::ENCRYPTED_EXTENSIONS => extensions::block(body, kind),
        HandshakeType::NEW_SESSION_TICKET => proof::new_session_ticket(body, context),
        HandshakeType::CERTIFICATE => proof::certificate_message(body, context),
        HandshakeType::COMPRESSED_CERTIFICATE => proof::compressed_certificate(body, context),
        HandshakeType::CERTIFICATE_REQUEST => proof::certificate_request(body, context),
        HandshakeType::CLIENT_CERTIFICATE_REQUEST => proof::certificate_request_13(body),
        HandshakeType::CERTIFICATE_VERIFY => proof::certificate_verify(body, context),
        HandshakeType::CERTIFICATE_STATUS => ocsp::certificate_status(body),
        HandshakeType::CERTIFICATE_URL => proof::certificate_url(body),
        HandshakeType::SUPPLEMENTAL_DATA => proof::supplemental_data(body),
        HandshakeType::FINISHED => proof::finished(body, context),
        HandshakeType::SERVER_KEY_EXCHANGE => exchange::server_key_exchange(body, context),
        HandshakeType::CLIENT_KEY_EXCHANGE => exchange::client_key_exchange(body, context),
        HandshakeType::KEY_UPDATE => exchange::key_update(body),
        HandshakeType::NEXT_PROTOCOL => exchange::next_protocol(body),
        HandshakeType::CHANNEL_ID => exchange::channel_id(body),
        HandshakeType::EKT_KEY => exchange::ekt_key(body),
        HandshakeType::REQUEST_CONNECTION_ID => exchange::request_connection_id(body),
        HandshakeType::NEW_CONNECTION_ID => exchange::new_connection_id(body),
        HandshakeType::HELLO_REQUEST | HandshakeType::SERVER_HELLO_DONE | HandshakeType::END_OF_EARLY_DATA => {}
        HandshakeType::MESSAGE_HASH => body.rest("hash"),
        _ => body.rest("body"),
    }
    String::new()
}

fn about(kind: HandshakeType) -> &'static str {
    match kind {
        HandshakeType::HELLO_REQUEST => "The server asks the client to start again. RFC 5246 §7.4.1.1",
        HandshakeType::CLIENT_HELLO => "What the client can do and wants. RFC 8446 §4.1.2",
        HandshakeType::SERVER_HELLO => "What the server chose. RFC 8446 §4.1.3",
        HandshakeType::HELLO_VERIFY_REQUEST => "DTLS: prove that you can receive. RFC 6347 §4.2.1",
        HandshakeType::NEW_SESSION_TICKET => "Lets a later handshake be shorter. RFC 8446 §4.6.1, RFC 5077 §3.3",
        HandshakeType::END_OF_EARLY_DATA => "No more 0-RTT data. RFC 8446 §4.5",
        HandshakeType::HELLO_RETRY_REQUEST => "Drafts of TLS 1.3: try again with other parameters",
        HandshakeType::ENCRYPTED_EXTENSIONS => "The server's choices that need no clear text. RFC 8446 §4.3.1",
        HandshakeType::CERTIFICATE => "Who the sender says it is. RFC 8446 §4.4.2, RFC 5246 §7.4.2",
        HandshakeType::SERVER_KEY_EXCHANGE => "The server's share of the key exchange. RFC 5246 §7.4.3",
        HandshakeType::CERTIFICATE_REQUEST => "The server wants a client certificate. RFC 8446 §4.3.2",
        HandshakeType::SERVER_HELLO_DONE => "The server waits for the client. RFC 5246 §7.4.5",
        HandshakeType::CERTIFICATE_VERIFY => "Proof of the certificate's key. RFC 8446 §4.4.3",
        HandshakeType::CLIENT_KEY_EXCHANGE => "The client's share of the key exchange. RFC 5246 §7.4.7",
        HandshakeType::FINISHED => "Proof that both ends saw the same handshake. RFC 8446 §4.4.4",
        HandshakeType::CERTIFICATE_URL => "Where the client's certificates are. RFC 6066 §5",
        HandshakeType::CERTIFICATE_STATUS => "A stapled OCSP response. RFC 6066 §8",
        HandshakeType::SUPPLEMENTAL_DATA => "RFC 4680",
        HandshakeType::KEY_UPDATE => "The sender changes to the next keys. RFC 8446 §4.6.3",
        HandshakeType::COMPRESSED_CERTIFICATE => "A Certificate message, compressed. RFC 8879 §4",
        HandshakeType::NEXT_PROTOCOL => "The protocol the client took (NPN, before ALPN)",
        HandshakeType::CHANNEL_ID => "A key that names the client (Channel ID)",
        HandshakeType::REQUEST_CONNECTION_ID => "DTLS: asks for connection IDs. RFC 9147 §9",
        HandshakeType::NEW_CONNECTION_ID => "DTLS: connection IDs to use. RFC 9147 §9",
        HandshakeType::CLIENT_CERTIFICATE_REQUEST => "The client wants a further certificate. RFC 9261 §4",
        HandshakeType::EKT_KEY => "The key that encrypts SRTP keys. RFC 8870 §5.2.2",
        HandshakeType::MESSAGE_HASH => "Stands for the first ClientHello in the transcript. RFC 8446 §4.4.1",
        _ => "The registry \"TLS HandshakeType\"",
    }
}

/// The tree of a record's 5-byte header (RFC 8446 §5.1).
pub fn record(header: &[u8]) -> Field {
    let mut tree = Tree::over(header, 0..header.len().min(RecordHeader::LENGTH));
    let kind = tree.code8::<ContentType>("type");
    tree.note("What the record carries. The registry \"TLS ContentType\"");
    tree.code16::<ProtocolVersion>("legacy_record_version");
    tree.note("Says little: TLS 1.3 writes TLS 1.2 here, a first ClientHello often TLS 1.0. RFC 8446 §5.1");
    let length = tree.number("length", 2);
    tree.note("Bytes of the record after this header");
    if length.is_some_and(|length| length as usize > MAX_RECORD_BODY) {
        tree.issue(format!("above the {MAX_RECORD_BODY} bytes that are allowed"));
    }
    let value = kind.map(|kind| ContentType(kind).to_string()).unwrap_or_default();
    Field::new("record", value, 0..header.len()).with(tree.finish(true))
}

/// The tree of an alert in clear (RFC 8446 §6).
pub fn alert(bytes: &[u8]) -> Field {
    let mut tree = Tree::over(bytes, 0..bytes.len());
    tree.code8::<AlertLevel>("level");
    if let Some(description) = tree.code8::<AlertDescription>("description").map(AlertDescription) {
        let meaning = description.meaning().unwrap_or("Not in the registry \"TLS Alerts\".");
        tree.note(format!("{meaning} {}", description.reference()));
    }
    let value = Alert::decode(bytes).map(|alert| format!("{} {}", alert.level, alert.description));
    Field::new("alert", value.unwrap_or_default(), 0..bytes.len()).with(tree.finish(true))
}

/// The tree of a ChangeCipherSpec (RFC 5246 §7.1; in TLS 1.3 only for middleboxes, RFC 8446 §D.4).
pub fn change_cipher_spec(bytes: &[u8]) -> Field {
    let mut tree = Tree::over(bytes, 0..bytes.len());
    if tree.number("type", 1).is_some_and(|value| value != 1) {
        tree.issue("only 1 is defined");
    }
    Field::new("change_cipher_spec", "", 0..bytes.len())
        .with(tree.finish(true))
        .noted("Up to TLS 1.2 the sender's next record is encrypted; in TLS 1.3 it means nothing. RFC 8446 §D.4")
}

/// The tree of a heartbeat in clear (RFC 6520 §4).
pub fn heartbeat(bytes: &[u8]) -> Field {
    let mut tree = Tree::over(bytes, 0..bytes.len());
    tree.code8::<HeartbeatMessageType>("type");
    if let Some(length) = tree.number("payload_length", 2) {
        let left = tree.left();
        if length as usize + 16 > left {
            tree.issue(format!("{length} bytes and 16 of padding announced, {left} there: the shape of Heartbleed"));
        }
        tree.raw("payload", (length as usize).min(left));
        tree.rest("padding");
    }
    Field::new("heartbeat", "", 0..bytes.len()).with(tree.finish(true)).noted("RFC 6520 §4")
}

/// The tree of an SSL 2.0 ClientHello, given with its 2-byte record header (RFC 5246 §E.2).
pub fn ssl2_client_hello(bytes: &[u8]) -> Field {
    let mut tree = Tree::over(bytes, 0..bytes.len());
    tree.shown("length", 2, |value| (value & 0x7fff).to_string());
    tree.note("Bytes after this header; the highest bit is always set");
    tree.shown("msg_type", 1, |value| code(&HandshakeType(value as u8), value));
    tree.code16::<ProtocolVersion>("version");
    let specs = tree.number("cipher_spec_length", 2).unwrap_or_default() as usize;
    let session = tree.number("session_id_length", 2).unwrap_or_default() as usize;
    let challenge = tree.number("challenge_length", 2).unwrap_or_default() as usize;
    let start = tree.at();
    tree.group("cipher_specs", |inside| {
        while inside.at() - start < specs && !inside.is_done() {
            inside.shown("cipher_spec", 3, |value| {
                let [_, spec @ ..] = (value as u32).to_be_bytes();
                match Ssl2ClientHello::ssl2_cipher_name(&spec) {
                    Some(name) => format!("{name} (0x{value:06x})"),
                    None => hex_code(&CipherSuite(value as u16), value),
                }
            });
        }
    });
    tree.raw("session_id", session);
    tree.raw("challenge", challenge);
    tree.note("Random bytes of the client");
    Field::new("ssl2_client_hello", "", 0..bytes.len())
        .with(tree.finish(true))
        .noted("A ClientHello in the form of SSL 2.0. RFC 5246 §E.2")
}
