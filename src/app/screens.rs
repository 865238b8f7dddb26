//! What each screen knows, made from the table of `screen`; the one place that tells them apart.

use super::component::Component;
use super::screen::{Screen, every_screen};

macro_rules! states {
    ($($(#[$doc:meta])* $screen:ident $module:ident $title:literal,)+) => {
        /// The state of every screen.
        #[derive(Debug, Default)]
        pub struct Screens { $($(#[$doc])* pub $module: super::$module::$screen,)+ }

        impl Screens {
            /// A screen.
            pub fn get(&self, screen: Screen) -> &dyn Component {
                match screen { $(Screen::$screen => &self.$module,)+ }
            }

            /// A screen, to be changed.
            pub fn get_mut(&mut self, screen: Screen) -> &mut dyn Component {
                match screen { $(Screen::$screen => &mut self.$module,)+ }
            }
        }
    };
}
every_screen!(states);
