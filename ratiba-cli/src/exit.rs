//! Exit codes; scripts rely on them.

/// The command ran, and what it looked at is not as it should be: a conversation differs, a check failed, nothing could be imported.
pub(crate) const DIFFERS: u8 = 1;
/// The arguments make no sense.
pub(crate) const USAGE: u8 = 2;
/// The configuration is wrong.
pub(crate) const CONFIG: u8 = 3;
/// There is no such tenant, service, conversation, …
pub(crate) const NOT_FOUND: u8 = 4;
/// The database failed.
pub(crate) const STORE: u8 = 5;
/// A file can't be read or written.
pub(crate) const FILE: u8 = 6;
