//! Which model answers a role: a chain that is tried in order and ends in the deterministic answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::role::Role;
use super::table::{Model, ModelTable};

/// Who answers a role, and within which limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Models by name, first choice first. After the last one comes the deterministic answer.
    pub chain: Vec<String>,
    /// How long one call may take, in milliseconds.
    pub timeout_ms: u64,
    /// Tokens of an answer, at most.
    pub max_output_tokens: u64,
    /// The version of the prompt; the newest where none is named.
    #[serde(default)]
    pub prompt: Option<u32>,
}

impl Route {
    /// What is wrong with it.
    pub(super) fn problems(&self, table: &ModelTable) -> Vec<String> {
        let mut found: Vec<String> = self
            .chain
            .iter()
            .filter(|name| table.model(name).is_none())
            .map(|name| format!("there is no model `{name}`"))
            .collect();
        if self.timeout_ms == 0 || self.max_output_tokens == 0 {
            found.push("a limit of nothing".to_owned());
        }
        found
    }
}

/// Changes of a deployment to the routes of the table.
pub type Routes = BTreeMap<Role, Route>;

/// The plan in force: the table's routes under a deployment's, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    table: ModelTable,
}

impl Plan {
    /// Lays a deployment's routes over those of the table. All problems at once.
    pub fn new(mut table: ModelTable, routes: Routes) -> Result<Self, Vec<String>> {
        let problems: Vec<String> = routes
            .iter()
            .flat_map(|(role, route)| {
                route.problems(&table).into_iter().map(move |p| format!("{role}: {p}"))
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        table.routes.extend(routes);
        Ok(Self { table })
    }

    /// The table below it.
    pub fn table(&self) -> &ModelTable {
        &self.table
    }

    /// A role's limits. A checked table has a route for every role.
    pub fn route(&self, role: Role) -> Option<&Route> {
        self.table.routes.get(&role)
    }

    /// The models to try for a role, in order: the tenant's own chain where it has one, of those that can take what is sent and whose provider is
    /// there. `thrifty`: the soft ceiling is behind us, so the cheapest come first and no other is tried.
    pub fn chain<'a>(
        &'a self,
        role: Role,
        own: Option<&'a [String]>,
        needs: Needs,
        thrifty: bool,
        is_there: impl Fn(&str) -> bool,
    ) -> Vec<&'a Model> {
        let names = match own {
            Some(own) => own,
            None => self.route(role).map(|route| route.chain.as_slice()).unwrap_or_default(),
        };
        let mut chain: Vec<&Model> = names
            .iter()
            .filter_map(|name| self.table.model(name))
            .filter(|model| is_there(&model.provider))
            .filter(|model| (model.images || !needs.images) && (model.pdf || !needs.pdf))
            .filter(|model| model.json_schema)
            .collect();
        if thrifty {
            let price = |model: &&Model| model.price_for(0).output;
            let least = chain.iter().map(price).min();
            chain.retain(|model| Some(price(model)) == least);
        }
        chain
    }
}

/// What a model must be able to take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Pictures.
    pub images: bool,
    /// PDF documents.
    pub pdf: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan::new(ModelTable::builtin().unwrap(), Routes::new()).unwrap()
    }

    fn names(chain: &[&Model]) -> Vec<String> {
        chain.iter().map(|model| model.name.clone()).collect()
    }

    #[test]
    fn every_role_has_a_chain_over_two_providers() {
        let plan = plan();
        for role in Role::ALL {
            let chain = plan.chain(role, None, Needs::default(), false, |_| true);
            let providers: std::collections::BTreeSet<_> =
                chain.iter().map(|m| m.provider.as_str()).collect();
            assert!(providers.len() >= 2, "{role}");
        }
    }

    #[test]
    fn a_provider_without_a_key_is_passed_over_and_none_at_all_leaves_an_empty_chain() {
        let plan = plan();
        let chain = plan.chain(Role::Classify, None, Needs::default(), false, |p| p == "openai");
        assert!(!chain.is_empty() && chain.iter().all(|model| model.provider == "openai"));
        assert!(plan.chain(Role::Classify, None, Needs::default(), false, |_| false).is_empty());
    }

    #[test]
    fn a_tenants_own_chain_goes_before_and_names_that_nobody_knows_are_passed_over() {
        let plan = plan();
        let own = vec!["gpt-6.1-terra".to_owned(), "gone".to_owned()];
        let chain = plan.chain(Role::Classify, Some(&own), Needs::default(), false, |_| true);
        assert_eq!(names(&chain), ["gpt-6.1-terra"]);
    }

    #[test]
    fn past_the_soft_ceiling_only_the_cheapest_are_asked() {
        let plan = plan();
        let all = plan.chain(Role::Vision, None, Needs::default(), false, |_| true);
        let thrifty = plan.chain(Role::Vision, None, Needs::default(), true, |_| true);
        assert!(thrifty.len() < all.len());
        assert_eq!(names(&thrifty), ["claude-haiku-5-5", "gpt-6-luna"]);
    }

    #[test]
    fn a_deployments_routes_are_checked() {
        let routes = Routes::from([(
            Role::Relate,
            Route {
                chain: vec!["nobody".into()],
                timeout_ms: 0,
                max_output_tokens: 1,
                prompt: None,
            },
        )]);
        let problems = Plan::new(ModelTable::builtin().unwrap(), routes).unwrap_err();
        assert_eq!(problems.len(), 2);
    }
}
