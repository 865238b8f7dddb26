//! The screens, one row each, in the order of the help.

use super::action::Action;

/// Hands the row of every screen to a macro: its name, which is that of the action that goes there and of its state's
/// type; the module of that; its heading in the help.
macro_rules! every_screen {
    ($make:ident) => {
        $make! {
            /// The flow list, below all others.
            List list "Flow list",
            /// How often handshakes fail.
            Rates rates "Failure rates",
            /// What the failing attempts have in common.
            Contrast contrast "What the failing have in common",
            /// The handshake timeline.
            Timeline timeline "Handshake timeline",
            /// The streams.
            Follow follow "Follow stream",
            /// The packets, as a list and as plots.
            Packets packets "Packets and plots",
            /// Two flows side by side.
            Compare compare "Compare",
        }
    };
}
pub(super) use every_screen;

macro_rules! screens {
    ($($(#[$doc:meta])* $screen:ident $module:ident $title:literal,)+) => {
        /// A screen.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Screen { $($(#[$doc])* $screen,)+ }

        impl Screen {
            /// Every screen, in the order of the table.
            pub const ALL: &'static [Screen] = &[$(Screen::$screen,)+];

            /// Its heading in the help.
            pub fn title(self) -> &'static str {
                match self { $(Screen::$screen => $title,)+ }
            }

            /// The action that goes there.
            pub fn action(self) -> Action {
                match self { $(Screen::$screen => Action::$screen,)+ }
            }
        }
    };
}
every_screen!(screens);

impl Screen {
    /// The screen that an action goes to.
    pub fn of(action: Action) -> Option<Self> {
        Self::ALL.iter().copied().find(|screen| screen.action() == action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_gone_to_by_an_action_of_its_own() {
        for screen in Screen::ALL {
            assert_eq!(Screen::of(screen.action()), Some(*screen));
            let same = Screen::ALL.iter().filter(|other| other.title() == screen.title());
            assert_eq!(same.count(), 1, "{screen:?}");
        }
        assert_eq!(Screen::of(Action::Help), None);
    }
}
