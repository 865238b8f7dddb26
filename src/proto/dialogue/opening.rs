//! How a stream opens: TLS, something before TLS, or something else in clear.

use crate::proto::tls::message::{RecordHeader, Ssl2ClientHello};
use crate::vocab::Direction;
use crate::vocab::iana::{ContentType, HandshakeType};

/// What the first bytes of a stretch say about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opening {
    /// A record with the beginning of a `ClientHello`.
    ClientHello,
    /// A `ClientHello` in an SSL 2.0 record.
    Ssl2Hello,
    /// Could be the beginning of a hello, but is too short to tell.
    Undecided,
    /// No hello.
    Other,
}

/// Bytes of a message that tell which one it is: its type, its length, the first byte of its version.
const TELLING: usize = 5;
/// Records passed over before and between a message's first bytes.
const MAX_PASSED: usize = 64;

/// Looks for a `ClientHello` at the start of `bytes`.
pub(super) fn opening(bytes: &[u8]) -> Opening {
    if Ssl2ClientHello::starts(bytes) {
        return Opening::Ssl2Hello;
    }
    match first_message(bytes) {
        Some(HandshakeType::CLIENT_HELLO) => Opening::ClientHello,
        None if may_go_on(bytes) => Opening::Undecided,
        _ => Opening::Other,
    }
}

/// The first bytes of the message that begins with these records, and how many of them are there: it may be cut into
/// records of a byte each. Records of no bytes are passed over, and a `ChangeCipherSpec`, though neither belongs there
/// (RFC 8446 §5, §5.1).
fn first_bytes(bytes: &[u8]) -> Option<([u8; TELLING], usize)> {
    let (mut found, mut count, mut rest) = ([0; TELLING], 0, bytes);
    for _ in 0..MAX_PASSED {
        let Some(header) = rest.first_chunk::<{ RecordHeader::LENGTH }>() else {
            return is_header_begun(rest).then_some((found, count));
        };
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        let body = &rest[RecordHeader::LENGTH..];
        let body = &body[..length.min(body.len())];
        match (ContentType(header[0]), length) {
            _ if !is_header_begun(header) => return None,
            (ContentType::HANDSHAKE, _) => {}
            (ContentType::APPLICATION_DATA, 0) if count == 0 => {}
            (ContentType::CHANGE_CIPHER_SPEC, 1) if count == 0 && matches!(body, [] | [1]) => {}
            _ => return None,
        }
        if header[0] == ContentType::HANDSHAKE.0 {
            for byte in body.iter().take(TELLING - count) {
                found[count] = *byte;
                count += 1;
            }
        }
        match rest.get(RecordHeader::LENGTH + length..) {
            Some(more) if count < TELLING => rest = more,
            _ => return Some((found, count)),
        }
    }
    None
}

/// Whether bytes can begin a record's header.
fn is_header_begun(bytes: &[u8]) -> bool {
    bytes.iter().zip(0..RecordHeader::LENGTH).all(|(byte, at)| match at {
        0 => matches!(byte, 20 | 22 | 23),
        1 => *byte == 3,
        2 => *byte <= 4,
        3 => *byte <= 0x48,
        _ => true,
    })
}

/// Whether records begin here with the first bytes of a message: its type.
fn first_message(bytes: &[u8]) -> Option<HandshakeType> {
    let (found, count) = first_bytes(bytes)?;
    let fits = |at: usize, wanted: u8| at >= count || found[at] == wanted;
    (count > 0 && fits(1, 0) && fits(4, 3)).then_some(HandshakeType(found[0]))
}

/// Whether what is there of a message's first records says nothing of it yet.
fn may_go_on(bytes: &[u8]) -> bool {
    first_bytes(bytes).is_some_and(|(_, count)| count == 0)
}

/// Which way a payload goes that begins with a hello, as the hello itself tells; `None` where it begins otherwise.
pub fn hello_sender(bytes: &[u8]) -> Option<Direction> {
    match opening(bytes) {
        Opening::ClientHello | Opening::Ssl2Hello => Some(Direction::ToServer),
        _ if begins_server_hello(bytes) => Some(Direction::ToClient),
        _ => None,
    }
}

