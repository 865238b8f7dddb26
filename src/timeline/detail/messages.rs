//! What a step says above TCP: records, messages, alerts, encrypted bytes, text and what is no TLS.

use std::ops::Range;

use super::source::{self, Source, shifted};
use super::tree::{Detail, Link};
use super::window::Window;
use crate::proto::dialogue::plaintext;
use crate::proto::tls::message::RecordHeader;
use crate::proto::tls::tree::{self, Context};
use crate::timeline::notes::Chosen;
use crate::timeline::{Step, What, words};
use crate::vocab::iana::ContentType;
use crate::vocab::text::{counted, hex, visible_bytes};
use crate::vocab::{Field, StreamRange};

/// Most records of a step that are shown one by one.
const MAX_RECORDS: usize = 64;
/// Most lines of text that are shown one by one.
const MAX_LINES: usize = 100;
/// Most bytes written out in the value of a field.
const MAX_HEX: usize = 32;

/// Adds the sections of a step above TCP.
pub(super) fn sections(source: &Source<'_>, step: &Step, detail: &mut Detail) {
    let Some(span) = step.spans.first().zip(step.spans.last()) else { return opened(source, step, detail) };
    let records = source.timeline.records_of(step);
    let start = records.first().map_or(span.0.start, |record| record.start.min(span.0.start));
    // What opens a record is its tag, behind what it holds.
    let end = records.last().filter(|_| step.decrypted).map_or(span.1.end, |record| record.end.max(span.1.end));
    let range = StreamRange::new(start, end.max(start));
    let window = Window::open(source, step.from, range, &words::name(&step.what), detail);
    if let Some(section) = window.section() {
        detail.section(window.pane, section);
    }
    let view = View { source, step, window: &window, records };
    match step.what {
        _ if source::opened(step).is_some() => {
            view.records(true, detail);
            opened(source, step, detail);
            let pane = detail.panes.len() - 1;
            link(&window, step, pane, detail);
        }
        What::Sealed { .. } | What::ApplicationData { .. } => view.encrypted(detail),
        What::Cut { .. } | What::Unfinished { .. } => view.unfinished(detail),
        What::Message(_) | What::HelloRetryRequest | What::Ssl2Hello => view.message(detail),
        What::Alert(..) => view.inside(detail, tree::alert),
        What::ChangeCipherSpec => view.inside(detail, tree::change_cipher_spec),
        What::Heartbeat(_) => view.inside(detail, tree::heartbeat),
        What::Plaintext(_) => view.outside_tls(text, detail),
        _ if !records.is_empty() => view.encrypted(detail),
        _ => view.outside_tls(foreign, detail),
    }
}

/// Ties the bytes of a step's body, in a pane of their own, to the stream's: they lie there one for one.
fn link(window: &Window, step: &Step, pane: usize, detail: &mut Detail) {
    let mut at = 0;
    for span in &step.spans {
        let place = window.locate(*span);
        let own = at..(at + place.len()).min(step.body.len());
        at = own.end;
        if !own.is_empty() && window.pane != pane {
            detail.links.push(Link { whole: (pane, own), source: (window.pane, place.start) });
        }
    }
}

/// What keys opened, in a pane of its own.
fn opened(source: &Source<'_>, step: &Step, detail: &mut Detail) {
    let Some(bytes) = source::opened(step) else { return };
    let root = match step.what {
        What::Message(_) | What::HelloRetryRequest | What::Unfinished { .. } => {
            tree::handshake_message(bytes, context(source, step))
        }
        What::Alert(..) => tree::alert(bytes),
        _ => plain_or_raw(bytes),
    };
    let pane = detail.pane(format!("Decrypted {}", words::name(&step.what)), bytes.to_vec());
    detail.subject(pane, root);
}

/// What was agreed on when a step was sent.
fn context(source: &Source<'_>, step: &Step) -> Context {
    let mut chosen = Chosen::default();
    // A ServerHello tells how to read what both ends sent before it, too: early data, a second hello.
    source.timeline.steps[..=source.at].iter().for_each(|step| chosen.learn(step));
    Context { version: chosen.version, suite: chosen.suite, from: step.from }
}

