//! A comparison in words, for screen and files alike: fields' values, and the sentence that says where two flows part.
//!
//! What a step is called and what is said of it is made in [`crate::timeline::words`].

use crate::compare::{
    Act, Copies, Difference, Good, IpIds, Likeness, Nearness, Parting, Resumption, Sentence, Stranger, Then, Usual,
    Value,
};
use crate::net::options::kind_name;
use crate::proto::tls::message::Downgrade;
use crate::timeline::{What, words};
use crate::vocab::Direction;
use crate::vocab::text::{hex, span, visible_bytes};

/// Characters of a value that a sentence has room for.
const MAX_VALUE: usize = 48;
/// Bytes of a key's hash that are said.
const SAID_OF_HASH: usize = 8;

/// Why a good flow is the one to compare with.
pub fn nearness(near: Nearness) -> String {
    let (mut common, mut unlike) = (Vec::new(), Vec::new());
    for likeness in near.likenesses() {
        match likeness {
            Likeness::Attempt => common.push("the client's own successful try of the same attempt".to_owned()),
            Likeness::Name => common.push("the same server name".to_owned()),
            Likeness::Domain => common.push("a name of the same domain".to_owned()),
            Likeness::Server => common.push("the same server address".to_owned()),
            Likeness::Neighbour => common.push("a neighbouring server address".to_owned()),
            Likeness::OtherName => {
                unlike.push("but another server name: the capture has no good flow to this one".to_owned());
            }
            Likeness::OtherVersion => unlike.push("but another version of TLS".to_owned()),
            Likeness::OtherRetry => unlike.push("but only one of the two has a Hello Retry Request".to_owned()),
            Likeness::OtherPreamble => unlike.push("but only one of the two begins with another protocol".to_owned()),
            Likeness::OtherCertificate => unlike.push("but only one of the two has a Certificate Request".to_owned()),
            Likeness::Client => common.push("the same client".to_owned()),
            Likeness::Software => common.push("the same TLS client software".to_owned()),
            Likeness::SimilarHello => common.push("a similar hello".to_owned()),
            Likeness::NoLoss => common.push("no loss".to_owned()),
            Likeness::OtherSegments => unlike.push("but its hello has another number of segments".to_owned()),
            Likeness::OtherResumption => unlike.push("but only one of the two resumes".to_owned()),
            // What hardly ever differs is not said.
            Likeness::Endpoint | Likeness::Nameless | Likeness::Way | Likeness::Port | Likeness::Segments => {}
        }
    }
    let side = if near.later < 0 { "earlier" } else { "later" };
    common.push(format!("{} {side}", span(near.later.saturating_abs())));
    common.extend(unlike);
    common.join(", ")
}

