//! Names that stand for fields: the fields' own, and what people call them elsewhere.

use crate::facts::{self, FIELDS, Field};

/// Another name for one or more fields.
pub struct Alias {
    /// The name.
    pub name: &'static str,
    /// The fields it stands for; a comparison holds where it holds for one of them.
    pub fields: &'static [&'static str],
}

/// Short names and Wireshark's names.
pub const ALIASES: &[Alias] = &[
    Alias { name: "ip", fields: &["client.ip", "server.ip"] },
    Alias { name: "port", fields: &["client.port", "server.port"] },
    Alias { name: "client", fields: &["client.ip"] },
    Alias { name: "server", fields: &["server.ip"] },
    Alias { name: "sni", fields: &["tls.sni"] },
    Alias { name: "name", fields: &["tls.sni"] },
    Alias { name: "alpn", fields: &["tls.alpn"] },
    Alias { name: "version", fields: &["tls.version"] },
    Alias { name: "cipher", fields: &["tls.cipher"] },
    Alias { name: "group", fields: &["tls.group"] },
    Alias { name: "ja3", fields: &["tls.ja3"] },
    Alias { name: "ja3s", fields: &["tls.ja3s"] },
    Alias { name: "ja4", fields: &["tls.ja4"] },
    Alias { name: "time", fields: &["start"] },
    Alias { name: "ttl", fields: &["tcp.ttl.to_server", "tcp.ttl.to_client"] },
    Alias { name: "tcp.stream", fields: &["flow"] },
    Alias { name: "frame.time", fields: &["start"] },
    Alias { name: "ip.addr", fields: &["client.ip", "server.ip"] },
    Alias { name: "ipv6.addr", fields: &["client.ip", "server.ip"] },
    Alias { name: "ip.src", fields: &["client.ip"] },
    Alias { name: "ip.dst", fields: &["server.ip"] },
    Alias { name: "ip.ttl", fields: &["tcp.ttl.to_server", "tcp.ttl.to_client"] },
    Alias { name: "tcp.port", fields: &["client.port", "server.port"] },
    Alias { name: "tcp.srcport", fields: &["client.port"] },
    Alias { name: "tcp.dstport", fields: &["server.port"] },
    Alias { name: "tcp.analysis.retransmission", fields: &["tcp.retransmissions"] },
    Alias { name: "tls.handshake.extensions_server_name", fields: &["tls.sni"] },
    Alias { name: "tls.handshake.version", fields: &["tls.version"] },
    Alias { name: "tls.handshake.ciphersuite", fields: &["tls.cipher"] },
    Alias { name: "tls.handshake.extensions_alpn_str", fields: &["tls.alpn"] },
    Alias { name: "tls.handshake.ja3", fields: &["tls.ja3"] },
    Alias { name: "tls.handshake.ja3s", fields: &["tls.ja3s"] },
    Alias { name: "tls.handshake.ja4", fields: &["tls.ja4"] },
];

/// The fields that a name stands for; none for a name nobody knows.
pub fn fields(name: &str) -> Vec<&'static Field> {
    let name = name.to_ascii_lowercase();
    if let Some(field) = facts::by_name(&name) {
        return vec![field];
    }
    let alias = ALIASES.iter().find(|alias| alias.name == name);
    alias.map_or(&[][..], |alias| alias.fields).iter().filter_map(|field| facts::by_name(field)).collect()
}

/// Every name that can be used.
pub fn all() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name).chain(ALIASES.iter().map(|alias| alias.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_stands_for_fields_that_exist_and_hides_none() {
        for alias in ALIASES {
            assert!(facts::by_name(alias.name).is_none(), "{} is a field itself", alias.name);
            for field in alias.fields {
                assert!(facts::by_name(field).is_some(), "{} stands for {field}, which is no field", alias.name);
            }
        }
    }
}
