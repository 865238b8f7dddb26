//! What is searched for in a conversation, and where a part of it matches.

use regex::bytes::{Regex, RegexBuilder};

use super::part::{Part, Piece};
use crate::vocab::{Direction, StreamRange};

/// How a pattern is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Syntax {
    /// A text, whatever its case.
    #[default]
    Text,
    /// A regular expression.
    Regex,
    /// Bytes as hexadecimal digits; spaces and colons between them do not matter.
    Hex,
}

impl Syntax {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Syntax::Text => "text",
            Syntax::Regex => "regex",
            Syntax::Hex => "hex",
        }
    }

    /// The next one, around the end.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Syntax::Text => Syntax::Regex,
            Syntax::Regex => Syntax::Hex,
            Syntax::Hex => Syntax::Text,
        }
    }
}

/// A pattern to search for.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it was written.
    pub text: String,
    /// How to read that.
    pub syntax: Syntax,
    regex: Regex,
}

/// Where a pattern matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Match {
    /// Whose bytes.
    pub direction: Direction,
    /// Where they lie in the sender's stream; they may begin in the part before.
    pub range: StreamRange,
    /// Where the first of them that is in the part lies in the part's bytes.
    pub at: usize,
}

impl Pattern {
    /// Reads a pattern; `None` for an empty one, else what is wrong with it.
    ///
    /// # Errors
    ///
    /// What is wrong with the pattern, in words.
    pub fn new(syntax: Syntax, text: &str) -> Result<Option<Self>, String> {
        let source = match syntax {
            Syntax::Text => regex::escape(text),
            Syntax::Regex => text.to_owned(),
            Syntax::Hex => hex(text)?,
        };
        if source.is_empty() {
            return Ok(None);
        }
        let regex = RegexBuilder::new(&source)
            .case_insensitive(syntax == Syntax::Text)
            .unicode(syntax == Syntax::Regex || syntax == Syntax::Text && !text.is_ascii())
            .multi_line(true)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the expression is too large".to_owned(),
                error => error.to_string().lines().last().unwrap_or("no regular expression").to_owned(),
            })?;
        Ok(Some(Self { text: text.to_owned(), syntax, regex }))
    }

    /// Tells `each` of every match that ends in the part, direction by direction; of one direction only, if so wanted.
    pub fn search(&self, part: &Part, only: Option<Direction>, each: &mut dyn FnMut(Match)) {
        for direction in Direction::BOTH.into_iter().filter(|way| only.is_none_or(|only| only == *way)) {
            let pieces: Vec<&Piece> = part.pieces.iter().filter(|piece| piece.direction == direction).collect();
            let mut tail: &[u8] = &part.before[direction];
            for stretch in pieces.chunk_by(|a, b| a.at.is_some() && b.at.is_some()) {
                if stretch[0].at.is_some() {
                    self.search_stretch(part, stretch, tail, each);
                }
                tail = &[];
            }
        }
    }

    /// Searches pieces that follow each other, after the bytes that came before them.
    fn search_stretch(&self, part: &Part, pieces: &[&Piece], tail: &[u8], each: &mut dyn FnMut(Match)) {
        let [first, .., last] = pieces else {
            return pieces
                .first()
                .map_or((), |one| self.search_bytes(pieces, tail, &join(part, pieces, tail), one, each));
        };
        let (Some(begin), Some(end)) = (first.at, last.at) else { return };
        let end = end + last.range.len() as usize;
        // One after the other in the part: nothing has to be joined.
        if tail.is_empty() && (end - begin) as u64 == last.range.end - first.range.start {
            self.search_bytes(pieces, tail, &part.bytes[begin..end], first, each);
        } else {
            self.search_bytes(pieces, tail, &join(part, pieces, tail), first, each);
        }
    }

    fn search_bytes(&self, pieces: &[&Piece], tail: &[u8], bytes: &[u8], first: &Piece, each: &mut dyn FnMut(Match)) {
        let start = first.range.start - tail.len() as u64;
        for one in self.regex.find_iter(bytes).filter(|one| one.end() > tail.len() && !one.is_empty()) {
            let range = StreamRange::new(start + one.start() as u64, start + one.end() as u64);
            let seen = range.start.max(first.range.start);
            let piece = pieces[pieces.partition_point(|piece| piece.range.end <= seen).min(pieces.len() - 1)];
            let at = piece.at.unwrap_or_default() + (seen - piece.range.start) as usize;
            each(Match { direction: first.direction, range, at });
        }
    }

    /// The matches of a part in the order of the conversation.
    pub fn matches(&self, part: &Part, only: Option<Direction>) -> Vec<Match> {
        let mut matches = Vec::new();
        self.search(part, only, &mut |one| matches.push(one));
        matches.sort_by_key(|one| one.at);
        matches
    }

    /// How many matches a part has.
    pub fn count(&self, part: &Part, only: Option<Direction>) -> u64 {
        let mut count = 0;
        self.search(part, only, &mut |_| count += 1);
        count
    }
}

