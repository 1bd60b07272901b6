//! The outside world behind the ports, one feature each.

#[cfg(feature = "africastalking")]
pub mod africastalking;
#[cfg(feature = "anthropic")]
pub mod anthropic;
#[cfg(feature = "daraja")]
pub mod daraja;
#[cfg(any(
    feature = "meta",
    feature = "daraja",
    feature = "pesapal",
    feature = "africastalking",
    feature = "anthropic",
    feature = "openai"
))]
mod http;
#[cfg(feature = "engine")]
pub mod knowledge;
#[cfg(any(feature = "anthropic", feature = "openai"))]
mod llm;
#[cfg(feature = "memory")]
pub mod memory;
#[cfg(feature = "meta")]
pub mod meta;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "pesapal")]
pub mod pesapal;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod seal;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod system;
#[cfg(feature = "web")]
pub mod web;
