//! What a field's values are, and when they are known: filters read a value by its kind, lists align and sort by it,
//! and only what is known early can explain a failure.

use std::fmt;

use super::Value;

/// What a field's values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number.
    Number(Unit),
    /// Any text.
    Text,
    /// A TLS version by its name; a filter may also say `1.3` or `0x0304`.
    Version,
    /// An IP address; a filter may also name a network.
    Address,
    /// A moment; a filter may also name a minute or a day.
    Time,
    /// A duration in seconds.
    Duration,
    /// Yes or no.
    Truth,
    /// One of these names.
    OneOf(&'static [&'static str]),
    /// Any of these names, several at a time.
    Set(&'static [&'static str]),
}

/// What a number counts or names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Packets.
    Packets,
    /// TCP segments.
    Segments,
    /// TLS records.
    Records,
    /// Certificates.
    Certificates,
    /// ICMP errors.
    Errors,
    /// Routers that may still be passed: a TTL or hop limit.
    Hops,
    /// Bits by which a window is shifted.
    Bits,
    /// The number of a flow.
    Flow,
    /// The number of an attempt.
    Attempt,
    /// The number of a packet.
    Packet,
    /// A TCP port.
    Port,
    /// A number of an IANA registry.
    Code,
    /// What is left when a number is divided.
    Remainder,
}

/// When a fact is known, and so what it can tell of a failure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    /// It only says which flow this is: numbers in the capture.
    Identity,
    /// Known before anything could go wrong: the ends, the SYN.
    Before,
    /// Known from the answer to the SYN.
    Answer,
    /// Known from the ClientHello.
    Hello,
    /// A consequence of how the flow went: it explains nothing.
    Consequence,
}

impl Kind {
    /// Whether values are compared by their size at a glance, so that they end at a column's right edge.
    pub fn is_right(self) -> bool {
        matches!(self, Kind::Number(_) | Kind::Duration)
    }

    /// Whether values are sizes, between which a threshold can lie; else each is one of its own.
    pub fn is_quantity(self) -> bool {
        match self {
            Kind::Duration => true,
            Kind::Number(unit) => unit.is_quantity(),
            _ => false,
        }
    }

    /// The names that a value can have; none where it is no name.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Kind::OneOf(names) | Kind::Set(names) => names,
            _ => &[],
        }
    }

    /// Whether a value is of this kind.
    pub fn has(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Kind::Number(_), Value::Integer(_))
            | (Kind::Text, Value::Text(_) | Value::Bytes(_))
            | (Kind::Version, Value::Text(_))
            | (Kind::Address, Value::Ip(_))
            | (Kind::Time, Value::Time(_))
            | (Kind::Duration, Value::Seconds(_))
            | (Kind::Truth, Value::Bool(_)) => true,
            (Kind::OneOf(names), Value::Text(name)) => names.contains(&name.as_ref()),
            (Kind::Set(names), Value::Set(some)) => some.iter().all(|name| names.contains(name)),
            _ => false,
        }
    }
}

impl Unit {
    /// Whether there is more and less of it.
    fn is_quantity(self) -> bool {
        !matches!(self, Unit::Flow | Unit::Attempt | Unit::Packet | Unit::Code | Unit::Remainder)
    }

    /// Its name, in the plural where it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Bytes => "bytes",
            Unit::Packets => "packets",
            Unit::Segments => "segments",
            Unit::Records => "records",
            Unit::Certificates => "certificates",
            Unit::Errors => "errors",
            Unit::Hops => "hops",
            Unit::Bits => "bits",
            Unit::Flow => "flow number",
            Unit::Attempt => "attempt number",
            Unit::Packet => "packet number",
            Unit::Port => "port",
            Unit::Code => "registered number",
            Unit::Remainder => "remainder",
        }
    }
}

impl Tier {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Identity => "identity",
            Tier::Before => "before",
            Tier::Answer => "answer",
            Tier::Hello => "hello",
            Tier::Consequence => "consequence",
        }
    }
}

/// Names that are listed in a description of a kind; of more only the number is told.
const LISTED: usize = 8;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Number(unit) => f.write_str(unit.name()),
            Kind::Text => f.write_str("text"),
            Kind::Version => f.write_str("version"),
            Kind::Address => f.write_str("address"),
            Kind::Time => f.write_str("time"),
            Kind::Duration => f.write_str("duration"),
            Kind::Truth => f.write_str("yes or no"),
            Kind::OneOf(names) if names.len() > LISTED => write!(f, "one of {} names", names.len()),
            Kind::OneOf(names) => write!(f, "one of {}", names.join(", ")),
            Kind::Set(names) => write!(f, "some of {}", names.join(", ")),
        }
    }
}
