//! What is said when nothing came of it.

use house::Lang;

use crate::texts::{self, Message};

/// Things that are said when nothing came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// The words made no sense.
    NotUnderstood,
    /// It was no request for the house.
    NotForHouse,
    /// The language model is not there.
    NoModel,
    /// The language model took too long or broke off.
    ModelFailed,
    /// Too many words.
    TooLong,
    /// There was no open question to answer.
    NoQuestion,
    /// An open question was dropped.
    Dropped,
    /// The PIN was wrong.
    WrongPin,
    /// Too many wrong PINs.
    PinLocked,
    /// It was given up because someone said stop.
    Stopped,
    /// Asking did not help.
    GivenUp,
    /// There is nothing to take back.
    NothingToUndo,
    /// Nothing was said before.
    NothingSaid,
    /// There was no last request to follow.
    NothingBefore,
    /// Nothing was done before.
    NothingDone,
    /// Something else has that name, or nothing more can be kept.
    NameTaken,
    /// It is not known which room is meant.
    WhichRoom,
    /// Nothing in the room reports a state.
    NothingToSave,
    /// These words can't be given a meaning.
    NotToBeTaught,
    /// What the words shall mean is not understood.
    MeaningUnknown,
    /// It is not known which thing gets the name.
    WhichToName,
    /// What a routine shall do is no action.
    NoAction,
    /// Whoever asks may not change how the home works.
    NotYours,
    /// A question is open; all that would have to be asked too is left.
    OneAtATime,
}

/// The words for it.
pub fn nothing(nothing: Nothing, lang: Lang) -> String {
    let message = match nothing {
        Nothing::NotUnderstood => Message::NotUnderstood,
        Nothing::NotForHouse => Message::NotForHouse,
        Nothing::NoModel => Message::NoModel,
        Nothing::ModelFailed => Message::ModelFailed,
        Nothing::TooLong => Message::TooLong,
        Nothing::NoQuestion => Message::NoQuestion,
        Nothing::Dropped => Message::Dropped,
        Nothing::WrongPin => Message::WrongPin,
        Nothing::PinLocked => Message::PinLocked,
        Nothing::Stopped => Message::Stopped,
        Nothing::GivenUp => Message::GivenUp,
        Nothing::NothingToUndo => Message::NothingToUndo,
        Nothing::NothingSaid => Message::NothingSaid,
        Nothing::NothingBefore => Message::NothingBefore,
        Nothing::NothingDone => Message::NothingDone,
        Nothing::NameTaken => Message::NameTaken,
        Nothing::WhichRoom => Message::WhichRoom,
        Nothing::NothingToSave => Message::NothingToSave,
        Nothing::NotToBeTaught => Message::NotToBeTaught,
        Nothing::MeaningUnknown => Message::MeaningUnknown,
        Nothing::WhichToName => Message::WhichToName,
        Nothing::NoAction => Message::NoAction,
        Nothing::NotYours => Message::NotYours,
        Nothing::OneAtATime => Message::OneAtATime,
    };
    texts::of(lang).text(message)
}
