//! What a field is: its value and place, the registry that names it, and where it is specified.

use super::detail::{self, Detail, Path};
use super::role::{Line, Role};
use crate::vocab::{Field, Registry, text};

/// Where headers are specified that do not say so themselves, by the name of their tree.
const HEADERS: &[(&str, &str)] = &[
    ("Ethernet", "IEEE 802.3"),
    ("802.1Q Virtual LAN", "IEEE 802.1Q"),
    ("Internet Protocol Version 4", "RFC 791 §3.1"),
    ("Internet Protocol Version 6", "RFC 8200 §3"),
    ("Transmission Control Protocol", "RFC 9293 §3.1"),
    ("User Datagram Protocol", "RFC 768"),
    ("Internet Control Message Protocol", "RFC 792"),
    ("Internet Control Message Protocol v6", "RFC 4443"),
    ("Generic Routing Encapsulation", "RFC 2784"),
    ("Virtual eXtensible Local Area Network", "RFC 7348 §5"),
    ("PPP-over-Ethernet Session", "RFC 2516"),
    ("record", "RFC 8446 §5.1"),
    ("certificate", "RFC 5280 §4.1"),
];

/// The page about the field at a path; `None` where there is none.
pub fn page(detail: &Detail, path: &Path) -> Option<Vec<Line>> {
    let above: Vec<&Field> = (1..=path.len()).filter_map(|len| detail::field(detail, &path[..len].to_vec())).collect();
    let field = above.last()?;
    let label = |name: &str, role: Role, value: &str| {
        Line::of(Role::Label, format!("{name:<10}")).with(role, text::visible(value))
    };
    let names: Vec<&str> = above.iter().map(|field| field.name.as_ref()).collect();
    let mut lines = vec![label("field", Role::Strong, &names.join(" / "))];
    if !field.value.is_empty() {
        lines.push(label("value", Role::Text, &field.value));
    }
    if let Some(issue) = &field.issue {
        lines.push(label("issue", Role::Failed, issue));
    }
    if !field.range.is_empty() {
        let place = format!("{} bytes from {}", field.range.len(), field.range.start);
        lines.push(label("bytes", Role::Text, &place));
    }
    if let Some(note) = &field.note {
        lines.push(label("meaning", Role::Text, note));
    }
    let specified = above.iter().rev().flat_map(|field| references(field)).collect::<Vec<_>>();
    if !specified.is_empty() {
        lines.push(Line::new());
        lines.push(Line::of(Role::Heading, "Specified in"));
    }
    let mut seen = Vec::new();
    for (name, within) in specified {
        if !seen.contains(&name) {
            let link = link(&name).map_or_else(String::new, |link| format!("  {link}"));
            let line = Line::of(Role::Text, format!("  {name:<20}")).with(Role::Dim, text::visible(within));
            lines.push(line.with(Role::Notice, link));
            seen.push(name);
        }
    }
    if let Some(registry) = field.registry {
        lines.push(Line::new());
        lines.extend(registered(registry, field));
    }
    Some(lines)
}

/// The whole registry; the field's own value is marked.
fn registered(registry: &'static Registry, field: &Field) -> Vec<Line> {
    let about = registry.about.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = vec![Line::of(Role::Heading, "Registry"), Line::of(Role::Text, format!("  {about}"))];
    let mut links: Vec<String> = rfcs(&about).iter().filter_map(|name| link(name)).collect();
    if about.contains("the registry") {
        links.push("https://www.iana.org/protocols".to_owned());
    }
    lines.extend(links.into_iter().map(|link| Line::of(Role::Notice, format!("  {link}"))));
    let wide = registry.names.iter().any(|(number, _)| *number > 0xff);
    for (number, name) in registry.names {
        let own = field.value == *name || field.value.starts_with(&format!("{name} ("));
        let (sign, role) = if own { ("▶ ", Role::Strong) } else { ("  ", Role::Text) };
        let number = if wide { format!("0x{number:04x}") } else { number.to_string() };
        lines.push(Line::of(Role::Key, sign).with(Role::Offset, format!("{number:>6}  ")).with(role, *name));
    }
    lines
}

/// Where a field is specified, by its note or by what header it is; each with the field's name.
fn references(field: &Field) -> Vec<(String, &str)> {
    let own = field.note.as_deref().map(rfcs).unwrap_or_default();
    let header = HEADERS.iter().find(|(name, _)| *name == field.name).map(|(_, place)| (*place).to_owned());
    own.into_iter().chain(header).map(|name| (name, field.name.as_ref())).collect()
}

/// The RFCs that a text names, with their sections: `RFC 8446 §4.1.2`.
fn rfcs(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("RFC ") {
        let rest = &text[at + 4..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            continue;
        }
        let section = rest[digits.len()..].strip_prefix(" §").map(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
            rest[..end].trim_end_matches('.')
        });
        found.push(match section {
            Some(section) if !section.is_empty() => format!("RFC {digits} §{section}"),
            _ => format!("RFC {digits}"),
        });
    }
    found
}

/// The address of an RFC's section.
fn link(name: &str) -> Option<String> {
    let rest = name.strip_prefix("RFC ")?;
    let (number, section) = rest.split_once(" §").map_or((rest, None), |(number, section)| (number, Some(section)));
    let anchor = section.map_or_else(String::new, |section| {
        let kind = if section.starts_with(|c: char| c.is_ascii_digit()) { "section" } else { "appendix" };
        format!("#{kind}-{section}")
    });
    Some(format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfcs_are_found_with_their_sections() {
        assert_eq!(rfcs("What the client wants. RFC 8446 §4.1.2"), ["RFC 8446 §4.1.2"]);
        assert_eq!(rfcs("A ticket. RFC 8446 §4.6.1, RFC 5077 §3.3."), ["RFC 8446 §4.6.1", "RFC 5077 §3.3"]);
        assert_eq!(rfcs("RFC 4680"), ["RFC 4680"]);
        assert!(rfcs("drafts of TLS 1.3").is_empty());
        assert_eq!(link("RFC 8446 §D.4").as_deref(), Some("https://www.rfc-editor.org/rfc/rfc8446#appendix-D.4"));
        assert_eq!(link("RFC 4680").as_deref(), Some("https://www.rfc-editor.org/rfc/rfc4680"));
    }
}