/// Whether records begin here, the first of them with a `ServerHello`.
pub(super) fn begins_server_hello(bytes: &[u8]) -> bool {
    first_message(bytes) == Some(HandshakeType::SERVER_HELLO) && is_record_chain(bytes)
}

/// Whether a `ChangeCipherSpec` begins here and an encrypted message follows: the handshake came before.
pub(super) fn begins_behind_handshake(bytes: &[u8]) -> bool {
    matches!(bytes, [20, 3, 0..=3, 0, 1, 1, 22, 3, ..]) && is_record_chain(bytes)
}

/// Whether a record of application data begins here, and what follows in these bytes goes on as records.
pub(super) fn begins_application_data(bytes: &[u8]) -> bool {
    matches!(bytes, [23, 3, 1..=3, ..]) && is_record_chain(bytes)
}

/// Whether `bytes` begin with a record and whatever follows in them goes on as records.
pub(super) fn is_record_chain(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut records = 0;
    while let Some(header) = RecordHeader::decode(rest) {
        if !header.is_plausible() || rest[1] != 3 {
            return false;
        }
        records += 1;
        match rest.get(RecordHeader::LENGTH + usize::from(header.length)..) {
            Some(after) => rest = after,
            None => return true,
        }
    }
    records > 0 && (rest.is_empty() || rest[0].wrapping_sub(20) <= 4)
}

/// Where TLS may begin after a PROXY protocol header at the start of `bytes` (haproxy's proxy-protocol.txt, v1 and v2).
pub(super) fn after_proxy_header(bytes: &[u8]) -> Option<usize> {
    const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
    if bytes.starts_with(b"PROXY ") {
        let end = bytes.iter().take(108).position(|byte| *byte == b'\n')?;
        return Some(end + 1);
    }
    if bytes.starts_with(V2) {
        let length = bytes.get(14..16)?;
        return Some(16 + usize::from(length[0]) * 256 + usize::from(length[1]));
    }
    None
}

/// Readable text of a protocol that is not TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plaintext {
    /// The protocol, as far as the text tells.
    pub protocol: &'static str,
    /// Its first line, made visible.
    pub first_line: String,
}

/// Recognises readable text; `None` for anything else.
pub fn plaintext(bytes: &[u8]) -> Option<Plaintext> {
    let line_end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()).min(512);
    let line = bytes[..line_end].strip_suffix(b"\r").unwrap_or(&bytes[..line_end]);
    let first_line = crate::vocab::text::visible_bytes(line);
    let starts = |prefixes: &[&[u8]]| prefixes.iter().any(|prefix| bytes.starts_with(prefix));
    let protocol = if starts(&[b"HTTP/"]) {
        "HTTP"
    } else if starts(&[
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"PUT ",
        b"DELETE ",
        b"OPTIONS ",
        b"PATCH ",
        b"TRACE ",
        b"CONNECT ",
        b"PRI * HTTP",
    ]) {
        "HTTP request"
    } else if starts(&[b"SSH-"]) {
        "SSH"
    } else if starts(&[b"220 ", b"220-", b"421 ", b"554 "]) {
        if contains_ignoring_case(line, b"ftp") { "FTP" } else { "SMTP" }
    } else if starts(&[b"+OK", b"-ERR"]) {
        "POP3 or Redis"
    } else if starts(&[b"* OK", b"* BYE", b"* PREAUTH"]) {
        "IMAP"
    } else if starts(&[b"<?xml", b"<stream:"]) {
        "XML"
    } else if starts(&[b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML"]) {
        "HTML"
    } else if starts(&[b"EHLO ", b"HELO ", b"USER ", b"AUTH "]) {
        "mail or file transfer command"
    } else if is_mysql_greeting(bytes) {
        "MySQL"
    } else if is_readable(bytes) {
        "text"
    } else {
        return None;
    };
    Some(Plaintext { protocol, first_line })
}

