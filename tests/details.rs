//! Every field of every step of every fixture: its bytes lie in its pane, and what is decoded agrees with the flow.

mod common;

use shakedown::engine::{FlowRef, Options, Session};
use shakedown::timeline::{Detail, Step, StepKind};
use shakedown::vocab::{Field, FlowNumber};

/// Flows of one capture that are looked at; the large ones repeat themselves.
const MAX_FLOWS: usize = 40;

/// Calls `look` with every step of the fixtures' flows and its detail.
fn every_step(mut look: impl FnMut(&str, &Session, &Step, &Detail)) {
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        let keys = fixture.join("keys.log");
        let opened = keys.exists().then(|| open(&capture, Some(keys)));
        for session in opened.into_iter().chain([open(&capture, None)]) {
            let flows = session.index().len();
            for flow in (0..flows).step_by(flows.div_ceil(MAX_FLOWS).max(1)) {
                let view = session.view(FlowRef::main(FlowNumber(flow as u32))).expect("a flow that opens");
                for (at, step) in view.timeline.steps.iter().enumerate() {
                    let detail = session.detail(&view, at).expect("a detail");
                    let name = format!("{capture} flow {flow} step {at}, packet {}: {}", step.packet, step.name);
                    look(&name, &session, step, &detail);
                }
            }
        }
    }
}

fn open(capture: &str, keylog: Option<std::path::PathBuf>) -> Session {
    let options = Options { captures: vec![capture.to_owned()], keylog, ..Options::default() };
    let session = Session::open(&options).unwrap_or_else(|error| panic!("{error}"));
    session.wait();
    session
}

fn check_ranges(field: &Field, pane: usize, name: &str) {
    assert!(
        field.range.start <= field.range.end && field.range.end <= pane,
        "{name}: {} {:?}",
        field.name,
        field.range
    );
    for child in &field.children {
        let inside = field.range.start <= child.range.start && child.range.end <= field.range.end;
        // What no byte says (when a frame was captured) has an empty range.
        assert!(
            inside || child.range == (0..0),
            "{name}: {} {:?} in {} {:?}",
            child.name,
            child.range,
            field.name,
            field.range
        );
        check_ranges(child, pane, name);
    }
}

#[test]
fn every_field_lies_in_its_pane_and_in_its_parent() {
    every_step(|name, _, step, detail| {
        assert!(!detail.panes.is_empty() && !detail.sections.is_empty(), "{name}: nothing to see");
        assert!(detail.subject < detail.sections.len(), "{name}");
        for section in &detail.sections {
            let pane = detail.panes.get(section.pane).unwrap_or_else(|| panic!("{name}: no pane {}", section.pane));
            check_ranges(&section.root, pane.bytes.len(), name);
        }
        let frames = detail.sections.iter().filter(|section| section.root.name == "Frame").count();
        assert_eq!(frames, 1, "{name}: one packet shows the step");
        let subject = &detail.sections[detail.subject];
        if step.kind == StepKind::Message && step.id.is_some() && !step.decrypted {
            let bytes = &detail.panes[subject.pane].bytes[subject.root.range.clone()];
            assert_eq!(bytes, step.body, "{name}: the tree lies over the message");
        }
    });
}