/// A value; empty where there is none.
pub fn value(value: &Value) -> String {
    match value {
        Value::Absent => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Is(is) | Value::Perhaps(Some(is)) => yes(*is).into(),
        Value::Odd(odd) => if *odd { "odd" } else { "even" }.into(),
        Value::Perhaps(None) => "unknown".into(),
        Value::Duration(nanos) => span(*nanos),
        Value::AtLeast(nanos) => format!("at least {}", span(*nanos)),
        Value::Text(text) => text.clone(),
        Value::Name(name) => visible_bytes(name),
        Value::Bytes(bytes) => hex(bytes),
        Value::Sha256(hash) => format!("sha256 {}", hex(&hash[..SAID_OF_HASH])),
        Value::Address(address) => address.to_string(),
        Value::Mac(mac) => mac.map(|byte| format!("{byte:02x}")).join(":"),
        Value::Step(what) => words::name(what).into_owned(),
        Value::Page(page) => words::text(page),
        Value::Icmp(name) => format!("ICMP {name}"),
        Value::Flags(flags) => flags.to_string(),
        Value::OptionKinds(kinds) => {
            let name = |kind: &u8| kind_name(*kind).map_or_else(|| format!("kind {kind}"), str::to_owned);
            kinds.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Value::OddTtl { own, usual, from } => format!("{own} (this {} otherwise: {usual})", from.sender()),
        Value::Timestamps(true) => "present".into(),
        Value::Timestamps(false) => "absent though negotiated".into(),
        Value::IpIds(ids) => ip_ids(*ids).into(),
        Value::Version(version) => version.to_string(),
        Value::RecordVersion(high, low) => format!("0x{high:02x}{low:02x}"),
        Value::Suite(suite) => suite.to_string(),
        Value::Group(group) => group.to_string(),
        Value::KeyShare(group, length) => format!("{group} ({length} bytes)"),
        Value::Scheme(scheme) => scheme.to_string(),
        Value::Extension(kind) => kind.to_string(),
        Value::Alert(description) => description.to_string(),
        Value::Resumption(how) => resumption(*how).into(),
        Value::Downgrade(Downgrade::ToTls12) => "to TLS 1.2".into(),
        Value::Downgrade(Downgrade::ToTls11OrBelow) => "to TLS 1.1 or below".into(),
        Value::Issues(issues) => issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        Value::Key(algorithm, bits) => {
            format!("{algorithm}{}", bits.map(|bits| format!(" {bits}")).unwrap_or_default())
        }
        Value::Close(end) => close(*end),
        Value::List(values) => values.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Set(values) => {
            let mut texts: Vec<String> = values.iter().map(self::value).collect();
            texts.sort_unstable();
            texts.dedup();
            texts.join(", ")
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn ip_ids(ids: IpIds) -> &'static str {
    match ids {
        IpIds::Zero => "always 0",
        IpIds::CountUp => "counts up",
        IpIds::Constant => "constant",
        IpIds::Irregular => "irregular",
    }
}

fn resumption(how: Resumption) -> &'static str {
    match how {
        Resumption::PreSharedKey => "pre-shared key",
        Resumption::SessionTicket => "session ticket",
        Resumption::No => "no",
    }
}

fn close(end: Option<(Direction, bool)>) -> String {
    match end {
        Some((from, reset)) => format!("{} {}", from.sender(), if reset { "RST" } else { "FIN" }),
        None => "open to the end of the capture".into(),
    }
}

/// How usual the failing value of a difference is; empty where that was not counted.
pub fn usual(difference: &Difference) -> String {
    match difference.usual {
        Some(Usual { of: 0, .. }) | None => String::new(),
        Some(Usual { have: 0, of }) => format!("none of {of} good flows"),
        Some(Usual { have, of }) => format!("{have} of {of} good flows"),
    }
}

/// Differences that read the same are said once.
pub fn once(differences: &[Difference]) -> Vec<&Difference> {
    let mut said: Vec<(&Difference, [String; 2])> = Vec::with_capacity(differences.len());
    for difference in differences {
        let values = [value(&difference.baseline), value(&difference.subject)];
        if !said.iter().any(|(known, of)| known.field == difference.field && *of == values) {
            said.push((difference, values));
        }
    }
    said.into_iter().map(|(difference, _)| difference).collect()
}

/// The sentence that says where two flows part, or that they do not.
pub fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Nothing => "Neither flow has anything to compare.".into(),
        Sentence::Same(rest) => {
            let rest = rest
                .as_ref()
                .map_or_else(String::new, |difference| format!("; most telling of the rest: {}", values(difference)));
            format!("No difference that matters: both do the same to the end{rest}.")
        }
        Sentence::Parting(parting) => format!("{}{}.", until(parting), then(parting)),
    }
}

