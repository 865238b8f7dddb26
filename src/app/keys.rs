//! The keys: one row each. The parser, the help screen, the hint bar and `docs/keys.md` all come from [`KEYS`].

use std::fmt::Write as _;

use super::action::Action;
use super::key::Key;
use super::screen::Screen;

/// Where a key has its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// On every screen.
    Anywhere,
    /// On one screen.
    On(Screen),
}

impl Scope {
    /// Every scope, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Anywhere).chain(Screen::ALL.iter().copied().map(Self::On))
    }

    /// Its heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Scope::Anywhere => "Everywhere",
            Scope::On(screen) => screen.title(),
        }
    }
}

impl Screen {
    /// Whose keys hold there.
    pub fn scope(self) -> Scope {
        Scope::On(self)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub scope: Scope,
    /// The keys, the one to show first, separated by spaces.
    pub keys: &'static str,
    /// What they do.
    pub action: Action,
    /// What the hint bar says; empty where it says nothing.
    pub hint: &'static str,
    /// What the help says.
    pub help: &'static str,
}

const fn row(screen: Screen, keys: &'static str, action: Action, hint: &'static str, help: &'static str) -> Binding {
    Binding { scope: Scope::On(screen), keys, action, hint, help }
}

const fn anywhere(keys: &'static str, action: Action, hint: &'static str, help: &'static str) -> Binding {
    Binding { scope: Scope::Anywhere, keys, action, hint, help }
}

/// Every key, in the order of the help and, within a scope, of the hint bar.
#[rustfmt::skip]
pub const KEYS: &[Binding] = &{
    use Action as A;
    use Screen::{Compare, Contrast, Follow, List, Packets, Rates, Timeline};
    [
        row(List, "Enter t", A::Open, "timeline", "Open the flow's handshake timeline"),
        row(List, "S", A::StopLoading, "stop loading", "Stop loading; what was read stays"),
        row(List, "n", A::NextFailed, "next failed", "Go to the next failing flow"),
        row(List, "N", A::PreviousFailed, "", "Go to the previous failing flow"),
        row(List, "c", A::Compare, "compare", "Put the flow beside a good one, or a good one beside the nearest failing one"),
        row(List, "f", A::Follow, "follow", "Follow the flow's streams"),
        row(List, "s", A::Packets, "packets", "List the flow's packets, and plot them over time"),
        row(List, "/", A::Search, "filter", "Show only flows whose row contains a text; empty shows all"),
        row(List, "o", A::NextOutcome, "outcome", "Show flows of one outcome only: failed, ok, incomplete …, all"),
        row(List, "Esc", A::ShowAll, "all rows", "Show all rows again"),
        row(List, "C", A::NextGrouping, "causes", "Group the flows by cause, with how many each has and its share, or no longer"),
        row(List, "W", A::Contrast, "in common", "What the failing attempts have in common that the good ones have not"),
        row(List, "Space", A::ToggleFold, "fold", "Fold the group or unfold it; on a heading Enter and the arrows do it too"),
        row(List, "-", A::FoldAll, "", "Fold all groups"),
        row(List, "+", A::UnfoldAll, "", "Unfold all groups"),
        row(List, ">", A::SortNext, "sort", "Sort by the next column; a click on a heading does it too"),
        row(List, "<", A::SortPrevious, "", "Sort by the previous column"),
        row(List, "r", A::SortReverse, "reverse", "Sort the other way round"),
        row(List, "q", A::Quit, "quit", "Leave"),
        row(List, "b", A::MarkBaseline, "baseline", "Make this flow the baseline of comparisons"),
        row(List, "B", A::AutomaticBaseline, "", "Let the nearest good flow be the baseline again"),

        row(Rates, "Enter", A::Open, "its flows", "Show only the flows of this client, server, name or network in the flow list"),
        row(Rates, "Tab", A::NextPane, "next kind", "Go on to the next kind: client, server, server name, client network, server network"),
        row(Rates, "shift-Tab", A::PreviousPane, "", "Go back to the kind before"),

        row(Contrast, "Enter", A::Open, "failing", "Show only the failing flows for which this holds in the flow list"),
        row(Contrast, "o", A::GoodOnes, "good", "Show only the good flows for which it holds as well"),
        row(Contrast, "e", A::Exceptions, "exceptions", "Show only its exceptions: the good flows for which it holds, where they are at most ten"),
        row(Contrast, "Tab", A::NextPane, "next claim", "Go on to the next claim"),
        row(Contrast, "shift-Tab", A::PreviousPane, "", "Go back to the claim before"),

        row(Timeline, "Tab", A::NextPane, "pane", "Go to the next pane: steps, finding, fields, bytes"),
        row(Timeline, "shift-Tab", A::PreviousPane, "", "Go to the previous pane"),
        row(Timeline, "Enter", A::Open, "open", "On a step: its fields; on evidence: its packet; on a link: its flow; on a field: fold or unfold"),
        row(Timeline, "m", A::NextMessage, "message", "Step to the next TLS message or alert"),
        row(Timeline, "M", A::PreviousMessage, "", "Step to the previous TLS message or alert"),
        row(Timeline, "p", A::NextPacket, "packet", "Step to the next packet"),
        row(Timeline, "P", A::PreviousPacket, "", "Step to the previous packet"),
        row(Timeline, "e", A::NextEvidence, "evidence", "Step to the next packet that proves the finding"),
        row(Timeline, "E", A::PreviousEvidence, "", "Step to the previous packet that proves the finding"),
        row(Timeline, "c", A::Compare, "compare", "Put the flow beside a good one, or a good one beside the nearest failing one"),
        row(Timeline, "f", A::Follow, "follow", "Follow the streams, from this packet"),
        row(Timeline, "s", A::Packets, "packets", "List the packets, and plot them over time, from this one"),
        row(Timeline, "/", A::Search, "search", "Search the fields of the step"),
        row(Timeline, "n", A::NextMatch, "next", "Go to the next match"),
        row(Timeline, "N", A::PreviousMatch, "", "Go to the previous match"),
        row(Timeline, "C", A::Certificates, "certificates", "Go to the certificate chain"),
        row(Timeline, "w", A::SaveCertificates, "", "Save the certificates, in the order sent, as PEM in a file"),
        row(Timeline, "a", A::ToggleSegments, "layers", "Show all steps, all but TCP segments that carry nothing, TLS alone, or TCP alone"),
        row(Timeline, "T", A::ToggleScale, "to scale", "Draw time to scale, or a row for each step"),
        row(Timeline, "Space", A::ToggleFold, "fold", "Fold or unfold the field, or the flight"),
        row(Timeline, "z", A::ToggleFlights, "flights", "Fold every flight to one row, or unfold them"),
        row(Timeline, "K", A::Reference, "reference", "What the field is, its registry with all names, and where it is specified"),
        row(Timeline, "y", A::Copy, "copy", "Copy the field with those below it, the message, or the field's bytes in hexadecimal"),
        row(Timeline, "Y", A::CopyTimeline, "", "Copy the whole timeline as text"),
        row(Timeline, "+", A::UnfoldAll, "", "Unfold all fields"),
        row(Timeline, "-", A::FoldAll, "", "Fold all fields"),
        row(Timeline, "v", A::NextBytes, "bytes", "Show the packet's bytes or the reassembled message's"),
        row(Timeline, "]", A::NextFailed, "next failed", "Open the next failing flow"),
        row(Timeline, "[", A::PreviousFailed, "", "Open the previous failing flow"),
        row(Timeline, "b", A::MarkBaseline, "", "Make this flow the baseline of comparisons"),

        row(Follow, "x", A::NextForm, "form", "Show text, a hex dump, raw hexadecimal digits, or one line a TLS record"),
        row(Follow, "d", A::NextDirection, "direction", "Show both directions, the client's or the server's"),
        row(Follow, "Enter t", A::Open, "packet", "Go to the line's packet in the timeline"),
        row(Follow, "/", A::Search, "search", "Search the streams; Tab goes on from a text to a regular expression and to hexadecimal bytes"),
        row(Follow, "n", A::NextMatch, "next", "Go to the next match"),
        row(Follow, "N", A::PreviousMatch, "", "Go to the previous match"),
        row(Follow, "}", A::NextTurn, "turn", "Go to where the other end speaks next"),
        row(Follow, "{", A::PreviousTurn, "", "Go back to where this end began to speak"),
        row(Follow, "v", A::Select, "select", "Begin a selection at this line, or end it"),
        row(Follow, "y", A::Copy, "copy", "Copy the selected lines, or this one, to the terminal's clipboard (OSC 52)"),
        row(Follow, "w", A::Save, "save", "Save the bytes of the directions shown to a file"),
        row(Follow, "Esc", A::Cancel, "", "Stop a search or saving, end a selection; else one level back"),
        row(Follow, "s", A::Packets, "packets", "List the packets, and plot them over time, from this line's"),
        row(Follow, "c", A::Compare, "compare", "Put the flow beside a good one, or a good one beside the nearest failing one"),
        row(Follow, "]", A::NextFailed, "next failed", "Follow the next failing flow"),
        row(Follow, "[", A::PreviousFailed, "", "Follow the previous failing flow"),

        row(Packets, "Tab", A::NextPane, "plot", "Go on to: sequence numbers, round trips, bytes in flight, throughput, the list alone"),
        row(Packets, "shift-Tab", A::PreviousPane, "", "Go back to the plot before"),
        row(Packets, "Enter t", A::Open, "timeline", "Go to the packet in the timeline"),
        row(Packets, "e", A::NextEvent, "event", "Go to the next packet with an event"),
        row(Packets, "E", A::PreviousEvent, "", "Go to the previous packet with an event"),
        row(Packets, "d", A::NextDirection, "direction", "Plot what the client sent or what the server sent"),
        row(Packets, "+", A::ZoomIn, "closer", "Show half the time around the packet"),
        row(Packets, "-", A::ZoomOut, "farther", "Show twice the time"),
        row(Packets, "=", A::ZoomAll, "", "Show all of the time"),
        row(Packets, "<", A::PanLeft, "", "Show earlier time"),
        row(Packets, ">", A::PanRight, "", "Show later time"),
        row(Packets, "w", A::ToggleWindow, "window", "Make the plot as high as its data, or as the receiver's window"),
        row(Packets, "a", A::ToggleAbsolute, "absolute", "Show relative sequence numbers, or those of the packets"),
        row(Packets, "f", A::Follow, "follow", "Follow the streams, from this packet"),
        row(Packets, "c", A::Compare, "", "Put the flow beside a good one, or a good one beside the nearest failing one"),
        row(Packets, "]", A::NextFailed, "", "Go to the next failing flow"),
        row(Packets, "[", A::PreviousFailed, "", "Go to the previous failing flow"),

        row(Compare, "d", A::NextDifference, "difference", "Go to the next row that differs"),
        row(Compare, "D", A::PreviousDifference, "", "Go to the previous row that differs"),
        row(Compare, "=", A::ToggleEqual, "rows", "Show all rows, only those that differ, or those that tell something, the others folded"),
        row(Compare, ">", A::NextBaseline, "next baseline", "Compare with the good flow that comes next"),
        row(Compare, "<", A::PreviousBaseline, "", "Compare with the good flow that comes before"),
        row(Compare, "b", A::Candidates, "baselines", "List the good flows to compare with, their scores and what these are made of"),
        row(Compare, "x", A::Swap, "swap", "Exchange the two flows"),
        row(Compare, "Enter", A::Open, "fields", "On a row: the fields and bytes of both sides; on folded rows: unfold; on a difference: go to its row"),
        row(Compare, "t", A::Timeline, "timeline", "Open the failing flow's timeline at this row"),
        row(Compare, "Tab", A::NextPane, "pane", "Go to the next pane: rows, differences, fields of both sides"),
        row(Compare, "shift-Tab", A::PreviousPane, "", "Go to the previous pane"),
        row(Compare, "y", A::Copy, "copy", "Copy the row with all that differs in it, or the difference"),
        row(Compare, "Y", A::CopyComparison, "", "Copy the whole comparison as text"),
        row(Compare, "w", A::Save, "save", "Save the comparison with the finding and its evidence in a file, as Markdown"),
        row(Compare, "f", A::Follow, "follow", "Follow the failing flow's streams"),
        row(Compare, "s", A::Packets, "packets", "List the failing flow's packets, and plot them over time"),
        row(Compare, "B", A::AutomaticBaseline, "nearest", "Compare with the nearest good flow"),
        row(Compare, "n ]", A::NextFailed, "next failed", "Compare the next failing flow"),
        row(Compare, "N [", A::PreviousFailed, "", "Compare the previous failing flow"),

        anywhere("Down j", A::Down, "", "One row down"),
        anywhere("Up k", A::Up, "", "One row up"),
        anywhere("Right l", A::Right, "", "Unfold; the next byte; further columns; the next packet"),
        anywhere("Left h", A::Left, "", "Fold; the previous byte; earlier columns; the previous packet"),
        anywhere("PageDown ctrl-f", A::PageDown, "", "A page down"),
        anywhere("PageUp ctrl-b", A::PageUp, "", "A page up"),
        anywhere("ctrl-d", A::HalfDown, "", "Half a page down"),
        anywhere("ctrl-u", A::HalfUp, "", "Half a page up"),
        anywhere("Home g", A::First, "", "To the first row"),
        anywhere("End G", A::Last, "", "To the last row"),
        anywhere("L", A::List, "", "Back to the flow list"),
        anywhere(":", A::Command, "", "Give a command: a flow's number, packet N, sort FIELD, filter TEXT, why ERROR, explain CAUSE, or any action's name"),
        anywhere("? F1", A::Help, "help", "Show the keys"),
        anywhere("R", A::Rates, "", "How often handshakes fail: of all, over time, by client, server, name and network"),
        anywhere("i", A::About, "", "About the capture: its health, and what could not be read of it"),
        anywhere("q Esc", A::Back, "back", "One level back"),
        anywhere("ctrl-z", A::Suspend, "", "Stop; the shell's fg comes back"),
        anywhere("ctrl-c", A::Quit, "", "Leave"),
    ]
};

impl Binding {
    /// Its keys.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.keys.split(' ').filter_map(Key::parse)
    }

