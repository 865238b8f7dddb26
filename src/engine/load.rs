//! Loading: one thread reads ahead, another frames packets and indexes them.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::judge;
use super::keylog::KeyLog;
use super::pass::Pass;
use super::session::Shared;
use crate::capture::{Found, Input, Layout, Scanner, Trouble};

/// Bytes read at a time.
const BLOCK: usize = 1024 * 1024;
/// Room in front of each block for what the one before left unfinished.
const HEADROOM: usize = 256 * 1024;
/// Blocks on their way at a time.
const BLOCKS: usize = 4;

/// A file that packets can be gone back to.
#[derive(Clone)]
pub(super) struct OpenFile {
    pub store: Arc<File>,
    pub layout: Arc<Layout>,
}

/// How long to wait before looking whether a growing file has grown.
const POLL: Duration = Duration::from_millis(250);
/// How often flows that are over are judged while the capture still loads.
const JUDGE_EVERY: Duration = Duration::from_secs(1);

struct Block {
    bytes: Vec<u8>,
    filled: usize,
    end: Option<io::Result<()>>,
}

/// Reads and indexes every input in order, until the end or until cancelled.
/// With `follow` the last one is waited on to grow; so is the key log.
pub(super) fn load(shared: &Arc<Shared>, inputs: Vec<Input>, mut keylog: Option<KeyLog>, follow: bool) {
    let mut pass = Pass::new(&shared.secrets);
    let last = inputs.len().saturating_sub(1);
    for (number, input) in inputs.into_iter().enumerate() {
        if shared.is_cancelled() {
            break;
        }
        shared.index.write().packets.begin_file(number);
        load_one(shared, &mut pass, input, keylog.as_mut(), follow && number == last);
    }
    if let Some(keylog) = &mut keylog {
        read_on(keylog);
        shared.status.lock().troubles.extend(keylog.trouble());
    }
    let mut index = shared.index.write();
    pass.finish(&mut index);
    index.recount();
}

/// Reads what a key log has grown by. One that cannot be read any more brings no more secrets; those it had stay.
fn read_on(keylog: &mut KeyLog) {
    let _ = keylog.read_on();
}

fn load_one(shared: &Arc<Shared>, pass: &mut Pass, input: Input, keylog: Option<&mut KeyLog>, follow: bool) {
    let Input { name, reader, store, .. } = input;
    let (full_tx, full_rx) = bounded(BLOCKS);
    let (free_tx, free_rx) = bounded(BLOCKS);
    for _ in 0..BLOCKS {
        // The channel has room for exactly these.
        let _ = free_tx.send(vec![0; HEADROOM + BLOCK]);
    }
    std::thread::scope(|scope| {
        let shared_by_reader = Arc::clone(shared);
        let read_ahead = scope.spawn(move || read_ahead(&shared_by_reader, reader, follow, &free_rx, &full_tx));
        let mut scanner = Scanner::default();
        let unread_lines =
            index_blocks(shared, pass, &mut scanner, &store, keylog.filter(|_| follow), (&full_rx, &free_tx));
        drop(free_tx);
        drop(full_rx);
        let _ = read_ahead.join();
        publish(shared, &scanner, &store);
        let mut status = shared.status.lock();
        if unread_lines > 0 {
            status
                .troubles
                .push(format!("{name}: malformed: {unread_lines} lines of its secrets are none of a key log"));
        }
        status.troubles.extend(scanner.troubles.drain(..).map(|trouble| format!("{name}: {trouble}")));
    });
}

