//! What clients report for what they experience, and the way back from an error text to the causes that can produce it.
//!
//! Both ways read the same tables: `causes` has what a client experiences of each cause, `texts` and `alerts` what each
//! client says to it, measured (`fixtures/record/clients`) with the versions that stand beside the texts; `logs` has what
//! the way back knows besides. Start at [`reports`] and [`why`].

mod alerts;
mod causes;
mod experience;
mod logs;
mod texts;
mod way_back;

use self::causes::effects;
pub(super) use self::experience::{Experience, Place};
use self::texts::CLIENTS;
pub use self::way_back::{Why, why};
use super::case::Case;
use super::finding::ClientReport;
use crate::vocab::Cause;

/// A client and its texts.
struct Client {
    /// The client's name.
    name: &'static str,
    /// The versions that were measured.
    versions: &'static str,
    /// Its texts for an experience, each with the versions or interfaces that say so, empty where all do; none where it
    /// was not measured. All but the server's alerts.
    texts: &'static [(Experience, &'static [(&'static str, &'static str)])],
    /// Its texts for an alert of this number.
    alert: fn(u8, Place) -> Vec<Text>,
}

/// A client's text.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Text {
    /// The versions or interfaces of the client that say so; empty where all that were measured do.
    of: &'static str,
    /// The text, without the names, numbers and times that change from one connection to the next.
    error: String,
}

impl Client {
    /// Its texts for an experience: its own row, else that of the experience which most clients take for the same.
    fn texts(&self, experience: Experience) -> Vec<Text> {
        let row = |wanted| self.texts.iter().find(|(of, _)| *of == wanted).map(|(_, texts)| *texts);
        if let Some(texts) = row(experience).or_else(|| row(experience.any())) {
            return texts.iter().map(|&(of, error)| Text { of, error: experience.filled(error) }).collect();
        }
        match (experience, experience.like()) {
            (Experience::Alert(alert, place), _) => (self.alert)(alert, place),
            (_, Some(like)) => self.texts(like),
            _ => Vec::new(),
        }
    }
}

/// What each client's user saw, as far as the packets tell: nothing where the client itself refused without a sign of
/// what it showed.
pub(super) fn reports(case: &Case<'_>, cause: Cause) -> Vec<ClientReport> {
    let Some(experience) = effects(cause).iter().find_map(|effect| effect.of(case)) else { return Vec::new() };
    let report = |client: &Client| {
        let mut errors: Vec<_> = client.texts(experience).into_iter().map(|text| text.error).collect();
        let mut seen = std::collections::HashSet::new();
        errors.retain(|error| seen.insert(error.clone()));
        (!errors.is_empty()).then_some(ClientReport { client: client.name, errors })
    };
    CLIENTS.iter().filter_map(report).collect()
}
