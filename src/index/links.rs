//! On what links packets were captured, each kept once: a flow has a number for it.

use std::collections::HashMap;

use crate::facts::CapturedOn;

/// Links known by their numbers, on the side that decodes.
#[derive(Default)]
pub(super) struct Links {
    known: HashMap<CapturedOn, u16>,
    last: Option<(CapturedOn, u16)>,
    new: Vec<CapturedOn>,
    /// Packets whose link found no number.
    pub left_out: u64,
}

impl Links {
    /// The number of a link, from 1; 0 where there are too many.
    pub fn number(&mut self, link: CapturedOn) -> u16 {
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == link) {
            return number;
        }
        let number = match (self.known.get(&link), u16::try_from(self.known.len() + 1)) {
            (Some(number), _) => *number,
            (None, Ok(number)) => {
                self.known.insert(link, number);
                self.new.push(link);
                number
            }
            (None, Err(_)) => {
                self.left_out += 1;
                return 0;
            }
        };
        self.last = Some((link, number));
        number
    }

    /// The links that got a number since the last time, in the order of their numbers.
    pub fn take_new(&mut self) -> Vec<CapturedOn> {
        std::mem::take(&mut self.new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_number() {
        let mut links = Links::default();
        let macs = |last: u32| {
            let [a, b, c, d] = last.to_be_bytes();
            CapturedOn { macs: Some(([2, 0, a, b, c, d], [2; 6])), vlan: None, interface: 0 }
        };
        let numbers: Vec<_> = [1, 1, 2, 1, 3].map(|last| links.number(macs(last))).to_vec();
        assert_eq!(numbers, [1, 1, 2, 1, 3]);
        assert_eq!(links.take_new().len(), 3);
        assert_eq!(links.take_new().len(), 0);
        // No more than there are numbers for.
        let most = (10..70_000).map(|last| links.number(macs(last))).max();
        assert_eq!((most, links.number(macs(80_000)), links.left_out), (Some(u16::MAX), 0, 70_000 - 10 - 65_532 + 1));
        assert_eq!(links.number(macs(2)), 2);
    }
}
