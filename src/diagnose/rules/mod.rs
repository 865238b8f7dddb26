//! The rules, one file each, in the order in which they are asked: the first that finds something names the cause.

mod bad_record_mac;
mod certificate_expired;
mod certificate_incomplete_chain;
mod certificate_intercepted;
mod certificate_not_yet_valid;
mod certificate_rejected;
mod certificate_self_signed;
mod certificate_untrusted;
mod certificate_weak;
mod certificate_wrong_name;
mod client_certificate_rejected;
mod client_certificate_required;
mod client_gave_up;
mod client_hello_lost;
mod client_hello_segment_lost;
mod client_hello_unanswered;
mod closed_after_client_hello;
mod closed_after_server_hello;
mod closed_before_client_hello;
mod closed_by_alert;
mod connection_refused;
mod corrupted_handshake;
mod foreign_bytes;
mod forged_alert;
mod garbage_answer;
mod icmp_unreachable;
mod mtu_black_hole;
mod no_common_alpn;
mod no_common_cipher;
mod no_common_version;
mod plaintext_answer;
mod plaintext_to_tls_port;
mod prelude;
mod proxy_refused;
mod refused_by_alert;
mod renegotiation_refused;
mod reset_after_client_hello;
mod reset_after_server_hello;
mod reset_before_client_hello;
mod reset_in_mid_stream;
mod second_client_hello_unanswered;
mod server_choice_refused;
mod signature_refused;
mod silence_after_server_hello;
mod silence_in_mid_stream;
mod syn_unanswered;
mod truncated_answer;
mod unrecognized_name;
mod upgrade_refused;

/// Every rule, in the order in which they are asked. Each says why it stands before those that follow.
pub const RULES: &[super::rule::Rule] = &[
    // A router that says that packets cannot get there explains every silence and every leaving that follows.
    icmp_unreachable::RULE,
    // A SYN answered with a RST is the whole story: nothing below can apply before TCP is up.
    connection_refused::RULE,
    // A SYN without an answer likewise; what follows needs TCP to be up.
    syn_unanswered::RULE,
    // TCP came up and was ended before the client said a word: there is no hello and no request to look at.
    closed_before_client_hello::RULE,
    // The same with a RST.
    reset_before_client_hello::RULE,
    // A tunnel that was asked for and refused: its text is no answer to a ClientHello and no plain text to a TLS port.
    proxy_refused::RULE,
    // TLS that was asked for and refused: the words are no answer to a ClientHello either.
    upgrade_refused::RULE,
    // A client that speaks text itself: the server's text or alert is the consequence.
    plaintext_to_tls_port::RULE,
    // Text that can be read, before bytes of which no more can be said than that they are not TLS.
    plaintext_answer::RULE,
    // Not TLS from the first byte; foreign_bytes needs TLS of the server first.
    garbage_answer::RULE,
    // A second speaker in the server's stream: the alert or the leaving that follows answers it.
    foreign_bytes::RULE,
    // An alert that is not the server's, before every rule that takes an alert for the server's word.
    forged_alert::RULE,
    // Silence after a HelloRetryRequest, before the causes of silence after a first ClientHello.
    second_client_hello_unanswered::RULE,
    // Loss that goes by size, before loss by place: a lost ClientHello can be either.
    mtu_black_hole::RULE,
    // The beginning arrived; client_hello_lost needs that nothing did.
    client_hello_segment_lost::RULE,
    // Never acknowledged; client_hello_unanswered needs that it was.
    client_hello_lost::RULE,
    // No byte of the server; the next needs its ServerHello.
    client_hello_unanswered::RULE,
    // Who left after a wait left for the silence, whatever its alert or FIN would say without it.
    silence_after_server_hello::RULE,
    // A first message that is never whole, before the rules that ask what the hellos say to each other.
    truncated_answer::RULE,
    // The alerts that name a reason of their own come before refused_by_alert, which takes any.
    no_common_version::RULE,
    // As above.
    no_common_cipher::RULE,
    // As above.
    no_common_alpn::RULE,
    // As above.
    unrecognized_name::RULE,
    // Both Finished and another handshake behind them: what ends it must not be taken for an answer to the first one.
    renegotiation_refused::RULE,
    // An alert that closes is no refusal: it must not reach the client certificates or refused_by_alert.
    closed_by_alert::RULE,
    // The server's refusal right after the client's answer to its request, whatever the alert's number.
    client_certificate_required::RULE,
    // As above, with a certificate sent.
    client_certificate_rejected::RULE,
    // An old version explains internal_error and handshake_failure, which the next takes too.
    signature_refused::RULE,
    // What a client refuses of messages that do not contradict each other; corrupted_handshake takes its alerts too.
    server_choice_refused::RULE,
    // A signature that was checked and is bad outweighs decrypt_error, which the next takes, and bad_certificate.
    corrupted_handshake::RULE,
    // About records: decrypt_error is none of the alerts that are about the certificate.
    bad_record_mac::RULE,
    // Dates are facts of the certificate alone; they come first among its faults.
    certificate_expired::RULE,
    // As above.
    certificate_not_yet_valid::RULE,
    // A name needs no other certificate to judge by; what an authority is worth depends on who asks.
    certificate_wrong_name::RULE,
    // A key's size likewise.
    certificate_weak::RULE,
    // A leaf that signed itself has no authority that could be missing, unknown or another's.
    certificate_self_signed::RULE,
    // Good flows show another issuer: more special than an authority that is unknown.
    certificate_intercepted::RULE,
    // An issuer that is missing and known is no unknown one.
    certificate_incomplete_chain::RULE,
    // The last reason the chain itself can give.
    certificate_untrusted::RULE,
    // Refused, and nothing above says why; from here on no rule speaks of certificates.
    certificate_rejected::RULE,
    // Any alert of the server that no rule above explains; who sent one did not merely reset or close.
    refused_by_alert::RULE,
    // RST and FIN alone are judged by how far the server came.
    reset_after_client_hello::RULE,
    // As above.
    closed_after_client_hello::RULE,
    // As above.
    reset_after_server_hello::RULE,
    // As above; only the client's own leaving is left.
    closed_after_server_hello::RULE,
    // The client left, and no rule above found a reason for it.
    client_gave_up::RULE,
    // Only for flows whose handshake came through: no rule above found anything in it.
    reset_in_mid_stream::RULE,
    // As above, where nobody reset.
    silence_in_mid_stream::RULE,
];

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
