//! Extensions: one row each, from the number to its decoder. Adding one is a function and a row.

mod certificates;
mod dnssec;
mod keys;
mod misc;
mod names;
mod place;
mod privacy;
mod transparency;

#[cfg(test)]
mod samples;

use super::builder::{Tree, code};
use crate::vocab::Registered as _;
use crate::vocab::iana::{ExtensionType as X, HandshakeType};

pub(super) use transparency::certificate_timestamps;

use place::Place;

/// What is known of an extension.
struct Row {
    kind: X,
    decode: fn(&mut Tree<'_>, Place),
    about: &'static str,
    reference: &'static str,
}

const fn row(kind: X, decode: fn(&mut Tree<'_>, Place), about: &'static str, reference: &'static str) -> Row {
    Row { kind, decode, about, reference }
}

/// The extensions with a decoder, by number.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(X::SERVER_NAME, names::server_name, "The host the client wants, in clear", "RFC 6066 §3"),
    row(X::MAX_FRAGMENT_LENGTH, misc::max_fragment_length, "Largest record the client takes", "RFC 6066 §4"),
    row(X::CLIENT_CERTIFICATE_URL, misc::flag, "The client's certificates are at a URL", "RFC 6066 §5"),
    row(X::TRUSTED_CA_KEYS, certificates::trusted_ca_keys, "The CAs the client knows", "RFC 6066 §6"),
    row(X::TRUNCATED_HMAC, misc::flag, "Record MACs of 10 bytes; insecure", "RFC 6066 §7"),
    row(X::STATUS_REQUEST, certificates::status_request, "Please staple an OCSP response", "RFC 6066 §8"),
    row(X::USER_MAPPING, misc::user_mapping, "How users are named", "RFC 4681"),
    row(X::CLIENT_AUTHZ, misc::authorization, "Authorization data of the client", "RFC 5878"),
    row(X::SERVER_AUTHZ, misc::authorization, "Authorization data of the server", "RFC 5878"),
    row(X::CERT_TYPE, certificates::certificate_type, "Kinds of certificate, the older way", "RFC 6091"),
    row(X::SUPPORTED_GROUPS, keys::supported_groups, "Groups for the key exchange, best first", "RFC 8446 §4.2.7"),
    row(X::EC_POINT_FORMATS, keys::point_formats, "How points may be written", "RFC 8422 §5.1.2"),
    row(X::SRP, names::srp, "The user's name for a password handshake", "RFC 5054 §2.8.1"),
    row(X::SIGNATURE_ALGORITHMS, certificates::signature_schemes, "Acceptable signatures, best first", "RFC 8446 §4.2.3"),
    row(X::USE_SRTP, misc::use_srtp, "Keys for SRTP come from this handshake", "RFC 5764 §4.1"),
    row(X::HEARTBEAT, misc::heartbeat, "Whether heartbeats are welcome", "RFC 6520 §2"),
    row(X::ALPN, names::alpn, "Application protocols, best first", "RFC 7301 §3.1"),
    row(X::STATUS_REQUEST_V2, certificates::status_request_v2, "Please staple OCSP responses for the chain", "RFC 6961"),
    row(X::SIGNED_CERTIFICATE_TIMESTAMP, certificates::timestamps, "Proof that certificates are logged", "RFC 6962 §3.3"),
    row(X::CLIENT_CERTIFICATE_TYPE, certificates::certificate_type, "Kinds of client certificate", "RFC 7250 §3"),
    row(X::SERVER_CERTIFICATE_TYPE, certificates::certificate_type, "Kinds of server certificate", "RFC 7250 §3"),
    row(X::PADDING, misc::padding, "Makes the message longer, for servers that choke on some lengths", "RFC 7685"),
    row(X::ENCRYPT_THEN_MAC, misc::flag, "CBC records: encrypt first, then authenticate", "RFC 7366"),
    row(X::EXTENDED_MASTER_SECRET, misc::flag, "The master secret covers the whole handshake", "RFC 7627"),
    row(X::TOKEN_BINDING, misc::token_binding, "Binds tokens to a key of the client", "RFC 8472 §2"),
    row(X::CACHED_INFO, certificates::cached_info, "What the client has from before", "RFC 7924"),
    row(X::TLS_LTS, misc::flag, "A hardened profile of TLS 1.2", "draft-gutmann-tls-lts"),
    row(X::COMPRESS_CERTIFICATE, certificates::compressions, "How the certificates may be compressed", "RFC 8879 §3"),
    row(X::RECORD_SIZE_LIMIT, misc::record_size_limit, "Largest record the sender takes", "RFC 8449 §4"),
    row(X::PWD_PROTECT, misc::protected_name, "The user's name, protected", "RFC 8492 §4.4.1"),
    row(X::PWD_CLEAR, names::srp, "The user's name", "RFC 8492 §4.4.2"),
    row(X::PASSWORD_SALT, misc::password_salt, "Salt of the password", "RFC 8492 §4.6"),
    row(X::TICKET_PINNING, misc::ticket_pinning, "A ticket that pins the server", "RFC 8672"),
    row(X::TLS_CERT_WITH_EXTERN_PSK, misc::flag, "A certificate and an external PSK", "RFC 8773"),
    row(X::DELEGATED_CREDENTIAL, certificates::delegated_credential, "A short-lived key signed by the certificate's", "RFC 9345 §4"),
    row(X::SESSION_TICKET, keys::session_ticket, "A ticket to resume with; empty asks for one", "RFC 5077 §3.2"),
    row(X::TLMSP, misc::data, "TLS with middleboxes", "ETSI TS 103 523-2"),
    row(X::TLMSP_PROXYING, misc::data, "TLS with middleboxes", "ETSI TS 103 523-2"),
    row(X::TLMSP_DELEGATE, misc::data, "TLS with middleboxes", "ETSI TS 103 523-2"),
    row(X::SUPPORTED_EKT_CIPHERS, misc::ekt_ciphers, "Ciphers for encrypted keys", "RFC 8870"),
    row(X::KEY_SHARE_OLD, keys::key_share, "Public values for the key exchange", "drafts of TLS 1.3"),
    row(X::PRE_SHARED_KEY, keys::pre_shared_key, "Keys of earlier connections or out of band", "RFC 8446 §4.2.11"),
    row(X::EARLY_DATA, keys::early_data, "Data before the handshake is done (0-RTT)", "RFC 8446 §4.2.10"),
    row(X::SUPPORTED_VERSIONS, keys::supported_versions, "Versions the client speaks, best first; or the one chosen", "RFC 8446 §4.2.1"),
    row(X::COOKIE, keys::cookie, "What a HelloRetryRequest wants back", "RFC 8446 §4.2.2"),
    row(X::PSK_KEY_EXCHANGE_MODES, keys::psk_modes, "With or without a fresh key exchange", "RFC 8446 §4.2.9"),
    row(X::TICKET_EARLY_DATA_INFO, keys::early_data_info, "Most 0-RTT data", "drafts of TLS 1.3"),
    row(X::CERTIFICATE_AUTHORITIES, certificates::authorities, "CAs that are acceptable", "RFC 8446 §4.2.4"),
    row(X::OID_FILTERS, certificates::oid_filters, "What a client certificate must have", "RFC 8446 §4.2.5"),
    row(X::POST_HANDSHAKE_AUTH, misc::flag, "The client may be asked for a certificate later", "RFC 8446 §4.2.6"),
    row(X::SIGNATURE_ALGORITHMS_CERT, certificates::signature_schemes, "Acceptable signatures in certificates", "RFC 8446 §4.2.3"),
    row(X::KEY_SHARE, keys::key_share, "Public values for the key exchange", "RFC 8446 §4.2.8"),
    row(X::TRANSPARENCY_INFO, transparency::transparency_info, "Proof that certificates are logged, version 2", "RFC 9162 §6"),
    row(X::CONNECTION_ID_OLD, misc::connection_id, "Names the connection (DTLS)", "RFC 9146"),
    row(X::CONNECTION_ID, misc::connection_id, "Names the connection (DTLS)", "RFC 9146 §3"),
    row(X::EXTERNAL_ID_HASH, misc::external_id_hash, "Binds an identity from outside", "RFC 8844 §3.2"),
    row(X::EXTERNAL_SESSION_ID, misc::external_session_id, "Binds a session from outside", "RFC 8844 §4.3"),
    row(X::QUIC_TRANSPORT_PARAMETERS, misc::quic, "QUIC's own parameters", "RFC 9000 §18"),
    row(X::TICKET_REQUEST, misc::ticket_request, "How many tickets are wanted", "RFC 9149 §3"),
    row(X::DNSSEC_CHAIN, dnssec::chain, "DNSSEC proof of the server's key", "RFC 9102"),
    row(X::SEQUENCE_NUMBER_ENCRYPTION_ALGORITHMS, misc::data, "How DTLS hides sequence numbers", "the registry"),
    row(X::RRC, misc::flag, "Checks that a new address can be reached (DTLS)", "RFC 9853"),
    row(X::TLS_FLAGS, misc::flags, "Many yes-or-no extensions in one", "draft-ietf-tls-tlsflags"),
    row(X::NEXT_PROTOCOL_NEGOTIATION, names::next_protocols, "Application protocols, before ALPN", "draft-agl-tls-nextprotoneg"),
    row(X::APPLICATION_SETTINGS_OLD, names::application_settings, "Settings of the application protocol", "draft-vvv-tls-alps"),
    row(X::APPLICATION_SETTINGS, names::application_settings, "Settings of the application protocol", "draft-vvv-tls-alps"),
    row(X::CHANNEL_ID_OLD, misc::flag, "A key that names the client", "draft-balfanz-tls-channelid"),
    row(X::CHANNEL_ID, misc::flag, "A key that names the client", "draft-balfanz-tls-channelid"),
    row(X::TRUST_ANCHORS, privacy::trust_anchors, "Roots the client knows, by number", "draft-ietf-tls-trust-anchor-ids"),
    row(X::ECH_OUTER_EXTENSIONS, privacy::outer_extensions, "Extensions the inner hello takes from the outer one", "RFC 9849 §5.1"),
    row(X::ENCRYPTED_CLIENT_HELLO, privacy::encrypted_client_hello, "The real hello, encrypted; GREASE looks the same", "RFC 9849 §5"),
    row(X::RENEGOTIATION_INFO, misc::renegotiation_info, "Binds a renegotiation to the connection", "RFC 5746 §3.2"),
    row(X::QUIC_TRANSPORT_PARAMETERS_DRAFT, misc::quic, "QUIC's own parameters", "drafts of QUIC"),
    row(X::ENCRYPTED_SERVER_NAME, privacy::encrypted_server_name, "The host, encrypted; before ECH", "draft-ietf-tls-esni"),
];

/// Reads an extension block behind its length.
pub(super) fn block(body: &mut Tree<'_>, message: HandshakeType) {
    let place = Place { message };
    body.vector("extensions", 2, |list| {
        list.tell();
        list.entries(&mut |list| extension(list, place));
    });
}

fn extension(list: &mut Tree<'_>, place: Place) {
    let Some(head) = list.peek().first_chunk() else {
        list.take("extension", 4);
        return;
    };
    let kind = X(u16::from_be_bytes(*head));
    let row = TABLE.iter().find(|row| row.kind == kind);
    list.group(kind.to_string(), |inside| {
        inside.shown("type", 2, |value| code(&kind, value));
        inside.named_by(X::REGISTRY);
        inside.behind_length(2, |body| match row {
            Some(row) => (row.decode)(body, place),
            None if kind.is_grease() => body.rest("grease"),
            None => body.rest("data"),
        });
    });
    match row {
        Some(row) => list.note(format!("{}. {}", row.about, row.reference)),
        None if kind.is_grease() => list.note("A meaningless value that keeps servers tolerant. RFC 8701"),
        None => list.note("Not in the registry \"TLS ExtensionType Values\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_covers_the_registry_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].kind < pair[1].kind));
        for (kind, name) in X::TABLE {
            assert!(TABLE.iter().any(|row| row.kind == *kind), "{name} has no row");
        }
    }
}
