//! Who may in, and as whom: passwords, sessions, tokens, the login for the command line. Knows nothing of HTTP.

pub mod access;
pub mod caller;
mod claim_code;
pub mod local_login;
