//! Rings: captures written as a row of files that are numbered, as dumpcap's `-b` and tcpdump's `-C` and `-W` do it.
//!
//! Only names are looked at. Of files that somebody numbered by hand nothing is said.

/// Compressions that a ring's files get afterwards (`tcpdump -z`).
const COMPRESSED: [&str; 5] = [".gz", ".zst", ".lz4", ".bz2", ".xz"];
/// Digits that dumpcap writes a file's number with, at least.
const NUMBER_DIGITS: usize = 5;
/// Digits of a date at least; dumpcap writes fourteen.
const DATE_DIGITS: usize = 8;

/// Of each file how many are missing between it and the last one before it of the same ring; the files are in the order
/// of their packets.
///
/// Numbers that start again, as `-W` lets them, tell nothing at that place: how many there are is not known.
pub fn missing_before(names: &[String]) -> Vec<u32> {
    let members: Vec<_> = names.iter().map(|name| member(name)).collect();
    let missing = |at: usize| {
        let (ring, number) = members[at].as_ref()?;
        let (_, before) = members[..at].iter().rev().flatten().find(|(other, _)| other == ring)?;
        number.checked_sub(before + 1)
    };
    (0..members.len()).map(|at| missing(at).unwrap_or(0)).collect()
}

/// The ring that a file is of, as its name without number and date, and its number.
fn member(name: &str) -> Option<(String, u32)> {
    let name = COMPRESSED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    of_dumpcap(name).or_else(|| of_tcpdump(name))
}

/// `name_00001_20260101120000.pcapng`, or with the date before the number.
fn of_dumpcap(name: &str) -> Option<(String, u32)> {
    let dot = name.rfind('.').filter(|dot| !name[*dot..].contains('/')).unwrap_or(name.len());
    let (stem, ending) = name.split_at(dot);
    let (rest, last) = stem.rsplit_once('_')?;
    let (start, before) = rest.rsplit_once('_')?;
    let has = |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = |text: &str| has(text, NUMBER_DIGITS) && text.len() < DATE_DIGITS;
    let number = match (before, last) {
        (number, date) | (date, number) if is_number(number) && has(date, DATE_DIGITS) => number,
        _ => return None,
    };
    Some((format!("{start}_#{ending}"), number.parse().ok()?))
}

/// `name.pcap`, `name.pcap1`, `name.pcap2`; from 0 on and with as many digits for all with `-W`.
fn of_tcpdump(name: &str) -> Option<(String, u32)> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (stem, number) = name.split_at(name.len() - digits);
    let (_, ending) = stem.rsplit_once('.')?;
    let is_ending = !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    let number = if number.is_empty() { 0 } else { number.parse().ok()? };
    is_ending.then(|| (stem.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &str, expected: &[u32]) {
        let names: Vec<_> = names.split(' ').map(str::to_owned).collect();
        assert_eq!(missing_before(&names), expected, "{names:?}");
    }

    #[test]
    fn a_number_that_is_left_out_is_a_missing_file() {
        check("a_00001_20260101120000.pcapng a_00002_20260101120100.pcapng", &[0, 0]);
        check("a_00001_20260101.pcapng a_00003_20260101.pcapng", &[0, 1]);
        check("x/a_20260101120000_00007.pcap.gz x/a_20260101120500_00010.pcap.gz", &[0, 2]);
        check("a.pcap a.pcap1 a.pcap3", &[0, 0, 1]);
        check("a.pcap08 a.pcap09 a.pcap00 a.pcap02", &[0, 0, 0, 1]);
        // Two rings at a time.
        check("a.pcap1 b.pcap1 a.pcap2 b.pcap3", &[0, 0, 0, 1]);
    }

    #[test]
    fn other_names_are_no_ring() {
        check("a.pcap b.pcap", &[0, 0]);
        check("run_1_20260101.pcap run_3_20260101.pcap", &[0, 0]);
        check("capture1.pcap capture3.pcap", &[0, 0]);
        check("trace-12 trace-14", &[0, 0]);
        // Another folder, another ring; numbers that start again.
        check("x/a.pcap1 y/a.pcap3", &[0, 0]);
        check("a.pcap3 a.pcap1", &[0, 0]);
        check("-", &[0]);
    }
}
