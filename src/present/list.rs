//! The flow list: columns made of the field table, their cells, their order.

use std::net::IpAddr;
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::role::{Role, Span};
use super::values;
use crate::facts::{self, Field, FlowFacts, Value};
use crate::vocab::Outcome;

/// One column of the list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// The fields it shows, joined.
    pub fields: &'static [&'static str],
    /// Screen columns below which it is left out.
    pub min: u16,
    /// Screen columns it takes, where its texts are that long, before columns that matter less are shown.
    pub fair: u16,
    /// Screen columns it takes at most.
    pub max: u16,
    /// Whether its values end at its right edge.
    pub right: bool,
    /// How soon it gives way where room is short: 0 stays.
    pub rank: u8,
}

const fn column(
    title: &'static str,
    fields: &'static [&'static str],
    (min, fair, max): (u16, u16, u16),
    right: bool,
    rank: u8,
) -> Column {
    Column { title, fields, min, fair, max, right, rank }
}

/// The columns, from left to right.
pub const COLUMNS: &[Column] = &[
    column("Flow", &["flow"], (4, 8, 8), true, 0),
    column("Time", &["start"], (15, 15, 15), false, 6),
    column("Client", &["client.ip", "client.port"], (12, 21, 47), false, 3),
    column("Server", &["server.ip", "server.port"], (12, 21, 47), false, 5),
    column("Server name", &["tls.sni"], (8, 24, 40), false, 2),
    column("Version", &["tls.version"], (7, 9, 9), false, 7),
    column("ALPN", &["tls.alpn"], (5, 8, 10), false, 11),
    column("Outcome", &["outcome"], (8, 12, 12), false, 0),
    column("Cause", &["cause"], (8, 24, 30), false, 1),
    column("Handshake", &["tls.handshake_time"], (9, 10, 10), true, 8),
    column("Packets", &["packets"], (7, 9, 9), true, 9),
    column("Bytes", &["bytes"], (5, 11, 11), true, 10),
    column("Retr", &["tcp.retransmissions"], (4, 6, 6), true, 4),
];

/// The column that shows the outcome.
pub const OUTCOME: usize = 7;

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

/// The fields of a column.
pub(super) fn fields(column: usize) -> &'static [&'static Field] {
    static FIELDS: OnceLock<Vec<Vec<&'static Field>>> = OnceLock::new();
    let resolve = |column: &Column| column.fields.iter().filter_map(|name| facts::by_name(name)).collect();
    &FIELDS.get_or_init(|| COLUMNS.iter().map(resolve).collect())[column]
}

/// The column that shows the field, by the field's name or the column's heading.
pub fn column_of(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    COLUMNS
        .iter()
        .position(|column| column.title.to_lowercase() == name || column.fields.contains(&name.as_str()))
        .or_else(|| COLUMNS.iter().position(|column| column.fields.iter().any(|field| field.contains(&name))))
}

/// A flow's text in a column; empty where it has no value.
pub fn text(column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> String {
    let mut values = fields(column).iter().map(|field| (field.get)(flow));
    let Some(Some(first)) = values.next() else { return String::new() };
    match (first, values.next().flatten()) {
        (Value::Ip(IpAddr::V6(ip)), Some(Value::Integer(port))) => format!("[{ip}]:{port}"),
        (Value::Ip(ip), Some(Value::Integer(port))) => format!("{ip}:{port}"),
        (value, _) => values::value(&value, zone),
    }
}

/// A flow's cell in a column.
pub fn cell(column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> Span {
    let text = text(column, flow, zone);
    match COLUMNS[column].fields[0] {
        "outcome" => outcome(flow.row.outcome),
        "cause" => Span::new(Role::Failed, text),
        "flow" => Span::new(Role::Offset, text),
        "client.ip" => Span::new(Role::ToServer, text),
        "server.ip" => Span::new(Role::ToClient, text),
        "tls.sni" => Span::new(Role::Strong, text),
        "tcp.retransmissions" if text == "0" => Span::new(Role::Dim, text),
        "tcp.retransmissions" => Span::new(Role::Event, text),
        "start" => Span::new(Role::Dim, text),
        _ => Span::new(Role::Text, text),
    }
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
    if column == OUTCOME {
        return SortKey::Number(outcome_order(flow.row.outcome), 0);
    }
    let mut values = fields(column).iter().map(|field| (field.get)(flow));
    let Some(Some(first)) = values.next() else { return SortKey::Missing };
    let second = match values.next().flatten() {
        Some(Value::Integer(number)) => number as u16,
        _ => 0,
    };
    let signed = |number: i64| u128::from(number.cast_unsigned() ^ (1 << 63));
    SortKey::Number(
        match first {
            Value::Bool(yes) => u128::from(yes),
            Value::Integer(number) => signed(number),
            Value::Time(time) => signed(time.0),
            Value::Seconds(seconds) => {
                let bits = seconds.to_bits();
                u128::from(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
            }
            Value::Ip(IpAddr::V4(ip)) => u128::from(u32::from(ip)),
            Value::Ip(IpAddr::V6(ip)) => u128::from(ip),
            Value::Text(text) => return SortKey::Text(text.into_owned()),
        },
        second,
    )
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
