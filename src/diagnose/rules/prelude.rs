//! The names that most rules use.

pub(super) use crate::diagnose::case::{Case, RETRANSMISSIONS};
pub(super) use crate::diagnose::ending::EndingKind;
pub(super) use crate::diagnose::rule::{Answer, Doc, Found, Rule};
pub(super) use crate::diagnose::stage::Stage;
pub(super) use crate::diagnose::{alerts, silence};
pub(super) use crate::timeline::What;
pub(super) use crate::vocab::iana::{AlertDescription, ProtocolVersion};
pub(super) use crate::vocab::text::times;
pub(super) use crate::vocab::{Cause, Confidence, Direction, EndedBy};
