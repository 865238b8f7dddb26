//! Makes captures of any size from real handshake bytes: the flows of a few fixtures, with other ends, times and bulk.
//!
//!     cargo run --release --example generate -- OUT.pcapng --flows 10000 --bulk 100000 --open 200
//!     cargo run --release --example generate -- OUT.pcap --syns 10000000
//!     cargo run --release --example generate -- OUT.pcap --stream 5000000000
//!
//! Of every hundred flows one fails: a reset after its ClientHello. Segments of `--open` flows at a time interleave.
//! `--stream` makes one flow of so many bytes of text; `--flows 1 --bulk` one of TLS records.

mod stream;

use std::fs::File;
use std::io::{self, BufWriter, Write};

use shakedown::internal::capture::{Found, Scanner};

/// Payload of a bulk segment, as an Ethernet path carries it with timestamps.
const SEGMENT: usize = 1448;

struct Frame {
    nanos: u64,
    to_client: bool,
    bytes: Vec<u8>,
}

/// One recorded flow.
struct Template {
    frames: Vec<Frame>,
    /// Index of the frame before which bulk of the server goes.
    bulk_at: usize,
}

struct Options {
    out: String,
    flows: u32,
    bulk: usize,
    open: usize,
    syns: u32,
    stream: u64,
}

fn main() -> io::Result<()> {
    let options = arguments();
    let mut out = Output::new(&options.out)?;
    if options.syns > 0 {
        return syns(&mut out, options.syns);
    }
    if options.stream > 0 {
        stream::write(&mut out, options.stream)?;
        return out.finish();
    }
    let good = [template("tls13-ok")?, template("tls12-ok")?, template("post-quantum-hello-ok")?];
    let bad = template("reset-by-access-point")?;
    let mut open: Vec<Running<'_>> = Vec::new();
    let mut started = 0;
    let mut clock = 1_700_000_000_000_000_000_u64;
    let mut turn = 0;
    while started < options.flows || !open.is_empty() {
        while open.len() < options.open && started < options.flows {
            let template = if started % 100 == 37 { &bad } else { &good[started as usize % good.len()] };
            open.push(Running::new(template, started, options.bulk));
            started += 1;
        }
        turn = (turn + 1) % open.len();
        clock += 1_000;
        if !open[turn].step(clock, &mut out)? {
            open.swap_remove(turn);
        }
        if open.is_empty() && started == options.flows {
            break;
        }
        if turn >= open.len() {
            turn = 0;
        }
    }
    out.finish()
}

fn arguments() -> Options {
    let mut options = Options { out: String::new(), flows: 10_000, bulk: 0, open: 100, syns: 0, stream: 0 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok()).unwrap_or_else(|| usage());
        match argument.as_str() {
            "--flows" => options.flows = number() as u32,
            "--bulk" => options.bulk = number(),
            "--open" => options.open = number(),
            "--syns" => options.syns = number() as u32,
            "--stream" => options.stream = number() as u64,
            name if !name.starts_with('-') => name.clone_into(&mut options.out),
            _ => usage(),
        }
    }
    if options.out.is_empty() {
        usage();
    }
    options
}

fn usage() -> ! {
    eprintln!("usage: generate OUT.pcap[ng] [--flows N] [--bulk BYTES] [--open N] | [--syns N] | [--stream BYTES]");
    std::process::exit(2);
}

/// Reads a fixture's first flow.
fn template(name: &str) -> io::Result<Template> {
    let path = format!("{}/fixtures/{name}/capture.pcapng", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path)?;
    let mut frames: Vec<Frame> = Vec::new();
    let mut client: Option<[u8; 2]> = None;
    let scan = Scanner::default().scan(&bytes, 0, true, &mut |found| {
        let Found::Packet(packet) = found else { return };
        let data = packet.data;
        if data.len() < 54 || data[12..14] != [8, 0] || data[23] != 6 {
            return;
        }
        let port = [data[34], data[35]];
        let other = [data[36], data[37]];
        let owner = *client.get_or_insert(port);
        if port != owner && other != owner {
            return;
        }
        frames.push(Frame { nanos: packet.time.0 as u64, to_client: port != owner, bytes: data.to_vec() });
    });
    assert!(scan.is_ok() && !frames.is_empty(), "{path} holds a flow");
    // Bulk goes behind the server's last payload: the answer grows.
    let last = frames.iter().rposition(|frame| frame.to_client && frame.bytes.len() > 66 + 40);
    let bulk_at = last.map_or(frames.len(), |at| at + 1);
    Ok(Template { frames, bulk_at })
}

/// A flow being written.
struct Running<'t> {
    template: &'t Template,
    at: usize,
    bulk_left: usize,
    bulk_sent: u32,
    client_ip: [u8; 4],
    client_port: [u8; 2],
    server_ip: [u8; 4],
}

