//! Tokens → a tree of conditions. `and` binds closer than `or`; conditions side by side must both hold.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::error::{FilterError, nearest};
use super::lexer::{Kind, Operator, Token, tokens};
use super::literal::Literal;
use super::names;
use super::node::{Needle, Node, Test};
use crate::facts::{self, Field};

/// Depth to which parentheses and `not` may be nested.
const MAX_DEPTH: usize = 64;

/// Bytes that a compiled regular expression may take.
const MAX_PATTERN: usize = 1 << 20;

/// Reads a filter.
pub fn parse(text: &str) -> Result<Node, FilterError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, depth: 0 };
    if tokens.is_empty() {
        return Ok(Node::All);
    }
    let node = parser.any()?;
    match parser.tokens.first() {
        None => Ok(node),
        Some(token) => Err(parser.error(token.at.clone(), "nothing was expected to follow here")),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    depth: usize,
}

impl<'t> Parser<'t> {
    fn error(&self, at: Range<usize>, message: impl Into<String>) -> FilterError {
        FilterError { message: message.into(), filter: self.text.to_owned(), at, suggestion: None }
    }

    fn peek(&self) -> Option<&'t Kind> {
        self.tokens.first().map(|token| &token.kind)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// The next token; at the end, an error that says what is missing.
    fn expect(&mut self, what: &str) -> Result<&'t Token, FilterError> {
        let end = self.text.len();
        self.next().ok_or_else(|| self.error(end..end, format!("the filter ends where {what} is expected")))
    }

    fn any(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.all()?];
        while self.peek() == Some(&Kind::Or) {
            self.next();
            nodes.push(self.all()?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    fn all(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.condition()?];
        loop {
            match self.peek() {
                Some(Kind::And) => {
                    self.next();
                }
                Some(Kind::Word(_) | Kind::Quoted(_) | Kind::Not | Kind::Open) => {}
                _ => return Ok(one_or(nodes, Node::And)),
            }
            nodes.push(self.condition()?);
        }
    }

    fn condition(&mut self) -> Result<Node, FilterError> {
        self.depth += 1;
        let token = self.expect("a condition")?;
        if self.depth > MAX_DEPTH {
            return Err(self.error(token.at.clone(), "nested too deep"));
        }
        let node = match &token.kind {
            Kind::Not => Node::Not(Box::new(self.condition()?)),
            Kind::Open => {
                let node = self.any()?;
                let close = self.expect("a closing )")?;
                if close.kind != Kind::Close {
                    return Err(self.error(close.at.clone(), "a closing ) is expected here"));
                }
                node
            }
            Kind::Quoted(text) => Node::Text(Needle::new(text)),
            Kind::Word(word) => self.word(word, &token.at)?,
            _ => return Err(self.error(token.at.clone(), "a field or a word to look for is expected here")),
        };
        self.depth -= 1;
        Ok(node)
    }

    /// A field that is compared, a field alone, or a word to look for.
    fn word(&mut self, word: &str, at: &Range<usize>) -> Result<Node, FilterError> {
        if let Some(Kind::Operator(operator)) = self.peek() {
            self.next();
            let (field, fields) = self.fields(word, at)?;
            return Ok(Node::Compare { test: self.test(*operator, field)?, fields });
        }
        // A short name alone is rather a word to look for: `server` may be part of a name.
        if facts::by_name(&word.to_ascii_lowercase()).is_some() || word.contains('.') {
            let fields = names::fields(word);
            if !fields.is_empty() {
                return Ok(Node::Present(fields));
            }
        }
        Ok(Node::Text(Needle::new(word)))
    }

    /// The fields of a name, all of one kind, and the first of them.
    fn fields(&self, word: &str, at: &Range<usize>) -> Result<(&'static Field, Vec<&'static Field>), FilterError> {
        let fields = names::fields(word);
        if let Some(first) = fields.first() {
            return Ok((first, fields));
        }
        let mut error = self.error(at.clone(), format!("there is no field {word}"));
        error.suggestion = nearest(word, names::all()).map(str::to_owned);
        if error.suggestion.is_none() {
            error.message.push_str(" (docs/fields.md lists them)");
        }
        Err(error)
    }

    fn test(&mut self, operator: Operator, field: &Field) -> Result<Test, FilterError> {
        if operator == Operator::In && self.peek() == Some(&Kind::SetOpen) {
            self.next();
            return self.set(field);
        }
        let token = self.expect("a value")?;
        let (Kind::Word(text) | Kind::Quoted(text)) = &token.kind else {
            return Err(self.error(token.at.clone(), "a value is expected here"));
        };
        match operator {
            Operator::In => Ok(Test::In(vec![self.range(text, &token.at, field)?])),
            Operator::Contains => Ok(Test::Contains(Needle::new(text))),
            Operator::Matches => self.pattern(text, &token.at).map(Test::Matches),
            Operator::MatchesNot => self.pattern(text, &token.at).map(Test::MatchesNot),
            _ => Ok(Test::Order(operator, self.literal(text, &token.at, field)?)),
        }
    }

    fn pattern(&self, text: &str, at: &Range<usize>) -> Result<Regex, FilterError> {
        let pattern = RegexBuilder::new(text).case_insensitive(true).size_limit(MAX_PATTERN).build();
        pattern.map_err(|error| {
            let said = error.to_string();
            let reason = said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            self.error(at.clone(), format!("not a regular expression: {reason}"))
        })
    }

    fn set(&mut self, field: &Field) -> Result<Test, FilterError> {
        let mut ranges = Vec::new();
        loop {
            let token = self.expect("a closing }")?;
            match &token.kind {
                Kind::SetClose => return Ok(Test::In(ranges)),
                Kind::Comma => {}
                Kind::Word(text) | Kind::Quoted(text) => ranges.push(self.range(text, &token.at, field)?),
                _ => return Err(self.error(token.at.clone(), "a value or a closing } is expected here")),
            }
        }
    }

    /// `low..high`, or one value as a range of itself.
    fn range(&self, text: &str, at: &Range<usize>, field: &Field) -> Result<(Literal, Literal), FilterError> {
        match text.split_once("..") {
            Some((low, high)) if !low.is_empty() && !high.is_empty() => {
                Ok((self.literal(low, at, field)?, self.literal(high, at, field)?))
            }
            _ => {
                let literal = self.literal(text, at, field)?;
                Ok((literal.clone(), literal))
            }
        }
    }

    fn literal(&self, text: &str, at: &Range<usize>, field: &Field) -> Result<Literal, FilterError> {
        Literal::read(text, field.kind).ok_or_else(|| self.refused(text, at, field))
    }

    /// A value that the field cannot have.
    fn refused(&self, text: &str, at: &Range<usize>, field: &Field) -> FilterError {
        let names = field.kind.names();
        if names.is_empty() {
            return self.error(at.clone(), format!("{text} {}", Literal::refusal(field.kind)));
        }
        let mut error = self.error(at.clone(), format!("no flow has the {} {text}", field.name));
        error.suggestion = nearest(text, names.iter().copied()).map(str::to_owned);
        if error.suggestion.is_none() && names.len() < 10 {
            error.message = format!("{}: it is one of {}", error.message, names.join(", "));
        }
        error
    }
}

