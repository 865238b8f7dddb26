//! A step decoded: the panes of bytes, the trees of fields that point into them, and how panes are tied to each other.

use std::ops::Range;

use crate::vocab::Field;

/// Bytes that fields point into.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pane {
    /// What the bytes are: `Packet 7`, `Client Hello, reassembled from 2 segments`.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// One protocol's part of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Index of the pane its ranges point into.
    pub pane: usize,
    /// What it is about.
    pub topic: Topic,
    /// The tree; its root is the protocol.
    pub root: Field,
}

/// What a part of the tree is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// What the bytes say.
    Bytes,
    /// What is to be said of the certificates in them.
    Chain,
}

/// Everything there is to say of one step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// The bytes: the packets' first, then what was reassembled or decrypted.
    pub panes: Vec<Pane>,
    /// The trees: frame, link, IP, TCP, then TLS.
    pub sections: Vec<Section>,
    /// Index of the section that the step is about.
    pub subject: usize,
    /// Where bytes of a pane that was put together or opened come from.
    pub links: Vec<Link>,
}

/// A stretch of a pane whose bytes are another pane's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The pane that was put together, and where in it.
    pub whole: (usize, Range<usize>),
    /// The pane the bytes come from, and where they begin there.
    pub source: (usize, usize),
}

impl Link {
    /// Where a stretch of the whole lies in the source.
    fn down(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (_, own) = &self.whole;
        let (start, end) = (range.start.max(own.start), range.end.min(own.end));
        let at = |offset: usize| offset - own.start + self.source.1;
        (start < end).then(|| at(start)..at(end))
    }

    /// Where a byte of the source lies in the whole.
    fn up(&self, byte: usize) -> Option<usize> {
        let at = byte.checked_sub(self.source.1)? + self.whole.1.start;
        self.whole.1.contains(&at).then_some(at)
    }
}

impl Detail {
    /// Where the bytes at `place`, a pane and a range in it, lie in `pane`: there, or in what that pane was put together
    /// from. Of several stretches the one range that holds them all.
    pub fn place_in(&self, pane: usize, place: (usize, Range<usize>)) -> Option<Range<usize>> {
        if place.0 == pane {
            return Some(place.1);
        }
        let below = self.links.iter().filter(|link| link.whole.0 == place.0 && link.source.0 != place.0);
        below
            .filter_map(|link| self.place_in(pane, (link.source.0, link.down(&place.1)?)))
            .reduce(|all, one| all.start.min(one.start)..all.end.max(one.end))
    }

    /// The places that a byte has in panes that were put together from its own, the nearest first.
    pub fn put_together(&self, place: (usize, usize)) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        let mut current = vec![place];
        while let Some((pane, byte)) = current.pop() {
            let above = self.links.iter().filter(|link| link.source.0 == pane);
            for link in above {
                let Some(at) = link.up(byte).map(|at| (link.whole.0, at)) else { continue };
                if at != place && !places.contains(&at) {
                    places.push(at);
                    current.push(at);
                }
            }
        }
        places
    }

    /// Adds a pane; returns its index.
    pub(super) fn pane(&mut self, title: impl Into<String>, bytes: Vec<u8>) -> usize {
        self.panes.push(Pane { title: title.into(), bytes });
        self.panes.len() - 1
    }

    /// Adds a section.
    pub(super) fn section(&mut self, pane: usize, root: Field) {
        self.sections.push(Section { pane, topic: Topic::Bytes, root });
    }

    /// Adds the section about the certificates.
    pub(super) fn chain(&mut self, pane: usize, root: Field) {
        self.sections.push(Section { pane, topic: Topic::Chain, root });
    }

    /// Adds the section that the step is about.
    pub(super) fn subject(&mut self, pane: usize, root: Field) {
        self.section(pane, root);
        self.subject = self.sections.len() - 1;
    }
}
