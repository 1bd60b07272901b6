//! A person as one tenant knows them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::channel::ChannelKind;
use super::id::CustomerId;
use super::message::Language;
use super::phone::Phone;

/// A person as one tenant knows them: some identities, joined by a phone at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// The name they gave or their profile shows.
    pub name: Option<String>,
    /// The number they can be reached and charged on.
    pub phone: Option<Phone>,
    /// Whether the phone is theirs for certain (from the provider's metadata or a one-time code), not only typed.
    pub phone_proven: bool,
    /// The language of their last clear message.
    pub language: Option<Language>,
    /// They asked for no reminders and no marketing.
    pub opted_out: bool,
    /// When they first wrote.
    pub created_at: Timestamp,
}

/// How a channel knows a person. One person has several; one identity has one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// The channel.
    pub channel: ChannelKind,
    /// The channel's id for them: phone digits, BSUID, scoped id, cookie id.
    pub external_id: String,
}

impl Customer {
    /// What is known of one person who was kept as two. The older row stays: who wrote first, then the lower id.
    ///
    /// Whichever way round and in whatever order rows are joined, the same comes out: each fact is chosen by what it says, not by when
    /// it came.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let (older, newer) = if (self.created_at, self.id) <= (other.created_at, other.id) {
            (self, other)
        } else {
            (other, self)
        };
        let (phone, phone_proven) =
            kept_phone((older.phone, older.phone_proven), (newer.phone, newer.phone_proven));
        Self {
            id: older.id,
            name: fuller(older.name, newer.name),
            phone,
            phone_proven,
            language: older.language.max(newer.language),
            // A "stop" holds for the person, wherever they said it.
            opted_out: older.opted_out || newer.opted_out,
            created_at: older.created_at,
        }
    }
}

/// The name that says more; of two that say as much the first in the alphabet.
fn fuller(a: Option<String>, b: Option<String>) -> Option<String> {
    a.into_iter()
        .chain(b)
        .max_by(|a, b| a.chars().count().cmp(&b.chars().count()).then_with(|| b.cmp(a)))
}

/// A proven number before a typed one, then the lower: which it is matters less than that it does not depend on the order.
fn kept_phone(a: (Option<Phone>, bool), b: (Option<Phone>, bool)) -> (Option<Phone>, bool) {
    let known = |(phone, proven): (Option<Phone>, bool)| phone.map(|phone| (!proven, phone));
    match known(a).into_iter().chain(known(b)).min() {
        Some((unproven, phone)) => (Some(phone), !unproven),
        None => (None, false),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::id::Mint;

    fn customers() -> impl Strategy<Value = Vec<Customer>> {
        let one = (
            prop::option::of(prop::sample::select(vec![
                "Grace",
                "Grace Wanjiru",
                "Faith Auma",
                "G",
            ])),
            prop::option::of(0..3_u64),
            any::<bool>(),
            prop::option::of(prop::sample::select(vec![Language::En, Language::Sw])),
            any::<bool>(),
            0..4_i64,
        );
        prop::collection::vec(one, 2..6).prop_map(|all| {
            (0..)
                .zip(all)
                .map(|(n, (name, phone, proven, language, opted_out, at))| {
                    let phone =
                        phone.map(|p| Phone::from_provider(&format!("25471234567{p}")).unwrap());
                    Customer {
                        id: Mint { at: Timestamp::UNIX_EPOCH, seed: 5 }.id(n),
                        name: name.map(str::to_owned),
                        phone_proven: proven && phone.is_some(),
                        phone,
                        language,
                        opted_out,
                        created_at: Timestamp::from_second(at).unwrap(),
                    }
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn joining_in_any_order_gives_the_same_person(all in customers(), order in any::<[u8; 6]>()) {
            let straight = all.clone().into_iter().reduce(Customer::joined);
            let mut shuffled = all.clone();
            shuffled.sort_by_key(|c| order[usize::try_from(c.id.ulid().0 % 6).unwrap()]);
            let mut left = shuffled;
            // A tree instead of a line: the two last are joined first, again and again.
            while left.len() > 1 {
                let (a, b) = (left.pop().unwrap(), left.pop().unwrap());
                left.insert(0, a.joined(b));
            }
            prop_assert_eq!(straight, left.pop());
        }

        #[test]
        fn a_person_joined_with_themselves_is_the_same(all in customers()) {
            for one in all {
                prop_assert_eq!(one.clone().joined(one.clone()), one);
            }
        }
    }
}
