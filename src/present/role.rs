//! What a piece of text on a screen means. A theme turns it into colours; nothing here knows any.

use std::fmt;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident,)+) => {
        /// The meaning of a piece of text.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
        pub enum Role { $($(#[$doc])* $role,)+ }

        impl Role {
            /// Every role, in the order of the table.
            pub const ALL: &'static [Role] = &[$(Role::$role,)+];
        }
    };
}

roles! {
    /// Plain text.
    #[default]
    Text,
    /// Text that matters less: units, separators, what is the same everywhere.
    Dim,
    /// Text that matters more.
    Strong,
    /// A column's or pane's heading.
    Heading,
    /// The name of a value.
    Label,
    /// A key to press.
    Key,
    /// It went well.
    Ok,
    /// It failed, or is what made it fail.
    Failed,
    /// It cannot be told, or deserves a second look.
    Warning,
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
    /// Bytes the capture lacks.
    Gap,
    /// TCP had to repair something: a retransmission, a lost segment.
    Event,
    /// An alert.
    Alert,
    /// Inferred, not seen.
    Inferred,
    /// The packet that proves a finding.
    Primary,
    /// Further evidence.
    Supporting,
    /// Where a search matches.
    Match,
    /// The match the cursor is on.
    CurrentMatch,
    /// What differs from the baseline.
    Difference,
    /// Bytes of the field under the cursor.
    SelectedBytes,
    /// The byte under the cursor.
    CursorByte,
    /// An offset or number beside the content.
    Offset,
    /// A pane's frame.
    Border,
    /// The frame of the pane that has the keys.
    Focus,
    /// A message to the user.
    Notice,
    /// A message that something could not be done.
    Error,
    /// The row under the cursor, in the pane that has the keys.
    Cursor,
    /// The row under the cursor of another pane.
    CursorAway,
    /// The bar at the top of a screen.
    Title,
}

/// A piece of text with its meaning. The text is safe to show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// What it means.
    pub role: Role,
    /// The text.
    pub text: String,
}

impl Span {
    /// A piece of text.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into() }
    }
}

/// One line of a screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// Its pieces, from left to right.
    pub spans: Vec<Span>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub fn of(role: Role, text: impl Into<String>) -> Self {
        Self::new().with(role, text)
    }

    /// The line with a piece added.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl Into<String>) -> Self {
        self.push(role, text);
        self
    }

    /// Adds a piece; an empty one is left out.
    pub fn push(&mut self, role: Role, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.spans.push(Span { role, text });
        }
    }

    /// The text without its roles.
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// The line as `role:text` pieces, for tests.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, span) in self.spans.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{:?}:{:?}", span.role, span.text)?;
        }
        Ok(())
    }
}
