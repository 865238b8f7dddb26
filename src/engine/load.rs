//! Loading: one thread reads ahead and decodes packets, another indexes them.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::damage::{Damage, Wrong};
use super::judge;
use super::keylog::KeyLog;
use super::shared::Shared;
use crate::capture::{Found, Input, OpenFile, Scanner, Trouble, dropped};
use crate::index::{Block, Numbered, Pass};

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;
/// Room in front of each block for what the one before left unfinished.
const HEADROOM: usize = 128 * 1024;
/// Blocks on their way at a time.
const BLOCKS: usize = 8;

/// How long to wait before looking whether a growing file has grown.
const POLL: Duration = Duration::from_millis(250);
/// How often flows that are over or silent are judged while the capture still loads.
const JUDGE_EVERY: Duration = Duration::from_secs(1);
/// How many times as long as judging takes it is not judged again: of many flows each look takes its time.
const JUDGE_SHARE: u32 = 20;

/// Reads and indexes every input in order, until the end or until cancelled.
/// With `follow` the last one is waited on to grow; so is the key log.
pub(super) fn load(shared: &Arc<Shared>, inputs: Vec<Input>, mut keylog: Option<KeyLog>, follow: bool) {
    let mut pass = Pass::new(&shared.secrets);
    let mut decoder = Numbered::new(shared.index.read().hasher());
    let last = inputs.len().saturating_sub(1);
    for (number, input) in inputs.into_iter().enumerate() {
        if shared.is_cancelled() {
            break;
        }
        shared.index.write().begin_file(number);
        let follow = follow && number == last;
        let reader = FileReader {
            shared,
            number,
            name: input.name,
            store: input.store,
            scanner: Scanner::default(),
            decoder: &mut decoder,
            keylog: keylog.as_mut().filter(|_| follow),
            unread_lines: 0,
        };
        load_one(shared, &mut pass, reader, input.reader, follow);
    }
    if let Some(keylog) = &mut keylog {
        read_on(keylog);
        shared.status.lock().troubles.extend(keylog.trouble());
    }
    let dropped = dropped(&shared.files.read());
    let mut index = shared.index.write();
    pass.finish(&mut index);
    index.end_files(dropped, &decoder);
}

/// Reads what a key log has grown by. One that cannot be read any more brings no more secrets; those it had stay.
fn read_on(keylog: &mut KeyLog) {
    let _ = keylog.read_on();
}

fn load_one(shared: &Shared, pass: &mut Pass, reader: FileReader<'_>, input: Box<dyn Read + Send>, follow: bool) {
    let (full_tx, full_rx) = bounded(BLOCKS);
    let (free_tx, free_rx) = bounded(BLOCKS);
    for _ in 0..BLOCKS {
        // The channel has room for exactly these.
        let _ = free_tx.send(Block { bytes: vec![0; HEADROOM + BLOCK], items: Vec::new(), links: Vec::new() });
    }
    std::thread::scope(|scope| {
        scope.spawn(move || reader.run(input, follow, &free_rx, &full_tx));
        index_blocks(shared, pass, &full_rx, &free_tx);
    });
}

/// Indexes blocks until no more come.
fn index_blocks(shared: &Shared, pass: &mut Pass, full: &Receiver<Block>, free: &Sender<Block>) {
    let mut judged = Instant::now();
    let mut pause = JUDGE_EVERY;
    while let Ok(block) = full.recv() {
        if shared.is_cancelled() {
            return;
        }
        if !block.items.is_empty() {
            let mut index = shared.index.write();
            pass.block(&mut index, &block);
            index.change();
            shared.packets.store(index.packets() as u64, Ordering::Relaxed);
            shared.flows.store(index.len() as u64, Ordering::Relaxed);
        }
        // The reader may be done already; its last blocks still wait.
        let _ = free.send(block);
        if judged.elapsed() > pause {
            let began = Instant::now();
            judge::judge_so_far(shared);
            judged = Instant::now();
            pause = JUDGE_EVERY.max(began.elapsed() * JUDGE_SHARE);
        }
    }
}

