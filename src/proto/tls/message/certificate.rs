//! Messages about certificates: Certificate, CompressedCertificate, CertificateRequest and CertificateVerify.

use std::io::Read as _;

use tls_parser::TlsMessageHandshake;

use super::extension::Extensions;
use super::key_exchange::Signature;
use super::list::{Numbers, Opaques, behind_length};
use super::whole::to_the_end;
use crate::proto::tls::reader::{Issue, Missing, Reader};
use crate::vocab::iana::{CertificateCompression, ExtensionType, ProtocolVersion, SignatureScheme};

/// Most bytes a compressed certificate may grow to here; RFC 8879 allows 2^24 - 1, real chains have some thousand.
pub const MAX_DECOMPRESSED: usize = 1 << 20;

/// A chain of certificates (RFC 8446 §4.4.2, RFC 5246 §7.4.2).
#[derive(Clone, Debug, Default)]
pub struct Certificate<'a> {
    /// Whether the message has the shape of TLS 1.3: a context, and extensions for each entry.
    pub tls13: bool,
    /// The context of the request it answers; empty in a handshake and before TLS 1.3.
    pub context: &'a [u8],
    list: &'a [u8],
    list_offset: usize,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

/// One certificate of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CertificateEntry<'a> {
    /// The certificate in DER, or a raw public key; shorter than announced if cut.
    pub der: &'a [u8],
    /// Offset of `der` from the start of the message body.
    pub offset: usize,
    /// Length `der` was announced to have, in bytes.
    pub announced: usize,
    /// The entry's extensions (TLS 1.3): a stapled OCSP response, certificate timestamps.
    pub extensions: Extensions<'a>,
}

impl CertificateEntry<'_> {
    /// Whether the message ends before the certificate does.
    pub fn is_cut(&self) -> bool {
        self.der.len() < self.announced
    }
}

impl<'a> Certificate<'a> {
    /// Decodes the message body, without the 4-byte handshake header. Without a version the shape tells it: the
    /// length of the list fits only one of the two.
    pub fn decode(body: &'a [u8], version: Option<ProtocolVersion>) -> Self {
        let tls13 = version.map_or_else(|| looks_like_tls13(body), ProtocolVersion::is_tls13);
        let whole = if tls13 { None } else { whole(body) };
        whole.unwrap_or_else(|| Self::field_by_field(body, tls13))
    }

    /// The message up to TLS 1.2 of which `list` is all but the list's length.
    pub(super) fn of_list(list: &'a [u8]) -> Self {
        Self { list, list_offset: 3, ..Self::default() }
    }

    /// The message in the shape of TLS 1.3, or one that is damaged: as far as it goes.
    pub(super) fn field_by_field(body: &'a [u8], tls13: bool) -> Self {
        let mut message = Self { tls13, ..Self::default() };
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        if tls13 {
            message.context = reader.vector(1, "certificate_request_context", issues);
        }
        message.list_offset = reader.offset() + 3;
        message.list = reader.vector(3, "certificate_list", issues);
        reader.end(issues);
        let whole = issues.is_empty();
        let mut end = message.list_offset;
        for entry in (Entries { rest: message.list, offset: message.list_offset, tls13 }) {
            end = entry.offset + entry.der.len() + if tls13 { 2 + entry.extensions.bytes().len() } else { 0 };
            if entry.is_cut() && whole {
                let missing = Missing { offset: entry.offset, wanted: entry.announced, there: entry.der.len() };
                message.issues.push(missing.issue("certificate"));
            }
        }
        let left = (message.list_offset + message.list.len()).saturating_sub(end);
        if left > 0 && whole {
            message.issues.push(Issue::new(end, format!("{left} bytes left in the certificate list")));
        }
        message
    }

    /// The certificates in the order sent, the sender's own first.
    pub fn certificates(&self) -> impl Iterator<Item = CertificateEntry<'a>> + Clone + use<'a> {
        Entries { rest: self.list, offset: self.list_offset, tls13: self.tls13 }
    }
}

fn looks_like_tls13(body: &[u8]) -> bool {
    let length_at =
        |at: usize| body.get(at..at + 3).map(|b| usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2]));
    if length_at(0).is_some_and(|length| length + 3 == body.len()) {
        return false;
    }
    let Some(context) = body.first().map(|length| usize::from(*length)) else { return false };
    match length_at(1 + context) {
        Some(length) if length + 4 + context == body.len() => true,
        // Cut: an empty context is followed by a list length below 2^16 and the first certificate's below that.
        _ => context == 0 && body.get(1) == Some(&0) && body.get(4) == Some(&0) && body.get(7) == Some(&0x30),
    }
}

