//! shakedown: finds the TCP and TLS handshakes that fail, says why, and proves it against a good one.
//!
//! A [`Session`] opens captures and reads them on threads of its own; its [`Index`] lists the flows as [`FlowFacts`],
//! each with its [`Outcome`]. A failed flow has a [`Finding`]: the [`Cause`], and the packets that prove it as
//! [`Evidence`]. [`Session::view`] opens one flow as a [`Timeline`] of steps, [`Session::nearest`] finds a good flow like
//! it and [`Session::compare`] says in what the two differ. A [`Filter`] chooses flows by the words of [`FIELDS`].
//! [`write_flows`], [`Diagnosis`] and [`Compared`] write what the subcommands write, in any [`Format`].
//!
//! ```
//! use shakedown::{Compared, Format, FlowRef, Options, Outcome, Paint, Session};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let captures = vec!["fixtures/one-percent/capture.pcapng".to_owned()];
//! let session = Session::open(&Options { captures, ..Options::default() })?;
//! session.wait();
//! let index = session.index();
//!
//! let failed: Vec<_> = index.iter().filter(|facts| facts.row.outcome == Some(Outcome::Failed)).collect();
//! for finding in failed.iter().filter_map(|facts| index.finding(facts.flow)) {
//!     println!("flow {}: {}: {}", finding.flow, finding.cause, finding.headline);
//!     for evidence in &finding.evidence {
//!         println!("    packet {}: {}", evidence.packet, evidence.note);
//!     }
//! }
//!
//! let subject = failed[0];
//! let nearest = session.nearest(subject.flow).expect("a good flow to the same server");
//! let good = session.view(nearest.flow)?;
//! let bad = session.view(FlowRef::main(subject.flow))?;
//! let comparison = session.compare(&good, &bad);
//! assert!(comparison.first_divergence.is_some());
//!
//! let baseline = index.facts(nearest.flow.flow).expect("the flow that was just opened");
//! let (finding, links) = (bad.finding.as_ref(), &*bad.links);
//! let compared = Compared { baseline, near: Some(nearest.near), subject, comparison: &comparison, finding, links };
//! compared.write(&mut std::io::stdout(), Format::Text, Paint::Plain)?;
//! # Ok(())
//! # }
//! ```
//!
//! Bytes of a capture are never an error: what is damaged is counted and told ([`Progress::troubles`]), and the rest is
//! read. An [`Error`] says that a file, a flow or an argument is not there.
//!
//! Inside, each module is a room of the house described in `docs/architecture.md`; arrows between rooms point down only.

#[cfg(feature = "ui")]
mod app;
mod capture;
mod cli;
mod cohort;
mod compare;
mod contrast;
mod diagnose;
mod engine;
mod export;
mod facts;
mod filter;
mod flow;
mod index;
mod net;
#[cfg_attr(
    not(feature = "ui"),
    expect(dead_code, unused_imports, reason = "much of it is made for the terminal UI alone")
)]
mod present;
mod proto;
mod stats;
mod stream;
mod timeline;
#[cfg(feature = "ui")]
mod tui;
mod vocab;

pub use cohort::Baseline;
pub use compare::{Comparison, Difference};
pub use diagnose::{Evidence, Finding, Role};
pub use engine::{Damage, Error, FlowView, Options, Phase, Progress, Session, Wrong};
pub use export::Format;
pub use export::comparison::Compared;
pub use export::diagnosis::Diagnosis;
pub use export::flows::write as write_flows;
pub use export::paint::Paint;
pub use facts::{FIELDS, Field, FlowFacts, Value};
pub use filter::{Filter, FilterError};
pub use flow::FlowRow;
pub use index::Index;
pub use proto::TlsFacts;
pub use timeline::words::name as step_name;
pub use timeline::{Step, Timeline, What};
pub use vocab::{Cause, Confidence, Direction, EndedBy, FlowNumber, FlowRef, Outcome, PacketNumber, Source, Time};

/// What the binary, the tests and the benchmarks of this package need beyond that. It may change with every version.
#[doc(hidden)]
pub mod internal {
    pub use crate::cli::main;

    #[cfg(feature = "ui")]
    pub mod app {
        pub use crate::app::{Action, Key, Model, Msg, Overlay, Pane, Screen, keys, screens};
    }
    pub mod capture {
        pub use crate::capture::{Found, Scanner};
    }
    pub mod compare {
        pub use crate::compare::{Field, Row, Side, Value};
    }
    pub mod contrast {
        pub use crate::contrast::{
            About, Burst, Claim, Condition, Contrast, Difference, Exceptions, Factor, Group, Line, Nothing, Op,
            Progress, Twins, all_hold,
        };
    }
    pub mod diagnose {
        pub use crate::diagnose::{Case, Context, EndingKind, RULES, why};
    }
    pub mod engine {
        pub use crate::engine::{Answer, JobId, Reply, Request, follow};
    }
    pub mod export {
        pub use crate::export::flow_json;
    }
    pub mod facts {
        pub use crate::facts::{Kind, Unit, by_name, csv_columns};
    }
    pub mod filter {
        pub use crate::filter::aliases;
    }
    pub mod flow {
        pub use crate::flow::{FlowTable, Trace, measure};
    }
    pub mod net {
        pub use crate::net::{Decoded, Decoder};
    }
    pub mod present {
        pub use crate::present::{Role, list, list_search, words};
    }
    pub mod proto {
        pub use crate::proto::{FlowReader, Secrets, dialogue, tls};
    }
    pub mod stats {
        pub use crate::stats::{
            Estimate, Random, Rate, Split, Window, benjamini_hochberg, difference, fisher, holm, least_p,
            mantel_haenszel, odds_ratio, scan, sign_test, tarone,
        };
    }
    pub mod stream {
        pub use crate::stream::Arrival;
    }
    pub mod timeline {
        pub use crate::timeline::{Detail, FlightKind, Note, words};
    }
    #[cfg(feature = "ui")]
    pub mod tui {
        pub use crate::tui::{Stage, Theme, picture, stage};
    }
    pub mod vocab {
        pub use crate::vocab::{Field, iana};
    }
}
