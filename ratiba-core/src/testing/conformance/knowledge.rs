//! What every source of answers over a tenant's snippets promises. It is asked in plain words of the snippets themselves, so that any way of
//! finding will do.

use std::sync::Arc;

use super::store::{Shop, at};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;
use crate::ports::knowledge::{KnowledgeSource, Question};
use crate::ports::store::Store;

/// A source and the store that it reads.
#[derive(Debug)]
pub struct Library {
    /// Holds the snippets.
    pub store: Arc<dyn Store>,
    /// Finds them.
    pub source: Arc<dyn KnowledgeSource>,
}

impl Library {
    async fn find(
        &self,
        shop: &Shop,
        text: &str,
        language: Language,
        limit: usize,
    ) -> Vec<Snippet> {
        let (tenant, text) = (shop.tenant, text.to_owned());
        let question = Question { tenant, text, language: Some(language) };
        self.source.find(&question, limit).await.unwrap()
    }
}

const PARKING: &str = "do you have parking?";

/// What a question is about comes first, in the question's language.
pub async fn the_best_answer_comes_first(library: &Library) {
    let shop = Shop::open(&*library.store).await;
    let found = library.find(&shop, PARKING, Language::En, 3).await;
    assert_eq!(found[0].title, "Parking");
    assert!(found.iter().all(|snippet| snippet.language == Language::En));
    let again = library.find(&shop, PARKING, Language::En, 3).await;
    assert_eq!(found, again, "the same question has the same answer");
}

/// Where nothing answers, nothing is found: the question goes to the team.
pub async fn what_nothing_answers_finds_nothing(library: &Library) {
    let shop = Shop::open(&*library.store).await;
    for question in ["spare tractor gearboxes wholesale", "", "???", "\u{202e}\u{0}"] {
        assert_eq!(library.find(&shop, question, Language::En, 3).await, [], "{question:?}");
    }
}

/// No more than asked for.
pub async fn the_limit_is_kept(library: &Library) {
    let shop = Shop::open(&*library.store).await;
    let question = "parking, location, payment, children, cancellation, wi-fi";
    for limit in 0..3 {
        assert!(library.find(&shop, question, Language::En, limit).await.len() <= limit);
    }
}

/// What the owner has switched off, changed or removed answers accordingly, at once.
pub async fn changes_count_at_once(library: &Library) {
    let shop = Shop::open(&*library.store).await;
    let found = library.find(&shop, PARKING, Language::En, 1).await;
    let mut parking = found[0].clone();
    (parking.title, parking.updated_at) = ("Zebra stables".to_owned(), at(1));
    parking.body = "Zebra stables are behind the house; zebra riders are welcome.".into();
    shop.store.put_snippet(&parking).await.unwrap();
    let found = library.find(&shop, "zebra stables", Language::En, 1).await;
    assert_eq!(found, [parking.clone()]);
    let found = library.find(&shop, PARKING, Language::En, 9).await;
    assert!(found.iter().all(|snippet| snippet.id != parking.id), "{found:?}");
    (parking.active, parking.updated_at) = (false, at(2));
    shop.store.put_snippet(&parking).await.unwrap();
    assert_eq!(library.find(&shop, "zebra stables", Language::En, 1).await, []);
    (parking.active, parking.updated_at) = (true, at(3));
    shop.store.put_snippet(&parking).await.unwrap();
    assert!(shop.store.delete_snippet(parking.id).await.unwrap());
    assert_eq!(library.find(&shop, "zebra stables", Language::En, 1).await, []);
}

/// What one tenant has written down answers no other's customers.
pub async fn tenants_do_not_answer_for_each_other(library: &Library) {
    let shop = Shop::open(&*library.store).await;
    let other = Shop::open_as(&*library.store, "demo-dental").await;
    let mut secret = library.find(&shop, PARKING, Language::En, 1).await.remove(0);
    (secret.title, secret.updated_at) = ("Zebra stables".to_owned(), at(1));
    shop.store.put_snippet(&secret).await.unwrap();
    assert_eq!(library.find(&shop, "zebra stables", Language::En, 1).await.len(), 1);
    assert_eq!(library.find(&other, "zebra stables", Language::En, 1).await, []);
}

/// Runs the suite against a maker of a boxed [`Library`].
#[macro_export]
macro_rules! knowledge_conformance {
    ($make:path) => {
        $crate::conformance_tests!(
            knowledge,
            (),
            $make,
            the_best_answer_comes_first,
            what_nothing_answers_finds_nothing,
            the_limit_is_kept,
            changes_count_at_once,
            tenants_do_not_answer_for_each_other,
        );
    };
}
