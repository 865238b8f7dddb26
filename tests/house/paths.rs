//! Which file uses which: the paths in the code, followed to the file that defines what they name.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Source, has_word};

/// A path of a `use` declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its segments, `*` for all names.
    pub path: Vec<String>,
    /// The name it is known by here.
    pub name: String,
    /// Whether other modules see it here too.
    pub is_public: bool,
}

/// The modules of the library and what each has imported.
pub struct Modules<'s> {
    sources: &'s [Source],
    by_path: BTreeMap<&'s [String], usize>,
    imports: Vec<Vec<Import>>,
    /// The items that each file defines at its outermost level.
    items: Vec<BTreeSet<&'s str>>,
}

impl<'s> Modules<'s> {
    /// Of all sources.
    pub fn new(sources: &'s [Source]) -> Self {
        let by_path = sources.iter().enumerate().map(|(at, source)| (&source.module[..], at)).collect();
        let imports = sources.iter().map(|source| imports(&source.bare)).collect();
        let items = sources.iter().map(|source| items(&source.bare)).collect();
        Self { sources, by_path, imports, items }
    }

    /// The files that a file uses, itself left out. That a module declares its children or passes on their names is no use,
    /// nor that a module is imported of which no name is used.
    pub fn used_by(&self, at: usize) -> BTreeSet<usize> {
        let bare = without_imports(&self.sources[at].bare);
        let imports = &self.imports[at];
        let imported = imports.iter().filter(|import| !import.is_public || has_word(&bare, &import.name));
        let imported = imported
            .filter(|import| !self.is_module(&self.absolute(at, &import.path)))
            .map(|import| import.path.clone());
        let inline = paths(&bare).into_iter().map(|path| {
            let import = imports.iter().find(|import| path.first() == Some(&import.name));
            import.map_or_else(|| path.clone(), |import| [&import.path[..], &path[1..]].concat())
        });
        let used = imported.chain(inline).filter_map(|path| self.resolve(at, &path, 0));
        used.filter(|used| *used != at).collect()
    }

    /// The file that defines what a path in file `at` names; nothing for what is not of this library.
    fn resolve(&self, at: usize, path: &[String], depth: usize) -> Option<usize> {
        let absolute = self.absolute(at, path);
        let (mut module, mut rest) = (Vec::new(), &absolute[..]);
        while let [segment, after @ ..] = rest {
            module.push(segment.clone());
            if !self.is_module(&module) {
                module.pop();
                return self.defined(&module, segment, depth);
            }
            rest = after;
        }
        self.by_path.get(&module[..]).copied()
    }

    /// A path from the library's root on; empty for what is not of this library.
    fn absolute(&self, at: usize, path: &[String]) -> Vec<String> {
        let own = &self.sources[at].module;
        let Some(first) = path.first() else { return Vec::new() };
        let child = [&own[..], std::slice::from_ref(first)].concat();
        let (mut base, rest) = match first.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (own.clone(), &path[1..]),
            "super" => (own.clone(), path),
            _ if self.is_module(&child) => (own.clone(), path),
            _ => return Vec::new(),
        };
        for segment in rest {
            if segment == "super" {
                base.pop();
            } else {
                base.push(segment.clone());
            }
        }
        base
    }

    /// The file that defines a name which a module has: its own, or the one from which the name was imported.
    fn defined(&self, module: &[String], name: &str, depth: usize) -> Option<usize> {
        let at = *self.by_path.get(module)?;
        if depth > MAX_DEPTH || self.items[at].contains(name) {
            return Some(at);
        }
        let named = self.imports[at].iter().find(|import| import.name == name);
        let known = named.and_then(|import| self.resolve(at, &import.path, depth + 1));
        let globs = self.imports[at].iter().filter(|import| import.name == "*");
        let mut through = globs.filter_map(|import| {
            let target = self.resolve(at, &import.path[..import.path.len() - 1], depth + 1)?;
            self.items[target].contains(name).then_some(target)
        });
        known.or_else(|| through.next()).or(Some(at))
    }

    fn is_module(&self, path: &[String]) -> bool {
        self.by_path.contains_key(path)
    }
}

/// Names passed on from one module to the next that are followed.
const MAX_DEPTH: usize = 16;

/// All that is imported by `use` declarations.
fn imports(bare: &str) -> Vec<Import> {
    let mut imports = Vec::new();
    for declaration in declarations(bare) {
        let (before, tree) = declaration.split_once("use ").expect("a declaration has its word");
        expand(&[], tree.trim_end_matches(';'), before.starts_with("pub"), &mut imports);
    }
    imports
}

/// Adds what a tree of paths stands for.
fn expand(prefix: &[String], tree: &str, is_public: bool, imports: &mut Vec<Import>) {
    let tree = tree.trim();
    if let Some(list) = tree.strip_prefix('{').and_then(|list| list.strip_suffix('}')) {
        entries(list).for_each(|entry| expand(prefix, entry, is_public, imports));
    } else if let Some((head, rest)) = tree.split_once("::") {
        expand(&[prefix, &[head.to_owned()]].concat(), rest, is_public, imports);
    } else if !tree.is_empty() {
        let (original, alias) = tree.split_once(" as ").unwrap_or((tree, tree));
        let path = if original == "self" { prefix.to_vec() } else { [prefix, &[original.to_owned()]].concat() };
        let name = if alias == "self" { path.last().cloned().unwrap_or_default() } else { alias.to_owned() };
        imports.push(Import { path, name, is_public });
    }
}

/// The entries of a braced list.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |c| {
        depth = match c {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        c == ',' && depth == 0
    })
}

/// The `use` declarations, each from its first word to its semicolon.
fn declarations(bare: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("use ") {
        let line = bare[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = bare[line..at].trim();
        if matches!(before, "" | "pub") || before.starts_with("pub(") && before.ends_with(')') {
            let end = bare[at..].find(';').map_or(bare.len(), |end| at + end + 1);
            found.push(bare[line..end].trim_start());
        }
    }
    found
}

/// The code without its declarations of imports and of modules in files of their own.
fn without_imports(bare: &str) -> String {
    let code =
        declarations(bare).into_iter().fold(bare.to_owned(), |code, declaration| code.replacen(declaration, "", 1));
    let is_module = |line: &&str| line.ends_with(';') && line.split_whitespace().any(|word| word == "mod");
    code.lines().filter(|line| !is_module(line)).flat_map(|line| [line, "\n"]).collect()
}

/// The paths that stand in code, outside of `use` declarations: what is joined by `::`.
fn paths(bare: &str) -> BTreeSet<Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    // Who may see an item says nothing of what it uses.
    let without_scopes = bare.split("pub(in ").enumerate().map(|(at, part)| match part.split_once(')') {
        Some((_, after)) if at > 0 => after,
        _ => part,
    });
    let words = without_scopes.flat_map(|part| part.split(|c| !is_path(c))).filter(|word| word.contains("::"));
    words.map(|word| word.split("::").take_while(|part| !part.is_empty()).map(str::to_owned).collect()).collect()
}

/// The names of the items that code defines at its outermost level.
fn items(bare: &str) -> BTreeSet<&str> {
    const KINDS: [&str; 9] =
        ["struct ", "enum ", "fn ", "type ", "const ", "static ", "trait ", "union ", "macro_rules! "];
    let lines = bare.lines().filter(|line| !line.starts_with([' ', '}']));
    let after =
        lines.flat_map(|line| KINDS.iter().filter_map(move |kind| line.split_once(kind).map(|(_, after)| after)));
    after.map(|after| after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()).collect()
}
