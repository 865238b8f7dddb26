//! One thing that flows can have in common: a field's value, or the side of a threshold on which it lies.

use super::factor::Factor;
use crate::facts::{Field, FlowFacts, Value};

/// How a value compares with the condition's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Op {
    /// It is the same.
    Equal,
    /// It is the same or less.
    AtMost,
    /// It is the same or more.
    AtLeast,
}

impl Op {
    /// Its sign in output.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::AtMost => "<=",
            Op::AtLeast => ">=",
        }
    }
}

/// A field's value, or the side of a threshold.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// What is asked.
    pub factor: Factor,
    /// How it compares.
    pub op: Op,
    /// With what.
    pub value: Value<'static>,
}

impl Condition {
    /// The field's row.
    pub fn field(&self) -> &'static Field {
        self.factor.field()
    }

    /// Whether it holds for a flow; none where the flow has no such fact.
    pub fn holds(&self, facts: &FlowFacts<'_>) -> Option<bool> {
        let value = self.factor.value(facts)?;
        Some(match self.op {
            Op::Equal => same(&value, &self.value),
            Op::AtMost => number(&value)? <= number(&self.value)?,
            Op::AtLeast => number(&value)? >= number(&self.value)?,
        })
    }
}

/// Whether all of some conditions hold for a flow.
pub fn all_hold(conditions: &[Condition], facts: &FlowFacts<'_>) -> bool {
    conditions.iter().all(|condition| condition.holds(facts) == Some(true))
}

/// The size of a quantity.
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Seconds(seconds) => Some(*seconds),
        _ => None,
    }
}

/// Whether two values are the same; the case of captured text does not matter (RFC 4343).
pub(super) fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Bytes(bytes), Value::Text(text)) => match str::from_utf8(bytes) {
            Ok(own) => own.eq_ignore_ascii_case(text),
            Err(_) => String::from_utf8_lossy(bytes).eq_ignore_ascii_case(text),
        },
        _ => one == other,
    }
}
