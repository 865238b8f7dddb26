//! Which facts can explain a cause: what differs in them between a failing flow and a good one decides.

use super::{Difference, Field};
use crate::vocab::Cause;

/// How telling a difference is that explains how the flow ended.
const EXPLAINS: u8 = 100;

/// Gives the differences that can explain `cause` the weight of an explanation.
pub(super) fn weigh(cause: Option<Cause>, differences: &mut [Difference]) {
    let Some(cause) = cause else { return };
    for difference in differences.iter_mut().filter(|one| !one.expected && explains(cause, one.field)) {
        difference.weight = EXPLAINS;
    }
}

/// Whether a value of `field` that good flows do not have can be why a flow failed by `cause`.
fn explains(cause: Cause, field: Field) -> bool {
    use Field as F;
    match cause {
        Cause::ClientHelloLost | Cause::ClientHelloSegmentLost => field == F::ClientHelloAcknowledged,
        Cause::ProxyRefused | Cause::UpgradeRefused => matches!(field, F::Bytes | F::TextStatus),
        Cause::NoCommonVersion => {
            matches!(field, F::ClientHelloVersion | F::ClientHelloSupportedVersions | F::ServerHelloVersion)
        }
        Cause::NoCommonCipher => matches!(
            field,
            F::ClientHelloCipherSuites
                | F::ClientHelloGroups
                | F::ClientHelloKeyShares
                | F::ClientHelloSignatureAlgorithms
        ),
        Cause::NoCommonAlpn => field == F::ClientHelloAlpn,
        Cause::UnrecognizedName => field == F::ClientHelloServerName,
        Cause::SignatureRefused => matches!(
            field,
            F::ClientHelloSignatureAlgorithms
                | F::ServerKeyExchangeSignature
                | F::CertificateSignature
                | F::CertificateKeyType
        ),
        Cause::ServerChoiceRefused => matches!(
            field,
            F::ServerHelloVersion
                | F::ServerHelloCipher
                | F::ServerHelloGroup
                | F::ServerHelloExtensions
                | F::ServerHelloAlpn
                | F::ServerKeyExchangeGroup
        ),
        Cause::CertificateExpired | Cause::CertificateNotYetValid => field == F::CertificateValid,
        Cause::CertificateWrongName => {
            matches!(field, F::CertificateNames | F::CertificateSubject | F::ClientHelloServerName)
        }
        Cause::CertificateIncompleteChain | Cause::ClientCertificateRequired => field == F::CertificateChainLength,
        Cause::CertificateWeak => matches!(field, F::CertificateKeyType | F::CertificateSignature),
        Cause::CertificateSelfSigned | Cause::CertificateUntrusted | Cause::CertificateIntercepted => {
            field == F::CertificateIssuer
        }
        Cause::CertificateRejected => matches!(
            field,
            F::CertificateIssuer | F::CertificateValid | F::CertificateNames | F::CertificateChainLength
        ),
        Cause::CorruptedHandshake | Cause::GarbageAnswer => {
            matches!(field, F::ClientHelloMalformed | F::ServerHelloMalformed)
        }
        Cause::ConnectionRefused | Cause::SynUnanswered | Cause::PlaintextToTlsPort => field == F::ServerPort,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Value;

    /// The weights of differences in these fields, of 30 each, where a flow failed by `cause`.
    fn check(cause: Option<Cause>, fields: &[Field], expected: &[u8]) {
        let one = |field: &Field| Difference {
            field: *field,
            baseline: Value::Absent,
            subject: Value::Number(1),
            weight: 30,
            expected: false,
            packets: (None, None),
            usual: None,
        };
        let mut differences: Vec<Difference> = fields.iter().map(one).collect();
        weigh(cause, &mut differences);
        assert_eq!(differences.iter().map(|one| one.weight).collect::<Vec<_>>(), expected, "{cause:?}");
    }

    #[test]
    fn what_can_explain_a_cause_decides() {
        let fields = [Field::CertificateIssuer, Field::ClientHelloAlpn, Field::ServerPort];
        check(Some(Cause::CertificateUntrusted), &fields, &[100, 30, 30]);
        check(Some(Cause::NoCommonAlpn), &fields, &[30, 100, 30]);
        check(Some(Cause::ConnectionRefused), &fields, &[30, 30, 100]);
        check(Some(Cause::ResetAfterClientHello), &fields, &[30, 30, 30]);
        check(None, &fields, &[30, 30, 30]);
    }
}
