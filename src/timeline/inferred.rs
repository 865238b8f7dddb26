//! What sealed records are inferred to hold, put into their steps.

use super::{Step, StepKind};
use crate::proto::TlsFacts;
use crate::proto::dialogue::sealed::{self, Holds, Told, Why};
use crate::vocab::Direction;
use crate::vocab::iana::{ContentType, HandshakeType};

/// Name of what the client sends before its Finished.
pub(super) const EARLY_DATA: &str = "Application Data (0-RTT)";

/// Name of a TLS 1.3 server's request for a client certificate.
pub const CERTIFICATE_REQUEST: &str = "Certificate Request";

/// Names the encrypted records of a flow. `steps` are in the order in which they were read.
pub(super) fn infer(steps: &mut [Step], facts: &TlsFacts) {
    let told: Vec<(Direction, Told)> = steps.iter().map(|step| (step.from, told(step))).collect();
    for (step, inferred) in steps.iter_mut().zip(sealed::infer(&told, facts)) {
        let Some(inferred) = inferred else { continue };
        step.name = inferred.holds.to_string();
        step.inferred = true;
        if inferred.why != Why::BeforeEndOfEarlyData {
            step.note = format!("inferred: {}", inferred.why);
        }
        if inferred.holds != Holds::EarlyData {
            step.kind = StepKind::Encrypted;
        }
    }
}

fn told(step: &Step) -> Told {
    match (step.kind, step.id) {
        (StepKind::Message, Some(id)) if HandshakeType(id) == HandshakeType::SERVER_HELLO && !is_retry(step) => {
            Told::ServerHello
        }
        (StepKind::Message, Some(id)) if HandshakeType(id) == HandshakeType::FINISHED && step.decrypted => {
            Told::Finished
        }
        (StepKind::ApplicationData, _) if step.decrypted => Told::Opened,
        (StepKind::ApplicationData | StepKind::Encrypted, Some(id)) => Told::Sealed(ContentType(id), step.bytes),
        _ => Told::Other,
    }
}

/// Whether a ServerHello asks for another ClientHello.
pub(super) fn is_retry(step: &Step) -> bool {
    step.body.get(6..38) == Some(&crate::proto::tls::message::HELLO_RETRY_RANDOM[..])
}
