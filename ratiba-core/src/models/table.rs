//! The table of models: the one place in which they have names. Data with a date, checked when it is read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plan::Route;
use super::role::Role;

/// The table that comes with the library.
const BUILTIN: &str = include_str!("models.json");

/// The table of models.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ModelTable {
    /// What the file is, for whoever opens it.
    pub about: String,
    /// When it was last checked against the providers' own pages; also the version that the ledger names.
    pub as_of: Date,
    /// Every model that may be asked.
    pub models: Vec<Model>,
    /// How dear a call may become, as long as nobody has counted its tokens.
    pub worst_case: WorstCase,
    /// Which models answer which role, unless a deployment or a tenant says otherwise.
    pub routes: BTreeMap<Role, Route>,
}

/// How dear what is no text may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorstCase {
    /// Tokens of one picture, at most.
    pub tokens_per_image: u64,
    /// Tokens of a KiB of PDF, at most.
    pub tokens_per_pdf_kib: u64,
    /// Tokens that a provider adds around what we send, at most.
    pub overhead_tokens: u64,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a row of yes and no, as providers' tables are")]
pub struct Model {
    /// Its name at the provider.
    pub name: String,
    /// Whose it is: the name of an adapter.
    pub provider: String,
    /// Whether it keeps to a JSON schema.
    pub json_schema: bool,
    /// Whether it sees pictures.
    pub images: bool,
    /// Whether it reads PDF documents.
    pub pdf: bool,
    /// Whether a tool call can be forced.
    pub forced_tool: bool,
    /// Whether it takes sampling parameters at all.
    pub sampling: bool,
    /// How it is kept from thinking aloud, which would use up its limit.
    pub quiet: Quiet,
    /// The reasoning effort to ask for, where the provider has such a thing.
    #[serde(default)]
    pub effort: Option<String>,
    /// The fewest bytes that one token stands for on average, for worst cases.
    pub bytes_per_token: u64,
    /// Tokens of prompt and answer together, at most.
    pub context_tokens: u64,
    /// Tokens of an answer, at most.
    pub max_output_tokens: u64,
    /// How its provider caches prompts.
    pub cache: CacheRules,
    /// The day on which the provider takes it away, where announced.
    #[serde(default)]
    pub retires: Option<Date>,
    /// The day from which these prices hold.
    pub effective_from: Date,
    /// By prompt size, smallest first; the first one holds from 0 tokens on.
    pub prices: Vec<Price>,
}

/// How a model is kept from thinking aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// Nothing needs to be said, or nothing can be.
    Unset,
    /// `disabled` is accepted.
    Disabled,
    /// Only `between_tools` is accepted; without tools that is none.
    BetweenTools,
}

/// How a provider caches prompts of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CacheRules {
    /// Who says what is cached.
    pub style: CacheStyle,
    /// Shorter prompts are never cached.
    pub min_prompt_tokens: u64,
}

/// Who says what is cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheStyle {
    /// We mark the end of the part.
    Marked,
    /// The provider finds the common beginning by itself.
    Automatic,
}

/// Prices in micro-dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Holds for prompts of more tokens than this.
    pub above_prompt_tokens: u64,
    /// Prompt tokens.
    pub input: u64,
    /// Prompt tokens from the cache.
    pub cache_read: u64,
    /// Prompt tokens into the cache, short lifetime; 0 where that is not charged by itself.
    pub cache_write: u64,
    /// The same, long lifetime.
    pub cache_write_long: u64,
    /// Produced tokens.
    pub output: u64,
}

/// A table that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not JSON, or not of this shape.
    #[error("the table of models can't be read")]
    Shape(#[from] serde_json::Error),
    /// Of this shape, and wrong; all of it.
    #[error("the table of models is wrong: {}", .0.join("; "))]
    Wrong(Vec<String>),
}

impl ModelTable {
    /// The table that comes with the library.
    pub fn builtin() -> Result<Self, TableError> {
        Self::read(BUILTIN)
    }

