//! Numbers, times and field values as text for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::facts::Value;
pub use crate::vocab::text::duration;
use crate::vocab::{Time, text};

/// A moment as time of day with microseconds, in `zone`.
pub fn clock(time: Time, zone: &TimeZone) -> String {
    moment(time, zone, "%H:%M:%S%.6f")
}

/// A moment as time of day in whole seconds, in `zone`.
pub fn clock_seconds(time: Time, zone: &TimeZone) -> String {
    moment(time, zone, "%H:%M:%S")
}

/// A moment with its date, in `zone`.
pub fn date_and_clock(time: Time, zone: &TimeZone) -> String {
    moment(time, zone, "%Y-%m-%d %H:%M:%S%.3f")
}

fn moment(time: Time, zone: &TimeZone, format: &str) -> String {
    match Timestamp::from_nanosecond(i128::from(time.0)) {
        Ok(stamp) => stamp.to_zoned_datetime(zone.clone()).strftime(format).to_string(),
        Err(_) => format!("{}s", time.unix_seconds()),
    }
}

/// A number of bytes: exact below 10,000, else with a decimal unit.
pub fn bytes(count: u64) -> String {
    if count < 10_000 {
        return format!("{count} B");
    }
    scaled(count as f64, &["kB", "MB", "GB", "TB", "PB"])
}

/// A number of anything: exact below 100,000, else with `k`, `M`, `G`.
pub fn count(number: u64) -> String {
    if number < 100_000 {
        return number.to_string();
    }
    scaled(number as f64, &["k", "M", "G", "T", "P"])
}

/// So many of something where room is short: `1 flow`, `1304 flows`, `123k flows`.
pub fn about(number: u64, noun: &str) -> String {
    format!("{} {}", count(number), text::noun_for(number, noun))
}

fn scaled(number: f64, units: &[&str]) -> String {
    let mut value = number / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let space = if units[unit].len() > 1 { " " } else { "" };
    if value < 99.95 {
        format!("{value:.1}{space}{}", units[unit])
    } else {
        format!("{value:.0}{space}{}", units[unit])
    }
}

/// A share in per cent with the digits that matter.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match share {
        0.0 => "0 %".to_owned(),
        share if share < 0.01 => "<0.01 %".to_owned(),
        share if share < 10.0 => format!("{share:.2} %"),
        share => format!("{share:.1} %"),
    }
}

/// A field's value.
pub fn value(value: &Value<'_>, zone: &TimeZone) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Seconds(seconds) => duration(*seconds),
        Value::Time(time) => clock(*time, zone),
        Value::Ip(ip) => ip.to_string(),
        Value::Text(captured) => text::visible(captured),
        Value::Bytes(captured) => text::visible_bytes(captured),
        Value::Set(names) => names.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares_keep_the_digits_that_matter() {
        assert_eq!(
            [0, 9_999, 12_345, 999_960, 5_000_000_000].map(bytes),
            ["0 B", "9999 B", "12.3 kB", "1.0 MB", "5.0 GB"]
        );
        assert_eq!([99_999, 123_456, 1_000_000].map(count), ["99999", "123k", "1.0M"]);
        assert_eq!(percent(0, 0), "-");
        assert_eq!(percent(11, 1304), "0.84 %");
        assert_eq!(percent(1, 1_000_000), "<0.01 %");
        assert_eq!(percent(1, 3), "33.3 %");
    }

    #[test]
    fn times_are_shown_in_the_zone() {
        let time = Time(1_700_000_000_123_456_789);
        assert_eq!(clock(time, &TimeZone::UTC), "22:13:20.123456");
        assert_eq!(date_and_clock(time, &TimeZone::UTC), "2023-11-14 22:13:20.123");
    }
}
