//! A small DER reader that knows its offsets and goes on where bytes are damaged or cut.
//!
//! It serves the certificate tree, names and times, and the certificates x509-parser refuses. It reads one level at
//! a time, so nesting costs no stack here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::vocab::text::{hex, visible};

/// Tags of the universal class as they stand on the wire.
pub mod tag {
    #![expect(missing_docs, reason = "the names are those of X.680")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
}

/// One element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier byte: class, constructed bit and number.
    pub tag: u8,
    /// The contents; shorter than announced if the bytes end first.
    pub body: &'a [u8],
    /// Offset of the identifier.
    pub start: usize,
    /// Offset of the contents.
    pub body_start: usize,
    /// Length the element announces for its contents.
    pub announced: usize,
    /// The element as it stands, header included.
    pub raw: &'a [u8],
}

impl<'a> Element<'a> {
    /// Where the element lies.
    pub fn range(&self) -> Range<usize> {
        self.start..self.body_start + self.body.len()
    }

    /// Where its contents lie.
    pub fn body_range(&self) -> Range<usize> {
        self.body_start..self.body_start + self.body.len()
    }

    /// Whether the bytes end before the element does.
    pub fn is_cut(&self) -> bool {
        self.body.len() < self.announced
    }

    /// The elements inside, with offsets that go on from here.
    pub fn children(&self) -> Elements<'a> {
        Elements::new(self.body, self.body_start)
    }

    /// The number of a context-specific tag.
    pub fn context(&self) -> Option<u8> {
        (self.tag & 0xc0 == 0x80).then_some(self.tag & 0x1f)
    }
}

/// The elements of a slice, in order. Ends at the first that has no header.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Elements<'a> {
    /// The elements of `bytes`, which starts at `offset` of whatever the offsets shall count from.
    pub fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { rest: bytes, offset }
    }

    /// The bytes that are not read, and where they start.
    pub fn rest(&self) -> (&'a [u8], usize) {
        (self.rest, self.offset)
    }

    /// The next element if it has this tag; else nothing is read.
    pub fn next_if(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.rest.first() == Some(&tag) { self.next() } else { None }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, after) = self.rest.split_first()?;
        if tag & 0x1f == 0x1f {
            return None; // Numbers above 30 have no place in certificates.
        }
        let (&first, mut after) = after.split_first()?;
        let announced = if first < 0x80 {
            usize::from(first)
        } else {
            let (length, rest) = after.split_at_checked(usize::from(first & 0x7f))?;
            if length.is_empty() || length.len() > 4 {
                return None;
            }
            after = rest;
            length.iter().fold(0, |value, byte| value << 8 | usize::from(*byte))
        };
        let header = self.rest.len() - after.len();
        let body = &after[..announced.min(after.len())];
        let raw = &self.rest[..header + body.len()];
        let (start, body_start) = (self.offset, self.offset + header);
        self.offset += raw.len();
        self.rest = &self.rest[raw.len()..];
        Some(Element { tag, body, start, body_start, announced, raw })
    }
}

/// An object identifier in dotted form; none if it is empty, cut, or has numbers above 2^64.
pub fn oid(body: &[u8]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut value: u64 = 0;
    for byte in body {
        if value >> 57 != 0 {
            return None;
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(value);
            value = 0;
        }
    }
    if body.last().is_none_or(|last| last & 0x80 != 0) {
        return None;
    }
    let first = *numbers.first()?;
    let top = (first / 40).min(2);
    let parts = [top, first - top * 40].into_iter().chain(numbers.into_iter().skip(1));
    Some(parts.map(|number| number.to_string()).collect::<Vec<_>>().join("."))
}

/// The text of a string type, made safe to show; none for other types and text that does not decode.
pub fn string(element: &Element<'_>) -> Option<String> {
    let text = match element.tag {
        tag::UTF8_STRING | 0x12 | 0x13 | 0x16 | 0x1a => std::str::from_utf8(element.body).ok()?.to_owned(),
        // Written in practice as UTF-8 or Latin-1.
        0x14 => std::str::from_utf8(element.body)
            .map_or_else(|_| element.body.iter().map(|byte| char::from(*byte)).collect(), str::to_owned),
        0x1e => {
            let units = element.body.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()?
        }
        0x1c => element
            .body
            .chunks_exact(4)
            .map(|quad| char::from_u32(u32::from_be_bytes([quad[0], quad[1], quad[2], quad[3]])))
            .collect::<Option<String>>()?,
        _ => return None,
    };
    Some(visible(&text))
}

