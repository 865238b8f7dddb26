//! One sentence that says where two flows part.

use super::milestone::{Milestone, Moment};
use super::rows::{Laid, LaidRow, span};
use super::{Difference, Side};
use crate::timeline::{What, usual_ttl, words};
use crate::vocab::Direction;

/// From this weight on, a difference before the divergence is worth a word.
const WORTH_A_WORD: u8 = 20;
/// Characters of a value that a sentence has room for.
const MAX_VALUE: usize = 48;

/// Says where the two part, or that they do not.
pub(super) fn sentence(subject: &Side<'_>, laid: &Laid<'_>) -> String {
    let Some(first) = laid.first_divergence else { return no_divergence(laid) };
    let speaker = Speaker { subject, laid, first };
    let row = &laid.rows[first];
    let there = if row.is_matched() { speaker.contents(row) } else { speaker.ways() };
    format!("{}{there}.", speaker.until())
}

fn no_divergence(laid: &Laid<'_>) -> String {
    if laid.rows.is_empty() {
        return "Neither flow has anything to compare.".into();
    }
    let told = laid.rows.iter().flat_map(|row| &row.row.differences).filter(|difference| !difference.expected);
    let greatest = told.max_by_key(|difference| difference.weight).filter(|d| d.weight >= WORTH_A_WORD);
    let rest =
        greatest.map_or_else(String::new, |difference| format!("; most telling of the rest: {}", values(difference)));
    format!("No difference that matters: both do the same to the end{rest}.")
}

fn values(difference: &Difference) -> String {
    let or_none = |value: &str| match value.char_indices().nth(MAX_VALUE) {
        _ if value.is_empty() => "nothing".to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    };
    format!("{} ({} against {})", difference.field, or_none(&difference.baseline), or_none(&difference.subject))
}

struct Speaker<'s, 'a> {
    subject: &'s Side<'a>,
    laid: &'s Laid<'a>,
    first: usize,
}

