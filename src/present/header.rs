//! Who talks with whom: the bar above the screens of one flow.

use super::list;
use super::role::{Line, Role};
use crate::engine::FlowView;
use crate::index::Index;
use crate::vocab::{FlowRef, Outcome, Source, text};

/// A flow's name: its number, and that it is of the baseline's capture.
pub fn name(flow: FlowRef) -> String {
    match flow.source {
        Source::Main => format!("flow {}", flow.flow),
        Source::Baseline => format!("flow {} of the baseline capture", flow.flow),
    }
}

/// The bar of an open flow: how it came out first, so that it is seen on a narrow screen too.
pub fn of_view(view: &FlowView, index: &Index) -> Line {
    let row = &view.trace.row;
    let mut line = Line::of(Role::Strong, format!(" {}  ", name(view.flow)));
    let outcome = outcome(view, index);
    if outcome.is_some() {
        let span = list::outcome(outcome);
        line.push(span.role, span.text);
    }
    if let Some(finding) = &view.finding {
        line.push(Role::Failed, format!(": {}", finding.cause.name()));
    }
    line.push(Role::ToServer, format!("  {}", row.client));
    line.push(Role::Dim, " → ");
    line.push(Role::ToClient, row.server.to_string());
    if let Some(server_name) = &view.tls.server_name {
        line.push(Role::Strong, format!("  {}", text::visible_bytes(server_name)));
    }
    if let Some(version) = view.tls.version {
        line.push(Role::Text, format!("  {version}"));
    }
    line
}

/// How an open flow came out, as far as that is known.
pub fn outcome(view: &FlowView, index: &Index) -> Option<Outcome> {
    let known = Some(view.flow).filter(|flow| flow.source == Source::Main);
    known.and_then(|flow| index.facts(flow.flow)).and_then(|facts| facts.row.outcome)
}