struct View<'a> {
    source: &'a Source<'a>,
    step: &'a Step,
    window: &'a Window,
    records: &'a [StreamRange],
}

impl View<'_> {
    /// A section for each record: its header, and its body where that is `closed`.
    fn records(&self, closed: bool, detail: &mut Detail) {
        for record in self.records.iter().take(MAX_RECORDS) {
            let root = self.record(*record, closed, detail);
            detail.section(self.window.pane, root);
        }
        let more = self.records.len().saturating_sub(MAX_RECORDS);
        if more > 0 {
            let are = if more == 1 { "is" } else { "are" };
            let left_out = format!("{} {are} left out", counted(more, "record"));
            detail.section(self.window.pane, Field::new("More Records", left_out, 0..0));
        }
    }

    fn record(&self, record: StreamRange, closed: bool, detail: &Detail) -> Field {
        let body = (record.start + RecordHeader::LENGTH as u64).min(record.end);
        let header = self.window.bytes(detail, StreamRange::new(record.start, body));
        let place = self.window.locate(StreamRange::new(record.start, body));
        let mut root = shifted(tree::record(header), place.start);
        if closed {
            let range = self.window.locate(StreamRange::new(body, record.end));
            let there = &detail.panes[self.window.pane].bytes[range.clone()];
            let mut field = Field::new("encrypted_record", short_hex(there), range.clone());
            let length = record.end - body;
            if (there.len() as u64) < length {
                field.issue = Some(format!("{} of {length} bytes there", there.len()));
            }
            root.range.end = root.range.end.max(range.end);
            root.children.push(field);
        }
        root
    }

    /// Encrypted records; what they hold is said as inferred.
    fn encrypted(&self, detail: &mut Detail) {
        let first = detail.sections.len();
        self.records(true, detail);
        let Some(section) = detail.sections.get_mut(first) else { return self.cut_record(detail) };
        if let Some(inferred) = self.step.what.inferred() {
            let range = section.root.children.last().map_or(0..0, |body| body.range.clone());
            let content = Field::new("Inferred Content", inferred.holds.to_string(), range);
            section.root.children.push(content.noted(format!("Not seen, but fits: {}", inferred.why)));
        }
        detail.subject = first;
    }

    /// A record that is not whole.
    fn cut_record(&self, detail: &mut Detail) {
        let Some(span) = self.step.spans.first() else { return };
        let mut root = self.record(*span, true, detail);
        root.issue = Some("the record is not whole".into());
        detail.subject(self.window.pane, root);
    }

    /// A message in clear: in the stream where it lies in one record, in a pane of its own where it crosses records.
    fn message(&self, detail: &mut Detail) {
        self.records(false, detail);
        let step = self.step;
        let root = if step.what == What::Ssl2Hello {
            tree::ssl2_client_hello(&step.body)
        } else {
            tree::handshake_message(&step.body, context(self.source, step))
        };
        self.place(root, self.records.len(), detail);
    }

    /// Adds the tree of the step's body: over the stream's own bytes where these are the same.
    fn place(&self, root: Field, records: usize, detail: &mut Detail) {
        let step = self.step;
        if let [span] = step.spans[..]
            && self.window.bytes(detail, span).starts_with(&step.body)
        {
            let start = self.window.locate(span).start;
            detail.subject(self.window.pane, shifted(root, start));
            return;
        }
        let mut title = words::name(&step.what).into_owned();
        if records > 1 {
            title = format!("{title}, put together from {records} records");
        }
        let pane = detail.pane(title, step.body.clone());
        link(self.window, step, pane, detail);
        detail.subject(pane, root);
    }

    /// A message or record that was begun and never finished. What there is may begin with the record's header.
    fn unfinished(&self, detail: &mut Detail) {
        let body = &self.step.body;
        if body.is_empty() {
            return self.cut_record(detail);
        }
        let context = context(self.source, self.step);
        let Some(header) = RecordHeader::decode(body).filter(|header| header.is_plausible() && body[1] == 3) else {
            self.records(false, detail);
            if body.len() < RecordHeader::LENGTH && matches!(body[0], 20..=24) && self.records.is_empty() {
                return self.place(tree::record(body), 0, detail);
            }
            return self.place(tree::handshake_message(body, context), self.records.len(), detail);
        };
        let (head, rest) = body.split_at(RecordHeader::LENGTH);
        let mut record = tree::record(head);
        let length = usize::from(header.length);
        record.issue = Some(format!("{} of {length} bytes came", rest.len()));
        let inside = match header.content_type {
            ContentType::HANDSHAKE => tree::handshake_message(rest, context),
            ContentType::ALERT => tree::alert(rest),
            _ => Field::new("body", short_hex(rest), 0..rest.len()),
        };
        let inside = shifted(inside, RecordHeader::LENGTH);
        record.range.end = body.len();
        record.children.push(inside);
        self.place(record, 0, detail);
    }

    /// The body of one record in clear.
    fn inside(&self, detail: &mut Detail, decode: impl Fn(&[u8]) -> Field) {
        self.records(false, detail);
        let Some(span) = self.step.spans.first() else { return };
        let place = self.window.locate(*span);
        let root = shifted(decode(&detail.panes[self.window.pane].bytes[place.clone()]), place.start);
        detail.subject(self.window.pane, root);
    }

    fn outside_tls(&self, decode: impl Fn(&[u8]) -> Field, detail: &mut Detail) {
        let Some(span) = self.step.spans.first() else { return };
        let place = self.window.locate(*span);
        let root = shifted(decode(&detail.panes[self.window.pane].bytes[place.clone()]), place.start);
        detail.subject(self.window.pane, root);
    }
}

