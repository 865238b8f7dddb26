//! Fixtures for the unit tests of screens: an open flow and what a screen may look at besides itself.

use std::sync::Arc;

use super::component::{Context, Then};
use super::subject::{Opened, Subject};
use crate::engine::{FlowView, Options, Session};
use crate::vocab::{FlowNumber, FlowRef};

/// A loaded fixture.
pub struct Fixture {
    /// Its session.
    pub session: Session,
    subject: Subject,
}

impl Fixture {
    /// A fixture by its name, one of its flows open.
    pub fn new(name: &str, flow: u32) -> Self {
        let captures = vec![format!("fixtures/{name}/capture.pcapng")];
        let session = Session::open(&Options { captures, ..Options::default() }).expect("a fixture can be read");
        session.wait();
        let flow = FlowRef::main(FlowNumber(flow));
        let view = session.view(flow).expect("a fixture has the flow");
        Self { session, subject: Subject { flow, opened: Opened::Ready(Arc::new(view)), packet: None } }
    }

    /// The open flow.
    pub fn view(&self) -> Arc<FlowView> {
        self.subject.view().cloned().expect("it is open")
    }

    /// Lets a check look at what a screen may look at.
    pub fn check(&self, check: impl FnOnce(&Context<'_>)) {
        let index = self.session.index();
        let subject = Some(&self.subject);
        check(&Context { index: &index, subject, baseline: None, is_loading: false, is_covered: false });
    }
}

/// What the user is told, if that alone is to happen.
pub fn said(thens: &[Then]) -> Option<&str> {
    match thens {
        [Then::Say(_, text)] => Some(text),
        _ => None,
    }
}
