//! What a capturing system notes in front of a frame: radiotap, Prism, AVS and PPI, NFLOG, PKTAP, BSD's firewalls.

use super::cursor::Cursor;
use super::names::{ethertype, family, link_type};
use crate::vocab::Field;

/// Most words of radiotap's present flags that are read.
const MAX_WORDS: usize = 16;

/// A little-endian number of `width` bytes out of its bytes read the other way round.
fn little(value: u64, width: usize) -> u64 {
    value.swap_bytes() >> (64 - 8 * width)
}

/// A signed number of `width` bytes.
fn signed(value: u64, width: usize) -> i64 {
    let unused = 64 - 8 * width;
    ((value << unused) as i64) >> unused
}

/// A part of a radiotap field: its name, its width in bytes, and what its number means.
type Part = (&'static str, usize, fn(u64) -> String);

/// A field of radiotap: its name, what its place is a multiple of, and its parts.
type Row = (&'static str, usize, &'static [Part]);

fn decimal(value: u64) -> String {
    value.to_string()
}

fn hexadecimal(value: u64) -> String {
    format!("0x{value:x}")
}

fn dbm(value: u64) -> String {
    format!("{} dBm", signed(value, 1))
}

/// Half megabits a second.
fn rate(value: u64) -> String {
    format!("{}.{} Mb/s", value / 2, value % 2 * 5)
}

/// The channel of a frequency in MHz, where it is one of 2.4, 5 or 6 GHz.
fn frequency(value: u64) -> String {
    let channel = match value {
        2484 => 14,
        2412..=2472 => (value - 2407) / 5,
        5955..=7115 => (value - 5950) / 5,
        5000..=5895 => (value - 5000) / 5,
        _ => return format!("{value} MHz"),
    };
    format!("{value} MHz, channel {channel}")
}

/// The radiotap fields by their bit in the present flags.
#[rustfmt::skip]
const FIELDS: &[Row] = &[
    ("TSF timestamp", 8, &[("TSF timestamp", 8, |value| format!("{value} µs"))]),
    ("Flags", 1, &[("Flags", 1, hexadecimal)]),
    ("Data Rate", 1, &[("Data Rate", 1, rate)]),
    ("Channel", 2, &[("Channel frequency", 2, frequency), ("Channel flags", 2, hexadecimal)]),
    ("FHSS", 2, &[("Hop set", 1, decimal), ("Hop pattern", 1, decimal)]),
    ("Antenna signal", 1, &[("Antenna signal", 1, dbm)]),
    ("Antenna noise", 1, &[("Antenna noise", 1, dbm)]),
    ("Signal quality", 2, &[("Signal quality", 2, decimal)]),
    ("TX attenuation", 2, &[("TX attenuation", 2, decimal)]),
    ("dB TX attenuation", 2, &[("dB TX attenuation", 2, |value| format!("{value} dB"))]),
    ("TX power", 1, &[("TX power", 1, dbm)]),
    ("Antenna", 1, &[("Antenna", 1, decimal)]),
    ("dB antenna signal", 1, &[("dB antenna signal", 1, |value| format!("{value} dB"))]),
    ("dB antenna noise", 1, &[("dB antenna noise", 1, |value| format!("{value} dB"))]),
    ("RX flags", 2, &[("RX flags", 2, hexadecimal)]),
    ("TX flags", 2, &[("TX flags", 2, hexadecimal)]),
    ("RTS retries", 1, &[("RTS retries", 1, decimal)]),
    ("Data retries", 1, &[("Data retries", 1, decimal)]),
    ("XChannel", 4, &[("XChannel flags", 4, hexadecimal), ("XChannel frequency", 2, frequency), ("XChannel number", 1, decimal), ("XChannel max power", 1, decimal)]),
    ("MCS", 1, &[("MCS known", 1, hexadecimal), ("MCS flags", 1, hexadecimal), ("MCS index", 1, decimal)]),
    ("A-MPDU status", 4, &[("A-MPDU reference", 4, decimal), ("A-MPDU flags", 2, hexadecimal), ("A-MPDU delimiter CRC", 1, hexadecimal), ("A-MPDU reserved", 1, hexadecimal)]),
    ("VHT", 2, &[("VHT known", 2, hexadecimal), ("VHT flags", 1, hexadecimal), ("VHT bandwidth", 1, decimal), ("VHT MCS and streams", 4, hexadecimal), ("VHT coding", 1, hexadecimal), ("VHT group", 1, decimal), ("VHT partial AID", 2, decimal)]),
    ("Timestamp", 8, &[("Timestamp", 8, decimal), ("Timestamp accuracy", 2, decimal), ("Timestamp unit", 1, hexadecimal), ("Timestamp flags", 1, hexadecimal)]),
    ("HE", 2, &[("HE data 1", 2, hexadecimal), ("HE data 2", 2, hexadecimal), ("HE data 3", 2, hexadecimal), ("HE data 4", 2, hexadecimal), ("HE data 5", 2, hexadecimal), ("HE data 6", 2, hexadecimal)]),
    ("HE-MU", 2, &[("HE-MU flags 1", 2, hexadecimal), ("HE-MU flags 2", 2, hexadecimal), ("HE-MU RU channel 1", 4, hexadecimal), ("HE-MU RU channel 2", 4, hexadecimal)]),
    ("HE-MU other user", 2, &[("HE-MU user 1", 2, hexadecimal), ("HE-MU user 2", 2, hexadecimal), ("HE-MU position", 1, decimal), ("HE-MU user known", 1, hexadecimal)]),
    ("0-length PSDU", 1, &[("0-length PSDU type", 1, decimal)]),
    ("L-SIG", 2, &[("L-SIG data 1", 2, hexadecimal), ("L-SIG data 2", 2, hexadecimal)]),
];

/// The present flags say which fields follow, each at a multiple of its size (radiotap.org).
pub(super) fn radiotap(mut cursor: Cursor<'_>) -> Field {
    let start = cursor.at();
    cursor.number("Header revision", 1);
    cursor.number("Header pad", 1);
    cursor.shown("Header length", 2, |value| little(value, 2).to_string());
    let mut words = Vec::new();
    while words.len() < MAX_WORDS {
        let Some(word) = cursor.shown("Present flags", 4, |value| format!("0x{:08x}", little(value, 4))) else { break };
        words.push(little(word, 4));
        if words.last().is_none_or(|word| word >> 31 == 0) {
            break;
        }
    }
    'words: for word in words {
        for bit in (0..29).filter(|bit| word >> bit & 1 == 1) {
            let Some((_, align, parts)) = FIELDS.get(bit) else { break 'words };
            pad(&mut cursor, start, *align);
            for (name, width, show) in *parts {
                cursor.shown(name, *width, |value| show(little(value, *width)));
            }
        }
        // What a vendor noted is of a shape of its own.
        if word >> 30 & 1 == 1 {
            break;
        }
    }
    cursor.rest("Fields");
    let value = summary(&cursor, ["Channel frequency", "Data Rate", "Antenna signal"]);
    cursor.tree("Radiotap Header", value)
}

/// Goes on at the next multiple of `align` from the start of the header.
fn pad(cursor: &mut Cursor<'_>, start: usize, align: usize) {
    let over = (cursor.at() - start) % align;
    if over > 0 && cursor.left() >= align - over {
        cursor.raw("Padding", align - over);
    }
}

fn summary(cursor: &Cursor<'_>, names: [&str; 3]) -> String {
    let value =
        |name: &&str| cursor.fields().iter().find(|field| field.name == **name).map(|field| field.value.clone());
    let said: Vec<String> = names.iter().filter_map(value).collect();
    if said.is_empty() { format!("{} bytes", cursor.whole().len()) } else { said.join(", ") }
}

/// Values with a number each, in the byte order of the machine that captured.
pub(super) fn prism(mut cursor: Cursor<'_>) -> Field {
    let is_little = cursor.peek().first().is_some_and(|byte| *byte != 0);
    let order = move |value: u64, width: usize| if is_little { little(value, width) } else { value };
    cursor.shown("Message Code", 4, |value| format!("0x{:x}", order(value, 4)));
    cursor.shown("Message Length", 4, |value| order(value, 4).to_string());
    cursor.raw("Device", 16);
    while cursor.left() >= 12 {
        let id = cursor.shown("DID", 4, |value| format!("0x{:08x}", order(value, 4))).map_or(0, |id| order(id, 4));
        cursor.shown("Status", 2, |value| match order(value, 2) {
            0 => "Supplied (0)".to_owned(),
            other => format!("Not Supplied ({other})"),
        });
        let width = cursor.shown("Length", 2, |value| order(value, 2).to_string()).map_or(0, |width| order(width, 2));
        let number = if id & 0xfff == 0x041 { id >> 12 & 0xf } else { id >> 16 & 0xf };
        let (name, show): (_, fn(u64) -> String) = match number {
            1 => ("Host Time", decimal),
            2 => ("MAC Time", decimal),
            3 => ("Channel", decimal),
            4 => ("RSSI", |value| signed(value, 4).to_string()),
            5 => ("Signal Quality", decimal),
            6 => ("Signal", |value| signed(value, 4).to_string()),
            7 => ("Noise", |value| signed(value, 4).to_string()),
            8 => ("Data Rate", rate),
            9 => ("Is Transmitted", decimal),
            10 => ("Frame Length", decimal),
            _ => ("Value", hexadecimal),
        };
        match width {
            0..=4 => drop(cursor.shown(name, 4, |value| show(order(value, 4)))),
            longer => drop(cursor.raw(name, longer as usize)),
        }
    }
    cursor.rest("Padding");
    let value = summary(&cursor, ["Channel", "Data Rate", "Signal"]);
    cursor.tree("Prism capture header", value)
}

/// Fields at fixed places, in network byte order.
pub(super) fn avs(mut cursor: Cursor<'_>) -> Field {
    cursor.hex("Header magic and version", 4);
    cursor.number("Header length", 4);
    cursor.number("MAC timestamp", 8);
    cursor.number("Host timestamp", 8);
    cursor.shown("PHY type", 4, |value| {
        let names =
            ["", "FHSS 802.11", "DSSS 802.11", "IR", "DSSS 802.11b", "PBCC 802.11b", "OFDM 802.11g", "PBCC 802.11g"];
        let name = if value == 8 { Some(&"OFDM 802.11a") } else { names.get(value as usize) };
        name.filter(|name| !name.is_empty()).map_or_else(|| value.to_string(), |name| format!("{name} ({value})"))
    });
    cursor.number("Channel", 4);
    cursor.shown("Data Rate", 4, |value| format!("{}.{} Mb/s", value / 10, value % 10));
    cursor.number("Antenna", 4);
    cursor.number("Priority", 4);
    let kind = cursor.shown("SSI Type", 4, |value| {
        let names = ["none", "normalized RSSI", "dBm", "raw RSSI"];
        names.get(value as usize).map_or_else(|| value.to_string(), |name| format!("{name} ({value})"))
    });
    let unit = if kind == Some(2) { " dBm" } else { "" };
    cursor.shown("SSI Signal", 4, |value| format!("{}{unit}", signed(value, 4)));
    cursor.shown("SSI Noise", 4, |value| format!("{}{unit}", signed(value, 4)));
    cursor.number("Preamble", 4);
    cursor.number("Encoding Type", 4);
    cursor.rest("Version 2 fields");
    let value = summary(&cursor, ["Channel", "Data Rate", "SSI Signal"]);
    cursor.tree("AVS capture header", value)
}

/// Per-packet information: fields with a type and a length each, all little-endian.
pub(super) fn ppi(mut cursor: Cursor<'_>) -> Field {
    cursor.number("Version", 1);
    cursor.hex("Flags", 1);
    cursor.shown("Header length", 2, |value| little(value, 2).to_string());
    let kind = cursor.shown("DLT", 4, |value| link_type(little(value, 4) as u16)).map(|value| little(value, 4) as u16);
    while cursor.left() >= 4 {
        cursor.shown("Field type", 2, |value| little(value, 2).to_string());
        let length = cursor.shown("Field length", 2, |value| little(value, 2).to_string()).unwrap_or_default();
        let length = (little(length, 2) as usize).min(cursor.left());
        if length > 0 {
            cursor.raw("Value", length);
        }
    }
    cursor.rest("Padding");
    cursor.tree("PPI Packet Header", kind.map_or(String::new(), link_type))
}

/// Text that ends with its first zero.
fn name(cursor: &mut Cursor<'_>, name: &'static str, width: usize) {
    let Some((range, bytes)) = cursor.take(name, width) else { return };
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    cursor.push(Field::new(name, String::from_utf8_lossy(bytes), range));
}

/// PKTAP (macOS), little-endian.
pub(super) fn pktap(mut cursor: Cursor<'_>) -> Field {
    let number = |cursor: &mut Cursor<'_>, name: &'static str| {
        cursor.shown(name, 4, |value| little(value, 4).to_string());
    };
    number(&mut cursor, "Header length");
    number(&mut cursor, "Record type");
    cursor.shown("DLT", 4, |value| link_type(little(value, 4) as u16));
    name(&mut cursor, "Interface name", 24);
    cursor.shown("Flags", 4, |value| format!("0x{:08x}", little(value, 4)));
    for label in ["Protocol family", "Link-layer header length", "Link-layer trailer length", "Process ID"] {
        number(&mut cursor, label);
    }
    name(&mut cursor, "Command name", 20);
    number(&mut cursor, "Service class");
    for label in ["Interface type", "Interface unit"] {
        cursor.shown(label, 2, |value| little(value, 2).to_string());
    }
    number(&mut cursor, "Effective process ID");
    name(&mut cursor, "Effective command name", 20);
    cursor.rest("Further fields");
    let said: Vec<_> = ["Interface name", "Command name"]
        .iter()
        .filter_map(|name| cursor.fields().iter().find(|field| field.name == *name))
        .map(|field| field.value.clone())
        .filter(|value| !value.is_empty())
        .collect();
    cursor.tree("PKTAP packet header", said.join(", "))
}

/// NFLOG (Linux netfilter): attributes in the byte order of the host that captured.
pub(super) fn nflog(mut cursor: Cursor<'_>) -> Field {
    let kind = cursor.shown("Family", 1, family).map_or(String::new(), family);
    cursor.number("Version", 1);
    cursor.number("Resource id", 2);
    // The first attribute's length is below 256: its zero says which end is the low one.
    let is_little = cursor.peek().get(1) == Some(&0);
    let order = move |value: u64| if is_little { little(value, 2) } else { value };
    while cursor.left() >= 4 {
        let length = cursor.shown("Length", 2, |value| order(value).to_string()).map_or(0, order) as usize;
        let kind = cursor.shown("Type", 2, |value| attribute(order(value) & 0x7fff)).map_or(0, order) & 0x7fff;
        if kind == 9 {
            break;
        }
        let value = length.saturating_sub(4).min(cursor.left());
        let end = cursor.at() + value.next_multiple_of(4).min(cursor.left());
        match (kind, value) {
            (1, 4) => {
                cursor.shown("HW protocol", 2, ethertype);
                cursor.number("Netfilter hook", 1);
            }
            (2 | 4..=7 | 11 | 14, 4) => drop(cursor.number("Value", 4)),
            (10, _) => name(&mut cursor, "Prefix", value),
            (_, 0) => {}
            _ => drop(cursor.raw("Value", value)),
        }
        cursor.go_to(end);
    }
    cursor.tree("Linux Netfilter NFLOG", kind)
}

fn attribute(number: u64) -> String {
    let names = [
        "",
        "NFULA_PACKET_HDR",
        "NFULA_MARK",
        "NFULA_TIMESTAMP",
        "NFULA_IFINDEX_INDEV",
        "NFULA_IFINDEX_OUTDEV",
        "NFULA_IFINDEX_PHYSINDEV",
        "NFULA_IFINDEX_PHYSOUTDEV",
        "NFULA_HWADDR",
        "NFULA_PAYLOAD",
        "NFULA_PREFIX",
        "NFULA_UID",
        "NFULA_SEQ",
        "NFULA_SEQ_GLOBAL",
        "NFULA_GID",
        "NFULA_HWTYPE",
        "NFULA_HWHEADER",
        "NFULA_HWLEN",
    ];
    let name = names.get(number as usize).filter(|name| !name.is_empty());
    name.map_or_else(|| number.to_string(), |name| format!("{name} ({number})"))
}

/// An interface of BSD's `IPsec`: numbers in the byte order of the host that captured.
pub(super) fn enc(mut cursor: Cursor<'_>) -> Field {
    cursor.shown("Address Family", 4, |value| family(if value > 0xffff { little(value, 4) } else { value }));
    cursor.hex("SPI", 4);
    cursor.hex("Flags", 4);
    cursor.tree("OpenBSD Encapsulating device", "")
}

/// The log of BSD's packet filter.
pub(super) fn pflog(mut cursor: Cursor<'_>) -> Field {
    cursor.number("Header Length", 1);
    cursor.shown("Address Family", 1, family);
    cursor.shown("Action", 1, |value| match value {
        0 => "pass (0)".into(),
        1 => "block (1)".into(),
        value => value.to_string(),
    });
    cursor.number("Reason", 1);
    name(&mut cursor, "Interface", 16);
    name(&mut cursor, "Ruleset", 16);
    cursor.number("Rule Number", 4);
    cursor.number("Sub Rule Number", 4);
    cursor.rest("Further fields");
    let value = cursor.fields().iter().find(|field| field.name == "Action").map(|field| field.value.clone());
    cursor.tree("OpenBSD Packet Filter log file", value.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(decode: fn(Cursor<'_>) -> Field, header: &[u8], value: &str, fields: &[(&str, &str)]) {
        let tree = decode(Cursor::over(header, 0..header.len()));
        assert_eq!(tree.value, value, "{tree:?}");
        assert!(tree.walk().all(|field| field.issue.is_none()), "{tree:?}");
        for (name, value) in fields {
            assert_eq!(tree.find(name).map(|field| field.value.as_str()), Some(*value), "{name}");
        }
        for end in 0..header.len() {
            let cut = decode(Cursor::over(&header[..end], 0..end));
            assert!(cut.walk().all(|field| field.range.end <= end), "cut at {end}: {cut:?}");
        }
    }

    #[test]
    fn radiotap_fields_stand_at_multiples_of_their_size() {
        let header =
            [0, 0, 26, 0, 0x2f, 0x40, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0x10, 0x0c, 0x6c, 0x09, 0xa0, 0, 0xd7, 0, 0, 0];
        let fields = [
            ("TSF timestamp", "513 µs"),
            ("Data Rate", "6.0 Mb/s"),
            ("Channel flags", "0xa0"),
            ("Antenna signal", "-41 dBm"),
        ];
        check(radiotap, &header, "2412 MHz, channel 1, 6.0 Mb/s, -41 dBm", &fields);
    }

    #[test]
    fn prism_values_have_numbers() {
        let mut header = vec![0x44, 0, 0, 0, 60, 0, 0, 0];
        header.extend(*b"wlan0\0\0\0\0\0\0\0\0\0\0\0");
        for (number, value) in [(3_u8, 11_i32), (6, -50), (8, 22)] {
            header.extend([0x44, 0, number, 0, 0, 0, 4, 0]);
            header.extend(value.to_le_bytes());
        }
        check(prism, &header, "11, 11.0 Mb/s, -50", &[("Channel", "11"), ("Signal", "-50")]);
    }

    #[test]
    fn avs_fields_have_fixed_places() {
        let numbers = [0x8021_1001_u32, 64, 0, 7, 0, 8, 6, 6, 540, 1, 0, 2, (-60_i32) as u32, (-95_i32) as u32, 0, 3];
        let header: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        let fields = [("PHY type", "OFDM 802.11g (6)"), ("SSI Noise", "-95 dBm"), ("Channel", "6")];
        check(avs, &header, "6, 54.0 Mb/s, -60 dBm", &fields);
    }
}