#[derive(Clone)]
struct Entries<'a> {
    rest: &'a [u8],
    offset: usize,
    tls13: bool,
}

impl<'a> Iterator for Entries<'a> {
    type Item = CertificateEntry<'a>;

    fn next(&mut self) -> Option<CertificateEntry<'a>> {
        let mut reader = Reader::new(self.rest);
        let announced = reader.u24().ok()? as usize;
        let offset = self.offset + reader.offset();
        let der = reader.take_up_to(announced);
        let mut extensions = Extensions::default();
        if self.tls13 && !reader.is_empty() {
            let at = self.offset + reader.offset() + 2;
            extensions = Extensions::new(reader.vector(2, "extensions", &mut Vec::new()), at);
        }
        self.offset += reader.offset();
        self.rest = reader.peek();
        Some(CertificateEntry { der, offset, announced, extensions })
    }
}

/// A Certificate message in compressed form (RFC 8879 §4).
#[derive(Clone, Debug, Default)]
pub struct CompressedCertificate<'a> {
    /// How it is compressed.
    pub algorithm: CertificateCompression,
    /// Length of the expanded message body in bytes, as announced.
    pub uncompressed_length: u32,
    /// The compressed message body.
    pub data: &'a [u8],
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> CompressedCertificate<'a> {
    /// Decodes the message body, without the 4-byte handshake header.
    pub fn decode(body: &'a [u8]) -> Self {
        let mut message = Self::default();
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        message.algorithm = CertificateCompression(reader.integer(2, "algorithm", issues).unwrap_or_default() as u16);
        message.uncompressed_length = reader.integer(3, "uncompressed_length", issues).unwrap_or_default() as u32;
        message.data = reader.vector(3, "compressed_certificate_message", issues);
        reader.end(issues);
        message
    }

    /// The expanded body of a TLS 1.3 Certificate message, at most [`MAX_DECOMPRESSED`] bytes; else why not.
    ///
    /// # Errors
    ///
    /// Why not: the method, the data, the size.
    pub fn decompress(&self) -> Result<Vec<u8>, String> {
        let expanded = decompress(self.algorithm, self.data, MAX_DECOMPRESSED)?;
        let announced = self.uncompressed_length as usize;
        if expanded.len() == announced {
            return Ok(expanded);
        }
        Err(format!("expands to {} bytes, {announced} were announced", expanded.len()))
    }
}

/// `data` expanded, if that takes no more than `cap` bytes; else why not.
///
/// # Errors
///
/// Why not: the method, the data, the size.
pub fn decompress(algorithm: CertificateCompression, data: &[u8], cap: usize) -> Result<Vec<u8>, String> {
    let mut expanded = Vec::new();
    let limit = cap as u64 + 1;
    let result = match algorithm {
        CertificateCompression::ZLIB => flate2::read::ZlibDecoder::new(data).take(limit).read_to_end(&mut expanded),
        CertificateCompression::BROTLI => {
            brotli_decompressor::Decompressor::new(data, 4096).take(limit).read_to_end(&mut expanded)
        }
        CertificateCompression::ZSTD => {
            zstd::stream::read::Decoder::new(data).and_then(|decoder| decoder.take(limit).read_to_end(&mut expanded))
        }
        other => return Err(format!("unknown compression {other}")),
    };
    match result {
        Ok(_) if expanded.len() > cap => Err(format!("expands to more than {cap} bytes")),
        Ok(_) => Ok(expanded),
        Err(error) => Err(format!("does not expand as {algorithm}: {error}")),
    }
}

