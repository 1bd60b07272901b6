//! Asking a model which services go well together, and what of its answer is shown to the owner, who decides.

use serde_json::{Value, json};

use super::reply::{Certainty, Related};
use crate::domain::catalogue::{Complement, Service};
use crate::domain::tenant::Business;

/// So many services are asked about at once.
const MOST_SERVICES: usize = 60;
/// So many pairs are shown.
const MOST_PAIRS: usize = 12;

/// The services that are asked about, in the order of their ids in the question.
fn asked(business: &Business) -> Vec<&Service> {
    business.catalogue.bookable().take(MOST_SERVICES).collect()
}

/// What a model is told. No prices: they are nobody's business but the owner's.
pub fn question(business: &Business) -> String {
    let services: Vec<Value> = (1..)
        .zip(asked(business))
        .map(|(n, service): (usize, &Service)| {
            json!({
                "id": format!("s{n}"), "name": service.name.en, "category": service.category,
                "duration_min": service.duration_min,
            })
        })
        .collect();
    json!({"business": business.tenant.vertical, "services": services}).to_string()
}

/// The pairs that are new and make sense, surest first. An answer with services that nobody asked about is refused.
pub fn believe(related: &Related, business: &Business) -> Option<Vec<Complement>> {
    let services = asked(business);
    let service = |id: &str| -> Option<&Service> {
        let n: usize = id.strip_prefix('s')?.parse().ok()?;
        services.get(n.checked_sub(1)?).copied()
    };
    let mut found: Vec<Complement> = Vec::new();
    for pair in &related.pairs {
        let (primary, then) = (service(&pair.first)?.id, service(&pair.then)?.id);
        // Never as sure as an owner may be.
        let confidence_permille = match pair.confidence {
            Certainty::Low => continue,
            Certainty::Medium => 500,
            Certainty::High => 700,
        };
        let known = business.catalogue.complements.iter().chain(&found);
        let new = !known.into_iter().any(|c| (c.primary, c.then) == (primary, then));
        if new && primary != then {
            found.push(Complement { primary, then, confidence_permille });
        }
    }
    found.sort_by_key(|c| std::cmp::Reverse(c.confidence_permille));
    found.truncate(MOST_PAIRS);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::reply::RelatedPair;
    use super::*;
    use crate::demo;

    fn pair(first: &str, then: &str, confidence: Certainty) -> RelatedPair {
        RelatedPair { first: first.to_owned(), then: then.to_owned(), confidence }
    }

    #[test]
    fn new_pairs_that_make_sense_are_shown_surest_first() {
        let business = demo::tenant("demo-salon").unwrap().business;
        let id =
            |name: &str| business.catalogue.services.iter().find(|s| s.name.en == name).unwrap().id;
        let related = Related {
            pairs: vec![
                pair("s4", "s2", Certainty::Medium),
                pair("s6", "s5", Certainty::High),
                pair("s6", "s5", Certainty::Medium),
                pair("s5", "s6", Certainty::High), // the owner has that one already
                pair("s3", "s3", Certainty::High),
                pair("s1", "s6", Certainty::Low),
            ],
        };
        let found = believe(&related, &business).unwrap();
        let found: Vec<_> =
            found.iter().map(|c| (c.primary, c.then, c.confidence_permille)).collect();
        assert_eq!(
            found,
            [
                (id("Pedicure"), id("Manicure"), 700),
                (id("Hair Treatment"), id("Wash & Blow-dry"), 500)
            ]
        );
        for bad in ["s7", "s0", "Braids", ""] {
            let related = Related { pairs: vec![pair("s1", bad, Certainty::High)] };
            assert_eq!(believe(&related, &business), None, "{bad}");
        }
        assert!(!question(&business).contains("price"));
    }
}
