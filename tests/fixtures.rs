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
    stepped(name, &arguments, &expected["steps"], mismatches);
    parted(name, &expected["first_divergence"], mismatches);
    explained(name, &diagnosis, mismatches);
    proven(name, &diagnosis, mismatches);
}

/// The kinds of steps that a fixture can count.
const KINDS: &[&str] = &["gap", "cut", "foreign", "heartbeat", "change-cipher-spec", "alert", "message"];

/// How many steps of a kind the timeline of a flow has: 0 where it must have none.
fn stepped(name: &str, arguments: &[&str], expected: &Value, mismatches: &mut Vec<String>) {
    for wanted in expected.as_array().into_iter().flatten() {
        let flow = wanted["flow"].to_string();
        let ran = common::run(&[&["handshake"], arguments, &[flow.as_str()]].concat());
        let timeline: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        let Some(steps) = timeline["steps"].as_array() else {
            mismatches.push(format!("{name} handshake: flow {flow} has no timeline: {}", ran.err));
            continue;
        };
        for (kind, want) in wanted["kinds"].as_object().into_iter().flatten() {
            assert!(KINDS.contains(&kind.as_str()), "{name}: no step is of the kind {kind}");
            let got = steps.iter().filter(|step| step["kind"] == kind.as_str()).count();
            if *want != got {
                mismatches
                    .push(format!("{name} handshake: flow {flow}, steps of the kind {kind}: want {want}, got {got}"));
            }
        }
    }
}

/// Where a failing flow parts from a good one, as names of steps: the nearest of its own capture, or of another fixture's.
fn parted(name: &str, expected: &Value, mismatches: &mut Vec<String>) {
    let Some(flow) = expected["flow"].as_u64() else { return };
    let mut arguments = vec!["compare".to_owned(), common::capture(name), flow.to_string()];
    if let (Some(fixture), Some(flow)) = (expected["with"][0].as_str(), expected["with"][1].as_u64()) {
        arguments.extend([common::capture(fixture), flow.to_string()]);
    }
    arguments.extend(["--format".to_owned(), "json".to_owned()]);
    let ran = common::run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let compared: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    for side in ["baseline", "subject"] {
        let (want, got) = (&expected[side], &compared["first_divergence"][side]["name"]);
        if want != got {
            mismatches.push(format!("{name} compare: first_divergence.{side}: want {want}, got {got}"));
        }
    }
}

/// A finding without a packet as evidence does not exist; the first abnormal packet is the first of them.
fn proven(name: &str, diagnosis: &Value, mismatches: &mut Vec<String>) {
    for finding in diagnosis["findings"].as_array().into_iter().flatten() {
        let first = &finding["evidence"][0];
        if first["role"] != "primary"
            || first["packet"] != finding["first_abnormal_packet"]
            || first["packet"].is_null()
        {
            mismatches.push(format!("{name} diagnose: flow {} has no evidence first: {first}", finding["flow"]));
        }
    }
}