/// A UTCTime or GeneralizedTime in seconds since 1970; zone offsets, missing seconds and fractions are understood.
pub fn time(element: &Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(element.body).ok()?;
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (digits, zone) = text.split_at(zone);
    let digits = digits.split_once(['.', ',']).map_or(digits, |(whole, _)| whole);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match element.tag {
        tag::UTC_TIME => {
            let year: i64 = digits.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, digits.get(2..)?)
        }
        tag::GENERALIZED_TIME => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        _ => return None,
    };
    let pair = |index: usize| rest.get(index * 2..index * 2 + 2)?.parse::<i64>().ok();
    let (month, day, hour) = (pair(0)?, pair(1)?, pair(2)?);
    let (minute, second) = (pair(3).unwrap_or(0), pair(4).unwrap_or(0));
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = match zone.as_bytes() {
        [sign @ (b'+' | b'-'), digits @ ..] if digits.len() == 4 => {
            let number: i64 = zone[1..].parse().ok()?;
            let seconds = (number / 100) * 3600 + (number % 100) * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => 0,
    };
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

/// The address in the four or sixteen bytes of a subject alternative name.
pub fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).into())
}

/// A time in seconds since 1970 as `2024-05-01 12:00:00 UTC`.
pub fn time_text(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years start in March so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// A distinguished name as text (RFC 4514): the last part first, special characters escaped, control characters made
/// visible.
pub fn name(der: &[u8]) -> String {
    let Some(sequence) = Elements::new(der, 0).next() else { return String::new() };
    let mut parts: Vec<String> = sequence
        .children()
        .map(|set| set.children().map(|attribute| attribute_text(&attribute)).collect::<Vec<_>>().join("+"))
        .collect();
    parts.reverse();
    parts.join(",")
}

/// The type in dotted form and the value of one attribute of a name.
pub fn attribute<'a>(element: &Element<'a>) -> Option<(String, Element<'a>)> {
    let mut children = element.children();
    Some((oid(children.next_if(tag::OID)?.body)?, children.next()?))
}

fn attribute_text(element: &Element<'_>) -> String {
    let Some((kind, value)) = attribute(element) else { return format!("#{}", hex(element.raw)) };
    let label = short_name(&kind).unwrap_or(&kind);
    match string(&value) {
        Some(text) => format!("{label}={}", escaped(&text)),
        None => format!("{label}=#{}", hex(value.raw)),
    }
}

/// The short name of an attribute type (RFC 4514 §3, and the usual ones beside it).
pub fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.42" => "GN",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '<' | '>' | ';' | '=')
            || (c == '#' && index == 0)
            || (c == ' ' && (index == 0 || index == last));
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(der: &[u8]) -> Element<'_> {
        Elements::new(der, 0).next().expect("an element")
    }

    fn check_time(tag: u8, text: &str, expected: Option<&str>) {
        let der = [&[tag, u8::try_from(text.len()).expect("short")], text.as_bytes()].concat();
        assert_eq!(time(&only(&der)).map(time_text).as_deref(), expected, "{text}");
    }

    #[test]
    fn times() {
        check_time(0x17, "240229120000Z", Some("2024-02-29 12:00:00 UTC"));
        check_time(0x17, "491231235959Z", Some("2049-12-31 23:59:59 UTC"));
        check_time(0x17, "500101000000Z", Some("1950-01-01 00:00:00 UTC"));
        check_time(0x18, "20500101000000Z", Some("2050-01-01 00:00:00 UTC"));
        check_time(0x18, "20230610223930+0200", Some("2023-06-10 20:39:30 UTC"));
        check_time(0x18, "99991231235959Z", Some("9999-12-31 23:59:59 UTC"));
        check_time(0x18, "197001010000", Some("1970-01-01 00:00:00 UTC"));
        check_time(0x17, "241301120000Z", None);
        check_time(0x17, "now", None);
    }

    #[test]
    fn oids() {
        assert_eq!(oid(&[0x55, 4, 3]).as_deref(), Some("2.5.4.3"));
        assert_eq!(oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b]).as_deref(), Some("1.2.840.113549.1.1.11"));
        assert_eq!(oid(&[0x88, 0x37]).as_deref(), Some("2.999"));
        assert_eq!((oid(&[]), oid(&[0x2a, 0x86])), (None, None));
    }

    #[test]
    fn names_are_escaped_and_made_visible() {
        let part = |value: &[u8]| {
            let value = [&[0x0c, value.len() as u8], value].concat();
            let pair = [&[0x06, 3, 0x55, 4, 10][..], &value].concat();
            let pair = [&[0x30, pair.len() as u8], &pair[..]].concat();
            [&[0x31, pair.len() as u8], &pair[..]].concat()
        };
        let parts = [part(b"A, B+C"), part(b" #1 "), part(b"x\x1b[m")].concat();
        let der = [&[0x30, parts.len() as u8], &parts[..]].concat();
        assert_eq!(name(&der), "O=x\\u{1b}[m,O=\\ #1\\ ,O=A\\, B\\+C");
    }

    #[test]
    fn cut_elements_keep_what_is_there() {
        let element = only(&[0x30, 5, 2, 1]);
        assert!(element.is_cut());
        assert_eq!((element.body, element.range()), (&[2, 1][..], 0..4));
        assert_eq!(Elements::new(&[0x30, 0x85, 1, 1, 1, 1, 1], 0).next(), None);
        assert_eq!(Elements::new(&[0x30, 0x82, 1], 0).next(), None);
    }
}
