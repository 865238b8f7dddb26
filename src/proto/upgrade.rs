//! TLS asked for inside another protocol, and what that protocol answers: STARTTLS and its like.
//!
//! Start at [`request`] with what a client sent, then at [`answer`] with what the server said to it.

use crate::vocab::text;

/// Longest payload of a client in which a request is looked for, in bytes: commands are short.
const LONGEST_REQUEST: usize = 512;
/// Bytes of a refusal's words that are kept.
const LONGEST_WORDS: usize = 200;

/// How TLS is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Upgrade {
    /// `STARTTLS` as SMTP, NNTP and `ManageSieve` write it (RFC 3207, RFC 4642, RFC 5804 §2.2).
    StartTls,
    /// `STARTTLS` behind a tag: IMAP (RFC 9051 §6.2.1).
    Imap,
    /// `STLS`: POP3 (RFC 2595 §4).
    Pop3,
    /// `AUTH TLS`: FTP (RFC 4217 §4).
    Ftp,
    /// `<starttls/>`: XMPP (RFC 6120 §5).
    Xmpp,
    /// The `StartTLS` extended operation: LDAP (RFC 4511 §4.14).
    Ldap,
    /// `SSLRequest`: `PostgreSQL` (its manual, 55.2.11).
    PostgreSql,
    /// `SSLRequest`: `MySQL` and `MariaDB` (the internals manual, `Protocol::SSLRequest`).
    MySql,
    /// `RDP_NEG_REQ` in an X.224 connection request: Remote Desktop (MS-RDPBCGR 2.2.1.1.1).
    Rdp,
}

impl Upgrade {
    /// The request and its protocol's name, as people know them.
    pub fn name(self) -> &'static str {
        match self {
            Upgrade::StartTls => "STARTTLS",
            Upgrade::Imap => "STARTTLS (IMAP)",
            Upgrade::Pop3 => "STLS (POP3)",
            Upgrade::Ftp => "AUTH TLS (FTP)",
            Upgrade::Xmpp => "STARTTLS (XMPP)",
            Upgrade::Ldap => "StartTLS (LDAP)",
            Upgrade::PostgreSql => "SSLRequest (PostgreSQL)",
            Upgrade::MySql => "SSLRequest (MySQL)",
            Upgrade::Rdp => "TLS in the X.224 connection request (Remote Desktop)",
        }
    }
}

/// What a server says to a request for TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// TLS may begin.
    Granted,
    /// No TLS, for this reason.
    Refused(Refusal),
    /// Neither.
    Unknown,
}

/// A refusal in the protocol's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Its code, where the protocol has codes.
    pub code: Option<u32>,
    /// Its words, made visible; the code as text among them where the protocol writes it as text. Empty where it only
    /// says no.
    pub words: String,
}

/// What a client's payload asks for.
pub fn request(bytes: &[u8]) -> Option<Upgrade> {
    if bytes.len() > LONGEST_REQUEST {
        return None;
    }
    let line = first_line(bytes);
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let is = |word: &[u8], wanted: &[&str]| wanted.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
    match (words.next(), words.next(), words.next()) {
        _ if !bytes.ends_with(b"\n") => {}
        (Some(verb), None, _) if is(verb, &["STARTTLS"]) => return Some(Upgrade::StartTls),
        (Some(verb), None, _) if is(verb, &["STLS"]) => return Some(Upgrade::Pop3),
        (Some(verb), Some(kind), None) if is(verb, &["AUTH"]) && is(kind, &["TLS", "SSL", "TLS-C", "TLS-P"]) => {
            return Some(Upgrade::Ftp);
        }
        (Some(_), Some(verb), None) if is(verb, &["STARTTLS"]) => return Some(Upgrade::Imap),
        _ => {}
    }
    let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    match bytes {
        [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f] => Some(Upgrade::PostgreSql),
        [0x20, 0, 0, 1, _, capabilities, ..] if bytes.len() == 36 && capabilities & 0x08 != 0 => Some(Upgrade::MySql),
        [3, 0, high, low, _, 0xe0, ..] if usize::from(u16::from_be_bytes([*high, *low])) == bytes.len() => {
            let negotiation = bytes.last_chunk::<8>()?;
            let asks = matches!(negotiation, [1, _, 8, 0, protocols, 0, 0, 0] if protocols & 0x0b != 0);
            asks.then_some(Upgrade::Rdp)
        }
        [0x30, ..] if holds(b"\x77") && holds(b"1.3.6.1.4.1.1466.20037") => Some(Upgrade::Ldap),
        [b'<', ..] if holds(b"<starttls") => Some(Upgrade::Xmpp),
        _ => None,
    }
}

