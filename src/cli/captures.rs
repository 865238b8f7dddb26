//! How captures and flows are named, and how captures are opened: the rules every command shares.

use anyhow::Context as _;

use super::args::Everywhere;
use super::failure::{Failure, complain};
use super::progress;
use crate::engine::{Damage, FlowView, Options, Session};
use crate::export;
use crate::filter::Filter;
use crate::vocab::{FlowNumber, FlowRef};

/// Whether an argument is a flow's number: digits only.
pub(super) fn is_flow(argument: &str) -> bool {
    !argument.is_empty() && argument.bytes().all(|byte| byte.is_ascii_digit())
}

fn flow(argument: &str) -> FlowNumber {
    // A number beyond 32 bits is a flow that no capture has.
    FlowNumber(argument.parse().unwrap_or(u32::MAX))
}

/// Captures alone: none of them may look like a flow.
pub(super) fn captures_only(arguments: &[String]) -> Result<(), Failure> {
    match arguments.iter().find(|argument| is_flow(argument)) {
        Some(number) => Err(Failure::usage(format!(
            "{number} is the number of a flow, and this command takes captures only (./{number} is a file of that name)"
        ))),
        None => Ok(()),
    }
}

/// One flow of some captures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The captures, as one.
    pub captures: Vec<String>,
    /// The flow in them.
    pub flow: FlowNumber,
}

impl Target {
    /// Reads `CAPTURE... FLOW`.
    pub fn parse(arguments: &[String]) -> Result<Target, Failure> {
        match arguments.split_last() {
            Some((number, captures)) if is_flow(number) && !captures.is_empty() => {
                captures_only(captures)?;
                Ok(Target { captures: captures.to_vec(), flow: flow(number) })
            }
            _ => Err(Failure::usage("give the captures first, then the number of one flow: CAPTURE... FLOW")),
        }
    }
}

/// A failing flow, and what it is to be compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    /// The failing flow.
    pub subject: Target,
    /// The captures of the good flow; empty for those of the failing one.
    pub captures: Vec<String>,
    /// The good flow; the nearest one without.
    pub flow: Option<FlowNumber>,
}

impl Pair {
    /// Reads `CAPTURE... FLOW [CAPTURE...] [FLOW]`.
    pub fn parse(arguments: &[String]) -> Result<Pair, Failure> {
        let usage =
            || Failure::usage("give the captures, the failing flow, then the good one: CAPTURE FLOW [CAPTURE] [FLOW]");
        let first = arguments.iter().position(|argument| is_flow(argument)).ok_or_else(usage)?;
        let (subject, rest) = arguments.split_at(first + 1);
        let subject = Target::parse(subject)?;
        let (captures, flow) = match rest.split_last() {
            Some((last, captures)) if is_flow(last) => (captures, Some(self::flow(last))),
            _ => (rest, None),
        };
        if captures.iter().any(|capture| is_flow(capture)) {
            return Err(usage());
        }
        Ok(Pair { subject, captures: captures.to_vec(), flow })
    }
}

/// Opens captures and waits until they are loaded and judged. What is damaged is told; what is no capture is refused.
pub(super) fn load(everywhere: &Everywhere, captures: &[String]) -> Result<Session, Failure> {
    let session = Session::open(&options(everywhere, captures))?;
    progress::wait(&session);
    for (session, names) in [(Some(&session), captures), (session.baseline(), everywhere.baseline.as_slice())] {
        let Some(session) = session else { continue };
        if session.is_not_a_capture() {
            // Files are looked at before they are opened: what is found out while reading came through a pipe.
            let name = names.iter().find(|name| *name == "-").or(names.first()).map_or("-", String::as_str);
            return Err(Failure::could_not(format!(
                "{name}: not a pcap or pcapng capture; give the bytes of one, as tcpdump -w - writes them"
            )));
        }
        for line in summed_up(&session.progress().troubles) {
            complain(&line);
        }
        if let Some(line) = export::unread_line(&session.index()) {
            complain(&line);
        }
    }
    Ok(session)
}