    /// The key to show.
    pub fn first_key(&self) -> &'static str {
        self.keys.split(' ').next().unwrap_or_default()
    }
}

/// What `key` does in `scope`.
pub fn action(scope: Scope, key: Key) -> Option<Action> {
    let row = |scope: Scope| KEYS.iter().find(|row| row.scope == scope && row.keys().any(|one| one == key));
    row(scope).or_else(|| row(Scope::Anywhere)).map(|row| row.action)
}

/// The rows of a scope.
pub fn rows(scope: Scope) -> impl Iterator<Item = &'static Binding> {
    KEYS.iter().filter(move |row| row.scope == scope)
}

/// The keys as a page of the documentation.
pub fn document() -> String {
    let mut page =
        String::from("# Keys\n\nMade from the table in `src/app/keys.rs`; `?` shows the same in the program.\n");
    for scope in Scope::all() {
        let _ = write!(page, "\n## {}\n\n| key | name after `:` | does |\n|---|---|---|\n", scope.title());
        for row in rows(scope) {
            let keys: Vec<_> = row.keys().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(page, "| {} | `{}` | {} |", keys.join(" "), row.action.name(), row.help);
        }
    }
    page.push_str(
        "\nThe mouse: the wheel scrolls, a click selects, a click on a column's heading sorts by it. After `:` also: \
         a number (a flow), `packet N`, `sort FIELD`, `filter TEXT`.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_parses_and_has_one_meaning_a_scope() {
        let mut seen = HashSet::new();
        for row in KEYS {
            assert_eq!(row.keys().count(), row.keys.split(' ').count(), "{row:?}");
            for key in row.keys() {
                assert!(seen.insert((row.scope, key)), "{key} has two meanings in {:?}", row.scope);
            }
        }
    }

    #[test]
    fn every_action_has_a_key_and_a_name() {
        for action in Action::ALL {
            assert!(
                KEYS.iter().any(|row| row.action == *action) || matches!(action, Action::Timeline),
                "{action:?} has no key"
            );
            assert_eq!(Action::from_name(action.name()), Some(*action));
        }
    }
}
