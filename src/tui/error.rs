//! Why the user interface cannot run.

use std::io;

/// Why the UI cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Standard output is no terminal.
    #[error(
        "standard output is not a terminal; for output to a file or pipe use a subcommand such as flows or diagnose"
    )]
    NoTerminal,
    /// What came through a pipe is no capture.
    #[error("{0}: not a pcap or pcapng capture; give the bytes of one, as tcpdump -w - writes them")]
    NotACapture(String),
    /// The terminal fails.
    #[error("the terminal fails: {0}")]
    Terminal(#[from] io::Error),
}
