//! A chain as its receiver checks it, at a given time and for a given name: what holds, what does not, and what could
//! not be checked.

use std::borrow::Borrow;

use sha1::{Digest as _, Sha1};

use super::chain::{ChainOrder, chain_order, is_self_signed, missing_issuer, path};
use super::facts::CertificateFacts;
use super::fault::Fault;
use super::trust::{Ending, TrustStore};
use super::verify::SignatureVerdict;
use crate::proto::tls::der::time_text;
use crate::vocab::text::{hex, visible};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What it is.
    pub name: &'static str,
    /// What was found.
    pub value: String,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Where it is specified, or how it is to be read.
    pub note: &'static str,
}

/// Whose chain it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender<'h> {
    /// A server's, and the name that the client asked for, if it named one.
    Server(Option<&'h str>),
    /// A client's.
    Client,
}

/// What there is to say of a chain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Review {
    /// Checks of the chain as a whole.
    pub chain: Vec<Check>,
    /// Checks of each certificate, in the order sent.
    pub certificates: Vec<Vec<Check>>,
    /// Where the chain ends among the known authorities.
    pub trust: Ending,
}

impl Review {
    /// Checks `chain`, the sender's own certificate first, at `at` (seconds since 1970).
    pub fn of<C: Borrow<CertificateFacts>>(chain: &[C], sender: Sender<'_>, at: i64, trust: &TrustStore) -> Self {
        let chain: Vec<&CertificateFacts> = chain.iter().map(Borrow::borrow).collect();
        let on_path = path(&chain);
        let certificate = |(index, facts): (usize, &&CertificateFacts)| {
            let place = on_path.iter().position(|step| *step == index);
            let issuer = place.and_then(|place| on_path.get(place + 1)).and_then(|issuer| chain.get(*issuer));
            let signer = match issuer {
                Some(issuer) => Some((issuer.subject.clone(), facts.signed_by(issuer))),
                None if facts.self_issued => Some(("itself".to_owned(), facts.self_signed())),
                None => trust.signer(facts),
            };
            let part = match place {
                Some(0) => Part::Own(sender),
                Some(_) => Part::Issuer,
                None => Part::Stray,
            };
            certificate(facts, signer, part, at)
        };
        let name = match sender {
            Sender::Server(host) => Some(name(&chain, host)),
            Sender::Client => None,
        };
        let certificates = chain.iter().enumerate().map(certificate).collect();
        let trust = trust.ending(&chain);
        let whole = [order(&chain), ending(&chain, &trust)].into_iter().chain(name);
        Self { chain: whole.collect(), certificates, trust }
    }

    /// Everything that is wrong, the chain's faults first.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.chain.iter().chain(self.certificates.iter().flatten()).flat_map(|check| &check.faults)
    }

    /// What is wrong with single certificates, each with its place in the message.
    pub fn certificate_faults(&self) -> impl Iterator<Item = (usize, &Fault)> {
        self.certificates.iter().enumerate().flat_map(|(place, checks)| {
            checks.iter().flat_map(move |check| check.faults.iter().map(move |f| (place, f)))
        })
    }
}

fn check(name: &'static str, value: impl Into<String>, note: &'static str) -> Check {
    Check { name, value: value.into(), faults: Vec::new(), note }
}

impl Check {
    fn unless(self, holds: bool, fault: Fault) -> Self {
        self.with((!holds).then_some(fault))
    }

    fn with(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }
}

fn order(chain: &[&CertificateFacts]) -> Check {
    let note = "Each certificate should be followed by its issuer's. RFC 8446 §4.4.2";
    match chain_order(chain) {
        ChainOrder::Empty => check("Order", "no certificate", note),
        ChainOrder::InOrder => check("Order", "as issued", note),
        ChainOrder::Shuffled { path } => check("Order", "shuffled", note).with([Fault::Shuffled(path)]),
        ChainOrder::Extra { path, unused } => {
            let path: Vec<String> = path.iter().map(ToString::to_string).collect();
            check("Order", format!("the chain is {}", path.join(", ")), note).with([Fault::Unused(unused)])
        }
    }
}

fn ending(chain: &[&CertificateFacts], ending: &Ending) -> Check {
    let note = "By the roots of common trust stores and the authorities given with --ca. RFC 5280 §6";
    match ending {
        Ending::Nowhere => check("Trust", "no certificate", note),
        Ending::Root(root) => check("Trust", format!("ends in the known root {root}"), note),
        Ending::Intermediates { lacks, root } => {
            let root = root.as_ref();
            let root = root.map_or_else(|| "of an unknown root".to_owned(), |root| format!("of the known root {root}"));
            check("Trust", format!("ends below an intermediate {root}"), note)
                .with([Fault::MissingIntermediate(lacks.clone())])
        }
        Ending::Unknown if is_self_signed(chain) => check("Trust", "self-signed", note).with([Fault::SelfSigned]),
        Ending::Unknown => {
            let top = path(chain).last().and_then(|top| chain.get(*top)).map_or("", |top| top.subject.as_str());
            match missing_issuer(chain).ok_or(top) {
                Ok(missing) => check("Trust", format!("ends below {missing}"), note)
                    .with([Fault::UnknownIssuer(missing.to_owned())]),
                Err(top) => check("Trust", format!("ends in {top}"), note).with([Fault::UnknownRoot(top.to_owned())]),
            }
        }
    }
}

