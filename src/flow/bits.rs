//! Sets of flags: a number with a name for each bit.

macro_rules! bits {
    ($(#[$doc:meta])* $name:ident: $repr:ty { $($(#[$bit_doc:meta])* $bit:ident = $value:expr,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
        pub struct $name(pub $repr);

        impl $name {
            $($(#[$bit_doc])* pub const $bit: $name = $name($value);)+

            /// Whether all of `other` is set.
            pub fn has(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any of `other` is set.
            pub fn any(self, other: $name) -> bool {
                self.0 & other.0 != 0
            }

            /// Clears all of `other`.
            pub fn clear(&mut self, other: $name) {
                self.0 &= !other.0;
            }

            /// Sets `other`.
            pub fn set(&mut self, other: $name) {
                self.0 |= other.0;
            }
        }

        impl std::ops::BitOr for $name {
            type Output = $name;
            fn bitor(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }
        }
    };
}
pub(super) use bits;
