//! Questions as people type them, to the demo tenants.

use super::*;
use crate::demo;
use crate::domain::message::Language::{self, En, Sw};

/// Question and the beginning of the title that answers it.
type Asked = (&'static str, Language, &'static str);

const BARBERSHOP: &[Asked] = &[
    ("do you have parking?", En, "Parking"),
    ("Where can I park my car", En, "Parking"),
    ("where can I leave my car?", En, "Parking"),
    ("is the parking free", En, "Parking"),
    ("kuna parking?", Sw, "Maegesho"),
    ("naweza kuegesha gari hapo?", Sw, "Maegesho"),
    ("Mna maegesho ya magari?", Sw, "Maegesho"),
    ("nikikuja na gari naweza kupaki wapi", Sw, "Maegesho"),
    ("where are you located?", En, "Location"),
    ("Where are you?", En, "Location"),
    ("send me directions please", En, "Location"),
    ("which matatu do I take to get there?", En, "Location"),
    ("mko wapi?", Sw, "Mahali"),
    ("Mnapatikana wapi", Sw, "Mahali"),
    ("naomba location", Sw, "Mahali"),
    ("duka lenu liko mahali gani?", Sw, "Mahali"),
    ("can I bring my kids?", En, "Children"),
    ("do you cut children's hair", En, "Children"),
    ("my son is 3 years old, do you shave him?", En, "Children"),
    ("mnanyoa watoto?", Sw, "Watoto"),
    ("naweza kuja na mtoto", Sw, "Watoto"),
    ("how do I pay?", En, "Payment"),
    ("do you take visa cards", En, "Payment"),
    ("can I pay cash?", En, "Payment"),
    ("nalipa aje?", Sw, "Malipo"),
    ("mnapokea kadi ama mpesa tu?", Sw, "Malipo"),
    ("what is your cancellation policy", En, "Cancellation"),
    ("do I get a refund if I cancel?", En, "Cancellation"),
    ("nikighairi narudishiwa pesa?", Sw, "Sera"),
    ("what should I bring", En, "What to bring"),
    ("nije na nini?", Sw, "Cha kuja"),
    ("nibebe taulo?", Sw, "Cha kuja"),
    ("what if I'm late?", En, "Being late"),
    ("nikichelewa itakuwaje", Sw, "Kuchelewa"),
    ("do you take walk-ins?", En, "Being late"),
    ("naweza kuja bila kubook?", Sw, "Kuchelewa"),
    ("is there wifi", En, "Wi-Fi"),
    ("what's the wi-fi password?", En, "Wi-Fi"),
    ("kuna internet hapo?", Sw, "Wi-Fi"),
    // Asked once the words and weights stood.
    ("Is there a place to park?", En, "Parking"),
    ("do you have a car park", En, "Parking"),
    ("any parking space nearby", En, "Parking"),
    ("gari nitaweka wapi?", Sw, "Maegesho"),
    ("pa kuegesha pako?", Sw, "Maegesho"),
    ("hapo kuna mahali pa kupark?", Sw, "Maegesho"),
    ("whats your address", En, "Location"),
    ("how do I get to your shop", En, "Location"),
    ("nyinyi mko area gani", Sw, "Mahali"),
    ("nitumie location yenu", Sw, "Mahali"),
    ("mko town?", Sw, "Mahali"),
    ("how can I find you", En, "Location"),
    ("are you near Prestige Plaza?", En, "Location"),
    ("mode of payment?", En, "Payment"),
    ("do you accept mpesa", En, "Payment"),
    ("till number please", En, "Payment"),
    ("can i pay after the haircut", En, "Payment"),
    ("naweza lipa cash?", Sw, "Malipo"),
    ("malipo ni ya aina gani", Sw, "Malipo"),
    ("can I get my money back", En, "Cancellation"),
    ("what happens if I cancel last minute", En, "Cancellation"),
    ("nikicancel pesa inarudi?", Sw, "Sera"),
    ("naeza badilisha muda?", Sw, "Sera"),
    ("Do you do kids", En, "Children"),
    ("at what age can a baby get a haircut", En, "Children"),
    ("mtoto wangu ana miaka 2", Sw, "Watoto"),
    ("kids welcome?", En, "Children"),
    ("I'm stuck in traffic", En, "Being late"),
    ("running 15 minutes late", En, "Being late"),
    ("nimechelewa kidogo", Sw, "Kuchelewa"),
    ("can I just walk in", En, "Being late"),
    ("lazima nibook?", Sw, "Kuchelewa"),
    ("should i come with a towel", En, "What to bring"),
    ("do i need to bring anything", En, "What to bring"),
    ("Mko na wifi?", Sw, "Wi-Fi"),
];

