//! Catalogue import: CSV and lines as found in the wild, what a model copied from pictures, merged, staged, compared, applied.

mod columns;
pub mod csv;
pub mod decode;
pub mod diff;
mod duration;
pub mod export;
pub mod input;
pub mod merge;
mod price;
pub mod records;
pub mod report;
pub mod rows;
pub mod stage;
mod text;
pub mod written;

pub use duration::length_in;
