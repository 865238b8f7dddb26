//! The flow list: columns made of the field table, their cells, their order.

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::role::{Role, Span};
use super::values;
use crate::facts::{self, FIELDS, Field, FlowFacts, Tone, Value, visible};
use crate::vocab::Outcome;

/// One column of the list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading and widths.
    pub layout: facts::Column,
    /// The field it shows.
    pub field: &'static Field,
    /// The port it shows with an address.
    port: Option<&'static Field>,
}

/// The columns, from left to right.
pub static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let column = |field: &'static Field| {
        let layout = field.column?;
        Some(Column { layout, field, port: layout.port.and_then(facts::by_name) })
    };
    let mut columns: Vec<Column> = FIELDS.iter().filter_map(column).collect();
    columns.sort_by_key(|column| column.layout.place);
    columns
});

/// What a column shows of a flow.
pub enum Shown<'a> {
    /// An address with its port.
    Endpoint(SocketAddr),
    /// One value.
    Value(Value<'a>),
}

impl Column {
    /// Whether its values end at its right edge.
    pub fn is_right(&self) -> bool {
        self.field.kind.is_right()
    }

    /// What it shows of a flow; nothing where the flow has no value there.
    pub fn shown<'a>(&self, flow: &FlowFacts<'a>) -> Option<Shown<'a>> {
        let value = (self.field.get)(flow)?;
        let port = self.port.and_then(|port| (port.get)(flow));
        Some(match (value, port) {
            (Value::Ip(ip), Some(Value::Integer(port))) => Shown::Endpoint(SocketAddr::new(ip, port as u16)),
            (value, _) => Shown::Value(value),
        })
    }

    /// The names of the fields it shows.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        [Some(self.field), self.port].into_iter().flatten().map(|field| field.name)
    }
}

/// The column by which the list is sorted at first: failures are what is looked for.
pub fn outcome_column() -> usize {
    COLUMNS.iter().position(|column| column.layout.tone == Tone::Outcome).unwrap_or(0)
}

/// What a column's rows are sorted by; flows without a value come last, whichever way round.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SortKey {
    /// A number, and what breaks a tie.
    Number(u128, u16),
    /// A text.
    Text(String),
    /// No value.
    Missing,
}

/// The column that shows the field, by the field's name or the column's heading.
pub fn column_of(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    COLUMNS
        .iter()
        .position(|column| column.layout.title.to_lowercase() == name || column.names().any(|field| field == name))
        .or_else(|| COLUMNS.iter().position(|column| column.names().any(|field| field.contains(&name))))
}

/// A flow's text in a column; empty where it has no value.
pub fn text(column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> String {
    match COLUMNS[column].shown(flow) {
        Some(Shown::Endpoint(endpoint)) => endpoint.to_string(),
        Some(Shown::Value(value)) => values::value(&value, zone),
        None => String::new(),
    }
}

fn is_zero(column: usize, flow: &FlowFacts<'_>) -> bool {
    matches!(COLUMNS[column].shown(flow), Some(Shown::Value(Value::Integer(0))))
}

/// A flow's cell in a column.
pub fn cell(column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> Span {
    let tone = COLUMNS[column].layout.tone;
    if tone == Tone::Outcome {
        return outcome(flow.row.outcome);
    }
    let text = text(column, flow, zone);
    let role = match tone {
        Tone::Plain | Tone::Outcome => Role::Text,
        Tone::Number => Role::Offset,
        Tone::Faint => Role::Dim,
        Tone::Client => Role::ToServer,
        Tone::Server => Role::ToClient,
        Tone::Strong => Role::Strong,
        Tone::Failure => Role::Failed,
        Tone::Trouble if is_zero(column, flow) => Role::Dim,
        Tone::Trouble => Role::Event,
    };
    Span::new(role, text)
}

/// An outcome with its sign; a flow that was not judged yet has `…`.
pub fn outcome(outcome: Option<Outcome>) -> Span {
    let (role, sign) = outcome_sign(outcome);
    Span::new(role, format!("{sign} {}", outcome.map_or("pending", Outcome::name)))
}

/// An outcome's role and sign.
pub fn outcome_sign(outcome: Option<Outcome>) -> (Role, &'static str) {
    match outcome {
        Some(Outcome::Ok) => (Role::Ok, "✓"),
        Some(Outcome::Failed) => (Role::Failed, "✗"),
        Some(Outcome::Incomplete) => (Role::Warning, "?"),
        Some(Outcome::Unused) => (Role::Dim, "○"),
        Some(Outcome::NotTls) => (Role::Dim, "-"),
        None => (Role::Dim, "…"),
    }
}

/// What a flow is sorted by in a column.
pub fn sort_key(column: usize, flow: &FlowFacts<'_>) -> SortKey {
    let column = &COLUMNS[column];
    if column.layout.tone == Tone::Outcome {
        return SortKey::Number(outcome_order(flow.row.outcome), 0);
    }
    let signed = |number: i64| u128::from(number.cast_unsigned() ^ (1 << 63));
    let number = match column.shown(flow) {
        None => return SortKey::Missing,
        Some(Shown::Endpoint(endpoint)) => return SortKey::Number(ip_order(endpoint.ip()), endpoint.port()),
        Some(Shown::Value(value)) => match value {
            Value::Bool(yes) => u128::from(yes),
            Value::Integer(number) => signed(number),
            Value::Time(time) => signed(time.0),
            Value::Seconds(seconds) => {
                let bits = seconds.to_bits();
                u128::from(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
            }
            Value::Ip(ip) => ip_order(ip),
            Value::Text(text) => return SortKey::Text(text.into_owned()),
            Value::Bytes(bytes) => return SortKey::Text(visible(bytes).into_owned()),
            Value::Set(names) => return SortKey::Text(names.join(" ")),
        },
    };
    SortKey::Number(number, 0)
}

fn ip_order(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// Failures first: they are what is looked for.
fn outcome_order(outcome: Option<Outcome>) -> u128 {
    match outcome {
        Some(Outcome::Failed) => 0,
        Some(Outcome::Incomplete) => 1,
        None => 2,
        Some(Outcome::Ok) => 3,
        Some(Outcome::Unused) => 4,
        Some(Outcome::NotTls) => 5,
    }
}
