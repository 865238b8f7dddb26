//! Links of a flow as objects and as lines.

use serde::Serialize;

use crate::cohort::Link;
use crate::present::links;
use crate::vocab::text;

/// A link as an object.
#[derive(Serialize)]
pub struct LinkJson {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packet: Option<u32>,
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    inferred: Option<&'static str>,
}

impl LinkJson {
    /// The JSON form of links.
    pub fn all(links: &[Link]) -> Vec<Self> {
        let one = |link: &Link| Self {
            kind: link.kind().name(),
            flow: link.flow.map(|flow| flow.0),
            packet: link.packet.map(|packet| packet.0),
            note: links::note(link),
            inferred: links::inferred(link),
        };
        links.iter().map(one).collect()
    }
}

/// A link in a line: what it is, where, what was seen, what is inferred.
pub fn line(link: &Link) -> String {
    let place = match (link.flow, link.packet) {
        (Some(flow), _) => format!(", flow {flow}"),
        (None, Some(packet)) => format!(", packet {packet}"),
        (None, None) => String::new(),
    };
    let inferred = links::inferred(link).map_or_else(String::new, |inferred| format!(" (inferred: {inferred})"));
    format!("{}{place}: {}{inferred}", link.kind().name(), text::visible(&links::note(link)))
}
