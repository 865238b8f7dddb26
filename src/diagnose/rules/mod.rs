//! The rules, one file each, in the order in which they are asked: the first that finds something names the cause.

/// What every rule uses.
mod prelude {
    pub(super) use crate::diagnose::case::{Case, EndingKind, RETRANSMISSIONS, Stage};
    pub(super) use crate::diagnose::rule::{Answer, Doc, Found, Rule};
    pub(super) use crate::diagnose::{alerts, silence};
    pub(super) use crate::vocab::iana::{AlertDescription, ProtocolVersion};
    pub(super) use crate::vocab::text::times;
    pub(super) use crate::vocab::{Cause, Confidence, Direction, EndedBy};
}

macro_rules! rules {
    ($($module:ident,)+) => {
        $(mod $module;)+

        /// Every rule, in the order in which they are asked.
        pub const RULES: &[super::rule::Rule] = &[$($module::RULE,)+];
    };
}

rules! {
    icmp_unreachable,
    connection_refused,
    syn_unanswered,
    closed_before_client_hello,
    reset_before_client_hello,
    proxy_refused,
    plaintext_to_tls_port,
    plaintext_answer,
    garbage_answer,
    foreign_bytes,
    forged_alert,
    second_client_hello_unanswered,
    mtu_black_hole,
    client_hello_segment_lost,
    client_hello_lost,
    client_hello_unanswered,
    silence_after_server_hello,
    truncated_answer,
    no_common_version,
    no_common_cipher,
    no_common_alpn,
    unrecognized_name,
    closed_by_alert,
    client_certificate_required,
    client_certificate_rejected,
    signature_refused,
    corrupted_handshake,
    bad_record_mac,
    certificate_expired,
    certificate_not_yet_valid,
    certificate_wrong_name,
    certificate_weak,
    certificate_self_signed,
    certificate_intercepted,
    certificate_incomplete_chain,
    certificate_untrusted,
    certificate_rejected,
    refused_by_alert,
    reset_after_client_hello,
    closed_after_client_hello,
    reset_after_server_hello,
    closed_after_server_hello,
    client_gave_up,
    reset_in_mid_stream,
    silence_in_mid_stream,
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::vocab::Cause;

    #[test]
    fn every_cause_has_one_rule() {
        for cause in Cause::ALL {
            assert_eq!(RULES.iter().filter(|rule| rule.cause == *cause).count(), 1, "{cause}");
        }
    }
}
