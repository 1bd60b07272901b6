//! What a call costs: whole micro-dollars, rounded up, never a float.

use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};

use super::table::Model;

/// A millionth of a US dollar, whole ones.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct MicroUsd(pub u64);

impl MicroUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// What is left of it after `other`, at least nothing.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for MicroUsd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for MicroUsd {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// Dollars with six decimals.
impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// What a call used, in tokens. The parts of the prompt are disjoint: their sum is the whole prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Usage {
    /// Prompt tokens that came from no cache and went into none.
    pub input: u64,
    /// Prompt tokens read from the provider's cache.
    pub cache_read: u64,
    /// Prompt tokens written to the cache for its short lifetime.
    pub cache_write: u64,
    /// Prompt tokens written to the cache for its long lifetime.
    pub cache_write_long: u64,
    /// Tokens produced, thinking included.
    pub output: u64,
}

impl Usage {
    /// The whole prompt.
    pub const fn prompt(&self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
            .saturating_add(self.cache_write_long)
    }
}

/// What a call is before it is made, as far as its price is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes of text, the schema included.
    pub text_bytes: u64,
    /// Pictures.
    pub images: u64,
    /// Bytes of PDF documents.
    pub pdf_bytes: u64,
    /// The most that may be produced.
    pub max_output_tokens: u64,
}

impl Model {
    /// What a call cost.
    pub fn cost(&self, usage: &Usage) -> MicroUsd {
        round_up(self.pico_usd(usage))
    }

    /// A price is micro-dollars for a million tokens, so price times tokens is millionths of micro-dollars. The price row goes by the size of
    /// the whole prompt and holds for all terms.
    fn pico_usd(&self, usage: &Usage) -> u128 {
        let row = self.price_for(usage.prompt());
        let term = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        // A provider that does not charge for writes to its cache charges them as input.
        let write = |price: u64| if price == 0 { row.input } else { price };
        term(usage.input, row.input)
            + term(usage.cache_read, row.cache_read)
            + term(usage.cache_write, write(row.cache_write))
            + term(usage.cache_write_long, write(row.cache_write_long))
            + term(usage.output, row.output)
    }

    /// The most that a call can cost: every byte counted as dearly as the tokenizer may, nothing from the cache, everything written to it for its
    /// short lifetime (the only one that we ask for).
    pub fn worst_case(&self, size: &Size, rules: &super::table::WorstCase) -> MicroUsd {
        let tokens = size.text_bytes.div_ceil(self.bytes_per_token.max(1))
            + size.images.saturating_mul(rules.tokens_per_image)
            + size.pdf_bytes.div_ceil(1_024).saturating_mul(rules.tokens_per_pdf_kib)
            + rules.overhead_tokens;
        let row = self.price_for(tokens);
        let output = size.max_output_tokens.min(self.max_output_tokens);
        round_up(
            u128::from(tokens) * u128::from(row.input.max(row.cache_write))
                + u128::from(output) * u128::from(row.output),
        )
    }
}

fn round_up(pico: u128) -> MicroUsd {
    MicroUsd(u64::try_from(pico.div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::table::ModelTable;
    use super::*;

    fn model(name: &str) -> Model {
        ModelTable::builtin().unwrap().models.into_iter().find(|m| m.name == name).unwrap()
    }

    #[test]
    fn the_worked_check_of_the_contract_comes_out_to_the_pico_dollar() {
        let usage = Usage {
            input: 52,
            cache_read: 2_048,
            cache_write: 900,
            output: 200,
            ..Usage::default()
        };
        for name in ["claude-haiku-5-5", "gpt-6-luna"] {
            assert_eq!(model(name).pico_usd(&usage), 238_180_000, "{name}");
            assert_eq!(model(name).cost(&usage), MicroUsd(239));
        }
    }

    #[test]
    fn a_long_prompt_is_dearer_as_a_whole() {
        let haiku = model("claude-haiku-5-5");
        let short = Usage { input: 100_000, ..Usage::default() };
        let long = Usage { input: 100_001, ..Usage::default() };
        assert_eq!(haiku.cost(&short), MicroUsd(10_000));
        assert_eq!(haiku.cost(&long), MicroUsd(50_001));
    }

    #[test]
    fn money_is_shown_in_dollars() {
        assert_eq!(MicroUsd(1_234_567).to_string(), "$1.234567");
    }

    proptest! {
        /// Whatever a provider may honestly count, the reservation covers it: no token is shorter than the table's bytes for one.
        #[test]
        fn the_worst_case_is_never_less_than_the_cost(
            bytes in 0_u64..400_000, images in 0_u64..4, shares in prop::array::uniform3(0_u64..=100), output in 0_u64..2_000, at in 0_usize..10
        ) {
            let table = ModelTable::builtin().unwrap();
            let model = &table.models[at % table.models.len()];
            let size = Size { text_bytes: bytes, images, pdf_bytes: 0, max_output_tokens: 2_000 };
            let prompt = bytes.div_ceil(model.bytes_per_token) + images * table.worst_case.tokens_per_image;
            let part = |share: u64, of: u64| of * share / 100;
            let read = part(shares[0], prompt);
            let written = part(shares[1], prompt - read);
            let usage = Usage { input: prompt - read - written, cache_read: read, cache_write: written, output, ..Usage::default() };
            prop_assert!(model.cost(&usage) <= model.worst_case(&size, &table.worst_case));
        }
    }
}
