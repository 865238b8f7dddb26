//! What a row of the field table says of a field.

use super::{FlowFacts, Kind, Rank, Tier, Value};

/// Reads a field's value of a flow; `None` where it does not apply.
pub type Get = for<'a> fn(&FlowFacts<'a>) -> Option<Value<'a>>;

/// One fact of a flow.
#[derive(Debug)]
pub struct Field {
    /// Its name in filters and documentation.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// When it is known.
    pub tier: Tier,
    /// What it is about, where it may explain a failure.
    pub explains: Option<Rank>,
    /// What it says, and its source.
    pub doc: &'static str,
    /// Reads it.
    pub get: Get,
    /// Other names of it in filters. One name may stand for several fields of one kind.
    pub aliases: &'static [&'static str],
    /// Its key in JSON, with dots as nesting; none where an object has its name.
    pub json: Option<&'static str>,
    /// Whether JSON leaves it out where it is zero.
    pub sparse: bool,
    /// Its column in CSV, from 0. Scripts count columns: a new one takes the next number.
    pub csv: Option<u8>,
    /// Its column in lists.
    pub column: Option<Column>,
}

/// How a field stands in a list of flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its place from the left.
    pub place: u8,
    /// Its heading.
    pub title: &'static str,
    /// Screen columns below which it is left out.
    pub min: u16,
    /// Screen columns it takes, where its texts are that long, before columns that matter less are shown.
    pub fair: u16,
    /// Screen columns it takes at most.
    pub max: u16,
    /// How soon it gives way where room is short: 0 stays.
    pub rank: u8,
    /// The port that belongs to an address, shown with it.
    pub port: Option<&'static str>,
    /// What it means to a reader.
    pub tone: Tone,
}

/// What a column's values mean to a reader; the rooms above choose the colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// What the flow is called by.
    Number,
    /// Beside the point.
    Faint,
    /// The client's.
    Client,
    /// The server's.
    Server,
    /// What is looked for first.
    Strong,
    /// How the flow came out.
    Outcome,
    /// What went wrong.
    Failure,
    /// A count of what should not have happened.
    Trouble,
}

impl Field {
    /// A field that is a filter word and, under its name, a key of JSON.
    pub(super) const fn new(name: &'static str, kind: Kind, tier: Tier, get: Get) -> Self {
        Self {
            name,
            kind,
            tier,
            explains: None,
            get,
            doc: "",
            aliases: &[],
            json: Some(name),
            sparse: false,
            csv: None,
            column: None,
        }
    }

    /// What it says, in a sentence.
    pub(super) const fn says(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// It may explain a failure. The table of fields is made when it is compiled: a consequence in it ends that.
    pub(super) const fn explains(mut self, rank: Rank) -> Self {
        assert!(
            matches!(self.tier, Tier::Before | Tier::Answer | Tier::Hello),
            "what is known only from the outcome explains nothing"
        );
        self.explains = Some(rank);
        self
    }

    /// It is also known by these names.
    pub(super) const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.aliases = names;
        self
    }

    /// It has this column of CSV.
    pub(super) const fn csv(mut self, column: u8) -> Self {
        self.csv = Some(column);
        self
    }

    /// Its key in JSON is another.
    pub(super) const fn json(mut self, path: &'static str) -> Self {
        self.json = Some(path);
        self
    }

    /// It has no key in JSON: the object of its name has the parts, or another key says it.
    pub(super) const fn total(mut self) -> Self {
        self.json = None;
        self
    }

    /// JSON leaves it out where it is zero.
    pub(super) const fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    /// It is a column of lists.
    pub(super) const fn listed(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }
}

impl Column {
    /// A column at a place, with its least, fair and greatest width.
    pub(super) const fn new(place: u8, title: &'static str, widths: (u16, u16, u16), rank: u8) -> Self {
        let (min, fair, max) = widths;
        Self { place, title, min, fair, max, rank, port: None, tone: Tone::Plain }
    }

    /// What its values mean.
    pub(super) const fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The field of the port is shown with the address.
    pub(super) const fn port(mut self, field: &'static str) -> Self {
        self.port = Some(field);
        self
    }
}
