//! Record and handshake message types.

use super::registry;

registry! {
    /// What a record carries (RFC 8446 §5.1; the registry "TLS ContentType").
    ContentType(u8) {
        20 CHANGE_CIPHER_SPEC = "change_cipher_spec",
        21 ALERT = "alert",
        22 HANDSHAKE = "handshake",
        23 APPLICATION_DATA = "application_data",
        24 HEARTBEAT = "heartbeat",
        25 TLS12_CID = "tls12_cid",
        26 ACK = "ack",
        27 RETURN_ROUTABILITY_CHECK = "return_routability_check",
    }
}

registry! {
    /// Type of a handshake message (RFC 8446 §4; the registry "TLS HandshakeType").
    HandshakeType(u8) {
        0 HELLO_REQUEST = "hello_request",
        1 CLIENT_HELLO = "client_hello",
        2 SERVER_HELLO = "server_hello",
        3 HELLO_VERIFY_REQUEST = "hello_verify_request",
        4 NEW_SESSION_TICKET = "new_session_ticket",
        5 END_OF_EARLY_DATA = "end_of_early_data",
        6 HELLO_RETRY_REQUEST = "hello_retry_request",
        8 ENCRYPTED_EXTENSIONS = "encrypted_extensions",
        9 REQUEST_CONNECTION_ID = "request_connection_id",
        10 NEW_CONNECTION_ID = "new_connection_id",
        11 CERTIFICATE = "certificate",
        12 SERVER_KEY_EXCHANGE = "server_key_exchange",
        13 CERTIFICATE_REQUEST = "certificate_request",
        14 SERVER_HELLO_DONE = "server_hello_done",
        15 CERTIFICATE_VERIFY = "certificate_verify",
        16 CLIENT_KEY_EXCHANGE = "client_key_exchange",
        17 CLIENT_CERTIFICATE_REQUEST = "client_certificate_request",
        20 FINISHED = "finished",
        21 CERTIFICATE_URL = "certificate_url",
        22 CERTIFICATE_STATUS = "certificate_status",
        23 SUPPLEMENTAL_DATA = "supplemental_data",
        24 KEY_UPDATE = "key_update",
        25 COMPRESSED_CERTIFICATE = "compressed_certificate",
        26 EKT_KEY = "ekt_key",
        67 NEXT_PROTOCOL = "next_protocol",
        203 CHANNEL_ID = "channel_id",
        254 MESSAGE_HASH = "message_hash",
    }
}

impl HandshakeType {
    /// The name as readers of Wireshark know it: `Client Hello`.
    pub fn title(self) -> String {
        let Some(name) = self.name() else { return format!("Handshake message {self}") };
        let words = name.split('_').map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        });
        words.collect::<Vec<_>>().join(" ")
    }
}
