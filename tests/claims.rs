//! No finding says more than its flow's packets show: the sentences of every fixture's findings, held against `packets`
//! and `handshake`. `benches/claims.py` does the same with any captures.
//!
//! The words are a rule's own; a test may read them back, the program never does.

mod common;

use std::collections::BTreeMap;

use serde_json::Value;

/// A sentence's check: its name, and what the packets say against the texts of a finding; nothing where it is not made.
type Check = (&'static str, fn(&Flow) -> Option<Result<(), String>>);

const CHECKS: &[Check] = &[
    ("an end so long after something", after_something),
    ("nothing for so long", nothing_came),
    ("sent so often", sent_so_often),
    ("never acknowledged", never_acknowledged),
    ("an ICMP error answers", icmp_answers),
    ("no ICMP error", no_icmp_error),
    ("nothing speaks against", nothing_against),
    ("another TTL", other_ttl),
    ("evidence", evidence),
];

#[test]
fn no_finding_says_more_than_its_packets_show() {
    let (mut wrong, mut made) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for fixture in common::fixtures() {
        let name = fixture.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(fixture.join("expect.json")).expect("expect.json can be read");
        let expected: Value = serde_json::from_str(&expected).expect("an object");
        let keylog = expected["keylog"].as_str().map(|file| fixture.join(file).to_string_lossy().into_owned());
        for flow in flows(&name, keylog.as_deref()) {
            for (of, check) in CHECKS {
                let Some(said) = check(&flow) else { continue };
                *made.entry(of).or_default() += 1;
                wrong.extend(said.err().map(|why| format!("{name} flow {}: {of}: {why}", flow.finding["flow"])));
            }
        }
    }
    assert!(wrong.is_empty(), "{} sentences are contradicted:\n{}", wrong.len(), wrong.join("\n"));
    for (of, _) in CHECKS {
        assert!(made.contains_key(of), "no fixture's finding says {of}");
    }
}

/// A finding with the packets and the steps of its flow.
struct Flow {
    finding: Value,
    packets: Vec<Value>,
    steps: Vec<Value>,
}

/// The findings of a fixture.
fn flows(name: &str, keylog: Option<&str>) -> Vec<Flow> {
    let capture = common::capture(name);
    let said = |command: &str, flow: Option<&str>| {
        let options = keylog.map_or_else(Vec::new, |file| vec!["--keylog", file]);
        let words = [command, capture.as_str()].into_iter().chain(flow).chain(["--format", "json"]);
        common::run(&words.chain(options).collect::<Vec<_>>()).out
    };
    let object = |text: &str| serde_json::from_str::<Value>(text).expect("an object");
    let findings = object(&said("diagnose", None))["findings"].as_array().cloned().unwrap_or_default();
    let open = |finding: Value| {
        let flow = finding["flow"].to_string();
        let copies = ["captured twice", "of an earlier connection"];
        let packets = said("packets", Some(&flow)).lines().map(object).collect::<Vec<_>>();
        let is_part = |packet: &Value| !copies.iter().any(|copy| has_event(packet, copy));
        let packets = packets.into_iter().filter(is_part).collect();
        let steps = object(&said("handshake", Some(&flow)))["steps"].as_array().cloned().unwrap_or_default();
        Flow { finding, packets, steps }
    };
    findings.into_iter().map(open).collect()
}

fn has_event(packet: &Value, event: &str) -> bool {
    packet["events"].as_array().is_some_and(|events| events.iter().any(|one| one == event))
}

fn is_again(packet: &Value) -> bool {
    let kinds = ["retransmission", "fast retransmission", "spurious retransmission"];
    kinds.iter().any(|kind| has_event(packet, kind))
}

fn at(packet: &Value) -> f64 {
    packet["since_start"].as_f64().unwrap_or(f64::NAN)
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(-1)
}

fn flags(packet: &Value) -> &str {
    packet["flags"].as_str().unwrap_or_default()
}

impl Flow {
    fn headline(&self) -> &str {
        self.finding["headline"].as_str().unwrap_or_default()
    }

    fn detail(&self) -> &str {
        self.finding["detail"].as_str().unwrap_or_default()
    }

    fn evidence(&self) -> &[Value] {
        self.finding["evidence"].as_array().map_or(&[], Vec::as_slice)
    }

    fn packet(&self, wanted: &Value) -> Option<&Value> {
        self.packets.iter().find(|packet| packet["packet"] == *wanted)
    }

    /// The first abnormal packet, where it is a segment.
    fn primary(&self) -> Option<&Value> {
        self.packet(&self.finding["first_abnormal_packet"])
    }

    fn sent<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a Value> {
        self.packets.iter().filter(move |packet| packet["from"] == end)
    }

    /// The ICMP errors about the flow.
    fn icmp(&self) -> impl Iterator<Item = &Value> {
        self.steps.iter().filter(|step| step["kind"] == "icmp")
    }

    /// The names of what a packet carries.
    fn carries(&self, packet: &Value) -> String {
        let steps = self.steps.iter().filter(|step| step["packet"] == *packet);
        steps.filter_map(|step| step["name"].as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn agree(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

/// Seconds of a duration at the beginning of a text: `13.7 ms after`, `2 m 05 s`.
fn seconds(text: &str) -> f64 {
    let words: Vec<_> = text.split([' ', ':', ',', ';']).collect();
    let unit = |word: &str| match word.trim_end_matches('.') {
        "ns" => Some(1e-9),
        "us" => Some(1e-6),
        "ms" => Some(1e-3),
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let pairs = words.chunks(2).map_while(|pair| Some(pair.first()?.parse::<f64>().ok()? * unit(pair.get(1)?)?));
    pairs.sum()
}

/// How often: once, twice, 3 times.
fn times(text: &str) -> Option<usize> {
    match text.split([' ', ',', ';']).next()? {
        "once" => Some(1),
        "twice" => Some(2),
        count => count.parse().ok(),
    }
}

fn is_near(measured: f64, said: f64) -> bool {
    (measured - said).abs() <= 0.06 * said.abs() + 1e-6
}

/// `RST 13.7 ms after the ClientHello`, `FIN 2.0 ms after the SYN-ACK, before the client sent anything`.
fn after_something(flow: &Flow) -> Option<Result<(), String>> {
    let (span, what) = flow.headline().split_once(" after ")?;
    let (word, span) = span.split_once(' ').filter(|(word, _)| ["RST", "FIN"].contains(word))?;
    let what = what.split(',').next()?;
    let Some(shown) = flow.evidence().iter().find(|one| one["note"] == what) else {
        return Some(Err(format!("no evidence of {what}")));
    };
    let (end, begin) = (flow.primary()?, flow.packet(&shown["packet"])?);
    let took = at(end) - at(begin);
    let silent = !flow.headline().contains("before the client sent")
        || !flow.sent("client").any(|p| number(&p["bytes"]) > 0 && number(&p["packet"]) < number(&end["packet"]));
    Some(agree(flags(end).contains(word) && is_near(took, seconds(span)) && silent, || {
        format!("{}: packet {} is {} and comes {took} s after", flow.headline(), end["packet"], flags(end))
    }))
}

/// `nothing for 10.000 s`; `nothing new for 10.000 s: 5 segments sent again`.
fn nothing_came(flow: &Flow) -> Option<Result<(), String>> {
    let (_, span) = flow.headline().split_once("nothing for ")?;
    let span = seconds(span);
    let news = |p: &&Value| number(&p["bytes"]) > 0 && !is_again(p) && !has_event(p, "keep-alive");
    let end = flow.primary().filter(|p| flags(p).contains("FIN") || flags(p).contains("RST"));
    let until = end.map_or(f64::INFINITY, at);
    let since = flow.packets.iter().filter(news).map(at).filter(|time| *time < until).fold(0.0, f64::max);
    // What acknowledges the last news belongs to it.
    let within = |p: &&Value| at(p) < until && (at(p) > since + 1.0 || at(p) > since && number(&p["bytes"]) > 0);
    let came = flow.packets.iter().find(within);
    Some(agree(came.is_none() && (end.is_none() || is_near(until - since, span)), || {
        format!("{}: it lasts {} s, {came:?}", flow.headline(), until - since)
    }))
}

/// `no answer to the SYN, sent 4 times`, `the ClientHello is sent 5 times`, `sent again 3 times`.
fn sent_so_often(flow: &Flow) -> Option<Result<(), String>> {
    let (_, count) = flow.headline().split_once("sent ")?;
    let (count, again) = count.strip_prefix("again ").map_or((count, 0), |count| (count, 1));
    let count = times(count)?;
    let syns = flow.headline().contains("SYN");
    let end = if flow.headline().contains("server") { "server" } else { "client" };
    let wanted = |p: &&Value| if syns { flags(p).starts_with("SYN") } else { number(&p["bytes"]) > 0 };
    let mut places = BTreeMap::<i64, usize>::new();
    for packet in flow.sent(end).filter(wanted) {
        *places.entry(number(&packet["seq"])).or_default() += 1;
    }
    let most = places.values().copied().max().unwrap_or(0) - again;
    Some(agree(most == count, || format!("{}: {most} times", flow.headline())))
}

/// `never acknowledged`, `never arrive` of what is sent again.
fn never_acknowledged(flow: &Flow) -> Option<Result<(), String>> {
    let headline = flow.headline();
    let says =
        headline.contains("never acknowledged") || headline.contains("never arrive") && headline.contains("sent");
    let first = flow.primary().filter(|first| says && number(&first["bytes"]) > 0)?;
    let end = number(&first["seq"]) + number(&first["bytes"]);
    let acknowledges = |p: &&Value| p["from"] != first["from"] && (end..1 << 31).contains(&number(&p["ack"]));
    let found = flow.packets.iter().find(acknowledges);
    Some(agree(found.is_none(), || format!("{headline}: {found:?}")))
}

/// `10.9.1.1 answers the SYN with ICMP: host unreachable`.
fn icmp_answers(flow: &Flow) -> Option<Result<(), String>> {
    let (from, error) = flow.headline().split_once(" answers ")?;
    let (what, error) = error.split_once(" with ICMP: ")?;
    let step = flow.icmp().find(|step| step["packet"] == flow.finding["first_abnormal_packet"]);
    let Some(step) = step else { return Some(Err(format!("{}: no such ICMP error", flow.headline()))) };
    let note = step["note"].as_str().unwrap_or_default();
    let quoted = note.rsplit(' ').next().and_then(|seq| seq.parse::<i64>().ok());
    let quotes = |wanted: &dyn Fn(&Value) -> bool| {
        flow.sent("client").any(|p| Some(number(&p["seq_raw"])) == quoted && wanted(p))
    };
    let is_quoted = match what {
        "the SYN" => quotes(&|p| flags(p).starts_with("SYN")),
        "the client's data" => quotes(&|p| number(&p["bytes"]) > 0),
        _ => true,
    };
    let is_named = step["name"].as_str().is_some_and(|name| name.ends_with(error)) && note.contains(from);
    Some(agree(is_quoted && is_named, || format!("{}: {step}", flow.headline())))
}

/// `No ICMP error about this flow`, `tells the sender 3 times`.
fn no_icmp_error(flow: &Flow) -> Option<Result<(), String>> {
    let too_big = |step: &&Value| {
        step["name"].as_str().is_some_and(|name| name.contains("fragmentation") || name.contains("too big"))
    };
    let count = flow.icmp().filter(too_big).count();
    let said = match flow.detail().split_once("No ICMP error") {
        Some(_) => 0,
        None => times(flow.detail().split_once("tells the sender ")?.1)?,
    };
    Some(agree(said == count, || format!("{count} errors: {}", flow.detail())))
}

/// `Nothing speaks against the end whose address it bears`.
fn nothing_against(flow: &Flow) -> Option<Result<(), String>> {
    let (_, reasons) = flow.detail().split_once("Nothing speaks against the end")?;
    let against = [
        "although",
        "does not continue",
        "is off",
        "another hardware",
        "another DSCP",
        " where ",
        "bare RST",
        "goes on",
    ];
    let found = against.iter().find(|sign| reasons.contains(**sign));
    let judged = flow.primary()?;
    let before = |p: &&Value| p["from"] == judged["from"] && number(&p["packet"]) < number(&judged["packet"]);
    let far = |p: &Value| (number(&p["ttl"]) - number(&judged["ttl"])).abs() >= 2;
    let mut own = flow.packets.iter().filter(before).filter(|p| !flags(p).contains("RST")).peekable();
    let is_far = own.peek().is_some() && own.all(far);
    Some(agree(found.is_none() && !is_far, || format!("{found:?}, TTL {}: {}", judged["ttl"], flow.detail())))
}

/// `TTL 64 where the sender's other packets have 55`.
fn other_ttl(flow: &Flow) -> Option<Result<(), String>> {
    let (before, usual) = flow.detail().split_once("the sender's other packets have ")?;
    let ttl = before.rsplit_once("TTL ")?.1.split(' ').next()?.parse::<i64>().ok()?;
    let usual = usual.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i64>().ok()?;
    let judged = flow.primary()?;
    let has_usual = flow.packets.iter().any(|p| p["from"] == judged["from"] && number(&p["ttl"]) == usual);
    Some(agree(number(&judged["ttl"]) == ttl && has_usual, || format!("{judged}: {}", flow.detail())))
}

/// Every packet that is named is of the flow and shows what its note says.
fn evidence(flow: &Flow) -> Option<Result<(), String>> {
    flow.evidence().first()?;
    let wrong = flow.evidence().iter().filter_map(|one| shows(flow, one).err()).collect::<Vec<_>>();
    Some(agree(wrong.is_empty(), || wrong.join("; ")))
}

fn shows(flow: &Flow, one: &Value) -> Result<(), String> {
    let note = one["note"].as_str().unwrap_or_default();
    if !one["flow"].is_null() {
        return Ok(());
    }
    let carried = flow.carries(&one["packet"]);
    let Some(packet) = flow.packet(&one["packet"]) else {
        return agree(!carried.is_empty(), || format!("packet {} is not of the flow: {note}", one["packet"]));
    };
    let from = packet["from"].as_str().unwrap_or_default();
    let holds = match note {
        "the ClientHello" | "the second ClientHello" => from == "client" && carried.contains("Client Hello"),
        "the ServerHello" | "its ServerHello" => carried.contains("Server Hello"),
        "the HelloRetryRequest" => carried.contains("Hello Retry Request"),
        "the certificate" | "the client's Certificate" => carried.contains("ertificate"),
        "the CertificateRequest" => carried.contains("Certificate Request"),
        "the SYN" | "the first SYN" => from == "client" && flags(packet).starts_with("SYN"),
        "the SYN-ACK" => from == "server" && flags(packet).starts_with("SYN"),
        "the last data before it" | "the last data" => number(&packet["bytes"]) > 0,
        "the client's own alert, a consequence" => from == "client" && carried.contains("lert"),
        _ => note.strip_prefix("TTL ").is_none_or(|ttl| {
            ttl.split([',', ' ']).next().and_then(|ttl| ttl.parse().ok()) == Some(number(&packet["ttl"]))
        }),
    };
    let is_end = ["RST", "FIN"].iter().all(|end| !note.starts_with(end) || flags(packet).contains(end));
    agree(holds && is_end, || {
        format!("{note}: packet {} is of the {from}, {}, {carried}", one["packet"], flags(packet))
    })
}

#[test]
fn a_sentence_that_says_too_much_is_found() {
    let mut flow = flows("server-silent", None).remove(0);
    assert_eq!(nothing_came(&flow), Some(Ok(())));
    let again = serde_json::json!({"packet": 6, "since_start": at(&flow.packets[3]) + 3.0, "from": "client", "flags": "PSH ACK",
        "bytes": 517, "events": ["retransmission"]});
    flow.packets.insert(5, again);
    assert!(nothing_came(&flow).is_some_and(|said| said.is_err()));
    flow.finding["evidence"][0]["note"] = "RST 3 ms after the ClientHello".into();
    flow.finding["evidence"][0]["packet"] = flow.packets[0]["packet"].clone();
    assert!(evidence(&flow).is_some_and(|said| said.is_err()));
}
