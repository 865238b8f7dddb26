//! `packets`: one row a packet, with what TCP made of it and what was measured.

mod common;

use common::{capture, fixtures, run};
use serde_json::Value;
use shakedown::internal::flow::measure;
use shakedown::{FlowNumber, FlowRef, Options, Session};

fn json(arguments: &[&str]) -> Vec<Value> {
    let ran = run(arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn json_has_an_object_a_packet() {
    let rows = json(&["packets", &capture("heavy-loss-ok"), "0", "--format", "json"]);
    assert_eq!(rows.len(), 29);
    let syn = &rows[0];
    assert_eq!(
        (&syn["packet"], &syn["flags"], &syn["seq"], &syn["window"]),
        (&3.into(), &"SYN".into(), &0.into(), &64_240.into())
    );
    assert!(syn.get("ack").is_none() && syn.get("events").is_none());
    // The answer to the SYN acknowledges it: that is the first round trip.
    assert_eq!((&rows[1]["ack"], &rows[1]["rtt"]), (&1.into(), &Value::from(0.017_058_25)));
    let again = rows.iter().find(|row| row["packet"] == 16).expect("packet 16");
    assert_eq!(again["events"], Value::from(vec!["retransmission"]));
    assert_eq!((&again["seq"], &again["bytes"], &again["in_flight"]), (&598.into(), &102.into(), &102.into()));
    let late = rows.iter().find(|row| row["packet"] == 19).expect("packet 19");
    assert_eq!(late["events"], Value::from(vec!["out of order"]));
    assert!(late["options"][0].as_str().is_some_and(|option| option.starts_with("timestamps ")), "{late}");
    // What was sent twice gives no round trip: nobody knows which copy was meant.
    assert!(rows.iter().find(|row| row["packet"] == 17).is_some_and(|row| row.get("rtt").is_none()));
}

#[test]
fn csv_and_table_have_the_same_packets() {
    let name = capture("block-page-then-retry-ok");
    let all = json(&["packets", &name, "--format", "json"]);
    let csv = run(&["packets", &name, "--format", "csv"]);
    assert_eq!(csv.out.lines().count(), all.len() + 1, "one line of headings");
    let columns = csv.out.lines().next().map_or(0, |line| line.split(',').count());
    assert_eq!(columns, 22);
    let table = run(&["packets", &name]);
    let rows =
        |text: &str| text.lines().filter(|line| line.contains("client ->") || line.contains("<- server")).count();
    assert_eq!(rows(&table.out), all.len());
    let some = json(&["packets", &name, "--filter", "flow == 1", "--format", "json"]);
    assert!(!some.is_empty() && some.iter().all(|row| row["flow"] == 1));
    assert_eq!(run(&["packets", &name, "99"]).code, Some(1));
    let none = run(&["packets", &name, "--filter", "flow == 99", "--format", "csv"]);
    assert_eq!(none.out.lines().count(), 1);
}

/// What the index counted is what the packets show: the pass and the list judge alike.
#[test]
fn the_packets_of_every_fixture_agree_with_the_index() {
    for folder in fixtures() {
        let path = folder.join("capture.pcapng").to_string_lossy().into_owned();
        let session = Session::open(&Options { captures: vec![path], ..Options::default() }).expect("a fixture");
        session.wait();
        let flows: Vec<FlowNumber> = session.index().iter().map(|facts| facts.flow).collect();
        let mut seen = 0;
        let each = &mut |flow, trace: &shakedown::internal::flow::Trace| {
            seen += 1;
            let index = session.index();
            let row = index.facts(flow).expect("a flow").row;
            let counted = [row.sides.to_server.retransmissions, row.sides.to_client.retransmissions];
            let shown = [trace.row.sides.to_server.retransmissions, trace.row.sides.to_client.retransmissions];
            assert_eq!(counted, shown, "{} flow {flow}", folder.display());
            for (segment, measured) in trace.segments.iter().zip(measure(trace)) {
                assert!(measured.rtt.is_none_or(|rtt| rtt >= 0), "packet {}", segment.packet);
            }
            Ok(())
        };
        session.traces(&flows, each).expect("readable packets");
        assert_eq!(seen, flows.len(), "{}", folder.display());
        assert!(session.view(FlowRef::main(FlowNumber(u32::MAX))).is_err());
    }
}
