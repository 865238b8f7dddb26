//! What is read over a screen: the capture's health, what an error can mean, what a cause means.

use super::apart;
use super::causes;
use super::health;
use super::role::{Line, Role};
use super::values;
use crate::diagnose::{self, RULES};
use crate::engine::Damage;
use crate::index::Index;
use crate::vocab::{Cause, text};

/// Flow numbers listed below a cause.
const MAX_LISTED: usize = 20;

/// The captures and their health, and what could not be read of them.
pub fn about(index: &Index, troubles: &[Damage]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for capture in index.captures() {
        lines.push(Line::of(Role::Label, "capture  ").with(Role::Text, text::visible(capture)));
    }
    let counts =
        format!("{}, {}", values::about(index.packets() as u64, "packet"), values::about(index.len() as u64, "flow"));
    lines.push(Line::of(Role::Text, counts));
    lines.extend(
        troubles.iter().map(|trouble| Line::of(Role::Warning, format!("! {}", text::visible(&trouble.to_string())))),
    );
    lines.extend(apart::sentence(index).map(|sentence| Line::of(Role::Warning, format!("! {sentence}"))));
    lines.push(Line::new());
    lines.push(Line::of(Role::Heading, "Health"));
    for row in health::rows(&index.health()) {
        let role = if row.matters { Role::Warning } else { Role::Text };
        lines.push(Line::of(Role::Label, format!("  {:<52}", row.name)).with(role, row.value));
    }
    lines.push(Line::new());
    counted(&mut lines, "Packets that were not read and may carry TCP", apart::unread(index), Role::Warning);
    lines.push(Line::new());
    counted(&mut lines, "Packets without TCP", apart::others(index), Role::Text);
    lines
}

fn counted(lines: &mut Vec<Line>, title: &'static str, counted: apart::Counted, role: Role) {
    lines.push(Line::of(Role::Heading, title));
    if counted.is_empty() {
        lines.push(Line::of(Role::Dim, "  none"));
    }
    for (name, packets) in counted {
        lines.push(Line::of(Role::Label, format!("  {name:<52}")).with(role, values::count(packets)));
    }
}

/// What a client's error can mean, and the flows here that match; `None` where no client says so.
pub fn why(error: &str, index: &Index) -> Option<Vec<Line>> {
    let why = diagnose::why(error);
    if why.can.is_empty() {
        return None;
    }
    let mut texts: Vec<_> = why.matches.iter().map(|found| format!("  {}: {}", found.client, found.error)).collect();
    texts.sort_unstable();
    texts.dedup();
    let guess = "  Nobody is known to say this. A guess, by the words it shares with these:";
    let mut lines: Vec<Line> = why.is_guess.then(|| Line::of(Role::Warning, guess)).into_iter().collect();
    lines.extend(texts.into_iter().map(|text| Line::of(Role::Text, text)));
    lines.push(Line::new());
    lines.push(Line::of(Role::Heading, if why.is_guess { "May be" } else { "Can be" }));
    let flows = causes::flows(index.iter());
    for cause in &why.can {
        lines.push(
            Line::of(Role::Failed, format!("  {:<32}", cause.name())).with(Role::Text, diagnose::summary(*cause)),
        );
        if let Some(flows) = flows.get(cause) {
            let shown: Vec<String> = flows.iter().take(MAX_LISTED).map(ToString::to_string).collect();
            let more = if flows.len() > MAX_LISTED { ", …" } else { "" };
            let here =
                format!("  {:<32}here: {}: {}{more}", "", values::about(flows.len() as u64, "flow"), shown.join(", "));
            lines.push(Line::of(Role::Strong, here));
        }
    }
    if !why.cannot.is_empty() {
        lines.push(Line::new());
        lines.push(Line::of(Role::Heading, "Cannot be"));
    }
    for causes in why.cannot.chunks(3) {
        let names: Vec<&str> = causes.iter().map(|cause| cause.name()).collect();
        lines.push(Line::of(Role::Dim, format!("  {}", names.join(", "))));
    }
    Some(lines)
}

/// What a cause means.
pub fn explain(cause: Cause) -> Vec<Line> {
    let Some(rule) = RULES.iter().find(|rule| rule.cause == cause) else { return Vec::new() };
    let doc = &rule.doc;
    let mut lines = Vec::new();
    let parts = [
        ("What happened", doc.what),
        ("How we know", doc.how),
        ("Not to be confused with", doc.not),
        ("Reference", doc.reference),
    ];
    for (title, body) in parts.into_iter().filter(|(_, body)| !body.is_empty()) {
        lines.push(Line::of(Role::Heading, title));
        lines.push(Line::of(Role::Text, format!("  {body}")));
        lines.push(Line::new());
    }
    lines.push(Line::of(Role::Heading, "What to try"));
    lines.extend(doc.next.iter().map(|step| Line::of(Role::Text, format!("  - {step}"))));
    lines
}
