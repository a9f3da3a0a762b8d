//! What is said when nothing came of it.

use house::Lang;

use crate::texts::{self, Message};

/// Things that are said when nothing came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockReply {
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
    /// The disk has no room for what was to be kept.
    NoRoom,
    /// It could not be kept.
    NotKept,
    /// Nothing was learned of what was asked about.
    LearnedNothing,
    /// Nothing is learned in this house.
    NotLearning,
    /// It was not said what shall not be learned.
    IgnoreWhat,
    /// What was learned is gone.
    Forgotten,
    /// There is nothing to suggest.
    NothingToSuggest,
    /// What was suggested is put off.
    NotNow,
    /// What was suggested is refused for good.
    NeverAgain,
}

/// The words for it.
pub fn stock_reply(reply: StockReply, lang: Lang) -> String {
    let message = match reply {
        StockReply::NotUnderstood => Message::NotUnderstood,
        StockReply::NotForHouse => Message::NotForHouse,
        StockReply::NoModel => Message::NoModel,
        StockReply::ModelFailed => Message::ModelFailed,
        StockReply::TooLong => Message::TooLong,
        StockReply::NoQuestion => Message::NoQuestion,
        StockReply::Dropped => Message::Dropped,
        StockReply::WrongPin => Message::WrongPin,
        StockReply::PinLocked => Message::PinLocked,
        StockReply::Stopped => Message::Stopped,
        StockReply::GivenUp => Message::GivenUp,
        StockReply::NothingToUndo => Message::NothingToUndo,
        StockReply::NothingSaid => Message::NothingSaid,
        StockReply::NothingBefore => Message::NothingBefore,
        StockReply::NothingDone => Message::NothingDone,
        StockReply::NameTaken => Message::NameTaken,
        StockReply::WhichRoom => Message::WhichRoom,
        StockReply::NothingToSave => Message::NothingToSave,
        StockReply::NotToBeTaught => Message::NotToBeTaught,
        StockReply::MeaningUnknown => Message::MeaningUnknown,
        StockReply::WhichToName => Message::WhichToName,
        StockReply::NoAction => Message::NoAction,
        StockReply::NotYours => Message::NotYours,
        StockReply::OneAtATime => Message::OneAtATime,
        StockReply::NoRoom => Message::NoRoom,
        StockReply::NotKept => Message::NotKept,
        StockReply::LearnedNothing => Message::LearnedNothing,
        StockReply::NotLearning => Message::NotLearning,
        StockReply::IgnoreWhat => Message::IgnoreWhat,
        StockReply::Forgotten => Message::Forgotten,
        StockReply::NothingToSuggest => Message::NothingToSuggest,
        StockReply::NotNow => Message::NotNow,
        StockReply::NeverAgain => Message::NeverAgain,
    };
    texts::of(lang).text(message)
}
