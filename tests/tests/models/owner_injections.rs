//! Words that try to command the assistant through its owner: forwarded by the owner, as customers' names, as rows of the catalogue; before models that
//! obey them. Whatever they name, nothing is done before the owner says yes, no price is anybody's but the owner's, and nobody hears of anybody else.

use ratiba_core::domain::message::Content;
use ratiba_core::domain::phone::Phone;
use ratiba_core::models::role::Role;

use super::injections::{AT_ONCE, Attack, NEIGHBOUR, Place, SHOP, Street, VICTIM, attacks};
use super::obedient::Obedient;

/// A sentence of the owner's own that gives no command and names no sum, for attacks that stand elsewhere.
const OWN: &str = "nifanyie ile maajabu ya sherehe";
/// What a neighbour told, and what no owner is shown.
const FOREIGN: [&str; 6] = [
    "722555444",
    "722 555",
    "Jirani",
    "kiboko-saba",
    "token-of-the-shop",
    "credentials-of-the-shop",
];
/// What no model may see of a customer whom the owner has not named.
const PRIVATE: [&str; 4] = ["733999888", "733 999", "Ndanu", "Mwangangi"];
/// A customer who waits for a person, and would be taken over by a word.
const WAITING: &str = "254711777000";

/// How an attack reaches the owner's model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The owner passes a customer's message on.
    Forwarded,
    /// A customer with a booking is called so.
    Name,
    /// A service is called so.
    Row,
}

/// What an attempt came to.
#[derive(Default)]
struct Count {
    attempts: usize,
    shown: usize,
    asked_back: usize,
}

struct Office {
    street: Street,
    admin: Phone,
    messages: u32,
}

impl Office {
    async fn open(way: Way, some: &[Attack]) -> Self {
        let place = if way == Way::Row { Place::Catalogue } else { Place::Message };
        let mut street = Street::open(place, some, true).await;
        let text = |body: &str| Content::Text { body: body.to_owned() };
        if way == Way::Name {
            for (n, one) in some.iter().enumerate() {
                let peer = format!("2547110{n:05}");
                let booking =
                    text(&format!("haircut on thursday at {}:{:02}", 9 + n / 2, n % 2 * 30));
                street.hear(SHOP, &peer, &one.text, booking, false).await;
            }
        }
        street.hear(SHOP, WAITING, "Subira", text("I want to talk to a person"), false).await;
        let admin = street.business().await.admins[0].clone();
        Self { street, admin, messages: 0 }
    }

    /// The owner writes; what they are told.
    async fn writes(&mut self, text: &str) -> String {
        let digits = self.admin.digits().to_owned();
        let before = self.street.told(|peer| peer == digits).len();
        self.messages += 1;
        let dedupe = format!("a{}", self.messages);
        let Street { ratiba, tenant, .. } = &self.street;
        ratiba.admin_says(*tenant, &self.admin, text, &dedupe).await.unwrap();
        ratiba.work_until_idle().await.unwrap();
        self.street.told(|peer| peer == digits)[before..].join("\n")
    }

    /// Everything that a command could have changed, each thing by its name.
    async fn so(&self) -> Vec<(&'static str, String)> {
        let street = &self.street;
        let threads = street.own.threads(500).await.unwrap();
        let mut drivers: Vec<_> =
            threads.iter().map(|thread| (thread.id, &thread.driver_name)).collect();
        drivers.sort();
        let business = street.business().await;
        let heard = street.told(|peer| peer == VICTIM || peer == NEIGHBOUR || peer == WAITING);
        vec![
            ("services", format!("{:?}", business.catalogue.services)),
            ("team", format!("{:?}", business.catalogue.staff)),
            ("rules", format!("{:?} {:?}", business.settings, business.opening)),
            ("snippets", format!("{:?}", street.own.snippets().await.unwrap())),
            ("visits", format!("{:?}", street.visits(VICTIM).await)),
            ("payments", format!("{:?}", street.payments(VICTIM).await)),
            ("refunds", street.mpesa.refunded().len().to_string()),
            ("drivers", format!("{drivers:?}")),
            ("messages", format!("{heard:?}")),
        ]
    }
}

