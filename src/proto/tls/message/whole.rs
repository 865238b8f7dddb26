//! The border to tls-parser: messages that are whole are read by it.
//!
//! Each function answers only where the crate read a body to its last byte and took it for the shape it has. What is
//! cut, has a wrong length, or is of a shape the crate does not know or takes for another (it reads a Certificate of
//! TLS 1.3 as one of TLS 1.2 with no certificate, and drops an extension block that is cut) is left to the decoders of
//! this room, which go as far as the bytes do and say what is missing.
//!
//! The crate copies lists of numbers; here they stay where they are in the message, and the copies only tell how long
//! they are.

use tls_parser::{TlsMessageHandshake, nom};

use super::certificate::{Certificate, CertificateRequest};
use super::client_hello::ClientHello;
use super::extension::Extensions;
use super::key_exchange::{ServerParameters, Signature};
use super::list::Numbers;
use super::server_hello::ServerHello;
use super::trailing::NewSessionTicket;
use crate::vocab::iana::{CipherSuite, CompressionMethod, NamedGroup, ProtocolVersion, SignatureScheme};

/// What the crate read, if nothing is left behind it.
fn to_the_end<T>(read: nom::IResult<&[u8], T>) -> Option<T> {
    read.ok().filter(|(rest, _)| rest.is_empty()).map(|(_, message)| message)
}

/// A ClientHello.
pub(super) fn client_hello(body: &[u8]) -> Option<ClientHello<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_client_hello(body))?;
    let session_id = read.session_id.unwrap_or_default();
    let suites_at = 2 + read.random.len() + 1 + session_id.len() + 2;
    let (suites, behind) = body.get(suites_at..)?.split_at_checked(2 * read.ciphers.len())?;
    let mut hello = ClientHello {
        legacy_version: ProtocolVersion(read.version.0),
        random: read.random,
        session_id,
        cipher_suites: Numbers::new(suites),
        compression_methods: behind.get(1..=read.comp.len())?,
        ..ClientHello::default()
    };
    // The crate takes an empty list for one, which TLS does not allow.
    if hello.cipher_suites.is_empty() {
        return None;
    }
    if let Some(block) = read.ext {
        hello.extensions = Extensions::whole(block, body.len() - block.len(), &mut hello.issues);
    }
    Some(hello)
}

/// A ServerHello; in the form of draft 18 too.
pub(super) fn server_hello(body: &[u8]) -> Option<ServerHello<'_>> {
    let mut hello = ServerHello::default();
    let block = match to_the_end(tls_parser::parse_tls_handshake_msg_server_hello(body))? {
        TlsMessageHandshake::ServerHello(read) => {
            hello.legacy_version = ProtocolVersion(read.version.0);
            hello.random = read.random;
            hello.session_id = read.session_id.unwrap_or_default();
            hello.cipher_suite = Some(CipherSuite(read.cipher.0));
            hello.compression_method = CompressionMethod(read.compression.0);
            read.ext
        }
        TlsMessageHandshake::ServerHelloV13Draft18(read) => {
            hello.legacy_version = ProtocolVersion(read.version.0);
            hello.random = read.random;
            hello.cipher_suite = Some(CipherSuite(read.cipher.0));
            read.ext
        }
        _ => return None,
    };
    if let Some(block) = block {
        hello.extensions = Extensions::whole(block, body.len() - block.len(), &mut hello.issues);
    }
    Some(hello)
}

/// A Certificate message up to TLS 1.2.
pub(super) fn certificate(body: &[u8]) -> Option<Certificate<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_msg_certificate(body))?;
    let TlsMessageHandshake::Certificate(read) = read else { return None };
    let list = body.get(3..)?;
    // What is left in the list behind the last certificate the crate drops.
    let taken: usize = read.cert_chain.iter().map(|certificate| 3 + certificate.data.len()).sum();
    (taken == list.len()).then(|| Certificate::of_list(list))
}

/// A CertificateRequest up to TLS 1.2; `has_schemes` tells by what comes behind the certificate types whether signature
/// schemes do: the crate only tries both.
pub(super) fn certificate_request(body: &[u8], has_schemes: impl Fn(&[u8]) -> bool) -> Option<CertificateRequest<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_certificaterequest(body))?;
    let (types, behind) = body.get(1..)?.split_at_checked(read.cert_types.len())?;
    let names: usize = read.unparsed_ca.iter().map(|name| 2 + name.len()).sum();
    let (before, authorities) = behind.split_at_checked(behind.len().checked_sub(names)?)?;
    // What is left in a list behind its last entry the crate drops: the lengths of all that it read must add up.
    let schemes = match &read.sig_hash_algs {
        Some(schemes) => {
            before.get(2..before.len().checked_sub(2)?).filter(|bytes| bytes.len() == 2 * schemes.len())?
        }
        None => before.get(2..).filter(|bytes| bytes.is_empty())?,
    };
    let is_this_shape = has_schemes(behind) == read.sig_hash_algs.is_some();
    is_this_shape.then(|| CertificateRequest::of_lists(types, schemes, authorities))
}

/// The parameters of an elliptic curve exchange over a named curve, and what comes after them.
pub(super) fn curve(bytes: &[u8]) -> Option<(ServerParameters<'_>, &[u8])> {
    let (rest, read) = tls_parser::parse_ecdh_params(bytes).ok()?;
    let tls_parser::ECParametersContent::NamedGroup(group) = read.curve_params.params_content else { return None };
    Some((ServerParameters::Curve { group: NamedGroup(group.0), public: read.public.point }, rest))
}