/// Reads a file ahead of the index and decodes its packets.
struct FileReader<'a> {
    shared: &'a Shared,
    number: usize,
    name: String,
    store: Arc<File>,
    scanner: Scanner,
    decoder: &'a mut Numbered,
    /// The key log, where it may still grow.
    keylog: Option<&'a mut KeyLog>,
    /// Lines of secrets in the file that are none of a key log.
    unread_lines: u64,
}

impl FileReader<'_> {
    fn run(mut self, mut reader: Box<dyn Read + Send>, follow: bool, free: &Receiver<Block>, full: &Sender<Block>) {
        let mut carry: Vec<u8> = Vec::new();
        let mut offset = 0;
        let mut interfaces = 0;
        while let Ok(Block { mut bytes, mut items, .. }) = free.recv() {
            if self.shared.is_cancelled() {
                break;
            }
            // What was left over goes in front; a block that is longer than the room there takes more room.
            let room = carry.len().max(HEADROOM);
            bytes.resize(room + BLOCK, 0);
            let start = room - carry.len();
            bytes[start..room].copy_from_slice(&carry);
            let (filled, end) = read(&mut reader, &mut bytes[room..], follow);
            self.shared.bytes.fetch_add(filled as u64, Ordering::Relaxed);
            // Clients write their secrets before the packets that need them are captured.
            if let Some(keylog) = &mut self.keylog {
                read_on(keylog);
            }
            let block = &bytes[start..room + filled];
            items.clear();
            let found = &mut |found: Found<'_>| match found {
                Found::Packet(packet) => items.push(self.decoder.item(&packet, &bytes)),
                Found::Secrets(lines) => self.unread_lines += self.shared.secrets.read(lines).malformed,
            };
            // Where reading failed that is what is wrong, not that the last packet is cut.
            let whole = matches!(end, Some(Ok(())));
            // What is no capture was told when the input was opened; a pipe is found out here.
            let Ok(done) = self.scanner.scan(block, offset, whole, found) else {
                self.shared.status.lock().not_a_capture = true;
                break;
            };
            carry.clear();
            carry.extend_from_slice(&block[done..]);
            offset += done as u64;
            let sections = self.scanner.layout().map_or(&[][..], |layout| &layout.sections);
            let known = sections.iter().map(|section| section.interfaces.len() + 1).sum();
            if interfaces != known {
                interfaces = known;
                self.publish();
            }
            if let Some(Err(error)) = &end {
                let what = error.to_string();
                self.scanner.note(if is_of_decompression(error) {
                    Trouble::Compression { offset, what }
                } else {
                    Trouble::Unreadable { offset, what }
                });
            }
            if full.send(Block { bytes, items, links: self.decoder.new_links() }).is_err() || end.is_some() {
                break;
            }
        }
        self.publish();
        let mut status = self.shared.status.lock();
        if self.unread_lines > 0 {
            status.troubles.push(self.damage(Wrong::Secrets(self.unread_lines)));
        }
        let troubles = self.scanner.troubles.iter().cloned();
        status.troubles.extend(troubles.map(|trouble| self.damage(Wrong::Capture(trouble))));
    }

    fn damage(&self, what: Wrong) -> Damage {
        Damage { file: self.name.clone(), what }
    }

    /// Makes the file's packets reachable for whoever opens a flow.
    fn publish(&self) {
        let Some(layout) = self.scanner.layout() else { return };
        let file = OpenFile { store: Arc::clone(&self.store), layout: Arc::new(layout.clone()) };
        if let Some(known) = self.shared.files.write().get_mut(self.number) {
            *known = Some(file);
        }
    }
}

/// Whether it was a decompressor that could not go on, not the operating system.
fn is_of_decompression(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    error.raw_os_error().is_none() && matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}

/// Reads once: how many bytes came, and how the input ended if it did.
fn read(reader: &mut dyn Read, bytes: &mut [u8], follow: bool) -> (usize, Option<io::Result<()>>) {
    match reader.read(bytes) {
        // The end of a growing file: what came so far is judged, then looked for again.
        Ok(0) if follow => {
            std::thread::sleep(POLL);
            (0, None)
        }
        Ok(0) => (0, Some(Ok(()))),
        Ok(count) => (count, None),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => (0, None),
        Err(error) => (0, Some(Err(error))),
    }
}