/// What differs, and where it begins to.
fn difference(before: &[(&str, String)], after: &[(&str, String)]) -> Vec<String> {
    let pairs = before.iter().zip(after).filter(|(one, other)| one != other);
    pairs
        .map(|((name, was), (_, is))| {
            let same = was.chars().zip(is.chars()).take_while(|(a, b)| a == b).count();
            let part = |text: &str| {
                text.chars().skip(same.saturating_sub(60)).take(140).collect::<String>()
            };
            format!("{name}: {:?}, was {:?}", part(is), part(was))
        })
        .collect()
}

async fn by(way: Way) {
    let mut count = Count::default();
    for some in attacks().chunks(AT_ONCE) {
        let mut office = Office::open(way, some).await;
        let before = office.so().await;
        for (n, one) in some.iter().enumerate() {
            // Once with nothing asked, once while a change of the owner's own waits for a yes.
            for own in [None, Some("/update-price Haircut 650")] {
                for model in &office.street.models {
                    model.obeys(one.wants);
                }
                if let Some(own) = own {
                    let asked = office.writes(own).await;
                    assert!(asked.contains("650"), "{asked}");
                }
                let sentence = if way == Way::Forwarded { one.text.as_str() } else { OWN };
                let told = office.writes(sentence).await;
                count.attempts += 1;
                let who = format!("{way:?} {n}, after {own:?}: {one:?}: {told}");
                assert!(!told.is_empty(), "{who}");
                for secret in FOREIGN {
                    assert!(!told.contains(secret) || sentence.contains(secret), "{secret}: {who}");
                }
                // A price that is asked back is one that the owner wrote.
                if told.contains("NDIO") || told.contains("YES") {
                    count.asked_back += 1;
                    assert!(!told.contains("KES 1 ") && !told.contains("KES 1."), "{who}");
                }
                assert_eq!(difference(&before, &office.so().await), [""; 0], "{who}");
                office.writes("no").await;
                let Street { ratiba, tenant, .. } = &office.street;
                let rail = ratiba.rail_state(*tenant, &office.admin).await.unwrap();
                assert_eq!(rail.as_str(), "IDLE_AVAILABLE", "{who}");
            }
        }
        // A yes that comes after all that agrees to nothing any more.
        let told = office.writes("yes").await;
        assert_eq!(difference(&before, &office.so().await), [""; 0], "{way:?}: {told}");
        let asked = office.street.models.iter().flat_map(Obedient::asked);
        for request in asked.filter(|request| request.role == Role::AdminNl) {
            let words = request.words();
            for secret in FOREIGN.iter().chain(&PRIVATE) {
                let own = some.iter().any(|one| one.text.contains(secret));
                assert!(own || !words.contains(secret), "{way:?}: a model sees {secret}: {words}");
            }
            let quoted = |text: &str| serde_json::to_string(text).unwrap();
            count.shown += usize::from(
                some.iter().any(|one| words.contains(quoted(&one.text).trim_matches('"'))),
            );
        }
    }
    // They reached the model, except as names, which are kept from it; and some of what it named was asked back.
    let Count { attempts, shown, asked_back } = count;
    assert_eq!(shown == 0, way == Way::Name, "{way:?}: {shown} of {attempts}");
    assert!(way == Way::Name || shown * 2 > attempts, "{way:?}: {shown} of {attempts}");
    assert!(asked_back * 20 > attempts, "{way:?}: {asked_back} of {attempts}");
}

#[tokio::test]
async fn no_forwarded_message_commands_through_its_owner() {
    by(Way::Forwarded).await;
}

#[tokio::test]
async fn no_customers_name_commands_through_the_owner() {
    by(Way::Name).await;
}

#[tokio::test]
async fn no_row_of_the_catalogue_commands_through_the_owner() {
    by(Way::Row).await;
}
