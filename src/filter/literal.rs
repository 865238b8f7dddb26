//! A value as written in a filter, read by the kind of the field it is compared with.

use std::cmp::Ordering;
use std::net::IpAddr;

use crate::facts::{Kind, Value, visible};
use crate::vocab::Time;

/// A value to compare with.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// A number.
    Number(f64),
    /// A duration in seconds.
    Seconds(f64),
    /// An address or network.
    Network(Network),
    /// The first and the last moment of what was named.
    Span(Time, Time),
    /// Yes or no.
    Truth(bool),
    /// Text or a name, in lower case.
    Text(String),
}

/// An address with the number of its bits that count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    ip: IpAddr,
    bits: u32,
}

impl Literal {
    /// Reads a value; `None` where no field of this kind can have it.
    pub fn read(text: &str, kind: Kind) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        match kind {
            Kind::Number(_) => number(&lower).map(Self::Number),
            Kind::Duration => seconds(&lower).map(Self::Seconds),
            Kind::Address => Network::parse(text).map(Self::Network),
            Kind::Time => time(text).map(|(first, last)| Self::Span(first, last)),
            Kind::Truth => truth(&lower).map(Self::Truth),
            Kind::Version => Some(Self::Text(version(&lower))),
            Kind::Text => Some(Self::Text(lower)),
            Kind::OneOf(names) | Kind::Set(names) => names.contains(&lower.as_str()).then_some(Self::Text(lower)),
        }
    }

    /// What a text is that cannot be read as a value of a kind: `it is no number`.
    pub fn refusal(kind: Kind) -> &'static str {
        match kind {
            Kind::Number(_) => "is no number",
            Kind::Duration => "is no duration",
            Kind::Address => "is no address or network",
            Kind::Time => "is no date or time",
            Kind::Truth => "is neither yes nor no",
            Kind::Version | Kind::Text | Kind::OneOf(_) | Kind::Set(_) => "is no value of it",
        }
    }

    /// Whether `value` is this: an address is in the network, a moment in the day or minute named, text the same but
    /// for case, one of several names this one.
    pub fn equals(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Network(network), Value::Ip(ip)) => network.contains(*ip),
            (Self::Text(name), Value::Set(names)) => names.iter().any(|one| one.eq_ignore_ascii_case(name)),
            _ => self.order(value) == Some(Ordering::Equal),
        }
    }

    /// How `value` stands to this; `None` where the two cannot be compared.
    pub fn order(&self, value: &Value<'_>) -> Option<Ordering> {
        match (self, value) {
            (Self::Truth(this), Value::Bool(yes)) => Some(yes.cmp(this)),
            (Self::Number(this), Value::Integer(number)) => (*number as f64).partial_cmp(this),
            (Self::Seconds(this), Value::Seconds(seconds)) => seconds.partial_cmp(this),
            (Self::Span(first, last), Value::Time(time)) => Some(if time < first {
                Ordering::Less
            } else if time > last {
                Ordering::Greater
            } else {
                Ordering::Equal
            }),
            (Self::Network(network), Value::Ip(ip)) => Some(ip.cmp(&network.ip)),
            (Self::Text(this), Value::Text(text)) => Some(text.to_ascii_lowercase().as_str().cmp(this)),
            (Self::Text(this), Value::Bytes(bytes)) => Some(visible(bytes).to_ascii_lowercase().as_str().cmp(this)),
            _ => None,
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let ip: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { ip, bits })
    }

    fn contains(self, ip: IpAddr) -> bool {
        match (self.ip, ip) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                net.to_bits() & mask == ip.to_bits() & mask
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                net.to_bits() & mask == ip.to_bits() & mask
            }
            _ => false,
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// A TLS version in lower case, however it is said: `1.3`, `TLSv1.3` and `0x0304` are `tls 1.3`.
fn version(text: &str) -> String {
    let bare = text.strip_prefix("tls").unwrap_or(text).trim_start_matches([' ', 'v']);
    match bare {
        "1.0" | "1" | "0x0301" => "tls 1.0",
        "1.1" | "0x0302" => "tls 1.1",
        "1.2" | "0x0303" => "tls 1.2",
        "1.3" | "0x0304" => "tls 1.3",
        "0x0300" | "ssl3" | "sslv3" | "ssl 3.0" => "ssl 3.0",
        _ => text,
    }
    .to_owned()
}

/// A number, hexadecimal with `0x`, or with a unit of bytes: `10k`, `1.5MB`.
fn number(text: &str) -> Option<f64> {
    if let Some(hex) = text.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).ok().map(|number| number as f64);
    }
    let (number, unit) = split_unit(text)?;
    let factor = match unit {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * factor)
}