/// Whether a client's payload asks a mail server what it offers, TLS among it (RFC 5321 §4.1.1.1).
pub fn asks_for_offers(bytes: &[u8]) -> bool {
    bytes.first_chunk::<5>().is_some_and(|start| start.eq_ignore_ascii_case(b"EHLO "))
}

/// What a server's payload says to a request.
pub fn answer(upgrade: Upgrade, bytes: &[u8]) -> Answer {
    match upgrade {
        Upgrade::StartTls | Upgrade::Ftp => numbered(bytes).or_else(|| sieve(bytes)).unwrap_or(Answer::Unknown),
        Upgrade::Imap => tagged(bytes),
        Upgrade::Pop3 => signed(bytes),
        Upgrade::Xmpp => xmpp(bytes),
        Upgrade::Ldap => ldap(bytes).unwrap_or(Answer::Unknown),
        Upgrade::PostgreSql => postgresql(bytes),
        Upgrade::MySql => mysql(bytes),
        Upgrade::Rdp => rdp(bytes),
    }
}

fn refused(code: Option<u32>, words: &[u8]) -> Answer {
    let words = text::visible_bytes(&words[..words.len().min(LONGEST_WORDS)]);
    Answer::Refused(Refusal { code, words: words.trim_end().to_owned() })
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end])
}

/// Replies that begin with three digits: 2xx and 3xx go on, 4xx and 5xx refuse (RFC 5321 §4.2, RFC 3977 §3.2).
fn numbered(bytes: &[u8]) -> Option<Answer> {
    let line = first_line(bytes);
    let [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] = line else { return None };
    let code = [a, b, c].iter().fold(0, |number, digit| number * 10 + u32::from(**digit - b'0'));
    Some(if code < 400 { Answer::Granted } else { refused(Some(code), line) })
}

/// `OK`, `NO` and `BYE` of `ManageSieve` (RFC 5804 §1.3).
fn sieve(bytes: &[u8]) -> Option<Answer> {
    let line = first_line(bytes);
    let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    match word {
        b"OK" => Some(Answer::Granted),
        b"NO" | b"BYE" => Some(refused(None, line)),
        _ => None,
    }
}

/// IMAP's completion, behind the tag (RFC 9051 §7.1); untagged lines come before it.
fn tagged(bytes: &[u8]) -> Answer {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let Some(line) = lines.find(|line| !line.is_empty() && !line.starts_with(b"* ")) else {
        return if bytes.starts_with(b"* BYE") { refused(None, first_line(bytes)) } else { Answer::Unknown };
    };
    match line.split(|byte| *byte == b' ').nth(1) {
        Some(b"OK") => Answer::Granted,
        Some(b"NO" | b"BAD") => refused(None, line),
        _ => Answer::Unknown,
    }
}

/// POP3's `+OK` and `-ERR` (RFC 1939 §3).
fn signed(bytes: &[u8]) -> Answer {
    match bytes.first() {
        Some(b'+') => Answer::Granted,
        Some(b'-') => refused(None, first_line(bytes)),
        _ => Answer::Unknown,
    }
}

fn xmpp(bytes: &[u8]) -> Answer {
    let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    if holds(b"<proceed") {
        Answer::Granted
    } else if holds(b"<failure") || holds(b"<stream:error") {
        refused(None, bytes)
    } else {
        Answer::Unknown
    }
}

