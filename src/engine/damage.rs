//! What is wrong with the files of a session.

use std::fmt;

use crate::capture::Trouble;

/// Something that is wrong with a file. In words a line that names the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// The file, as the user named it.
    pub file: String,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What can be wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// A capture cannot be read as it should.
    Capture(Trouble),
    /// So many lines of the secrets inside a capture are none of a key log.
    Secrets(u64),
    /// So many lines of a key log are none.
    KeyLog(u64),
    /// No line of what was named as a key log is one.
    NoKeyLog,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Capture(trouble) => trouble.fmt(f),
            Wrong::Secrets(lines) => write!(f, "malformed: {lines} lines of its secrets are none of a key log"),
            Wrong::KeyLog(1) => f.write_str("malformed: a line is none of a key log"),
            Wrong::KeyLog(lines) => write!(f, "malformed: {lines} lines are none of a key log"),
            Wrong::NoKeyLog => f.write_str("malformed: no line of it is one of a key log"),
        }
    }
}
