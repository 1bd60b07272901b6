//! What the world must provide: traits only. Each is small, boxable and has a conformance suite in `testing`.

pub mod api_keys;
pub mod archive;
pub mod channel;
pub mod clock;
pub mod fault;
pub mod holds;
pub mod hot;
pub mod identity;
pub mod jobs;
pub mod knowledge;
pub mod live;
pub mod llm;
pub mod migrate;
pub mod notify;
pub mod offers;
pub mod outbox;
pub mod payment;
pub mod rail;
pub mod secrets;
pub mod sms;
pub mod spend;
pub mod store;
pub mod till;
pub mod visits;
pub mod waitlist;
pub mod whole;
