//! The ServerKeyExchange up to TLS 1.2 (RFC 5246 §7.4.3, RFC 8422 §5.4, RFC 4279).

use crate::proto::tls::reader::{Issue, Reader};
use crate::vocab::iana::{Authentication, KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme, SuiteFacts};

/// The server's key for the key exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ServerParameters<'a> {
    /// A named curve and a point on it.
    Curve {
        /// The group.
        group: NamedGroup,
        /// The public value.
        public: &'a [u8],
    },
    /// Diffie-Hellman over a prime.
    Prime {
        /// The prime, big-endian.
        prime: &'a [u8],
        /// The generator, big-endian.
        generator: &'a [u8],
        /// The public value, big-endian.
        public: &'a [u8],
    },
    /// Parameters of another kind (explicit curves, SRP, GOST), or none that could be read.
    #[default]
    Other,
}

/// A signature with the scheme in front, as from TLS 1.2 on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature<'a> {
    /// How it is made; none before TLS 1.2, where the certificate's key tells.
    pub scheme: Option<SignatureScheme>,
    /// The signature.
    pub value: &'a [u8],
}

impl<'a> Signature<'a> {
    /// Reads a signature; `name` is that of its scheme. Without a version the lengths tell whether there is a scheme.
    pub(super) fn read(
        reader: &mut Reader<'a>,
        name: &str,
        version: Option<ProtocolVersion>,
        issues: &mut Vec<Issue>,
    ) -> Self {
        let has_scheme = has_scheme(reader.peek(), version);
        if let Some((signature, rest)) = whole_signature(reader.peek(), has_scheme) {
            reader.leave(rest.len());
            return signature;
        }
        Self::field_by_field(reader, name, has_scheme, issues)
    }

    /// The same of one that is damaged: as far as it goes.
    pub(super) fn field_by_field(
        reader: &mut Reader<'a>,
        name: &str,
        has_scheme: bool,
        issues: &mut Vec<Issue>,
    ) -> Self {
        let scheme = if has_scheme { reader.integer(2, name, issues) } else { None };
        let value = reader.vector(2, "signature", issues);
        Self { scheme: scheme.map(|scheme| SignatureScheme(scheme as u16)), value }
    }
}

/// The server's share of a key exchange.
#[derive(Clone, Debug, Default)]
pub struct ServerKeyExchange<'a> {
    /// The hint of a PSK suite; empty where there is none.
    pub psk_identity_hint: &'a [u8],
    /// The parameters.
    pub parameters: ServerParameters<'a>,
    /// The signature over the two randoms and the parameters; none with anonymous and PSK suites.
    pub signature: Option<Signature<'a>>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> ServerKeyExchange<'a> {
    /// Decodes the message body, without the 4-byte handshake header, for the suite the server chose. Without a
    /// suite, a body that starts as a named curve is taken for ECDHE, any other for DHE.
    pub fn decode(body: &'a [u8], suite: Option<SuiteFacts>, version: Option<ProtocolVersion>) -> Self {
        let exchange = suite.map_or_else(|| guess(body), |suite| suite.key_exchange);
        let signed = suite.is_none_or(|suite| {
            !matches!(suite.authentication, Authentication::Anonymous | Authentication::Psk)
                && exchange != KeyExchange::RsaPsk
        });
        let mut message = Self::default();
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        if matches!(exchange, KeyExchange::Psk | KeyExchange::RsaPsk | KeyExchange::DhePsk | KeyExchange::EcdhePsk) {
            message.psk_identity_hint = reader.vector(2, "psk_identity_hint", issues);
        }
        match exchange {
            KeyExchange::Ecdhe | KeyExchange::EcdhePsk => message.parameters = curve(reader, issues),
            KeyExchange::Dhe | KeyExchange::DhePsk => message.parameters = prime(reader, issues),
            KeyExchange::Psk | KeyExchange::RsaPsk => {}
            _ => {
                reader.rest();
                return message;
            }
        }
        // Without a suite, parameters with nothing after them are those of an anonymous one.
        let signed = signed && !(suite.is_none() && reader.is_empty());
        if signed && !reader.is_cut() && message.parameters != ServerParameters::Other {
            message.signature = Some(Signature::read(reader, "signature algorithm", version, issues));
        }
        if message.parameters != ServerParameters::Other {
            reader.end(issues);
        }
        message
    }

    /// The curve or, with the primes of RFC 7919, the finite-field group.
    pub fn group(&self) -> Option<NamedGroup> {
        match self.parameters {
            ServerParameters::Curve { group, .. } => Some(group),
            ServerParameters::Prime { .. } | ServerParameters::Other => None,
        }
    }
}

