//! Why something that was asked for could not be kept, in words for a person. What exactly went wrong is for the log.

use house::Lang;
use mind::reply::{self, StockReply};
use store::Unkept;

/// What the person hears; a limit or a time that never comes is told as it is.
pub(super) fn unkept(error: &anyhow::Error, lang: Lang) -> String {
    match error.downcast_ref() {
        Some(Unkept::NoRoom) => reply::stock_reply(StockReply::NoRoom, lang),
        Some(Unkept::Failed) => reply::stock_reply(StockReply::NotKept, lang),
        None => error.to_string(),
    }
}