impl Speaker<'_, '_> {
    /// What the subject is called: most often it failed.
    fn subject_name(&self) -> &'static str {
        if self.subject.tls.is_complete() { "the other flow" } else { "the failing flow" }
    }

    /// Up to where the two are the same.
    fn until(&self) -> String {
        let before = &self.laid.rows[..self.first];
        let Some(last) = self.last_together().and_then(|row| row.subject.as_ref()) else {
            return "They differ from the first packet: ".into();
        };
        let name = match last.moment {
            Moment::Ack => "the end of the TCP handshake".into(),
            _ => words::name(&last.step.what),
        };
        let mut told: Vec<&Difference> = before.iter().flat_map(|row| &row.row.differences).collect();
        told.retain(|difference| {
            !difference.expected && difference.weight >= WORTH_A_WORD && difference.field != "step"
        });
        told.sort_by_key(|difference| std::cmp::Reverse(difference.weight));
        match told.as_slice() {
            [] => format!("Identical until {name}; then "),
            [one] => format!("Alike until {name}, but for {}; then ", values(one)),
            [one, rest @ ..] => {
                format!("Alike until {name}, but for {} and {} more; then ", values(one), rest.len())
            }
        }
    }

    /// The last row in which both still do the same telling thing.
    fn last_together(&self) -> Option<&LaidRow<'_>> {
        self.laid.rows[..self.first].iter().rev().find(|row| {
            let telling = |m: &Milestone<'_>| m.parts() || matches!(m.moment, Moment::Ack | Moment::Data | Moment::Fin);
            row.is_matched() && row.subject.as_ref().is_some_and(telling)
        })
    }

    /// Both do the same, with other contents.
    fn contents(&self, row: &LaidRow<'_>) -> String {
        let greatest = row.row.differences.iter().filter(|difference| !difference.expected).max_by_key(|d| d.weight);
        let name = row.row.subject.as_ref().map(|step| words::name(&step.what)).unwrap_or_default();
        match (greatest, &row.subject) {
            (Some(difference), Some(milestone)) if difference.field == "ip.ttl" => {
                format!("{}'s {name} comes{}", self.subject_name(), self.sender(milestone))
            }
            (Some(difference), _) => format!("{name} differs in {}", values(difference)),
            (None, _) => format!("{name} differs"),
        }
    }

    /// The two go different ways.
    fn ways(&self) -> String {
        let rows = &self.laid.rows[self.first..];
        let telling = |milestone: &&Milestone<'_>| milestone.parts();
        let last = self.last_together();
        let since = |milestone: &Milestone<'_>, last: Option<&Milestone<'_>>| {
            last.map(|last| milestone.step.time.nanos_since(last.step.time))
        };
        let baseline = rows.iter().find_map(|row| row.baseline.as_ref().filter(telling));
        let baseline = baseline.map(|m| (m, since(m, last.and_then(|last| last.baseline.as_ref()))));
        let mut subjects = rows.iter().filter_map(|row| row.subject.as_ref()).filter(telling);
        // What cut a record off says more than the record.
        let cut = subjects.clone().find(|milestone| milestone.moment == Moment::Unfinished);
        let subject = subjects.find(|milestone| milestone.moment != Moment::Unfinished).or(cut);
        let subject = subject.map(|m| (m, since(m, last.and_then(|last| last.subject.as_ref()))));
        let good = match baseline {
            Some((milestone, delay)) => {
                let who = milestone.step.from.sender();
                format!("the baseline's {who} {}{}", does(milestone), after(delay))
            }
            None => match rows.iter().filter_map(|row| row.baseline.as_ref()).find(|m| m.moment != Moment::Copy) {
                Some(next) => format!("the baseline goes on to {}", noun(next)),
                None => "the baseline has nothing more".into(),
            },
        };
        let copies = self.copies(subject.map(|(milestone, _)| milestone));
        let name = self.subject_name();
        let bad = match subject {
            Some((milestone, delay)) => {
                let sender = self.sender(milestone);
                let when = if copies.is_empty() { after(delay) } else { String::new() };
                if milestone.step.from == Direction::ToClient {
                    format!("{name} {copies}receives {}{when}{sender}", noun(milestone))
                } else {
                    format!("{name} {copies}has nothing of the kind: its client {}{when}{sender}", does(milestone))
                }
            }
            None if copies.is_empty() => format!("{name} has nothing more"),
            None => format!("{name} {copies}gets no answer"),
        };
        format!("{good}, {bad}")
    }

    /// Retransmissions of the subject from where the two part up to its next telling milestone.
    fn copies(&self, until: Option<&Milestone<'_>>) -> String {
        let end = until.map(|milestone| milestone.step.packet);
        let copies: Vec<_> = self.laid.rows[self.first.saturating_sub(1)..]
            .iter()
            .filter_map(|row| row.subject.as_ref())
            .filter(|milestone| milestone.moment == Moment::Copy && end.is_none_or(|end| milestone.step.packet < end))
            .collect();
        let (Some(first), Some(last)) = (copies.first(), copies.last()) else { return String::new() };
        let who = first.step.from.sender();
        let times = if copies.len() == 1 { "once".into() } else { format!("{} times", copies.len()) };
        let took = last.step.time.nanos_since(self.subject.trace.row.start);
        format!("(whose {who} retransmits {times}, to {} after its first packet) ", span(took))
    }

    /// Who sent a packet, where it does not look like the end it claims to come from.
    fn sender(&self, milestone: &Milestone<'_>) -> String {
        let (Some(ttl), Some(usual)) = (milestone.step.ttl, usual_ttl(self.subject.trace, milestone.step.from)) else {
            return String::new();
        };
        if ttl.abs_diff(usual) < 2 || milestone.moment == Moment::Icmp {
            return String::new();
        }
        format!(" from a TTL {ttl} sender ({}: TTL {usual})", milestone.step.from.sender())
    }
}

fn after(delay: Option<i64>) -> String {
    delay.map_or_else(String::new, |delay| format!(" after {}", span(delay)))
}

/// What an end does, as a verb.
fn does(milestone: &Milestone<'_>) -> String {
    let step = milestone.step;
    let verb = if step.from == Direction::ToClient { "answers" } else { "sends" };
    match milestone.moment {
        Moment::Fin => "closes (FIN)".into(),
        Moment::Reset => "resets (RST)".into(),
        Moment::Data => "sends application data".into(),
        Moment::Icmp => format!("is told {}", noun(milestone)),
        _ => format!("{verb} {}", noun(milestone)),
    }
}

/// What a milestone is, as a noun.
fn noun(milestone: &Milestone<'_>) -> String {
    let step = milestone.step;
    let name = words::name(&step.what);
    match (milestone.moment, &step.what) {
        (Moment::Fin, _) => "a FIN".into(),
        (Moment::Reset, _) => "a RST".into(),
        (Moment::Data, _) => "application data".into(),
        (_, What::Plaintext(page)) => format!("{} bytes of {}", step.bytes, page.first_line),
        (_, What::Icmp(error)) => words::icmp(error),
        (_, What::Unfinished { .. }) => format!("{name} ({})", words::note(step)),
        (Moment::Foreign, _) => format!("{} bytes that are not TLS", step.bytes),
        (Moment::Message(_) | Moment::Alert, _) if step.is_inferred() => format!("{name} (inferred)"),
        _ => name.into_owned(),
    }
}