/// An `ExtendedResponse`: result code, matched DN, diagnostic message (RFC 4511 §4.12, §4.1.9).
fn ldap(bytes: &[u8]) -> Option<Answer> {
    let (0x30, message, _) = element(bytes)? else { return None };
    let (2, _, rest) = element(message)? else { return None };
    let (0x78, response, _) = element(rest)? else { return None };
    let (10, code, rest) = element(response)? else { return None };
    let code = code.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let words = element(rest).and_then(|(_, _, rest)| element(rest)).map_or(&[][..], |(_, words, _)| words);
    if code == 0 {
        return Some(Answer::Granted);
    }
    let words = if words.is_empty() { ldap_result(code).as_bytes() } else { words };
    Some(refused(Some(code), words))
}

/// Names of LDAP's result codes that a request for TLS meets (RFC 4511, appendix A).
fn ldap_result(code: u32) -> &'static str {
    match code {
        1 => "operationsError",
        2 => "protocolError",
        12 => "unavailableCriticalExtension",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        _ => "another result code",
    }
}

/// The first BER element: its tag, its contents, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = bytes else { return None };
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (contents, after) = rest.split_at_checked(length)?;
    Some((*tag, contents, after))
}

/// One byte, or an `ErrorResponse` with its fields, of which `C` is the code and `M` the message.
fn postgresql(bytes: &[u8]) -> Answer {
    match bytes {
        [b'S', ..] => Answer::Granted,
        [b'N'] => refused(None, b""),
        [b'E', _, _, _, _, fields @ ..] => {
            let field = |kind: u8| fields.split(|byte| *byte == 0).find_map(|one| one.strip_prefix(&[kind]));
            let words = [field(b'C'), field(b'M')].into_iter().flatten().collect::<Vec<_>>().join(&b' ');
            refused(None, if words.is_empty() { b"E" } else { &words })
        }
        _ => Answer::Unknown,
    }
}

/// An error packet: 0xff, its code, `#` and an SQL state, its message. TLS begins without an answer.
fn mysql(bytes: &[u8]) -> Answer {
    match bytes {
        [_, _, _, _, 0xff, low, high, words @ ..] => {
            refused(Some(u32::from(u16::from_le_bytes([*low, *high]))), words.strip_prefix(b"#").unwrap_or(words))
        }
        _ => Answer::Unknown,
    }
}

