//! The diagnosis of captures: [`Diagnosis`] sums it up; one file a format writes it.

mod json;
mod markdown;
mod summary;
mod text;

use std::io::{self, Write};

pub use summary::Diagnosis;

use super::Format;
use super::paint::Paint;

impl Diagnosis<'_> {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn write(&self, out: &mut impl Write, format: Format, paint: Paint) -> io::Result<()> {
        match format {
            Format::Json => super::json::document(out, &json::DiagnosisJson::new(self)),
            Format::Markdown => markdown::write(out, self),
            Format::Text | Format::Csv => text::write(out, paint, self),
        }
    }
}