const SALON: &[Asked] = &[
    ("parking iko?", Sw, "Maegesho"),
    ("is there somewhere to park", En, "Parking"),
    ("deposit ni ngapi?", Sw, "Malipo"),
    ("how much is the deposit", En, "Payment"),
    ("can I pay with my card?", En, "Payment"),
    ("naweza kulipa na kadi", Sw, "Malipo"),
    ("Where is the salon?", En, "Location"),
    ("saluni iko wapi", Sw, "Mahali"),
    ("is there a lift in the building", En, "Location"),
    ("how long do braids last?", En, "How long"),
    ("braids zinakaa muda gani", Sw, "Braids hukaa"),
    ("do I come with my own braids?", En, "What to bring"),
    ("nijiandae vipi kabla ya kusuka?", Sw, "Cha kuja"),
    ("mtoto wa miaka sita mnamsuka?", Sw, "Watoto"),
    ("do you braid kids", En, "Children"),
    ("is there a penalty for cancelling late", En, "Cancellation"),
    ("deposit inarudishwa nikicancel?", Sw, "Sera"),
    ("niko kwa jam nitachelewa kidogo", Sw, "Kuchelewa"),
    // Asked once the words and weights stood.
    ("do you sell braids?", En, "What to bring"),
    ("mnauza braids?", Sw, "Cha kuja"),
    ("should my hair be washed before braiding?", En, "What to bring"),
    ("nywele ziwe zimeoshwa?", Sw, "Cha kuja"),
    ("ghorofa ya ngapi", Sw, "Mahali"),
    ("which floor are you on", En, "Location"),
    ("how many weeks do braids stay", En, "How long"),
    ("braids hudumu kwa muda gani", Sw, "Braids"),
    ("is the deposit refundable", En, "Cancellation"),
    ("unaweza kuja na toto", Sw, "Watoto"),
    ("asilimia ngapi ya deposit", Sw, "Malipo"),
];

const DENTAL: &[Asked] = &[
    ("do you accept insurance?", En, "Payment and insurance"),
    ("mnakubali bima", Sw, "Malipo na bima"),
    ("do you take NHIF", En, "Payment and insurance"),
    ("will it hurt?", En, "Does it hurt"),
    ("is the extraction painful", En, "Does it hurt"),
    ("kung'oa jino inauma?", Sw, "Je, inauma"),
    ("naogopa sindano", Sw, "Je, inauma"),
    ("is the clinic wheelchair accessible?", En, "Parking"),
    ("what documents should I carry", En, "What to bring"),
    ("nilete kitambulisho?", Sw, "Cha kuja"),
    ("do you treat children", En, "Children"),
    ("mnatibu watoto?", Sw, "Watoto"),
    ("clinic iko wapi", Sw, "Mahali"),
    ("can I pay after treatment", En, "Payment and insurance"),
    ("how late can I cancel?", En, "Cancellation"),
    // Asked once the words and weights stood.
    ("do i pay before or after", En, "Payment"),
    ("Do you take Jubilee insurance", En, "Payment"),
    ("bima ya SHA inakubaliwa?", Sw, "Malipo"),
    ("is filling painful?", En, "Does it hurt"),
    ("will I get an injection", En, "Does it hurt"),
    ("kuziba jino kunauma", Sw, "Je, inauma"),
    ("Can I eat before extraction?", En, "What to bring"),
    ("nije na ID?", Sw, "Cha kuja"),
    ("my daughter is four, can you see her", En, "Children"),
    ("is there a ramp", En, "Parking"),
    ("mko karibu na Sarit?", Sw, "Mahali"),
    ("I am nervous about the dentist", En, "Does it hurt"),
];

/// To every tenant: none of the snippets says anything about these.
const UNANSWERABLE: &[&str] = &[
    "do you sell cars?",
    "who won the match yesterday?",
    "what is the capital of France",
    "do you offer tattoos?",
    "are you hiring barbers",
    "can you lend me 500 bob",
    "do you do home visits?",
    "is the owner married",
    "what is the weather tomorrow",
    "mnauza nguo?",
    "mnaajiri watu?",
    "rais wa Kenya ni nani?",
    "mnafanya massage?",
    "naweza kupata kahawa hapo",
    "kuna nafasi ya kazi?",
    "tell me a joke",
    "do you have gift vouchers?",
    "which shampoo brand is best",
    "mwenye biashara anaitwa nani",
    "can I rent a chair from you",
    "who are you",
    "",
    "???",
    "hello",
    "what time do you open",
    "mnafungua saa ngapi",
    "how much is a haircut",
    "who is the president",
    "do you sell phones",
    "mnauza simu?",
    "can you fix my car",
    "my car broke down",
    "I want to book",
    "nataka kubook kesho",
    "is Brian in today",
    "do you have a branch in Mombasa",
    "kuna choo?",
    "do you serve alcohol",
    "mna TV ya kuangalia mpira",
    "is it going to rain",
    "how old is the business",
    "do you do makeup",
    "kuna discount?",
    "are you open on christmas",
    "what is bitcoin",
    "nipe mkopo",
    "send me a song",
];

fn check(slug: &str, asked: &[Asked]) -> Vec<String> {
    let snippets = demo::tenant(slug).unwrap().snippets;
    let mut wrong = Vec::new();
    for (question, language, title) in asked {
        let found = best_snippets(question, Some(*language), &snippets, 3);
        let first = found.first();
        if !first.is_some_and(|s| s.title.starts_with(title) && s.language == *language) {
            let got: Vec<_> = found.iter().map(|s| s.title.clone()).collect();
            wrong.push(format!("{slug}: {question:?} wants {title:?}, got {got:?}"));
        }
    }
    wrong
}