/// A server's wish for a client certificate (RFC 8446 §4.3.2, RFC 5246 §7.4.4).
#[derive(Clone, Debug, Default)]
pub struct CertificateRequest<'a> {
    /// The context the answer repeats (TLS 1.3).
    pub context: &'a [u8],
    /// The kinds of certificate asked for, one byte each (up to TLS 1.2).
    pub certificate_types: &'a [u8],
    /// The signature schemes the server accepts (from TLS 1.2).
    pub signature_schemes: Numbers<'a, SignatureScheme>,
    authorities: &'a [u8],
    /// The extensions (TLS 1.3).
    pub extensions: Extensions<'a>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> CertificateRequest<'a> {
    /// Decodes the message body, without the 4-byte handshake header. Without a version the lengths tell whether
    /// signature schemes are there; the shape of TLS 1.3 is taken for that version alone.
    pub fn decode(body: &'a [u8], version: Option<ProtocolVersion>) -> Self {
        let tls13 = version.is_some_and(ProtocolVersion::is_tls13);
        let has_schemes = |rest: &[u8]| request_has_schemes(rest, version);
        let whole = if tls13 { None } else { whole_request(body, has_schemes) };
        whole.unwrap_or_else(|| Self::field_by_field(body, tls13, has_schemes))
    }

    /// The message in the shape of TLS 1.3, or one that is damaged: as far as it goes. Of the older shapes,
    /// `has_schemes` tells which it is by what comes behind the certificate types.
    pub(super) fn field_by_field(body: &'a [u8], tls13: bool, has_schemes: impl Fn(&[u8]) -> bool) -> Self {
        let mut message = Self::default();
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        if tls13 {
            message.context = reader.vector(1, "certificate_request_context", issues);
            message.extensions = Extensions::read(reader, issues);
            let body = |kind| message.extensions.find(kind).unwrap_or_default();
            message.signature_schemes = Numbers::behind_length(body(ExtensionType::SIGNATURE_ALGORITHMS), 2);
            message.authorities = behind_length(body(ExtensionType::CERTIFICATE_AUTHORITIES), 2);
        } else {
            message.certificate_types = reader.vector(1, "certificate_types", issues);
            if has_schemes(reader.peek()) {
                message.signature_schemes = Numbers::new(reader.vector(2, "supported_signature_algorithms", issues));
            }
            message.authorities = reader.vector(2, "certificate_authorities", issues);
        }
        reader.end(issues);
        message
    }

    /// The message up to TLS 1.2 with these lists, each without its length.
    pub(super) fn of_lists(certificate_types: &'a [u8], schemes: &'a [u8], authorities: &'a [u8]) -> Self {
        Self { certificate_types, signature_schemes: Numbers::new(schemes), authorities, ..Self::default() }
    }

    /// The distinguished names of the CAs the server accepts, in DER.
    pub fn authorities(&self) -> Opaques<'a> {
        Opaques::new(self.authorities, 2)
    }
}

/// Proof that the sender has the key of its certificate (RFC 8446 §4.4.3, RFC 5246 §7.4.8).
#[derive(Clone, Debug, Default)]
pub struct CertificateVerify<'a> {
    /// How the signature is made; none before TLS 1.2.
    pub scheme: Option<SignatureScheme>,
    /// The signature.
    pub signature: &'a [u8],
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> CertificateVerify<'a> {
    /// Decodes the message body, without the 4-byte handshake header. Without a version the lengths tell the shape.
    pub fn decode(body: &'a [u8], version: Option<ProtocolVersion>) -> Self {
        let mut message = Self::default();
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        let signature = Signature::read(reader, "algorithm", version, issues);
        (message.scheme, message.signature) = (signature.scheme, signature.value);
        reader.end(issues);
        message
    }
}

/// Whether the part of a CertificateRequest behind its certificate types begins with signature schemes: from TLS 1.2
/// on. Without a version: unless the first length covers all of it, and so is that of the authorities.
pub(in crate::proto::tls) fn request_has_schemes(rest: &[u8], version: Option<ProtocolVersion>) -> bool {
    match version {
        Some(version) => version >= ProtocolVersion::TLS_1_2,
        None => rest.first_chunk().is_none_or(|length| usize::from(u16::from_be_bytes(*length)) + 2 != rest.len()),
    }
}

/// A Certificate message up to TLS 1.2 as tls-parser reads it.
pub(super) fn whole(body: &[u8]) -> Option<Certificate<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_msg_certificate(body))?;
    let TlsMessageHandshake::Certificate(read) = read else { return None };
    let list = body.get(3..)?;
    // What is left in the list behind the last certificate the crate drops.
    let taken: usize = read.cert_chain.iter().map(|certificate| 3 + certificate.data.len()).sum();
    (taken == list.len()).then(|| Certificate::of_list(list))
}

/// A CertificateRequest up to TLS 1.2 as tls-parser reads it; `has_schemes` tells by what comes behind the certificate types whether signature
/// schemes do: the crate only tries both.
pub(super) fn whole_request(body: &[u8], has_schemes: impl Fn(&[u8]) -> bool) -> Option<CertificateRequest<'_>> {
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
