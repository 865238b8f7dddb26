//! One node of a decoded tree: a named value, the bytes it came from, and what is below it.

use std::borrow::Cow;
use std::ops::Range;

/// A registry: what its numbers mean, and their names.
#[derive(PartialEq, Eq, Debug)]
pub struct Registry {
    /// What is registered there and where that is specified.
    pub about: &'static str,
    /// Every number with its name, in order.
    pub names: &'static [(u64, &'static str)],
}

/// A number that a registry names.
pub trait Registered {
    /// The registry.
    const REGISTRY: &'static Registry;
}

/// A decoded field with its place in the bytes that were decoded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Field {
    /// The field's name, as its specification writes it.
    pub name: Cow<'static, str>,
    /// The value as safe text; empty for a node that only groups others.
    pub value: String,
    /// The bytes it came from, within the slice the tree was decoded from.
    pub range: Range<usize>,
    /// What it means, or where that is specified.
    pub note: Option<Cow<'static, str>>,
    /// The registry that names its value.
    pub registry: Option<&'static Registry>,
    /// What is wrong with it, where something is.
    pub issue: Option<String>,
    /// The fields it consists of, in wire order.
    pub children: Vec<Field>,
    /// Whether those are what a reader of the whole looks for.
    pub is_telling: bool,
}

impl Field {
    /// A leaf or group without children yet.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>, range: Range<usize>) -> Self {
        Self { name: name.into(), value: value.into(), range, ..Self::default() }
    }

    /// The same field with `children` below it.
    #[must_use]
    pub fn with(mut self, children: Vec<Field>) -> Self {
        self.children = children;
        self
    }

    /// The same field, whose children are what a reader of the whole looks for.
    #[must_use]
    pub fn telling(mut self) -> Self {
        self.is_telling = true;
        self
    }

    /// This field and all below it, parents first, in wire order.
    pub fn walk(&self) -> impl Iterator<Item = &Field> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let field = waiting.pop()?;
            waiting.extend(field.children.iter().rev());
            Some(field)
        })
    }

    /// The field at `path`, names joined by `/`, below this one; of several with one name the first.
    pub fn find(&self, path: &str) -> Option<&Field> {
        path.split('/').try_fold(self, |field, name| field.children.iter().find(|child| child.name == name))
    }

    /// The fields whose range has the byte at `offset`: this one, then always one below the one before.
    pub fn at(&self, offset: usize) -> Vec<&Field> {
        let mut path = Vec::new();
        let mut current = self.range.contains(&offset).then_some(self);
        while let Some(field) = current {
            path.push(field);
            current = field.children.iter().find(|child| child.range.contains(&offset));
        }
        path
    }

    /// The same field with an explanation.
    #[must_use]
    pub fn noted(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.note = Some(note.into());
        self
    }
}
