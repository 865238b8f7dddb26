//! Whether a certificate is for a host (RFC 9525 §6).

use std::net::IpAddr;

use super::facts::CertificateFacts;

impl CertificateFacts {
    /// Whether the certificate is for `host`, a DNS name or an IP address without brackets. Only the subject
    /// alternative name counts; the common name does not (RFC 9525 §2).
    pub fn matches_name(&self, host: &str) -> bool {
        match host.parse::<IpAddr>() {
            Ok(address) => self.ip_addresses.contains(&address),
            Err(_) => self.dns_names.iter().any(|pattern| matches(pattern, host)),
        }
    }

    /// Whether the common name alone is for `host`: old clients took that, today's do not.
    pub fn common_name_matches(&self, host: &str) -> bool {
        self.common_name.as_deref().is_some_and(|pattern| matches(pattern, host))
    }
}

/// Whether `host` is the presented name `pattern`, where `*` may stand for the whole first label (RFC 9525 §6.3).
fn matches(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return false;
    }
    match pattern.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(label, tail)| {
            !label.is_empty() && !rest.is_empty() && !rest.contains('*') && tail.eq_ignore_ascii_case(rest)
        }),
        None => !pattern.contains('*') && pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, host: &str, expected: bool) {
        assert_eq!(matches(pattern, host), expected, "{pattern} for {host}");
    }

    #[test]
    fn wildcards_stand_for_one_whole_label() {
        check("www.example.test", "WWW.Example.test", true);
        check("www.example.test", "www.example.test.", true);
        check("*.example.test", "www.example.test", true);
        check("*.example.test", "example.test", false);
        check("*.example.test", "a.b.example.test", false);
        check("w*.example.test", "www.example.test", false);
        check("*.*.test", "a.b.test", false);
        check("www.*.test", "www.a.test", false);
        check("*", "example", false);
        check("example.test", "", false);
    }

    #[test]
    fn addresses_match_addresses_alone() {
        let facts = CertificateFacts {
            dns_names: vec!["10.0.0.1".into(), "a.test".into()],
            ip_addresses: vec!["10.0.0.2".parse().expect("an address"), "2001:db8::1".parse().expect("an address")],
            common_name: Some("b.test".into()),
            ..CertificateFacts::default()
        };
        assert!(facts.matches_name("10.0.0.2") && facts.matches_name("2001:DB8:0::1"));
        assert!(!facts.matches_name("10.0.0.1"));
        assert!(!facts.matches_name("b.test") && facts.common_name_matches("b.test"));
    }
}
