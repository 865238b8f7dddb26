//! A filter as a tree, and how it is asked.

use std::cmp::Ordering;

use regex::Regex;

use super::lexer::Operator;
use super::literal::Literal;
use crate::facts::{FIELDS, Field, FlowFacts, Kind, Unit, Value, visible};

/// One condition.
pub enum Node {
    /// Every flow.
    All,
    /// All of these.
    And(Vec<Node>),
    /// One of these.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A field has a value (and is not false).
    Present(Vec<&'static Field>),
    /// A field compares so.
    Compare {
        /// The fields; one must hold (for "unequal": all of those present).
        fields: Vec<&'static Field>,
        /// What must hold.
        test: Test,
    },
    /// Some field holds this text.
    Text(Needle),
}

/// What must hold of a value.
#[derive(Clone, Debug)]
pub enum Test {
    /// An order or equality.
    Order(Operator, Literal),
    /// A regular expression is found in its text.
    Matches(Regex),
    /// A regular expression is not found in its text.
    MatchesNot(Regex),
    /// A piece of its text.
    Contains(Needle),
    /// One of these values or ranges, both ends included.
    In(Vec<(Literal, Literal)>),
}

/// A piece of text to look for, in lower case.
#[derive(Clone, Debug)]
pub struct Needle {
    text: String,
    /// Digits only: a port or flow number may be meant.
    number: Option<i64>,
    /// Whether an address could hold it.
    in_address: bool,
}

impl Needle {
    /// What to look for.
    pub fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let in_address = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':');
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        Self { number: text.parse().ok().filter(|_| digits), in_address, text }
    }

    fn is_in(&self, text: &str) -> bool {
        if self.text.is_ascii() && text.is_ascii() {
            let (text, needle) = (text.as_bytes(), self.text.as_bytes());
            return needle.is_empty() || text.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle));
        }
        text.to_lowercase().contains(&self.text)
    }

    fn is_in_any_field(&self, facts: &FlowFacts<'_>) -> bool {
        FIELDS
            .iter()
            .any(|field| self.may_be_in(field.kind) && (field.get)(facts).is_some_and(|value| self.has(&value)))
    }

    /// Whether a value of this kind can hold it. Of numbers only those that name something: counts and times would match
    /// by accident.
    fn may_be_in(&self, kind: Kind) -> bool {
        match kind {
            Kind::Text | Kind::Version | Kind::OneOf(_) | Kind::Set(_) => true,
            Kind::Address => self.in_address,
            Kind::Number(Unit::Flow | Unit::Port) => self.number.is_some(),
            Kind::Number(_) | Kind::Time | Kind::Duration | Kind::Truth => false,
        }
    }

    fn has(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Integer(number) => self.number == Some(*number),
            value => with_text(value, |text| self.is_in(text)),
        }
    }
}

impl Node {
    /// Whether it holds for a flow.
    pub fn matches(&self, facts: &FlowFacts<'_>) -> bool {
        match self {
            Node::All => true,
            Node::And(nodes) => nodes.iter().all(|node| node.matches(facts)),
            Node::Or(nodes) => nodes.iter().any(|node| node.matches(facts)),
            Node::Not(node) => !node.matches(facts),
            Node::Present(fields) => fields.iter().any(|field| is_present((field.get)(facts).as_ref())),
            Node::Compare { fields, test: test @ (Test::Order(Operator::Unequal, _) | Test::MatchesNot(_)) } => {
                let mut values = fields.iter().filter_map(|field| (field.get)(facts)).peekable();
                values.peek().is_some() && values.all(|value| test.holds(&value))
            }
            Node::Compare { fields, test } => {
                fields.iter().any(|field| (field.get)(facts).is_some_and(|value| test.holds(&value)))
            }
            Node::Text(needle) => needle.is_in_any_field(facts),
        }
    }
}

/// A count of zero is as good as none.
fn is_present(value: Option<&Value<'_>>) -> bool {
    !matches!(value, None | Some(Value::Bool(false) | Value::Integer(0)))
}

impl Test {
    fn holds(&self, value: &Value<'_>) -> bool {
        match self {
            Test::Order(Operator::Equal, literal) => literal.equals(value),
            Test::Order(Operator::Unequal, literal) => !literal.equals(value),
            Test::Order(operator, literal) => literal.order(value).is_some_and(|order| match operator {
                Operator::Less => order == Ordering::Less,
                Operator::AtMost => order != Ordering::Greater,
                Operator::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }),
            Test::Matches(pattern) => with_text(value, |text| pattern.is_match(text)),
            Test::MatchesNot(pattern) => with_text(value, |text| !pattern.is_match(text)),
            Test::Contains(needle) => with_text(value, |text| needle.is_in(text)),
            Test::In(ranges) => ranges.iter().any(|(low, high)| {
                low.equals(value)
                    || low.order(value).is_some_and(Ordering::is_ge) && high.order(value).is_some_and(Ordering::is_le)
            }),
        }
    }
}

fn with_text(value: &Value<'_>, ask: impl FnOnce(&str) -> bool) -> bool {
    match value {
        Value::Text(text) => ask(text),
        Value::Bytes(bytes) => ask(&visible(bytes)),
        Value::Set(names) => ask(&names.join(" ")),
        Value::Bool(yes) => ask(if *yes { "true" } else { "false" }),
        Value::Integer(number) => ask(&number.to_string()),
        Value::Seconds(seconds) => ask(&seconds.to_string()),
        Value::Ip(ip) => ask(&ip.to_string()),
        Value::Time(time) => {
            let moment = jiff::Timestamp::from_nanosecond(i128::from(time.0));
            ask(&moment.map_or_else(|_| time.0.to_string(), |moment| format!("{moment:.9}")))
        }
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = |fields: &[&Field]| fields.iter().map(|field| field.name).collect::<Vec<_>>();
        match self {
            Node::All => f.write_str("All"),
            Node::And(nodes) => f.debug_tuple("And").field(nodes).finish(),
            Node::Or(nodes) => f.debug_tuple("Or").field(nodes).finish(),
            Node::Not(node) => f.debug_tuple("Not").field(node).finish(),
            Node::Present(fields) => f.debug_tuple("Present").field(&names(fields)).finish(),
            Node::Compare { fields, test } => f.debug_tuple("Compare").field(&names(fields)).field(test).finish(),
            Node::Text(needle) => f.debug_tuple("Text").field(&needle.text).finish(),
        }
    }
}
