//! Replies as a customer reads and hears them.
