//! What `--with` may say: `none`, `default`, models with commas between, or a file of routes.

use std::collections::BTreeSet;
use std::path::Path;

use ratiba_core::models::plan::{Plan, Routes};
use ratiba_core::testing::evaluation::Configuration;

use crate::error::CliError;
use crate::models;
use crate::settings::Settings;

/// Reads all configurations, each with a name of its own.
pub(super) fn read(with: &[String], settings: &Settings) -> Result<Vec<Configuration>, CliError> {
    let mut names = BTreeSet::new();
    with.iter()
        .map(|text| {
            let text = text.trim();
            if !names.insert(text) {
                return Err(CliError::usage(format!("`{text}` is named twice")));
            }
            let plan = plan(text, settings).map_err(|problem| {
                CliError::config(problem).hint(
                    "none, default, models with commas between, or a file as RATIBA_MODEL_ROUTES names one",
                )
            })?;
            Ok(Configuration { name: text.to_owned(), plan })
        })
        .collect()
}

fn plan(text: &str, settings: &Settings) -> Result<Option<Plan>, String> {
    match text {
        "none" => Ok(None),
        "default" => models::plan(settings).map(Some),
        _ if Path::new(text).exists() => models::from_file(Path::new(text)).map(Some),
        _ => chain(text).map(Some),
    }
}

/// The same chain for every role, within the limits that the table has for it.
fn chain(text: &str) -> Result<Plan, String> {
    let table = models::table()?;
    let chain: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if let Some(unknown) = chain.iter().find(|name| table.model(name).is_none()) {
        let known: Vec<&str> = table.models.iter().map(|model| model.name.as_str()).collect();
        return Err(format!(
            "`{unknown}` is neither a file nor a model; there are: {}",
            known.join(", ")
        ));
    }
    let routes: Routes = table
        .routes
        .iter()
        .map(|(role, route)| {
            let mut route = route.clone();
            route.chain.clone_from(&chain);
            (*role, route)
        })
        .collect();
    models::with_routes(routes)
}
