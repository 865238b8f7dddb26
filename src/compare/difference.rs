//! Differences gathered one by one: only what differs is kept.

use std::fmt::Display;

use super::Difference;

/// A list that keeps what differs.
#[derive(Default)]
pub(super) struct Differences(pub Vec<Difference>);

impl Differences {
    /// Takes note if the two differ in a way that tells something.
    pub fn tell<T: Display + PartialEq>(&mut self, field: &str, baseline: &T, subject: &T, weight: u8) {
        if baseline != subject {
            self.add(field, baseline.to_string(), subject.to_string(), weight);
        }
    }

    /// The same for values that may be absent.
    pub fn tell_option<T: Display + PartialEq>(
        &mut self,
        field: &str,
        baseline: Option<&T>,
        subject: Option<&T>,
        weight: u8,
    ) {
        if baseline != subject {
            let text = |value: Option<&T>| value.map_or_else(String::new, ToString::to_string);
            self.add(field, text(baseline), text(subject), weight);
        }
    }

    /// Takes note of two sets: of each what the other lacks.
    pub fn tell_sets(&mut self, field: &str, baseline: &[String], subject: &[String], weight: u8) {
        let missing = |from: &[String], other: &[String]| {
            let mut only: Vec<&str> = from.iter().filter(|item| !other.contains(item)).map(String::as_str).collect();
            only.sort_unstable();
            only.dedup();
            only.join(", ")
        };
        let (only_baseline, only_subject) = (missing(baseline, subject), missing(subject, baseline));
        if !(only_baseline.is_empty() && only_subject.is_empty()) {
            self.add(field, only_baseline, only_subject, weight);
        }
    }

    /// Takes note if the two differ as any two flows do.
    pub fn noise<T: Display + PartialEq>(&mut self, field: &str, baseline: &T, subject: &T) {
        if baseline != subject {
            self.push(field, baseline.to_string(), subject.to_string(), 0, true);
        }
    }

    /// Takes note of a difference that was found.
    pub fn add(&mut self, field: &str, baseline: String, subject: String, weight: u8) {
        self.push(field, baseline, subject, weight, false);
    }

    /// Takes note of a difference, expected or not.
    pub fn push(&mut self, field: &str, baseline: String, subject: String, weight: u8, expected: bool) {
        self.0.push(Difference { field: field.to_owned(), baseline, subject, weight, expected });
    }
}
