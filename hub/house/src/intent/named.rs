//! Closed sets whose members have a name in the code and in every interface.

macro_rules! named {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type {
            $($(#[$doc])* $name,)+
        }

        impl $type {
            /// Every variant, in the order of this file, which is the order of the code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name in the code and in every interface.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The variant of that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

pub(super) use named;
