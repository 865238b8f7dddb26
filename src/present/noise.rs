//! The words for flows that look like failures and are none of a handshake: what was seen, and what it is a sign of.

use crate::index::{Hello, Signs, Winner};
use crate::vocab::text::{counted, duration};

/// What shows that flows are no failures of a handshake, in a sentence.
pub fn sentence(signs: &Signs) -> String {
    match signs {
        Signs::HealthCheck { client, server, times, every, hello } => {
            let (does, leaves) = match hello {
                Hello::None => ("connects", "and leaves at once each time without a byte"),
                Hello::Fresh => ("sends a ClientHello", "and leaves at once each time without data"),
                Hello::Repeated => {
                    ("sends one and the same ClientHello, its random included,", "and is done with whatever answers it")
                }
            };
            format!(
                "A health check of a balancer or a monitor, by its pattern: {client} {does} to {server} {times} times, every \
                 {}, {leaves}.",
                duration(*every)
            )
        }
        Signs::Scan { client, server, servers, port, ports, bare_syns } => {
            let tries = match (server, port) {
                (Some(server), _) => format!("{} of {server}", counted(*ports, "port")),
                (None, Some(port)) => format!("port {port} of {}", counted(*servers, "server")),
                (None, None) => format!("{} of {}", counted(*ports, "port"), counted(*servers, "server")),
            };
            let bare = if *bare_syns { ", with SYNs that lack every option that operating systems send" } else { "" };
            format!("A scan, by its pattern: {client} tries {tries} in a row{bare}, and sends no data.")
        }
        Signs::PeerToPeer { client, peers, networks, ports } => format!(
            "Dials to peers, by their pattern: {client} tries {} in {} at {} above 1023, and TCP comes up with none of them.",
            counted(*peers, "address"),
            counted(*networks, "network"),
            counted(*ports, "port")
        ),
        Signs::Spare(Winner::Flow(flow)) => format!(
            "A spare connection, by its pattern: flow {flow} of the same client, opened beside it for the same server, came \
             through, and the client left this one by itself."
        ),
        Signs::Spare(Winner::Quic(packet)) => format!(
            "A spare connection, by its pattern: the server had answered the same client over QUIC (packet {packet}) when \
             the client left this one by itself."
        ),
    }
}
