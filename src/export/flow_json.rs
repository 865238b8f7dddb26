//! One flow as a JSON object: the keys of `flows --format json`. Nothing is copied to be written.
//!
//! The keys are those of the field table, nested at their dots. Beside them stand only lists, which are no facts: the
//! messages and alerts of [`LISTS`].

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::json::Moment;
use crate::facts::{FIELDS, Field, FlowFacts, Value};
use crate::proto::TlsFacts;

/// The keys that come from no field: lists of what was seen, in packet order.
pub const LISTS: [&str; 2] = ["tls.handshake", "tls.alerts"];

/// A flow as it is written.
pub struct FlowJson<'a>(FlowFacts<'a>);

impl<'a> FlowJson<'a> {
    /// The JSON form of a flow's facts.
    pub fn new(facts: &FlowFacts<'a>) -> Self {
        Self(*facts)
    }
}

impl Serialize for FlowJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // An alert alone is TLS too.
        let tls = self.0.tls.filter(|tls| tls.is_tls() || !tls.alerts.is_empty());
        Filled { object: &LAYOUT, facts: &self.0, tls }.serialize(serializer)
    }
}

/// The object's keys, made from the fields once.
static LAYOUT: LazyLock<Object> = LazyLock::new(|| {
    let mut root = Object::default();
    for field in FIELDS {
        if let Some(path) = field.json {
            root.put(path, Entry::Fact(field));
        }
    }
    let [handshake, alerts] = LISTS;
    root.put(handshake, Entry::Messages);
    root.put(alerts, Entry::Alerts);
    root
});

/// Keys and what stands there, in the order in which they are written.
#[derive(Default)]
struct Object {
    entries: Vec<(&'static str, Entry)>,
    /// Whether it is of flows with TLS only.
    is_tls: bool,
}

enum Entry {
    Fact(&'static Field),
    Object(Object),
    Messages,
    Alerts,
}

impl Object {
    /// Puts an entry at a path, whose names but the last are objects.
    fn put(&mut self, path: &'static str, entry: Entry) {
        let Some((name, rest)) = path.split_once('.') else {
            self.entries.push((path, entry));
            return;
        };
        let known = self.entries.iter().position(|(key, _)| *key == name);
        let at = known.unwrap_or_else(|| {
            self.entries.push((name, Entry::Object(Object { is_tls: name == "tls", entries: Vec::new() })));
            self.entries.len() - 1
        });
        if let Entry::Object(object) = &mut self.entries[at].1 {
            object.put(rest, entry);
        }
    }
}

/// An object with the facts of a flow.
struct Filled<'o, 'a> {
    object: &'o Object,
    facts: &'o FlowFacts<'a>,
    tls: Option<&'a TlsFacts>,
}

impl Serialize for Filled<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, entry) in &self.object.entries {
            match entry {
                Entry::Fact(field) => match (field.get)(self.facts) {
                    None => {}
                    Some(Value::Integer(0)) if field.sparse => {}
                    Some(value) => map.serialize_entry(key, &Scalar(value))?,
                },
                Entry::Object(object) if object.is_tls && self.tls.is_none() => {}
                Entry::Object(object) => map.serialize_entry(key, &Filled { object, ..*self })?,
                Entry::Messages => map.serialize_entry(key, &Messages(self.tls))?,
                Entry::Alerts => map.serialize_entry(key, &Alerts(self.tls))?,
            }
        }
        map.end()
    }
}

/// A value as its kind is written.
pub(super) struct Scalar<'a>(pub Value<'a>);

impl Serialize for Scalar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Seconds(seconds) => serializer.serialize_f64(*seconds),
            Value::Time(time) => Moment(*time).serialize(serializer),
            Value::Ip(ip) => ip.serialize(serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_str(&String::from_utf8_lossy(bytes)),
            Value::Set(names) => serializer.collect_seq(names),
        }
    }
}

#[derive(Serialize)]
struct Message {
    from: &'static str,
    id: u8,
    name: Cow<'static, str>,
    packet: u32,
    #[serde(skip_serializing_if = "is_false")]
    decrypted: bool,
}

#[derive(Serialize)]
struct Alert {
    from: &'static str,
    level: Cow<'static, str>,
    level_id: u8,
    id: u8,
    name: Cow<'static, str>,
    packet: u32,
    #[serde(skip_serializing_if = "is_false")]
    decrypted: bool,
}

/// The messages, made into objects one at a time as they are written.
struct Messages<'a>(Option<&'a TlsFacts>);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.0.into_iter().flat_map(|tls| tls.messages.iter().map(move |message| (tls, message)));
        serializer.collect_seq(all.map(|(tls, message)| Message {
            from: tls.way(message.from).sender(),
            id: message.kind.0,
            name: message.kind.shown(),
            packet: message.packet.0,
            decrypted: message.decrypted,
        }))
    }
}

/// The alerts, likewise.
struct Alerts<'a>(Option<&'a TlsFacts>);

impl Serialize for Alerts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.0.into_iter().flat_map(|tls| tls.alerts.iter().map(move |alert| (tls, alert)));
        serializer.collect_seq(all.map(|(tls, alert)| Alert {
            from: tls.way(alert.from).sender(),
            level: alert.level.shown(),
            level_id: alert.level.0,
            id: alert.description.0,
            name: alert.description.shown(),
            packet: alert.packet.0,
            decrypted: alert.decrypted,
        }))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_false(yes: &bool) -> bool {
    !*yes
}
