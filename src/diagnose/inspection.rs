//! Products that inspect TLS, known by the names in the certificates they issue.

use crate::proto::tls::certificate::CertificateFacts;

/// A word of an issuer's name as products write it by default, in lower case, and the product.
const PRODUCTS: &[(&str, &str)] = &[
    ("avast", "Avast's web shield"),
    ("avg web", "AVG's web shield"),
    ("barracuda", "a Barracuda web filter"),
    ("bitdefender", "Bitdefender"),
    ("blue coat", "a Blue Coat (Symantec) proxy"),
    ("charles proxy", "Charles, a debugging proxy"),
    ("check point", "a Check Point gateway"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("cloudflare for teams", "Cloudflare Gateway"),
    ("gateway ca - cloudflare", "Cloudflare Gateway"),
    ("do_not_trust_fiddler", "Fiddler, a debugging proxy"),
    ("eset ssl filter", "ESET's SSL filter"),
    ("forcepoint", "a Forcepoint gateway"),
    ("fortinet", "a FortiGate"),
    ("fortigate", "a FortiGate"),
    ("goguardian", "GoGuardian"),
    ("iboss", "iboss"),
    ("kaspersky anti-virus", "Kaspersky"),
    ("lightspeed", "Lightspeed Systems' filter"),
    ("mcafee web gateway", "McAfee (Skyhigh) Web Gateway"),
    ("menlo security", "Menlo Security"),
    ("mitmproxy", "mitmproxy, a debugging proxy"),
    ("netskope", "Netskope"),
    ("norton web", "Norton's web shield"),
    ("owasp zed attack proxy", "ZAP, a testing proxy"),
    ("palo alto", "a Palo Alto Networks firewall"),
    ("portswigger", "Burp, a testing proxy"),
    ("securly", "Securly"),
    ("skyhigh", "Skyhigh Web Gateway"),
    ("smoothwall", "Smoothwall"),
    ("sonicwall", "a SonicWall firewall"),
    ("sophos", "a Sophos product"),
    ("squid", "a Squid proxy"),
    ("superfish", "Superfish"),
    ("trend micro", "a Trend Micro gateway"),
    ("untangle", "an Untangle firewall"),
    ("watchguard", "a WatchGuard firewall"),
    ("websense", "a Websense (Forcepoint) gateway"),
    ("zscaler", "Zscaler"),
];

/// The product whose name the issuer of one of these certificates bears. A name proves nothing: anybody can choose it.
pub(super) fn product<'c>(chain: impl IntoIterator<Item = &'c CertificateFacts>) -> Option<&'static str> {
    chain.into_iter().find_map(|certificate| of_name(&certificate.issuer_der))
}

fn of_name(issuer: &[u8]) -> Option<&'static str> {
    let issuer = issuer.to_ascii_lowercase();
    let bears = |word: &str| issuer.windows(word.len()).any(|window| window == word.as_bytes());
    PRODUCTS.iter().find(|(word, _)| bears(word)).map(|(_, product)| *product)
}

#[cfg(test)]
mod tests {
    use super::of_name;

    #[test]
    fn products_are_known_by_what_they_call_themselves() {
        let check = |issuer: &str, expected| assert_eq!(of_name(issuer.as_bytes()), expected, "{issuer}");
        check("..Zscaler Intermediate Root CA (zscaler.net)", Some("Zscaler"));
        check("..FG100ETK18000000..Fortinet", Some("a FortiGate"));
        check("..mitmproxy", Some("mitmproxy, a debugging proxy"));
        check("..DO_NOT_TRUST_FiddlerRoot", Some("Fiddler, a debugging proxy"));
        check("..Example Test Intermediate CA", None);
        check("..Let's Encrypt..R11", None);
        check("", None);
    }
}
