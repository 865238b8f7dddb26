//! The parameters of an RSASSA-PSS signature (RFC 4055 §3.1).

use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

/// Hash (dotted) and salt length in bytes of an RSASSA-PSS signature; none for another algorithm.
pub(super) fn pss_parameters(algorithm: &AlgorithmIdentifier<'_>) -> Option<(String, u32)> {
    if algorithm.algorithm.to_id_string() != "1.2.840.113549.1.1.10" {
        return None;
    }
    let parameters = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
    Some((parameters.hash_algorithm_oid().to_id_string(), parameters.salt_length()))
}
