//! The tree of a certificate (RFC 5280 §4.1), by its DER; what has no decoder here is shown as plain DER.

use std::ops::Range;

use super::builder::{Tree, big_endian, code, short_hex};
use super::extensions;
use crate::proto::tls::certificate::oids::{KEY_USAGES, curve, extension, oid_name};
use crate::proto::tls::der::{self, Element, Elements, tag};
use crate::vocab::Field;
use crate::vocab::iana::ExtensionType;
use crate::vocab::text::visible_bytes;

/// Deepest nesting of plain DER that is shown.
const MAX_DEPTH: usize = 12;

/// The tree of the certificate in `range` of `message`; its value is the subject.
pub fn certificate(message: &[u8], range: Range<usize>) -> Field {
    let range = range.start.min(message.len())..range.end.min(message.len());
    let bytes = &message[range.clone()];
    let Some(outer) = Elements::new(bytes, range.start).next().filter(|outer| outer.tag == tag::SEQUENCE) else {
        let mut field = Field::new("certificate", short_hex(bytes), range.clone());
        field.issue = Some(format!("no certificate in DER at byte {}", range.start));
        return field;
    };
    let mut field = Field::new("certificate", "", range);
    let mut parts = outer.children();
    if let Some(tbs) = parts.next_if(tag::SEQUENCE) {
        let body = to_be_signed(&tbs);
        field.value =
            body.iter().find(|child| child.name == "subject").map(|child| child.value.clone()).unwrap_or_default();
        field.children.push(Field::new("tbsCertificate", "", tbs.range()).with(body));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        field.children.push(algorithm("signatureAlgorithm", &element));
    }
    if let Some(signature) = parts.next_if(tag::BIT_STRING) {
        field.children.push(Field::new("signatureValue", bit_string(&signature), signature.range()));
    }
    field.children.extend(parts.map(|rest| dump(&rest, 0)));
    if outer.is_cut() {
        field.issue = Some(format!("cut: {} bytes announced, {} there", outer.announced, outer.body.len()));
    }
    field
}

fn to_be_signed(tbs: &Element<'_>) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut parts = tbs.children();
    if let Some(version) = parts.next_if(0xa0) {
        let number = version.body.last().map_or(0, |last| u32::from(*last) + 1);
        fields.push(Field::new("version", number.to_string(), version.range()));
    }
    if let Some(serial) = parts.next_if(tag::INTEGER) {
        fields.push(Field::new("serialNumber", short_hex(serial.body), serial.range()));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        fields.push(algorithm("signature", &element));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        fields.push(name("issuer", &element));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        let times: Vec<Field> = ["notBefore", "notAfter"]
            .into_iter()
            .zip(element.children())
            .map(|(name, time)| Field::new(name, time_text(&time), time.range()))
            .collect();
        let value = times.iter().map(|time| time.value.as_str()).collect::<Vec<_>>().join(" to ");
        fields.push(Field::new("validity", value, element.range()).with(times));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        fields.push(name("subject", &element));
    }
    if let Some(element) = parts.next_if(tag::SEQUENCE) {
        fields.push(public_key(&element));
    }
    for element in parts {
        match element.context() {
            Some(1 | 2) => fields.push(Field::new("uniqueID", short_hex(element.body), element.range())),
            Some(3) => {
                let list = element.children().next();
                let children: Vec<Field> = list
                    .map(|list| list.children().map(|each| certificate_extension(&each)).collect())
                    .unwrap_or_default();
                fields.push(
                    Field::new("extensions", format!("{} entries", children.len()), element.range()).with(children),
                );
            }
            _ => fields.push(dump(&element, 0)),
        }
    }
    fields
}

fn name(label: &'static str, element: &Element<'_>) -> Field {
    let attributes = element.children().flat_map(|set| set.children());
    let children = attributes.filter_map(|attribute| {
        let (kind, value) = der::attribute(&attribute)?;
        let label = der::short_name(&kind).map_or_else(|| kind.clone(), str::to_owned);
        let text = der::string(&value).unwrap_or_else(|| short_hex(value.body));
        Some(Field::new(label, text, attribute.range()))
    });
    Field::new(label, der::name(element.raw), element.range()).with(children.collect()).noted("RFC 4514")
}

/// An algorithm identifier: its name, and its parameters below.
pub(super) fn algorithm(label: &'static str, element: &Element<'_>) -> Field {
    let mut parts = element.children();
    let value = parts.next_if(tag::OID).map(|oid| oid_text(&oid)).unwrap_or_default();
    Field::new(label, value, element.range()).with(parts.map(|rest| dump(&rest, 0)).collect())
}

