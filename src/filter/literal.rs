//! A value as written in a filter, read in every way that makes sense; the field decides which one counts.

use std::cmp::Ordering;
use std::net::IpAddr;

use crate::facts::Value;
use crate::vocab::Time;

/// A value to compare with.
#[derive(Clone, PartialEq, Debug)]
pub struct Literal {
    text: String,
    number: Option<f64>,
    seconds: Option<f64>,
    network: Option<Network>,
    time: Option<(Time, Time)>,
    truth: Option<bool>,
}

/// An address with the number of its bits that count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Network {
    ip: IpAddr,
    bits: u32,
}

impl Literal {
    /// Reads a value.
    pub fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Self {
            number: number(&lower),
            seconds: seconds(&lower),
            network: Network::parse(text),
            time: time(text),
            truth: match lower.as_str() {
                "true" | "yes" | "1" => Some(true),
                "false" | "no" | "0" => Some(false),
                _ => None,
            },
            text: lower,
        }
    }

    /// Its text in lower case.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it can be read as an address or network.
    pub fn is_address(&self) -> bool {
        self.network.is_some()
    }

    /// Whether `value` is this: an address is in the network, a moment in the day or minute named, text the same but
    /// for case.
    pub fn equals(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Ip(ip) => self.network.is_some_and(|network| network.contains(*ip)),
            Value::Time(time) => self.time.is_some_and(|(from, to)| (from..=to).contains(time)),
            Value::Text(text) => text.eq_ignore_ascii_case(&self.text),
            _ => self.order(value) == Some(Ordering::Equal),
        }
    }

    /// How `value` stands to this; `None` where the two cannot be compared.
    pub fn order(&self, value: &Value<'_>) -> Option<Ordering> {
        match value {
            Value::Bool(yes) => Some(yes.cmp(&self.truth?)),
            Value::Integer(number) => (*number as f64).partial_cmp(&self.number?),
            Value::Seconds(seconds) => seconds.partial_cmp(&self.seconds?),
            Value::Time(time) => {
                let (from, to) = self.time?;
                Some(if *time < from {
                    Ordering::Less
                } else if *time > to {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                })
            }
            Value::Ip(ip) => Some(ip.cmp(&self.network?.ip)),
            Value::Text(text) => Some(text.to_ascii_lowercase().as_str().cmp(&self.text)),
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

    fn ip(text: &str) -> Value<'static> {
        Value::Ip(text.parse().expect("an address"))
    }

    #[test]
    fn networks_hold_their_addresses() {
        assert!(Literal::new("10.0.0.0/8").equals(&ip("10.9.1.2")));
        assert!(!Literal::new("10.0.0.0/8").equals(&ip("11.0.0.1")));
        assert!(Literal::new("0.0.0.0/0").equals(&ip("11.0.0.1")));
        assert!(Literal::new("2001:db8::/32").equals(&ip("2001:db8::1")));
        assert!(!Literal::new("10.0.0.0/8").equals(&ip("2001:db8::1")));
        assert!(Literal::new("10.9.1.2").equals(&ip("10.9.1.2")));
        assert!(!Literal::new("10.9.1.2/33").is_address());
    }

    #[test]
    fn units_count() {
        assert_eq!(Literal::new("100ms").order(&Value::Seconds(0.1)), Some(Ordering::Equal));
        assert_eq!(Literal::new("10k").order(&Value::Integer(10_000)), Some(Ordering::Equal));
        assert_eq!(Literal::new("0x10").order(&Value::Integer(17)), Some(Ordering::Greater));
        assert_eq!(Literal::new("soon").order(&Value::Seconds(0.1)), None);
    }

    #[test]
    fn a_day_holds_its_moments() {
        let noon = Value::Time(Time(1_700_049_600_000_000_000));
        assert!(Literal::new("2023-11-15").equals(&noon));
        assert!(Literal::new("2023-11-15 12:00").equals(&noon));
        assert!(Literal::new("2023-11-15T12:00:00Z").equals(&noon));
        assert!(!Literal::new("2023-11-15 12:01").equals(&noon));
        assert_eq!(Literal::new("2023-11-14").order(&noon), Some(Ordering::Greater));
    }
}
