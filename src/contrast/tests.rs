//! What is planted is named, and where nothing is, nothing is said.

use super::column::Column;
use super::testing::{Office, ask, criterion, some, without};
use super::{Claim, Group};
use crate::stats::Random;

/// The least number of failing units of a question in which something is planted; of half of them there are some more.
const FAILURES: usize = 12;

/// What makes units fail.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Planted {
    /// A condition; some that have it fail.
    Single,
    /// The same; all that have it fail.
    Whole,
    /// Two conditions together.
    Pair,
    /// A time.
    Window,
}

/// Whether the units of a set are nearly those of another.
fn alike(found: &[usize], planted: &[usize]) -> bool {
    let shared = found.iter().filter(|unit| planted.binary_search(unit).is_ok()).count();
    shared as f64 >= 0.75 * (found.len() + planted.len() - shared) as f64
}

/// Whether what is planted from a seed is named.
fn is_named(planted: Planted, seed: u64) -> Result<(), String> {
    let mut random = Random::new(seed);
    let columns = Office::default().columns(&mut random);
    let units = columns[0].codes.len();
    let failures = FAILURES + seed as usize % 2 * random.below(9);
    if planted == Planted::Window {
        let first = random.below(units - 30);
        let failing = some(&(first..first + 30).collect::<Vec<_>>(), failures, &mut random);
        let burst = ask(columns, &failing).burst.ok_or("no burst")?;
        let found: Vec<usize> = (burst.first.0 as usize..=burst.last.0 as usize).collect();
        let planted: Vec<usize> = (failing[0]..=failing[failures - 1]).collect();
        return alike(&found, &planted).then_some(()).ok_or_else(|| format!("{burst:?}"));
    }
    let (fields, members) = if planted == Planted::Pair {
        pair(&columns, failures, &mut random)
    } else {
        let (column, members) = criterion(&columns, &mut random);
        (vec![columns[column].factor.field().name], members)
    };
    let failing = some(&members, failures, &mut random);
    if planted == Planted::Whole {
        // Those that have it and do not fail never were.
        let is_left = |unit: usize| members.binary_search(&unit).is_err() || failing.binary_search(&unit).is_ok();
        let places: Vec<usize> = (0..units).filter(|unit| is_left(*unit)).collect();
        let failing: Vec<usize> = failing.iter().filter_map(|unit| places.binary_search(unit).ok()).collect();
        return names(&ask(without(&columns, |unit| !is_left(unit)), &failing), &failing, &fields);
    }
    names(&ask(columns, &failing), &members, &fields)
}

/// Two conditions, neither of which says what both say, and the units that have both.
fn pair(columns: &[Column], failures: usize, random: &mut Random) -> (Vec<&'static str>, Vec<usize>) {
    loop {
        let [(one, first), (other, second)] = [(); 2].map(|()| criterion(columns, random));
        let both: Vec<usize> = first.iter().filter(|unit| second.binary_search(unit).is_ok()).copied().collect();
        if one != other && both.len() >= 2 * failures && 3 * both.len() < 2 * first.len().min(second.len()) {
            return ([one, other].map(|column| columns[column].factor.field().name).to_vec(), both);
        }
    }
}

/// Whether the strongest line is of these units.
fn names(group: &Group, planted: &[usize], fields: &[&str]) -> Result<(), String> {
    let line = group.strongest().ok_or_else(|| format!("nothing where it is {fields:?} of {}", planted.len()))?;
    let mut found: Vec<usize> = line.failed.iter().chain(&line.ok).map(|flow| flow.0 as usize).collect();
    found.sort_unstable();
    let said: Vec<_> = line.conditions.iter().map(|of| (of.field().name, of.op, &of.value)).collect();
    let wrong = || format!("{said:?} of {} where it is {fields:?} of {}: {:e}", found.len(), planted.len(), line.p);
    (line.claim == Claim::Strong && alike(&found, planted)).then_some(()).ok_or_else(wrong)
}

fn check(planted: Planted) {
    let wrong: Vec<_> = (0..100).filter_map(|seed| Some((seed, is_named(planted, seed).err()?))).collect();
    assert!(wrong.len() <= 5, "{planted:?}: {} of 100: {wrong:#?}", wrong.len());
}

#[test]
fn a_condition_is_named() {
    check(Planted::Single);
}

#[test]
fn a_condition_is_named_where_all_that_have_it_fail() {
    check(Planted::Whole);
}

#[test]
fn two_conditions_are_named_together() {
    check(Planted::Pair);
}

#[test]
fn a_time_is_named() {
    check(Planted::Window);
}

/// In how many shufflings of failures, without anything planted, something is said all the same.
fn claimed(office: Office, failures: usize, shufflings: usize) -> usize {
    let mut random = Random::new(7);
    let columns = office.columns(&mut random);
    let all: Vec<usize> = (0..office.units).collect();
    let groups = (0..shufflings).map(|_| ask(columns.clone(), &some(&all, failures, &mut random)));
    groups.filter(|group| group.burst.is_some() || !group.lines.is_empty()).count()
}

#[test]
fn chance_accuses_nobody() {
    let claimed: usize = [(5, 334), (12, 333), (40, 333)]
        .into_iter()
        .map(|(failures, shufflings)| claimed(Office { units: 400, ..Office::default() }, failures, shufflings))
        .sum();
    assert!(claimed <= 50, "{claimed} of 1,000");
}

/// Connections dealt at random to four hundred clients: intervals that do not overlap would accuse several of them.
#[test]
fn four_hundred_clients_are_not_accused() {
    let office = Office { units: 4000, clients: 400, networks: 40, ..Office::default() };
    assert_eq!(claimed(office, 60, 20), 0);
}