/// A SubjectPublicKeyInfo: its algorithm and the key.
pub(super) fn public_key(element: &Element<'_>) -> Field {
    let mut parts = element.children();
    let mut children = Vec::new();
    let mut value = String::new();
    if let Some(identifier) = parts.next_if(tag::SEQUENCE) {
        let oids: Vec<String> = identifier.children().filter_map(|each| der::oid(each.body)).collect();
        let named_curve = oids.get(1).and_then(|oid| curve(oid)).map(|(name, _)| name);
        let field = algorithm("algorithm", &identifier);
        value = named_curve.map_or_else(|| field.value.clone(), |curve| format!("EC {curve}"));
        children.push(field);
    }
    if let Some(key) = parts.next_if(tag::BIT_STRING) {
        let mut field = Field::new("subjectPublicKey", bit_string(&key), key.range());
        // An RSA key is a sequence of modulus and exponent inside the bit string.
        if value.starts_with("rsaEncryption") || value.starts_with("RSASSA-PSS") {
            let inside = Elements::new(key.body.get(1..).unwrap_or_default(), key.body_start + 1).next();
            if let Some(inside) = inside.filter(|inside| inside.tag == tag::SEQUENCE) {
                let numbers = ["modulus", "publicExponent"].into_iter().zip(inside.children());
                field.children = numbers.map(|(name, number)| rsa_number(name, &number)).collect();
                value = field
                    .children
                    .first()
                    .and_then(|modulus| modulus.note.clone())
                    .map_or(value, |bits| format!("RSA {bits}"));
            }
        }
        children.push(field);
    }
    Field::new("subjectPublicKeyInfo", value, element.range()).with(children)
}

fn rsa_number(name: &'static str, number: &Element<'_>) -> Field {
    let zeros = number.body.iter().take_while(|byte| **byte == 0).count();
    let top = number.body.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = ((number.body.len() - zeros) * 8).saturating_sub(top);
    let value = if bits <= 32 { decimal(number.body) } else { short_hex(&number.body[zeros..]) };
    Field::new(name, value, number.range()).noted(format!("{bits} bits"))
}

fn certificate_extension(element: &Element<'_>) -> Field {
    let mut parts = element.children();
    let Some(oid) = parts.next_if(tag::OID) else { return dump(element, 0) };
    let number = der::oid(oid.body).unwrap_or_default();
    let label = extension(&number).map_or_else(|| number.clone(), str::to_owned);
    let mut children = vec![Field::new("extnID", oid_text(&oid), oid.range())];
    let mut critical = false;
    if let Some(flag) = parts.next_if(tag::BOOLEAN) {
        critical = flag.body.first().is_some_and(|byte| *byte != 0);
        children.push(Field::new("critical", critical.to_string(), flag.range()));
    }
    let mut value = String::new();
    if let Some(octets) = parts.next_if(tag::OCTET_STRING) {
        let (text, fields) = extension_value(&number, &octets);
        value = text;
        children.push(Field::new("extnValue", short_hex(octets.body), octets.range()).with(fields));
    }
    if critical {
        value = if value.is_empty() { "critical".to_owned() } else { format!("critical, {value}") };
    }
    Field::new(label, value, element.range()).with(children)
}

