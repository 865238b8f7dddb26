//! What is to say of a flow without a finding: that it is well, or what the capture lacks to tell.

use super::noise;
use super::role::Role;
use super::values;
use crate::engine::FlowView;
use crate::flow::Issues;
use crate::proto::TlsFacts;
use crate::timeline::is_midstream;
use crate::vocab::{Direction, Outcome};

/// The sentences, most important first.
pub fn sentences(view: &FlowView) -> Vec<(Role, String)> {
    let row = &view.trace.row;
    let mut sentences = Vec::new();
    if view.tls.is_complete() {
        sentences.push((Role::Ok, "✓ The handshake is complete.".to_owned()));
        if let (Some(began), Some(completed)) = (view.tls.began, view.tls.completed) {
            let took = values::duration(completed.since(began));
            sentences.push((Role::Dim, format!("It took {took} from the first byte of the ClientHello.")));
        }
        return sentences;
    }
    if let Some(signs) = &view.explained {
        return vec![(Role::Text, noise::sentence(signs))];
    }
    match row.outcome {
        Some(Outcome::Ok) => sentences.push((Role::Ok, format!("✓ {}", came_through(Some(&view.tls))))),
        Some(Outcome::Unused) => {
            sentences.push((
                Role::Text,
                "TCP came up, and the client sent nothing. Browsers open spare connections like that; it is no failure."
                    .to_owned(),
            ));
        }
        Some(Outcome::NotTls) => {
            sentences.push((Role::Text, "This is neither TLS nor a try at it.".to_owned()));
        }
        Some(Outcome::Incomplete) => {
            sentences.push((Role::Warning, "? The capture does not tell how this handshake came out.".to_owned()));
            sentences.extend(lacks(view).into_iter().map(|lack| (Role::Text, lack)));
        }
        _ => sentences.push((Role::Dim, "Nothing was found to say about this flow.".to_owned())),
    }
    sentences
}

/// What shows that the handshake of a flow came through, as far as it was seen.
pub(super) fn came_through(tls: Option<&TlsFacts>) -> &'static str {
    let used = tls.map(|tls| tls.progress.application_data);
    match (tls, used) {
        (Some(tls), _) if tls.progress.joined_late => {
            "The connection is in use: its handshake came before the first captured packet."
        }
        (Some(tls), _) if tls.is_complete() => "The handshake is complete.",
        (_, Some(used)) if used.to_server && used.to_client => {
            "Both ends sent application data: that the handshake is complete is inferred from it."
        }
        _ => "Nothing failed in what was captured; the end of the handshake is not in it, or not to be told.",
    }
}

/// What the capture lacks of a flow, each in a sentence.
fn lacks(view: &FlowView) -> Vec<String> {
    let row = &view.trace.row;
    let mut lacks = Vec::new();
    for way in Direction::BOTH {
        if row.sides[way].packets == 0 {
            lacks.push(format!("No packet of the {} was captured.", way.sender()));
        }
    }
    if is_midstream(row) {
        lacks.push("It begins in the middle of the connection.".to_owned());
    }
    for way in Direction::BOTH {
        let missing: u64 =
            view.streams.pieces[way].iter().filter(|piece| piece.source.is_none()).map(|piece| piece.range.len()).sum();
        if missing > 0 {
            lacks.push(format!("{} of the {} are missing.", values::bytes(missing), way.sender()));
        }
    }
    if row.issues.has(Issues::TRUNCATED_PACKETS) {
        lacks.push("The snap length cut packets.".to_owned());
    }
    if lacks.is_empty() {
        let lasted = values::duration(row.end.since(row.start));
        lacks
            .push(format!("Its last packet of the flow comes {lasted} after the first, before the handshake is over."));
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_is_called_complete_where_its_end_was_seen() {
        let mut tls = TlsFacts::default();
        let mut check = |change: fn(&mut TlsFacts), said: &str| {
            change(&mut tls);
            assert!(came_through(Some(&tls)).starts_with(said), "{}", came_through(Some(&tls)));
        };
        check(|_| {}, "Nothing failed in what was captured");
        check(|tls| tls.progress.application_data.to_server = true, "Nothing failed in what was captured");
        check(|tls| tls.progress.application_data.to_client = true, "Both ends sent application data");
        check(|tls| tls.progress.finished.to_server = true, "Both ends sent application data");
        check(|tls| tls.progress.finished.to_client = true, "The handshake is complete.");
        check(|tls| tls.progress.joined_late = true, "The connection is in use");
    }
}
