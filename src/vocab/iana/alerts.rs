//! Alerts: the IANA registry "TLS Alerts", with what each one says in a sentence.

use super::registry;

registry! {
    /// How serious an alert is (RFC 5246 §7.2). TLS 1.3 ignores it: all but the closing ones are fatal there.
    AlertLevel(u8) {
        1 WARNING = "warning",
        2 FATAL = "fatal",
    }
}

registry! {
    /// What an alert says (RFC 8446 §6; the registry "TLS Alerts").
    AlertDescription(u8) {
        0 CLOSE_NOTIFY = "close_notify",
        1 END_OF_EARLY_DATA = "end_of_early_data",
        10 UNEXPECTED_MESSAGE = "unexpected_message",
        20 BAD_RECORD_MAC = "bad_record_mac",
        21 DECRYPTION_FAILED = "decryption_failed",
        22 RECORD_OVERFLOW = "record_overflow",
        30 DECOMPRESSION_FAILURE = "decompression_failure",
        40 HANDSHAKE_FAILURE = "handshake_failure",
        41 NO_CERTIFICATE = "no_certificate",
        42 BAD_CERTIFICATE = "bad_certificate",
        43 UNSUPPORTED_CERTIFICATE = "unsupported_certificate",
        44 CERTIFICATE_REVOKED = "certificate_revoked",
        45 CERTIFICATE_EXPIRED = "certificate_expired",
        46 CERTIFICATE_UNKNOWN = "certificate_unknown",
        47 ILLEGAL_PARAMETER = "illegal_parameter",
        48 UNKNOWN_CA = "unknown_ca",
        49 ACCESS_DENIED = "access_denied",
        50 DECODE_ERROR = "decode_error",
        51 DECRYPT_ERROR = "decrypt_error",
        52 TOO_MANY_CIDS_REQUESTED = "too_many_cids_requested",
        60 EXPORT_RESTRICTION = "export_restriction",
        70 PROTOCOL_VERSION = "protocol_version",
        71 INSUFFICIENT_SECURITY = "insufficient_security",
        80 INTERNAL_ERROR = "internal_error",
        86 INAPPROPRIATE_FALLBACK = "inappropriate_fallback",
        90 USER_CANCELED = "user_canceled",
        100 NO_RENEGOTIATION = "no_renegotiation",
        109 MISSING_EXTENSION = "missing_extension",
        110 UNSUPPORTED_EXTENSION = "unsupported_extension",
        111 CERTIFICATE_UNOBTAINABLE = "certificate_unobtainable",
        112 UNRECOGNIZED_NAME = "unrecognized_name",
        113 BAD_CERTIFICATE_STATUS_RESPONSE = "bad_certificate_status_response",
        114 BAD_CERTIFICATE_HASH_VALUE = "bad_certificate_hash_value",
        115 UNKNOWN_PSK_IDENTITY = "unknown_psk_identity",
        116 CERTIFICATE_REQUIRED = "certificate_required",
        117 GENERAL_ERROR = "general_error",
        120 NO_APPLICATION_PROTOCOL = "no_application_protocol",
        121 ECH_REQUIRED = "ech_required",
    }
}

impl AlertDescription {
    /// Whether it closes rather than refuses (RFC 8446 §6.1).
    pub fn is_close(self) -> bool {
        matches!(self, Self::CLOSE_NOTIFY | Self::USER_CANCELED)
    }

    /// Whether it speaks of the peer's certificate.
    pub fn is_about_certificate(self) -> bool {
        matches!(self.0, 41..=46 | 48 | 111 | 113 | 114 | 116)
    }

