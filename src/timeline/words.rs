//! Steps in words, for those who show them: what a step is called, what is said of it, what kind it is.
//!
//! This is the one place that makes them. They are low enough for the pane titles of `detail` and for a
//! rule's sentence; nobody reads them back: who decides asks [`What`] and [`Note`].

use std::borrow::Cow;

use super::note::{Note, Unanswered};
use super::step::{Begun, Early, Heartbeat, Page, Step, What};
use crate::net::{IcmpError, TcpOptions};
use crate::proto::dialogue::MAX_MESSAGE;
use crate::proto::dialogue::sealed::Why;
use crate::vocab::iana::{AlertDescription, ContentType, HandshakeType};
use crate::vocab::text::{counted, visible, visible_bytes};

/// The kind of a step, as output names it.
pub fn kind(what: &What) -> &'static str {
    match what {
        What::Segment(_) => "segment",
        What::Message(_)
        | What::HelloRetryRequest
        | What::Ssl2Hello
        | What::Unfinished { .. }
        | What::TooLong { .. } => "message",
        What::Heartbeat(_) => "heartbeat",
        What::Alert(..) => "alert",
        What::ChangeCipherSpec => "change-cipher-spec",
        What::Sealed { .. } => "encrypted",
        What::ApplicationData { .. } => "application-data",
        What::Plaintext(_) => "plaintext",
        What::Foreign | What::BadTag(_) | What::Malformed(_) => "foreign",
        What::Cut { .. } => "cut",
        What::Gap(_) => "gap",
        What::Icmp(_) => "icmp",
    }
}

/// What a step is called: `SYN`, `Client Hello`, `Alert (fatal, handshake_failure)`.
pub fn name(what: &What) -> Cow<'static, str> {
    Cow::Owned(match what {
        What::Segment(flags) if flags.0 == 0 => return "no flags".into(),
        What::Segment(flags) => flags.to_string(),
        What::Message(kind) => kind.title(),
        What::HelloRetryRequest => return "Hello Retry Request".into(),
        What::Ssl2Hello => return "Client Hello (SSL 2.0)".into(),
        What::Unfinished { begun: Begun::HandshakeRecord, .. } => return "Unfinished handshake record".into(),
        What::Unfinished { begun: Begun::Message(kind), .. } => format!("Unfinished {}", kind.title()),
        What::Unfinished { begun: Begun::Record(content), .. } => format!("Unfinished record ({content})"),
        What::Cut { message, .. } => {
            format!("Part of {}", message.map(HandshakeType::title).unwrap_or_default())
        }
        What::Alert(level, description) => format!("Alert ({level}, {description})"),
        What::ChangeCipherSpec => return "Change Cipher Spec".into(),
        What::Sealed { inferred: Some(inferred), .. } => inferred.holds.to_string(),
        What::Sealed { content: ContentType::HANDSHAKE, .. } => return "Encrypted Handshake Message".into(),
        What::Sealed { content: ContentType::ALERT, .. } => return "Encrypted Alert".into(),
        What::Sealed { content, .. } => format!("Encrypted record ({content})"),
        What::ApplicationData { early: Some(_), .. } => return "Application Data (0-RTT)".into(),
        What::ApplicationData { .. } => return "Application Data".into(),
        What::BadTag(_) => return "Record does not verify with its keys".into(),
        What::TooLong { message, .. } => format!("{} (not read: too long)", message.title()),
        What::Heartbeat(Heartbeat { kind: Some(kind), .. }) => format!("Heartbeat ({kind})"),
        What::Heartbeat(_) => return "Heartbeat".into(),
        What::Malformed(defect) => format!("Malformed handshake: {defect}"),
        What::Plaintext(page) => format!("Plain text ({})", page.protocol),
        What::Foreign => return "Bytes that are not TLS".into(),
        What::Gap(bytes) => format!("{bytes} bytes not captured"),
        What::Icmp(error) => format!("ICMP {}", error.name()),
    })
}

