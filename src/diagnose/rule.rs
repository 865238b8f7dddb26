//! What a rule is: a cause, its documentation, and the function that judges a case.

use super::case::Case;
use super::finding::{Evidence, Role};
use super::path::Sender;
use crate::vocab::{Cause, Confidence, EndedBy, FlowNumber, PacketNumber};

/// A rule's documentation: the text of `explain`.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// What happened.
    pub what: &'static str,
    /// How we know.
    pub how: &'static str,
    /// Not to be confused with.
    pub not: &'static str,
    /// What to try.
    pub next: &'static [&'static str],
    /// Where it is specified or described.
    pub reference: &'static str,
}

/// A rule.
pub struct Rule {
    /// The pattern it recognises.
    pub cause: Cause,
    /// Its documentation.
    pub doc: Doc,
    /// Judges a case.
    pub judge: fn(&Case<'_>) -> Answer,
}

/// What a rule says of a case.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// It does not apply.
    Clear,
    /// It may apply once the capture goes on.
    Pending,
    /// It applies.
    Found(Box<Found>),
}

/// What was found, before it becomes a finding of a flow.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// How sure it is.
    pub confidence: Confidence,
    /// Who made success impossible.
    pub ended_by: EndedBy,
    /// What happened, in a line.
    pub headline: String,
    /// What is seen and what is inferred.
    pub detail: String,
    /// The injected or refusing packet, or the first sign of loss.
    pub first_abnormal: Option<PacketNumber>,
    /// The other packets that prove it.
    pub evidence: Vec<Evidence>,
    /// What to try, where the case says more than the rule's documentation.
    pub next: Vec<String>,
}

impl Found {
    /// A finding proved by `packet`.
    pub fn at(packet: PacketNumber, confidence: Confidence, ended_by: EndedBy, headline: impl Into<String>) -> Self {
        let headline = headline.into();
        let evidence = vec![Evidence { packet, flow: None, role: Role::Primary, note: headline.clone() }];
        Found {
            confidence,
            ended_by,
            headline,
            detail: String::new(),
            first_abnormal: Some(packet),
            evidence,
            next: Vec::new(),
        }
    }

    /// The same with an explanation.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The same no surer than that.
    #[must_use]
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// The same with advice of its own in place of the rule's.
    #[must_use]
    pub fn advice<const N: usize>(mut self, next: [&str; N]) -> Self {
        self.next = next.map(str::to_owned).to_vec();
        self
    }

    /// The same with another packet as evidence.
    #[must_use]
    pub fn supported(self, packet: Option<PacketNumber>, note: impl Into<String>) -> Self {
        self.with(packet.map(|packet| Evidence { packet, flow: None, role: Role::Supporting, note: note.into() }))
    }

    /// The same with a packet of another flow as evidence.
    #[must_use]
    pub fn supported_by(self, flow: FlowNumber, packet: Option<PacketNumber>, note: impl Into<String>) -> Self {
        let role = Role::Supporting;
        self.with(packet.map(|packet| Evidence { packet, flow: Some(flow), role, note: note.into() }))
    }

    /// The same with a packet that shows what would have been there.
    #[must_use]
    pub fn contrasted(self, packet: Option<PacketNumber>, note: impl Into<String>) -> Self {
        self.with(packet.map(|packet| Evidence { packet, flow: None, role: Role::Contrast, note: note.into() }))
    }

    /// The same with a piece of evidence; of one packet what was said first counts.
    #[must_use]
    pub fn with(mut self, evidence: Option<Evidence>) -> Self {
        let Some(new) = evidence else { return self };
        match self.evidence.iter_mut().find(|known| known.packet == new.packet) {
            None => self.evidence.push(new),
            // What supports can be what the finding contrasts with as well.
            Some(known) if new.role == Role::Contrast && known.role == Role::Supporting => {
                *known = Evidence { note: format!("{}; {}", known.note, new.note), ..new };
            }
            Some(_) => {}
        }
        self
    }

    /// The same with what the signs say of the sender: who it was, why, and the packets that show it.
    #[must_use]
    pub fn sent_by(mut self, sender: &Sender) -> Self {
        self.ended_by = sender.by;
        // The pattern is seen; who made it is told by signs alone, and a conflict of signs leaves the pattern at least.
        self.confidence = self.confidence.min(match sender.by {
            EndedBy::Unknown => Confidence::Likely,
            _ => sender.confidence,
        });
        let who = match sender.by {
            EndedBy::Middlebox => match sender.hops {
                Some(0) => {
                    "The signs speak for a device next to the capture, not for the end whose address it bears".into()
                }
                Some(1) => "The signs speak for a device on the way, about 1 hop from the capture".to_owned(),
                Some(hops) => format!("The signs speak for a device on the way, about {hops} hops from the capture"),
                None => "The signs speak for a device on the way".into(),
            },
            EndedBy::Unknown => "The signs do not tell the end from a device on the way".into(),
            _ if sender.signs.iter().any(|sign| sign.weight > 0) => {
                "The signs do not suffice to take it for another's than the end's whose address it bears".into()
            }
            _ => String::from("Nothing speaks against the end whose address it bears"),
        };
        let reasons = sender.reasons();
        let sentence = if reasons.is_empty() { format!("{who}.") } else { format!("{who}: {reasons}.") };
        self.detail = if self.detail.is_empty() { sentence } else { format!("{} {sentence}", self.detail) };
        let foreign = sender.signs.iter().filter(|sign| sign.weight > 0);
        foreign.fold(self, |found, sign| found.with(sign.evidence()))
    }

    /// The answer that gives this.
    pub fn answer(self) -> Answer {
        Answer::Found(Box::new(self))
    }
}