impl<'t> Running<'t> {
    fn new(template: &'t Template, number: u32, bulk: usize) -> Self {
        let [_, b, c, d] = (number / 50_000 + 0x0a01_0001).to_be_bytes();
        let port = (10_000 + number % 50_000) as u16;
        let is_bad = template.bulk_at >= template.frames.len();
        Self {
            template,
            at: 0,
            bulk_left: if is_bad { 0 } else { bulk },
            bulk_sent: 0,
            client_ip: [10, b, c, d],
            client_port: port.to_be_bytes(),
            server_ip: [192, 0, 2, (number % 7) as u8 + 1],
        }
    }

    /// Writes the flow's next packet; whether there may be more.
    fn step(&mut self, clock: u64, out: &mut Output) -> io::Result<bool> {
        let in_bulk = self.at == self.template.bulk_at && self.bulk_left > 0;
        if in_bulk {
            let size = self.bulk_left.min(SEGMENT);
            let model = &self.template.frames[self.at - 1];
            let header = header_len(&model.bytes);
            let mut bytes = model.bytes[..header].to_vec();
            let after = (model.bytes.len() - header) as u32;
            bytes.resize(header + size, 0x5a);
            // Records of application data: whole ones, so that they can be counted.
            if size >= 5 {
                let length = (size - 5) as u16;
                bytes[header..header + 5].copy_from_slice(&[23, 3, 3, (length >> 8) as u8, length as u8]);
            }
            let total = (bytes.len() - 14) as u16;
            bytes[16..18].copy_from_slice(&total.to_be_bytes());
            self.address(&mut bytes, true);
            shift(&mut bytes, 38, after.wrapping_add(self.bulk_sent));
            self.bulk_left -= size;
            self.bulk_sent = self.bulk_sent.wrapping_add(size as u32);
            out.packet(clock, &bytes)?;
            return Ok(true);
        }
        let Some(frame) = self.template.frames.get(self.at) else { return Ok(false) };
        let mut bytes = frame.bytes.clone();
        self.address(&mut bytes, frame.to_client);
        if self.at >= self.template.bulk_at {
            shift(&mut bytes, if frame.to_client { 38 } else { 42 }, self.bulk_sent);
        }
        let pause = frame.nanos.saturating_sub(self.template.frames[0].nanos) / 1_000_000;
        out.packet(clock + pause, &bytes)?;
        self.at += 1;
        Ok(true)
    }

    fn address(&self, bytes: &mut [u8], to_client: bool) {
        let (ip, port, other_ip) = if to_client { (30, 36, 26) } else { (26, 34, 30) };
        bytes[ip..ip + 4].copy_from_slice(&self.client_ip);
        bytes[port..port + 2].copy_from_slice(&self.client_port);
        bytes[other_ip..other_ip + 4].copy_from_slice(&self.server_ip);
    }
}

fn header_len(bytes: &[u8]) -> usize {
    14 + usize::from(bytes[14] & 15) * 4 + usize::from(bytes[46] >> 4) * 4
}

/// Adds to the sequence or acknowledgment number at `at`.
fn shift(bytes: &mut [u8], at: usize, by: u32) {
    let number = u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    bytes[at..at + 4].copy_from_slice(&number.wrapping_add(by).to_be_bytes());
}

/// A flood: one SYN a flow, each from another port or address.
fn syns(out: &mut Output, count: u32) -> io::Result<()> {
    let template = template("tls13-ok")?;
    let syn = &template.frames[0].bytes;
    for number in 0..count {
        let mut bytes = syn.clone();
        let [_, b, c, d] = (number / 60_000 + 0x0a01_0001).to_be_bytes();
        bytes[26..30].copy_from_slice(&[10, b, c, d]);
        bytes[34..36].copy_from_slice(&((number % 60_000) as u16 + 1024).to_be_bytes());
        out.packet(1_700_000_000_000_000_000 + u64::from(number) * 500, &bytes)?;
    }
    out.finish()
}

/// pcapng, or pcap with nanoseconds where the name says so.
struct Output {
    file: BufWriter<File>,
    ng: bool,
}

impl Output {
    fn new(name: &str) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(name)?);
        let ng = name.ends_with("pcapng");
        if ng {
            let words = [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
            write_words(&mut file, &words)?;
            // One Ethernet interface with nanoseconds (if_tsresol 9).
            write_words(&mut file, &[1, 32, 1, 262_144, 0x0001_0009, 9, 0, 32])?;
        } else {
            write_words(&mut file, &[0xa1b2_3c4d, 0x0004_0002, 0, 0, 262_144, 1])?;
        }
        Ok(Self { file, ng })
    }

    fn packet(&mut self, nanos: u64, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u32;
        if self.ng {
            let padded = length.next_multiple_of(4);
            let total = 32 + padded;
            write_words(&mut self.file, &[6, total, 0, (nanos >> 32) as u32, nanos as u32, length, length])?;
            self.file.write_all(bytes)?;
            self.file.write_all(&[0; 3][..(padded - length) as usize])?;
            write_words(&mut self.file, &[total])
        } else {
            let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
            write_words(&mut self.file, &[seconds as u32, fraction as u32, length, length])?;
            self.file.write_all(bytes)
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn write_words(file: &mut impl Write, words: &[u32]) -> io::Result<()> {
    words.iter().try_for_each(|word| file.write_all(&word.to_le_bytes()))
}
