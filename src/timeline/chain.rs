//! The certificate chains of a flow, as they were sent.

use std::ops::Range;

use super::notes::Chosen;
use super::{Step, Timeline};
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::message::{Certificate, ClientHello, CompressedCertificate};
use crate::vocab::iana::{HandshakeType, ProtocolVersion};

/// Length of a handshake message's header in bytes.
const HEADER: usize = 4;

/// A chain that an end showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The step that shows it, by its place in the timeline.
    pub step: usize,
    /// The certificates, in the order sent.
    pub certificates: Vec<CertificateFacts>,
    /// Where each lies in the message; of a compressed message that is its compressed part.
    pub places: Vec<Range<usize>>,
}

impl Timeline {
    /// The chains in clear or opened by keys, in the order in which they were shown. Empty ones are left out.
    pub fn chains(&self) -> Vec<Chain> {
        let mut chosen = Chosen::default();
        // The client's certificates come after the ServerHello, and nothing before it is read by its version.
        self.steps.iter().for_each(|step| chosen.learn(step));
        (0..self.steps.len()).filter_map(|step| chain(&self.steps, step, chosen.version)).collect()
    }

    /// The chain that a step shows.
    pub fn chain(&self, step: usize) -> Option<Chain> {
        let mut chosen = Chosen::default();
        self.steps.iter().take(step).for_each(|step| chosen.learn(step));
        chain(&self.steps, step, chosen.version)
    }

    /// The name that the client asked for, as its first ClientHello has it.
    pub fn asked_name(&self) -> Option<String> {
        let hello = self.steps.iter().find(|step| step.what.message() == Some(HandshakeType::CLIENT_HELLO))?;
        let name = ClientHello::decode(hello.body.get(HEADER..)?).server_name()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}

fn chain(steps: &[Step], at: usize, version: Option<ProtocolVersion>) -> Option<Chain> {
    let step = steps.get(at)?;
    let body = step.body.get(HEADER..)?;
    let (certificates, places) = match step.what.message()? {
        HandshakeType::CERTIFICATE => {
            let message = Certificate::decode(body, version);
            let place = |offset: usize, length: usize| HEADER + offset..HEADER + offset + length;
            message
                .certificates()
                .map(|entry| (CertificateFacts::decode(entry.der), place(entry.offset, entry.der.len())))
                .unzip()
        }
        HandshakeType::COMPRESSED_CERTIFICATE => {
            let body = CompressedCertificate::decode(body).decompress().ok()?;
            let message = Certificate::decode(&body, version);
            let whole = HEADER..step.body.len();
            message.certificates().map(|entry| (CertificateFacts::decode(entry.der), whole.clone())).unzip()
        }
        _ => return None,
    };
    let chain: Chain = Chain { step: at, certificates, places };
    (!chain.certificates.is_empty()).then_some(chain)
}
