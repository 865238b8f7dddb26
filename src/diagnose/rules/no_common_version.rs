//! `no-common-version`: an end refuses because there is no protocol version both speak.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::NoCommonVersion,
    doc: Doc {
        what: "An end refuses because there is no protocol version both speak.",
        how: "The alert protocol_version, in answer to the ClientHello (from the server) or to the ServerHello (from \
              the client).",
        not: "no-common-cipher: some servers answer with handshake_failure to a version they do not speak.",
        next: &[
            "Compare supported_versions with the version a good flow negotiated",
            "Raise the server's or lower the client's minimum version deliberately",
        ],
        reference: "RFC 8446 section 6.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let from_client = alerts::client_refusal(case).map(|(packet, description)| (packet, description, EndedBy::Client));
    let refusal =
        alerts::refusal(case).map(|(packet, description)| (packet, description, EndedBy::Server)).or(from_client);
    let Some((packet, AlertDescription::PROTOCOL_VERSION, ended_by)) = refusal else { return Answer::Clear };
    let (who, what) = match ended_by {
        EndedBy::Client => {
            ("client", case.tls.version.map_or_else(String::new, |version| format!(": the server chose {version}")))
        }
        _ => ("server", format!(": {}", offer(case))),
    };
    // A client that refuses what it listed itself means something else by it.
    let is_listed = ended_by == EndedBy::Client && case.tls.version.is_none_or(|version| lists(case, version));
    let confidence = if is_listed { Confidence::Possible } else { Confidence::Certain };
    Found::at(packet, confidence, ended_by, format!("the {who} refuses the protocol version{what}"))
        .supported(case.at(case.seen.client_hello).map(|s| s.packet), "the ClientHello")
        .answer()
}

/// Whether the ClientHello names a version: in its list, else as the highest one.
fn lists(case: &Case<'_>, version: ProtocolVersion) -> bool {
    case.hello().is_some_and(|hello| {
        let listed = hello.supported_versions();
        listed.iter().any(|one| one == version) || listed.iter().next().is_none() && hello.highest_version() == version
    })
}

/// The versions that the ClientHello offered.
fn offer(case: &Case<'_>) -> String {
    let Some(hello) = case.hello() else { return "the offer is not captured".into() };
    let known = hello.supported_versions().iter().filter(|version| version.name().is_some());
    let versions: Vec<_> = known.map(|version| version.to_string()).collect();
    if versions.is_empty() {
        format!("the client offers up to {}", hello.highest_version())
    } else {
        format!("the client offers {}", versions.join(", "))
    }
}