fn extension_value(number: &str, octets: &Element<'_>) -> (String, Vec<Field>) {
    let Some(inside) = octets.children().next() else { return ("empty".to_owned(), Vec::new()) };
    match number {
        "2.5.29.14" => (short_hex(inside.body), Vec::new()),
        "2.5.29.15" | "2.16.840.1.113730.1.1" => (key_usage(&inside), Vec::new()),
        "2.5.29.17" | "2.5.29.18" => listed(inside.children().map(|each| general_name(&each))),
        "2.5.29.19" => basic_constraints(&inside),
        "2.5.29.31" | "2.5.29.46" => listed(uris(&inside, MAX_DEPTH).into_iter()),
        "2.5.29.30" => listed(inside.children().map(|subtrees| subtrees_of(&subtrees))),
        "2.5.29.32" => listed(inside.children().map(|policy| self::policy(&policy))),
        "2.5.29.36" => listed(inside.children().map(|count| {
            let name = if count.context() == Some(0) { "requireExplicitPolicy" } else { "inhibitPolicyMapping" };
            Field::new(name, decimal(count.body), count.range())
        })),
        "2.5.29.54" => (decimal(inside.body), vec![Field::new("skipCerts", decimal(inside.body), inside.range())]),
        "1.3.6.1.5.5.7.1.24" => listed(inside.children().map(|feature| {
            let number = big_endian(feature.body);
            Field::new("feature", code(&ExtensionType(number as u16), number), feature.range())
        })),
        "2.5.29.35" => listed(inside.children().map(|each| {
            let label = match each.context() {
                Some(0) => "keyIdentifier",
                Some(1) => "authorityCertIssuer",
                _ => "authorityCertSerialNumber",
            };
            Field::new(label, short_hex(each.body), each.range())
        })),
        "2.5.29.37" => listed(inside.children().map(|oid| Field::new("keyPurposeId", oid_text(&oid), oid.range()))),
        "1.3.6.1.5.5.7.1.1" | "1.3.6.1.5.5.7.1.11" => listed(inside.children().map(|access| {
            let mut parts = access.children();
            let method = parts.next().map(|oid| oid_text(&oid)).unwrap_or_default();
            let place = parts.next().map(|place| general_name(&place).value).unwrap_or_default();
            Field::new("accessDescription", format!("{method} {place}"), access.range())
        })),
        "1.3.6.1.4.1.11129.2.4.2" => {
            let mut tree = Tree::over(octets.raw, 0..octets.raw.len());
            tree.take("header", inside.body_start - octets.start);
            extensions::certificate_timestamps(&mut tree);
            let mut fields = tree.finish(true);
            shift(&mut fields, octets.start);
            (fields.first().map(|list| list.value.clone()).unwrap_or_default(), fields)
        }
        _ => {
            let field = dump(&inside, 0);
            (field.value.clone(), vec![field])
        }
    }
}

/// Moves ranges that count from `offset` so that they count from the start of the message.
fn shift(fields: &mut [Field], offset: usize) {
    for field in fields {
        field.range = field.range.start + offset..field.range.end + offset;
        shift(&mut field.children, offset);
    }
}

fn listed(fields: impl Iterator<Item = Field>) -> (String, Vec<Field>) {
    const MAX_LISTED: usize = 6;
    let fields: Vec<Field> = fields.collect();
    let mut value = fields.iter().take(MAX_LISTED).map(|field| field.value.as_str()).collect::<Vec<_>>().join(", ");
    if fields.len() > MAX_LISTED {
        value.push_str(", …");
    }
    (value, fields)
}

/// The names that a CA may or may not certify (RFC 5280 §4.2.1.10).
fn subtrees_of(subtrees: &Element<'_>) -> Field {
    let name = if subtrees.context() == Some(0) { "permittedSubtrees" } else { "excludedSubtrees" };
    let bases: Vec<Field> = subtrees
        .children()
        .map(|subtree| {
            let mut base = subtree.children().next().map(|base| general_name(&base)).unwrap_or_default();
            base.range = subtree.range();
            base
        })
        .collect();
    let value = bases.iter().map(|base| base.value.as_str()).collect::<Vec<_>>().join(", ");
    Field::new(name, format!("{name}: {value}"), subtrees.range()).with(bases)
}

/// A policy, and where it is written down (RFC 5280 §4.2.1.4).
fn policy(policy: &Element<'_>) -> Field {
    let mut parts = policy.children();
    let id = parts.next_if(tag::OID);
    let value = id.as_ref().map(oid_text).unwrap_or_default();
    let mut children: Vec<Field> =
        id.iter().map(|id| Field::new("policyIdentifier", value.clone(), id.range())).collect();
    for qualifier in parts.flat_map(|qualifiers| qualifiers.children()) {
        let mut inside = qualifier.children();
        let kind = inside.next_if(tag::OID).map(|oid| oid_text(&oid)).unwrap_or_default();
        let said = inside.next().map(|value| (value.range(), der::string(&value), dump(&value, 0)));
        children.push(match said {
            Some((range, Some(text), _)) => {
                Field::new("policyQualifier", kind, qualifier.range()).with(vec![Field::new("qualifier", text, range)])
            }
            Some((_, None, tree)) => Field::new("policyQualifier", kind, qualifier.range()).with(vec![tree]),
            None => Field::new("policyQualifier", kind, qualifier.range()),
        });
    }
    Field::new("policy", value, policy.range()).with(children)
}

