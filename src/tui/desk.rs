//! Questions to the engine and which of them still matter: the newest of each kind.

use std::collections::HashMap;

use crate::app::{Msg, Slot};
use crate::engine::{JobId, Request, Session};

/// The questions that are open.
#[derive(Default)]
pub struct Desk {
    open: HashMap<Slot, JobId>,
}

impl Desk {
    /// Asks the engine; an older question of the same kind no longer matters.
    pub fn ask(&mut self, session: &Session, slot: Slot, request: Request) {
        self.open.insert(slot, session.submit(request));
    }

    /// The answers that came to questions that still matter.
    pub fn answers(&mut self, session: &Session) -> Vec<Msg> {
        let answers = session.answers();
        answers.into_iter().filter_map(|(job, answer)| self.close(job).map(|slot| Msg::Answer(slot, answer))).collect()
    }

    fn close(&mut self, job: JobId) -> Option<Slot> {
        let slot = self.open.iter().find(|(_, open)| **open == job).map(|(slot, _)| *slot)?;
        self.open.remove(&slot);
        Some(slot)
    }

    /// Whether an answer is waited for.
    pub fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }
}
