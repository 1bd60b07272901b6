//! Catalogue import: CSV as found in the wild, merged, staged, compared, applied.

mod columns;
pub mod csv;
pub mod decode;
pub mod diff;
mod duration;
pub mod export;
pub mod merge;
mod price;
pub mod records;
pub mod report;
pub mod rows;
pub mod stage;

pub use duration::length_in;