/// What is worth saying of a step in a line; empty where nothing is.
pub fn note(step: &Step) -> String {
    match &step.what {
        What::Unfinished { came, announced, .. } => format!("{came} of {announced} bytes"),
        What::Cut { came, announced, .. } => format!("{came} of {announced} bytes captured"),
        What::TooLong { announced, .. } => {
            format!("{announced} bytes; messages of up to {MAX_MESSAGE} bytes are read")
        }
        What::Heartbeat(heartbeat) if heartbeat.overstates() => {
            let Heartbeat { announced, room, .. } = heartbeat;
            format!("announces {announced} bytes of payload and has room for {room}: the shape of Heartbleed")
        }
        What::Heartbeat(heartbeat) => format!("{} bytes of payload", heartbeat.announced),
        What::Alert(_, description) => alert(*description),
        What::ApplicationData { records, last, .. } if *records > 1 => {
            format!("{}, the last in packet {last}", counted(*records as usize, "record"))
        }
        What::Plaintext(page) => text(page),
        What::Icmp(error) => match next_hop(error) {
            Some(mtu) => format!("{mtu}, {}", about(error)),
            None => about(error),
        },
        what => match reason(what) {
            Some(why) => format!("inferred: {why}"),
            None => notes(&step.notes),
        },
    }
}

/// Why a step is inferred to be what it is, where its note says that.
pub fn reason(what: &What) -> Option<Why> {
    match what {
        What::Sealed { inferred, .. } => inferred.map(|inferred| inferred.why),
        // That 0-RTT data goes on behind the ServerHello is said by its name.
        What::ApplicationData { early: Some(Early::Inferred(inferred)), records: 1, .. } => {
            Some(inferred.why).filter(|why| *why != Why::BeforeEndOfEarlyData)
        }
        _ => None,
    }
}

