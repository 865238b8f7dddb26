//! Facts that may explain: the only ones that are ever compared.

use std::borrow::Cow;

use crate::facts::{FIELDS, Field, FlowFacts, Rank, Tier, Value};

/// A row of the field table that was known before the outcome. There is no other way to get one than [`Factor::of`], so that
/// no consequence of a failure is ever taken for its reason.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    field: &'static Field,
    rank: Rank,
}

impl PartialEq for Factor {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.field, other.field)
    }
}

impl Factor {
    /// A field as a factor; none where it does not explain anything or is known too late to.
    pub fn of(field: &'static Field) -> Option<Self> {
        let early = matches!(field.tier, Tier::Before | Tier::Answer | Tier::Hello);
        let rank = field.explains.filter(|_| early)?;
        Some(Self { field, rank })
    }

    /// All of the field table, in its order.
    pub fn all() -> Vec<Self> {
        FIELDS.iter().filter_map(Self::of).collect()
    }

    /// Its row.
    pub fn field(self) -> &'static Field {
        self.field
    }

    /// How soon it gives the name where several conditions have the same members.
    pub fn rank(self) -> Rank {
        self.rank
    }

    /// Whether its values are sizes, between which thresholds lie.
    pub fn is_quantity(self) -> bool {
        self.field.kind.is_quantity()
    }

    /// Whether it names a server.
    pub fn is_name(self) -> bool {
        self.rank == Rank::Name
    }

    /// What it is of a flow.
    pub fn value<'a>(self, facts: &FlowFacts<'a>) -> Option<Value<'a>> {
        (self.field.get)(facts)
    }
}

/// A value that outlives its flow; captured text in lower case.
pub(super) fn owned(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Bool(yes) => Value::Bool(*yes),
        Value::Integer(number) => Value::Integer(*number),
        Value::Seconds(seconds) => Value::Seconds(*seconds),
        Value::Time(time) => Value::Time(*time),
        Value::Ip(ip) => Value::Ip(*ip),
        Value::Text(text) => Value::Text(Cow::Owned(text.clone().into_owned())),
        Value::Bytes(bytes) => Value::Text(Cow::Owned(String::from_utf8_lossy(bytes).to_ascii_lowercase())),
        Value::Set(names) => Value::Set(names.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Kind;

    /// "No TLS version" would explain every failure that came before one was negotiated.
    #[test]
    fn a_consequence_is_no_factor() {
        let row = |tier| -> &'static Field {
            Box::leak(Box::new(Field {
                name: "test",
                kind: Kind::Text,
                tier,
                explains: Some(Rank::Client),
                doc: "",
                get: |_| None,
                aliases: &[],
                json: None,
                sparse: false,
                csv: None,
                column: None,
            }))
        };
        assert!(Factor::of(row(Tier::Before)).is_some());
        assert!(Factor::of(row(Tier::Consequence)).is_none());
        assert!(Factor::of(row(Tier::Identity)).is_none());
        for factor in Factor::all() {
            assert!(factor.field().tier < Tier::Consequence, "{}", factor.field().name);
        }
    }
}
