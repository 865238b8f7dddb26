//! Every fixture against its `expect.json`: what `flows` and `diagnose` must say of it.
//!
//! Walks the whole tree before it fails, and prints every key that differs. `FIXTURE=name` checks only the fixtures
//! whose names contain it.

mod common;

use std::path::Path;

use serde_json::Value;

#[test]
fn every_fixture_says_what_is_expected() {
    let only = std::env::var("FIXTURE").unwrap_or_default();
    let mut mismatches = Vec::new();
    let mut checked = 0;
    for fixture in common::fixtures() {
        let name = fixture.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.contains(&only) {
            checked += 1;
            check(&name, &fixture, &mut mismatches);
        }
    }
    let fixtures: std::collections::BTreeSet<&str> =
        mismatches.iter().filter_map(|line| line.split(' ').next()).collect();
    assert!(
        mismatches.is_empty(),
        "{} mismatches in {} of {checked} fixtures:\n{}",
        mismatches.len(),
        fixtures.len(),
        mismatches.join("\n")
    );
}

fn check(name: &str, folder: &Path, mismatches: &mut Vec<String>) {
    let text = std::fs::read_to_string(folder.join("expect.json")).expect("expect.json can be read");
    let expected: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}/expect.json: {error}"));
    let capture = common::capture(name);
    let keylog = expected["keylog"].as_str().map(|file| folder.join(file).to_string_lossy().into_owned());
    let mut arguments = vec!["--format", "json", capture.as_str()];
    if let Some(keylog) = &keylog {
        arguments.extend(["--keylog", keylog]);
    }
    let said = |command: &str| {
        let mut all = vec![command];
        all.extend(&arguments);
        let ran = common::run(&all);
        assert_eq!(ran.code, Some(0), "{name}: {command} says {}", ran.err);
        ran.out
    };
    let flows: Vec<Value> =
        said("flows").lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    compare(&format!("{name} flows"), &expected["flows"], &Value::Array(flows), mismatches);
    let diagnosis: Value = serde_json::from_str(&said("diagnose")).expect("the diagnosis is an object");
    compare(&format!("{name} diagnose"), &expected["diagnose"], &diagnosis, mismatches);
}

/// Compares what is wanted with what is said: objects key by key as far as keys are given, lists of flows and causes by
/// what they are of, everything else as it is.
fn compare(at: &str, want: &Value, got: &Value, mismatches: &mut Vec<String>) {
    match (want, got) {
        (Value::Null, _) => {}
        (Value::Object(want), Value::Object(got)) => {
            for (key, want) in want {
                compare(&format!("{at}.{key}"), want, got.get(key).unwrap_or(&Value::Null), mismatches);
            }
        }
        (Value::Array(want), Value::Array(got)) if want.iter().any(|entry| identity(entry).is_some()) => {
            for entry in want {
                let Some((key, id)) = identity(entry) else { continue };
                let at = format!("{at}[{key} {id}]");
                match got.iter().find(|other| other.get(key) == Some(id)) {
                    Some(other) => compare(&at, entry, other, mismatches),
                    None => mismatches.push(format!("{at}: missing, want {entry}")),
                }
            }
            // A cause or finding that nobody listed is a false alarm.
            let is_alarm = at.ends_with(".causes") || at.ends_with(".findings");
            for other in got.iter().filter(|_| is_alarm) {
                if !want.iter().any(|entry| identity(entry) == identity(other)) {
                    mismatches.push(format!("{at}: not expected, got {}", brief(other)));
                }
            }
        }
        (Value::Array(want), Value::Array(got))
            if want.is_empty() && (at.ends_with(".causes") || at.ends_with(".findings")) =>
        {
            mismatches.extend(got.iter().map(|other| format!("{at}: not expected, got {}", brief(other))));
        }
        // Nothing need be said of single flows.
        (Value::Array(want), Value::Array(_)) if want.is_empty() && at.ends_with(" flows") => {}
        _ if want == got => {}
        _ => mismatches.push(format!("{at}: want {want}, got {}", brief(got))),
    }
}

/// What an entry of a list is of.
fn identity(entry: &Value) -> Option<(&'static str, &Value)> {
    ["flow", "cause"].into_iter().find_map(|key| Some((key, entry.get(key)?)))
}

fn brief(value: &Value) -> String {
    let text = match value {
        Value::Object(object) => ["flow", "cause", "ended_by", "confidence", "count", "headline", "flows"]
            .into_iter()
            .filter_map(|key| Some(format!("{key} {}", object.get(key)?)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    text.chars().take(300).collect()
}

#[test]
fn comparing_finds_what_differs() {
    let want = serde_json::json!({"flows": 1, "causes": [{"cause": "a", "count": 1}], "findings": []});
    let got = serde_json::json!({"flows": 1, "causes": [{"cause": "a", "count": 2}, {"cause": "b"}], "findings": [{"flow": 3}]});
    let mut mismatches = Vec::new();
    compare("x", &want, &got, &mut mismatches);
    assert_eq!(
        mismatches,
        [
            "x.causes[cause \"a\"].count: want 1, got 2",
            "x.causes: not expected, got cause \"b\"",
            "x.findings: not expected, got flow 3",
        ]
    );
}
