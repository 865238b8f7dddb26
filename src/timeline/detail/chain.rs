//! The certificates of a step as their receiver checks them: one field a check, the chain's first.

use super::source::Source;
use super::tree::Detail;
use crate::proto::tls::certificate::{Check, Fault, Review, Sender};
use crate::timeline::Step;
use crate::vocab::text::counted;
use crate::vocab::{Direction, Field};

/// Adds the section of a chain, over the bytes of the message just added.
pub(super) fn section(source: &Source<'_>, step: &Step, detail: &mut Detail) {
    let Some(chain) = source.timeline.chain(source.at) else { return };
    let Some(message) = detail.sections.get(detail.subject) else { return };
    let (pane, start) = (message.pane, message.root.range.start);
    let whole = message.root.range.clone();
    let host = source.timeline.asked_name();
    let sender = match step.from {
        Direction::ToClient => Sender::Server(host.as_deref()),
        Direction::ToServer => Sender::Client,
    };
    let review = Review::of(&chain.certificates, sender, step.time.unix_seconds(), source.trust);
    let mut children: Vec<Field> = review.chain.iter().map(|check| field(check, &whole)).collect();
    for (at, checks) in review.certificates.iter().enumerate() {
        let place = chain.places.get(at).map_or(whole.clone(), |place| place.start + start..place.end + start);
        let subject = checks.first().map(|check| check.value.clone()).unwrap_or_default();
        let checks = checks.iter().map(|check| field(check, &place)).collect();
        children.push(Field::new(format!("Certificate {at}"), subject, place).with(checks));
    }
    let count = counted(chain.certificates.len(), "certificate");
    let faults: Vec<&Fault> = review.faults().collect();
    let mut root = Field::new("Certificate Chain", count, whole).with(children);
    root.note = Some("Checked at the time of the capture".into());
    root.issue = told(&faults);
    detail.chain(pane, root);
}

fn field(check: &Check, place: &std::ops::Range<usize>) -> Field {
    let mut field = Field::new(check.name, check.value.clone(), place.clone()).noted(check.note);
    field.issue = told(&check.faults);
    field
}

/// Faults in a line; none where nothing is wrong.
fn told(faults: &[impl ToString]) -> Option<String> {
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join("; "))
}