/// A duration in seconds, or with a unit: `100ms`, `2s`, `1.5m`.
fn seconds(text: &str) -> Option<f64> {
    let (number, unit) = split_unit(text)?;
    let factor = match unit {
        "" | "s" | "sec" => 1.0,
        "ms" => 1e-3,
        "us" | "µs" => 1e-6,
        "ns" => 1e-9,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Some(number * factor)
}

fn split_unit(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit))
}

/// The first and last moment that `text` names, in UTC where it states no zone: a moment, a minute, a day.
fn time(text: &str) -> Option<(Time, Time)> {
    use jiff::{Timestamp, civil, tz::TimeZone};
    let nanos = |moment: Timestamp| i64::try_from(moment.as_nanosecond()).ok().map(Time);
    let span = |begin: Timestamp, seconds: i64| {
        let begin = nanos(begin)?;
        Some((begin, Time(begin.0.saturating_add(seconds * Time::SECOND - 1))))
    };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return if text.contains('.') { nanos(moment).map(|moment| (moment, moment)) } else { span(moment, 1) };
    }
    let utc = |moment: civil::DateTime| TimeZone::UTC.to_timestamp(moment).ok();
    if !text.contains(':') {
        return span(utc(text.parse::<civil::Date>().ok()?.at(0, 0, 0, 0))?, 86_400);
    }
    let moment = text.parse::<civil::DateTime>().ok()?;
    match text.matches(':').count() {
        1 => span(utc(moment)?, 60),
        _ if text.contains('.') => span(utc(moment)?, 0).map(|(begin, _)| (begin, begin)),
        _ => span(utc(moment)?, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Unit;

    const NUMBER: Kind = Kind::Number(Unit::Bytes);

    fn literal(text: &str, kind: Kind) -> Literal {
        Literal::read(text, kind).expect("a value of the kind")
    }

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |network: &str, ip: &str| {
            literal(network, Kind::Address).equals(&Value::Ip(ip.parse().expect("an address")))
        };
        assert!(holds("10.0.0.0/8", "10.9.1.2"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "11.0.0.1"));
        assert!(holds("2001:db8::/32", "2001:db8::1"));
        assert!(!holds("10.0.0.0/8", "2001:db8::1"));
        assert!(holds("10.9.1.2", "10.9.1.2"));
    }

    #[test]
    fn units_count() {
        assert_eq!(literal("100ms", Kind::Duration).order(&Value::Seconds(0.1)), Some(Ordering::Equal));
        assert_eq!(literal("10k", NUMBER).order(&Value::Integer(10_000)), Some(Ordering::Equal));
        assert_eq!(literal("0x10", NUMBER).order(&Value::Integer(17)), Some(Ordering::Greater));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let names = Kind::OneOf(&["ok", "failed"]);
        let refused = [
            ("many", NUMBER),
            ("10ms", NUMBER),
            ("soon", Kind::Duration),
            ("10.9.1.2/33", Kind::Address),
            ("api", Kind::Address),
            ("yesterday", Kind::Time),
            ("maybe", Kind::Truth),
            ("fialed", names),
            ("gaps", Kind::Set(&["gap"])),
        ];
        for (text, kind) in refused {
            assert_eq!(Literal::read(text, kind), None, "{text} as {kind}");
        }
        assert_eq!(literal("FAILED", names), Literal::Text("failed".into()));
        assert_eq!(literal("No", Kind::Truth), Literal::Truth(false));
    }

    #[test]
    fn a_version_has_many_spellings() {
        for text in ["1.3", "TLS 1.3", "tlsv1.3", "0x0304"] {
            assert_eq!(literal(text, Kind::Version), Literal::Text("tls 1.3".into()), "{text}");
        }
    }

    #[test]
    fn one_of_several_names_is_enough() {
        let issues = Value::Set(vec!["gap", "midstream"]);
        let kind = Kind::Set(&["gap", "midstream", "conflict"]);
        assert!(literal("midstream", kind).equals(&issues) && !literal("conflict", kind).equals(&issues));
    }

    #[test]
    fn a_day_holds_its_moments() {
        let noon = Value::Time(Time(1_700_049_600_000_000_000));
        let time = |text: &str| literal(text, Kind::Time);
        assert!(time("2023-11-15").equals(&noon));
        assert!(time("2023-11-15 12:00").equals(&noon));
        assert!(time("2023-11-15T12:00:00Z").equals(&noon));
        assert!(!time("2023-11-15 12:01").equals(&noon));
        assert_eq!(time("2023-11-14").order(&noon), Some(Ordering::Greater));
    }
}
