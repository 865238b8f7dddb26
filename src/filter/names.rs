//! Names that stand for fields: the fields' own, and the others that their rows give, as people know them elsewhere.

use crate::facts::{self, FIELDS, Field};

/// Another name for one or more fields; a comparison holds where it holds for one of them.
pub struct Alias {
    /// The name.
    pub name: &'static str,
    /// The fields it stands for.
    pub fields: Vec<&'static Field>,
}

/// The other names, in the order of the fields.
pub fn aliases() -> Vec<Alias> {
    let mut aliases: Vec<Alias> = Vec::new();
    for field in FIELDS {
        for name in field.aliases {
            match aliases.iter_mut().find(|alias| alias.name == *name) {
                Some(known) => known.fields.push(field),
                None => aliases.push(Alias { name, fields: vec![field] }),
            }
        }
    }
    aliases
}

/// The fields that a name stands for; none for a name nobody knows.
pub fn fields(name: &str) -> Vec<&'static Field> {
    let name = name.to_ascii_lowercase();
    match facts::by_name(&name) {
        Some(field) => vec![field],
        None => FIELDS.iter().filter(|field| field.aliases.contains(&name.as_str())).collect(),
    }
}

/// Every name that can be used.
pub fn all() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name).chain(FIELDS.iter().flat_map(|field| field.aliases).copied())
}

#[cfg(test)]
mod tests {
    use std::mem::discriminant;

    use super::*;

    #[test]
    fn an_alias_hides_no_field_and_stands_for_fields_of_one_kind() {
        for alias in aliases() {
            assert!(facts::by_name(alias.name).is_none(), "{} is a field itself", alias.name);
            let mut kinds: Vec<_> = alias.fields.iter().map(|field| discriminant(&field.kind)).collect();
            kinds.dedup();
            assert_eq!(kinds.len(), 1, "{} stands for fields of several kinds", alias.name);
        }
        let ports: Vec<_> = fields("PORT").iter().map(|field| field.name).collect();
        assert_eq!(ports, ["client.port", "server.port"]);
    }
}
