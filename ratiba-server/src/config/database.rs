//! Where the data is, and by how many connections it is reached.

use std::path::PathBuf;

use super::Reader;

pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl Reader<'_> {
    pub(super) fn database(&mut self, data_dir: Option<&PathBuf>) -> String {
        const NAME: &str = "DATABASE_URL";
        match self.text(NAME) {
            Some(url) if url.starts_with("sqlite:") || is_postgres(&url) => url,
            Some(_) => {
                self.problem(
                    NAME,
                    "is no database address",
                    "write `postgres://user:password@host/database` or `sqlite://path/to/ratiba.db`",
                );
                String::new()
            }
            None => match (data_dir, self.is_demo()) {
                (Some(dir), _) => format!("sqlite://{}", dir.join("ratiba.db").display()),
                (None, true) => "sqlite::memory:".to_owned(),
                (None, false) => "sqlite://ratiba-data/ratiba.db".to_owned(),
            },
        }
    }

    pub(super) fn database_connections(&mut self) -> Option<u32> {
        const NAME: &str = "DATABASE_CONNECTIONS";
        const FORM: &str = "a number of connections such as `16`";
        let connections = self.parsed(NAME, FORM)?;
        if !(1..=1_000).contains(&connections) {
            self.problem(NAME, "is not between 1 and 1000", format!("write {FORM}"));
        }
        Some(connections)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Program, Settings, Source};

    fn check(pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let env = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let checked = Settings::check(Program::Demo, &Source::new(env, None));
        checked.map_err(|error| error.problems.into_iter().map(|it| it.setting).collect())
    }

    #[test]
    fn connections_and_a_pooler_are_read_and_checked() {
        let settings = check(&[("DATABASE_CONNECTIONS", "4"), ("DATABASE_POOLER", "yes")]).unwrap();
        assert_eq!((settings.database_connections, settings.database_pooler), (Some(4), true));
        let settings = check(&[]).unwrap();
        assert_eq!((settings.database_connections, settings.database_pooler), (None, false));
        for wrong in ["0", "1001", "-3", "many"] {
            assert_eq!(
                check(&[("DATABASE_CONNECTIONS", wrong), ("DATABASE_POOLER", "maybe")])
                    .unwrap_err(),
                ["DATABASE_CONNECTIONS", "DATABASE_POOLER"],
                "{wrong}"
            );
        }
    }
}