fn join(part: &Part, pieces: &[&Piece], tail: &[u8]) -> Vec<u8> {
    let mut bytes = tail.to_vec();
    for piece in pieces {
        bytes.extend_from_slice(part.piece_bytes(piece));
    }
    bytes
}

/// Hexadecimal digits as an expression; a lone last digit is still being typed.
fn hex(text: &str) -> Result<String, String> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if let Some(odd) = digits.iter().find(|c| !c.is_ascii_hexdigit()) {
        return Err(format!("{odd:?} is no hexadecimal digit"));
    }
    let bytes: String = digits.chunks_exact(2).flat_map(|pair| ['\\', 'x', pair[0], pair[1]]).collect();
    Ok(if bytes.is_empty() { bytes } else { format!("(?s-u){bytes}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::{PacketNumber, PerDirection, Time};

    /// A part from pieces like `>abc` (client) and `<def` (server); `>!3` is a gap of three bytes.
    fn part(pieces: &str, before: (&str, &str)) -> Part {
        let mut part = Part::default();
        let before = PerDirection { to_server: before.0.as_bytes().to_vec(), to_client: before.1.as_bytes().to_vec() };
        let mut offsets =
            PerDirection { to_server: before.to_server.len() as u64, to_client: before.to_client.len() as u64 };
        part.before = before;
        for piece in pieces.split(' ') {
            let (way, text) = piece.split_at(1);
            let direction = if way == ">" { Direction::ToServer } else { Direction::ToClient };
            let gap = text.strip_prefix('!').map(|length| length.parse::<u64>().expect("a length"));
            let start = offsets[direction];
            let range = StreamRange::new(start, start + gap.unwrap_or(text.len() as u64));
            offsets[direction] = range.end;
            let at = gap.is_none().then_some(part.bytes.len());
            part.pieces.push(Piece { direction, range, packet: PacketNumber(1), time: Time(0), at });
            if gap.is_none() {
                part.bytes.extend_from_slice(text.as_bytes());
            }
        }
        part
    }

    fn check(syntax: Syntax, pattern: &str, part: &Part, expected: &[(u64, u64)]) {
        let pattern = Pattern::new(syntax, pattern).expect("a pattern").expect("not an empty one");
        let found: Vec<_> = pattern.matches(part, None).iter().map(|one| (one.range.start, one.range.end)).collect();
        assert_eq!(found, expected, "{pattern:?}");
        assert_eq!(pattern.count(part, None), expected.len() as u64);
    }

    #[test]
    fn a_match_may_lie_in_several_pieces_but_not_across_a_gap() {
        let part = part(">GET_ <HTTP >/in >dex </1.1 >!3 >dex", ("", ""));
        check(Syntax::Text, "get_/index", &part, &[(0, 10)]);
        check(Syntax::Text, "HTTP/1", &part, &[(0, 6)]);
        check(Syntax::Text, "dexdex", &part, &[]);
        check(Syntax::Text, "dex", &part, &[(7, 10), (13, 16)]);
    }

    #[test]
    fn a_match_belongs_to_the_part_in_which_it_ends() {
        let part = part(">dle_needle <x", ("a needle and a nee", ""));
        check(Syntax::Text, "needle", &part, &[(15, 21), (22, 28)]);
    }

    #[test]
    fn expressions_and_bytes_are_found() {
        let part = part(">line_1;line_22 <\u{16}\u{3}\u{1}", ("", ""));
        check(Syntax::Regex, "line_[0-9]{2}", &part, &[(7, 14)]);
        check(Syntax::Regex, "x*", &part, &[]);
        check(Syntax::Hex, "16 03:01", &part, &[(0, 3)]);
        check(Syntax::Hex, "1603f", &part, &[(0, 2)]);
        assert!(Pattern::new(Syntax::Hex, "1g").is_err());
        assert!(Pattern::new(Syntax::Regex, "(").is_err());
        assert!(Pattern::new(Syntax::Text, "").is_ok_and(|pattern| pattern.is_none()));
    }
}
