//! Explicit proxies: what the client asked for before TLS, and whether it got it.

use super::case::Case;
use super::ending::EndingKind;
use super::silence;
use crate::vocab::{Confidence, Direction, PacketNumber};

/// How the client asks for a tunnel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Request {
    /// HTTP CONNECT (RFC 9110 §9.3.6).
    Connect,
    /// SOCKS version 4.
    Socks4,
    /// SOCKS version 5 (RFC 1928).
    Socks5,
}

/// What the proxy answers instead of granting a tunnel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Denial {
    /// This HTTP status.
    Status(u16),
    /// This reply of SOCKS 5 (RFC 1928 §6).
    Reply(u8),
    /// No authentication method that was offered.
    Method,
}

/// A tunnel that was not granted.
pub(super) struct Refusal {
    pub packet: PacketNumber,
    pub confidence: Confidence,
    /// What the proxy answered, where it is one of these.
    pub denial: Option<Denial>,
    pub headline: String,
}

/// What the client's first bytes ask for.
pub(super) fn request(case: &Case<'_>) -> Option<Request> {
    let first = case.client_data.map(|segment| case.trace.payload(segment))?;
    match first {
        [b'C', b'O', b'N', b'N', b'E', b'C', b'T', b' ', ..] => Some(Request::Connect),
        [4, 1 | 2, _, _, ..] if first.len() >= 9 => Some(Request::Socks4),
        [5, methods, rest @ ..] if usize::from(*methods) == rest.len() && *methods > 0 => Some(Request::Socks5),
        _ => None,
    }
}

/// How the proxy refused, if it did.
pub(super) fn refusal(case: &Case<'_>, request: Request) -> Option<Refusal> {
    let answers: Vec<_> = case.data(Direction::ToClient).map(|s| (s.packet, case.trace.payload(s))).collect();
    let certain =
        |packet, denial, headline| Some(Refusal { packet, confidence: Confidence::Certain, denial, headline });
    for (at, (packet, bytes)) in answers.iter().enumerate() {
        match (request, *bytes) {
            (Request::Connect, [b'H', b'T', b'T', b'P', b'/', _, b'.', _, b' ', status, ..]) => {
                if *status == b'2' || *status == b'1' {
                    continue;
                }
                let line = crate::proto::dialogue::plaintext(bytes).map_or_else(String::new, |text| text.first_line);
                return certain(*packet, status_of(bytes), format!("the proxy refuses the tunnel: {line}"));
            }
            (Request::Socks4, [0, code, ..]) if *code != 0x5a => {
                return certain(*packet, None, format!("the SOCKS 4 proxy refuses with code {code:#04x}"));
            }
            (Request::Socks5, [5, 0xff, ..]) if at == 0 => {
                let headline = "the SOCKS 5 proxy accepts no offered authentication method".to_owned();
                return certain(*packet, Some(Denial::Method), headline);
            }
            (Request::Socks5, [1, status, ..]) if *status != 0 && at == 1 && bytes.len() == 2 => {
                return certain(*packet, None, "the SOCKS 5 proxy refuses the user name or password".to_owned());
            }
            (Request::Socks5, [5, code, 0, ..]) if *code != 0 && at > 0 => {
                let headline = format!("the SOCKS 5 proxy refuses: {}", socks5_reply(*code));
                return certain(*packet, Some(Denial::Reply(*code)), headline);
            }
            _ => {}
        }
    }
    let ending = case.ending?;
    let granted = answers.iter().any(|(_, bytes)| match request {
        Request::Connect => bytes.starts_with(b"HTTP/1.") && bytes.get(9) == Some(&b'2'),
        Request::Socks4 => bytes.get(1) == Some(&0x5a),
        Request::Socks5 => bytes.len() >= 8 && bytes.starts_with(&[5, 0, 0]),
    });
    let closed = matches!(ending.kind, EndingKind::Reset | EndingKind::Close);
    if granted || !closed {
        return None;
    }
    if ending.from == Direction::ToClient {
        return certain(ending.packet, None, "the proxy closes instead of answering".to_owned());
    }
    silence::is_silence(case).then(|| Refusal {
        packet: ending.packet,
        confidence: Confidence::Likely,
        denial: None,
        headline: "the proxy never answers".to_owned(),
    })
}

/// The status of an answer's first line.
fn status_of(answer: &[u8]) -> Option<Denial> {
    let digits = std::str::from_utf8(answer.get(9..12)?).ok()?;
    digits.parse().ok().map(Denial::Status)
}

/// RFC 1928 section 6.
fn socks5_reply(code: u8) -> String {
    match code {
        1 => "general failure".into(),
        2 => "not allowed by its rules".into(),
        3 => "network unreachable".into(),
        4 => "host unreachable".into(),
        5 => "connection refused".into(),
        6 => "TTL expired".into(),
        7 => "command not supported".into(),
        8 => "address type not supported".into(),
        code => format!("code {code}"),
    }
}