fn contains_ignoring_case(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

/// A handshake packet (protocol 10) or an error packet with sequence number 0.
fn is_mysql_greeting(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<5>() else { return false };
    let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
    head[3] == 0 && matches!(head[4], 10 | 0xff) && length + 4 <= bytes.len().max(64) && length > 5
}

/// At least eight characters, nearly all of them printable; or a short line.
fn is_readable(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(256)];
    let printable = sample.iter().filter(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')).count();
    let is_line = sample.len() >= 4 && sample.ends_with(b"\n") && printable == sample.len();
    is_line || sample.len() >= 8 && printable * 20 >= sample.len() * 19
}

/// Whether bytes are a fatal alert in clear and nothing else (RFC 8446 §6).
pub(super) fn is_alert(bytes: &[u8]) -> bool {
    matches!(bytes, [21, 3, 0..=4, 0, 2, 2, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hellos_are_recognised_from_their_first_six_bytes() {
        assert_eq!(opening(&[22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Opening::ClientHello);
        assert_eq!(opening(&[22, 3, 1]), Opening::Undecided);
        assert_eq!(opening(b"GET / HTTP/1.1"), Opening::Other);
        assert_eq!(opening(&[22, 3, 3, 0, 90, 2, 0, 0, 86, 3]), Opening::Other);
    }

    #[test]
    fn hellos_in_records_of_a_few_bytes_or_behind_empty_ones_are_recognised() {
        let check = |records: &[&[u8]], expected| assert_eq!(opening(&records.concat()), expected, "{records:?}");
        let byte = |byte: u8| [22, 3, 1, 0, 1, byte];
        check(&[&byte(1), &byte(0), &byte(1), &byte(0xfc), &byte(3)], Opening::ClientHello);
        check(&[&[22, 3, 1, 0, 3, 1, 0, 1], &[22, 3, 1, 0, 2, 0xfc, 3]], Opening::ClientHello);
        check(&[&byte(1), &byte(0), &byte(1), &byte(0xfc), &byte(4)], Opening::Other);
        check(&[&byte(2), &byte(0)], Opening::Other);
        let (empty, nothing, change) = ([22, 3, 3, 0, 0], [23, 3, 3, 0, 0], [20, 3, 3, 0, 1, 1]);
        check(&[&empty, &byte(1), &empty, &byte(0)], Opening::ClientHello);
        check(&[&nothing, &change, &byte(1)], Opening::ClientHello);
        check(&[&nothing], Opening::Undecided);
        check(&[&change, &[22, 3]], Opening::Undecided);
        check(&[&change, &[22, 3, 3, 0, 40, 0x9d]], Opening::Other);
        check(&[&[23, 3, 3, 0, 1, 0]], Opening::Other);
        check(&[&nothing.repeat(MAX_PASSED)], Opening::Other);
    }

    #[test]
    fn text_is_named() {
        let check = |bytes: &[u8], protocol| assert_eq!(plaintext(bytes).map(|text| text.protocol), protocol);
        check(b"HTTP/1.1 403 Forbidden\r\nServer: x\r\n", Some("HTTP"));
        check(b"SSH-2.0-OpenSSH_9.2\r\n", Some("SSH"));
        check(b"220 mail.example.test ESMTP\r\n", Some("SMTP"));
        check(b"220 ftp ready\r\n", Some("FTP"));
        check(b"hello there\n", Some("text"));
        check(b"ERR\r\n", Some("text"));
        check(b"ERR", None);
        check(&[0x80, 0x9e, 1, 2, 3, 4, 5, 6, 7, 8], None);
    }

    #[test]
    fn proxy_headers_are_passed() {
        assert_eq!(after_proxy_header(b"PROXY TCP4 10.0.0.1 10.0.0.2 1 443\r\n\x16"), Some(36));
        assert_eq!(after_proxy_header(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0cxxxxxxxxxxxx\x16"), Some(28));
        assert_eq!(after_proxy_header(b"POST / HTTP/1.1\r\n"), None);
    }
}
