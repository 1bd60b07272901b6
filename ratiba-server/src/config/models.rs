//! Settings of language models: keys and addresses of their providers, and which model answers what.

use ratiba_core::models::plan::{Plan, Routes};
use ratiba_core::models::table::ModelTable;
use secrecy::SecretString;

use super::Reader;

/// Language models. Without a key nobody is asked, and everything is understood and answered without one.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ModelSettings {
    /// Anthropic, where there is a key.
    pub anthropic: Option<ProviderSettings>,
    /// OpenAI, where there is a key.
    pub openai: Option<ProviderSettings>,
    /// Which model answers what; the built-in plan unless `RATIBA_MODEL_ROUTES` changes it.
    pub plan: Option<Plan>,
}

/// One provider of language models.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderSettings {
    /// Its key.
    pub api_key: SecretString,
    /// Its address, where it is not the provider's own.
    pub base_url: Option<String>,
}

impl Reader<'_> {
    pub(super) fn models(&mut self) -> ModelSettings {
        ModelSettings {
            anthropic: self.provider("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
            openai: self.provider("OPENAI_API_KEY", "OPENAI_BASE_URL"),
            plan: self.plan(),
        }
    }

    fn provider(&mut self, key: &str, url: &str) -> Option<ProviderSettings> {
        let base_url = self.url(url);
        let api_key = self.text(key)?;
        Some(ProviderSettings { api_key: api_key.into(), base_url })
    }

    /// The built-in table under the routes of the named file.
    fn plan(&mut self) -> Option<Plan> {
        const NAME: &str = "RATIBA_MODEL_ROUTES";
        const REMEDY: &str = "name a JSON file such as {\"classify\": {\"chain\": [\"MODEL\"], \"timeout_ms\": 8000, \"max_output_tokens\": 300}}";
        let table = match ModelTable::builtin() {
            Ok(table) => table,
            Err(error) => {
                self.problem(
                    "the table of models",
                    format!("is not in order: {error}"),
                    "use another build",
                );
                return None;
            }
        };
        let Some(path) = self.text(NAME) else { return Plan::new(table, Routes::new()).ok() };
        let read = std::fs::read_to_string(&path)
            .map_err(|error| format!("names a file that can't be read ({})", error.kind()))
            .and_then(|text| {
                serde_json::from_str::<Routes>(&text)
                    .map_err(|error| format!("names a file that is no list of routes ({error})"))
            })
            .and_then(|routes| {
                Plan::new(table, routes).map_err(|all| format!("is wrong: {}", all.join("; ")))
            });
        match read {
            Ok(plan) => Some(plan),
            Err(what) => {
                self.problem(NAME, what, REMEDY);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Program, Settings, Source};

    fn check(pairs: &[(&str, &str)]) -> Result<Settings, super::super::ConfigError> {
        let env = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::check(Program::Demo, &Source::new(env, None))
    }

    #[test]
    fn a_key_brings_a_provider_and_shows_nowhere() {
        let settings = check(&[
            ("ANTHROPIC_API_KEY", "sk-secret"),
            ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/"),
        ])
        .unwrap();
        let anthropic = settings.models.anthropic.as_ref().unwrap();
        assert_eq!(anthropic.base_url.as_deref(), Some("http://127.0.0.1:9"));
        assert!(settings.models.openai.is_none() && settings.models.plan.is_some());
        assert!(!format!("{settings:?}").contains("sk-secret"));
    }

    #[test]
    fn routes_that_can_not_be_used_are_told() {
        let folder = std::env::temp_dir().join(format!("ratiba-routes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("routes.json");
        let routes =
            r#"{"classify": {"chain": ["nobody"], "timeout_ms": 1, "max_output_tokens": 1}}"#;
        for (text, part) in [(routes, "nobody"), ("[]", "no list of routes")] {
            std::fs::write(&path, text).unwrap();
            let error = check(&[("RATIBA_MODEL_ROUTES", path.to_str().unwrap())]).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
        std::fs::remove_dir_all(folder).unwrap();
        let error = check(&[("RATIBA_MODEL_ROUTES", "/no/such/file.json")]).unwrap_err();
        assert!(error.to_string().contains("can't be read"), "{error}");
    }
}
