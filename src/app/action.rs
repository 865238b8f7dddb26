//! Everything a user can ask for.

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal,)+) => {
        /// Something a user can ask for, by a key or by its name after `:`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Action { $($(#[$doc])* $action,)+ }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Action] = &[$(Action::$action,)+];

            /// Its name after `:`.
            pub fn name(self) -> &'static str {
                match self { $(Action::$action => $name,)+ }
            }

            /// The action of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Action::$action),)+ _ => None }
            }
        }
    };
}

actions! {
    /// One row up.
    Up = "up",
    /// One row down.
    Down = "down",
    /// Left: fold, the previous byte, other columns.
    Left = "left",
    /// Right: unfold, the next byte, other columns.
    Right = "right",
    /// A page up.
    PageUp = "page-up",
    /// A page down.
    PageDown = "page-down",
    /// Half a page up.
    HalfUp = "half-page-up",
    /// Half a page down.
    HalfDown = "half-page-down",
    /// To the first row.
    First = "first",
    /// To the last row.
    Last = "last",
    /// The next pane of the screen.
    NextPane = "next-pane",
    /// The previous pane of the screen.
    PreviousPane = "previous-pane",
    /// Open what is under the cursor.
    Open = "open",
    /// One level back.
    Back = "back",
    /// Leave the program.
    Quit = "quit",
    /// Stop the program; the shell's `fg` brings it back.
    Suspend = "suspend",
    /// Stop loading; what was read stays.
    StopLoading = "stop-loading",
    /// Show the keys.
    Help = "help",
    /// Shows what the capture is, what it lacks and what could not be read of it.
    About = "capture",
    /// Shows how often handshakes fail: of all, over time, by client, server, name and network.
    Rates = "rates",
    /// Shows what the failing attempts have in common that the good ones have not.
    Contrast = "contrast",
    /// The good flows that match a claim.
    GoodOnes = "good-ones",
    /// The few good flows that match a claim.
    Exceptions = "exceptions",
    /// Ask for a command.
    Command = "command",
    /// Search or filter.
    Search = "search",
    /// The next match.
    NextMatch = "next-match",
    /// The previous match.
    PreviousMatch = "previous-match",
    /// The flow list.
    List = "list",
    /// The flow's handshake timeline.
    Timeline = "timeline",
    /// The flow's streams.
    Follow = "follow",
    /// The flow's packets, as a list and as plots.
    Packets = "packets",
    /// The flow beside a good one.
    Compare = "compare",
    /// The next failing flow.
    NextFailed = "next-failed",
    /// The previous failing flow.
    PreviousFailed = "previous-failed",
    /// Show flows of one outcome only: the next outcome.
    NextOutcome = "next-outcome",
    /// Group the flows by cause, or no longer.
    NextGrouping = "group",
    /// Show all flows again.
    ShowAll = "show-all",
    /// Sort by the next column.
    SortNext = "sort-next",
    /// Sort by the previous column.
    SortPrevious = "sort-previous",
    /// Sort the other way round.
    SortReverse = "reverse",
    /// Make this flow the baseline.
    MarkBaseline = "baseline",
    /// Let the nearest good flow be the baseline.
    AutomaticBaseline = "automatic-baseline",
    /// The next TLS message.
    NextMessage = "next-message",
    /// The previous TLS message.
    PreviousMessage = "previous-message",
    /// The next packet.
    NextPacket = "next-packet",
    /// The previous packet.
    PreviousPacket = "previous-packet",
    /// The next packet that is evidence.
    NextEvidence = "next-evidence",
    /// The previous packet that is evidence.
    PreviousEvidence = "previous-evidence",
    /// Save the certificates as PEM.
    SaveCertificates = "save-certificates",
    /// To the certificate chain.
    Certificates = "certificates",
    /// Show all steps, all but bare TCP segments, TLS alone, or TCP alone.
    ToggleSegments = "segments",
    /// Time to scale, or a row for each step.
    ToggleScale = "scale",
    /// Fold all flights or unfold them.
    ToggleFlights = "flights",
    /// What the field is, where it is specified and registered.
    Reference = "reference",
    /// Copy what is selected, or the field, the message or the bytes under the cursor, to the clipboard.
    Copy = "copy",
    /// Copy the timeline to the clipboard.
    CopyTimeline = "copy-timeline",
    /// Copy the comparison to the clipboard.
    CopyComparison = "copy-comparison",
    /// Fold or unfold the field or the flight.
    ToggleFold = "fold",
    /// Unfold all fields.
    UnfoldAll = "unfold-all",
    /// Fold all fields.
    FoldAll = "fold-all",
    /// The packet's bytes or the reassembled ones.
    NextBytes = "next-bytes",
    /// Text, hex dump, raw digits or records.
    NextForm = "form",
    /// Begin or end a selection.
    Select = "select",
    /// Save to a file.
    Save = "save",
    /// End a selection, a search or saving; else one level back.
    Cancel = "cancel",
    /// Both directions or one.
    NextDirection = "direction",
    /// The next turn of the conversation.
    NextTurn = "next-turn",
    /// The previous turn of the conversation.
    PreviousTurn = "previous-turn",
    /// The next difference.
    NextDifference = "next-difference",
    /// The previous difference.
    PreviousDifference = "previous-difference",
    /// Show the rows that tell something, all, or those that differ.
    ToggleEqual = "equal",
    /// The next good flow to compare with.
    NextBaseline = "next-baseline",
    /// The good flow to compare with that comes before.
    PreviousBaseline = "previous-baseline",
    /// The good flows to compare with.
    Candidates = "candidates",
    /// Baseline and subject exchanged.
    Swap = "swap",
    /// The next packet with an event.
    NextEvent = "next-event",
    /// The previous packet with an event.
    PreviousEvent = "previous-event",
    /// Relative sequence numbers or those of the packets.
    ToggleAbsolute = "absolute",
    /// Half the time in a plot.
    ZoomIn = "zoom-in",
    /// Twice the time in a plot.
    ZoomOut = "zoom-out",
    /// All of the time in a plot.
    ZoomAll = "zoom-all",
    /// Earlier time in a plot.
    PanLeft = "pan-left",
    /// Later time in a plot.
    PanRight = "pan-right",
    /// A plot as high as its data or as the window.
    ToggleWindow = "window",
}
