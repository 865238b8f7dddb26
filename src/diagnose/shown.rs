//! What is worked out of the certificates that a case shows, kept with the case; `chain` works it out.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::proto::tls::certificate::{CertificateFacts, Review};

/// Each part is worked out where a rule first asks for it, and kept for the next one.
#[derive(Default)]
pub(super) struct Shown {
    /// The server's certificates, leaf first.
    pub chain: OnceCell<Vec<Arc<CertificateFacts>>>,
    /// What a client that checks them finds.
    pub review: OnceCell<Review>,
}
