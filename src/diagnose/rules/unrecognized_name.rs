//! `unrecognized-name`: the server does not know the name the client asks for.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::UnrecognizedName,
    doc: Doc {
        what: "The server does not know the name the client asks for.",
        how: "The server answers the ClientHello with this alert; nothing speaks against the server as its sender. \
              Or it warns with it, and the client (Java does) takes the warning for an error and leaves with an \
              alert of its own.",
        not: "A warning with the same number, after which the handshake goes on.",
        next: &[
            "Compare the server name with the names of the certificate in a good flow",
            "Check the DNS answer: is this the right address for the name?",
        ],
        reference: "RFC 6066 section 3",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::refusal(case) else { return after_a_warning(case) };
    if !matches!(description.0, 112) {
        return Answer::Clear;
    }
    Found::at(packet, Confidence::Certain, EndedBy::Server, "the server does not know the name")
        .supported(case.at(case.seen.client_hello).map(|s| s.packet), offer(case))
        .answer()
}

/// A client that takes the server's warning for an error and leaves with an alert, as Java does.
fn after_a_warning(case: &Case<'_>) -> Answer {
    let Some((packet, said)) = alerts::client_refusal(case) else { return Answer::Clear };
    let is_warning = |alert: &&crate::proto::tls::SeenAlert| {
        alert.from == Direction::ToClient
            && alert.description == AlertDescription::UNRECOGNIZED_NAME
            && alert.packet < packet
    };
    let warning = case.tls.alerts.iter().find(is_warning);
    let Some(warning) =
        warning.filter(|_| matches!(said, AlertDescription::HANDSHAKE_FAILURE | AlertDescription::UNRECOGNIZED_NAME))
    else {
        return Answer::Clear;
    };
    Found::at(
        packet,
        Confidence::Likely,
        EndedBy::Client,
        format!("the client answers the server's warning that it does not know the name with {said}"),
    )
    .supported(Some(warning.packet), "the server's warning")
    .supported(case.at(case.seen.client_hello).map(|s| s.packet), offer(case))
    .answer()
}

/// What the ClientHello offered, for the reader to compare with a good flow.
fn offer(case: &Case<'_>) -> String {
    let Some(hello) = case.hello() else { return "the ClientHello".into() };
    hello.server_name().map_or_else(
        || "the client names no server".into(),
        |name| format!("the client asks for {}", crate::vocab::text::visible_bytes(name)),
    )
}
