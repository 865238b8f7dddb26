//! The index pass and the full view read the same bytes: they must agree on the TLS facts of every flow.

mod common;

use shakedown::engine::{Options, Session};
use shakedown::vocab::FlowRef;

#[test]
fn pass_and_view_agree_on_every_flow_of_every_fixture() {
    let mut differences = Vec::new();
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        // With keys the two must agree on what they open.
        let keylog = Some(fixture.join("keys.log")).filter(|path| path.exists());
        let session = Session::open(&Options { captures: vec![capture.clone()], keylog, ..Options::default() })
            .unwrap_or_else(|error| panic!("{error}"));
        session.wait();
        let index = session.index();
        // The large ones repeat themselves: every eighth flow of theirs is enough.
        let step = if index.len() > 200 { 8 } else { 1 };
        for facts in index.iter().step_by(step) {
            let view = session.view(FlowRef::main(facts.flow)).unwrap_or_else(|error| panic!("{capture}: {error}"));
            let indexed = facts.tls.cloned().unwrap_or_default();
            if indexed != view.tls {
                differences.push(format!("{capture} flow {}\n  pass {indexed:?}\n  view {:?}", facts.flow, view.tls));
            }
            let (pass, full) = (facts.row, &view.trace.row);
            for way in shakedown::vocab::Direction::BOTH {
                let first = view.trace.sent(way).next();
                if first.is_some_and(|segment| segment.ip.ttl != facts.row.sides[way].ttl) {
                    differences.push(format!("{capture} flow {}: TTL", facts.flow));
                }
                let (pass, full) = (&pass.sides[way], &full.sides[way]);
                if (pass.packets, pass.bytes, pass.retransmissions) != (full.packets, full.bytes, full.retransmissions)
                {
                    differences.push(format!("{capture} flow {}: packets, bytes or retransmissions", facts.flow));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_list_is_searched_as_it_is_shown() {
    use jiff::tz::TimeZone;
    use shakedown::present::list::{COLUMNS, text};
    use shakedown::present::list_search::Needle;

    let capture = common::capture("one-percent");
    let session = Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("the fixture");
    session.wait();
    let index = session.index();
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let rows: Vec<(_, Vec<String>)> = index
        .iter()
        .step_by(7)
        .map(|flow| (flow, (0..COLUMNS.len()).map(|column| text(column, &flow, &zone)).collect()))
        .collect();
    assert!(rows.len() > 100);
    // Pieces of cells, in other case too, and what is nowhere.
    let mut needles: Vec<String> = ["", "nowhere", "TLS 1.3", "é", "1.2.3.4:5", "-"].map(str::to_owned).into();
    for (_, cells) in rows.iter().step_by(11) {
        for cell in cells.iter().filter(|cell| cell.is_ascii()) {
            needles.extend([cell.to_uppercase(), cell[cell.len() / 3..cell.len() - cell.len() / 4].to_owned()]);
        }
    }
    needles.sort_unstable();
    needles.dedup();
    for text in needles {
        let mut needle = Needle::new(&text);
        for (flow, cells) in &rows {
            let shown = cells.iter().any(|cell| cell.to_lowercase().contains(&text.to_lowercase()));
            assert_eq!(needle.is_in(flow, &zone), shown, "{text:?} in {cells:?}");
        }
    }
}