/// An X.224 connection confirm with `RDP_NEG_RSP`, `RDP_NEG_FAILURE` or neither (MS-RDPBCGR 2.2.1.2).
fn rdp(bytes: &[u8]) -> Answer {
    let [3, 0, _, _, _, 0xd0, ..] = bytes else { return Answer::Unknown };
    let Some([kind, _, 8, 0, code, 0, 0, 0]) = bytes.get(11..19).and_then(|tail| tail.first_chunk::<8>()) else {
        return refused(None, b"no negotiation in the connection confirm");
    };
    match (kind, code) {
        (2, 0) => refused(Some(0), b"PROTOCOL_RDP selected"),
        (2, _) => Answer::Granted,
        (3, 1) => refused(Some(1), b"SSL_REQUIRED_BY_SERVER"),
        (3, 2) => refused(Some(2), b"SSL_NOT_ALLOWED_BY_SERVER"),
        (3, 3) => refused(Some(3), b"SSL_CERT_NOT_ON_SERVER"),
        (3, 4) => refused(Some(4), b"INCONSISTENT_FLAGS"),
        (3, 5) => refused(Some(5), b"HYBRID_REQUIRED_BY_SERVER"),
        (3, 6) => refused(Some(6), b"SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"),
        (3, code) => refused(Some(u32::from(*code)), b"an unknown failure code"),
        _ => Answer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request, an answer, and the code and words of the refusal; `ok` for one that grants.
    fn check(asked: &[u8], upgrade: Upgrade, said: &[u8], expected: &str) {
        assert_eq!(request(asked), Some(upgrade), "{asked:?}");
        let found = match answer(upgrade, said) {
            Answer::Granted => "ok".to_owned(),
            Answer::Unknown => "?".to_owned(),
            Answer::Refused(Refusal { code, words }) => {
                format!("{}|{words}", code.map_or_else(String::new, |code| code.to_string()))
            }
        };
        assert_eq!(found, expected, "{said:?}");
    }

    #[test]
    fn each_protocol_has_its_words() {
        let smtp = |said: &[u8], expected| check(b"STARTTLS\r\n", Upgrade::StartTls, said, expected);
        smtp(b"220 2.0.0 Ready to start TLS\r\n", "ok");
        smtp(
            b"454 4.7.0 TLS not available due to local problem\r\n",
            "454|454 4.7.0 TLS not available due to local problem",
        );
        smtp(b"500 #5.5.1 command not recognized\r\n", "500|500 #5.5.1 command not recognized");
        smtp(b"382 Continue with TLS negotiation\r\n", "ok");
        smtp(b"580 Can not initiate TLS negotiation\r\n", "580|580 Can not initiate TLS negotiation");
        smtp(b"NO \"TLS is not set up\"\r\n", "|NO \"TLS is not set up\"");
        check(b"a1 starttls\r\n", Upgrade::Imap, b"a1 OK Begin TLS negotiation now\r\n", "ok");
        check(b"a1 STARTTLS\r\n", Upgrade::Imap, b"* x\r\na1 BAD unknown command\r\n", "|a1 BAD unknown command");
        check(b"STLS\r\n", Upgrade::Pop3, b"-ERR Command not permitted\r\n", "|-ERR Command not permitted");
        check(
            b"AUTH TLS\r\n",
            Upgrade::Ftp,
            b"534 Request denied for policy reasons\r\n",
            "534|534 Request denied for policy reasons",
        );
        check(b"AUTH TLS\r\n", Upgrade::Ftp, b"234 AUTH TLS OK\r\n", "ok");
        let asked = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
        check(
            asked,
            Upgrade::Xmpp,
            b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
            "|<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        );
    }

    #[test]
    fn databases_directories_and_desktops_answer_in_bytes() {
        let postgresql = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
        check(&postgresql, Upgrade::PostgreSql, b"S", "ok");
        check(&postgresql, Upgrade::PostgreSql, b"N", "|");
        check(&postgresql, Upgrade::PostgreSql, b"E\0\0\0\x20SFATAL\0C0A000\0Munsupported\0\0", "|0A000 unsupported");
        let mysql = [&[0x20, 0, 0, 1, 0x85, 0xae, 0xff, 0x19][..], &[0; 28]].concat();
        check(&mysql, Upgrade::MySql, b"\x17\0\0\x02\xff\x13\x04#08S01Bad handshake", "1043|08S01Bad handshake");
        let ldap = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
        check(ldap, Upgrade::Ldap, b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0", "ok");
        check(ldap, Upgrade::Ldap, b"\x30\x10\x02\x01\x01\x78\x0b\x0a\x01\x02\x04\0\x04\x04nope", "2|nope");
        check(ldap, Upgrade::Ldap, b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\0\x04\0", "52|unavailable");
        let rdp = [3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
        let confirm = |tail: &[u8]| [&[3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0][..], tail].concat();
        check(&rdp, Upgrade::Rdp, &confirm(&[2, 0, 8, 0, 1, 0, 0, 0]), "ok");
        check(&rdp, Upgrade::Rdp, &confirm(&[3, 0, 8, 0, 2, 0, 0, 0]), "2|SSL_NOT_ALLOWED_BY_SERVER");
        check(&rdp, Upgrade::Rdp, &confirm(&[]), "|no negotiation in the connection confirm");
    }

    #[test]
    fn what_only_names_it_asks_for_nothing() {
        for bytes in [
            &b"GET /STARTTLS HTTP/1.1\r\n"[..],
            b"STARTTLS",
            b"Subject: STARTTLS\r\n",
            b"help starttls please\r\n",
            b"AUTH PLAIN\r\n",
            &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30],
            &[3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0],
            b"",
        ] {
            let asked = request(bytes).filter(|asked| *asked != Upgrade::Imap);
            assert_eq!(asked, None, "{bytes:?}");
        }
    }
}
