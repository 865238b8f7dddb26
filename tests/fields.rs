//! The field table keeps its word: rows are whole, JSON has the keys that they promise, filters read values by kind.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use shakedown::internal::export::flow_json::{FlowJson, LISTS};
use shakedown::internal::facts::{self, Kind, Unit};
use shakedown::{FIELDS, Field, Filter, FlowFacts, Options, Session, TlsFacts, Value};

/// Calls `look` with every flow of every fixture, and what the fixture is called. A flow that has a server name comes a
/// second time with one that is not ASCII, which no fixture has.
fn every_flow(mut look: impl FnMut(&str, &FlowFacts<'_>)) {
    for folder in common::fixtures() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let keys = folder.join("keys.log");
        let options = Options {
            captures: vec![common::capture(&name)],
            keylog: Some(keys).filter(|keys| keys.exists()),
            ..Options::default()
        };
        let session = Session::open(&options).expect("the fixture");
        session.wait();
        let index = session.index();
        for flow in index.iter() {
            look(&format!("{name} flow {}", flow.flow), &flow);
            if let Some(tls) = flow.tls.filter(|tls| tls.server_name.is_some()) {
                let tls = TlsFacts { server_name: Some(b"\xff.example.test".as_slice().into()), ..tls.clone() };
                look(&format!("{name} flow {}, renamed", flow.flow), &FlowFacts { tls: Some(&tls), ..flow });
            }
        }
    }
}

#[test]
fn rows_are_whole() {
    let mut names = BTreeSet::new();
    let mut paths: BTreeSet<&str> = LISTS.into();
    for field in FIELDS {
        let name = field.name;
        assert!(names.insert(name), "{name} is there twice");
        assert!(field.doc.ends_with('.'), "{name}: {}", field.doc);
        assert!(field.json.is_none_or(|path| paths.insert(path)), "{name}: another field has its key in JSON");
        let is_read = field.json.is_some() || field.csv.is_some() || field.explains.is_some();
        assert!(is_read, "{name} is nowhere to be read");
        if let Kind::OneOf(values) | Kind::Set(values) = field.kind {
            assert!(!values.is_empty(), "{name} can have no value");
        }
        if let Some(port) = field.column.and_then(|column| column.port) {
            let port = facts::by_name(port).unwrap_or_else(|| panic!("{name} is shown with {port}, which is no field"));
            assert_eq!((field.kind, port.kind), (Kind::Address, Kind::Number(Unit::Port)), "{name}");
        }
    }
    for path in &paths {
        let above = path.match_indices('.').map(|(dot, _)| &path[..dot]);
        for object in above {
            assert!(!paths.contains(object), "{object} is a value and an object");
        }
    }
    let columns: Vec<u8> = facts::csv_columns().iter().filter_map(|field| field.csv).collect();
    assert_eq!(columns, (0..columns.len() as u8).collect::<Vec<_>>(), "columns of CSV");
    let mut places: Vec<u8> = FIELDS.iter().filter_map(|field| Some(field.column?.place)).collect();
    places.sort_unstable();
    assert_eq!(places, (0..places.len() as u8).collect::<Vec<_>>(), "places in the list");
}

/// The keys of an object that hold no object, as paths.
fn leaves(prefix: &str, object: &serde_json::Map<String, Json>, into: &mut BTreeMap<String, Json>) {
    for (key, value) in object {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Json::Object(object) => leaves(&path, object, into),
            value => drop(into.insert(path, value.clone())),
        }
    }
}

/// What JSON says of a value.
fn is_said(value: &Value<'_>, json: &Json) -> bool {
    match value {
        Value::Bool(yes) => json.as_bool() == Some(*yes),
        Value::Integer(number) => json.as_i64() == Some(*number),
        Value::Seconds(seconds) => json.as_f64() == Some(*seconds),
        Value::Time(_) => json.as_str().is_some_and(|text| text.len() == 30 && text.ends_with('Z')),
        Value::Ip(ip) => json.as_str() == Some(&ip.to_string()),
        Value::Text(text) => json.as_str() == Some(text),
        Value::Bytes(bytes) => json.as_str() == Some(&String::from_utf8_lossy(bytes)),
        Value::Set(names) => {
            json.as_array().is_some_and(|list| list.iter().map(Json::as_str).eq(names.iter().map(|name| Some(*name))))
        }
    }
}

#[test]
fn json_has_exactly_the_keys_that_rows_promise() {
    let mut never: BTreeSet<&str> = FIELDS.iter().filter_map(|field| field.json).collect();
    every_flow(|name, flow| {
        let Ok(Json::Object(object)) = serde_json::to_value(FlowJson::new(flow)) else { panic!("{name} is no object") };
        let mut said = BTreeMap::new();
        leaves("", &object, &mut said);
        let has_tls = object.contains_key("tls");
        assert_eq!(LISTS.map(|list| said.remove(list).is_some()), [has_tls; 2], "{name}: lists");
        for field in FIELDS {
            let Some(path) = field.json else { continue };
            let value = (field.get)(flow).filter(|value| !(field.sparse && *value == Value::Integer(0)));
            let value = value.filter(|_| has_tls || !path.starts_with("tls."));
            match (value, said.remove(path)) {
                (None, None) => {}
                (Some(value), Some(json)) => {
                    assert!(is_said(&value, &json), "{name}: {path} is {value:?}, JSON says {json}");
                    never.remove(path);
                }
                (value, json) => panic!("{name}: {path} is {value:?}, JSON says {json:?}"),
            }
        }
        assert!(said.is_empty(), "{name}: keys of no row: {said:?}");
    });
    assert!(never.is_empty(), "no fixture has {never:?}");
}

#[test]
fn values_are_of_the_kind_that_rows_state() {
    every_flow(|name, flow| {
        for field in FIELDS {
            if let Some(value) = (field.get)(flow) {
                assert!(field.kind.has(&value), "{name}: {} is {value:?}, not {}", field.name, field.kind);
            }
        }
    });
}

/// A value that a field can have and one that it cannot, as a filter writes them.
fn samples(field: &Field) -> (&'static str, Option<&'static str>) {
    match field.kind {
        Kind::Number(_) => ("10k", Some("10ms")),
        Kind::Text => ("api", None),
        Kind::Version => ("1.3", None),
        Kind::Address => ("10.0.0.0/8", Some("10.0.0.0/40")),
        Kind::Time => ("2026-11-24", Some("yesterday")),
        Kind::Duration => ("10ms", Some("10k")),
        Kind::Truth => ("yes", Some("2")),
        Kind::OneOf(names) | Kind::Set(names) => (names[0], Some("nobody")),
    }
}

#[test]
fn filters_refuse_a_value_of_another_kind() {
    for name in FIELDS.iter().flat_map(|field| field.aliases.iter().chain([&field.name])) {
        let field = FIELDS.iter().find(|field| field.name == *name || field.aliases.contains(name)).expect("its row");
        let (right, wrong) = samples(field);
        for (before, after) in [("==", ""), ("!=", ""), ("<=", ""), ("in {", "}")] {
            let filter = |value: &str| Filter::parse(&format!("{name} {before} {value}{after}"));
            assert!(filter(right).is_ok(), "{name} {before} {right}{after}");
            if let Some(wrong) = wrong {
                let error = filter(wrong).expect_err("a value of another kind");
                assert!(error.message.contains(wrong), "{name} {before} {wrong}{after}: {}", error.message);
            }
        }
    }
}
