//! Names from the IANA registries: each wire number is a newtype that keeps values nobody has registered.
//!
//! `name` gives the registered name, `Display` the name or the number in hexadecimal. Nothing here reads bytes.
//! The tables are one file each; what a cipher suite's name implies for keys and for its strength is in
//! [`suite_facts`].

mod alerts;
mod cipher_suites;
mod extensions;
mod groups;
mod messages;
mod signatures;
mod small;
pub mod suite_facts;
mod versions;

pub use alerts::{AlertDescription, AlertLevel};
pub use cipher_suites::CipherSuite;
pub use extensions::ExtensionType;
pub use groups::NamedGroup;
pub use messages::{ContentType, HandshakeType};
pub use signatures::SignatureScheme;
pub use small::{
    AeadId, AuthorizationFormat, CachedInformationType, CertificateCompression, CertificateStatusType, CertificateType,
    ClientCertificateType, CompressionMethod, ConnectionIdUsage, DnsClass, DnsType, EcCurveType, EcPointFormat,
    EchClientHelloType, EktCipher, HashAlgorithm, HeartbeatMessageType, HeartbeatMode, KdfId, KemId, KeyUpdateRequest,
    MaxFragmentLength, PskKeyExchangeMode, QuicTransportParameter, ServerNameType, SignatureAlgorithm, SrtpProfile,
    TokenBindingKey, TransparencyType, TrustedCaIdentifier, UserMappingType,
};
pub use suite_facts::{Authentication, Bulk, BulkCipher, KeyExchange, Mac, PrfHash, SuiteFacts};
pub use versions::ProtocolVersion;

/// Whether `value` is one of the sixteen reserved 16-bit GREASE values `0x0a0a`, `0x1a1a` … `0xfafa` (RFC 8701 §2).
pub const fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// Makes a newtype over a wire number from a table of `number [CONSTANT] = "name",` rows.
macro_rules! registry {
    (
        $(#[doc = $doc:literal])*
        $name:ident($int:ident $(, $grease:ident)?) {
            $($value:literal $($constant:ident)? = $text:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub $int);

        impl $name {
            $($(
                #[doc = concat!("`", $text, "` (", stringify!($value), ").")]
                pub const $constant: $name = $name($value);
            )?)*

            /// Every registered value with its name, in the order of the numbers.
            pub const TABLE: &'static [($name, &'static str)] = &[$(($name($value), $text),)*];

            /// The registered name; none for a number the table lacks, GREASE included.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }

            /// The registered name, or the number in hexadecimal.
            pub fn shown(self) -> std::borrow::Cow<'static, str> {
                match self.name() {
                    Some(name) => name.into(),
                    None => registry!(@unnamed self, $int $(, $grease)?).into(),
                }
            }

            /// The value with this registered name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::TABLE.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
            }

            $(registry!(@$grease);)?
        }

        impl $crate::vocab::Registered for $name {
            const REGISTRY: &'static $crate::vocab::Registry =
                &$crate::vocab::Registry { about: concat!($($doc),*), names: &[$(($value as u64, $text),)*] };
        }

        impl From<$int> for $name {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.shown())
            }
        }
    };
    (@grease) => {
        /// Whether this is one of the sixteen values a client sends to keep servers tolerant (RFC 8701 §2).
        pub const fn is_grease(self) -> bool {
            super::is_grease(self.0)
        }
    };
    (@unnamed $this:ident, u8) => { format!("0x{:02x} (unknown)", $this.0) };
    (@unnamed $this:ident, u16) => { format!("0x{:04x} (unknown)", $this.0) };
    (@unnamed $this:ident, u32) => { format!("0x{:x} (unknown)", $this.0) };
    (@unnamed $this:ident, u64) => { format!("0x{:x} (unknown)", $this.0) };
    (@unnamed $this:ident, u16, grease) => {
        if $this.is_grease() { format!("GREASE (0x{:04x})", $this.0) } else { format!("0x{:04x} (unknown)", $this.0) }
    };
}
use registry;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_registered_ones() {
        assert_eq!(CipherSuite(0x1301).to_string(), "TLS_AES_128_GCM_SHA256");
        assert_eq!(NamedGroup(0x11ec).to_string(), "X25519MLKEM768");
        assert_eq!(SignatureScheme(0x0403).to_string(), "ecdsa_secp256r1_sha256");
        assert_eq!(ExtensionType(0).to_string(), "server_name");
        assert_eq!(HandshakeType(1).to_string(), "client_hello");
        assert_eq!(AlertDescription(40).to_string(), "handshake_failure");
        assert_eq!(ProtocolVersion(0x0304).to_string(), "TLS 1.3");
    }

    #[test]
    fn unknown_numbers_are_kept_and_shown() {
        assert_eq!(CipherSuite(0x1a2b).to_string(), "0x1a2b (unknown)");
        assert_eq!(AlertDescription(7).to_string(), "0x07 (unknown)");
        assert_eq!(ExtensionType(0x1a1a).to_string(), "GREASE (0x1a1a)");
        assert_eq!(format!("{:<26}|", CipherSuite(0x1301)), "TLS_AES_128_GCM_SHA256    |");
    }

    #[test]
    fn grease_has_sixteen_values() {
        let all: Vec<u16> = (0..=u16::MAX).filter(|value| is_grease(*value)).collect();
        assert_eq!(all.len(), 16);
        assert_eq!((all[0], all[15]), (0x0a0a, 0xfafa));
        assert!(!is_grease(0x0a1a));
    }

    #[test]
    fn tables_are_in_order_and_names_lead_back() {
        macro_rules! check {
            ($($name:ident)*) => { $(
                assert!($name::TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0), stringify!($name));
                for (value, name) in $name::TABLE {
                    assert_eq!($name::from_name(name), Some(*value), "{name} is there twice");
                }
            )* };
        }
        check!(CipherSuite NamedGroup SignatureScheme ExtensionType ProtocolVersion HandshakeType ContentType);
        check!(AlertDescription AlertLevel);
    }
}
