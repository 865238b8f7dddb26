//! One factor of all units: each value once, and for each unit the number of its own.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::condition::{number, same};
use super::factor::{Factor, owned};
use crate::facts::Value;

/// The code of a unit of which the factor is not known.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// The code of a unit of which the factor became known only after what spoiled the handshake.
pub(super) const LATE: u32 = u32::MAX - 1;

/// A factor of all units.
#[derive(Clone, Debug)]
pub struct Column {
    /// The factor.
    pub factor: Factor,
    /// Its values; of a quantity from the least to the greatest.
    pub values: Vec<Value<'static>>,
    /// For each unit the place of its value.
    pub codes: Vec<u32>,
}

/// Makes a column, unit by unit.
pub struct Encoder {
    column: Column,
    known: HashTable<u32>,
    last: u32,
}

impl Encoder {
    /// A column without a unit yet.
    pub fn new(factor: Factor) -> Self {
        let column = Column { factor, values: Vec::new(), codes: Vec::new() };
        Self { column, known: HashTable::new(), last: UNKNOWN }
    }

    /// Takes the next unit's value.
    pub fn add(&mut self, value: Option<&Value<'_>>) {
        let code = value.map_or(UNKNOWN, |value| self.code(value));
        self.column.codes.push(code);
    }

    /// Takes a unit of which the factor became known too late.
    pub fn add_late(&mut self) {
        self.column.codes.push(LATE);
    }

    fn code(&mut self, value: &Value<'_>) -> u32 {
        let values = &mut self.column.values;
        // Units that follow each other are often alike.
        if values.get(self.last as usize).is_some_and(|last| same(value, last)) {
            return self.last;
        }
        let hash = hash(value);
        let known = self.known.find(hash, |code| same(value, &values[*code as usize]));
        self.last = known.copied().unwrap_or_else(|| {
            let new = values.len() as u32;
            values.push(owned(value));
            self.known.insert_unique(hash, new, |code| self::hash(&values[*code as usize]));
            new
        });
        self.last
    }

    /// The column.
    pub fn finish(self) -> Column {
        let Column { factor, values, mut codes } = self.column;
        if !factor.is_quantity() {
            return Column { factor, values, codes };
        }
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by(|a, b| by_size(&values[*a as usize], &values[*b as usize]));
        let mut places = vec![0; values.len()];
        (0..).zip(&order).for_each(|(place, code)| places[*code as usize] = place);
        for code in codes.iter_mut().filter(|code| **code < LATE) {
            *code = places[*code as usize];
        }
        Column { factor, values: order.iter().map(|code| values[*code as usize].clone()).collect(), codes }
    }
}

fn by_size(one: &Value<'_>, other: &Value<'_>) -> Ordering {
    number(one).partial_cmp(&number(other)).unwrap_or(Ordering::Equal)
}

/// A hash of what [`same`] compares.
fn hash(value: &Value<'_>) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    match value {
        Value::Bool(yes) => yes.hash(&mut hasher),
        Value::Integer(number) => number.hash(&mut hasher),
        Value::Seconds(seconds) => seconds.to_bits().hash(&mut hasher),
        Value::Time(time) => time.0.hash(&mut hasher),
        Value::Ip(ip) => ip.hash(&mut hasher),
        Value::Text(text) => hasher.write(text.as_bytes()),
        Value::Bytes(bytes) if bytes.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) => {
            hasher.write(bytes);
        }
        Value::Bytes(bytes) => hasher.write(String::from_utf8_lossy(bytes).to_ascii_lowercase().as_bytes()),
        Value::Set(names) => names.hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::by_name;

    fn column(field: &str, values: &[Option<Value<'_>>]) -> Column {
        let factor = by_name(field).and_then(Factor::of).expect("a factor");
        let mut encoder = Encoder::new(factor);
        for value in values {
            encoder.add(value.as_ref());
        }
        encoder.finish()
    }

    #[test]
    fn each_value_has_one_code() {
        let names = [&b"a.example.test"[..], b"b.example.test", b"A.example.test", b"a.example.test"];
        let values: Vec<_> = names.iter().map(|name| Some(Value::Bytes(name))).chain([None]).collect();
        let names = column("tls.sni", &values);
        assert_eq!(names.codes, [0, 1, 0, 0, UNKNOWN]);
        assert_eq!(names.values[0], Value::Text("a.example.test".into()));
    }

    #[test]
    fn quantities_are_in_order() {
        let sizes = [1800, 517, 1800, 600].map(|size| Some(Value::Integer(size)));
        let sizes = column("tls.client_hello_bytes", &sizes);
        assert_eq!(sizes.codes, [2, 0, 2, 1]);
        assert_eq!(sizes.values, [517, 600, 1800].map(Value::Integer));
    }
}
