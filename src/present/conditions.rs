//! What failing attempts have in common, in words: conditions, groups, probabilities.

use crate::contrast::{About, Condition, Op};
use crate::facts::{Field, Value};
use crate::vocab::text;

/// What a field is called: its name as words.
pub fn name(field: &Field) -> String {
    field.name.replace(['.', '_'], " ")
}

/// A condition: `client network 192.0.2.0/24`, `tls client hello bytes >= 1500`.
pub fn condition(condition: &Condition) -> String {
    let name = name(condition.field());
    let value = value(&condition.value);
    match condition.op {
        Op::Equal => format!("{name} {value}"),
        op => format!("{name} {} {value}", op.sign()),
    }
}

/// Conditions that hold together.
pub fn conditions(conditions: &[Condition]) -> String {
    conditions.iter().map(condition).collect::<Vec<_>>().join(" and ")
}

/// What some failing units are.
pub fn about(about: &About) -> String {
    match about {
        About::Cause(cause) => cause.name().to_owned(),
        About::Ending { ended_by, ttl, .. } => format!("ended by a {ended_by} at TTL {ttl}"),
    }
}

/// A probability: `0.09`, `6e-6`.
pub fn probability(p: f64) -> String {
    if p >= 0.01 { format!("{p:.2}") } else { format!("{p:.0e}") }
}

/// A ratio with two figures.
pub fn ratio(ratio: f64) -> String {
    if ratio >= 10.0 {
        let scale = 10_f64.powi(ratio.log10().floor() as i32 - 1);
        format!("{}", (ratio / scale).round() * scale)
    } else {
        format!("{ratio:.1}")
    }
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Seconds(seconds) => text::duration(*seconds),
        Value::Time(time) => time.0.to_string(),
        Value::Ip(ip) => ip.to_string(),
        Value::Text(text) => text::visible(text),
        Value::Bytes(bytes) => text::visible_bytes(bytes),
        Value::Set(names) => names.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0869, 6.3e-6].map(probability), ["0.09", "6e-6"]);
        assert_eq!([35.46, 2.128, 590.77, 0.5].map(ratio), ["35", "2.1", "590", "0.5"]);
    }
}