fn key_usage(bits: &Element<'_>) -> String {
    let set = |bit: usize| bits.body.get(1 + bit / 8).is_some_and(|byte| byte >> (7 - bit % 8) & 1 == 1);
    KEY_USAGES.iter().enumerate().filter(|(bit, _)| set(*bit)).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

fn basic_constraints(sequence: &Element<'_>) -> (String, Vec<Field>) {
    let mut parts = sequence.children();
    let mut fields = Vec::new();
    let flag = parts.next_if(tag::BOOLEAN);
    let ca = flag.as_ref().is_some_and(|flag| flag.body.first().is_some_and(|byte| *byte != 0));
    if let Some(flag) = flag {
        fields.push(Field::new("cA", ca.to_string(), flag.range()));
    }
    let mut value = if ca { "CA".to_owned() } else { "not a CA".to_owned() };
    if let Some(length) = parts.next_if(tag::INTEGER) {
        let number = decimal(length.body);
        value = format!("{value}, path length {number}");
        fields.push(Field::new("pathLenConstraint", number, length.range()));
    }
    (value, fields)
}

fn general_name(element: &Element<'_>) -> Field {
    let (label, value) = match element.context() {
        Some(1) => ("rfc822Name", visible_bytes(element.body)),
        Some(2) => ("dNSName", visible_bytes(element.body)),
        Some(4) => ("directoryName", der::name(element.body)),
        Some(6) => ("uniformResourceIdentifier", visible_bytes(element.body)),
        Some(7) => (
            "iPAddress",
            der::ip_address(element.body).map_or_else(|| short_hex(element.body), |address| address.to_string()),
        ),
        Some(8) => ("registeredID", der::oid(element.body).unwrap_or_default()),
        Some(0) => ("otherName", short_hex(element.body)),
        _ => ("generalName", short_hex(element.body)),
    };
    Field::new(label, value, element.range())
}

/// The addresses in a list of distribution points, however deep they are.
fn uris(element: &Element<'_>, depth: usize) -> Vec<Field> {
    if element.context() == Some(6) {
        return vec![Field::new("uniformResourceIdentifier", visible_bytes(element.body), element.range())];
    }
    if depth == 0 || element.tag & 0x20 == 0 {
        return Vec::new();
    }
    element.children().flat_map(|child| uris(&child, depth - 1)).collect()
}

/// An object identifier's name with its number.
pub(super) fn oid_text(element: &Element<'_>) -> String {
    match der::oid(element.body) {
        Some(number) => oid_name(&number).map_or_else(|| number.clone(), |name| format!("{name} ({number})")),
        None => short_hex(element.body),
    }
}

/// A time as text; as it stands if it does not parse.
pub(super) fn time_text(element: &Element<'_>) -> String {
    der::time(element).map_or_else(|| visible_bytes(element.body), der::time_text)
}

fn bit_string(element: &Element<'_>) -> String {
    short_hex(element.body.get(1..).unwrap_or_default())
}

fn decimal(body: &[u8]) -> String {
    if body.len() <= 8 { big_endian(body).to_string() } else { short_hex(body) }
}

/// An element as plain DER.
pub(super) fn dump(element: &Element<'_>, depth: usize) -> Field {
    let label = match element.tag {
        tag::BOOLEAN => "BOOLEAN",
        tag::INTEGER => "INTEGER",
        tag::BIT_STRING => "BIT STRING",
        tag::OCTET_STRING => "OCTET STRING",
        0x05 => "NULL",
        tag::OID => "OBJECT IDENTIFIER",
        tag::ENUMERATED => "ENUMERATED",
        tag::SEQUENCE => "SEQUENCE",
        tag::SET => "SET",
        tag::UTC_TIME => "UTCTime",
        tag::GENERALIZED_TIME => "GeneralizedTime",
        0x0c | 0x12..=0x16 | 0x1a..=0x1e => "string",
        _ => "element",
    };
    let constructed = element.tag & 0x20 != 0;
    let value = match element.tag {
        _ if constructed => String::new(),
        tag::OID => oid_text(element),
        tag::INTEGER | tag::ENUMERATED => decimal(element.body),
        tag::UTC_TIME | tag::GENERALIZED_TIME => time_text(element),
        _ => der::string(element).unwrap_or_else(|| short_hex(element.body)),
    };
    let name = element.context().map_or_else(|| label.to_owned(), |number| format!("[{number}]"));
    let mut field = Field::new(name, value, element.range());
    if constructed && depth < MAX_DEPTH {
        field.children = element.children().map(|child| dump(&child, depth + 1)).collect();
    }
    if element.is_cut() {
        field.issue = Some(format!("cut: {} bytes announced, {} there", element.announced, element.body.len()));
    }
    field
}

/// Distinguished names behind a two-byte length, each behind its own.
pub(super) fn authorities(body: &mut Tree<'_>, name: &'static str) {
    body.list(name, 2, |inside| {
        inside.vector("distinguished_name", 2, |name| {
            let text = der::name(name.skip_rest());
            name.say(text);
        });
    });
    body.note("The CAs whose certificates are acceptable; none means any");
}
