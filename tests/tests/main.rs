//! What is tested from outside, in one binary.

mod hot;
mod meta;
mod store;