fn plain_or_raw(bytes: &[u8]) -> Field {
    if plaintext(bytes).is_some() { text(bytes) } else { Field::new("data", short_hex(bytes), 0..bytes.len()) }
}

/// Readable text, line by line.
fn text(bytes: &[u8]) -> Field {
    let protocol = plaintext(bytes).map_or("text", |text| text.protocol);
    let mut lines = Vec::new();
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        if lines.len() == MAX_LINES {
            lines.push(Field::new("more", format!("{} bytes", bytes.len() - range.start), range.start..bytes.len()));
            break;
        }
        let shown = line.strip_suffix(b"\n").unwrap_or(line);
        let shown = shown.strip_suffix(b"\r").unwrap_or(shown);
        lines.push(Field::new("line", visible_bytes(shown), range));
    }
    Field::new("Plain Text", protocol, 0..bytes.len())
        .with(lines)
        .noted("In clear, where TLS was expected or before it")
}

/// Bytes that are no TLS, and how they read as a record.
fn foreign(bytes: &[u8]) -> Field {
    let root = Field::new("Bytes that are not TLS", short_hex(bytes), 0..bytes.len());
    let Some(header) = bytes.get(..RecordHeader::LENGTH) else { return root };
    let mut as_record = Field { name: "Read as a record".into(), ..tree::record(header) };
    let wrong = [
        (!matches!(header[0], 20..=24)).then_some("no such content type"),
        (header[1] != 3).then_some("no version of TLS"),
    ];
    for (field, wrong) in as_record.children.iter_mut().zip(wrong) {
        field.issue = wrong.map(str::to_owned).or(field.issue.take());
    }
    let rest: Range<usize> = RecordHeader::LENGTH..bytes.len();
    let rest = Field::new("Rest", visible_bytes(&bytes[rest.start..rest.end.min(rest.start + MAX_HEX)]), rest);
    root.with(vec![as_record, rest])
}

fn short_hex(bytes: &[u8]) -> String {
    match bytes.get(..MAX_HEX) {
        Some(first) if bytes.len() > MAX_HEX => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}