#[test]
fn questions_find_the_snippet_that_answers_them() {
    assert!(BARBERSHOP.len() + SALON.len() + DENTAL.len() >= 60);
    let mut wrong = check("demo-barbershop", BARBERSHOP);
    wrong.extend(check("demo-salon", SALON));
    wrong.extend(check("demo-dental", DENTAL));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The same questions put to the `bm25` crate, over the words as they are typed and over our stems: the first result, any score above zero. Title and
/// body are one text to it, and it knows no subjects and no floor; this is what those are for.
#[test]
fn subjects_and_a_floor_find_more_than_plain_ranking() {
    use bm25::{Document, SearchEngineBuilder, Tokenizer};

    struct AsTyped;
    impl Tokenizer for AsTyped {
        fn tokenize(&self, text: &str) -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.map(str::to_lowercase).collect()
        }
    }
    struct Stems;
    impl Tokenizer for Stems {
        fn tokenize(&self, text: &str) -> Vec<String> {
            terms(text).iter().map(|term| term.text().to_owned()).collect()
        }
    }
    fn found(slug: &str, asked: &[Asked], tokenizer: impl Tokenizer + Sync) -> (usize, usize) {
        let snippets = demo::tenant(slug).unwrap().snippets;
        let text = |s: &Snippet| format!("{} {}", s.title, s.body);
        let documents =
            snippets.iter().enumerate().map(|(at, snippet)| Document::new(at, text(snippet)));
        let engine = SearchEngineBuilder::<usize, u32, _>::with_tokenizer_and_documents(
            tokenizer, documents,
        )
        .build();
        let right = |(question, language, title): &&Asked| {
            let in_language = |at: usize| snippets[at].language == *language;
            let mut results = engine.search(question, None).into_iter().map(|r| r.document.id);
            results
                .find(|at| in_language(*at))
                .is_some_and(|at| snippets[at].title.starts_with(title))
        };
        let silent =
            UNANSWERABLE.iter().filter(|question| engine.search(question, 1).is_empty()).count();
        (asked.iter().filter(right).count(), silent)
    }

    let tenants = [("demo-barbershop", BARBERSHOP), ("demo-salon", SALON), ("demo-dental", DENTAL)];
    let (mut all, mut typed, mut stems) = (0, (0, 0), (0, 0));
    for (slug, asked) in tenants {
        all += asked.len();
        let (right, silent) = found(slug, asked, AsTyped);
        typed = (typed.0 + right, typed.1 + silent);
        let (right, silent) = found(slug, asked, Stems);
        stems = (stems.0 + right, stems.1 + silent);
    }
    // Ours finds all of them and is silent where it should be, see the tests beside this one.
    let silent = UNANSWERABLE.len() * tenants.len();
    assert!(typed.0 < all && stems.0 < all, "of {all}: {typed:?} {stems:?}");
    assert!(typed.1 < silent && stems.1 < silent, "of {silent}: {typed:?} {stems:?}");
    assert!(stems.0 > typed.0, "stems help: of {all}: {typed:?} {stems:?}");
}

#[test]
fn what_no_snippet_answers_finds_nothing() {
    assert!(UNANSWERABLE.len() >= 20);
    let mut wrong = Vec::new();
    for demo in demo::tenants() {
        for question in UNANSWERABLE {
            for language in [None, Some(En), Some(Sw)] {
                for found in best_snippets(question, language, &demo.snippets, 3) {
                    wrong.push(format!("{question:?} found {:?}", found.title));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_question_crosses_to_the_other_language_only_when_it_must() {
    let snippets = demo::tenant("demo-salon").unwrap().snippets;
    let english: Vec<_> = snippets.iter().filter(|s| s.language == En).cloned().collect();
    let found = best_snippets("naweza kuegesha gari?", Some(Sw), &english, 1);
    assert_eq!(found[0].title, "Parking");
    let found = best_snippets("naweza kuegesha gari?", Some(Sw), &snippets, 5);
    assert!(found.iter().all(|s| s.language == Sw));
}

#[test]
fn inactive_snippets_never_answer_and_newer_ones_come_first() {
    let mut snippets = demo::tenant("demo-salon").unwrap().snippets;
    let parking = snippets.iter().position(|s| s.title == "Parking").unwrap();
    let mut newer = snippets[parking].clone();
    newer.updated_at = jiff::Timestamp::MAX;
    snippets.push(newer.clone());
    assert_eq!(best_snippets("parking?", Some(En), &snippets, 1), [newer]);
    for snippet in &mut snippets {
        snippet.active = false;
    }
    assert_eq!(best_snippets("parking?", Some(En), &snippets, 1), []);
    assert_eq!(best_snippets("parking?", Some(En), &[], 1), []);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 32, failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
    })]

    #[test]
    fn any_question_is_survived(question in ".{0,400}", limit in 0_usize..5) {
        let snippets = demo::tenant("demo-dental").unwrap().snippets;
        let found = best_snippets(&question, None, &snippets, limit);
        proptest::prop_assert!(found.len() <= limit);
    }
}
