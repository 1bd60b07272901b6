//! What the world must provide: traits only. Each is small, boxable and has a conformance suite in `testing`.

pub mod archive;
pub mod channel;
pub mod clock;
pub mod fault;
pub mod hot;
pub mod identity;
pub mod jobs;
pub mod knowledge;
pub mod llm;
pub mod migrate;
pub mod notify;
pub mod outbox;
pub mod payment;
pub mod spend;
pub mod store;
pub mod visits;
pub mod waitlist;
