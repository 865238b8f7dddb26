//! How a run ends: well, with failed flows, or not at all; and the one line that says why not.

use std::io;
use std::process::ExitCode;

use crate::vocab::text;

/// How a run ended that did what it was asked to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// Status 0.
    Done,
    /// Status 3: `diagnose --check` found handshakes that failed, or none to judge.
    CheckFailed,
}

/// Why a run could not do what it was asked to.
#[derive(Debug)]
pub(super) enum Failure {
    /// Status 1: what, where and what to do.
    Could(anyhow::Error),
    /// Status 2: wrong usage. May be of several lines: a filter's error shows the place.
    Usage(String),
}

impl Failure {
    /// Wrong usage.
    pub fn usage(text: impl Into<String>) -> Self {
        Failure::Usage(text.into())
    }

    /// Could not, in words.
    pub fn could_not(text: impl Into<String>) -> Self {
        Failure::Could(anyhow::Error::msg(text.into()))
    }

    /// Tells standard error and gives the exit status. A reader that went away is told nothing.
    pub fn report(&self) -> ExitCode {
        match self {
            Failure::Could(error) if is_broken_pipe(error) => ExitCode::SUCCESS,
            Failure::Could(error) => {
                complain(&told(error));
                ExitCode::FAILURE
            }
            Failure::Usage(text) => {
                for line in text.lines() {
                    eprintln!("{}", text::visible(line));
                }
                eprintln!("For more information, try '--help'.");
                ExitCode::from(2)
            }
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Could(error.into())
    }
}

/// The error and its causes, each once, without the operating system's numbers.
fn told(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    let mut missing = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    if missing.any(|cause| cause.kind() == io::ErrorKind::NotFound && cause.raw_os_error().is_some()) {
        line.push_str("; check the path");
    }
    while let Some((before, rest)) = line.split_once(" (os error ") {
        let after = rest.split_once(')').map_or("", |(_, after)| after);
        line = format!("{before}{after}");
    }
    line
}

/// One line on standard error; a standard error that is closed is no reason to fail.
pub(super) fn complain(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(io::stderr(), "shakedown: {}", text::visible(line));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_each_thing_once() {
        let error = anyhow::Error::new(io::Error::from_raw_os_error(2));
        assert_eq!(told(&error), "No such file or directory; check the path");
        let twice = error.context("x: No such file or directory (os error 2)");
        assert_eq!(told(&twice), "x: No such file or directory; check the path");
    }
}