fn guess(body: &[u8]) -> KeyExchange {
    if body.first() == Some(&3) { KeyExchange::Ecdhe } else { KeyExchange::Dhe }
}

fn curve<'a>(reader: &mut Reader<'a>, issues: &mut Vec<Issue>) -> ServerParameters<'a> {
    match reader.peek() {
        [3, ..] => {
            if let Some((parameters, rest)) = whole_curve(reader.peek()) {
                reader.leave(rest.len());
                return parameters;
            }
            reader.take_up_to(1);
            let Some(group) = reader.integer(2, "named_curve", issues) else { return ServerParameters::Other };
            ServerParameters::Curve { group: NamedGroup(group as u16), public: reader.vector(1, "public", issues) }
        }
        [kind, ..] => {
            issues.push(Issue::new(reader.offset(), format!("curve type {kind} is not decoded")));
            reader.rest();
            ServerParameters::Other
        }
        [] => {
            reader.integer(1, "curve_type", issues);
            ServerParameters::Other
        }
    }
}

fn prime<'a>(reader: &mut Reader<'a>, issues: &mut Vec<Issue>) -> ServerParameters<'a> {
    if let Some((parameters, rest)) = whole_prime(reader.peek()) {
        reader.leave(rest.len());
        return parameters;
    }
    let prime = reader.vector(2, "dh_p", issues);
    let generator = reader.vector(2, "dh_g", issues);
    ServerParameters::Prime { prime, generator, public: reader.vector(2, "dh_Ys", issues) }
}

/// Whether a signature in `body` has its scheme in front: from TLS 1.2 on.
pub(in crate::proto::tls) fn has_scheme(body: &[u8], version: Option<ProtocolVersion>) -> bool {
    match version {
        Some(version) => version.is_tls13() || version >= ProtocolVersion::TLS_1_2,
        None => body.first_chunk().is_none_or(|length| usize::from(u16::from_be_bytes(*length)) + 2 != body.len()),
    }
}

/// The parameters of an elliptic curve exchange over a named curve, and what comes after them.
fn whole_curve(bytes: &[u8]) -> Option<(ServerParameters<'_>, &[u8])> {
    let (rest, read) = tls_parser::parse_ecdh_params(bytes).ok()?;
    let tls_parser::ECParametersContent::NamedGroup(group) = read.curve_params.params_content else { return None };
    Some((ServerParameters::Curve { group: NamedGroup(group.0), public: read.public.point }, rest))
}

/// The parameters of a finite field exchange, and what comes after them.
fn whole_prime(bytes: &[u8]) -> Option<(ServerParameters<'_>, &[u8])> {
    let (rest, read) = tls_parser::parse_dh_params(bytes).ok()?;
    Some((ServerParameters::Prime { prime: read.dh_p, generator: read.dh_g, public: read.dh_ys }, rest))
}

/// A signature, behind its scheme or alone, and what comes after it.
pub(super) fn whole_signature(bytes: &[u8], has_scheme: bool) -> Option<(Signature<'_>, &[u8])> {
    let parse = if has_scheme { tls_parser::parse_digitally_signed } else { tls_parser::parse_digitally_signed_old };
    let (rest, read) = parse(bytes).ok()?;
    let scheme = read.alg.map(|pair| SignatureScheme(u16::from_be_bytes([pair.hash.0, pair.sign.0])));
    Some((Signature { scheme, value: read.data }, rest))
}
