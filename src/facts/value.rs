//! A field's value with its type.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use crate::vocab::Time;

/// What a field says of a flow.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// Yes or no.
    Bool(bool),
    /// A count or number.
    Integer(i64),
    /// A duration in seconds.
    Seconds(f64),
    /// A moment.
    Time(Time),
    /// An address.
    Ip(IpAddr),
    /// Text as captured; it must be made visible before it is shown.
    Text(Cow<'a, str>),
}

impl Value<'_> {
    /// The order that sorting by a column follows.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Seconds(a), Value::Seconds(b)) => a.total_cmp(b),
            (Value::Time(a), Value::Time(b)) => a.cmp(b),
            (Value::Ip(a), Value::Ip(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}