    /// Reads and checks a table.
    pub fn read(json: &str) -> Result<Self, TableError> {
        let table: Self = serde_json::from_str(json)?;
        let problems = table.problems();
        if problems.is_empty() { Ok(table) } else { Err(TableError::Wrong(problems)) }
    }

    /// A model by its name.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The models that will be gone within `days` of `today`, and those that are.
    pub fn retiring(&self, today: Date, days: i32) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| {
            model.retires.is_some_and(|gone| (gone - today).get_days() <= days)
        })
    }

    fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut names = BTreeSet::new();
        for model in &self.models {
            let name = &model.name;
            if !names.insert(name.as_str()) {
                found.push(format!("{name} is listed twice"));
            }
            if model.bytes_per_token == 0 || model.max_output_tokens == 0 {
                found.push(format!("{name} has a limit of nothing"));
            }
            if model.prices.first().is_none_or(|first| first.above_prompt_tokens != 0) {
                found.push(format!("{name} has no price from the first token on"));
            }
            if !model.prices.is_sorted_by_key(|price| price.above_prompt_tokens) {
                found.push(format!("the prices of {name} are not in order of prompt size"));
            }
            if model.prices.iter().any(|price| price.input == 0 || price.output == 0) {
                found.push(format!("{name} would cost nothing"));
            }
        }
        for role in Role::ALL {
            match self.routes.get(&role) {
                Some(route) => {
                    found.extend(route.problems(self).into_iter().map(|p| format!("{role}: {p}")));
                }
                None => found.push(format!("nothing says who answers {role}")),
            }
        }
        found
    }
}

/// What a model without prices costs, should one get past the check: more than anybody has.
const DEAR: Price = Price {
    above_prompt_tokens: 0,
    input: u64::MAX,
    cache_read: u64::MAX,
    cache_write: u64::MAX,
    cache_write_long: u64::MAX,
    output: u64::MAX,
};

impl Model {
    /// The prices of a prompt of this size. A checked table has a row for every size.
    pub(super) fn price_for(&self, prompt_tokens: u64) -> Price {
        let fits = |price: &&Price| {
            price.above_prompt_tokens == 0 || prompt_tokens > price.above_prompt_tokens
        };
        self.prices.iter().rev().find(fits).copied().unwrap_or(DEAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_table_is_in_order() {
        let table = ModelTable::builtin().unwrap();
        assert!(table.models.len() >= 8);
        assert!(table.model("no-such-model").is_none());
    }

    #[test]
    fn a_model_that_goes_is_told_of_in_time() {
        let table = ModelTable::builtin().unwrap();
        let early = "2026-06-01".parse().unwrap();
        assert_eq!(table.retiring(early, 30).count(), 0);
        let late = "2027-01-01".parse().unwrap();
        assert!(table.retiring(late, 30).count() > 0);
    }

    #[test]
    fn everything_that_is_wrong_with_a_table_is_told_at_once() {
        let mut table = ModelTable::builtin().unwrap();
        table.models[0].prices.clear();
        let twin = table.models[1].clone();
        table.models.push(twin);
        table.routes.remove(&Role::Relate);
        if let Some(route) = table.routes.get_mut(&Role::Classify) {
            route.chain.push("nobody".to_owned());
        }
        let json = serde_json::to_string(&table).unwrap();
        let error = ModelTable::read(&json).unwrap_err().to_string();
        for part in ["no price", "twice", "who answers relate", "classify", "nobody"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn no_code_knows_a_models_name() {
        // The names stand in the table, and in tests, and nowhere else.
        let table = ModelTable::builtin().unwrap();
        let mut left = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut looked = 0;
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                looked += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                for model in &table.models {
                    assert!(!code.contains(&model.name), "{} names {}", path.display(), model.name);
                }
            }
        }
        assert!(looked > 100);
    }
}