/// The filter that was given; one that takes every flow without.
pub(super) fn filter(everywhere: &Everywhere) -> Result<Filter, Failure> {
    Filter::parse(everywhere.filter.as_deref().unwrap_or_default())
        .map_err(|error| Failure::usage(format!("--filter: {error}")))
}

/// What a session is to open.
pub(super) fn options(everywhere: &Everywhere, captures: &[String]) -> Options {
    Options {
        captures: captures.to_vec(),
        baseline: everywhere.baseline.clone(),
        keylog: everywhere.keylog.clone(),
        ca: everywhere.ca.clone(),
        follow: everywhere.follow,
    }
}

/// One line a file: its first trouble, and how many more it has.
fn summed_up(troubles: &[Damage]) -> Vec<String> {
    let mut lines: Vec<(&Damage, usize)> = Vec::new();
    for trouble in troubles {
        match lines.iter_mut().find(|(first, _)| first.file == trouble.file) {
            Some((_, more)) => *more += 1,
            None => lines.push((trouble, 0)),
        }
    }
    lines
        .into_iter()
        .map(|(first, more)| match more {
            0 => first.to_string(),
            1 => format!("{first} (and one more place)"),
            more => format!("{first} (and {more} more places)"),
        })
        .collect()
}

/// Opens one flow of a session again.
pub(super) fn view(session: &Session, captures: &[String], flow: FlowRef) -> Result<FlowView, Failure> {
    Ok(session.view(flow).with_context(|| captures.join(" "))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Wrong;

    fn target(arguments: &[&str]) -> Option<(usize, u32)> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Target::parse(&arguments).ok().map(|target| (target.captures.len(), target.flow.0))
    }

    #[test]
    fn digits_are_a_flow_and_anything_else_a_capture() {
        assert_eq!(target(&["a.pcap", "14"]), Some((1, 14)));
        assert_eq!(target(&["a.pcap", "b.pcap", "0"]), Some((2, 0)));
        assert_eq!(target(&["./14", "14"]), Some((1, 14)));
        assert_eq!(target(&["a.pcap", "99999999999"]), Some((1, u32::MAX)));
        assert_eq!(target(&["14", "a.pcap"]), None);
        assert_eq!(target(&["14", "15"]), None);
        assert_eq!(target(&["a.pcap"]), None);
        assert_eq!(target(&["14"]), None);
    }

    fn pair(arguments: &[&str]) -> Option<(usize, u32, usize, Option<u32>)> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let pair = Pair::parse(&arguments).ok()?;
        Some((pair.subject.captures.len(), pair.subject.flow.0, pair.captures.len(), pair.flow.map(|flow| flow.0)))
    }

    #[test]
    fn the_failing_flow_comes_first_and_a_lone_second_flow_is_in_the_same_capture() {
        assert_eq!(pair(&["a", "5"]), Some((1, 5, 0, None)));
        assert_eq!(pair(&["a", "5", "7"]), Some((1, 5, 0, Some(7))));
        assert_eq!(pair(&["a", "5", "b"]), Some((1, 5, 1, None)));
        assert_eq!(pair(&["a", "b", "5", "c", "d", "7"]), Some((2, 5, 2, Some(7))));
        assert_eq!(pair(&["5", "a"]), None);
        assert_eq!(pair(&["a", "5", "6", "7"]), None);
        assert_eq!(pair(&["a", "b"]), None);
    }

    #[test]
    fn many_troubles_of_a_file_are_one_line() {
        let trouble = |file: &str, what| Damage { file: file.to_owned(), what };
        let troubles =
            [trouble("a: b", Wrong::KeyLog(1)), trouble("a: b", Wrong::Secrets(2)), trouble("a", Wrong::NoKeyLog)];
        assert_eq!(
            summed_up(&troubles),
            [
                "a: b: malformed: a line is none of a key log (and one more place)",
                "a: malformed: no line of it is one of a key log"
            ]
        );
    }
}
