//! The outside contract: commands, arguments, exit statuses, what goes to which stream.

mod common;

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use common::{Ran, capture, run, run_with, shakedown};
use serde_json::Value;

const FAILING: &str = "reset-by-access-point";
const GOOD: &str = "tls13-ok";

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(capture(name)).expect("a fixture")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn object(ran: &Ran) -> Value {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).expect("one object")
}

/// A status, one line on standard error that holds all of `words`, nothing on standard output.
fn refused(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    assert_eq!(ran.out, "");
    assert!(code == 2 || ran.err.lines().count() == 1, "one line: {}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{word:?} is not in {}", ran.err);
    }
    assert!(!ran.err.contains("Error {") && !ran.err.contains("Os {"), "Debug text: {}", ran.err);
}

#[test]
fn flows_as_json_are_one_object_a_line() {
    let ran = run(&["flows", &capture(GOOD), "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let flow = &lines(&ran.out)[0];
    for key in [
        "flow",
        "capture",
        "client",
        "server",
        "first_packet",
        "last_packet",
        "start",
        "duration",
        "packets",
        "bytes",
        "tcp",
        "tls",
    ] {
        assert!(!flow[key].is_null(), "{key} is missing");
    }
    assert!(flow["start"].as_str().is_some_and(|time| time.len() == 30 && time.ends_with('Z')), "{}", flow["start"]);
    assert_eq!(flow["outcome"], "ok");
    assert!(flow.get("cause").is_none(), "keys that do not apply are left out");
}

#[test]
fn flows_as_csv_have_a_column_a_field() {
    let ran = run(&["flows", &capture(GOOD), "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    let names: Vec<String> = reader.headers().expect("headings").iter().map(str::to_owned).collect();
    assert_eq!(
        names,
        shakedown::internal::facts::csv_columns().iter().map(|field| field.name.to_owned()).collect::<Vec<_>>()
    );
    assert!(reader.records().all(|record| record.is_ok()));
}

#[test]
fn flows_as_a_table_have_headings_and_no_colours() {
    let ran = run(&["flows", &capture(FAILING)]);
    assert!(ran.out.starts_with("Flow "));
    assert!(ran.out.contains("failed") && !ran.out.contains('\u{1b}'));
    assert!(run(&["flows", "--color", "always", &capture(FAILING)]).out.contains('\u{1b}'));
    assert!(!run(&["--color", "never", "flows", &capture(FAILING)]).out.contains('\u{1b}'));
}

#[test]
fn a_filter_picks_flows_for_every_command() {
    let all = run(&["flows", &capture("one-percent"), "--format", "json"]);
    let failed = run(&["flows", &capture("one-percent"), "--format", "json", "--filter", "outcome == failed"]);
    let count = |ran: &Ran| ran.out.lines().count();
    assert_eq!((count(&all), count(&failed)), (1304, 11));
    let both = ["diagnose", &capture("one-percent"), "--format", "json", "--filter", "tls.sni ~ \"^api\""];
    assert_eq!(object(&run(&both))["failed"], 6);
}

#[test]
fn a_filter_that_cannot_be_read_is_wrong_usage() {
    let ran = run(&["flows", &capture(GOOD), "--filter", "tls.snii == api"]);
    refused(&ran, 2, &["tls.snii == api", "^^^^^^^^", "did you mean tls.sni?"]);
}

#[test]
fn an_option_that_a_command_does_not_obey_is_refused() {
    let (good, filter) = (capture(GOOD), ["--filter", "outcome == failed"]);
    let takes_a_flow: [&[&str]; 4] =
        [&["handshake", &good, "0"], &["packets", &good, "0"], &["follow", &good, "0"], &["compare", &good, "0"]];
    for command in takes_a_flow {
        refused(&run(&[command, &filter].concat()), 2, &["--filter", "takes the flow whose number is given"]);
        refused(&run(&[command, &["--follow"]].concat()), 2, &["--follow is for the terminal UI"]);
    }
    for command in [["explain", "client-gave-up"], ["completions", "bash"], ["man", "--utc"]] {
        refused(&run(&[&command[..], &filter].concat()), 2, &["--filter", "reads no capture"]);
    }
    refused(&run(&[&["why", "curl", "35"][..], &filter].concat()), 2, &["--filter", "no capture is given"]);
    refused(&run(&[&[good.as_str()][..], &filter].concat()), 2, &["--filter", "the terminal UI takes none yet"]);
    refused(&run(&["follow", &good, "0", "--decrypted"]), 2, &["--decrypted", "cannot be written yet"]);
}

#[test]
fn handshake_shows_the_steps() {
    let ran = run(&["handshake", &capture(FAILING), "0"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains("Client Hello") && ran.out.contains("RST"), "{}", ran.out);
    let handshake = object(&run(&["handshake", &capture(FAILING), "0", "--format", "json"]));
    let steps = handshake["steps"].as_array().expect("steps");
    assert_eq!(handshake["flow"], 0);
    for key in ["packet", "time", "delta", "from", "kind", "name", "bytes", "ttl"] {
        assert!(!steps[0][key].is_null(), "{key} is missing in {}", steps[0]);
    }
    assert!(steps.iter().any(|step| step["kind"] == "message" && step["id"] == 1));
}

#[test]
fn certificates_are_written_as_pem_in_the_order_sent() {
    let chain =
        |flow: &str| run(&["handshake", &capture("certificate-incomplete-chain-curl"), flow, "--format", "pem"]);
    let whole = chain("0");
    assert_eq!((whole.code, whole.err.as_str()), (Some(0), ""));
    let subjects: Vec<&str> = whole.out.lines().filter(|line| line.starts_with("# subject: ")).collect();
    assert_eq!(
        subjects,
        ["# subject: CN=api.example.test,O=Example Test", "# subject: CN=Example Test Intermediate CA,O=Example Test"]
    );
    assert_eq!(shakedown::internal::proto::tls::certificate::certificates_in(whole.out.as_bytes()).len(), 2);
    refused(
        &run(&["handshake", &capture("reset-by-access-point"), "0", "--format", "pem"]),
        1,
        &["no certificate in clear"],
    );
}

#[test]
fn given_authorities_complete_the_verdict() {
    let chain = run(&["handshake", &capture("certificate-incomplete-chain-curl"), "0", "--format", "pem"]).out;
    let certificates = shakedown::internal::proto::tls::certificate::certificates_in(chain.as_bytes());
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("intermediate.der"), &certificates[1]).expect("a full disk");
    std::fs::write(folder.path().join("notes.txt"), "no certificate").expect("a full disk");
    let given = folder.path().to_string_lossy().into_owned();
    let shown = |ca: &[&str]| {
        let capture = capture("certificate-incomplete-chain-curl");
        let ran = run(&[&["handshake", capture.as_str(), "1", "--format", "json"], ca].concat());
        let steps = object(&ran)["steps"].as_array().cloned().unwrap_or_default();
        let chain = steps.iter().find_map(|step| step["fields"].get("Certificate Chain").cloned()).expect("a chain");
        chain["fields"]["Trust"]["issue"].as_str().unwrap_or_default().to_owned()
    };
    assert!(shown(&[]).starts_with("unknown root, or a missing intermediate"), "{}", shown(&[]));
    assert!(shown(&["--ca", &given]).starts_with("missing intermediate: CN=Example Test Intermediate CA"));

    // The root of another authority, which the client refused: known here, it no longer explains the refusal.
    let untrusted = run(&["handshake", &capture("certificate-untrusted-python"), "0", "--format", "pem"]).out;
    let root =
        shakedown::internal::proto::tls::certificate::certificates_in(untrusted.as_bytes()).pop().expect("a root");
    let file = temporary(&root);
    let file = file.path().to_string_lossy().into_owned();
    let causes = |arguments: &[&str]| {
        let capture = capture("certificate-untrusted-python");
        let ran = run(&[&["diagnose", capture.as_str(), "--format", "json"], arguments].concat());
        object(&ran)["causes"][0]["cause"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(causes(&[]), "certificate-untrusted");
    assert_ne!(causes(&["--ca", &file]), "certificate-untrusted");
    refused(&run(&["flows", &capture(GOOD), "--ca", "/does/not/exist"]), 1, &["/does/not/exist", "authorities"]);
    refused(&run(&["flows", &capture(GOOD), "--ca", "Cargo.toml"]), 1, &["Cargo.toml", "no certificate"]);
}

#[test]
fn follow_raw_is_the_exact_bytes_of_follow_json() {
    use base64::Engine as _;
    let capture = capture(GOOD);
    let all = object(&run(&["follow", &capture, "0", "--as", "json"]));
    for (direction, sender) in [("to-server", "client"), ("to-client", "server")] {
        let raw = shakedown()
            .args(["follow", &capture, "0", "--as", "raw", "--direction", direction])
            .output()
            .expect("the program runs")
            .stdout;
        let mut joined = Vec::new();
        for segment in all["segments"].as_array().expect("segments").iter().filter(|s| s["from"] == sender) {
            assert_eq!(segment["offset"], joined.len(), "in stream order");
            let data = segment["data"].as_str().expect("data");
            joined.extend(base64::engine::general_purpose::STANDARD.decode(data).expect("base64"));
        }
        assert!(raw.starts_with(&[22, 3]), "a TLS record comes first");
        assert_eq!(raw, joined, "{direction}");
    }
}

#[test]
fn follow_counts_gaps_on_standard_error() {
    let whole = bytes(GOOD);
    let missing = without_packet(&whole, 7);
    let file = temporary(&missing);
    let path = file.path().to_string_lossy();
    for number in 0.. {
        let ran = run(&["follow", &path, &number.to_string(), "--as", "json"]);
        if ran.code != Some(0) {
            break;
        }
        let gaps = ran.out.matches("\"gap\"").count();
        assert_eq!(gaps > 0, ran.err.contains("not captured"), "{}", ran.err);
    }
}

#[test]
fn follow_as_text_and_hex_name_both_ends() {
    for form in ["text", "hex"] {
        let ran = run(&["follow", &capture(GOOD), "0", "--as", form]);
        assert!(ran.out.contains("Filter: tcp.stream eq 0"), "{}", ran.out);
        assert!(ran.out.contains("Node 0:") && ran.out.contains("Node 1:"));
        assert!(!ran.out.contains('\u{1b}'));
    }
}

#[test]
fn diagnose_has_the_keys_of_the_contract() {
    let diagnosis = object(&run(&["diagnose", &capture(FAILING), "--format", "json"]));
    for key in
        ["captures", "flows", "handshakes", "failed", "rate", "attempts", "causes", "findings", "packets", "health"]
    {
        assert!(!diagnosis[key].is_null(), "{key} is missing");
    }
    for key in ["value", "low", "high"] {
        assert!(diagnosis["rate"][key].is_f64(), "{}", diagnosis["rate"]);
    }
    let finding = &diagnosis["findings"][0];
    for key in
        ["flow", "cause", "confidence", "headline", "ended_by", "first_abnormal_packet", "evidence", "next_steps"]
    {
        assert!(!finding[key].is_null(), "{key} is missing");
    }
    assert_eq!(finding["evidence"][0]["role"], "primary");
    assert_eq!(finding["evidence"][0]["packet"], finding["first_abnormal_packet"]);
}

#[test]
fn diagnose_has_failure_rates_over_time_and_by_cohort() {
    let diagnosis = object(&run(&["diagnose", &capture("one-percent"), "--format", "json"]));
    let rates = &diagnosis["rates"];
    let sum = |key: &str, count: &str| -> u64 {
        rates[key].as_array().expect(key).iter().map(|row| row[count].as_u64().expect(count)).sum()
    };
    for key in ["time", "client", "server", "client_network", "server_network"] {
        let rows = rates[key].as_array().expect(key);
        assert!(rows.len() <= 50 || key == "time", "{key} is bounded");
        if rates["left_out"][key].is_null() {
            assert_eq!(Some(sum(key, "handshakes")), diagnosis["handshakes"].as_u64(), "{key}");
            assert_eq!(Some(sum(key, "failed")), diagnosis["failed"].as_u64(), "{key}");
        }
    }
    let names = rates["name"].as_array().expect("names");
    let low = |row: &Value| row["rate"]["low"].as_f64().expect("a rate");
    assert!(names.is_sorted_by(|a, b| low(a) >= low(b)), "by the lower end of the interval");
    assert!(rates["time"][0]["start"].is_string() && rates["interval"].is_number());
}

#[test]
fn diagnose_begins_with_what_the_failing_have_in_common() {
    // Every failure is in the network of the access point with the filter; no single client or name stands out as surely.
    let ran = run(&["diagnose", &capture("one-percent")]);
    let (first, _) = ran.out.split_once("\n\n").expect("its end");
    assert!(first.starts_with("10 of 1303 attempts: ended by a middlebox at TTL 63. Worth a look"), "{first}");
    assert!(first.contains("client network 10.9.1.0/24   10 of 10 failing, 633 of 1293 good (49 %)"), "{first}");
    let markdown = run(&["diagnose", &capture("one-percent"), "--format", "markdown"]).out;
    assert!(markdown.contains("- client network 10.9.1.0/24: 10 of 10 failing"), "{markdown}");
    assert!(!run(&["diagnose", &capture(GOOD)]).out.contains("in common"));
    let contrast = &object(&run(&["diagnose", &capture(GOOD), "--format", "json"]))["contrast"];
    assert_eq!(*contrast, serde_json::json!([]));
}

#[test]
fn the_contrast_of_a_capture_is_exact() {
    let contrast = &object(&run(&["diagnose", &capture("one-percent"), "--format", "json"]))["contrast"][0];
    let causes = ["reset-after-client-hello", "plaintext-answer"];
    assert_eq!(contrast["group"], serde_json::json!({"ended_by": "middlebox", "ttl": 63, "causes": causes}));
    assert_eq!(contrast["claim"], "look");
    let conditions = serde_json::json!([{"field": "client.network", "op": "=", "value": "10.9.1.0/24"}]);
    assert_eq!(contrast["conditions"], conditions);
    for (key, value) in [("failed", 10), ("failed_of", 10), ("ok", 633), ("ok_of", 1293)] {
        assert_eq!(contrast[key], value, "{key}");
    }
    assert!(contrast["p"].as_f64().is_some_and(|p| p < 1e-3), "{contrast}");
    assert!(contrast["odds_ratio"]["low"].as_f64().is_some_and(|low| low > 1.0), "{contrast}");
    assert!(contrast["same_as"].is_array() && contrast["exceptions"].is_array(), "{contrast}");
}

#[test]
fn trend_says_what_is_not_shown_yet() {
    let (before, after) = (capture("one-percent"), capture("one-percent-afterwards"));
    let ran = run(&["trend", &before, "--after", &after, "--format", "json"]);
    let trend = object(&ran);
    let row = &trend["rows"][0];
    assert_eq!(row["cause"], "reset-after-client-hello");
    assert_eq!((&row["before"]["failed"], &row["before"]["of"]), (&8.into(), &1301.into()), "{row}");
    assert_eq!((&row["after"]["failed"], &row["after"]["of"]), (&0.into(), &323.into()), "{row}");
    assert!(row["p"].as_f64().is_some_and(|p| p > 0.05) && row["needed"].is_u64(), "{row}");
    let rows = trend["rows"].as_array().expect("rows");
    let within = rows.iter().find(|row| row["conditions"].is_array()).expect("what they had in common");
    assert_eq!(within["conditions"][0]["value"], "10.9.1.0/24");
    assert_eq!((&within["before"]["failed"], &within["before"]["of"]), (&10.into(), &643.into()), "{within}");
    assert!(run(&["trend", &before, "--after", &after]).out.contains("not shown yet (p 0."));
    let parted = object(&run(&["trend", &before, "--at", "2100-01-01", "--format", "json"]));
    assert_eq!(parted["after"]["of"], 0);
    assert_eq!(run(&["trend", &before]).code, Some(2));
}

#[test]
fn diagnose_offers_the_successful_twin_as_the_baseline() {
    let retried = capture("block-page-then-retry-ok");
    let finding = &object(&run(&["diagnose", &retried, "--format", "json"]))["findings"][0];
    let twin = "the client's own successful try of the same attempt";
    assert!(finding["baseline"]["why"].as_str().is_some_and(|why| why.starts_with(twin)), "{finding}");
    let flows = lines(&run(&["flows", &retried, "--format", "json"]).out);
    let flow = |number: &Value| flows.iter().find(|row| row["flow"] == *number).expect("the flow");
    let (good, bad) = (flow(&finding["baseline"]["flow"]), flow(&finding["flow"]));
    assert_eq!((&good["outcome"], &good["attempt"]), (&Value::from("ok"), &bad["attempt"]));
    let compared = object(&run(&["compare", "--format", "json", &retried, "0"]));
    assert_eq!(compared["baseline"]["flow"], finding["baseline"]["flow"], "compare chooses the same");
    assert!(run(&["diagnose", &retried]).out.contains(&format!("Baseline: flow {} ({twin}", good["flow"])));
    // Where no try succeeded, the nearest good flow; a named capture's flows come before all but the twin.
    let findings = &object(&run(&["diagnose", &capture("one-percent"), "--format", "json"]))["findings"];
    let all = findings.as_array().expect("findings");
    assert!(all.iter().all(|finding| finding["baseline"]["why"].is_string()), "{findings}");
    let named = |of: &str| {
        let diagnosis = object(&run(&["diagnose", of, "--baseline", &capture(GOOD), "--format", "json"]));
        diagnosis["findings"][0]["baseline"].clone()
    };
    assert_eq!(named(&retried)["flow"], finding["baseline"]["flow"]);
    let named = named(&capture("reset-by-access-point"));
    assert_eq!(named["capture"].as_str(), Some(&*capture(GOOD)));
    assert!(named["why"].as_str().is_some_and(|why| !why.contains("same attempt")), "another capture has no twin");
}

#[test]
fn diagnose_check_tells_by_its_status() {
    assert_eq!(run(&["diagnose", "--check", &capture(FAILING)]).code, Some(3));
    assert_eq!(run(&["diagnose", "--check", &capture(GOOD)]).code, Some(0));
    assert_eq!(run(&["diagnose", &capture(FAILING)]).code, Some(0));
    // The rate is that of handshakes: who left by himself beside good ones fails no check, and without a handshake there
    // is nothing to pass.
    let left = run(&["diagnose", "--check", &capture("client-leaves"), &capture(GOOD)]);
    assert_eq!(left.code, Some(0), "{}", left.out);
    assert!(
        left.out.contains("0 of 1 handshake failed") && left.out.contains("1 flow left by the client"),
        "{}",
        left.out
    );
    let refused = run(&["diagnose", "--check", &capture("connection-refused")]);
    assert_eq!(refused.code, Some(3), "{}", refused.out);
    assert!(refused.out.contains("no handshake to judge\nBeside these: TCP did not come up in"), "{}", refused.out);
}

#[test]
fn diagnose_as_markdown_is_a_report() {
    let ran = run(&["diagnose", &capture(FAILING), "--format", "markdown"]);
    assert!(ran.out.starts_with("# TLS handshakes:"), "{}", ran.out);
    assert!(ran.out.contains("| flow |") && ran.out.contains("## reset-after-client-hello"), "{}", ran.out);
}

#[test]
fn explain_lists_and_explains() {
    assert!(run(&["explain"]).out.contains("mtu-black-hole"));
    let ran = run(&["explain", "mtu-black-hole"]);
    for title in ["What happened", "How we know", "Not to be confused with", "What to try"] {
        assert!(ran.out.contains(title), "{title}");
    }
    refused(&run(&["explain", "mtu-black-hol"]), 2, &["mtu-black-hole"]);
}

#[test]
fn documents_are_made_from_the_arguments() {
    let man = run(&["man"]);
    assert!(man.out.contains(".TH shakedown 1") && man.out.contains(".SS diagnose"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(run(&["completions", shell]).out.contains("shakedown"), "{shell}");
    }
}

#[test]
fn digits_are_a_flow_and_anything_else_a_capture() {
    refused(&run(&["flows", "14"]), 2, &["14 is the number of a flow"]);
    refused(&run(&["handshake", &capture(GOOD)]), 2, &[]);
    refused(&run(&["handshake", "0", &capture(GOOD)]), 2, &[]);
    refused(&run(&["handshake", &capture(GOOD), "99999"]), 1, &["no flow 99999", GOOD]);
    refused(&run(&["handshake", &capture(GOOD), "99999999999"]), 1, &["no flow"]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("14"), bytes(GOOD)).expect("a copy");
    let ran =
        shakedown().current_dir(folder.path()).args(["handshake", "./14", "0"]).output().expect("the program runs");
    assert!(ran.status.success());
}

#[test]
fn wrong_usage_is_status_2() {
    for arguments in [
        &["flows"][..],
        &["flows", "--format", "xml", "x"],
        &["--nonsense"],
        &[],
        &["follow", "x", "0", "--direction", "up"],
    ] {
        assert_eq!(run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn what_is_no_capture_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("empty"), b"").expect("a file");
    std::fs::write(path("text"), b"this is no capture at all, whatever it is called\n").expect("a file");
    refused(&run(&["flows", &path("empty")]), 1, &["empty"]);
    refused(&run(&["flows", &path("text")]), 1, &["text", "not a pcap or pcapng capture"]);
    refused(&run(&["flows", &path("nowhere")]), 1, &["nowhere", "No such file"]);
    std::fs::create_dir(path("folder")).expect("a folder");
    refused(&run(&["flows", &path("folder")]), 1, &["folder", "no capture"]);
    refused(&run_with(&["flows", "-"], b""), 1, &["standard input"]);
    refused(&run_with(&["flows", "-"], b"this is no capture at all, whatever it is called\n"), 1, &["not a pcap"]);
    refused(&run(&["flows", &capture(GOOD), "--keylog", &path("nokeys")]), 1, &["nokeys"]);
}

#[test]
fn a_terminal_ui_without_a_terminal_is_status_1() {
    refused(&run(&[&capture(GOOD)]), 1, &["terminal"]);
}

#[test]
fn a_capture_that_is_cut_gives_what_is_intact() {
    let whole = bytes(FAILING);
    let file = temporary(&whole[..whole.len() - 30]);
    let ran = run(&["flows", &file.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(ran.code, Some(0));
    assert!(!lines(&ran.out).is_empty());
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("truncated") && ran.err.contains("offset"), "{}", ran.err);
}

#[test]
fn a_capture_with_damage_in_the_middle_gives_the_rest() {
    let mut damaged = bytes("one-percent");
    let middle = damaged.len() / 2;
    damaged[middle..middle + 300].fill(0xff);
    let file = temporary(&damaged);
    let ran = run(&["flows", &file.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(ran.code, Some(0));
    assert!(lines(&ran.out).len() > 1290, "{} flows", lines(&ran.out).len());
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("malformed") && ran.err.contains("offset"), "{}", ran.err);
}

#[test]
fn compressed_captures_are_recognised_by_their_content() {
    let whole = bytes(FAILING);
    let plain = run(&["flows", &capture(FAILING), "--format", "json"]).out;
    for (name, packed) in [("gzip", gzip(&whole)), ("zstd", zstd_of(&whole)), ("lz4", lz4(&whole)), ("xz", xz(&whole))]
    {
        let file = temporary(&packed);
        let ran = run(&["flows", &file.path().to_string_lossy(), "--format", "json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        assert_eq!(without_capture(&ran.out), without_capture(&plain), "{name}");
        assert_eq!(
            without_capture(&run_with(&["flows", "-", "--format", "json"], &packed).out),
            without_capture(&plain),
            "{name} from a pipe"
        );
    }
    // A compressed file that is cut still gives its beginning.
    let packed = gzip(&bytes("one-percent"));
    let file = temporary(&packed[..packed.len() / 2]);
    let ran = run(&["flows", &file.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(ran.code, Some(0));
    assert!(lines(&ran.out).len() > 100 && ran.err.contains("truncated"), "{}", ran.err);
}

#[test]
fn standard_input_is_a_capture() {
    let ran = run_with(&["flows", "-", "--format", "json"], &bytes(FAILING));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(lines(&ran.out)[0]["capture"], "-");
}

#[test]
fn several_files_and_a_folder_are_one_capture_in_time_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (early, late) = order(GOOD, FAILING);
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("a-late"), bytes(late)).expect("a copy");
    std::fs::write(path("b-early"), bytes(early)).expect("a copy");
    std::fs::write(path("notes.txt"), b"not a capture").expect("a file");
    let by_name = run(&["flows", &path("a-late"), &path("b-early"), "--format", "json"]);
    let by_folder = run(&["flows", &folder.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(by_name.out, by_folder.out);
    let flows = lines(&by_name.out);
    assert!(flows[0]["capture"].as_str().is_some_and(|name| name.ends_with("b-early")), "{}", flows[0]["capture"]);
    let first: Vec<u64> = flows.iter().filter_map(|flow| flow["first_packet"].as_u64()).collect();
    assert!(first.is_sorted(), "packet numbers run on: {first:?}");
    // The flow comes after all captures.
    let last = (flows.len() - 1).to_string();
    assert_eq!(run(&["handshake", &path("a-late"), &path("b-early"), &last]).code, Some(0));
}

#[test]
fn a_reader_that_goes_away_is_not_told() {
    let mut child = shakedown()
        .args(["flows", &capture("one-percent"), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut start = [0; 10];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut start).expect("some output");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_is_told() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output =
        shakedown().args(["flows", &capture(GOOD)]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"));
}

fn temporary(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file takes bytes");
    file
}

/// The lines of `flows`, without the name of the capture.
fn without_capture(json: &str) -> Vec<Value> {
    let mut flows = lines(json);
    for flow in &mut flows {
        flow.as_object_mut().expect("an object").remove("capture");
    }
    flows
}

/// Which of two fixtures begins first.
fn order<'n>(a: &'n str, b: &'n str) -> (&'n str, &'n str) {
    let start = |name| lines(&run(&["flows", &capture(name), "--format", "json"]).out)[0]["start"].to_string();
    if start(a) < start(b) { (a, b) } else { (b, a) }
}

/// A pcapng without its `number`th packet.
fn without_packet(pcapng: &[u8], number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut at, mut packets) = (0, 0);
    while at + 12 <= pcapng.len() {
        let word = |at: usize| u32::from_le_bytes(pcapng[at..at + 4].try_into().expect("four bytes"));
        let length = word(at + 4) as usize;
        packets += usize::from(word(at) == 6);
        if word(at) != 6 || packets != number {
            out.extend_from_slice(&pcapng[at..at + length]);
        }
        at += length;
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory takes bytes")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("a frame ends")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("options are valid");
    writer.write_all(bytes).expect("memory takes bytes");
    writer.finish().expect("memory takes bytes")
}

#[test]
fn compare_takes_one_flow_or_two_of_one_capture_or_two() {
    let (many, good) = (capture("one-percent"), capture(GOOD));
    for arguments in [&[&*many, "162"][..], &[&many, "162", "161"], &[&many, "162", &good, "0"], &[&many, "162", &good]]
    {
        let comparison = object(&run(&[&["compare", "--format", "json"], arguments].concat()));
        for key in ["baseline", "subject", "rows", "differences"] {
            assert!(!comparison[key].is_null(), "{key} is missing");
        }
        assert_eq!(comparison["subject"]["flow"], 162);
    }
    let chosen = object(&run(&["compare", "--format", "json", &many, "162"]));
    assert!(chosen["baseline"]["why"].is_string(), "why it was chosen is said");
    assert_eq!(chosen["baseline"]["outcome"], "ok");
    assert_eq!(chosen["finding"]["cause"], chosen["subject"]["cause"]);
    let proof = &chosen["finding"]["evidence"][0];
    let row = &chosen["first_divergence"]["subject"]["packet"];
    for (format, finding) in [("markdown", "\n## "), ("text", "\nFinding:  ")] {
        let said = run(&["compare", "--format", format, &many, "162"]).out;
        assert!(said.contains(finding), "{said}");
        assert!(said.contains(&format!("packet {}: ", proof["packet"])), "{said}");
        assert!(said.contains(&format!(" {row} ")), "the packets of the rows are named: {said}");
    }
    let other = object(&run(&["compare", "--format", "json", &many, "162", "--baseline", &good]));
    assert!(other["baseline"]["capture"].as_str().is_some_and(|name| name.contains(GOOD)));
    refused(&run(&["compare", &many]), 2, &[]);
    refused(&run(&["compare", &many, "162", &good, "77777"]), 1, &["no flow 77777", GOOD]);
    refused(&run(&["compare", &capture(FAILING), "0"]), 1, &["no good flow"]);
}

#[test]
fn why_goes_from_an_error_to_causes_and_flows() {
    let ran = run(&["why", "net::ERR_SSL_PROTOCOL_ERROR", &capture("one-percent")]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let (can, cannot) = ran.out.split_once("Cannot be").expect("both parts");
    assert!(can.contains("plaintext-answer") && can.contains("362") && can.contains("775"), "{can}");
    assert!(cannot.contains("reset-after-client-hello"), "{cannot}");
    assert_eq!(run(&["why", "curl", "35"]).out, run(&["why", "curl 35"]).out);
    refused(&run(&["why", "no client says this"]), 1, &["no client says this"]);
}

#[test]
fn a_pipe_that_does_not_fit_the_disk_is_read_as_far_as_it_fits() {
    // As a full disk: no file may grow beyond so many blocks of 512 bytes.
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" flows --format json -";
    let stdin = std::fs::File::open(capture("one-percent")).expect("a fixture");
    let ran = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_shakedown")])
        .stdin(stdin)
        .output()
        .expect("a shell");
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(String::from_utf8_lossy(&ran.stdout).lines().count() > 100, "{err}");
    for word in ["-: reading stopped at offset", "cannot keep it in", "set TMPDIR to another folder"] {
        assert!(err.contains(word), "{word:?} is not in {err}");
    }
    assert_eq!(err.lines().count(), 1, "{err}");
}

#[test]
fn traffic_that_is_not_read_is_named_in_one_line() {
    let dtls = capture("capwap-in-dtls");
    let said = format!(
        "shakedown: {dtls}: no TCP in 11 packets; not read: encrypted CAPWAP (DTLS) 10; other traffic: UDP 1\n"
    );
    for command in ["flows", "diagnose"] {
        let ran = run(&[command, &dtls]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), said.as_str()));
    }
    // Two captures are one: a good one has TCP, and what is not read is not said to be all.
    let ran = run(&["diagnose", &dtls, &capture(GOOD), "--format", "json"]);
    assert_eq!(ran.err, "shakedown: 2 captures: 10 of 37 packets not read: encrypted CAPWAP (DTLS) 10\n");
    let packets = &object(&ran)["packets"];
    assert_eq!(packets["unread"], serde_json::json!({"encrypted CAPWAP (DTLS)": 10}));
    assert_eq!(packets["other"], serde_json::json!({"ARP (0x0806)": 2, "UDP": 1}));
    assert_eq!(packets["unread_by_reason"][0]["count"], 10);
}

#[test]
fn an_ordinary_capture_says_nothing_of_its_other_traffic() {
    for name in [GOOD, "linked-quic-then-ok", "capwap-reset-after-server-hello", "erspan-ok", "ipv6-ok"] {
        assert_eq!(run(&["flows", &capture(name)]).err, "", "{name}");
    }
}
