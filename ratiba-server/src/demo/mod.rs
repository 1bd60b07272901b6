//! The demo: three businesses, stand-ins of the outside systems, and a page to play with.

pub(crate) mod routes;
