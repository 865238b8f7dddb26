//! Every registered alert at every stage of a handshake, of either end, in TLS 1.2 and 1.3: what the cause is, who ended it,
//! how sure that is. Read a row that changes before it is accepted.

use std::collections::BTreeMap;

use super::samples::told;
use super::verdict::judge;
use crate::proto::tls::samples;
use crate::vocab::iana::AlertDescription;

/// ServerHello, Certificate and ServerHelloDone of TLS 1.2.
const FLIGHT_12: &str = "HELLO\n< SERVER12 certificate done\n";
/// The same with a CertificateRequest for RSA signatures (RFC 5246 §7.4.4).
const ASKS_12: &str = "HELLO\n< SERVER12 certificate bytes:160303000c0d0000080101000204010000 done\n";
/// A client's ChangeCipherSpec and Finished.
const FINISHED_12: &str = "bytes:140303000101 22/40\n";
/// An empty Certificate.
const NO_CERTIFICATE: &str = "bytes:16030300070b000003000000";

/// A record with a message that is given in hex.
fn record(message: &str) -> String {
    let hex: String = message.split_whitespace().collect();
    format!("bytes:160303{:04x}{hex}", hex.len() / 2)
}

/// The registered alerts: the numbers with a name.
fn registered() -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|number| AlertDescription(*number).name().is_some())
}

/// What is said of the flow of `lines` that ends with this alert.
fn said(lines: &str, alert: u8) -> String {
    let lines = lines
        .replace("HELLO", &format!("> {}", record(samples::CLIENT_HELLO)))
        .replace("SERVER12", &record(samples::SERVER_HELLO_12))
        .replace("SERVER13", &record(samples::SERVER_HELLO));
    told(&format!("{lines} alert:2:{alert}"), 0.0, |case| match judge(case).finding {
        Some(finding) => format!("{}, {}, {}", finding.cause, finding.ended_by, finding.confidence),
        None => "nothing".to_owned(),
    })
}

/// A row for each finding: its alerts, and what it is. Lines of `expected` have the numbers first.
fn check(lines: &str, expected: &[&str]) {
    let mut rows = BTreeMap::<String, Vec<u8>>::new();
    for alert in registered() {
        rows.entry(said(lines, alert)).or_default().push(alert);
    }
    let mut rows: Vec<(Vec<u8>, String)> = rows.into_iter().map(|(what, alerts)| (alerts, what)).collect();
    rows.sort();
    let rows: Vec<String> = rows.into_iter().map(|(alerts, what)| format!("{}: {what}", runs(&alerts))).collect();
    assert_eq!(rows, expected, "{lines}");
}

