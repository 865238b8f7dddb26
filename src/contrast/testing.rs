//! Tables dealt at random from a seed, and failures among their units: by a criterion, within a time, or by chance alone.

use super::Group;
use super::bits::Bits;
use super::column::{Column, Encoder};
use super::encoding::judged;
use super::factor::Factor;
use super::found::ALPHA;
use super::groups::About;
use super::table::{Sides, Table};
use crate::facts::{Value, by_name};
use crate::stats::Random;
use crate::vocab::{Cause, FlowNumber};

/// Who connects from where to what: how many of each there are.
#[derive(Clone, Copy)]
pub(super) struct Office {
    /// Attempts.
    pub units: usize,
    /// Clients.
    pub clients: usize,
    /// Their networks.
    pub networks: usize,
    /// Server names, some of which are asked for far more often than others.
    pub names: usize,
    /// Kinds of software.
    pub software: usize,
}

impl Default for Office {
    fn default() -> Self {
        Self { units: 1500, clients: 40, networks: 3, names: 25, software: 9 }
    }
}

impl Office {
    /// The facts of one attempt, as a field's name and its value.
    fn attempt(&self, random: &mut Random) -> Vec<(&'static str, Value<'static>)> {
        let client = random.below(self.clients);
        let name = random.below(self.names).min(random.below(self.names));
        let software = (client + random.below(3)) % self.software;
        let port = 32_768 + random.below(28_232) as i64;
        let bytes = 300 + 190 * software as i64 + random.below(120) as i64;
        let far = (name % 7) as f64;
        let text = |of: &str, number: usize| Value::Text(format!("{of}{number}").into());
        vec![
            ("client.ip", text("client", client)),
            ("client.network", text("network", client % self.networks)),
            ("client.port", Value::Integer(port)),
            ("client.port.parity", text("parity", port as usize % 2)),
            ("client.port.mod4", Value::Integer(port % 4)),
            ("client.port.mod8", Value::Integer(port % 8)),
            ("server.ip", text("server", name + usize::from(random.happens(0.1)))),
            ("server.network", text("servers", name / 3)),
            ("server.port", Value::Integer(if random.happens(0.1) { 8443 } else { 443 })),
            ("ip.version", Value::Integer(if random.happens(0.3) { 6 } else { 4 })),
            ("tls.sni", text("name", name)),
            ("tls.sni_domain", text("domain", name % 5)),
            ("tls.ja4", text("software", software)),
            ("tls.ja4_family", text("family", software / 2)),
            ("tls.client_hello_bytes", Value::Integer(bytes)),
            ("tls.client_hello_segments", Value::Integer(1 + i64::from(bytes > 1400))),
            ("tcp.mss.to_server", Value::Integer([1460, 1400, 1380][client % 3 * usize::from(random.happens(0.5))])),
            ("tcp.window_scale.to_server", Value::Integer(6 + random.below(3) as i64)),
            ("tcp.ttl.to_server", Value::Integer(if client.is_multiple_of(4) { 127 } else { 63 })),
            ("tcp.ttl.to_client", Value::Integer(44 + (name % 9) as i64)),
            ("tcp.syn_rtt", Value::Seconds(0.004 * (1.0 + far) + random.below(10_000) as f64 * 1e-6)),
        ]
    }

    /// The columns of all attempts.
    pub fn columns(&self, random: &mut Random) -> Vec<Column> {
        let attempts: Vec<_> = (0..self.units).map(|_| self.attempt(random)).collect();
        let column = |at: usize| {
            let factor = by_name(attempts[0][at].0).and_then(Factor::of).expect("a factor");
            let mut encoder = Encoder::new(factor);
            for attempt in &attempts {
                encoder.add(Some(&attempt[at].1));
            }
            encoder.finish()
        };
        (0..attempts[0].len()).map(column).collect()
    }
}

/// What is said where these units fail and all others are good.
pub(super) fn ask(columns: Vec<Column>, failing: &[usize]) -> Group {
    let units = columns[0].codes.len();
    let failed = Bits::these(units, failing);
    let good = Bits::of(units, |_| true).without(&failed);
    let flows = (0..units as u32).map(FlowNumber).collect();
    let table = Table::new(flows, good, columns);
    judged(&Sides::new(&table, failing.to_vec()), About::Cause(Cause::ResetAfterClientHello), ALPHA, &|| false)
}

/// So many of some units, in order.
pub(super) fn some(of: &[usize], count: usize, random: &mut Random) -> Vec<usize> {
    let mut left = of.to_vec();
    let mut drawn: Vec<usize> = (0..count.min(of.len())).map(|_| left.swap_remove(random.below(left.len()))).collect();
    drawn.sort_unstable();
    drawn
}

/// A condition dealt at random that a share of the units have: its column and their places. What half of all have takes
/// more than twelve failures to be told from chance.
pub(super) fn criterion(columns: &[Column], random: &mut Random) -> (usize, Vec<usize>) {
    loop {
        let at = random.below(columns.len());
        let column = &columns[at];
        let own = column.codes[random.below(column.codes.len())];
        let holds: Box<dyn Fn(u32) -> bool> = match (column.factor.is_quantity() && column.values.len() > 6, own % 2) {
            (false, _) => Box::new(move |code| code == own),
            (true, 0) => Box::new(move |code| code >= own),
            (true, _) => Box::new(move |code| code <= own),
        };
        let members: Vec<usize> = (0..column.codes.len()).filter(|unit| holds(column.codes[*unit])).collect();
        let share = members.len() as f64 / column.codes.len() as f64;
        if (0.04..0.4).contains(&share) {
            return (at, members);
        }
    }
}

/// The columns without the units for which `drop` holds.
pub(super) fn without(columns: &[Column], drop: impl Fn(usize) -> bool) -> Vec<Column> {
    let kept = |column: &Column| {
        let codes = column.codes.iter().enumerate().filter(|(unit, _)| !drop(*unit)).map(|(_, code)| *code);
        Column { codes: codes.collect(), ..column.clone() }
    };
    columns.iter().map(kept).collect()
}
