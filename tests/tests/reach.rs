//! Who can be told what, and until when, by the real engine and the real adapters against the stand-ins of Meta and Africa's Talking, which keep
//! their windows by a clock that is moved by hand; on SQLite, and on Postgres where there is one.

mod again;
mod late;
mod owners;
mod world;
