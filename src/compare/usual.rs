//! How usual the subject's values are among good flows of its kind, and what that makes of a difference.
//!
//! Who counts asks [`Comparison::asks`] what to count and gives the answer to [`Comparison::heed`].

use super::{Comparison, Difference, Field, OfSender, Usual, Value, rank};
use crate::facts::{self, FlowFacts};
use crate::vocab::Direction;

/// Fewest good flows of a kind that say anything.
const FEWEST: u32 = 3;
/// Fewest that say that a value is never seen.
const MANY: u32 = 20;
/// Of so many good flows one has a value that is nothing unusual.
const USUAL: u32 = 20;
/// How telling it is at least that no good flow of many has a value of something known before the handshake's outcome.
const NEVER_SEEN: u8 = 100;

/// What is to be counted among good flows: of which fact which value.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The difference's field.
    pub field: Field,
    /// The row of the field table that says it of a flow.
    pub fact: &'static facts::Field,
    /// The subject's value.
    pub value: facts::Value<'a>,
}

/// What was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// The difference's field.
    pub field: Field,
    /// How many good flows have the value.
    pub usual: Usual,
    /// How many good flows have a value of that fact that no other good flow has: a value that none has is no wonder where
    /// there are many of them.
    pub singular: u32,
}

impl Comparison {
    /// What good flows are to be asked about the subject's values; `subject` are its facts.
    pub fn asks<'a>(&self, subject: &FlowFacts<'a>) -> Vec<Asked<'a>> {
        let mut asked: Vec<Asked<'a>> = Vec::new();
        for difference in &self.differences {
            let Some(fact) = fact(difference) else { continue };
            if asked.iter().any(|known| known.field == difference.field) {
                continue;
            }
            let value = match difference.subject {
                Value::OddTtl { own, .. } => Some(facts::Value::Integer(own.into())),
                _ => (fact.get)(subject),
            };
            asked.extend(value.map(|value| Asked { field: difference.field, fact, value }));
        }
        asked
    }

    /// Takes note of how usual the subject's values are: what many good flows have as well explains nothing, what none of
    /// many has comes first.
    pub fn heed(&mut self, counted: &[Counted]) {
        let rows = self.rows.iter_mut().flat_map(|row| &mut row.differences);
        for difference in rows.chain(&mut self.differences) {
            if let Some(counted) =
                counted.iter().find(|one| one.field == difference.field && fact(difference).is_some())
            {
                heed(difference, counted);
            }
        }
        rank::sort(&mut self.differences);
    }
}

fn heed(difference: &mut Difference, counted: &Counted) {
    let Usual { have, of } = counted.usual;
    difference.usual = Some(counted.usual);
    let before = fact(difference).is_some_and(|fact| !matches!(fact.tier, facts::Tier::Consequence));
    if of >= FEWEST && have > 1 && have.saturating_mul(USUAL) >= of {
        difference.expected = true;
    } else if before && have == 0 && of >= MANY && counted.singular.saturating_mul(USUAL) <= of {
        (difference.expected, difference.weight) = (false, difference.weight.max(NEVER_SEEN));
    }
}

/// The row of the field table that says of any flow what a difference says of two.
fn fact(difference: &Difference) -> Option<&'static facts::Field> {
    use Direction::{ToClient, ToServer};
    facts::by_name(match (difference.field, &difference.subject) {
        (Field::Ttl, Value::OddTtl { from: ToClient, .. }) | (Field::Sent(ToClient, OfSender::Ttl), _) => {
            "tcp.ttl.to_client"
        }
        (Field::Ttl, Value::OddTtl { from: ToServer, .. }) | (Field::Sent(ToServer, OfSender::Ttl), _) => {
            "tcp.ttl.to_server"
        }
        (Field::Sent(ToServer, OfSender::Mac), _) => "client.mac",
        (Field::Sent(ToClient, OfSender::Mac), _) => "next_hop.mac",
        (Field::ClientIp, _) => "client.ip",
        (Field::ServerIp, _) => "server.ip",
        (Field::ServerPort, _) => "server.port",
        (Field::PortParity, _) => "client.port.parity",
        (Field::ClientHelloBytes, _) => "tls.client_hello_bytes",
        (Field::ClientHelloSegments, _) => "tls.client_hello_segments",
        (Field::ClientHelloServerName, _) => "tls.sni",
        (Field::ServerHelloVersion, _) => "tls.version",
        (Field::ServerHelloCipher, _) => "tls.cipher",
        (Field::ServerHelloGroup, _) => "tls.group",
        (Field::ServerHelloAlpn, _) => "tls.alpn",
        (Field::Resumed, _) => "tls.resumed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::difference::Differences;

    /// Weight and whether it is expected, of a difference whose value `have` of `of` good flows have.
    fn check(field: Field, (have, of, singular): (u32, u32, u32), expected: (u8, bool)) {
        let mut differences = Differences::default();
        differences.add(field, Value::Number(1), Value::Number(2), 40);
        let mut comparison = Comparison { differences: differences.0, ..Comparison::default() };
        comparison.heed(&[Counted { field, usual: Usual { have, of }, singular }]);
        let found = &comparison.differences[0];
        assert_eq!((found.weight, found.expected), expected, "{have} of {of}");
        assert_eq!(found.usual, fact(found).map(|_| Usual { have, of }));
    }

    #[test]
    fn what_many_good_flows_have_explains_nothing() {
        check(Field::ServerIp, (500, 1000, 0), (40, true));
        check(Field::ServerIp, (50, 1000, 0), (40, true));
        check(Field::ServerIp, (49, 1000, 0), (40, false));
        check(Field::ServerIp, (1, 2, 0), (40, false));
    }

    #[test]
    fn what_no_good_flow_has_comes_first() {
        check(Field::ServerIp, (0, 1000, 0), (NEVER_SEEN, false));
        check(Field::ServerIp, (0, 19, 0), (40, false));
        // Of clients that connect once each none was seen before.
        check(Field::ClientIp, (0, 1000, 900), (40, false));
        // What the server chose is not known before.
        check(Field::ServerHelloCipher, (0, 1000, 0), (40, false));
        // Nothing is counted of what no row of the field table says.
        check(Field::Mss, (0, 1000, 0), (40, false));
    }
}
