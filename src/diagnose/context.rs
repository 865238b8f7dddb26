//! What a flow's neighbours tell: which ports speak TLS, how far away servers are, what good chains look like.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::net::Endpoint;
use crate::proto::tls::certificate::TrustStore;
use crate::vocab::{FlowNumber, Time};

/// A chain that a good flow showed, leaf first.
pub type Chain = Vec<Vec<u8>>;

/// Knowledge from the whole capture (and the baseline) that a single flow cannot have.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// When the last packet of the capture was captured.
    pub capture_end: Time,
    /// Share of all segments that shows that others were not captured.
    pub missing_share: f64,
    /// Ends that completed a TLS handshake as servers.
    pub tls_servers: HashSet<Endpoint>,
    /// Clients and the servers that answered a SYN of theirs.
    pub connected: HashSet<(IpAddr, Endpoint)>,
    /// TTLs of servers' SYN-ACKs and how often each was seen.
    pub server_ttls: HashMap<IpAddr, HashMap<u8, u32>>,
    /// For a server name: a good flow of it and the chain it showed.
    pub good_chains: HashMap<Box<[u8]>, (FlowNumber, Chain)>,
    /// The authorities that are known.
    pub trust: Arc<TrustStore>,
}

impl Context {
    /// The TTL that packets of `server` usually have, where at least one good handshake shows it.
    pub fn usual_ttl(&self, server: IpAddr) -> Option<u8> {
        let seen = self.server_ttls.get(&server)?;
        seen.iter().max_by_key(|(ttl, count)| (**count, **ttl)).map(|(ttl, _)| *ttl)
    }
}
