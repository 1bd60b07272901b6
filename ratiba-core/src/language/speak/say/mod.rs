//! How values are said: numbers, money, durations, times, dates, names and lists, written or spoken, in both languages.

pub(super) mod date;
pub(super) mod list;
pub(super) mod money;
pub(super) mod name;
pub(super) mod number;
pub(super) mod time;

use crate::domain::message::Language;

/// In which language, and for the eye or for the ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The language.
    pub(super) language: Language,
    /// For the ear: numbers and times are words.
    pub(super) spoken: bool,
}

#[cfg(test)]
pub(super) mod manners {
    use super::{Language, Manner};

    pub(crate) const EN: Manner = Manner { language: Language::En, spoken: false };
    pub(crate) const SW: Manner = Manner { language: Language::Sw, spoken: false };
    pub(crate) const EN_SPOKEN: Manner = Manner { language: Language::En, spoken: true };
    pub(crate) const SW_SPOKEN: Manner = Manner { language: Language::Sw, spoken: true };
}
