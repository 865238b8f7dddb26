//! The arguments, as clap reads them; help, man page and completions are made from this file.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::export::{Format, follow::Form};
use crate::vocab::{Cause, Direction};

/// Finds the TCP and TLS handshakes that fail, says why, and proves it against a good one.
///
/// Without a command the captures are opened in the terminal UI. Several captures are one, in time order; a folder
/// stands for the captures in it; - is standard input.
#[derive(Parser, Debug)]
#[command(name = "shakedown", version, arg_required_else_help = true, max_term_width = 110, after_long_help = AFTER)]
pub(super) struct Cli {
    /// Captures to open: pcap or pcapng, also compressed; folders; - for standard input
    pub captures: Vec<String>,
    #[command(flatten)]
    pub everywhere: Everywhere,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER: &str = "\
Exit status: 0 done; 1 could not, one line on standard error says why; 2 wrong usage; 3 a handshake failed or none was judged (diagnose --check).

Examples:
  shakedown capture.pcapng                      look around
  shakedown diagnose capture.pcapng             which handshakes failed, and why
  shakedown flows capture.pcapng --filter 'outcome == failed and tls.sni ~ api'
  shakedown compare capture.pcapng 162          flow 162 beside the nearest good flow
  ssh gw tcpdump -w - port 443 | shakedown -    a capture on its way";

/// What every command understands.
#[derive(Args, Debug, Clone)]
pub(super) struct Everywhere {
    /// Take only flows for which this holds: outcome == failed and tls.sni ~ "api"
    #[arg(long, global = true, value_name = "EXPR", help_heading = "Everywhere")]
    pub filter: Option<String>,
    /// TLS key log (SSLKEYLOGFILE) to decrypt with
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub keylog: Option<PathBuf>,
    /// Authorities to know besides the common roots, in PEM or DER: a file, or a folder of them; may be repeated
    #[arg(long, global = true, value_name = "PATH", help_heading = "Everywhere")]
    pub ca: Vec<PathBuf>,
    /// Capture whose flows are good ones to compare with; may be repeated
    #[arg(long, global = true, value_name = "CAPTURE", help_heading = "Everywhere")]
    pub baseline: Vec<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Everywhere")]
    pub color: ColorWhen,
    /// Show times in UTC instead of local time in the terminal UI
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub utc: bool,
    /// Go on reading a capture that is still being written, in the terminal UI
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub follow: bool,
}

/// When output is coloured.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ColorWhen {
    /// On a terminal, unless the environment has `NO_COLOR`
    Auto,
    /// Always, into pipes and files too
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List the flows, one row a TCP connection
    Flows(FlowsArgs),
    /// Show the timeline of one flow: segments, messages, alerts and gaps in one sequence
    Handshake(HandshakeArgs),
    /// List the packets of one flow, or of all: numbers, window, flags, TTL, and what TCP made of each
    Packets(PacketsArgs),
    /// Write the stream of one flow
    Follow(FollowArgs),
    /// Say which handshakes failed, why, and how often
    Diagnose(DiagnoseArgs),
    /// Put a failing flow beside a good one: the first divergence, then all differences, ranked
    Compare(CompareArgs),
    /// Say whether attempts fail less often after a change than before it, cause by cause
    Trend(TrendArgs),
    /// Say what a cause means, how it is known, what to try; without a cause, list them
    Explain(ExplainArgs),
    /// Say which patterns can and cannot make a client report an error, and which flows match
    Why(WhyArgs),
    /// Write shell completions to standard output
    Completions(CompletionsArgs),
    /// Write the man page to standard output
    Man,
}

/// Arguments of `flows`.
#[derive(Args, Debug)]
pub(super) struct FlowsArgs {
    /// Captures or folders of them; - for standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<String>,
    /// How to write them; json is one object a line
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}

/// Arguments of `handshake`.
#[derive(Args, Debug)]
pub(super) struct HandshakeArgs {
    /// Captures or folders of them, then the number of the flow
    #[arg(required = true, num_args = 2.., value_name = "CAPTURE... FLOW")]
    pub target: Vec<String>,
    /// How to write it; pem is the certificates alone, in the order sent
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TimelineFormat,
    /// In JSON, also write where each field's bytes are, and the bytes
    #[arg(long)]
    pub places: bool,
}

/// Arguments of `packets`.
#[derive(Args, Debug)]
pub(super) struct PacketsArgs {
    /// Captures or folders of them, then the number of the flow; without one, the packets of all flows
    #[arg(required = true, value_name = "CAPTURE... [FLOW]")]
    pub target: Vec<String>,
    /// How to write them; json is one object a line
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}

