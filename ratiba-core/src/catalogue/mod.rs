//! Catalogue import: CSV as found in the wild, merged, staged, compared, applied.