fn name(chain: &[&CertificateFacts], host: Option<&str>) -> Check {
    let note = "The names of the subject alternative name alone count. RFC 9525 §6";
    let Some(leaf) = chain.first() else { return check("Server Name", "no certificate", note) };
    match host {
        None => check("Server Name", "not checked: the client named no server", note),
        Some(host) if leaf.matches_name(host) => check("Server Name", format!("is for {}", visible(host)), note),
        Some(host) => {
            let common_name_fits = leaf.common_name_matches(host);
            check("Server Name", names(leaf), note)
                .with([Fault::WrongName { asked: host.to_owned(), common_name_fits }])
        }
    }
}

fn names(facts: &CertificateFacts) -> String {
    let addresses = facts.ip_addresses.iter().map(ToString::to_string);
    let all: Vec<String> = facts.dns_names.iter().cloned().chain(addresses).chain(facts.other_names.clone()).collect();
    if all.is_empty() { "no name".to_owned() } else { all.join(", ") }
}

/// What a certificate is in the message.
#[derive(Clone, Copy)]
enum Part<'h> {
    /// The sender's own.
    Own(Sender<'h>),
    /// That of an authority on the chain.
    Issuer,
    /// No part of the chain.
    Stray,
}

/// The checks of one certificate.
fn certificate(
    facts: &CertificateFacts,
    signer: Option<(String, SignatureVerdict)>,
    part: Part<'_>,
    at: i64,
) -> Vec<Check> {
    let listed = |name, list: &[String], note| (!list.is_empty()).then(|| check(name, list.join(", "), note));
    let mut checks = vec![
        check("Subject", facts.subject.clone(), "RFC 5280 §4.1.2.6"),
        check("Issuer", facts.issuer.clone(), "RFC 5280 §4.1.2.4"),
        check("Serial Number", facts.serial.clone(), "RFC 5280 §4.1.2.2"),
        check("Names", names(facts), "RFC 5280 §4.2.1.6"),
        validity(facts, at),
        check("Key", facts.key.to_string(), "RFC 5280 §4.1.2.7").with(facts.weak_key().map(Fault::Weak)),
        signature(facts, signer),
    ];
    let usages: Vec<String> = facts.key_usages.iter().map(|usage| (*usage).to_owned()).collect();
    checks.extend(listed("Key Usage", &usages, "RFC 5280 §4.2.1.3"));
    checks.extend(listed("Extended Key Usage", &facts.extended_key_usages, "RFC 5280 §4.2.1.12").map(
        |one| match part {
            Part::Own(Sender::Server(_)) => one.unless(facts.allows_server(), Fault::NotForServers),
            Part::Own(Sender::Client) => one.unless(facts.allows_client(), Fault::NotForClients),
            Part::Issuer | Part::Stray => one,
        },
    ));
    checks.push(constraints(facts, matches!(part, Part::Issuer)));
    checks.extend(listed("Policies", &facts.policies, "RFC 5280 §4.2.1.4"));
    checks.extend(listed("Issuer's Certificate At", &facts.ca_issuers, "RFC 5280 §4.2.2.1"));
    checks.extend(listed("OCSP At", &facts.ocsp, "RFC 5280 §4.2.2.1"));
    checks.extend(listed("Revocation Lists At", &facts.crls, "RFC 5280 §4.2.1.13"));
    if facts.must_staple {
        checks.push(check("Must Staple", "demands a stapled OCSP response", "RFC 7633"));
    }
    if facts.sct_count > 0 {
        checks.push(check("Certificate Timestamps", facts.sct_count.to_string(), "RFC 6962 §3.3"));
    }
    checks.extend(
        listed("Critical Extensions", &facts.unknown_critical, "RFC 5280 §4.2")
            .map(|one| one.with([Fault::UnknownCritical])),
    );
    checks.extend(listed("Malformed", &facts.issues, "RFC 5280 §4.1").map(|one| one.with([Fault::Malformed])));
    checks.push(check("SHA-256 Fingerprint", hex(&facts.sha256), "Of the certificate in DER"));
    checks.push(check("SHA-1 Fingerprint", hex(&Sha1::digest(&facts.der)), "Of the certificate in DER"));
    checks.push(check(
        "Key SHA-256",
        hex(&facts.spki_sha256),
        "Of the SubjectPublicKeyInfo, as pins have it. RFC 7469 §2.4",
    ));
    checks
}

fn validity(facts: &CertificateFacts, at: i64) -> Check {
    let text = |time: Option<i64>| time.map_or_else(|| "unreadable".to_owned(), time_text);
    let value = format!("{} to {}", text(facts.not_before), text(facts.not_after));
    let check = check("Validity", value, "At the time of the capture. RFC 5280 §4.1.2.5");
    let fault = match (facts.not_before, facts.not_after) {
        (_, Some(ends)) if at > ends => Some(Fault::Expired { days: (at - ends) / DAY }),
        (Some(begins), _) if at < begins => Some(Fault::NotYetValid { days: (begins - at) / DAY }),
        (Some(_), Some(_)) => None,
        _ => Some(Fault::UnreadableDate),
    };
    check.with(fault)
}

