//! One flow of any size: a client that asks now and then, a server that sends numbered lines of text, with losses.

use std::io;
use std::io::Write as _;

use super::{Output, SEGMENT};

/// Bytes of the server's answer to one question.
const ANSWER: u64 = 64 * 1024 * 1024;
/// Of so many segments one is captured late, and one is sent again.
const LATE: u64 = 1000;
const AGAIN: u64 = 700;

/// One direction's end.
struct End {
    ip: [u8; 4],
    port: u16,
    next: u32,
}

/// The flow as it is being written.
struct Flow<'o> {
    out: &'o mut Output,
    clock: u64,
    id: u16,
    client: End,
    server: End,
}

/// Writes one flow in which the server sends `bytes` bytes. Every line has its own number: `line 00000000001f …`.
pub fn write(out: &mut Output, bytes: u64) -> io::Result<()> {
    let client = End { ip: [10, 1, 0, 1], port: 50_000, next: 0xffff_0000 };
    let server = End { ip: [192, 0, 2, 1], port: 8080, next: 1_000_000 };
    let mut flow = Flow { out, clock: 1_700_000_000_000_000_000, id: 0, client, server };
    flow.packet(false, 0x02, &[])?;
    flow.client.next = flow.client.next.wrapping_add(1);
    flow.packet(true, 0x12, &[])?;
    flow.server.next = flow.server.next.wrapping_add(1);
    flow.packet(false, 0x10, &[])?;
    let mut lines = Lines::default();
    let (mut sent, mut segments) = (0, 0);
    let mut held: Option<(u32, Vec<u8>)> = None;
    while sent < bytes {
        if sent % ANSWER < SEGMENT as u64 {
            let question = format!("GET /part/{} HTTP/1.1\r\nHost: stream.example.test\r\n\r\n", sent / ANSWER);
            flow.send(false, question.as_bytes())?;
        }
        let size = (bytes - sent).min(SEGMENT as u64) as usize;
        let payload = lines.take(size);
        segments += 1;
        sent += size as u64;
        if segments % LATE == 0 {
            held = Some((flow.server.next, payload));
            flow.server.next = flow.server.next.wrapping_add(size as u32);
            continue;
        }
        flow.send(true, &payload)?;
        if let Some((seq, payload)) = held.take() {
            flow.at(seq, &payload)?;
        }
        if segments % AGAIN == 0 {
            flow.at(flow.server.next.wrapping_sub(size as u32), &payload)?;
        }
        if segments % 2 == 0 {
            flow.packet(false, 0x10, &[])?;
        }
    }
    if let Some((seq, payload)) = held.take() {
        flow.at(seq, &payload)?;
    }
    flow.packet(true, 0x11, &[])?;
    flow.server.next = flow.server.next.wrapping_add(1);
    flow.packet(false, 0x11, &[])
}

impl Flow<'_> {
    fn send(&mut self, to_client: bool, payload: &[u8]) -> io::Result<()> {
        self.packet(to_client, 0x18, payload)?;
        let end = if to_client { &mut self.server } else { &mut self.client };
        end.next = end.next.wrapping_add(payload.len() as u32);
        Ok(())
    }

    /// A segment of the server at a place of its own.
    fn at(&mut self, seq: u32, payload: &[u8]) -> io::Result<()> {
        let next = std::mem::replace(&mut self.server.next, seq);
        self.packet(true, 0x18, payload)?;
        self.server.next = next;
        Ok(())
    }

    fn packet(&mut self, to_client: bool, flags: u8, payload: &[u8]) -> io::Result<()> {
        self.clock += 4_000;
        self.id = self.id.wrapping_add(1);
        let (from, to) = if to_client { (&self.server, &self.client) } else { (&self.client, &self.server) };
        let mut bytes = Vec::with_capacity(54 + payload.len());
        bytes.extend_from_slice(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0]);
        bytes.extend_from_slice(&((40 + payload.len()) as u16).to_be_bytes());
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&[0x40, 0, 64, 6, 0, 0]);
        bytes.extend_from_slice(&from.ip);
        bytes.extend_from_slice(&to.ip);
        bytes.extend_from_slice(&from.port.to_be_bytes());
        bytes.extend_from_slice(&to.port.to_be_bytes());
        bytes.extend_from_slice(&from.next.to_be_bytes());
        let ack = if flags & 0x10 == 0 { 0 } else { to.next };
        bytes.extend_from_slice(&ack.to_be_bytes());
        bytes.extend_from_slice(&[0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend_from_slice(payload);
        self.out.packet(self.clock, &bytes)
    }
}

/// Numbered lines, cut anywhere.
#[derive(Default)]
struct Lines {
    number: u64,
    left: Vec<u8>,
}

impl Lines {
    fn take(&mut self, size: usize) -> Vec<u8> {
        while self.left.len() < size {
            // A needle that only a search finds, every million lines.
            let word = if self.number % 1_000_000 == 999_999 { "needle" } else { "straw" };
            let _ = writeln!(self.left, "line {:012x} {word} grün 世界 and some more text to fill it", self.number);
            self.number += 1;
        }
        let rest = self.left.split_off(size);
        std::mem::replace(&mut self.left, rest)
    }
}