fn one_or(mut nodes: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            many(nodes)
        }
        None => Node::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        format!("{:?}", parse(text).expect("a filter"))
    }

    fn line(text: &str) -> String {
        parse(text).expect_err("not a filter").line()
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert_eq!(shape("a or b and c"), "Or([Text(\"a\"), And([Text(\"b\"), Text(\"c\")])])");
        assert_eq!(shape("(a or b) c"), "And([Or([Text(\"a\"), Text(\"b\")]), Text(\"c\")])");
        assert_eq!(shape("!a b"), "And([Not(Text(\"a\")), Text(\"b\")])");
        assert_eq!(shape(""), "All");
    }

    #[test]
    fn a_field_alone_asks_whether_it_is_there() {
        assert_eq!(shape("cause"), "Present([\"cause\"])");
        assert_eq!(shape("tcp.analysis.retransmission"), "Present([\"tcp.retransmissions\"])");
        assert_eq!(shape("server"), "Text(\"server\")");
    }

    #[test]
    fn errors_say_what_was_perhaps_meant() {
        assert_eq!(line("tls.snii == api"), "there is no field tls.snii; did you mean tls.sni?");
        assert_eq!(line("outcome == fialed"), "no flow has the outcome fialed; did you mean failed?");
        assert_eq!(
            line("ended_by == martians"),
            "no flow has the ended_by martians: it is one of client, server, middlebox, path, unknown"
        );
        assert_eq!(
            line("cause == reset-after-client-helo"),
            "no flow has the cause reset-after-client-helo; did you mean reset-after-client-hello?"
        );
        assert_eq!(line("client.ip == api"), "api is no address or network");
        assert_eq!(line("packets > many"), "many is no number");
        assert_eq!(line("port in {443, https}"), "https is no number");
        assert_eq!(line("tls.resumed == maybe"), "maybe is neither yes nor no");
        assert_eq!(line("issues == gaps"), "no flow has the issues gaps; did you mean gap?");
        assert_eq!(line("tls.sni =="), "the filter ends where a value is expected");
        assert_eq!(line("(a"), "the filter ends where a closing ) is expected");
        assert_eq!(line("a )"), "nothing was expected to follow here");
        assert_eq!(line("a & b"), "& alone means nothing; did you mean &&?");
        assert_eq!(line("tls.sni ~ \"(\""), "not a regular expression: unclosed group");
        assert_eq!(line(&"(".repeat(1000)), "nested too deep");
    }
}
