//! Fingerprints of hellos: JA3 and JA3S, and JA4 for clients over TCP (its TLS client part alone).
//!
//! Computed from the numbers on the wire; GREASE is left out (RFC 8701).

use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::message::{ClientHello, ServerHello};
use crate::vocab::iana::{ExtensionType, ProtocolVersion};
use crate::vocab::text::hex;

/// The text JA3 hashes: version, suites, extensions, groups and point formats in decimal and wire order.
pub fn ja3_text(hello: &ClientHello<'_>) -> String {
    let mut text = String::with_capacity(512);
    push_decimal(&mut text, hello.legacy_version.0);
    text.push(',');
    push_joined(&mut text, hello.cipher_suites.iter().filter(|suite| !suite.is_grease()).map(|suite| suite.0));
    text.push(',');
    let extensions = hello.extensions.iter().map(|extension| extension.kind);
    push_joined(&mut text, extensions.filter(|kind| !kind.is_grease()).map(|kind| kind.0));
    text.push(',');
    push_joined(&mut text, hello.groups().iter().filter(|group| !group.is_grease()).map(|group| group.0));
    text.push(',');
    push_joined(&mut text, hello.point_formats().iter().map(|format| u16::from(*format)));
    text
}

/// JA3: MD5 of [`ja3_text`], 32 hexadecimal digits.
pub fn ja3(hello: &ClientHello<'_>) -> String {
    hex(&ja3_digest(hello))
}

/// JA3 as the MD5 sum itself.
pub fn ja3_digest(hello: &ClientHello<'_>) -> [u8; 16] {
    Md5::digest(ja3_text(hello)).into()
}

/// The text JA3S hashes: version, suite and extensions in decimal and wire order.
pub fn ja3s_text(hello: &ServerHello<'_>) -> String {
    let mut text = format!("{},{},", hello.legacy_version.0, hello.cipher_suite.unwrap_or_default().0);
    push_joined(&mut text, hello.extensions.iter().map(|extension| extension.kind.0));
    text
}

/// JA3S: MD5 of [`ja3s_text`], 32 hexadecimal digits.
pub fn ja3s(hello: &ServerHello<'_>) -> String {
    hex(&ja3s_digest(hello))
}

/// JA3S as the MD5 sum itself.
pub fn ja3s_digest(hello: &ServerHello<'_>) -> [u8; 16] {
    Md5::digest(ja3s_text(hello)).into()
}

/// JA4 of a client over TCP, such as `t13d1516h2_8daaf6152771_02713d6af862`.
pub fn ja4(hello: &ClientHello<'_>) -> String {
    let suites: Vec<u16> = hello.cipher_suites.iter().filter(|suite| !suite.is_grease()).map(|suite| suite.0).collect();
    let kinds: Vec<ExtensionType> =
        hello.extensions.iter().map(|extension| extension.kind).filter(|kind| !kind.is_grease()).collect();
    let name = if kinds.contains(&ExtensionType::SERVER_NAME) { 'd' } else { 'i' };
    let version = ja4_version(hello.highest_version());
    let [first, last] = ja4_alpn(hello.alpn().next().unwrap_or_default());
    let (suite_count, extension_count) = (suites.len().min(99), kinds.len().min(99));

    let mut sorted_suites = suites;
    sorted_suites.sort_unstable();
    let unlisted = [ExtensionType::SERVER_NAME, ExtensionType::ALPN];
    let mut listed: Vec<u16> = kinds.iter().filter(|kind| !unlisted.contains(kind)).map(|kind| kind.0).collect();
    listed.sort_unstable();
    let mut extensions = hex_joined(listed);
    let mut schemes =
        hello.signature_schemes().iter().filter(|scheme| !scheme.is_grease()).map(|scheme| scheme.0).peekable();
    if schemes.peek().is_some() {
        extensions.push('_');
        extensions.push_str(&hex_joined(schemes));
    }
    let suites = hex_joined(sorted_suites);
    format!(
        "t{version}{name}{suite_count:02}{extension_count:02}{first}{last}_{}_{}",
        short_hash(&suites),
        if kinds.is_empty() { NOTHING.to_owned() } else { short_hash(&extensions) },
    )
}

const NOTHING: &str = "000000000000";

/// The first 12 hexadecimal digits of the SHA-256 of `text`, zeros for an empty text.
fn short_hash(text: &str) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { hex(&Sha256::digest(text)[..6]) }
}

