//! Newtypes for identities. They say what an id is of, nothing about what it points to.

use std::fmt;

use crate::Domain;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text of an id.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An entity id as Home Assistant writes it: `domain.object_id`.
    EntityId
);
id!(
    /// An area's id: a slug of the name it was first seen with.
    AreaId
);
id!(
    /// A floor's id: a slug of the name it was first seen with.
    FloorId
);
id!(
    /// A person's id.
    PersonId
);
id!(
    /// The id of one turn of a conversation; sorts in order of time.
    TurnId
);

impl EntityId {
    /// The kind of thing: the part before the dot; [`Domain::Other`] if Hearth does not know it.
    pub fn domain(&self) -> Domain {
        self.as_str().split('.').next().and_then(Domain::parse).unwrap_or(Domain::Other)
    }
}