/// Arguments of `follow`.
#[derive(Args, Debug)]
pub(super) struct FollowArgs {
    /// Captures or folders of them, then the number of the flow
    #[arg(required = true, num_args = 2.., value_name = "CAPTURE... FLOW")]
    pub target: Vec<String>,
    /// How to write it; raw is the exact bytes, gaps left out
    #[arg(long = "as", value_name = "FORM", default_value = "text")]
    pub form: FormArg,
    /// Which direction
    #[arg(long, value_name = "DIRECTION", default_value = "both")]
    pub direction: DirectionArg,
    /// The application data that keys opened instead of the TCP stream (not built yet: ends with status 2)
    #[arg(long)]
    pub decrypted: bool,
}

/// Arguments of `diagnose`.
#[derive(Args, Debug)]
pub(super) struct DiagnoseArgs {
    /// Captures or folders of them; - for standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Exit with status 3 where a handshake failed, or none was judged
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `compare`.
#[derive(Args, Debug)]
pub(super) struct CompareArgs {
    /// Captures and the failing flow; then the good flow, or another capture and its flow; without one, the nearest
    /// good flow is chosen
    #[arg(required = true, num_args = 2.., value_name = "CAPTURE FLOW [CAPTURE] [FLOW]")]
    pub target: Vec<String>,
    /// List the good flows that can be compared with, the best first, with what each is worth
    #[arg(long)]
    pub candidates: bool,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// Arguments of `trend`.
#[derive(Args, Debug)]
pub(super) struct TrendArgs {
    /// Captures or folders of them from before; - for standard input
    #[arg(required = true, value_name = "BEFORE")]
    pub captures: Vec<String>,
    /// Captures or folders of them from afterwards
    #[arg(long, value_name = "CAPTURE", num_args = 1.., conflicts_with = "at")]
    pub after: Vec<String>,
    /// The moment that parts one capture into before and after: 2026-11-24T08:08
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

/// Arguments of `why`.
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// The error as the client shows it: `ERR_SSL_PROTOCOL_ERROR`, "curl 35", an OpenSSL, Go, Java or Node text
    #[arg(value_name = "ERROR")]
    pub error: String,
    /// Captures or folders of them, to find the flows that match
    #[arg(value_name = "CAPTURE")]
    pub captures: Vec<String>,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// The cause
    #[arg(value_name = "CAUSE", value_parser = causes(), hide_possible_values = true)]
    pub cause: Option<Cause>,
}

fn causes() -> impl TypedValueParser<Value = Cause> {
    PossibleValuesParser::new(Cause::ALL.iter().map(|cause| cause.name()))
        .try_map(|name| Cause::from_name(&name).ok_or("no such cause"))
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Formats of a list.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListFormat {
    /// Aligned columns
    Table,
    /// One JSON object a line
    Json,
    /// Comma-separated values with every field
    Csv,
}

impl From<ListFormat> for Format {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Table => Format::Text,
            ListFormat::Json => Format::Json,
            ListFormat::Csv => Format::Csv,
        }
    }
}

/// Formats of a timeline.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TimelineFormat {
    /// Aligned columns
    Text,
    /// One JSON object
    Json,
    /// The certificates that were sent, as PEM
    Pem,
}

/// Formats of a report.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ReportFormat {
    /// Paragraphs for people
    Text,
    /// One JSON object
    Json,
    /// Markdown for a ticket or mail
    Markdown,
}

impl From<ReportFormat> for Format {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Text => Format::Text,
            ReportFormat::Json => Format::Json,
            ReportFormat::Markdown => Format::Markdown,
        }
    }
}

/// Forms of a stream.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FormArg {
    /// Readable text; what is not becomes a dot
    Text,
    /// A hex dump
    Hex,
    /// The exact bytes
    Raw,
    /// One line a TLS record: packet, offset, type, version, length, messages in clear
    Records,
    /// Bytes and gaps with their packets
    Json,
}

impl From<FormArg> for Form {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Text => Form::Text,
            FormArg::Hex => Form::Hex,
            FormArg::Raw => Form::Raw,
            FormArg::Records => Form::Records,
            FormArg::Json => Form::Json,
        }
    }
}

/// Directions of a stream.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DirectionArg {
    /// Both, in the order in which they became readable
    Both,
    /// What the client sent
    ToServer,
    /// What the server sent
    ToClient,
}

impl DirectionArg {
    /// The one direction; `None` for both.
    pub fn only(self) -> Option<Direction> {
        match self {
            DirectionArg::Both => None,
            DirectionArg::ToServer => Some(Direction::ToServer),
            DirectionArg::ToClient => Some(Direction::ToClient),
        }
    }
}
