//! A progress line on standard error, where that is a terminal and loading takes a while.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crate::engine::{Phase, Progress, Session};

/// Loading that is over before this shows nothing.
const QUIET: Duration = Duration::from_millis(400);
/// Time between two pictures of the line.
const STEP: Duration = Duration::from_millis(100);
/// Columns of the bar.
const BAR: usize = 24;

/// Waits until the session is loaded and judged; shows how far it is meanwhile.
pub(super) fn wait(session: &Session) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let mut shown = false;
        while !session.wait_for(if shown { STEP } else { STEP / 10 }) {
            let progress = session.progress();
            if progress.elapsed >= QUIET {
                shown = true;
                let _ = write!(stderr, "\r\u{1b}[K{}", line(&progress)).and_then(|()| stderr.flush());
            }
        }
        if shown {
            let _ = write!(stderr, "\r\u{1b}[K").and_then(|()| stderr.flush());
        }
    }
    session.wait();
}

fn line(progress: &Progress) -> String {
    let megabytes = progress.bytes as f64 / 1e6;
    let rate = megabytes / progress.elapsed.as_secs_f64().max(0.001);
    let counts = format!("{megabytes:.0} MB, {rate:.0} MB/s, {} packets, {} flows", progress.packets, progress.flows);
    match (progress.phase, progress.total.filter(|total| *total > 0)) {
        (Phase::Diagnosing, _) => format!("judging {} flows", progress.flows),
        (_, Some(total)) => {
            let share = (progress.bytes as f64 / total as f64).min(1.0);
            let full = (share * BAR as f64) as usize;
            format!("[{}{}] {:3.0} %  {counts}", "#".repeat(full), ".".repeat(BAR - full), share * 100.0)
        }
        (_, None) => format!("reading {counts}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(phase: Phase, bytes: u64, total: Option<u64>) -> Progress {
        let elapsed = Duration::from_secs(2);
        Progress { phase, bytes, total, packets: 7, flows: 3, elapsed, troubles: Vec::new() }
    }

    #[test]
    fn the_bar_fills() {
        assert_eq!(
            line(&progress(Phase::Loading, 50_000_000, Some(100_000_000))),
            "[############............]  50 %  50 MB, 25 MB/s, 7 packets, 3 flows"
        );
        assert_eq!(line(&progress(Phase::Loading, 1_000_000, None)), "reading 1 MB, 0 MB/s, 7 packets, 3 flows");
        assert_eq!(line(&progress(Phase::Diagnosing, 0, None)), "judging 3 flows");
    }
}
