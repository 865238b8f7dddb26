//! A failing flow put beside a good one: steps aligned, differences ranked, the first divergence found.
//!
//! Start at [`Comparison`], what the screen, the text and the JSON all show.

use crate::timeline::Step;

/// One differing fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The fact's name: `tcp.ttl`, `client_hello.extensions`, `tls.version`.
    pub field: String,
    /// Its value in the baseline, as text; empty where absent.
    pub baseline: String,
    /// Its value in the subject.
    pub subject: String,
    /// How telling it is: 0 is noise, 100 could explain the failure by itself.
    pub weight: u8,
    /// Whether it differs between any two good flows too (randoms, ports, GREASE, times).
    pub expected: bool,
}

/// Two aligned steps, or one that the other flow lacks.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The baseline's step.
    pub baseline: Option<Step>,
    /// The subject's step.
    pub subject: Option<Step>,
    /// What differs between the two.
    pub differences: Vec<Difference>,
}

impl Row {
    /// Whether the two do the same, apart from what is expected to differ.
    pub fn is_equal(&self) -> bool {
        self.baseline.is_some() && self.subject.is_some() && self.differences.iter().all(|d| d.expected)
    }
}

/// A baseline and a subject, aligned.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comparison {
    /// The aligned steps, in order.
    pub rows: Vec<Row>,
    /// Index of the first row in which the two part, if they do.
    pub first_divergence: Option<usize>,
    /// One sentence that says where they part.
    pub sentence: String,
    /// All differences, the most telling first.
    pub differences: Vec<Difference>,
}

/// One flow of a comparison.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its segments.
    pub trace: &'a crate::flow::Trace,
    /// Its steps.
    pub timeline: &'a crate::timeline::Timeline,
    /// Its TLS facts.
    pub tls: &'a crate::proto::TlsFacts,
}

impl Comparison {
    /// Compares two flows.
    pub fn new(_baseline: Side<'_>, _subject: Side<'_>) -> Self {
        Self::default()
    }
}

/// What pairing needs to know of a flow.
pub struct Candidate {
    server_name: Option<Vec<u8>>,
    client: std::net::IpAddr,
    server: std::net::IpAddr,
    start: crate::vocab::Time,
}

impl Candidate {
    /// Reads it from the index.
    pub fn new(facts: &crate::facts::FlowFacts<'_>) -> Self {
        Self {
            server_name: facts.tls.and_then(|tls| tls.server_name.as_deref()).map(<[u8]>::to_vec),
            client: facts.row.client.ip,
            server: facts.row.server.ip,
            start: facts.row.start,
        }
    }
}

/// How well `candidate` serves as the baseline of `subject`, and why.
pub fn score(subject: &Candidate, candidate: &Candidate) -> Option<(i64, String)> {
    let name = i64::from(subject.server_name == candidate.server_name) * 1000;
    let client =
        i64::from(subject.client == candidate.client) * 100 + i64::from(subject.server == candidate.server) * 200;
    let near = subject.start.nanos_since(candidate.start).abs() / 1_000_000_000;
    Some((name + client - near.min(99), "same server name and client, nearest in time".into()))
}
