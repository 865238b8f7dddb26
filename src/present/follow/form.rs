//! How the bytes of a stream are shown.

/// How bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum As {
    /// As text; what is no text is a dot.
    #[default]
    Text,
    /// As a hex dump.
    Hex,
    /// As hexadecimal digits alone.
    Raw,
    /// One line a TLS record.
    Records,
}

impl As {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            As::Text => "text",
            As::Hex => "hex",
            As::Raw => "raw",
            As::Records => "records",
        }
    }

    /// The next way to show bytes; records only where there are any.
    #[must_use]
    pub fn next(self, has_records: bool) -> Self {
        match self {
            As::Text => As::Hex,
            As::Hex => As::Raw,
            As::Raw if has_records => As::Records,
            As::Raw | As::Records => As::Text,
        }
    }
}