/// The parameters of a finite field exchange, and what comes after them.
pub(super) fn prime(bytes: &[u8]) -> Option<(ServerParameters<'_>, &[u8])> {
    let (rest, read) = tls_parser::parse_dh_params(bytes).ok()?;
    Some((ServerParameters::Prime { prime: read.dh_p, generator: read.dh_g, public: read.dh_ys }, rest))
}

/// A signature, behind its scheme or alone, and what comes after it.
pub(super) fn signature(bytes: &[u8], has_scheme: bool) -> Option<(Signature<'_>, &[u8])> {
    let parse = if has_scheme { tls_parser::parse_digitally_signed } else { tls_parser::parse_digitally_signed_old };
    let (rest, read) = parse(bytes).ok()?;
    let scheme = read.alg.map(|pair| SignatureScheme(u16::from_be_bytes([pair.hash.0, pair.sign.0])));
    Some((Signature { scheme, value: read.data }, rest))
}

/// A NewSessionTicket up to TLS 1.2.
pub(super) fn new_session_ticket(body: &[u8]) -> Option<NewSessionTicket<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_msg_newsessionticket(body, body.len()))?;
    let TlsMessageHandshake::NewSessionTicket(read) = read else { return None };
    // The crate leaves the ticket's length in front of it.
    let (length, ticket) = read.ticket.split_first_chunk()?;
    let lifetime = read.ticket_lifetime_hint;
    let is_whole = usize::from(u16::from_be_bytes(*length)) == ticket.len();
    is_whole.then(|| NewSessionTicket { lifetime, ticket, ..NewSessionTicket::default() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::proto::tls::message::certificate::request_has_schemes;
    use crate::proto::tls::reader::Reader;
    use crate::proto::tls::samples::{self, bytes};

    /// Whether tls-parser read it; then our own decoder must read the same.
    fn agree<T: Debug>(name: &str, theirs: Option<T>, ours: impl FnOnce() -> T) -> bool {
        let Some(theirs) = theirs else { return false };
        assert_eq!(format!("{theirs:?}"), format!("{:?}", ours()), "{name}");
        true
    }

    /// Whether tls-parser reads the body of a message of this type.
    fn check(name: &str, kind: u8, body: &[u8]) -> bool {
        match kind {
            1 => agree(name, client_hello(body), || ClientHello::field_by_field(body)),
            2 => agree(name, server_hello(body), || ServerHello::field_by_field(body)),
            4 => agree(name, new_session_ticket(body), || NewSessionTicket::field_by_field(body, false)),
            11 => agree(name, certificate(body), || Certificate::field_by_field(body, false)),
            13 => {
                let has_schemes = |rest: &[u8]| request_has_schemes(rest, None);
                let theirs = certificate_request(body, has_schemes);
                agree(name, theirs, || CertificateRequest::field_by_field(body, false, has_schemes))
            }
            15 => [true, false].iter().all(|has_scheme| {
                let theirs = signature(body, *has_scheme).map(|(signature, rest)| (signature, rest.len()));
                agree(name, theirs, || {
                    let mut reader = Reader::new(body);
                    let ours = Signature::field_by_field(&mut reader, "algorithm", *has_scheme, &mut Vec::new());
                    (ours, reader.left())
                })
            }),
            _ => false,
        }
    }

    #[test]
    fn whole_messages_are_read_by_tls_parser() {
        for (name, sample) in samples::ALL {
            let message = bytes(sample);
            let is_its = match message[0] {
                1 | 2 => true,
                4 | 11 | 13 => name.ends_with("_12"),
                _ => continue,
            };
            assert_eq!(check(name, message[0], &message[4..]), is_its, "{name}");
        }
    }

    /// Which of the two reads a message cannot be told from what is read.
    #[test]
    fn both_readings_agree_on_altered_and_cut_messages() {
        let mut read = 0;
        for (name, sample) in samples::ALL {
            let message = bytes(sample);
            for at in 4..message.len() {
                read += usize::from(check(name, message[0], &message[4..at]));
                for value in [0, 1, message[at].wrapping_add(1), message[at].wrapping_sub(1), 0xff] {
                    let mut altered = message.clone();
                    altered[at] = value;
                    read += usize::from(check(name, altered[0], &altered[4..]));
                }
            }
        }
        assert!(read > 1000, "tls-parser read only {read} of the altered messages");
    }

    #[test]
    fn what_tls_parser_gets_wrong_is_not_taken_from_it() {
        let no_list = [&[3, 3][..], &[7; 32], &[0, 0, 0, 1, 0]].concat();
        assert!(client_hello(&no_list).is_none(), "no cipher suite");
        let message = bytes(samples::CLIENT_HELLO);
        assert!(client_hello(&message[4..message.len() - 3]).is_none(), "an extension block that is cut");
        assert!(certificate(&[0, 0, 5, 0, 0, 1, 9, 9]).is_none(), "a byte too many in the list");
        assert!(certificate(&bytes(samples::CERTIFICATE)[4..]).is_none(), "the shape of TLS 1.3");
        assert!(new_session_ticket(&[0, 0, 0, 1, 0, 3, 9]).is_none(), "a ticket that is cut");
        let odd = [1, 1, 0, 3, 4, 1, 9, 0, 0];
        assert!(certificate_request(&odd, |_| true).is_none(), "half a signature scheme");
    }
}
