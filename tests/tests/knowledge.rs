//! Sources of answers, by the one suite that all of them pass; and what only the one by vectors does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use ratiba_core::Ratiba;
use ratiba_core::adapters::knowledge::{SnippetSource, VectorSource, Vectors};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::knowledge::Snippet;
use ratiba_core::domain::message::Language;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::inbox::Cause;
use ratiba_core::ports::knowledge::{KnowledgeSource, Question};
use ratiba_core::ports::store::Store;
use ratiba_core::testing::channel::RecordingChannel;
use ratiba_core::testing::clock::ManualClock;
use ratiba_core::testing::conformance::knowledge::Library;
use ratiba_core::testing::conformance::store::{Shop, at};

async fn store() -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap())
}

mod by_words {
    use super::*;

    async fn library() -> Box<Library> {
        let store = store().await;
        Box::new(Library { source: Arc::new(SnippetSource::new(Arc::clone(&store))), store })
    }
    ratiba_core::knowledge_conformance!(library);
}

mod by_vectors {
    use super::*;

    async fn library() -> Box<Library> {
        let store = store().await;
        let source = VectorSource::new(Arc::clone(&store), Arc::new(Words::default()), FLOOR);
        Box::new(Library { source: Arc::new(source), store })
    }
    ratiba_core::knowledge_conformance!(library);
}

/// Of vectors that count words.
const FLOOR: f32 = 0.15;

/// A provider whose vectors count the longer words of a text, in one of so many places each; and how many texts it was given.
#[derive(Debug)]
struct Words {
    places: AtomicUsize,
    asked: AtomicUsize,
}

impl Default for Words {
    fn default() -> Self {
        Self { places: AtomicUsize::new(4_096), asked: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Vectors for Words {
    async fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Fault> {
        self.asked.fetch_add(texts.len(), Ordering::SeqCst);
        let places = self.places.load(Ordering::SeqCst);
        let place = |word: &str| {
            word.bytes().fold(5_381_usize, |hash, byte| {
                hash.wrapping_mul(33) ^ usize::from(byte.to_ascii_lowercase())
            }) % places
        };
        let vector = |text: &String| {
            let mut vector = vec![0.0; places];
            for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 4) {
                vector[place(word)] += 1.0;
            }
            vector
        };
        Ok(texts.iter().map(vector).collect())
    }
}

/// A source that nobody reaches.
#[derive(Debug)]
struct Down;

#[async_trait]
impl KnowledgeSource for Down {
    async fn find(&self, _: &Question, _: usize) -> Result<Vec<Snippet>, Fault> {
        Err(Fault::new(FaultKind::Transient, "nobody answers"))
    }
}

#[tokio::test]
async fn while_a_source_is_down_the_tenants_own_snippets_answer() {
    let store = store().await;
    let shop = Shop::open(&*store).await;
    let channel = Arc::new(RecordingChannel::new(ChannelKind::Whatsapp));
    let ratiba = Ratiba::builder()
        .store(Arc::clone(&store))
        .clock(Arc::new(ManualClock::at(at(0))))
        .channel(channel.clone())
        .knowledge(Arc::new(Down))
        .build()
        .unwrap();
    let new = shop.message(1, "do you have parking?", "wamid.1", at(0));
    let Cause::Message { message, .. } = new.cause else { panic!("{:?}", new.cause) };
    ratiba.receive(*message).await.unwrap();
    ratiba.work_until_idle().await.unwrap();
    let snippets = shop.store.snippets().await.unwrap();
    let parking = snippets.iter().find(|s| s.title == "Parking").unwrap();
    let said: String = channel.sent().into_iter().map(|sent| sent.reply.text).collect();
    assert!(said.contains(&parking.body), "{said}");
}

fn parking(shop: &Shop) -> Question {
    let text = "do you have parking?".to_owned();
    Question { tenant: shop.tenant, text, language: Some(Language::En) }
}

#[tokio::test]
async fn a_snippet_is_turned_into_a_vector_once_and_again_when_it_changes() {
    let store = store().await;
    let shop = Shop::open(&*store).await;
    let words = Arc::new(Words::default());
    let source = VectorSource::new(Arc::clone(&store), words.clone(), FLOOR);
    let asked = || words.asked.swap(0, Ordering::SeqCst);
    let snippets = shop.store.snippets().await.unwrap();
    let mut found = source.find(&parking(&shop), 1).await.unwrap();
    assert_eq!(asked(), snippets.len() + 1);
    source.find(&parking(&shop), 1).await.unwrap();
    assert_eq!(asked(), 1, "the question alone");
    found[0].updated_at = at(1);
    shop.store.put_snippet(&found[0]).await.unwrap();
    source.find(&parking(&shop), 1).await.unwrap();
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn another_model_behind_the_provider_is_one_failure_and_no_nonsense() {
    let store = store().await;
    let shop = Shop::open(&*store).await;
    let words = Arc::new(Words::default());
    let source = VectorSource::new(Arc::clone(&store), words.clone(), FLOOR);
    source.find(&parking(&shop), 1).await.unwrap();
    words.places.store(2_048, Ordering::SeqCst);
    assert!(source.find(&parking(&shop), 1).await.is_err());
    assert_eq!(source.find(&parking(&shop), 1).await.unwrap()[0].title, "Parking");
}
