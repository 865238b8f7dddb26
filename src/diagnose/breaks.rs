//! Breaks of a capture: spans in which it did not watch, and why.

use crate::vocab::Time;
use crate::vocab::text::{counted, duration};

/// Why nothing was captured for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BreakReason {
    /// So many files of a ring are not among those that were given.
    FilesMissing(u32),
    /// Something is missing between two files: flows go on behind it with bytes that nobody recorded.
    BetweenFiles,
    /// The capture paused: several flows go on behind it with bytes that nobody recorded.
    Pause,
}

impl BreakReason {
    /// The reason's name in output.
    pub fn name(self) -> &'static str {
        match self {
            BreakReason::FilesMissing(_) => "files-missing",
            BreakReason::BetweenFiles => "between-files",
            BreakReason::Pause => "pause",
        }
    }

    /// How many files are missing, where that is why.
    pub fn files(self) -> Option<u32> {
        match self {
            BreakReason::FilesMissing(files) => Some(files),
            BreakReason::BetweenFiles | BreakReason::Pause => None,
        }
    }
}

/// A span in which the capture did not watch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// When the last packet before it was captured.
    pub from: Time,
    /// When the first one after it was.
    pub to: Time,
    /// Why.
    pub why: BreakReason,
}

impl Break {
    /// What is said of it: "did not watch for 20.000 s: 1 file of its ring is missing".
    pub fn describe(self) -> String {
        let why = match self.why {
            BreakReason::FilesMissing(files) => {
                format!(
                    "{} of its ring {} missing",
                    counted(files as usize, "file"),
                    if files == 1 { "is" } else { "are" }
                )
            }
            BreakReason::BetweenFiles => "flows go on in its next file with bytes that are in none".to_owned(),
            BreakReason::Pause => "it paused, and several flows go on behind that with bytes that it lacks".to_owned(),
        };
        format!("did not watch for {}: {why}", duration(self.to.since(self.from)))
    }
}
