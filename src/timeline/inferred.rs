//! What sealed records are inferred to hold, put into their steps.

use super::step::{Early, Step, What};
use crate::proto::TlsFacts;
use crate::proto::dialogue::sealed::{self, Holds, Told};
use crate::vocab::Direction;
use crate::vocab::iana::{ContentType, HandshakeType};

/// Infers what the sealed records of a flow hold. `steps` are in the order in which they were read.
pub(super) fn infer(steps: &mut [Step], facts: &TlsFacts) {
    let told: Vec<(Direction, Told)> = steps.iter().map(|step| (step.from, told(step))).collect();
    for (step, inferred) in steps.iter_mut().zip(sealed::infer(&told, facts)) {
        let Some(inferred) = inferred else { continue };
        match &mut step.what {
            What::ApplicationData { early, .. } if inferred.holds == Holds::EarlyData => {
                *early = Some(Early::Inferred(inferred));
            }
            What::Sealed { inferred: place, .. } => *place = Some(inferred),
            what => *what = What::Sealed { content: ContentType::APPLICATION_DATA, inferred: Some(inferred) },
        }
    }
}

fn told(step: &Step) -> Told {
    match step.what {
        What::Message(HandshakeType::SERVER_HELLO) => Told::ServerHello,
        What::ChangeCipherSpec => Told::ChangeCipherSpec,
        What::Message(HandshakeType::FINISHED) if step.decrypted => Told::Finished,
        What::ApplicationData { .. } if step.decrypted => Told::Opened,
        What::ApplicationData { .. } if step.bytes == 0 => Told::Other,
        What::ApplicationData { .. } => Told::Sealed(ContentType::APPLICATION_DATA, step.bytes),
        What::Sealed { content, .. } => Told::Sealed(content, step.bytes),
        _ => Told::Other,
    }
}