/// Notes in a line.
pub fn notes(notes: &[Note]) -> String {
    notes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn one(note: &Note) -> String {
    match note {
        Note::Second => "the second".into(),
        Note::ServerName(Some(name)) => visible_bytes(name),
        Note::ServerName(None) => "no server name".into(),
        Note::UpTo(version) => format!("up to {version}"),
        Note::OffersToResume => "offers to resume".into(),
        Note::AnnouncesEarlyData => "announces 0-RTT data".into(),
        Note::ReturnsCookie => "returns a cookie".into(),
        Note::Malformed => "malformed".into(),
        Note::Version(version) => version.to_string(),
        Note::Suite(suite) => suite.to_string(),
        Note::Group(group) => group.to_string(),
        Note::AsksFor(group) => format!("asks for {group}"),
        Note::Alpn(protocol) => format!("ALPN {}", visible_bytes(protocol)),
        Note::Resumes => "resumes".into(),
        Note::NoCertificate => "no certificate".into(),
        Note::DoesNotDecompress => "does not decompress".into(),
        Note::Subject(subject) => visible(subject),
        Note::Certificates(count) => counted(*count, "certificate"),
        Note::NotValidBefore(begins) => format!("not valid before {}", date(*begins)),
        Note::Expired(ends) => format!("expired {}", date(*ends)),
        Note::ValidUntil(ends) => format!("valid until {}", date(*ends)),
        Note::Scheme(scheme) => scheme.to_string(),
        Note::Authorities(0) => "of any CA".into(),
        Note::Authorities(count) => format!("of {}", counted(*count, "CA")),
        Note::Ticket(bytes, lifetime) => format!("{bytes} bytes, for {lifetime} s"),
        Note::Segments(count) => format!("in {count} segments"),
        Note::Options(offered) => options(offered),
        Note::Unanswered(missing) => unanswered(*missing),
        Note::Event(event) => event.names().collect(),
        Note::Copy(event, packet) => format!("{} of packet {packet}", event.names().collect::<String>()),
        Note::Ttl { own, usual, from } => format!("TTL {own}, the {}'s other packets {usual}", from.sender()),
        Note::Dscp(now, before) => format!("DSCP {now}, before {before}"),
        Note::Closes(reset) => if *reset { "with a RST" } else { "with a FIN" }.into(),
        Note::CongestionExperienced => "ECN: congestion experienced".into(),
        Note::CapturedAgain => "captured again with other bytes".into(),
        Note::Unusable(why) => format!("of no use to its receiver: {why}"),
    }
}

/// A day as `2026-11-24`, of seconds since 1970.
fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "an impossible date".into(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// What an alert means, without its full stop.
fn alert(description: AlertDescription) -> String {
    description.meaning().unwrap_or("not a registered alert").trim_end_matches('.').to_owned()
}

/// Readable text: its first line, and of an HTTP answer what names its sender.
pub fn text(page: &Page) -> String {
    let headers = page.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let title = page.title.iter().map(|title| format!("title: {title}"));
    std::iter::once(page.first_line.clone()).chain(headers).chain(title).collect::<Vec<_>>().join("; ")
}

/// The next-hop MTU that an ICMP error states.
fn next_hop(error: &IcmpError) -> Option<String> {
    error.mtu.map(|mtu| format!("next-hop MTU {mtu}"))
}

fn about(error: &IcmpError) -> String {
    format!("from {}, about sequence number {}", error.from, error.quoted.seq)
}

/// An ICMP error with its sender: `ICMP fragmentation needed (next-hop MTU 1400, from 10.9.0.1)`.
pub fn icmp(error: &IcmpError) -> String {
    let mtu = next_hop(error).map_or_else(String::new, |mtu| format!("{mtu}, "));
    format!("ICMP {} ({mtu}from {})", error.name(), error.from)
}

fn options(options: &TcpOptions) -> String {
    let mut parts = Vec::new();
    parts.extend(options.mss.map(|mss| format!("MSS {mss}")));
    parts.extend(options.window_scale.map(|shift| format!("window scale {shift}")));
    for (holds, text) in
        [(options.sack_permitted, "SACK"), (options.timestamps.is_some(), "timestamps"), (options.fast_open, "TFO")]
    {
        if holds {
            parts.push(text.into());
        }
    }
    if parts.is_empty() { "no options".into() } else { parts.join(", ") }
}

fn unanswered(missing: Unanswered) -> String {
    let Unanswered { window_scale, sack, timestamps } = missing;
    let names = [(window_scale, "window scale"), (sack, "SACK"), (timestamps, "timestamps")];
    let names: Vec<&str> = names.into_iter().filter_map(|(is_missing, name)| is_missing.then_some(name)).collect();
    format!("without the {} of the SYN", names.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Events;
    use crate::vocab::PacketNumber;

    #[test]
    fn notes_are_said_in_order() {
        let check = |of: &[Note], expected| assert_eq!(notes(of), expected);
        check(&[], "");
        check(&[Note::Second, Note::ServerName(None), Note::Segments(2)], "the second, no server name, in 2 segments");
        check(
            &[Note::ServerName(Some((*b"a\x1b.test").into())), Note::Alpn((*b"h2").into())],
            "a\\u{1b}.test, ALPN h2",
        );
        check(&[Note::Authorities(0)], "of any CA");
        check(&[Note::Authorities(1), Note::Certificates(2)], "of 1 CA, 2 certificates");
        check(&[Note::Copy(Events::FAST_RETRANSMISSION, PacketNumber(7))], "fast retransmission of packet 7");
        let missing = Unanswered { window_scale: true, sack: false, timestamps: true };
        check(&[Note::Unanswered(missing)], "without the window scale and timestamps of the SYN");
        check(&[Note::Expired(0), Note::ValidUntil(i64::MAX)], "expired 1970-01-01, valid until an impossible date");
    }

    #[test]
    fn a_page_is_said_with_what_names_its_sender() {
        let headers = vec![("server", "filter".to_owned())];
        let title = Some("No way".to_owned());
        let page = Page { protocol: "HTTP", first_line: "HTTP/1.1 403 Forbidden".into(), headers, title };
        assert_eq!(text(&page), "HTTP/1.1 403 Forbidden; server: filter; title: No way");
        assert_eq!(name(&What::Plaintext(Box::new(page))), "Plain text (HTTP)");
    }
}