/// Numbers in a line; three and more that follow each other in the registry as `40-46`.
fn runs(alerts: &[u8]) -> String {
    let places: Vec<usize> = alerts.iter().filter_map(|alert| registered().position(|one| one == *alert)).collect();
    let mut at = 0;
    let runs = places.chunk_by(|one, next| *next == *one + 1).flat_map(|run| {
        let part = &alerts[at..at + run.len()];
        at += run.len();
        match part {
            [first, .., last] if part.len() > 2 => vec![format!("{first}-{last}")],
            few => few.iter().map(u8::to_string).collect(),
        }
    });
    runs.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_server_answers_the_hello() {
    check(
        "HELLO\n<",
        &[
            "0 90: closed-by-alert, server, likely",
            "1-30 41-60 80 86 100-111 113-117 121: refused-by-alert, server, certain",
            "40 71: no-common-cipher, server, likely",
            "70: no-common-version, server, certain",
            "112: unrecognized-name, server, certain",
            "120: no-common-alpn, server, certain",
        ],
    );
}

#[test]
fn the_server_refuses_after_its_hello() {
    check(
        "HELLO\n< SERVER12\n<",
        &[
            "0 90: closed-by-alert, server, likely",
            "1 21-46 48 49 52-86 100 111-121: refused-by-alert, server, certain",
            "10 47 50 109 110: corrupted-handshake, server, possible",
            "20 51: bad-record-mac, server, possible",
        ],
    );
}

#[test]
fn the_server_refuses_the_clients_flight() {
    check(
        &format!("{FLIGHT_12}> {FINISHED_12}<"),
        &[
            "0 90: closed-by-alert, server, likely",
            "1 21-46 48 49 52-86 100 111-121: refused-by-alert, server, certain",
            "10 47 50 109 110: corrupted-handshake, server, possible",
            "20: bad-record-mac, server, certain",
            "51: bad-record-mac, server, possible",
        ],
    );
}

#[test]
fn the_server_refuses_a_client_without_certificate() {
    check(
        &format!("{ASKS_12}> {NO_CERTIFICATE} {FINISHED_12}<"),
        &["0 90: closed-by-alert, server, likely", "1-86 100-121: client-certificate-required, server, certain"],
    );
}

#[test]
fn the_server_refuses_the_clients_certificate() {
    check(
        &format!("{ASKS_12}> certificate {FINISHED_12}<"),
        &[
            "0 90: closed-by-alert, server, likely",
            "1 10 21-50 52-86 100-121: client-certificate-rejected, server, certain",
            "20: bad-record-mac, server, certain",
            "51: bad-record-mac, server, possible",
        ],
    );
}

#[test]
fn the_server_refuses_after_its_hello_of_tls_13() {
    check(
        "HELLO\n< SERVER13 23/900\n<",
        &[
            "0 90: closed-by-alert, server, likely",
            "1 21-46 48 49 52-86 100 111-115 117-121: refused-by-alert, server, certain",
            "10 47 50 109 110: corrupted-handshake, server, possible",
            "20 51: bad-record-mac, server, possible",
            "116: client-certificate-required, server, likely",
        ],
    );
}

#[test]
fn the_server_refuses_the_second_hello() {
    check(
        "HELLO\n< retry\nHELLO\n<",
        &[
            "0 90: closed-by-alert, server, likely",
            "1-30 41-60 80 86 100-111 113-117 121: refused-by-alert, server, certain",
            "40 71: no-common-cipher, server, likely",
            "70: no-common-version, server, certain",
            "112: unrecognized-name, server, certain",
            "120: no-common-alpn, server, certain",
        ],
    );
}

#[test]
fn the_client_leaves_before_an_answer() {
    check("HELLO\n>", &["0-121: client-gave-up, client, likely"]);
}

#[test]
fn the_client_refuses_the_servers_hello() {
    check(
        "HELLO\n< SERVER12\n>",
        &[
            "0 90: client-gave-up, client, likely",
            "1 21-46 48 49 52 60 71-86 100 111-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "20 51: bad-record-mac, client, possible",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_the_servers_hello_of_tls_13() {
    check(
        "HELLO\n< SERVER13\n>",
        &[
            "0 90: client-gave-up, client, likely",
            "1 21-46 48 49 52 60 71-86 100 111-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "20 51: bad-record-mac, client, possible",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_the_flight() {
    check(
        &format!("{FLIGHT_12}>"),
        &[
            "0 90: certificate-not-yet-valid, client, likely",
            "1 21-40 49 52 60 71-86 100 112 115 117-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "20 51: bad-record-mac, client, possible",
            "41 43 44 111 113 114 116: certificate-not-yet-valid, client, possible",
            "42 45 46: certificate-not-yet-valid, client, certain",
            "48: certificate-self-signed, client, certain",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_the_flight_of_tls_13() {
    check(
        "HELLO\n< SERVER13 23/900\n>",
        &[
            "0 90: certificate-rejected, client, possible",
            "1 21-40 49 52 60 71-86 100 112 115 117-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "20: bad-record-mac, client, certain",
            "41-44 46 111 113 114 116: certificate-rejected, client, certain",
            "45: certificate-expired, client, likely",
            "48: certificate-untrusted, client, possible",
            "51: bad-record-mac, client, possible",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_a_request_for_its_certificate() {
    check(
        &format!("{ASKS_12}>"),
        &[
            "0 90: certificate-not-yet-valid, client, likely",
            "1 21-40 49 52 60 71-86 100 112 115 117-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "20 51: bad-record-mac, client, possible",
            "41 43 44 111 113 114 116: certificate-not-yet-valid, client, possible",
            "42 45 46: certificate-not-yet-valid, client, certain",
            "48: certificate-self-signed, client, certain",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_the_retry() {
    check(
        "HELLO\n< retry\n>",
        &[
            "0 90: client-gave-up, client, likely",
            "1 20-46 48 49 51-60 71-86 100 111-121: server-choice-refused, client, possible",
            "10 47 50 109 110: corrupted-handshake, client, possible",
            "70: no-common-version, client, possible",
        ],
    );
}

#[test]
fn the_client_refuses_the_beginning_of_an_answer() {
    check(
        "HELLO\n< bytes:160303007a020000\n>",
        &[
            "0 90: client-gave-up, client, likely",
            "1-60 71-86 100-121: server-choice-refused, client, possible",
            "70: no-common-version, client, possible",
        ],
    );
}