fn read_ahead(
    shared: &Shared,
    mut reader: Box<dyn Read + Send>,
    follow: bool,
    free: &Receiver<Vec<u8>>,
    full: &Sender<Block>,
) {
    while let Ok(mut bytes) = free.recv() {
        if shared.is_cancelled() {
            return;
        }
        let (filled, end) = match reader.read(&mut bytes[HEADROOM..]) {
            // The end of a growing file: what came so far is judged, then looked for again.
            Ok(0) if follow => {
                std::thread::sleep(POLL);
                (0, None)
            }
            Ok(0) => (0, Some(Ok(()))),
            Ok(count) => (count, None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (0, None),
            Err(error) => (0, Some(Err(error))),
        };
        let last = end.is_some();
        if full.send(Block { bytes, filled, end }).is_err() || last {
            return;
        }
    }
}

/// Indexes what the reading thread reads. Returns how many lines of secrets in the capture are none of a key log.
fn index_blocks(
    shared: &Shared,
    pass: &mut Pass,
    scanner: &mut Scanner,
    store: &Arc<File>,
    mut keylog: Option<&mut KeyLog>,
    (full, free): (&Receiver<Block>, &Sender<Vec<u8>>),
) -> u64 {
    let mut carry: Vec<u8> = Vec::new();
    let mut offset = 0;
    let mut sections = 0;
    let mut judged = Instant::now();
    let mut unread_lines = 0;
    while let Ok(Block { mut bytes, filled, end }) = full.recv() {
        if shared.is_cancelled() {
            return unread_lines;
        }
        shared.bytes.fetch_add(filled as u64, Ordering::Relaxed);
        // Clients write their secrets before the packets that need them are captured.
        if let Some(keylog) = &mut keylog {
            read_on(keylog);
        }
        let at_end = end.is_some();
        // What was left over goes in front; what does not fit there goes the long way.
        let joined;
        let block = if carry.len() <= HEADROOM {
            let start = HEADROOM - carry.len();
            bytes[start..HEADROOM].copy_from_slice(&carry);
            &bytes[start..HEADROOM + filled]
        } else {
            carry.extend_from_slice(&bytes[HEADROOM..HEADROOM + filled]);
            joined = std::mem::take(&mut carry);
            &joined[..]
        };
        let done = {
            let mut index = shared.index.write();
            let done = scanner.scan(block, offset, at_end, &mut |found| match found {
                Found::Packet(packet) => pass.packet(&mut index, &packet),
                Found::Secrets(lines) => unread_lines += shared.secrets.read(lines).malformed,
            });
            index.generation += 1;
            shared.packets.store(index.packets.len() as u64, Ordering::Relaxed);
            shared.flows.store(index.flows.len() as u64, Ordering::Relaxed);
            done
        };
        // What is no capture was told when the input was opened; a pipe is found out here.
        let Ok(done) = done else {
            shared.status.lock().not_a_capture = true;
            return unread_lines;
        };
        carry = block[done..].to_vec();
        offset += done as u64;
        let interfaces =
            scanner.layout().map_or(0, |layout| layout.sections.iter().map(|s| s.interfaces.len() + 1).sum());
        if interfaces != sections {
            sections = interfaces;
            publish(shared, scanner, store);
        }
        if let Some(Err(error)) = end {
            let what = error.to_string();
            scanner.note(if error.kind() == io::ErrorKind::Other || error.raw_os_error().is_none() {
                Trouble::Compression { offset, what }
            } else {
                Trouble::Unreadable { offset, what }
            });
        }
        if at_end {
            return unread_lines;
        }
        // The reader may be done already; its last blocks still wait.
        let _ = free.send(bytes);
        if judged.elapsed() > JUDGE_EVERY {
            judge::judge_closed(shared);
            judged = Instant::now();
        }
    }
    unread_lines
}

/// Makes the file's packets reachable for whoever opens a flow.
fn publish(shared: &Shared, scanner: &Scanner, store: &Arc<File>) {
    let Some(layout) = scanner.layout() else { return };
    let file = OpenFile { store: Arc::clone(store), layout: Arc::new(layout.clone()) };
    let number = shared.index.read().packets.files() - 1;
    let mut files = shared.files.write();
    if let Some(known) = files.get_mut(number) {
        *known = Some(file);
    }
}