/// How it is signed and whether the issuer's key made the signature.
fn signature(facts: &CertificateFacts, signer: Option<(String, SignatureVerdict)>) -> Check {
    let unknown = || (String::new(), SignatureVerdict::NotChecked("the issuer's certificate is not there".into()));
    let (by, verdict) = signer.map_or_else(unknown, |(signer, verdict)| (format!(" by {signer}"), verdict));
    let value = format!("{}{by}: {verdict}", facts.signature_algorithm);
    check("Signature", value, "RFC 5280 §4.1.1.2")
        .unless(verdict != SignatureVerdict::Bad, Fault::BadSignature)
        .with(facts.weak_signature().map(Fault::Weak))
}

fn constraints(facts: &CertificateFacts, signs: bool) -> Check {
    let value = match (facts.is_ca, facts.path_length) {
        (true, Some(length)) => format!("CA, at most {length} intermediates below it"),
        (true, None) => "CA".to_owned(),
        (false, _) => "not a CA".to_owned(),
    };
    check("Basic Constraints", value, "RFC 5280 §4.2.1.9").unless(!signs || facts.is_ca, Fault::NoAuthority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::certificate::tests::{Chain, chain, leaf_as_issuer};

    const NOW: i64 = 1_790_000_000;

    fn faults(chain: &[&CertificateFacts], host: &str, at: i64, given: &[&CertificateFacts]) -> Vec<String> {
        let chain: Vec<CertificateFacts> = chain.iter().map(|one| (*one).clone()).collect();
        let trust = TrustStore::with(given.iter().map(|one| one.der.to_vec()));
        let review = Review::of(&chain, Sender::Server(Some(host)), at, &trust);
        review.faults().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_chain_has_no_fault() {
        let Chain { leaf, intermediate, root } = chain();
        assert!(faults(&[&leaf, &intermediate], "leaf.test", NOW, &[&root]).is_empty());
        assert!(faults(&[&leaf, &intermediate, &root], "x.leaf.test", NOW, &[&root]).is_empty());
    }

    #[test]
    fn each_fault_is_named() {
        let Chain { leaf, intermediate, root } = chain();
        let check = |chain: &[&CertificateFacts], host: &str, at: i64, given: &[&CertificateFacts], expected: &str| {
            let faults = faults(chain, host, at, given);
            assert!(faults.len() == 1 && faults[0].starts_with(expected), "{faults:?}, not {expected}");
        };
        check(&[&leaf, &intermediate], "other.test", NOW, &[&root], "is not for other.test");
        check(&[&leaf, &intermediate], "leaf.test", NOW, &[], "unknown root, or a missing intermediate: CN=Root");
        check(&[&leaf, &intermediate, &root], "leaf.test", NOW, &[], "unknown root: CN=Root");
        check(&[&leaf], "leaf.test", NOW, &[&intermediate, &root], "missing intermediate: CN=Middle");
        check(&[&leaf, &root, &intermediate], "leaf.test", NOW, &[&root], "wrong order: issued as 0, 2, 1");
        check(&[&leaf, &intermediate, &leaf], "leaf.test", NOW, &[&root], "no part of the chain: 2");
        let [same, no_authority, its_root] = leaf_as_issuer();
        let borrowed = faults(&[&same, &no_authority, &its_root], "leaf.test", NOW, &[&its_root]);
        assert!(borrowed.contains(&"signs others and is no CA".to_owned()), "{borrowed:?}");
        let old = faults(&[&leaf, &intermediate], "leaf.test", -1_000_000_000, &[&root]);
        assert!(old.len() == 2 && old.iter().all(|fault| fault.starts_with("not yet valid")), "{old:?}");
        let late = faults(&[&leaf, &intermediate], "leaf.test", 1 << 40, &[&root]);
        assert!(late.len() == 2 && late.iter().all(|fault| fault.starts_with("expired")), "{late:?}");
    }

    #[test]
    fn a_forged_signature_is_bad_and_an_unknown_signer_is_not_checked() {
        let Chain { leaf, intermediate, root } = chain();
        let mut forged = leaf.der.to_vec();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        let found = faults(&[&CertificateFacts::decode(&forged), &intermediate], "leaf.test", NOW, &[&root]);
        assert_eq!(found, ["bad signature: the issuer's key did not make it"]);
        let review = Review::of(&[leaf], Sender::Client, NOW, &TrustStore::default());
        let signature = review.certificates[0].iter().find(|check| check.name == "Signature").expect("checked");
        assert!(signature.value.ends_with("not checked: the issuer's certificate is not there"), "{}", signature.value);
    }

    #[test]
    fn a_root_of_the_same_name_with_another_key_is_not_the_one() {
        let (ours, theirs) = (chain(), chain());
        let found = faults(&[&ours.leaf, &ours.intermediate], "leaf.test", NOW, &[&theirs.root]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("unknown root"), "{found:?}");
    }
}
