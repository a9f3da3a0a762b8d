//! Why a load or a run came to nothing, as the hub is told.

use engine_protocol::FailKind;

/// Why a load or a run came to nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailKind,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(kind: FailKind, message: String) -> Self {
        Self { kind, message }
    }

    pub(crate) fn internal(message: String) -> Self {
        Self::new(FailKind::Internal, message)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
