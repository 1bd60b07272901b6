//! The engine keeps its promises when processes die, messages repeat, customers race and providers fail.

mod again;
mod crowds;
mod faults;
mod gate;
mod hopeless;
mod jobs;
mod killed;
mod running;
mod store;
mod tenants;
mod world;
