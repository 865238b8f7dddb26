//! Questions to the engine and which of them still matter: the newest of each kind.

use std::collections::HashMap;

use crate::app::{Msg, Slot};
use crate::engine::{JobId, Reply, Request, Session};

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
        session.answers().into_iter().filter_map(|reply| self.take(reply)).collect()
    }

    fn take(&mut self, reply: Reply) -> Option<Msg> {
        let slot = self.open.iter().find(|(_, open)| **open == reply.job).map(|(slot, _)| *slot)?;
        if reply.is_last {
            self.open.remove(&slot);
        }
        Some(Msg::Answer(slot, reply.answer))
    }

    /// Gives up a question of this kind.
    pub fn give_up(&mut self, session: &Session, slot: Slot) {
        if let Some(job) = self.open.remove(&slot) {
            session.give_up(job);
        }
    }

    /// Whether an answer is waited for.
    pub fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }
}
