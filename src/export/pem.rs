//! The certificates of a flow as PEM: chains in the order sent, each certificate behind lines that say what it is.

use std::io::{self, Write};

use crate::engine::FlowView;
use crate::proto::tls::certificate::pem;

/// Writes the chains of both ends, the server's and the client's; returns how many certificates that were. Text outside
/// the blocks is explanatory (RFC 7468 §5.2): readers of PEM pass over it.
pub fn write(out: &mut impl Write, view: &FlowView) -> io::Result<usize> {
    let mut count = 0;
    for chain in view.timeline.chains() {
        let Some(step) = view.timeline.steps.get(chain.step) else { continue };
        for (at, certificate) in chain.certificates.iter().enumerate() {
            let (from, of) = (step.from.sender(), chain.certificates.len());
            writeln!(out, "# {from}'s certificate {} of {of}, packet {}", at + 1, step.packet)?;
            writeln!(out, "# subject: {}", certificate.subject)?;
            writeln!(out, "# issuer: {}", certificate.issuer)?;
            out.write_all(pem(&certificate.der).as_bytes())?;
            count += 1;
        }
    }
    Ok(count)
}
