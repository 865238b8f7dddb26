//! A filter's text → tokens with their places.

use std::ops::Range;

use super::FilterError;

/// A way to compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `==`, `=`, `eq`.
    Equal,
    /// `!=`, `ne`.
    Unequal,
    /// `<`, `lt`.
    Less,
    /// `<=`, `le`.
    AtMost,
    /// `>`, `gt`.
    Greater,
    /// `>=`, `ge`.
    AtLeast,
    /// `~`, `matches`: a regular expression, case ignored.
    Matches,
    /// `!~`.
    MatchesNot,
    /// `contains`: a piece of text, case ignored.
    Contains,
    /// `in`.
    In,
}

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A name or a value.
    Word(String),
    /// A value in quotes.
    Quoted(String),
    /// A comparison.
    Operator(Operator),
    /// `and`, `&&`.
    And,
    /// `or`, `||`.
    Or,
    /// `not`, `!`.
    Not,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `{`.
    SetOpen,
    /// `}`.
    SetClose,
    /// `,`.
    Comma,
}

/// A token and the bytes it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub at: Range<usize>,
}

/// The signs, longer ones first.
const SIGNS: &[(&str, Kind)] = &[
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("==", Kind::Operator(Operator::Equal)),
    ("!=", Kind::Operator(Operator::Unequal)),
    ("!~", Kind::Operator(Operator::MatchesNot)),
    ("<=", Kind::Operator(Operator::AtMost)),
    (">=", Kind::Operator(Operator::AtLeast)),
    ("=~", Kind::Operator(Operator::Matches)),
    ("=", Kind::Operator(Operator::Equal)),
    ("<", Kind::Operator(Operator::Less)),
    (">", Kind::Operator(Operator::Greater)),
    ("~", Kind::Operator(Operator::Matches)),
    ("!", Kind::Not),
    ("(", Kind::Open),
    (")", Kind::Close),
    ("{", Kind::SetOpen),
    ("}", Kind::SetClose),
    (",", Kind::Comma),
];

/// The words that are signs.
const KEYWORDS: &[(&str, Kind)] = &[
    ("and", Kind::And),
    ("or", Kind::Or),
    ("not", Kind::Not),
    ("eq", Kind::Operator(Operator::Equal)),
    ("ne", Kind::Operator(Operator::Unequal)),
    ("lt", Kind::Operator(Operator::Less)),
    ("le", Kind::Operator(Operator::AtMost)),
    ("gt", Kind::Operator(Operator::Greater)),
    ("ge", Kind::Operator(Operator::AtLeast)),
    ("matches", Kind::Operator(Operator::Matches)),
    ("contains", Kind::Operator(Operator::Contains)),
    ("in", Kind::Operator(Operator::In)),
];

/// Splits a filter into tokens.
pub fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let rest = &text[at..];
        let kind = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            at += sign.len();
            kind.clone()
        } else if c == '"' || c == '\'' {
            let (value, length) = quoted(rest, c).ok_or_else(|| FilterError {
                message: format!("the text has no closing {c}"),
                filter: text.to_owned(),
                at: start..text.len(),
                suggestion: None,
            })?;
            at += length;
            Kind::Quoted(value)
        } else if c == '&' || c == '|' {
            return Err(FilterError {
                message: format!("{c} alone means nothing"),
                filter: text.to_owned(),
                at: start..start + 1,
                suggestion: Some(format!("{c}{c}")),
            });
        } else {
            let length = rest.find(ends_word).unwrap_or(rest.len());
            at += length;
            let word = &rest[..length];
            KEYWORDS
                .iter()
                .find(|(keyword, _)| word.eq_ignore_ascii_case(keyword))
                .map_or_else(|| Kind::Word(word.to_owned()), |(_, kind)| kind.clone())
        };
        tokens.push(Token { kind, at: start..at });
    }
    Ok(tokens)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()\"'=!<>~&|{},".contains(c)
}

/// The text in quotes at the start of `rest`, and how many bytes it takes with them. A backslash takes the quote or a
/// backslash after it literally; before anything else it stays, so that regular expressions need not double it.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((value, at + 1)),
            '\\' => match chars.peek() {
                Some((_, next)) if *next == quote => {
                    value.push(*next);
                    chars.next();
                }
                _ => value.push('\\'),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).expect("a filter").into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn signs_and_words_are_the_same() {
        assert_eq!(kinds("a == b && !c || d != e"), kinds("a eq b and not c or d ne e"));
    }

    #[test]
    fn words_may_hold_what_names_and_addresses_hold() {
        assert_eq!(
            kinds("client.ip in 2001:db8::/32"),
            [Kind::Word("client.ip".into()), Kind::Operator(Operator::In), Kind::Word("2001:db8::/32".into())]
        );
    }

    #[test]
    fn quotes_keep_spaces_and_backslashes() {
        assert_eq!(kinds(r#""a \"b\" \d""#), [Kind::Quoted(r#"a "b" \d"#.into())]);
        assert!(tokens("\"open").is_err());
    }
}