/// Every error that `diagnose` says a client shows leads back to the finding's cause.
fn explained(name: &str, diagnosis: &Value, mismatches: &mut Vec<String>) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for finding in list(&diagnosis["findings"]) {
        for report in list(&finding["clients_report"]) {
            let (Some(error), Some(cause)) = (report["error"].as_str(), finding["cause"].as_str()) else {
                mismatches.push(format!("{name} diagnose: a report or cause that is no text: {report}"));
                continue;
            };
            let why = shakedown::internal::diagnose::why(error);
            let is_known =
                |text: &str| why.matches.iter().any(|found| report["client"] == found.client && found.error == text);
            if !error.split(" / ").all(is_known) || !why.can.iter().any(|can| can.name() == cause) {
                mismatches.push(format!("{name} diagnose: why knows nothing of {cause} for {report}"));
            }
        }
    }
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
        // What has no identity is compared place by place.
        (Value::Array(want), Value::Array(got)) if !want.is_empty() && want.len() == got.len() => {
            for (index, (want, got)) in want.iter().zip(got).enumerate() {
                compare(&format!("{at}[{index}]"), want, got, mismatches);
            }
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

/// For each cause a fixture that shows it, and one that comes near it and shows something else, or nothing.
const PAIRS: &[(&str, &str, &str)] = &[
    ("icmp-unreachable", "hello-icmp-prohibited", "path-mtu-discovery-ok"),
    ("connection-refused", "connection-refused", "rst-on-accept"),
    ("syn-unanswered", "syn-unanswered", "syn-lost-once-ok"),
    ("closed-before-client-hello", "fin-on-accept", "unused-socket"),
    ("reset-before-client-hello", "rst-on-accept", "connection-refused"),
    ("proxy-refused", "proxy-refuses-403", "proxy-connect-ok"),
    ("plaintext-to-tls-port", "plain-http-to-tls-port", "plain-http-ok"),
    ("upgrade-refused", "starttls-refused", "starttls-refused-goes-on"),
    ("plaintext-answer", "block-page-curl", "starttls-smtp-ok"),
    ("garbage-answer", "garbage-answer", "echo-server"),
    ("foreign-bytes", "page-after-server-hello", "block-page-curl"),
    ("forged-alert", "alert-forged", "alert-internal-error"),
    ("second-client-hello-unanswered", "second-hello-dropped", "hello-retry-ok"),
    ("mtu-black-hole", "mtu-black-hole-server-side", "small-mtu-hello-ok"),
    ("client-hello-segment-lost", "hello-tail-lost", "hello-tail-lost-once-ok"),
    ("client-hello-lost", "hello-dropped", "server-silent"),
    ("client-hello-unanswered", "server-silent", "slow-server-ok"),
    ("silence-after-server-hello", "silence-after-server-hello", "heavy-loss-ok"),
    ("truncated-answer", "half-a-server-hello-then-fin", "half-a-certificate-then-fin"),
    ("no-common-version", "no-shared-version", "old-server-curl"),
    ("no-common-cipher", "no-shared-cipher", "hello-retry-ok"),
    ("no-common-alpn", "no-shared-alpn", "no-shared-cipher"),
    ("unrecognized-name", "unrecognized-name", "warning-unrecognized-name-ok"),
    ("closed-by-alert", "close-notify-instead-of-hello", "client-closes-first-ok"),
    ("client-certificate-required", "client-certificate-missing-tls12", "client-certificate-ok"),
    ("client-certificate-rejected", "client-certificate-refused-tls12", "client-certificate-missing-tls12"),
    ("signature-refused", "old-server-curl", "old-server-python"),
    ("server-choice-refused", "short-prime-refused", "short-prime-accepted-ok"),
    ("corrupted-handshake", "server-random-changed-tls12", "server-flight-out-of-order-ok"),
    ("bad-record-mac", "server-record-damaged", "server-random-changed-tls12"),
    ("certificate-expired", "certificate-expired-curl", "certificate-not-yet-valid-curl"),
    ("certificate-not-yet-valid", "certificate-not-yet-valid-curl", "certificate-expired-curl"),
    ("certificate-wrong-name", "certificate-wrong-name-python", "certificate-untrusted-python"),
    ("certificate-weak", "certificate-weak-key-curl", "tls12-ok"),
    ("certificate-self-signed", "certificate-self-signed-curl", "certificate-untrusted-go"),
    ("certificate-intercepted", "certificate-intercepted-curl", "certificate-untrusted-python"),
    ("certificate-incomplete-chain", "certificate-incomplete-chain-curl", "certificate-untrusted-python"),
    ("certificate-untrusted", "certificate-untrusted-python", "certificate-rejected-by-one-client"),
    ("certificate-rejected", "certificate-rejected-by-one-client", "pinned-key-refused-ok"),
    ("refused-by-alert", "alert-internal-error", "alert-forged"),
    ("reset-after-client-hello", "rst-after-hello", "ignored-reset-ok"),
    ("closed-after-client-hello", "fin-after-hello", "half-a-server-hello-then-fin"),
    ("reset-after-server-hello", "rst-after-server-hello", "server-resets-in-mid-stream"),
    ("closed-after-server-hello", "fin-after-server-hello", "idle-after-handshake-ok"),
    ("client-gave-up", "client-leaves", "server-silent"),
    ("renegotiation-refused", "renegotiation-refused-by-server", "renegotiation-ok"),
    ("renegotiation-refused", "renegotiation-refused-by-client", "renegotiation-ok"),
    ("reset-in-mid-stream", "reset-in-mid-stream", "idle-keepalive-ok"),
    ("silence-in-mid-stream", "silence-in-mid-stream", "server-resets-in-mid-stream"),
    ("silence-in-mid-stream", "request-unanswered", "request-answered-late-ok"),
    ("garbage-answer", "ssl2-answer", "ssh-banner"),
];

#[test]
fn every_cause_has_a_fixture_and_a_near_miss() {
    let causes = |name: &str| -> Vec<String> {
        let file = common::root().join("fixtures").join(name).join("expect.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let expected: Value = serde_json::from_str(&text).expect("an object");
        let flows = expected["flows"].as_array().cloned().unwrap_or_default();
        flows.iter().filter_map(|flow| flow["cause"].as_str().map(str::to_owned)).collect()
    };
    for cause in shakedown::Cause::ALL {
        let cause = cause.to_string();
        let pair = PAIRS.iter().find(|(of, ..)| *of == cause);
        let (_, shows, misses) = pair.unwrap_or_else(|| panic!("{cause} has no pair"));
        assert!(causes(shows).contains(&cause), "{shows} does not show {cause}");
        assert!(!causes(misses).contains(&cause), "{misses} is no near miss of {cause}");
    }
}
