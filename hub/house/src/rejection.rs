//! Why something that a device or a bridge said was not taken. Says it to no one: a person hears it in their language
//! from `mind`, and only the log has these words.

use crate::EntityId;

/// Why something that a device or a bridge said was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It is longer than what is read.
    #[error("it is larger than {most} bytes: `{bytes}`")]
    TooLarge {
        /// What is read at most.
        most: usize,
        /// What it had.
        bytes: usize,
    },
    /// It is no text.
    #[error("it is not UTF-8")]
    NotText,
    /// It is written otherwise than it should be.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// It is no map.
    #[error("it is not a JSON map")]
    NotMap,
    /// Lists and maps stand within each other too often.
    #[error("it nests deeper than {0}")]
    TooDeep(usize),
    /// A text is not what it should be.
    #[error("not {wanted}: `{said}`")]
    Unfit {
        /// What was wanted.
        wanted: Wanted,
        /// What was there, cut.
        said: String,
    },
    /// There are more than are taken.
    #[error("there are more than {0}")]
    TooMany(usize),
    /// So many were left out because there are too many.
    #[error("there are too many entities: {0} are left out")]
    LeftOut(usize),
    /// Its id is too long, or there is none.
    #[error("its id is too long, or there is none")]
    BadId,
    /// An option that it can't do without is not there.
    #[error("lacks a `{0}`")]
    Lacks(String),
    /// There is no such kind of thing.
    #[error("no such platform: `{0}`")]
    NoSuchPlatform(String),
    /// It would be told things where only the hub speaks.
    #[error("`{option}` is a topic of the hub's own: `{topic}`")]
    HubsTopic {
        /// Which option names it.
        option: String,
        /// Where.
        topic: String,
    },
    /// The least that it takes is not below the most.
    #[error("its least value is not below its greatest, or they are out of bounds")]
    EmptyRange,
    /// Something else has its unique id.
    #[error(
        "its unique id is taken by `{by}`, which was announced at `{topic}`; give one of the two another unique id, or \
         take the other announcement back"
    )]
    UniqueIdTaken {
        /// What has it.
        by: EntityId,
        /// Where that was announced.
        topic: String,
    },
    /// A template was not taken, or made nothing.
    #[error(transparent)]
    Template(#[from] BadTemplate),
    /// It is so with one part of what was said.
    #[error("`{part}`: {why}")]
    Within {
        /// Which part.
        part: String,
        /// Why.
        why: Box<Self>,
    },
    /// The device itself refused what it was told.
    #[error("the device refused: `{0}`")]
    ByDevice(String),
    /// A user of the broker announced a device that it may not speak for.
    #[error(
        "`{user}` announced a device that is told or heard on `{topic}`, where `{user}` itself may not write; if that \
         device is its own, add the topic to its `trees`"
    )]
    ForeignTopic {
        /// Who.
        user: String,
        /// Where.
        topic: String,
    },
    /// A user of the broker announced something in place of another's.
    #[error(
        "`{user}` announced a device in place of one that `{other}` announced; if it moved from one to the other, let \
         `{other}` take its announcement back first"
    )]
    OthersAnnouncement {
        /// Who.
        user: String,
        /// Whose it is.
        other: String,
    },
    /// The broker does not let the hub hear this.
    #[error(
        "the broker lets the hub not read this topic; give the hub's user at the broker the right to read it, and \
         restart the hub"
    )]
    Denied,
}

/// What a text should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A number.
    Number,
    /// A colour.
    Color,
    /// How far something is open.
    Position,
    /// A device's own address.
    Address,
    /// A topic that can be used.
    Topic,
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Number => "a number",
            Self::Color => "a colour",
            Self::Position => "a position",
            Self::Address => "its address",
            Self::Topic => "a topic that can be used",
        })
    }
}

/// Why a template was not taken, or made nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// It calls something that there is not.
    #[error("template uses what Hearth does not know: the {part} `{name}`; have the bridge say it otherwise")]
    Unknown {
        /// What kind of thing.
        part: TemplatePart,
        /// What it is called, cut.
        name: String,
    },
    /// It uses what no template of a value needs.
    #[error("template uses what Hearth does not allow: `{0}`")]
    Forbidden(String),
    /// It could take more room or time than there is.
    #[error("template could grow too large")]
    TooLarge,
    /// It can't be read.
    #[error("template does not compile: {0}")]
    Broken(String),
    /// It made nothing of a message.
    #[error("template failed: {0}")]
    Failed(String),
}

/// What a template calls by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Behind a `|`.
    Filter,
    /// Behind an `is`.
    Test,
    /// By itself.
    Function,
    /// Behind a dot.
    Method,
}

impl std::fmt::Display for TemplatePart {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Filter => "filter",
            Self::Test => "test",
            Self::Function => "function",
            Self::Method => "method",
        })
    }
}