    /// What the sender means by it, in a sentence; none for an unregistered number.
    pub fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::CLOSE_NOTIFY => "The sender will send no more on this connection; the orderly way to end.",
            Self::END_OF_EARLY_DATA => "End of the 0-RTT data (drafts of TLS 1.3 only).",
            Self::UNEXPECTED_MESSAGE => "A message came that has no place at this point.",
            Self::BAD_RECORD_MAC => "A record did not verify: other keys at the two ends, or changed bytes.",
            Self::DECRYPTION_FAILED => "A record could not be decrypted (TLS 1.0 and before).",
            Self::RECORD_OVERFLOW => "A record is longer than allowed.",
            Self::DECOMPRESSION_FAILURE => "Compressed data could not be expanded.",
            Self::HANDSHAKE_FAILURE => "No acceptable set of parameters: usually no cipher suite in common.",
            Self::NO_CERTIFICATE => "SSL 3.0: the client has no certificate to send.",
            Self::BAD_CERTIFICATE => "A certificate is corrupt or its signatures do not verify.",
            Self::UNSUPPORTED_CERTIFICATE => "A certificate is of a kind the sender does not support.",
            Self::CERTIFICATE_REVOKED => "A certificate was revoked by its signer.",
            Self::CERTIFICATE_EXPIRED => "A certificate has expired or is not yet valid.",
            Self::CERTIFICATE_UNKNOWN => "A certificate was refused for a reason the alert does not tell.",
            Self::ILLEGAL_PARAMETER => "A field is out of range or contradicts another field.",
            Self::UNKNOWN_CA => "The chain does not lead to a CA the sender trusts.",
            Self::ACCESS_DENIED => "The certificate or PSK is valid, but access is refused.",
            Self::DECODE_ERROR => "A message could not be decoded: a field or the length is wrong.",
            Self::DECRYPT_ERROR => "A signature, a Finished value or a PSK binder does not verify.",
            Self::TOO_MANY_CIDS_REQUESTED => "Too many connection IDs were asked for (DTLS 1.3).",
            Self::EXPORT_RESTRICTION => "A key breaks the old export rules.",
            Self::PROTOCOL_VERSION => "The offered protocol version is known but not supported.",
            Self::INSUFFICIENT_SECURITY => "The sender wants stronger ciphers than the peer supports.",
            Self::INTERNAL_ERROR => "The sender had an error of its own, such as an allocation that failed.",
            Self::INAPPROPRIATE_FALLBACK => "The client retried with a lower version than both ends support.",
            Self::USER_CANCELED => "The handshake was given up for a reason outside the protocol.",
            Self::NO_RENEGOTIATION => "The sender does not want to renegotiate.",
            Self::MISSING_EXTENSION => "An extension that must be there is not.",
            Self::UNSUPPORTED_EXTENSION => "The answer has an extension that was not offered.",
            Self::CERTIFICATE_UNOBTAINABLE => "A certificate could not be fetched from the URL given.",
            Self::UNRECOGNIZED_NAME => "No server of the name in server_name lives here.",
            Self::BAD_CERTIFICATE_STATUS_RESPONSE => "The stapled OCSP response is invalid or unacceptable.",
            Self::BAD_CERTIFICATE_HASH_VALUE => "A certificate's hash differs from the one given with its URL.",
            Self::UNKNOWN_PSK_IDENTITY => "No acceptable pre-shared key identity.",
            Self::CERTIFICATE_REQUIRED => "The server wants a client certificate and got none.",
            Self::GENERAL_ERROR => "An error without a better description.",
            Self::NO_APPLICATION_PROTOCOL => "No application protocol in common (ALPN).",
            Self::ECH_REQUIRED => "The client insists on Encrypted ClientHello, and the server refused it.",
            _ => return None,
        })
    }

    /// The document and section that defines the alert.
    pub fn reference(self) -> &'static str {
        match self.0 {
            21 | 41 | 60 | 30 | 100 => "RFC 5246 §7.2.2",
            52 => "RFC 9147 §11",
            86 => "RFC 7507 §3",
            111 | 114 => "RFC 6066 §9",
            120 => "RFC 7301 §3.2",
            121 => "RFC 9849 §11.2",
            _ => "RFC 8446 §6",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_is_explained() {
        for (alert, name) in AlertDescription::TABLE {
            assert!(alert.meaning().is_some(), "{name}");
        }
    }

    #[test]
    fn some_alerts_are_about_the_certificate() {
        let about: Vec<u8> = (0..=255).filter(|alert| AlertDescription(*alert).is_about_certificate()).collect();
        assert_eq!(about, [41, 42, 43, 44, 45, 46, 48, 111, 113, 114, 116]);
    }
}