fn values(difference: &Difference) -> String {
    let or_none = |of: &Value| {
        let text = value(of);
        match text.char_indices().nth(MAX_VALUE) {
            _ if text.is_empty() => "nothing".to_owned(),
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    format!("{} ({} against {})", difference.field.name(), or_none(&difference.baseline), or_none(&difference.subject))
}

/// Up to where the two are the same.
fn until(parting: &Parting) -> String {
    let name = match &parting.until {
        None => return "They differ from the first packet: ".into(),
        Some(What::Segment(flags)) if !(flags.syn() || flags.fin() || flags.rst()) => {
            "the end of the TCP handshake".into()
        }
        Some(what) => words::name(what),
    };
    match &parting.but_for {
        None => format!("Identical until {name}; then "),
        Some((one, 0)) => format!("Alike until {name}, but for {}; then ", values(one)),
        Some((one, more)) => format!("Alike until {name}, but for {} and {more} more; then ", values(one)),
    }
}

fn then(parting: &Parting) -> String {
    let subject = if parting.subject_complete { "the other flow" } else { "the failing flow" };
    match &parting.then {
        Then::Strange(act) => format!("{subject}'s {} comes{}", words::name(&act.what), stranger(act)),
        Then::Contents(what, difference) => {
            let name = what.as_ref().map(words::name).unwrap_or_default();
            match difference {
                Some(difference) => format!("{name} differs in {}", values(difference)),
                None => format!("{name} differs"),
            }
        }
        Then::Ways { baseline, copies, subject: act } => {
            format!("{}, {subject} {}", good(baseline), bad(copies.as_ref(), act.as_ref()))
        }
    }
}

fn good(good: &Good) -> String {
    match good {
        Good::Does(act) => format!("the baseline's {} {}{}", act.from.sender(), does(act), after(act)),
        Good::GoesOn(act) => format!("the baseline goes on to {}", noun(act)),
        Good::Ends => "the baseline has nothing more".into(),
    }
}

fn bad(copies: Option<&Copies>, act: Option<&Act>) -> String {
    let again = copies.map_or_else(String::new, retransmits);
    let Some(act) = act else {
        return if again.is_empty() { "has nothing more".into() } else { format!("{again}gets no answer") };
    };
    let when = if again.is_empty() { after(act) } else { String::new() };
    match act.from {
        Direction::ToClient => format!("{again}receives {}{when}{}", noun(act), stranger(act)),
        Direction::ToServer => {
            format!("{again}has nothing of the kind: its client {}{when}{}", does(act), stranger(act))
        }
    }
}

fn retransmits(copies: &Copies) -> String {
    let times = if copies.count == 1 { "once".into() } else { format!("{} times", copies.count) };
    let who = copies.from.sender();
    format!("(whose {who} retransmits {times}, to {} after its first packet) ", span(copies.until))
}

fn stranger(act: &Act) -> String {
    act.stranger.map_or_else(String::new, |Stranger { ttl, usual }| {
        format!(" from a TTL {ttl} sender ({}: TTL {usual})", act.from.sender())
    })
}

fn after(act: &Act) -> String {
    act.after.map_or_else(String::new, |nanos| format!(" after {}", span(nanos)))
}

/// What an end does, as a verb.
fn does(act: &Act) -> String {
    match &act.what {
        What::Segment(flags) if flags.rst() => "resets (RST)".into(),
        What::Segment(flags) if flags.fin() => "closes (FIN)".into(),
        What::ApplicationData { early: None, .. } => "sends application data".into(),
        What::Icmp(_) => format!("is told {}", noun(act)),
        _ => format!("{} {}", if act.from == Direction::ToClient { "answers" } else { "sends" }, noun(act)),
    }
}

/// What an act is, as a noun, and whether its packet closes the connection too.
fn noun(act: &Act) -> String {
    let closes = act.closes.map_or("", |reset| if reset { " with a RST" } else { " with a FIN" });
    format!("{}{closes}", alone(act))
}

fn alone(act: &Act) -> String {
    let name = words::name(&act.what);
    match &act.what {
        What::Segment(flags) if flags.rst() => "a RST".into(),
        What::Segment(flags) if flags.fin() => "a FIN".into(),
        What::ApplicationData { early: None, .. } => "application data".into(),
        What::Plaintext(page) => format!("{} bytes of {}", act.bytes, page.first_line),
        What::Icmp(error) => words::icmp(error),
        What::Unfinished { came, announced, .. } => format!("{name} ({came} of {announced} bytes)"),
        what if what.spoils() => format!("{} bytes that are not TLS", act.bytes),
        What::Sealed { inferred: Some(_), .. } => format!("{name} (inferred)"),
        _ => name.into_owned(),
    }
}
