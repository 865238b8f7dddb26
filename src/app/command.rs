//! What is typed after `:`: a flow's number, some words with what they are about, or the name of any action.

use super::action::Action;
use super::component::Then;
use super::model::Model;
use super::msg::Effect;
use crate::index::Index;
use crate::present::{list, page};
use crate::vocab::{Cause, FlowNumber, PacketNumber};

/// Does what a command says.
pub fn run(model: &mut Model, index: &Index, text: &str) -> Vec<Then> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let number = if word == "flow" { rest } else { word };
    if let Ok(flow) = number.parse() {
        return go_to_flow(model, index, FlowNumber(flow));
    }
    let then = match (word, rest) {
        ("flow", _) => Then::error("flow wants a number: flow 14"),
        ("packet", packet) => match packet.parse() {
            Ok(packet) => return go_to_packet(model, index, PacketNumber(packet)),
            Err(_) => Then::error("packet wants a number: packet 14"),
        },
        ("sort", "") => Then::error("sort wants a column: sort client, sort tls.sni"),
        ("sort", field) => match list::column_of(field) {
            Some(column) => {
                model.screens.list.sort_by(column, index);
                return Vec::new();
            }
            None => Then::error(format!("no column {field:?}; try sort client, sort tls.sni")),
        },
        ("why", error) => match page::why(error, index) {
            Some(lines) => Then::Read(format!("Why {error}"), lines),
            None => Then::error(format!("no client is known to say {error:?}; try why ERR_SSL_PROTOCOL_ERROR")),
        },
        ("explain", "") => match model.cause(index) {
            Some(cause) => explain(cause),
            None => Then::error("explain wants a cause where the flow has none: explain mtu-black-hole"),
        },
        ("explain", cause) => match Cause::from_name(cause) {
            Some(cause) => explain(cause),
            None => Then::error(format!("no cause {cause:?}; try explain mtu-black-hole")),
        },
        ("filter", text) => {
            model.screens.list.filter(text, index);
            return Vec::new();
        }
        ("q" | "q!" | "quit" | "exit", _) => Then::Do(Effect::Quit),
        _ => match Action::from_name(word) {
            Some(action) => Then::Act(action),
            None => Then::error(format!("no command {word:?}; ? shows the keys and their names")),
        },
    };
    vec![then]
}

fn explain(cause: Cause) -> Then {
    Then::Read(cause.name().to_owned(), page::explain(cause))
}

/// Shows a flow where another one is shown; else goes to it in the list.
fn go_to_flow(model: &mut Model, index: &Index, flow: FlowNumber) -> Vec<Then> {
    if flow.index() >= index.len() {
        let last = index.len().saturating_sub(1);
        return vec![Then::error(format!("no flow {flow}; the last is {last}"))];
    }
    let screen = model.screen();
    model.stack.truncate(1);
    if !model.screens.list.go_to(flow) {
        return vec![Then::error(format!("flow {flow} is not among the rows; Esc in the list shows all"))];
    }
    if model.screens.get(screen).shows_a_flow() { vec![Then::Act(screen.action())] } else { Vec::new() }
}

fn go_to_packet(model: &mut Model, index: &Index, packet: PacketNumber) -> Vec<Then> {
    let (shown, context) = model.shown(index);
    if !shown.go_to_packet(&context, packet) {
        return vec![Then::error("open a flow first: packet goes to a packet of it")];
    }
    let has = context.view().is_none_or(|view| view.timeline.steps.iter().any(|step| step.packet == packet));
    if has {
        return Vec::new();
    }
    vec![Then::notice(format!("packet {packet} is none of this flow; this is the next one of it"))]
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::screen::Screen;
    use super::super::testing::{Fixture, said};
    use super::*;

    #[test]
    fn commands_that_mean_nothing_are_told_so() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        let mut model = Model::new(fixture.session.progress(), TimeZone::UTC);
        let index = fixture.session.index();
        for (text, told) in [
            ("9", "no flow 9; the last is 2"),
            ("flow", "flow wants a number: flow 14"),
            ("flow x", "flow wants a number: flow 14"),
            ("1", "flow 1 is not among the rows; Esc in the list shows all"),
            ("packet x", "packet wants a number: packet 14"),
            ("packet 3", "open a flow first: packet goes to a packet of it"),
            ("sort", "sort wants a column: sort client, sort tls.sni"),
            ("sort shoe", "no column \"shoe\"; try sort client, sort tls.sni"),
            ("why moon", "no client is known to say \"moon\"; try why ERR_SSL_PROTOCOL_ERROR"),
            ("explain", "explain wants a cause where the flow has none: explain mtu-black-hole"),
            ("explain x", "no cause \"x\"; try explain mtu-black-hole"),
            ("frobnicate", "no command \"frobnicate\"; ? shows the keys and their names"),
        ] {
            assert_eq!(said(&run(&mut model, &index, text)), Some(told), "{text}");
        }
    }

    #[test]
    fn commands_lead_to_flows_pages_and_actions() {
        let fixture = Fixture::new("block-page-then-retry-ok", 0);
        let mut model = Model::new(fixture.session.progress(), TimeZone::UTC);
        let index = fixture.session.index();
        let list = &mut model.screens.list;
        list.refresh(&index);
        while list.survey.is_some() {
            list.advance(&index, &TimeZone::UTC);
        }
        assert!(run(&mut model, &index, "2").is_empty(), "the list only goes to its row");
        assert_eq!(model.screens.list.flow(), Some(FlowNumber(2)));
        model.go(Screen::Packets);
        assert!(matches!(run(&mut model, &index, "flow 0")[..], [Then::Act(Action::Packets)]));
        assert_eq!(model.screen(), Screen::List, "it is opened from there");
        assert!(
            matches!(&run(&mut model, &index, "explain")[..], [Then::Read(title, _)] if title == "plaintext-answer")
        );
        assert!(matches!(run(&mut model, &index, "next-failed")[..], [Then::Act(Action::NextFailed)]));
        assert!(matches!(run(&mut model, &index, "q!")[..], [Then::Do(Effect::Quit)]));
        assert!(run(&mut model, &index, "").is_empty());
    }
}