fn ja4_version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLS_1_3 => "13",
        ProtocolVersion::TLS_1_2 => "12",
        ProtocolVersion::TLS_1_1 => "11",
        ProtocolVersion::TLS_1_0 => "10",
        ProtocolVersion::SSL_3_0 => "s3",
        ProtocolVersion::SSL_2_0 => "s2",
        ProtocolVersion::DTLS_1_0 => "d1",
        ProtocolVersion::DTLS_1_2 => "d2",
        ProtocolVersion::DTLS_1_3 => "d3",
        _ => "00",
    }
}

/// The first and last character of the first protocol; where one of the two bytes is no ASCII letter or digit, the
/// first and last hexadecimal digit of the whole name instead; `00` without a protocol.
fn ja4_alpn(name: &[u8]) -> [char; 2] {
    match (name.first(), name.last()) {
        (Some(first), Some(last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
            [char::from(*first), char::from(*last)]
        }
        (Some(first), Some(last)) => {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
            [digit(first >> 4), digit(last & 15)]
        }
        _ => ['0', '0'],
    }
}

fn push_joined(text: &mut String, values: impl Iterator<Item = u16>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push('-');
        }
        push_decimal(text, value);
    }
}

fn hex_joined(values: impl IntoIterator<Item = u16>) -> String {
    let mut text = String::with_capacity(256);
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        for shift in [12, 8, 4, 0] {
            text.push(char::from(b"0123456789abcdef"[usize::from(value >> shift & 15)]));
        }
    }
    text
}

/// Appends a number in decimal; every hello has a hundred of them, and the formatting machinery is slow.
fn push_decimal(text: &mut String, value: u16) {
    let mut divisor = 10_000;
    while divisor > 1 && value < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        text.push(char::from(b'0' + (value / divisor % 10) as u8));
        divisor /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::samples::{self, bytes};

    fn hello_with(extensions: &[u8]) -> Vec<u8> {
        let length = u16::try_from(extensions.len()).expect("short").to_be_bytes();
        [&[3, 3][..], &[7; 32], &[0, 0, 4, 0x1a, 0x1a, 0, 47, 1, 0], &length, extensions].concat()
    }

    fn check_alpn(name: &[u8], expected: &str) {
        let length = u8::try_from(name.len()).expect("short");
        let body = [&[0, 16, 0, length + 3, 0, length + 1, length][..], name].concat();
        let ja4 = ja4(&ClientHello::decode(&hello_with(&body)));
        assert_eq!(&ja4[..10], format!("t12i0101{expected}"), "{name:?}");
    }

    #[test]
    fn ja3_is_the_text_hashed() {
        let body = hello_with(&[0x2a, 0x2a, 0, 0, 0, 23, 0, 0]);
        let hello = ClientHello::decode(&body);
        assert_eq!(ja3_text(&hello), "771,47,23,,");
        assert_eq!(ja3(&hello), hex(&Md5::digest("771,47,23,,")));
    }

    #[test]
    fn alpn_characters_of_ja4() {
        check_alpn(b"h2", "h2");
        check_alpn(b"http/1.1", "h1");
        check_alpn(b"x", "xx");
        check_alpn(&[0xab], "ab");
        check_alpn(&[0xab, 0xcd], "ad");
        check_alpn(&[0x30, 0x31, 0xab, 0xcd], "3d");
        check_alpn(&[0x30, 0xab, 0xcd, 0x31], "01");
    }

    #[test]
    fn a_bare_hello_has_zeros() {
        let body = [&[3, 1][..], &[7; 32], &[0, 0, 2, 0, 47, 1, 0]].concat();
        let hello = ClientHello::decode(&body);
        assert_eq!(ja4(&hello), "t10i010000_5d3d5a6c4e5b_000000000000".replace("5d3d5a6c4e5b", &short_hash("002f")));
        assert_eq!(ja3_text(&hello), "769,47,,,");
    }

    #[test]
    fn published_fingerprints_of_browsers() {
        let message = bytes(samples::CLIENT_HELLO_CHROME);
        let hello = ClientHello::decode(&message[4..]);
        assert_eq!(ja3(&hello), "989457eb4c148cbbe80b7799ac9aef59");
        assert_eq!(ja4(&hello), "t13d1515h2_8daaf6152771_f37e75b10bcc");
        let message = bytes(samples::HELLO_RETRY_REQUEST);
        assert_eq!(ja3s(&ServerHello::decode(&message[4..])), "15af977ce25de452b96affa2addb1036");
    }
}
